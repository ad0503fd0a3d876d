"""Errors of a cluster: their classes, their messages, and which of them a retry can fix."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from opensearchpy import TransportError
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import ConnectionTimeout

from indexer.engines.base import EngineError, EngineUnavailable
from indexer.engines.opensearch.address import Address

RETRYABLE_STATUSES = frozenset((429, 502, 503, 504))
_NODE_LOST_ERRORS = frozenset(
    (
        "node_not_connected_exception",
        "node_disconnected_exception",
        "node_closed_exception",
        "connect_transport_exception",
        "receive_timeout_transport_exception",
        "send_request_transport_exception",
    )
)


class Refused(EngineUnavailable):
    """The cluster answered with an error."""

    def __init__(self, message: str, status: int, kind: str) -> None:
        """Store the HTTP status and OpenSearch's error type."""
        super().__init__(message)
        self.status, self.kind = status, kind


class Conflict(Refused):
    """The document has changed since it was read."""


class Missing(Refused):
    """The index or document does not exist."""


def engine_error(error: TransportError, address: Address) -> EngineError:
    """Convert an error of opensearch-py to one with a readable message."""
    status = error.status_code
    server = f"the search engine at {address}"
    if not isinstance(status, int):
        return EngineUnavailable(f"{server} {_connection_problem(error)}")
    kind, reason = _error_type_and_reason(error)
    if status == 404:
        return Missing(f"{server} has no such index or document ({reason})", status, kind)
    if status == 409:
        return Conflict(f"{server} has a newer version ({reason})", status, kind)
    if _is_write_block(error):
        problem = (
            f"rejects writes ({reason}): "
            "free some space on its disks or remove the block, then run this again"
        )
    elif status == 429:
        problem = f"is overloaded ({reason}): try again later, or add nodes"
    elif _is_retryable(error):
        problem = f"is incomplete ({reason}): check its nodes; the next request tries again"
    elif status == 401:
        problem = (
            "rejects the credentials: check ACTIVITIES_OPENSEARCH_USER and "
            "ACTIVITIES_OPENSEARCH_PASSWORD, or ACTIVITIES_OPENSEARCH_TOKEN"
        )
    elif status == 403:
        problem = (
            f"does not allow this request ({reason}): "
            "give the user the privileges that docs/cluster.md lists"
        )
    else:
        problem = (
            f"cannot answer (status {status}, {reason}): "
            "check its log and its health, then try again"
        )
    return Refused(f"{server} {problem}", status, kind)


def max_attempts(error: TransportError, hosts: int) -> int:
    """Return the number of attempts for a reader's request; 0 if a retry cannot help."""
    if isinstance(error.status_code, int):
        return 6 if _is_retryable(error) and not _is_write_block(error) else 0
    # A server with an invalid certificate presents the same one at the next attempt.
    if isinstance(error, Unreachable) and _certificate_problem(error) is None:
        return max(3, 2 * hosts)
    return 0


def _is_retryable(error: TransportError) -> bool:
    """True if the next attempt may succeed. A node that was just lost is reported as a 500."""
    return error.status_code in RETRYABLE_STATUSES or (
        error.status_code == 500 and _root_cause(error).get("type") in _NODE_LOST_ERRORS
    )


def _is_write_block(error: TransportError) -> bool:
    """True if the index is closed to writes. OpenSearch reports that as a 403 or a 429."""
    kind, _ = _error_type_and_reason(error)
    return kind == "cluster_block_exception" and error.status_code in (403, 429)


def _error_type_and_reason(error: TransportError) -> tuple[str, str]:
    """Return OpenSearch's error type and reason.

    The reason contains no text of ours but index and field names, so it is safe to show.
    """
    info = error.info if isinstance(error.info, dict) else {}
    details = info.get("error")
    if isinstance(details, str):
        return details, details
    if not isinstance(details, dict):
        return "", "no reason given"
    reason = _root_cause(error).get("reason") or details.get("reason") or details.get("type")
    return str(details.get("type", "")), str(reason)[:300]


def _root_cause(error: TransportError) -> Mapping[str, Any]:
    """Return the first root cause in an error response; empty without one."""
    details = error.info.get("error") if isinstance(error.info, dict) else None
    if not isinstance(details, dict):
        return {}
    causes = details.get("root_cause") or [details]
    return causes[0] if isinstance(causes[0], dict) else details


def _certificate_problem(error: BaseException) -> str | None:
    """Return why a certificate was rejected; None if the failure has another cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        inner = getattr(cause, "reason", None) or (
            cause.info if isinstance(cause, TransportError) else None
        )
        inner = inner or next((arg for arg in cause.args if isinstance(arg, BaseException)), None)
        cause = inner if isinstance(inner, BaseException) else cause.__cause__ or cause.__context__
    return None


def _connection_problem(error: TransportError) -> str:
    """Say how a connection failed, and the fix."""
    if (problem := _certificate_problem(error)) is not None:
        fix = "set ACTIVITIES_OPENSEARCH_CA to the certificate file of its authority"
        if "expired" in problem:
            fix = "renew the certificate"
        elif "mismatch" in problem:
            fix = "use a host name of the certificate in ACTIVITIES_ENGINE"
        return f"has a certificate that is not valid ({problem}): {fix}"
    if isinstance(error, ConnectionTimeout):
        return "does not answer in time: check its nodes; the next request tries again"
    text = str(error.info)
    if "SSL" in text or "ssl" in text:
        return (
            "does not use TLS: write opensearch+http:// in ACTIVITIES_ENGINE, "
            "or enable TLS on the server"
        )
    if "RemoteDisconnected" in text or "reset by peer" in text:
        return (
            "closes the connection: check whether it needs TLS (opensearch+https://), "
            "and read its log"
        )
    if "NameResolution" in text or "resolve" in text:
        return "has an unknown host name: check the host in ACTIVITIES_ENGINE"
    return "cannot be reached: start it, or check the host and port in ACTIVITIES_ENGINE"
