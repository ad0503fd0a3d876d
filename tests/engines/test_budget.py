"""Budgets: counted work, its limit, and shares of the rest."""

from __future__ import annotations

import pytest

from indexer.engines.base import TooExpensive
from indexer.engines.budget import HEAVY_POSTINGS, Budget, limited, share_of_rest, spend


def test_work_without_a_budget_is_not_limited() -> None:
    spend(10**12)


def test_work_up_to_the_limit_is_allowed() -> None:
    with limited(Budget(limit=10)) as budget:
        spend(4)
        spend(6)
    assert budget.spent == 10


def test_work_beyond_the_limit_is_refused() -> None:
    with limited(Budget(limit=10)), pytest.raises(TooExpensive):
        spend(11)


def test_a_budget_ends_with_its_context() -> None:
    with limited(Budget(limit=10)):
        pass
    spend(11)


def test_work_that_is_not_counted_is_refused_by_its_cpu_time() -> None:
    with limited(Budget(cpu_seconds=-1.0)), pytest.raises(TooExpensive):
        spend(0)


def test_a_share_leaves_the_rest_of_the_budget() -> None:
    with limited(Budget(limit=100)):
        spend(20)
        with pytest.raises(TooExpensive), share_of_rest(0.5):
            spend(41)
        spend(40)
        with pytest.raises(TooExpensive):
            spend(1)


def test_a_share_without_a_budget_is_not_limited() -> None:
    with share_of_rest(0.5):
        spend(10**12)


def test_heavy_work_is_announced_once() -> None:
    announced: list[int] = []
    with limited(Budget(limit=3 * HEAVY_POSTINGS, on_heavy=lambda: announced.append(1))):
        spend(HEAVY_POSTINGS)
        assert not announced
        spend(1)
        spend(1)
    assert announced == [1]
