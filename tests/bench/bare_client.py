"""Record the requests of an engine to OpenSearch, and replay them with a plain HTTP client."""

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

JSON_HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that an engine sent. Times are those of time.perf_counter()."""

    method: str
    path: str  # with the query string
    body: str  # "" for a bulk request
    started: float
    ended: float


class RequestRecorder:
    """Records the requests of an engine.

    The bodies of bulk requests stay in memory: writing gigabytes to a file would slow down the
    measured engine.
    """

    def __init__(self, keep_bulk: bool = True) -> None:
        """keep_bulk: whether the bodies of bulk requests are kept."""
        self.requests: list[SentRequest] = []
        self.bulk_bodies: list[bytes] = []
        self._keep_bulk = keep_bulk
        self._lock = threading.Lock()

    @contextmanager
    def record(self, engine: OpenSearchEngine) -> Iterator[None]:
        """Record the requests of an engine while the context lasts.

        The engine's connection is opened before.
        """
        transport = engine.client.connect()
        perform_request = transport.perform_request

        def recorded(method: str, path: str, **options: Any) -> Any:
            started = time.perf_counter()
            response = perform_request(method, path, **options)
            self._add(method, path, options, started)
            return response

        transport.perform_request = recorded  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            transport.perform_request = perform_request  # type: ignore[method-assign]

    def _add(self, method: str, path: str, options: dict[str, Any], started: float) -> None:
        ended = time.perf_counter()
        body = options.get("body")
        params = {k: value for k, value in options.get("params", {}).items() if value is not None}
        with self._lock:
            if path.endswith("/_bulk"):
                if self._keep_bulk and body is not None:
                    self.bulk_bodies.append(body)
                body = ""
            elif isinstance(body, bytes):
                body = body.decode()
            else:
                body = dumps(body).decode() if body else ""
            target = f"{path}?{urlencode(params)}" if params else path
            self.requests.append(SentRequest(method, target, body, started, ended))


class BareClient:
    """An HTTP client with one persistent connection, which does not parse responses."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=120
        )

    def send(self, method: str, path: str, body: str | bytes = b"") -> bytes:
        """Send a request and return the response body. Raises AssertionError on an error status."""
        data = body.encode() if isinstance(body, str) else body
        self._connection.request(method, path, data or None, JSON_HEADERS)
        with self._connection.getresponse() as response:
            content = response.read()
        assert response.status < 300, content[:500]
        return content


def replay_bulk(urls: Sequence[str], index: str, recorder: RequestRecorder) -> float:
    """Send the recorded bulk requests to an index, and return the seconds that this took.

    As many requests are sent concurrently as the engine sends.
    """
    local = threading.local()

    def send(number: int) -> None:
        if not hasattr(local, "client"):
            local.client = BareClient(urls[number % len(urls)])
        path = f"/{index}/_bulk?timeout=60s"
        response = local.client.send("POST", path, recorder.bulk_bodies[number])
        assert b'"errors":false' in response[:200], response[:500]

    started = time.perf_counter()
    with ThreadPoolExecutor(CONCURRENT_REQUESTS) as pool:
        list(pool.map(send, range(len(recorder.bulk_bodies))))
    return time.perf_counter() - started


def requests_per_second(
    urls: Sequence[str], requests: Sequence[SentRequest], clients: int
) -> float:
    """Send the requests from several clients concurrently, and return their number per second."""

    def run_client(number: int) -> None:
        client = BareClient(urls[number % len(urls)])
        for request in requests[number::clients]:
            client.send(request.method, request.path, request.body)

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(run_client, range(clients)))
    return len(requests) / (time.perf_counter() - started)
