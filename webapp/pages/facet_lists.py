"""The lists of filters on the search page: which values are shown, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from indexer.schema import NOT_STATED, RANGE_FIELD
from indexer.search.request import SearchRequest
from indexer.search.results import FacetBucket, FacetCounts
from webapp.i18n.locale import ngettext
from webapp.pages.components import collapse_regions, histogram, is_shown
from webapp.pages.markup import FEW_VALUES, TOP_VALUES, Place

ORDER = ("year", "region", "theme", "partner")  # before all other fields


@dataclass(frozen=True, slots=True)
class FacetList:
    """One list of filters."""

    field: str
    bars: Sequence[tuple[int, int, bool]]  # of the year chart: year, count, whether selected
    first: Sequence[FacetBucket]  # filtered at the last full load of the page
    top: Sequence[FacetBucket]  # the most frequent
    more: Sequence[FacetBucket]  # in a closed list; of regions, a tree with all places
    more_label: str  # "All 195 countries by region"; "" without a closed list
    max_count: int
    hidden: Collection[Place]  # places that the tree leaves out, because first has them


def facet_lists(
    facets: Sequence[FacetCounts], search: SearchRequest, first: Collection[Place] | None = None
) -> list[FacetList]:
    """Return the lists of filters of a page, in its order.

    first: the field and value of each value that is listed first. By default these are the
    filtered values. A live update keeps the first values of its page, so that no
    value moves.
    """
    if first is None:
        first = [(f.field, f.value) for f in (*search.effective, *search.excluded)]
    by_field = {facet.field: facet.buckets for facet in facets}
    fields = [facet.field for facet in facets if is_shown(facet, search)]
    fields.sort(key=lambda field: ORDER.index(field) if field in ORDER else len(ORDER))
    return [
        _place_list(by_field["region"], by_field["country"], first)
        if field == "region"
        else _flat_list(field, by_field[field], search, first)
        for field in fields
    ]


def _flat_list(
    field: str, values: Sequence[FacetBucket], search: SearchRequest, first: Collection[Place]
) -> FacetList:
    bars = histogram(tuple(values), search) if field == RANGE_FIELD else []
    listed, others = _split(values, first)
    # A chart shows all years. A list without a chart has the latest years first.
    limit = 0 if bars else len(others) if len(values) <= FEW_VALUES else TOP_VALUES
    number = sum(v.value != NOT_STATED for v in values)
    more = others[limit:]
    label = _all(field, number) if more else ""
    max_count = max((v.count for v in values), default=0)
    return FacetList(field, bars, listed, others[:limit], more, label, max_count, set())


def _place_list(
    regions: Sequence[FacetBucket], countries: Sequence[FacetBucket], first: Collection[Place]
) -> FacetList:
    listed, others = _split([*_regions(regions), *countries], first)
    others = [v for v in others if v.field == "country"]
    number = sum(v.value != NOT_STATED for v in countries)
    limit = len(others) if len(countries) <= FEW_VALUES else TOP_VALUES
    top = others[:limit]
    if others and others[-1].value == NOT_STATED and limit < len(others):
        top.append(others[-1])
    tree = collapse_regions(tuple(v for v in regions if v.value != NOT_STATED))
    return FacetList(
        "region",
        [],
        listed,
        top,
        tree,
        _all("region", number) if tree else "",
        max((v.count for v in (*listed, *countries)), default=0),
        {(v.field, v.value) for v in listed},
    )


def _split(
    values: Sequence[FacetBucket], first: Collection[Place]
) -> tuple[list[FacetBucket], list[FacetBucket]]:
    """Return the values that are listed first, in that order, and the others."""
    by_place = {(v.field, v.value): v for v in values}
    listed = [by_place[place] for place in dict.fromkeys(first) if place in by_place]
    return listed, [v for v in values if v not in listed]


def _regions(values: Sequence[FacetBucket]) -> list[FacetBucket]:
    """Return the regions of a tree of places, at every depth."""
    return [
        v for value in values for v in (value, *_regions(value.children)) if v.field == "region"
    ]


def _all(field: str, number: int) -> str:
    """Return the label of a closed list: All 195 countries by region."""
    match field:
        case "region":
            text = ngettext("All {n} country by region", "All {n} countries by region", number)
        case "year":
            text = ngettext("All {n} year", "All {n} years", number)
        case "theme":
            text = ngettext("All {n} theme", "All {n} themes", number)
        case "partner":
            text = ngettext("All {n} partner", "All {n} partners", number)
        case "agency":
            text = ngettext("All {n} agency", "All {n} agencies", number)
        case "language":
            text = ngettext("All {n} language", "All {n} languages", number)
        case _:
            text = ngettext("All {n} value", "All {n} values", number)
    return text.format(n=f"{number:,}")
