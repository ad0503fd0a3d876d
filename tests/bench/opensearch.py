"""Measure the OpenSearch engine against its bare requests (`make bench-opensearch`).

Without arguments, `python -m tests.bench.opensearch` measures all SIZES, each in a process of its
own, and writes them to BENCHMARKS.md. With NODES and PARAGRAPHS it measures one size and keeps the
results; with `report` it only writes the kept results.
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
from tests.bench import corpus, timing
from tests.bench.bare_client import (
    BareClient,
    RequestRecorder,
    SentRequest,
    replay_bulk,
    requests_per_second,
)
from tests.bench.cluster_report import CLIENTS, ClusterRun, write
from tests.bench.corpus import Paragraph
from tests.bench.ours import OWNER, Ours, parse_paragraph
from tests.bench.question_cache import load_questions
from tests.bench.questions import KINDS, Question, with_countries
from tests.cluster.nodes import Cluster, cluster

CORPUS = Path("../shared/corpora/undebates-100k.jsonl.gz")
GENERATED_SIZE = 100_000  # paragraphs, if there is no corpus
SIZES = [(1, 100_000), (3, 100_000), (1, 1_000_000), (3, 1_000_000)]  # nodes, paragraphs
RESULTS_FOLDER = Path(tempfile.gettempdir(), corpus.CACHE_FOLDER, "opensearch")
HEAP = "1g"
QUESTIONS_PER_KIND = 30  # each with and without a country
CHECKED_PER_KIND = 2  # questions whose answers are compared with the reference model
EDITS = 20
# Builds by number of paragraphs, ours and bare in turn. There is one build of more paragraphs,
# after one of GENERATED_SIZE to warm up.
BUILDS = {100_000: 3}


def main(arguments: Sequence[str]) -> None:
    """Run the command."""
    RESULTS_FOLDER.mkdir(parents=True, exist_ok=True)
    if arguments == ["report"]:
        files = sorted(RESULTS_FOLDER.glob("*.json"))
        write([ClusterRun(**json.loads(path.read_text())) for path in files])
    elif arguments:
        nodes, paragraphs = map(int, arguments)
        run = measure(ClusterRun(nodes, paragraphs))
        file = RESULTS_FOLDER / f"{nodes}-{paragraphs:08d}.json"
        file.write_text(json.dumps(asdict(run)))
    else:
        for nodes, paragraphs in SIZES:
            command = [sys.executable, "-m", "tests.bench.opensearch", str(nodes), str(paragraphs)]
            subprocess.run(command, check=True)
        main(["report"])


def measure(run: ClusterRun) -> ClusterRun:
    """Measure a number of nodes and paragraphs, and return the run with its results."""
    if CORPUS.exists():
        base, run.corpus = corpus.load(CORPUS, None), CORPUS.name
    else:
        base, run.corpus = corpus.generate(GENERATED_SIZE), "generated paragraphs"
    folder = RESULTS_FOLDER.parent / corpus.digest(base)
    folder.mkdir(parents=True, exist_ok=True)
    model, questions = load_questions(base, folder)
    selected: list[Question] = []
    for kind in KINDS:
        of_kind = questions[kind][:QUESTIONS_PER_KIND]
        selected += [*of_kind, *with_countries(of_kind, model)]
    random.Random(8).shuffle(selected)
    with timing.frozen_garbage_collector(), cluster(run.nodes, HEAP) as nodes:
        engine = connect(nodes)
        _log(run, "indexing")
        if run.paragraphs > GENERATED_SIZE:  # a cluster that has just started is slow
            _index(ClusterRun(run.nodes, GENERATED_SIZE), nodes, engine, base, GENERATED_SIZE)
        for number in range(BUILDS.get(run.paragraphs, 1)):
            _index(run, nodes, engine, base, number)
        _edit(run, engine, base)
        run.segments = engine.stats().segments
        # Only the newest generation: older ones that are kept have indices of their own.
        index = engine.state.pointer().retained[-1].index
        stats = nodes.request("GET", f"/{index}/_stats/store")
        run.bytes = stats["_all"]["primaries"]["store"]["size_in_bytes"]
        if run.paragraphs == len(base):
            _log(run, "checking answers")
            ours = Ours(folder)
            ours.engine = engine
            for kind in KINDS:
                timing.check_answers(ours, model, questions[kind][:CHECKED_PER_KIND])
                run.checked += CHECKED_PER_KIND
        _log(run, "searching")
        requests = _search(run, nodes, selected)
        run.a_second = requests_per_second(nodes.urls, requests, CLIENTS)
        _log(run, "exporting")
        _export(run, engine)
    return run


def connect(nodes: Cluster) -> OpenSearchEngine:
    """Return a new engine without cached state, connected to the nodes."""
    hosts = ",".join(url.removeprefix("http://") for url in nodes.urls)
    engine = OpenSearchEngine(f"opensearch+http://{hosts}/bench")
    engine.client.request("GET", "/")
    return engine


def _index(
    run: ClusterRun,
    nodes: Cluster,
    engine: OpenSearchEngine,
    base: Sequence[Paragraph],
    number: int,
) -> None:
    """Index the paragraphs with the engine, then replay its requests to a bare index."""
    # With several nodes and more paragraphs, the comparison would tell nothing new.
    compare = run.nodes == 1 or run.paragraphs <= GENERATED_SIZE
    recorder = RequestRecorder(keep_bulk=compare)
    paragraphs = corpus.repeat(base, run.paragraphs)
    with recorder.record(engine), engine.writer(OWNER, 0, rebuild=True) as writer:
        putting = 0.0  # seconds without parsing Markdown, which is not the engine's work
        for paragraph in paragraphs:
            activity = parse_paragraph(paragraph)
            started = time.perf_counter()
            writer.put(activity)
            putting += time.perf_counter() - started
        started = time.perf_counter()
        writer.commit()
        ended = time.perf_counter()
    bulk = [request for request in recorder.requests if "/_bulk" in request.path]
    first = min(request.started for request in bulk)
    run.making.append(putting)
    run.ours_bulk.append(max(request.ended for request in bulk) - first)
    run.commit.append(putting + ended - started)
    if not compare:
        return
    bare_index = f"bare-{number}"
    nodes.request("PUT", f"/{bare_index}", index_body(filling=True))
    run.bare_bulk.append(replay_bulk(nodes.urls, bare_index, recorder))
    nodes.request("DELETE", f"/{bare_index}")


def _edit(run: ClusterRun, engine: OpenSearchEngine, base: Sequence[Paragraph]) -> None:
    """Commit single paragraphs. Their text is unchanged, so that all answers stay the same."""
    for paragraph in random.Random(6).sample(base, EDITS):
        with engine.writer(OWNER, 0) as writer:
            writer.put(parse_paragraph(paragraph))
            started = time.perf_counter()
            writer.commit()
            run.one_edit.append(time.perf_counter() - started)


def _search(run: ClusterRun, nodes: Cluster, questions: Sequence[Question]) -> list[SentRequest]:
    """Measure a page and its bare requests for each question, and return all these requests."""
    vocabulary = Vocabulary({})
    engine = connect(nodes)
    requests: list[list[SentRequest]] = []
    for question in questions:  # not timed: record the requests
        recorder = RequestRecorder()
        with recorder.record(engine):
            search(engine, question.request, vocabulary)
        # The request for the pointer is part of our overhead.
        requests.append([sent for sent in recorder.requests if "/_doc/" not in sent.path])
    for kind in KINDS:
        run.requests[kind] = statistics.mean(
            len(sent)
            for question, sent in zip(questions, requests, strict=True)
            if question.kind == kind
        )
    engine = connect(nodes)
    search(engine, questions[0].request, vocabulary)  # fill the caches of the process
    clients = [BareClient(url) for url in nodes.urls]
    for number, (question, sent) in enumerate(zip(questions, requests, strict=True)):
        client = clients[number % len(clients)]
        # Which of the two is first alternates.
        for is_ours in (number % 2 == 0, number % 2 == 1):
            started = time.perf_counter()
            if is_ours:
                search(engine, question.request, vocabulary)
            else:
                for request in sent:
                    client.send(request.method, request.path, request.body)
            seconds = run.ours if is_ours else run.bare
            seconds.setdefault(question.kind, []).append(time.perf_counter() - started)
    return [request for sent in requests for request in sent]


def _export(run: ClusterRun, engine: OpenSearchEngine) -> None:
    started = time.perf_counter()
    with engine.snapshot() as snapshot:
        rows = sum(1 for _ in snapshot.scan(Plan()))
    run.export = time.perf_counter() - started
    assert rows == run.paragraphs


def _log(run: ClusterRun, step: str) -> None:
    print(f"{run.nodes} nodes, {run.paragraphs:,} paragraphs: {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
