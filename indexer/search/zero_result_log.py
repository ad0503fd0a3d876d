"""The zero-result log: a JSON Lines file of searches without results.

It is written only if ACTIVITIES_QUERY_LOG names a file. A record has the time, the query text and
the filters, and nothing about the person who searched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from indexer import jsonl
from indexer.clock import now
from indexer.search.request import Filter, SearchRequest

# A search is the unfinished form of another one only within this time and number of records.
MAX_TYPING_SECONDS = 10.0
MAX_TYPING_RECORDS = 50


def append(log: Path, request: SearchRequest) -> None:
    """Add a search without results to a log."""
    record = {
        "time": now(),
        "q": request.text,
        "filters": _pairs(request.effective),
        "excluded": _pairs(request.excluded),
        "years": list(request.range or ()),
    }
    jsonl.append(log, record)


def _pairs(filters: Iterable[Filter]) -> list[list[str]]:
    return [[item.field, item.value] for item in filters]


def count_searches(log: Path) -> list[tuple[str, int]]:
    """Return the query texts in a log with their numbers of searches, the most frequent first.

    Texts are compared without case and repeated spaces. Pages search while a person types, so a
    text that was extended within MAX_TYPING_SECONDS is not counted.
    """
    searches = [
        (" ".join(str(record.get("q", "")).casefold().split()), _timestamp(record))
        for record in jsonl.records(log)
    ]
    counts: Counter[str] = Counter()
    for n, (text, time) in enumerate(searches):
        neighbours = searches[max(0, n - MAX_TYPING_RECORDS) : n + MAX_TYPING_RECORDS]
        is_unfinished = any(
            len(other) > len(text)
            and other.startswith(text)
            and abs(other_time - time) <= MAX_TYPING_SECONDS
            for other, other_time in neighbours
        )
        if text and not is_unfinished:
            counts[text] += 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _timestamp(record: Mapping[str, Any]) -> float:
    """Return the time of a record in seconds, or 0 if it has none."""
    try:
        return datetime.fromisoformat(str(record.get("time"))).timestamp()
    except ValueError:
        return 0.0
