"""Request metrics: one label per route, and counts that all workers share."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from webapp.ops.metrics import OTHER, Counters, exposition, route, shared_counts

# Requests of monitoring systems, browsers and crawlers, counted together.
UNLABELLED = {
    "/favicon.ico",
    "/healthz",
    "/metrics",
    "/opensearch.xml",
    "/readyz",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-1.xml",
}


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a metrics page by name and label values."""
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def example_path(rule: str) -> str:
    """Return a path that a URL rule matches."""
    return re.sub(r"<(\w+:)?\w+>", lambda match: "a/b" if match[1] == "path:" else "1", rule)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "page"),
        ("/activities/a/b", "activity"),
        ("/api/v1/search", "api_search"),
        ("/api/v1/names", "names"),
        ("/api/v1/reindex/1", "api_reindex"),
        ("/static/x", "static"),
        ("/wp-login.php", "other"),
        ("/helpful", "other"),
        ("/export", "export"),
        ("/metrics", "other"),
    ],
)
def test_a_path_is_counted_under_the_label_of_its_route(path: str, label: str) -> None:
    assert route(path) == label


def test_every_route_of_the_application_has_a_label(app: Flask) -> None:
    paths = {example_path(rule.rule) for rule in app.url_map.iter_rules()}
    assert {path for path in paths if route(path) == OTHER} == UNLABELLED


def test_routes_of_different_views_have_different_labels(app: Flask) -> None:
    views: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        label = route(example_path(rule.rule))
        if label != OTHER:
            views.setdefault(label, set()).add(rule.endpoint)
    shared = {label: endpoints for label, endpoints in views.items() if len(endpoints) > 1}
    assert shared == {"api_reindex": {"operations.reindex", "operations.reindex_job"}}


def test_a_trailing_slash_does_not_change_the_label() -> None:
    assert route("/coverage/") == "coverage"
    assert route("/activities/a/") == "activity"


def test_workers_share_counts_and_a_new_worker_continues_those_of_a_dead_one() -> None:
    descriptor = shared_counts()
    counters = Counters(descriptor)
    counters.observe("/", 200, 0.004)
    program = (
        "import sys; from webapp.ops.metrics import Counters\n"
        "counters = Counters(int(sys.argv[1]))\n"
        "counters.observe('/', 200, 0.2)\n"
        "counters.observe('/', 503, 20)\n"
        "counters.observe('/activities/a/b', 404, 0.0001)\n"
    )
    for _ in range(200):  # more requests than there are slots
        counters.observe("/help", 200, 0.001)
    for _ in range(3):
        subprocess.run(
            [sys.executable, "-c", program, str(descriptor)],
            pass_fds=[descriptor],
            check=True,
            timeout=60,
        )
    values = samples(exposition(counters).decode())
    assert values["activities_http_requests_total", "page", "2xx"] == 4
    assert values["activities_http_requests_total", "page", "5xx"] == 3
    assert values["activities_http_requests_total", "activity", "4xx"] == 3
    bucket = "activities_http_request_duration_seconds_bucket"
    limits = ("0.0025", "0.005", "0.25", "10.0", "+Inf")
    assert [values[bucket, limit, "page"] for limit in limits] == [0, 1, 4, 4, 7]
    assert values["activities_http_request_duration_seconds_count", "page"] == 7
    assert values["activities_http_request_duration_seconds_sum", "page"] == pytest.approx(60.604)
    used_slots = counters._all[:, :, 0:5].sum(axis=(1, 2)) > 0
    assert int(used_slots.sum()) == 2  # the three processes used one slot one after another
