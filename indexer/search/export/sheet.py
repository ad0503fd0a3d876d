"""A sheet of an XLSX workbook: its cells, links and formats.

The limits of Excel are from "Excel specifications and limits", https://support.microsoft.com.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from indexer.search.export.document import without_control_characters

MAX_CELL_LENGTH = 32_767  # UTF-16 code units
MAX_LINKS = 65_530  # on a sheet
MAX_LINK_LENGTH = 2_000  # characters of an address; Excel allows 2,083
CUT_MARK = " … [cut: a cell of Excel holds 32,767 characters; the address has the whole text]"
_NOT_IN_LINKS = frozenset(' "<>[]`^{}|\\')
_PAPER_A4 = 9
HEADER_HEIGHT = 32  # points: two lines

_LINK_COLOR = "#0B5394"
_FORMATS: dict[str, dict[str, Any]] = {
    "header": {"bold": True, "bg_color": "#DDE7F2", "bottom": 1, "text_wrap": True},
    "text": {"text_wrap": True},
    "number": {"num_format": "#,##0"},
    "year": {"num_format": "0", "align": "left"},
    "time": {"num_format": "yyyy-mm-dd hh:mm"},
    "left_number": {"num_format": "#,##0", "align": "left"},
    "left_time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "total": {"bold": True, "num_format": "#,##0", "top": 1},
    "title": {"bold": True, "font_size": 14},
    "label": {"bold": True},
    "link": {"font_color": _LINK_COLOR, "underline": 1, "text_wrap": True},
}

Cell = str | int | datetime | None


def add_formats(workbook: Any) -> dict[str, Any]:
    """Add the formats of cells to a workbook, and return them by name."""
    return {
        name: workbook.add_format({"valign": "top", **properties})
        for name, properties in _FORMATS.items()
    }


class Sheet:
    """Writes the rows of a worksheet from top to bottom."""

    def __init__(self, sheet: Any, formats: dict[str, Any]) -> None:
        """Write to a worksheet of XlsxWriter with the formats of add_formats()."""
        self.sheet, self.formats = sheet, formats
        self.row = self._links = 0

        sheet.set_landscape()
        sheet.set_paper(_PAPER_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)  # inches
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")

    def header(self, columns: Sequence[tuple[str, int]], frozen_columns: int = 1) -> None:
        """Write the first row, and set the widths of the columns in characters.

        The row does not scroll, and is repeated on each printed page.
        """
        for number, (_, width) in enumerate(columns):
            self.sheet.set_column(number, number, width)
        self.sheet.set_row(0, HEADER_HEIGHT)
        self.cells((name, "header") for name, _ in columns)
        self.sheet.freeze_panes(1, frozen_columns)
        self.sheet.repeat_rows(0)

    def cells(self, cells: Iterable[tuple[Cell, str]]) -> None:
        """Write a row of values, each with the name of its format. None and "" are empty cells."""
        for column, (value, name) in enumerate(cells):
            at = self.row, column
            if value is None or value == "":
                if name == "total":  # the line above the totals has no gap
                    self.sheet.write_blank(*at, None, self.formats[name])
            elif isinstance(value, datetime):
                self.sheet.write_datetime(*at, value, self.formats[name])
            elif isinstance(value, int):
                self.sheet.write_number(*at, value, self.formats[name])
            elif name == "link" and self._links < MAX_LINKS and is_link(value):
                self._links += 1
                self.sheet.write_url(*at, value, self.formats[name], value)
            else:
                # write_string never makes a formula, a number or a link of a text.
                style = self.formats["text" if name == "link" else name]
                self.sheet.write_string(*at, excel_text(value), style)
        self.row += 1


def is_link(text: str) -> bool:
    """Return whether a text is an address that Excel accepts as a link."""
    return (
        text.startswith(("https://", "http://"))
        and len(text) <= MAX_LINK_LENGTH
        and text.isprintable()
        and not _NOT_IN_LINKS.intersection(text)
    )


def excel_text(text: str) -> str:
    """Return the text of a cell, without the characters that XML forbids.

    A text that is longer than MAX_CELL_LENGTH is cut, and ends with CUT_MARK.
    """
    text = without_control_characters(text)
    if len(text) * 2 <= MAX_CELL_LENGTH or _code_units(text) <= MAX_CELL_LENGTH:
        return text
    start = text.encode("utf-16-le")[: 2 * (MAX_CELL_LENGTH - len(CUT_MARK))]
    return start.decode("utf-16-le", "ignore") + CUT_MARK


def _code_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
