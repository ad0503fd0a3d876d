"""Parse the inline markup of a block: emphasis, code, links, footnotes, HTML tags and entities.

Follows the rules of CommonMark, with the escapes of Python-Markdown. The text is read once, from
left to right. Each bracket, and each run of asterisks or underscores, becomes a marker. When two
markers match, they become an element. The tree is built at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import ClassVar
from xml.etree.ElementTree import Element

from indexer.text.markup.emphasis import Delimiter, pair_delimiters, read_delimiter
from indexer.text.markup.html_tags import (
    HIDDEN_ELEMENTS,
    INLINE_ELEMENTS,
    Tag,
    read_tag,
    shown_attributes,
)
from indexer.text.markup.links import ESCAPABLE, decode_entity, inline_target, reference_label
from indexer.text.markup.tree import TreeBuilder

MAX_LABEL_LENGTH = 200  # characters of the label of a link reference

_SPECIAL = re.compile(r"[\\`*_\]<&\n]|!?\[")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*+)>")
_MAIL_ADDRESS = re.compile(r"<(?:mailto:)?([^\s<>@]++@[^\s<>@]++)>")
_SPACES = re.compile(r"\s*+")
_TICKS = re.compile(r"`+")


@dataclass(eq=False, slots=True)
class _Bracket:
    """An opening bracket."""

    text: str  # as written: "[" or "!["
    end: int  # the offset after it
    delimiters: int  # the number of delimiters before it
    has_bracket: bool = False  # contains another pair of brackets
    element: Element | None = None


@dataclass(eq=False, slots=True)
class _Close:
    """The end of an element that began at a bracket."""

    element: Element


_Node = str | Element | Tag | Delimiter | _Bracket | _Close


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions of a document that its inline markup refers to."""

    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """The target and the title of each label, in lower case."""
    footnotes: Collection[str] = ()
    """The labels of the footnotes."""
    closed: AbstractSet[str] = frozenset()
    """The names of the HTML elements with a closing tag."""


def parse_inlines(text: str, parent: Element, definitions: Definitions, depth: int = 0) -> None:
    """Parse a text and add it to the end of its parent, which is at a depth of the tree."""
    parser = _InlineParser(text, definitions)
    parser.parse()
    _build(parser.nodes, TreeBuilder(parent, depth))


class _InlineParser:
    """Turns a text into a list of nodes."""

    def __init__(self, text: str, definitions: Definitions) -> None:
        self.nodes: list[_Node] = []
        self._text = text
        self._definitions = definitions
        self._brackets: list[_Bracket] = []
        self._delimiters: list[Delimiter] = []
        self._ticks: dict[int, list[int]] | None = None  # the runs by length, the last run first
        self._no_end_of: dict[str, int] = {}  # offset after which a closing text is absent

    def parse(self) -> None:
        """Read the whole text."""
        text, at = self._text, 0
        while match := _SPECIAL.search(text, at):
            start = match.start()
            if start > at:
                self.nodes.append(text[at:start])
            at = self._handlers[text[start]](self, start)
        self.nodes.append(text[at:])
        pair_delimiters(self._delimiters)

    def _escape(self, at: int) -> int:
        """Read a backslash. Like all these methods, return the offset after it."""
        following = self._text[at + 1 : at + 2]
        if following and following in ESCAPABLE:
            self.nodes.append(following)
            return at + 2
        self.nodes.append("\\")
        return at + 1

    def _line_end(self, at: int) -> int:
        text = self._text
        following = _SPACES.match(text, at)
        assert following is not None
        if text.endswith("  ", 0, at):
            self.nodes.append(Element("br"))
        self.nodes.append("\n")
        return following.end()

    def _entity(self, at: int) -> int:
        match = _ENTITY.match(self._text, at)
        char = decode_entity(match[0]) if match else ""
        self.nodes.append(char or "&")
        return match.end() if match and char else at + 1

    def _code(self, at: int) -> int:
        """Read a run of backticks. A run of the same length ends the code."""
        if self._ticks is None:
            self._ticks = {}
            for run in reversed(list(_TICKS.finditer(self._text, at))):
                self._ticks.setdefault(len(run[0]), []).append(run.start())
        opening = _TICKS.match(self._text, at)
        assert opening is not None
        start, length = opening.end(), len(opening[0])
        ends = self._ticks.get(length, [])
        while ends and ends[-1] < start:
            ends.pop()
        if not ends:
            self.nodes.append(opening[0])
            return start
        code = Element("code")
        code.text = " ".join(self._text[start : ends[-1]].split())
        self.nodes.append(code)
        return ends[-1] + length

    def _emphasis(self, at: int) -> int:
        delimiter = read_delimiter(self._text, at)
        self.nodes.append(delimiter)
        self._delimiters.append(delimiter)
        return at + delimiter.length

    def _open_bracket(self, at: int) -> int:
        marker = "![" if self._text[at] == "!" else "["
        bracket = _Bracket(marker, at + len(marker), len(self._delimiters))
        self.nodes.append(bracket)
        self._brackets.append(bracket)
        return bracket.end

    def _close_bracket(self, at: int) -> int:
        bracket = self._brackets.pop() if self._brackets else None
        if self._brackets:
            self._brackets[-1].has_bracket = True
        if bracket:
            if link := self._link(bracket, at):
                return self._finish_link(bracket, *link)
            if self._footnote(bracket, at):
                return at + 1
        self.nodes.append("]")
        return at + 1

    def _footnote(self, bracket: _Bracket, at: int) -> bool:
        """Replace the nodes after a bracket if they are the label of a footnote."""
        label = self._text[bracket.end : min(at, bracket.end + MAX_LABEL_LENGTH)]
        if label[:1] != "^" or label[1:] not in self._definitions.footnotes:
            return False
        while self.nodes.pop() is not bracket:
            pass
        del self._delimiters[bracket.delimiters :]
        self.nodes.append(footnote_mark(label[1:]))
        return True

    def _link(self, bracket: _Bracket, at: int) -> tuple[str, str, int] | None:
        """Return the target, title and end of the link that ends at a bracket, or None."""
        text = self._text
        if text.startswith("(", at + 1) and (link := inline_target(text, at + 2)):
            return link
        references = self._definitions.references
        if not references:
            return None
        start, end = bracket.end, at
        after = at + 1
        if text.startswith("[", at + 1):
            closing = text.find("]", at + 2, at + 2 + MAX_LABEL_LENGTH)
            if closing > at + 2:
                start, end = at + 2, closing
            after = closing + 1 if closing >= 0 else after
        elif bracket.has_bracket:
            return None
        if end - start > MAX_LABEL_LENGTH:
            return None
        reference = references.get(reference_label(text[start:end]))
        return (*reference, after) if reference else None

    def _finish_link(self, bracket: _Bracket, target: str, title: str, end: int) -> int:
        inside = self._delimiters[bracket.delimiters :]
        del self._delimiters[bracket.delimiters :]
        pair_delimiters(inside)
        if bracket.text == "![":  # an image is shown as its description
            bracket.element = Element("image")
        else:
            bracket.element = Element("a", {"href": target} | ({"title": title} if title else {}))
            self.nodes.append(_Close(bracket.element))
            self._brackets.clear()  # a link contains no link
        return end

    def _angle_bracket(self, at: int) -> int:
        text = self._text
        if text.startswith("<!--", at):
            end = self._find("-->", at + 4)
            if end >= 0:
                return end + 3
        elif match := _AUTOLINK.match(text, at):
            return self._add_link(match[1], match[1], match.end())
        elif match := _MAIL_ADDRESS.match(text, at):
            return self._add_link(match[1], f"mailto:{match[1]}", match.end())
        elif tag := read_tag(text, at, self._definitions.closed):
            if tag.name in HIDDEN_ELEMENTS:
                end = self._find(f"</{tag.name}", tag.end)
                if end >= 0 or tag.closing:
                    return end if end >= 0 else tag.end
            elif tag.name == "img":
                self.nodes.append(tag.attributes.get("alt", ""))
                return tag.end
            else:
                self.nodes.append(tag)
                return tag.end
        self.nodes.append("<")
        return at + 1

    def _find(self, closing: str, start: int) -> int:
        """Return the offset of a closing text in any case, or -1. Failed searches are cached."""
        if start >= self._no_end_of.get(closing, len(self._text) + 1):
            return -1
        match = re.compile(re.escape(closing), re.IGNORECASE).search(self._text, start)
        if match is None:
            self._no_end_of[closing] = start
            return -1
        return match.start()

    def _add_link(self, text: str, target: str, end: int) -> int:
        link = Element("a", {"href": target})
        link.text = text
        self.nodes.append(link)
        return end

    # Methods by the first character. A dictionary of bound methods would be a reference cycle.
    _handlers: ClassVar[Mapping[str, Callable[[_InlineParser, int], int]]] = {
        "\\": _escape,
        "`": _code,
        "*": _emphasis,
        "_": _emphasis,
        "[": _open_bracket,
        "!": _open_bracket,
        "]": _close_bracket,
        "<": _angle_bracket,
        "&": _entity,
        "\n": _line_end,
    }


def footnote_mark(label: str) -> Element:
    """Return the mark of a footnote, such as [2]."""
    mark = Element("sup")
    mark.text = f"[{label}]"
    return mark


def _build(nodes: Sequence[_Node], tree: TreeBuilder) -> None:
    """Add nodes to a tree."""
    tags: dict[str, list[Element]] = {}  # the open HTML elements by name
    for node in nodes:
        match node:
            case str():
                tree.add_text(node)
            case Delimiter():
                for element in node.closed:
                    tree.close(element)
                tree.add_text(node.char * node.count)
                for element in reversed(node.opened):
                    tree.open(element)
            case _Bracket():
                if node.element is None:
                    tree.add_text(node.text)
                elif node.element.tag == "a":
                    tree.open(node.element)
            case _Close(element):
                tree.close(element)
            case Tag():
                _add_tag(node, tree, tags)
            case Element():
                tree.add(node)
    tree.flush()


def _add_tag(tag: Tag, tree: TreeBuilder, tags: dict[str, list[Element]]) -> None:
    if tag.is_block:
        tree.add(Element("br"))
    elif tag.name in INLINE_ELEMENTS and tag.closing:
        if elements := tags.get(tag.name):
            tree.close(elements.pop())
    elif tag.name in INLINE_ELEMENTS:
        element = Element(tag.name, shown_attributes(tag))
        if tree.open(element):
            tags.setdefault(tag.name, []).append(element)
