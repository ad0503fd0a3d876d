"""The tree of a document: build it from events, and read its text."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from indexer.text.markup.html_tags import BLOCK_ELEMENTS

MAX_DEPTH = 50  # nested elements; deeper elements are left out, but their text is kept

_SEPARATES_WORDS = BLOCK_ELEMENTS | {"br"}


class TreeBuilder:
    """Adds text and elements to the end of a parent element.

    An element that would be nested too deeply, and a link inside a link, is not added. Closing an
    element also closes the elements inside it. Closing an element that is not open does nothing.
    """

    def __init__(self, parent: Element, depth: int = 0) -> None:
        self._open = [parent]
        self._numbers: dict[int, int] = {}  # position in _open, by identity of the element
        self._pending: list[str] = []
        self._depth = depth

    @property
    def top(self) -> Element:
        """The innermost open element."""
        return self._open[-1]

    @property
    def open_elements(self) -> list[Element]:
        """The open elements from the outermost to the innermost, without the parent."""
        return self._open[1:]

    def add_text(self, text: str) -> None:
        """Add text to the innermost open element."""
        self._pending.append(text)

    def add(self, element: Element) -> None:
        """Add a complete element."""
        self.flush()
        self.top.append(element)

    def open(self, element: Element) -> bool:
        """Open an element. Return whether it has been added."""
        too_deep = len(self._open) + self._depth > MAX_DEPTH
        if too_deep or (element.tag == "a" and any(e.tag == "a" for e in self._open)):
            return False
        self.add(element)
        self._numbers[id(element)] = len(self._open)
        self._open.append(element)
        return True

    def close(self, element: Element) -> None:
        """Close an element."""
        if number := self._numbers.get(id(element)):
            self.flush()
            for closed in self._open[number:]:
                del self._numbers[id(closed)]
            del self._open[number:]

    def flush(self) -> None:
        """Move the text that has been added to the tree."""
        text = "".join(self._pending)
        self._pending.clear()
        if text and len(self.top):
            self.top[-1].tail = (self.top[-1].tail or "") + text
        elif text:
            self.top.text = (self.top.text or "") + text


def add_element(parent: Element, tag: str, attributes: dict[str, str] | None = None) -> Element:
    """Add an empty element to the end of its parent."""
    return SubElement(parent, tag, attributes or {})


def visible_text(root: Element) -> str:
    """Return the text of a tree as the page shows it, on one line.

    The numbers of ordered lists are included. Block elements, cells and line breaks separate words.
    """
    pieces: list[str] = []
    _collect(root, pieces)
    return " ".join("".join(pieces).split())


def _collect(element: Element, pieces: list[str]) -> None:
    separates = element.tag in _SEPARATES_WORDS
    if separates:
        pieces.append(" ")
    pieces.append(element.text or "")
    number = _integer(element.get("start"), 1) - 1
    for child in element:
        if element.tag == "ol" and child.tag == "li":
            number = _integer(child.get("value"), number + 1)
            pieces.append(f" {number}. ")
        _collect(child, pieces)
        pieces.append(child.tail or "")
    if separates:
        pieces.append(" ")


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
