"""Makes an index equal content/: only what changed is touched, in one commit."""

from __future__ import annotations

import getpass
import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from indexer.activity import InvalidActivity
from indexer.content import check
from indexer.engines import Engine, EngineError, Generation
from indexer.progress import Progress, nothing

WAIT = 30.0  # seconds to wait for another writer before saying who it is


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
    engine: Engine, content: Path, owner: str, *, rebuild: bool = False, resume: bool = False, timeout: float = WAIT,
    progress: Progress = nothing,
) -> Summary:  # fmt: skip
    """Index what was added or changed since the last run, and remove what is gone.

    A file that cannot be read keeps its last good version, through a rebuild too. An index held by
    a rollback is left as it is unless resume. progress hears of each step. Raises EngineError, and InvalidActivity where the
    content folder itself cannot be read.
    """
    summary = Summary()
    started = time.monotonic()
    # The lock is taken before the scan: an edit saved between two runs is seen by one of them.
    with engine.writer(owner, timeout, rebuild) as writer:
        generations = _generations(engine)
        if generations and generations[-1].restores is not None and not resume:
            summary.held = generations[-1].restores
            return summary
        known = dict(writer.digests())
        current = bool(generations)
        seen: set[str] = set()
        for entry, parsed in check(content, progress):
            if parsed.errors:
                summary.errors.extend(parsed.errors)
                summary.rejected += 1
                for id in _stands_for(engine, entry.id):
                    seen.add(id)
                    if id not in known and (stored := writer.last_good(id)):
                        writer.keep(stored)
                continue
            activity = parsed.activity
            assert activity is not None
            if "draft" in activity.meta:
                summary.drafts += 1
                continue
            seen.add(activity.id)
            if activity.id not in known:
                summary.added += 1
            elif known[activity.id] != activity.digest:
                summary.changed += 1
            else:
                summary.unchanged += 1
                continue
            writer.put(activity)
        for id in known.keys() - seen:
            writer.delete(id)
            summary.deleted += 1
        if summary.added or summary.changed or summary.deleted or rebuild or resume or not current:
            summary.generation = writer.commit(progress).number
        else:
            summary.generation = generations[-1].number
    summary.seconds = time.monotonic() - started
    return summary


def _stands_for(engine: Engine, id: str) -> Iterable[str]:
    """The ids whose last good versions are kept where an entry is wrong: of a folder, all in it."""
    if not id.endswith("/"):
        return (id,) if id else ()
    try:
        with engine.snapshot() as snapshot:
            return [found for found, _ in snapshot.terms("id", id, snapshot.generation.activities)]
    except EngineError:
        return ()


def _generations(engine: Engine) -> tuple[Generation, ...]:
    try:
        return engine.generations()
    except EngineError:  # damaged: a rebuild does not need them, and anything else will say so
        return ()
