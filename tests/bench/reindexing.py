"""Measure searches while content is reindexed: constant load, and one saved file per second."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.engines.factory import open_engine
from indexer.settings import Settings
from tests.bench.http_load import WORKERS, free_port, parse_wrk, run_wrk, running_server
from tests.memory import process_tree, smaps_rollup
from tests.serving import COMMAND, environment

CLIENTS = 4
SECONDS = 60
# Before the measurement, so that the workers' caches reach their maximum size. The kernel may give
# all of four connections to one worker, so the warm-up has more clients.
WARM_UP_CLIENTS = 32
WARM_UP_SECONDS = 20
FIRST_SCAN_SECONDS = 5  # in which the watcher reads all files after its start


@dataclass(frozen=True, slots=True)
class ReindexingLoad:
    """The results of SECONDS under load. Latencies are in seconds, memory is in bytes."""

    activities: int
    requests: int
    errors: int
    generations: int  # commits during the measurement
    p50: float
    p99: float
    memory_before: int  # Private_Dirty of the workers together
    memory_after: int
    watcher_before: int  # Private_Dirty of the watcher
    watcher_after: int


def server_processes(pid: int) -> tuple[list[int], list[int]]:
    """Return the process ids of a server's workers and of its watchers.

    Python's resource tracker is neither.
    """
    commands = {
        child: Path(f"/proc/{child}/cmdline").read_text()
        for child in process_tree(pid)
        if child != pid
    }
    watchers = [child for child, line in commands.items() if "webapp.serving.watcher" in line]
    workers = [
        child
        for child, line in commands.items()
        if child not in watchers and "resource_tracker" not in line
    ]
    return workers, watchers


def server_memory(pid: int) -> tuple[int, int]:
    """Return the Private_Dirty bytes of a server's workers together, and of its watcher."""
    workers, watchers = (
        sum(smaps_rollup(process, "Private_Dirty") for process in processes)
        for processes in server_processes(pid)
    )
    return workers, watchers


def measure(settings: Settings, addresses: Sequence[str]) -> ReindexingLoad:
    """Run `activities serve --watch` under the load of CLIENTS clients."""
    port = free_port()
    arguments = [COMMAND, "serve", "--watch", "--workers", str(WORKERS), "--port", str(port)]
    engine = open_engine(settings)
    file = min(path for path in settings.content.rglob("*.md") if not path.name.startswith("_"))
    text = file.read_text()
    stop = threading.Event()

    def save_each_second() -> None:
        number = 0
        while not stop.wait(1):
            number += 1
            file.write_text(f"{text}\nSaved {number} times.\n")

    def newest_generation() -> tuple[int, int]:
        with engine.snapshot() as snapshot:
            return snapshot.generation.number, snapshot.generation.activities

    with running_server(arguments, port, "/readyz", environment(settings)) as process:
        editor = threading.Thread(target=save_each_second)
        editor.start()
        try:
            time.sleep(FIRST_SCAN_SECONDS)
            run_wrk(port, addresses, WARM_UP_CLIENTS, WARM_UP_SECONDS)
            before, first = server_memory(process.pid), newest_generation()[0]
            output = run_wrk(port, addresses, CLIENTS, SECONDS)
            after, (last, activities) = server_memory(process.pid), newest_generation()
        finally:
            stop.set()
            editor.join()
            file.write_text(text)
    figures, failures = parse_wrk(output)
    return ReindexingLoad(
        activities=activities,
        requests=int(figures["requests"]),
        errors=failures,
        generations=last - first,
        p50=figures["p50"],
        p99=figures["p99"],
        memory_before=before[0],
        memory_after=after[0],
        watcher_before=before[1],
        watcher_after=after[1],
    )


def copy_content(content: Path, folder: Path) -> Settings:
    """Copy a content folder below another folder, so that files can be changed."""
    for path in content.rglob("*"):
        if path.is_file() and not path.is_relative_to(content / "_import"):
            target = folder / "content" / path.relative_to(content)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return Settings(content=folder / "content", index=folder / "index")
