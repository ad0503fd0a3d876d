"""Character classes, which determine where terms begin and end.

The classes are sets of Unicode properties, so each version of Unicode extends them:

    letter      letters and digits; a run of them is a word
    character   a separate word: a letter of a script that is written without spaces (Chinese,
                Japanese, Thai, Khmer, Lao, Myanmar and others), and a fraction such as ½
    mark        accents, vowel signs and voicing marks; they belong to the character before them
    invisible   inside a word, ignored: soft hyphens, joiners, direction marks, variation selectors
    separator   everything else

A superscript or circled number is a separator, because it marks a footnote: trafficking² is the
word trafficking. A subscript is a digit: CO₂ is the word co2. The zero-width space is a separator,
because it marks a place between words (Unicode Standard Annex 29 and Annex 14).
"""

from __future__ import annotations

from typing import Literal

import regex

CharacterClass = Literal["letter", "character", "mark", "invisible", "separator"]

# Letters that are typed for an apostrophe, or are transliterated as one. Like ' and U+2019, they
# are separators.
_APOSTROPHES = "\u02b9-\u02c1\u02ee\u0374\u07f4\u07f5"
# Letters that modify their neighbours and are read as accents: stress, tone and length marks.
_SPACING_MARKS = "\u02c2-\u02cf\u02d0\u02d1\u02ec\ua717-\ua71f\ua788"
_FOOTNOTE_MARKS = (
    r"[\p{No}&&[\p{Decomposition_Type=Super}\p{Decomposition_Type=Circle}"
    r"\p{Decomposition_Type=Compat}\u24eb-\u24ff\u2776-\u2793\U0001f10b-\U0001f10c]]"
)
_FRACTIONS = r"[\p{No}&&\p{Decomposition_Type=Fraction}]"
_VOICING_MARKS = "\uff9e\uff9f"  # half-width; the only marks that Unicode classifies as letters
# Tatweel only lengthens a line of Arabic.
INVISIBLE = (
    r"[[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Me}\u0640" + _SPACING_MARKS + r"]--[\u200b]]"
)
MARK = rf"[[\p{{M}}{_VOICING_MARKS}]--{INVISIBLE}]"
_TERM = rf"[[\p{{L}}\p{{N}}]--[{_FOOTNOTE_MARKS}{_APOSTROPHES}{_VOICING_MARKS}{INVISIBLE}]]"
# Line_Break=SA: the scripts of South-East Asia without spaces between words. Their digits form
# numbers as in all other scripts. Radicals are symbols that represent an ideograph.
_UNSPACED = r"[[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{Line_Break=SA}]--\p{Nd}]"  # with punctuation
CHARACTER = rf"[[{_TERM}&&{_UNSPACED}]{_FRACTIONS}[\u2e80-\u2fd5&&\p{{Han}}]]"
LETTER = rf"[{_TERM}--{CHARACTER}]"

_CLASSES: dict[str, CharacterClass] = {
    "l": "letter",
    "c": "character",
    "m": "mark",
    "i": "invisible",
}
_ANY = regex.compile(
    rf"(?P<l>{LETTER})|(?P<c>{CHARACTER})|(?P<m>{MARK})|(?P<i>{INVISIBLE})", regex.V1
)


def character_class(char: str) -> CharacterClass:
    """Return the class of a character."""
    match = _ANY.match(char)
    return _CLASSES[match.lastgroup] if match else "separator"
