"""Measure pages over HTTP with wrk: `activities serve` and Datasette, for the same searches."""

from __future__ import annotations

import http.client
import json
import random
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from indexer.settings import Settings
from tests.bench.corpus import Paragraph
from tests.bench.questions import Question
from tests.memory import process_tree, smaps_rollup
from tests.serving import COMMAND, environment

URLS = 500
SECONDS = 8  # of each wrk run
CLIENTS = 8
WORKERS = 2
WARM_UP_SEARCHES = 1000  # of each worker, before its memory is measured
PAGE_SIZE = 20  # results on a page of the search site
START_ATTEMPTS = 600  # a tenth of a second apart

# The kinds of question that FTS5 can express.
KINDS = ("common", "mid", "rare", "and", "or", "not", "prefix 3", "phrase common")

_WRK_SCRIPT = """
local paths = {{{paths}}}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True, slots=True)
class HttpLoad:
    """The results of a load test of a server."""

    pages_per_second: float  # with several clients
    p50: float  # seconds, with one client
    first: float  # seconds, median: the first request for each address
    failures: int  # responses other than 2xx and 3xx, and broken connections


def choose_questions(
    questions: dict[str, list[Question]], with_country: dict[str, list[Question]]
) -> list[Question]:
    """Return URLS different questions in random order, half of them with a country."""
    share = -(-URLS // (2 * len(KINDS)))
    chosen = [
        question
        for kind in KINDS
        for source in (questions[kind], with_country[kind])
        for question in source[-share:]
    ]
    random.Random(3).shuffle(chosen)
    return chosen[:URLS]


def measure_ours(
    settings: Settings, questions: Sequence[Question], warm_up: Sequence[Question]
) -> dict[str, Any]:
    """Measure `activities serve`.

    Returns the load of pages ("page") and of the API ("api"), and the Private_Dirty bytes of the
    largest worker after the warm-up ("memory").
    """
    port = free_port()
    arguments = [COMMAND, "serve", "--workers", str(WORKERS), "--port", str(port)]
    addresses = [question.address for question in questions]
    with running_server(arguments, port, "/healthz", environment(settings)) as process:
        for question in warm_up[: WARM_UP_SEARCHES * WORKERS]:  # the workers share them
            with urlopen(f"http://127.0.0.1:{port}/?{question.address}", timeout=60) as response:
                response.read()
        workers = [pid for pid in process_tree(process.pid) if pid != process.pid]
        return {
            "memory": max((smaps_rollup(pid, "Private_Dirty") for pid in workers), default=0),
            "page": _measure_load(port, [f"/?{address}" for address in addresses]),
            "api": _measure_load(port, [f"/api/v1/search?{address}" for address in addresses]),
        }


def measure_datasette(
    folder: Path, paragraphs: Sequence[Paragraph], questions: Sequence[Question]
) -> HttpLoad:
    """Measure Datasette with the same searches, page size, and facets of country and year."""
    database = folder / "datasette.db"
    _write_database(database, paragraphs)
    port = free_port()
    options = {
        "sql_time_limit_ms": 30_000,
        "facet_time_limit_ms": 30_000,
        "facet_suggest_time_limit_ms": 1,
        "suggest_facets": "off",
        "num_sql_threads": 2,
    }
    arguments = [sys.executable, "-m", "datasette", "serve", "--immutable", str(database)]
    arguments += ["--port", str(port)]
    for name, value in options.items():
        arguments += ["--setting", name, str(value)]
    paths = [_datasette_path(question) for question in questions]
    with running_server(arguments, port, "/-/versions.json", None):
        return _measure_load(port, paths)


def _write_database(path: Path, paragraphs: Sequence[Paragraph]) -> None:
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE activity "
        "(number INTEGER PRIMARY KEY, id TEXT, country TEXT, year INTEGER, text TEXT)"
    )
    db.executemany(
        "INSERT INTO activity VALUES (?, ?, ?, ?, ?)",
        ((n, p.id, p.countries[0], p.year, p.text) for n, p in enumerate(paragraphs)),
    )
    db.executescript(
        "CREATE INDEX by_country ON activity (country);"
        "CREATE INDEX by_year ON activity (year);"
        "CREATE VIRTUAL TABLE activity_fts USING fts5"
        "(text, content=activity, content_rowid=number, tokenize='porter unicode61');"
        "INSERT INTO activity_fts (activity_fts) VALUES ('rebuild');"
        "ANALYZE"
    )
    db.close()


def _datasette_path(question: Question) -> str:
    params = {
        "_search": fts5_query(question),
        "_searchmode": "raw",
        "_facet": ["country", "year"],
        "_size": PAGE_SIZE,
    }
    if question.country:
        params["country"] = question.country
    return f"/datasette/activity?{urlencode(params, doseq=True)}"


def fts5_query(question: Question) -> str:
    """Return a question in the query language of FTS5."""
    match question.kind, question.words:
        case "or" | "or of 3", words:
            return " OR ".join(words)
        case "not", (word, other):
            return f"{word} NOT {other}"
    return question.text


def free_port() -> int:
    """Return a TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(
    arguments: Sequence[Any], port: int, ready_path: str, env: dict[str, str] | None
) -> Iterator[subprocess.Popen[str]]:
    """Run a server while the context lasts, which begins when ready_path answers.

    Raises RuntimeError if the server ends before.
    """
    process = subprocess.Popen(
        arguments, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    try:
        for _ in range(START_ATTEMPTS):
            try:
                urlopen(f"http://127.0.0.1:{port}{ready_path}", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(
                        f"{arguments[0]} ended with exit code {process.returncode}"
                    ) from None
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _measure_load(port: int, paths: Sequence[str]) -> HttpLoad:
    """Request all paths in turn: once each, then from several clients, then from one client."""
    first = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in paths:
        started = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        first.append(time.perf_counter() - started)
    connection.close()
    # With several clients first, so that every worker has answered every address.
    several, failures = parse_wrk(run_wrk(port, paths, CLIENTS, SECONDS))
    one, _ = parse_wrk(run_wrk(port, paths, 1, SECONDS))
    return HttpLoad(several["rate"], one["p50"], statistics.median(first), failures)


def run_wrk(port: int, paths: Sequence[str], clients: int, seconds: int) -> str:
    """Request paths in turn with wrk, and return its output."""
    script = Path(tempfile.gettempdir(), f"activities-bench-{port}.lua")
    script.write_text(_WRK_SCRIPT.format(paths=", ".join(map(json.dumps, paths))))
    arguments = ["wrk", "--threads", "1", "--connections", str(clients)]
    arguments += ["--duration", f"{seconds}s", "--timeout", "30s", "--latency"]
    arguments += ["--script", str(script), f"http://127.0.0.1:{port}"]
    try:
        return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    finally:
        script.unlink()


_UNIT_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def parse_wrk(output: str) -> tuple[dict[str, float], int]:
    """Return the figures in wrk's output, and the number of failures.

    The figures are "requests", "rate" (per second), and the latencies "p50" and "p99" in seconds.
    """
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    requests = re.search(r"(\d+) requests in", output)
    latencies = {
        name: re.search(rf"{percent}%\s+([\d.]+)(us|ms|s|m)", output)
        for name, percent in (("p50", 50), ("p99", 99))
    }
    if not rate or not requests or not all(latencies.values()):
        raise RuntimeError(f"wrk: unexpected output:\n{output}")
    statuses = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    sockets = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output
    )
    failures = int(statuses[1]) if statuses else 0
    failures += sum(map(int, sockets.groups())) if sockets else 0
    figures = {
        name: float(match[1]) * _UNIT_SECONDS[match[2]]
        for name, match in latencies.items()
        if match
    }
    return {"rate": float(rate[1]), "requests": float(requests[1]), **figures}, failures
