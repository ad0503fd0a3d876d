"""The writer: write new versions, close old ones, then move the pointer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from sys import intern

from indexer.clock import DAY, Clock, now
from indexer.content.activity import Activity
from indexer.engines.base import EngineError, Generation, IndexDamaged
from indexer.engines.opensearch.bulk import Action, BulkLines, send_bulk
from indexer.engines.opensearch.changes import PendingChanges
from indexer.engines.opensearch.client import OpenSearchClient
from indexer.engines.opensearch.former_layouts import remove_all, remove_unused
from indexer.engines.opensearch.indices import ActivityIndices
from indexer.engines.opensearch.lease import Lease
from indexer.engines.opensearch.mapping import (
    CLOSED_BY,
    CREATED_BY,
    encode_stored,
    term_streams,
    version_document,
)
from indexer.engines.opensearch.pointer import Pointer, PublishedGeneration, StateIndex
from indexer.engines.opensearch.serializer import dumps
from indexer.engines.opensearch.snapshot import OpenSearchSnapshot
from indexer.engines.unchanged import VersionHash, is_unchanged, version_hash
from indexer.progress import Progress, no_progress
from indexer.query.plan import Plan

IDS_PER_SEARCH = 1_000  # replaced or removed versions are searched for in batches of this size


class OpenSearchWriter:
    """Implements Writer. Readers see nothing of it before commit()."""

    def __init__(
        self,
        *,
        client: OpenSearchClient,
        indices: ActivityIndices,
        state: StateIndex,
        open_snapshot: Callable[[PublishedGeneration], OpenSearchSnapshot],
        publish: Callable[[Pointer, PublishedGeneration, str], Pointer],
        restrict: Callable[[Pointer, str], Pointer],
        lease: Lease,
        pointer: Pointer,
        owner: str,
        base: PublishedGeneration | None,
        clock: Clock,
    ) -> None:
        """Start a run that changes the generation base. If base is None, the index is empty.

        publish adds a generation to the pointer for the run of a token, and waits until all
        readers follow it. restrict removes all generations but the newest one.
        """
        self._client, self._indices, self._state = client, indices, state
        self._open_snapshot, self._publish, self._restrict = open_snapshot, publish, restrict
        self._lease, self._pointer, self._owner = lease, pointer, owner
        self._base = base
        if self._base:
            # Even a run without changes must report a damaged index.
            indices.check_once(self._base.index)
        self.number: int | None = None  # of the new generation, once commit() has reserved it
        self._clock, self._started_at = clock, now(clock)
        self._changes = PendingChanges()

    def close(self) -> None:
        """Discard the pending changes."""
        self._changes.close()

    def digests(self) -> Mapping[str, str]:
        return self._open_snapshot(self._base).digests() if self._base else {}

    def last_good(self, id: str) -> Activity | None:
        snapshot = self._last_readable
        return snapshot.get(id)[0] if snapshot else None

    def public_ids(self) -> Collection[str]:
        with suppress(EngineError):  # an index of another release may be unreadable
            return self._last_readable.digests().keys() if self._last_readable else ()
        return ()

    @cached_property
    def _last_readable(self) -> OpenSearchSnapshot | None:
        """The newest readable generation only: older ones may contain deleted activities."""
        for pointer in (self._pointer, *self._state.other_layouts()):
            for published in reversed(pointer.available):
                snapshot = self._open_snapshot(published)
                with suppress(EngineError):
                    snapshot.get("a")  # any request fails if the generation is not readable
                    return snapshot
        return None

    def put(self, activity: Activity) -> None:
        indexed_at = self._started_at
        if not self._base and (indexed := self._indexed.get(activity.id)):
            version, time = indexed
            indexed_at = time if is_unchanged(version_hash(activity), version) else indexed_at
        self._changes.put(encode_stored(activity, indexed_at))

    @cached_property
    def _indexed(self) -> Mapping[str, tuple[VersionHash, str]]:
        """The versions and the indexed_at of the activities in the newest readable generation.

        By id. Uses about 300 bytes of memory for each activity.
        """
        indexed: dict[str, tuple[VersionHash, str]] = {}
        with suppress(EngineError):  # a rebuild replaces an index that cannot be read
            for stored in self._last_readable.scan(Plan()) if self._last_readable else ():
                indexed[stored.id] = version_hash(stored), intern(stored.indexed_at)
        return indexed

    def put_stored(self, stored: Activity) -> None:
        self._changes.put(encode_stored(stored, stored.indexed_at))

    def delete(self, id: str) -> None:
        self._changes.delete(id)

    def remove_others(self) -> tuple[str, ...]:
        self._lease.check()
        self._pointer = self._restrict(self._pointer, self._lease.token)
        removed = remove_all(self._state, self._indices, self._clock())
        return tuple(f"removed {names}, the index of another release" for names in removed)

    def remove_former(self) -> tuple[str, ...]:
        created_at, now = self._pointer.created_at, self._clock()
        if created_at is None or now - created_at < DAY:
            return ()
        self._lease.check()
        removed = remove_unused(self._state, self._indices, now)
        return tuple(f"removed {names}, the index of an earlier release" for names in removed)

    # The commit

    def commit(self, progress: Progress = no_progress, restores: int | None = None) -> Generation:
        number = self._reserve_number()
        index = self._base.index if self._base else self._indices.name(number)
        if not self._base:
            self._indices.create(index)
        closed = self._write(index, number, progress)
        if not self._base:
            self._indices.serve(index, self._lease.check)
        self._indices.refresh(index)
        published = self._next_generation(index, number, closed, restores)
        self._verify(published)
        self._lease.check()
        self._pointer = self._publish(self._pointer, published, self._lease.token)
        return published.generation

    def _reserve_number(self) -> int:
        """Write the next run number to the pointer: it is used even if this run fails.

        Of two runs with the same number, one fails here.
        """
        used = [self._pointer.reserved]
        if self._pointer.version is None:
            # The pointer may have been deleted by hand. Then the old indices still exist.
            used += [number for _, number in self._indices.find()]
        number = max(used) + 1
        self._pointer = self._state.move(replace(self._pointer, reserved=number), self._lease.token)
        self.number = number
        return number

    def _next_generation(
        self, index: str, number: int, closed: int, restores: int | None
    ) -> PublishedGeneration:
        before = self._base.generation.activities if self._base else 0
        activities = before - closed + self._changes.put_count
        generation = Generation(number, now(self._clock), self._owner, activities, restores)
        if self._base:
            return self._base.successor(generation, self._clock())
        return PublishedGeneration(generation, index, ((number, number),), self._clock())

    def _verify(self, published: PublishedGeneration) -> None:
        """Raise IndexDamaged if the index does not have the content that was written."""
        index, expected = published.index, published.generation.activities
        count = self._indices.count(index, published.visibility_filter())
        if count != expected:
            raise IndexDamaged(
                f'"{index}" has {count} activities instead of the {expected} that were written: '
                'run "activities index --rebuild"'
            )
        # If the index was deleted during the run, a bulk request has created it again, without
        # our mapping.
        self._indices.check(index)

    def _write(self, index: str, number: int, progress: Progress) -> int:
        """Write new versions, close the old ones, and return the number of closed ones."""
        total, done, closed = len(self._changes), 0, 0

        def on_done(count: int) -> None:
            nonlocal done
            done += count
            progress("writing", min(done, total), total)

        def lines() -> Iterator[BulkLines]:
            nonlocal closed
            yield from self._changes.lines(number)
            if self._base:
                for action in self._closings(self._base, number):
                    closed += 1
                    yield action.encode()
            yield from map(Action.encode, self._changes.frequencies.actions(number))

        send_bulk(self._client, index, lines(), self._lease.check, on_done)
        return closed

    def _closings(self, base: PublishedGeneration, number: int) -> Iterator[Action]:
        """Yield the actions that mark replaced and removed versions as closed by this run.

        Each rewrites its whole document, since a partial update needs a script, and requires the
        version of the document that was read.
        """
        ids = self._changes.ids
        visible = base.visibility_filter()
        header = {"index": base.index, "allow_partial_search_results": False}
        for start in range(0, len(ids), IDS_PER_SEARCH):
            batch = {"terms": {"id": ids[start : start + IDS_PER_SEARCH]}}
            body = {
                "query": {"bool": {"filter": [visible, batch]}},
                "size": IDS_PER_SEARCH,
                "seq_no_primary_term": True,
            }
            (response,) = self._client.msearch([(header, body)])
            for hit in response["hits"]["hits"]:
                source = hit["_source"]
                closed_by = [*source.get(CLOSED_BY, ()), number]
                streams = term_streams(source["stored"])
                self._changes.frequencies.subtract(streams)
                document = version_document(
                    source["stored"], streams, source[CREATED_BY], closed_by
                )
                version = hit["_seq_no"], hit["_primary_term"]
                yield Action(hit["_id"], dumps(document), version)
