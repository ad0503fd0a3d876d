"""Which older generations of an index are kept, by number, by age and by size.

Both engines follow these rules, so that the same commits can be rolled back to. The last
LAST_GENERATIONS are always kept. Of the last 24 hours the newest generation of each hour is kept,
and the generation that was served when they began: however many commits a mass edit makes, the
state before it can be restored for a day. If the generations that are kept for their age take too
much space, the oldest are dropped first. Space that the last LAST_GENERATIONS also use does not
count: each commit of a mass edit may replace most of the index, and their space alone would leave
none for the state before it.

Clocks jump. The order of generations is that of their numbers; their times are only used to group
them by hour and to drop them after a day. A generation that seems to be of the future is not old.
The 24 hours end at the previous commit if the clock is later, so a single commit with a clock that
is wrongly ahead drops nothing.
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
MAX_HOURS = 24  # hours of which the newest generation is kept, also if a clock was set back


@dataclass(frozen=True, slots=True)
class Retention:
    """The rules of an index for its older generations, and its clock."""

    # How many times the size of the newest generation those may take that are kept for their age.
    max_size_ratio: float = DEFAULT_HISTORY_SIZE
    clock: Clock = time.time

    def retained(self, generations: Sequence[Generation]) -> tuple[Generation, ...]:
        """Return the generations to keep if there is space, oldest first.

        generations: all that exist, oldest first.
        """
        newest = generations[-LAST_GENERATIONS:]
        if len(newest) == len(generations):
            return tuple(generations)
        times = [seconds_of(generation.indexed_at) for generation in generations]
        window_start = min(self.clock(), times[-2]) - DAY
        in_window = [time > window_start for time in times]
        # Where the clock was set back, the hours before it stay apart from the same hours after it.
        ends_hour = [hour != successor for hour, successor in pairwise(t // HOUR for t in times)]
        by_age = [at for at, ends in enumerate(ends_hour) if ends and in_window[at]][-MAX_HOURS:]
        if True in in_window and not in_window[0]:
            by_age.append(in_window.index(True) - 1)  # was served when the window began
        last = range(len(generations) - LAST_GENERATIONS, len(generations))
        return tuple(generations[at] for at in sorted({*by_age, *last}))

    def within_size(
        self,
        generations: Sequence[Generation],
        newest_size: int,
        extra_size: Callable[[Sequence[Generation], Sequence[Generation]], int],
    ) -> tuple[Generation, ...]:
        """Drop the oldest of the retained() generations until the remaining ones fit.

        newest_size: the size of the newest generation, in any unit. extra_size: returns the size of
        what the generations in its first argument use and those in its second argument do not. The
        last LAST_GENERATIONS are never dropped.
        """
        aged, last = generations[:-LAST_GENERATIONS], generations[-LAST_GENERATIONS:]
        limit = self.max_size_ratio * newest_size
        while aged and extra_size(aged, last) > limit:
            aged = aged[1:]
        return (*aged, *last)


DEFAULT_RETENTION = Retention()
