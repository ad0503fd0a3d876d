"""Requests to OpenSearch past this program: what it sent, recorded, and sent again by a plain HTTP client."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from indexer.engines.opensearch.bulk import CONCURRENT_REQUESTS
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.serializer import dumps

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent; began and ended are of time.perf_counter()."""

    method: str
    path: str
    body: str
    began: float
    ended: float


class Recorder:
    """What an engine sends. Bodies of bulk requests stay in memory: writing gigabytes of them to a file meanwhile would
    slow down what is measured."""

    def __init__(self, bulk: bool = True) -> None:
        """bulk: whether the bodies of bulk requests are kept."""
        self.sent: list[Sent] = []
        self.bulk: list[bytes] = []
        self._kept = bulk
        self._lock = threading.Lock()

    @contextmanager
    def of(self, engine: OpenSearchEngine) -> Iterator[None]:
        """Record an engine's requests; its own connection is opened before."""
        transport = engine.client.connect()
        perform = transport.perform_request

        def recorded(method: str, path: str, **more: Any) -> Any:
            began = time.perf_counter()
            found = perform(method, path, **more)
            self._keep(method, path, more, began)
            return found

        transport.perform_request = recorded  # type: ignore[method-assign]
        try:
            yield
        finally:
            transport.perform_request = perform  # type: ignore[method-assign]

    def _keep(self, method: str, path: str, more: dict[str, Any], began: float) -> None:
        ended = time.perf_counter()
        body = more.get("body")
        with self._lock:
            if path.endswith("/_bulk"):
                if self._kept:
                    self.bulk.append(body)
                body = ""
            elif isinstance(body, bytes):
                body = body.decode()
            else:
                body = dumps(body).decode() if body else ""
            params = {
                name: value for name, value in more.get("params", {}).items() if value is not None
            }
            self.sent.append(
                Sent(method, f"{path}?{urlencode(params)}" if params else path, body, began, ended)
            )


class Bare:
    """One kept connection."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=120
        )

    def ask(self, method: str, path: str, body: str | bytes = b"") -> bytes:
        """The answer as it comes, read to its end. Raises AssertionError for one that is an error."""
        data = body.encode() if isinstance(body, str) else body
        self._connection.request(method, path, data or None, JSON)
        with self._connection.getresponse() as answer:
            found = answer.read()
        assert answer.status < 300, found[:500]
        return found


def indexed(urls: Sequence[str], index: str, recorder: Recorder) -> float:
    """Seconds to send an index the recorded bulk requests, as many at once as the engine does."""
    local = threading.local()

    def send(number: int) -> None:
        if not hasattr(local, "bare"):
            local.bare = Bare(urls[number % len(urls)])
        found = local.bare.ask("POST", f"/{index}/_bulk?timeout=60s", recorder.bulk[number])
        assert b'"errors":false' in found[:200], found[:500]

    began = time.perf_counter()
    with ThreadPoolExecutor(CONCURRENT_REQUESTS) as pool:
        list(pool.map(send, range(len(recorder.bulk))))
    return time.perf_counter() - began


def a_second(urls: Sequence[str], asked: Sequence[Sent], clients: int) -> float:
    """How many of these requests are answered in a second, with that many clients."""

    def client(number: int) -> None:
        bare = Bare(urls[number % len(urls)])
        for one in asked[number::clients]:
            bare.ask(one.method, one.path, one.body)

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    return len(asked) / (time.perf_counter() - began)
