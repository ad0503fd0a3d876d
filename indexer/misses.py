"""What people search for and do not find: a log that is kept only where ACTIVITIES_QUERY_LOG names a file.

A record has the time, the words and the filters; nothing of who asked.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from indexer import jsonl
from indexer.request import SearchRequest


def note(log: Path, request: SearchRequest) -> None:
    """Add a search that found nothing to a log."""
    jsonl.append(log, {
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "q": request.text,
        "filters": [list(pair) for pair in request.effective], "excluded": [list(pair) for pair in request.excluded],
        "years": list(request.range or ()),
    })  # fmt: skip


def counted(log: Path) -> list[tuple[str, int]]:
    """The words of the searches in a log, however they were capitalised or spaced, the commonest first."""
    words = (" ".join(str(found.get("q", "")).casefold().split()) for found in jsonl.records(log))
    return sorted(Counter(filter(None, words)).items(), key=lambda pair: (-pair[1], pair[0]))
