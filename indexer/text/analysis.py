"""Text analysis: from a text to its terms, in the same way for content, queries and all engines.

The analysis produces two streams of terms with the same positions. The "exact" stream contains
folded words: case, accents, width, ligatures, curly quotes, hyphens and invisible characters do not
affect matching. The "stem" stream contains Snowball stems, each tagged with its language
(en:traffick).
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

# Characters. OpenSearch's whitespace tokenizer splits terms at 255, language tag included.
MAX_TERM_LENGTH = 200

# Scripts without spaces between words. Each character is a term, so that a run of characters, as a
# phrase, matches the same run. This needs no dictionary.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
# Combining marks belong to the preceding letter. Invisible format characters (soft hyphen,
# zero-width joiners, direction marks) do not end a word.
_WORD = regex.compile(
    rf"(?:[{_UNSPACED}]\p{{M}}*|(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}])"
    rf"(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}\p{{M}}\p{{Cf}}])*)"
)

# Ligatures and letters with a stroke, which Unicode does not decompose.
_LETTERS = str.maketrans(
    {
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
    }
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
    f"1 unicode {unicodedata.unidata_version} regex {version('regex')} "
    f"pystemmer {version('pystemmer')}"
)


class Token(NamedTuple):
    """A term, and the character offsets of its word in the text."""

    text: str
    start: int
    end: int


def _is_accent(char: str) -> bool:
    """Return whether a character is an accent, and not a vowel sign, virama or voicing mark.

    Decided by Canonical_Combining_Class (Unicode Character Database): 10 to 35 are Hebrew and
    Arabic points; 200 and above are marks over, under or through a letter.
    """
    combining_class = unicodedata.combining(char)
    return 10 <= combining_class <= 35 or combining_class >= 200


def fold(text: str) -> str:
    """Return a text without case, accents, width and invisible characters. Idempotent."""
    if text.isascii():
        return text.lower()
    while True:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        letters = "".join(
            c for c in decomposed if not _is_accent(c) and unicodedata.category(c) != "Cf"
        )
        folded = unicodedata.normalize("NFKC", letters.translate(_LETTERS))
        if folded == text:
            return folded
        text = folded  # casefold and NFKD do not commute: the result may need another pass


@lru_cache(100_000)
def _terms_of(word: str) -> tuple[str, ...]:
    """Return the terms of a word. Folding may leave none, or several (½ becomes 1⁄2)."""
    folded = fold(word)
    if folded.isascii() and folded.isalnum():
        return (folded[:MAX_TERM_LENGTH],)
    return tuple(term for match in _WORD.finditer(folded) if (term := match[0][:MAX_TERM_LENGTH]))


def tokenize(text: str) -> Iterator[Token]:
    """Yield the terms of a text in order, with the offsets of their words."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        for term in _terms_of(match[0]) if end - start < 100 else _terms_of.__wrapped__(match[0]):
            yield Token(term, start, end)


def terms(text: str) -> list[str]:
    """Return the exact stream of a text: its terms in order. The only term of a term is itself."""
    # For nearly all texts in Latin letters, this takes a tenth of the time of tokenize().
    if (ascii_text := fold_to_ascii(text)) is None:
        return _tokenized_terms(text)
    words = ascii_text.translate(_ASCII_TO_TERMS).split()
    if max(map(len, words), default=0) <= MAX_TERM_LENGTH:
        return words
    return [word[:MAX_TERM_LENGTH] for word in words]


def _tokenized_terms(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


_NO_ASCII_FORM = "\x02"  # marks a character that only tokenize() analyses correctly
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# Lowers letters, and turns everything except letters and digits into spaces.
_ASCII_TO_TERMS = str.maketrans(
    {chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
)


class _AsciiForms(dict[str, str]):
    """The ASCII form of each non-ASCII character: letters, a space, "" or _NO_ASCII_FORM."""

    def __missing__(self, char: str) -> str:
        alone, inside = _tokenized_terms(char), _tokenized_terms(f"a{char}a")
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


def fold_to_ascii(text: str) -> str | None:
    """Return a text in ASCII, with the case of ASCII letters kept.

    The lower-case runs of letters and digits in the result are the terms of the text, before they
    are truncated to MAX_TERM_LENGTH. Returns None if a character has no such ASCII form.
    """
    folded = _NOT_ASCII.sub(lambda match: _ascii_forms[match[0]], text)
    return None if _NO_ASCII_FORM in folded else folded


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
