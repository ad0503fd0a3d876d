"""Recognise the HTML tags in a Markdown text.

A tag is the name of an HTML element between angle brackets, with valid attributes. Anything else
between angle brackets is text, such as "<UN Women>". A tag is also text if its element must be
closed, but is not closed anywhere in the document.
"""

from __future__ import annotations

import html
import re
from collections.abc import Set as AbstractSet
from typing import NamedTuple

# Elements that the page shows. Source: HTML Living Standard, section 4.
INLINE_ELEMENTS = frozenset("a abbr code del em strong sub sup".split())
BLOCK_ELEMENTS = frozenset(
    "blockquote h2 h3 h4 h5 h6 hr li ol p pre table tbody td th thead tr ul".split()
)
_SHOWN_AS = {"b": "strong", "i": "em", "h1": "h2", "s": "del", "strike": "del"}
# Other block elements. They are not shown, but they separate words.
_OTHER_BLOCKS = frozenset(
    "address article aside body button caption center colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset head header hgroup html iframe legend main "
    "menu nav noscript object optgroup option search section select summary textarea tfoot title "
    "video audio canvas".split()
)
_OTHER_INLINES = frozenset(
    "acronym bdi bdo big cite data dfn font ins kbd label map mark meter nobr output picture "
    "progress q rp rt ruby samp small span svg time tt u var".split()
)
# Elements whose contents are not text.
HIDDEN_ELEMENTS = frozenset("script style template".split())
_VOID_ELEMENTS = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()
)
# Elements whose closing tag is optional.
_OPTIONAL_END = frozenset("p li td th tr thead tbody tfoot dt dd option".split())
_LINE_BREAKS = BLOCK_ELEMENTS | _OTHER_BLOCKS | {"br", "h1"}
_KNOWN = INLINE_ELEMENTS | _LINE_BREAKS | _OTHER_INLINES | HIDDEN_ELEMENTS | _VOID_ELEMENTS
_KNOWN |= _SHOWN_AS.keys()

_ATTRIBUTE = r"([A-Za-z_:@][\w:.@-]*+)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'=`]++))?+"
# Values cannot contain an angle bracket, so a tag ends at the first one and the search is linear.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)(\s[^<>]*+|/)?+>")
_ATTRIBUTES = re.compile(rf"(?:\s++{_ATTRIBUTE})*+\s*+/?+\s*+")
_EACH_ATTRIBUTE = re.compile(rf"\s{_ATTRIBUTE}")
_FLAGS = frozenset(
    "allowfullscreen async autofocus autoplay checked compact controls default defer disabled "
    "hidden ismap itemscope loop multiple muted nohref noshade novalidate nowrap open readonly "
    "required reversed selected".split()
)
_CLOSING = re.compile(r"</([A-Za-z][A-Za-z0-9]*+)\s*+>")


class Tag(NamedTuple):
    """A tag in a text."""

    name: str  # the name of the element, or of the element that is shown instead
    closing: bool
    attributes: dict[str, str]
    end: int  # the offset after the tag

    @property
    def is_block(self) -> bool:
        """Whether the tag is a block element or a line break."""
        return self.name in _LINE_BREAKS


def closed_elements(text: str) -> frozenset[str]:
    """Return the names of the elements that have a closing tag anywhere in a text."""
    return frozenset(match[1].lower() for match in _CLOSING.finditer(text))


def read_tag(text: str, start: int, closed: AbstractSet[str]) -> Tag | None:
    """Return the tag at an offset, or None if the text there is not a tag.

    closed: the names of the elements with a closing tag in the document.
    """
    match = _TAG.match(text, start)
    if match is None:
        return None
    name = match[2].lower()
    if name not in _KNOWN or not (
        match[1] or name in _VOID_ELEMENTS or name in _OPTIONAL_END or name in closed
    ):
        return None
    written = match[3] or ""
    attributes = {}
    if written.strip(" \t\n/"):
        if match[1] or not _ATTRIBUTES.fullmatch(written):
            return None
        for attribute in _EACH_ATTRIBUTE.finditer(written):
            key, value = attribute[1].lower(), attribute[2]
            if value is None and key not in _FLAGS:
                return None
            attributes[key] = html.unescape((value or "").strip("\"'"))
    return Tag(_SHOWN_AS.get(name, name), bool(match[1]), attributes, match.end())


def shown_attributes(tag: Tag) -> dict[str, str]:
    """Return the attributes of a tag that are shown."""
    names = {"a": ("href", "title"), "abbr": ("title",), "ol": ("start",), "li": ("value",)}
    return {key: tag.attributes[key] for key in names.get(tag.name, ()) if key in tag.attributes}
