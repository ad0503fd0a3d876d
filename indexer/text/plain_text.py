"""Convert Markdown to the plain text that is searched, quoted and exported."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import accumulate

import markdown
import nh3

# Characters that may be markup. Most paragraphs have none, and rendering takes 100 times as long as
# this search.
_POSSIBLE_MARKUP = re.compile(
    r"[*_`<\\]|&(?=#|\w+;)|\]\s*[\[(:]|^(?: {4}|\t|\s*(?:[-+=~>#]|\d+[.)]))", re.MULTILINE
)
# Bytes that may be markup, and white space except for a single space.
_SPECIAL_BYTES = b"*_`<\\]&\t\n\r\v\f\x1c\x1d\x1e\x1f"

MAX_OPEN_BRACKETS = 50  # Markdown takes time quadratic in the number of brackets left open


@lru_cache(1024)
def plain_text(body: str) -> str:
    """Return the text of a Markdown body on one line, without markup, link targets or raw HTML.

    Raises RecursionError if markup is nested too deeply to be rendered in reasonable time.
    """
    if body.isascii() and body[:1].isalpha() and "  " not in body and not body.endswith(" "):
        data = body.encode()
        if len(data.translate(None, _SPECIAL_BYTES)) == len(data):
            return body
    if body.count("[") > MAX_OPEN_BRACKETS:
        open_brackets = max(accumulate((c == "[") - (c == "]") for c in body))
        if open_brackets > MAX_OPEN_BRACKETS:
            raise RecursionError(f"more than {MAX_OPEN_BRACKETS} brackets are open at once")
    return render_plain_text(body) if _POSSIBLE_MARKUP.search(body) else " ".join(body.split())


def render_plain_text(body: str) -> str:
    """Return the plain text of any Markdown body by rendering it to HTML."""
    # nh3 removes the contents of <script> too; stripping tags alone would leave them in the text.
    return " ".join(html.unescape(nh3.clean(markdown.markdown(body), tags=set())).split())
