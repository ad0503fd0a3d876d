"""Parse the blocks of a Markdown text: paragraphs, headings, lists, quotations, tables and code.

Follows the rules of CommonMark and of GitHub's tables, except that more lines are plain text:

- An ordered list has numbers of at most three digits with a full stop: "2018. A report" is a
  paragraph. A number that is higher than expected is shown unchanged.
- ">" before a digit or "=" is text, as in ">50 women".
- The underline of a heading has at least three characters, and the heading has one line.
- A fence must be closed. Only one word and attributes in braces may follow the opening fence.
- A row of a table keeps all its cells.

Each line is read once at each level of lists and quotations, and there are at most MAX_NESTING
levels. Markers of deeper levels are text.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from indexer.text.markup.html_blocks import parse_html
from indexer.text.markup.html_tags import read_tag
from indexer.text.markup.inlines import Definitions, footnote_mark, parse_inlines
from indexer.text.markup.lines import (
    CODE_INDENT,
    DELIMITER_ROW,
    FENCE,
    FOOTNOTE,
    HEADING,
    QUOTATION,
    RULE,
    UNDERLINE,
    ListItem,
    cells,
    closing_fence,
    html_ends,
    is_loose,
    read_list_item,
    without_closing_marks,
)
from indexer.text.markup.tree import add_element

MAX_NESTING = 20  # levels of lists and quotations


def parse_blocks(lines: Sequence[str], parent: Element, definitions: Definitions) -> None:
    """Parse lines without tabs and add their blocks to the end of an element."""
    _BlockParser(lines, parent, definitions, 0, False).parse()


class _BlockParser:
    """Parses the lines of one element. Its methods return the number of the next line."""

    def __init__(
        self,
        lines: Sequence[str],
        parent: Element,
        definitions: Definitions,
        nesting: int,
        tight: bool,  # paragraphs do not become <p> elements
    ) -> None:
        self._lines = lines
        self._parent = parent
        self._definitions = definitions
        self._nesting = nesting
        self._tight = tight
        self._paragraph: list[str] = []
        self._longest_fences: dict[str, list[int]] = {}  # the longest closing fence from each line
        self._html_ends: dict[int, int] | None = None  # the last line of each element, by its first

    def parse(self) -> None:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            text = line.lstrip(" ")
            indent = len(line) - len(text)
            if not text:
                self._end_paragraph()
                at += 1
            elif indent >= CODE_INDENT:
                at = self._continue_paragraph(at) if self._paragraph else self._indented_code(at)
            else:
                at = self._parse_line(at, text)
        self._end_paragraph()

    def _parse_line(self, at: int, text: str) -> int:
        """Parse the block that begins at a line. text: the line without its indent."""
        if self._paragraph and (after := self._underline_or_table(at, text)):
            return after
        if text[0].isalpha():
            return self._continue_paragraph(at)
        if RULE.fullmatch(text):
            self._end_paragraph()
            add_element(self._parent, "hr")
            return at + 1
        if match := HEADING.match(text):
            self._end_paragraph()
            self._add_heading(len(match[1]), without_closing_marks(text[match.end() :]))
            return at + 1
        if self._nesting < MAX_NESTING:
            if QUOTATION.match(text):
                return self._quotation(at)
            item = read_list_item(self._lines[at])
            if item and (not self._paragraph or (item.content and item.number == 1)):
                return self._list(at, item)
        if (fence := FENCE.fullmatch(text)) and (end := self._fence_end(at, fence[1])):
            return self._fenced_code(at, end)
        if text[0] == "<" and (end := self._html_end(at, text)):
            return self._html(at, end)
        if match := FOOTNOTE.match(text):
            return self._footnote(at, match[1], text[match.end() :])
        return self._continue_paragraph(at)

    def _continue_paragraph(self, at: int) -> int:
        self._paragraph.append(self._lines[at].lstrip(" "))
        return at + 1

    def _end_paragraph(self) -> None:
        if self._paragraph:
            text = "\n".join(self._paragraph).rstrip()
            self._paragraph = []
            parent = self._parent if self._tight else add_element(self._parent, "p")
            parse_inlines(text, parent, self._definitions, self._depth)

    @property
    def _depth(self) -> int:
        """The maximum number of elements around a paragraph."""
        return 2 * self._nesting + 1

    def _add_heading(self, level: int, text: str) -> None:
        """Add a heading. Level 1 becomes h2, because the title of the page is the h1."""
        heading = add_element(self._parent, f"h{max(2, level)}")
        parse_inlines(text.strip(), heading, self._definitions, self._depth)

    def _underline_or_table(self, at: int, text: str) -> int:
        """Parse a heading or table that begins in the last line of the paragraph, or return 0."""
        if len(self._paragraph) == 1 and UNDERLINE.fullmatch(text):
            self._add_heading(1 if text[0] == "=" else 2, self._paragraph.pop())
            return at + 1
        header = self._paragraph[-1]
        if "-" in text and ("|" in text or "|" in header) and DELIMITER_ROW.fullmatch(text):
            columns = cells(header)
            if len(columns) == len(cells(text)):
                self._paragraph.pop()
                self._end_paragraph()
                return self._table(at + 1, columns)
        return 0

    def _table(self, at: int, columns: Sequence[str]) -> int:
        table = add_element(self._parent, "table")
        self._add_row(add_element(table, "thead"), "th", columns)
        body: Element | None = None
        while at < len(self._lines) and (line := self._lines[at].strip(" ")):
            if "|" not in line and self._begins_block(at):
                break
            if body is None:
                body = add_element(table, "tbody")
            self._add_row(body, "td", cells(line))
            at += 1
        return at

    def _add_row(self, parent: Element, tag: str, cells: Sequence[str]) -> None:
        row = add_element(parent, "tr")
        for text in cells:
            parse_inlines(text, add_element(row, tag), self._definitions, self._depth + 4)

    def _quotation(self, at: int) -> int:
        self._end_paragraph()
        inside = []
        while at < len(self._lines) and (line := self._lines[at].lstrip(" ")):
            if match := QUOTATION.match(line):
                inside.append(line[match.end() :])
            elif inside[-1].strip(" >") and not self._begins_block(at):
                inside.append(line)
            else:
                break
            at += 1
        self._parse_inside(inside, add_element(self._parent, "blockquote"), False)
        return at

    def _list(self, at: int, first: ListItem) -> int:
        self._end_paragraph()
        attributes = {"start": str(first.number)} if first.tag == "ol" and first.number != 1 else {}
        element = add_element(self._parent, first.tag, attributes)
        items: list[list[str]] = []
        numbers: list[int] = []
        item: ListItem | None = first
        while item:
            items.append([item.content])
            numbers.append(item.number)
            at = self._continue_item(at + 1, item, items[-1])
            item = self._next_item(at, first)
        tight = not any(is_loose(lines, last=lines is items[-1]) for lines in items)
        number = first.number - 1
        for lines, written in zip(items, numbers, strict=True):
            number += 1
            has_gap = first.tag == "ol" and written > number
            number = written if has_gap else number
            li = add_element(element, "li", {"value": str(number)} if has_gap else None)
            self._parse_inside(lines, li, tight)
        return at

    def _continue_item(self, at: int, item: ListItem, lines: list[str]) -> int:
        """Append the continuation lines of an item."""
        indent = min(item.indent, CODE_INDENT)
        while at < len(self._lines):
            line = self._lines[at]
            text = line.lstrip(" ")
            if not text:
                following = at
                while following < len(self._lines) and not self._lines[following].strip(" "):
                    following += 1
                is_inside = following < len(self._lines) and (
                    self._lines[following].startswith(" " * indent)
                    or self._next_item(following, item)
                )
                if not is_inside:
                    return at
                lines.extend([""] * (following - at))
                at = following
                if not self._lines[at].startswith(" " * indent):
                    return at
            elif len(line) - len(text) >= indent:
                lines.append(line[min(len(line) - len(text), item.indent) :])
                at += 1
            elif lines[-1].strip(" ") and not self._begins_block(at) and not read_list_item(line):
                lines.append(text)
                at += 1
            else:
                return at
        return at

    def _next_item(self, at: int, first: ListItem) -> ListItem | None:
        """Return the item of the same list that begins at a line."""
        if at >= len(self._lines) or RULE.fullmatch(self._lines[at].strip(" ")):
            return None
        item = read_list_item(self._lines[at])
        return item if item and item.tag == first.tag else None

    def _parse_inside(self, lines: Sequence[str], parent: Element, tight: bool) -> None:
        _BlockParser(lines, parent, self._definitions, self._nesting + 1, tight).parse()

    def _begins_block(self, at: int) -> bool:
        """Return whether a line begins a block that can interrupt a paragraph."""
        line = self._lines[at]
        text = line.lstrip(" ")
        if len(line) - len(text) >= CODE_INDENT or text[0].isalpha():
            return False
        item = read_list_item(line)
        return bool(
            RULE.fullmatch(text)
            or HEADING.match(text)
            or QUOTATION.match(text)
            or (item and item.content and item.number == 1)
            or (text[0] == "<" and self._html_end(at, text))
            or FOOTNOTE.match(text)
        )

    def _indented_code(self, at: int) -> int:
        lines = []
        while at < len(self._lines):
            line = self._lines[at]
            if line.strip(" ") and not line.startswith(" " * CODE_INDENT):
                break
            lines.append(line[CODE_INDENT:])
            at += 1
        self._add_code(lines)
        return at

    def _fenced_code(self, at: int, end: int) -> int:
        self._end_paragraph()
        self._add_code(self._lines[at + 1 : end])
        return end + 1

    def _add_code(self, lines: Sequence[str]) -> None:
        code = add_element(add_element(self._parent, "pre"), "code")
        code.text = "\n".join(lines).strip("\n") + "\n"

    def _fence_end(self, at: int, fence: str) -> int:
        """Return the number of the line that closes a fence, or 0."""
        longest = self._longest_fences.get(fence[0])
        if longest is None:
            longest = [0]
            for line in reversed(self._lines):
                longest.append(max(longest[-1], closing_fence(line, fence[0])))
            longest.reverse()
            self._longest_fences[fence[0]] = longest
        if longest[at + 1] < len(fence):
            return 0
        end = at + 1
        while closing_fence(self._lines[end], fence[0]) < len(fence):
            end += 1
        return end

    def _html_end(self, at: int, text: str) -> int:
        """Return the number of the line after HTML that begins in a line, or 0 for other text."""
        is_comment = text.startswith("<!--")
        tag = None if is_comment else read_tag(text, 0, self._definitions.closed)
        if not is_comment and not (tag and tag.is_block and tag.name != "br"):
            return 0
        if self._html_ends is None:
            self._html_ends = html_ends(self._lines)
        if at in self._html_ends:
            return self._html_ends[at] + 1
        if is_comment:
            return 0
        end = at
        while end < len(self._lines) and self._lines[end].strip(" "):
            end += 1
        return end

    def _html(self, at: int, end: int) -> int:
        self._end_paragraph()
        text = "\n".join(self._lines[at:end])
        parse_html(text, self._parent, self._definitions.closed, self._depth)
        return end

    def _footnote(self, at: int, label: str, text: str) -> int:
        """Parse a footnote as a paragraph that begins with its mark."""
        self._end_paragraph()
        lines = [text]
        at += 1
        while at < len(self._lines) and self._lines[at].strip(" ") and not self._begins_block(at):
            lines.append(self._lines[at].lstrip(" "))
            at += 1
        paragraph = add_element(self._parent, "p")
        mark = footnote_mark(label)
        mark.tail = " "
        paragraph.append(mark)
        parse_inlines("\n".join(lines), paragraph, self._definitions, self._depth)
        return at
