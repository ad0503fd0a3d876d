"""The Markdown of an activity as paragraphs of a Word document.

The text is the text that the page shows: both come from the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from indexer.search.export.word.elements import (
    PLAIN,
    Links,
    Look,
    is_address,
    line_break,
    paragraph,
    run,
)
from indexer.text.direction import is_right_to_left
from indexer.text.markup.document import parse_document
from indexer.text.markup.html_tags import BLOCK_ELEMENTS

INDENT = 360  # twentieths of a point for each level of a list
MAX_BULLET_LEVEL = 3  # Word's styles List Bullet, List Bullet 2 and List Bullet 3
BULLET = "•"
MAX_COLUMNS = 63  # of a table in Word
_SPACE = re.compile(r"[ \t\r\n\f\v\x1c-\x1f\x85\u2028\u2029]+")
_OTHER_SPACES = dict.fromkeys((0x0B, 0x0C, *range(0x1C, 0x20)), " ")  # in code
_LOOKS = {
    "strong": {"bold": True},
    "em": {"italic": True},
    "del": {"strike": True},
    "sup": {"raised": "superscript"},
    "sub": {"raised": "subscript"},
    "code": {"style": "CodeText"},
}


@dataclass(frozen=True, slots=True)
class _Block:
    """The style of the paragraphs of a block."""

    style: str = "ActivityText"
    level: int = 0  # of a list


def body_paragraphs(body: str, language: str, links: Links) -> Iterator[str]:
    """Yield the paragraphs and tables of a Markdown body."""
    writer = _BodyWriter(language, links)
    writer.write(parse_document(body), _Block())
    yield from writer.paragraphs


class _BodyWriter:
    def __init__(self, language: str, links: Links) -> None:
        self._language, self._links = language, links
        self._right_to_left = is_right_to_left(language)
        self._runs: list[str] = []  # of the paragraph that is not yet complete
        self._ends_with_space = True  # at the beginning of a paragraph, white space is left out
        self._href = ""  # of the link around the text
        self._marker = ""  # of the list item that the next paragraph begins
        self.paragraphs: list[str] = []

    def write(self, element: Element, block: _Block) -> None:
        """Write the contents of a block element."""
        self._contents(element, PLAIN, block)
        self._end_paragraph(block)

    def _contents(self, element: Element, look: Look, block: _Block) -> None:
        self._text(element.text, look)
        number = _integer(element.get("start"), 1) - 1
        for child in element:
            if child.tag == "li":
                number = _integer(child.get("value"), number + 1)
                ordered = element.tag == "ol"
                self._list_item(child, block, number if ordered else None)
            else:
                self._child(child, look, block)
            self._text(child.tail, look)

    def _child(self, child: Element, look: Look, block: _Block) -> None:
        tag = child.tag
        if tag == "br":
            self._runs.append(line_break())
            self._ends_with_space = True
        elif tag == "a":
            self._href = href = child.get("href", "")
            if is_address(href):
                look = replace(look, style="Hyperlink")
            self._contents(child, look, block)
            self._href = ""
        elif tag in _LOOKS:
            self._contents(child, replace(look, **_LOOKS[tag]), block)  # type: ignore[arg-type]
        elif tag not in BLOCK_ELEMENTS and tag != "div":
            self._contents(child, look, block)
        else:
            self._end_paragraph(block)
            self._block(child, block)

    def _block(self, element: Element, block: _Block) -> None:
        tag = element.tag
        if tag in ("table", "pre"):
            self._end_empty_item(block)
        if tag == "table" and (rows := _rows(element)):
            self.paragraphs += self._table(rows)
        elif tag == "pre":
            self._verbatim(element)
        elif tag in ("ul", "ol"):
            self.write(element, replace(block, level=block.level + 1))
        elif tag == "blockquote":
            self.write(element, replace(block, style="ActivityQuotation"))
        elif re.fullmatch("h[1-6]", tag):
            self.write(element, replace(block, style="ActivityHeading"))
        else:
            self.write(element, block)

    def _list_item(self, item: Element, block: _Block, number: int | None) -> None:
        self._end_paragraph(block)
        self._end_empty_item(block)
        self._marker = BULLET if number is None else f"{number}."
        inside = replace(block, level=max(1, block.level))
        self.write(item, inside)
        self._end_empty_item(inside)

    def _text(self, text: str | None, look: Look) -> None:
        if not text:
            return
        text = _SPACE.sub(" ", text)
        if self._ends_with_space:
            text = text.lstrip(" ")
        if text:
            self._ends_with_space = text.endswith(" ")
            self._add(run(text, look, self._language))

    def _add(self, run: str) -> None:
        self._runs.append(self._links.link(self._href, run) if self._href else run)

    def _end_paragraph(self, block: _Block) -> None:
        """Write the paragraph, unless it is empty."""
        content = "".join(self._runs)
        self._runs, self._ends_with_space = [], True
        if content:
            self._write_block(content, block)

    def _end_empty_item(self, block: _Block) -> None:
        """Write the marker of a list item that has no text before a table, or none at all."""
        if self._marker:
            self._write_block("", block)

    def _write_block(self, content: str, block: _Block) -> None:
        marker, self._marker = self._marker, ""
        if marker == BULLET:
            level = min(block.level, MAX_BULLET_LEVEL)
            self._write(content, f"ListBullet{level if level > 1 else ''}")
        elif marker:
            marker_run = run(marker, PLAIN, self._language)
            self._write(
                f"{marker_run}<w:r><w:tab/></w:r>{content}",
                block.style,
                f'<w:ind w:left="{INDENT * block.level}" w:hanging="{INDENT}"/>',
            )
        else:
            indent = f'<w:ind w:left="{INDENT * block.level}"/>' if block.level else ""
            self._write(content, block.style, indent)

    def _write(self, content: str, style: str, properties: str = "") -> None:
        self.paragraphs.append(
            paragraph(content, style, right_to_left=self._right_to_left, properties=properties)
        )

    def _verbatim(self, element: Element) -> None:
        """Write a block of code. Its lines and spaces are kept."""
        lines = "".join(element.itertext()).translate(_OTHER_SPACES).strip("\n").split("\n")
        runs = (run(line, PLAIN, self._language) for line in lines)
        self._write(line_break().join(runs), "ActivityCode")

    def _table(self, rows: Sequence[Sequence[Element]]) -> Iterator[str]:
        columns = max(map(len, rows))
        direction = "<w:bidiVisual/>" if self._right_to_left else ""
        yield (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="BriefingTable"/>{direction}'
            '<w:tblW w:w="5000" w:type="pct"/>'
            '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
            'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr>'
            f"<w:tblGrid>{'<w:gridCol/>' * columns}</w:tblGrid>"
        )
        for number, row in enumerate(rows):
            cells = [self._cell(cell) for cell in row]
            cells += ["<w:tc><w:p/></w:tc>"] * (columns - len(row))
            header = "<w:trPr><w:tblHeader/></w:trPr>" if not number else ""
            yield f"<w:tr>{header}{''.join(cells)}</w:tr>"
        yield "</w:tbl>"
        yield paragraph("", "TableEnd")  # separates it from a table that follows

    def _cell(self, element: Element) -> str:
        inside = _BodyWriter(self._language, self._links)
        inside.write(element, _Block("TableText"))
        last_is_paragraph = inside.paragraphs and inside.paragraphs[-1].startswith("<w:p>")
        end = "" if last_is_paragraph else "<w:p/>"
        return f"<w:tc>{''.join(inside.paragraphs)}{end}</w:tc>"


def _rows(table: Element) -> list[list[Element]]:
    """Return the cells of a table by row; no rows if it has other contents, or too many columns."""
    rows, pending = [], [table]
    while pending:
        element = pending.pop(0)
        if element.tag == "tr":
            cells = list(element)
            rows.append(cells)
            is_valid = all(cell.tag in ("td", "th") for cell in cells)
            is_valid = is_valid and 0 < len(cells) <= MAX_COLUMNS
        else:
            is_valid = all(child.tag in ("thead", "tbody", "tr") for child in element)
            pending = [*element, *pending]
        texts = (element.text, *(child.tail for child in element))
        if not is_valid or any(text and text.strip() for text in texts):
            return []
    return rows


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
