"""Logs in JSON Lines format: one record a line, newest last, in two files of bounded size.

A log that has reached MAX_SIZE bytes is renamed (log.jsonl to log.1.jsonl) and replaces the older
file. A line that cannot be parsed, such as one cut short by a power failure, is skipped. A log that
cannot be written is ignored: it must not stop the program.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_SIZE = 1_000_000  # bytes


def append(path: Path, record: Mapping[str, Any]) -> None:
    """Append a record to a log. Several processes may append to the same log."""
    line = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    with suppress(OSError):
        while True:
            with path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not _is_open_as(path, file.fileno()):  # another process has just renamed it
                    continue
                if file.tell() >= MAX_SIZE:
                    path.replace(_older(path))
                    continue
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    if file.read() != b"\n":  # the last line was cut short
                        line = b"\n" + line
                file.write(line)
                return


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a log, oldest first."""
    for file in (_older(path), path):
        if not file.is_file():  # reading a pipe would wait for a writer
            continue
        with suppress(OSError):
            yield from _parsed(file.read_bytes())


def rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Replace each record of a log by the result of change(). Raises OSError.

    Lines that cannot be parsed are removed if a record changes.
    """
    # The newer file first: a rotation in between moves its records to the older one.
    for part in (path, _older(path)):
        while part.is_file():  # opening a pipe would wait for a writer
            with part.open("rb") as current:
                fcntl.flock(current, fcntl.LOCK_EX)
                if not _is_open_as(part, current.fileno()):  # another process has just renamed it
                    continue
                _rewrite(part, list(_parsed(current.read())), change)
            break


def _rewrite(
    path: Path,
    records: list[dict[str, Any]],
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """Replace a file by one with the changed records, if a record changes."""
    changed = [change(record) for record in records]
    if changed != records:
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in changed)
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_bytes("".join(lines).encode("utf-8", "replace"))
        temporary.replace(path)


def _parsed(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.splitlines():
        with suppress(ValueError):
            record = json.loads(line)
            if isinstance(record, dict):
                yield record


def _older(path: Path) -> Path:
    return path.with_name(f"{path.stem}.1{path.suffix}")


def _is_open_as(path: Path, descriptor: int) -> bool:
    """Return whether a path names the file that is open as a descriptor."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
