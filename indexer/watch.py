"""Follows the content folder: a file that is saved is indexed at once, by looking at that file alone.

The operating system says which paths have changed (inotify and its like, through watchfiles). It may
forget some, where many change at once: a whole run, which looks at every file, is made at the start,
where a few files are not all there is to it and once more soon after, every EVERY seconds, and after every
failure.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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
SOON = 10.0  # seconds until the next one after changes that need one
RETRY = 5.0  # seconds after a failure
REST = 10  # times as long as a whole run took, before the next one of a folder that cannot be watched


class Unwatchable(Exception):
    """The operating system does not tell of changes in a folder."""


Problem = EngineError | InvalidActivity | Unwatchable


def watch(
    engine: Engine, content: Path, owner: str, cache: Path, stop: Event,
    heard: Callable[[Summary], None], failed: Callable[[Problem], None],
) -> None:  # fmt: skip
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
            if watching.began:  # a change that could not be told, as of a name that is no Unicode: it is looked for
                continue
            rest = RETRY
            try:
                summary = sync(engine, content, owner, cache=cache)
                rest = max(RETRY, REST * summary.seconds)
                heard(summary)
                if str(error) != told:
                    failed(error)
                told = str(error)
            except (EngineError, InvalidActivity) as problem:  # a folder that is not there cannot be watched either
                failed(problem)
            stop.wait(rest)


class _Watching:
    """One folder while it stays the same one, until the next whole run is due.

    What is told of changes is then made anew: the kernel may have dropped an event, and with that of a new
    folder all that are in it.
    """

    def __init__(
        self, engine: Engine, content: Path, owner: str, cache: Path, stop: Event,
        heard: Callable[[Summary], None], failed: Callable[[Problem], None],
    ) -> None:  # fmt: skip
        self.engine, self.content, self.owner, self.cache, self.stop = engine, content, owner, cache, stop
        self.heard, self.failed = heard, failed
        self.began = False
        self.last: Scan | None = None  # what the index equals; None: a whole run has to find out
        self.crossed = False  # whether an alias of one file is wrong because of another file
        self.due = 0.0

    def follow(self) -> None:
        """Index changes until stop is set, the folder is another, or all is to be looked at. Raises Unwatchable."""
        folder = self._folder()
        for paths in self._changes():
            self.began = True
            late = time.monotonic() >= self.due
            if self._folder() != folder or (late and self.last is not None):
                return
            if paths or late:
                self._run(paths)

    def _folder(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = os.stat(self.content)
            return found.st_dev, found.st_ino
        return None

    def _changes(self) -> Iterator[set[Path]]:
        """What has changed, none each TICK. Raises Unwatchable."""
        try:
            self.root = self.content.resolve(strict=True)
            for changes in watchfiles.watch(self.root, watch_filter=None, step=STEP, debounce=DEBOUNCE, rust_timeout=TICK,
                                            yield_on_timeout=True, stop_event=self.stop):  # fmt: skip
                yield {Path(path) for _, path in changes}
        except (OSError, RuntimeError) as error:  # watchfiles' own error is a RuntimeError
            raise Unwatchable(f"{self.content} cannot be watched ({error}) and is looked at now and then instead: mend "
                              "its permissions, or raise fs.inotify.max_user_watches") from None  # fmt: skip

    def _run(self, paths: set[Path]) -> None:
        try:
            summary = None
            if self.last is not None and len(paths) <= MANY:
                summary = self._update(paths, self.last)
            if summary is None:
                summary = sync(self.engine, self.content, self.owner, cache=self.cache)
                self.last = load(self.cache, self.content) if summary.held is None else None
                self.crossed = any(error.field == "aliases" for error in summary.errors)
                # A file may have been put into a new folder just before that was watched.
                self.due = time.monotonic() + (min(SOON, EVERY) if paths else EVERY)
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
            good = parsed.activity if parsed else None
            frees = self.crossed and (good is None or entry.id in last.rejected)
            claims = good is not None and "aliases" in good.meta
            if claims or frees or entry.id in others or entry.id in last.claims:
                return None  # another file may turn out wrong, or right
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
