"""Find abbreviations that a text defines: "long form (LF)" and "LF (long form)".

The algorithm is that of A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", Pacific Symposium on Biocomputing 2003, with two differences: an
abbreviation has at least two capitals, and a long form does not begin with a stop word, so that
"OAU" is not "of African Unity". It suits scripts that have capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indexer.text.folding import fold
from indexer.text.stop_words import is_stop_word

MAX_SHORT_LENGTH = 10  # characters
MAX_SHORT_WORDS = 2
MIN_CAPITALS = 2  # other words in parentheses are rarely abbreviations
MIN_LONG_WORDS = 2

_PARENTHESES = re.compile(r"\(([^()]{2,300})\)")
_LAST_WORD = re.compile(r"\S+(?=\s*$)")
# A long form does not extend over the end of a sentence, parentheses or a colon.
_BOUNDARY = re.compile(r"[()\[\]:;]|[.!?](?=\s)")
_MARKS = "\"'“”‘’«»„,. "  # around a term
_SHORT_FORM = re.compile(r"[^\W_](?:[^\W_]|[&/.'’ -])*")
_ROMAN_NUMERAL = re.compile(r"[IVX]+")
_WORD = re.compile(r"[^\W_]+")


class Abbreviation(NamedTuple):
    """An abbreviation and its long form, as written in a text."""

    short: str
    long: str


def find_abbreviations(text: str, language: str) -> Iterator[Abbreviation]:
    """Yield the abbreviations that a text in a language defines, in their order."""
    for match in _PARENTHESES.finditer(text):
        before = _BOUNDARY.split(text[max(0, match.start() - 400) : match.start()])[-1]
        inside = re.split(r"[,;]\s", match[1])[0].strip(_MARKS)
        if _is_short_form(inside):
            short, candidate = inside, before
        elif (last_word := _LAST_WORD.search(before)) and len(match[1].split()) > MAX_SHORT_WORDS:
            short, candidate = last_word[0].strip(_MARKS), match[1]
            if not _is_short_form(short):
                continue
        else:
            continue
        words = candidate.split()[-_max_long_words(short) :]
        long = _best_long_form(short, " ".join(words).strip(_MARKS), language)
        if long is not None and _is_long_form(long, short):
            yield Abbreviation(short, long)


def _is_short_form(text: str) -> bool:
    """Return whether a text can be an abbreviation."""
    return (
        2 <= len(text) <= MAX_SHORT_LENGTH
        and len(text.split()) <= MAX_SHORT_WORDS
        and _SHORT_FORM.fullmatch(text) is not None
        and not _ROMAN_NUMERAL.fullmatch(text)
        and sum(char.isupper() for char in text) >= MIN_CAPITALS
    )


def _max_long_words(short: str) -> int:
    letters = sum(char.isalnum() for char in short)
    return min(letters + 5, letters * 2)


def _is_long_form(long: str, short: str) -> bool:
    words = long.split()
    return len(words) >= MIN_LONG_WORDS and len(long) > len(short) and short not in words


def _best_long_form(short: str, candidate: str, language: str) -> str | None:
    """Return the shortest end of a candidate that has the letters of an abbreviation in order.

    The first letter must begin a word that is not a stop word. None without such an end.
    """
    letters = [_comparable(char) for char in candidate]
    word_starts = {
        word.start()
        for word in _WORD.finditer(candidate)
        if not is_stop_word(fold(word[0]), language)
    }
    at = len(candidate)
    for number in range(len(short) - 1, -1, -1):
        letter = _comparable(short[number])
        if not letter.isalnum():
            continue
        at -= 1
        while at >= 0 and (letters[at] != letter or (number == 0 and at not in word_starts)):
            at -= 1
        if at < 0:
            return None
    while at > 0 and (candidate[at - 1].isalnum() or candidate[at - 1] in "-‐‑"):
        at -= 1
    return candidate[at:]


def _comparable(char: str) -> str:
    """Return a character without case and accent."""
    return fold(char)[:1] or char
