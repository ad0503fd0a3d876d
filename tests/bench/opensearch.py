"""This program on an OpenSearch cluster against the bare cluster: python -m tests.bench.opensearch (`make bench-opensearch`).

Each number of nodes and paragraphs is a cell, measured by a process of its own: `… NODES PARAGRAPHS` measures one and
keeps it, no arguments measure all of CELLS, `… report` writes what is kept into BENCHMARKS.md.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from indexer.content.vocabulary import Vocabulary
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.mapping import index_body
from indexer.query.plan import Plan
from indexer.search.service import search
from tests.bench import bare, corpus, timing
from tests.bench.bare import Bare, Recorder, Sent
from tests.bench.cluster_report import CLIENTS, Cell, write
from tests.bench.corpus import Paragraph
from tests.bench.drawn import drawn
from tests.bench.ours import OWNER, Ours, parsed
from tests.bench.questions import KINDS, Question, in_countries
from tests.cluster.nodes import Cluster, cluster

CORPUS = Path("../shared/corpora/undebates-100k.jsonl.gz")
GENERATED = 100_000
CELLS = [(1, 100_000), (3, 100_000), (1, 1_000_000), (3, 1_000_000)]
KEPT = Path(tempfile.gettempdir(), corpus.FOLDER, "opensearch")
HEAP = "1g"
ASKED = 30  # questions of a class, each with and without a country
CHECKED = 2  # of a class, counted by hand
EDITS = 20
BUILDS = {
    100_000: 3
}  # of ours and bare in turn; of more paragraphs one, after one of GENERATED that is not counted


def main(arguments: Sequence[str]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    if arguments == ["report"]:
        write([Cell(**json.loads(path.read_text())) for path in sorted(KEPT.glob("*.json"))])
    elif arguments:
        nodes, paragraphs = map(int, arguments)
        found = measure(Cell(nodes, paragraphs))
        (KEPT / f"{nodes}-{paragraphs:08d}.json").write_text(json.dumps(asdict(found)))
    else:
        for nodes, paragraphs in CELLS:
            subprocess.run(
                [sys.executable, "-m", "tests.bench.opensearch", str(nodes), str(paragraphs)],
                check=True,
            )
        main(["report"])


def measure(cell: Cell) -> Cell:
    base, cell.corpus = (
        (corpus.load(CORPUS, None), CORPUS.name)
        if CORPUS.exists()
        else (corpus.generated(GENERATED), "generated, for want of one")
    )
    folder = KEPT.parent / corpus.digest(base)
    folder.mkdir(parents=True, exist_ok=True)
    model, questions = drawn(base, folder)
    asked = [
        question
        for kind in KINDS
        for question in (*questions[kind][:ASKED], *in_countries(questions[kind][:ASKED], model))
    ]
    random.Random(8).shuffle(asked)
    with timing.corpus_out_of_the_way(), cluster(cell.nodes, HEAP) as running:
        engine = opened(running)
        _say(cell, "indexing")
        if cell.paragraphs > GENERATED:  # a cluster that has just started is slow
            _index(Cell(cell.nodes, GENERATED), running, engine, base, GENERATED)
        for number in range(BUILDS.get(cell.paragraphs, 1)):
            _index(cell, running, engine, base, number)
        _edit(cell, engine, base)
        cell.segments = engine.stats().segments
        index = (
            engine.state.pointer().retained[-1].index
        )  # alone: generations that are kept have indices of their own
        cell.bytes = running.request("GET", f"/{index}/_stats/store")["_all"]["primaries"]["store"][
            "size_in_bytes"
        ]
        if cell.paragraphs == len(base):
            _say(cell, "counting by hand")
            ours = Ours(folder)
            ours.engine = engine
            for kind in KINDS:
                timing.check(ours, model, questions[kind][:CHECKED])
                cell.checked += CHECKED
        _say(cell, "asking")
        sent = _ask(cell, running, asked)
        cell.a_second = bare.a_second(running.urls, sent, CLIENTS)
        _say(cell, "exporting")
        _export(cell, engine)
    return cell


def opened(running: Cluster) -> OpenSearchEngine:
    """An engine that has learnt nothing yet, connected."""
    hosts = ",".join(url.removeprefix("http://") for url in running.urls)
    engine = OpenSearchEngine(f"opensearch+http://{hosts}/bench")
    engine.client.request("GET", "/")
    return engine


def _index(
    cell: Cell, running: Cluster, engine: OpenSearchEngine, base: Sequence[Paragraph], number: int
) -> None:
    """Ours, recorded, then the same requests bare, into an index alike."""
    compared = (
        cell.nodes == 1 or cell.paragraphs <= GENERATED
    )  # with more, this would only be the same once more
    recorder = Recorder(bulk=compared)
    paragraphs = corpus.repeated(base, cell.paragraphs)
    with recorder.of(engine), engine.writer(OWNER, 0, rebuild=True) as writer:
        putting = 0.0  # without the reading of Markdown, which is no engine's work
        for paragraph in paragraphs:
            activity = parsed(paragraph)
            began = time.perf_counter()
            writer.put(activity)
            putting += time.perf_counter() - began
        began = time.perf_counter()
        writer.commit()
        ended = time.perf_counter()
    bulk = [sent for sent in recorder.sent if "/_bulk" in sent.path]
    cell.making.append(putting)
    cell.ours_bulk.append(max(sent.ended for sent in bulk) - min(sent.began for sent in bulk))
    cell.commit.append(putting + ended - began)
    if not compared:
        return
    alike = f"bare-{number}"
    running.request("PUT", f"/{alike}", index_body(filling=True))
    cell.bare_bulk.append(bare.indexed(running.urls, alike, recorder))
    running.request("DELETE", f"/{alike}")


def _edit(cell: Cell, engine: OpenSearchEngine, base: Sequence[Paragraph]) -> None:
    """Commits of one paragraph."""
    for paragraph in random.Random(6).sample(base, EDITS):
        with engine.writer(OWNER, 0) as writer:
            writer.put(
                parsed(paragraph)
            )  # as it was, so that answers stay what plain counting finds
            began = time.perf_counter()
            writer.commit()
            cell.one_edit.append(time.perf_counter() - began)


def _ask(cell: Cell, running: Cluster, asked: Sequence[Question]) -> list[Sent]:
    """A page for each question, and the same requests bare, the two taking turns; what was sent for them."""
    vocabulary = Vocabulary({})
    engine = opened(running)
    sent: list[list[Sent]] = []
    for question in asked:  # untimed: what has to be sent
        recorder = Recorder()
        with recorder.of(engine):
            search(engine, question.request, vocabulary)
        sent.append(
            [one for one in recorder.sent if "/_doc/" not in one.path]
        )  # the pointer's is overhead
    for kind in KINDS:
        counts = [
            len(found) for question, found in zip(asked, sent, strict=True) if question.kind == kind
        ]
        cell.requests[kind] = statistics.mean(counts)
    engine = opened(running)
    search(engine, asked[0].request, vocabulary)  # what a process learns once
    bares = [Bare(url) for url in running.urls]
    for number, (question, requests) in enumerate(zip(asked, sent, strict=True)):
        for ours in (number % 2 == 0, number % 2 == 1):
            began = time.perf_counter()
            if ours:
                search(engine, question.request, vocabulary)
            else:
                for one in requests:
                    bares[number % len(bares)].ask(one.method, one.path, one.body)
            into = cell.ours if ours else cell.bare
            into.setdefault(question.kind, []).append(time.perf_counter() - began)
    return [one for requests in sent for one in requests]


def _export(cell: Cell, engine: OpenSearchEngine) -> None:
    began = time.perf_counter()
    with engine.snapshot() as snapshot:
        found = sum(1 for _ in snapshot.scan(Plan()))
    cell.export = time.perf_counter() - began
    assert found == cell.paragraphs


def _say(cell: Cell, what: str) -> None:
    print(
        f"{cell.nodes} nodes, {cell.paragraphs:,} paragraphs: {what}", file=sys.stderr, flush=True
    )


if __name__ == "__main__":
    main(sys.argv[1:])
