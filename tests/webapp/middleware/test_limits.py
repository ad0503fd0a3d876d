"""Limits of a worker: the work of a request, and the requests of a kind at the same time."""

from __future__ import annotations

import gzip
import itertools
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from indexer.engines.base import TooBusy
from indexer.engines.budget import HEAVY_POSTINGS, spend
from indexer.search.export.document import INCOMPLETE
from indexer.settings import Settings
from webapp import create_app
from webapp.middleware import limits
from webapp.middleware.limits import THREADS, Places, RequestLimits

COMPLEX = "/?q=%22police+trained%22"
LIGHT = ["/healthz", "/readyz", "/metrics", "/help", "/static/style.css", "/robots.txt"]


@pytest.fixture
def poor_client(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of an application whose requests may do hardly any work."""
    budget = limits.Budget
    monkeypatch.setattr(limits, "Budget", lambda **options: budget(limit=100, **options))
    return create_app(settings).test_client()


def test_a_page_that_is_too_expensive_says_so(poor_client: FlaskClient) -> None:
    response = poor_client.get(COMPLEX)
    assert response.status_code == 503
    assert "This search is too complex" in response.text
    assert response.headers["Retry-After"] == "5"


def test_the_api_names_a_request_that_is_too_expensive(poor_client: FlaskClient) -> None:
    for path in ("/api/v1/search?q=police", "/api/v1/suggest?q=police+tr"):
        response = poor_client.get(path)
        assert response.status_code == 503
        assert response.get_json()["error"]["code"] == "too_expensive"


@pytest.mark.parametrize("path", ["/coverage", "/changes", "/api/v1/changes"])
def test_other_pages_of_a_search_have_a_budget(poor_client: FlaskClient, path: str) -> None:
    assert poor_client.get(f"{path}{COMPLEX[1:]}").status_code == 503


def test_a_download_has_no_budget(poor_client: FlaskClient) -> None:
    response = poor_client.get(f"/export{COMPLEX[1:]}&format=json")
    assert response.status_code == 200
    assert "myanmar-police" in response.text


def test_a_refusal_is_not_cached(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(settings).test_client()
    with monkeypatch.context() as patch:
        budget = limits.Budget
        patch.setattr(limits, "Budget", lambda **options: budget(limit=100, **options))
        response = client.get(COMPLEX)
        assert response.status_code == 503
        assert response.headers["Cache-Control"] == "no-store"
    assert client.get(COMPLEX).status_code == 200


def test_refusals_are_counted_by_route(poor_client: FlaskClient) -> None:
    poor_client.get(COMPLEX)
    poor_client.get(COMPLEX)
    poor_client.get(f"/api/v1/search{COMPLEX[1:]}")
    refused = {
        (sample.labels["route"], sample.labels["code"]): sample.value
        for family in text_string_to_metric_families(poor_client.get("/metrics").text)
        for sample in family.samples
        if sample.name == "activities_http_requests_refused_total"
    }
    assert refused == {("page", "too_expensive"): 2, ("api_search", "too_expensive"): 1}


# Places


def test_places_are_taken_and_left() -> None:
    places = Places(2, 0)
    assert [places.take(), places.take(), places.take()] == [True, True, False]
    places.leave()
    assert places.take()


def test_a_request_waits_for_a_place() -> None:
    places = Places(1, 1, seconds=30)
    places.take()
    taken: list[bool] = []
    waiting = threading.Thread(target=lambda: taken.append(places.take()))
    waiting.start()
    places.leave()
    waiting.join()
    assert taken == [True]


def test_a_request_that_waited_too_long_is_refused() -> None:
    places = Places(1, 1, seconds=0.01)
    places.take()
    assert not places.take()


def test_a_request_is_refused_at_once_if_enough_others_wait() -> None:
    places = Places(1, 0, seconds=30)
    places.take()
    assert not places.take()


# Requests of a kind


def no_places() -> Places:
    places = Places(1, 0)
    places.take()
    return places


def limited_client(settings: Settings, **places: Places) -> FlaskClient:
    """Return a client of an application with these places."""
    app = create_app(settings)
    app.wsgi_app = RequestLimits(app.wsgi_app, **places)  # type: ignore[method-assign]
    return app.test_client()


@pytest.mark.parametrize("path", LIGHT)
def test_light_requests_are_answered_when_all_places_are_taken(
    settings: Settings, path: str
) -> None:
    client = limited_client(settings, searches=no_places(), bulk=no_places(), heavy=no_places())
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/export?format=csv", "/coverage", "/sitemap.xml"])
def test_a_bulk_request_without_a_place_is_429(settings: Settings, path: str) -> None:
    response = limited_client(settings, bulk=no_places()).get(path)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Too many downloads" in response.text


def test_a_bulk_request_does_not_take_the_place_of_a_search(settings: Settings) -> None:
    client = limited_client(settings, searches=no_places())
    assert client.get("/export?format=csv").status_code == 200


def test_a_search_without_a_place_is_503(settings: Settings) -> None:
    client = limited_client(settings, searches=no_places())
    assert client.get("/?q=police").status_code == 503
    response = client.get("/api/v1/search?q=police")
    assert response.status_code == 503
    assert response.get_json()["error"]["code"] == "too_busy"


def test_a_search_does_not_take_the_place_of_a_bulk_request(settings: Settings) -> None:
    client = limited_client(settings, bulk=no_places())
    assert client.get("/?q=police").status_code == 200


def test_a_cached_response_needs_no_place(settings: Settings, monkeypatch: Any) -> None:
    places = Places(1, 0)
    monkeypatch.setattr(limits, "Places", lambda *_: places)
    client = create_app(settings).test_client()
    assert client.get("/?q=police").status_code == 200
    places.take()
    assert client.get("/?q=police").status_code == 200
    assert client.get("/?q=women").status_code == 503


def call(app: Any, path: str) -> Iterable[bytes]:
    return RequestLimits.__call__(app, {"PATH_INFO": path}, lambda *_: lambda _: None)  # type: ignore[arg-type,return-value]


def rows(*_: object) -> Iterator[bytes]:
    yield b"first"
    yield b"second"


def test_a_download_keeps_its_place_until_it_is_closed() -> None:
    places = Places(1, 0)
    body = call(RequestLimits(rows, bulk=places), "/export")
    assert next(iter(body)) == b"first"
    assert not places.take()
    body.close()  # type: ignore[attr-defined]
    body.close()  # type: ignore[attr-defined]
    assert places.take()
    assert not places.take(), "closed twice, left once"


def test_a_search_keeps_its_place_until_its_response_is_made() -> None:
    """The response may then be sent to a slow client."""
    places = Places(1, 0)
    call(RequestLimits(rows, searches=places), "/")
    assert places.take()


@pytest.mark.parametrize("path", ["/", "/export", "/coverage"])
def test_a_request_that_fails_leaves_its_place(path: str) -> None:
    def fail(*_: object) -> Iterable[bytes]:
        spend(HEAVY_POSTINGS + 1)
        raise OSError

    places = Places(1, 0), Places(1, 0), Places(1, 0)
    with pytest.raises(OSError):
        call(RequestLimits(fail, *places), path)
    assert [each.take() for each in places] == [True, True, True]


def test_few_heavy_requests_work_at_the_same_time() -> None:
    def work(*_: object) -> Iterable[bytes]:
        spend(HEAVY_POSTINGS + 1)
        return [b"done"]

    with pytest.raises(TooBusy):
        call(RequestLimits(work, heavy=no_places()), "/")
    places = Places(1, 0)
    assert call(RequestLimits(work, heavy=places), "/") == [b"done"]
    assert places.take(), "it has left its place"


def test_light_work_needs_no_place_among_the_heavy_requests() -> None:
    def work(*_: object) -> Iterable[bytes]:
        spend(HEAVY_POSTINGS)
        return [b"done"]

    assert call(RequestLimits(work, heavy=no_places()), "/") == [b"done"]


def test_a_download_that_is_read_too_slowly_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GRACE_SECONDS", -1.0)
    with pytest.raises(TimeoutError):
        list(call(RequestLimits(rows), "/export"))


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_download_that_ended_early_says_that_it_is_incomplete(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(limits, "GRACE_SECONDS", -1.0)
    monkeypatch.setattr("indexer.search.export.CHUNK_SIZE", 1)  # a chunk for each row
    response = (
        create_app(settings)
        .test_client()
        .get("/export?format=csv", headers={"Accept-Encoding": encoding})
    )
    chunks: list[bytes] = []
    with pytest.raises(TimeoutError):
        chunks.extend(response.response)
    file = b"".join(chunks)
    text = (gzip.decompress(file) if encoding == "gzip" else file).decode()
    assert text.endswith(f'"{INCOMPLETE}"\r\n')
    assert "pakistan-trafficking" not in text


def test_the_time_to_make_the_rows_of_a_download_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = itertools.count()
    monkeypatch.setattr(limits, "GRACE_SECONDS", 10.0)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    def slow_rows(*_: object) -> Iterator[bytes]:
        for _ in range(5):
            for _ in range(100):
                next(clock)
            yield b"row"

    assert list(call(RequestLimits(slow_rows), "/export")) == [b"row"] * 5


def test_a_worker_has_a_thread_for_every_request_that_runs_or_waits() -> None:
    reserved = sum(
        (
            limits.MAX_SEARCHES,
            limits.MAX_WAITING_SEARCHES,
            limits.MAX_BULK,
            limits.MAX_WAITING_BULK,
        )
    )
    assert reserved + 16 <= THREADS


def test_heavy_requests_that_wait_leave_places_to_light_ones() -> None:
    assert limits.MAX_HEAVY + limits.MAX_WAITING_HEAVY <= limits.MAX_SEARCHES // 2
