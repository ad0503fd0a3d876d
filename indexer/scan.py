"""What the last scan of the content folder found, so that the next one reads only what may have changed.

A file is as it was if the times of its modification and change, its size and its inode are. One that
was as new as the scan itself may have changed again within the same tick of the clock: as in git's
index, its stamp is not kept, and it is read again. The file this is kept in is a cache: without it,
or where it is of another folder, release or index, everything is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from indexer import __version__, places
from indexer.arrays import ArrayFile, ArrayWriter, Damaged
from indexer.schema import FINGERPRINT

NAME = "scan.arrays"
SETTLED = 2_000_000_000  # nanoseconds: the coarsest time stamps that file systems keep
UNTRUSTED = (0, 0, 0, 0)

Stamp = tuple[int, int, int, int]  # of a file: times of modification and change (ns), size, inode


@dataclass(slots=True)
class Scan:
    """Stamps of the files, by id; digests of those the index has; aliases with their line; ids of drafts."""

    generation: int | None = None  # of the index that equalled the content then
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, tuple[int, list[str]]] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()


def _of(content: Path) -> str:
    return f"{__version__} {FINGERPRINT} {places.VERSION} {content.resolve()}"


def load(folder: Path, content: Path) -> Scan:
    """The last scan of a content folder, kept in an index folder; an empty one where there is none."""
    try:
        file = ArrayFile(folder / NAME)
        facts = file.facts
        if facts["of"] != _of(content):
            return Scan()
        ids = [id.decode() for id in file.strings("ids")]
        indexed = [id.decode() for id in file.strings("indexed")]
        stamps = zip(*file["stamps"].reshape(4, -1).tolist(), strict=True)
        digests = [digest.decode() for digest in file.strings("digests")]
    except (OSError, Damaged, LookupError, ValueError):
        return Scan()
    return Scan(facts["generation"], dict(zip(ids, stamps, strict=True)), dict(zip(indexed, digests, strict=True)),
                facts["claims"], frozenset(facts["drafts"]))  # fmt: skip


def save(folder: Path, content: Path, scan: Scan) -> None:
    """Keep a scan. Raises OSError."""
    path = folder / f"{NAME}.new"
    writer = ArrayWriter(path)
    try:
        writer.strings("ids", (id.encode() for id in scan.stamps))
        writer.put("stamps", np.array(list(scan.stamps.values()), np.int64).reshape(-1, 4).T.ravel())
        writer.strings("indexed", (id.encode() for id in scan.digests))
        writer.strings("digests", (digest.encode() for digest in scan.digests.values()))
        writer.finish(of=_of(content), generation=scan.generation, claims=dict(scan.claims), drafts=sorted(scan.drafts))
    except BaseException:
        writer.discard()
        raise
    path.replace(folder / NAME)
