"""Coverage: the number in every cell equals the results of the search it links to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indexer.search.coverage
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.schema import NOT_STATED
from indexer.search.coverage import Coverage, Period, coverage
from indexer.search.request import Filter, SearchRequest
from indexer.search.service import search
from indexer.settings import Settings

VOCABULARY = Vocabulary({})
Rows = list[tuple[set[str], set[int]]]
ACTIVITIES: Rows = [
    ({"PAK"}, {2018}),
    ({"PAK", "AFG"}, {2018, 2019}),
    ({"KEN"}, set()),
    (set(), {2020}),
    (set(), set()),
]


@contextmanager
def indexed(rows: Rows, front_matter: str = "") -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        content.mkdir()
        for number, (countries, years) in enumerate(rows):
            lines = [f"country: [{', '.join(sorted(countries))}]", f"year: {sorted(years)}"]
            header = "\n".join(["---", *lines, f"{front_matter}---"])
            (content / f"a{number}.md").write_text(f"{header}\nText on {number}.")
        engine = open_engine(Settings(content=content, index=Path(folder) / "index"))
        sync(engine, content, "a test")
        yield engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with indexed(ACTIVITIES) as engine:
        yield engine


def cells(matrix: Coverage) -> dict[tuple[str, str], int]:
    return {
        (row.value, column.label or NOT_STATED): n
        for row in matrix.rows
        for column, n in zip(matrix.columns, row.counts, strict=True)
    }


def check_links(engine: Engine, matrix: Coverage) -> None:
    """Assert that each number, also a zero, is the total of the search it links to."""
    for row in matrix.rows:
        assert search(engine, matrix.cell_request(row, None), VOCABULARY).total == row.total > 0
        for column, n in zip(matrix.columns, row.counts, strict=True):
            assert search(engine, matrix.cell_request(row, column), VOCABULARY).total == n, (
                row,
                column,
            )
    for column, n in zip(matrix.columns, matrix.totals, strict=True):
        assert search(engine, matrix.cell_request(None, column), VOCABULARY).total == n
    for code, n in matrix.countries.items():
        assert search(engine, matrix.country_request(code), VOCABULARY).total == n > 0
    assert search(engine, matrix.request, VOCABULARY).total == matrix.total


def test_an_activity_counts_in_each_of_its_countries_and_years(engine: Engine) -> None:
    matrix = coverage(engine, SearchRequest(), VOCABULARY)
    assert [(row.value, row.total) for row in matrix.rows] == [
        ("PAK", 2),
        ("AFG", 1),
        ("KEN", 1),
        ("none", 2),
    ]
    assert [column.label for column in matrix.columns] == ["2018", "2019", "2020", ""]
    assert {key: n for key, n in cells(matrix).items() if n} == {
        ("PAK", "2018"): 2,
        ("PAK", "2019"): 1,
        ("AFG", "2018"): 1,
        ("AFG", "2019"): 1,
        ("KEN", "none"): 1,
        ("none", "2020"): 1,
        ("none", "none"): 1,
    }
    assert (matrix.total, matrix.totals, matrix.countries) == (
        5,
        (2, 1, 1, 2),
        {"PAK": 2, "AFG": 1, "KEN": 1},
    )


@pytest.mark.parametrize(
    ("request_", "rows", "columns"),
    [
        (SearchRequest(filters=(Filter("country", "PAK"),)), ["PAK"], ["2018", "2019", ""]),
        (SearchRequest(filters=(Filter("region", "034"),)), ["PAK", "AFG"], ["2018", "2019", ""]),
        (SearchRequest(filters=(Filter("country", "none"),)), ["none"], ["2020", ""]),
        (
            SearchRequest(filters=(Filter("country", "none"), Filter("country", "KEN"))),
            ["KEN", "none"],
            ["2020", ""],
        ),
        (SearchRequest(filters=(Filter("year", "none"),)), ["KEN", "none"], [""]),
        (
            SearchRequest(filters=(Filter("year", "none"), Filter("year", "2020"))),
            ["KEN", "none"],
            ["2020", ""],
        ),
        (
            SearchRequest(filters=(Filter("region", "002", True), Filter("country", "none", True))),
            ["PAK", "AFG"],
            ["2018", "2019", ""],
        ),
        (
            SearchRequest(filters=(Filter("year", "2018", True), Filter("year", "none", True))),
            ["none"],
            ["2020"],  # both activities of 2019 also state 2018
        ),
        (SearchRequest(year_from=2019, year_to=2020), ["AFG", "PAK", "none"], ["2019", "2020"]),
    ],
)
def test_the_filters_of_the_search_choose_the_rows_and_columns(
    engine: Engine, request_: SearchRequest, rows: list[str], columns: list[str]
) -> None:
    matrix = coverage(engine, request_, VOCABULARY)
    assert [row.value for row in matrix.rows] == rows
    assert [column.label for column in matrix.columns] == columns
    check_links(engine, matrix)


def test_many_countries_are_grouped_by_region_and_many_years_by_decade(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.search.coverage, "MAX_COUNTRIES", 2)
    monkeypatch.setattr(indexer.search.coverage, "MAX_YEARS", 2)
    matrix = coverage(engine, SearchRequest(), VOCABULARY)
    assert [row.label for row in matrix.rows] == ["Southern Asia", "Eastern Africa", "Not stated"]
    assert [column.label for column in matrix.columns] == ["2010–2019", "2020–2029", ""]
    assert (
        cells(matrix)["034", "2010–2019"] == 2
    )  # each activity once, although one has two countries and two years
    check_links(engine, matrix)
    in_range = coverage(engine, SearchRequest(year_from=2018), VOCABULARY)
    assert in_range.columns[0] == Period(2018, 2019)  # a decade that the year range cuts
    check_links(engine, in_range)


def test_a_region_without_stated_countries_is_a_row() -> None:
    with indexed([(set(), {2018}), ({"KEN"}, {2018})], "region: ['034']\n") as engine:
        matrix = coverage(engine, SearchRequest("0", (Filter("region", "034"),)), VOCABULARY)
        assert [(row.value, row.total) for row in matrix.rows] == [("034", 1)]
        check_links(engine, matrix)


COUNTRY = st.sampled_from(["PAK", "AFG", "KEN", "FJI", "XKX"])
CORPUS = st.lists(
    st.tuples(st.sets(COUNTRY, max_size=3), st.sets(st.sampled_from([2009, 2018, 2019, 2020]))),
    max_size=7,
)
PAIRS = [
    ("country", "PAK"),
    ("country", "none"),
    ("region", "034"),
    ("region", "002"),
    ("year", "2018"),
    ("year", "none"),
]


@settings(max_examples=20)
@given(
    CORPUS,
    st.sets(st.sampled_from(PAIRS)),
    st.sets(st.sampled_from(PAIRS)),
    st.sampled_from([(None, None), (2010, 2019), (2019, None), (None, 2018)]),
    st.booleans(),
)
def test_every_number_is_the_total_of_its_search(  # type: ignore[no-untyped-def]
    corpus, included, excluded, bounds, grouped
) -> None:
    filters = (
        *(Filter(*pair) for pair in included),
        *(Filter(*pair, excluded=True) for pair in excluded - included),
    )
    request = SearchRequest("text", filters, *bounds)
    with indexed(corpus) as engine, pytest.MonkeyPatch.context() as patch:
        if grouped:
            patch.setattr(indexer.search.coverage, "MAX_COUNTRIES", 1)
            patch.setattr(indexer.search.coverage, "MAX_YEARS", 1)
        matrix = coverage(engine, request, VOCABULARY)
        check_links(engine, matrix)
        assert matrix.rows or not matrix.total
        everything = coverage(engine, request.without_filters(), VOCABULARY)
        assert dict(everything.countries) == {
            code: n
            for code in {c for row in corpus for c in row[0]}
            if (n := sum(code in row[0] for row in corpus))
        }


@pytest.mark.parametrize(
    ("locale", "codes"),
    [
        ("en", ["ALA", "ALB", "COG", "CIV", "HRV", "TUN", "TUR", "ZMB"]),
        ("sv", ["ALB", "CIV", "COG", "HRV", "TUN", "TUR", "ZMB", "ALA"]),
    ],
)
def test_countries_with_equal_counts_are_in_the_order_of_the_locale(
    locale: str, codes: list[str]
) -> None:
    vocabulary = VOCABULARY.in_locale(locale, str)
    with indexed([({code}, {2018}) for code in codes]) as engine:
        matrix = coverage(engine, SearchRequest(), vocabulary)
    assert [row.value for row in matrix.rows] == codes


@pytest.mark.parametrize(
    ("locale", "labels"),
    [
        ("en", ["Åland", "Apples", "Égalité", "Equality", "Zebras"]),
        ("sv", ["Apples", "Égalité", "Equality", "Zebras", "Åland"]),
    ],
)
def test_facet_values_with_equal_counts_are_in_the_order_of_the_locale(
    locale: str, labels: list[str]
) -> None:
    by_key = {"a": "Zebras", "b": "Åland", "c": "Equality", "d": "Apples", "e": "Égalité"}
    vocabulary = Vocabulary({"theme": by_key}).in_locale(locale, str)
    with indexed([({"KEN"}, {2018})], front_matter=f"theme: [{', '.join(by_key)}]\n") as engine:
        page = search(engine, SearchRequest(), vocabulary)
    (themes,) = (facet.buckets for facet in page.facets if facet.field == "theme")
    assert [bucket.label for bucket in themes if bucket.value in by_key] == labels
