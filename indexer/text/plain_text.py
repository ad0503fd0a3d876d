"""Convert Markdown to the plain text that is searched, quoted and exported."""

from __future__ import annotations

import re

from indexer.text.markup.document import parse_document
from indexer.text.markup.tree import visible_text

# Text that may be markup or a divided word. Most paragraphs have no match, and parsing takes 100
# times as long as this search, which never reads a character more than twice.
_POSSIBLE_MARKUP = re.compile(
    r"[*_`<\\\u00ad\x02\x03]|&(?=#|\w+;)|[-\u2010][ \t]*+\n|\][\[(:]|\[\^"
    r"|^[ \t]*+(?:[-+=~>#|:]|[0-9]{1,3}\.)",
    re.MULTILINE,
)
# Bytes that may be markup, and white space except for a single space.
_SPECIAL_BYTES = b"*_`<\\]&\t\n\r\v\f\x02\x03\x1c\x1d\x1e\x1f"

MAX_OPEN_BRACKETS = 50  # per paragraph
_BRACKET = re.compile(r"\\.|[\[\]]|\n[ \t]*+\n")


class MarkupError(ValueError):
    """Markup that is refused, with the line of the body (from 1) and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(f"line {line}: {reason}")


def plain_text(body: str) -> str:
    """Return the text of a Markdown body as the page shows it, on one line.

    Markup and link targets are left out. The time is linear in the length of the body. Raises
    MarkupError if brackets are nested too deeply.
    """
    if body.isascii() and body[:1].isalpha() and "  " not in body and not body.endswith(" "):
        data = body.encode()
        if len(data.translate(None, _SPECIAL_BYTES)) == len(data):
            return body
    if body.count("[") > MAX_OPEN_BRACKETS:
        _check_brackets(body)
    return parsed_plain_text(body) if _POSSIBLE_MARKUP.search(body) else " ".join(body.split())


def parsed_plain_text(body: str) -> str:
    """Return the plain text of any Markdown body by parsing it."""
    return visible_text(parse_document(body))


def without_comments(body: str, text: str) -> str:
    """Return a Markdown body without its HTML comments, which the page does not show.

    text is the plain text of the body. A body whose text would change, or shows a comment as code,
    is returned unchanged.
    """
    if "<!--" not in body or "<!--" in text:
        return body
    parts, at = [], 0
    while (start := body.find("<!--", at)) >= 0 and (end := body.find("-->", start)) >= 0:
        parts.append(body[at:start])
        at = end + len("-->")
    shorter = "".join([*parts, body[at:]]).strip("\n")
    return shorter if plain_text(shorter) == text else body


def _check_brackets(body: str) -> None:
    opened = 0
    for match in _BRACKET.finditer(body):
        mark = match[0]
        opened = opened + 1 if mark == "[" else max(0, opened - 1) if mark == "]" else opened
        if mark[0] == "\n":
            opened = 0
        if opened > MAX_OPEN_BRACKETS:
            raise MarkupError(
                body.count("\n", 0, match.start()) + 1,
                f"has brackets nested too deeply: at most {MAX_OPEN_BRACKETS} may be open at once; "
                'close them, or write "\\["',
            )
