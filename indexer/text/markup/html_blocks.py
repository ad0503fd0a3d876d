"""Parse raw HTML between the blocks of a Markdown text.

The elements that the page shows are added to the tree where HTML allows them. All other elements
only separate words. All text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from xml.etree.ElementTree import Element

from indexer.text.markup.html_tags import (
    BLOCK_ELEMENTS,
    HIDDEN_ELEMENTS,
    INLINE_ELEMENTS,
    Tag,
    read_tag,
    shown_attributes,
)
from indexer.text.markup.links import decode_entity
from indexer.text.markup.tree import TreeBuilder

_TOKEN = re.compile(r"[^<&]++|[<&]")
_ENTITY = re.compile(r"&[#A-Za-z0-9]{1,32};")
# The possible parents of an element, and the parent to create outside them.
_PARENTS = {
    "li": (("ul", "ol"), ""),
    "thead": (("table",), ""),
    "tbody": (("table",), ""),
    "tr": (("table", "thead", "tbody"), ""),
    "td": (("tr",), "tr"),
    "th": (("tr",), "tr"),
}
# The child to create for text and for other elements inside an element.
_CHILD = {"table": "tr", "thead": "tr", "tbody": "tr", "tr": "td", "ul": "li", "ol": "li"}
_CONTAINERS = frozenset("blockquote ul ol li table thead tbody tr th td".split())


def parse_html(text: str, parent: Element, closed: AbstractSet[str], depth: int) -> None:
    """Parse raw HTML and add it to the end of its parent, which is at a depth of the tree."""
    _HtmlParser(text, parent, closed, depth).parse()


class _HtmlParser:
    def __init__(self, text: str, parent: Element, closed: AbstractSet[str], depth: int) -> None:
        self._text = text
        self._closed = closed
        self._tree = TreeBuilder(parent, depth)
        self._no_end_of: set[str] = set()  # closing texts that do not occur in the rest

    def parse(self) -> None:
        text, at = self._text, 0
        while match := _TOKEN.match(text, at):
            if match[0] == "<":
                at = self._angle_bracket(at)
            elif match[0] == "&":
                entity = _ENTITY.match(text, at)
                char = decode_entity(entity[0]) if entity else ""
                self._add_text(char or "&")
                at = entity.end() if entity and char else at + 1
            else:
                self._add_text(match[0])
                at = match.end()
        self._tree.flush()

    def _angle_bracket(self, at: int) -> int:
        """Read a tag or a comment. Return the offset after it."""
        text = self._text
        if text.startswith("<!--", at) and (end := self._find("-->", at + 4)) >= 0:
            return end + 3
        tag = read_tag(text, at, self._closed)
        if tag and tag.name in HIDDEN_ELEMENTS and not tag.closing:
            end = self._find(f"</{tag.name}", tag.end)
            if end >= 0:
                return end
            tag = None
        if tag is None:
            self._add_text("<")
            return at + 1
        if tag.name == "br":
            self._enter_text()
            self._tree.add(Element("br"))
        elif tag.name == "img":
            self._add_text(tag.attributes.get("alt", ""))
        elif tag.name in INLINE_ELEMENTS:
            self._add_inline(tag)
        elif tag.is_block:
            self._add_block(tag)
        return tag.end

    def _find(self, closing: str, start: int) -> int:
        if closing in self._no_end_of:
            return -1
        match = re.compile(re.escape(closing), re.IGNORECASE).search(self._text, start)
        if match is None:
            self._no_end_of.add(closing)
        return match.start() if match else -1

    def _add_text(self, text: str) -> None:
        if text.strip():
            self._enter_text()
        elif self._tree.top.tag in _CHILD:
            return
        self._tree.add_text(text)

    def _enter_text(self) -> None:
        """Open the elements that must contain the following text."""
        while child := _CHILD.get(str(self._tree.top.tag)):
            if not self._tree.open(Element(child)):
                return
        if self._tree.top.tag in ("div", "blockquote"):
            self._tree.open(Element("p"))

    def _add_inline(self, tag: Tag) -> None:
        if not tag.closing:
            self._enter_text()
            self._tree.open(Element(tag.name, shown_attributes(tag)))
            return
        for element in reversed(self._tree.open_elements):
            if element.tag == tag.name:
                self._tree.close(element)
                return
            if element.tag not in INLINE_ELEMENTS:
                return

    def _add_block(self, tag: Tag) -> None:
        if tag.closing:
            self._close_block(tag.name)
            return
        self._leave_text()
        if tag.name not in BLOCK_ELEMENTS:
            return
        if tag.name in _PARENTS:
            parents, missing = _PARENTS[tag.name]
            if not self._leave_to(parents):
                if not (missing and self._leave_to(_PARENTS[missing][0])):
                    return
                self._tree.open(Element(missing))
        else:
            while child := _CHILD.get(str(self._tree.top.tag)):
                if not self._tree.open(Element(child)):
                    return
        if tag.name == "hr":
            self._tree.add(Element("hr"))
        else:
            self._tree.open(Element(tag.name, shown_attributes(tag)))

    def _close_block(self, name: str) -> None:
        for element in reversed(self._tree.open_elements):
            if element.tag == name:
                self._tree.close(element)
                return
            if element.tag in ("td", "th") and name not in _PARENTS and name != "table":
                break
        self._leave_text()

    def _leave_text(self) -> None:
        """Close the paragraph, heading and inline elements that are open."""
        for element in self._tree.open_elements:
            if element.tag not in _CONTAINERS:
                self._tree.close(element)
                return
        if self._tree.top.tag in ("li", "td", "th"):
            self._tree.add_text(" ")

    def _leave_to(self, tags: tuple[str, ...]) -> bool:
        """Close elements until the innermost has one of these tags. False if no open one has."""
        inner: Element | None = None
        for element in reversed(self._tree.open_elements):
            if element.tag in tags:
                if inner is not None:
                    self._tree.close(inner)
                return True
            if element.tag == "table" and "table" not in tags:
                return False
            inner = element
        return False
