"""Requests to a cluster: bounded in time, asked again where that helps, refusals as sentences with their cure."""

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
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import ConnectionTimeout, ImproperlyConfigured
from urllib3.exceptions import HTTPError

from indexer.engines.base import EngineError, EngineUnavailable
from indexer.engines.opensearch.address import Address
from indexer.engines.opensearch.failover import ConfiguredNodesFirst, answering, discovered_nodes
from indexer.engines.opensearch.serializer import OrjsonSerializer, dumps

OLDEST = (
    2,
    19,
)  # the oldest OpenSearch that the tests were run against; points in time are there since 2.4
TIMEOUT = 5.0  # seconds for an answer that a person waits for
PATIENCE = 15.0  # seconds in which it is asked for again
PERSISTENCE = 90.0  # the same for a writer: a node that hangs is noticed by the others after 30
LONG = 60.0  # seconds for one request that has much to do
RETIRED = 30.0  # seconds that a host is left alone after it did not answer
SILENT = (
    1.0  # seconds after which a node that does not say that it is there is taken for one that hangs
)
PASSING = frozenset((429, 502, 503, 504))  # statuses of what may be over at the next attempt
_LOST = frozenset(
    (
        "node_not_connected_exception",
        "node_disconnected_exception",
        "node_closed_exception",
        "connect_transport_exception",
        "receive_timeout_transport_exception",
        "send_request_transport_exception",
    )
)

# Each failure is raised, and told once by who hears of it.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)


class Refused(EngineUnavailable):
    """The cluster answered with an error. status is HTTP's, kind OpenSearch's name for it."""

    def __init__(self, sentence: str, status: int, kind: str) -> None:
        super().__init__(sentence)
        self.status, self.kind = status, kind


class Conflict(Refused):
    """What was to be changed is not what it was read as."""


class Missing(Refused):
    """There is no such index or document."""


class Cluster:
    """A cluster, as the one place that speaks to it. Shared by threads; a forked process opens its own connections."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._transport: Transport | None = None
        self._pid = 0
        self._preferred: tuple[str, float] = (
            "",
            0.0,
        )  # while a node hangs: the others, and until when
        self.version: tuple[int, int] = (0, 0)  # known after the first answer

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float = TIMEOUT,
        patience: float = PATIENCE,
    ) -> Any:
        """The answer to one request, as JSON. body is JSON, or bytes as they are; timeout is for one attempt.

        Raises EngineUnavailable: a Refused where the cluster said why.
        """
        return self._ask(
            self._connected(), method, path, lambda _: body, params, timeout, patience, _anything
        )

    def search(
        self, searches: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
    ) -> list[dict[str, Any]]:
        """The answers to several searches (header and body of each), in one request, each of them whole.

        Raises EngineUnavailable: where a shard failed there is no answer, never a smaller one.
        """
        plain = [
            (dict(header), dumps(body), crc32(dumps(body.get("query"))))
            for header, body in searches
        ]
        transport = self._connected()

        def lines(error: TransportError | None) -> bytes:
            others = self._others(transport, error)
            # The pages of a search come from the same copies, whose scores may differ from others' in what they count as
            # deleted. Not again: a node with these copies may be what failed.
            return b"".join(
                b"%b\n%b\n"
                % (dumps(header | _preference(others or ("" if error else str(same)))), body)
                for header, body, same in plain
            )

        def whole(found: Mapping[str, Any]) -> None:
            for answer in found["responses"]:
                _whole(answer)

        found = self._ask(transport, "POST", "/_msearch", lines, None, TIMEOUT, PATIENCE, whole)
        return list(found["responses"])

    def one(self, body: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a search in a point in time, whole. Raises EngineUnavailable."""
        params = {**params, "allow_partial_search_results": "false"}
        found = self._ask(
            self._connected(),
            "POST",
            "/_search",
            lambda _: body,
            params,
            2 * TIMEOUT,
            PATIENCE,
            _whole,
        )
        return dict(found)

    def _ask(
        self,
        transport: Transport,
        method: str,
        path: str,
        body: Callable[[TransportError | None], Any],
        params: Mapping[str, Any] | None,
        timeout: float,
        patience: float,
        check: Callable[[Any], None],
    ) -> Any:
        deadline = time.monotonic() + patience
        pause = 0.05
        attempt = 0
        failed: TransportError | None = None
        while True:
            try:
                found = transport.perform_request(
                    method, path, params=dict(params or {}), body=body(failed), timeout=timeout
                )
                check(found)
                return found
            except TransportError as error:
                # A host that refuses a connection does so at once: a reader hears of it when each of them did twice.
                attempts = _attempts(error, len(transport.hosts))
                done = patience <= PATIENCE and attempt + 1 >= attempts
                if not attempts or done or time.monotonic() + pause > deadline:
                    raise self._told(error) from None
                failed = error
            except (
                HTTPError,
                OpenSearchException,
                ValueError,
                LookupError,
            ) as error:  # what it sent is no JSON
                raise self._foreign(type(error).__name__) from None
            attempt += 1
            time.sleep(pause)
            pause = min(2 * pause, 1.0)

    # Connecting

    def _connected(self) -> Transport:
        """The transport of this process, once the cluster has said that it is one we can use."""
        if self._transport is None or self._pid != os.getpid():
            with self._lock:
                if self._transport is None or self._pid != os.getpid():
                    transport = self._open()
                    self._greet(transport)
                    self._learn(transport)
                    self._transport, self._pid = transport, os.getpid()
        return self._transport

    def _open(self) -> Transport:
        address = self.address
        options: dict[str, Any] = {}
        if address.secure:
            try:
                options["ssl_context"] = ssl.create_default_context(cafile=address.ca or None)
            except (OSError, ssl.SSLError) as error:
                raise EngineUnavailable(
                    f"ACTIVITIES_OPENSEARCH_CA: {address.ca} cannot be used ({error.strerror or error}): "
                    "name a file of PEM certificates that can be read"
                ) from None
        if address.token:
            options["headers"] = {"authorization": f"Bearer {address.token}"}
        elif address.user:
            options["http_auth"] = (address.user, address.password)
        hosts = [
            {"host": host, "port": port, "use_ssl": address.secure} for host, port in address.hosts
        ]
        try:
            # A failed attempt retires its host; asking again is done here, where the patience is known.
            return Transport(
                hosts,
                max_retries=0,
                retry_on_timeout=True,
                dead_timeout=RETIRED,
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

    def _greet(self, transport: Transport) -> None:
        """Look whether it is an OpenSearch, and not too old. Raises EngineUnavailable."""
        try:
            found = self._ask(
                transport, "GET", "/", lambda _: None, None, TIMEOUT, PATIENCE, _anything
            )
        except Missing:
            raise self._foreign("it has no greeting") from None
        version = found.get("version") if isinstance(found, dict) else None
        number = str(version.get("number", "")) if isinstance(version, dict) else ""
        if not isinstance(version, dict) or not (match := re.match(r"(\d+)\.(\d+)", number)):
            raise self._foreign("it greets otherwise")
        if version.get("distribution") != "opensearch":
            raise EngineUnavailable(
                f"{self.address} is Elasticsearch {number}: use OpenSearch "
                f"{_dotted(OLDEST)} or newer"
            )
        self.version = int(match[1]), int(match[2])
        if self.version < OLDEST:
            raise EngineUnavailable(
                f"{self.address} is OpenSearch {number}, which is too old: upgrade it to "
                f"{_dotted(OLDEST)} or newer"
            )

    def _learn(self, transport: Transport) -> None:
        """Remember the other nodes, for when the named ones do not answer."""
        params = {"filter_path": "nodes.*.http.publish_address"}
        with suppress(EngineError):  # not everyone may ask, and a proxy need not answer
            found = self._ask(
                transport, "GET", "/_nodes/http", lambda _: None, params, TIMEOUT, 0, _anything
            )
            for host in discovered_nodes(found, self.address):
                transport.add_connection(host)

    def _others(self, transport: Transport, error: TransportError | None) -> str:
        """The nodes to ask for copies while another one hangs, as a preference; "" while none does.

        Every copy is as likely to be asked again, and one that hangs is only noticed by the cluster after 30 seconds. So
        after no answer in time the nodes are asked who of them still speaks.
        """
        if isinstance(error, ConnectionTimeout):
            params = {"timeout": f"{SILENT:.0f}s", "filter_path": "nodes.*.name,_nodes.failed"}
            with suppress(EngineError):  # not everyone may ask
                found = self._ask(
                    transport,
                    "GET",
                    "/_nodes/http",
                    lambda _: None,
                    params,
                    2 * SILENT,
                    TIMEOUT,
                    _anything,
                )
                self._preferred = answering(found), time.monotonic() + RETIRED
        others, until = self._preferred
        return others if time.monotonic() < until else ""

    # Refusals

    def _foreign(self, how: str) -> EngineUnavailable:
        return EngineUnavailable(
            f"what answers at {self.address} is no OpenSearch ({how}): "
            "look at host and port in ACTIVITIES_ENGINE"
        )

    def _told(self, error: TransportError) -> EngineError:
        """What went wrong, and what to do."""
        status = error.status_code
        if not isinstance(status, int):
            return EngineUnavailable(f"the search engine at {self.address} {_why(error)}")
        kind, reason = _reason(error)
        if status == 404:
            return Missing(f"{self.address} has no such thing ({reason})", status, kind)
        if status == 409:
            return Conflict(f"{self.address} was changed meanwhile ({reason})", status, kind)
        sentence = {
            401: "does not let us in: look at ACTIVITIES_OPENSEARCH_USER and ACTIVITIES_OPENSEARCH_PASSWORD, "
            "or ACTIVITIES_OPENSEARCH_TOKEN",
            403: f"does not allow this ({reason}): give the user the privileges that the README lists",
        }.get(
            status,
            f"cannot answer (status {status}, {reason}): look at its log and its health, then try again",
        )
        if _is_block(error):
            sentence = f"refuses changes ({reason}): free some space on its disks, or lift the block, then run this again"
        elif status != 429 and _is_passing(error):
            sentence = f"is not whole now ({reason}): look at its nodes; it is asked again with the next request"
        elif status == 429:
            sentence = f"has too much to do ({reason}): try again later, or give it more nodes"
        return Refused(f"the search engine at {self.address} {sentence}", status, kind)


def _preference(value: str) -> dict[str, str]:
    return {"preference": value} if value else {}


def _anything(found: Any) -> None:
    """Any answer will do."""


def _whole(answer: Mapping[str, Any]) -> None:
    """Raises TransportError for a search that some shard did not answer."""
    if "error" in answer:
        raise TransportError(int(answer.get("status", 500)), str(answer["error"]), dict(answer))
    if answer["_shards"]["failed"] or answer.get("timed_out"):
        raise TransportError(503, "partial", {"error": "some shards did not answer"})


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _attempts(error: TransportError, hosts: int) -> int:
    """How often to ask for an answer that a person waits for, after such an error; 0 where asking again is of no use."""
    if isinstance(error.status_code, int):
        return 6 if _is_passing(error) and not _is_block(error) else 0
    # Who shows no good certificate will not show one at the next attempt.
    return (
        max(3, 2 * hosts) if isinstance(error, Unreachable) and _certificate(error) is None else 0
    )


def _is_passing(error: TransportError) -> bool:
    """Whether a refusal may be over at the next attempt. A node that another one has just lost is told as a 500."""
    return error.status_code in PASSING or (
        error.status_code == 500 and _cause(error).get("type") in _LOST
    )


def _is_block(error: TransportError) -> bool:
    """Whether an index is closed to changes, which also comes as a 429."""
    return _reason(error)[0] == "cluster_block_exception" and error.status_code in (403, 429)


def _reason(error: TransportError) -> tuple[str, str]:
    """OpenSearch's name for an error, and its words, which hold none of ours but names of indices and fields."""
    info = error.info if isinstance(error.info, dict) else {}
    found = info.get("error")
    if isinstance(found, str):
        return found, found
    if not isinstance(found, dict):
        return "", "no reason given"
    kind, reason = (
        str(found.get("type", "")),
        str(_cause(error).get("reason") or found.get("reason") or found.get("type")),
    )
    return kind, reason[:300]


def _cause(error: TransportError) -> Mapping[str, Any]:
    """The first of what led to an error, as OpenSearch describes it; empty where it does not."""
    found = error.info.get("error") if isinstance(error.info, dict) else None
    if not isinstance(found, dict):
        return {}
    causes = found.get("root_cause") or [found]
    return causes[0] if isinstance(causes[0], dict) else found


def _certificate(error: BaseException) -> str | None:
    """Why a certificate is not trusted; None where that is not what failed."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message
        inner = getattr(seen, "reason", None) or (
            seen.info if isinstance(seen, TransportError) else None
        )
        inner = inner or next((arg for arg in seen.args if isinstance(arg, BaseException)), None)
        seen = inner if isinstance(inner, BaseException) else seen.__cause__ or seen.__context__
    return None


def _why(error: TransportError) -> str:
    """How a connection failed, and what to do."""
    if (problem := _certificate(error)) is not None:
        cure = "name the file of its authority in ACTIVITIES_OPENSEARCH_CA"
        if "expired" in problem:
            cure = "have a new one made"
        elif "mismatch" in problem:
            cure = "write the host in ACTIVITIES_ENGINE as the certificate has it"
        return f"shows a certificate that is not valid ({problem}): {cure}"
    if isinstance(error, ConnectionTimeout):
        return "does not answer in time: look at its nodes; it is asked again with the next request"
    text = str(error.info)
    if "SSL" in text or "ssl" in text:
        return "does not speak TLS: write opensearch+http:// in ACTIVITIES_ENGINE, or switch TLS on there"
    if "RemoteDisconnected" in text or "reset by peer" in text:
        return (
            "ends the connection: look whether it speaks TLS (opensearch+https://), and at its log"
        )
    if "NameResolution" in text or "resolve" in text:
        return "is not known by that name: look at the host in ACTIVITIES_ENGINE"
    return "cannot be reached: start it, or look at host and port in ACTIVITIES_ENGINE"
