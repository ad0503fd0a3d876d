"""Document frequencies of query words over all their forms, fields and languages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.query.ast import Fuzzy, Prefix, Term
from indexer.query.forms import WordForm, WordForms
from indexer.query.plan import EXACT_COLUMNS, STEM_COLUMNS, Column
from indexer.text.analysis import fold, stem


class Statistics(Protocol):
    """The statistics of the index and the vocabulary that lowering needs."""

    @property
    def languages(self) -> Sequence[str]:
        """The primary subtags of the languages of the activities."""

    @property
    def activities(self) -> int:
        """The number of activities."""

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


@dataclass(frozen=True, slots=True)
class Word:
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
        texts = list(dict.fromkeys([word.text for word in searched]))
        accented_stems = statistics.stems(texts) if texts else {}
        stems = {
            word: (*self._stems(word.typed or word.text), *accented_stems.get(word.text, ()))
            for word in searched
        }
        single, several, parts = _words_of_forms(forms)
        self._form_stems = {word: self._stems(word) for word in (*single, *parts)}
        by_stem = [*stems.values(), *self._form_stems.values()]
        roots = list(dict.fromkeys([root for each in by_stem for root in each]))
        lookups = dict.fromkeys(STEM_COLUMNS.values(), roots)
        if several:
            lookups |= dict.fromkeys(EXACT_COLUMNS.values(), several)
        frequencies = statistics.frequencies(lookups) if stems else {}
        # The frequencies of stems and of exact terms, for each field.
        self._stem_counts = _counts(frequencies, STEM_COLUMNS)
        self._exact_counts = _counts(frequencies, EXACT_COLUMNS)
        self._exact_counts_of = {
            name: frequencies.get(column, {}) for name, column in EXACT_COLUMNS.items()
        }
        self.words = {word: self._word(word, each) for word, each in stems.items()}

    def _stems(self, word: str) -> tuple[str, ...]:
        """Return the stems of a word, as written, in every language of the index."""
        return tuple(dict.fromkeys([stem(word, tag) for tag in self._statistics.languages]))

    def _word(self, term: Term, stems: tuple[str, ...]) -> Word:
        frequency, activities = _frequency(stems, self._stem_counts), self._statistics.activities
        forms = tuple(self._forms.get(term.text, ()))
        for form in forms:
            frequency = max(frequency, self._form_frequency(form))
        frequency = min(frequency, activities)
        return Word(term, self._present(stems), forms, frequency, idf(activities, frequency))

    def _present(self, stems: Iterable[str]) -> tuple[str, ...]:
        """Return the stems that occur in the index."""
        fields = self._stem_counts
        return tuple(
            dict.fromkeys([root for root in stems if any(root in counts for counts in fields)])
        )

    def stems_of_form(self, word: str) -> tuple[str, ...]:
        """Return the stems of a word of a form that occur in the index."""
        return self._present(self._form_stems[word])

    def fields_with_all(self, words: Sequence[str]) -> list[str]:
        """Return the text fields in which all folded words of a form occur in the index."""
        fields = self._exact_counts_of.items()
        return [name for name, counts in fields if all(word in counts for word in words)]

    def _form_frequency(self, form: WordForm) -> int:
        if form.values:
            counts = self._statistics.value_frequencies(form.field)
            return sum(counts.get(value, 0) for value in form.values)
        if len(form.words) == 1:
            return _frequency(self._form_stems[form.words[0]], self._stem_counts)
        # A phrase is at most as frequent as its rarest word.
        return min(_frequency([fold(word)], self._exact_counts) for word in form.words)


Counts = Mapping[str, int]
"""The document frequencies of the terms of one field."""


def _counts(
    frequencies: Mapping[Column, Counts], columns: Mapping[str, Column]
) -> Sequence[Counts]:
    """Return the frequencies of the columns, without columns that have none."""
    return [counts for column in columns.values() if (counts := frequencies.get(column))]


def _frequency(terms: Sequence[str], fields: Sequence[Counts]) -> int:
    """Return the highest sum of the frequencies of distinct terms in one field."""
    distinct = dict.fromkeys(terms)
    return max([sum([counts.get(term, 0) for term in distinct]) for counts in fields], default=0)


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
