"""Follows the content folder: a file that is saved is indexed at once, by looking at that file alone.

The operating system says which paths have changed (inotify and its like, through watchfiles). It may
forget some, where many change at once: every EVERY seconds, and soon after a folder or many files changed,
all files are looked at beside what else goes on, and those that differ are indexed in the same way. A whole
run is made at the start, after every failure, and where a few files are not all there is to it.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import watchfiles

from indexer.content.activity import InvalidActivity, ParsedFile, is_id
from indexer.content.files import (
    SUFFIX,
    AliasClaim,
    ContentFile,
    alias_claim,
    alias_errors,
    list_files,
    read_file,
)
from indexer.content.scan_cache import FolderState, load_state, stamp_of, trusted_stamp
from indexer.content.vocabulary import VOCABULARY_FILE
from indexer.engines.base import Engine, EngineError, Writer
from indexer.indexing.sync import LOCK_TIMEOUT, Summary, current_generation, logged_run, sync

STEP, DEBOUNCE = (
    50,
    400,
)  # milliseconds without a change that end a burst; the longest it is waited for
TICK = 500  # milliseconds after which something else than changes is looked at
MANY = 500  # changed files from which a whole run is the quicker one
EVERY = 300.0  # seconds between two looks at everything
SOON = 10.0  # seconds until the next one after many files or a folder changed
RETRY = 5.0  # seconds after a failure
REST = (
    10  # times as long as a whole run took, before the next one of a folder that cannot be watched
)


class Unwatchable(Exception):
    """The operating system does not tell of changes in a folder."""


Problem = EngineError | InvalidActivity | Unwatchable


def watch(
    engine: Engine,
    content: Path,
    owner: str,
    cache: Path,
    stop: Event,
    heard: Callable[[Summary], None],
    failed: Callable[[Problem], None],
) -> None:
    """Keep an index equal to a folder until stop is set.

    heard is told what each run did, failed why one could not be done; then it is tried again. A folder that
    cannot be watched is told to failed too, and looked at again and again. Files that are wrong keep their
    last good versions, and a rollback holds, as with sync(). Raises KeyboardInterrupt.
    """
    told = ""
    while not stop.is_set():
        watching = _Watching(engine, content, owner, cache, stop, heard, failed)
        try:
            watching.follow()
        except Unwatchable as error:
            if (
                watching.began
            ):  # a change that could not be told, as of a name that is no Unicode: it is looked for
                continue
            rest = RETRY
            try:
                summary = sync(engine, content, owner, cache=cache)
                rest = max(RETRY, REST * summary.seconds)
                heard(summary)
                if str(error) != told:
                    failed(error)
                told = str(error)
            except (
                EngineError,
                InvalidActivity,
            ) as problem:  # a folder that is not there cannot be watched either
                failed(problem)
            stop.wait(rest)


class _Watching:
    """One folder while it stays the same one."""

    def __init__(
        self,
        engine: Engine,
        content: Path,
        owner: str,
        cache: Path,
        stop: Event,
        heard: Callable[[Summary], None],
        failed: Callable[[Problem], None],
    ) -> None:
        self.engine, self.content, self.owner, self.cache, self.stop = (
            engine,
            content,
            owner,
            cache,
            stop,
        )
        self.heard, self.failed = heard, failed
        self.began = False
        self.last: FolderState | None = (
            None  # what the index equals; None: a whole run has to find out
        )
        self.crossed = False  # whether an alias of one file is wrong because of another file
        self.due = 0.0

    def follow(self) -> None:
        """Index changes until stop is set or the folder is another. Raises Unwatchable.

        What tells of changes is made anew for each look at everything: the kernel may have dropped an event, and
        with that of a new folder all that are in it.
        """
        folder = self._folder()
        while not self.stop.is_set():
            last, differing = self.last, list[set[Path] | None]()
            for paths in self._changes():
                self.began = True
                if self._folder() != folder:
                    return
                if (
                    last is not None
                ):  # from now on what changes is told: what has changed before, this finds
                    Thread(target=self._look, args=(last, differing), daemon=True).start()
                    last = None
                looked = bool(differing)
                if looked and (found := differing.pop()) is not None:
                    paths |= found
                elif looked:
                    self.last, self.due = None, 0.0
                if paths or looked or (self.last is None and time.monotonic() >= self.due):
                    self._run(paths, looked)
                if self.last is not None and time.monotonic() >= self.due:
                    self.due = time.monotonic() + EVERY
                    break

    def _look(self, last: FolderState, differing: list[set[Path] | None]) -> None:
        """Note which files are not as they were found last, beside what else goes on; None where a whole run has to
        tell what that means."""
        stamps, wrong = dict(last.stamps), set(last.rejected)
        found: set[Path] = set()
        try:
            for entry in list_files(self.content):
                if entry.error and entry.id not in last.rejected:
                    raise entry.error
                wrong.discard(entry.id)
                if not entry.error and stamps.pop(entry.id, None) != entry.stamp:
                    found.add(self.root / f"{entry.id}{SUFFIX}")
        except InvalidActivity:
            differing.append(None)
            return
        found |= {self.root / f"{id}{SUFFIX}" for id in stamps}
        differing.append(None if wrong else found)

    def _folder(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = os.stat(self.content)
            return found.st_dev, found.st_ino
        return None

    def _changes(self) -> Iterator[set[Path]]:
        """What has changed, none each TICK. Raises Unwatchable."""
        try:
            self.root = self.content.resolve(strict=True)
            for changes in watchfiles.watch(
                self.root,
                watch_filter=None,
                step=STEP,
                debounce=DEBOUNCE,
                rust_timeout=TICK,
                yield_on_timeout=True,
                stop_event=self.stop,
            ):
                yield {Path(path) for _, path in changes}
        except (OSError, RuntimeError) as error:  # watchfiles' own error is a RuntimeError
            raise Unwatchable(
                f"{self.content} cannot be watched ({error}) and is looked at now and then instead: mend "
                "its permissions, or raise fs.inotify.max_user_watches"
            ) from None

    def _run(self, paths: set[Path], looked: bool) -> None:
        try:
            summary = None
            if self.last is not None and len(paths) <= MANY:
                summary = self._update(paths, self.last, looked)
            if summary is None:
                summary = sync(self.engine, self.content, self.owner, cache=self.cache)
                self.last = (
                    load_state(self.cache, self.content, self.engine.identity)
                    if summary.held is None
                    else None
                )
                self.crossed = any(error.field == "aliases" for error in summary.errors)
                self.due = time.monotonic() + (min(SOON, EVERY) if paths else EVERY)
            self.heard(summary)
        except (EngineError, InvalidActivity) as error:
            self.last, self.due = None, time.monotonic() + RETRY
            self.failed(error)

    def _update(self, paths: Iterable[Path], last: FolderState, looked: bool) -> Summary | None:
        """Index what these paths have become; None where only a whole run can tell what that means."""
        changed: dict[str, ContentFile] = {}
        for path in paths:
            if (found := self._entries(path, last)) is None:
                return None
            changed |= {
                e.id: e for e in found if e.stamp is None or last.stamps.get(e.id) != e.stamp
            }
        if len(changed) > MANY:
            return None
        summary = Summary(
            generation=last.generation,
            unchanged=len(last.digests),
            rejected=len(last.rejected),
            drafts=len(last.drafts),
        )
        if not changed:
            if looked and (
                current_generation(self.engine, summary) != last.generation
                or summary.held is not None
            ):
                return None
            if looked:  # at everything, as a run without changes does
                with logged_run(self.owner, self.cache, summary):
                    pass
            return summary
        read_now = [
            (entry, read_file(entry) if entry.stamp else None) for entry in changed.values()
        ]
        claims = {id: claim for id, claim in last.claims.items() if id not in changed}
        claims |= {
            entry.id: claim
            for entry, parsed in read_now
            if parsed and (claim := alias_claim(parsed))
        }
        good = {entry.id for entry, parsed in read_now if parsed and parsed.activity}
        others = {
            alias for _, aliases in (*last.claims.values(), *claims.values()) for alias in aliases
        }
        touched = not changed.keys().isdisjoint({*others, *last.claims, *claims})
        if self.crossed and (
            touched or good != changed.keys() or not last.rejected.isdisjoint(changed)
        ):
            return None  # another file may turn out right
        if touched and alias_errors(
            {*last.stamps} - changed.keys() | good,
            {id: AliasClaim(id, *claim) for id, claim in claims.items()},
        ):
            return None  # another file may turn out wrong
        summary = Summary()
        current = current_generation(self.engine, summary)
        if current is None or summary.held is not None or current != last.generation:
            return None
        with (
            logged_run(self.owner, self.cache, summary),
            self.engine.writer(self.owner, LOCK_TIMEOUT) as writer,
        ):
            if (
                current_generation(self.engine, summary) != current
            ):  # someone else has indexed since
                return None
            self.last = self._told(writer, read_now, claims, last, summary)
        return summary

    @staticmethod
    def _told(
        writer: Writer,
        changed: Sequence[tuple[ContentFile, ParsedFile | None]],
        claims: Mapping[str, tuple[int, list[str]]],
        last: FolderState,
        summary: Summary,
    ) -> FolderState:
        """Commit what these files have become; the scan with it."""
        ids = {entry.id for entry, _ in changed}
        stamps, digests = dict(last.stamps), dict(last.digests)
        drafts, rejected = set(last.drafts - ids), set(last.rejected - ids)
        now = time.time_ns()
        for entry, parsed in changed:
            stamps.pop(entry.id, None)
            if parsed and parsed.errors:
                summary.errors += parsed.errors
                rejected.add(entry.id)
                continue
            activity = parsed.activity if parsed else None
            if activity and entry.stamp:
                stamps[entry.id] = trusted_stamp(entry.stamp, now)
            if activity and "draft" in activity.meta:
                drafts.add(entry.id)
                activity = None
            had = digests.pop(entry.id, None)
            if activity is None:
                if had is not None:
                    writer.delete(entry.id)
                    summary.deleted += 1
                continue
            digests[entry.id] = activity.digest
            if had != activity.digest:
                writer.put(activity)
                summary.added += had is None
                summary.changed += had is not None
        if summary.added or summary.changed or summary.deleted:
            summary.generation = writer.commit().number
        summary.drafts, summary.rejected = len(drafts), len(rejected)
        summary.unchanged = len(digests) - summary.added - summary.changed
        return FolderState(
            summary.generation, stamps, digests, claims, frozenset(drafts), frozenset(rejected)
        )

    def _entries(self, path: Path, last: FolderState) -> list[ContentFile] | None:
        """The content files at or below a path, those that are gone included; None where only a whole run can tell."""
        relative = path.relative_to(self.root)
        name = relative.as_posix()
        if any(part.startswith(("_", ".")) for part in relative.parts):
            return None if name == VOCABULARY_FILE else []
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            found = None
        regular = found is not None and stat.S_ISREG(found.st_mode)
        id = name.removesuffix(SUFFIX)
        if path.suffix == SUFFIX and is_id(id) and (found is None or regular):
            return [
                ContentFile(
                    id, str(self.content / relative), None, stamp_of(found) if found else None
                )
            ]
        if (
            path.suffix.lower() == SUFFIX
            or not relative.parts
            or (found and stat.S_ISLNK(found.st_mode))
        ):
            return None
        if regular:
            return []  # an editor's own file
        return self._folder_entries(relative, found is not None, last)

    def _folder_entries(
        self, relative: Path, there: bool, last: FolderState
    ) -> list[ContentFile] | None:
        """The same of a folder, or of what is gone and may have been one."""
        inside = f"{relative.as_posix()}/"
        if any(id.startswith(inside) for id in last.rejected):
            return None
        found: list[ContentFile] = []
        if there:
            # A file may have been put into it just before it was watched.
            self.due = min(self.due, time.monotonic() + SOON)
            try:
                found = list_files(self.content / relative, inside)
            except InvalidActivity:
                return None
            if any(entry.error for entry in found):
                return None
        gone = {id for id in last.stamps if id.startswith(inside)} - {entry.id for entry in found}
        return found + [ContentFile(id, str(self.content / f"{id}{SUFFIX}")) for id in gone]
