"""Filters, and facets with their counts."""

from __future__ import annotations

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Matches
from indexer.query.plan import (
    Column,
    EngineQuery,
    NotQuery,
    OrQuery,
    RangeQuery,
    TermQuery,
)
from indexer.schema import FACETS, NOT_STATED, RANGE_FIELD, facet_group
from indexer.search.request import SearchRequest
from indexer.search.results import FacetCounts, FacetValue
from indexer.text import places


def filters(request: SearchRequest) -> tuple[tuple[str, EngineQuery], ...]:
    """The filters of a request by facet group: alternatives within one, and not what is excluded."""
    ticked: dict[str, list[EngineQuery]] = {}
    for field, value in request.effective:
        ticked.setdefault(facet_group(field), []).append(TermQuery(Column(field, "value"), value))
    if (bounds := request.range) is not None:
        years = RangeQuery(Column(RANGE_FIELD, "value"), *bounds)
        ticked.setdefault(facet_group(RANGE_FIELD), []).append(years)
    found: list[tuple[str, EngineQuery]] = [
        (group, OrQuery(tuple(queries))) for group, queries in ticked.items()
    ]
    found += [
        (facet_group(field), NotQuery(TermQuery(Column(field, "value"), value)))
        for field, value in request.excluded
    ]
    return tuple(found)


def facet_counts(
    request: SearchRequest, matches: Matches, vocabulary: Vocabulary
) -> tuple[FacetCounts, ...]:
    counts = {
        name: {value[0]: n for value, n in found.items()}
        for name, found in zip(FACETS, matches.counts, strict=True)
    }
    ticked = set(request.effective)
    excluded = set(request.excluded)

    def values(name: str) -> list[FacetValue]:
        mine = counts[name]
        for field, value in (*request.filters, *request.excluded):
            if field == name:
                mine.setdefault(value, 0)
        found = [
            FacetValue(
                v,
                vocabulary.label(name, v),
                n,
                (name, v) in ticked,
                (name, v) in excluded,
                (),
                name,
            )
            for v, n in mine.items()
        ]
        if FACETS[name].order == "value":
            return sorted(
                found,
                key=lambda f: (f.value == NOT_STATED, -int(f.value) if f.value.isdecimal() else 0),
            )
        return sorted(found, key=lambda f: (f.value == NOT_STATED, -f.count, f.label))

    flat = {name: values(name) for name in FACETS}
    for name, facet in FACETS.items():
        if facet.parent:
            flat[facet.parent] = _tree(flat[facet.parent], flat[name])
    return tuple(FacetCounts(name, tuple(found)) for name, found in flat.items())


def _tree(parents: list[FacetValue], children: list[FacetValue]) -> list[FacetValue]:
    """Regions with their subregions and countries within; what has no region stands beside them."""
    inside: dict[str | None, list[FacetValue]] = {None: [], **{p.value: [] for p in parents}}
    # Each list of these is in the order in which they come.
    for value in sorted((*parents, *children), key=lambda f: (-f.count, f.label)):
        if value.value != NOT_STATED:
            parent = places.parent(value.value)
            inside[parent if parent in inside else None].append(value)
    for region in parents:
        region.children = tuple(inside[region.value])
    return [*inside[None], *(p for p in parents if p.value == NOT_STATED)]
