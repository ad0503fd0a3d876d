"""Isolate names whose writing direction could change the text around them.

Arabic and Hebrew letters and the direction marks of Unicode reorder the neutral characters next to
them, such as the count after a label. Source: Unicode Standard Annex 9, and W3C, "Inline markup and
bidirectional text in HTML".
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from markupsafe import Markup, escape

_FIRST_STRONG_ISOLATE, _POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
# Bidirectional classes of letters that are written from right to left, and of direction marks.
_REORDERING = {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
_FORMATTING = dict.fromkeys((*range(8234, 8239), *range(8294, 8298)))


@lru_cache(10_000)
def is_reordering(text: str) -> bool:
    """Return whether a text has letters or marks that can reorder the text next to it."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in _REORDERING for c in text)


def isolate(text: str) -> str:
    """Return a text that does not reorder a sentence or attribute that contains it."""
    if not is_reordering(text):
        return text
    # A formatting character that the text itself has could end the isolation.
    return _FIRST_STRONG_ISOLATE + text.translate(_FORMATTING) + _POP_DIRECTIONAL_ISOLATE


@lru_cache(10_000)
def bdi(text: str) -> Markup:
    """Return a text as HTML, in a bdi element if it could reorder the text next to it."""
    return Markup("<bdi>{}</bdi>").format(text) if is_reordering(text) else escape(text)
