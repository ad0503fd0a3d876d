"""Reindexing on call: one run at a time in a process of its own, that says how far it is in a file all workers read.

A run in a worker's own process would hold up that worker's answers (Python runs one thread at a time).
`python -m webapp.reindex ID` is that process.
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
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexer.activity import InvalidActivity
from indexer.engines import EngineError, open_engine
from indexer.settings import Settings
from indexer.sync import COUNTS, owner_name, sync

NAME = "reindex.json"
KEPT = 100  # jobs
PATIENCE = 3600.0  # seconds that a run waits for another writer
PACE = 0.2  # seconds between two notes of progress
OVER = ("done", "held", "failed")

Job = dict[str, Any]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Jobs:
    """The jobs of an index folder, by id."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    @contextmanager
    def _locked(self) -> Iterator[dict[str, Job]]:
        """The jobs, written back whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            jobs = self._read()
            yield jobs
            beside = self._path.with_suffix(".new")
            beside.write_text(json.dumps(dict(list(jobs.items())[-KEPT:])))
            beside.replace(self._path)

    def _read(self) -> dict[str, Job]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def add(self) -> str:
        """A new job that waits; its id."""
        id = secrets.token_hex(8)
        with self._locked() as jobs:
            jobs[id] = {"id": id, "state": "waiting", "requested": _now(), "pid": os.getpid()}
        return id

    def update(self, id: str, **values: Any) -> None:
        """Change what is known of a job."""
        with self._locked() as jobs:
            if id in jobs:
                jobs[id] |= values

    def get(self, id: str) -> Job | None:
        """A job; one whose process has died without a word has failed."""
        job = self._read().get(id)
        if job and job["state"] not in OVER and not Path(f"/proc/{job['pid']}").exists() and Path("/proc").exists():
            return job | {"state": "failed", "error": "its process ended without a result"}
        return job


class Reindexer:
    """A worker's queue of runs, of at most one: who asks while another run goes on joins the one that is next."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.jobs = Jobs(settings.index)
        self._lock = threading.Lock()
        self._next = ""
        self._busy = False

    def ask(self) -> str:
        """The id of a run that begins after this call."""
        with self._lock:
            if not self._next:
                self._next = self.jobs.add()
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._work, name="reindex").start()
            return self._next

    def _work(self) -> None:
        while True:
            with self._lock:
                job, self._next = self._next, ""
                if not job:
                    self._busy = False
                    return
            found = self._settings
            env = {name: value for name, value in os.environ.items() if name != "ACTIVITIES_TOKEN"}
            env |= {
                "ACTIVITIES_CONTENT": str(found.content),
                "ACTIVITIES_INDEX": str(found.index),
                "ACTIVITIES_ENGINE": found.engine,
            }
            ended = subprocess.run([sys.executable, "-m", "webapp.reindex", job], env=env,  # noqa: S603 - an id of ours
                                   stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, check=False)  # fmt: skip
            if (known := self.jobs.get(job)) and known["state"] not in OVER:
                self.jobs.update(job, state="failed", error=f"its process ended with {ended.returncode}", ended=_now())


def main(job: str) -> None:
    """Do one job."""
    env = os.environ
    settings = Settings(Path(env["ACTIVITIES_CONTENT"]), Path(env["ACTIVITIES_INDEX"]), env["ACTIVITIES_ENGINE"])
    jobs = Jobs(settings.index)
    jobs.update(job, state="running", started=_now(), pid=os.getpid())
    said = 0.0

    def progress(phase: str, done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said >= PACE:
            said = time.monotonic()
            jobs.update(job, progress={"phase": phase, "done": done, "total": total})

    try:
        summary = sync(open_engine(settings), settings.content, owner_name("POST /api/v1/reindex"), cache=settings.index,
                       timeout=PATIENCE, progress=progress)  # fmt: skip
    except (EngineError, InvalidActivity, OSError) as error:
        jobs.update(job, state="failed", error=str(error), ended=_now())
        return
    jobs.update(job, state="done" if summary.held is None else "held", ended=_now(), generation=summary.generation,
                seconds=round(summary.seconds, 3), counts={name: getattr(summary, name) for name in COUNTS},
                errors=[str(error) for error in summary.errors[:100]])  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
