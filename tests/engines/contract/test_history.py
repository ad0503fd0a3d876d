"""The generations that every engine keeps, and the times of unchanged activities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from indexer.clock import DAY, HOUR
from indexer.engines.base import Engine, IndexMissing
from indexer.engines.factory import open_engine
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.engines.conftest import ManualClock
from tests.engines.contract.test_engine import activity, ids, write

OpenEngine = Callable[[], Engine]
MINUTE = 60


@pytest.fixture
def roomy(engine_settings: Settings, clock: ManualClock) -> Engine:
    """An engine with a manual clock and no limit on the size of its history."""
    return open_engine(replace(engine_settings, history_size=1000), clock)


def numbers(engine: Engine) -> list[int]:
    """Return the numbers of the generations that are kept."""
    return [generation.number for generation in engine.generations()]


def test_the_state_before_a_mass_edit_can_be_restored_for_a_day(
    open_timed: OpenEngine, clock: ManualClock
) -> None:
    engine = open_timed()
    write(engine, *(activity(f"a{n}", "before") for n in range(9)))
    clock.seconds += 3 * DAY
    for n in range(9):
        write(engine, activity(f"a{n}", "after"))
        clock.seconds += 5 * MINUTE
    clock.seconds += 22 * HOUR
    write(engine, activity("b"))
    assert numbers(open_timed())[0] == 1
    open_timed().rollback(1, "a test")
    with open_timed().snapshot() as snapshot:
        assert {stored.body for stored in snapshot.get("a0", "a8") if stored} == {"before"}
    assert len(ids(open_timed())) == 9


def test_the_newest_generation_of_each_hour_is_kept(roomy: Engine, clock: ManualClock) -> None:
    for number in range(1, 17):
        write(roomy, activity("a", f"version {number}"), activity("b"))
        clock.seconds += 15 * MINUTE
    assert numbers(roomy) == [4, 8, 12, 14, 15, 16]
    with roomy.snapshot(4) as snapshot:
        (stored,) = snapshot.get("a")
        assert stored is not None
        assert stored.body == "version 4"
    for number in (1, 11, 13):
        with pytest.raises(IndexMissing), roomy.snapshot(number):
            pass


def test_generations_of_the_day_before_yesterday_are_dropped_except_the_last_three(
    roomy: Engine, clock: ManualClock
) -> None:
    for version in range(5):
        write(roomy, activity("a", f"version {version}"))
        clock.seconds += HOUR
    clock.seconds += 2 * DAY
    for _ in range(2):
        write(roomy, activity("a", str(clock.seconds)))
    assert numbers(roomy) == [5, 6, 7]


def test_the_oldest_generations_are_dropped_first_if_they_take_too_much_space(
    open_timed: OpenEngine, clock: ManualClock
) -> None:
    engine = open_timed()
    for version in range(8):
        # Each commit replaces every activity. The newest generation is a little larger.
        count = 42 if version == 7 else 40
        write(engine, *(activity(f"a{n}", f"{version} {n}") for n in range(count)))
        clock.seconds += HOUR
    # The last three generations, and older ones up to twice the size of the newest.
    assert numbers(engine) == [4, 5, 6, 7, 8]


def test_generations_that_share_most_of_their_activities_take_little_space(
    open_timed: OpenEngine, clock: ManualClock
) -> None:
    engine = open_timed()
    write(engine, *(activity(f"a{n}", f"text {n}") for n in range(600)))
    for hour in range(9):
        clock.seconds += HOUR
        write(engine, activity(f"a{hour}", "changed"))
    assert numbers(engine) == list(range(1, 11))


@pytest.mark.parametrize(("history_size", "expected"), [(0.0, [4, 5, 6]), (1.0, [3, 4, 5, 6])])
def test_the_history_size_limits_the_space_of_older_generations(
    engine_settings: Settings, clock: ManualClock, history_size: float, expected: list[int]
) -> None:
    engine = open_engine(replace(engine_settings, history_size=history_size), clock)
    for version in range(6):
        write(engine, *(activity(f"a{n}", f"{version} {n}") for n in range(40)))
        clock.seconds += HOUR
    assert numbers(engine) == expected


@pytest.mark.parametrize("jump", [-400 * DAY, -5 * HOUR, 400 * DAY], ids=["-400d", "-5h", "+400d"])
def test_one_commit_with_a_wrong_clock_drops_no_generation(
    roomy: Engine, clock: ManualClock, jump: int
) -> None:
    for _ in range(6):
        write(roomy, activity("a", str(clock.seconds)), activity("b"))
        clock.seconds += HOUR
    clock.seconds += jump
    write(roomy, activity("a", "at a wrong time"))
    assert numbers(roomy) == [1, 2, 3, 4, 5, 6, 7]
    clock.seconds += MINUTE - jump
    write(roomy, activity("a", "at the right time"))
    assert numbers(roomy) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_generations_with_times_in_the_future_are_dropped_in_the_end(
    roomy: Engine, clock: ManualClock
) -> None:
    clock.seconds += 400 * DAY
    for _ in range(3):
        write(roomy, activity("a", str(clock.seconds)), activity("b"))
        clock.seconds += HOUR
    clock.seconds -= 400 * DAY
    for _ in range(25):
        write(roomy, activity("a", str(clock.seconds)))
        clock.seconds += HOUR
    assert min(numbers(roomy)) > 2


def indexed_at(engine: Engine) -> dict[str, str]:
    """Return the time at which each activity was indexed."""
    with engine.snapshot() as snapshot:
        return {stored.id: stored.indexed_at[:16] for stored in snapshot.scan(Plan())}


def test_unchanged_activities_keep_their_times_through_a_rebuild(
    open_timed: OpenEngine, clock: ManualClock
) -> None:
    write(open_timed(), activity("a"), activity("b"), activity("c", "old", digest="1"))
    for rebuild in (False, True, True):
        clock.seconds += HOUR
        changed = activity("c", "new", digest="2") if rebuild else activity("d")
        write(open_timed(), activity("a"), changed, rebuild=rebuild)
        if rebuild:
            continue
        assert indexed_at(open_timed())["d"] == "2026-11-28T13:00"
    # a was rewritten at 13:00, b was missing in one rebuild, and c changed in the first rebuild.
    assert indexed_at(open_timed()) == {"a": "2026-11-28T13:00", "c": "2026-11-28T14:00"}


def test_an_activity_with_the_same_content_in_another_file_keeps_its_time_in_a_rebuild(
    open_timed: OpenEngine, clock: ManualClock
) -> None:
    def put(digest: str, *years: int) -> dict[str, str]:
        values = {"country": ("PAK", "KEN"), "year": years, "title": ("A",)}
        write(open_timed(), activity("a", digest=digest, **values), rebuild=True)
        clock.seconds += HOUR
        return indexed_at(open_timed())

    assert put("1", 2018, 2019) == put("2", 2018, 2019) == {"a": "2026-11-28T12:00"}
    assert put("3", 2018) == {"a": "2026-11-28T14:00"}
    assert put("3", 2018) == {"a": "2026-11-28T14:00"}


def test_a_rebuild_after_a_rollback_keeps_the_times_of_the_restored_activities(
    open_timed: OpenEngine, clock: ManualClock
) -> None:
    for digest in "12":
        write(open_timed(), activity("a", digest, digest), activity("b"))
        clock.seconds += HOUR
    open_timed().rollback(1, "a test")
    write(open_timed(), activity("a", "1", "1"), rebuild=True)
    assert indexed_at(open_timed()) == {"a": "2026-11-28T12:00"}
