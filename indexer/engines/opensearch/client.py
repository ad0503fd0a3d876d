"""HTTP requests to a cluster: time limits, retries and readable errors."""

from __future__ import annotations

import logging
import os
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from zlib import crc32

from opensearchpy import OpenSearchException, Transport, TransportError
from opensearchpy.exceptions import ConnectionTimeout, ImproperlyConfigured
from urllib3.exceptions import HTTPError

from indexer.engines.base import EngineError, EngineUnavailable, TooExpensive
from indexer.engines.opensearch.address import Address
from indexer.engines.opensearch.errors import Missing, engine_error, max_attempts
from indexer.engines.opensearch.failover import (
    ConfiguredNodesFirst,
    discovered_nodes,
    responsive_nodes_preference,
)
from indexer.engines.opensearch.serializer import OrjsonSerializer, dumps

# The oldest OpenSearch that the tests ran against. Points in time exist since 2.4.
MIN_VERSION = (2, 19)
TIMEOUT_SECONDS = 5.0  # for one attempt of a request that a reader waits for
LONG_TIMEOUT_SECONDS = 60.0  # for one attempt of a slow request
READ_RETRY_SECONDS = 15.0  # how long a reader's request is retried
# How long a writer's request is retried. The cluster takes 30 seconds to notice a hanging node.
WRITE_RETRY_SECONDS = 90.0
DEAD_HOST_SECONDS = 30.0  # how long a host is not used after a failed connection
NODE_PING_SECONDS = 1.0  # a node that does not report within this time counts as hanging

# Every failure is raised, and the caller reports it; opensearch-py would log it a second time.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)


def _no_body(_: TransportError | None) -> None:
    """The body of a request without one."""


def _accept(_: Any) -> None:
    """Accept any response."""


def _require_complete(response: Mapping[str, Any]) -> None:
    """Raise TransportError if a shard did not answer the search."""
    if "error" in response:
        status = int(response.get("status", 500))
        raise TransportError(status, str(response["error"]), dict(response))
    if response["_shards"]["failed"] or response.get("timed_out"):
        raise TransportError(503, "partial", {"error": "some shards did not answer"})


class OpenSearchClient:
    """The only class that sends requests to a cluster.

    Threads share an instance. A forked process opens its own connections.
    """

    def __init__(self, address: Address) -> None:
        """Store the address. The first request connects."""
        self.address = address
        self.server_version: tuple[int, int] = (0, 0)  # major and minor; set by connect()
        self._lock = threading.Lock()
        self._transport: Transport | None = None
        self._pid = 0
        # A search preference for the responsive nodes, and the time.monotonic() it expires at.
        self._preference: tuple[str, float] = ("", 0.0)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retry_seconds: float = READ_RETRY_SECONDS,
    ) -> Any:
        """Send a request and return the decoded JSON response.

        body is encoded as JSON, except bytes, which are sent unchanged. timeout is for one
        attempt. Raises EngineUnavailable, or its subclass Refused if the cluster returned an
        error.
        """
        return self._perform(
            self.connect(),
            method,
            path,
            body=lambda _: body,
            params=params,
            timeout=timeout,
            retry_seconds=retry_seconds,
        )

    def msearch(
        self, searches: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Run several searches, as (header, body) pairs, in one request.

        Raises EngineUnavailable if a shard fails, and TooExpensive if the time limit in a body has
        passed: partial results are never returned.
        """
        encoded = [
            (dict(header), dumps(body), crc32(dumps(body.get("query"))))
            for header, body in searches
        ]
        transport = self.connect()

        def lines(error: TransportError | None) -> bytes:
            responsive = self._responsive_nodes(transport, error)
            parts = []
            for header, body, query_hash in encoded:
                # All pages of a query read the same shard copies: copies differ in the deleted
                # documents that they still count for scores. A retry may use any copy, since the
                # node with the first one may be what failed.
                preference = responsive or ("" if error else str(query_hash))
                if preference:
                    header = header | {"preference": preference}
                parts.append(b"%b\n%b\n" % (dumps(header), body))
            return b"".join(parts)

        def require_all_complete(response: Mapping[str, Any]) -> None:
            for each in response["responses"]:
                if each.get("timed_out"):
                    raise TooExpensive.by_work()
                _require_complete(each)

        response = self._perform(
            transport, "POST", "/_msearch", body=lines, validate=require_all_complete
        )
        return list(response["responses"])

    def search_point_in_time(
        self, body: Mapping[str, Any], params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Run a search in the point in time that the body names.

        Raises EngineUnavailable if a shard fails.
        """
        response = self._perform(
            self.connect(),
            "POST",
            "/_search",
            body=lambda _: body,
            params={**params, "allow_partial_search_results": "false"},
            timeout=2 * TIMEOUT_SECONDS,
            validate=_require_complete,
        )
        return dict(response)

    def _perform(
        self,
        transport: Transport,
        method: str,
        path: str,
        *,
        body: Callable[[TransportError | None], Any] = _no_body,
        params: Mapping[str, Any] | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retry_seconds: float = READ_RETRY_SECONDS,
        validate: Callable[[Any], None] = _accept,
    ) -> Any:
        """Send a request, with retries.

        body makes the body of an attempt from the error of the previous one. validate raises
        TransportError for a response that counts as an error.
        """
        deadline = time.monotonic() + retry_seconds
        pause = 0.05
        attempt = 0
        last_error: TransportError | None = None
        while True:
            try:
                response = transport.perform_request(
                    method, path, params=dict(params or {}), body=body(last_error), timeout=timeout
                )
                validate(response)
                return response
            except TransportError as error:
                # A refused connection fails at once. Readers stop after every host refused twice.
                attempt_limit = max_attempts(error, len(transport.hosts))
                is_reader = retry_seconds <= READ_RETRY_SECONDS
                if (
                    not attempt_limit
                    or (is_reader and attempt + 1 >= attempt_limit)
                    or time.monotonic() + pause > deadline
                ):
                    raise engine_error(error, self.address) from None
                last_error = error
            except (HTTPError, OpenSearchException, ValueError, LookupError) as error:
                # The response is not JSON, or not the JSON of OpenSearch.
                raise self._not_opensearch(type(error).__name__) from None
            attempt += 1
            time.sleep(pause)
            pause = min(2 * pause, 1.0)

    # Connecting

    def connect(self) -> Transport:
        """Return the transport of this process; the first call checks the server's version."""
        if self._transport is None or self._pid != os.getpid():
            with self._lock:
                if self._transport is None or self._pid != os.getpid():
                    transport = self._open_transport()
                    self._check_version(transport)
                    self._discover_nodes(transport)
                    self._transport, self._pid = transport, os.getpid()
        return self._transport

    def _open_transport(self) -> Transport:
        address = self.address
        options: dict[str, Any] = {}
        if address.secure:
            try:
                options["ssl_context"] = ssl.create_default_context(cafile=address.ca or None)
            except (OSError, ssl.SSLError) as error:
                raise EngineUnavailable(
                    f"ACTIVITIES_OPENSEARCH_CA: {address.ca} cannot be used "
                    f"({error.strerror or error}): name a readable file of PEM certificates"
                ) from None
        if address.token:
            options["headers"] = {"authorization": f"Bearer {address.token}"}
        elif address.user:
            options["http_auth"] = (address.user, address.password)
        hosts = [
            {"host": host, "port": port, "use_ssl": address.secure} for host, port in address.hosts
        ]
        try:
            # _perform() retries, since it knows the time limit; a failed attempt only marks its
            # host as dead.
            return Transport(
                hosts,
                max_retries=0,
                retry_on_timeout=True,
                dead_timeout=DEAD_HOST_SECONDS,
                timeout_cutoff=0,
                pool_maxsize=16,
                serializer=OrjsonSerializer(),
                selector_class=ConfiguredNodesFirst,
                **options,
            )
        except (ImproperlyConfigured, ValueError) as error:
            raise EngineUnavailable(
                f"ACTIVITIES_ENGINE: {address} cannot be used: {error}"
            ) from None

    def _check_version(self, transport: Transport) -> None:
        """Raise EngineUnavailable if the server is not OpenSearch, or too old."""
        try:
            response = self._perform(transport, "GET", "/")
        except Missing:
            raise self._not_opensearch("GET / returned 404") from None
        version = response.get("version") if isinstance(response, dict) else None
        number = str(version.get("number", "")) if isinstance(version, dict) else ""
        if not isinstance(version, dict) or not (match := re.match(r"(\d+)\.(\d+)", number)):
            raise self._not_opensearch("GET / returned no version")
        required = f"OpenSearch {'.'.join(map(str, MIN_VERSION))} or newer"
        if version.get("distribution") != "opensearch":
            raise EngineUnavailable(f"{self.address} is Elasticsearch {number}: use {required}")
        self.server_version = int(match[1]), int(match[2])
        if self.server_version < MIN_VERSION:
            raise EngineUnavailable(
                f"{self.address} is OpenSearch {number}, which is too old: upgrade to {required}"
            )

    def _discover_nodes(self, transport: Transport) -> None:
        """Add connections to the nodes that are not configured, for when those fail."""
        params = {"filter_path": "nodes.*.http.publish_address"}
        with suppress(EngineError):  # the user may lack the privilege, or a proxy blocks it
            response = self._perform(
                transport, "GET", "/_nodes/http", params=params, retry_seconds=0
            )
            for host in discovered_nodes(response, self.address):
                transport.add_connection(host)

    def _responsive_nodes(self, transport: Transport, error: TransportError | None) -> str:
        """Return a search preference that avoids hanging nodes; "" if no node hangs.

        A retry could be routed to the hanging node again, and the cluster takes 30 seconds to
        notice that it hangs. So after a timeout every node is pinged.
        """
        if isinstance(error, ConnectionTimeout):
            params = {
                "timeout": f"{NODE_PING_SECONDS:.0f}s",
                "filter_path": "nodes.*.name,_nodes.failed",
            }
            with suppress(EngineError):  # the user may lack the privilege
                response = self._perform(
                    transport,
                    "GET",
                    "/_nodes/http",
                    params=params,
                    timeout=2 * NODE_PING_SECONDS,
                    retry_seconds=TIMEOUT_SECONDS,
                )
                expires = time.monotonic() + DEAD_HOST_SECONDS
                self._preference = responsive_nodes_preference(response), expires
        preference, expires = self._preference
        return preference if time.monotonic() < expires else ""

    def _not_opensearch(self, detail: str) -> EngineUnavailable:
        return EngineUnavailable(
            f"the server at {self.address} is not OpenSearch ({detail}): "
            "check the host and port in ACTIVITIES_ENGINE"
        )
