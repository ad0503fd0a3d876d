"""Makes an index equal content/: only what changed is touched, in one commit."""

from __future__ import annotations

import gc
import getpass
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from indexer.clock import now
from indexer.content.activity import Activity, InvalidActivity, ParsedFile, is_id
from indexer.content.files import ContentFile, alias_claim, read_file, scan_folder, unchanged_file
from indexer.content.scan_cache import FolderState, Stamp, load_state, save_state, trusted_stamp
from indexer.engines.base import Engine, EngineError, OnWait, Writer
from indexer.indexing import run_log
from indexer.progress import Progress, no_progress
from indexer.query.plan import ID_COLUMN

T = TypeVar("T")

COUNTS = ("added", "changed", "deleted", "unchanged", "rejected", "drafts")
LOCK_TIMEOUT = 30.0  # seconds to wait for another writer before saying who it is


@dataclass(slots=True)
class Summary:
    """What a run did. errors has one line for everything wrong; rejected counts files."""

    added: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    rejected: int = 0
    drafts: int = 0
    seconds: float = 0.0
    generation: int | None = None
    held: int | None = None  # the generation a rollback holds the index at: nothing was indexed
    errors: list[InvalidActivity] = field(default_factory=list)


def owner_name(command: str) -> str:
    """Who is writing, for people: "activities index by ana@host"."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = str(os.getuid())
    return f"{command} by {user}@{socket.gethostname()}"


def sync(
    engine: Engine,
    content: Path,
    owner: str,
    *,
    cache: Path | None = None,
    rebuild: bool = False,
    resume: bool = False,
    verify: bool = False,
    timeout: float = LOCK_TIMEOUT,
    progress: Progress = no_progress,
    on_wait: OnWait = lambda _: None,
) -> Summary:
    """Index what was added or changed since the last run, and remove what is gone.

    A file that cannot be read keeps its last good version, through a rebuild too. An index held by
    a rollback is left as it is unless resume. cache is the folder where the scan is kept, so that the
    next run reads only what may have changed since, and the log of runs; verify reads everything.
    progress hears of each step, on_wait for whom it waits. Raises EngineError, and InvalidActivity where
    the content folder itself cannot be read.
    """
    summary = Summary()
    with (
        logged_run(owner, cache, summary),
        engine.writer(owner, timeout, rebuild, on_wait) as writer,
    ):
        _sync(engine, writer, content, summary, cache, rebuild, resume, verify, progress)
    return summary


@contextmanager
def logged_run(owner: str, cache: Path | None, summary: Summary) -> Iterator[None]:
    """A run: timed, in the log of the folder cache, and without Python's collector of cycles, which would look at
    millions of objects that all stay again and again."""
    began, started = now(), time.monotonic()
    stopped: BaseException | None = None
    if cache is not None:
        with suppress(
            OSError
        ):  # an engine elsewhere does not need it, and without it there is no log
            cache.mkdir(parents=True, exist_ok=True)
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    except BaseException as error:
        stopped = error
        raise
    finally:
        if collecting:
            gc.enable()
        summary.seconds = time.monotonic() - started
        if cache is not None:
            run_log.append(cache, _run(began, owner, summary, stopped))


def _run(
    began: str, owner: str, summary: Summary, stopped: BaseException | None
) -> run_log.RunRecord:
    """A run as the log keeps it."""
    who = (began, owner, socket.gethostname(), os.getpid(), round(summary.seconds, 3))
    if stopped is not None:
        return run_log.RunRecord(*who, "failed", errors=(str(stopped) or type(stopped).__name__,))
    counts = {name: getattr(summary, name) for name in COUNTS}
    errors = tuple(map(str, summary.errors))
    return run_log.RunRecord(
        *who, "done" if summary.held is None else "held", summary.generation, counts, errors
    )


def _sync(
    engine: Engine,
    writer: Writer,
    content: Path,
    summary: Summary,
    cache: Path | None,
    rebuild: bool,
    resume: bool,
    verify: bool,
    progress: Progress,
) -> None:
    # The lock is held since before the scan: an edit saved between two runs is seen by one of them.
    current = current_generation(engine, summary)
    if summary.held is not None and not resume:
        return
    summary.held = None
    last = (
        FolderState()
        if rebuild or verify or cache is None
        else load_state(cache, content, engine.identity)
    )
    found = compare(engine, writer, current, content, last, summary, progress)
    if summary.added or summary.changed or summary.deleted or rebuild or resume or current is None:
        current = found.generation = writer.commit(progress).number
    summary.generation = current
    if cache is not None and found != last:
        save_state(cache, content, engine.identity, found, last)


class Target(Protocol):
    """What is told how the content differs from the index: an engine's Writer, or who only looks."""

    def digests(self) -> Mapping[str, str]: ...
    def last_good(self, id: str) -> Activity | None: ...
    def put(self, activity: Activity) -> None: ...
    def put_stored(self, stored: Activity) -> None: ...
    def delete(self, id: str) -> None: ...


def compare(
    engine: Engine,
    target: Target,
    current: int | None,
    content: Path,
    last: FolderState,
    summary: Summary,
    progress: Progress = no_progress,
) -> FolderState:
    """Tell a target what content has that generation current has not, and count it. Returns the scan.

    Raises EngineError, and InvalidActivity where the content folder itself cannot be read.
    """
    # What the index has is known from the last scan, or asked where another generation followed it.
    known = last.digests if last.generation == current and current is not None else target.digests()
    at = time.time_ns()
    digests: dict[str, str] = {}
    stamps: dict[str, Stamp] = {}
    claims: dict[str, tuple[int, list[str]]] = {}
    drafts: set[str] = set()
    rejected: set[str] = set()

    def take(entry: ContentFile, parsed: ParsedFile | None) -> None:
        id = entry.id
        if parsed is None and id not in last.drafts and last.digests.get(id) != known.get(id):
            parsed = read_file(entry)
        if parsed is None:
            digest = last.digests.get(id)
            claim = last.claims.get(id)
        elif parsed.errors:
            summary.errors.extend(parsed.errors)
            summary.rejected += 1
            rejected.add(id)
            for kept in _stands_for(engine, id):
                if kept in known:
                    digests[kept] = known[kept]
                elif stored := target.last_good(kept):
                    target.put_stored(stored)
                    digests[kept] = stored.digest
            return
        elif parsed.activity is None:  # it vanished before it could be read
            return
        else:
            meta = parsed.activity.meta
            digest = None if "draft" in meta else parsed.activity.digest
            claim = alias_claim(parsed)
        if entry.stamp:
            stamps[id] = trusted_stamp(entry.stamp, at)
        if claim:
            claims[id] = claim
        if digest is None:
            summary.drafts += 1
            drafts.add(id)
            return
        digests[id] = digest
        if id not in known:
            summary.added += 1
        elif known[id] != digest:
            summary.changed += 1
        else:
            summary.unchanged += 1
            return
        assert parsed is not None
        assert parsed.activity is not None
        target.put(parsed.activity)

    same: set[str] = set()
    for entry, parsed in scan_folder(content, last, same, progress):
        take(entry, parsed)
    if known is last.digests:  # nearly all of a collection, usually, so in a few strides
        unindexed = same - known.keys()
        stamps = _only(last.stamps, same) | stamps
        digests = _only(known, same) | digests
        drafts |= unindexed
        summary.unchanged += len(same) - len(unindexed)
        summary.drafts += len(unindexed)
    else:
        for id in sorted(same):
            take(unchanged_file(content, id, last), None)
    for id in known.keys() - digests.keys():
        target.delete(id)
        summary.deleted += 1
    return FolderState(current, stamps, digests, claims, frozenset(drafts), frozenset(rejected))


def _only(values: Mapping[str, T], ids: AbstractSet[str]) -> dict[str, T]:
    """The values of some ids, nearly all of those there are."""
    found = dict(values)
    for id in values.keys() - ids:
        del found[id]
    return found


def _stands_for(engine: Engine, id: str) -> Iterable[str]:
    """The ids whose last good versions are kept where an entry is wrong: of a folder, all in it."""
    if not is_id(id.removesuffix("/")):  # no activity ever had it, and it may be no Unicode
        return ()
    if not id.endswith("/"):
        return (id,)
    try:
        with engine.snapshot() as snapshot:
            limit = snapshot.generation.activities
            return [found for found, _ in snapshot.terms(ID_COLUMN, id, limit)]
    except EngineError:
        return ()


def current_generation(engine: Engine, summary: Summary) -> int | None:
    """The number of the newest generation, noted with whether a rollback holds the index there; None if there is none."""
    try:
        generations = engine.generations()
    except EngineError:  # damaged: a rebuild does not need them, and anything else will say so
        return None
    if not generations:
        return None
    summary.generation, summary.held = generations[-1].number, generations[-1].restores
    return summary.generation
