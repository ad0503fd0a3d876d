"""The retention of generations, for any times of commits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.clock import DAY, HOUR, iso, seconds_of
from indexer.engines.base import Generation
from indexer.engines.retention import LAST_GENERATIONS, MAX_HOURS, Retention

START = 1_790_000_000
SECONDS = st.one_of(st.integers(0, 90), st.integers(0, 5 * HOUR), st.integers(0, 3 * DAY))


def generations(gaps: list[int]) -> list[Generation]:
    """Return generations with these numbers of seconds between their commits."""
    times = [START]
    for gap in gaps:
        times.append(times[-1] + gap)
    return [Generation(at, iso(time), "a test", 0) for at, time in enumerate(times, 1)]


def retained_after_each_commit(commits: list[Generation]) -> list[Generation]:
    """Return the generations that remain if the rules are applied after each commit."""
    retained: list[Generation] = []
    for generation in commits:
        time = seconds_of(generation.indexed_at)
        retained = list(Retention(clock=lambda time=time: time).retained([*retained, generation]))
    return retained


@given(st.lists(SECONDS, max_size=80))
def test_the_generation_current_at_each_full_hour_of_the_last_day_is_kept(gaps: list[int]) -> None:
    commits = generations(gaps)
    retained = retained_after_each_commit(commits)
    now = seconds_of(commits[-1].indexed_at)
    for hour in range((now - DAY) // HOUR * HOUR + HOUR, now + 1, HOUR):
        # A commit at the full hour belongs to the hour that it begins.
        served = [each for each in commits if seconds_of(each.indexed_at) < hour]
        assert not served or served[-1] in retained


@given(st.lists(st.integers(-3 * DAY, 3 * DAY), max_size=80))
def test_any_clock_keeps_the_last_generations_and_a_limited_number_of_others(
    gaps: list[int],
) -> None:
    commits = generations(gaps)
    retained = retained_after_each_commit(commits)
    assert retained[-LAST_GENERATIONS:] == commits[-LAST_GENERATIONS:]
    assert len(retained) <= LAST_GENERATIONS + MAX_HOURS + 1
    assert [each.number for each in retained] == sorted(each.number for each in retained)


@given(st.lists(SECONDS, max_size=80), st.integers(0, 10))
def test_dropping_generations_is_idempotent(gaps: list[int], later: int) -> None:
    retained = retained_after_each_commit(generations(gaps))
    time = seconds_of(retained[-1].indexed_at) + later
    assert Retention(clock=lambda: time).retained(retained) == tuple(retained)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.floats(0, 5))
def test_the_oldest_generations_are_dropped_until_the_others_fit(
    sizes: list[int], ratio: float
) -> None:
    commits = generations([HOUR] * (len(sizes) - 1))
    size = dict(zip(commits, sizes, strict=True))
    retained = Retention(ratio).within_size(commits, 10, lambda aged, _: sum(map(size.get, aged)))
    assert list(retained) == commits[-len(retained) :]
    assert len(retained) >= min(len(commits), LAST_GENERATIONS)
    assert sum(size[each] for each in retained[:-LAST_GENERATIONS]) <= 10 * ratio
    if len(retained) < len(commits):
        one_more = commits[-len(retained) - 1 : -LAST_GENERATIONS]
        assert sum(size[each] for each in one_more) > 10 * ratio
