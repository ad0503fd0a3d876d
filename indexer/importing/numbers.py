"""Find the numbers in a text, to distinguish texts that differ only in a number."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\d+(?:[.,\u066b\u066c' \u00a0\u202f]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"[.,\u066b\u066c' \u00a0\u202f](?=\d{3}(?!\d))")

# "One" is left out: "un", "una", "une" and "uno" are mostly articles.
_WORDS = {
    word: str(value)
    for value, words in {
        2: "two deux dos",
        3: "three trois tres",
        4: "four quatre cuatro",
        5: "five cinq cinco",
        6: "six seis",
        7: "seven sept siete",
        8: "eight huit ocho",
        9: "nine neuf nueve",
        10: "ten dix diez",
        11: "eleven onze once",
        12: "twelve douze doce",
        13: "thirteen treize trece",
        14: "fourteen quatorze catorce",
        15: "fifteen quinze quince",
        16: "sixteen seize dieciséis",
        17: "seventeen diecisiete",
        18: "eighteen dieciocho",
        19: "nineteen diecinueve",
        20: "twenty vingt veinte",
        30: "thirty trente treinta",
        40: "forty quarante cuarenta",
        50: "fifty cinquante cincuenta",
        60: "sixty soixante sesenta",
        70: "seventy setenta",
        80: "eighty ochenta",
        90: "ninety noventa",
        100: "hundred cent cien ciento",
        1000: "thousand mille mil",
        1_000_000: "million millions millón millones",
    }.items()
    for word in words.split()
}


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a text as decimal digits, sorted.

    Digits of any script, and the common number words of English, French and Spanish, are numbers.
    Separators of thousands are left out.
    """
    values = (_value(match[0]) for match in _NUMBER.finditer(text))
    return tuple(sorted(value for value in values if value))


def _value(word: str) -> str:
    """Return a number as digits, or "" for a word that is not a number."""
    if not word[0].isdecimal():
        return _WORDS.get(word.lower(), "")
    digits = _THOUSANDS.sub("", word)
    return "".join(str(unicodedata.decimal(c, c)) for c in digits)
