"""The Whoosh engine: opens the generations of an index for readers and writers."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from indexer.clock import DAY, seconds_of
from indexer.engines.base import (
    EngineError,
    Generation,
    IndexDamaged,
    IndexMissing,
    IndexOutOfDate,
    IndexStats,
    OnWait,
)
from indexer.engines.retention import DEFAULT_RETENTION, Retention
from indexer.engines.whoosh.array_file import MAGIC, DamagedFile
from indexer.engines.whoosh.change_store import SQLiteChangeRecord
from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.commit import OpenSegment
from indexer.engines.whoosh.directory import make_folder, translate_os_errors, write_lock
from indexer.engines.whoosh.former_indexes import remove_directory, remove_unused
from indexer.engines.whoosh.generations import GenerationStore
from indexer.engines.whoosh.index_reader import IndexReader
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.snapshot import WhooshSnapshot
from indexer.engines.whoosh.writer import WhooshWriter
from indexer.schema import FINGERPRINT

# The name of an index directory depends on the schema and on the file format.
DIRECTORY_NAME = hashlib.sha256(FINGERPRINT.encode() + MAGIC).hexdigest()[:12]
_DIRECTORY_PATTERN = re.compile(r"[0-9a-f]{12}")
MAX_PARTIAL_READERS = 2  # of generations without some activities


class WhooshEngine:
    """Implements Engine on an index directory below a folder."""

    def __init__(
        self,
        index: Path,
        directory: str = DIRECTORY_NAME,
        retention: Retention = DEFAULT_RETENTION,
    ) -> None:
        self._parent = index
        self.folder = index / directory
        self.clock = retention.clock
        self._generations = GenerationStore(self.folder, retention)
        self._lock = threading.Lock()
        self._readers: dict[int, IndexReader] = {}  # by generation
        self._segments: dict[str, SegmentReader] = {}  # by segment id
        # Readers without some activities, by generation and ids. The last ones used.
        self._partial_readers: dict[tuple[int, frozenset[str]], IndexReader] = {}

    @property
    def identity(self) -> str:
        return "whoosh"  # constant, because caches about the index are stored in the same folder

    # Reading

    def newest_number(self) -> int:
        """Return the number of the newest generation, or 0."""
        numbers = self._generations.numbers()
        return numbers[-1] if numbers else 0

    def _require_newest_number(self) -> int:
        if number := self.newest_number():
            return number
        if self._other_directories():
            raise IndexOutOfDate(
                f'the index in {self._parent} was made by another release: run "activities index"'
            )
        raise IndexMissing(f'there is no index in {self._parent} yet: run "activities index"')

    def _other_directories(self) -> list[Path]:
        """Return the index directories of other schemas or formats, newest first."""
        try:
            directories = [
                path
                for path in self._parent.iterdir()
                if _DIRECTORY_PATTERN.fullmatch(path.name) and path != self.folder
            ]
            return sorted(directories, key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return []

    def open_segments(self, number: int) -> list[OpenSegment]:
        """Open the segments of a generation. Generation 0 has none."""
        segments = self._generations.segments(number) if number else ()
        return [(info, self._open_segment(info)) for info in segments]

    def _open_segment(self, info: ArraySegment) -> SegmentReader:
        """Return a segment's reader. All generations that contain the segment share it."""
        if (reader := self._segments.get(info.segid)) is None:
            try:
                reader = SegmentReader(self.folder / info.filename())
                if reader.count != info.doc_count_all():
                    raise DamagedFile(f"{reader.file.path} has another number of documents")
            except DamagedFile as error:
                raise IndexDamaged(f'{error}: run "activities index --rebuild"') from None
            self._segments[info.segid] = reader
        return reader

    def _reader(self, number: int) -> IndexReader:
        """Return the reader of a generation. Raises an EngineError and FileNotFoundError."""
        if (reader := self._readers.get(number)) is None:
            with self._lock, translate_os_errors(self.folder, "read"):
                if (reader := self._readers.get(number)) is None:
                    segments = self.open_segments(number)
                    parts = [(segment, info.deleted_docs()) for info, segment in segments]
                    reader = IndexReader(self._generations.generation(number), parts)
                    self._cache_reader(number, reader)
        return reader

    def _cache_reader(self, number: int, reader: IndexReader) -> None:
        """Keep this reader and the readers of the two newest generations, with their segments.

        The files of other readers stay mapped until their last snapshot ends.
        """
        cached = {number, *self._generations.numbers()[-2:]}
        readers = self._readers | {number: reader}
        self._readers = {n: r for n, r in readers.items() if n in cached}
        # Readers of removed generations would keep their files on the disk.
        numbers = set(self._generations.numbers())
        self._partial_readers = {
            key: reader for key, reader in self._partial_readers.items() if key[0] in numbers
        }
        used = {id(part.segment) for r in self._readers.values() for part in r.parts}
        self._segments = {k: s for k, s in self._segments.items() if id(s) in used}

    def newest_reader(self) -> IndexReader:
        """Return the reader of the newest generation. Raises an EngineError."""
        number = self._require_newest_number()
        while True:
            try:
                return self._reader(number)
            except FileNotFoundError as error:
                # Files are removed only with their generation, and then a newer one exists.
                self._generations.forget_listing()
                if (newer := self._require_newest_number()) == number:
                    raise _missing(error.filename) from None
                number = newer

    def last_readable(self) -> IndexReader | None:
        """Return the reader of the newest generation that is not damaged.

        If this directory has none, the directories of other schemas and formats are tried.
        """
        others = (WhooshEngine(path.parent, path.name) for path in self._other_directories())
        for engine in (self, *others):
            if reader := engine.newest_undamaged_reader():
                return reader
        return None

    def newest_undamaged_reader(self) -> IndexReader | None:
        """Return the reader of the newest undamaged generation in this directory."""
        for number in reversed(self._generations.numbers()):
            with suppress(EngineError, OSError):
                return self._reader(number)
        return None

    def snapshot(
        self, generation: int | None = None, without: frozenset[str] = frozenset()
    ) -> AbstractContextManager[WhooshSnapshot]:
        if generation is not None and generation not in self._generations.numbers():
            raise IndexMissing(f"generation {generation} is no longer kept")
        try:
            if without:
                number = self._require_newest_number() if generation is None else generation
                reader = self._partial_reader(number, without)
            else:
                reader = self.newest_reader() if generation is None else self._reader(generation)
        except FileNotFoundError:
            raise IndexMissing(f"generation {generation} is no longer kept") from None
        return nullcontext(WhooshSnapshot(reader))  # faster than a generator: each search has one

    def _partial_reader(self, number: int, without: frozenset[str]) -> IndexReader:
        """Return the reader of a generation without some of its activities."""
        key = number, without
        reader = self._partial_readers.get(key)
        if reader is None:
            reader = self._reader(number).without(without)
        with self._lock:
            self._partial_readers.pop(key, None)
            self._partial_readers[key] = reader  # the last one
            for old in list(self._partial_readers)[:-MAX_PARTIAL_READERS]:
                del self._partial_readers[old]
        return reader

    def generations(self) -> tuple[Generation, ...]:
        generations = []
        numbers = self._generations.numbers()
        for number in numbers:
            try:
                generations.append(self._generations.generation(number))
            except (IndexDamaged, FileNotFoundError) as error:
                # An older generation that is damaged, or was removed just now, is left out.
                if number != numbers[-1]:
                    continue
                if isinstance(error, FileNotFoundError):
                    raise _missing(error.filename) from None
                raise
        return tuple(generations)

    def stats(self) -> IndexStats:
        size = 0
        segments = len(self.newest_reader().parts)
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):  # removed since it was listed
                size += path.lstat().st_size
        return IndexStats(segments, size)

    # Writing

    def remove_former(self, owner: str) -> tuple[str, ...]:
        """Implement Writer.remove_former(). The caller holds the write lock."""
        created_at = self._generations.created_at()
        if created_at is None or self.clock() - seconds_of(created_at) < DAY:
            return ()
        directories = remove_unused(self._other_directories(), owner, self.clock())
        return tuple(f"removed {path}, the index of an earlier release" for path in directories)

    def remove_others(self, owner: str) -> tuple[str, ...]:
        """Implement Writer.remove_others(). The caller holds the write lock."""
        with translate_os_errors(self.folder):
            self._generations.remove_all_but_newest()
        self.newest_reader()  # drops the readers of removed generations
        directories = self._other_directories()
        for path in directories:
            with translate_os_errors(path):
                remove_directory(path, owner)
        return tuple(f"removed {path}, the index of another release" for path in directories)

    @contextmanager
    def _write_lock(self, owner: str, timeout: float, on_wait: OnWait) -> Iterator[None]:
        with translate_os_errors(self.folder):
            make_folder(self.folder)
        with write_lock(self.folder, owner, timeout, on_wait):
            # The files of a writer that was killed may take the space that this run needs.
            self._generations.remove_unused()
            try:
                yield
            finally:
                self._generations.remove_unused()

    @contextmanager
    def writer(
        self,
        owner: str,
        timeout: float,
        rebuild: bool = False,
        on_wait: OnWait = lambda _: None,
        base: int | None = None,
    ) -> Iterator[WhooshWriter]:
        with self._write_lock(owner, timeout, on_wait):
            yield WhooshWriter(self, owner, rebuild, base)

    def publish(self, segments: Sequence[ArraySegment], generation: Generation) -> Generation:
        """Write a generation, atomically and durably. The caller holds the write lock."""
        return self._generations.publish(segments, generation)

    def change_record(self) -> SQLiteChangeRecord:
        return SQLiteChangeRecord(self._parent)

    def rollback(
        self, generation: int, owner: str, timeout: float = 0, on_wait: OnWait = lambda _: None
    ) -> Generation:
        with self.writer(owner, timeout, on_wait=on_wait, base=generation) as writer:
            return writer.commit(restores=generation)


def _missing(path: str) -> IndexDamaged:
    return IndexDamaged(f'{path} is missing: run "activities index --rebuild"')
