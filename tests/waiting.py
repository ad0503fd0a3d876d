"""Wait for a condition, on a machine of any load."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

MAX_SECONDS = 120.0  # far more than a busy machine needs; only a failing test waits this long
POLL_SECONDS = 0.02

T = TypeVar("T")


def wait_for(condition: Callable[[], T], describe: Callable[[], object] = lambda: "") -> T:
    """Return the first true value of a condition.

    Fails after MAX_SECONDS with the description of the state.
    """
    deadline = time.monotonic() + MAX_SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, describe()
        time.sleep(POLL_SECONDS)
    return value
