"""CSV export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from indexer.schema import FIELD, Value
from indexer.search.export.document import INCOMPLETE, LIST_FIELDS, ExportDocument, ExportRow

# Spreadsheets evaluate cells that begin with these characters. Source: OWASP, CSV Injection.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FIELDS = ("country", *(name for name in LIST_FIELDS if name != "country"), "language")
_LABELLED = tuple(name for name in _FIELDS if FIELD[name].values != "year")


def _columns_of(field: str) -> tuple[str, ...]:
    """Return the columns of a field: its codes, and their labels unless these are the same."""
    return (field, f"{field}_name") if field in _LABELLED else (field,)


_COLUMNS = (
    "id",
    "url",
    "heading",
    *(column for field in _FIELDS for column in _columns_of(field)),
    "source",
    "text",
    "indexed_at",
    "query",
    "generation",
    "exported_at",
)

INCOMPLETE_CSV = f'"{INCOMPLETE}"\r\n'


def write_csv(document: ExportDocument) -> Iterator[str]:
    """Yield a header line and one line per row.

    The search is repeated in columns, because comment lines break CSV readers.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def line(cells: Sequence[str]) -> str:
        writer.writerow([cell_text(cell) for cell in cells])
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    source = document.source
    yield "\ufeff" + line(_COLUMNS)  # spreadsheets read UTF-8 only with a byte order mark
    for row in document.rows:
        cells = [
            row.activity.id,
            row.url,
            row.heading,
            *_field_cells(document, row),
            _joined(row.values("source")),
            row.activity.text,
            row.activity.indexed_at,
            source.url,
            str(source.generation.number),
            document.exported_at,
        ]
        yield line(cells)


def _field_cells(document: ExportDocument, row: ExportRow) -> Iterator[str]:
    """Yield the codes and the labels of a row's values, in the order of the columns."""
    for field in _FIELDS:
        is_language = field == "language"
        values = (row.activity.language,) if is_language else row.values(field)
        yield _joined(values)
        if field in _LABELLED:
            yield _joined([document.vocabulary.label(field, value) for value in values])


def cell_text(text: str) -> str:
    """Return the text of a cell that no spreadsheet evaluates.

    A text that could be a formula gets a leading apostrophe.
    """
    text = text.replace("\0", "\ufffd")  # Python's own csv reader rejects NUL
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _joined(values: Sequence[Value]) -> str:
    return "; ".join(map(str, values))
