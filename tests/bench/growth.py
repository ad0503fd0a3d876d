"""Measure how costs grow with the collection.

`python -m tests.bench.growth build|ask SIZE FOLDER [CORPUS [LIMIT]]` runs a step for one size.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from indexer.engines.factory import open_engine
from indexer.settings import Settings
from tests.bench import corpus
from tests.bench.indexing import empty_folder, folder_size, peak_memory
from tests.bench.ours import OWNER, Ours, parse_paragraph
from tests.bench.questions import Question
from tests.bench.timing import frozen_garbage_collector, measure_duration
from tests.memory import smaps_rollup

SIZES = (10_000, 100_000, 1_000_000)
KINDS = ("common", "mid", "rare", "and", "or", "phrase common", "prefix 3", "not")
QUESTIONS = 400
MAX_BASE_SIZE = 100_000  # paragraphs to generate without a corpus; they are repeated


@dataclass(slots=True)
class GrowthResult:
    """The results for one size. Memory and sizes are in bytes; the medians are of the questions."""

    paragraphs: int
    build_seconds: float = 0.0
    peak_pss: int = 0
    peak_anonymous: int = 0  # the peak without the page cache
    index_bytes: int = 0
    matches: float = 0.0  # median
    query_seconds: float = 0.0  # median
    private_dirty: int = 0  # after all questions


def measure(
    questions: dict[str, list[Question]], folder: Path, corpus_arguments: Sequence[str]
) -> Iterator[GrowthResult]:
    """Measure each size in two processes: one builds the index, one asks the questions."""
    selected = [question for kind in KINDS for question in questions[kind]]
    random.Random(4).shuffle(selected)
    rows = [asdict(question) for question in selected[:QUESTIONS]]
    (folder / "questions.json").write_text(json.dumps(rows))
    for size in SIZES:
        size_folder = empty_folder(folder / f"scale-{size}")
        result = GrowthResult(size)
        for step in ("build", "ask"):
            figures, peak = _run_step(step, str(size), str(size_folder), *corpus_arguments)
            if step == "build":
                result.peak_pss, result.peak_anonymous = peak["Pss"], peak["Pss_Anon"]
            for name, value in figures.items():
                setattr(result, name, value)
        yield result
        empty_folder(size_folder).rmdir()


def _run_step(*arguments: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Run a step in a process, and return its figures and its peak memory."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.growth", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    ) as process:
        peak = peak_memory(process)
        assert process.stdout
        return json.loads(process.stdout.read()), peak


def build(size: int, folder: Path, base: Sequence[corpus.Paragraph]) -> dict[str, float]:
    """Index the repeated corpus without keeping it in memory.

    The time includes making and parsing the paragraphs.
    """

    def write_index() -> None:
        with open_engine(Settings(index=folder)).writer(OWNER, 0, rebuild=True) as writer:
            for paragraph in corpus.repeat(base, size):
                writer.put(parse_paragraph(paragraph))
            writer.commit()

    seconds = measure_duration(write_index).seconds
    return {"build_seconds": seconds, "index_bytes": folder_size(folder)}


def ask(folder: Path) -> dict[str, float]:
    """Ask the same questions for all sizes. The first half warms up and is not timed."""
    engine = Ours(folder)
    engine.open(folder)
    rows = json.loads((folder.parent / "questions.json").read_text())
    questions = [Question(row["kind"], tuple(row["words"])) for row in rows]
    half = len(questions) // 2
    for question in questions[:half]:
        engine.search(question)
    matches, seconds = [], []

    def search(question: Question, results: list[object]) -> None:
        results.append(engine.search(question))

    with frozen_garbage_collector():
        for question in questions[half:]:
            results: list[object] = []
            seconds.append(measure_duration(partial(search, question, results)).seconds)
            matches.append(engine.to_answer(results[0]).total)
    return {
        "matches": statistics.median(matches),
        "query_seconds": statistics.median(seconds),
        "private_dirty": smaps_rollup(os.getpid(), "Private_Dirty"),
    }


def main(step: str, size: str, folder: str, path: str = "", limit: str = "") -> None:
    """Run a step and print its figures as JSON."""
    if step == "ask":
        figures = ask(Path(folder))
    else:
        base_size = min(int(size), int(limit) if limit else int(size))
        if path:
            base = corpus.load(Path(path), base_size)
        else:
            base = corpus.generate(min(base_size, MAX_BASE_SIZE))
        figures = build(int(size), Path(folder), base)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
