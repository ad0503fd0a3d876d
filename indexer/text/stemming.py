"""Stems: the common part of the forms of a word, by language.

A stem is computed from the word as written, because accents distinguish endings, and then folded.
It is tagged with its language. In a language without a stemmer, the stem of a word is
the word itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from indexer.text.arabic import light_stem
from indexer.text.folding import fold
from indexer.text.inflection import AFTER_STEMMING, BEFORE_STEMMING, IRREGULAR_FORMS
from indexer.text.korean import remove_particles

# Snowball algorithm by BCP 47 primary subtag. English is Porter2.
STEMMERS = {
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


# In these languages the stemmer is also applied to its stems. It removes the last letters of some
# words that have no ending (ru кредит → кред), but not those before an ending (кредита → кредит).
# Of 15,000 pairs of a word and a form in simplemma's dictionaries, a second pass makes more pairs
# equal, at least twice as many as the pairs of unrelated words that it makes equal.
_STEMMED_TWICE = frozenset("da de es et fi hu hy id it nb nl nn no pt ro ru sv tr".split())
# Stemmers from other sources. light10 has a higher recall in Arabic than Snowball's stemmer.
_OTHER_STEMMERS: Mapping[str, Callable[[str], str]] = {"ar": light_stem, "ko": remove_particles}


class _Stemmers(threading.local):
    """The stemmers of a thread, by algorithm. A stemmer has state, so threads cannot share it."""

    def __init__(self) -> None:
        self._by_algorithm: dict[str, Stemmer.Stemmer] = {}

    def __getitem__(self, algorithm: str) -> Stemmer.Stemmer:
        if algorithm not in self._by_algorithm:
            # Without the stemmer's own cache: stemming a word takes less time than caching it.
            self._by_algorithm[algorithm] = Stemmer.Stemmer(algorithm, 0)
        return self._by_algorithm[algorithm]


_stemmers = _Stemmers()


def primary_subtag(language: str) -> str:
    """Return the primary subtag of a BCP 47 tag: "en" for "en-GB"."""
    return language.partition("-")[0].lower()


def can_stem(language: str) -> bool:
    """Return whether there is a stemmer for a language."""
    tag = primary_subtag(language)
    return tag in STEMMERS or tag in _OTHER_STEMMERS


class _Steps(NamedTuple):
    """How words of a language are stemmed, in order. None and 0 leave out a step."""

    prefix: str  # of each stem: the language tag and a colon
    before: Callable[[str], str] | None
    irregular: Mapping[str, str] | None
    passes: int  # of the Snowball stemmer
    algorithm: str
    after: Callable[[str], str] | None


@lru_cache(1_000)
def _steps(language: str) -> _Steps:
    tag = primary_subtag(language)
    if tag not in STEMMERS:
        return _Steps(f"{tag}:", _OTHER_STEMMERS.get(tag), None, 0, "", None)
    return _Steps(
        f"{tag}:",
        BEFORE_STEMMING.get(tag),
        IRREGULAR_FORMS.get(tag),
        2 if tag in _STEMMED_TWICE else 1,
        STEMMERS[tag],
        AFTER_STEMMING.get(tag),
    )


def stems(words: Sequence[str], language: str) -> list[str]:
    """Return the tagged stem of each word of analysis.words(): "en:traffick"."""
    prefix, before, irregular, passes, algorithm, after = _steps(language)
    roots = [word.lower() for word in words]
    if before:
        roots = list(map(before, roots))
    if irregular:
        roots = [irregular.get(word, word) for word in roots]
    for _ in range(passes):
        roots = _stemmers[algorithm].stemWords(roots)
    if after:
        roots = list(map(after, roots))
    return [prefix + (root if root.isascii() else fold(root)) for root in roots]


@lru_cache(20_000)
def stem_of_word(word: str, language: str) -> str:
    """Return what stems() returns for one word, in less time. Cached: users repeat words."""
    prefix, before, irregular, passes, algorithm, after = _steps(language)
    root = word.lower()
    if before:
        root = before(root)
    if irregular:
        root = irregular.get(root, root)
    for _ in range(passes):
        root = _stemmers[algorithm].stemWord(root)
    if after:
        root = after(root)
    return prefix + (root if root.isascii() else fold(root))


@cache
def _irregular_forms() -> Mapping[str, tuple[str, ...]]:
    forms: dict[str, tuple[str, ...]] = {}
    for language, words in IRREGULAR_FORMS.items():
        for form, tagged in zip(words, stems(list(words), language), strict=True):
            forms[tagged] = (*forms.get(tagged, ()), form)
    return forms


def irregular_forms(tagged_stem: str) -> tuple[str, ...]:
    """Return the irregular forms that have a tagged stem: women for "en:woman"."""
    return _irregular_forms().get(tagged_stem, ())


@lru_cache(100_000)
def has_stem_of_accents(term: str, tagged_stem: str) -> bool:
    """Return whether a tagged stem of a term differs from the stem of the folded term."""
    return stem_of_word(term, tagged_stem.partition(":")[0]) != tagged_stem
