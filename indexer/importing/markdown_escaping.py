"""Escape plain text, so that Markdown shows exactly this text.

Each paragraph becomes a single line. To keep the file readable, only characters that Markdown,
HTML or the parser of content files could read as markup are escaped. The escape is a backslash
where text.markup supports it, and otherwise an HTML entity.
"""

from __future__ import annotations

import re
import unicodedata

from indexer.content.hiding_keys import DATE_KEYS, HIDING_KEYS
from indexer.importing.list_markers import has_marker
from indexer.schema import FIELD

# White space between words. No-break spaces are part of the text: French puts them before colons.
_SPACES = re.compile(r"[^\S\n\u00a0\u2007\u202f\u3000]+")
_LINE_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

_MARKUP = re.compile(
    r"""
    [*`]                                    # emphasis, code
    | (?<![^\W_])_ | _(?![^\W_])            # emphasis; not inside a word: snake_case
    | \\(?=[!-/:-@\[-`{-~]|$)               # would escape the next character, or break the line
    | \](?=[(\[:])                          # links, and the definitions of references
    | \[(?=\^)                              # footnotes
    | <(?=[^\s\d=-]) | &(?=\#|\w+;)         # HTML
    | (?P<entity>~(?=~))                    # code, text that is struck out
    """,
    re.VERBOSE,
)
# Fields, and keys with which other tools hide a page. A line with such a key and a colon is not
# read as text.
_KEYS = tuple({**FIELD, **HIDING_KEYS, **DATE_KEYS})
_QUOTE = "[\"'‘’“”]?"
_FIELD = re.compile(
    rf"(?P<key>[:@%]?{_QUOTE}(?:{'|'.join(_KEYS)}){_QUOTE}\s*)(?P<separator>[:=：])", re.IGNORECASE
)
# Markup at the start of a paragraph. Some of it is markup only in the parser of content files.
_OPENING = re.compile(
    r"""
    (?P<number>\d+)(?=[.)](?:\s|$))         # numbered lists
    | [#>{] | \[(?=.*\]:)                   # headings, quotations, JSON, definitions
    | ([+-])(?=\s|$|\2)                     # lists, rules, front matter
    | :(?=\s)                               # definitions
    | (?P<entity>[=;—–](?=[=;—–-]))         # headings, front matter
    """,
    re.VERBOSE,
)
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_SOFT_HYPHEN = re.compile(r"\u00ad(?:[ \t]*\n[ \t]*)?")  # at the end of a line it divides a word


def shown_text(text: str) -> str:
    """Return a text on one line as a page shows it: in NFC and without soft hyphens."""
    return unicodedata.normalize("NFC", " ".join(_SOFT_HYPHEN.sub("", text).split()))


def to_markdown(text: str) -> str:
    """Return Markdown that shows a text, with one line for each paragraph.

    A blank line, or a line that begins with a bullet or a number, begins a new paragraph. Other
    lines are joined.
    """
    return "\n\n".join(_escape(paragraph) for paragraph in _split_paragraphs(text))


def to_strict_markdown(text: str) -> str:
    """Return Markdown that shows a text, with an entity for each ASCII punctuation character.

    The result is hard to read. Used for texts that to_markdown() does not preserve.
    """
    return "\n\n".join(
        _PUNCTUATION.sub(lambda match: _entity(match[0]), paragraph)
        for paragraph in _split_paragraphs(text)
    )


def _split_paragraphs(text: str) -> list[str]:
    paragraphs: list[list[str]] = [[]]
    for line in _LINE_BREAKS.split(_SOFT_HYPHEN.sub("", text)):
        words = _SPACES.sub(" ", line).strip()
        if not words or has_marker(words):
            paragraphs.append([])
        if words:
            paragraphs[-1].append(words)
    return [" ".join(lines) for lines in paragraphs if lines]


def _escape(paragraph: str) -> str:
    if field := _FIELD.match(paragraph):
        separator = "\\:" if field["separator"] == ":" else _entity(field["separator"])
        rest = _MARKUP.sub(_escape_match, paragraph[field.end() :])
        return f"{_MARKUP.sub(_escape_match, field['key'])}{separator}{rest}"
    opening = _OPENING.match(paragraph)
    if opening is None:
        return _MARKUP.sub(_escape_match, paragraph)
    rest = _MARKUP.sub(_escape_match, paragraph[opening.end() :])
    if opening["number"]:
        return f"{opening[0]}\\{rest}"
    return _escape_match(opening) + rest


def _escape_match(match: re.Match[str]) -> str:
    return _entity(match[0]) if match["entity"] else f"\\{match[0]}"


def _entity(character: str) -> str:
    return f"&#{ord(character)};"
