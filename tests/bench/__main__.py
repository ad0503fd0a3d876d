"""Run all measurements and write one report: python -m tests.bench (`make bench`).

Environment variables: BENCH_CORPUS is the path of a corpus of JSON Lines. BENCH_SIZE limits the
run to its first paragraphs. BENCH_PEERS lists the peers to measure: tantivy, sqlite, whoosh,
datasette. BENCH_SCALE=1 adds measurements with up to a million paragraphs.
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
from tests.bench import cluster_report, corpus, growth, http_load, indexing, reindexing, timing
from tests.bench.corpus import Paragraph
from tests.bench.model import ReferenceModel
from tests.bench.ours import Ours
from tests.bench.peers.base import BenchEngine
from tests.bench.question_cache import load_questions
from tests.bench.questions import COMPARED_PER_KIND, KINDS, Question, with_countries
from tests.bench.report import REPORT, markdown
from tests.bench.results import OURS, Results
from tests.bench.sections import section_of, with_section
from tests.relevance import report as relevance_report

CORPUS = "../shared/corpora/undebates-100k.jsonl.gz"
GENERATED_SIZE = 100_000  # paragraphs, if there is no corpus
COMMITS = 50  # commits of one file before the searches
EDITS_PER_RUN = 10  # files that change before `activities index` is timed
CHECKED_PER_KIND = 3  # questions whose answers are compared with the reference model
PEERS = ("tantivy", "sqlite", "whoosh", "datasette")


class Bench:
    """A run: its corpus, its engines and its results."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Read the environment variables and the corpus. Exits if a value is wrong."""
        self.started = time.monotonic()
        self.results = Results()
        self.size = int(env["BENCH_SIZE"]) if env.get("BENCH_SIZE") else None
        self.with_growth = env.get("BENCH_SCALE") == "1"
        self.peers = set(env["BENCH_PEERS"].split(",") if env.get("BENCH_PEERS") else PEERS)
        if unknown := self.peers - set(PEERS):
            sys.exit(f"BENCH_PEERS: unknown peer {', '.join(unknown)}: use {', '.join(PEERS)}")
        self.corpus_path = Path(env.get("BENCH_CORPUS") or CORPUS)
        if self.corpus_path.exists():
            self.paragraphs = corpus.load(self.corpus_path, self.size)
            self.results.corpus = self.corpus_path.name
        elif env.get("BENCH_CORPUS"):
            sys.exit(f"BENCH_CORPUS: {self.corpus_path}: not found: give the path of a corpus")
        else:
            self.paragraphs = corpus.generate(self.size or GENERATED_SIZE)
            self.results.corpus = "generated paragraphs"
        self.results.paragraphs = len(self.paragraphs)
        digest = corpus.digest(self.paragraphs)
        self.folder = Path(tempfile.gettempdir(), corpus.CACHE_FOLDER, digest)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(content=self.folder / "content", index=self.folder / "index")
        self.engines: list[BenchEngine] = []

    def run(self) -> None:
        """Measure everything and write the report."""
        edited = indexing.RUNS * EDITS_PER_RUN
        chosen = random.Random(6).sample(range(len(self.paragraphs)), COMMITS + edited)
        amended = [self.paragraphs[n].amended() for n in chosen]
        commits = amended[:COMMITS]
        edits = [
            amended[start : start + EDITS_PER_RUN]
            for start in range(COMMITS, len(chosen), EDITS_PER_RUN)
        ]
        self.log(f"writing {len(self.paragraphs):,} files to {self.settings.content}")
        originals = [self.paragraphs[n] for n in chosen]
        corpus.write_files(self.settings.content, self.paragraphs, originals)
        self.engines = self._available_engines()
        self._build(commits)
        self._measure_sizes()
        for n, paragraph in zip(chosen, commits, strict=False):
            self.paragraphs[n] = paragraph
        self.log("drawing questions")
        model, questions = load_questions(self.paragraphs, self.folder)
        with_country = {kind: with_countries(questions[kind], model) for kind in questions}
        self.log("comparing answers")
        with timing.frozen_garbage_collector():
            self._search(model, questions, with_country)
        self.log(f"activities index after {EDITS_PER_RUN} edits")
        self.results.after_edits = indexing.index_after_edits(self.settings, edits)
        self._serve(questions, with_country)
        self._measure_growth(questions)
        self._write_report()

    def log(self, step: str) -> None:
        """Print a step with the time since the start."""
        print(f"{time.monotonic() - self.started:6.1f} s  {step}", file=sys.stderr, flush=True)

    def _available_engines(self) -> list[BenchEngine]:
        """Return this program's engine, and those of the peers."""
        engines: list[BenchEngine] = [Ours(self.settings.content)]
        if "tantivy" in self.peers:
            try:
                from tests.bench.peers.tantivy import Tantivy

                engines.append(Tantivy())
            except ImportError:
                self.results.skipped.append("tantivy is not installed: `make bench` installs it")
        if "sqlite" in self.peers:
            from tests.bench.peers.sqlite_fts5 import SQLite

            engines.append(SQLite())
        if "whoosh" in self.peers:
            from tests.bench.peers.stock_whoosh import StockWhoosh

            engines.append(StockWhoosh())
        return engines

    def _index_folder(self, engine: BenchEngine) -> Path:
        return self.settings.index if engine.name == OURS else self.folder / engine.name

    def _build(self, commits: Sequence[Paragraph]) -> None:
        """Build and update the index of each engine."""
        results = self.results
        self.log("building")
        repeatable = [engine for engine in self.engines if engine.name != "stock Whoosh"]
        results.builds = indexing.build_all(repeatable, self.paragraphs, self.folder, self.settings)
        results.rebuild = results.builds.pop(indexing.REBUILD)
        for engine in self.engines:
            folder = self._index_folder(engine)
            if engine.name == "stock Whoosh":
                self.log("building the index of stock Whoosh, unless an earlier run did")
                results.builds[engine.name] = indexing.build_once(
                    engine, self.paragraphs, commits, folder
                )
            else:
                engine.open(folder)
                self.log(f"{COMMITS} commits: {engine.name}")
                results.updates[engine.name] = indexing.time_updates(engine, commits)

    def _measure_sizes(self) -> None:
        for engine in self.engines:
            engine.finish_merging()
            self.results.sizes[engine.name] = indexing.folder_size(self._index_folder(engine))
            self.results.segments[engine.name] = engine.describe_segments()

    def _search(
        self,
        model: ReferenceModel,
        questions: dict[str, list[Question]],
        with_country: dict[str, list[Question]],
    ) -> None:
        """Compare the answers to the first questions of each kind, then time the others."""
        timings = self.results.timings
        by_kind = [source[kind] for kind in KINDS for source in (questions, with_country)]
        samples = [kind_questions[:COMPARED_PER_KIND] for kind_questions in by_kind]
        for sample in samples:
            checked = sample[:CHECKED_PER_KIND]
            timing.check_answers(self.engines[0], model, checked)
            self.results.checked += len(checked)
            timing.compare_answers(self.engines, sample, timings)
        self.log("timing searches")
        for kind_questions in by_kind:
            timing.time_questions(self.engines, kind_questions[COMPARED_PER_KIND:], timings)
        for sample in samples:
            for engine in self.engines:
                if engine.name != "stock Whoosh":
                    timing.time_stages(engine, sample, timings)

    def _serve(
        self, questions: dict[str, list[Question]], with_country: dict[str, list[Question]]
    ) -> None:
        """Measure pages over HTTP, alone and while content is reindexed."""
        if not shutil.which("wrk"):
            if "datasette" in self.peers:
                reason = "pages over HTTP: wrk is not installed (apt-get install wrk)"
                self.results.skipped.append(reason)
            return
        chosen = http_load.choose_questions(questions, with_country)
        if "datasette" in self.peers:
            others = [
                question
                for kind in KINDS
                for question in (*questions[kind], *with_country[kind])
                if question not in set(chosen)
            ]
            random.Random(2).shuffle(others)
            self._compare_with_datasette(chosen, others)
        addresses = [f"/?{question.address}" for question in chosen]
        small = indexing.empty_folder(self.folder / "small")
        for settings in (reindexing.copy_content(Path("content"), small), self.settings):
            self.log(f"searching while reindexing: {settings.content}")
            indexing.run_command(settings, "index")
            self.results.reindexing.append(reindexing.measure(settings, addresses))

    def _compare_with_datasette(
        self, questions: Sequence[Question], warm_up: Sequence[Question]
    ) -> None:
        results = self.results
        self.log("pages over HTTP: ours")
        ours = http_load.measure_ours(self.settings, questions, warm_up)
        results.page, results.api, results.worker_memory = ours["page"], ours["api"], ours["memory"]
        self.log("pages over HTTP: Datasette")
        try:
            results.datasette = http_load.measure_datasette(self.folder, self.paragraphs, questions)
        except RuntimeError as error:
            results.skipped.append(f"Datasette: {error}")

    def _measure_growth(self, questions: dict[str, list[Question]]) -> None:
        if not self.with_growth:
            reason = "growth from 10,000 to 1,000,000 paragraphs: BENCH_SCALE=1 measures it"
            self.results.skipped.append(reason)
            return
        arguments = []
        if self.corpus_path.exists():
            arguments = [str(self.corpus_path), *([str(self.size)] if self.size else [])]
        for result in growth.measure(questions, self.folder, arguments):
            self.log(f"growth: {result}")
            self.results.growth.append(result)

    def _write_report(self) -> None:
        text = markdown(self.results)
        print(text)
        # A run with a part of the corpus does not replace the report.
        report = self.folder / REPORT if self.size else REPORT
        previous = report.read_text() if report.exists() else ""
        for heading in (cluster_report.HEADING, relevance_report.HEADING):
            text = with_section(text, heading, section_of(previous, heading))
        report.write_text(text)
        self.log(f"written to {report}")


if __name__ == "__main__":
    Bench(os.environ).run()
