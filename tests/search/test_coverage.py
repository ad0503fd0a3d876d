"""A matrix whose every number is what its own search finds."""

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

LABELS = Vocabulary({})
Rows = list[tuple[set[str], set[int]]]
WORLD: Rows = [
    ({"PAK"}, {2018}),
    ({"PAK", "AFG"}, {2018, 2019}),
    ({"KEN"}, set()),
    (set(), {2020}),
    (set(), set()),
]


@contextmanager
def indexed(rows: Rows, more: str = "") -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        content.mkdir()
        for number, (countries, years) in enumerate(rows):
            (content / f"a{number}.md").write_text(
                f"---\ncountry: [{', '.join(sorted(countries))}]\nyear: {sorted(years)}\n{more}---\nText on {number}."
            )
        engine = open_engine(Settings(content=content, index=Path(folder) / "index"))
        sync(engine, content, "a test")
        yield engine


@pytest.fixture(scope="module")
def world() -> Iterator[Engine]:
    with indexed(WORLD) as engine:
        yield engine


def cells(found: Coverage) -> dict[tuple[str, str], int]:
    return {
        (row.value, column.label or NOT_STATED): n
        for row in found.rows
        for column, n in zip(found.columns, row.counts, strict=True)
    }


def check_links(engine: Engine, found: Coverage) -> None:
    """Follow every number, and every dash."""
    for row in found.rows:
        assert search(engine, found.cell_request(row, None), LABELS).total == row.total > 0
        for column, n in zip(found.columns, row.counts, strict=True):
            assert search(engine, found.cell_request(row, column), LABELS).total == n, (row, column)
    for column, n in zip(found.columns, found.totals, strict=True):
        assert search(engine, found.cell_request(None, column), LABELS).total == n
    for code, n in found.countries.items():
        assert search(engine, found.country_request(code), LABELS).total == n > 0
    assert search(engine, found.request, LABELS).total == found.total


def test_an_activity_counts_in_each_of_its_countries_and_years(world: Engine) -> None:
    found = coverage(world, SearchRequest(), LABELS)
    assert [(row.value, row.total) for row in found.rows] == [
        ("PAK", 2),
        ("AFG", 1),
        ("KEN", 1),
        ("none", 2),
    ]
    assert [column.label for column in found.columns] == ["2018", "2019", "2020", ""]
    assert {key: n for key, n in cells(found).items() if n} == {
        ("PAK", "2018"): 2,
        ("PAK", "2019"): 1,
        ("AFG", "2018"): 1,
        ("AFG", "2019"): 1,
        ("KEN", "none"): 1,
        ("none", "2020"): 1,
        ("none", "none"): 1,
    }
    assert (found.total, found.totals, found.countries) == (
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
            ["2019", "2020"],
        ),
        (SearchRequest(year_from=2019, year_to=2020), ["AFG", "PAK", "none"], ["2019", "2020"]),
    ],
)
def test_the_searchs_own_places_and_years_are_what_is_shown(
    world: Engine, request_: SearchRequest, rows: list[str], columns: list[str]
) -> None:
    found = coverage(world, request_, LABELS)
    assert [row.value for row in found.rows] == rows
    assert [column.label for column in found.columns] == columns
    check_links(world, found)


def test_many_countries_are_added_up_by_region_and_many_years_by_ten(
    world: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.search.coverage, "MAX_COUNTRIES", 2)
    monkeypatch.setattr(indexer.search.coverage, "MAX_YEARS", 2)
    found = coverage(world, SearchRequest(), LABELS)
    assert [row.label for row in found.rows] == ["Southern Asia", "Eastern Africa", "Not stated"]
    assert [column.label for column in found.columns] == ["2010–2019", "2020–2029", ""]
    assert (
        cells(found)["034", "2010–2019"] == 2
    )  # both activities once, in whatever number of countries and years
    check_links(world, found)
    narrowed = coverage(world, SearchRequest(year_from=2018), LABELS)
    assert narrowed.columns[0] == Period(
        2018, 2019
    )  # a first ten that goes no further back than was asked
    check_links(world, narrowed)


def test_a_region_whose_activities_state_no_country_is_a_row_itself() -> None:
    with indexed([(set(), {2018}), ({"KEN"}, {2018})], "region: ['034']\n") as engine:
        found = coverage(engine, SearchRequest("0", (Filter("region", "034"),)), LABELS)
        assert [(row.value, row.total) for row in found.rows] == [("034", 1)]
        check_links(engine, found)


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
def test_every_number_is_what_its_link_finds(corpus, ticked, excluded, bounds, few) -> None:  # type: ignore[no-untyped-def]
    filters = (
        *(Filter(*pair) for pair in ticked),
        *(Filter(*pair, excluded=True) for pair in excluded - ticked),
    )
    request = SearchRequest("text", filters, *bounds)
    with indexed(corpus) as engine, pytest.MonkeyPatch.context() as patch:
        if few:
            patch.setattr(indexer.search.coverage, "MAX_COUNTRIES", 1)
            patch.setattr(indexer.search.coverage, "MAX_YEARS", 1)
        found = coverage(engine, request, LABELS)
        check_links(engine, found)
        assert found.rows or not found.total
        everything = coverage(engine, request.without_filters(), LABELS)
        assert dict(everything.countries) == {
            code: n
            for code in {c for row in corpus for c in row[0]}
            if (n := sum(code in row[0] for row in corpus))
        }
