"""The state of the content folder at the last run, so that the next run reads only changed files.

A file counts as unchanged if its modification time, change time, size and inode are the same.
A file that is about as new as the scan may change again within one tick of the clock. Its stamp is
not kept, so the next run reads it again, as Git does for its index.

The cache is an SQLite database in the index folder. It can be deleted at any time. If it is
missing or belongs to another folder, release or index, every file is read.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import struct
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from indexer import __version__
from indexer.clock import TIMESTAMP_GRANULARITY
from indexer.schema import FINGERPRINT
from indexer.text import places

FILE_NAME = "scan_cache.sqlite3"
UNTRUSTED = (0, 0, 0, 0)

# The stamp of a file: modification and change time (ns), size (bytes) and inode.
Stamp = tuple[int, int, int, int]

V = TypeVar("V")

_SCHEMA = """
BEGIN;
DROP TABLE IF EXISTS scan;
DROP TABLE IF EXISTS files;
CREATE TABLE scan (
    belongs_to TEXT, revision TEXT, generation INTEGER, rules TEXT, claims TEXT, drafts TEXT,
    rejected TEXT
);
CREATE TABLE files (id TEXT PRIMARY KEY, stamp BLOB, digest TEXT, path TEXT) WITHOUT ROWID;
INSERT INTO scan DEFAULT VALUES;
"""
_STAMP = struct.Struct("<3qQ")  # four columns would take twice as long to load


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of a file."""
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino


def trusted_stamp(stamp: Stamp, now: int) -> Stamp:
    """Return the stamp, or UNTRUSTED if the file is about as new as a scan at time now (ns)."""
    return stamp if max(stamp[0], stamp[1]) < now - TIMESTAMP_GRANULARITY else UNTRUSTED


@dataclass(slots=True)
class FolderState:
    """The state of the content folder at the end of a run. Ids of folders end in "/"."""

    generation: int | None = None  # the generation of the index that equals this state
    stamps: dict[str, Stamp] = field(default_factory=dict)  # by id, of all valid files
    digests: dict[str, str] = field(default_factory=dict)  # by id, of the indexed activities
    aliases: dict[str, tuple[int, list[str]]] = field(default_factory=dict)  # by id: line, aliases
    drafts: set[str] = field(default_factory=set)  # ids
    rejected: set[str] = field(default_factory=set)  # ids of files and folders with errors
    # The paths of valid files, by id, relative to the content folder; only if not "<id>.md".
    paths: dict[str, str] = field(default_factory=dict)
    rules: str = ""  # the digest of the rules that were used to read the files
    # Identifies the database contents that equal this state.
    revision: str = field(default="", compare=False)

    def only(self, ids: AbstractSet[str]) -> FolderState:
        """Return the state of these valid files alone. Most files should be among them."""
        return FolderState(
            self.generation,
            _restrict(self.stamps, ids),
            _restrict(self.digests, ids),
            {id: stated for id, stated in self.aliases.items() if id in ids},
            self.drafts & ids,
            paths={id: path for id, path in self.paths.items() if id in ids},
            rules=self.rules,
        )

    def without(self, ids: AbstractSet[str]) -> FolderState:
        """Return the state of all other files."""
        state = FolderState(
            self.generation,
            dict(self.stamps),
            dict(self.digests),
            {id: stated for id, stated in self.aliases.items() if id not in ids},
            self.drafts - ids,
            self.rejected - ids,
            {id: path for id, path in self.paths.items() if id not in ids},
            self.rules,
        )
        for id in ids:
            state.stamps.pop(id, None)
            state.digests.pop(id, None)
        return state


def _restrict(values: Mapping[str, V], ids: AbstractSet[str]) -> dict[str, V]:
    # Copying all and deleting a few is faster than copying one by one.
    copy = dict(values)
    for id in values.keys() - ids:
        del copy[id]
    return copy


def _belongs_to(content: Path, identity: str) -> str:
    return f"{__version__} {FINGERPRINT} {places.VERSION} {identity} {content.resolve()}"


def load_state(folder: Path, content: Path, identity: str) -> FolderState:
    """Load the last state of a content folder from an index folder.

    Return an empty state without a cache. identity is Engine.identity: a state that was saved for
    one index is never used for another.
    """
    try:
        with closing(_connect(folder)) as database:
            row = database.execute("SELECT * FROM scan").fetchone()
            belongs_to, revision, generation, rules, aliases, drafts, rejected = row
            if belongs_to != _belongs_to(content, identity):
                return FolderState()
            stamped, stamps, digests, paths = [], [], {}, {}
            for id, stamp, digest, path in database.execute("SELECT * FROM files"):
                if stamp is not None:
                    stamped.append(id)
                    stamps.append(stamp)
                if digest is not None:
                    digests[id] = digest
                if path is not None:
                    paths[id] = path
            return FolderState(
                generation,
                dict(zip(stamped, _STAMP.iter_unpack(b"".join(stamps)), strict=True)),
                digests,
                {id: (line, names) for id, (line, names) in json.loads(aliases).items()},
                set(json.loads(drafts)),
                set(json.loads(rejected)),
                paths,
                rules,
                revision,
            )
    except (sqlite3.Error, struct.error, ValueError, TypeError):
        return FolderState()


def stored_path(folder: Path, id: str) -> str:
    """Return the path of an activity's file at the last scan, relative to the content folder."""
    with suppress(sqlite3.Error), closing(_connect(folder)) as database:
        row = database.execute("SELECT path FROM files WHERE id = ?", (id,)).fetchone()
        if row and row[0]:
            return str(row[0])
    return f"{id}.md"


def _connect(folder: Path) -> sqlite3.Connection:
    """Open the database of an index folder, to be read only. Raises sqlite3.Error."""
    path = folder / FILE_NAME
    if not path.is_file():  # opening a pipe would wait for a writer
        raise sqlite3.OperationalError(f"{path} is not a file")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def save_state(
    folder: Path, content: Path, identity: str, state: FolderState, last: FolderState
) -> None:
    """Save a state over the last one that was loaded.

    Only rows that differ are written if the database still holds the last state. Failures are
    ignored: the next run then reads every file.
    """
    path = folder / FILE_NAME
    try:
        if path.is_fifo():
            path.unlink()
        try:
            _write(path, content, identity, state, last)
        except sqlite3.OperationalError:  # locked, or the disk is full
            return
        except sqlite3.DatabaseError:  # damaged: start again
            path.unlink(missing_ok=True)
            _write(path, content, identity, state, FolderState())
    except (sqlite3.Error, struct.error, OSError):
        return


def _write(path: Path, content: Path, identity: str, state: FolderState, last: FolderState) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        if not _contains(database, last.revision):
            last = FolderState()
            database.execute("ROLLBACK")
            database.executescript(_SCHEMA)
        gone = last.stamps.keys() - state.stamps.keys()
        gone |= last.digests.keys() - state.digests.keys()
        deleted = {id for id in gone if id not in state.stamps and id not in state.digests}
        changed = gone - deleted
        changed.update(id for id, stamp in state.stamps.items() if last.stamps.get(id) != stamp)
        changed.update(id for id, value in state.digests.items() if last.digests.get(id) != value)
        changed.update(id for id, path in state.paths.items() if last.paths.get(id) != path)
        rows = (
            (id, _packed(state.stamps.get(id)), state.digests.get(id), state.paths.get(id))
            for id in sorted(changed)
        )
        database.executemany("DELETE FROM files WHERE id = ?", ((id,) for id in deleted))
        database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", rows)
        aliases, drafts, rejected = map(
            json.dumps, (state.aliases, sorted(state.drafts), sorted(state.rejected))
        )
        revision = secrets.token_hex(8)
        database.execute(
            "UPDATE scan SET belongs_to = ?, revision = ?, generation = ?, rules = ?,"
            " claims = ?, drafts = ?, rejected = ?",
            (
                _belongs_to(content, identity),
                revision,
                state.generation,
                state.rules,
                aliases,
                drafts,
                rejected,
            ),
        )
        database.execute("COMMIT")
    state.revision = revision


def _packed(stamp: Stamp | None) -> bytes | None:
    return _STAMP.pack(*stamp) if stamp else None


def _contains(database: sqlite3.Connection, revision: str) -> bool:
    """Return whether the database holds the state with this revision."""
    try:
        row = database.execute("SELECT revision FROM scan").fetchone()
    except sqlite3.Error:
        return False
    return bool(revision) and row == (revision,)
