"""Filters as engine queries, and facet counts as trees of values."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Matches
from indexer.query.plan import Column, EngineQuery, NotQuery, OrQuery, RangeQuery, TermQuery
from indexer.schema import FACETS, NOT_STATED, RANGE_FIELD, facet_group
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import FacetBucket, FacetCounts
from indexer.text import places
from indexer.text.collation import sort_key

_PARENTS = {facet.parent for facet in FACETS.values() if facet.parent}


def filter_queries(request: SearchRequest) -> tuple[tuple[str, EngineQuery], ...]:
    """Return (facet group, query) pairs for the filters of a request.

    Included values of one group are alternatives. Each excluded value is a separate query, and its
    group is not that of a count: no count ignores an exclusion.
    """
    if not request.is_filtered:
        return ()
    included: dict[str, list[EngineQuery]] = {}
    for item in request.effective:
        included.setdefault(facet_group(item.field), []).append(_term(item))
    if (years := request.range) is not None:
        query = RangeQuery(Column(RANGE_FIELD, "value"), years.first, years.last)
        included.setdefault(facet_group(RANGE_FIELD), []).append(query)
    return (
        *((group, OrQuery(tuple(queries))) for group, queries in included.items()),
        *(("-" + facet_group(item.field), NotQuery(_term(item))) for item in request.excluded),
    )


def _term(item: Filter) -> TermQuery:
    return TermQuery(Column(item.field, "value"), item.value)


def exclusion_requests(request: SearchRequest) -> list[SearchRequest]:
    """Return, for each exclusion, the search that counts its value.

    It includes the value as the only one of its group, and keeps all other exclusions.
    """
    return [
        request.without_included(facet_group(item.field)).toggled(item.inverse)
        for item in request.excluded
    ]


def facet_counts(
    request: SearchRequest,
    matches: Matches,
    exclusion_totals: Sequence[int],
    vocabulary: Vocabulary,
) -> tuple[FacetCounts, ...]:
    """Return the facets in the order of the schema; matches has the counts of each.

    exclusion_totals has the number of activities of each of exclusion_requests(). Filtered values
    are listed even without matches.
    """
    totals = {
        name: {value: n for (value,), n in counts.items()}
        for name, counts in zip(FACETS, matches.counts, strict=True)
    }
    for item, total in zip(request.excluded, exclusion_totals, strict=True):
        totals[item.field][item.value] = total
    for item in request.filters:  # a filtered place stays in its region
        if FACETS[item.field].parent or item.field in _PARENTS:
            for region in places.ancestors(item.value):
                totals["region"].setdefault(region, 0)
    buckets = {name: _buckets(name, n, request, vocabulary) for name, n in totals.items()}
    for name, facet in FACETS.items():
        if facet.parent:
            buckets[facet.parent] = _tree(buckets[facet.parent], buckets[name], vocabulary.locale)
    return tuple(FacetCounts(name, tuple(top)) for name, top in buckets.items())


def _buckets(
    field: str, counts: dict[str, int], request: SearchRequest, vocabulary: Vocabulary
) -> list[FacetBucket]:
    """Return the buckets of one facet in its order."""
    for item in request.filters:
        if item.field == field:
            counts.setdefault(item.value, 0)
    selected = {item.value for item in request.effective if item.field == field}
    excluded = {item.value for item in request.excluded if item.field == field}
    label = vocabulary.label
    buckets = [
        FacetBucket(value, label(field, value), n, value in selected, value in excluded, (), field)
        for value, n in counts.items()
    ]
    if FACETS[field].order == "value":
        return sorted(buckets, key=_by_value)
    return sorted(buckets, key=lambda bucket: _by_count(bucket, vocabulary.locale))


def _by_value(bucket: FacetBucket) -> tuple[bool, int]:
    """Sort key: the largest number first, "not stated" last."""
    number = int(bucket.value) if bucket.value.isdecimal() else 0
    return bucket.value == NOT_STATED, -number


def _by_count(bucket: FacetBucket, locale: str) -> tuple[bool, int, bytes]:
    """Sort key: the most frequent first, then by label, "not stated" last."""
    return bucket.value == NOT_STATED, -bucket.count, sort_key(bucket.label, locale)


def _tree(
    regions: list[FacetBucket], countries: list[FacetBucket], locale: str
) -> list[FacetBucket]:
    """Nest subregions and countries in their regions; return the buckets without a region."""
    children: dict[str | None, list[FacetBucket]] = {None: [], **{r.value: [] for r in regions}}
    # Buckets are added in display order, so that each list of children is sorted.
    for bucket in sorted((*regions, *countries), key=lambda b: _by_count(b, locale)):
        if bucket.value != NOT_STATED:
            parent = places.parent(bucket.value)
            children[parent if parent in children else None].append(bucket)
    for region in regions:
        region.children = tuple(children[region.value])
    return [*children[None], *(region for region in regions if region.value == NOT_STATED)]
