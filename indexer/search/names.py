"""The names in a query: words that name a country, region, year, theme, partner or agency.

Each name becomes a NameMatch. The planner finds activities by these values, and the page offers
them as filters.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from indexer.clock import now
from indexer.content.vocabulary import Vocabulary
from indexer.schema import FIELD, NOT_STATED, RANGE_FIELD
from indexer.search.request import YearRange
from indexer.text import places
from indexer.text.analysis import MAX_TERM_LENGTH, fold, stem, stop_word_languages, terms, tokenize
from indexer.text.place_names import find_places, may_have_places

LABEL_FIELDS = tuple(name for name, field in FIELD.items() if field.values == "slug")
FIRST_YEAR = 1990  # activities rarely have an earlier year
MIN_INITIALS = 3
_MAX_LABELS = 5_000  # of one index; further labels are ignored

# Labels and queries do not state a language, so they are compared by stems in these languages.
_LABEL_LANGUAGES = ("en", "fr", "es", "ru", "ar", "pt", "de")

# The words around years that make them a range, in English, French and Spanish.
_BEFORE_RANGE = frozenset("between from entre de desde depuis".split())
_RANGE_WORDS = frozenset("to until through and a au et y hasta".split())
_AND_WORDS = frozenset("and et y".split())  # in a range only after "between"
_BETWEEN_WORDS = frozenset("between entre".split())
_OPEN_RANGES = {  # words before a year: (whether the year is the lower bound, offset of the bound)
    ("since",): (True, 0),
    ("after",): (True, 1),
    ("before",): (False, -1),
    ("until",): (False, 0),
    ("up", "to"): (False, 0),
    ("depuis",): (True, 0),
    ("apres",): (True, 1),
    ("avant",): (False, -1),
    ("jusqu", "en"): (False, 0),
    ("jusqu", "a"): (False, 0),
    ("desde",): (True, 0),
    ("a", "partir", "de"): (True, 0),
    ("despues", "de"): (True, 1),
    ("antes", "de"): (False, -1),
    ("hasta",): (False, 0),
}
_LETTERS = re.compile("[A-Za-z]+")
_DASH = re.compile(r"\s?[-‐‑‒–—−]\s?")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Words of a query that name values of a field, or a range of years."""

    words: tuple[int, ...]  # indexes of the words, ascending; a label can have gaps
    field: str
    values: tuple[str, ...]  # alternatives; () for a range of years
    name: str  # the words as typed
    years: YearRange | None = None  # None unless the words name a range of years

    @property
    def start(self) -> int:
        """The index of the first word."""
        return self.words[0]

    @property
    def end(self) -> int:
        """The index after the last word."""
        return self.words[-1] + 1


class QueryWords(NamedTuple):
    """The words of a text, as arguments for find_names()."""

    words: tuple[str, ...]  # folded terms
    typed: tuple[str, ...]  # the words as typed
    spans: tuple[tuple[int, int], ...]  # character offsets in the text
    dashes: frozenset[int]  # indexes of words that only a dash separates from the previous word


_NO_DASHES: frozenset[int] = frozenset()


def query_words(text: str) -> QueryWords:
    """Return the words of a text without query syntax."""
    if text.isascii() and text.isalnum() and len(text) <= MAX_TERM_LENGTH:
        return QueryWords((text.lower(),), (text,), ((0, len(text)),), _NO_DASHES)
    return _query_words(text)


@lru_cache(2_048)
def _query_words(text: str) -> QueryWords:
    if text.isascii() and text.replace(" ", "").isalpha():  # words without marks
        spans = tuple([match.span() for match in _LETTERS.finditer(text)])
        typed = tuple(text.split())
        if max(map(len, typed)) <= MAX_TERM_LENGTH:
            return QueryWords(tuple(text.lower().split()), typed, spans, _NO_DASHES)
    tokens = list(tokenize(text))
    dashes = [
        n
        for n, (left, right) in enumerate(pairwise(tokens), 1)
        if _DASH.fullmatch(text, left.end, right.start)
    ]
    spans = tuple([(token.start, token.end) for token in tokens])
    typed = tuple([text[start:end] for start, end in spans])
    return QueryWords(tuple([token.text for token in tokens]), typed, spans, frozenset(dashes))


def find_names(
    words: Sequence[str],
    vocabulary: Vocabulary,
    values: Mapping[str, Collection[str]],
    typed: Sequence[str] = (),
    dashes: Collection[int] = (),
) -> tuple[NameMatch, ...]:
    """Return the names in the folded words of a query, in the order of their first words.

    Only names of the given values, by field, are returned. Pass the same frozensets on each call,
    because they are keys of a cache. typed and dashes are explained in QueryWords. A label matches
    if the query contains all of its content words, in any form and order.
    """
    typed = typed or words
    matches = [
        *_place_matches(words, values, typed),
        *_year_matches(words, values.get(RANGE_FIELD, ()), typed, dashes),
        *_label_matches(words, _label_index(vocabulary, values), typed),
    ]
    return tuple(sorted(matches, key=lambda match: match.words))


def find_known_names(words: QueryWords, vocabulary: Vocabulary) -> tuple[NameMatch, ...]:
    """Return the names of known_values() in a query. Cached, because a page needs them twice."""
    has_number = any(map(str.isdecimal, words.words))
    if has_number or vocabulary.has_labels or may_have_places(words.words):
        return _find_known_names(words, vocabulary.base, int(now()[:4]) + 1)
    return ()


@lru_cache(2_048)
def _find_known_names(
    words: QueryWords, vocabulary: Vocabulary, last_year: int
) -> tuple[NameMatch, ...]:
    values = _known_values(vocabulary, last_year)
    return find_names(words.words, vocabulary, values, words.typed, words.dashes)


def label_word_values(
    word: str, vocabulary: Vocabulary, values: Mapping[str, Collection[str]]
) -> Mapping[str, tuple[str, ...]]:
    """Return the values whose label contains a folded word, in any form, by field."""
    index = _label_index(vocabulary, values)
    values_by_field: dict[str, dict[str, None]] = {}
    for key in _label_keys(word):
        for number, _ in index.by_key.get(key, ()):
            label = index.labels[number]
            if label.is_key:
                continue
            values_by_field.setdefault(label.field, {})[label.value] = None
    return {field: tuple(sorted(labelled)) for field, labelled in values_by_field.items()}


def known_values(vocabulary: Vocabulary) -> Mapping[str, frozenset[str]]:
    """Return all values that have names, by field, including values that no activity states."""
    return _known_values(vocabulary.base, int(now()[:4]) + 1)


@lru_cache(8)
def _known_values(vocabulary: Vocabulary, last_year: int) -> Mapping[str, frozenset[str]]:
    return {
        "country": places.ALL_COUNTRIES,
        "region": frozenset(places.REGIONS),
        RANGE_FIELD: frozenset(map(str, range(FIRST_YEAR, last_year + 1))),
        **{field: frozenset(vocabulary.labels(field)) for field in LABEL_FIELDS},
    }


def _as_typed(typed: Sequence[str], indexes: Sequence[int]) -> str:
    return " ".join(typed[n] for n in indexes)


def _place_matches(
    words: Sequence[str], values: Mapping[str, Collection[str]], typed: Sequence[str]
) -> list[NameMatch]:
    matches = []
    for place in find_places(words, typed):
        field = "region" if place.is_region else "country"
        stated = values.get(field, ())
        if codes := tuple(code for code in place.codes if code in stated):
            indexes = tuple(range(place.start, place.end))
            matches.append(NameMatch(indexes, field, codes, _as_typed(typed, indexes)))
    return matches


def _year(words: Sequence[str], n: int) -> int | None:
    """Return the word at an index as a year; None if it is not a year or is past the end."""
    if not 0 <= n < len(words) or len(words[n]) != 4 or not words[n].isdecimal():
        return None
    year = int(words[n])
    return year if FIRST_YEAR <= year <= int(now()[:4]) + 1 else None


def _year_matches(
    words: Sequence[str], stated: Collection[str], typed: Sequence[str], dashes: Collection[int]
) -> list[NameMatch]:
    matches = []
    n = 0
    while n < len(words):
        year = _year(words, n)
        if year is None:
            n += 1
            continue
        start, end, years = _range_around(words, n, year, dashes)
        indexes = tuple(range(start, end))
        name = _as_typed(typed, indexes)
        if years is None:
            if str(year) in stated:
                matches.append(NameMatch(indexes, RANGE_FIELD, (str(year),), name))
        elif any(value != NOT_STATED and years.includes(value) for value in stated):
            matches.append(NameMatch(indexes, RANGE_FIELD, (), name, years))
        n = end
    return matches


def _range_around(
    words: Sequence[str], n: int, year: int, dashes: Collection[int]
) -> tuple[int, int, YearRange | None]:
    """Return the first word, the word after the last and the range of a year at index n.

    Without a range, the year is the only word.
    """
    before = words[n - 1] if n else ""
    last = None
    if n + 1 in dashes:
        last, end = _year(words, n + 1), n + 2
    elif n + 2 < len(words) and words[n + 1] in _RANGE_WORDS:
        if words[n + 1] not in _AND_WORDS or before in _BETWEEN_WORDS:
            last, end = _year(words, n + 2), n + 3
    if last is not None:
        years = YearRange(min(year, last), max(year, last))
        return n - (before in _BEFORE_RANGE), end, years
    for opening, (is_first, change) in _OPEN_RANGES.items():
        if tuple(words[max(0, n - len(opening)) : n]) == opening:
            end_year = year + change
            years = YearRange(end_year, None) if is_first else YearRange(None, end_year)
            return n - len(opening), n + 1, years
    return n, n + 1, None


class _Label(NamedTuple):
    field: str
    value: str
    size: int  # number of words that must match
    is_key: bool = False  # whether the words come from the key, stop words included


class _LabelIndex(NamedTuple):
    """The content words of labels."""

    labels: tuple[_Label, ...]
    # (index of the label, number of the word within the label) by folded word and by tagged stem
    by_key: Mapping[str, tuple[tuple[int, int], ...]]
    # Labels by the initials of their words, in capitals: SRGBV.
    by_initials: Mapping[str, tuple[_Label, ...]]


_NO_LABELS = _LabelIndex((), {}, {})


def _label_matches(
    words: Sequence[str], index: _LabelIndex, typed: Sequence[str]
) -> list[NameMatch]:
    if not index.labels:
        return []
    positions: dict[int, dict[int, int]] = {}  # numbers of the matched words of each label
    for n, word in enumerate(words):
        for key in _label_keys(word):
            for number, label_word in index.by_key.get(key, ()):
                positions.setdefault(number, {}).setdefault(label_word, n)
    matches: dict[tuple[str, str], NameMatch] = {}
    for n, word in enumerate(typed):
        for label in index.by_initials.get(word, ()):
            matches[label.field, label.value] = NameMatch((n,), label.field, (label.value,), word)
    for number, by_word in positions.items():
        label = index.labels[number]
        if len(by_word) == label.size:
            indexes = tuple(sorted(set(by_word.values())))
            match = NameMatch(indexes, label.field, (label.value,), _as_typed(typed, indexes))
            previous = matches.setdefault((label.field, label.value), match)
            if len(previous.words) < len(indexes):
                matches[label.field, label.value] = match
    return list(matches.values())


def _label_index(vocabulary: Vocabulary, values: Mapping[str, Collection[str]]) -> _LabelIndex:
    if not any(values.get(field) for field in LABEL_FIELDS):
        return _NO_LABELS
    sets = [values.get(field, frozenset()) for field in LABEL_FIELDS]
    frozen = tuple(s if isinstance(s, frozenset) else frozenset(s) for s in sets)
    # Labels do not depend on the locale.
    return _cached_label_index(vocabulary.base, frozen)


@lru_cache(8)
def _cached_label_index(vocabulary: Vocabulary, values: tuple[frozenset[str], ...]) -> _LabelIndex:
    labels: list[_Label] = []
    by_key: dict[str, set[tuple[int, int]]] = defaultdict(set)
    by_initials: dict[str, list[_Label]] = defaultdict(list)
    for field, stated in zip(LABEL_FIELDS, values, strict=True):
        for value in sorted(stated - {NOT_STATED})[:_MAX_LABELS]:
            text = vocabulary.label(field, value)
            label = _content_words(text)
            for initials in _initials(text, label):
                by_initials[initials].append(_Label(field, value, 1))
            key_words = tuple(dict.fromkeys(terms(value)))  # the key is also a name
            for name in dict.fromkeys(filter(None, (label, key_words))):
                for number, word in enumerate(name):
                    for key in _label_keys(word):
                        by_key[key].add((len(labels), number))
                labels.append(_Label(field, value, len(name), is_key=name is not label))
    return _LabelIndex(
        tuple(labels),
        {key: tuple(sorted(by)) for key, by in by_key.items()},
        {initials: tuple(by) for initials, by in by_initials.items()},
    )


def _initials(label: str, content_words: Sequence[str]) -> set[str]:
    """Return the initials of the words of a label, with and without stop words, in capitals.

    Initials of fewer than three words would match other abbreviations.
    """
    both = (query_words(label).words, content_words)
    all_initials = {"".join(word[0] for word in words).upper() for words in both}
    return {text for text in all_initials if len(text) >= MIN_INITIALS and text.isalpha()}


def _content_words(label: str) -> tuple[str, ...]:
    """Return the distinct terms of a label without the stop words of its language.

    The language is the language with the most stop words in the label, and English in a tie. The
    first word and acronyms are never stop words: UN Women.
    """
    words = query_words(label)
    languages = [stop_word_languages(word) for word in words.words]
    counts = Counter(language for each in languages for language in sorted(each))
    language = max(counts, key=lambda tag: (counts[tag], tag == "en"), default="")
    content = (
        word
        for n, (word, typed) in enumerate(zip(words.words, words.typed, strict=True))
        if not n or language not in languages[n] or is_acronym(typed)
    )
    return tuple(dict.fromkeys(content))


def is_acronym(typed: str) -> bool:
    """Return whether a word consists of two or more capitals, such as UN, US and WHO."""
    return len(typed) > 1 and typed.isupper()


@lru_cache(20_000)
def _label_keys(word: str) -> tuple[str, ...]:
    """Return a folded word and its tagged stems. Forms of a word share a key."""
    return (word, *(fold(stem(word, language)) for language in _LABEL_LANGUAGES))
