"""Measure how long indexing takes, and how much disk space and memory it uses."""

from __future__ import annotations

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
from tests.bench.peers.base import BenchEngine
from tests.bench.timing import (
    Duration,
    frozen_garbage_collector,
    measure_duration,
    median_run,
)
from tests.memory import process_tree, smaps_rollup
from tests.serving import COMMAND, environment

REBUILD = "activities index --rebuild"
RUNS = 3  # of each measurement; the median counts
MAX_REPEATED_SECONDS = 20.0  # a measurement that takes longer is not repeated


def build_all(
    engines: Sequence[BenchEngine],
    paragraphs: Sequence[Paragraph],
    folder: Path,
    settings: Settings,
) -> dict[str, Duration]:
    """Build the index of each engine from parsed paragraphs, and ours from files too (REBUILD).

    The engines take turns. The indexes of the last turn stay.
    """
    prepared = {engine.name: engine.prepare(paragraphs) for engine in engines}

    def build(engine: BenchEngine) -> Duration:
        index = empty_folder(folder / engine.name)
        return measure_duration(lambda: engine.build(index, prepared[engine.name]))

    def rebuild() -> Duration:
        empty_folder(settings.index)
        os.sync()  # so that the writes of the other engines do not slow down this one
        return run_command(settings, "index", "--rebuild")

    work: dict[str, Callable[[], Duration]] = {
        engine.name: partial(build, engine) for engine in engines
    }
    work[REBUILD] = rebuild
    durations: dict[str, list[Duration]] = {name: [] for name in work}
    with frozen_garbage_collector():
        for _ in range(RUNS):
            for name, run in work.items():
                if not durations[name] or durations[name][0].seconds <= MAX_REPEATED_SECONDS:
                    durations[name].append(run())
    return {name: median_run(runs) for name, runs in durations.items()}


def build_once(
    engine: BenchEngine, paragraphs: Sequence[Paragraph], edited: Sequence[Paragraph], folder: Path
) -> Duration:
    """Build an index and apply the edits, unless an earlier run did. Return the build's duration.

    This is for an engine that takes minutes. The index and the duration are kept for later runs.
    """
    record = folder / "built.json"
    if record.exists():
        engine.open(folder)
        return Duration(**json.loads(record.read_bytes()))
    empty_folder(folder)
    duration = measure_duration(lambda: engine.build(folder, engine.prepare(paragraphs)))
    engine.open(folder)
    for paragraph in edited:
        engine.update(paragraph)
    record.write_text(json.dumps({"seconds": duration.seconds, "cpu": duration.cpu}))
    return duration


def empty_folder(folder: Path) -> Path:
    """Create a folder, or empty it, and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def run_command(settings: Settings, *arguments: str) -> Duration:
    """Run `activities`, and return its duration including the start of the process."""
    return measure_duration(
        lambda: subprocess.run(
            [COMMAND, *arguments], env=environment(settings), check=True, capture_output=True
        )
    )


def index_after_edits(settings: Settings, edits: Sequence[Sequence[Paragraph]]) -> Duration:
    """Run `activities index` after each group of edits, and return the median run."""
    runs = []
    for group in edits:
        for paragraph in group:
            corpus.file_path(settings.content, paragraph).write_bytes(paragraph.markdown)
        runs.append(run_command(settings, "index"))
    return median_run(runs)


def time_updates(engine: BenchEngine, edited: Sequence[Paragraph]) -> float:
    """Commit each edit on its own, and return the median seconds of a commit."""
    return statistics.median(
        measure_duration(partial(engine.update, paragraph)).seconds for paragraph in edited
    )


def folder_size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# Memory


def peak_memory(process: subprocess.Popen[str]) -> dict[str, int]:
    """Wait for a process to end, and return the peak memory of it and its descendants.

    Returns the bytes of Pss, and of Pss_Anon, which does not include the page cache.
    """
    peak = {"Pss": 0, "Pss_Anon": 0}
    while process.poll() is None:
        pids = process_tree(process.pid)
        for name in peak:
            peak[name] = max(peak[name], sum(smaps_rollup(pid, name) for pid in pids))
        time.sleep(0.1)
    return peak
