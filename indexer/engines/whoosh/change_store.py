"""The record of changes of a Whoosh index: an SQLite database in the index folder.

It is next to the directories of all releases, so that it survives rebuilds and new releases.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from indexer.engines.base import EngineError, EngineUnavailable, IndexDamaged
from indexer.engines.change_record import FORGOTTEN, MAX_CHANGES, Change, Commit, CommitFacts

FILE_NAME = "changes.sqlite3"
BUSY_SECONDS = 10.0  # to wait for another process

_SCHEMA = """
CREATE TABLE IF NOT EXISTS commits (
    number INTEGER PRIMARY KEY, generation INTEGER, indexed_at TEXT, previous INTEGER
);
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY, "commit" INTEGER, id TEXT, kind TEXT, fields TEXT, before TEXT,
    after TEXT
);
CREATE INDEX IF NOT EXISTS changes_by_commit ON changes ("commit");
CREATE TABLE IF NOT EXISTS withdrawn (id TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID;
"""


class SQLiteChangeRecord:
    """Implements ChangeRecord. A missing database is an empty record."""

    def __init__(self, index: Path) -> None:
        """index: the index folder. Nothing is opened yet."""
        self._path = index / FILE_NAME

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection | None]:
        """Open the database; None if it is missing and nothing is to be written."""
        if not write and not self._path.exists():
            yield None
            return
        if self._path.exists() and not self._path.is_file():  # opening a pipe would wait
            raise self._damaged(ValueError("not a regular file"))
        try:
            if write:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            uri = f"{self._path.absolute().as_uri()}?mode={'rwc' if write else 'ro'}"
            with closing(
                sqlite3.connect(uri, timeout=BUSY_SECONDS, uri=True, isolation_level=None)
            ) as database:
                if write:
                    database.executescript(_SCHEMA)
                yield database
        except (sqlite3.OperationalError, OSError) as error:  # locked, read-only or full
            raise EngineUnavailable(
                f"{self._path} cannot be used ({error}): free some space or fix its permissions"
            ) from None
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> EngineError:
        return IndexDamaged(
            f"{self._path} is damaged ({error}): delete it, and the record of changes begins again"
        )

    def newest(self) -> Commit | None:
        with self._open() as database:
            if database is None:
                return None
            query = "SELECT generation, indexed_at, previous FROM commits ORDER BY number DESC"
            row = database.execute(f"{query} LIMIT 1").fetchone()
            return Commit(*row) if row else None

    def append(self, commit: Commit) -> None:
        with self._open(write=True) as database:
            assert database is not None
            database.execute("BEGIN IMMEDIATE")
            try:
                self._append(database, commit)
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    def _append(self, database: sqlite3.Connection, commit: Commit) -> None:
        cursor = database.execute(
            "INSERT INTO commits (generation, indexed_at, previous) VALUES (?, ?, ?)",
            (commit.generation, commit.indexed_at, commit.previous),
        )
        number = cursor.lastrowid
        database.executemany(
            'INSERT INTO changes ("commit", id, kind, fields, before, after) '
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                (number, change.id, change.kind, json.dumps(change.fields), *change[3:])
                for change in commit.changes
            ),
        )
        database.executemany(
            "INSERT OR REPLACE INTO withdrawn VALUES (?, ?)",
            (
                (change.id, commit.indexed_at)
                for change in commit.changes
                if change.kind == "withdrawn"
            ),
        )
        database.executemany(
            "DELETE FROM withdrawn WHERE id = ?",
            ((change.id,) for change in commit.changes if change.kind == "added"),
        )
        self._limit(database)

    def _limit(self, database: sqlite3.Connection) -> None:
        """Remove the oldest commits if there are too many changes."""
        excess = 'SELECT "commit" FROM changes ORDER BY number DESC LIMIT 1 OFFSET ?'
        if row := database.execute(excess, (MAX_CHANGES,)).fetchone():
            database.execute('DELETE FROM changes WHERE "commit" <= ?', row)
            database.execute("DELETE FROM commits WHERE number <= ?", row)

    def facts(self) -> Iterator[CommitFacts]:
        with self._open() as database:
            if database is None:
                return
            rows = database.execute(
                "SELECT number, generation, indexed_at, previous, "
                '(SELECT COUNT(*) FROM changes WHERE "commit" = commits.number) '
                "FROM commits ORDER BY number DESC"
            )
            yield from map(CommitFacts._make, rows)

    def commits(self, start: int = 0) -> Iterator[Commit]:
        with self._open() as database:
            if database is None:
                return
            query = "SELECT * FROM commits WHERE number >= ? ORDER BY number"
            rows = database.execute(query, (start,)).fetchall()
            for number, generation, indexed_at, previous in rows:
                changes = database.execute(
                    "SELECT id, kind, fields, before, after FROM changes "
                    'WHERE "commit" = ? ORDER BY number',
                    (number,),
                )
                decoded = tuple(
                    Change(id, kind, tuple(json.loads(fields)), before, after)
                    for id, kind, fields, before, after in changes
                )
                yield Commit(generation, indexed_at, previous, decoded)

    def forget(self, ids: Collection[str]) -> None:
        if not self._path.exists():
            return
        with self._open(write=True) as database:
            assert database is not None
            database.execute("PRAGMA secure_delete = ON")  # overwrite replaced rows
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                "UPDATE changes SET fields = '[]', before = CASE before WHEN '' THEN '' ELSE ? "
                "END, after = CASE after WHEN '' THEN '' ELSE ? END WHERE id = ?",
                ((FORGOTTEN, FORGOTTEN, id) for id in ids),
            )
            database.execute("COMMIT")

    def withdrawn_at(self, id: str) -> str | None:
        with self._open() as database:
            if database is None:
                return None
            row = database.execute("SELECT at FROM withdrawn WHERE id = ?", (id,)).fetchone()
            return str(row[0]) if row else None

    def withdrawal_times(self, ids: Collection[str]) -> Mapping[str, str]:
        with self._open() as database:
            if database is None:
                return {}
            # A list as JSON is one parameter; SQLite limits their number.
            query = "SELECT id, at FROM withdrawn WHERE id IN (SELECT value FROM json_each(?))"
            return dict(database.execute(query, (json.dumps(list(ids)),)).fetchall())
