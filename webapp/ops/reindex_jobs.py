"""Reindexing on call: one run at a time in a process of its own, that says how far it is in a file all workers read.

A run in a worker's own process would hold up that worker's answers (Python runs one thread at a time).
`python -m webapp.ops.reindex_jobs ID TURN` is that process. Who waits and who runs holds a lock of the kernel's,
which ends with its process however that ends: a number of a process is soon another's.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any

from indexer.clock import now
from indexer.content.activity import InvalidActivity
from indexer.engines.base import EngineError
from indexer.engines.factory import open_engine
from indexer.indexing.sync import COUNTS, SyncOptions, owner_name, sync
from indexer.settings import Settings

NAME = "reindex.json"
KEPT = 100  # jobs
PATIENCE = 3600.0  # seconds that a run waits for another writer
PACE = 0.2  # seconds between two notes of progress
WAITING, RUNNING = "waiting", "running"  # and then done, held or failed
LOST = "its process ended without a result: see the messages of the server"

Job = dict[str, Any]


def _free(lock: TextIOWrapper) -> bool:
    """Take a lock if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class ReindexJobs:
    """The runs that were asked for, whichever worker was asked: at most one that runs and one that waits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def lock(self, name: str) -> TextIOWrapper:
        """The file of a lock. Raises OSError."""
        return (self._settings.index / f"reindex.{name}.lock").open("a")

    @contextmanager
    def jobs(self) -> Iterator[dict[str, Job]]:
        """All jobs by id, that nobody else changes meanwhile; written back. Raises OSError."""
        path = self._settings.index / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.lock("jobs") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                jobs = dict(json.loads(path.read_bytes()))
            except (FileNotFoundError, ValueError, TypeError):
                jobs = {}
            before = json.dumps(jobs)
            yield jobs
            if (after := json.dumps(dict(list(jobs.items())[-KEPT:]))) != before:
                beside = path.with_suffix(".new")
                beside.write_text(after)
                beside.replace(path)

    def ask(self) -> str:
        """The id of a run that begins after this call: the one that waits already, or a new one. Raises OSError."""
        with self.jobs() as jobs, self.lock(WAITING) as turn:
            waiting = [id for id, job in jobs.items() if job["state"] == WAITING]
            if not _free(turn) and waiting:
                return waiting[-1]
            _lost(jobs, WAITING)
            id = secrets.token_hex(8)
            jobs[id] = {"id": id, "state": WAITING, "requested": now()}
            process = subprocess.Popen(  # noqa: S603 - an id of ours
                [sys.executable, "-m", "webapp.ops.reindex_jobs", id, str(turn.fileno())],
                env=self._settings.to_environment(),
                pass_fds=[turn.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        threading.Thread(target=process.wait, daemon=True).start()  # no zombie
        return id

    def get(self, id: str) -> Job | None:
        """A job; one whose process has died without a word has failed. Raises OSError."""
        with self.jobs() as jobs:
            if id in jobs and (state := jobs[id]["state"]) in (WAITING, RUNNING):
                with self.lock(state) as lock:
                    if _free(lock):
                        _lost(jobs, state)
            return jobs.get(id)


def _lost(jobs: dict[str, Job], state: str) -> None:
    """Note that no job is in a state any more, whatever it says."""
    for job in jobs.values():
        if job["state"] == state:
            job |= {"state": "failed", "error": LOST}


def main(id: str, turn: int) -> None:
    """Do one job, when the one before has ended."""
    reindexer = ReindexJobs(Settings.from_environment())
    fcntl.flock(turn, fcntl.LOCK_EX)  # it has it from who began it
    with reindexer.lock(RUNNING) as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        with reindexer.jobs() as jobs:
            _lost(jobs, RUNNING)
            job = jobs[id] = jobs.get(id, {"id": id}) | {"state": RUNNING, "started": now()}
            os.close(turn)  # who asks from now on may have changed what this run has read
        found = _run(reindexer, job)
        with reindexer.jobs() as jobs:
            jobs[id] = job | found


def _run(reindexer: ReindexJobs, job: Job) -> Job:
    """Index, and say how far it is; what came of it."""
    settings = Settings.from_environment()
    said = 0.0

    def note(**progress: Any) -> None:
        nonlocal said
        said = time.monotonic()
        job["progress"] = progress
        with suppress(OSError), reindexer.jobs() as jobs:  # that it cannot be noted stops no run
            jobs[job["id"]] = job

    def progress(phase: str, done: int, total: int) -> None:
        if time.monotonic() - said >= PACE:
            note(phase=phase, done=done, total=total)

    try:
        summary = sync(
            open_engine(settings),
            settings.content,
            owner_name("POST /api/v1/reindex"),
            SyncOptions(
                timeout=PATIENCE,
                progress=progress,
                on_wait=lambda who: note(phase=WAITING, behind=who),
            ),
            cache=settings.index,
        )
    except (EngineError, InvalidActivity, OSError) as error:
        return {"state": "failed", "error": str(error), "ended": now()}
    return {
        "state": "done" if summary.held is None else "held",
        "ended": now(),
        "generation": summary.generation,
        "seconds": round(summary.seconds, 3),
        "counts": {name: getattr(summary, name) for name in COUNTS},
        "errors": [str(error) for error in summary.errors[:100]],
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
