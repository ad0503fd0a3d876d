"""Document frequencies of query words over all their forms, fields and languages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from indexer.query.ast import Fuzzy, Prefix, Term
from indexer.query.forms import WordForm, WordForms
from indexer.query.plan import EXACT_COLUMNS, STEM_COLUMNS, Column
from indexer.text.analysis import fold, stem


class WordCache(Protocol):
    """A cache of the words of a generation, without their forms."""

    def get(self, key: Term) -> Word | None:
        """Return the cached word of a term, or None."""

    def put(self, key: Term, value: Word) -> None:
        """Cache a word."""


class Statistics(Protocol):
    """The statistics of the index and the vocabulary that lowering needs."""

    @property
    def languages(self) -> Sequence[str]:
        """The primary subtags of the languages of the activities."""

    @property
    def activities(self) -> int:
        """The number of activities."""

    @property
    def word_cache(self) -> WordCache:
        """The words of earlier queries of this generation."""

    def language_tags(self, primary: Iterable[str]) -> Sequence[str]:
        """Return the language tags that activities state for primary subtags."""

    def frequencies(
        self, terms: Mapping[Column, Sequence[str]]
    ) -> Mapping[Column, Mapping[str, int]]:
        """Return the document frequencies of terms of text columns."""

    def stems(self, words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the stems that accented spellings of folded words have in the index."""

    def value_frequencies(self, field: str) -> Mapping[str, int]:
        """Return the number of activities with each value of a keyword or integer field."""

    def keys(self, field: str, text: str) -> Sequence[str]:
        """Return the values of a keyword field that have a text as their key or label."""

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column]) -> Mapping[str, int]:
        """Return the terms of columns that match a prefix or fuzzy word, with frequencies."""


class Word(NamedTuple):
    """A word of a query with its stems in the index, its forms and its document frequency.

    The frequency is the highest frequency in any field, summed over the stems of all languages.
    An activity has stems of one language only, so the sum counts it once. The frequency of a more
    frequent form is used instead. The frequency is at most the number of activities.
    """

    term: Term
    stems: tuple[str, ...]
    forms: tuple[WordForm, ...]
    frequency: int
    idf: float


def idf(activities: int, frequency: int) -> float:
    """Return the inverse document frequency of BM25 as Lucene computes it."""
    return math.log(1 + (activities - frequency + 0.5) / (frequency + 0.5))


class WordTable:
    """The words of a query and their forms, looked up in one request."""

    def __init__(self, searched: Sequence[Term], forms: WordForms, statistics: Statistics) -> None:
        self._statistics, self._forms = statistics, forms
        # The document frequencies of stems and of exact terms, for each field.
        self._stem_counts: Sequence[Counts] = ()
        self._exact_counts: Mapping[str, Counts] = {}
        self._form_stems: Mapping[str, tuple[str, ...]] = {}
        self._expansions: dict[str, Mapping[str, int]] = {}
        cache = statistics.word_cache
        words: dict[Term, Word] = {}
        new: list[Term] = []
        for term in searched:
            if (word := cache.get(term)) is None:
                new.append(term)
            else:
                words[term] = word
        stems = self._stems_of(new) if new else {}
        if new or forms:
            self._look_up(stems.values())
        for term, of_term in stems.items():
            words[term] = word = self._word(term, of_term)
            cache.put(term, word)
        self.words: Mapping[Term, Word] = words
        if forms:
            self.words = {term: self._with_forms(word) for term, word in words.items()}

    def _stems_of(self, searched: Sequence[Term]) -> dict[Term, tuple[str, ...]]:
        """Return the distinct stems of each word, also of its accented spellings in the index."""
        stems, texts = {}, []
        for word in searched:
            stems[word] = self._stems(word.typed or word.text)
            texts.append(word.text)
        if accented := self._statistics.stems(texts):
            for word, of_word in stems.items():
                stems[word] = tuple(dict.fromkeys((*of_word, *accented.get(word.text, ()))))
        return stems

    def _look_up(self, stems: Iterable[tuple[str, ...]]) -> None:
        """Look up the frequencies of stems, and of the words of all forms."""
        several: Sequence[str] = ()
        if self._forms:
            single, several, parts = _words_of_forms(self._forms)
            self._form_stems = {word: self._stems(word) for word in (*single, *parts)}
        roots = list(chain.from_iterable((*stems, *self._form_stems.values())))
        lookups: dict[Column, Sequence[str]] = dict.fromkeys(STEM_COLUMNS.values(), roots)
        if several:
            lookups.update(dict.fromkeys(EXACT_COLUMNS.values(), several))
        frequencies = self._statistics.frequencies(lookups)
        self._stem_counts = [frequencies.get(column, {}) for column in STEM_COLUMNS.values()]
        if several:
            self._exact_counts = {name: frequencies.get(c, {}) for name, c in EXACT_COLUMNS.items()}

    def _stems(self, word: str) -> tuple[str, ...]:
        """Return the distinct stems of a word, as written, in every language of the index."""
        languages = self._statistics.languages
        if len(languages) == 1:
            return (stem(word, languages[0]),)
        return tuple(dict.fromkeys([stem(word, tag) for tag in languages]))

    def _word(self, term: Term, stems: tuple[str, ...]) -> Word:
        """Return a word without its forms."""
        activities = self._statistics.activities
        frequency = min(_frequency(stems, self._stem_counts), activities)
        return Word(term, self._present(stems), (), frequency, idf(activities, frequency))

    def _with_forms(self, word: Word) -> Word:
        forms = tuple(self._forms.get(word.term.text, ()))
        if not forms:
            return word
        activities = self._statistics.activities
        frequency = max(word.frequency, *map(self._form_frequency, forms))
        frequency = min(frequency, activities)
        return Word(word.term, word.stems, forms, frequency, idf(activities, frequency))

    def _present(self, stems: Iterable[str]) -> tuple[str, ...]:
        """Return the stems that occur in the index."""
        present: list[str] = []
        for root in stems:
            for counts in self._stem_counts:
                if root in counts:
                    present.append(root)
                    break
        return tuple(present)

    def stems_of_form(self, word: str) -> tuple[str, ...]:
        """Return the stems of a word of a form that occur in the index."""
        return self._present(self._form_stems[word])

    def expansion(self, word: str) -> Mapping[str, int]:
        """Return the terms that begin with a word of a form, with their frequencies."""
        if word not in self._expansions:
            columns = tuple(EXACT_COLUMNS.values())
            self._expansions[word] = self._statistics.expand(Prefix(fold(word)), columns)
        return self._expansions[word]

    def fields_with_all(self, words: Sequence[str]) -> list[str]:
        """Return the text fields in which all folded words of a form occur in the index."""
        fields = self._exact_counts.items()
        return [name for name, counts in fields if all(word in counts for word in words)]

    def _form_frequency(self, form: WordForm) -> int:
        if form.values:
            counts = self._statistics.value_frequencies(form.field)
            return sum(counts.get(value, 0) for value in form.values)
        if form.kind == "prefix":
            return sum(self.expansion(form.words[0]).values())
        if len(form.words) == 1:
            return _frequency(self._form_stems[form.words[0]], self._stem_counts)
        # A phrase is at most as frequent as its rarest word.
        fields = self._exact_counts.values()
        return min(_frequency([fold(word)], fields) for word in form.words)


Counts = Mapping[str, int]
"""The document frequencies of the terms of one field."""


def _frequency(terms: Sequence[str], fields: Iterable[Counts]) -> int:
    """Return the highest sum of the frequencies of distinct terms in one field."""
    highest = 0
    for counts in fields:
        total = 0
        for term in terms:
            total += counts.get(term, 0)
        highest = max(highest, total)
    return highest


def _words_of_forms(forms: WordForms) -> tuple[list[str], list[str], list[str]]:
    """Return the words of one-word forms, and the terms and parts of multi-word forms."""
    single: dict[str, None] = {}
    several: dict[str, None] = {}
    parts: dict[str, None] = {}
    for word_forms in forms.values():
        for form in word_forms:
            if len(form.words) == 1:
                single[form.words[0]] = None
            else:
                several.update(dict.fromkeys(map(fold, form.words)))
                parts.update(dict.fromkeys(form.parts))
    return list(single), list(several), list(parts)
