"""SQLite FTS5. Row ids and ranks of the words are materialised once a question: joined SQL is many
times slower."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.peers.base import TOP, Lap, no_laps
from tests.bench.questions import Question

FILE = "activities.sqlite"
FEW = 1000  # matches; fewer are probed one by one, more are probed by the rows of the country

_TABLES = """
CREATE VIRTUAL TABLE activity USING fts5(id UNINDEXED, text, tokenize = 'porter unicode61');
CREATE TABLE activity_id (id TEXT PRIMARY KEY, activity INTEGER) WITHOUT ROWID;
CREATE TABLE activity_country (country TEXT, activity INTEGER, PRIMARY KEY (country, activity)) WITHOUT ROWID;
CREATE TABLE activity_year (year INTEGER, activity INTEGER, PRIMARY KEY (year, activity)) WITHOUT ROWID;
"""
_INDEXES = (
    "CREATE INDEX country_of ON activity_country (activity)",
    "CREATE INDEX year_of ON activity_year (activity)",
)


class SQLite:
    name = "SQLite FTS5"
    lacks = frozenset({"fuzzy"})

    def prepare(self, paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph]:
        return paragraphs

    def build(self, folder: Path, prepared: Sequence[Paragraph]) -> None:
        db = sqlite3.connect(folder / FILE, isolation_level=None)
        db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;{_TABLES}")
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO activity (rowid, id, text) VALUES (?, ?, ?)",
            ((n, p.id, p.text) for n, p in enumerate(prepared)),
        )
        db.executemany(
            "INSERT INTO activity_id VALUES (?, ?)",
            sorted((p.id, n) for n, p in enumerate(prepared)),
        )
        db.executemany(
            "INSERT INTO activity_country VALUES (?, ?)",
            sorted((c, n) for n, p in enumerate(prepared) for c in p.countries),
        )
        db.executemany(
            "INSERT INTO activity_year VALUES (?, ?)",
            sorted((p.year, n) for n, p in enumerate(prepared)),
        )
        for statement in (*_INDEXES, "COMMIT", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
            db.execute(statement)
        db.close()

    def open(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / FILE, isolation_level=None)
        self.db.executescript(
            "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -262144;"
            "PRAGMA mmap_size = 1073741824; CREATE TEMP TABLE hit (activity INTEGER PRIMARY KEY, score REAL)"
        )

    def update(self, paragraph: Paragraph) -> None:
        db = self.db
        db.execute("BEGIN")
        ((row,),) = db.execute(
            "SELECT activity FROM activity_id WHERE id = ?", (paragraph.id,)
        ).fetchall()
        db.execute("UPDATE activity SET text = ? WHERE rowid = ?", (paragraph.text, row))
        db.execute("DELETE FROM activity_country WHERE activity = ?", (row,))
        db.executemany(
            "INSERT INTO activity_country VALUES (?, ?)", [(c, row) for c in paragraph.countries]
        )
        db.execute("UPDATE activity_year SET year = ? WHERE activity = ?", (paragraph.year, row))
        db.execute("COMMIT")

    def settle(self) -> None:
        """Bring the write-ahead log into the file, so that its size is the index's."""
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def segments(self) -> str:
        return ""

    def ask(self, question: Question, lap: Lap = no_laps) -> Any:
        return self._words(question, lap) if question.words else self._everything(question, lap)

    def _words(self, question: Question, lap: Lap) -> Any:
        db, country = self.db, question.country
        match, years = _match(question), ""
        given: list[Any] = [match]
        if question.within:
            # The plus: or FTS5 would look the words up once more for each activity of those years.
            years = "AND +rowid IN (SELECT activity FROM activity_year WHERE year BETWEEN ? AND ?)"
            given += question.within
        db.execute("DELETE FROM hit")
        found = db.execute(
            f"INSERT INTO hit SELECT rowid, bm25(activity) FROM activity WHERE activity MATCH ? {years}",
            given,
        ).rowcount
        lap("match")
        if country:
            # Without statistics of a temporary table SQLite cannot know which of the two is smaller.
            both = (
                "hit CROSS JOIN activity_country AS c USING (activity)"
                if found < FEW
                else "activity_country AS c CROSS JOIN hit USING (activity)"
            )
            both, chosen = f"{both} ", "WHERE c.country = ?"
            bound: tuple[Any, ...] = (country,)
            total = db.execute(f"SELECT count(*) FROM {both} {chosen}", bound).fetchone()[0]
        else:
            both, chosen, bound, total = "hit", "", (), found
        countries = db.execute(
            "SELECT country, count(*) FROM hit CROSS JOIN activity_country USING (activity) "
            "GROUP BY country"
        ).fetchall()
        annual = db.execute(
            f"SELECT year, count(*) FROM {both} CROSS JOIN activity_year USING (activity) {chosen} "
            "GROUP BY year",
            bound,
        ).fetchall()
        lap("counts")
        top = db.execute(
            f"SELECT activity FROM {both} {chosen} ORDER BY score, activity LIMIT {TOP}", bound
        ).fetchall()
        hits = [
            db.execute(
                "SELECT id, text, snippet(activity, 1, '<b>', '</b>', '…', 48) FROM activity "
                "WHERE activity MATCH ? AND rowid = ?",
                (match, row),
            ).fetchone()
            for (row,) in top
        ]
        lap("hits")
        return total, countries, annual, hits

    def _everything(self, question: Question, lap: Lap) -> Any:
        db, country = self.db, question.country
        within, years = "", question.filtered
        if years:
            within = "activity IN (SELECT activity FROM activity_year WHERE year BETWEEN ? AND ?)"
        chosen = "activity IN (SELECT activity FROM activity_country WHERE country = ?)"
        total = db.execute(
            "SELECT count(DISTINCT activity) FROM activity_year WHERE year BETWEEN ? AND ?"
            + (f" AND {chosen}" if country else ""),
            (*(years or (0, 9999)), *([country] if country else [])),
        ).fetchone()[0]
        lap("match")
        countries = db.execute(
            f"SELECT country, count(*) FROM activity_country {'WHERE ' + within if within else ''} "
            "GROUP BY country",
            years or (),
        ).fetchall()
        annual = db.execute(
            f"SELECT year, count(*) FROM activity_year {'WHERE ' + chosen if country else ''} "
            "GROUP BY year",
            (country,) if country else (),
        ).fetchall()
        lap("counts")
        top = db.execute(
            "SELECT activity FROM activity_year WHERE year BETWEEN ? AND ?"
            + (f" AND {chosen}" if country else "")
            + f" ORDER BY year DESC, activity LIMIT {TOP}",
            (*(years or (0, 9999)), *([country] if country else [])),
        ).fetchall()
        hits = [
            db.execute(
                "SELECT id, text, substr(text, 1, 280) FROM activity WHERE rowid = ?", row
            ).fetchone()
            for row in top
        ]
        lap("hits")
        return total, countries, annual, hits

    def read(self, raw: Any) -> Answer:
        total, countries, years, _ = raw
        return Answer(total, dict(countries), dict(years))


def _match(question: Question) -> str:
    """The question in the query language of FTS5."""
    words = [f'"{word}"' for word in question.words]
    match question.kind:
        case "or" | "or of 3":
            return " OR ".join(words)
        case "not":
            return " NOT ".join(words)
        case "phrase rare" | "phrase common":
            return f'"{" ".join(question.words)}"'
        case "prefix 3" | "prefix 2":
            return f"{words[0]} *"
    return " AND ".join(words)
