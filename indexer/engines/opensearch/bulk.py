"""Bulk requests: sent concurrently, with rejected actions sent again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from indexer.engines.base import EngineUnavailable
from indexer.engines.opensearch.client import (
    LONG_TIMEOUT_SECONDS,
    WRITE_RETRY_SECONDS,
    OpenSearchClient,
)
from indexer.engines.opensearch.errors import RETRYABLE_STATUSES, Conflict
from indexer.engines.opensearch.mapping import CLOSED_BY, CREATED_BY
from indexer.engines.opensearch.serializer import dumps, loads

# More than a thousand paragraphs. OpenSearch accepts at most 100 MB.
MAX_REQUEST_BYTES = 4_000_000
CONCURRENT_REQUESTS = 3
_PARAMETERS = {"timeout": "60s", "filter_path": "errors,items.*.status,items.*.error.reason"}


@dataclass(frozen=True, slots=True)
class BulkLines:
    """Encoded actions: lines of the body of a bulk request."""

    count: int  # number of actions
    data: bytes


@dataclass(frozen=True, slots=True)
class Action:
    """Index or delete one document."""

    id: str
    document: bytes | None  # JSON; None deletes
    # The sequence number and primary term that the stored document must have.
    version: tuple[int, int] | None = None
    routing: str = ""

    def encode(self) -> BulkLines:
        """Return the action as lines of a bulk request."""
        metadata: dict[str, Any] = {"_id": self.id}
        if self.version:
            metadata |= {"if_seq_no": self.version[0], "if_primary_term": self.version[1]}
        if self.routing:
            metadata["routing"] = self.routing
        if self.document is None:
            return BulkLines(1, dumps({"delete": metadata}) + b"\n")
        return BulkLines(1, b"%b\n%b\n" % (dumps({"index": metadata}), self.document))


def decode_actions(data: bytes) -> Iterator[Action]:
    """Parse lines of a bulk request."""
    lines = iter(data.splitlines())
    for line in lines:
        ((operation, metadata),) = loads(line).items()
        version = None
        if "if_seq_no" in metadata:
            version = metadata["if_seq_no"], metadata["if_primary_term"]
        document = None if operation == "delete" else next(lines)
        yield Action(metadata["_id"], document, version, metadata.get("routing", ""))


def send_bulk(
    client: OpenSearchClient,
    index: str,
    lines: Iterable[BulkLines],
    check_lease: Callable[[], None],
    on_done: Callable[[int], None],
) -> None:
    """Carry out all actions.

    check_lease is called before every request and may raise. on_done is called with the number of
    actions that were completed since its last call. Raises EngineUnavailable, or its subclass
    Conflict for a document whose version has changed; other actions may be carried out then.
    """
    with ThreadPoolExecutor(CONCURRENT_REQUESTS, "bulk") as pool:
        running: set[Future[int]] = set()
        try:
            for batch in _batches(lines):
                check_lease()
                if len(running) == CONCURRENT_REQUESTS:
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        on_done(future.result())
                running.add(pool.submit(_send_batch, client, index, batch, check_lease))
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    on_done(future.result())
        finally:
            for future in running:
                future.cancel()


def _batches(lines: Iterable[BulkLines]) -> Iterator[BulkLines]:
    """Join lines to batches of at most MAX_REQUEST_BYTES."""
    parts: list[bytes] = []
    count = size = 0
    for each in lines:
        if parts and size + len(each.data) > MAX_REQUEST_BYTES:
            yield BulkLines(count, b"".join(parts))
            parts, count, size = [], 0, 0
        parts.append(each.data)
        count += each.count
        size += len(each.data)
    if parts:
        yield BulkLines(count, b"".join(parts))


def _send_batch(
    client: OpenSearchClient, index: str, batch: BulkLines, check_lease: Callable[[], None]
) -> int:
    """Send a batch, resending the actions that the cluster was too busy for."""
    body = batch.data
    deadline = time.monotonic() + WRITE_RETRY_SECONDS
    pause = 0.1
    while body:
        check_lease()
        response = client.request(
            "POST",
            f"/{quote(index)}/_bulk",
            body,
            _PARAMETERS,
            timeout=2 * LONG_TIMEOUT_SECONDS,
            retry_seconds=WRITE_RETRY_SECONDS,
        )
        if not response["errors"]:
            break
        expired = time.monotonic() > deadline
        rejected = []
        for action, item in zip(decode_actions(body), response["items"], strict=True):
            ((_, result),) = item.items()
            if not _is_complete(client, index, action, result, expired):
                rejected.append(action.encode().data)
        body = b"".join(rejected)
        if body:
            time.sleep(pause)
            pause = min(2 * pause, 5.0)
    return batch.count


def _is_complete(
    client: OpenSearchClient,
    index: str,
    action: Action,
    result: Mapping[str, Any],
    expired: bool,
) -> bool:
    """True if the action was carried out, False if it must be sent again; raises if it failed."""
    status = result["status"]
    if status < 300 or (status == 404 and action.document is None):
        return True
    if status == 409:
        # A request that is retried because its response was lost conflicts with itself.
        if _is_applied(client, index, action):
            return True
        raise Conflict(
            f'"{index}" was changed by another program during this run: run this again', 409, ""
        )
    reason = str(result.get("error", {}).get("reason", ""))[:300]
    if status in RETRYABLE_STATUSES and "disk usage exceeded" not in reason and not expired:
        return False
    is_full = "disk usage" in reason or "read-only" in reason
    fix = "free some space on its disks" if is_full else "check its log"
    raise EngineUnavailable(
        f"the search engine at {client.address} refused a document (status {status}, {reason}): "
        f"{fix}, then run this again"
    )


def _is_applied(client: OpenSearchClient, index: str, action: Action) -> bool:
    """True if the stored document has the run numbers of the action's document."""
    response = client.request("GET", f"/{quote(index)}/_doc/{quote(action.id, safe='')}")
    expected = loads(action.document) if action.document else {}
    source = response["_source"]
    return all(source.get(name) == expected.get(name) for name in (CREATED_BY, CLOSED_BY))
