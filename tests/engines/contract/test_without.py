"""Snapshots of a kept generation without some of its activities."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indexer.engines.base import Engine, IndexMissing, Snapshot
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import EXACT_COLUMNS, ID_COLUMN, Column, MatchAllQuery, Plan, TermQuery
from tests.engines.contract.test_engine import BODY, COUNTRY, activity, ids, write

OpenEngine = Callable[[], Engine]
LEFT_OUT = frozenset({"b", "e"})
COLUMNS = [*EXACT_COLUMNS.values()]


@pytest.fixture
def engine(open_again: OpenEngine) -> Engine:
    """An index with generation 1 of five activities, two of which were deleted since."""
    engine = open_again()
    write(
        engine,
        activity("a", "shelters for women", country=("PAK",)),
        activity("b", "Zainab lives in a shelter", country=("PAK",)),
        activity("c", "courts"),
        activity("d", "zainabs", country=("KEN",)),
        activity("e", "Zainab policières", country=("FRA",)),
    )
    write(engine, delete=("b", "e"))
    return engine


def matches(snapshot: Snapshot, plan: Plan) -> tuple[int, list[str], dict[str, int]]:
    """Return the total of a plan, the ids of its hits, and its numbers by country."""
    (result,) = snapshot.match(plan)
    counts = {value: count for (value,), count in result.counts[0].items()}
    return result.total, [hit.id for _, hit in result.hits], counts


def test_left_out_activities_are_neither_matched_nor_counted(engine: Engine) -> None:
    plan = Plan(MatchAllQuery(), counts=(("country",),), limit=10)
    with engine.snapshot(1) as whole, engine.snapshot(1, LEFT_OUT) as snapshot:
        assert matches(whole, plan)[0] == 5
        expected = (3, ["a", "c", "d"], {"PAK": 1, "KEN": 1, "none": 1})
        assert matches(snapshot, plan) == expected
        assert snapshot.generation.number == 1
        assert snapshot.generation.activities == 3
        assert [stored.id for stored in snapshot.scan(Plan())] == ["a", "c", "d"]
        assert snapshot.get("a", "b", "e")[1:] == (None, None)
        assert sorted(snapshot.digests()) == ["a", "c", "d"]
        assert matches(snapshot, Plan(TermQuery(BODY, "zainab"), counts=(("country",),)))[0] == 0


def test_words_of_left_out_activities_are_in_no_dictionary(engine: Engine) -> None:
    with engine.snapshot(1, LEFT_OUT) as snapshot:
        assert snapshot.terms(ID_COLUMN) == [("a", 1), ("c", 1), ("d", 1)]
        assert snapshot.terms(COUNTRY) == [("KEN", 1), ("PAK", 1), ("none", 1)]
        assert snapshot.terms(BODY, "zai") == [("zainabs", 1)]
        assert snapshot.frequencies(BODY, ["zainab", "shelters", "shelter"]) == {"shelters": 1}
        stem = Column("body", "stem")
        assert snapshot.frequencies(stem, ["en:shelter", "en:zainab"]).get("en:shelter") == 1
        assert snapshot.expand(Prefix("za"), COLUMNS, 10).terms == (("zainabs", 1),)
        assert snapshot.expand(Fuzzy("zainat"), COLUMNS, 10).terms == ()
        assert [term.term for term in snapshot.similar_terms("zainat", 2, COLUMNS, 10)] == [
            "zainabs"
        ]


def test_other_snapshots_of_the_generation_are_unaffected(engine: Engine) -> None:
    with engine.snapshot(1, LEFT_OUT) as snapshot:
        assert snapshot.frequencies(BODY, ["zainab"]) == {}
    with engine.snapshot(1, frozenset({"b"})) as snapshot:
        assert snapshot.frequencies(BODY, ["zainab"]) == {"zainab": 1}
    with engine.snapshot(1) as snapshot:
        assert snapshot.frequencies(BODY, ["zainab"]) == {"zainab": 2}
    assert ids(engine) == ["a", "c", "d"]


def test_all_activities_can_be_left_out(engine: Engine) -> None:
    with engine.snapshot(1, frozenset("abcde")) as snapshot:
        assert matches(snapshot, Plan(counts=(("country",),), limit=5)) == (0, [], {})
        assert snapshot.generation.activities == 0


def test_a_generation_that_is_not_kept_is_not_opened_from_a_cache(open_again: OpenEngine) -> None:
    engine = open_again()
    write(engine, activity("a"), activity("b"))
    with engine.snapshot(1, frozenset("a")):
        pass
    for _ in range(5):
        write(engine, activity("c"))
    if 1 in {generation.number for generation in engine.generations()}:
        pytest.skip("the hour has changed since the first commit")
    with pytest.raises(IndexMissing), engine.snapshot(1, frozenset("a")):
        pass
