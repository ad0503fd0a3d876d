"""Markdown -> the plain prose that is searched, quoted and exported."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import accumulate

import markdown
import nh3

# What could be markup; most paragraphs have none of it, and rendering costs 100 times this look.
_MAYBE_MARKUP = re.compile(
    r"[*_`<\\]|&(?=#|\w+;)|\]\s*[\[(:]|^(?: {4}|\t|\s*(?:[-+=~>#]|\d+[.)]))", re.MULTILINE
)


MAX_OPEN = 50  # brackets: Markdown's time grows with the square of those left open


# Bytes that a plain paragraph in one line does not have.
_TELLING = b"*_`<\\]&\t\n\r\v\f\x1c\x1d\x1e\x1f"


@lru_cache(1024)
def plain_text(body: str) -> str:
    """The text of a Markdown body in one line: no markup, no link targets, no raw HTML.

    Raises RecursionError where markup is nested too deeply to be rendered in good time.
    """
    if body.isascii() and body[:1].isalpha() and "  " not in body and not body.endswith(" "):
        data = body.encode()
        if len(data.translate(None, _TELLING)) == len(data):
            return body
    if (
        body.count("[") > MAX_OPEN
        and max(accumulate((c == "[") - (c == "]") for c in body)) > MAX_OPEN
    ):
        raise RecursionError(f"more than {MAX_OPEN} brackets are open at once")
    return rendered(body) if _MAYBE_MARKUP.search(body) else " ".join(body.split())


def rendered(body: str) -> str:
    """The prose of a body by rendering it, whatever it holds."""
    # Sanitised before it is stripped, so that the contents of <script> are never prose.
    return " ".join(html.unescape(nh3.clean(markdown.markdown(body), tags=set())).split())
