"""What the last scan of the content folder found, so that the next one reads only what may have changed.

A file is as it was if the times of its modification and change, its size and its inode are. One that
was as new as the scan itself may have changed again within the same tick of the clock: as in git's
index, its stamp is not kept, and it is read again. The file this is kept in is a cache: without it,
or where it is of another folder, release or index, everything is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path
from typing import TypeVar

import numpy as np

from indexer import __version__
from indexer.engines.whoosh.array_file import ArrayFile, ArrayWriter, Damaged
from indexer.schema import FINGERPRINT
from indexer.text import places

NAME = "scan.arrays"
SETTLED = 2_000_000_000  # nanoseconds: the coarsest time stamps that file systems keep
UNTRUSTED = (0, 0, 0, 0)
_NO_STAMP = (-1, -1, -1, -1)
_HEX = 32  # characters of a digest
_NO_HEX = "0" * _HEX

T = TypeVar("T")
Stamp = tuple[int, int, int, int]  # of a file: times of modification and change (ns), size, inode


def stamp_of(found: os.stat_result) -> Stamp:
    """The stamp of a file."""
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def trusted(stamp: Stamp, now: int) -> Stamp:
    """The stamp as it is kept: UNTRUSTED where the file was as new as the scan, which was at now (nanoseconds)."""
    return stamp if max(stamp[0], stamp[1]) < now - SETTLED else UNTRUSTED


@dataclass(slots=True)
class Scan:
    """Stamps of the files, by id; digests of those the index has; aliases with their line; drafts; rejected ones."""

    generation: int | None = None  # of the index that equalled the content then
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, tuple[int, list[str]]] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()  # ids, or folders' ids with "/", that something is wrong with


def _of(content: Path, identity: str) -> str:
    return f"{__version__} {FINGERPRINT} {places.VERSION} {identity} {content.resolve()}"


def load(folder: Path, content: Path, identity: str) -> Scan:
    """The last scan of a content folder for an index (Engine.identity), kept in an index folder; an empty one where there is
    none."""
    try:
        file = ArrayFile(folder / NAME)
        facts = file.facts
        if facts["of"] != _of(content, identity):
            return Scan()
        ids = list(map(bytes.decode, file.strings("ids")))
        stamps = list(zip(*file["stamps"].reshape(4, -1).tolist(), strict=True))
        digests = file["digests"].tobytes().hex()
        known = [digests[at : at + _HEX] for at in range(0, len(digests), _HEX)]
        # A wrong file has a digest, of its last good version, and no stamp.
        return Scan(
            facts["generation"], _without(ids, stamps, _NO_STAMP), _without(ids, known, _NO_HEX), facts["claims"],
            frozenset(facts["drafts"]), frozenset(facts["rejected"]),
        )  # fmt: skip
    except (OSError, Damaged, LookupError, ValueError):
        return Scan()


def _without(ids: Sequence[str], values: Sequence[T], none: T) -> dict[str, T]:
    """The values by id, but for those that stand for none."""
    pairs = zip(ids, values, strict=True)
    return {id: value for id, value in pairs if value != none} if none in values else dict(pairs)


def save(folder: Path, content: Path, identity: str, scan: Scan) -> None:
    """Keep a scan. Raises OSError."""
    path = folder / f"{NAME}.new"
    writer = ArrayWriter(path)
    try:
        ids = [*scan.stamps, *(id for id in scan.digests if id not in scan.stamps)]
        stamps = map(scan.stamps.get, ids, repeat(_NO_STAMP))
        digests = bytes.fromhex("".join(map(scan.digests.get, ids, repeat(_NO_HEX))))
        writer.strings("ids", map(str.encode, ids))
        writer.put("stamps", np.fromiter(chain.from_iterable(stamps), np.int64).reshape(-1, 4).T.ravel())
        writer.put("digests", np.frombuffer(digests, np.uint8))
        writer.finish(
            of=_of(content, identity),
            generation=scan.generation,
            claims=dict(scan.claims),
            drafts=sorted(scan.drafts),
            rejected=sorted(scan.rejected),
        )
    except BaseException:
        writer.discard()
        raise
    path.replace(folder / NAME)
