"""Timestamps of the index and its logs: ISO 8601, UTC, to the second."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

# Nanoseconds. Modification times of FAT, the coarsest of the usual file systems, are 2 s apart.
TIMESTAMP_GRANULARITY = 2_000_000_000
HOUR, DAY = 3600, 24 * 3600  # seconds

Clock = Callable[[], float]
"""Returns the time in seconds since 1970. It may jump, in both directions."""


@lru_cache(1000)
def iso(seconds: int) -> str:
    """Format seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(1000)
def seconds_of(timestamp: str) -> int:
    """Return the seconds since 1970 of a timestamp that iso() wrote. Raises ValueError."""
    return int(datetime.fromisoformat(timestamp).timestamp())


def now(clock: Clock = time.time) -> str:
    """Return the current time in the format of iso()."""
    return iso(int(clock()))
