"""Restore an earlier generation without activities that have been withdrawn or deleted since.

These activities are found in the content folder, in the generations after the restored one, and in
the removal log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from indexer.content.activity import InvalidActivity
from indexer.content.files import scan_folder
from indexer.content.scan_cache import FolderState, load_state
from indexer.engines.base import Engine, EngineError, Generation, OnWait, Snapshot
from indexer.indexing.deletion_guard import DeletionGuard, Deletions
from indexer.indexing.record_changes import record_changes_or_explain
from indexer.indexing.removal_log import RunEffects, open_removal_log, text_key
from indexer.indexing.withdrawals import (
    UNCHANGED_DRAFT,
    RunContext,
    record_removals,
    stored_activities,
)


@dataclass(frozen=True, slots=True)
class Rollback:
    """The result of a rollback."""

    generation: Generation  # the new generation, which restores the earlier one
    # The activities left out, by id: the lines that withdraw them; "" for deleted activities.
    left_out: Mapping[str, str]
    # Activities that were withdrawn and published again since. They have their current version.
    republished: frozenset[str]
    problem: InvalidActivity | None  # why the content folder could not be compared
    unrecorded: str = ""  # why the changes could not be added to the record of changes


@dataclass(slots=True)
class _Files:
    """The current content files, by the ids of their activities."""

    digests: dict[str, str] = field(default_factory=dict)  # of published activities
    texts: dict[str, bytes] = field(default_factory=dict)  # text_key() of files that were read
    withdrawn: dict[str, str] = field(default_factory=dict)  # the lines that withdraw
    rejected: set[str] = field(default_factory=set)  # ids; ids of folders end in "/"

    def has(self, id: str) -> bool:
        """Return whether a file with this id exists, or may exist in an unreadable folder."""
        folders = (id[: at + 1] for at, letter in enumerate(id) if letter == "/")
        return (
            id in self.digests
            or id in self.withdrawn
            or not self.rejected.isdisjoint([id, *folders])
        )


def roll_back(
    engine: Engine,
    content: Path,
    generation: int,
    owner: str,
    timeout: float,
    on_wait: OnWait = lambda _: None,
    *,
    cache: Path | None = None,
) -> Rollback:
    """Publish a generation with the activities of an earlier one, and hold the index there.

    cache: the folder of the scan cache and the removal log. Raises EngineError.
    """
    with (
        engine.writer(owner, timeout, on_wait=on_wait, base=generation) as writer,
        open_removal_log(cache, engine.identity) as log,
        engine.snapshot(generation) as target,
    ):
        digests = writer.digests()
        newest, present = _newest(engine)
        last = load_state(cache, content, engine.identity) if cache else FolderState()
        problem = None
        files: _Files | None = None
        try:
            files = _read_files(content, last, cache)
        except InvalidActivity as error:
            problem = error
        reasons = log.removed_since(generation)
        moved: set[str] = set()
        left_out: dict[str, str] = {}
        if files is not None:
            gone = {id for id in digests if not files.has(id)}
            moved = {
                id for id in _moved(engine, target, gone, files, digests) if not reasons.get(id)
            }
            guard = DeletionGuard(engine, content, log)
            left_out = _withdrawn_or_deleted(files, digests, gone - moved, guard, last)
        published = files.digests if files else {}
        absent = (reasons.keys() & digests.keys()) | _absent(engine, generation, digests)
        changed = {
            id for id in absent - moved - left_out.keys() if published.get(id) != digests[id]
        }
        republished = changed & present.keys()
        left_out |= {id: reasons.get(id, "") for id in changed - republished}
        context = RunContext(engine, writer, content, log, cache)
        record_removals(context, RunEffects(newest, len(present), mounts=log.mounts()), left_out)
        for id in left_out:
            writer.delete(id)
        for activity in stored_activities(engine, republished):
            writer.put_stored(activity)
        restored = writer.commit(restores=generation)
        unrecorded = record_changes_or_explain(engine)
        log.publish({id: published[id] for id in digests.keys() & published.keys()}, left_out)
        return Rollback(restored, left_out, frozenset(republished), problem, unrecorded)


def _withdrawn_or_deleted(
    files: _Files,
    digests: Mapping[str, str],
    gone: set[str],
    guard: DeletionGuard,
    last: FolderState,
) -> dict[str, str]:
    """Return the activities of a generation that are withdrawn or missing in the content folder.

    The values are the lines that withdraw; "" for activities without a file. If most files are
    missing, they do not count as deleted.
    """
    withdrawn = {id: line for id, line in files.withdrawn.items() if id in digests}
    remaining = len(digests) - len(gone) - len(withdrawn)
    deletions = Deletions(gone, len(digests), remaining, files.digests, {}, last.paths)
    if guard.check(deletions) is None:
        withdrawn |= dict.fromkeys(gone, "")
    return withdrawn


def _newest(engine: Engine) -> tuple[int, Mapping[str, str]]:
    """Return the number and the digests of the newest generation; none if it is damaged."""
    with suppress(EngineError), engine.snapshot() as snapshot:
        return snapshot.generation.number, snapshot.digests()
    return 0, {}


def _absent(engine: Engine, generation: int, digests: Mapping[str, str]) -> set[str]:
    """Return the ids of a generation that a later one does not have.

    In a generation that restores another one, only activities of that one can be missing.
    """
    absent: set[str] = set()
    bases: dict[int, Mapping[str, str]] = {generation: digests}
    for later in engine.generations():
        if later.number <= generation:
            continue
        with suppress(EngineError):
            with engine.snapshot(later.number) as snapshot:
                missing = digests.keys() - snapshot.digests().keys()
            if missing and later.restores is not None:
                if later.restores not in bases:
                    with engine.snapshot(later.restores) as snapshot:
                        bases[later.restores] = snapshot.digests()
                missing &= bases[later.restores].keys()
            absent |= missing
    return absent


def _read_files(content: Path, last: FolderState, cache: Path | None) -> _Files:
    """Read the changed files of the content folder. Raises InvalidActivity."""
    scan = scan_folder(content, last, index=cache)
    files = _Files()
    state = scan.unchanged
    files.withdrawn = dict.fromkeys(state.drafts, UNCHANGED_DRAFT)
    files.digests = {id: state.digests[id] for id in state.stamps if id in state.digests}
    for file, parsed in scan.files:
        if parsed is None:
            if (digest := last.digests.get(file.id)) is not None:
                files.digests[file.id] = digest
            else:
                files.withdrawn[file.id] = UNCHANGED_DRAFT
        elif parsed.withdrawn:
            files.withdrawn[file.id] = parsed.withdrawn
        elif parsed.errors:
            files.rejected.add(file.id)
        elif parsed.activity:
            files.digests[file.id] = parsed.activity.digest
            files.texts[file.id] = text_key(parsed.activity.text)
    for id in files.withdrawn.keys() & files.digests.keys():  # "a.MD" next to "a.md"
        del files.withdrawn[id]
    return files


def _moved(
    engine: Engine,
    target: Snapshot,
    gone: Iterable[str],
    files: _Files,
    digests: Mapping[str, str],
) -> set[str]:
    """Return the activities without a file whose texts are now published under new ids."""
    ids = sorted(gone)
    if not ids:
        return set()
    new = [id for id in files.digests if id not in digests]
    texts = {id: files.texts[id] for id in new if id in files.texts}
    unread = [id for id in new if id not in texts]
    for activity in stored_activities(engine, unread):
        texts[activity.id] = text_key(activity.text)
    added = Counter(texts.values())
    moved = set()
    for activity in filter(None, target.get(*ids) if added else ()):
        key = text_key(activity.text)
        if added[key] > 0:
            added[key] -= 1
            moved.add(activity.id)
    return moved
