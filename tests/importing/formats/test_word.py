"""DOCX: paragraphs, lists, headings, tables, tracked changes, and text in unusual places."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from indexer.importing.columns import Columns
from indexer.importing.formats.word import MAX_DOCX_XML_SIZE
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport
from indexer.importing.sources import read_source
from tests.importing.formats.test_spreadsheet import replaced

KENYA = "In Kenya, UNODC and UN Women trained 40 prosecutors on domestic violence in 2019."
PERU = "In Peru, UNODC studied the smuggling of migrants between 2018 and 2020."


def read(document: Any, columns: Columns | None = None) -> tuple[list[Paragraph], SourceReport]:
    """Return the paragraphs of a document, and the report."""
    stream = io.BytesIO()
    document.save(stream)
    report = SourceReport()
    return read_source(stream.getvalue(), "source.docx", columns or Columns(), report), report


def texts(document: Any) -> list[str]:
    """Return the texts of the paragraphs of a document."""
    return [paragraph.text for paragraph in read(document)[0]]


def append_xml(document: Any, xml: str) -> None:
    """Add an element before the properties of the last section."""
    namespaces = nsdecls("w") + (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    element = parse_xml(xml.replace(">", f" {namespaces}>", 1))
    document.element.body.insert(len(document.element.body) - 1, element)


def test_paragraphs_are_read_and_headings_and_contents_dropped() -> None:
    document = docx.Document()
    document.add_heading("The inventory of activities in the region of east Africa", 0)
    document.add_heading("Kenya", 2)
    document.add_paragraph(KENYA)
    document.add_paragraph("")
    document.add_paragraph(PERU)
    paragraphs, report = read(document)
    assert [(p.place, p.text) for p in paragraphs] == [
        ("paragraph 3", KENYA),
        ("paragraph 4", PERU),
    ]
    assert report.dropped == [
        'paragraph 1: "The inventory of activities in the region of east Africa" is a heading: '
        "dropped",
        'paragraph 2: "Kenya" is a heading: dropped',
    ]


def test_a_heading_that_is_a_sentence_is_a_paragraph() -> None:
    document = docx.Document()
    document.add_heading(KENYA, 1)
    assert texts(document) == [KENYA]


@pytest.mark.parametrize("markers", [("• ", "• "), ("1. ", "2. "), ("a)\t", "b)\t")])
def test_typed_markers_of_a_list_are_removed(markers: tuple[str, str]) -> None:
    document = docx.Document()
    document.add_paragraph(markers[0] + KENYA)
    document.add_paragraph(markers[1] + PERU)
    assert texts(document) == [KENYA, PERU]


def test_the_items_of_lists_are_separate() -> None:
    document = docx.Document()
    document.add_paragraph(KENYA, style="List Bullet")
    document.add_paragraph(PERU, style="List Number")
    paragraph = document.add_paragraph("• Judges met")
    paragraph.runs[0].add_break()
    paragraph.add_run("• Police met")
    assert texts(document) == [KENYA, PERU, "Judges met", "Police met"]


def test_tracked_changes_are_read_as_accepted() -> None:
    document = docx.Document()
    append_xml(
        document,
        "<w:p><w:r><w:t>In Kenya, </w:t></w:r><w:ins><w:r><w:t>judges met</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>police</w:delText></w:r></w:del><w:r><w:t>.</w:t></w:r></w:p>",
    )
    assert texts(document) == ["In Kenya, judges met."]


def test_text_in_links_content_controls_and_text_boxes_is_read() -> None:
    document = docx.Document()
    append_xml(
        document,
        "<w:sdt><w:sdtContent><w:p><w:hyperlink><w:r><w:t>Judges</w:t><w:tab/><w:t>met</w:t></w:r>"
        "</w:hyperlink><w:sdt><w:sdtContent><w:r><w:t>.</w:t></w:r></w:sdtContent></w:sdt></w:p>"
        "</w:sdtContent></w:sdt>",
    )
    box = "<w:txbxContent><w:p><w:r><w:t>Police met.</w:t></w:r></w:p></w:txbxContent>"
    append_xml(
        document,
        "<w:p><w:r><w:t>Others met.</w:t><mc:AlternateContent><mc:Choice Requires='wps'>"
        f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>",
    )
    assert texts(document) == ["Judges\tmet.", "Others met.", "Police met."]


def table_document(rows: list[list[str]]) -> Any:
    """Return a document with a table."""
    document = docx.Document()
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return document


def test_a_table_with_a_text_column_is_read_row_by_row() -> None:
    document = table_document([["Country", "Text"], ["KEN", "Judges met"], ["", "Police met"]])
    document.tables[0].cell(1, 0).merge(document.tables[0].cell(2, 0))
    paragraphs, _ = read(document)
    assert [(p.place, p.text, p.metadata) for p in paragraphs] == [
        ("table 1, row 2", "Judges met", {"country": ["KEN"]}),
        ("table 1, row 3", "Police met", {"country": ["KEN"]}),
    ]


def test_the_cells_of_another_table_are_paragraphs() -> None:
    document = table_document([["Kenya", KENYA], ["Peru", PERU]])
    paragraphs, _ = read(document)
    assert [(p.place, p.text) for p in paragraphs][1::2] == [
        ("table 1, row 1", KENYA),
        ("table 1, row 2", PERU),
    ]


def test_footnotes_are_reported() -> None:
    document = docx.Document()
    append_xml(
        document, "<w:p><w:r><w:t>Judges met.</w:t><w:footnoteReference w:id='2'/></w:r></w:p>"
    )
    assert read(document)[1].notes == ["the document has 1 footnotes or endnotes: not read"]


def test_a_document_with_too_much_xml_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO()
    docx.Document().save(stream)
    bomb = replaced(stream.getvalue(), "word/document.xml", " " * (MAX_DOCX_XML_SIZE + 1))
    assert len(bomb) < 200_000
    with pytest.raises(SourceError, match="too large when unpacked"):
        read_source(bomb, "x.docx", Columns(), SourceReport())


def test_entities_are_not_expanded() -> None:
    stream = io.BytesIO()
    docx.Document().save(stream)
    text = '<!DOCTYPE x [<!ENTITY a "aaaaa"><!ENTITY b "&a;&a;">]><w:document '
    text += nsdecls("w") + "><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    bomb = replaced(stream.getvalue(), "word/document.xml", text)
    assert read_source(bomb, "x.docx", Columns(), SourceReport()) == []


def test_a_damaged_document_is_reported() -> None:
    stream = io.BytesIO()
    docx.Document().save(stream)
    with pytest.raises(SourceError, match="damaged"):
        read_source(stream.getvalue()[:-200], "x.docx", Columns(), SourceReport())
