"""Pages over HTTP, under wrk: `activities serve` beside Datasette's page of the same search."""

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
from tests.bench.indexing import family, rollup
from tests.bench.questions import Question
from tests.serving import COMMAND, environment

URLS = 500
SECONDS = 8
CLIENTS = 8
WORKERS = 2
ASKED = (
    "common",
    "mid",
    "rare",
    "and",
    "or",
    "not",
    "prefix 3",
    "phrase common",
)  # what FTS5 has an expression for
SHOWN = 20  # activities a page, as ours

_LUA = """
local paths = {{{paths}}}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server stood: pages a second with several clients, and the latency of a single one."""

    pages_per_second: float
    p50: float  # seconds
    first: float  # seconds, median: the answer to an address that was not asked before
    failures: int  # answers that were no 2xx or 3xx, and broken connections


def choose(drawn: dict[str, list[Question]], selected: dict[str, list[Question]]) -> list[Question]:
    """URLS different questions, half of them with a country, in random order."""
    share = -(-URLS // (2 * len(ASKED)))
    found = [
        q
        for kind in ASKED
        for questions in (drawn[kind], selected[kind])
        for q in questions[-share:]
    ]
    random.Random(3).shuffle(found)
    return found[:URLS]


def ours(
    settings: Settings, questions: Sequence[Question], more: Sequence[Question]
) -> dict[str, Any]:
    """The load that `activities serve` stands, and what its workers hold after a thousand questions."""
    port = free_port()
    arguments = [COMMAND, "serve", "--workers", str(WORKERS), "--port", str(port)]
    addresses = [question.address for question in questions]
    with running(arguments, port, "/healthz", environment(settings)) as process:
        # Each of the workers is to see a thousand: they share what comes.
        for question in more[: 1000 * WORKERS]:
            with urlopen(f"http://127.0.0.1:{port}/?{question.address}", timeout=60) as answer:
                answer.read()
        workers = [pid for pid in family(process.pid) if pid != process.pid]
        return {
            "memory": max((rollup(pid, "Private_Dirty") for pid in workers), default=0),
            "page": _load(port, [f"/?{address}" for address in addresses]),
            "api": _load(port, [f"/api/v1/search?{address}" for address in addresses]),
        }


def datasette(folder: Path, paragraphs: Sequence[Paragraph], questions: Sequence[Question]) -> Load:
    """The load that Datasette stands, with the same searches, facets of country and year, and as many rows."""
    path = folder / "datasette.db"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE activity (number INTEGER PRIMARY KEY, id TEXT, country TEXT, year INTEGER, text TEXT)"
    )
    db.executemany(
        "INSERT INTO activity VALUES (?, ?, ?, ?, ?)",
        ((n, p.id, p.countries[0], p.year, p.text) for n, p in enumerate(paragraphs)),
    )
    db.executescript(
        "CREATE INDEX by_country ON activity (country); CREATE INDEX by_year ON activity (year);"
        "CREATE VIRTUAL TABLE activity_fts USING fts5(text, content=activity, content_rowid=number, tokenize='porter unicode61');"
        "INSERT INTO activity_fts (activity_fts) VALUES ('rebuild'); ANALYZE"
    )
    db.close()
    port = free_port()
    limits = {
        "sql_time_limit_ms": 30_000,
        "facet_time_limit_ms": 30_000,
        "facet_suggest_time_limit_ms": 1,
        "suggest_facets": "off",
        "num_sql_threads": 2,
    }
    arguments = [
        sys.executable,
        "-m",
        "datasette",
        "serve",
        "--immutable",
        path,
        "--port",
        str(port),
    ]
    arguments += [
        part for name, value in limits.items() for part in ("--setting", name, str(value))
    ]
    paths = []
    for question in questions:
        given = {
            "_search": expression(question),
            "_searchmode": "raw",
            "_facet": ["country", "year"],
            "_size": SHOWN,
        }
        if question.country:
            given["country"] = question.country
        paths.append(f"/datasette/activity?{urlencode(given, doseq=True)}")
    with running(arguments, port, "/-/versions.json", None):
        return _load(port, paths)


def expression(question: Question) -> str:
    """A question in the query language of FTS5."""
    match question.kind, question.words:
        case "or" | "or of 3", words:
            return " OR ".join(words)
        case "not", (word, other):
            return f"{word} NOT {other}"
    return question.text


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def running(
    arguments: Sequence[Any], port: int, ready: str, env: dict[str, str] | None
) -> Iterator[subprocess.Popen[str]]:
    """A server, from when it answers to when it has stopped."""
    process = subprocess.Popen(
        arguments, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    try:
        for _ in range(600):
            try:
                urlopen(f"http://127.0.0.1:{port}{ready}", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(f"{arguments[0]} ended with {process.returncode}") from None
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _load(port: int, paths: Sequence[str]) -> Load:
    """Ask in turn for all paths: each once, then several clients, then one."""
    took = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in paths:
        started = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        took.append(time.perf_counter() - started)
    connection.close()
    several, failures = _wrk(
        port, paths, CLIENTS
    )  # first, so that every worker has met every address
    one, _ = _wrk(port, paths, 1)
    return Load(several["rate"], one["p50"], statistics.median(took), failures)


def _wrk(port: int, paths: Sequence[str], clients: int) -> tuple[dict[str, float], int]:
    return parse(wrk(port, paths, clients, SECONDS))


def wrk(port: int, paths: Sequence[str], clients: int, seconds: int) -> str:
    """What wrk says after asking for paths in turn."""
    script = Path(tempfile.gettempdir(), f"activities-bench-{port}.lua")
    script.write_text(_LUA.format(paths=", ".join(map(json.dumps, paths))))
    try:
        return subprocess.run(
            [
                "wrk",
                "--threads",
                "1",
                "--connections",
                str(clients),
                "--duration",
                f"{seconds}s",
                "--timeout",
                "30s",
                "--latency",
                "--script",
                script,
                f"http://127.0.0.1:{port}",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    finally:
        script.unlink()


_UNIT = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def parse(said: str) -> tuple[dict[str, float], int]:
    """The requests, their rate, and the median and 99th percentile of latency in seconds of what wrk printed; the
    failures."""
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    requests = re.search(r"(\d+) requests in", said)
    times = {
        name: re.search(rf"{percent}%\s+([\d.]+)(us|ms|s|m)", said)
        for name, percent in (("p50", 50), ("p99", 99))
    }
    if not rate or not requests or not all(times.values()):
        raise RuntimeError(f"wrk said something else than expected:\n{said}")
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said
    )
    failures = int(failed[1]) if failed else 0
    failures += sum(map(int, broken.groups())) if broken else 0
    found = {name: float(time[1]) * _UNIT[time[2]] for name, time in times.items() if time}
    return {"rate": float(rate[1]), "requests": float(requests[1]), **found}, failures
