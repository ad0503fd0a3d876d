"""Read the paragraphs and tables of a DOCX document.

This module reads their XML, because the paragraphs of python-docx leave out inserted text (tracked
changes), content controls and text boxes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from indexer.importing.columns import Columns, Row
from indexer.importing.formats.archive import open_archive
from indexer.importing.formats.blocks import TableBlock, TextBlock, read_blocks
from indexer.importing.formats.packages import needs_extra, readable
from indexer.importing.paragraph import Paragraph, SourceReport

MAX_DOCX_XML_SIZE = 20_000_000  # bytes; the tree needs twenty times as much memory

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TABLE, _ROW, _CELL = f"{_W}p", f"{_W}tbl", f"{_W}tr", f"{_W}tc"
_TEXT = {f"{_W}t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"}
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\u00ad",
}
_DELETED = {f"{_W}del", f"{_W}moveFrom"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PROPERTIES = {f"{_W}pPr", f"{_W}rPr", f"{_W}tblPr", f"{_W}trPr", f"{_W}tcPr", f"{_W}sdtPr"}
_NOT_READ = {*_DELETED, _FALLBACK, *_PROPERTIES}
_NOTES = (f"{_W}footnoteReference", f"{_W}endnoteReference")


def read_docx(
    data: bytes, name: str, columns: Columns, report: SourceReport
) -> Iterator[Paragraph]:
    """Yield the paragraphs of a DOCX document.

    Tracked changes are read as accepted. Headers, footers and comments are not read. Footnotes are
    reported. Raises SourceError for a document that cannot be read.
    """
    open_archive(data, name, MAX_DOCX_XML_SIZE).close()
    with needs_extra(name, "DOCX"):
        import docx
    with readable(name, "DOCX"):
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        if notes := sum(1 for _ in body.iter(*_NOTES)):
            report.notes.append(f"the document has {notes} footnotes or endnotes: not read")
        blocks = list(_Reader(_roles_of_styles(document)).blocks(body))
    return read_blocks(blocks, name, columns, report)


def _roles_of_styles(document: Any) -> dict[str, str]:
    """Return "a heading" or "a line of the contents" by the id of a style."""
    roles: dict[str, str] = {}
    for style in document.styles:
        base = style
        for _ in range(10):  # styles may be based on each other in a cycle
            style_name = (base.name or "").lower()
            if style_name.startswith("toc "):
                roles[style.style_id] = "a line of the contents"
            elif style_name.startswith("heading ") or style_name in ("title", "subtitle"):
                roles[style.style_id] = "a heading"
            base = getattr(base, "base_style", None)
            if base is None or style.style_id in roles:
                break
    return roles


class _Reader:
    """Reads the blocks of a document, and numbers them for messages."""

    def __init__(self, roles: dict[str, str]) -> None:
        self._roles = roles
        self._paragraphs = self._tables = 0

    def blocks(self, parent: Any) -> Iterator[TextBlock | TableBlock]:
        """Yield the blocks below an element, in their order."""
        for element in parent:
            if element.tag == _PARAGRAPH:
                yield from self._paragraph(element)
            elif element.tag == _TABLE:
                yield self._table(element)
            elif element.tag not in _NOT_READ:  # such as content controls and inserted text
                yield from self.blocks(element)

    def _paragraph(self, paragraph: Any) -> Iterator[TextBlock | TableBlock]:
        boxes: list[Any] = []
        text = "".join(_characters(paragraph, boxes))
        if text.strip():
            self._paragraphs += 1
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            role = "" if style is None else self._roles.get(style.get(f"{_W}val"), "")
            yield TextBlock(f"paragraph {self._paragraphs}", text.strip(), role)
        for box in boxes:
            yield from self.blocks(box)

    def _table(self, table: Any) -> TableBlock:
        self._tables += 1
        number = self._tables
        rows: list[Row] = []
        blocks: list[TextBlock] = []
        above: list[str] = []
        for row_number, row in enumerate(_inner(table, _ROW), 1):
            place = f"table {number}, row {row_number}"
            cells: list[str] = []
            for cell in _inner(row, _CELL):
                texts = list(_flat(self.blocks(cell)))
                blocks += [TextBlock(place, block.text, block.role) for block in texts]
                text = "\n".join(block.text for block in texts)
                if _continues_cell_above(cell) and len(cells) < len(above):
                    text = above[len(cells)]
                cells += [text] + [""] * (_span(cell) - 1)
            above = cells
            rows.append((place, cells))
        return TableBlock(rows, blocks)


def _flat(blocks: Iterator[TextBlock | TableBlock]) -> Iterator[TextBlock]:
    for block in blocks:
        yield from block.blocks if isinstance(block, TableBlock) else (block,)


def _inner(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, which content controls may contain."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag not in (*_NOT_READ, _PARAGRAPH, _TABLE):
            yield from _inner(element, tag)


def _continues_cell_above(cell: Any) -> bool:
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _span(cell: Any) -> int:
    """Return how many columns a cell spans."""
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    value = "1" if span is None else span.get(f"{_W}val", "1")
    return min(max(int(value), 1), 100) if value.isdecimal() else 1


def _characters(parent: Any, boxes: list[Any]) -> Iterator[str]:
    """Yield the text below an element. Text boxes are appended to boxes instead."""
    for element in parent:
        tag = element.tag
        if tag in _TEXT:
            yield element.text or ""
        elif tag in _CHARACTERS:
            yield _CHARACTERS[tag]
        elif tag == f"{_W}sym":  # a bullet or another character of a symbol font
            yield chr(int(element.get(f"{_W}char", "20"), 16))
        elif tag == f"{_W}txbxContent":
            boxes.append(element)
        elif tag not in _NOT_READ:
            yield from _characters(element, boxes)
