"""Watch the content folder and index each saved file at once.

The operating system reports changed paths (inotify and its like, through watchfiles), and only
these files are read. It may drop events when many files change at once. So every CHECK_SECONDS,
and soon after a folder or many files changed, all files are compared with the last state on
another thread, and differing files are indexed in the same way. A full sync() runs at the start,
after every failure, and when a few files do not tell everything.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import watchfiles

from indexer.content.activity import InvalidActivity, ParsedFile
from indexer.content.files import (
    AliasClaim,
    FolderScan,
    alias_errors,
    read_file,
    read_rules,
    stated_aliases,
)
from indexer.content.folder_walk import (
    SETTINGS_FILES,
    SUFFIX,
    SUFFIXES,
    ContentFile,
    list_files,
    path_below,
)
from indexer.content.rules import NO_RULES
from indexer.content.scan_cache import FolderState, load_state, stamp_of
from indexer.content.values import is_id
from indexer.engines.base import Engine, EngineError
from indexer.indexing.changes import Comparison
from indexer.indexing.deletion_guard import DeletionGuard, Refusal
from indexer.indexing.removal_log import open_removal_log
from indexer.indexing.sync import (
    LOCK_TIMEOUT,
    Summary,
    SyncOptions,
    commit_changes,
    logged_run,
    newest_generation,
    sync,
)
from indexer.indexing.withdrawals import RunContext

QUIET_MS = 50  # milliseconds without a change that end a burst of changes
MAX_BURST_MS = 400  # milliseconds after which a burst is indexed although it goes on
POLL_MS = 500  # milliseconds without a change after which other work is done
MAX_CHANGED_FILES = 500  # a full run is faster for more
CHECK_SECONDS = 300.0  # between two comparisons of all files
EARLY_CHECK_SECONDS = 10.0  # until the next one after a folder or many files changed
RETRY_SECONDS = 5.0  # after a failure
WATCH_OPTIONS = SyncOptions(apply_rest=True)
REST_FACTOR = 10  # an unwatched folder rests this many times as long as a full run takes

Parsed = list[tuple[ContentFile, ParsedFile]]


class Unwatchable(Exception):
    """The operating system does not report changes in the folder."""


Problem = EngineError | InvalidActivity | Unwatchable


def watch(
    engine: Engine,
    content: Path,
    owner: str,
    cache: Path,
    stop: Event,
    on_run: Callable[[Summary], None],
    on_problem: Callable[[Problem], None],
) -> None:
    """Keep an index equal to a folder until stop is set.

    on_run is called with the summary of each run, on_problem with the reason why a run failed;
    the run is then repeated. A folder that cannot be watched is also reported to on_problem, and
    polled instead. As in sync(), files with errors keep their last good versions, and an index
    that a rollback restored is not changed. Raises KeyboardInterrupt.
    """
    reported = ""
    while not stop.is_set():
        watcher = FolderWatcher(engine, content, owner, cache, stop, on_run, on_problem)
        try:
            watcher.follow()
        except Unwatchable as error:
            # An event could not be delivered, such as one with a name that is not Unicode. The
            # next watcher's first run finds the change.
            if watcher.started:
                continue
            rest = RETRY_SECONDS
            try:
                summary = sync(engine, content, owner, WATCH_OPTIONS, cache=cache)
                rest = max(RETRY_SECONDS, REST_FACTOR * summary.seconds)
                on_run(summary)
                if str(error) != reported:
                    on_problem(error)
                reported = str(error)
            except (EngineError, InvalidActivity) as problem:  # a missing folder is reported here
                on_problem(problem)
            stop.wait(rest)


class FolderWatcher:
    """Indexes the changes in one folder until another folder takes its path."""

    def __init__(
        self,
        engine: Engine,
        content: Path,
        owner: str,
        cache: Path,
        stop: Event,
        on_run: Callable[[Summary], None],
        on_problem: Callable[[Problem], None],
    ) -> None:
        self.engine, self.content, self.owner, self.cache = engine, content, owner, cache
        self.stop, self.on_run, self.on_problem = stop, on_run, on_problem
        self.root = content  # the resolved folder that the events name
        self.started = False  # whether the operating system reports changes
        self.state: FolderState | None = None  # equals the index; None requires a full run
        self.rules = NO_RULES  # the rules that were used to read the files of the state
        self.alias_conflict = False  # whether an alias is invalid because of another file
        self.next_check = 0.0  # time.monotonic() of the next comparison of all files
        self._refusal: Refusal | None = None  # of the last run

    @property
    def _refused_ids(self) -> frozenset[str]:
        """The ids whose deletion the last run refused. The state has only their digests."""
        return self._refusal.ids if self._refusal else frozenset()

    def follow(self) -> None:
        """Index changes until stop is set or another folder takes the path.

        The watch is set up again for each comparison of all files: if the event of a new folder
        was dropped, no event of a file in it arrives. Raises Unwatchable.
        """
        folder = self._folder_identity()
        while not self.stop.is_set():
            unchecked = self.state
            differences: list[set[Path] | None] = []  # the result of the other thread
            for paths in self._changed_paths():
                self.started = True
                if self._folder_identity() != folder:
                    return
                # Later changes are reported from now on. This thread finds the earlier ones.
                if unchecked is not None:
                    arguments = (unchecked, differences)
                    Thread(target=self._find_differences, args=arguments, daemon=True).start()
                    unchecked = None
                checked = bool(differences)
                if checked:
                    if (different := differences.pop()) is not None:
                        paths |= different
                    else:
                        self.state, self.next_check = None, 0.0
                full_run_due = self.state is None and time.monotonic() >= self.next_check
                if paths or checked or full_run_due:
                    self.index(paths, checked=checked)
                if self.state is not None and time.monotonic() >= self.next_check:
                    self.next_check = time.monotonic() + CHECK_SECONDS
                    break

    def _folder_identity(self) -> tuple[int, int] | None:
        with suppress(OSError):
            status = os.stat(self.content)
            return status.st_dev, status.st_ino
        return None

    def _changed_paths(self) -> Iterator[set[Path]]:
        """Yield the changed paths of each burst; an empty set every POLL_MS without a change.

        Raises Unwatchable.
        """
        try:
            self.root = self.content.resolve(strict=True)
            for changes in watchfiles.watch(
                self.root,
                watch_filter=None,
                step=QUIET_MS,
                debounce=MAX_BURST_MS,
                rust_timeout=POLL_MS,
                yield_on_timeout=True,
                stop_event=self.stop,
            ):
                yield {Path(path) for _, path in changes}
        except (OSError, RuntimeError) as error:  # watchfiles' own error is a RuntimeError
            raise Unwatchable(
                f"{self.content} cannot be watched ({error}) and is polled instead: "
                "fix its permissions, or raise fs.inotify.max_user_watches"
            ) from None

    def _find_differences(self, state: FolderState, results: list[set[Path] | None]) -> None:
        """Append the paths of all files that differ from a state; None requires a full run."""
        stamps, rejected = dict(state.stamps), set(state.rejected)
        paths: set[Path] = set()
        try:
            for file in list_files(self.content):
                if file.error and file.id not in state.rejected:
                    raise file.error
                rejected.discard(file.id)
                if not file.error and stamps.pop(file.id, None) != file.stamp:
                    paths.add(self.root / path_below(self.content, file.path))
        except InvalidActivity:
            results.append(None)
            return
        paths |= {self.root / state.paths.get(id, f"{id}{SUFFIX}") for id in stamps}
        results.append(None if rejected else paths)

    def index(self, paths: set[Path], *, checked: bool) -> None:
        """Index the files at changed paths, or make a full run if they do not tell everything.

        checked says that all files were compared, and that paths has all that differ.
        """
        try:
            summary = None
            if self.state is not None and len(paths) <= MAX_CHANGED_FILES:
                summary = self._index_paths(paths, self.state, checked)
            if summary is None:
                summary = sync(
                    self.engine, self.content, self.owner, WATCH_OPTIONS, cache=self.cache
                )
                self.state = None
                if summary.held is None:
                    self.state = load_state(self.cache, self.content, self.engine.identity)
                    self.rules, _ = read_rules(self.content, self.cache)
                    if self.state.rules != self.rules.digest:  # changed since the run
                        self.state = None
                self.alias_conflict = any(error.field == "aliases" for error in summary.errors)
                wait = min(EARLY_CHECK_SECONDS, CHECK_SECONDS) if paths else CHECK_SECONDS
                self.next_check = time.monotonic() + wait
            self._refusal = summary.refusal
            self.on_run(summary)
        except (EngineError, InvalidActivity) as error:
            self.state, self.next_check = None, time.monotonic() + RETRY_SECONDS
            self.on_problem(error)

    def _index_paths(
        self, paths: Iterable[Path], state: FolderState, checked: bool
    ) -> Summary | None:
        """Index the files at changed paths; None requires a full run."""
        started = time.time_ns()
        changed: dict[str, ContentFile] = {}
        for path in paths:
            if (files := self._files_at(path, state)) is None:
                return None
            for file in files:
                if file.stamp is None or state.stamps.get(file.id) != file.stamp:
                    changed[file.id] = file
        if len(changed) > MAX_CHANGED_FILES:
            return None
        if not changed and not self._refused_ids:
            return self._unchanged_summary(state, checked)
        parsed_files = [
            (file, read_file(file, self.rules) if file.stamp else ParsedFile(None))
            for file in changed.values()
        ]
        # The guard checks the refused deletions again, also without changes, as a full run does.
        unchanged = state.without(changed.keys() | self._refused_ids)
        if self._changes_alias_errors(parsed_files, state, unchanged):
            return None
        scan = FolderScan(self.content, started, unchanged, parsed_files, rules=self.rules)
        return self._commit(scan, state)

    def _unchanged_summary(self, state: FolderState, checked: bool) -> Summary | None:
        """Return the summary of a run without changes; None requires a full run."""
        summary = Summary(
            unchanged=len(state.stamps) - len(state.drafts),
            rejected=len(state.rejected),
            drafts=len(state.drafts),
            generation=state.generation,
            refusal=self._refusal,
        )
        if not checked:
            return summary
        newest = newest_generation(self.engine)
        if newest is None or newest.restores is not None or newest.number != state.generation:
            return None
        # A comparison of all files is logged, as a run of sync() without changes is.
        return logged_run(self.owner, self.cache, lambda: summary)

    def _changes_alias_errors(
        self, parsed_files: Parsed, state: FolderState, unchanged: FolderState
    ) -> bool:
        """Return whether the changed files can make an alias of another file valid or invalid."""
        changed = {file.id for file, _ in parsed_files}
        valid = {file.id for file, parsed in parsed_files if parsed.activity}
        stated = dict(unchanged.aliases)
        for file, parsed in parsed_files:
            if aliases := stated_aliases(parsed):
                stated[file.id] = aliases
        all_aliases = {
            alias for _, aliases in (*state.aliases.values(), *stated.values()) for alias in aliases
        }
        involved = not changed.isdisjoint({*all_aliases, *state.aliases, *stated})
        if self.alias_conflict and (
            involved or valid != changed or not state.rejected.isdisjoint(changed)
        ):
            return True
        if not involved:
            return False
        claims = {id: AliasClaim(id, *aliases) for id, aliases in stated.items()}
        return bool(alias_errors({*state.stamps} - changed | valid, claims))

    def _commit(self, scan: FolderScan, state: FolderState) -> Summary | None:
        """Commit the changes of a scan; None if the index no longer has the state's generation."""

        def is_current() -> bool:
            newest = newest_generation(self.engine)
            return (
                newest is not None and newest.restores is None and newest.number == state.generation
            )

        def run() -> Summary | None:
            with (
                self.engine.writer(self.owner, LOCK_TIMEOUT) as writer,
                open_removal_log(self.cache, self.engine.identity) as log,
            ):
                if not is_current():  # another process has indexed since
                    return None
                guard = DeletionGuard(self.engine, self.content, log)
                comparison = Comparison(
                    self.engine, scan, state, state.digests, log, guard, writer.last_good
                )
                context = RunContext(self.engine, writer, self.content, log, self.cache)
                summary = commit_changes(context, comparison, state.generation, WATCH_OPTIONS)
                self.state = comparison.state
                summary.removed = writer.remove_former()
                return summary

        return logged_run(self.owner, self.cache, run) if is_current() else None

    def _files_at(self, path: Path, state: FolderState) -> list[ContentFile] | None:
        """Return the content files at or below a path, also removed ones; None: full run."""
        relative = path.relative_to(self.root)
        name = relative.as_posix()
        if any(part.startswith(("_", ".")) for part in relative.parts):
            return None if name in SETTINGS_FILES else []
        try:
            status = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            status = None
        is_regular = status is not None and stat.S_ISREG(status.st_mode)
        id = name.removesuffix(SUFFIX)
        is_named_by_id = path.suffix == SUFFIX and is_id(id) and id not in state.paths
        if is_named_by_id and (status is None or is_regular):
            stamp = stamp_of(status) if status else None
            return [ContentFile(id, str(self.content / relative), None, stamp)]
        is_link = status is not None and stat.S_ISLNK(status.st_mode)
        if path.suffix.lower() in SUFFIXES or not relative.parts or is_link:
            return None
        if is_regular:
            return []  # an editor's own file
        return self._files_below(relative, status is not None, state)

    def _files_below(
        self, folder: Path, exists: bool, state: FolderState
    ) -> list[ContentFile] | None:
        """Return the content files below a folder, also removed ones; None: full run.

        A path that no longer exists may have been a folder.
        """
        prefix = f"{folder.as_posix()}/"
        is_derived = any(path.startswith(prefix) for path in state.paths.values())
        if is_derived or any(id.startswith(prefix) for id in state.rejected):
            return None
        files: list[ContentFile] = []
        if exists:
            # A file may have been added to it just before it was watched.
            self.next_check = min(self.next_check, time.monotonic() + EARLY_CHECK_SECONDS)
            try:
                files = list_files(self.content / folder, prefix)
            except InvalidActivity:
                return None
            if any(file.error or not file.path.endswith(file.id + SUFFIX) for file in files):
                return None
        removed = {id for id in state.stamps if id.startswith(prefix)} - {file.id for file in files}
        return files + [ContentFile(id, str(self.content / f"{id}{SUFFIX}")) for id in removed]
