"""Read the sheets of an XLSX workbook as tables."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from indexer.importing.columns import MAX_ROWS_ABOVE_HEADER, Columns, Row, read_table
from indexer.importing.formats.archive import open_archive
from indexer.importing.formats.packages import needs_extra, readable
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport

MAX_ROWS = 100_000  # per sheet
MAX_COLUMNS = 500

_ERROR_VALUES = frozenset("#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A".split())
_ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED_CELLS = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)"')


def read_xlsx(
    data: bytes, name: str, columns: Columns, report: SourceReport
) -> Iterator[Paragraph]:
    """Yield the paragraphs of the visible sheets that have a text column.

    Other sheets that have values are reported. Raises SourceError for a workbook that cannot be
    read, and if no sheet has a text column.
    """
    archive = open_archive(data, name)
    with needs_extra(name, "XLSX"):
        import openpyxl
    with warnings.catch_warnings(), readable(name, "XLSX"):
        warnings.simplefilter("ignore")  # about styles and extensions that are not read
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        without_text: list[tuple[str, list[Row]]] = []
        has_table = False
        for sheet in workbook.worksheets:
            rows = _rows(sheet, archive, report)
            first_rows = list(islice(rows, MAX_ROWS_ABOVE_HEADER))
            if not first_rows:
                continue
            if sheet.sheet_state != "visible":
                report.dropped.append(f'sheet "{sheet.title}": is hidden: not read')
            elif any(columns.has_text(cells) for _, cells in first_rows):
                has_table = True
                yield from read_table(chain(first_rows, rows), name, columns, report)
            else:
                without_text.append((sheet.title, first_rows))
        if not has_table:  # raises an error that names the columns
            rows = iter(without_text[0][1] if without_text else ())
            yield from read_table(rows, name, columns, report)
        for title, _ in without_text:
            report.dropped.append(f'sheet "{title}": has no column with paragraphs: not read')


def _rows(sheet: Any, archive: zipfile.ZipFile, report: SourceReport) -> Iterator[Row]:
    """Yield the rows that have values. A merged cell has its value in each of its rows."""
    merged = _merged_cells(sheet, archive)
    open_cells: list[tuple[int, int, str]] = []  # index of the column, last row, value
    sheet.reset_dimensions()  # the dimensions that a file states may be wrong
    for number, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
        place = f'sheet "{sheet.title}", row {number}'
        if number > MAX_ROWS:
            raise SourceError(
                f"{place}: only {MAX_ROWS:,} rows are read: split the sheet, or delete empty rows"
            )
        cells = [_to_text(value) for value in _without_empty_end(values)]
        for index, _, value in open_cells:
            cells += [""] * (index + 1 - len(cells))
            if not cells[index]:
                cells[index] = value
        open_cells = [cell for cell in open_cells if cell[1] > number]
        open_cells += [(i, last, cells[i]) for i, last in merged.get(number, ()) if i < len(cells)]
        if errors := _ERROR_VALUES.intersection(cells):
            report.errors.append(f"{place}: has the value {min(errors)}: correct the formula")
        elif any(cells):
            yield place, cells


def _without_empty_end(values: Sequence[object]) -> Sequence[object]:
    """Return the values of a row without the empty cells at its end. Sheets may have many."""
    left = len(values) - values.count(None)
    for index, value in enumerate(values):
        if not left:
            return values[:index]
        left -= value is not None
    return values


def _merged_cells(sheet: Any, archive: zipfile.ZipFile) -> dict[int, list[tuple[int, int]]]:
    """Return the index of the column and the last row of merged cells, by first row.

    openpyxl does not read merged cells in read-only mode.
    """
    from openpyxl.utils import range_boundaries

    cells: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for match in _MERGED_CELLS.finditer(archive.read(sheet._worksheet_path)):  # noqa: SLF001
        first_column, first_row, _, last_row = range_boundaries(match[1].decode())
        if last_row > first_row:
            cells[first_row].append((first_column - 1, last_row))
    return cells


def _to_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"  # the precision that Excel shows
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    text = str(value)
    if "_x" in text:  # escaped control characters, such as the line endings of Windows
        text = _ESCAPED_CHARACTER.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
