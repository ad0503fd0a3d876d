"""Read the parts of links: targets, titles and labels, with their escapes and entities."""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5

MAX_OPEN_PARENTHESES = 6  # nested parentheses in the target of a link

ESCAPABLE = "\\`*_{}[]()>#+-.!|<&:"
_TARGET_IN_BRACKETS = re.compile(r"<([^<>\n]*+)>")
_TARGET_WITH_SPACES = re.compile(r"([^()<>\n\"']*+)\)")
_ADDRESS_MARKS = frozenset("/.#:?{")  # an address with spaces must have one of these
_TITLE = re.compile(r"\s++(?:\"([^\"]*+)\"|'([^']*+)')")
_SPACES = re.compile(r"\s*+")


def decode_entity(entity: str) -> str:
    """Return the text of an entity, or "" if it is unknown or represents a control character."""
    if not entity.startswith("&#"):
        text = html5.get(entity[1:], "")
    else:
        text = html.unescape(entity)
    if text in ("\n", "\t", "\r", "\f"):
        return " "
    return "" if any(unicodedata.category(char) == "Cc" for char in text) else text


def reference_label(text: str) -> str:
    """Return the key of a reference label. Labels that differ in case or spaces are equal."""
    return " ".join(text.split()).casefold()


def inline_target(text: str, start: int) -> tuple[str, str, int] | None:
    """Return the target, title and end of an inline link, which begin after its parenthesis.

    The search ends at the first character that cannot be part of it.
    """
    spaces = _SPACES.match(text, start)
    assert spaces is not None
    start = spaces.end()
    if match := _TARGET_IN_BRACKETS.match(text, start):
        target, at = match[1], match.end()
    else:
        at, opened = start, 0
        while at < len(text) and not text[at].isspace():
            char = text[at]
            if char == "\\" and at + 1 < len(text) and not text[at + 1].isspace():
                at += 1
            elif char == "(":
                opened += 1
                if opened > MAX_OPEN_PARENTHESES:
                    return None
            elif char == ")":
                if not opened:
                    break
                opened -= 1
            at += 1
        target = text[start:at]
        if opened:
            return None
    title = ""
    if match := _TITLE.match(text, at):
        title, at = match[1] or match[2] or "", match.end()
    spaces = _SPACES.match(text, at)
    assert spaces is not None
    if text.startswith(")", spaces.end()):
        return _unescaped(target), _unescaped(title), spaces.end() + 1
    match = _TARGET_WITH_SPACES.match(text, start)
    if match and not _ADDRESS_MARKS.isdisjoint(match[1]):  # not "[sic](in the original)"
        return _unescaped(match[1].strip()), "", match.end()
    return None


def _unescaped(text: str) -> str:
    """Return a target or a title without escapes and entities, on one line."""
    without = re.sub(rf"\\([{re.escape(ESCAPABLE)}])", r"\1", text)
    return " ".join(html.unescape(without).split())
