"""The writer of the Whoosh engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from indexer.clock import now
from indexer.content.activity import Activity
from indexer.engines.base import EngineError, Generation
from indexer.engines.unchanged import is_unchanged, version_hash
from indexer.engines.whoosh.commit import PendingChanges
from indexer.engines.whoosh.directory import translate_os_errors
from indexer.engines.whoosh.generations import INDEX_NAME
from indexer.engines.whoosh.segment_writer import Record
from indexer.engines.whoosh.snapshot import WhooshSnapshot
from indexer.progress import Progress, no_progress

if TYPE_CHECKING:
    from indexer.engines.whoosh.engine import WhooshEngine


class WhooshWriter:
    """Implements Writer. Its changes are invisible before commit()."""

    def __init__(
        self, engine: WhooshEngine, owner: str, rebuild: bool, base: int | None = None
    ) -> None:
        """Start a run. The caller holds the write lock. Raises IndexMissing if base is unknown."""
        self._engine, self._owner = engine, owner
        self._newest_number = engine.newest_number()
        # The number of the generation that is changed; 0 for an empty index.
        self._base_number = 0 if rebuild else self._newest_number if base is None else base
        if self._base_number:
            # A run without changes must report a damaged index too.
            with engine.snapshot(base):
                pass
        self._opened_at = now(engine.clock)
        # A partial, not a method of this writer: a reference cycle would keep removed files mapped
        # until the next garbage collection.
        current_segments = partial(engine.open_segments, self._base_number)
        self._changes = PendingChanges(engine.folder, INDEX_NAME, current_segments)

    def digests(self) -> Mapping[str, str]:
        if not self._base_number:
            return {}
        with self._engine.snapshot(self._base_number) as snapshot:
            return snapshot.digests()

    def last_good(self, id: str) -> Activity | None:
        return self._last_readable.get(id)[0] if self._last_readable else None

    def public_ids(self) -> Collection[str]:
        with suppress(EngineError):  # an index of another release may be unreadable
            return self._last_readable.digests().keys() if self._last_readable else ()
        return ()

    @cached_property
    def _last_readable(self) -> WhooshSnapshot | None:
        reader = self._engine.last_readable()
        return WhooshSnapshot(reader) if reader else None

    def put(self, activity: Activity) -> None:
        self._put((activity, self._indexed_at(activity)))

    def _indexed_at(self, activity: Activity) -> str:
        """Return the time of this run; in a rebuild, the indexed_at of an unchanged activity."""
        if not self._base_number and (indexed := self.last_good(activity.id)):
            if is_unchanged(version_hash(activity), version_hash(indexed)):
                return indexed.indexed_at
        return self._opened_at

    def put_stored(self, stored: Activity) -> None:
        self._put((stored, stored.indexed_at))

    def _put(self, record: Record) -> None:
        if self._changes.put(record):
            with translate_os_errors(self._engine.folder):
                self._changes.flush()

    def delete(self, id: str) -> None:
        self._changes.delete(id)

    def commit(self, progress: Progress = no_progress, restores: int | None = None) -> Generation:
        with translate_os_errors(self._engine.folder):
            segments = self._changes.finish(progress)
        count = sum(segment.doc_count() for segment in segments)
        indexed_at = now(self._engine.clock)
        number = self._newest_number + 1
        generation = Generation(number, indexed_at, self._owner, count, restores)
        return self._engine.publish(segments, generation)

    def remove_others(self) -> tuple[str, ...]:
        return self._engine.remove_others(self._owner)

    def remove_former(self) -> tuple[str, ...]:
        return self._engine.remove_former(self._owner)
