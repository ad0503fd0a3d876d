"""The generations of an index on disk: their files, and how they are published and removed.

A generation is a Whoosh table of contents with a small JSON file next to it (_Description). Segment
files never change, so an older generation takes only the space of the files that no newer one uses;
retention.py limits it. toc.py reads the tables of contents.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from indexer.clock import TIMESTAMP_GRANULARITY
from indexer.engines.base import EngineError, Generation, IndexDamaged
from indexer.engines.retention import Retention
from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.columns import whoosh_schema
from indexer.engines.whoosh.directory import (
    read_regular_file,
    remove_path,
    sync_folder,
    translate_os_errors,
    write_file,
)
from indexer.engines.whoosh.toc import read_segments

INDEX_NAME = "MAIN"  # Whoosh's default name, so that whoosh.index.open_dir opens the directory
TOC_PREFIX = f"_{INDEX_NAME}_"  # of the file names of tables of contents


class _Description(NamedTuple):
    """The content of the JSON file of a generation."""

    generation: Generation
    toc_crc: int  # CRC-32 of its table of contents
    created_at: str  # when the first generation in the directory was committed, ISO 8601


class GenerationStore:
    """The generations in one index directory. Only the holder of the write lock may change them."""

    def __init__(self, folder: Path, retention: Retention) -> None:
        self.folder, self._retention = folder, retention
        self._path = os.fspath(folder)  # os.stat() of a string is faster, and each search calls it
        # The names of the segment files of generations, by number, each with the version of the
        # table of contents that lists them.
        self._segment_files: dict[int, tuple[tuple[int, int, int], frozenset[str]]] = {}
        # The modification time of the directory, in nanoseconds, and the numbers it contained.
        self._listing: tuple[int, list[int]] | None = None

    def numbers(self) -> list[int]:
        """Return the numbers of all generations, ascending. Empty without a directory."""
        listing = self._listing
        try:
            modified = os.stat(self._path).st_mtime_ns
            if listing and listing[0] == modified:
                return listing[1]
            matches = map(TOC._pattern(INDEX_NAME).match, os.listdir(self.folder))
            numbers = sorted(int(match[1]) for match in matches if match)
        except FileNotFoundError:
            return []
        except OSError:
            with translate_os_errors(self.folder, "read"):
                raise
        # A directory that has just changed may change again without a new time stamp.
        if time.time_ns() - modified > TIMESTAMP_GRANULARITY:
            self._listing = modified, numbers
        return numbers

    def forget_listing(self) -> None:
        """List the directory again at the next call of numbers()."""
        self._listing = None

    def generation(self, number: int) -> Generation:
        """Return a generation. Raises IndexDamaged and FileNotFoundError."""
        return self._read_description(number).generation

    def created_at(self) -> str | None:
        """Return the time of the first commit to the directory; None without a generation."""
        for number in reversed(self.numbers()):
            with suppress(EngineError, OSError):
                return self._read_description(number).created_at
        return None

    def segments(self, number: int) -> list[ArraySegment]:
        """Return the segments of a generation. Raises IndexDamaged and FileNotFoundError."""
        path = self.folder / TOC._filename(INDEX_NAME, number)
        toc = read_regular_file(path)
        if zlib.crc32(toc) != self._read_description(number).toc_crc:
            raise _damaged(path, ValueError("its checksum differs"))
        try:
            return read_segments(toc, number)
        except Exception as error:  # reading a file of another release can raise anything
            raise _damaged(path, error) from None

    def publish(self, segments: Sequence[ArraySegment], generation: Generation) -> Generation:
        """Write a generation, atomically and durably. The files of its segments must exist."""
        memory = RamStorage()
        TOC(whoosh_schema(), list(segments), generation.number).write(memory, INDEX_NAME)
        name = TOC._filename(INDEX_NAME, generation.number)
        toc = bytes(memory.files[name])
        # The earlier time, in case the clock was ahead at the first commit.
        created_at = min(self.created_at() or generation.indexed_at, generation.indexed_at)
        facts = {
            "generation": asdict(generation),
            "toc": zlib.crc32(toc),
            "created_at": created_at,
        }
        data = json.dumps(facts).encode()
        unpublished = self.folder / f"{name}.new"
        with translate_os_errors(self.folder):
            path = self._description_path(generation.number)
            write_file(path, b"%b\n%d\n" % (data, zlib.crc32(data)))
            write_file(unpublished, toc)
            sync_folder(self.folder)  # the segments must be durable before the table of contents
            os.replace(unpublished, self.folder / name)  # from now on the generation is visible
            sync_folder(self.folder)
        self.forget_listing()
        return generation

    def remove_unused(self) -> None:
        """Remove the files of interrupted writers and of generations that are no longer kept.

        Readers can still use the files that they have open.
        """
        self.forget_listing()
        retained = self._retained()
        if retained is not None:
            with suppress(OSError):  # the next run tries again
                self._remove_all_but(retained)

    def remove_all_but_newest(self) -> None:
        """Remove the files of all generations but the newest one. Raises IndexDamaged, OSError."""
        self.forget_listing()
        number = self.numbers()[-1]
        self._remove_all_but({number: self._read_segment_files(number)})
        sync_folder(self.folder)
        self.forget_listing()

    def _remove_all_but(self, retained: Mapping[int, frozenset[str]]) -> None:
        """Remove the files of other generations. retained: names of segment files by number."""
        used = {TOC._filename(INDEX_NAME, number) for number in retained}
        used |= {self._description_path(number).name for number in retained}
        used = used.union(*retained.values())
        unused = []
        for path in self.folder.iterdir():
            is_generation = path.name.startswith((TOC_PREFIX, "generation-"))
            is_segment = TOC._segment_pattern(INDEX_NAME).match(path.name) is not None
            if (is_generation or is_segment) and path.name not in used:
                unused.append((is_segment, path))
        for _, path in sorted(unused):  # tables of contents before the segments in them
            remove_path(path)

    def _retained(self) -> dict[int, frozenset[str]] | None:
        """Return the names of the segment files of the generations to keep, by their numbers.

        None if the newest generation is damaged, because its files are unknown. Damaged older
        generations are not kept.
        """
        numbers = self.numbers()
        generations: list[Generation] = []
        files: dict[int, frozenset[str]] = {}
        for number in numbers:
            try:
                files[number] = self._read_segment_files(number)
                generations.append(self.generation(number))
            except (EngineError, OSError):
                if number == numbers[-1]:
                    return None
        if not generations:
            return {}

        def files_of(some: Sequence[Generation]) -> frozenset[str]:
            return frozenset[str]().union(*(files[generation.number] for generation in some))

        retained = self._retention.within_size(
            self._retention.retained(generations),
            self._size(files[numbers[-1]]),
            lambda aged, last: self._size(files_of(aged) - files_of(last)),
        )
        self._segment_files = {each.number: self._segment_files[each.number] for each in retained}
        return {generation.number: files[generation.number] for generation in retained}

    def _read_segment_files(self, number: int) -> frozenset[str]:
        """Return the names of a generation's segment files.

        They are cached until its table of contents changes. Raises IndexDamaged and OSError.
        """
        status = (self.folder / TOC._filename(INDEX_NAME, number)).stat()
        version = status.st_ino, status.st_size, status.st_mtime_ns
        cached = self._segment_files.get(number)
        if cached is None or cached[0] != version:
            names = frozenset(segment.filename() for segment in self.segments(number))
            cached = self._segment_files[number] = version, names
        return cached[1]

    def _size(self, files: Iterable[str]) -> int:
        """Return the size of files in bytes. A missing or damaged file counts as empty."""
        size = 0
        for name in files:
            with suppress(OSError):
                size += (self.folder / name).stat().st_size
        return size

    def _description_path(self, number: int) -> Path:
        return self.folder / f"generation-{number}.json"

    def _read_description(self, number: int) -> _Description:
        """Read the JSON file of a generation. Raises IndexDamaged and FileNotFoundError."""
        path = self._description_path(number)
        try:
            data, crc = read_regular_file(path).splitlines()
            if zlib.crc32(data) != int(crc):
                raise ValueError("its checksum differs")
            facts = json.loads(data)
            generation = Generation(**facts["generation"])
            created_at = facts.get("created_at", generation.indexed_at)
            return _Description(generation, int(facts["toc"]), str(created_at))
        except (ValueError, TypeError, LookupError) as error:
            raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> IndexDamaged:
    reason = error or type(error).__name__
    return IndexDamaged(f'{path} is damaged ({reason}): run "activities index --rebuild"')
