"""The result of the last scan of the content folder, so that the next run reads only what may have changed.

A file is unchanged if its modification time, change time, size and inode are. A file that was as new
as the scan may have changed again within one tick of the clock, so its stamp is not kept and the file is
read again, as in Git's index. The cache is an SQLite database in the index folder. It is never needed:
without it, or where it belongs to another folder, release or index, every file is read.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from indexer import __version__
from indexer.clock import TIMESTAMP_GRANULARITY
from indexer.schema import FINGERPRINT
from indexer.text import places

FILE_NAME = "scan_cache.sqlite3"
UNTRUSTED = (0, 0, 0, 0)

Stamp = tuple[
    int, int, int, int
]  # of a file: modification and change time (ns), size (bytes), inode

_SCHEMA = """
BEGIN;
DROP TABLE IF EXISTS scan;
DROP TABLE IF EXISTS stamps;
DROP TABLE IF EXISTS digests;
CREATE TABLE scan (belongs_to TEXT, revision TEXT, generation INTEGER, claims TEXT, drafts TEXT, rejected TEXT);
CREATE TABLE stamps (id TEXT PRIMARY KEY, mtime INTEGER, ctime INTEGER, size INTEGER, inode INTEGER) WITHOUT ROWID;
CREATE TABLE digests (id TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
INSERT INTO scan DEFAULT VALUES;
"""


def stamp_of(stat: os.stat_result) -> Stamp:
    """The stamp of a file."""
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino


def trusted_stamp(stamp: Stamp, now: int) -> Stamp:
    """The stamp to keep: UNTRUSTED where the file is as new as a scan at the time now (nanoseconds)."""
    return stamp if max(stamp[0], stamp[1]) < now - TIMESTAMP_GRANULARITY else UNTRUSTED


@dataclass(slots=True)
class FolderState:
    """The state of the content folder at the end of a run. Ids of folders end in "/"."""

    generation: int | None = None  # the generation that equalled the content
    stamps: Mapping[str, Stamp] = field(default_factory=dict)  # by id, of the readable files
    digests: Mapping[str, str] = field(default_factory=dict)  # by id, of the indexed activities
    claims: Mapping[str, tuple[int, list[str]]] = field(
        default_factory=dict
    )  # aliases and their line, by id
    drafts: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()  # ids of files and folders with errors
    revision: str = field(
        default="", compare=False
    )  # names the database contents that equal this scan


def _belongs_to(content: Path, identity: str) -> str:
    return f"{__version__} {FINGERPRINT} {places.VERSION} {identity} {content.resolve()}"


def load_state(folder: Path, content: Path, identity: str) -> FolderState:
    """Load the last scan of a content folder from an index folder; an empty Scan if there is none.

    identity is Engine.identity: a scan made for one index is never used for another.
    """
    try:
        with closing(
            sqlite3.connect(f"{(folder / FILE_NAME).absolute().as_uri()}?mode=ro", uri=True)
        ) as database:
            row = database.execute("SELECT * FROM scan").fetchone()
            belongs_to, revision, generation, claims, drafts, rejected = row
            if belongs_to != _belongs_to(content, identity):
                return FolderState()
            database.execute("PRAGMA mmap_size = 1000000000")
            return FolderState(
                generation,
                {row[0]: row[1:] for row in database.execute("SELECT * FROM stamps")},
                dict(database.execute("SELECT * FROM digests")),
                {id: (line, aliases) for id, (line, aliases) in json.loads(claims).items()},
                frozenset(json.loads(drafts)),
                frozenset(json.loads(rejected)),
                revision,
            )
    except (sqlite3.Error, ValueError, TypeError):
        return FolderState()


def save_state(
    folder: Path, content: Path, identity: str, scan: FolderState, last: FolderState
) -> None:
    """Save a scan over the last one that was loaded. A failure is ignored: the next run reads every file.

    Only the rows that differ are written where the database still holds the last scan.
    """
    path = folder / FILE_NAME
    try:
        try:
            _write(path, content, identity, scan, last)
        except sqlite3.DatabaseError:  # damaged: start again
            path.unlink(missing_ok=True)
            _write(path, content, identity, scan, FolderState())
    except (sqlite3.Error, OverflowError, OSError):
        return


def _write(path: Path, content: Path, identity: str, scan: FolderState, last: FolderState) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        if not _holds(database, last.revision):
            last = FolderState()
            database.execute("ROLLBACK")
            database.executescript(_SCHEMA)
        database.executemany(
            "DELETE FROM stamps WHERE id = ?",
            ((id,) for id in last.stamps.keys() - scan.stamps.keys()),
        )
        stamps = sorted(
            (id, *stamp) for id, stamp in scan.stamps.items() if last.stamps.get(id) != stamp
        )
        database.executemany("INSERT OR REPLACE INTO stamps VALUES (?, ?, ?, ?, ?)", stamps)
        database.executemany(
            "DELETE FROM digests WHERE id = ?",
            ((id,) for id in last.digests.keys() - scan.digests.keys()),
        )
        digests = sorted(
            (id, digest) for id, digest in scan.digests.items() if last.digests.get(id) != digest
        )
        database.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?)", digests)
        claims, drafts, rejected = map(
            json.dumps, (dict(scan.claims), sorted(scan.drafts), sorted(scan.rejected))
        )
        revision = secrets.token_hex(8)
        database.execute(
            "UPDATE scan SET belongs_to = ?, revision = ?, generation = ?, claims = ?, drafts = ?, rejected = ?",
            (_belongs_to(content, identity), revision, scan.generation, claims, drafts, rejected),
        )
        database.execute("COMMIT")
    scan.revision = revision


def _holds(database: sqlite3.Connection, revision: str) -> bool:
    try:
        return bool(revision) and database.execute("SELECT revision FROM scan").fetchone() == (
            revision,
        )
    except sqlite3.Error:
        return False
