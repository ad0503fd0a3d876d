"""SearchRequest: a search as one immutable value, independent of URLs and engines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from indexer.content.id_hash import id_hash
from indexer.query.plan import Sort
from indexer.schema import NOT_STATED, RANGE_FIELD, facet_group
from indexer.text import places

PER_PAGE = 20
MAX_PER_PAGE = 100
MAX_REACH = 10_000  # page × per_page; exports return everything
MAX_SELECTION = 500  # activities of a selection
MAX_IDS = 50  # of a selection that an address names by their ids; of more, it has hashes

# The order of results. "selected" is the order of a selection, and "country" that of the names of
# countries, then the newest year. Only a search that is limited to a selection has these two.
Order = Literal[Sort, "selected", "country"]
SELECTION_ORDERS = ("selected", "country")

_PLACES = ("region", "country")


class Filter(NamedTuple):
    """A value of a facet that activities must state, or must not state."""

    field: str
    value: str  # a key: ISO code, slug, year as text, or "none" for not stated
    excluded: bool = False

    @property
    def inverse(self) -> Filter:
        """The filter that excludes an included value, or includes an excluded one."""
        return Filter(self.field, self.value, not self.excluded)


class YearRange(NamedTuple):
    """The years from first to last, both inclusive. None is an open end."""

    first: int | None
    last: int | None

    def includes(self, year: str) -> bool:
        """Return whether the value of a year filter is in the range. "none" never is."""
        if self == (None, None) or year == NOT_STATED:
            return False
        return (self.first or 0) <= int(year) <= (self.last or 9999)


class Reference(NamedTuple):
    """An activity of a selection: its id, or the first digits of its id_hash()."""

    text: str
    is_hash: bool = False

    @property
    def digits(self) -> str:
        """The digits of the hash, as many as are known."""
        return self.text if self.is_hash else id_hash(self.text)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """The query text, filters, sort order and page of a search."""

    text: str = ""  # in the query language
    filters: tuple[Filter, ...] = ()  # included values first, then excluded ones
    year_from: int | None = None
    year_to: int | None = None
    sort: Order | None = None  # None: see order
    page: int = 1
    per_page: int = PER_PAGE
    # "all": only activities with all words. By default those with most words follow.
    match: Literal["all"] | None = None
    # The number of the generation that the address was cited from. None: the newest one.
    generation: int | None = None
    # The activities that the search is limited to, in their order; empty: all activities.
    selection: tuple[Reference, ...] = ()
    # The generation in which the selection was made, if its address says so. It changes nothing.
    made_in: int | None = None
    # The id_hash() of each activity that the reader has ticked so far. They limit nothing.
    chosen: tuple[str, ...] = ()

    @property
    def included(self) -> tuple[Filter, ...]:
        """The filters whose value must be stated."""
        return tuple(f for f in self.filters if not f.excluded)

    @property
    def excluded(self) -> tuple[Filter, ...]:
        """The filters whose value must not be stated."""
        return tuple(f for f in self.filters if f.excluded)

    @property
    def effective(self) -> tuple[Filter, ...]:
        """The included filters, without regions that an included place inside them narrows."""
        included = self.included
        narrowed = {region for f in included for region in places.ancestors(f.value)}
        return tuple(f for f in included if f.field != "region" or f.value not in narrowed)

    @property
    def range(self) -> YearRange | None:
        """The range from year_from to year_to; None if unset or narrowed by an included year."""
        bounds = YearRange(self.year_from, self.year_to)
        if bounds == (None, None):
            return None
        narrowed = any(f.field == RANGE_FIELD and bounds.includes(f.value) for f in self.included)
        return None if narrowed else bounds

    @property
    def order(self) -> Order:
        """The sort order.

        By default, relevance with a query text, and without one the order of the selection, or
        newest without a selection.
        """
        if self.sort:
            return self.sort
        return "relevance" if self.text.strip() else "selected" if self.selection else "newest"

    @property
    def engine_order(self) -> Sort:
        """The order in which an engine returns the results."""
        match self.order:
            case "selected" | "country":
                return "newest"
            case order:
                return order

    @property
    def is_filtered(self) -> bool:
        """Whether any filter or year range is set."""
        return bool(self.filters or self.year_from or self.year_to)

    def includes_country(self, code: str) -> bool:
        """Return whether the place filters include a country, or "none"."""
        code_and_regions = {code, *places.ancestors(code)}
        group = facet_group("country")
        included = {f.value for f in self.effective if facet_group(f.field) == group}
        excluded = {f.value for f in self.excluded if facet_group(f.field) == group}
        return not excluded & code_and_regions and (
            not included or bool(included & code_and_regions)
        )

    def includes_year(self, year: str) -> bool:
        """Return whether the time filters include a year, or "none"."""
        included = {f.value for f in self.effective if f.field == RANGE_FIELD}
        excluded = {f.value for f in self.excluded if f.field == RANGE_FIELD}
        is_unfiltered = not included and self.range is None
        bounds = self.range or YearRange(None, None)
        return year not in excluded and (is_unfiltered or year in included or bounds.includes(year))

    def toggled(self, toggle: Filter) -> SearchRequest:
        """Return the first page of the search with a filter added, or removed if it is set.

        Including a value inside an included region or in the year range narrows to the value.
        Including a region removes the places inside it. A value is never both included and
        excluded.
        """
        if toggle in (self.excluded if toggle.excluded else self.effective):
            return self._filtered(f for f in self.filters if f != toggle)
        others = [f for f in self.filters if f not in (toggle, toggle.inverse)]
        if toggle.excluded:
            return self._filtered([*others, toggle])
        if toggle.field in _PLACES:
            others = [f for f in others if f.excluded or not _is_nested(f, toggle)]
        request = self._filtered([*others, toggle])
        years = YearRange(self.year_from, self.year_to)
        if toggle.field == RANGE_FIELD and years.includes(toggle.value):
            return request.without_range()
        return request

    def with_filter(self, addition: Filter) -> SearchRequest:
        """Return the first page of the search with one more filter."""
        return self._filtered([*self.filters, addition])

    def without_included(self, *groups: str) -> SearchRequest:
        """Return the first page of the search without the included values of some facet groups.

        The year range belongs to the group of the years. Excluded values stay.
        """
        request = self._filtered(
            f for f in self.filters if f.excluded or facet_group(f.field) not in groups
        )
        return request.without_range() if facet_group(RANGE_FIELD) in groups else request

    def with_range_end(self, year: int) -> SearchRequest:
        """Return the first page of the search with the nearer end of its range moved to a year.

        A search without a range gets the range of this single year.
        """
        low, high = self.range or (None, None)
        first = low if low is not None and low < year else year
        last = high if high is not None and high > year and first == year else year
        if low is not None and high is not None and low < year < high:
            first, last = (year, high) if year - low <= high - year else (low, year)
        request = self._filtered(f for f in self.filters if f.excluded or f.field != RANGE_FIELD)
        return replace(request, year_from=first, year_to=last)

    def without_range(self) -> SearchRequest:
        """Return the first page of the search without the year range."""
        return replace(self, year_from=None, year_to=None, page=1)

    def without_filters(self) -> SearchRequest:
        """Return the first page of the search with its text and sort order only."""
        return replace(self, filters=(), page=1).without_range()

    def on_page(self, page: int) -> SearchRequest:
        """Return the search on another page."""
        return replace(self, page=page)

    def in_newest_generation(self) -> SearchRequest:
        """Return the same search in the newest generation."""
        return replace(self, generation=None)

    def without_selection(self) -> SearchRequest:
        """Return the first page of the same search among all activities."""
        sort = None if self.sort in SELECTION_ORDERS else self.sort
        return replace(self, selection=(), sort=sort, page=1)

    def without_selected(self, id: str) -> SearchRequest:
        """Return the first page of the search without an activity of its selection."""
        digits = id_hash(id)
        rest = tuple(
            item
            for item in self.selection
            if not (digits.startswith(item.text) if item.is_hash else item.text == id)
        )
        return self.with_selection(rest)

    def with_selection(self, selection: tuple[Reference, ...]) -> SearchRequest:
        """Return the first page of the search with another selection, or with none."""
        if not selection:
            return self.without_selection()
        return replace(self, selection=selection, page=1)

    def sorted_by(self, sort: Order) -> SearchRequest:
        """Return the first page of the search in another order."""
        return replace(self, sort=sort, page=1)

    def matching(self, match: Literal["all"] | None) -> SearchRequest:
        """Return the first page of the search with all words, or with all or most (None)."""
        return replace(self, match=match, page=1)

    def with_text(self, text: str) -> SearchRequest:
        """Return the first page of the search with another query text."""
        return replace(self, text=text, page=1)

    def _filtered(self, filters: Iterable[Filter]) -> SearchRequest:
        return replace(self, filters=tuple(sorted(filters, key=_is_excluded)), page=1)


def _is_excluded(item: Filter) -> bool:
    return item.excluded


def _is_nested(place: Filter, other: Filter) -> bool:
    """Return whether one of two filters is on a place inside the other's place."""
    return place.field in _PLACES and (
        place.value in places.ancestors(other.value) or other.value in places.ancestors(place.value)
    )
