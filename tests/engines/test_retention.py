"""Which generations are kept, for any times of commits."""

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


def kept_after_each_commit(commits: list[Generation]) -> list[Generation]:
    """Return what is left if each commit drops what is not to be kept."""
    kept: list[Generation] = []
    for generation in commits:
        time = seconds_of(generation.indexed_at)
        kept = list(Retention(clock=lambda time=time: time).retained([*kept, generation]))
    return kept


@given(st.lists(SECONDS, max_size=80))
def test_what_was_served_at_each_full_hour_of_the_last_day_is_kept(gaps: list[int]) -> None:
    commits = generations(gaps)
    kept = kept_after_each_commit(commits)
    now = seconds_of(commits[-1].indexed_at)
    for hour in range((now - DAY) // HOUR * HOUR + HOUR, now + 1, HOUR):
        # A commit at the full hour belongs to the hour that it begins.
        served = [each for each in commits if seconds_of(each.indexed_at) < hour]
        assert not served or served[-1] in kept


@given(st.lists(st.integers(-3 * DAY, 3 * DAY), max_size=80))
def test_the_last_generations_are_kept_and_few_others_whatever_the_clock_shows(
    gaps: list[int],
) -> None:
    commits = generations(gaps)
    kept = kept_after_each_commit(commits)
    assert kept[-LAST_GENERATIONS:] == commits[-LAST_GENERATIONS:]
    assert len(kept) <= LAST_GENERATIONS + MAX_HOURS + 1
    assert [each.number for each in kept] == sorted(each.number for each in kept)


@given(st.lists(SECONDS, max_size=80), st.integers(0, 10))
def test_dropping_twice_drops_nothing_more(gaps: list[int], later: int) -> None:
    kept = kept_after_each_commit(generations(gaps))
    time = seconds_of(kept[-1].indexed_at) + later
    assert Retention(clock=lambda: time).retained(kept) == tuple(kept)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.floats(0, 5))
def test_the_oldest_are_dropped_until_the_others_fit(sizes: list[int], ratio: float) -> None:
    commits = generations([HOUR] * (len(sizes) - 1))
    size = dict(zip(commits, sizes, strict=True))
    kept = Retention(ratio).within_size(commits, 10, lambda aged, _: sum(map(size.get, aged)))
    assert list(kept) == commits[-len(kept) :]
    assert len(kept) >= min(len(commits), LAST_GENERATIONS)
    assert sum(size[each] for each in kept[:-LAST_GENERATIONS]) <= 10 * ratio
    if len(kept) < len(commits):
        one_more = commits[-len(kept) - 1 : -LAST_GENERATIONS]
        assert sum(size[each] for each in one_more) > 10 * ratio
