"""How long indexes take to make and to keep up, and how large they and their makers are."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from indexer.settings import Settings
from tests.bench import corpus
from tests.bench.corpus import Paragraph
from tests.bench.peers.base import Measured
from tests.bench.timing import Spent, corpus_out_of_the_way, spent, typical
from tests.serving import COMMAND, environment

REBUILD = "activities index --rebuild"
RUNS = 3  # of each piece of work; the median counts
PATIENCE = 20.0  # seconds: work that takes longer is not repeated


def build_all(
    engines: Sequence[Measured], paragraphs: Sequence[Paragraph], folder: Path, settings: Settings
) -> dict[str, Spent]:
    """Build each engine's index from parsed paragraphs, and ours from files too (REBUILD), taking turns; the last
    ones stay."""
    prepared = {engine.name: engine.prepare(paragraphs) for engine in engines}

    def build(engine: Measured) -> Spent:
        own = fresh(folder / engine.name)
        return spent(lambda: engine.build(own, prepared[engine.name]))

    def rebuild() -> Spent:
        fresh(settings.index)
        os.sync()  # what the others wrote is not to be on its way to the disk meanwhile
        return command(settings, "index", "--rebuild")

    work: dict[str, Callable[[], Spent]] = {
        engine.name: partial(build, engine) for engine in engines
    }
    work[REBUILD] = rebuild
    runs: dict[str, list[Spent]] = {name: [] for name in work}
    with corpus_out_of_the_way():
        for _ in range(RUNS):
            for name, run in work.items():
                if not runs[name] or runs[name][0].seconds <= PATIENCE:
                    runs[name].append(run())
    return {name: typical(found) for name, found in runs.items()}


def build_once(
    engine: Measured, paragraphs: Sequence[Paragraph], edited: Sequence[Paragraph], folder: Path
) -> Spent:
    """A build that takes minutes, with its edits: kept from one run to the next, and so is its time."""
    note = folder / "built.json"
    if note.exists():
        engine.open(folder)
        return Spent(**json.loads(note.read_bytes()))
    fresh(folder)
    taken = spent(lambda: engine.build(folder, engine.prepare(paragraphs)))
    engine.open(folder)
    for one in edited:
        engine.update(one)
    note.write_text(json.dumps({"seconds": taken.seconds, "cpu": taken.cpu}))
    return taken


def fresh(folder: Path) -> Path:
    """The folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def command(settings: Settings, *arguments: str) -> Spent:
    """Run `activities`, process start included."""
    return spent(
        lambda: subprocess.run(
            [COMMAND, *arguments], env=environment(settings), check=True, capture_output=True
        )
    )


def index_after_edits(settings: Settings, edited: Sequence[Sequence[Paragraph]]) -> Spent:
    """`activities index` after the files of each group changed; the typical run."""
    runs = []
    for group in edited:
        for one in group:
            corpus.path(settings.content, one).write_bytes(one.markdown)
        runs.append(command(settings, "index"))
    return typical(runs)


def updates(engine: Measured, edited: Sequence[Paragraph]) -> float:
    """Commit the edits one by one; the median of their seconds."""
    return statistics.median(spent(lambda one=one: engine.update(one)).seconds for one in edited)  # type: ignore[misc]


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# Memory


def rollup(pid: int, name: str) -> int:
    """One line of a process's memory map summed up, in bytes; 0 for a process that is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                found += map(int, Path(f"/proc/{parent}/task/{task}/children").read_text().split())
    return found


def peak(process: subprocess.Popen[str]) -> dict[str, int]:
    """Wait for a process; the most memory that it and all below it had together: Pss, and of that Pss_Anon,
    which is not the page cache's."""
    most = {"Pss": 0, "Pss_Anon": 0}
    while process.poll() is None:
        members = family(process.pid)
        for name in most:
            most[name] = max(most[name], sum(rollup(pid, name) for pid in members))
        time.sleep(0.1)
    return most
