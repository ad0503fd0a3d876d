"""What people search for and do not find: a log that is kept only where ACTIVITIES_QUERY_LOG names a file.

A record has the time, the words and the filters; nothing of who asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from indexer import jsonl
from indexer.clock import now
from indexer.search.request import SearchRequest

TYPING, NEAR = 10.0, 50  # seconds, and records, within which one search is the beginning of another


def append(log: Path, request: SearchRequest) -> None:
    """Add a search that found nothing to a log."""
    jsonl.append(
        log,
        {
            "time": now(),
            "q": request.text,
            "filters": [list(pair) for pair in request.effective],
            "excluded": [list(pair) for pair in request.excluded],
            "years": list(request.range or ()),
        },
    )


def count_searches(log: Path) -> list[tuple[str, int]]:
    """The words of the searches in a log, however they were capitalised or spaced, the commonest first.

    Pages search while people type: what was only begun is not counted beside what became of it.
    """
    said = [
        (" ".join(str(found.get("q", "")).casefold().split()), _when(found))
        for found in jsonl.records(log)
    ]
    finished: Counter[str] = Counter()
    for at, (words, when) in enumerate(said):
        near = said[max(0, at - NEAR) : at + NEAR]
        begun = any(
            len(other) > len(words) and other.startswith(words) and abs(then - when) <= TYPING
            for other, then in near
        )
        if words and not begun:
            finished[words] += 1
    return sorted(finished.items(), key=lambda pair: (-pair[1], pair[0]))


def _when(record: Mapping[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(record.get("time"))).timestamp()
    except ValueError:
        return 0.0
