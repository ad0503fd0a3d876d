"""The changes that make an index equal to the content folder, and how a writer applies them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from indexer.content.activity import Activity, InvalidActivity, ParsedFile
from indexer.content.evidence import NO_EVIDENCE, Evidence, read_evidence, valid_evidence
from indexer.content.files import FolderScan, read_file, stated_aliases
from indexer.content.folder_walk import SUFFIX, ContentFile, path_below, unchanged_file
from indexer.content.scan_cache import UNTRUSTED, FolderState, trusted_stamp
from indexer.content.values import is_id
from indexer.engines.base import Engine, EngineError, Snapshot, Writer
from indexer.indexing.deletion_guard import DeletionGuard, Deletions, Refusal
from indexer.indexing.removal_log import RemovalLog, text_key
from indexer.indexing.withdrawals import UNCHANGED_DRAFT
from indexer.query.plan import ID_COLUMN


class Put(NamedTuple):
    """Add an activity to the index, or replace the one with its id."""

    activity: Activity
    is_new: bool  # whether the index has no activity with this id


class Restore(NamedTuple):
    """Put back the last good version of an activity whose file has errors."""

    activity: Activity


class Delete(NamedTuple):
    """Remove an activity from the index."""

    id: str


Change = Put | Restore | Delete


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """The number of activities that were added, changed and deleted (or withdrawn)."""

    added: int
    changed: int
    deleted: int
    ids: list[str]  # of all activities that were passed to the writer

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.deleted)


def indexed_digests(
    index: Snapshot | Writer, generation: int | None, last: FolderState
) -> Mapping[str, str]:
    """Return the digests of a generation by id.

    If the last run left the index at this generation, they are taken from its state, which is
    faster than reading the index.
    """
    if generation is not None and last.generation == generation:
        return last.digests
    return index.digests()


class Comparison:
    """The comparison of a scan of the content folder with an index.

    Iterate over it once to get the changes. Each change is yielded as soon as its file has been
    read, so memory does not grow with the number of files. The attributes are complete after the
    last change.
    """

    def __init__(
        self,
        engine: Engine,
        scan: FolderScan,
        last: FolderState,
        digests: Mapping[str, str],
        log: RemovalLog,
        guard: DeletionGuard,
        last_good: Callable[[str], Activity | None] = lambda _: None,
        public: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to compare a scan with the index of an engine.

        last: the state that the scan started from. digests: the indexed_digests(). last_good:
        Writer.last_good. public: the digests of the newest generation, if a rebuild starts from an
        empty index instead.
        """
        self.errors: list[InvalidActivity] = []
        self.rejected = 0  # files and folders with errors
        self.unchanged = 0  # activities that the index has in this version
        self.state = FolderState()  # without the generation
        self.deleted: set[str] = set()  # ids of indexed activities without a file, also if refused
        self.withdrawn: dict[str, str] = {}  # lines that withdraw indexed activities, by id
        self.additions: dict[str, bytes] = {}  # text_key() of activities that are new to the index
        self.refusal: Refusal | None = None
        self.guard = guard
        self.public = digests if public is None else public
        self.passed_over = len(scan.passed_over)  # files and folders that are not read
        self._engine, self._scan, self._last, self._log = engine, scan, last, log
        self._digests, self._last_good = digests, last_good
        self._new = 0  # ids in state.digests that the index does not have

    def __iter__(self) -> Iterator[Change]:
        scan = self._scan
        files = scan.files
        if self._digests is self._last.digests:
            state = self.state = scan.unchanged
        else:  # the index differs from the last state, so unchanged files are compared as well
            state, last = self.state, scan.unchanged
            unchanged = (unchanged_file(scan.content, id, last) for id in sorted(last.stamps))
            files = chain(files, ((file, None) for file in unchanged))
        state.rules = scan.rules.digest
        self.rejected = len(state.rejected)
        self.unchanged = len(state.stamps) - len(state.drafts)
        for file, parsed in files:
            if parsed is None and self._differs_from_index(file.id):
                parsed = read_file(file, scan.rules)
            if parsed is not None and parsed.errors:
                yield from self._reject(file.id, parsed)
            else:
                yield from self._accept(file, parsed)
        self.errors += scan.errors
        yield from self._removals()

    def _removals(self) -> Iterator[Delete | Restore]:
        """Yield the deletions. In a rebuild, restore activities whose deletion is refused."""
        state, public = self.state, self.public
        for id in self.withdrawn.keys() & state.digests.keys():  # another file is valid
            del self.withdrawn[id]
        # Comparing the sizes first avoids the difference of two large sets.
        if self.public is not self._digests or len(state.digests) - self._new < len(public):
            self.deleted = public.keys() - state.digests.keys() - self.withdrawn.keys()
        remaining = len(public) - len(self.deleted) - len(self.withdrawn)
        self.refusal = self.guard.check(
            Deletions(
                self.deleted,
                len(public),
                remaining,
                state.digests,
                self.additions,
                self._last.paths,
            )
        )
        for id in self.refusal.ids if self.refusal else ():
            if id in self._digests:
                state.digests[id] = self._digests[id]
            elif activity := self._last_good(id):
                state.digests[id] = activity.digest
                self._new += 1
                yield Restore(activity)
        if len(state.digests) - self._new < len(self._digests):
            for id in self._digests.keys() - state.digests.keys():
                yield Delete(id)

    def _differs_from_index(self, id: str) -> bool:
        """Return whether an unchanged file is not indexed in the version of the last state."""
        return id not in self._last.drafts and self._last.digests.get(id) != self._digests.get(id)

    def _reject(self, id: str, parsed: ParsedFile) -> Iterator[Restore]:
        """Record a file with errors, and keep its last good version unless it is withdrawn."""
        self.errors += parsed.errors
        self.rejected += 1
        self.state.rejected.add(id)
        if parsed.withdrawn:
            self._withdraw(id, parsed.withdrawn)
            return
        ids = list(self._ids_of(id))
        unpublished = self._log.unpublished(ids)
        for activity_id in ids:
            if activity_id in unpublished:
                self._withdraw(activity_id, "withdrawn or deleted before the error")
            elif activity_id in self._digests:
                self.state.digests[activity_id] = self._digests[activity_id]
            elif activity := self._last_good(activity_id):
                self.state.digests[activity_id] = activity.digest
                self._new += 1
                yield Restore(activity)

    def _withdraw(self, id: str, reason: str) -> None:
        if id in self.public:
            self.withdrawn[id] = reason

    def _accept(self, file: ContentFile, parsed: ParsedFile | None) -> Iterator[Put | Delete]:
        """Record a valid file, and yield its changes. parsed is None for an unchanged file."""
        id, state = file.id, self.state
        activity: Activity | None = None
        reason = UNCHANGED_DRAFT
        if parsed is None:
            digest = self._last.digests.get(id)
            aliases = self._last.aliases.get(id)
        elif parsed.activity is None:  # removed before it could be read
            return
        else:
            activity = parsed.activity
            digest = None if parsed.withdrawn else activity.digest
            reason = parsed.withdrawn
            aliases = stated_aliases(parsed)
        if file.stamp:
            # A file with a date in the future is read again in every run.
            is_settled = parsed is None or not parsed.depends_on_time
            stamp = trusted_stamp(file.stamp, self._scan.started) if is_settled else UNTRUSTED
            state.stamps[id] = stamp
            if (path := path_below(self._scan.content, file.path)) != id + SUFFIX:
                state.paths[id] = path
        if aliases:
            state.aliases[id] = aliases
        if digest is None:
            state.drafts.add(id)
            self._withdraw(id, reason)
            # An error in "a.MD" may have restored the last good version of a withdrawn "a.md".
            if state.digests.pop(id, None) and id not in self._digests:
                self._new -= 1
                yield Delete(id)
            return
        state.digests[id] = digest
        indexed = self._digests.get(id)
        if indexed == digest:
            self.unchanged += 1
            return
        assert activity is not None
        self._new += indexed is None
        if self.public and id not in self.public:
            self.additions[id] = text_key(activity.text)
        yield Put(activity, indexed is None)

    def _ids_of(self, id: str) -> Iterable[str]:
        """Return the ids whose last good versions an entry with errors keeps.

        For a folder these are all indexed ids below it.
        """
        if not is_id(id.removesuffix("/")):  # was never indexed, and may not be Unicode
            return ()
        if not id.endswith("/"):
            return (id,)
        try:
            with self._engine.snapshot() as snapshot:
                limit = snapshot.generation.activities
                return [activity_id for activity_id, _ in snapshot.terms(ID_COLUMN, id, limit)]
        except EngineError:
            return ()


def apply_changes(
    writer: Writer, changes: Iterable[Change], content: Path | None = None
) -> ChangeCounts:
    """Pass changes to a writer, without committing them.

    content: the content folder, whose imports have evidence for values of activities.
    """
    added = changed = deleted = 0
    evidence: Mapping[str, tuple[Evidence, ...]] | None = None  # read for the first change
    ids: list[str] = []
    for change in changes:
        ids.append(change.id if isinstance(change, Delete) else change.activity.id)
        if isinstance(change, Put):
            if evidence is None:
                evidence = read_evidence(content) if content else NO_EVIDENCE
            writer.put(_with_evidence(change.activity, evidence))
            added += change.is_new
            changed += not change.is_new
        elif isinstance(change, Delete):
            writer.delete(change.id)
            deleted += 1
        else:
            writer.put_stored(change.activity)
    return ChangeCounts(added, changed, deleted, ids)


def _with_evidence(activity: Activity, evidence: Mapping[str, tuple[Evidence, ...]]) -> Activity:
    if recorded := evidence.get(activity.id):
        valid = valid_evidence(recorded, activity.meta, activity.text)
        return activity._replace(evidence=valid)
    return activity
