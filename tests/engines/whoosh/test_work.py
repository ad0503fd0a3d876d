"""The work that the Whoosh engine counts: equal leaves are matched once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from indexer.engines.base import Matches, TooExpensive
from indexer.engines.budget import Budget, limited
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.query.plan import (
    AndQuery,
    Column,
    EngineQuery,
    MultiTermQuery,
    OrQuery,
    PhraseQuery,
    Plan,
    TermQuery,
)
from tests.engines.whoosh.conftest import Commit, activity

BODY = Column("body", "exact")
TEXT = "The end of the war is the start of the peace, and of the work of the many. "
NO_LIMIT = 10**12


@pytest.fixture
def engine(engine: WhooshEngine, commit: Commit) -> WhooshEngine:
    """An index in which a phrase of stop words is far more work than a part of a query."""
    commit([activity(f"a{n}", TEXT * 10, year=(2000 + n % 20,)) for n in range(400)])
    return engine


def phrase(weight: float = 1.0) -> PhraseQuery:
    return PhraseQuery(BODY, ("of", "the"), weight)


def work(engine: WhooshEngine, *plans: Plan) -> int:
    """Return the work of matching plans, in postings."""
    return run(engine, plans)[1]


def run(engine: WhooshEngine, plans: Sequence[Plan]) -> tuple[tuple[Matches, ...], int]:
    with limited(Budget(NO_LIMIT)) as budget, engine.snapshot() as snapshot:
        return snapshot.match(*plans), budget.spent


def test_the_positions_of_a_phrase_count(engine: WhooshEngine) -> None:
    occurrences = 400 * 10 * (4 + 6)  # of both words
    assert work(engine, Plan(phrase())) >= occurrences
    assert work(engine, Plan(TermQuery(BODY, "peace"))) < occurrences / 2


@pytest.mark.parametrize(
    "query",
    [
        OrQuery((phrase(),) * 31),
        AndQuery((phrase(), OrQuery((phrase(), phrase())))),
        OrQuery((AndQuery((phrase(), TermQuery(BODY, "peace"))), phrase())),
    ],
    ids=["alternatives", "nested", "in a conjunction"],
)
def test_equal_phrases_of_a_query_are_matched_once(
    engine: WhooshEngine, query: EngineQuery
) -> None:
    assert work(engine, Plan(query)) < 1.5 * work(engine, Plan(phrase()))


def test_equal_phrases_of_several_plans_are_matched_once(engine: WhooshEngine) -> None:
    plans = [Plan(AndQuery((phrase(), TermQuery(BODY, word)))) for word in ("war", "peace", "work")]
    assert work(engine, *plans) < 1.5 * work(engine, plans[0])


def test_equal_phrases_of_several_matches_are_matched_once(engine: WhooshEngine) -> None:
    with limited(Budget(NO_LIMIT)) as budget, engine.snapshot() as snapshot:
        snapshot.match(Plan(phrase()))
        first = budget.spent
        snapshot.match(Plan(phrase()))
    assert budget.spent < 1.5 * first


def test_a_phrase_found_before_has_the_same_matches_and_counts_as_the_same_work(
    engine: WhooshEngine,
) -> None:
    rare = PhraseQuery(BODY, ("end", "of"), 2.0)
    plans = [Plan(rare, sort="relevance", limit=3)]
    assert run(engine, plans) == run(engine, plans)


def test_a_phrase_found_before_scores_with_the_weight_of_each_query(engine: WhooshEngine) -> None:
    scores = []
    for weight in (1.0, 2.0):
        (matches,), _ = run(engine, [Plan(phrase(weight), sort="relevance", limit=1)])
        scores.append(matches.hits[0][0])
    assert scores[1] == pytest.approx(2 * scores[0])


def test_a_repeated_leaf_scores_as_often_as_it_is_repeated(engine: WhooshEngine) -> None:
    leaves = (phrase(), MultiTermQuery(BODY, ("war", "peace")))
    (once, thrice), _ = run(
        engine,
        [Plan(OrQuery(leaves * times), sort="relevance", limit=1) for times in (1, 3)],
    )
    assert thrice.hits[0][0] == pytest.approx(3 * once.hits[0][0])


def test_work_beyond_the_budget_ends_a_match(engine: WhooshEngine) -> None:
    with limited(Budget(1_000)), engine.snapshot() as snapshot, pytest.raises(TooExpensive):
        snapshot.match(Plan(phrase()))


def test_a_refused_match_can_be_repeated_with_a_larger_budget(engine: WhooshEngine) -> None:
    with engine.snapshot() as snapshot:
        with limited(Budget(1_000)), pytest.raises(TooExpensive):
            snapshot.match(Plan(phrase()))
        assert snapshot.match(Plan(phrase()))[0].total == 400
