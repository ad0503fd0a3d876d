"""The pointer: the document that says which generations exist and where.

The pointer and the lease are documents of the index PREFIX-state, one of each for every layout.
All readers read the pointer; only the holder of the lease moves it. Every write requires the
version that was read (if_seq_no), so of two writers one fails. Moving the pointer is the commit:
before that, no generation's lineage includes the run, and no reader sees its documents, even if
the run dies.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import quote

from indexer.clock import Clock
from indexer.engines.base import EngineUnavailable, Generation, IndexBusy, IndexDamaged
from indexer.engines.opensearch.client import WRITE_RETRY_SECONDS, OpenSearchClient
from indexer.engines.opensearch.errors import Conflict, Missing
from indexer.engines.opensearch.indices import (
    LOCAL,
    create_small_index,
    foreign_index,
    single_index,
)
from indexer.engines.opensearch.mapping import (
    CLOSED_BY,
    COUNTED_BY,
    CREATED_BY,
    LAYOUT,
    is_ours,
)

# How long a generation's documents stay after it can no longer be requested, for open snapshots.
GRACE_SECONDS = 60.0
_STATE_PROPERTIES = {"kind": {"type": "keyword"}, "moved": {"type": "date"}}

MAX_RANGES = 8  # of a lineage that is searched by its ranges only
SHORT_RANGE = 8  # number of runs

Lineage = tuple[tuple[int, int], ...]
"""Ranges of run numbers, first and last inclusive, in ascending order."""


@dataclass(frozen=True, slots=True)
class PublishedGeneration:
    """A generation and where it is stored: the index, and the runs whose changes it includes."""

    generation: Generation
    index: str
    lineage: Lineage
    published_at: float  # Unix time, by the clock of the writer
    # Unix time of the start of its grace period, in which it can no longer be requested.
    released_at: float | None = field(default=None, compare=False)

    def visibility_filter(self) -> dict[str, Any]:
        """Return the filter for the versions that this generation sees."""
        created = self._runs(CREATED_BY)
        return {
            "bool": {
                "filter": created if len(created) == 1 else [{"bool": {"should": created}}],
                "must_not": self._runs(CLOSED_BY),
            }
        }

    def word_count_filter(self) -> dict[str, Any]:
        """Return the filter for the word documents of this generation (dictionary.py)."""
        return {"bool": {"should": self._runs(COUNTED_BY)}}

    def _runs(self, field: str) -> list[dict[str, Any]]:
        """Return clauses for the runs of the lineage.

        Each killed run leaves a gap in it. From MAX_RANGES on, the runs of short ranges are one
        clause, because a cluster allows 1,024 clauses in a query by default.
        """
        lineage = self.lineage
        clauses: list[dict[str, Any]] = []
        if len(lineage) > MAX_RANGES:
            short = [(first, last) for first, last in lineage if last - first < SHORT_RANGE]
            runs = [run for first, last in short for run in range(first, last + 1)]
            clauses.append({"terms": {field: runs}})
            lineage = tuple(each for each in lineage if each not in short)
        return clauses + [
            {"range": {field: {"gte": first, "lte": last}}} for first, last in lineage
        ]

    def successor(self, generation: Generation, published_at: float) -> PublishedGeneration:
        """Return the generation that follows this one in the same index."""
        number = generation.number
        *earlier, (first, last) = self.lineage
        if last == number - 1:
            lineage = (*earlier, (first, number))
        else:
            lineage = (*self.lineage, (number, number))
        return PublishedGeneration(generation, self.index, lineage, published_at)

    def to_document(self) -> dict[str, Any]:
        """Return the generation with the key names of a pointer document."""
        document = {
            "generation": asdict(self.generation),
            "index": self.index,
            "line": [list(runs) for runs in self.lineage],
            "moved": self.published_at,
        }
        if self.released_at is not None:
            document["released"] = self.released_at
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> PublishedGeneration:
        """Return the generation in a pointer document.

        Raises LookupError, TypeError or ValueError if it is not one.
        """
        return cls(
            Generation(**document["generation"]),
            str(document["index"]),
            tuple((int(first), int(last)) for first, last in document["line"]),
            float(document["moved"]),
            float(document["released"]) if "released" in document else None,
        )


@dataclass(frozen=True, slots=True)
class Pointer:
    """The content and the version of a pointer document."""

    reserved: int = 0  # the highest run number in use; numbers are never used twice
    # Oldest first; the last one is served. Includes generations in their grace period.
    retained: tuple[PublishedGeneration, ...] = ()
    # Sequence number and primary term of the document; None without a document.
    version: tuple[int, int] | None = None
    created_at: float | None = None  # Unix time of the first commit with this layout

    @property
    def available(self) -> tuple[PublishedGeneration, ...]:
        """The generations that can be requested, oldest first."""
        return tuple(each for each in self.retained if each.released_at is None)

    def with_next(self, published: PublishedGeneration, numbers: Collection[int]) -> Pointer:
        """Return a pointer with one more generation, without generations past their grace period.

        numbers: the numbers of the generations that can still be requested.
        """
        now = published.published_at
        released = [
            each
            if each.generation.number in numbers or each.released_at is not None
            else replace(each, released_at=now)
            for each in self.retained
        ]
        # If the clock was set back, a grace period ends early instead of being extended.
        retained = [
            each
            for each in released
            if each.released_at is None or abs(now - each.released_at) < GRACE_SECONDS
        ]
        # The earlier time, in case the clock was ahead at the first commit.
        created_at = now if self.created_at is None else min(self.created_at, now)
        return replace(self, retained=(*retained, published), created_at=created_at)

    def to_document(self, token: str, time: float) -> dict[str, Any]:
        """Return the body of the pointer document.

        token: identifies the run that writes the document. time: the Unix time of the write.
        """
        document = {
            "kind": "pointer",
            "layout": LAYOUT,
            "moved": int(time * 1000),
            "by": token,
            "reserved": self.reserved,
            "held": [published.to_document() for published in self.retained],
        }
        if self.created_at is not None:
            document["created"] = self.created_at
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any], version: tuple[int, int] | None) -> Pointer:
        """Return the pointer in a document.

        Raises LookupError, TypeError or ValueError if it is not a pointer document.
        """
        retained = tuple(map(PublishedGeneration.from_document, document["held"]))
        times = [published.published_at for published in retained]
        created_at = document.get("created", min(times, default=None))
        return cls(
            int(document["reserved"]),
            retained,
            version,
            None if created_at is None else float(created_at),
        )


class StateIndex:
    """The index PREFIX-state, with the pointers and the leases."""

    def __init__(self, client: OpenSearchClient, clock: Clock = time.time) -> None:
        """Store the client and the clock. Nothing is requested yet."""
        self._client, self._clock = client, clock
        self.name = f"{client.address.prefix}-state"
        self._path = f"/{quote(self.name)}"
        self._uuid = ""

    def uuid(self) -> str:
        """Return the UUID that OpenSearch gave the index; "" without an index.

        A new index of the same name has another UUID. Raises EngineError.
        """
        if not self._uuid:
            self._uuid = self._read_uuid()
        return self._uuid

    def _read_uuid(self) -> str:
        """Return the UUID, or "". Raises EngineUnavailable if the index is not ours."""
        try:
            response = self._client.request("GET", self._path, params=LOCAL)
        except Missing:
            return ""
        index = single_index(self.name, response)
        if not is_ours(index["mappings"]):
            raise foreign_index(self._client, self.name)
        if index["mappings"].get("properties") != _STATE_PROPERTIES:
            raise EngineUnavailable(
                f'the mapping of "{self.name}" at {self._client.address} was changed by hand: '
                'delete that index, then run "activities index", which fills a new one'
            )
        return str(index["settings"]["index"]["uuid"])

    def create(self) -> None:
        """Create the index if it is missing. Raises EngineUnavailable."""
        if self.uuid():
            return
        create_small_index(self._client, self.name, _STATE_PROPERTIES)
        self.uuid()

    # Documents

    def get(self, id: str) -> tuple[dict[str, Any], tuple[int, int]] | None:
        """Return a document and its version; None if it is missing. Raises EngineUnavailable."""
        path = f"{self._path}/_doc/{id}"
        try:
            response = self._client.request("GET", path, params={"preference": "_local"})
        except Missing:
            self._uuid = ""  # the whole index may be missing
            return None
        return response["_source"], (response["_seq_no"], response["_primary_term"])

    def put(
        self,
        id: str,
        body: Mapping[str, Any],
        version: tuple[int, int] | None,
        retry_seconds: float,
    ) -> tuple[int, int]:
        """Write a document if it still has this version, and return its new one.

        Version None requires that the document does not exist. Raises Conflict.
        """
        params: dict[str, Any] = {"refresh": "true"}
        if version is None:
            params["op_type"] = "create"
        else:
            params |= {"if_seq_no": version[0], "if_primary_term": version[1]}
        path = f"{self._path}/_doc/{id}"
        try:
            response = self._client.request("PUT", path, body, params, retry_seconds=retry_seconds)
        except Conflict:
            # An earlier attempt may have succeeded without its response arriving.
            if (current := self.get(id)) is None or current[0] != body:
                raise
            return current[1]
        return response["_seq_no"], response["_primary_term"]

    def delete(self, id: str, version: tuple[int, int]) -> None:
        """Delete a document if it still has this version. Raises Conflict or Missing."""
        params = {"if_seq_no": version[0], "if_primary_term": version[1]}
        self._client.request("DELETE", f"{self._path}/_doc/{id}", params=params)

    # The pointer

    def pointer(self) -> Pointer:
        """Read the pointer of this layout. Raises EngineError."""
        if not self.uuid() or (current := self.get(f"pointer-{LAYOUT}")) is None:
            return Pointer()
        return self._decode(*current)

    def move(self, pointer: Pointer, token: str) -> Pointer:
        """Write the pointer, and return it with its new version.

        token identifies the run. Raises IndexBusy if the pointer has moved since it was read.
        """
        body = pointer.to_document(token, self._clock())
        try:
            version = self.put(f"pointer-{LAYOUT}", body, pointer.version, WRITE_RETRY_SECONDS)
        except Conflict:
            raise IndexBusy("another run has taken over the index: run this again") from None
        return replace(pointer, version=version)

    def other_layouts(self) -> Iterator[Pointer]:
        """Yield the pointers of other layouts, newest first. Unreadable ones are left out."""
        for document in self.other_documents("pointer"):
            with suppress(IndexDamaged):
                yield self._decode(document, None)

    def other_documents(self, kind: str) -> list[dict[str, Any]]:
        """Return the documents of a kind that belong to other layouts, the newest first."""
        body = {"query": {"term": {"kind": kind}}, "size": 100, "sort": [{"moved": "desc"}]}
        if not self.uuid():
            return []
        response = self._client.request("POST", f"{self._path}/_search", body)
        documents = (hit["_source"] for hit in response["hits"]["hits"])
        return [document for document in documents if document.get("layout") != LAYOUT]

    def _decode(self, document: Mapping[str, Any], version: tuple[int, int] | None) -> Pointer:
        try:
            return Pointer.from_document(document, version)
        except (LookupError, TypeError, ValueError) as error:
            raise IndexDamaged(
                f'the pointer in "{self.name}" cannot be read ({type(error).__name__}): '
                'delete that index, then run "activities index"'
            ) from None
