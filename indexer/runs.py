"""The log of runs: JSON Lines in the index folder, one line a run, the newest last.

A log that has grown to MAX_SIZE bytes becomes the older one, in place of the one before. What cannot be
read, as a line that was cut short by power loss, is passed over; that a line cannot be written stops no run.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

NAME, OLDER = "runs.jsonl", "runs.1.jsonl"
MAX_SIZE = 1_000_000  # bytes
MAX_ERRORS = 100  # a line; how many there were is counted

Outcome = Literal["done", "held", "failed"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: who, when, what came of it."""

    started: str  # ISO 8601, UTC
    owner: str  # "activities index by ana@host"
    host: str
    pid: int
    seconds: float
    outcome: Outcome  # held: by a rollback, nothing was indexed
    generation: int | None = None  # which the index is at now; None where a run failed
    counts: Mapping[str, int] = field(default_factory=dict)  # of files: added, changed, deleted, rejected …
    errors: tuple[str, ...] = ()  # of the content as "file:line: what", the first MAX_ERRORS; or what made it fail


def append(folder: Path, run: Run) -> None:
    """Add a run to the log in an index folder."""
    line = json.dumps(asdict(run) | {"errors": run.errors[:MAX_ERRORS]}, ensure_ascii=False).encode() + b"\n"
    path = folder / NAME
    with suppress(OSError):
        while True:
            with path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not _is(path, file.fileno()):  # another process has just made it the older one
                    continue
                if file.tell() >= MAX_SIZE:
                    path.replace(folder / OLDER)
                    continue
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    line = line if file.read() == b"\n" else b"\n" + line  # the last one was cut short
                file.write(line)
                return


def _is(path: Path, handle: int) -> bool:
    """Whether a path still names an open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def recent(folder: Path, limit: int) -> list[Run]:
    """The last runs, the newest first."""
    return list(deque(_all(folder), limit))[::-1]


def _all(folder: Path) -> Iterator[Run]:
    for name in (OLDER, NAME):
        try:
            lines = (folder / name).read_bytes().splitlines()
        except OSError:
            continue
        for line in lines:
            with suppress(ValueError, TypeError):
                found = json.loads(line)
                yield Run(**found | {"errors": tuple(found["errors"])})
