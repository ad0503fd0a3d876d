"""Recognise the lines at which the blocks of a Markdown text begin or end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

CODE_INDENT = 4
RULE = re.compile(r"([-*_])(?:[ \t]*+\1){2,}[ \t]*+")
_LIST_ITEM = re.compile(r"([-+*]|[0-9]{1,3}\.)(?: ++|$)")
QUOTATION = re.compile(r">(?![\d=]) ?")
HEADING = re.compile(r"(#{1,6})(?: |$)")
UNDERLINE = re.compile(r"(={3,}|-{3,}) *+")
FENCE = re.compile(r"(`{3,}|~{3,}) *+[\w+#.-]*+ *+(?:\{[^{}`]*+\})?+ *+")
DELIMITER_ROW = re.compile(r"\|?+ *+:?+-++:?+ *+(?:\| *+:?+-++:?+ *+)*+\|?+ *+")
_CELL_END = re.compile(r"(?<!\\)\|")
FOOTNOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,50})\]:(?: ++|$)")
# HTML elements that continue after a blank line until they are closed.
_LONG_ELEMENTS = frozenset("table ul ol pre blockquote script style template".split())
_TAG_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)")


class ListItem(NamedTuple):
    """The marker of a list item."""

    tag: str  # the tag of the list: "ul" or "ol"
    number: int
    indent: int  # the indent of the content
    content: str  # the rest of the line


def closing_fence(line: str, char: str) -> int:
    """Return the length of a closing fence, or 0 for another line."""
    text = line.strip(" ")
    return len(text) if text and not text.strip(char) else 0


def without_closing_marks(text: str) -> str:
    """Return the text of a heading without its closing marks."""
    text = text.strip(" ")
    without = text.rstrip("#")
    return without if without.endswith(" ") or not without else text


def read_list_item(line: str) -> ListItem | None:
    """Return the marker of a list item that begins in a line."""
    text = line.lstrip(" ")
    indent = len(line) - len(text)
    if indent >= CODE_INDENT or not (match := _LIST_ITEM.match(text)):
        return None
    marker, content = match[1], text[match.end() :]
    spaces = match.end() - len(marker)
    if spaces > CODE_INDENT:  # the content is indented code
        content = " " * (spaces - 1) + content
        spaces = 1
    is_bullet = len(marker) == 1
    return ListItem(
        "ul" if is_bullet else "ol",
        1 if is_bullet else int(marker[:-1]),
        indent + len(marker) + max(1, spaces),
        content,
    )


def is_loose(lines: Sequence[str], last: bool) -> bool:
    """Return whether an item has a blank line. Blank lines after the last item do not count."""
    end = len(lines)
    while last and end and not lines[end - 1]:
        end -= 1
    return "" in lines[1:end]


def cells(row: str) -> list[str]:
    """Return the cells of a row of a table."""
    row = row.strip(" ").removeprefix("|")
    cells = [cell.strip(" ").replace("\\|", "|") for cell in _CELL_END.split(row)]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def html_ends(lines: Sequence[str]) -> dict[int, int]:
    """Return the last lines of comments and long elements, by their first lines."""
    ends: dict[int, int] = {}
    opened: dict[str, list[int]] = {}  # the lines of open tags, by name
    comment = -1
    for number, line in enumerate(lines):
        if comment < 0 and line.lstrip(" ").startswith("<!--"):
            comment = number
        if comment >= 0 and "-->" in line:
            ends[comment] = number
            comment = -1
        for match in _TAG_NAME.finditer(line):
            name = match[2].lower()
            if name not in _LONG_ELEMENTS:
                continue
            if not match[1]:
                opened.setdefault(name, []).append(number)
            elif opened.get(name):
                ends[opened[name].pop()] = number
    return ends
