"""Make an index equal to the content folder in one commit that writes only the changes."""

from __future__ import annotations

import gc
import getpass
import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from indexer.clock import now
from indexer.content.activity import InvalidActivity
from indexer.content.files import FolderScan, scan_folder
from indexer.content.scan_cache import FolderState, load_state, save_state
from indexer.engines.base import Engine, EngineError, Generation, OnWait
from indexer.indexing import run_log
from indexer.indexing.changes import Comparison, apply_changes, indexed_digests
from indexer.indexing.deletion_guard import DeletionGuard, Refusal
from indexer.indexing.record_changes import record_changes_or_explain
from indexer.indexing.removal_log import RunEffects, open_removal_log
from indexer.indexing.withdrawals import RunContext, apply_withdrawals, record_removals
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
    # The generation that a rollback restored. Then only withdrawals were applied.
    held: int | None = None
    errors: list[InvalidActivity] = field(default_factory=list)  # a file may have several
    removed: tuple[str, ...] = ()  # a message for each removed index of an earlier release
    # The lines that withdraw activities, such as "draft: true", by id. The run removed these
    # activities; they are counted in deleted.
    withdrawn: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None  # the deletions that the run refused
    # Whether all changes except refused deletions were applied. Otherwise only withdrawals were.
    applied: bool = True
    unrecorded: str = ""  # why the changes could not be added to the record of changes
    # Files and folders that are not read and look like Markdown. Only a full run counts them.
    passed_over: int = 0


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """Options of sync()."""

    rebuild: bool = False  # write the whole index again
    resume: bool = False  # also change an index that a rollback restored
    verify: bool = False  # read all files, even if they seem unchanged
    allow_deletions: bool = False  # do not refuse any deletions
    # If deletions are refused, apply all other changes. Otherwise apply only withdrawals.
    apply_rest: bool = False
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

    A file with errors keeps its last good version in the index, even in a rebuild, unless its
    author has withdrawn the activity. An index that a rollback restored is not changed without the
    resume option, except by withdrawals. If the guard refuses deletions, only withdrawals are
    applied; with the apply_rest option, everything else is applied too. cache: the folder of the
    scan cache, the removal log and the run log; without it every file is read and nothing is
    logged.

    Raises EngineError, and InvalidActivity if the content folder cannot be read.
    """

    def run() -> Summary:
        refused: Summary | None = None
        withdrawals_only = False
        while True:
            rebuild = options.rebuild and not withdrawals_only
            with (
                engine.writer(owner, options.timeout, rebuild, options.on_wait) as writer,
                open_removal_log(cache, engine.identity) as log,
            ):
                context = RunContext(engine, writer, content, log, cache)
                newest = newest_generation(engine)
                is_held = newest is not None and newest.restores is not None and not options.resume
                if newest is not None and not rebuild and (is_held or withdrawals_only):
                    summary = _withdraw_only(context, newest, options, refused)
                    summary.removed = writer.remove_former()
                    return summary
                if not is_held:
                    summary = _sync(context, newest, options)
                    if summary.applied or newest is None:
                        summary.removed = writer.remove_former()
                        return summary
                    refused = summary
            # The pending changes are discarded: withdrawals are applied to the current index.
            withdrawals_only = True

    return logged_run(owner, cache, run)


def _withdraw_only(
    context: RunContext, newest: Generation, options: SyncOptions, refused: Summary | None
) -> Summary:
    """Apply only the withdrawals, if a rollback holds the index or deletions are refused."""
    summary = refused or Summary(held=newest.restores, applied=False)
    try:
        result = apply_withdrawals(context, newest, options.progress)
    except InvalidActivity as error:
        summary.errors.append(error)
        return replace(summary, generation=newest.number)
    return replace(
        summary,
        generation=result.generation.number,
        deleted=len(result.withdrawn),
        withdrawn=result.withdrawn,
        unrecorded=result.unrecorded,
    )


def _sync(context: RunContext, newest: Generation | None, options: SyncOptions) -> Summary:
    # The scan begins after the lock is taken, so no edit between two runs is missed.
    engine, writer, content, cache = context.engine, context.writer, context.content, context.cache
    generation = newest.number if newest else None
    known = load_state(cache, content, engine.identity) if cache else FolderState()
    last = FolderState() if options.rebuild or options.verify else known
    digests = indexed_digests(writer, generation, last)
    guard = DeletionGuard(engine, content, context.log, allow=options.allow_deletions)
    comparison = Comparison(
        engine,
        scan_content(content, last, guard, cache, options.progress),
        last,
        digests,
        context.log,
        guard,
        writer.last_good,
        _public_digests(engine, known) if options.rebuild else None,
    )
    summary = commit_changes(context, comparison, generation, options)
    if cache is not None and summary.applied and comparison.state != last:
        save_state(cache, content, engine.identity, comparison.state, last)
    return summary


def _public_digests(engine: Engine, known: FolderState) -> Mapping[str, str]:
    """Return the digests of the newest readable generation, or of the last state."""
    with suppress(EngineError):
        for generation in reversed(engine.generations()):
            with suppress(EngineError), engine.snapshot(generation.number) as snapshot:
                return snapshot.digests()
    return known.digests


def scan_content(
    content: Path,
    last: FolderState,
    guard: DeletionGuard,
    index: Path | None,
    progress: Progress = no_progress,
) -> FolderScan:
    """Scan the content folder. Raises InvalidActivity; the error names a missing mount point."""
    try:
        return scan_folder(content, last, progress, index)
    except InvalidActivity as error:
        if places := guard.missing_places():
            raise InvalidActivity(error.path, 1, "", f"cannot be read: {places}") from None
        raise


def commit_changes(
    context: RunContext,
    comparison: Comparison,
    generation: int | None,
    options: SyncOptions = DEFAULT_OPTIONS,
) -> Summary:
    """Apply the changes of a comparison with a generation, and commit them.

    A rebuild, the first run, and a run that resumes after a rollback commit even without changes.
    Nothing is committed if deletions are refused, unless the apply_rest option is set.
    """
    counts = apply_changes(context.writer, comparison, context.content)
    state, refusal = comparison.state, comparison.refusal
    summary = Summary(
        generation=generation,
        errors=comparison.errors,
        refusal=refusal,
        rejected=comparison.rejected,
        drafts=len(state.drafts),
        passed_over=comparison.passed_over,
    )
    if refusal and (not options.apply_rest or generation is None):
        summary.applied = False
        return summary
    must_commit = bool(counts) or options.rebuild or options.resume or generation is None
    mounts = comparison.guard.mounts
    if refusal:
        mounts |= context.log.mounts()
    if must_commit or options.allow_deletions or mounts != context.log.mounts():
        _record_effects(context, comparison, generation or 0, mounts)
    if must_commit:
        # The first run of a release may find an index of the one before.
        public = () if generation else tuple(context.writer.public_ids())
        summary.generation = context.writer.commit(options.progress).number
        changed = None if options.rebuild or options.resume else counts.ids
        summary.unrecorded = record_changes_or_explain(context.engine, changed, public)
    context.log.publish(state.digests, state.rejected)
    state.generation = summary.generation
    return replace(
        summary,
        added=counts.added,
        changed=counts.changed,
        deleted=counts.deleted,
        unchanged=comparison.unchanged,
        withdrawn=comparison.withdrawn,
    )


def _record_effects(
    context: RunContext, comparison: Comparison, generation: int, mounts: set[str]
) -> None:
    """Record removed and added activities in the removal log."""
    refused = comparison.refusal.ids if comparison.refusal else frozenset[str]()
    effects = RunEffects(
        after=generation,
        activities=len(comparison.public),
        additions=comparison.additions,
        allows_deletions=comparison.guard.allow,
        mounts=mounts,
    )
    deleted = dict.fromkeys(comparison.deleted - refused, "")
    record_removals(context, effects, deleted | comparison.withdrawn)


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
    if summary.refusal:
        outcome = "refused"
    counts = {name: getattr(summary, name) for name in COUNTS}
    errors = tuple(map(str, (*filter(None, [summary.refusal]), *summary.errors)))
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
