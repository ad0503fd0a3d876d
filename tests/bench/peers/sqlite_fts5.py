"""SQLite FTS5.

The row ids and ranks of the matches are written to a temporary table once for each question: a
query that joins all tables is many times slower.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.peers.base import TOP_HITS, OnStage, ignore_stages
from tests.bench.questions import KINDS_OF_MOST_WORDS, Question

FILE = "activities.sqlite"
MAX_MATCHES_FIRST = 1000  # with fewer matches than this, the join with a country starts from them

_TABLES = """
CREATE VIRTUAL TABLE activity USING fts5(id UNINDEXED, text, tokenize = 'porter unicode61');
CREATE TABLE activity_id (id TEXT PRIMARY KEY, activity INTEGER) WITHOUT ROWID;
CREATE TABLE activity_country (country TEXT, activity INTEGER, PRIMARY KEY (country, activity))
    WITHOUT ROWID;
CREATE TABLE activity_year (year INTEGER, activity INTEGER, PRIMARY KEY (year, activity))
    WITHOUT ROWID;
"""
_INDEXES = (
    "CREATE INDEX country_of ON activity_country (activity)",
    "CREATE INDEX year_of ON activity_year (activity)",
)


class SQLite:
    """SQLite FTS5 as a BenchEngine."""

    name = "SQLite FTS5"
    unsupported_kinds = frozenset({"fuzzy", *KINDS_OF_MOST_WORDS})

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
            "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
            "PRAGMA cache_size = -262144; PRAGMA mmap_size = 1073741824;"
            "CREATE TEMP TABLE hit (activity INTEGER PRIMARY KEY, score REAL)"
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

    def finish_merging(self) -> None:
        """Copy the write-ahead log to the file, whose size is then that of the index."""
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def describe_segments(self) -> str:
        return ""

    def search(self, question: Question, on_stage: OnStage = ignore_stages) -> Any:
        if question.words:
            return self._search_words(question, on_stage)
        return self._search_all(question, on_stage)

    def _search_words(self, question: Question, on_stage: OnStage) -> Any:
        db, country = self.db, question.country
        match, in_years = _match_expression(question), ""
        parameters: list[Any] = [match]
        if question.year_clause:
            # Without the plus, FTS5 looks up the words again for each activity of those years.
            in_years = (
                "AND +rowid IN (SELECT activity FROM activity_year WHERE year BETWEEN ? AND ?)"
            )
            parameters += question.year_clause
        db.execute("DELETE FROM hit")
        matches = db.execute(
            "INSERT INTO hit SELECT rowid, bm25(activity) FROM activity "
            f"WHERE activity MATCH ? {in_years}",
            parameters,
        ).rowcount
        on_stage("match")
        if country:
            # SQLite has no statistics of a temporary table, so it cannot choose the smaller table.
            source = (
                "hit CROSS JOIN activity_country AS c USING (activity)"
                if matches < MAX_MATCHES_FIRST
                else "activity_country AS c CROSS JOIN hit USING (activity)"
            )
            where = "WHERE c.country = ?"
            bound: tuple[str, ...] = (country,)
            total = db.execute(f"SELECT count(*) FROM {source} {where}", bound).fetchone()[0]
        else:
            source, where, bound, total = "hit", "", (), matches
        countries = db.execute(
            "SELECT country, count(*) FROM hit CROSS JOIN activity_country USING (activity) "
            "GROUP BY country"
        ).fetchall()
        years = db.execute(
            f"SELECT year, count(*) FROM {source} CROSS JOIN activity_year USING (activity) "
            f"{where} GROUP BY year",
            bound,
        ).fetchall()
        on_stage("counts")
        top = db.execute(
            f"SELECT activity FROM {source} {where} ORDER BY score, activity LIMIT {TOP_HITS}",
            bound,
        ).fetchall()
        hits = [
            db.execute(
                "SELECT id, text, snippet(activity, 1, '<b>', '</b>', '…', 48) FROM activity "
                "WHERE activity MATCH ? AND rowid = ?",
                (match, row),
            ).fetchone()
            for (row,) in top
        ]
        on_stage("hits")
        return total, countries, years, hits

    def _search_all(self, question: Question, on_stage: OnStage) -> Any:
        db, country = self.db, question.country
        in_years, years = "", question.year_filter
        if years:
            in_years = "activity IN (SELECT activity FROM activity_year WHERE year BETWEEN ? AND ?)"
        in_country = "activity IN (SELECT activity FROM activity_country WHERE country = ?)"
        total = db.execute(
            "SELECT count(DISTINCT activity) FROM activity_year WHERE year BETWEEN ? AND ?"
            + (f" AND {in_country}" if country else ""),
            (*(years or (0, 9999)), *([country] if country else [])),
        ).fetchone()[0]
        on_stage("match")
        countries = db.execute(
            "SELECT country, count(*) FROM activity_country "
            f"{'WHERE ' + in_years if in_years else ''} GROUP BY country",
            years or (),
        ).fetchall()
        year_counts = db.execute(
            f"SELECT year, count(*) FROM activity_year {'WHERE ' + in_country if country else ''} "
            "GROUP BY year",
            (country,) if country else (),
        ).fetchall()
        on_stage("counts")
        top = db.execute(
            "SELECT activity FROM activity_year WHERE year BETWEEN ? AND ?"
            + (f" AND {in_country}" if country else "")
            + f" ORDER BY year DESC, activity LIMIT {TOP_HITS}",
            (*(years or (0, 9999)), *([country] if country else [])),
        ).fetchall()
        hits = [
            db.execute(
                "SELECT id, text, substr(text, 1, 280) FROM activity WHERE rowid = ?", row
            ).fetchone()
            for row in top
        ]
        on_stage("hits")
        return total, countries, year_counts, hits

    def to_answer(self, raw: Any) -> Answer:
        total, countries, years, _ = raw
        return Answer(total, dict(countries), dict(years))


def _match_expression(question: Question) -> str:
    """Return a question in the query language of FTS5."""
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
