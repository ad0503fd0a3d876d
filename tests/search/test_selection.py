"""Searches that are limited to a selection of activities."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.content.id_hash import MIN_HASH_LENGTH, id_hash
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.search.neighbours import neighbours
from indexer.search.request import Filter, Order, Reference, SearchRequest
from indexer.search.results import SearchPage
from indexer.search.selection import resolve
from indexer.search.service import search, stream_results
from indexer.settings import Settings
from tests.engines.contract.test_ids_by_hash import COLLISION

VOCABULARY = Vocabulary({})
MANY = tuple(f"activity-{number}" for number in range(120))


def activity(id: str, body: str = "police", **meta: tuple[str | int, ...]) -> Activity:
    return Activity(id, "1", body, "en", {"language": ("en",), **meta}, body)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """An index of activities, of which the last are MANY."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Settings(index=Path(folder)))
        with engine.writer("a test", 1) as writer:
            for each in (
                activity("kenya", country=("KEN",), year=(2018,)),
                activity("austria", "courts", country=("AUT",), year=(2015,), aliases=("vienna",)),
                activity("austria-late", country=("AUT",), year=(2020,)),
                activity("nowhere"),
                *map(activity, COLLISION),
                *map(activity, MANY),
            ):
                writer.put(each)
            writer.commit()
        yield engine


def selection(*ids: str) -> tuple[Reference, ...]:
    return tuple(map(Reference, ids))


def ids(page: SearchPage) -> list[str]:
    return [hit.id for hit in page.hits]


def find(engine: Engine, *names: str, **values: object) -> SearchPage:
    request = SearchRequest(selection=selection(*names), **values)  # type: ignore[arg-type]
    return search(engine, request, VOCABULARY)


def test_a_selection_has_the_order_of_its_address(engine: Engine) -> None:
    assert ids(find(engine, "nowhere", "kenya", "austria")) == ["nowhere", "kenya", "austria"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("country", ["austria-late", "austria", "kenya", "nowhere"]),
        ("newest", ["austria-late", "kenya", "austria", "nowhere"]),
        ("oldest", ["austria", "kenya", "austria-late", "nowhere"]),
    ],
)
def test_a_selection_is_sorted_by_country_or_year(
    engine: Engine, sort: Order, order: list[str]
) -> None:
    page = find(engine, "nowhere", "kenya", "austria", "austria-late", sort=sort)
    assert ids(page) == order


def test_words_and_filters_search_within_a_selection(engine: Engine) -> None:
    names = "kenya", "austria", "austria-late"
    assert sorted(ids(find(engine, *names, text="police"))) == ["austria-late", "kenya"]
    assert ids(find(engine, *names, text="police", filters=(Filter("country", "AUT"),))) == [
        "austria-late"
    ]


def test_facets_count_the_selection_only(engine: Engine) -> None:
    page = find(engine, "kenya", "austria")
    countries = next(facet for facet in page.facets if facet.field == "country")
    assert {bucket.value: bucket.count for bucket in countries.buckets} == {"KEN": 1, "AUT": 1}


def test_an_alias_is_followed(engine: Engine) -> None:
    page = find(engine, "vienna", "kenya", "austria")
    assert ids(page) == ["austria", "kenya"]
    by_hash = (Reference(id_hash("vienna")[:MIN_HASH_LENGTH], is_hash=True),)
    assert ids(search(engine, SearchRequest(selection=by_hash), VOCABULARY)) == ["austria"]


def test_a_missing_activity_is_named(engine: Engine) -> None:
    page = find(engine, "kenya", "gone")
    assert page.selection is not None
    assert (ids(page), page.selection.missing) == (["kenya"], (Reference("gone"),))


def test_the_word_for_no_alias_is_not_an_alias(engine: Engine) -> None:
    assert find(engine, "none").total == 0


def test_a_selection_without_any_activity_in_the_index_finds_nothing(engine: Engine) -> None:
    assert find(engine, "gone").total == 0


def test_the_order_continues_on_the_next_page_and_in_downloads(engine: Engine) -> None:
    request = SearchRequest(selection=selection(*reversed(MANY)), per_page=50, page=2)
    assert tuple(ids(search(engine, request, VOCABULARY))) == MANY[::-1][50:100]
    _, rows = stream_results(engine, request, VOCABULARY)
    assert tuple(row.id for row in rows) == MANY[::-1]


def test_neighbours_follow_the_order_of_the_selection(engine: Engine) -> None:
    request = SearchRequest(selection=selection(*MANY[::-1]), page=2)
    place = neighbours(engine, request, activity(MANY[99]), VOCABULARY)
    assert (place.number, place.previous, place.next) == (21, (MANY[100], 1), (MANY[98], 2))


def test_a_selection_of_more_than_fifty_has_short_hashes(engine: Engine) -> None:
    page = find(engine, *MANY[:51])
    expected = tuple(Reference(id_hash(id)[:MIN_HASH_LENGTH], is_hash=True) for id in MANY[:51])
    assert page.request.selection == expected
    assert find(engine, *MANY[:50]).request.selection == selection(*MANY[:50])


def test_hashes_are_longer_where_they_would_be_ambiguous(engine: Engine) -> None:
    page = find(engine, *MANY[:60], COLLISION[0])
    lengths = {len(reference.text) for reference in page.request.selection}
    assert lengths == {MIN_HASH_LENGTH + 1}
    again = search(engine, page.request, VOCABULARY)
    assert again.total == 61
    assert again.selection is not None
    assert not again.selection.ambiguous


def test_an_ambiguous_hash_finds_each_activity_that_it_can_mean(engine: Engine) -> None:
    short = Reference(id_hash(COLLISION[0])[:MIN_HASH_LENGTH], is_hash=True)
    with engine.snapshot() as snapshot:
        resolved = resolve(snapshot, [short])
    assert (set(resolved.ids), resolved.ambiguous) == (set(COLLISION), (short,))
    page = search(engine, SearchRequest(selection=(short,)), VOCABULARY)
    assert [notice.code for notice in page.notices] == ["selection_ambiguous"]


@settings(max_examples=20)
@given(st.lists(st.sampled_from([*MANY, "gone", "vienna", "kenya"]), min_size=1))
def test_short_references_find_the_same_activities_in_the_same_order(
    engine: Engine, names: list[str]
) -> None:
    references = tuple(dict.fromkeys(map(Reference, names)))
    page = search(engine, SearchRequest(selection=references, per_page=100), VOCABULARY)
    again = search(engine, replace(page.request), VOCABULARY)
    assert ids(again) == ids(page)
    assert again.request == page.request


def test_removing_an_activity_removes_its_id_and_its_hash() -> None:
    both = (Reference("a"), Reference(id_hash("b")[:MIN_HASH_LENGTH], is_hash=True))
    request = SearchRequest(selection=both)
    assert request.without_selected("b").selection == both[:1]
    assert request.without_selected("a").selection == both[1:]
    assert request.without_selected("a").without_selected("b").selection == ()
