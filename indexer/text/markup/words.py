"""Join words that are divided by a hyphen at the end of a line or by a soft hyphen."""

from __future__ import annotations

import re

_LETTER = r"[^\W\d_]"
_LINE_END_HYPHEN = re.compile(
    rf"(?<!{_LETTER})({_LETTER}{{1,40}}+)([-\u2010])[ \t]*+\n[ \t]*+"
    rf"(?=({_LETTER}{{1,40}}|\d(?!\d{{0,2}}\. )))"
)
_SOFT_HYPHEN = re.compile(rf"\u00ad[ \t]*+(?:\n[ \t]*+)?(?={_LETTER})|\u00ad")
_WORD = re.compile(r"\w+(?:-\w+)*")
# Parts of English compounds that keep their hyphen.
_FIRST_PARTS = frozenset(
    "all anti child co community counter cross decision evidence ex follow gender half high human "
    "inter intra law long low mid multi non people policy post pre pro re rights self semi sex "
    "short sub survivor victim well women".split()
)
_LAST_PARTS = frozenset(
    "affected aged based building centered centred depth driven focused free friendly funded "
    "government income keeping led level making old oriented partner partisan profit related "
    "responsive sector sensitive sharing specific state term third up wide year".split()
)
# In "pre- and post-natal", the hyphen before the conjunction does not divide a word.
_CONJUNCTIONS = frozenset("and or to nor et ou y e o und oder".split())


def joined_words(text: str) -> str:
    """Join the words that are divided at the ends of lines, and remove soft hyphens.

    The hyphen of a compound is kept. A word is a compound if the text has it with a hyphen
    elsewhere, if one of its parts is common in compounds, or if its second part begins with a
    capital or a digit.
    """
    if "&shy;" in text:
        text = text.replace("&shy;", "\u00ad")
    if "\u00ad" in text:
        text = _SOFT_HYPHEN.sub("", text)
    if "-\n" not in text and "\u2010" not in text and not re.search(r"- ++\n", text):
        return text
    words: set[str] | None = None

    def join(match: re.Match[str]) -> str:
        nonlocal words
        first, hyphen, last = match[1], match[2], match[3]
        if words is None:
            words = set(_WORD.findall(text.lower()))
        if last.lower() in _CONJUNCTIONS:
            return match[0]
        whole = f"{first}{last}".lower()
        keeps_hyphen = whole not in words and (
            not last[0].islower()
            or f"{first}-{last}".lower() in words
            or first.lower() in _FIRST_PARTS
            or last.lower() in _LAST_PARTS
        )
        return f"{first}{hyphen}" if keeps_hyphen else first

    return _LINE_END_HYPHEN.sub(join, text)
