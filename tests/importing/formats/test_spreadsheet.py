"""XLSX: sheets, headers, types of values, merged cells, and files that are too large."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest

from indexer.importing.columns import Columns
from indexer.importing.formats import archive, spreadsheet
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport
from indexer.importing.sources import read_source

TABLE = [["Text", "Country", "Year"], ["Judges met", "KEN; UGA", 2019], ["Police met", "PER", 2020]]


def workbook(*sheets: Sequence[Sequence[object]]) -> openpyxl.Workbook:
    """Return a workbook with sheets of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes, columns: Columns | None = None) -> tuple[list[Paragraph], SourceReport]:
    """Return the paragraphs of a workbook, and the report."""
    report = SourceReport()
    return read_source(data, "source.xlsx", columns or Columns(), report), report


def test_the_rows_of_a_sheet_are_paragraphs_with_their_fields() -> None:
    paragraphs, report = read(saved(workbook(TABLE)))
    assert report == SourceReport()
    assert [(p.place, p.text, p.metadata) for p in paragraphs] == [
        ('sheet "Sheet", row 2', "Judges met", {"country": ["KEN", "UGA"], "year": ["2019"]}),
        ('sheet "Sheet", row 3', "Police met", {"country": ["PER"], "year": ["2020"]}),
    ]


def test_the_content_decides_whatever_the_file_name() -> None:
    assert len(read_source(saved(workbook(TABLE)), "x.csv", Columns(), SourceReport())) == 2


def test_a_small_file_that_is_large_when_unpacked_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = io.BytesIO(saved(workbook(TABLE)))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image.png", bytes(1_000_000))
    assert len(data.getvalue()) < 20_000
    monkeypatch.setattr(archive, "MAX_UNPACKED_SIZE", 900_000)
    with pytest.raises(SourceError, match="too large when unpacked"):
        read(data.getvalue())


def test_rows_are_counted_from_the_top_of_the_sheet() -> None:
    paragraphs, report = read(saved(workbook([["Inventory"], [], *TABLE[:2], [], TABLE[2]])))
    assert [p.place for p in paragraphs] == ['sheet "Sheet", row 4', 'sheet "Sheet", row 6']
    assert report.dropped == [
        'sheet "Sheet", row 1: "Inventory" is above the header of the table: dropped'
    ]


def test_numbers_dates_and_line_breaks_are_read_as_excel_shows_them() -> None:
    rows = [["Text", "Year", "Source"]]
    rows += [["One\nand two", 2019.0, 0.1 + 0.2], ["Three_x000D_\nfour", dt.date(2020, 5, 1), True]]
    paragraphs, _ = read(saved(workbook(rows)))
    assert [(p.text, p.metadata) for p in paragraphs] == [
        ("One\nand two", {"year": ["2019"], "source": ["0.3"]}),
        ("Three\nfour", {"year": ["2020"], "source": ["true"]}),
    ]


def test_a_merged_cell_has_its_value_in_each_row() -> None:
    book = workbook([TABLE[0], ["Judges met", "KEN", 2019], ["Police met"], ["Others met", "PER"]])
    book.worksheets[0].merge_cells("B2:B3")
    book.worksheets[0].merge_cells("C2:C4")
    paragraphs, _ = read(saved(book))
    assert [p.metadata for p in paragraphs] == [
        {"country": ["KEN"], "year": ["2019"]},
        {"country": ["KEN"], "year": ["2019"]},
        {"country": ["PER"], "year": ["2019"]},
    ]


def test_all_sheets_with_a_text_column_are_read_and_the_others_reported() -> None:
    book = workbook(TABLE, [["Notes"], ["a"]], TABLE, [])
    book.worksheets[2].sheet_state = "hidden"
    paragraphs, report = read(saved(book))
    assert len(paragraphs) == 2
    assert report.dropped == [
        'sheet "Sheet2": is hidden: not read',
        'sheet "Sheet1": has no column with paragraphs: not read',
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["Body", "Year"], ["Judges met", 2019]], 'has no column "text" (it has Body, Year)'),
        ([], 'has no column "text" (it has none)'),
        ([["Text", "Countries"], ["a b", "KEN"]], 'sheet "Sheet", row 1: unknown column'),
    ],
)
def test_unknown_headers_are_reported(rows: Sequence[Sequence[object]], message: str) -> None:
    with pytest.raises(SourceError) as error:
        read(saved(workbook(rows)))
    assert message in str(error.value)


def test_an_error_value_of_a_formula_is_reported() -> None:
    paragraphs, report = read(saved(workbook([*TABLE, ["Others met", "#N/A", 2019]])))
    assert len(paragraphs) == 2
    assert report.errors == ['sheet "Sheet", row 4: has the value #N/A: correct the formula']


def test_a_damaged_workbook_is_reported() -> None:
    data = saved(workbook(TABLE))
    with pytest.raises(SourceError, match="damaged"):
        read(data[: len(data) // 2])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<oops" if name.endswith("sheet1.xml") else old.read(name))
    with pytest.raises(SourceError, match="damaged"):
        read(stream.getvalue())


def replaced(data: bytes, part: str, text: str) -> bytes:
    """Return a workbook with another text in one of its parts."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return stream.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    data = saved(workbook(TABLE))
    bomb = replaced(data, "xl/worksheets/sheet1.xml", " " * (archive.MAX_XML_SIZE + 1))
    assert len(bomb) < 200_000
    with pytest.raises(SourceError, match="too large when unpacked"):
        read(bomb)


def test_entities_that_multiply_are_refused() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 9))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{entities}]>{SHEET}'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a8;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(SourceError, match="damaged"):
        read(replaced(saved(workbook(TABLE)), "xl/worksheets/sheet1.xml", text))


@pytest.mark.parametrize("cell", ["A999999999", "A200000"])
def test_a_sheet_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch, cell: str) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 1_000)
    row = cell[1:]
    text = (
        f'{SHEET}<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row>'
        f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(SourceError, match="only 1,000 rows are read"):
        read(replaced(saved(workbook(TABLE)), "xl/worksheets/sheet1.xml", text))
