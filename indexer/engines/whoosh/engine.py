"""The Whoosh engine: generations of an index in a directory named after what its files hold.

A generation is one of Whoosh's tables of contents, with a small JSON file beside it that says when
and by whom it was made, and what the table's CRC-32 is. Segment files never change, so older
generations cost only what they alone use. The table of contents is a pickle: an index directory is
trusted input.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import cached_property, partial
from pathlib import Path

from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC

from indexer.clock import TIMESTAMP_GRANULARITY, now
from indexer.content.activity import Activity
from indexer.engines.base import (
    EngineError,
    Generation,
    IndexDamaged,
    IndexMissing,
    IndexOutOfDate,
    IndexStats,
    OnWait,
)
from indexer.engines.whoosh.array_file import MAGIC, DamagedFile
from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.columns import whoosh_schema
from indexer.engines.whoosh.commit import OpenSegment, PendingChanges
from indexer.engines.whoosh.directory import locked, make_folder, refused, sync_folder, write
from indexer.engines.whoosh.index_reader import IndexReader
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.segment_writer import Record
from indexer.engines.whoosh.snapshot import WhooshSnapshot
from indexer.progress import Progress, no_progress
from indexer.schema import FINGERPRINT

NAME = "MAIN"  # Whoosh's default, so that whoosh.index.open_dir opens the directory
KEPT = 3  # generations: the one served, the one to go back to, one for readers that are behind
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")
# Another layout of the files is another directory, as another schema is.
_DIRECTORY = hashlib.sha256(FINGERPRINT.encode() + MAGIC).hexdigest()[:12]


class WhooshEngine:
    """Implements Engine over the folder of all indexes."""

    def __init__(self, index: Path, directory: str = _DIRECTORY) -> None:
        self._parent = index
        self.folder = index / directory
        self._lock = threading.Lock()
        self._views: dict[int, IndexReader] = {}
        self._segments: dict[str, SegmentReader] = {}
        self._listed: tuple[int, list[int]] | None = (
            None  # when the directory last changed, and what it held
        )

    @property
    def identity(self) -> str:
        return "whoosh"  # beside what is kept of it, in one folder

    # Reading

    def _numbers(self) -> list[int]:
        """The generations there are, oldest first."""
        listed = self._listed
        try:
            changed = self.folder.stat().st_mtime_ns
            if listed and listed[0] == changed:
                return listed[1]
            pattern = TOC._pattern(NAME)
            found = sorted(int(m[1]) for m in map(pattern.match, os.listdir(self.folder)) if m)
        except FileNotFoundError:
            return []
        except OSError:
            with refused(self.folder, "read"):
                raise
        # A directory that changed just now may change again with the same time stamp.
        if time.time_ns() - changed > TIMESTAMP_GRANULARITY:
            self._listed = changed, found
        return found

    def _older(self) -> list[Path]:
        """The directories of other FINGERPRINTs, newest first."""
        try:
            found = [
                p
                for p in self._parent.iterdir()
                if _FINGERPRINT.fullmatch(p.name) and p != self.folder
            ]
            return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)
        except OSError:
            return []

    def _latest(self) -> int:
        numbers = self._numbers()
        if numbers:
            return numbers[-1]
        if self._older():
            raise IndexOutOfDate(
                f'the index in {self._parent} was made by another release: run "activities index"'
            )
        raise IndexMissing(f'there is no index in {self._parent} yet: run "activities index"')

    def _sidecar(self, number: int) -> Path:
        return self.folder / f"generation-{number}.json"

    def _described(self, number: int) -> tuple[Generation, int]:
        """A generation, and the CRC-32 of its table of contents."""
        path = self._sidecar(number)
        try:
            described, crc = path.read_bytes().splitlines()
            if zlib.crc32(described) != int(crc):
                raise ValueError("its checksum differs")
            found = json.loads(described)
            return Generation(**found["generation"]), int(found["toc"])
        except (ValueError, TypeError, LookupError) as error:
            raise self._damaged(path, error) from None

    def _generation(self, number: int) -> Generation:
        return self._described(number)[0]

    def _damaged(self, path: object, error: Exception) -> IndexDamaged:
        return IndexDamaged(
            f'{path} is damaged ({error or type(error).__name__}): run "activities index --rebuild"'
        )

    def _toc(self, number: int) -> list[ArraySegment]:
        """The segments of a generation."""
        path = self.folder / TOC._filename(NAME, number)
        crc = self._described(number)[1]
        if zlib.crc32(path.read_bytes()) != crc:
            raise self._damaged(path, ValueError("its checksum differs"))
        try:
            return list(TOC.read(FileStorage(str(self.folder)), NAME, gen=number).segments)
        except FileNotFoundError:
            raise
        except Exception as error:  # a pickle of another release can raise anything
            raise self._damaged(path, error) from None

    def open_segment(self, info: ArraySegment) -> SegmentReader:
        """A segment, opened once for all generations that have it."""
        if (found := self._segments.get(info.segid)) is None:
            try:
                found = SegmentReader(self.folder / info.filename())
            except DamagedFile as error:
                raise IndexDamaged(f'{error}: run "activities index --rebuild"') from None
            self._segments[info.segid] = found
        return found

    def held(self, number: int) -> list[OpenSegment]:
        """The segments of a generation, opened; none of generation 0."""
        return [(info, self.open_segment(info)) for info in (self._toc(number) if number else ())]

    def _view(self, number: int) -> IndexReader:
        if (found := self._views.get(number)) is None:
            with self._lock, refused(self.folder, "read"):
                if (found := self._views.get(number)) is None:
                    parts = [(segment, info.deleted_docs()) for info, segment in self.held(number)]
                    found = IndexReader(self._generation(number), parts)
                    # Others that are still read live on with their readers; then their disk comes back.
                    kept = {number, *self._numbers()[-2:]}
                    self._views = {
                        n: v for n, v in (self._views | {number: found}).items() if n in kept
                    }
                    used = {
                        id(part.segment) for view in self._views.values() for part in view.parts
                    }
                    self._segments = {k: s for k, s in self._segments.items() if id(s) in used}
        return found

    def _newest(self) -> IndexReader:
        number = self._latest()
        while True:
            try:
                return self._view(number)
            except FileNotFoundError as error:
                # Only a generation that is no longer kept loses files, and then there is a newer one.
                self._listed = None
                if (newer := self._latest()) == number:
                    raise IndexDamaged(
                        f'{error.filename} is missing: run "activities index --rebuild"'
                    ) from None
                number = newer

    @contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[WhooshSnapshot]:
        try:
            view = self._newest() if generation is None else self._view(generation)
        except FileNotFoundError:
            raise IndexMissing(f"generation {generation} is no longer kept") from None
        yield WhooshSnapshot(view)

    def generations(self) -> tuple[Generation, ...]:
        found = []
        numbers = self._numbers()
        for number in numbers:
            try:
                found.append(self._generation(number))
            except (
                IndexDamaged,
                FileNotFoundError,
            ):  # removed since it was listed, or of use to nobody
                if number == numbers[-1]:
                    raise
        return tuple(found)

    def stats(self) -> IndexStats:
        size = 0
        with self.snapshot() as snapshot:
            segments = len(snapshot.view.parts)
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):  # removed since it was listed
                size += path.stat().st_size
        return IndexStats(segments, size)

    # Writing

    @contextmanager
    def _locked(self, owner: str, timeout: float, on_wait: OnWait) -> Iterator[None]:
        with refused(self.folder):
            make_folder(self.folder)
        with locked(self.folder, owner, timeout, on_wait):
            self._clean()  # what a writer that was killed left behind may be the space that is missing
            try:
                yield
            finally:
                self._clean()

    @contextmanager
    def writer(
        self, owner: str, timeout: float, rebuild: bool = False, on_wait: OnWait = lambda _: None
    ) -> Iterator[WhooshWriter]:
        with self._locked(owner, timeout, on_wait):
            yield WhooshWriter(self, owner, rebuild)

    def commit(self, segments: Sequence[ArraySegment], generation: Generation) -> Generation:
        """Write a generation so that it is there whole or not at all, also after power loss."""
        memory = RamStorage()
        TOC(whoosh_schema(), list(segments), generation.number).write(memory, NAME)
        name = TOC._filename(NAME, generation.number)
        table = bytes(memory.files[name])
        described = json.dumps(
            {"generation": asdict(generation), "toc": zlib.crc32(table)}
        ).encode()
        beside = self.folder / f"{name}.new"
        with refused(self.folder):
            write(
                self._sidecar(generation.number), b"%b\n%d\n" % (described, zlib.crc32(described))
            )
            write(beside, table)
            sync_folder(
                self.folder
            )  # the files of the segments are there before the table that names them
            os.replace(beside, self.folder / name)  # from here on it is visible
            sync_folder(self.folder)
        self._listed = None
        return generation

    def _clean(self) -> None:
        """Remove what none of the kept generations uses. Readers keep the files they have open."""
        self._listed = None
        numbers = self._numbers()
        kept, used = [], set()
        for number in numbers[-KEPT:]:
            try:
                used |= {segment.segment_id() for segment in self._toc(number)}
                kept.append(number)
            except (
                EngineError,
                OSError,
            ):  # an older generation that is damaged is of use to nobody
                if number == numbers[-1]:  # of the newest it is not known what it needs
                    return
        keep = {TOC._filename(NAME, n) for n in kept} | {self._sidecar(n).name for n in kept}
        unused = []
        for path in self.folder.iterdir():
            ours = path.name.startswith((f"_{NAME}_", "generation-")) and path.name not in keep
            segment = TOC._segment_pattern(NAME).match(path.name)
            if ours or (segment and segment[1] not in used):
                unused.append((bool(segment), path))
        with suppress(OSError):  # the next run will
            for _, path in sorted(unused):  # tables of contents before what they name
                path.unlink(missing_ok=True)

    def rollback(
        self, generation: int, owner: str, timeout: float = 0, on_wait: OnWait = lambda _: None
    ) -> Generation:
        with self._locked(owner, timeout, on_wait):
            with self.snapshot(generation) as snapshot:  # whole, or nothing is changed
                back = snapshot.generation
            return self.commit(
                self._toc(generation),
                replace(
                    back,
                    number=self._numbers()[-1] + 1,
                    owner=owner,
                    indexed_at=now(),
                    restores=generation,
                ),
            )


class WhooshWriter:
    """Implements Writer. Nothing of it is visible before commit()."""

    def __init__(self, engine: WhooshEngine, owner: str, rebuild: bool) -> None:
        self._engine, self._owner, self._rebuild = engine, owner, rebuild
        self._number = (engine._numbers() or [0])[-1]
        if self._number and not rebuild:
            engine._newest()  # a run that changes nothing must not pass over damage in silence
        self._opened = now()
        # Not a method of this writer: in a circle with it, removed files would be mapped until a garbage collection.
        self.change = PendingChanges(
            engine.folder, NAME, partial(engine.held, 0 if rebuild else self._number)
        )

    def digests(self) -> Mapping[str, str]:
        if self._rebuild or not self._number:
            return {}
        with self._engine.snapshot(self._number) as snapshot:
            return snapshot.digests()

    def last_good(self, id: str) -> Activity | None:
        return WhooshSnapshot(self._before).get(id)[0] if self._before else None

    @cached_property
    def _before(self) -> IndexReader | None:
        """The newest generation that can be read: older ones may have what was deleted since."""
        for engine in (
            self._engine,
            *(WhooshEngine(p.parent, p.name) for p in self._engine._older()),
        ):
            for number in reversed(engine._numbers()):
                with suppress(EngineError, OSError):
                    return engine._view(number)
        return None

    def put(self, activity: Activity) -> None:
        self._put((activity, self._opened))

    def put_stored(self, stored: Activity) -> None:
        self._put((stored, stored.indexed_at))

    def _put(self, record: Record) -> None:
        if self.change.put(record):
            with refused(self._engine.folder):
                self.change.flush()

    def delete(self, id: str) -> None:
        self.change.delete(id)

    def commit(self, progress: Progress = no_progress) -> Generation:
        with refused(self._engine.folder):
            made = self.change.finish(progress)
        count = sum(info.doc_count() for info in made)
        return self._engine.commit(made, Generation(self._number + 1, now(), self._owner, count))
