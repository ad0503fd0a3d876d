"""Read the paragraphs of a saved web page, without menus, headers and footers.

An inventory is a list of short paragraphs. A library that finds the main article of a page would
silently leave some of them out, so this module reads or reports every block of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.importing.columns import Columns, Row
from indexer.importing.formats.blocks import TableBlock, TextBlock, read_blocks
from indexer.importing.formats.packages import needs_extra, readable
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport

MAX_HTML_LENGTH = 20_000_000  # characters; the tree may need seventy times as many bytes

_NOT_TEXT = frozenset("script style noscript template iframe object svg math".split())
# Elements and roles of page furniture.
_PAGE_ELEMENTS = frozenset(
    "nav footer button select option input textarea label legend dialog menu".split()
)
_PAGE_ROLES = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar "
    "tablist button".split()
)
# Classes and ids of page furniture. Other elements have them too, so only blocks that are not
# sentences are left out.
_PAGE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|cookies?|consent|pager|pagination|footer"
    r"|header|social|share|sharing|skip-?links?|visually-hidden|sr-only|toolbar|search-?form"
    r"|facets?|sidebar)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure form h1 h2 h3 h4 h5 h6 header hgroup hr html li main ol p pre section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = frozenset("title h1 h2 h3 h4 h5 h6 caption dt summary th".split())
_MIN_MAIN_LENGTH = 200  # characters; a shorter <main> is not the text of the page
_MIN_LINK_SHARE = 0.9  # of the characters of a block; with more in links, it is a line of links
_MAX_SPAN = 100  # rows or columns that a cell may span
_SPACE = re.compile(r"[ \t\n\r\f]+")
_EMPTY_LINE = re.compile(r"\n\s*\n")


def read_html(text: str, name: str, columns: Columns, report: SourceReport) -> Iterator[Paragraph]:
    """Yield the paragraphs of a web page.

    Headings and lines of links are reported as dropped. For the other parts of the page, only their
    size is reported. Raises SourceError for a page without text.
    """
    with needs_extra(name, "HTML"):
        from lxml import etree, html
    if len(text) > MAX_HTML_LENGTH:
        raise SourceError(f"{name} is longer than {MAX_HTML_LENGTH:,} characters: split it")
    with readable(name, "HTML"):
        # Without huge_tree, elements that are nested more than 256 deep are left out.
        parser = html.HTMLParser(
            encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
        )
        try:
            root = html.document_fromstring(text.encode(), parser=parser)
        except etree.ParserError:
            raise SourceError(f"{name} is HTML without text: choose another file") from None
        if parser.error_log.filter_from_fatals():  # the parser left out the rest of the page
            raise SourceError(f"{name} has elements nested too deeply: copy its text into a file")
        reader = _Reader(etree)
        blocks = list(reader.blocks(_main_element(root, reader)))
    if reader.left_out:
        report.dropped.append(
            f"{reader.left_out:,} characters in menus, footers and other parts of the page around "
            "the text: dropped"
        )
    return read_blocks(blocks, name, columns, report)


def _main_element(root: Any, reader: _Reader) -> Any:
    """Return the element that contains the text of a page. Other elements are left out."""
    mains = root.xpath("//main | //*[@role='main']")
    main = max(mains, key=_text_length, default=None)
    if main is None or _text_length(main) < _MIN_MAIN_LENGTH:
        return root.body if root.body is not None else root
    reader.left_out += _text_length(root.body) - _text_length(main)
    return main


def _text_length(element: Any) -> int:
    texts = element.xpath(f".//text()[not({' or '.join(f'parent::{n}' for n in _NOT_TEXT)})]")
    return sum(len(text.strip()) for text in texts)


def _is_page_part(element: Any) -> bool:
    return element.tag in _PAGE_ELEMENTS or element.get("role", "").lower() in _PAGE_ROLES


def _has_page_class(element: Any) -> bool:
    if element.tag in ("header", "aside"):
        return True
    if element.tag in ("html", "body", "main"):
        return False
    return _PAGE_CLASS.search(f"{element.get('class', '')} {element.get('id', '')}") is not None


class _Block:
    """Collects the text of a block."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.line = 0
        self.link_length = 0  # characters in links

    def add(self, text: str | None, line: int, *, is_link: bool, is_preformatted: bool) -> None:
        if not text:
            return
        text = text if is_preformatted else _SPACE.sub(" ", text)
        if not self.line and text.strip():
            self.line = line
        self.texts.append(text)
        self.link_length += len(text.strip()) * is_link


class _Reader:
    """Reads the blocks of elements, and counts the characters that are left out."""

    def __init__(self, etree: Any) -> None:
        self._etree = etree
        self.left_out = 0

    def blocks(self, root: Any) -> Iterator[TextBlock | TableBlock]:
        """Yield the blocks below an element, in their order."""
        block = _Block()
        # Open elements: links, <pre>, headings and page furniture.
        links = preformatted = headings = page_parts = 0
        walker = self._etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag, step = element.tag, 1 if event == "start" else -1
            is_skipped = tag in _NOT_TEXT or _is_page_part(element)
            is_table = tag == "table" and element is not root and not element.xpath(".//table")
            if tag in _BLOCKS:
                role = _role(block, headings, page_parts)
                yield from _text_blocks(block, role)
                block = _Block()
            elif tag == "br" and event == "start":
                block.texts.append("\n")
            if event == "start" and (is_skipped or is_table) and element is not root:
                walker.skip_subtree()
                if tag not in _NOT_TEXT and is_skipped:
                    self.left_out += _text_length(element)
                elif is_table:
                    yield self._table(element)
            links += step * (tag == "a")
            preformatted += step * (tag == "pre")
            headings += step * (tag in _HEADINGS)
            page_parts += step * _has_page_class(element)
            is_read = event == "start" and not (is_skipped or is_table)
            text = element.text if is_read else element.tail if event == "end" else None
            if element is not root or event == "start":
                block.add(
                    text,
                    element.sourceline or 0,
                    is_link=links > 0,
                    is_preformatted=preformatted > 0,
                )
        yield from _text_blocks(block, _role(block, headings, page_parts))

    def _table(self, table: Any) -> TableBlock:
        """Read a table without nested tables. A cell has its value in each of its rows."""
        rows: list[Row] = []
        blocks: list[TextBlock] = []
        open_cells: dict[int, tuple[int, str]] = {}  # by column: rows left, text
        for row in table.iter("tr"):
            cells: list[str] = []

            def fill_from_above(cells: list[str] = cells) -> None:
                while (above := open_cells.get(len(cells))) and above[0] > 0:
                    open_cells[len(cells)] = (above[0] - 1, above[1])
                    cells.append(above[1])

            place = f"line {row.sourceline}"
            for cell in row.iterchildren("td", "th"):
                fill_from_above()
                texts = [b for b in self.blocks(cell) if isinstance(b, TextBlock)]
                blocks += texts
                text = "\n".join(block.text for block in texts)
                open_cells[len(cells)] = (_span(cell, "rowspan") - 1, text)
                cells += [text] + [""] * (_span(cell, "colspan") - 1)
            fill_from_above()
            rows.append((place, cells))
        return TableBlock(rows, blocks)


def _role(block: _Block, headings: int, page_parts: int) -> str:
    if headings:
        return "a heading"
    if page_parts:
        return "in a part of the page around its text"
    length = sum(len(text.strip()) for text in block.texts)
    return "a link" if block.link_length > length * _MIN_LINK_SHARE else ""


def _text_blocks(block: _Block, role: str) -> Iterator[TextBlock]:
    for text in _EMPTY_LINE.split("".join(block.texts)):
        lines = [line.strip() for line in text.strip().split("\n")]
        if any(lines):
            yield TextBlock(f"line {block.line}", "\n".join(lines), role)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1
