"""The status of an index: its generations, how it differs from the content, and the last runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from indexer.content.activity import InvalidActivity
from indexer.content.scan_cache import load_state
from indexer.engines.base import Engine, Generation, IndexStats
from indexer.indexing import run_log
from indexer.indexing.changes import Comparison, Put, indexed_digests
from indexer.indexing.deletion_guard import DeletionGuard, Refusal
from indexer.indexing.removal_log import open_removal_log
from indexer.indexing.sync import scan_content
from indexer.settings import Settings

MAX_RUNS = 5
MAX_LINES = 10  # ids or errors of one kind in the text for people; the JSON has all


@dataclass(slots=True)
class Drift:
    """The differences between the content folder and a generation, by id."""

    unindexed: list[str] = field(default_factory=list)  # not in the index
    changed: list[str] = field(default_factory=list)  # indexed in another version
    orphaned: list[str] = field(default_factory=list)  # in the index, but the file is gone
    withdrawn: list[str] = field(default_factory=list)  # in the index, but withdrawn by the file
    invalid: list[InvalidActivity] = field(default_factory=list)  # the last good version is indexed

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Status:
    """The status of an index. If generation.restores is set, runs change nothing until --resume."""

    generation: Generation  # the newest
    generations: tuple[Generation, ...]  # all that are kept, oldest first
    stats: IndexStats
    drift: Drift
    refusal: Refusal | None  # the deletions that a run would refuse
    runs: list[run_log.RunRecord]  # newest first


def read_status(engine: Engine, settings: Settings) -> Status:
    """Return the status of an index, without taking a lock.

    Raises EngineError, and InvalidActivity if the content folder cannot be read.
    """
    with (
        engine.snapshot() as snapshot,
        open_removal_log(settings.index, engine.identity, read_only=True) as log,
    ):
        last = load_state(settings.index, settings.content, engine.identity)
        digests = indexed_digests(snapshot, snapshot.generation.number, last)
        guard = DeletionGuard(engine, settings.content, log)
        scan = scan_content(settings.content, last, guard, settings.index)
        comparison = Comparison(engine, scan, last, digests, log, guard)
        drift = _drift(comparison)
        return Status(
            snapshot.generation,
            engine.generations(),
            engine.stats(),
            drift,
            comparison.refusal,
            run_log.recent(settings.index, MAX_RUNS),
        )


def _drift(comparison: Comparison) -> Drift:
    drift = Drift()
    for change in comparison:
        if isinstance(change, Put):
            ids = drift.unindexed if change.is_new else drift.changed
            ids.append(change.activity.id)
    for ids in (drift.unindexed, drift.changed):
        ids.sort()
    drift.orphaned = sorted(comparison.deleted)
    drift.withdrawn = sorted(comparison.withdrawn)
    drift.invalid = comparison.errors
    return drift


def status_json(status: Status) -> dict[str, Any]:
    """Return a status as JSON values."""
    drift = {name: list(map(str, getattr(status.drift, name))) for name in Drift.__slots__}
    return {
        "generation": asdict(status.generation),
        "held": status.generation.restores is not None,
        "refusal": status.refusal.as_json() if status.refusal else None,
        "drift": drift,
        "segments": status.stats.segments,
        "size": status.stats.size,
        "generations": list(map(asdict, status.generations)),
        "runs": list(map(asdict, status.runs)),
    }


def status_lines(status: Status) -> Iterator[str]:
    """Yield the lines of a status for people."""
    for generation in status.generations:
        restored = f", restores generation {generation.restores}" if generation.restores else ""
        yield (
            f"generation {generation.number}: {generation.activities} activities, "
            f"{generation.indexed_at}, {generation.owner}{restored}"
        )
    yield f"{status.stats.segments} segments, {status.stats.size / 1e6:.1f} MB on disk"
    if status.generation.restores is not None:
        yield 'held back by a rollback: run "activities index --resume" to continue'
    if status.refusal:
        yield f"deletions refused: {status.refusal}"
    for name, description in (
        ("unindexed", "not in the index"),
        ("changed", "changed since they were indexed"),
        ("orphaned", "without a file"),
        ("withdrawn", "withdrawn but still in the index"),
        ("invalid", "invalid"),
    ):
        items = list(map(str, getattr(status.drift, name)))
        if items:
            yield f"{len(items)} {description}:"
            yield from (f"  {item}" for item in items[:MAX_LINES])
            if len(items) > MAX_LINES:
                yield f"  and {len(items) - MAX_LINES} more"
    if not status.drift:
        yield "the index equals the content"
    yield "last runs:" if status.runs else "no runs are logged"
    for run in status.runs:
        counts = ", ".join(
            f"{count} {name}" for name, count in run.counts.items() if count and name != "unchanged"
        )
        yield (
            f"  {run.started}, {run.owner}, pid {run.pid}, {run.seconds:.2f} s: "
            f"{run.outcome}, {counts or 'no change'}"
        )
        yield from (f"    {error}" for error in run.errors[:MAX_LINES])
