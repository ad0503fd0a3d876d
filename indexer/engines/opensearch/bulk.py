"""Bulk requests: several on their way at once, what was refused for now sent again, what failed an error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from indexer.engines.base import EngineUnavailable
from indexer.engines.opensearch.client import LONG, PASSING, PERSISTENCE, Cluster, Conflict
from indexer.engines.opensearch.serializer import dumps, loads

SIZE = 4_000_000  # bytes of a request: more than a thousand paragraphs; OpenSearch takes 100 MB at most
AT_ONCE = 3  # requests on their way
_PARAMETERS = {"timeout": "60s", "filter_path": "errors,items.*.status,items.*.error.reason"}


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a bulk request, and how many actions they are."""

    count: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Action:
    """What is done to a document: one line of a bulk request and the document behind it; nothing follows a deletion."""

    id: str
    document: bytes | None  # as JSON
    version: tuple[int, int] | None = (
        None  # sequence number and primary term that it must still have
    )
    routing: str = ""

    def lines(self) -> Lines:
        """As a bulk request has it."""
        head: dict[str, Any] = {"_id": self.id}
        if self.version:
            head |= {"if_seq_no": self.version[0], "if_primary_term": self.version[1]}
        if self.routing:
            head["routing"] = self.routing
        if self.document is None:
            return Lines(1, dumps({"delete": head}) + b"\n")
        return Lines(1, b"%b\n%b\n" % (dumps({"index": head}), self.document))


def actions(text: bytes) -> Iterator[Action]:
    """The actions in lines of a bulk request."""
    lines = iter(text.splitlines())
    for line in lines:
        ((kind, head),) = loads(line).items()
        version = (head["if_seq_no"], head["if_primary_term"]) if "if_seq_no" in head else None
        yield Action(
            head["_id"], None if kind == "delete" else next(lines), version, head.get("routing", "")
        )


def send(
    cluster: Cluster,
    index: str,
    lines: Iterable[Lines],
    hold: Callable[[], None],
    done: Callable[[int], None],
) -> None:
    """Carry out all actions in lines. hold is called before each request, done hears of how many more are done.

    Raises EngineUnavailable: Conflict where a document was not of its version any more; others may be done then.
    """
    with ThreadPoolExecutor(AT_ONCE, "bulk") as pool:
        running: set[Future[int]] = set()
        try:
            for batch in _batches(lines):
                hold()
                if len(running) == AT_ONCE:
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    for each in finished:
                        done(each.result())
                running.add(pool.submit(_send, cluster, index, batch, hold))
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for each in finished:
                    done(each.result())
        finally:
            for each in running:
                each.cancel()


def _batches(lines: Iterable[Lines]) -> Iterator[Lines]:
    """The same lines, as many together as SIZE allows."""
    pieces: list[bytes] = []
    count = size = 0
    for piece in lines:
        if pieces and size + len(piece.text) > SIZE:
            yield Lines(count, b"".join(pieces))
            pieces, count, size = [], 0, 0
        pieces.append(piece.text)
        count += piece.count
        size += len(piece.text)
    if pieces:
        yield Lines(count, b"".join(pieces))


def _send(cluster: Cluster, index: str, batch: Lines, hold: Callable[[], None]) -> int:
    """Send a batch, and again what of it the cluster had no room for."""
    body = batch.text
    deadline = time.monotonic() + PERSISTENCE
    pause = 0.1
    while body:
        hold()
        answer = cluster.ask(
            "POST",
            f"/{quote(index)}/_bulk",
            body,
            _PARAMETERS,
            timeout=2 * LONG,
            patience=PERSISTENCE,
        )
        if not answer["errors"]:
            break
        left = []
        for action, item in zip(actions(body), answer["items"], strict=True):
            ((_, result),) = item.items()
            status = result["status"]
            if status < 300 or (status == 404 and action.document is None):
                continue
            if status == 409:
                # A request that was sent twice, its first answer lost, finds its own work.
                if not _is_done(cluster, index, action):
                    raise Conflict(
                        f'"{index}" was changed by something else while it was written: run this again',
                        409,
                        "",
                    )
                continue
            reason = str(result.get("error", {}).get("reason", ""))[:300]
            if (
                status not in PASSING
                or "disk usage exceeded" in reason
                or time.monotonic() > deadline
            ):
                cure = (
                    "free some space on its disks"
                    if "disk usage" in reason or "read-only" in reason
                    else "look at its log"
                )
                raise EngineUnavailable(
                    f"the search engine at {cluster.address} refused a document (status {status}, "
                    f"{reason}): {cure}, then run this again"
                )
            left.append(action.lines().text)
        body = b"".join(left)
        if body:
            time.sleep(pause)
            pause = min(2 * pause, 5.0)
    return batch.count


def _is_done(cluster: Cluster, index: str, action: Action) -> bool:
    """Whether a document is there as the action would have it."""
    found = cluster.ask("GET", f"/{quote(index)}/_doc/{quote(action.id, safe='')}")
    wanted = loads(action.document) if action.document else {}
    return all(found["_source"].get(name) == wanted.get(name) for name in ("made", "closed"))
