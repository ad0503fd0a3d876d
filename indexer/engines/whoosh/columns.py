"""The Whoosh schema: which columns an activity has."""

from __future__ import annotations

from collections.abc import Mapping

from whoosh import fields, formats

from indexer.query.plan import EXACT_COLUMNS, ID_COLUMN, STEM_COLUMNS, Column
from indexer.schema import FIELDS, TEXT_FIELDS

YEAR_DIGITS = 4  # padded, so that the order of the terms is the order of the numbers


class Terms(fields.FieldType):  # type: ignore[misc]
    """A column of terms that indexer.text.analysis has made; Whoosh analyses nothing.

    Whoosh pickles the class under this name into every table of contents.
    """

    def __init__(self, format: formats.Format) -> None:
        self.format = format
        self.scorable = not isinstance(format, formats.Existence)
        self.stored = self.unique = False
        self.analyzer = self.vector = None


def keyword_columns() -> list[str]:
    """The fields that are matched whole."""
    return [f.name for f in FIELDS if f.kind in ("keyword", "integer")]


# Every searchable column by the name that the Whoosh schema gives it.
COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        *EXACT_COLUMNS.values(),
        *STEM_COLUMNS.values(),
        *(Column(name, "value") for name in keyword_columns()),
        ID_COLUMN,
    )
}


def whoosh_schema() -> fields.Schema:
    """The schema of an index; it is pickled into every table of contents."""
    schema = fields.Schema(
        id=fields.ID(unique=True, stored=True),
        digest=fields.STORED,
        body=fields.STORED,
        indexed_at=fields.STORED,
    )
    for name in TEXT_FIELDS:
        schema.add(EXACT_COLUMNS[name].name, Terms(formats.Positions()))
        schema.add(STEM_COLUMNS[name].name, Terms(formats.Frequency()))
    for field in FIELDS:
        schema.add(
            field.name,
            Terms(formats.Existence()) if field.name in keyword_columns() else fields.STORED,
        )
    return schema


def term(value: str | int) -> str:
    """The term of a keyword or integer value."""
    return f"{value:0{YEAR_DIGITS}d}" if isinstance(value, int) else value
