"""The indices of activities: create, check, refresh, count and delete them.

PREFIX-LAYOUT-NUMBER is the index that the run of that number created. Later runs write to the
same index until a rebuild creates the next one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from indexer.engines.base import EngineError, EngineUnavailable, IndexDamaged
from indexer.engines.opensearch.client import (
    LONG_TIMEOUT_SECONDS,
    WRITE_RETRY_SECONDS,
    OpenSearchClient,
)
from indexer.engines.opensearch.errors import Missing, Refused
from indexer.engines.opensearch.mapping import (
    LAYOUT,
    SERVING_SETTINGS,
    index_body,
    index_meta,
    is_ours,
    mapping_differences,
)

# Ask the node that receives the request, not the cluster manager, which may be hanging.
LOCAL = {"local": "true"}
# How long to wait for the replicas of a new index. It can be served without them.
REPLICA_WAIT_SECONDS = 120.0
_REBUILD = 'run "activities index --rebuild", which fills a new one'


def single_index(name: str, response: Mapping[str, Any]) -> Any:
    """Return the description of the index in a response of GET /name or GET /name/_mapping.

    Raises EngineUnavailable if the name is an alias of several indices.
    """
    if len(response) != 1:
        raise EngineUnavailable(
            f'the name "{name}" is an alias of {len(response)} indices '
            f"({', '.join(sorted(response)[:5])}): "
            "remove the alias, or choose another prefix in ACTIVITIES_ENGINE"
        )
    (description,) = response.values()
    return description


def missing_index(client: OpenSearchClient, index: str) -> IndexDamaged:
    """Return the error for a missing index of a generation."""
    return IndexDamaged(f'the index "{index}" is missing from {client.address}: {_REBUILD}')


def foreign_index(client: OpenSearchClient, index: str) -> EngineUnavailable:
    """Return the error for an index whose name is ours and that another program created."""
    return EngineUnavailable(
        f'the index "{index}" at {client.address} belongs to another program '
        "and is not changed: choose another prefix in ACTIVITIES_ENGINE"
    )


def create_small_index(client: OpenSearchClient, index: str, properties: Mapping[str, Any]) -> None:
    """Create an index with one shard and up to three copies, unless it exists.

    Raises EngineUnavailable.
    """
    body = {
        # A copy on each of up to three nodes, so that any node can answer the read of the pointer
        # that every request begins with.
        "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-2"}},
        "mappings": {"dynamic": "false", "_meta": index_meta(), "properties": properties},
    }
    try:
        client.request("PUT", f"/{quote(index)}", body, retry_seconds=WRITE_RETRY_SECONDS)
    except Refused as error:
        # Another run may have created it at the same time.
        if error.kind != "resource_already_exists_exception":
            raise


class ActivityIndices:
    """The indices of activities with one prefix. Methods use the current layout by default."""

    def __init__(self, client: OpenSearchClient) -> None:
        """Store the client. Nothing is requested yet."""
        self._client = client
        self._checked: set[str] = set()

    def name(self, number: int) -> str:
        """Return the name of the index that the run of this number creates."""
        return f"{self._client.address.prefix}-{LAYOUT}-{number}"

    def find(self, layout: str | None = None) -> Iterator[tuple[str, int]]:
        """Yield the name and the run number of every index of a layout, by default the current one.

        Indices of other programs are left out.
        """
        layout = layout or LAYOUT
        prefix = self._client.address.prefix
        pattern = re.compile(rf"{re.escape(prefix)}-{layout}-([0-9]+)")
        with suppress(Missing):
            response = self._client.request("GET", f"/{quote(prefix)}-{layout}-*/_mapping")
            for name, index in response.items():
                if (match := pattern.fullmatch(name)) and is_ours(index["mappings"]):
                    yield name, int(match[1])

    def check(self, index: str) -> None:
        """Raise IndexDamaged if an index is missing, not ours, or has another mapping."""
        try:
            response = self._client.request("GET", f"/{quote(index)}/_mapping", params=LOCAL)
            mapping = single_index(index, response)["mappings"]
        except Missing:
            raise missing_index(self._client, index) from None
        if mapping.get("_meta", {}).get("layout") != LAYOUT:
            raise IndexDamaged(
                f'the index "{index}" at {self._client.address} was created by another program: '
                f"{_REBUILD}"
            )
        if differences := mapping_differences(mapping):
            raise IndexDamaged(
                f'the mapping of "{index}" at {self._client.address} was changed by hand '
                f"({differences}): {_REBUILD}"
            )

    def check_once(self, index: str) -> None:
        """Call check(), but only once for each index in a process."""
        if index not in self._checked:
            self.check(index)
            self._checked.add(index)

    def create(self, index: str) -> None:
        """Create an index to be filled. Raises EngineUnavailable."""
        try:
            self._client.request(
                "PUT",
                f"/{quote(index)}",
                index_body(filling=True),
                timeout=LONG_TIMEOUT_SECONDS,
                retry_seconds=WRITE_RETRY_SECONDS,
            )
        except Refused as error:
            if error.kind != "resource_already_exists_exception":
                raise
            # If it is ours, this run created it and the response was lost: no other run uses its
            # number.
            try:
                self.check(index)
            except EngineError:
                raise EngineUnavailable(
                    f'the index "{index}" at {self._client.address} belongs to another program '
                    "and is not changed: run this again, which uses another name"
                ) from None

    def refresh(self, index: str) -> None:
        """Make everything written visible to searches, in every copy. Raises EngineError."""
        deadline = time.monotonic() + WRITE_RETRY_SECONDS
        while True:
            response = self._client.request(
                "POST",
                f"/{quote(index)}/_refresh",
                timeout=LONG_TIMEOUT_SECONDS,
                retry_seconds=WRITE_RETRY_SECONDS,
            )
            failed = response["_shards"]["failed"]
            if not failed:
                return
            if time.monotonic() > deadline:
                raise IndexDamaged(
                    f'{failed} copies of "{index}" at {self._client.address} cannot be refreshed: '
                    "check its health, then run this again"
                )
            time.sleep(0.2)

    def count(self, index: str, query: Mapping[str, Any]) -> int:
        """Return the number of documents that match a filter."""
        (count,) = self.counts([(index, query)])
        return count

    def counts(self, queries: Sequence[tuple[str, Mapping[str, Any]]]) -> list[int]:
        """Return the number of documents that match each filter of an index, in one request."""
        searches = []
        for index, query in queries:
            body = {"query": {"bool": {"filter": [query]}}, "size": 0, "track_total_hits": True}
            searches.append(({"index": index, "allow_partial_search_results": False}, body))
        responses = self._client.msearch(searches)
        return [int(response["hits"]["total"]["value"]) for response in responses]

    def serve(self, index: str, check_lease: Callable[[], None]) -> None:
        """Give a filled index its replicas and refreshes, and wait for the replicas.

        check_lease is called while it waits, and may raise.
        """
        self._client.request(
            "PUT",
            f"/{quote(index)}/_settings",
            SERVING_SETTINGS,
            timeout=LONG_TIMEOUT_SECONDS,
            retry_seconds=WRITE_RETRY_SECONDS,
        )
        self.refresh(index)
        deadline = time.monotonic() + REPLICA_WAIT_SECONDS
        params = {
            "wait_for_status": "green",
            "wait_for_no_initializing_shards": "true",
            "timeout": "5s",
        }
        path = f"/_cluster/health/{quote(index)}"
        while time.monotonic() < deadline:
            check_lease()
            with suppress(EngineUnavailable):  # a 408 if the replicas are not ready in time
                health = self._client.request(
                    "GET", path, params=params, timeout=LONG_TIMEOUT_SECONDS
                )
                if health["status"] == "green":
                    return

    def delete(self, index: str) -> None:
        """Delete an index. Raises EngineUnavailable."""
        self._client.request(
            "DELETE",
            f"/{quote(index)}",
            timeout=LONG_TIMEOUT_SECONDS,
            retry_seconds=WRITE_RETRY_SECONDS,
        )
