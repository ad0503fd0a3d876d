"""Mark the matches of a search in the HTML of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from indexer.search.highlight import Passage

MAX_WORDS = 200  # distinct matches that are marked
_TEXT = re.compile(r"(?:^|(?<=>))[^<]+")


def marked_html(html: Markup, passage: Passage) -> Markup:
    """Return HTML with the matches of a passage marked wherever they occur in its texts.

    html: sanitised HTML of the same text. Matches that markup divides are not marked.
    """
    words = {passage.text[start:end] for start, end in passage.matches}
    if not words or len(words) > MAX_WORDS:
        return html
    pattern = re.compile("|".join(_whole_words(words)))
    return Markup(  # noqa: S704 - only mark elements are added
        _TEXT.sub(lambda text: pattern.sub(r"<mark>\g<0></mark>", text[0]), str(html))
    )


def _whole_words(words: Iterable[str]) -> Iterable[str]:
    """Yield a pattern for each match, the longest first. It matches no part of a word."""
    for word in sorted(words, key=lambda word: (-len(word), word)):
        before = r"(?<![\w&])" if _is_spaced(word[0]) else ""
        after = r"(?!\w)" if _is_spaced(word[-1]) else ""
        yield before + re.escape(str(escape(word))) + after


def _is_spaced(letter: str) -> bool:
    """Return whether a letter belongs to a script with spaces between words."""
    return letter.isalnum() and ord(letter) < 0x0E00
