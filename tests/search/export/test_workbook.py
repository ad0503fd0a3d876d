"""The XLSX export, read back with openpyxl."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Generation
from indexer.indexing.sync import Summary
from indexer.search.export import ExportTooLarge, export, file_name
from indexer.search.export.document import without_control_characters
from indexer.search.export.sheet import CUT_MARK, MAX_CELL_LENGTH, MAX_LINKS, excel_text, is_link
from indexer.search.export.workbook import MAX_ROWS
from indexer.search.request import Filter, SearchRequest
from indexer.search.service import stream_results
from webapp.search_state import search_source

SITE = "https://activities.example"
INDEXED_AT = datetime.fromisoformat("2026-01-02T03:04:05")  # Excel has no time zones
GENERATION = Generation(7, "2026-01-02T03:04:05Z", "a test", 2)
VOCABULARY = Vocabulary({"theme": {"policing": "Policing & justice"}})


def activity(text: str = "A text.", id: str = "one", **meta: tuple[str | int, ...]) -> Activity:
    return Activity(id, "digest", text, "en", meta, text, "2026-01-02T03:04:05Z")


def workbook(
    activities: Iterable[Activity], request: SearchRequest | None = None
) -> openpyxl.Workbook:
    rows = list(activities)
    source = search_source(request or SearchRequest(), len(rows), GENERATION, SITE)
    data = b"".join(export("xlsx", source, iter(rows), VOCABULARY))
    return openpyxl.load_workbook(io.BytesIO(data))


def records(book: openpyxl.Workbook) -> list[dict[str, Any]]:
    """Return the rows of the first sheet as cells by the name of the column."""
    header, *rows = book["Activities"].iter_rows()
    return [dict(zip((cell.value for cell in header), row, strict=True)) for row in rows]


def test_the_activities_have_a_frozen_header_and_a_filter() -> None:
    sheet = workbook([activity(), activity()])["Activities"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(3, sheet.max_column).coordinate}"
    assert sheet.print_title_rows == "$1:$1"


def test_an_export_without_activities_is_a_workbook() -> None:
    book = workbook([])
    assert book.sheetnames == ["Activities", "Countries and years", "About"]
    assert book["Activities"].max_row == 1


def test_a_row_has_codes_and_labels_of_every_field() -> None:
    (record,) = records(
        workbook([activity(country=("PAK", "MMR"), theme=("policing",), agency=("unodc",))])
    )
    values = {name: cell.value for name, cell in record.items()}
    assert (values["Country"], values["Country code"]) == ("Pakistan; Myanmar", "PAK; MMR")
    assert (values["Theme"], values["Theme code"]) == ("Policing & justice", "policing")
    assert (values["Agency"], values["Agency code"]) == ("Unodc", "unodc")
    assert (values["Language"], values["Language code"]) == ("English", "en")
    assert values["Partner"] is None


def test_years_are_numbers_and_times_are_dates() -> None:
    one, several, none = records(
        workbook([activity(year=(2019,)), activity(year=(2018, 2020)), activity()])
    )
    assert (one["Years mentioned"].value, one["Last year"].value) == (2019, 2019)
    assert several["Years mentioned"].value == "2018; 2020"
    assert (several["First year"].value, several["Last year"].value) == (2018, 2020)
    assert none["Years mentioned"].value is None
    assert one["Indexed (UTC)"].value == INDEXED_AT
    assert one["Indexed (UTC)"].is_date
    assert one["Generation"].value == 7


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "{=SUM(A1:A2)}",
        "+1",
        "-1",
        "@SUM(1)",
        "1e5",
        "0012",
        "http://example.org",
        "mailto:a@example.org",
        "internal:About!A1",
        "TRUE",
        "#N/A",
        " leading space",
    ],
)
def test_a_text_is_neither_a_formula_nor_a_number_nor_a_link(text: str) -> None:
    cell = records(workbook([activity(text, title=(text,))]))[0]["Text"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_text_that_looks_like_an_escape_of_excel_is_escaped() -> None:
    assert unescape(records(workbook([activity("a _x0041_ b")]))[0]["Text"].value) == "a _x0041_ b"


@settings(max_examples=25)
@given(st.text(st.characters(), max_size=60))
@example("a\0b\x0b\x1f\ufffe\uffff\ud800 \r\n\t]]>&<")
def test_every_text_is_well_formed_and_read_back(text: str) -> None:
    source = search_source(SearchRequest("q"), 1, GENERATION, SITE)
    data = b"".join(export("xlsx", source, iter([activity(text, source=(text,))]), VOCABULARY))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            ET.fromstring(archive.read(name))
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    texts = [node.text or "" for node in sheet.iter() if node.tag.endswith("}t")]
    expected = without_control_characters(text).replace("\r", "_x000D_")
    assert not text or expected in texts


def test_a_text_longer_than_a_cell_ends_with_a_mark() -> None:
    cut, whole = records(
        workbook([activity("x" * MAX_CELL_LENGTH + "y"), activity("y" * MAX_CELL_LENGTH)])
    )
    assert len(cut["Text"].value) == MAX_CELL_LENGTH
    assert cut["Text"].value.endswith("x" + CUT_MARK)
    assert whole["Text"].value == "y" * MAX_CELL_LENGTH


def test_a_character_outside_the_basic_plane_counts_twice_and_is_not_divided() -> None:
    text = excel_text("a" + "\U0001f600" * MAX_CELL_LENGTH)
    assert len(text.encode("utf-16-le")) // 2 in (MAX_CELL_LENGTH, MAX_CELL_LENGTH - 1)
    assert text.endswith("\U0001f600" + CUT_MARK)
    assert excel_text("\U0001f600" * (MAX_CELL_LENGTH // 2)).endswith("\U0001f600")


def test_the_address_and_the_source_are_links() -> None:
    (record,) = records(workbook([activity(source=("https://example.org/a?b=1&c",))]))
    assert record["Address"].hyperlink.target == f"{SITE}/activities/one"
    assert record["Source"].hyperlink.target == "https://example.org/a?b=1&c"
    (record,) = records(workbook([activity(source=("Report, page 3",))]))
    assert record["Source"].hyperlink is None


def test_a_sheet_has_no_more_links_than_excel_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_LINKS == 65_530
    monkeypatch.setattr("indexer.search.export.sheet.MAX_LINKS", 3)
    cells = [record["Address"] for record in records(workbook([activity()] * 5))]
    assert [bool(cell.hyperlink) for cell in cells] == [True] * 3 + [False] * 2
    assert [cell.value for cell in cells] == [f"{SITE}/activities/one"] * 5


@pytest.mark.parametrize(
    "text",
    ["https://example.org/" + "a" * 2000, "javascript:alert(1)", "https://a b", "http://a\nb", ""],
)
def test_only_addresses_that_excel_accepts_are_links(text: str) -> None:
    assert not is_link(text)


def test_numbers_by_country_and_year_have_totals_and_not_stated() -> None:
    activities = [
        activity(country=("PAK",), year=(2019,)),
        activity(country=("PAK", "AFG"), year=(2018, 2019)),
        activity(country=("PAK",)),
        activity(year=(2018,)),
    ]
    rows = list(workbook(activities)["Countries and years"].values)
    assert rows == [
        ("Country", "Code", "All years", "2018", "2019", "Not stated"),
        ("Afghanistan", "AFG", 1, 1, 1, None),
        ("Pakistan", "PAK", 3, 1, 2, 1),
        ("Not stated", None, 1, 1, None, None),
        ("All countries", None, 4, 2, 2, 1),
    ]


def test_numbers_leave_out_countries_and_years_that_the_search_leaves_out() -> None:
    request = SearchRequest("", (Filter("country", "PAK"),), year_from=2019)
    stored = activity(country=("PAK", "AFG"), year=(2018, 2019))
    rows = list(workbook([stored], request)["Countries and years"].values)
    assert [row[0] for row in rows] == ["Country", "Pakistan", "All countries"]
    assert rows[0][3:] == ("2019",)


def test_the_sheet_about_has_criteria_date_generation_and_address() -> None:
    filters = (Filter("country", "PAK"), Filter("country", "none"), Filter("theme", "x", True))
    request = SearchRequest("=trafficking", filters, year_from=2018, year_to=2020)
    about = {row[0]: row[1] for row in workbook([activity()], request)["About"].values if row[0]}
    assert about["Words"] == "=trafficking"
    assert about["Country"] == "Pakistan or not stated"
    assert about["Theme"] == "not X"
    assert about["Year mentioned"] == "from 2018 to 2020"
    assert about["Activities"] == 1
    assert about["Index generation"] == 7
    assert about["Indexed (UTC)"] == INDEXED_AT
    assert isinstance(about["Exported (UTC)"], datetime)
    assert about["Address of the search"].endswith("&generation=7")


def test_more_activities_than_a_sheet_has_rows_are_refused() -> None:
    source = search_source(SearchRequest(), MAX_ROWS + 1, GENERATION, SITE)
    with pytest.raises(ExportTooLarge, match="1,048,576 activities"):
        export("xlsx", source, iter(()), VOCABULARY)


def test_the_file_name_ends_with_the_extension() -> None:
    source = search_source(SearchRequest("police"), 1, GENERATION, SITE)
    assert file_name("xlsx", source) == "activities-police-2026-01-02-generation-7.xlsx"


def test_a_workbook_has_one_generation_while_the_index_changes(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    index()
    page, rows = stream_results(engine, SearchRequest(), VOCABULARY)

    def changing() -> Iterator[Activity]:
        for number, row in enumerate(rows):
            if not number:
                (content / "kgz-police.md").unlink()
                (content / "new.md").write_text("---\ncountry: KGZ\n---\nNew.\n")
                index()
            yield row

    source = search_source(SearchRequest(), page.total, page.generation, SITE)
    data = b"".join(export("xlsx", source, changing(), VOCABULARY))
    rows_read = records(openpyxl.load_workbook(io.BytesIO(data)))
    assert {record["Id"].value for record in rows_read} == {
        "pak-trafficking",
        "pak-mmr-roundtables",
        "kgz-police",
        "global-guide",
    }
    assert {record["Generation"].value for record in rows_read} == {page.generation.number}
    with engine.snapshot() as snapshot:
        assert snapshot.generation.number > page.generation.number
