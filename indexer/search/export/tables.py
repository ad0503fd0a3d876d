"""CSV export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from indexer.schema import Value
from indexer.search.export.document import LIST_FIELDS, ExportDocument

# Spreadsheets evaluate cells that begin with these characters. Source: OWASP, CSV Injection.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_OTHER_LISTS = tuple(name for name in LIST_FIELDS if name != "country")
_COLUMNS = (
    "id",
    "url",
    "heading",
    "country",
    "country_name",
    *_OTHER_LISTS,
    "language",
    "source",
    "text",
    "indexed_at",
    "query",
    "generation",
    "exported_at",
)


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
            _joined(row.values("country")),
            _joined(document.labels(row, "country")),
            *(_joined(row.values(name)) for name in _OTHER_LISTS),
            row.activity.language,
            _joined(row.values("source")),
            row.activity.text,
            row.activity.indexed_at,
            source.url,
            str(source.generation.number),
            document.exported_at,
        ]
        yield line(cells)


def cell_text(text: str) -> str:
    """Return the text of a cell that no spreadsheet evaluates.

    A text that could be a formula gets a leading apostrophe.
    """
    text = text.replace("\0", "\ufffd")  # Python's own csv reader rejects NUL
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _joined(values: Sequence[Value]) -> str:
    return "; ".join(map(str, values))
