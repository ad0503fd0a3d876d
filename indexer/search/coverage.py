"""A search as a matrix: where, by when, with what is not stated told apart from what was not found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Generation, Snapshot
from indexer.query.ast import Notice
from indexer.query.parser import parse
from indexer.query.plan import Column, Plan, RangeQuery, TermQuery
from indexer.schema import NOT_STATED, facet_group
from indexer.search.planner import QueryPlanner
from indexer.search.request import SearchRequest
from indexer.text import places

COUNTRIES = 60  # rows; where there are more, they are added up by region
YEARS = 26  # columns; where there are more, they are taken ten at a time
DECADE = 10
PLACE, TIME = facet_group("country"), facet_group("year")
YEARS_COLUMN = Column("year", "value")


@dataclass(frozen=True, slots=True)
class Period:
    """A year, a range of years, or what states none: then both are None."""

    first: int | None
    last: int | None

    @property
    def label(self) -> str:
        """2019, or 2010–2019; empty for not stated."""
        return (
            ""
            if self.first is None
            else str(self.first)
            if self.first == self.last
            else f"{self.first}–{self.last}"
        )


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A country or region ("none" for not stated): how many activities in all, and in each column."""

    value: str
    label: str
    total: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts are of activities, each once: a row's or column's total is not the sum of its cells."""

    request: SearchRequest
    generation: Generation
    total: int
    field: str  # what the rows are: country or region
    columns: tuple[Period, ...]
    rows: tuple[CoverageRow, ...]
    totals: tuple[int, ...]  # of the columns
    countries: Mapping[str, int]  # of every country, whatever the rows are
    notices: tuple[Notice, ...]

    def country(self, code: str) -> SearchRequest:
        """The search whose total countries[code] is."""
        found = _freed(self.request, {PLACE})
        return replace(found, filters=(*found.filters, ("country", code)))

    def cell(self, row: CoverageRow | None, column: Period | None) -> SearchRequest:
        """The search whose total a cell shows; without a row or column, that of a total."""
        found = _freed(self.request, {PLACE} if row else set(), {TIME} if column else set())
        if row:
            found = replace(found, filters=(*found.filters, (self.field, row.value)))
        if column and column.first is None:
            found = replace(found, filters=(*found.filters, ("year", NOT_STATED)))
        elif column and column.first == column.last:
            found = replace(found, filters=(*found.filters, ("year", str(column.first))))
        elif column:
            found = replace(found, year_from=column.first, year_to=column.last)
        return found


def coverage(engine: Engine, request: SearchRequest, vocabulary: Vocabulary) -> Coverage:
    """The matrix of a search. Its own places and years say which rows and columns are shown. Raises EngineError only."""
    with engine.snapshot() as snapshot:
        return _coverage(snapshot, request, vocabulary)


def _freed(request: SearchRequest, *groups: set[str]) -> SearchRequest:
    """A request without what it asks of some groups of facets."""
    free = set().union(*groups)
    kept = replace(
        request,
        page=1,
        filters=tuple(p for p in request.filters if facet_group(p[0]) not in free),
        excluded=tuple(p for p in request.excluded if facet_group(p[0]) not in free),
    )
    return replace(kept, year_from=None, year_to=None) if TIME in free else kept


def _coverage(snapshot: Snapshot, request: SearchRequest, vocabulary: Vocabulary) -> Coverage:
    parsed = parse(request.text)
    asked = QueryPlanner(snapshot, vocabulary, parsed)
    plan = asked.plan(parsed.query, request)
    free = asked.plan(parsed.query, _freed(request, {PLACE}, {TIME}))
    whole = snapshot.match(replace(plan, counts=(("country",), ("region",), ("year",))))[0]
    countries, regions, years = whole.counts
    shown = {
        code: n for (code,), n in countries.items() if code != NOT_STATED and _inside(code, request)
    }
    asked_regions = {value for name, value in request.effective if name == "region"}
    # A text that states a region and no country is in none of its countries.
    field = "region" if len(shown) > COUNTRIES or (asked_regions and not shown) else "country"
    if field == "region":
        smallest = {places.parent(code) for code in shown} - {None} or asked_regions
        rows = {code: n for (code,), n in regions.items() if code in smallest}
    else:
        rows = dict(shown)
    columns = _columns([int(year) for (year,) in years if year != NOT_STATED], request)
    cells: dict[tuple[str, Period], int] = {}
    # A plan a column: a few rows of counts each, where counts of (country, year) pairs would be tens of thousands.
    for column, found in zip(
        columns, snapshot.match(*(_within(free, column, field) for column in columns)), strict=True
    ):
        cells |= {(row, column): n for (row,), n in found.counts[0].items()}
    ordered = sorted(rows.items(), key=lambda pair: (-pair[1], vocabulary.label(field, pair[0])))
    # A region's "none" is a country's too: a text that states either has both.
    if _inside(NOT_STATED, request):
        ordered.append(
            (NOT_STATED, (countries if field == "country" else regions).get((NOT_STATED,), 0))
        )
    made = tuple(
        CoverageRow(
            value,
            vocabulary.label(field, value),
            n,
            tuple(cells.get((value, column), 0) for column in columns),
        )
        for value, n in ordered
        if n
    )
    time_plans = [replace(_timed(plan, column), counts=()) for column in columns]
    totals = tuple(found.total for found in snapshot.match(*time_plans)) if time_plans else ()
    return Coverage(
        request,
        snapshot.generation,
        whole.total,
        field,
        columns,
        made,
        totals,
        shown,
        tuple(asked.notices),
    )


def _inside(code: str, request: SearchRequest) -> bool:
    """Whether a country, or "none", is one that the request's places show."""
    asked = {value for field, value in request.effective if facet_group(field) == PLACE}
    without = {value for field, value in request.excluded if facet_group(field) == PLACE}
    itself = {code, *places.ancestors(code)}
    return not without & itself and (not asked or bool(asked & itself))


def _timed(plan: Plan, column: Period) -> Plan:
    """A plan for a column's years in place of its own."""
    others = tuple(pair for pair in plan.filters if pair[0] != TIME)
    query = (
        RangeQuery(YEARS_COLUMN, column.first, column.last)
        if column.first
        else TermQuery(YEARS_COLUMN, NOT_STATED)
    )
    return replace(plan, filters=(*others, (TIME, query)))


def _within(plan: Plan, column: Period, field: str) -> Plan:
    return replace(_timed(plan, column), counts=((field,),))


def _columns(years: list[int], request: SearchRequest) -> tuple[Period, ...]:
    """A column for each year there is, or each ten; and one for what states none, unless years were asked for."""
    low, high = request.range or (None, None)
    ticked = {value for field, value in request.effective if field == "year"}
    without = {value for field, value in request.excluded if field == "year"}
    free = not ticked and request.range is None
    within = [year for year in years if request.range and (low or 0) <= year <= (high or 9999)]
    kept = sorted(
        y for y in years if (free or y in within or str(y) in ticked) and str(y) not in without
    )
    if len(kept) <= YEARS:
        found = [Period(year, year) for year in kept]
    else:
        decades = dict.fromkeys(year // DECADE * DECADE for year in kept)
        found = [
            Period(max(d, low or d), min(d + DECADE - 1, high or d + DECADE - 1)) for d in decades
        ]
    return (
        *found,
        *(
            (Period(None, None),)
            if (free or NOT_STATED in ticked) and NOT_STATED not in without
            else ()
        ),
    )
