"""Follows the content folder: a file that is saved is indexed at once, by looking at that file alone.

The operating system says which paths have changed (inotify and its like, through watchfiles). It may
forget some, where many change at once: a whole run, which looks at every file, is made at the start,
where a few files are not all there is to it, every EVERY seconds, and after every failure.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

import watchfiles

from indexer.activity import InvalidActivity, Parsed, is_id
from indexer.content import SUFFIX, Entry, read
from indexer.engines import Engine, EngineError, Writer
from indexer.labels import VOCABULARY
from indexer.scan import SETTLED, UNTRUSTED, Scan, load
from indexer.sync import WAIT, Summary, current_generation, logged, sync

STEP, DEBOUNCE = 50, 400  # milliseconds without a change that end a burst; the longest it is waited for
TICK = 500  # milliseconds after which something else than changes is looked at
MANY = 500  # changed files from which a whole run is the quicker one
EVERY = 300.0  # seconds between two whole runs
RETRY = 5.0  # seconds after a failure

Problem = EngineError | InvalidActivity


def watch(
    engine: Engine, content: Path, owner: str, cache: Path, stop: Event,
    heard: Callable[[Summary], None], failed: Callable[[Problem], None],
) -> None:  # fmt: skip
    """Keep an index equal to a folder until stop is set.

    heard is told what each run did, failed why one could not be done; then it is tried again. Files that
    are wrong keep their last good versions, and a rollback holds, as with sync().
    """
    while not stop.is_set():
        with suppress(OSError):  # it cannot be watched, or not any more: the next run says why
            _Watching(engine, content, owner, cache, stop, heard, failed).follow()
        if not stop.is_set():
            try:
                heard(sync(engine, content, owner, cache=cache))
            except (EngineError, InvalidActivity) as error:
                failed(error)
            stop.wait(RETRY)


class _Watching:
    """One folder while it stays the same one."""

    def __init__(
        self, engine: Engine, content: Path, owner: str, cache: Path, stop: Event,
        heard: Callable[[Summary], None], failed: Callable[[Problem], None],
    ) -> None:  # fmt: skip
        self.engine, self.content, self.owner, self.cache, self.stop = engine, content, owner, cache, stop
        self.heard, self.failed = heard, failed
        self.root = content.resolve(strict=True)
        self.last: Scan | None = None  # what the index equals; None: a whole run has to find out
        self.due = 0.0

    def follow(self) -> None:
        """Index changes until stop is set or the folder is another. Raises OSError."""
        inode = os.stat(self.root).st_ino
        waiting: set[Path] = set()
        for changes in watchfiles.watch(self.root, watch_filter=None, step=STEP, debounce=DEBOUNCE, rust_timeout=TICK,
                                        yield_on_timeout=True, stop_event=self.stop, raise_interrupt=False):  # fmt: skip
            if os.stat(self.root).st_ino != inode:
                return
            waiting |= {Path(path) for _, path in changes}
            if waiting or time.monotonic() >= self.due:
                self._run(waiting)
                waiting = set()

    def _run(self, paths: set[Path]) -> None:
        try:
            summary = None
            if self.last is not None and len(paths) <= MANY and time.monotonic() < self.due:
                summary = self._update(paths, self.last)
            if summary is None:
                summary = sync(self.engine, self.content, self.owner, cache=self.cache)
                self.last = load(self.cache, self.content) if summary.held is None else None
                self.due = time.monotonic() + EVERY
            self.heard(summary)
        except (EngineError, InvalidActivity) as error:
            self.last, self.due = None, time.monotonic() + RETRY
            self.failed(error)

    def _update(self, paths: Iterable[Path], last: Scan) -> Summary | None:
        """Index what these paths have become; None where only a whole run can tell what that means."""
        entries: list[Entry] = []
        for path in paths:
            if (found := self._entry(path, last)) is None:
                return None
            entries += found
        changed = [e for e in entries if e.stamp is None or last.stamps.get(e.id) != e.stamp]
        if not changed:
            return Summary(generation=last.generation, unchanged=len(entries), rejected=len(last.rejected))
        read_now = [(entry, read(entry) if entry.stamp else None) for entry in changed]
        others = {alias for _, aliases in last.claims.values() for alias in aliases}
        for entry, parsed in read_now:
            claims = parsed is not None and parsed.activity is not None and "aliases" in parsed.activity.meta
            if claims or entry.id in others or entry.id in last.claims:  # another file may turn out wrong, or right
                return None
        summary = Summary()
        current = current_generation(self.engine, summary)
        if current is None or summary.held is not None or current != last.generation:
            return None
        with logged(self.owner, self.cache, summary), self.engine.writer(self.owner, WAIT) as writer:
            if current_generation(self.engine, summary) != current:  # someone else has indexed since
                return None
            self.last = self._told(writer, read_now, last, summary)
        return summary

    @staticmethod
    def _told(writer: Writer, changed: Sequence[tuple[Entry, Parsed | None]], last: Scan, summary: Summary) -> Scan:
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
                stamps[entry.id] = entry.stamp if max(entry.stamp[:2]) < now - SETTLED else UNTRUSTED
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
        return Scan(summary.generation, stamps, digests, last.claims, frozenset(drafts), frozenset(rejected))

    def _entry(self, path: Path, last: Scan) -> list[Entry] | None:
        """The content file at a path, none for what is no matter of ours; None where more than a file has changed."""
        relative = path.relative_to(self.root)
        name = relative.as_posix()
        if any(part.startswith(("_", ".")) for part in relative.parts):
            return None if name == VOCABULARY else []
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            found = None
        regular = found is not None and stat.S_ISREG(found.st_mode)
        id = name.removesuffix(SUFFIX)
        if path.suffix == SUFFIX and is_id(id) and (found is None or regular):
            stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino) if found else None
            shown = str(self.content / relative)
            return [Entry(id, shown, None, stamp)]
        inside = f"{name}/"
        if path.suffix.lower() != SUFFIX and (
            regular or (found is None and not any(i.startswith(inside) for i in last.stamps))
        ):
            return []  # an editor's own file
        return None
