"""Markdown -> the plain prose that is searched, quoted and exported."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import accumulate

import markdown
import nh3

# What could be markup; most paragraphs have none of it, and rendering costs 100 times this look.
_MAYBE_MARKUP = re.compile(r"[*_`<>#\[\]\\|&]|^(?: {4}|\t|\s*(?:[-+=~]|\d+[.)]))", re.MULTILINE)


MAX_OPEN = 50  # brackets: Markdown's time grows with the square of those left open


@lru_cache(1024)
def prose(body: str) -> str:
    """The text of a Markdown body in one line: no markup, no link targets, no raw HTML.

    Raises RecursionError where markup is nested too deeply to be rendered in good time.
    """
    if body.count("[") > MAX_OPEN and max(accumulate((c == "[") - (c == "]") for c in body)) > MAX_OPEN:
        raise RecursionError(f"more than {MAX_OPEN} brackets are open at once")
    if _MAYBE_MARKUP.search(body):
        # Sanitised before it is stripped, so that the contents of <script> are never prose.
        body = html.unescape(nh3.clean(markdown.markdown(body), tags=set()))
    return " ".join(body.split())
