"""Logs as JSON Lines: one record a line, the newest last, in two files of a bounded size.

A log that has grown to MAX_SIZE bytes becomes the older one (log.1.jsonl), in place of the one before. What
cannot be read, as a line that was cut short by power loss, is passed over; that one cannot be written
stops nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_SIZE = 1_000_000  # bytes


def append(path: Path, record: Mapping[str, Any]) -> None:
    """Add a record to a log; several processes may."""
    line = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    with suppress(OSError):
        while True:
            with path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not _is(path, file.fileno()):  # another process has just made it the older one
                    continue
                if file.tell() >= MAX_SIZE:
                    path.replace(_older(path))
                    continue
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    line = (
                        line if file.read() == b"\n" else b"\n" + line
                    )  # the last one was cut short
                file.write(line)
                return


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a log, oldest first."""
    for file in (_older(path), path):
        try:
            lines = file.read_bytes().splitlines()
        except OSError:
            continue
        for line in lines:
            with suppress(ValueError):
                found = json.loads(line)
                if isinstance(found, dict):
                    yield found


def _older(path: Path) -> Path:
    return path.with_name(f"{path.stem}.1{path.suffix}")


def _is(path: Path, handle: int) -> bool:
    """Whether a path still names an open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
