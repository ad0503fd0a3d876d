"""Segmentation: find the words of a text by the classes of its characters.

Each character is first replaced by an ASCII code of its class, so that a regular expression over
the codes finds the words, at the same offsets as in the text. The codes:

    d 0         decimal digits; 0 is zero in any script
    l           letters
    x           other numbers in the class of letters
    c m i       characters, marks, and invisible characters
    h           soft hyphen
    . , ' space and the codes of _CODES: separators with a meaning inside acronyms and numbers
    w           other white space
    ;           other separators
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import regex

from indexer.text.characters import character_class

_CODES = {
    "\u00ad": "h",
    ".": ".",
    ",": ",",
    "'": "'",
    " ": " ",
    "\u2019": "a",
    "\u066c": "b",  # Arabic thousands separator
    "\u00a0": "n",
    "\u2009": "t",
    "\u202f": "u",
}


class _ClassCodes(dict[int, str]):
    """The code of each character, by code point."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        name = character_class(char)
        value = name[0]
        if special := _CODES.get(char):
            value = special
        elif char.isdecimal() and name == "letter":
            value = "d" if unicodedata.decimal(char) else "0"
        elif name == "letter" and not char.isalpha():
            value = "x"
        elif name == "separator":
            value = "w" if char.isspace() else ";"
        self[code] = value
        return value


_class_codes = _ClassCodes()

_TERM = "[l0dx]"
_IN_WORD = "[l0dxmih]"
# A soft hyphen at the end of a line is followed by white space, and the word continues after it.
_HYPHENATION = rf"h[ wntu]+(?={_TERM})"
_WORD = rf"c[mih]*|{_TERM}(?:[l0dxmi]|{_HYPHENATION}|h)*"
# An acronym with a full stop after each letter (U.N.), and a number with its digits in groups of
# three (2,500 or 2 500), have the same term as UN and 2500.
_ACRONYM = rf"(?<![.l0dxmih])lm*(?:\.lm*)+(?!{_IN_WORD})"
_GROUP_SEPARATORS = "[.,'abntu ]"
_DIGIT_GROUPS = (
    rf"(?<!{_IN_WORD})(?<![0d]{_GROUP_SEPARATORS})d[0d]{{0,2}}(?P<group>{_GROUP_SEPARATORS})[0d]{{3}}"
    rf"(?:(?P=group)[0d]{{3}})*(?!{_IN_WORD}|(?P=group)[0d])"
)
_WORDS = re.compile(rf"(?P<joined>{_ACRONYM}\.?|{_DIGIT_GROUPS})|{_WORD}")
_JOINED = re.compile(rf"{_ACRONYM}|{_DIGIT_GROUPS}|(?P<hyphenation>{_HYPHENATION})")
_ONLY_WORDS = re.compile(_WORD)
# Fast patterns. Every text with an acronym or digit groups matches at least one of them.
# An acronym can end before a letter that is a word by itself, such as a Chinese one (U.N中国).
_MAY_HAVE_ACRONYM = re.compile(r"\.\w(?![A-Za-z0-9])")
_MAY_HAVE_DIGIT_GROUPS = regex.compile(r"\d[.,'\u2019\u066c \u00a0\u2009\u202f]\d{3}(?!\d)")


def find_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a text with their offsets.

    Full stops in acronyms, separators of digit groups and white space in hyphenated words are
    removed.
    """
    codes = text.translate(_class_codes)
    for match in _WORDS.finditer(codes):
        start, end = match.span()
        word = text[start:end]
        if match["joined"] or "h" in match[0]:
            word = "".join(char for char in word if _class_codes[ord(char)] in "l0dxcmi")
        yield word, start, end


def find_words_of_folded(text: str) -> list[str]:
    """Return the words of a folded text. Every full stop is a separator."""
    spans = (match.span() for match in _ONLY_WORDS.finditer(text.translate(_class_codes)))
    return [text[start:end] for start, end in spans]


def may_have_acronyms(text: str) -> bool:
    """Return whether a text may have acronyms or hyphenated words."""
    return "\u00ad" in text or _MAY_HAVE_ACRONYM.search(text) is not None


def may_have_digit_groups(text: str) -> bool:
    """Return whether a text may have groups of digits."""
    return _MAY_HAVE_DIGIT_GROUPS.search(text) is not None


def may_have_joined_words(text: str) -> bool:
    """Return whether a text may have parts to join."""
    return may_have_acronyms(text) or may_have_digit_groups(text)


def join(text: str) -> str:
    """Remove the separators in acronyms, digit groups and hyphenated words."""
    if not may_have_joined_words(text):
        return text
    pieces, last = [], 0
    for match in _JOINED.finditer(text.translate(_class_codes)):
        start, end = match.span()
        pieces.append(text[last:start])
        if not match["hyphenation"]:
            word = text[start:end]
            pieces.append("".join(c for c in word if _class_codes[ord(c)] in "l0dxcm"))
        last = end
    return "".join([*pieces, text[last:]])
