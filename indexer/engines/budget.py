"""The budget of a request: a limit on the work that engines and searches do for it.

Work is counted in postings: the documents and positions of terms that are read, scored or counted.
One takes about 20 nanoseconds, and other work counts as the number of postings that take as long.
A count does not depend on the machine or its load, so that a search is refused everywhere or
nowhere. CPU time is a backstop for work that is not counted.

The budget is a context variable, because the work of a request is spread over the engine, the
planner, suggestions, snippets and explanations. Without a budget, as in commands, nothing is
limited.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from indexer.engines.base import TooExpensive

MAX_POSTINGS = 15_000_000  # of one request: about 0.3 seconds
HEAVY_POSTINGS = 2_000_000  # from here on few requests work at the same time
MAX_CPU_SECONDS = 1.0  # of one request; reached only if work is not counted
SCORER_POSTINGS = 1_000  # fixed cost of a part of a query
LOOKUP_POSTINGS = 100  # fixed cost of a term's look-up in the dictionary
MASKED_DOCS = 4  # documents of a mask or a counted facet that take as long as a posting
TERM_POSTINGS = 1  # of a term whose length and letters are compared with a misspelled word's
EXPANDED_TERM_POSTINGS = 3  # of a term that may match a prefix or a fuzzy word


class Budget:
    """The work that a request may do, and the work that it has done. Not thread-safe."""

    def __init__(
        self,
        limit: int = MAX_POSTINGS,
        cpu_seconds: float = MAX_CPU_SECONDS,
        on_heavy: Callable[[], None] = lambda: None,
    ) -> None:
        """Create a budget of postings and seconds of CPU time of the current thread.

        on_heavy is called once, when the work reaches HEAVY_POSTINGS. It may wait, or raise an
        EngineError.
        """
        self.limit = limit
        self.spent = 0  # postings
        self._cpu_end = time.thread_time() + cpu_seconds
        self._on_heavy = on_heavy
        self._is_heavy = False

    def spend(self, postings: int) -> None:
        """Count work. Raises TooExpensive beyond the limit."""
        self.spent += postings
        if self.spent > self.limit or time.thread_time() > self._cpu_end:
            raise TooExpensive.by_work()
        if self.spent > HEAVY_POSTINGS and not self._is_heavy:
            self._is_heavy = True
            self._on_heavy()


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def spend(postings: int) -> None:
    """Count work for the current request, if it has a budget. Raises TooExpensive."""
    budget = _current.get()
    if budget is not None:
        budget.spend(int(postings))


def is_limited() -> bool:
    """Return whether the current request has a budget."""
    return _current.get() is not None


@contextmanager
def limited(budget: Budget) -> Iterator[Budget]:
    """Limit the work in a context."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


@contextmanager
def share_of_rest(share: float) -> Iterator[None]:
    """Limit optional work to a share of the remaining budget, so that the rest can be done."""
    budget = _current.get()
    if budget is None:
        yield
        return
    limit = budget.limit
    share_end = budget.limit = budget.spent + int((limit - budget.spent) * share)
    try:
        yield
    finally:
        budget.limit = limit
        # The work that went beyond the share was refused.
        budget.spent = min(budget.spent, share_end)
