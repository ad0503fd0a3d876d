"""The writing direction of languages and texts."""

from __future__ import annotations

import unicodedata
from functools import cache

# Scripts that are written from right to left. Source: Unicode Standard, section 12.
_RIGHT_TO_LEFT = frozenset("Adlm Arab Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa".split())


@cache
def is_right_to_left(language: str) -> bool:
    """Return whether a language, a BCP 47 tag, is written from right to left.

    Without a script, the tag has the most likely script of its language.
    """
    from babel.core import get_global  # imported late, as in content/vocabulary.py

    primary, *rest = language.split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    if not script:
        likely = get_global("likely_subtags").get(primary, "").split("_")
        script = likely[1] if len(likely) > 1 else ""
    return script.title() in _RIGHT_TO_LEFT


def begins_right_to_left(text: str) -> bool:
    """Return whether the first letter of a text is written from right to left."""
    if text.isascii():
        return False
    classes = (unicodedata.bidirectional(character) for character in text)
    return next((name for name in classes if name in ("L", "R", "AL")), "L") != "L"
