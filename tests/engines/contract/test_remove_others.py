"""A writer can remove everything but the generation that it has committed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indexer.engines.base import Engine, EngineError
from indexer.query.plan import Plan
from tests.engines.contract.test_engine import BODY, activity, ids, write

OpenEngine = Callable[[], Engine]


def copy_without(engine: Engine, id: str) -> int:
    """Rebuild the index without an activity, and remove all other generations."""
    with engine.writer("a test", 1, rebuild=True) as writer, engine.snapshot() as snapshot:
        for stored in snapshot.scan(Plan()):
            if stored.id != id:
                writer.put_stored(stored)
        number = writer.commit().number
        writer.remove_others()
    return number


def test_only_the_committed_generation_remains(open_again: OpenEngine) -> None:
    engine, reader = open_again(), open_again()
    write(engine, activity("a"), activity("b", "zainab"))
    write(engine, activity("c"), delete=("b",))
    with reader.snapshot(1):
        pass
    newest = copy_without(engine, "b")
    for each in (engine, reader, open_again()):
        assert [generation.number for generation in each.generations()] == [newest]
        assert ids(each) == ["a", "c"]
        for number in (1, 2):
            with pytest.raises(EngineError), each.snapshot(number) as snapshot:
                snapshot.get("b")
    with reader.snapshot() as snapshot:
        assert snapshot.terms(BODY, "z") == []


def test_the_remaining_activities_keep_their_times_and_digests(open_again: OpenEngine) -> None:
    engine = open_again()
    write(engine, activity("a", digest="7"), activity("b"))
    with engine.snapshot() as snapshot:
        before = snapshot.get("a")
    copy_without(engine, "b")
    with open_again().snapshot() as snapshot:
        assert snapshot.get("a", "b") == (*before, None)


def test_the_next_run_continues_from_the_remaining_generation(open_again: OpenEngine) -> None:
    engine = open_again()
    write(engine, activity("a"), activity("b"))
    newest = copy_without(engine, "b")
    assert write(open_again(), activity("d")) > newest
    assert ids(open_again()) == ["a", "d"]
