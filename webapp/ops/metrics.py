"""Request counts of all workers and gauges of the index, in the Prometheus text format.

All workers map one file, which has no name, and each counts in its own slot of it. A new worker
reuses the slot of a dead one and continues its counts, so that counters never fall and the file
never grows.
prometheus_client's multiprocess mode keeps a file for every worker that ever ran.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
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

SLOTS = 128  # maximum number of workers at a time
# Labels of the routes by path. A path that ends in "/" includes all paths below it.
ROUTES = {
    "/": "page",
    "/fragment": "fragment",
    "/api/v1/suggest": "suggest",
    "/api/v1/names": "names",
    "/activities/": "activity",
    "/coverage": "coverage",
    "/changes": "changes",
    "/selection": "selection",
    "/export": "export",
    "/briefing": "briefing",
    "/about": "about",
    "/help": "help",
    "/api": "api",
    "/api/v1/search": "api_search",
    "/api/v1/changes": "api_changes",
    "/api/v1/activities/": "api_activity",
    "/api/v1/openapi.json": "api_openapi",
    "/api/v1/reindex": "api_reindex",
    "/api/v1/reindex/": "api_reindex",
    "/static/": "static",
}
OTHER = "other"
STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_LABELS = (*dict.fromkeys(ROUTES.values()), OTHER)
_PREFIXES = tuple(path for path in ROUTES if path.endswith("/") and path != "/")
# Why a request was refused, by the error code of the API.
REFUSALS = ("too_expensive", "too_busy", "rate_limited")
# Columns of a route: one per status, one per bucket, one for longer times, total microseconds, and
# one per refusal.
_MICROSECONDS = len(STATUSES) + len(BUCKETS) + 1
_FIRST_REFUSAL = _MICROSECONDS + 1
_COLUMNS = _FIRST_REFUSAL + len(REFUSALS)
SIZE = SLOTS * len(_LABELS) * _COLUMNS * 8  # bytes of the shared file


def route(path: str) -> str:
    """Return the label of the route that a path belongs to; OTHER for any other path."""
    label = ROUTES.get(path) or ROUTES.get(path.removesuffix("/"))
    if label is None:
        label = next((ROUTES[prefix] for prefix in _PREFIXES if path.startswith(prefix)), OTHER)
    return label


def shared_counts() -> int:
    """Return the descriptor of a new file for the Counters of several processes.

    The file has no name, so that no clean-up of temporary files removes it.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("activities-counters")
    else:
        with tempfile.TemporaryFile(prefix="activities-") as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, SIZE)
    return descriptor


class Counters:
    """Number and duration of requests, by route.

    descriptor: an open file of SIZE bytes that other processes count in too, as shared_counts()
        returns it; None counts in this process only.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self._lock = threading.Lock()
        if descriptor is None:
            self._all, slot = np.zeros((SLOTS, len(_LABELS), _COLUMNS), np.uint64), 0
        else:
            self._file = descriptor  # never closed: closing releases the slot's lock
            mapped = mmap.mmap(self._file, SIZE)
            self._all = np.frombuffer(mapped, np.uint64).reshape(SLOTS, len(_LABELS), _COLUMNS)
            slot = next(slot for slot in range(SLOTS) if self._lock_slot(slot))
        self._own = self._all[slot]

    def _lock_slot(self, slot: int) -> bool:
        """Take a slot; False if a living worker has it."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except OSError:
            return False
        return True

    def observe(self, path: str, status: int, seconds: float) -> None:
        """Count one response and its duration."""
        row = self._own[_LABELS.index(route(path))]
        with self._lock:
            row[min(max(status // 100, 1), len(STATUSES)) - 1] += np.uint64(1)
            row[len(STATUSES) + bisect_left(BUCKETS, seconds)] += np.uint64(1)
            row[_MICROSECONDS] += np.uint64(max(0, round(seconds * 1e6)))

    def refuse(self, path: str, code: str) -> None:
        """Count a request that was refused for one of REFUSALS."""
        row = self._own[_LABELS.index(route(path))]
        with self._lock:
            row[_FIRST_REFUSAL + REFUSALS.index(code)] += np.uint64(1)

    def collect(self) -> Iterator[Metric]:
        """Yield the sums over all workers, for a Prometheus registry."""
        requests = CounterMetricFamily(
            "activities_http_requests", "Requests answered.", labels=["route", "status"]
        )
        durations = HistogramMetricFamily(
            "activities_http_request_duration_seconds",
            "Time until a response was sent.",
            labels=["route"],
        )
        refused = CounterMetricFamily(
            "activities_http_requests_refused",
            "Requests refused because of their work or the load, by the code of the error.",
            labels=["route", "code"],
        )
        limits = (*map(str, BUCKETS), "+Inf")
        for label, row in zip(_LABELS, self._all.sum(axis=0).tolist(), strict=True):
            for status, count in zip(STATUSES, row, strict=False):
                if count:
                    requests.add_metric([label, status], count)
            total, buckets = 0, []
            for limit, count in zip(limits, row[len(STATUSES) : _MICROSECONDS], strict=True):
                total += count
                buckets.append((limit, total))
            if total:
                durations.add_metric([label], buckets, row[_MICROSECONDS] / 1e6)
            for code, count in zip(REFUSALS, row[_FIRST_REFUSAL:], strict=True):
                if count:
                    refused.add_metric([label, code], count)
        yield requests
        yield durations
        yield refused


class IndexMetrics:
    """Gauges of an index and its indexing runs.

    folder: the folder of the run log.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges. Gauges of a generation are left out if the index cannot be read."""
        try:
            with self._engine.snapshot() as snapshot:
                generation = snapshot.generation
        except EngineError:
            generation = None
        yield _gauge("ready", "Whether searches can be answered.", generation is not None)
        if generation:
            yield _gauge("generation", "Number of the generation in use.", generation.number)
            yield _gauge("indexed", "Activities in the generation.", generation.activities)
            restored = generation.restores is not None
            yield _gauge("held", "Whether a rollback stops indexing.", restored)
        runs = run_log.recent(self._folder)
        newest = next((run for run in runs if run.outcome in ("done", "refused")), None)
        # If no logged run succeeded, use the oldest: the true age is at least as high, and an alarm
        # needs a value.
        for run in [newest] if newest else runs[-1:]:
            started = datetime.fromisoformat(run.started)
            age = (datetime.now(UTC) - started).total_seconds() - run.seconds
            yield _gauge(
                "last_run_age_seconds", "Time since the last successful run.", max(0.0, age)
            )
        if runs:
            refused = runs[0].outcome == "refused"
            yield _gauge("deletions_refused", "Whether the last run refused deletions.", refused)
        if newest:
            rejected = newest.counts.get("rejected", 0)
            yield _gauge("rejected_files", "Content files that the last run rejected.", rejected)


def _gauge(name: str, description: str, value: float) -> Metric:
    return GaugeMetricFamily(f"activities_{name}", description, float(value))


def exposition(*collectors: Any) -> bytes:
    """Return the metrics of collectors in the Prometheus text format, version 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)
