"""Coverage: the results of a search as a matrix of places by years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Generation
from indexer.query.ast import Notice
from indexer.query.parser import parse
from indexer.query.plan import Column, Plan, RangeQuery, TermQuery
from indexer.schema import NOT_STATED, facet_group
from indexer.search.planner import QueryPlanner
from indexer.search.replay import Replay, open_cited, with_generation
from indexer.search.request import Filter, SearchRequest, YearRange
from indexer.text import places
from indexer.text.collation import sort_key

MAX_COUNTRIES = 60  # rows; more countries are grouped by region
MAX_YEARS = 26  # columns; more years are grouped by decade
DECADE = 10
FIRST_YEAR, LAST_YEAR = 1, 9999
PLACE_GROUP, TIME_GROUP = facet_group("country"), facet_group("year")
YEAR_COLUMN = Column("year", "value")


@dataclass(frozen=True, slots=True)
class Period:
    """A column: a year, a range of years, or the activities that state no year (both None)."""

    first: int | None
    last: int | None

    @property
    def label(self) -> str:
        """The years as text: "2019" or "2010–2019"; empty for not stated."""
        if self.first is None:
            return ""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A country or region and its numbers of activities."""

    value: str  # a code, or "none" for not stated
    label: str
    total: int
    counts: tuple[int, ...]  # by column


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix of a search.

    Each number counts an activity once. An activity may state several countries and years, so the
    total of a row or column is not the sum of its cells.
    """

    request: SearchRequest
    generation: Generation
    total: int
    field: str  # the field of the rows: "country" or "region"
    columns: tuple[Period, ...]
    rows: tuple[CoverageRow, ...]
    totals: tuple[int, ...]  # by column
    countries: Mapping[str, int]  # activities by country, also where the rows are regions
    notices: tuple[Notice, ...]
    replay: Replay | None = None  # the older generation that is counted

    def country_request(self, code: str) -> SearchRequest:
        """Return the search that finds the activities counted in countries[code]."""
        return self.request.without_included(PLACE_GROUP).with_filter(Filter("country", code))

    def cell_request(self, row: CoverageRow | None, column: Period | None) -> SearchRequest:
        """Return the search that finds the activities counted in a cell.

        Without a row or column, it finds the activities of the total.
        """
        groups = [*([PLACE_GROUP] if row else []), *([TIME_GROUP] if column else [])]
        request = self.request.without_included(*groups)
        if row:
            request = request.with_filter(Filter(self.field, row.value))
        if column is None:
            return request
        if column.first is None:
            return request.with_filter(Filter("year", NOT_STATED))
        if column.first == column.last:
            return request.with_filter(Filter("year", str(column.first)))
        return replace(request, year_from=column.first, year_to=column.last)


def coverage(
    engine: Engine,
    request: SearchRequest,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> Coverage:
    """Return the matrix of a search. Raises EngineError.

    The place and year filters of the request choose the rows and columns.
    """
    with open_cited(engine, request.generation) as (snapshot, replay):
        planner = QueryPlanner(snapshot, vocabulary, parse(request.text), synonyms)
        return replace(_coverage(planner, with_generation(request, replay)), replay=replay)


def gaps(
    engine: Engine,
    request: SearchRequest,
    year: int,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> tuple[str, ...]:
    """Return the countries with results before a year and none since, the largest number first.

    The place filters of the request choose the countries; its time filters are ignored. Activities
    that state no year count for neither time. Raises EngineError.
    """
    with open_cited(engine, request.generation) as (snapshot, _):
        planner = QueryPlanner(snapshot, vocabulary, parse(request.text), synonyms)
        plan = planner.plan(planner.parsed, request.without_included(TIME_GROUP))
        plan = replace(plan, counts=(("country",),))
        periods = Period(FIRST_YEAR, year - 1), Period(year, LAST_YEAR)
        before, since = snapshot.match(*(_in_period(plan, period) for period in periods))
    later = {code for (code,) in since.counts[0]}
    missing = {
        code: n
        for (code,), n in before.counts[0].items()
        if code != NOT_STATED and code not in later and request.includes_country(code)
    }
    return tuple(sorted(missing, key=lambda code: (-missing[code], code)))


def _coverage(planner: QueryPlanner, request: SearchRequest) -> Coverage:
    parsed, snapshot, vocabulary = planner.parsed, planner.snapshot, planner.vocabulary
    plan = planner.plan(parsed, request)
    unrestricted = planner.plan(parsed, request.without_included(PLACE_GROUP, TIME_GROUP))
    overall = snapshot.match(replace(plan, counts=(("country",), ("region",), ("year",))))[0]
    by_country, by_region, by_year = (
        {value: n for (value,), n in counts.items()} for counts in overall.counts
    )
    countries = {
        code: n
        for code, n in by_country.items()
        if code != NOT_STATED and request.includes_country(code)
    }
    field, row_totals = _row_totals(countries, by_region, request)
    columns = _columns([int(year) for year in by_year if year != NOT_STATED], request)
    cells: dict[tuple[str, Period], int] = {}
    # One plan per column. Counting (country, year) pairs would return tens of thousands of counts.
    plans = [replace(_in_period(unrestricted, column), counts=((field,),)) for column in columns]
    for column, matches in zip(columns, snapshot.match(*plans), strict=True):
        cells |= {(value, column): n for (value,), n in matches.counts[0].items()}
    ordered = sorted(row_totals.items(), key=lambda row: _row_key(field, row, vocabulary))
    # A filter on "none" applies to countries and regions alike.
    if request.includes_country(NOT_STATED):
        not_stated = (by_country if field == "country" else by_region).get(NOT_STATED, 0)
        ordered.append((NOT_STATED, not_stated))
    rows = [
        CoverageRow(
            value,
            vocabulary.label(field, value),
            total,
            tuple(cells.get((value, column), 0) for column in columns),
        )
        for value, total in ordered
        if total
    ]
    plans = [_in_period(plan, column) for column in columns]
    totals = tuple(matches.total for matches in snapshot.match(*plans)) if plans else ()
    return Coverage(
        request,
        snapshot.generation,
        overall.total,
        field,
        columns,
        tuple(rows),
        totals,
        countries,
        tuple(planner.notices),
    )


def _row_key(field: str, row: tuple[str, int], vocabulary: Vocabulary) -> tuple[int, bytes]:
    """Return the sort key of a value and its total: the most activities first, then by label."""
    value, total = row
    return -total, sort_key(vocabulary.label(field, value), vocabulary.locale)


def _row_totals(
    countries: Mapping[str, int], by_region: Mapping[str, int], request: SearchRequest
) -> tuple[str, dict[str, int]]:
    """Return the field of the rows, and the number of activities by row."""
    regions: set[str | None] = {f.value for f in request.effective if f.field == "region"}
    # An activity may state a region without any of its countries.
    if len(countries) <= MAX_COUNTRIES and (countries or not regions):
        return "country", dict(countries)
    smallest = {places.parent(code) for code in countries} - {None} or regions
    return "region", {code: n for code, n in by_region.items() if code in smallest}


def _in_period(plan: Plan, period: Period) -> Plan:
    """Return a plan with a period in place of the included years. Excluded years stay."""
    others = tuple(pair for pair in plan.filters if pair[0] != TIME_GROUP)
    query = (
        RangeQuery(YEAR_COLUMN, period.first, period.last)
        if period.first
        else TermQuery(YEAR_COLUMN, NOT_STATED)
    )
    return replace(plan, filters=(*others, (TIME_GROUP, query)))


def _columns(years: list[int], request: SearchRequest) -> tuple[Period, ...]:
    """Return a column for each year or decade that the time filters include.

    "Not stated" is the last column, unless the filters leave it out.
    """
    bounds = request.range or YearRange(None, None)
    filtered_years = sorted(year for year in years if request.includes_year(str(year)))
    if len(filtered_years) <= MAX_YEARS:
        columns = [Period(year, year) for year in filtered_years]
    else:
        columns = [
            Period(
                max(decade, bounds.first or decade),
                min(decade + DECADE - 1, bounds.last or decade + DECADE - 1),
            )
            for decade in dict.fromkeys(year // DECADE * DECADE for year in filtered_years)
        ]
    if request.includes_year(NOT_STATED):
        columns.append(Period(None, None))
    return tuple(columns)
