"""Reindexing on request: jobs that run one at a time, each in its own process.

A job in a worker's process would delay that worker's responses, because Python runs one thread at a
time. `python -m webapp.ops.reindex_jobs ID FD` is the process of a job. The states of all jobs are
in one file that every worker reads. A waiting and a running job hold a kernel lock, which ends with
the process, however that ends; a process id could soon belong to another process.
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
from indexer.content.visible_text import cut_message
from indexer.engines.base import EngineError
from indexer.engines.factory import open_engine
from indexer.indexing.sync import COUNTS, SyncOptions, owner_name, sync
from indexer.settings import Settings

FILE_NAME = "reindex.json"  # in the index folder
MAX_JOBS = 100  # kept in the file
MAX_ERRORS = 100  # kept of a job
LOCK_TIMEOUT = 3600.0  # seconds that a job waits for another writer
PROGRESS_INTERVAL = 0.2  # seconds
WAITING, RUNNING = "waiting", "running"  # then "done", "held" or "failed"
NO_RESULT = "the process of the job ended without a result: see the messages of the server"

Job = dict[str, Any]  # webapp.api.schemas.Job


def _try_lock(lock: TextIOWrapper) -> bool:
    """Lock a file; return False if another process has locked it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class ReindexJobs:
    """The jobs of all workers: at most one that runs and one that waits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open_lock(self, name: str) -> TextIOWrapper:
        """Open the file of a lock. Raises OSError."""
        return (self._settings.index / f"reindex.{name}.lock").open("a")

    @contextmanager
    def jobs(self) -> Iterator[dict[str, Job]]:
        """Lock the jobs, yield them by id, and write the changes back. Raises OSError."""
        path = self._settings.index / FILE_NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.open_lock("jobs") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                jobs = dict(json.loads(path.read_bytes()))
            except (FileNotFoundError, ValueError, TypeError):
                jobs = {}
            before = json.dumps(jobs)
            yield jobs
            if (after := json.dumps(dict(list(jobs.items())[-MAX_JOBS:]))) != before:
                temporary = path.with_suffix(".new")
                temporary.write_text(after)
                temporary.replace(path)

    def request(self) -> str:
        """Return the id of a job that begins after this call: the waiting one, or a new one.

        Raises OSError.
        """
        with self.jobs() as jobs, self.open_lock(WAITING) as lock:
            waiting = [id for id, job in jobs.items() if job["state"] == WAITING]
            if not _try_lock(lock) and waiting:
                return waiting[-1]
            _fail(jobs, WAITING)
            id = secrets.token_hex(8)
            jobs[id] = {"id": id, "state": WAITING, "requested": now()}
            process = subprocess.Popen(  # noqa: S603 - the id is random hexadecimal
                [sys.executable, "-m", "webapp.ops.reindex_jobs", id, str(lock.fileno())],
                env=self._settings.to_environment(),
                pass_fds=[lock.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        threading.Thread(target=process.wait, daemon=True).start()  # reaps the process
        return id

    def get(self, id: str) -> Job | None:
        """Return a job; a job whose process has died has failed. Raises OSError."""
        with self.jobs() as jobs:
            if id in jobs and (state := jobs[id]["state"]) in (WAITING, RUNNING):
                with self.open_lock(state) as lock:
                    if _try_lock(lock):
                        _fail(jobs, state)
            return jobs.get(id)


def _fail(jobs: dict[str, Job], state: str) -> None:
    """Mark the jobs in a state as failed: no process holds the lock of that state."""
    for job in jobs.values():
        if job["state"] == state:
            job |= {"state": "failed", "error": NO_RESULT}


def main(id: str, waiting_lock: int) -> None:
    """Run a job after the previous one has ended.

    waiting_lock: file descriptor of the lock of the waiting job, inherited from the worker.
    """
    reindex_jobs = ReindexJobs(Settings.from_environment())
    fcntl.flock(waiting_lock, fcntl.LOCK_EX)
    with reindex_jobs.open_lock(RUNNING) as running_lock:
        fcntl.flock(running_lock, fcntl.LOCK_EX)
        with reindex_jobs.jobs() as jobs:
            _fail(jobs, RUNNING)
            job = jobs[id] = jobs.get(id, {"id": id}) | {"state": RUNNING, "started": now()}
            # From now on a request starts a new job: this run may not see what has changed since.
            os.close(waiting_lock)
        result = _run(reindex_jobs, job)
        with reindex_jobs.jobs() as jobs:
            jobs[id] = job | result


def _run(reindex_jobs: ReindexJobs, job: Job) -> Job:
    """Index, write the progress to the job, and return its result."""
    settings = Settings.from_environment()
    last_written = 0.0

    def write_progress(**progress: Any) -> None:
        nonlocal last_written
        last_written = time.monotonic()
        job["progress"] = progress
        with suppress(OSError), reindex_jobs.jobs() as jobs:  # must not stop the run
            jobs[job["id"]] = job

    def progress(phase: str, done: int, total: int) -> None:
        if time.monotonic() - last_written >= PROGRESS_INTERVAL:
            write_progress(phase=phase, done=done, total=total)

    options = SyncOptions(
        apply_rest=True,
        timeout=LOCK_TIMEOUT,
        progress=progress,
        on_wait=lambda holder: write_progress(phase=WAITING, behind=holder),
    )
    owner = owner_name("POST /api/v1/reindex")
    try:
        summary = sync(
            open_engine(settings), settings.content, owner, options, cache=settings.index
        )
    except (EngineError, InvalidActivity, OSError) as error:
        return {"state": "failed", "error": cut_message(str(error)), "ended": now()}
    for line in summary.removed:
        sys.stderr.write(f"activities: {line}\n")
    result: Job = {
        "state": "done" if summary.held is None else "held",
        "ended": now(),
        "generation": summary.generation,
        "seconds": round(summary.seconds, 3),
        "counts": {name: getattr(summary, name) for name in COUNTS},
        "errors": [str(error) for error in summary.errors[:MAX_ERRORS]],
        "withdrawn": list(summary.withdrawn)[:MAX_ERRORS],
    }
    if summary.refusal:
        result["refusal"] = str(summary.refusal)
    return result


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
