"""The terms of content/_synonyms.yaml, and how the words of a query match them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.content.frontmatter import FrontMatterError
from indexer.text.analysis import Token, stem, terms, tokenize
from indexer.text.folding import fold
from indexer.text.spelling_variants import spelling_variants
from indexer.text.stop_words import is_stop_word

MAX_WORDS = 20  # of a term; each character of a script without spaces counts
MAX_TERM_LENGTH = 200  # characters
CAPITALS = "(capitals)"  # after a term that is understood in capitals only
SEPARATOR = re.compile(r"\s([~>])(?:\s|$)")  # between the terms of a relation

STOP_WORDS_KEYS = ("?", "?")  # match any number of stop words inside a term

# Words that change the meaning of a term and are therefore never ignored, folded.
_NEGATIONS = frozenset(
    "no non not nor ne pas ni sin sans sem senza ohne nicht kein keine niet geen не ни без нет "
    "لا غير بدون دون".split()
)

TermId = tuple[str, tuple[str, ...]]  # a language and keys


class SynonymTerm(NamedTuple):
    """A term of the file."""

    text: str  # as written, without "(capitals)"
    language: str
    words: tuple[str, ...]  # as written
    # Two keys for each word: as written, and without accents. See word_keys() and STOP_WORDS_KEYS.
    keys: tuple[tuple[str, str], ...]
    id: TermId  # identifies the term: its language and the keys of the words as written
    line: int  # from 1

    @property
    def needs_capitals(self) -> bool:
        """Whether the term is understood in capitals only."""
        return self.keys[0][0].startswith("!")


@lru_cache(100_000)
def word_keys(word: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Return the keys that a word of a query matches.

    A word of a term is matched by its stem in the language of the term ("en:traffick"). An
    abbreviation is matched as a whole: in any case ("=gbv"), or in capitals only ("!TIP"). The
    word of the query may be as typed or folded.
    """
    folded = folded_word(word)
    keys = {f"={folded}"}
    for form in {word.lower(), folded}:
        keys.update([_stem_key(form, language) for language in languages])
    if word.isupper():
        keys.add(f"!{word}")
    return frozenset(keys)


def folded_word(word: str) -> str:
    """Return the index term of a word. The words of a longer text are joined."""
    return "".join(terms(word))


def is_ignored(word: str, language: str) -> bool:
    """Return whether a folded word inside a term may be missing: a stop word, but no negation."""
    return is_stop_word(word, language) and word not in _NEGATIONS


def parse_term(text: str, language: str, line: int) -> SynonymTerm:
    """Parse a term as written in the file. Raises FrontMatterError."""

    def error(reason: str) -> FrontMatterError:
        return FrontMatterError(line, reason)

    text = " ".join(text.split())
    needs_capitals = text.endswith(CAPITALS)
    text = text.removesuffix(CAPITALS).rstrip()
    if not text:
        raise error("has an empty term: write a word, or remove the comma")
    if len(text) > MAX_TERM_LENGTH:
        raise error(f'"{text[:40]}…" has more than {MAX_TERM_LENGTH} characters: shorten it')
    if SEPARATOR.search(f" {text} "):
        raise error(f'"{text}" has a "~" or ">" in a term: write the relation on its own line')
    if re.search(r"[()\[\]]", text):
        raise error(f'"{text}" has brackets: write two terms; only "{CAPITALS}" may follow a term')
    tokens = list(tokenize(text))
    words = _words(text, tokens)
    if not words:
        raise error(f'"{text}" has no letters or digits: write a word')
    if len(words) > MAX_WORDS:
        raise error(f'"{text}" has {len(words)} words: at most {MAX_WORDS} are allowed; shorten it')
    if needs_capitals:
        if len(words) != 1 or not text.isupper():
            raise error(f'"{text}" is not one word in capitals: remove "{CAPITALS}"')
        key = f"!{words[0]}"
        return SynonymTerm(text, language, words, ((key, key),), (language, (key,)), line)
    keys = _term_keys(words, tokens, language)
    if not keys:
        fix = f'write "{text} {CAPITALS}"' if text.isupper() else "add another word"
        raise error(f'"{text}" has only stop words, which searches ignore: {fix}')
    id = language, tuple([key for key, _ in keys])
    return SynonymTerm(text, language, words, keys, id, line)


def _words(text: str, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the words of tokens as written.

    If a word has several tokens, the words are the terms of an index.
    """
    spans = Counter((token.start, token.end) for token in tokens)
    return tuple(
        text[token.start : token.end] if spans[token.start, token.end] == 1 else token.text
        for token in tokens
    )


def _term_keys(
    words: Sequence[str], tokens: Sequence[Token], language: str
) -> tuple[tuple[str, str], ...]:
    """Return the keys of the words of a term, without stop words at its start and end."""
    keys: list[tuple[str, str]] = []
    for word, token in zip(words, tokens, strict=True):
        folded = token.text
        if _is_abbreviation(word) and not (len(words) == 1 and is_ignored(folded, language)):
            keys.append((f"={folded}", f"={folded}"))
        elif not is_ignored(folded, language):
            keys.append((_stem_key(word, language), _stem_key(folded, language)))
        elif keys and keys[-1] != STOP_WORDS_KEYS:
            keys.append(STOP_WORDS_KEYS)
    return tuple(keys[:-1] if keys[-1:] == [STOP_WORDS_KEYS] else keys)


def _is_abbreviation(word: str) -> bool:
    """Return whether a word is written in capitals, apart from an "s" of its plural."""
    return len(word) > 1 and word.removesuffix("s").isupper()


def _stem_key(word: str, language: str) -> str:
    """Return the tagged stem of a word; in English the same for both spellings of a word."""
    if language == "en":
        folded = fold(word)
        return min(stem(variant, language) for variant in (folded, *spelling_variants(folded)))
    return stem(word, language)
