"""Make an index equal to the content folder in one commit that writes only the changes."""

from __future__ import annotations

import gc
import getpass
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from indexer.clock import now
from indexer.content.activity import InvalidActivity
from indexer.content.files import scan_folder
from indexer.content.scan_cache import FolderState, load_state, save_state
from indexer.engines.base import Engine, EngineError, Generation, OnWait, Writer
from indexer.indexing import run_log
from indexer.indexing.changes import Comparison, apply_changes, indexed_digests
from indexer.progress import Progress, no_progress

COUNTS = ("added", "changed", "deleted", "unchanged", "rejected", "drafts")
LOCK_TIMEOUT = 30.0  # seconds to wait for another writer


@dataclass(slots=True)
class Summary:
    """The result of a run. `activities index --json` writes it under these names."""

    added: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    rejected: int = 0  # files and folders with errors
    drafts: int = 0
    seconds: float = 0.0
    generation: int | None = None  # the newest one after the run
    held: int | None = None  # the generation that a rollback restored; nothing was indexed
    errors: list[InvalidActivity] = field(default_factory=list)  # a file may have several
    removed: tuple[str, ...] = ()  # a line for each removed index of a former release


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """Options of sync()."""

    rebuild: bool = False  # write the whole index again
    resume: bool = False  # also change an index that a rollback restored
    verify: bool = False  # read all files, even if they seem unchanged
    timeout: float = LOCK_TIMEOUT  # seconds to wait for another writer
    progress: Progress = no_progress
    on_wait: OnWait = lambda holder: None


DEFAULT_OPTIONS = SyncOptions()

R = TypeVar("R", bound=Summary | None)


def owner_name(command: str) -> str:
    """Return the name of this run for people: "activities index by ana@host"."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = str(os.getuid())
    return f"{command} by {user}@{socket.gethostname()}"


def sync(
    engine: Engine,
    content: Path,
    owner: str,
    options: SyncOptions = DEFAULT_OPTIONS,
    *,
    cache: Path | None = None,
) -> Summary:
    """Index new and changed files, and delete activities whose files are gone.

    A file with errors keeps its last good version in the index, even in a rebuild. An index that a
    rollback restored is not changed without the resume option. cache is the folder of the scan
    cache and the run log; without it every file is read and nothing is logged.

    Raises EngineError, and InvalidActivity if the content folder cannot be read.
    """

    def run() -> Summary:
        with engine.writer(owner, options.timeout, options.rebuild, options.on_wait) as writer:
            summary = _sync(engine, writer, content, options, cache)
            summary.removed = writer.remove_former()
            return summary

    return logged_run(owner, cache, run)


def _sync(
    engine: Engine, writer: Writer, content: Path, options: SyncOptions, cache: Path | None
) -> Summary:
    # The scan begins after the lock is taken, so no edit between two runs is missed.
    newest = newest_generation(engine)
    if newest is not None and newest.restores is not None and not options.resume:
        return Summary(generation=newest.number, held=newest.restores)
    generation = newest.number if newest else None
    last = FolderState()
    if cache is not None and not (options.rebuild or options.verify):
        last = load_state(cache, content, engine.identity)
    digests = indexed_digests(writer, generation, last)
    scan = scan_folder(content, last, options.progress, cache)
    comparison = Comparison(engine, scan, last, digests, writer.last_good)
    always = options.rebuild or options.resume
    summary = commit_changes(writer, comparison, generation, options.progress, always=always)
    if cache is not None and comparison.state != last:
        save_state(cache, content, engine.identity, comparison.state, last)
    return summary


def commit_changes(
    writer: Writer,
    comparison: Comparison,
    generation: int | None,
    progress: Progress = no_progress,
    *,
    always: bool = False,
) -> Summary:
    """Apply the changes of a comparison with a generation, and commit them.

    With always, or before the first generation, commit in any case.
    """
    counts = apply_changes(writer, comparison)
    if counts or always or generation is None:
        generation = writer.commit(progress).number
    comparison.state.generation = generation
    return Summary(
        counts.added,
        counts.changed,
        counts.deleted,
        comparison.unchanged,
        comparison.rejected,
        len(comparison.state.drafts),
        generation=generation,
        errors=comparison.errors,
    )


def logged_run(owner: str, cache: Path | None, run: Callable[[], R]) -> R:
    """Call run, and add its summary or its error to the run log in the folder cache.

    The cyclic garbage collector is disabled meanwhile: it would scan millions of live objects. A
    run that returns None is not logged.
    """
    started_at, started = now(), time.monotonic()
    if cache is not None:
        # An engine on another machine works without this folder, and then nothing is logged.
        with suppress(OSError):
            cache.mkdir(parents=True, exist_ok=True)
    summary: Summary | None = None
    error: BaseException | None = None
    collecting = gc.isenabled()
    gc.disable()
    try:
        summary = result = run()
    except BaseException as raised:
        error = raised
        raise
    finally:
        if collecting:
            gc.enable()
        seconds = time.monotonic() - started
        if summary is not None:
            summary.seconds = seconds
        if cache is not None and (summary is not None or error is not None):
            process = (started_at, owner, socket.gethostname(), os.getpid(), round(seconds, 3))
            run_log.append(cache, _record(process, summary, error))
    return result


def _record(
    process: tuple[str, str, str, int, float], summary: Summary | None, error: BaseException | None
) -> run_log.RunRecord:
    if summary is None:
        message = str(error) or type(error).__name__
        return run_log.RunRecord(*process, "failed", errors=(message,))
    outcome: run_log.Outcome = "done" if summary.held is None else "held"
    counts = {name: getattr(summary, name) for name in COUNTS}
    errors = tuple(map(str, summary.errors))
    return run_log.RunRecord(*process, outcome, summary.generation, counts, errors)


def newest_generation(engine: Engine) -> Generation | None:
    """Return the newest generation; None for a missing or damaged index.

    A rebuild needs no earlier generation. Every other use of a damaged index raises an error.
    """
    try:
        generations = engine.generations()
    except EngineError:
        return None
    return generations[-1] if generations else None
