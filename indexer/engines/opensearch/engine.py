"""The OpenSearch engine: generations of an index in a cluster, any OpenSearch with nothing but its core.

PREFIX-state has the pointer and the lease (pointer.py, lease.py), PREFIX-LAYOUT-NUMBER the activities, NUMBER being the
generation that the index was made for: one index until it is built anew (mapping.py).
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import quote

from indexer.clock import now
from indexer.engines.base import (
    EngineError,
    EngineUnavailable,
    Generation,
    IndexDamaged,
    IndexMissing,
    IndexOutOfDate,
    IndexStats,
    OnWait,
)
from indexer.engines.opensearch.address import parse
from indexer.engines.opensearch.client import LONG, PERSISTENCE, Cluster, Missing
from indexer.engines.opensearch.lease import Lease, leased
from indexer.engines.opensearch.mapping import LAYOUT, OURS
from indexer.engines.opensearch.pointer import (
    GRACE,
    Pointer,
    PublishedGeneration,
    StateIndex,
    check,
)
from indexer.engines.opensearch.snapshot import GenerationCache, OpenSearchSnapshot
from indexer.engines.opensearch.writer import OpenSearchWriter, collect

REUSED = 0.2  # seconds that a pointer which was read stands for the newest; a commit waits as long before it returns


class _Still:
    """Sees to it that a snapshot which is older than others wait for it has not lost versions meanwhile."""

    def __init__(self, engine: OpenSearchEngine) -> None:
        self._engine, self._until = engine, time.monotonic() + GRACE / 2

    def __call__(self, held: PublishedGeneration) -> None:
        """Raises EngineUnavailable where the generation is not kept any more."""
        if time.monotonic() > self._until:
            self._until = time.monotonic() + GRACE / 2
            if held not in self._engine.state.pointer().held:
                raise EngineUnavailable(
                    f"generation {held.generation.number} is no longer kept: ask again"
                )


class OpenSearchEngine:
    """Implements Engine over a cluster and a prefix."""

    def __init__(self, url: str) -> None:
        """Reads the secrets from the environment; speaks to nobody yet. Raises EngineUnavailable."""
        address = parse(url, os.environ)
        self.prefix = address.prefix
        self.cluster = Cluster(address)
        self.state = StateIndex(self.cluster)
        self._lock = threading.Lock()
        self._read: tuple[float, Pointer] | None = None
        self._known: dict[int, GenerationCache] = {}
        self._checked: set[str] = set()

    @property
    def identity(self) -> str:
        return f"opensearch {self.state.uuid()}"

    # Reading

    def _pointer(self) -> Pointer:
        """The pointer as it was at most REUSED seconds ago."""
        read = self._read
        if read is None or time.monotonic() - read[0] > REUSED:
            began = time.monotonic()
            read = self._read = began, self.state.pointer()
        return read[1]

    def of(self, held: PublishedGeneration) -> OpenSearchSnapshot:
        """A snapshot of a generation."""
        number = held.generation.number
        with self._lock:
            if number not in self._known:
                self._known[number] = GenerationCache()
                for old in sorted(self._known)[:-3]:
                    del self._known[old]
            known = self._known.get(number) or GenerationCache()
        return OpenSearchSnapshot(self.cluster, held, known, _Still(self))

    def check(self, index: str) -> None:
        """Look at an index of activities, once a process. Raises IndexDamaged."""
        if index not in self._checked:
            check(self.cluster, index)
            self._checked.add(index)

    @contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[OpenSearchSnapshot]:
        pointer = self._pointer()
        if not pointer.held:
            if any(True for _ in self.state.older()):
                raise IndexOutOfDate(
                    f'the index at {self.cluster.address} was made by another release: run "activities index"'
                )
            raise IndexMissing(
                f'there is no index at {self.cluster.address} yet: run "activities index"'
            )
        held = next((h for h in pointer.kept if generation in (None, h.generation.number)), None)
        if generation is None:
            held = pointer.held[-1]
        if held is None:
            raise IndexMissing(f"generation {generation} is no longer kept")
        self.check(held.index)
        yield self.of(held)

    def generations(self) -> tuple[Generation, ...]:
        return tuple(held.generation for held in self._pointer().kept)

    def stats(self) -> IndexStats:
        with self.snapshot():
            pointer = self._pointer()
        names = ",".join(quote(name) for name in dict.fromkeys(held.index for held in pointer.held))
        found = self.cluster.ask("GET", f"/{names}/_stats/store,segments")
        newest = found["indices"][pointer.held[-1].index]["primaries"]["segments"]["count"]
        return IndexStats(newest, found["_all"]["total"]["store"]["size_in_bytes"])

    # Writing

    def indices(self) -> Iterator[tuple[str, int]]:
        """The indices of activities of this layout, by name, and the run each was made by; what is not ours is left out."""
        pattern = re.compile(rf"{re.escape(self.prefix)}-{LAYOUT}-([0-9]+)")
        with suppress(Missing):
            for name, described in self.cluster.ask(
                "GET", f"/{quote(self.prefix)}-{LAYOUT}-*/_mapping"
            ).items():
                if (match := pattern.fullmatch(name)) and described["mappings"].get(
                    "_meta", {}
                ).get("made_by") == OURS:
                    yield name, int(match[1])

    def refresh(self, index: str) -> None:
        """Let searches find all that was written, in every copy. Raises EngineError."""
        deadline = time.monotonic() + PERSISTENCE
        while True:
            found = self.cluster.ask(
                "POST", f"/{quote(index)}/_refresh", timeout=LONG, patience=PERSISTENCE
            )["_shards"]
            if not found["failed"]:
                return
            if time.monotonic() > deadline:
                raise IndexDamaged(
                    f'{found["failed"]} copies of "{index}" at {self.cluster.address} cannot be refreshed: look at '
                    "its health, then run this again"
                )
            time.sleep(0.2)

    def count(self, held: PublishedGeneration) -> int:
        """How many versions a generation sees."""
        body = {"query": {"bool": {"filter": [held.seen()]}}, "size": 0, "track_total_hits": True}
        (answer,) = self.cluster.search(
            [({"index": held.index, "allow_partial_search_results": False}, body)]
        )
        return int(answer["hits"]["total"]["value"])

    def moved(self, pointer: Pointer, token: str) -> Pointer:
        """Move the pointer. When this returns every reader follows it."""
        pointer = self.state.move(pointer, token)
        self._read = None
        time.sleep(REUSED)
        return pointer

    @contextmanager
    def _leased(
        self, owner: str, timeout: float, on_wait: OnWait
    ) -> Iterator[tuple[Lease, Pointer]]:
        """The lease, and the pointer, with what dead runs left removed."""
        with leased(self.state, owner, timeout, on_wait) as lease:
            pointer = self.state.pointer()
            collect(self, pointer, pointer.reserved, lease)
            yield lease, pointer

    @contextmanager
    def writer(
        self, owner: str, timeout: float, rebuild: bool = False, on_wait: OnWait = lambda _: None
    ) -> Iterator[OpenSearchWriter]:
        with self._leased(owner, timeout, on_wait) as (lease, pointer):
            self._read = None
            writer = OpenSearchWriter(self, lease, pointer, owner, rebuild)
            try:
                yield writer
            finally:
                writer.close()
                if writer.number:
                    with suppress(EngineError):  # the next run will
                        collect(self, self.state.pointer(), writer.number, lease)

    def rollback(
        self, generation: int, owner: str, timeout: float = 0, on_wait: OnWait = lambda _: None
    ) -> Generation:
        with self._leased(owner, timeout, on_wait) as (lease, pointer):
            held = next(
                (held for held in pointer.kept if held.generation.number == generation), None
            )
            if held is None:
                raise IndexMissing(f"generation {generation} is no longer kept")
            self.check(held.index)
            if self.count(held) != held.generation.activities:  # whole, or nothing is changed
                raise IndexDamaged(
                    f'generation {generation} in "{held.index}" is not whole: run "activities index --rebuild"'
                )
            number = pointer.reserved + 1
            made = replace(
                held.generation, number=number, owner=owner, indexed_at=now(), restores=generation
            )
            following = pointer.with_next(held.followed(made, time.time()))
            self.moved(replace(following, reserved=number), lease.token)
            return made
