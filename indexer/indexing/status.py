"""What an operator asks of an index: what it is, how it differs from the content, what the last runs did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from indexer.content.activity import Activity, InvalidActivity
from indexer.content.scan_cache import load_state
from indexer.engines.base import Engine, Generation, IndexStats, Snapshot
from indexer.indexing import run_log
from indexer.indexing.sync import Summary, compare
from indexer.settings import Settings

RUNS = 5  # the last ones that are shown
SHOWN = 10  # ids or errors of a kind, for people; JSON has all


@dataclass(slots=True)
class Drift:
    """How the content differs from a generation, by id."""

    unindexed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)  # in the index, and no file any more
    invalid: list[InvalidActivity] = field(
        default_factory=list
    )  # what the index has of them is the last good version

    def __bool__(self) -> bool:
        return bool(self.unindexed or self.changed or self.orphaned or self.invalid)


@dataclass(frozen=True, slots=True)
class Status:
    """What there is now. Held back where generation.restores is not None."""

    generation: Generation
    generations: tuple[Generation, ...]  # that are kept, oldest first
    stats: IndexStats
    drift: Drift
    runs: list[run_log.RunRecord]  # newest first


class _Observer:
    """Notes what a Writer would be told."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self.drift, self._known = snapshot, Drift(), snapshot.digests()

    def digests(self) -> Mapping[str, str]:
        return self._known

    def last_good(self, id: str) -> Activity | None:
        return None

    def put(self, activity: Activity) -> None:
        (self.drift.changed if activity.id in self._known else self.drift.unindexed).append(
            activity.id
        )

    def put_stored(self, stored: Activity) -> None:
        """Of no interest."""

    def delete(self, id: str) -> None:
        self.drift.orphaned.append(id)


def read_status(engine: Engine, settings: Settings) -> Status:
    """What there is now; takes no lock. Raises EngineError, and InvalidActivity where content cannot be read."""
    summary = Summary()
    with engine.snapshot() as snapshot:
        seen = _Observer(snapshot)
        last = load_state(settings.index, settings.content, engine.identity)
        compare(engine, seen, snapshot.generation.number, settings.content, last, summary)
        seen.drift.invalid = summary.errors
        for ids in (seen.drift.unindexed, seen.drift.changed, seen.drift.orphaned):
            ids.sort()
        return Status(
            snapshot.generation,
            engine.generations(),
            engine.stats(),
            seen.drift,
            run_log.recent(settings.index, RUNS),
        )


def status_json(found: Status) -> dict[str, Any]:
    """A status as JSON values."""
    drift = {name: list(map(str, getattr(found.drift, name))) for name in Drift.__slots__}
    return {
        "generation": asdict(found.generation),
        "held": found.generation.restores is not None,
        "drift": drift,
        "segments": found.stats.segments,
        "size": found.stats.size,
        "generations": list(map(asdict, found.generations)),
        "runs": list(map(asdict, found.runs)),
    }


def status_lines(found: Status) -> Iterator[str]:
    """A status for people."""
    for generation in found.generations:
        held = f", as generation {generation.restores} was" if generation.restores else ""
        yield (
            f"generation {generation.number}: {generation.activities} activities, {generation.indexed_at}, "
            f"{generation.owner}{held}"
        )
    yield f"{found.stats.segments} segments, {found.stats.size / 1e6:.1f} MB on disk"
    if found.generation.restores is not None:
        yield 'held back by a rollback: run "activities index --resume" to go on'
    for name, what in (
        ("unindexed", "not in the index"),
        ("changed", "changed since"),
        ("orphaned", "without a file"),
        ("invalid", "invalid"),
    ):
        differing = list(map(str, getattr(found.drift, name)))
        if differing:
            yield f"{len(differing)} {what}:"
            yield from (f"  {one}" for one in differing[:SHOWN])
            if len(differing) > SHOWN:
                yield f"  and {len(differing) - SHOWN} more"
    if not found.drift:
        yield "the index equals the content"
    yield "last runs:" if found.runs else "no runs are logged"
    for run in found.runs:
        counts = ", ".join(
            f"{count} {name}" for name, count in run.counts.items() if count and name != "unchanged"
        )
        yield f"  {run.started}, {run.owner}, pid {run.pid}, {run.seconds:.2f} s: {run.outcome}, {counts or 'no change'}"
        yield from (f"    {error}" for error in run.errors[:SHOWN])
