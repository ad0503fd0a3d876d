"""The log of runs, in the index folder: one record a run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from indexer import jsonl

NAME = "runs.jsonl"
MAX_ERRORS = 100  # a record; how many there were is counted

Outcome = Literal["done", "held", "failed"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run: who, when, what came of it."""

    started: str  # ISO 8601, UTC
    owner: str  # "activities index by ana@host"
    host: str
    pid: int
    seconds: float
    outcome: Outcome  # held: by a rollback, nothing was indexed
    generation: int | None = None  # which the index is at now; None where a run failed
    counts: Mapping[str, int] = field(
        default_factory=dict
    )  # of files: added, changed, deleted, rejected …
    errors: tuple[
        str, ...
    ] = ()  # of the content as "file:line: what", the first MAX_ERRORS; or what made it fail


def append(folder: Path, run: RunRecord) -> None:
    """Add a run to the log in an index folder; that it cannot be written stops no run."""
    jsonl.append(folder / NAME, asdict(run) | {"errors": run.errors[:MAX_ERRORS]})


def recent(folder: Path, limit: int | None = None) -> list[RunRecord]:
    """The last runs, or all that are logged, the newest first."""
    return list(deque(_all(folder), limit))[::-1]


def _all(folder: Path) -> Iterator[RunRecord]:
    for found in jsonl.records(folder / NAME):
        with suppress(TypeError, LookupError):
            yield RunRecord(**found | {"errors": tuple(found["errors"])})
