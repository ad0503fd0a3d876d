"""Every engine refuses work beyond the budget of a request, with the same error."""

from __future__ import annotations

import pytest

from indexer.content.activity import Activity
from indexer.engines.base import TooExpensive
from indexer.engines.budget import Budget, limited
from indexer.query.plan import Column, PhraseQuery, Plan
from tests.engines.conftest import OpenEngine

PLAN = Plan(PhraseQuery(Column("body", "exact"), ("of", "the")))


@pytest.fixture
def snapshot_engine(open_again: OpenEngine) -> OpenEngine:
    text = "the end of the war"
    with open_again().writer("a test", 1) as writer:
        writer.put(Activity("a", "1", text, "en", {"language": ("en",)}, text))
        writer.commit()
    return open_again


def test_work_beyond_the_budget_is_refused(snapshot_engine: OpenEngine) -> None:
    engine = snapshot_engine()
    with engine.snapshot() as snapshot, limited(Budget(100)), pytest.raises(TooExpensive):
        snapshot.match(PLAN)


def test_work_within_the_budget_is_done(snapshot_engine: OpenEngine) -> None:
    with limited(Budget()) as budget, snapshot_engine().snapshot() as snapshot:
        assert snapshot.match(PLAN)[0].total == 1
    assert budget.spent > 0
