"""XLSX export: the activities, their numbers by country and year, and a sheet about the file.

The rows are written in constant memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from indexer.schema import FIELD, NOT_STATED
from indexer.search.export.country_years import CountryYears
from indexer.search.export.document import (
    LIST_FIELDS,
    ExportDocument,
    ExportRow,
    without_control_characters,
)
from indexer.search.export.errors import ExportTooLarge
from indexer.search.export.sheet import MAX_LINKS, Cell, Sheet, add_formats
from indexer.search.export.temporary_file import written_file

MAX_ROWS = 1_048_575  # activities on a sheet, below the header
COUNTS_SHEET = "Countries and years"
LINE_HEIGHT = 15  # points
ROW_HEIGHT = 3 * LINE_HEIGHT  # of an activity
MAX_LINES = 20  # in a row of the sheet "About"; Excel allows 409 points
ABOUT_WIDTH = 90  # characters
# The columns, with their widths in characters. The first are for people, and are printed; the
# The rest serve sorting, filtering and other programs.
_READ = (
    ("Title", 44),
    ("Country", 20),
    ("Region", 18),
    ("Years mentioned", 11),
    ("Theme", 26),
    ("Partner", 24),
    ("Agency", 18),
    ("Language", 11),
    ("Text", 70),
    ("Source", 36),
    ("Address", 36),
)
_CODED = ("country", "region", "theme", "partner", "agency", "language")
_PROCESSED = (
    ("First year", 8),
    ("Last year", 8),
    *((f"{FIELD[field].label} code", 14) for field in _CODED),
    ("Id", 24),
    ("Indexed (UTC)", 17),
    ("Generation", 11),
)


def write_xlsx(document: ExportDocument) -> Iterator[bytes]:
    """Write the workbook, and return an iterator over its bytes.

    Raises ExportTooLarge for more than MAX_ROWS activities, and ExportNotWritten.
    """
    if document.source.total > MAX_ROWS:
        raise ExportTooLarge(document.source.total, MAX_ROWS)
    return written_file(lambda file, folder: _write(document, file, folder))


def _write(document: ExportDocument, file: IO[bytes], folder: Path) -> None:
    from xlsxwriter import Workbook  # importing it takes 100 ms
    from xlsxwriter.exceptions import FileCreateError

    workbook = Workbook(file, {"constant_memory": True, "tmpdir": str(folder)})
    workbook.use_zip64()
    workbook.set_properties({"title": without_control_characters(document.title)[:255]})
    formats = add_formats(workbook)
    activities, numbers, about = (
        Sheet(workbook.add_worksheet(name), formats)
        for name in ("Activities", COUNTS_SHEET, "About")
    )
    counts = CountryYears(document.source.request)
    try:
        _write_activities(document, activities, counts)
        _write_counts(document, numbers, counts)
        _write_about(document, about)
    finally:
        # Closes the temporary files also after an error, so that the interpreter does not warn.
        try:
            workbook.close()
        except FileCreateError as error:
            raise error.args[0] from None


def _write_activities(document: ExportDocument, sheet: Sheet, counts: CountryYears) -> None:
    columns = (*_READ, *_PROCESSED)
    sheet.sheet.set_default_row(ROW_HEIGHT)
    sheet.header(columns)
    for row in document.rows:
        counts.add(row.activity)
        sheet.cells(_activity_cells(document, row))
    last_row = max(sheet.row - 1, 1)
    sheet.sheet.autofilter(0, 0, last_row, len(columns) - 1)
    sheet.sheet.print_area(0, 0, last_row, len(_READ) - 1)


def _activity_cells(document: ExportDocument, row: ExportRow) -> Iterator[tuple[Cell, str]]:
    activity = row.activity
    labels = {field: "; ".join(document.labels(row, field)) for field in LIST_FIELDS}
    years = [int(year) for year in row.values("year")]
    yield row.heading, "text"
    yield labels["country"], "text"
    yield labels["region"], "text"
    yield years[0] if len(years) == 1 else "; ".join(map(str, years)), "year"
    for field in ("theme", "partner", "agency"):
        yield labels[field], "text"
    yield document.vocabulary.label("language", activity.language), "text"
    yield activity.text, "text"
    yield "; ".join(map(str, row.values("source"))), "link"
    yield row.url, "link"
    yield min(years, default=None), "year"
    yield max(years, default=None), "year"
    for field in _CODED:
        values = (activity.language,) if field == "language" else row.values(field)
        yield "; ".join(map(str, values)), "text"
    yield activity.id, "text"
    yield _time(activity.indexed_at), "time"
    yield document.source.generation.number, "year"


def _time(text: str) -> datetime | str:
    """Return a time without its zone, as Excel stores it; a text that is no time is unchanged."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text


def _write_counts(document: ExportDocument, sheet: Sheet, counts: CountryYears) -> None:
    years = counts.columns()
    label = document.vocabulary.label
    names = [label("year", year) for year in years]
    columns = [("Country", 30), ("Code", 8), ("All years", 8), *((name, 8) for name in names)]
    sheet.header(columns, frozen_columns=3)
    for country in counts.rows(document.vocabulary):
        code = "" if country == NOT_STATED else country
        numbers = [counts.count(country, year) for year in (None, *years)]
        sheet.cells(
            [
                (label("country", country), "text"),
                (code, "text"),
                *((number or None, "number") for number in numbers),
            ]
        )
    totals = [counts.count(None, year) for year in (None, *years)]
    sheet.cells([("All countries", "total"), ("", "total"), *((n, "total") for n in totals)])


def _write_about(document: ExportDocument, sheet: Sheet) -> None:
    source, generation = document.source, document.source.generation
    sheet.sheet.set_column(0, 0, 24)
    sheet.sheet.set_column(1, 1, ABOUT_WIDTH)
    sheet.cells([(document.title, "title")])
    sheet.row += 1
    facts: list[tuple[str, Cell, str]] = [
        *((label, value, "text") for label, value in document.criteria),
        ("Activities", source.total, "left_number"),
        ("Index generation", generation.number, "year"),
        ("Indexed (UTC)", _time(generation.indexed_at), "left_time"),
        ("Exported (UTC)", _time(document.exported_at), "left_time"),
        ("Address of the search", source.cited_url, "link"),
    ]
    notes = [
        "An empty cell means that the activity does not state a value.",
        "Several values of one activity are separated by “; ”.",
        "An activity can state several countries and years. Each number on the sheet "
        f"“{COUNTS_SHEET}” counts it once, so a total can be less than the sum of its cells.",
        "A country without a number in a year has no activities in it.",
        "A text that is longer than 32,767 characters is cut, and ends with a mark that says so.",
        f"Excel allows {MAX_LINKS:,} links on a sheet. Below them, addresses are text.",
    ]
    for label, value, style in facts:
        _write_fact(sheet, label, value, style)
    sheet.row += 1
    for number, note in enumerate(notes):
        _write_fact(sheet, "" if number else "Notes", note, "text")


def _write_fact(sheet: Sheet, label: str, value: Cell, style: str) -> None:
    # Not every program fits the height of a row to its text.
    lines = -(-len(str(value)) // ABOUT_WIDTH)
    sheet.sheet.set_row(sheet.row, LINE_HEIGHT * min(lines, MAX_LINES))
    sheet.cells([(label, "label"), (value, style)])
