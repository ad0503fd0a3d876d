"""The removal log in the index folder: the activities that runs removed from the index, with times.

The log is kept longer than the generations, so that neither a last good version nor a rollback
restores an activity that its author has withdrawn or deleted. It also has the deletions of the last
hour and the mount points that the content was read from.

The log is an SQLite database. If the file is missing, only the stored generations are compared.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from indexer.schema import FINGERPRINT

FILE_NAME = "removals.sqlite3"
MIN_AGE_SECONDS = 2 * 24 * 3600  # removals are kept at least this long

_SCHEMA = """
CREATE TABLE IF NOT EXISTS removals (
    id TEXT PRIMARY KEY, generation INTEGER, time REAL, reason TEXT, text BLOB,
    activities INTEGER, public INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS removals_by_time ON removals (time);
CREATE INDEX IF NOT EXISTS removals_unpublished ON removals (id) WHERE NOT public;
CREATE TABLE IF NOT EXISTS additions (id TEXT PRIMARY KEY, text BLOB, time REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mounts (folder TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS log (lineage TEXT, allowed_at REAL, allowed_after INTEGER);
"""


def text_key(text: str) -> bytes:
    """Return a hash of a text that ignores differences in white space."""
    return hashlib.blake2b(" ".join(text.split()).encode(), digest_size=16).digest()


class Removal(NamedTuple):
    """An activity that a run removes from the index."""

    id: str
    reason: str  # the line that withdraws it, such as "draft: true"; "" if its file is gone
    text: bytes  # text_key() of its text


@dataclass(slots=True)
class RunEffects:
    """The effects of a run that the log records."""

    after: int  # number of the generation before the run
    activities: int  # in that generation
    removals: list[Removal] = field(default_factory=list)
    additions: Mapping[str, bytes] = field(default_factory=dict)  # text_key() by new id
    allows_deletions: bool = False  # --allow-deletions was given: the count restarts at zero
    mounts: Collection[str] = ()  # the mount points that the content is read from


class RemovalLog:
    """The log, open for one run. Failures of the database are ignored: they must not stop a run."""

    def __init__(self, database: sqlite3.Connection, lineage: str) -> None:
        """Use open_removal_log()."""
        self._database, self._lineage = database, lineage

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error:
            return []

    def unpublished(self, ids: Iterable[str]) -> set[str]:
        """Return the ids that were removed and have not been published again."""
        query = "SELECT 1 FROM removals WHERE id = ? AND NOT public"
        return {id for id in ids if self._rows(query, id)}

    def removed_since(self, generation: int) -> dict[str, str]:
        """Return the reasons, by id, of activities removed after a generation of this index."""
        if self._scalar("SELECT lineage FROM log") != self._lineage:
            return {}
        query = "SELECT id, reason FROM removals WHERE generation >= ?"
        return {str(id): str(reason) for id, reason in self._rows(query, generation)}

    def deletions(self, since: float) -> dict[str, bytes]:
        """Return the text_key() of activities whose files were deleted since a time, by id."""
        query = "SELECT id, text FROM removals WHERE time > ? AND reason = ''"
        return {str(id): text for id, text in self._rows(query, since) if isinstance(text, bytes)}

    def additions(self, since: float) -> dict[str, bytes]:
        """Return the text_key() of activities added since a time, by id."""
        rows = self._rows("SELECT id, text FROM additions WHERE time > ?", since)
        return {str(id): text for id, text in rows if isinstance(text, bytes)}

    def largest(self, since: float) -> int:
        """Return the largest number of activities before a deletion since a time; 0 if none."""
        query = "SELECT max(activities) FROM removals WHERE time > ? AND reason = ''"
        largest = self._scalar(query, since)
        return largest if isinstance(largest, int) else 0

    def allowed(self) -> tuple[float, int]:
        """Return when deletions were last allowed, and the generation before that run."""
        rows = self._rows("SELECT allowed_at, allowed_after, lineage FROM log")
        for allowed_at, after, lineage in rows:
            if isinstance(allowed_at, float) and isinstance(after, int):
                return allowed_at, after if lineage == self._lineage else 0
        return 0.0, 0

    def mounts(self) -> set[str]:
        """Return the mount points that the content was last read from."""
        return {str(folder) for (folder,) in self._rows("SELECT folder FROM mounts")}

    def _scalar(self, query: str, *values: object) -> object:
        rows = self._rows(query, *values)
        return rows[0][0] if rows else None

    def record(self, effects: RunEffects, oldest_kept: int) -> None:
        """Record the effects of a run, before its commit.

        oldest_kept: the number of the oldest generation that is kept.
        """
        now = time.time()
        with suppress(sqlite3.Error), self._transaction() as database:
            if self._scalar("SELECT lineage FROM log") != self._lineage:
                # The numbers are generations of another index.
                database.execute("UPDATE removals SET generation = -1")
                database.execute("DELETE FROM log")
                database.execute("INSERT INTO log VALUES (?, 0.0, 0)", (self._lineage,))
            database.executemany(
                "INSERT OR REPLACE INTO removals VALUES (?, ?, ?, ?, ?, ?, 0)",
                (
                    (id, effects.after, now, reason, text, effects.activities)
                    for id, reason, text in effects.removals
                ),
            )
            hour_ago = now - 3600
            database.execute("DELETE FROM additions WHERE time < ?", (hour_ago,))
            database.executemany(
                "INSERT OR REPLACE INTO additions VALUES (?, ?, ?)",
                ((id, key, now) for id, key in effects.additions.items()),
            )
            if effects.allows_deletions:
                database.execute(
                    "UPDATE log SET allowed_at = ?, allowed_after = ?", (now, effects.after)
                )
            database.execute(
                "DELETE FROM removals WHERE generation < ? AND time < ?",
                (oldest_kept, now - MIN_AGE_SECONDS),
            )
            if set(effects.mounts) != self.mounts():
                database.execute("DELETE FROM mounts")
                database.executemany(
                    "INSERT OR IGNORE INTO mounts VALUES (?)", ((path,) for path in effects.mounts)
                )

    def publish(self, indexed: Mapping[str, str], rejected: Container[str]) -> None:
        """Mark removed activities that are indexed again from valid files as public."""
        ids = [str(id) for (id,) in self._rows("SELECT id FROM removals WHERE NOT public")]
        again = [(id,) for id in ids if id in indexed and id not in rejected]
        if again:
            with suppress(sqlite3.Error), self._transaction() as database:
                database.executemany("UPDATE removals SET public = 1 WHERE id = ?", again)

    def forget(self, ids: Iterable[str]) -> None:
        """Remove the hashes of the texts of some activities."""
        rows = [(id,) for id in ids]
        with suppress(sqlite3.Error):
            self._database.execute("PRAGMA secure_delete = ON")  # overwrite replaced rows
            with self._transaction() as database:
                database.executemany("UPDATE removals SET text = x'' WHERE id = ?", rows)
                database.executemany("DELETE FROM additions WHERE id = ?", rows)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


@contextmanager
def open_removal_log(
    folder: Path | None, identity: str, *, read_only: bool = False
) -> Iterator[RemovalLog]:
    """Open the log in an index folder. A missing or damaged log is empty.

    identity: Engine.identity. Without a folder, nothing is stored.
    """
    path = folder / FILE_NAME if folder else None
    with closing(_connect(path, read_only)) as database:
        yield RemovalLog(database, f"{FINGERPRINT} {identity}")


def _connect(path: Path | None, read_only: bool) -> sqlite3.Connection:
    if path is not None and not path.is_fifo():  # opening a pipe would wait for a writer
        mode = "ro" if read_only else "rwc"
        for _ in range(2):
            try:
                database = sqlite3.connect(
                    f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
                )
                try:
                    if not read_only:
                        database.executescript(_SCHEMA)
                    database.execute("SELECT id, reason, public FROM removals LIMIT 1")
                except BaseException:
                    database.close()
                    raise
                return database
            except sqlite3.OperationalError:  # missing, locked or read-only, or the disk is full
                break
            except sqlite3.DatabaseError:  # damaged: start again
                if not read_only:
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.executescript(_SCHEMA)
    return database
