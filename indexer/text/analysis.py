"""Text analysis: from a text to its terms, in the same way for content, queries and all engines.

The analysis produces two streams of terms with the same positions. The "exact" stream contains
folded words: case, accents, width, ligatures, curly quotes, hyphens and invisible characters do not
affect matching. The "stem" stream contains Snowball stems, each tagged with its language
(en:traffick). characters.py says which characters are part of a word.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

import regex
import Stemmer

from indexer.text.characters import CHARACTER, INVISIBLE, LETTER, MARK

# Characters. OpenSearch's whitespace tokenizer splits terms at 255, language tag included.
MAX_TERM_LENGTH = 200

# A soft hyphen at the end of a line is followed by white space, and the word continues after it.
_WORD_REST = rf"(?:{LETTER}|{MARK}|\u00ad\s+(?={LETTER})|{INVISIBLE})*"
_WORD = rf"(?:{CHARACTER}[{MARK}{INVISIBLE}]*|{LETTER}{_WORD_REST})"
_IN_WORD = f"[{LETTER}{MARK}{INVISIBLE}]"
# An acronym with a full stop after each letter (U.N.), and a number with its digits in groups of
# three (2,500 or 2 500), are one term, that of UN and 2500.
# The lookaheads at the start are quick: few places in a text need the rest of the pattern.
_ACRONYM = (
    r"(?=\w\p{M}*\.\w)"
    rf"(?<![.{_IN_WORD}])[{LETTER}&&\p{{L}}]{MARK}*(?:\.[{LETTER}&&\p{{L}}]{MARK}*)+(?!{_IN_WORD})"
)
_GROUP_SEPARATORS = "[.,'\u2019\u066c \u00a0\u2009\u202f]"
_DIGIT_GROUPS = (
    rf"(?=\d{{1,3}}{_GROUP_SEPARATORS}\d{{3}})"
    rf"(?<!{_IN_WORD}|\d{_GROUP_SEPARATORS})(?!0)\d{{1,3}}(?P<group>{_GROUP_SEPARATORS})\d{{3}}"
    rf"(?:(?P=group)\d{{3}})*(?!{_IN_WORD}|(?P=group)\d)"
)
_WORDS_OF_TEXT = regex.compile(
    rf"(?P<joined>{_ACRONYM}\.?|{_DIGIT_GROUPS})|{_WORD}", regex.VERSION1
)
_WORDS_OF_FOLDED = regex.compile(_WORD, regex.VERSION1)
_JOINED = regex.compile(f"{_ACRONYM}|{_DIGIT_GROUPS}", regex.VERSION1)
_NOT_IN_WORD = regex.compile(f"[^{LETTER}{MARK}]", regex.VERSION1)
_HYPHENATION = regex.compile(rf"\u00ad\s+(?={LETTER})", regex.VERSION1)
_INVISIBLE = regex.compile(INVISIBLE, regex.VERSION1)
# Every text with an acronym or digit groups has a match of one of these, which are fast to search.
_MAY_HAVE_ACRONYM = re.compile(r"\.\w(?![^\W_])")
_MAY_HAVE_DIGIT_GROUPS = regex.compile(rf"\d{_GROUP_SEPARATORS}\d{{3}}(?!\d)")

# Letters that mean the same to a reader and that Unicode does not decompose.
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
        # Arabic script: letters that differ between keyboards, and those that are often confused.
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
# In Devanagari, a nasal before a consonant of its own class is also written as anusvara:
# हिन्दी is हिंदी.
_NASAL = re.compile(
    "\u0919\u094d(?=[\u0915-\u0918])|\u091e\u094d(?=[\u091a-\u091d])|"
    "\u0923\u094d(?=[\u091f-\u0922])|\u0928\u094d(?=[\u0924-\u0927])|"
    "\u092e\u094d(?=[\u092a-\u092d])"
)

# Snowball algorithm by BCP 47 primary subtag. English is Porter2.
STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

# English function words, ignored except in phrases.
STOP_WORDS = frozenset(
    (
        "a an and are as at be but by for from had has have in into is it its of on or s such t "
        "that the their there these they this to was were which will with"
    ).split()
)

# Identifies the terms that this analysis produces; part of an index's fingerprint. The number is
# raised when the rules in this module change.
ANALYSIS_SIGNATURE = (
    f"2 unicode {unicodedata.unidata_version} regex {version('regex')} "
    f"pystemmer {version('pystemmer')}"
)


class Token(NamedTuple):
    """A term, and the character offsets of its word in the text."""

    text: str
    start: int
    end: int
    word: str = ""  # the word in lower case with its accents; its stem is computed from this


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
    """Return a text without case, accents, width and invisible characters. Idempotent.

    Digits of every script become ASCII digits.
    """
    if text.isascii():
        return text.lower()
    while True:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        letters = "".join(map(_folded_character, _INVISIBLE.sub("", decomposed)))
        letters = _NASAL.sub("\u0902", letters.translate(_LETTERS))
        folded = unicodedata.normalize("NFKC", letters)
        if folded == text:
            return folded
        text = folded  # casefold and NFKD do not commute: the result may need another pass


def _lower(word: str) -> str:
    """Return a word in lower case with its accents, composed and without invisible characters."""
    if word.isascii():
        return word.lower()
    # The small sigma at the end of a word is another letter, so capital sigma depends on its place.
    visible = _INVISIBLE.sub("", word).replace("Σ", "σ")
    return unicodedata.normalize("NFKC", visible.lower())


@lru_cache(100_000)
def _analyse(word: str) -> tuple[tuple[str, str], ...]:
    """Return the terms of a word, each with its word in lower case.

    Folding may leave no term, or several (½ becomes 1⁄2). Those are their own words.
    """
    lower = _lower(word)
    found = _terms_of_folded(fold(word))
    if len(found) == 1 and found == _terms_of_folded(fold(lower)) and len(lower) <= MAX_TERM_LENGTH:
        return ((found[0], lower),)
    return tuple((term, term) for term in found)


def _terms_of_folded(folded: str) -> list[str]:
    if folded.isascii() and folded.isalnum():
        return [folded[:MAX_TERM_LENGTH]]
    words = (_INVISIBLE.sub("", match[0]) for match in _WORDS_OF_FOLDED.finditer(folded))
    return [word[:MAX_TERM_LENGTH] for word in words]


def tokenize(text: str) -> Iterator[Token]:
    """Yield the terms of a text in order, with the offsets of their words."""
    for match in _WORDS_OF_TEXT.finditer(text):
        word = match[0]
        start, end = match.span()
        if match["joined"]:
            word = _NOT_IN_WORD.sub("", word)
        elif "\u00ad" in word:
            word = _HYPHENATION.sub("", word)
        for term, lower in _analyse(word) if len(word) < 100 else _analyse.__wrapped__(word):
            yield Token(term, start, end, lower)


def terms(text: str) -> list[str]:
    """Return the exact stream of a text: its terms in order. The only term of a term is itself."""
    # For nearly all texts in Latin letters, this takes a tenth of the time of tokenize().
    if (ascii_text := fold_to_ascii(text)) is None:
        return [token.text for token in tokenize(text)]
    words = ascii_text.translate(_ASCII_TO_TERMS).split()
    if max(map(len, words), default=0) <= MAX_TERM_LENGTH:
        return words
    return [word[:MAX_TERM_LENGTH] for word in words]


_NO_ASCII_FORM = "\x02"  # marks a character that only tokenize() analyses correctly
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# Lowers letters, and turns everything except letters and digits into spaces.
_ASCII_TO_TERMS = str.maketrans(
    {chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
)


class _AsciiForms(dict[str, str]):
    """The ASCII form of each non-ASCII character: letters, a space, "" or _NO_ASCII_FORM."""

    def __missing__(self, char: str) -> str:
        alone, inside = ([t.text for t in tokenize(text)] for text in (char, f"a{char}a"))
        form = _NO_ASCII_FORM
        if not alone:
            # An invisible character does not end the word around it; all others are separators.
            if inside == ["a", "a"]:
                form = " "
            elif inside == ["aa"]:
                form = ""
        elif len(alone) == 1 and alone[0].isascii() and inside == [f"a{alone[0]}a"]:
            form = alone[0]
        self[char] = form
        return form


_ascii_forms = _AsciiForms()


def _join(text: str) -> str:
    """Return a text without the full stops of acronyms and the separators of digit groups."""
    if _MAY_HAVE_ACRONYM.search(text) or _MAY_HAVE_DIGIT_GROUPS.search(text):
        joined: str = _JOINED.sub(lambda match: _NOT_IN_WORD.sub("", match[0]), text)
        return joined
    return text


def fold_to_ascii(text: str) -> str | None:
    """Return a text in ASCII, with the case of ASCII letters kept.

    The lower-case runs of letters and digits in the result are the terms of the text, before they
    are truncated to MAX_TERM_LENGTH. Returns None if a character has no such ASCII form.
    """
    text = _join(text)
    if text.isascii():
        return text
    if "\u00ad" in text:
        text = _HYPHENATION.sub("", text)
    folded = _NOT_ASCII.sub(lambda match: _ascii_forms[match[0]], text)
    return None if _NO_ASCII_FORM in folded else folded


def separators_to_ascii(text: str) -> str | None:
    """Return a text of the same length with a space for each separator that is not ASCII.

    The lower-case runs of letters and digits in the result are the terms of the text, each at its
    offset. Returns None if the text has other terms.
    """
    if len(_join(text)) < len(text) or any(
        _ascii_forms[char] != " " for char in set(_NOT_ASCII.findall(text))
    ):
        return None
    return _NOT_ASCII.sub(" ", text)


class _Stemmers(threading.local):
    """The stemmers of a thread, by algorithm. A stemmer has state, so threads cannot share it."""

    def __init__(self) -> None:
        self._by_algorithm: dict[str, Stemmer.Stemmer] = {}

    def __getitem__(self, algorithm: str) -> Stemmer.Stemmer:
        if algorithm not in self._by_algorithm:
            self._by_algorithm[algorithm] = Stemmer.Stemmer(algorithm)
        return self._by_algorithm[algorithm]


_stemmers = _Stemmers()


def primary_subtag(language: str) -> str:
    """Return the primary subtag of a BCP 47 tag: "en" for "en-GB"."""
    return language.partition("-")[0].lower()


def can_stem(language: str) -> bool:
    """Return whether there is a Snowball stemmer for a language."""
    return primary_subtag(language) in STEMMERS


def stem(term: str, language: str) -> str:
    """Return the tagged stem of a folded term: "en:traffick". The language must have a stemmer."""
    tag = primary_subtag(language)
    return f"{tag}:{_stemmers[STEMMERS[tag]].stemWord(term)}"


def stems(exact: list[str], language: str) -> list[str]:
    """Return the stem stream of an exact stream.

    It has the same length, or is empty if the language has no stemmer.
    """
    tag = primary_subtag(language)
    if tag not in STEMMERS:
        return []
    return [f"{tag}:{word}" for word in _stemmers[STEMMERS[tag]].stemWords(exact)]
