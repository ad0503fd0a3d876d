"""Remove all present and former texts of activities from an index, its logs and its records.

The newest generation is copied without these activities, and everything else is removed: earlier
generations, and the indices of other releases. Copying also compresses all texts anew, because the
dictionary of the compression has pieces of the texts that it was made from. The record of changes
keeps the ids and the times.

A run that was killed can be repeated: it does everything again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.content.activity import InvalidActivity
from indexer.content.evidence import remove_evidence
from indexer.content.file_replacement import replace_file
from indexer.content.files import read_file, read_rules
from indexer.content.folder_walk import list_files, printable
from indexer.engines.base import Engine, Generation, OnWait, Snapshot, Writer
from indexer.engines.kept_generation import kept_generation
from indexer.indexing import run_log
from indexer.indexing.record_changes import record_changes
from indexer.indexing.removal_log import RunEffects, open_removal_log
from indexer.indexing.withdrawals import RunContext, record_removals
from indexer.progress import Progress, no_progress
from indexer.query.plan import Plan

_ERROR = re.compile(r"(.+?)(?:\.[A-Za-z]+)?:[0-9]+: ")  # the start of an InvalidActivity


class UnknownActivity(Exception):
    """No activity with one of the ids has ever been public, as far as the index knows."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed."""

    generation: Generation  # the new generation
    public: tuple[str, ...]  # the ids that were still in the newest generation
    dropped: tuple[int, ...]  # the numbers of the generations that were removed
    other_indices: tuple[str, ...]  # a message for each removed index of another release
    errors: int  # errors about their files in the run log and in the states of jobs
    evidence: Mapping[Path, int]  # entries by log of imports
    drafts: tuple[str, ...]  # the paths of drafts, which still have a text


def forget(
    engine: Engine,
    content: Path,
    ids: Sequence[str],
    owner: str,
    timeout: float,
    on_wait: OnWait = lambda _: None,
    *,
    cache: Path,
    progress: Progress = no_progress,
) -> Forgotten:
    """Remove everything that the index, its logs and records have of some activities.

    cache: the index folder. Raises InvalidActivity if a file still publishes one of the activities
    or the content folder cannot be read, UnknownActivity, EngineError and OSError. After an error,
    the same call completes the work.
    """
    with (
        engine.writer(owner, timeout, rebuild=True, on_wait=on_wait) as writer,
        open_removal_log(cache, engine.identity) as log,
    ):
        drafts = _drafts(content, cache, ids)
        with engine.snapshot() as newest:
            public = tuple(id for id, stored in zip(ids, newest.get(*ids), strict=True) if stored)
            _check_known(engine, newest, set(ids) - set(public))
            context = RunContext(engine, writer, content, log, cache)
            _record_removals(context, newest, public)
            _copy(newest, writer, frozenset(ids))
            # A rollback continues to hold the index.
            generation = writer.commit(progress, newest.generation.restores)
        record_changes(engine, public)
        dropped = tuple(each.number for each in engine.generations()[:-1])
        other_indices = writer.remove_others()
        engine.change_record().forget(frozenset(ids))
        log.forget(ids)
    names_file = _names_file_of(ids)
    return Forgotten(
        generation,
        public,
        dropped,
        other_indices,
        run_log.remove_errors(cache, names_file) + _remove_job_errors(cache, names_file),
        remove_evidence(content, ids),
        drafts,
    )


def _drafts(content: Path, cache: Path, ids: Collection[str]) -> tuple[str, ...]:
    """Return the paths of the files of some activities, which must all withdraw the activity.

    Raises InvalidActivity for a file that does not, and for a folder that cannot be read.
    """
    rules, _ = read_rules(content, cache)
    drafts = []
    for file in list_files(content):
        is_folder = file.id.endswith("/")
        if file.id not in ids and not (is_folder and any(id.startswith(file.id) for id in ids)):
            continue
        path = printable(file.path)
        if is_folder:
            raise file.error or InvalidActivity(path, 1, "", "cannot be read")
        if not read_file(file, rules).withdrawn:
            reason = "is still published: delete the file or add draft: true, then run this again"
            raise InvalidActivity(path, 1, "", reason)
        drafts.append(path)
    return tuple(drafts)


def _check_known(engine: Engine, newest: Snapshot, ids: Collection[str]) -> None:
    """Raise UnknownActivity if an id has never been public."""
    record = engine.change_record()
    unknown = {id for id in ids if record.withdrawn_at(id) is None}
    for generation in engine.generations():
        if unknown and generation.number < newest.generation.number:
            with kept_generation(engine, generation.number) as snapshot:
                listed = sorted(unknown)
                stored = snapshot.get(*listed) if snapshot else ()
                unknown -= {activity.id for activity in stored if activity}
    if unknown:
        raise UnknownActivity(
            f"{', '.join(sorted(unknown))}: no activity with this id has been public: check the id"
        )


def _record_removals(context: RunContext, newest: Snapshot, public: Sequence[str]) -> None:
    """Record that activities are removed, so that no rollback and no run restores them."""
    generation = newest.generation
    mounts = context.log.mounts()
    effects = RunEffects(generation.number, generation.activities, mounts=mounts)
    record_removals(context, effects, dict.fromkeys(public, ""))


def _copy(newest: Snapshot, writer: Writer, without: frozenset[str]) -> None:
    """Put all activities of a generation except some into a new one."""
    for stored in newest.scan(Plan()):
        if stored.id not in without:
            writer.put_stored(stored)


def _remove_job_errors(cache: Path, is_removed: Callable[[str], bool]) -> int:
    """Remove errors from the JSON files of the index folder: the states of reindexing jobs.

    Returns the number of removed errors. Raises OSError.
    """
    removed = 0

    def without(value: Any) -> Any:
        nonlocal removed
        if not isinstance(value, dict):
            return value
        result = {name: without(each) for name, each in value.items()}
        if isinstance(errors := result.get("errors"), list):
            result["errors"] = [error for error in errors if not is_removed(str(error))]
            removed += len(errors) - len(result["errors"])
        return result

    for path in cache.glob("*.json"):
        with suppress(ValueError):
            data = path.read_bytes() if path.is_file() else b"null"
            before = json.loads(data)
            after = without(before)
            if after != before:
                replace_file(path, data, json.dumps(after).encode())
    return removed


def _names_file_of(ids: Collection[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a content error is about a file of some activities."""
    endings = tuple(f"/{id}" for id in ids)

    def is_about(error: str) -> bool:
        match = _ERROR.match(error)
        return match is not None and f"/{match[1].lower()}".endswith(endings)

    return is_about
