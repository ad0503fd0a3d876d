from __future__ import annotations

import gc
import gzip
import hashlib
import re
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import zstandard
from flask import Flask, Response
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from webapp import create_app
from webapp.middleware.http_cache import (
    MAX_CACHE_SIZE,
    NO_CACHE_KEY,
    HttpCache,
    _body_size,
    _headers_size,
)

PAGES = [
    "/",
    "/?q=police",
    "/activities/egypt-shelter",
    "/help",
    "/api/v1/search?q=police",
    "/export?format=csv",
    "/static/style.css",
]


class Counting:
    """An application that counts its calls."""

    def __init__(self, size: int = 5000, **headers: str) -> None:
        self.calls = 0
        self.version: str | None = "1"
        self.size, self.headers = size, headers

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.calls += 1
        body = f"answer {self.calls} to {environ['QUERY_STRING']} ".ljust(self.size, "x")
        response = Response(body, mimetype="text/plain", headers=self.headers)
        return response(environ, start)

    def behind(self, memory: int = MAX_CACHE_SIZE) -> Client:
        return Client(HttpCache(self, lambda: self.version, memory))


@pytest.mark.parametrize("url", PAGES)
def test_a_current_response_is_not_sent_again(client: FlaskClient, url: str) -> None:
    first = client.get(url)
    assert first.status_code == 200
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_every_encoding_contains_the_same_response(
    client: FlaskClient, url: str, encoding: str
) -> None:
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    for _ in range(2):
        packed = client.get(url, headers={"Accept-Encoding": encoding})
        assert packed.headers["Content-Encoding"] == encoding
        assert packed.headers["Vary"] == "Accept-Encoding, Accept-Language"
        unpacked = (
            gzip.decompress(packed.data)
            if encoding == "gzip"
            else zstandard.ZstdDecompressor().decompressobj().decompress(packed.data)
        )
        assert without_export_time(unpacked) == without_export_time(plain.data)
        assert without_export_time(client.get(url).data) == without_export_time(plain.data)


def without_export_time(data: bytes) -> bytes:
    """Remove the time of the export."""
    return re.sub(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"", data)


def test_a_new_generation_is_visible_at_once(settings: Settings, tmp_path: Any) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "one.md").write_text("---\n---\n\nA shelter opened.\n")
    own = Settings(content=content, index=tmp_path / "index")
    engine = open_engine(own)
    sync(engine, content, "tests")
    client = create_app(own, engine).test_client()
    first = client.get("/api/v1/search")
    assert first.json
    assert first.json["total"] == 1
    (content / "two.md").write_text("---\n---\n\nA court opened.\n")
    sync(engine, content, "tests")
    second = client.get("/api/v1/search", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.json
    assert second.json["total"] == 2


def test_a_new_vocabulary_changes_the_response(tmp_path: Any) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "one.md").write_text("---\ntheme: [shelters]\n---\n\nA shelter opened.\n")
    own = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(own), content, "tests")
    client = create_app(own).test_client()
    first = client.get("/")
    assert b"Places of refuge" not in first.data
    (content / "_vocabulary.yaml").write_text("theme:\n  shelters: Places of refuge\n")
    second = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert b"Places of refuge" in second.data


def test_a_response_is_computed_once_for_each_address_host_and_version() -> None:
    app = Counting()
    client = app.behind()
    first = client.get("/?q=a").data
    assert client.get("/?q=a").data == first
    assert (
        client.get("/?q=a", headers={"Accept-Encoding": "zstd"}).headers["Content-Encoding"]
        == "zstd"
    )
    assert client.head("/?q=a").headers["ETag"] == client.get("/?q=a").headers["ETag"]
    assert app.calls == 1
    assert client.get("/?q=b").data != first
    assert client.get("/?q=a", base_url="http://other.example/").data != first
    app.version = "2"
    assert client.get("/?q=a").data != first
    assert app.calls == 4


def test_a_response_with_no_store_is_computed_each_time_and_has_no_etag() -> None:
    app = Counting(**{"Cache-Control": "no-store"})
    client = app.behind()
    assert "ETag" not in client.get("/").headers
    client.get("/")
    assert app.calls == 2


def test_a_response_marked_as_not_cacheable_is_computed_each_time() -> None:
    app = Counting()
    client = app.behind()
    for _ in range(2):
        assert client.get("/", environ_overrides={NO_CACHE_KEY: True}).status_code == 200
    assert app.calls == 2


def test_nothing_is_cached_without_an_index() -> None:
    app = Counting()
    app.version = None
    client = app.behind()
    assert "ETag" not in client.get("/").headers
    client.get("/")
    assert app.calls == 2


def test_a_response_computed_across_two_generations_is_not_cached_and_has_no_etag() -> None:
    app = Counting()
    versions = iter(["1", "2", "2", "2"])
    client = Client(HttpCache(app, lambda: next(versions)))
    assert "ETag" not in client.get("/").headers
    assert "ETag" in client.get("/").headers
    assert app.calls == 2


@pytest.mark.parametrize(
    "accepted", ["gzip;q=0", "identity", "", "br", "x" * 9000, "*;q=0", ";;,=,"]
)
def test_a_client_without_a_supported_encoding_gets_an_uncompressed_response(accepted: str) -> None:
    for _ in range(2):
        answer = Counting().behind().get("/", headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer.headers
        assert answer.data.startswith(b"answer 1")


@pytest.mark.parametrize("stale", ['"other"', "*", 'W/"', "x" * 9000, ", ,"])
def test_a_stale_or_invalid_etag_gets_the_complete_response(
    client: FlaskClient, stale: str
) -> None:
    assert client.get("/", headers={"If-None-Match": stale}).status_code == 200


def test_a_long_response_is_streamed_compressed() -> None:
    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        def pieces() -> Iterator[bytes]:
            for n in range(1000):
                yield f"{n},row\n".encode()

        return Response(pieces(), mimetype="text/csv")(environ, start)

    answer = Client(HttpCache(app, lambda: "1")).get(
        "/", headers={"Accept-Encoding": "gzip"}, buffered=False
    )
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Content-Length" not in answer.headers
    assert gzip.decompress(answer.data).count(b"row") == 1000


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "gzip", "zstd"])), max_size=80))
def test_the_cache_stays_within_its_limit_and_returns_correct_responses(
    requests: list[tuple[int, str]],
) -> None:
    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        word = environ["QUERY_STRING"]
        return Response(f"{word} ".ljust(600 + 37 * int(word), "a"), mimetype="text/plain")(
            environ, start
        )

    answers = HttpCache(app, lambda: "1", max_size=5000)
    client = Client(answers)
    for word, encoding in requests:
        data = client.get(f"/?{word}", headers={"Accept-Encoding": encoding}).data
        data = {"": bytes, "gzip": gzip.decompress, "zstd": zstandard.decompress}[encoding](data)
        assert data.decode() == f"{word} ".ljust(600 + 37 * word, "a")
        cached = answers._cache
        bodies = sum(map(_body_size, cached._bodies.values()))
        headers = sum(_headers_size(*item) for item in cached.headers.items())
        assert bodies + headers == cached._size <= 5000
        assert {etag for etag, _ in cached._bodies} == set(cached.headers)


def test_a_post_request_is_forwarded(app: Flask) -> None:
    assert "ETag" not in app.test_client().post("/").headers


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_cached_response_takes_no_more_memory_than_its_bytes(encoding: str) -> None:
    body = "".join(f"{n * 7919 % 10007} " for n in range(30_000))
    app = Response(body, mimetype="text/plain")
    tracemalloc.start()
    try:
        answers = HttpCache(app, lambda: "1")
        client = Client(answers)
        client.get("/warm")
        before = tracemalloc.get_traced_memory()[0]
        for n in range(20):
            client.get(f"/?{n}", headers={"Accept-Encoding": encoding}).close()
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 1.5 * answers._cache._size


@pytest.mark.parametrize("size", [600, 5_000, 60_000])
def test_the_memory_of_a_full_cache_is_what_its_limit_says(app: Flask, size: int) -> None:
    limit = 1_000_000
    headers = app.test_client().get("/help").headers  # those of a real page
    headers.remove("Content-Length")
    headers.remove("Content-Encoding")

    def respond(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        word = environ["QUERY_STRING"]
        body = hashlib.shake_128(word.encode()).hexdigest(size // 2)
        # New strings, as Flask makes them for each response.
        copies = {name: "".join(list(value)) for name, value in headers.items()}
        return Response(body, headers=copies)(environ, start)

    answers = HttpCache(respond, lambda: "1", max_size=limit)
    client = Client(answers)
    client.get("/?warm")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        number = 0
        evicted = False
        while not evicted:
            count = len(answers._cache._bodies)
            client.get(f"/?{number}", headers={"Accept-Encoding": "gzip"}).close()
            number += 1
            evicted = len(answers._cache._bodies) <= count
        gc.collect()
        memory = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert 0.6 * limit < memory < 1.1 * limit
