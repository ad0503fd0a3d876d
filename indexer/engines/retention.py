"""The rules by which older generations of an index are kept: by number, by age and by size.

Both engines follow these rules, so that both can roll back to the same commits. The last
LAST_GENERATIONS are always kept. The newest generation of each hour of the last 24 hours is kept,
and the generation that was current 24 hours ago: however many commits a mass edit makes, the state
before it can be restored for a day. If the generations that are kept for their age take too much
space, the oldest are dropped first. Data that the last LAST_GENERATIONS use is not counted: each
commit of a mass edit may replace most of the index, so these generations alone would use up the
limit.

Clocks jump. Generations are ordered by their numbers; their times are only used to group them by
hour and to drop them after a day. A generation with a time in the future does not count as old. The
24 hours end at the time of the previous commit, or now if that is earlier, so a single commit with
a clock that is ahead drops nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.clock import DAY, HOUR, Clock, seconds_of
from indexer.engines.base import Generation
from indexer.settings import DEFAULT_HISTORY_SIZE

LAST_GENERATIONS = 3  # the newest, one to roll back to, and one for readers that are behind
MAX_HOURS = 24  # a limit on the generations kept by hour, for clocks that were set back


@dataclass(frozen=True, slots=True)
class Retention:
    """The retention settings of an index."""

    # Maximum size of the generations kept for their age, relative to the newest generation.
    max_size_ratio: float = DEFAULT_HISTORY_SIZE
    clock: Clock = time.time

    def retained(self, generations: Sequence[Generation]) -> tuple[Generation, ...]:
        """Return the generations to keep if they fit into the size limit, oldest first.

        generations: all existing generations, oldest first.
        """
        newest = generations[-LAST_GENERATIONS:]
        if len(newest) == len(generations):
            return tuple(generations)
        times = [seconds_of(generation.indexed_at) for generation in generations]
        window_start = min(self.clock(), times[-2]) - DAY
        in_window = [time > window_start for time in times]
        # If the clock was set back, an hour before that and the same hour after it are separate.
        ends_hour = [hour != successor for hour, successor in pairwise(t // HOUR for t in times)]
        by_age = [at for at, ends in enumerate(ends_hour) if ends and in_window[at]][-MAX_HOURS:]
        if True in in_window and not in_window[0]:
            by_age.append(in_window.index(True) - 1)  # current when the window began
        last = range(len(generations) - LAST_GENERATIONS, len(generations))
        return tuple(generations[at] for at in sorted({*by_age, *last}))

    def within_size(
        self,
        generations: Sequence[Generation],
        newest_size: int,
        extra_size: Callable[[Sequence[Generation], Sequence[Generation]], int],
    ) -> tuple[Generation, ...]:
        """Drop the oldest of the retained() generations until the others fit into the size limit.

        The last LAST_GENERATIONS are never dropped. newest_size: the size of the newest generation,
        in any unit. extra_size: returns the size of the data that the generations in its first
        argument use and the generations in its second argument do not.
        """
        aged, last = generations[:-LAST_GENERATIONS], generations[-LAST_GENERATIONS:]
        limit = self.max_size_ratio * newest_size
        while aged and extra_size(aged, last) > limit:
            aged = aged[1:]
        return (*aged, *last)


DEFAULT_RETENTION = Retention()
