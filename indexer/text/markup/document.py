"""Parse a Markdown document to a tree, and render it with the package `markdown`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, ElementTree

import markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.util import AMP_SUBSTITUTE, ETX, STX

from indexer.text.markup.blocks import parse_blocks
from indexer.text.markup.html_tags import closed_elements
from indexer.text.markup.inlines import Definitions
from indexer.text.markup.lines import FOOTNOTE
from indexer.text.markup.links import reference_label
from indexer.text.markup.words import joined_words

TAB_LENGTH = 4
# Maximum characters of a link address or title. Longer ones are left out, because the time of
# sanitising is quadratic in the number of ampersands.
MAX_ATTRIBUTE_LENGTH = 8000

_AMPERSAND = f"{AMP_SUBSTITUTE}amp;"
_RESERVED = {ord(STX): None, ord(ETX): None}  # Python-Markdown uses these characters for itself

_REFERENCE = re.compile(
    r" {0,3}\[([^\[\]^][^\[\]]*+)\]: *+(\S++)(?: ++(\"[^\"]*+\"|'[^']*+'|\([^()]*+\)))?+ *+"
)
_LABEL = re.compile(r"\[([^\[\]]{1,200})\]")


def parse_document(body: str) -> Element:
    """Return the tree of a Markdown body. Its root is a div."""
    return _parse_lines(body.split("\n"))


def render_html(body: str) -> str:
    """Return a Markdown body as HTML. It is not sanitised."""
    return markdown.markdown(body, extensions=[_LinearMarkdown()])


class _LinearMarkdown(Extension):
    """Replaces the parsers of Python-Markdown and keeps its serializer."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the name is fixed
        """Register the parser."""
        md.parser = _Parser(md)
        md.preprocessors.deregister("html_block")
        md.preprocessors.deregister("normalize_whitespace")
        md.treeprocessors.deregister("inline")
        md.treeprocessors.deregister("unescape")


class _Parser(BlockParser):
    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802 - the name is fixed
        """Return the tree of a document."""
        self.root = _parse_lines(list(lines))
        # The serializer would not escape "&lt;", but here every "&" is text.
        for element in self.root.iter():
            element.text = _with_escaped_ampersands(element.text)
            element.tail = _with_escaped_ampersands(element.tail)
            for key, value in list(element.items()):
                if len(value) > MAX_ATTRIBUTE_LENGTH:
                    del element.attrib[key]
                else:
                    element.set(key, value.replace("&", _AMPERSAND))
        return ElementTree(self.root)


def _with_escaped_ampersands(text: str | None) -> str | None:
    return text.replace("&", _AMPERSAND) if text else text


def _parse_lines(lines: Sequence[str]) -> Element:
    text = "\n".join(lines).translate(_RESERVED).expandtabs(TAB_LENGTH)
    text = joined_words(text)
    lines = [line if line.strip() else "" for line in text.split("\n")]
    closed = closed_elements(text) if "</" in text else frozenset()
    footnotes: frozenset[str] = frozenset()
    references: dict[str, tuple[str, str]] = {}
    if "]:" in text:
        footnotes = frozenset(match[1] for line in lines if (match := FOOTNOTE.match(line)))
        lines, references = _without_definitions(lines, text)
    root = Element("div")
    parse_blocks(lines, root, Definitions(references, footnotes, closed))
    return root


def _without_definitions(
    lines: Sequence[str], text: str
) -> tuple[Sequence[str], dict[str, tuple[str, str]]]:
    """Return the lines without link reference definitions, and the references.

    A definition that is not used is text.
    """
    matches = [_REFERENCE.fullmatch(line) if "]:" in line else None for line in lines]
    labels = [reference_label(match[1]) if match else "" for match in matches]
    used = Counter(reference_label(match[1]) for match in _LABEL.finditer(text))
    used.subtract(label for label in labels if label)
    references: dict[str, tuple[str, str]] = {}
    remaining = []
    for line, match, label in zip(lines, matches, labels, strict=True):
        if match is None or used[label] <= 0 or label in references:
            remaining.append(line)
        else:
            references[label] = (match[2].strip("<>"), (match[3] or "")[1:-1])
    return remaining, references
