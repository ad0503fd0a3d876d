"""Text -> terms: the same for content and queries, and on every engine.

Two positional streams come from it. "exact" holds words folded: case, accents, width, ligatures,
curly quotes, hyphens and invisible characters never decide whether something is found. "stem"
holds, at the same positions, Snowball stems tagged with the language that made them (en:traffick).
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

MAX_TERM = 200  # characters; OpenSearch's whitespace tokenizer splits at 255, tag included

# Scripts that put no spaces between words: one term a character, so that any run of them, as a
# phrase, finds the same run, without a dictionary to keep up to date.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
# Marks belong to the letter before them; invisible format characters (soft hyphen, zero-width
# joiners, direction marks) never end a word.
_WORD = regex.compile(
    rf"(?:[{_UNSPACED}]\p{{M}}*|(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}])"
    rf"(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}\p{{M}}\p{{Cf}}])*)"
)

# Letters with a stroke or joined, which Unicode does not decompose.
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

# BCP 47 primary subtag -> Snowball algorithm. English is Porter2.
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

# English function words: of no use in telling one activity from another. A phrase keeps them.
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "from",
        "had",
        "has",
        "have",
        "in",
        "into",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "s",
        "such",
        "t",
        "that",
        "the",
        "their",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "were",
        "which",
        "will",
        "with",
    ]
)

SIGNATURE = f"1 unicode {unicodedata.unidata_version} regex {version('regex')} pystemmer {version('pystemmer')}"


class Token(NamedTuple):
    """A term of a text, at its position in the sequence; start and end are offsets of characters."""

    text: str
    start: int
    end: int


def _is_accent(char: str) -> bool:
    """Whether a combining mark is an accent, and not a vowel sign, virama or voicing mark.

    By Canonical_Combining_Class (Unicode Character Database): 10 to 35 are Hebrew and Arabic points,
    200 and above are marks over, under or through any letter.
    """
    placed = unicodedata.combining(char)
    return 10 <= placed <= 35 or placed >= 200


def fold(text: str) -> str:
    """Without case, accents, width and invisible characters. Folding twice changes nothing."""
    if text.isascii():
        return text.lower()
    while True:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        kept = "".join(
            c for c in decomposed if not _is_accent(c) and unicodedata.category(c) != "Cf"
        )
        folded = unicodedata.normalize("NFKC", kept.translate(_LETTERS))
        if folded == text:
            return folded
        text = folded  # a fold can uncover another: casefold and NFKD do not commute


@lru_cache(100_000)
def _terms_of(word: str) -> tuple[str, ...]:
    """The terms of one word; several where folding splits it (½ is 1⁄2), none where nothing is left."""
    folded = fold(word)
    if folded.isascii() and folded.isalnum():
        return (folded[:MAX_TERM],)
    return tuple(term for match in _WORD.finditer(folded) if (term := match[0][:MAX_TERM]))


def tokenize(text: str) -> Iterator[Token]:
    """The terms of a text in order, with the offsets of the word each came from."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        for term in _terms_of(match[0]) if end - start < 100 else _terms_of.__wrapped__(match[0]):
            yield Token(term, start, end)


def terms(text: str) -> list[str]:
    """The terms of a text in order: the exact stream. Analysing a term gives the term itself."""
    # A tenth of the time of tokenize(), for nearly every text of a language with Latin letters.
    if (flat := plain(text)) is None:
        return _terms(text)
    words = flat.translate(_WORDS_ALONE).split()
    return (
        words
        if max(map(len, words), default=0) <= MAX_TERM
        else [word[:MAX_TERM] for word in words]
    )


def _terms(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


_HARD = "\x02"  # stands for a character that needs the whole analysis
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_WORDS_ALONE = str.maketrans(
    {chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
)


class _Letters(dict[str, str]):
    """A character that is not ASCII -> what its fold leaves: letters, a space, or _HARD."""

    def __missing__(self, char: str) -> str:
        alone = _terms(char)
        if not alone:
            # A character that ends no word when it stands inside one is invisible; otherwise it is a gap.
            found = (
                " "
                if _terms(f"a{char}a") == ["a", "a"]
                else ""
                if _terms(f"a{char}a") == ["aa"]
                else _HARD
            )
        elif len(alone) == 1 and alone[0].isascii() and _terms(f"a{char}a") == [f"a{alone[0]}a"]:
            found = alone[0]
        else:
            found = _HARD
        self[char] = found
        return found


_letters = _Letters()


def plain(text: str) -> str | None:
    """The text as ASCII, upper and lower case kept, whose runs of letters and digits are its terms once lowered (but for
    their cap); None where it has a character that cannot be had so alone."""
    folded = _NOT_ASCII.sub(lambda match: _letters[match[0]], text)
    return None if _HARD in folded else folded


class _Stemmers(threading.local):  # a stemmer keeps state while it works: one a thread
    def __init__(self) -> None:
        self.of: dict[str, Stemmer.Stemmer] = {}

    def __getitem__(self, algorithm: str) -> Stemmer.Stemmer:
        if algorithm not in self.of:
            self.of[algorithm] = Stemmer.Stemmer(algorithm)
        return self.of[algorithm]


_stemmers = _Stemmers()


def primary(language: str) -> str:
    """The primary subtag of a BCP 47 tag: "en" of "en-GB"."""
    return language.partition("-")[0].lower()


def can_stem(language: str) -> bool:
    """Whether there is a Snowball stemmer for the language."""
    return primary(language) in STEMMERS


def stem(term: str, language: str) -> str:
    """The tagged stem ("en:traffick") of a folded term, in a language that can_stem."""
    tag = primary(language)
    return f"{tag}:{_stemmers[STEMMERS[tag]].stemWord(term)}"


def stems(exact: list[str], language: str) -> list[str]:
    """The stem stream beside an exact stream: as long, or empty where the language has no stemmer."""
    tag = primary(language)
    if tag not in STEMMERS:
        return []
    return [f"{tag}:{word}" for word in _stemmers[STEMMERS[tag]].stemWords(exact)]
