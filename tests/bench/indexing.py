"""How long indexes take to make and to keep up, and how large they and their makers are."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from indexer.settings import Settings
from tests.bench import corpus
from tests.bench.corpus import Paragraph
from tests.bench.peers.base import Measured
from tests.bench.timing import Spent, spent, typical
from tests.serving import COMMAND, environment

RUNS = 3  # of each build; the median counts
PATIENCE = 20.0  # seconds: a build that takes longer is not repeated


def build_all(engines: Sequence[Measured], paragraphs: Sequence[Paragraph], folder: Path) -> dict[str, Spent]:
    """Build each engine's index from parsed paragraphs, the engines taking turns; the last ones stay."""
    prepared = {engine.name: engine.prepare(paragraphs) for engine in engines}
    runs: dict[str, list[Spent]] = {engine.name: [] for engine in engines}
    for _ in range(RUNS):
        for engine in engines:
            if runs[engine.name] and runs[engine.name][0].seconds > PATIENCE:
                continue
            own = fresh(folder / engine.name)
            runs[engine.name].append(spent(lambda e=engine, o=own: e.build(o, prepared[e.name])))  # type: ignore[misc]
    return {name: typical(found) for name, found in runs.items()}


def build_once(engine: Measured, paragraphs: Sequence[Paragraph], edited: Sequence[Paragraph], folder: Path) -> Spent:
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
        lambda: subprocess.run([COMMAND, *arguments], env=environment(settings), check=True, capture_output=True)
    )


def index_after_edits(settings: Settings, edited: Sequence[Paragraph]) -> Spent:
    """`activities index` after these files changed."""
    for one in edited:
        corpus.path(settings.content, one).write_bytes(one.markdown)
    return command(settings, "index")


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
