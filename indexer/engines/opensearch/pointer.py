"""The document that says which generation is served: read by everyone, moved by who holds the lease.

It lies in the index PREFIX-state, one a layout, and is changed only as it was read (if_seq_no), so that of two writers
one fails. Its move is the commit: before it, nothing that a run wrote is in the line of a generation, and so nobody
sees it, whatever becomes of the run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from indexer.engines.base import EngineUnavailable, Generation, IndexBusy, IndexDamaged
from indexer.engines.opensearch.client import PERSISTENCE, Cluster, Conflict, Missing, Refused
from indexer.engines.opensearch.mapping import LAYOUT, OURS, altered, meta

KEPT = 3  # generations that can be asked for
GRACE = 60.0  # seconds that one stays whole after that, for those who still read it
_LOCAL = {
    "local": "true"
}  # from the node that is asked, not by way of a manager that may be what hangs
_STATE_PROPERTIES = {"kind": {"type": "keyword"}, "moved": {"type": "date"}}

Lineage = tuple[tuple[int, int], ...]  # of runs, from and to, ascending


@dataclass(frozen=True, slots=True)
class PublishedGeneration:
    """A generation, and where it is: an index, and the runs of it that make the generation."""

    generation: Generation
    index: str
    line: Lineage
    moved: float  # seconds since the epoch, by the clock of who moved the pointer

    def seen(self) -> dict[str, Any]:
        """The filter for the versions that this generation sees."""
        made = [{"range": {"made": {"gte": low, "lte": high}}} for low, high in self.line]
        closed = [{"range": {"closed": {"gte": low, "lte": high}}} for low, high in self.line]
        return {
            "bool": {
                "filter": made if len(made) == 1 else [{"bool": {"should": made}}],
                "must_not": closed,
            }
        }

    def counted(self) -> dict[str, Any]:
        """The filter for what the runs of this generation's line counted of words (dictionary.py)."""
        return {
            "bool": {
                "should": [
                    {"range": {"counted": {"gte": low, "lte": high}}} for low, high in self.line
                ]
            }
        }

    def followed(self, generation: Generation, moved: float) -> PublishedGeneration:
        """What follows it in its line."""
        number = generation.number
        before, (low, high) = self.line[:-1], self.line[-1]
        joined = ((low, number),) if high == number - 1 else ((low, high), (number, number))
        return PublishedGeneration(generation, self.index, (*before, *joined), moved)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What the document says, and as which version of it that was read."""

    reserved: int = 0  # the highest number that a run has taken; never used twice
    held: tuple[PublishedGeneration, ...] = ()  # oldest first; the last is served
    version: tuple[int, int] | None = (
        None  # sequence number and primary term; None: there is no document
    )

    @property
    def kept(self) -> tuple[PublishedGeneration, ...]:
        """Those that can be asked for."""
        return self.held[-KEPT:]

    def with_next(self, held: PublishedGeneration) -> Pointer:
        """With one more generation, and without those that nobody reads any more."""
        every = (*self.held, held)
        # Each was the newest until the one after it came.
        recent = [
            old for old, after in pairwise(every[: 1 - KEPT]) if after.moved > held.moved - GRACE
        ]
        return replace(self, held=(*recent, *every[-KEPT:]))


class StateIndex:
    """The index with the pointer and the lease."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.name = f"{cluster.address.prefix}-state"
        self.path = f"/{quote(self.name)}"
        self._uuid = ""

    def uuid(self) -> str:
        """The name of the index that OpenSearch gave it, which another of the same name has not. Raises EngineError."""
        if not self._uuid:
            self._uuid = self._look()
        return self._uuid

    def _look(self) -> str:
        """Whether it is there, and ours: its UUID, or "". Raises EngineUnavailable where it is not ours."""
        try:
            found = self.cluster.ask("GET", self.path, params=_LOCAL)
        except Missing:
            return ""
        (described,) = one_index(self.name, found)
        if described["mappings"].get("_meta", {}).get("made_by") != OURS:
            raise EngineUnavailable(
                f'the index "{self.name}" at {self.cluster.address} is not of this program, and is left '
                "as it is: choose another prefix in ACTIVITIES_ENGINE"
            )
        if described["mappings"].get("properties") != _STATE_PROPERTIES:
            raise EngineUnavailable(
                f'the mapping of "{self.name}" at {self.cluster.address} was changed by hand: delete that '
                'index, then run "activities index", which fills a new one'
            )
        return str(described["settings"]["index"]["uuid"])

    def make(self) -> None:
        """Make the index where there is none. Raises EngineUnavailable."""
        if self.uuid():
            return
        body = {
            # A copy on each of three nodes: what every request begins with is answered by whichever node is asked.
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-2"}},
            "mappings": {"dynamic": "false", "_meta": meta(), "properties": _STATE_PROPERTIES},
        }
        try:
            self.cluster.ask("PUT", self.path, body, patience=PERSISTENCE)
        except Refused as error:
            if error.kind != "resource_already_exists_exception":  # another run made it just now
                raise
        self.uuid()

    # Documents

    def get(self, id: str) -> tuple[dict[str, Any], tuple[int, int]] | None:
        """A document as it is now, with its version; None where there is none. Raises EngineUnavailable."""
        try:
            found = self.cluster.ask(
                "GET", f"{self.path}/_doc/{id}", params={"preference": "_local"}
            )
        except Missing:
            self._uuid = ""  # perhaps of the whole index
            return None
        return found["_source"], (found["_seq_no"], found["_primary_term"])

    def put(
        self, id: str, body: Mapping[str, Any], version: tuple[int, int] | None, patience: float
    ) -> tuple[int, int]:
        """Write a document if it is still that version (None: not there); its new version. Raises Conflict."""
        params: dict[str, Any] = {"refresh": "true"}
        if version is None:
            params["op_type"] = "create"
        else:
            params |= {"if_seq_no": version[0], "if_primary_term": version[1]}
        try:
            done = self.cluster.ask(
                "PUT", f"{self.path}/_doc/{id}", body, params, patience=patience
            )
        except Conflict:
            # An attempt whose answer was lost may have been the one that did it.
            if (now := self.get(id)) is None or now[0] != body:
                raise
            return now[1]
        return done["_seq_no"], done["_primary_term"]

    # The pointer

    def pointer(self, layout: str = LAYOUT) -> Pointer:
        """The pointer as it is now. Raises EngineError."""
        if not self.uuid() or (found := self.get(f"pointer-{layout}")) is None:
            return Pointer()
        return _read(*found, name=self.name)

    def move(self, pointer: Pointer, token: str) -> Pointer:
        """Write the pointer; token names the run that does. Raises IndexBusy where another one did since it was read."""
        body = {
            "kind": "pointer",
            "layout": LAYOUT,
            "moved": int(time.time() * 1000),
            "by": token,
            "reserved": pointer.reserved,
            "held": [
                asdict(held) | {"line": [list(part) for part in held.line]} for held in pointer.held
            ],
        }
        try:
            version = self.put(f"pointer-{LAYOUT}", body, pointer.version, PERSISTENCE)
        except Conflict:
            raise IndexBusy("another run took the index over meanwhile: run this again") from None
        return replace(pointer, version=version)

    def older(self) -> Iterator[Pointer]:
        """The pointers of other layouts, the newest first; what of them cannot be read is left out."""
        body = {"query": {"term": {"kind": "pointer"}}, "size": 100, "sort": [{"moved": "desc"}]}
        if not self.uuid():
            return
        for hit in self.cluster.ask("POST", f"{self.path}/_search", body)["hits"]["hits"]:
            if hit["_source"].get("layout") != LAYOUT:
                with suppress(IndexDamaged):
                    yield _read(hit["_source"], None, name=self.name)


def _read(body: Mapping[str, Any], version: tuple[int, int] | None, name: str) -> Pointer:
    try:
        held = [
            PublishedGeneration(
                Generation(**each["generation"]),
                str(each["index"]),
                tuple((int(low), int(high)) for low, high in each["line"]),
                float(each["moved"]),
            )
            for each in body["held"]
        ]
        return Pointer(int(body["reserved"]), tuple(held), version)
    except (LookupError, TypeError, ValueError) as error:
        raise IndexDamaged(
            f'the pointer in "{name}" cannot be read ({type(error).__name__}): delete that index, then run '
            '"activities index"'
        ) from None


def one_index(name: str, found: Mapping[str, Any]) -> Sequence[Any]:
    """What a look at an index gave. Raises EngineUnavailable where the name stands for several."""
    if len(found) != 1:
        raise EngineUnavailable(
            f'the name "{name}" is an alias of {len(found)} indices ({", ".join(sorted(found)[:5])}): '
            "take the alias off, or choose another prefix in ACTIVITIES_ENGINE"
        )
    return list(found.values())


_CURE = 'run "activities index --rebuild", which fills a new one'


def gone(cluster: Cluster, index: str) -> IndexDamaged:
    """The error for an index that a generation needs and that is not there."""
    return IndexDamaged(f'the index "{index}" is gone from {cluster.address}: {_CURE}')


def check(cluster: Cluster, index: str) -> None:
    """Look at an index of activities. Raises IndexDamaged where it is gone, not ours, or its mapping was changed."""
    try:
        (described,) = one_index(
            index, cluster.ask("GET", f"/{quote(index)}/_mapping", params=_LOCAL)
        )
    except Missing:
        raise gone(cluster, index) from None
    mapping = described["mappings"]
    if mapping.get("_meta", {}).get("layout") != LAYOUT:
        raise IndexDamaged(
            f'the index "{index}" at {cluster.address} was made by something else: {_CURE}'
        )
    if differing := altered(mapping):
        raise IndexDamaged(
            f'the mapping of "{index}" at {cluster.address} was changed by hand ({differing}): {_CURE}'
        )
