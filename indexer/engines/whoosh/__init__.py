"""The Whoosh engine: generations of an index in a directory named after the FINGERPRINT.

A generation is one of Whoosh's tables of contents, with a small JSON file beside it that says when
and by whom it was made. Segment files never change, so older generations cost only what they alone
use. The table of contents is a pickle: an index directory is trusted input.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.writing import CLEAR, SegmentWriter

from indexer.activity import Activity
from indexer.engines import EngineError, Generation, IndexBusy, IndexDamaged, IndexMissing, IndexOutOfDate
from indexer.engines.whoosh.columns import document, whoosh_schema
from indexer.engines.whoosh.snapshot import GenerationData, WhooshSnapshot
from indexer.plan import Stored
from indexer.progress import Progress, nothing
from indexer.schema import FINGERPRINT

NAME = "MAIN"  # Whoosh's default, so that whoosh.index.open_dir opens the directory
KEPT = 3  # generations: the one served, the one to go back to, one for readers that are behind
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class WhooshEngine:
    """Implements Engine over the folder of all indexes."""

    def __init__(self, index: Path, fingerprint: str = FINGERPRINT) -> None:
        self._parent = index
        self._path = index / fingerprint
        self._threads = threading.local()
        self._lock = threading.Lock()
        self._data: dict[int, GenerationData] = {}

    # Reading

    def _numbers(self) -> list[int]:
        """The generations there are, oldest first; 0 is a first build that was never finished."""
        pattern = TOC._pattern(NAME)
        try:
            found = (pattern.match(name) for name in os.listdir(self._path))
            return sorted(int(m[1]) for m in found if m and int(m[1]) > 0)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise IndexDamaged(f"{self._path} cannot be read ({error.strerror}): mend its permissions, or point "
                               "ACTIVITIES_INDEX elsewhere") from None  # fmt: skip

    def _older(self) -> list[Path]:
        """The directories of other FINGERPRINTs, newest first."""
        try:
            found = [p for p in self._parent.iterdir() if _FINGERPRINT.fullmatch(p.name) and p != self._path]
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
        return self._path / f"generation-{number}.json"

    def _generation(self, number: int) -> Generation:
        try:
            return Generation(**json.loads(self._sidecar(number).read_bytes()))
        except (ValueError, TypeError) as error:
            raise self._damaged(self._sidecar(number), error) from None

    def _damaged(self, path: object, error: Exception) -> IndexDamaged:
        return IndexDamaged(f'{path} is damaged ({type(error).__name__}): run "activities index --rebuild"')

    def _open(self, number: int) -> tuple[Any, GenerationData]:
        """A reader of this thread's own (Whoosh's are not safe to share), and the shared data."""
        readers: dict[int, Any] = self._threads.__dict__.setdefault("readers", {})
        if number not in readers:
            generation = self._generation(number)
            storage = FileStorage(str(self._path))
            toc = TOC.read(storage, NAME, gen=number)
            readers[number] = FileIndex._reader(storage, toc.schema, toc.segments, number)
            for old in sorted(readers)[:-2]:
                readers.pop(old).close()
            with self._lock:
                self._data.setdefault(number, GenerationData(generation))
                for old in sorted(self._data)[:-2]:
                    del self._data[old]
        with self._lock:
            data = self._data.get(number) or GenerationData(self._generation(number))
        return readers[number], data

    @contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[WhooshSnapshot]:
        for attempt in range(5):
            number = self._latest() if generation is None else generation
            try:
                reader, data = self._open(number)
                break
            except FileNotFoundError as error:
                # A writer may have removed this generation since it was listed: look again.
                if generation is not None:
                    raise IndexMissing(f"generation {generation} is no longer kept") from None
                if attempt == 4:
                    raise self._damaged(error.filename or self._path, error) from None
                time.sleep(0.02)
            except EngineError:
                raise
            except Exception as error:  # a damaged pickle can raise anything
                raise self._damaged(self._path / TOC._filename(NAME, number), error) from error
        yield WhooshSnapshot(reader, data)

    def generations(self) -> tuple[Generation, ...]:
        return tuple(self._generation(number) for number in self._numbers())

    # Writing

    @contextmanager
    def _locked(self, owner: str, timeout: float) -> Iterator[FileStorage]:
        try:
            self._path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexDamaged(f"{self._path} cannot be made ({error.strerror}): mend its permissions, or point "
                               "ACTIVITIES_INDEX elsewhere") from None  # fmt: skip
        storage = FileStorage(str(self._path))
        lock = storage.lock(f"{NAME}_WRITELOCK")
        holder = self._path / "writer.json"
        deadline = time.monotonic() + timeout
        while not lock.acquire(blocking=False):
            if time.monotonic() >= deadline:
                try:
                    by = json.loads(holder.read_bytes())
                    who = f"{by['owner']} on {by['host']}, pid {by['pid']}, since {by['since']}"
                except (OSError, ValueError, KeyError):
                    who = "another process"
                raise IndexBusy(
                    f"the index is being written by {who}: wait for it to end, or run again later"
                )
            time.sleep(0.05)
        try:
            holder.write_text(
                json.dumps(
                    {"owner": owner, "host": socket.gethostname(), "pid": os.getpid(), "since": _now()}
                )
            )
            yield storage
        finally:
            lock.release()

    @contextmanager
    def writer(self, owner: str, timeout: float, rebuild: bool = False) -> Iterator[WhooshWriter]:
        with self._locked(owner, timeout) as storage:
            yield WhooshWriter(self, storage, owner, rebuild)

    def _commit(self, storage: FileStorage, toc: TOC, generation: Generation) -> Generation:
        """Write a generation so that it is there whole or not at all, also after power loss."""
        for segment in toc.segments:
            for path in self._path.glob(f"{segment.segment_id()}.*"):
                _sync(path)
        sidecar = self._sidecar(generation.number)
        sidecar.write_text(json.dumps(asdict(generation)))
        _sync(sidecar)
        toc.generation = generation.number
        toc.write(storage, NAME)  # writes beside, then renames: from here on it is visible
        _sync(self._path / TOC._filename(NAME, generation.number))
        _sync(self._path)
        self._clean()
        return generation

    def _clean(self) -> None:
        """Remove what none of the kept generations uses. Readers keep the files they have open."""
        kept = self._numbers()[-KEPT:]
        used = set()
        for number in kept:
            try:
                used |= {
                    s.segment_id() for s in TOC.read(FileStorage(str(self._path)), NAME, gen=number).segments
                }
            except Exception:  # an older generation that is damaged is of use to nobody
                kept = [n for n in kept if n != number]
        keep = {TOC._filename(NAME, n) for n in kept} | {self._sidecar(n).name for n in kept}
        for path in self._path.iterdir():
            ours = path.name.startswith((f"_{NAME}_", "generation-")) and path.name not in keep
            segment = TOC._segment_pattern(NAME).match(path.name)
            if ours or (segment and segment[1] not in used):
                path.unlink(missing_ok=True)

    def rollback(self, to: int, owner: str) -> Generation:
        with self._locked(owner, 0) as storage:
            if to not in self._numbers():
                raise IndexMissing(
                    f"generation {to} is not kept; these are: {', '.join(map(str, self._numbers()))}"
                )
            toc = TOC.read(storage, NAME, gen=to)
            old = self._generation(to)
            return self._commit(storage, toc, replace(old, number=self._numbers()[-1] + 1, owner=owner, indexed_at=_now(),
                                                      restores=to))  # fmt: skip


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec, with segment names that no seed can repeat: a repeated name is a lost segment."""

    def new_segment(self, storage: FileStorage, indexname: str) -> W3Segment:
        return W3Segment(self, indexname, segid=secrets.token_hex(8))


class _Segments(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, with the end of a commit left to the engine."""

    toc: TOC

    def _commit_toc(self, segments: Sequence[object]) -> None:
        self.toc = TOC(self.schema, list(segments), self.generation)


class _Base:
    """The part of a Whoosh index that its writer starts from."""

    indexname = NAME

    def __init__(self, storage: FileStorage, toc: TOC) -> None:
        self.storage, self._toc = storage, toc

    def _read_toc(self) -> TOC:
        return self._toc


class WhooshWriter:
    """Implements Writer. Changes are gathered and written by commit(), so that leaving costs nothing."""

    def __init__(self, engine: WhooshEngine, storage: FileStorage, owner: str, rebuild: bool) -> None:
        self._engine, self._storage, self._owner, self._rebuild = engine, storage, owner, rebuild
        self._number = (engine._numbers() or [0])[-1]
        self._puts: dict[str, tuple[Activity | Stored, str]] = {}
        self._deletes: set[str] = set()

    def digests(self) -> Mapping[str, str]:
        if self._rebuild or not self._number:
            return {}
        with self._engine.snapshot(self._number) as snapshot:
            return snapshot.digests()

    def last_good(self, id: str) -> Stored | None:
        engines = [self._engine, *(WhooshEngine(p.parent, p.name) for p in self._engine._older())]
        for engine in engines:
            try:
                with engine.snapshot() as snapshot:
                    if (found := snapshot.get(id)[0]) is not None:
                        return found
            except (EngineError, LookupError, TypeError):
                continue  # unreadable: an older one may still have it
        return None

    def put(self, activity: Activity) -> None:
        self._puts[activity.id] = (activity, _now())
        self._deletes.discard(activity.id)

    def keep(self, stored: Stored) -> None:
        self._puts[stored.id] = (stored, stored.indexed_at)
        self._deletes.discard(stored.id)

    def delete(self, id: str) -> None:
        self._puts.pop(id, None)
        self._deletes.add(id)

    def commit(self, progress: Progress = nothing) -> Generation:
        if self._rebuild or not self._number:
            toc = TOC(whoosh_schema(), [], self._number)
        else:
            toc = TOC.read(self._storage, NAME, gen=self._number)
        writer = _Segments(_Base(self._storage, toc), _lk=False, codec=_Codec())
        try:
            if toc.segments:
                with self._engine.snapshot(self._number) as snapshot:
                    for doc in snapshot.documents([*self._puts, *self._deletes]):
                        writer.delete_document(doc)
            for number, (activity, indexed_at) in enumerate(self._puts.values(), 1):
                writer.add_document(**document(activity, indexed_at))
                progress("writing", number, len(self._puts))
            writer.commit(mergetype=CLEAR if self._rebuild else None)
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
        count = sum(s.doc_count() for s in writer.toc.segments)
        generation = Generation(self._number + 1, _now(), self._owner, count)
        return self._engine._commit(self._storage, writer.toc, generation)
