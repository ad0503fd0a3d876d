"""SearchRequest: everything a person can ask for, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer.query.plan import Sort
from indexer.schema import NOT_STATED, RANGE_FIELD
from indexer.text import places

PER_PAGE = 20
MAX_PER_PAGE = 100
MAX_REACH = 10_000  # page x per_page; deeper is what the exports are for

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Everything a person can ask for. Values are keys: ISO codes, slugs, years as text, "none"."""

    text: str = ""
    filters: tuple[Pair, ...] = ()  # (field, value) pairs that are ticked
    excluded: tuple[Pair, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    sort: Sort | None = None  # None: relevance with words, newest without
    page: int = 1
    per_page: int = PER_PAGE

    @property
    def range(self) -> tuple[int | None, int | None] | None:
        """The years from and to, both included, unless years within are ticked: those narrow it."""
        bounds = (self.year_from, self.year_to)
        if bounds == (None, None) or any(
            f == RANGE_FIELD and _within(v, bounds) for f, v in self.filters
        ):
            return None
        return bounds

    @property
    def effective(self) -> tuple[Pair, ...]:
        """The ticks that count: one on a region is narrowed to the ticks inside it."""
        inside = {above for _, value in self.filters for above in places.ancestors(value)}
        return tuple((f, v) for f, v in self.filters if f != "region" or v not in inside)

    def toggled(self, field: str, value: str) -> SearchRequest:
        """With the value ticked or unticked, on page 1. Ticking a value inside a ticked parent or
        range narrows to it; ticking a parent takes the ticks inside it away."""
        pair = (field, value)
        if pair in self.effective:
            return replace(self, filters=tuple(p for p in self.filters if p != pair), page=1)
        kept = tuple(
            p
            for p in self.filters
            if p != pair
            and not (
                field in ("region", "country")
                and p[0] in ("region", "country")
                and (value in places.ancestors(p[1]) or p[1] in places.ancestors(value))
            )
        )
        narrowed = field == RANGE_FIELD and _within(value, (self.year_from, self.year_to))
        bounds = (None, None) if narrowed else (self.year_from, self.year_to)
        return replace(
            self,
            filters=(*kept, pair),
            excluded=tuple(p for p in self.excluded if p != pair),
            year_from=bounds[0],
            year_to=bounds[1],
            page=1,
        )

    def toggled_exclusion(self, field: str, value: str) -> SearchRequest:
        """With the value excluded, or no longer; an excluded value is not ticked as well."""
        pair = (field, value)
        if pair in self.excluded:
            return replace(self, excluded=tuple(p for p in self.excluded if p != pair), page=1)
        return replace(
            self,
            filters=tuple(p for p in self.filters if p != pair),
            excluded=(*self.excluded, pair),
            page=1,
        )

    def ranged(self, year: int) -> SearchRequest:
        """With a year as the range, or the nearer end of the one there is moved to it, on page 1."""
        low, high = self.range or (None, None)
        first = low if low is not None and low < year else year
        last = high if high is not None and high > year and first == year else year
        if low is not None and high is not None and low < year < high:
            first, last = (year, high) if year - low <= high - year else (low, year)
        ticks = tuple(p for p in self.filters if p[0] != RANGE_FIELD)
        return replace(self, filters=ticks, year_from=first, year_to=last, page=1)

    def without_range(self) -> SearchRequest:
        """Without the years from and to, on page 1."""
        return replace(self, year_from=None, year_to=None, page=1)

    def cleared(self) -> SearchRequest:
        """The words and the sort, with no filters, on page 1."""
        return replace(self, filters=(), excluded=(), page=1).without_range()

    def on_page(self, page: int) -> SearchRequest:
        return replace(self, page=page)

    def sorted_by(self, sort: Sort) -> SearchRequest:
        """In another order, on page 1."""
        return replace(self, sort=sort, page=1)

    def with_text(self, text: str) -> SearchRequest:
        """With other words, on page 1."""
        return replace(self, text=text, page=1)

    @property
    def criteria(self) -> list[Pair]:
        """The parameters that decide which activities are found, and their order."""
        pairs = [("q", self.text)] if self.text else []
        pairs += self.filters
        pairs += [(f"-{field}", value) for field, value in self.excluded]
        bounds = (("year_from", self.year_from), ("year_to", self.year_to))
        pairs += [(name, str(year)) for name, year in bounds if year is not None]
        return pairs + ([("sort", self.sort)] if self.sort else [])

    @property
    def order(self) -> Sort:
        """The sort, or the default one: relevance with words, newest without."""
        return self.sort or ("relevance" if self.text.strip() else "newest")

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.filters or self.excluded or self.year_from or self.year_to)


def _within(year: str, bounds: tuple[int | None, int | None]) -> bool:
    """Whether a year lies in a range; none lies in one without bounds."""
    low, high = bounds
    return (
        bounds != (None, None) and year != NOT_STATED and (low or 0) <= int(year) <= (high or 9999)
    )
