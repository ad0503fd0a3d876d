"""Read the rows of tables and the objects of JSON as paragraphs with metadata."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.importing.paragraph import MAX_QUOTE_LENGTH, Paragraph, SourceError, SourceReport
from indexer.schema import FIELD
from indexer.text.analysis import terms

TEXT = "text"  # the field of the column with the paragraphs
COLUMN_FIELDS = (TEXT, *FIELD)
MAX_NAMES_SHOWN = 20  # names of columns in a message
MAX_ROWS_ABOVE_HEADER = 20  # titles and notes above a table

_DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}(?:[ T].*)?\Z")

Row = tuple[str, Sequence[str]]
"""The place of a row, for messages, and its cells."""


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class Columns:
    """The mapping from the columns of a source to fields.

    By default, a column is mapped to the field with the same name, in upper or lower case.
    """

    fields: Mapping[str, str] = field(default_factory=dict)  # field -> name of its column
    ignored: Sequence[str] = ()  # names of columns

    def field_of(self, name: str) -> str | None:
        """Return the field of a column; "" if the column is ignored, None if it is unknown."""
        name = _folded(name)
        by_name = {_folded(column): known for known, column in self.fields.items()}
        if name in by_name:
            return by_name[name]
        if name in map(_folded, self.ignored):
            return ""
        # The field of another column cannot be the field of this one.
        return name if name in COLUMN_FIELDS and name not in self.fields else None

    def has_text(self, names: Iterable[str]) -> bool:
        """Return whether one of the columns contains the paragraphs."""
        return any(self.field_of(name) == TEXT for name in names)


def has_text_column(rows: Sequence[Row], columns: Columns) -> bool:
    """Return whether one of the first rows of a table is a header with a text column."""
    return any(columns.has_text(cells) for _, cells in rows[:MAX_ROWS_ABOVE_HEADER])


def read_table(
    rows: Iterable[Row], name: str, columns: Columns, report: SourceReport
) -> Iterator[Paragraph]:
    """Yield the paragraphs of a table. Empty rows are skipped.

    The first row with a text column is the header. Rows above it are reported as dropped. Raises
    SourceError for a table without a text column or with an invalid header.
    """
    above: list[Row] = []
    header: Sequence[str] | None = None
    fields: list[str] = []
    for place, row in rows:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if header is None:
            if not columns.has_text(cells):
                above.append((place, cells))
                if len(above) > MAX_ROWS_ABOVE_HEADER:
                    break
                continue
            header, fields = cells, _header_fields(cells, place, name, columns)
            for other_place, other in above:
                report.drop(other_place, " ".join(other), "is above the header of the table")
        elif len(cells) > len(header):
            report.errors.append(
                f"{place}: has {len(cells)} values below {len(header)} headers: put a value that "
                "contains the separator in double quotes, or add the missing header"
            )
        elif cells != header:
            yield from _read_row(place, dict(zip(fields, cells, strict=False)), report)
    if header is None:
        raise _no_text_column(name, above[0][1] if above else ())


def _header_fields(header: Sequence[str], place: str, name: str, columns: Columns) -> list[str]:
    """Return the field of each column. Raises SourceError for unknown and duplicate columns."""
    fields = [columns.field_of(column) for column in header]
    unknown = [column for column, known in zip(header, fields, strict=True) if known is None]
    counts = Counter(known for known in fields if known)
    doubled = [known for known, count in counts.items() if count > 1]
    problems = [_unknown_columns(unknown)] if unknown else []
    problems += [
        f'several columns are "{known}": rename them, or state one with --column {known}=NAME '
        "and the others with --ignore-column NAME"
        for known in doubled
    ]
    if problems:
        raise SourceError(f"{name}: {place}: {'; '.join(problems)}")
    return [known or "" for known in fields]


def _unknown_columns(names: Sequence[str]) -> str:
    """Return an error message for unknown columns, with the options that map or ignore them."""
    nameless = sum(not name for name in names)
    unknown = [name for name in names if name]
    problems = []
    if unknown:
        quoted = ", ".join(f'"{name}"' for name in unknown)
        first = unknown[0]
        close = difflib.get_close_matches(_folded(first), COLUMN_FIELDS, n=1, cutoff=0.6)
        field = close[0] if close else TEXT
        problems.append(
            f"unknown {'column' if len(unknown) == 1 else 'columns'} {quoted}: state the field of "
            f'a column with --column, such as --column {field}="{first}", or leave it out with '
            f'--ignore-column "{first}" (the fields are {", ".join(COLUMN_FIELDS)})'
        )
    if nameless:
        problem = "a column has no name" if nameless == 1 else f"{nameless} columns have no name"
        problems.append(f'{problem}: name it, or leave it out with --ignore-column ""')
    return "; ".join(problems)


def _no_text_column(name: str, names: Iterable[str]) -> SourceError:
    shortened = [name[:MAX_QUOTE_LENGTH] for name in names if name]
    more = ", …" if len(shortened) > MAX_NAMES_SHOWN else ""
    return SourceError(
        f'{name} has no column "{TEXT}" '
        f"(it has {', '.join(shortened[:MAX_NAMES_SHOWN]) or 'none'}{more}): "
        f"rename the column that contains the paragraphs, or state it with --column {TEXT}=NAME"
    )


def _read_row(place: str, row: Mapping[str, str], report: SourceReport) -> Iterator[Paragraph]:
    text = row.get(TEXT, "")
    if terms(text):
        yield Paragraph(place, text, metadata(row), is_value=True)
    else:
        report.drop(place, " ".join(filter(None, row.values())), "has no text")


def read_objects(
    objects: Iterable[tuple[str, Mapping[str, object]]],
    name: str,
    columns: Columns,
    report: SourceReport,
) -> Iterator[Paragraph]:
    """Yield the paragraphs of JSON objects, each with its place.

    Raises SourceError after the last object if there are unknown keys.
    """
    unknown: dict[str, str] = {}  # key -> place of its first object
    for place, record in objects:
        row: dict[str, object] = {}
        for key, value in record.items():
            known = columns.field_of(key)
            if known is None:
                unknown.setdefault(key, place)
            elif known in row:
                report.errors.append(f'{place}: several keys are "{known}": keep one')
            elif known:
                row[known] = value
        text = row.get(TEXT)
        if not isinstance(text, str):
            report.errors.append(f'{place}: has no "{TEXT}": write {{"{TEXT}": "…"}}')
        elif terms(text):
            yield Paragraph(place, text.strip(), metadata(row), is_value=True)
        else:
            report.drop(place, text, "has no text")
    if unknown:
        place = next(iter(unknown.values()))
        raise SourceError(f"{name}: {place}: {_unknown_columns(list(unknown))}")


def metadata(row: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the values of a row by field.

    Several values are a list, or are separated by ";" or line breaks. A date is read as its year.
    """
    values_by_field: dict[str, list[str]] = {}
    for name, value in row.items():
        if name not in FIELD or value in (None, ""):
            continue
        if isinstance(value, list):
            values: Sequence[object] = value
        else:
            values = re.split(r"[;\n]", str(value)) if FIELD[name].many else [value]
        if FIELD[name].values == "year":
            values = [_DATE.sub(r"\1", str(item).strip()) for item in values]
        if texts := [text for text in (str(item).strip() for item in values) if text]:
            values_by_field[name] = texts
    return values_by_field
