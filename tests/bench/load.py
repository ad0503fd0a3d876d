"""Searching while reindexing: clients without a pause, and one file that is saved each second."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.engines.factory import open_engine
from indexer.settings import Settings
from tests.bench.http_load import WORKERS, free_port, parse, running, wrk
from tests.bench.indexing import family, rollup
from tests.serving import COMMAND, environment

CLIENTS = 4
WARM = 20  # seconds of the same before anything is measured: what workers keep grows to its bound first
WARMING = (
    32  # clients meanwhile: the kernel deals connections out, and of four all may go to one worker
)
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Held:
    """What 60 seconds were like: seconds of an answer, bytes that the workers alone have, and that the watcher has."""

    activities: int
    requests: int
    errors: int
    generations: int
    p50: float
    p99: float
    memory_before: int
    memory_after: int
    watcher_before: int
    watcher_after: int


def processes(pid: int) -> tuple[list[int], list[int]]:
    """The workers of a server, and its watchers; Python's own resource tracker is neither."""
    said = {
        found: Path(f"/proc/{found}/cmdline").read_text() for found in family(pid) if found != pid
    }
    watchers = [found for found, line in said.items() if "webapp.serving.watcher" in line]
    return [
        f for f, line in said.items() if f not in watchers and "resource_tracker" not in line
    ], watchers


def memory(pid: int) -> tuple[int, int]:
    """Private_Dirty of the workers of a server together, and of its watcher, in bytes."""
    workers, watchers = (
        sum(rollup(found, "Private_Dirty") for found in members) for members in processes(pid)
    )
    return workers, watchers


def hold(settings: Settings, addresses: Sequence[str]) -> Held:
    """Hold CLIENTS clients against `activities serve --watch`."""
    port = free_port()
    arguments = [COMMAND, "serve", "--watch", "--workers", str(WORKERS), "--port", str(port)]
    engine = open_engine(settings)
    file = min(path for path in settings.content.rglob("*.md") if not path.name.startswith("_"))
    text = file.read_text()
    stop = threading.Event()

    def edit() -> None:
        number = 0
        while not stop.wait(1):
            number += 1
            file.write_text(f"{text}\nSaved {number} times.\n")

    def newest() -> tuple[int, int]:
        with engine.snapshot() as snapshot:
            return snapshot.generation.number, snapshot.generation.activities

    with running(arguments, port, "/readyz", environment(settings)) as process:
        editor = threading.Thread(target=edit)
        editor.start()
        try:
            time.sleep(5)  # the watcher looks at every file first
            wrk(port, addresses, WARMING, WARM)
            before, first = memory(process.pid), newest()[0]
            said = wrk(port, addresses, CLIENTS, SECONDS)
            after, (last, activities) = memory(process.pid), newest()
        finally:
            stop.set()
            editor.join()
            file.write_text(text)
    found, failures = parse(said)
    return Held(
        activities,
        int(found["requests"]),
        failures,
        last - first,
        found["p50"],
        found["p99"],
        before[0],
        after[0],
        before[1],
        after[1],
    )


def copied(content: Path, folder: Path) -> Settings:
    """The project's own activities, where they may be changed."""
    for path in content.rglob("*"):
        if path.is_file() and not path.is_relative_to(content / "_import"):
            to = folder / "content" / path.relative_to(content)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())
    return Settings(content=folder / "content", index=folder / "index")
