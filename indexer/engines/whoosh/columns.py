"""The Whoosh schema: which columns an activity has, and the terms it puts into each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whoosh import fields, formats

from indexer.activity import Activity
from indexer.analysis import stems, terms
from indexer.plan import Stored
from indexer.prose import prose
from indexer.schema import FIELDS, NONE, TEXT_FIELDS

YEAR_DIGITS = 4  # padded, so that the order of the terms is the order of the numbers


class Terms(fields.FieldType):  # type: ignore[misc]
    """A column given as its terms in order: analysis.py made them, Whoosh analyses nothing."""

    def __init__(self, positions: bool) -> None:
        self.format = formats.Positions() if positions else formats.Existence()
        self.scorable = positions
        self.stored = False
        self.unique = False
        self.analyzer = self.vector = None

    def index(self, value: Sequence[str], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        if not self.scorable:
            for term in dict.fromkeys(value):
                yield term.encode(), 1, 1.0, b""
            return
        places: dict[str, list[int]] = {}
        for position, term in enumerate(value):
            places.setdefault(term, []).append(position)
        for term, positions in places.items():
            yield term.encode(), len(positions), float(len(positions)), self.format.encode(positions)


def keyword_columns() -> list[str]:
    return [f.name for f in FIELDS if f.kind in ("keyword", "integer")]


def whoosh_schema() -> fields.Schema:
    """The schema of a new index; it is pickled into every table of contents."""
    schema = fields.Schema(
        id=fields.ID(unique=True, sortable=True), digest=fields.ID(sortable=True), activity=fields.STORED
    )
    for name in TEXT_FIELDS:
        schema.add(f"{name}.exact", Terms(positions=True))
        schema.add(f"{name}.stem", Terms(positions=True))
    for name in keyword_columns():
        schema.add(name, Terms(positions=False))
    return schema


def document(activity: Activity | Stored, indexed_at: str) -> dict[str, Any]:
    """The values of every column for one activity."""
    texts = {
        "body": prose(activity.body),
        **{name: str(activity.meta.get(name, ("",))[0]) for name in TEXT_FIELDS if name != "body"},
    }
    columns: dict[str, Any] = {
        "id": activity.id,
        "digest": activity.digest,
        "activity": (
            activity.id,
            activity.digest,
            activity.body,
            activity.language,
            dict(activity.meta),
            indexed_at,
        ),
    }
    for name, text in texts.items():
        exact = terms(text)
        if exact:
            columns[f"{name}.exact"] = exact
            columns[f"{name}.stem"] = stems(exact, activity.language)
    for field in FIELDS:
        if field.kind in ("keyword", "integer"):
            columns[field.name] = [term(v) for v in activity.meta.get(field.name, ())] or [NONE]
    return {name: value for name, value in columns.items() if value}


def term(value: str | int) -> str:
    """The term of a keyword or integer value."""
    return f"{value:0{YEAR_DIGITS}d}" if isinstance(value, int) else value


def stored(record: Mapping[str, Any]) -> Stored:
    """The activity in a Whoosh document's stored fields."""
    return Stored(*record["activity"])
