"""The OpenSearch engine: generations of an index in a cluster, without any plugin.

The index PREFIX-state has the pointer and the lease (pointer.py, lease.py). The indices
PREFIX-LAYOUT-NUMBER have the activities (indices.py, mapping.py).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import quote

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
from indexer.engines.opensearch.address import parse_address
from indexer.engines.opensearch.change_store import OpenSearchChangeRecord
from indexer.engines.opensearch.client import OpenSearchClient
from indexer.engines.opensearch.garbage import collect_garbage
from indexer.engines.opensearch.history import numbers_to_keep
from indexer.engines.opensearch.indices import ActivityIndices
from indexer.engines.opensearch.lease import Lease, leased
from indexer.engines.opensearch.pointer import (
    GRACE_SECONDS,
    Pointer,
    PublishedGeneration,
    StateIndex,
)
from indexer.engines.opensearch.snapshot import GenerationCache, OpenSearchSnapshot
from indexer.engines.opensearch.writer import OpenSearchWriter
from indexer.engines.retention import DEFAULT_RETENTION, Retention

# How long a pointer is reused after it was read. A commit waits as long before it returns, so
# that every reader sees it then.
POINTER_CACHE_SECONDS = 0.2
MAX_GENERATION_CACHES = 3
MAX_PARTIAL_CACHES = 2  # of generations without some activities


class _RetentionCheck:
    """Verifies that the generation of a long-lived snapshot still has its documents."""

    def __init__(self, state: StateIndex) -> None:
        self._state = state
        self._next_check = time.monotonic() + GRACE_SECONDS / 2

    def __call__(self, published: PublishedGeneration) -> None:
        """Raise EngineUnavailable if the generation is no longer retained.

        Reads the pointer at most once in half the grace period.
        """
        if time.monotonic() > self._next_check:
            self._next_check = time.monotonic() + GRACE_SECONDS / 2
            if published not in self._state.pointer().retained:
                raise EngineUnavailable(
                    f"generation {published.generation.number} is no longer kept: try again"
                )


class OpenSearchEngine:
    """Implements Engine for a cluster and an index prefix."""

    def __init__(self, url: str, retention: Retention = DEFAULT_RETENTION) -> None:
        """Parse the address; the credentials come from the environment.

        The first request connects. Raises EngineUnavailable for an invalid address.
        """
        self._retention, self.clock = retention, retention.clock
        address = parse_address(url, os.environ)
        self.prefix = address.prefix
        self.client = OpenSearchClient(address)
        self.state = StateIndex(self.client, self.clock)
        self.indices = ActivityIndices(self.client)
        self._lock = threading.Lock()
        self._cached_pointer: tuple[float, Pointer] | None = None  # with the time it was read
        self._caches: dict[int, GenerationCache] = {}  # by generation number
        # Of snapshots without some activities, by generation and ids. The last ones used.
        self._partial_caches: dict[tuple[int, frozenset[str]], GenerationCache] = {}

    @property
    def identity(self) -> str:
        return f"opensearch {self.state.uuid()}"

    # Reading

    def _recent_pointer(self) -> Pointer:
        """Return the pointer, at most POINTER_CACHE_SECONDS old."""
        cached = self._cached_pointer
        if cached is None or time.monotonic() - cached[0] > POINTER_CACHE_SECONDS:
            read_at = time.monotonic()
            cached = self._cached_pointer = read_at, self.state.pointer()
        return cached[1]

    def open_snapshot(self, published: PublishedGeneration) -> OpenSearchSnapshot:
        """Return a snapshot of a generation. Nothing is requested yet."""
        number = published.generation.number
        with self._lock:
            if number not in self._caches:
                self._caches[number] = GenerationCache()
                for old in sorted(self._caches)[:-MAX_GENERATION_CACHES]:
                    del self._caches[old]
            cache = self._caches.get(number) or GenerationCache()
        return OpenSearchSnapshot(self.client, published, cache, _RetentionCheck(self.state))

    def _open_partial(
        self, published: PublishedGeneration, without: frozenset[str]
    ) -> OpenSearchSnapshot:
        """Return a snapshot of a generation without some of its activities."""
        key = published.generation.number, without
        with self._lock:
            cache = self._partial_caches.pop(key, None) or GenerationCache()
            self._partial_caches[key] = cache  # the last one
            for old in list(self._partial_caches)[:-MAX_PARTIAL_CACHES]:
                del self._partial_caches[old]
        check = _RetentionCheck(self.state)
        return OpenSearchSnapshot(self.client, published, cache, check, without)

    @contextmanager
    def snapshot(
        self, generation: int | None = None, without: frozenset[str] = frozenset()
    ) -> Iterator[OpenSearchSnapshot]:
        pointer = self._recent_pointer()
        if not pointer.retained:
            if any(True for _ in self.state.other_layouts()):
                raise IndexOutOfDate(
                    f"the index at {self.client.address} was made by another release: "
                    'run "activities index"'
                )
            raise IndexMissing(
                f'there is no index at {self.client.address} yet: run "activities index"'
            )
        if generation is None:
            published = pointer.retained[-1]
        else:
            published = _find_generation(pointer, generation)
        self.indices.check_once(published.index)
        if without:
            yield self._open_partial(published, without)
        else:
            yield self.open_snapshot(published)

    def generations(self) -> tuple[Generation, ...]:
        return tuple(published.generation for published in self._recent_pointer().available)

    def stats(self) -> IndexStats:
        with self.snapshot():  # raises without an index
            pointer = self._recent_pointer()
        indices = dict.fromkeys(published.index for published in pointer.retained)
        path = f"/{','.join(map(quote, indices))}/_stats/store,segments"
        stats = self.client.request("GET", path)
        newest = stats["indices"][pointer.retained[-1].index]["primaries"]
        return IndexStats(
            segments=newest["segments"]["count"],
            size=stats["_all"]["total"]["store"]["size_in_bytes"],
        )

    # Writing

    def _publish(self, pointer: Pointer, published: PublishedGeneration, token: str) -> Pointer:
        """Add a generation to the pointer. When this returns, every reader sees it."""
        numbers = numbers_to_keep(self.indices, self._retention, pointer, published)
        pointer = self.state.move(pointer.with_next(published, numbers), token)
        self._cached_pointer = None
        time.sleep(POINTER_CACHE_SECONDS)
        return pointer

    def _restrict(self, pointer: Pointer, token: str) -> Pointer:
        """Remove all generations but the newest one from the pointer, and their indices.

        There is no grace period: open snapshots of the other generations fail.
        """
        newest = pointer.retained[-1]
        pointer = self.state.move(replace(pointer, retained=(newest,)), token)
        self._cached_pointer = None
        self._caches.clear()
        self._partial_caches.clear()
        time.sleep(POINTER_CACHE_SECONDS)
        for index, _ in list(self.indices.find()):
            if index != newest.index:
                self.indices.delete(index)
        return pointer

    def _collect_garbage(self, pointer: Pointer, max_number: int, lease: Lease) -> None:
        collect_garbage(self.client, self.indices, self.open_snapshot, pointer, max_number, lease)

    @contextmanager
    def _leased(
        self, owner: str, timeout: float, on_wait: OnWait
    ) -> Iterator[tuple[Lease, Pointer]]:
        """Hold the lease, and remove what dead runs left."""
        with leased(self.state, owner, timeout, on_wait) as lease:
            pointer = self.state.pointer()
            self._collect_garbage(pointer, pointer.reserved, lease)
            yield lease, pointer

    @contextmanager
    def writer(
        self,
        owner: str,
        timeout: float,
        rebuild: bool = False,
        on_wait: OnWait = lambda _: None,
        base: int | None = None,
    ) -> Iterator[OpenSearchWriter]:
        with self._leased(owner, timeout, on_wait) as (lease, pointer):
            self._cached_pointer = None
            writer = OpenSearchWriter(
                client=self.client,
                indices=self.indices,
                state=self.state,
                open_snapshot=self.open_snapshot,
                publish=self._publish,
                restrict=self._restrict,
                lease=lease,
                pointer=pointer,
                owner=owner,
                base=self._base(pointer, rebuild, base),
                clock=self.clock,
            )
            try:
                yield writer
            finally:
                writer.close()
                if writer.number:
                    with suppress(EngineError):  # the next run collects it
                        self._collect_garbage(self.state.pointer(), writer.number, lease)

    def change_record(self) -> OpenSearchChangeRecord:
        return OpenSearchChangeRecord(self.client)

    def rollback(
        self,
        generation: int,
        owner: str,
        timeout: float = 0,
        on_wait: OnWait = lambda _: None,
    ) -> Generation:
        with self.writer(owner, timeout, on_wait=on_wait, base=generation) as writer:
            return writer.commit(restores=generation)

    def _base(
        self, pointer: Pointer, rebuild: bool, number: int | None
    ) -> PublishedGeneration | None:
        """Return the generation that a writer changes; None for an empty index."""
        if rebuild or not pointer.retained:
            return None
        if number is None:
            return pointer.retained[-1]
        base = _find_generation(pointer, number)
        self.indices.check_once(base.index)
        if self.indices.count(base.index, base.visibility_filter()) != base.generation.activities:
            raise IndexDamaged(
                f'generation {number} in "{base.index}" is incomplete: '
                'run "activities index --rebuild"'
            )
        return base


def _find_generation(pointer: Pointer, number: int) -> PublishedGeneration:
    """Return an available generation. Raises IndexMissing."""
    for published in pointer.available:
        if published.generation.number == number:
            return published
    raise IndexMissing(f"generation {number} is no longer kept")
