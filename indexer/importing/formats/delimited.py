"""Read CSV: rows of values separated by commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from indexer.content.activity import MAX_FILE_SIZE
from indexer.importing.columns import MAX_ROWS_ABOVE_HEADER, Columns, Row, read_table
from indexer.importing.paragraph import Paragraph, SourceReport

_SEPARATORS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[ \t]*\n', re.IGNORECASE)  # of Excel


def read_csv(text: str, name: str, columns: Columns, report: SourceReport) -> Iterator[Paragraph]:
    """Yield the paragraphs of CSV.

    The end of a row is unknown after an unclosed quotation mark, and after a closing quotation mark
    that another character follows. This is reported, and the rest is not read. Raises SourceError
    for an invalid header.
    """
    return read_table(_rows(text, columns, report), name, columns, report)


def header_length(text: str, columns: Columns) -> int:
    """Return the number of columns in the first line of a text; 0 without a text column."""
    text = text[stated.end() :] if (stated := _SEPARATOR_LINE.match(text)) else text
    first_line = text.lstrip("\n").partition("\n")[0]
    names = _split(first_line, stated[1] if stated else _find_separator(first_line, columns))
    return len(names) if columns.has_text(names) else 0


def _rows(text: str, columns: Columns, report: SourceReport) -> Iterator[Row]:
    # The default limit of the csv module is too small. Longer paragraphs are reported later.
    csv.field_size_limit(10 * MAX_FILE_SIZE)
    stated = _SEPARATOR_LINE.match(text)
    separator = stated[1] if stated else _find_separator(text, columns)
    first, body = (1, text[stated.end() :]) if stated else (0, text)
    rows = csv.reader(io.StringIO(body), delimiter=separator, strict=True)
    while True:
        line = first + rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            report.errors.append(f"line {line}: {_explain(error)}: the rest was not read")
            return
        yield f"line {line}", row


def _explain(error: csv.Error) -> str:
    reason = str(error)
    if "unexpected end of data" in reason:
        return 'begins a value with a double quotation mark that is never closed: add a second "'
    if "expected after" in reason:
        return 'has text after a closing quotation mark: write "" for a mark inside a value'
    return f"is not CSV ({reason}): correct it"


def _find_separator(text: str, columns: Columns) -> str:
    """Return the separator that splits the header into the most columns.

    The header is a line near the start that has a text column. Without a text column, return the
    most frequent separator in the first line.
    """
    lines = text.lstrip("\n").split("\n", MAX_ROWS_ABOVE_HEADER)[:MAX_ROWS_ABOVE_HEADER]
    for line in lines:
        names = {separator: _split(line, separator) for separator in _SEPARATORS}
        candidates = [s for s in _SEPARATORS if columns.has_text(names[s])]
        if candidates:
            return max(candidates, key=lambda separator: len(names[separator]))
    return max(_SEPARATORS, key=lines[0].count)


def _split(line: str, separator: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []
