"""Times as the index and its logs state them: ISO 8601, UTC, to the second."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache

TIMESTAMP_GRANULARITY = 2_000_000_000  # nanoseconds; the coarsest that file systems keep (FAT)


@lru_cache(1000)
def iso(seconds: int) -> str:
    """Format seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """Return the current time."""
    return iso(int(time.time()))
