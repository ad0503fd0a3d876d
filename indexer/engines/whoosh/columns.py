"""The Whoosh schema: the columns of an activity."""

from __future__ import annotations

from collections.abc import Mapping

from whoosh import fields, formats

from indexer.query.plan import EXACT_COLUMNS, ID_COLUMN, STEM_COLUMNS, Column
from indexer.schema import FIELDS, TEXT_FIELDS

YEAR_DIGITS = 4  # zero-padded, so that terms sort like the numbers


class Terms(fields.FieldType):  # type: ignore[misc]
    """A column whose terms are computed by indexer.text.analysis. Whoosh analyses nothing.

    Tables of contents contain pickles of this class: its module, name and attributes are part of
    the index format.
    """

    def __init__(self, format: formats.Format) -> None:
        self.format = format
        self.scorable = not isinstance(format, formats.Existence)
        self.stored = self.unique = False
        self.analyzer = self.vector = None


def keyword_columns() -> list[str]:
    """Return the names of the keyword and integer fields, whose values are matched whole."""
    return [f.name for f in FIELDS if f.kind in ("keyword", "integer")]


COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        *EXACT_COLUMNS.values(),
        *STEM_COLUMNS.values(),
        *(Column(name, "value") for name in keyword_columns()),
        ID_COLUMN,
    )
}
"""Every searchable column by its name in the Whoosh schema."""


def whoosh_schema() -> fields.Schema:
    """Return the schema of an index. Every table of contents contains a pickle of it."""
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
        is_keyword = field.name in keyword_columns()
        schema.add(field.name, Terms(formats.Existence()) if is_keyword else fields.STORED)
    return schema


def term(value: str | int) -> str:
    """Return the indexed term of a keyword or integer value."""
    return f"{value:0{YEAR_DIGITS}d}" if isinstance(value, int) else value
