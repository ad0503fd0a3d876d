"""What the workers of a server counted, together, in Prometheus's text format.

Each worker counts in a slot of its own of a file that all have mapped; a slot that a dead worker left is
taken on with its counts, so that no counter ever falls, and the file never grows. prometheus_client's own way
for several processes keeps a file for every worker there ever was.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

from indexer.engines.base import Engine, EngineError
from indexer.indexing import run_log

SLOTS = 128  # workers at a time
ROUTES = {
    "/": "page",
    "/fragment": "fragment",
    "/api/v1/suggest": "suggest",
    "/activities/": "activity",
    "/coverage": "coverage",
    "/export": "export",
    "/help": "help",
    "/api/v1/search": "api_search",
    "/api/v1/activities/": "api_activity",
    "/api/v1/reindex": "api_reindex",
    "/static/": "static",
}
OTHER = "other"
STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_NAMES = (*ROUTES.values(), OTHER)
_WIDTH = (
    len(STATUSES) + len(BUCKETS) + 2
)  # of a route: by status, by bucket, longer, and microseconds together
_SLOT = len(_NAMES) * _WIDTH
SIZE = SLOTS * _SLOT * 8  # bytes


def route(path: str) -> str:
    """The route that a path belongs to, one of a few."""
    if path in ROUTES:
        return ROUTES[path]
    return next(
        (
            name
            for start, name in ROUTES.items()
            if start not in ("/", "/help") and path.startswith(start)
        ),
        OTHER,
    )


class Counters:
    """Requests and how long they took, by route."""

    def __init__(self, path: Path | None = None) -> None:
        """path: a file of SIZE bytes that other processes count in too."""
        self._lock = threading.Lock()
        if path is None:
            self._all, mine = np.zeros((SLOTS, len(_NAMES), _WIDTH), np.uint64), 0
        else:
            self._file = os.open(path, os.O_RDWR)  # and never closed: that would give the slot away
            mapped = mmap.mmap(self._file, SIZE)
            self._all = np.frombuffer(mapped, np.uint64).reshape(SLOTS, len(_NAMES), _WIDTH)
            mine = next(slot for slot in range(SLOTS) if self._takes(slot))
        self._mine = self._all[mine]

    def _takes(self, slot: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except OSError:
            return False
        return True

    def observe(self, path: str, status: int, seconds: float) -> None:
        """Count an answer."""
        row = self._mine[_NAMES.index(route(path))]
        with self._lock:
            row[min(max(status // 100, 1), len(STATUSES)) - 1] += np.uint64(1)
            row[len(STATUSES) + bisect_left(BUCKETS, seconds)] += np.uint64(1)
            row[-1] += np.uint64(max(0, round(seconds * 1e6)))

    def collect(self) -> Iterator[Metric]:
        """What all workers counted, as prometheus_client wants it."""
        requests = CounterMetricFamily(
            "activities_http_requests", "Requests answered.", labels=["route", "status"]
        )
        took = HistogramMetricFamily(
            "activities_http_request_duration_seconds",
            "Time until an answer was sent.",
            labels=["route"],
        )
        for name, row in zip(_NAMES, self._all.sum(axis=0).tolist(), strict=True):
            for status, count in zip(STATUSES, row, strict=False):
                if count:
                    requests.add_metric([name, status], count)
            within, buckets = 0, []
            for limit, count in zip(
                (*map(str, BUCKETS), "+Inf"), row[len(STATUSES) : -1], strict=True
            ):
                within += count
                buckets.append((limit, within))
            if within:
                took.add_metric([name], buckets, row[-1] / 1e6)
        yield requests
        yield took


class Index:
    """What an index says of itself."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def collect(self) -> Iterator[Metric]:
        """Gauges; those of a generation are left out where there is none to answer from."""
        try:
            with self._engine.snapshot() as snapshot:
                generation = snapshot.generation
        except EngineError:
            generation = None
        yield GaugeMetricFamily(
            "activities_ready", "Whether searches can be answered.", float(generation is not None)
        )
        if generation:
            yield GaugeMetricFamily(
                "activities_generation", "The generation that is served.", generation.number
            )
            yield GaugeMetricFamily(
                "activities_indexed", "Activities in it.", generation.activities
            )
            yield GaugeMetricFamily(
                "activities_held",
                "Whether a rollback holds the index.",
                float(generation.restores is not None),
            )
        known = run_log.recent(self._folder)
        newest = next((run for run in known if run.outcome == "done"), None)
        # Where none has succeeded since the log begins, an alarm must not fall silent: it is at least so long.
        for run in [newest] if newest else known[-1:]:
            age = (
                datetime.now(UTC) - datetime.fromisoformat(run.started)
            ).total_seconds() - run.seconds
            yield GaugeMetricFamily(
                "activities_last_run_age_seconds",
                "Time since the newest run that succeeded.",
                max(0.0, age),
            )
        if newest:
            yield GaugeMetricFamily(
                "activities_rejected_files",
                "Content files it could not index.",
                newest.counts.get("rejected", 0),
            )


def exposition(*collectors: Any) -> bytes:
    """The metrics of collectors, in the text format of Prometheus, version 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)
