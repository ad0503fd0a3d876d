"""Apply withdrawals to an index without other changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.content.activity import Activity
from indexer.content.files import FolderScan, scan_folder
from indexer.content.scan_cache import FolderState, load_state
from indexer.engines.base import Engine, EngineError, Generation, Writer
from indexer.indexing.record_changes import IDS_PER_REQUEST, record_changes_or_explain
from indexer.indexing.removal_log import Removal, RemovalLog, RunEffects, text_key
from indexer.progress import Progress, no_progress

UNCHANGED_DRAFT = "draft: true"  # the reason stated for an unchanged draft, which is not read again


@dataclass(frozen=True, slots=True)
class RunContext:
    """The engine, the content and the logs of a run that holds the write lock."""

    engine: Engine
    writer: Writer
    content: Path
    log: RemovalLog
    cache: Path | None  # the index folder


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """The result of apply_withdrawals()."""

    generation: Generation  # the newest one
    withdrawn: dict[str, str]  # the lines that withdraw the removed activities, by id
    unrecorded: str = ""  # why the changes could not be added to the record of changes


def stored_activities(engine: Engine, ids: Iterable[str]) -> Iterable[Activity]:
    """Yield the activities of the newest generation that have these ids, in batches.

    Yields nothing if the index cannot be read.
    """
    remaining = list(ids)
    try:
        with engine.snapshot() as snapshot:
            while remaining:
                batch, remaining = remaining[:IDS_PER_REQUEST], remaining[IDS_PER_REQUEST:]
                yield from filter(None, snapshot.get(*batch))
    except EngineError:  # a damaged index is rebuilt
        return


def record_removals(
    context: RunContext, effects: RunEffects, reasons: Mapping[str, str], oldest: int | None = None
) -> None:
    """Record the effects of a run. reasons: why activities are removed, by id."""
    texts = {
        activity.id: text_key(activity.text)
        for activity in stored_activities(context.engine, reasons)
    }
    removals = [Removal(id, reason, texts.get(id, b"")) for id, reason in reasons.items()]
    if oldest is None:
        try:
            generations = context.engine.generations()
        except EngineError:
            generations = ()
        oldest = generations[0].number if generations else 0
    context.log.record(replace(effects, removals=removals), oldest)


def withdrawn_files(scan: FolderScan) -> dict[str, str]:
    """Return the lines that withdraw activities in the files of a scan, by id."""
    withdrawn = dict.fromkeys(scan.unchanged.drafts, UNCHANGED_DRAFT)
    for file, parsed in scan.files:
        if parsed is None:
            continue
        if parsed.withdrawn:
            withdrawn[file.id] = parsed.withdrawn
        elif parsed.activity:  # the id also has a valid file
            withdrawn.pop(file.id, None)
    return withdrawn


def apply_withdrawals(
    context: RunContext, newest: Generation, progress: Progress = no_progress
) -> Withdrawals:
    """Remove withdrawn activities from the newest generation, and change nothing else.

    A rollback continues to hold the index. Raises EngineError, and InvalidActivity if the content
    folder cannot be read.
    """
    last = FolderState()
    if context.cache is not None:
        last = load_state(context.cache, context.content, context.engine.identity)
    scan = scan_folder(context.content, last, progress, context.cache)
    candidates = withdrawn_files(scan)
    indexed = [activity.id for activity in stored_activities(context.engine, candidates)]
    withdrawn = {id: candidates[id] for id in indexed}
    if not withdrawn:
        return Withdrawals(newest, withdrawn)
    effects = RunEffects(newest.number, newest.activities, mounts=context.log.mounts())
    record_removals(context, effects, withdrawn)
    for id in withdrawn:
        context.writer.delete(id)
    generation = context.writer.commit(progress, newest.restores)
    unrecorded = record_changes_or_explain(context.engine, withdrawn)
    return Withdrawals(generation, withdrawn, unrecorded)
