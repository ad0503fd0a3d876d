"""All measurements of one run, one report: python -m tests.bench (`make bench`).

BENCH_CORPUS names a corpus of JSON lines, BENCH_SIZE takes only its first paragraphs, BENCH_PEERS is
which of tantivy, sqlite, whoosh and datasette to measure, BENCH_SCALE=1 adds up to a million paragraphs.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from indexer.settings import Settings
from tests.bench import corpus, http_load, indexing, load, scale, timing
from tests.bench.cluster_report import section_of, with_section
from tests.bench.corpus import Paragraph
from tests.bench.drawn import drawn as questions_drawn
from tests.bench.model import Model
from tests.bench.ours import Ours
from tests.bench.peers.base import Measured
from tests.bench.questions import KINDS, SAMPLE, Question, in_countries
from tests.bench.report import OURS, REPORT, Results, markdown

CORPUS = "../shared/corpora/undebates-100k.jsonl.gz"
GENERATED = 100_000
COMMITS = 50  # one-file commits before anything is asked
EDITS = 10  # files that change before `activities index` is timed
CHECKED = 3  # answers of each class that are counted by hand
PEERS = ("tantivy", "sqlite", "whoosh", "datasette")


def main(env: Mapping[str, str] = os.environ) -> None:
    started = time.monotonic()
    size = int(env["BENCH_SIZE"]) if env.get("BENCH_SIZE") else None
    asked = set(env["BENCH_PEERS"].split(",") if env.get("BENCH_PEERS") else PEERS)
    if unknown := asked - set(PEERS):
        sys.exit(f"BENCH_PEERS: there is no {', '.join(unknown)}: the peers are {', '.join(PEERS)}")
    path = Path(env.get("BENCH_CORPUS") or CORPUS)
    results = Results()
    if path.exists():
        paragraphs, results.corpus = corpus.load(path, size), path.name
    elif env.get("BENCH_CORPUS"):
        sys.exit(f"BENCH_CORPUS: {path} is not there")
    else:
        paragraphs, results.corpus = (
            corpus.generated(size or GENERATED),
            "generated, for want of one",
        )
    results.paragraphs = len(paragraphs)
    folder = Path(tempfile.gettempdir(), corpus.FOLDER, corpus.digest(paragraphs))
    folder.mkdir(parents=True, exist_ok=True)
    chosen = random.Random(6).sample(range(len(paragraphs)), COMMITS + indexing.RUNS * EDITS)
    amended = [paragraphs[n].amended() for n in chosen]
    commits = amended[:COMMITS]
    edits = [amended[at : at + EDITS] for at in range(COMMITS, len(chosen), EDITS)]
    settings = Settings(content=folder / "content", index=folder / "index")
    say(started, f"writing {len(paragraphs):,} files to {settings.content}")
    corpus.write(settings.content, paragraphs, [paragraphs[n] for n in chosen])
    engines = _engines(asked, settings.content, results)

    say(started, "building")
    quick = [engine for engine in engines if engine.name != "stock Whoosh"]
    results.builds = indexing.build_all(quick, paragraphs, folder, settings)
    results.rebuild = results.builds.pop(indexing.REBUILD)
    for engine in engines:
        if engine.name == "stock Whoosh":
            say(started, "building stock Whoosh's index, unless an earlier run did")
            results.builds[engine.name] = indexing.build_once(
                engine, paragraphs, commits, folder / engine.name
            )
        else:
            engine.open(settings.index if engine.name == OURS else folder / engine.name)
            say(started, f"{COMMITS} commits: {engine.name}")
            results.updates[engine.name] = indexing.updates(engine, commits)
    _sizes(engines, settings, folder, results)

    for n, one in zip(chosen, commits, strict=False):
        paragraphs[n] = one
    say(started, "drawing questions")
    model, drawn = questions_drawn(paragraphs, folder)
    selected = {kind: in_countries(questions, model) for kind, questions in drawn.items()}
    say(started, "comparing answers")
    with timing.corpus_out_of_the_way():
        _ask(engines, model, drawn, selected, results, started)
    say(started, f"activities index after {EDITS} edits")
    results.after_edits = indexing.index_after_edits(settings, edits)
    if "datasette" in asked:
        _serve(settings, paragraphs, folder, drawn, selected, results, started)
    if shutil.which("wrk"):
        addresses = [f"/?{q.address}" for q in http_load.choose(drawn, selected)]
        for own in (load.copied(Path("content"), indexing.fresh(folder / "small")), settings):
            say(started, f"searching while reindexing: {own.content}")
            indexing.command(own, "index")
            results.held.append(load.hold(own, addresses))
    if env.get("BENCH_SCALE") == "1":
        source = [str(path), *([str(size)] if size else [])] if path.exists() else []
        for found in scale.measure(drawn, folder, source):
            say(started, f"growth: {found}")
            results.scaled.append(found)
    else:
        results.skipped.append(
            "growth from 10,000 to 1,000,000 paragraphs: BENCH_SCALE=1 measures it"
        )
    text = markdown(results)
    print(text)
    # A part of the corpus is for trying things out.
    report = folder / REPORT if size else REPORT
    report.write_text(with_section(text, section_of(report)))
    say(started, f"written to {report}")


def say(started: float, what: str) -> None:
    print(f"{time.monotonic() - started:6.1f} s  {what}", file=sys.stderr, flush=True)


def _engines(asked: set[str], content: Path, results: Results) -> list[Measured]:
    """This program's own, then the peers."""
    engines: list[Measured] = [Ours(content)]
    if "tantivy" in asked:
        try:
            from tests.bench.peers.rust import Tantivy

            engines.append(Tantivy())
        except ImportError:
            results.skipped.append("tantivy is not installed: `make bench` installs it")
    if "sqlite" in asked:
        from tests.bench.peers.sqlite import SQLite

        engines.append(SQLite())
    if "whoosh" in asked:
        from tests.bench.peers.stock import StockWhoosh

        engines.append(StockWhoosh())
    return engines


def _sizes(engines: Sequence[Measured], settings: Settings, folder: Path, results: Results) -> None:
    for engine in engines:
        engine.settle()
        own = settings.index if engine.name == OURS else folder / engine.name
        results.sizes[engine.name] = indexing.size(own)
        results.segments[engine.name] = engine.segments()


def _ask(
    engines: Sequence[Measured],
    model: Model,
    drawn: dict[str, list[Question]],
    selected: dict[str, list[Question]],
    results: Results,
    started: float,
) -> None:
    """Compare answers to the first questions of each class, then time the others."""
    samples = [questions[kind][:SAMPLE] for kind in KINDS for questions in (drawn, selected)]
    for sample in samples:
        timing.check(engines[0], model, sample[:CHECKED])
        results.checked += len(sample[:CHECKED])
        timing.compare(engines, sample, results.timings)
    say(started, "timing")
    for kind in KINDS:
        for questions in (drawn, selected):
            timing.measure(engines, questions[kind][SAMPLE:], results.timings)
    for sample in samples:
        for engine in engines:
            if engine.name != "stock Whoosh":
                timing.split(engine, sample, results.timings)


def _serve(
    settings: Settings,
    paragraphs: Sequence[Paragraph],
    folder: Path,
    drawn: dict[str, list[Question]],
    selected: dict[str, list[Question]],
    results: Results,
    started: float,
) -> None:
    if not shutil.which("wrk"):
        results.skipped.append("pages over HTTP: there is no wrk (apt-get install wrk)")
        return
    questions = http_load.choose(drawn, selected)
    others = [
        q for kind in KINDS for q in (*drawn[kind], *selected[kind]) if q not in set(questions)
    ]
    random.Random(2).shuffle(others)
    say(started, "pages over HTTP: ours")
    found = http_load.ours(settings, questions, others)
    results.page, results.api, results.worker_memory = found["page"], found["api"], found["memory"]
    say(started, "pages over HTTP: Datasette")
    try:
        results.datasette = http_load.datasette(folder, paragraphs, questions)
    except RuntimeError as error:
        results.skipped.append(f"Datasette: {error}")


if __name__ == "__main__":
    main()
