"""The run log in the index folder: one record for each run that read or changed the index."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from indexer import jsonl
from indexer.content.visible_text import cut_message

FILE_NAME = "runs.jsonl"
MAX_ERRORS = 100  # of a record; the counts include the others

Outcome = Literal["done", "held", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. The log stores the fields under these names."""

    started: str  # ISO 8601, UTC
    owner: str  # "activities index by ana@host"
    host: str
    pid: int
    seconds: float
    # held: a rollback holds the index, so only withdrawals were applied. refused: the deletion
    # guard refused deletions.
    outcome: Outcome
    generation: int | None = None  # the newest one after the run; None if it failed
    counts: Mapping[str, int] = field(default_factory=dict)  # of files: added, changed, deleted …
    # The first MAX_ERRORS errors of the content, as "file:line: reason"; or why the run failed.
    errors: tuple[str, ...] = ()


def append(folder: Path, run: RunRecord) -> None:
    """Add a run to the log in an index folder. Failures to write are ignored."""
    errors = [cut_message(error) for error in run.errors[:MAX_ERRORS]]
    jsonl.append(folder / FILE_NAME, asdict(run) | {"errors": errors})


def recent(folder: Path, limit: int | None = None) -> list[RunRecord]:
    """Return the last runs in the log, newest first. Without a limit return all."""
    return list(deque(_read(folder), limit))[::-1]


def remove_errors(folder: Path, is_removed: Callable[[str], bool]) -> int:
    """Remove errors from the log in an index folder. Return their number. Raises OSError."""
    removed = 0

    def change(record: dict[str, Any]) -> dict[str, Any]:
        nonlocal removed
        errors = record.get("errors")
        if not isinstance(errors, list):
            return record
        kept = [error for error in errors if not is_removed(str(error))]
        removed += len(errors) - len(kept)
        return record | {"errors": kept}

    jsonl.rewrite(folder / FILE_NAME, change)
    return removed


def _read(folder: Path) -> Iterator[RunRecord]:
    for record in jsonl.records(folder / FILE_NAME):
        with suppress(TypeError, LookupError):
            yield RunRecord(**record | {"errors": tuple(record["errors"])})
