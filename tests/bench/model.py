"""A reference model of a corpus: the words of its paragraphs, and answers found by counting."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import Stemmer
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from indexer.query.frequencies import idf
from indexer.query.lowering import SHARE_SCALE, min_percent
from indexer.query.parser import max_edits
from indexer.search.planner import MAX_EXPANSIONS
from indexer.search.word_forms import ways_to_split
from indexer.text import analysis
from indexer.text.analysis import has_stem_of_accents, stem, stop_word_languages, term_of
from indexer.text.place_names import find_places
from indexer.text.spelling_variants import spelling_variants
from tests.bench.corpus import Paragraph

if TYPE_CHECKING:
    from tests.bench.questions import Question

MAX_SAMPLED = 20_000  # paragraphs that pairs of words are drawn from


@dataclass(frozen=True, slots=True)
class Answer:
    """The part of a search result that must be equal for all engines."""

    total: int
    countries: Mapping[str, int]
    years: Mapping[int, int]


class ReferenceModel:
    """The postings of exact words in plain arrays. A stem stands for the words that share it.

    Terms come from indexer.text.analysis. Porter's first stemmer, which FTS5 uses, is applied too,
    so that questions can be drawn on which both stemmers agree.
    """

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = list(paragraphs)
        self.word_numbers: dict[str, int] = {}
        self.postings: list[array[int]] = []  # by word number: paragraph numbers, ascending
        self.texts: list[array[int]] = []  # by paragraph number: word numbers in order
        # The words that are also written with accents, and then have another stem.
        self._accented: set[str] = set()
        for document, paragraph in enumerate(self.paragraphs):
            self.texts.append(self._number_words(paragraph))
            for number in set(self.texts[document]):
                self.postings[number].append(document)
        self.words = list(self.word_numbers)
        self._words_by_stem: dict[str, list[str]] = {}  # stems of words without accents
        self._words_by_initial: dict[str, list[str]] = {}
        words_by_porter1: dict[str, list[str]] = {}
        porter1 = Stemmer.Stemmer("porter")
        for word in self.words:
            self._words_by_initial.setdefault(word[0], []).append(word)
            self._words_by_stem.setdefault(stem(word, "en"), []).append(word)
            words_by_porter1.setdefault(porter1.stemWord(word), []).append(word)
        self._stemmer_conflicts = {
            word
            for words in words_by_porter1.values()
            for word in words
            if words != self.forms(word)
        }
        # Other engines remove accents before stemming: for them, Aimé is a form of aimed.
        self._stemmer_conflicts.update(*map(self.forms, self._accented))
        self.frequent = sorted(self._query_words(), key=self.frequency, reverse=True)
        self.sampled = min(MAX_SAMPLED, len(self.paragraphs))

    def _number_words(self, paragraph: Paragraph) -> array[int]:
        numbers = array("I")
        for written in analysis.words(paragraph.text):
            word = term_of(written)
            if word != written and has_stem_of_accents(word, stem(written, "en")):
                self._accented.add(word)
            number = self.word_numbers.setdefault(word, len(self.word_numbers))
            if number == len(self.postings):
                self.postings.append(array("I"))
            numbers.append(number)
        return numbers

    # Words to draw questions from

    def _query_words(self) -> list[str]:
        """Return the commonest word of each stem, if it is a query word."""
        commonest = (
            max(words, key=self._exact_frequency) for words in self._words_by_stem.values()
        )
        return [
            word for word in commonest if _is_query_word(word) and not self._has_other_forms(word)
        ]

    def _has_other_forms(self, word: str) -> bool:
        """Return whether a search for a word also finds other spellings, words or values."""
        return bool(
            spelling_variants(word)
            or find_places((word,))
            or any(
                first in self.word_numbers and second in self.word_numbers
                for first, second in ways_to_split(word)
            )
        )

    def _exact_frequency(self, word: str) -> int:
        return len(self.postings[self.word_numbers[word]])

    def frequency(self, word: str) -> int:
        """Return about how many paragraphs contain a form of a word."""
        return sum(map(self._exact_frequency, self.forms(word)))

    def forms(self, word: str) -> list[str]:
        """Return the words with the same stem."""
        return self._words_by_stem.get(stem(word, "en"), [])

    def stemmers_agree(self, word: str) -> bool:
        """Return whether all engines group the same words as forms of a word."""
        return word not in self._stemmer_conflicts

    def common_countries(self, limit: int) -> list[str]:
        """Return the countries with most paragraphs."""
        counts = Counter(
            country for paragraph in self.paragraphs for country in paragraph.countries
        )
        return [country for country, _ in counts.most_common(limit)]

    def pairs(self, seed: int = 9) -> list[tuple[tuple[str, str], int]]:
        """Return adjacent pairs of words and their frequencies in a sample, commonest first.

        The stems of a pair are adjacent only where its words are, so a phrase of stems and a phrase
        of exact words have the same matches.
        """
        sample = random.Random(seed).sample(range(len(self.paragraphs)), self.sampled)
        is_query_word = array("B", [_is_query_word(word) for word in self.words])
        roots: dict[str, int] = {}
        root = array("I", [roots.setdefault(stem(word, "en"), len(roots)) for word in self.words])
        exact: Counter[tuple[int, int]] = Counter()
        stemmed: Counter[tuple[int, int]] = Counter()
        for document in sample:
            adjacent = {
                (a, b)
                for a, b in pairwise(self.texts[document])
                if is_query_word[a] and is_query_word[b] and a != b
            }
            exact.update(adjacent)
            stemmed.update({(root[a], root[b]) for a, b in adjacent})
        return [
            ((self.words[a], self.words[b]), count)
            for (a, b), count in exact.most_common()
            if stemmed[root[a], root[b]] == count
            and self.stemmers_agree(self.words[a])
            and self.stemmers_agree(self.words[b])
        ]

    def prefixes(self, length: int, max_words: int) -> list[str]:
        """Return prefixes of words, in the order of preference for questions.

        Prefixes of more than max_words words are last. Prefixes with the same matches in an index
        of stems come first; then those of most words.
        """
        porter1 = Stemmer.Stemmer("porter")
        exact: dict[str, set[str]] = {}
        stemmed: dict[str, set[str]] = {}
        for word in self.words:
            if word.isascii() and word.isalpha() and len(word) >= length:
                exact.setdefault(word[:length], set()).add(word)
            for root in {stem(word, "en")[3:], porter1.stemWord(word)}:
                stemmed.setdefault(root[:length], set()).add(word)
        same_in_stems = {
            prefix: words == stemmed.get(prefix) and porter1.stemWord(prefix) == prefix
            for prefix, words in exact.items()
        }
        return sorted(
            exact,
            key=lambda prefix: (
                len(exact[prefix]) > max_words,
                not same_in_stems[prefix],
                -len(exact[prefix]),
            ),
        )

    def fuzzy_words(self, words: Sequence[str], limit: int) -> list[str]:
        """Return words that are long enough for fuzzy search, in the order of preference.

        Words whose near spellings are the same in an index of stems come first. The search for
        them ends after limit such words.
        """
        words_by_root = {root[3:]: set(group) for root, group in self._words_by_stem.items()}
        roots = list(words_by_root)
        same_in_stems: list[str] = []
        other: list[str] = []
        for word in words:
            if not (edits := max_edits(word)):
                continue
            near_roots = extract(
                stem(word, "en")[3:], roots, scorer=OSA.distance, score_cutoff=edits, limit=None
            )
            near_by_stem = set().union(
                *(words_by_root[root] for root in {r[0] for r in near_roots})
            )
            same = near_by_stem == set(self._near_spellings(word))
            (same_in_stems if same else other).append(word)
            if len(same_in_stems) == limit:
                break
        return [*same_in_stems, *other]

    def _near_spellings(self, word: str) -> list[str]:
        candidates = self._words_by_initial.get(word[0], [])
        matches = extract(
            word, candidates, scorer=OSA.distance, score_cutoff=max_edits(word), limit=None
        )
        return [text for text, _, _ in matches]

    # Answers

    def answer(self, question: Question) -> Answer:
        """Return the answer to a question, counted one paragraph at a time."""
        matches = self._match(question)
        if question.year_clause:
            low, high = question.year_clause
            matches = {d for d in matches if low <= self.paragraphs[d].year <= high}
        low, high = question.year_filter or (0, 9999)
        in_years = {d for d in matches if low <= self.paragraphs[d].year <= high}
        country = question.country
        in_country = {d for d in matches if not country or country in self.paragraphs[d].countries}
        return Answer(
            len(in_years & in_country),
            Counter(country for d in in_years for country in self.paragraphs[d].countries),
            Counter(self.paragraphs[d].year for d in in_country),
        )

    def _match(self, question: Question) -> set[int]:
        words = question.words
        match question.kind:
            case "everything":
                return set(range(len(self.paragraphs)))
            case "and":
                return set.intersection(*map(self._with_form, words))
            case "not":
                return self._with_form(words[0]) - self._with_form(words[1])
            case "phrase rare" | "phrase common":
                return self._with_phrase(words)
            case "prefix 3" | "prefix 2":
                return self._with_commonest([w for w in self.words if w.startswith(words[0])])
            case "fuzzy":
                return self._with_commonest(self._near_spellings(words[0]))
            case "most of 2" | "most of 4":
                return self._with_most(words)
        return set().union(*map(self._with_form, words))

    def _with_most(self, words: Sequence[str]) -> set[int]:
        """Return the paragraphs whose words have enough of the best sum of shares."""
        sums: Counter[int] = Counter()
        for word in words:
            documents = self._with_form(word)
            weight = idf(len(self.paragraphs), len(documents))
            for document in documents:
                sums[document] += max(1, round(SHARE_SCALE * weight))
        minimum = max(sums.values()) * min_percent(len(words)) / 100
        return {document for document, share in sums.items() if share >= minimum}

    def _with_form(self, word: str) -> set[int]:
        return self._with_any(self.forms(word))

    def _with_any(self, words: Sequence[str]) -> set[int]:
        return set().union(*(self.postings[self.word_numbers[word]] for word in words))

    def _with_commonest(self, words: list[str]) -> set[int]:
        commonest = sorted(words, key=lambda word: (-self._exact_frequency(word), word))
        return self._with_any(commonest[:MAX_EXPANSIONS])

    def _with_phrase(self, words: Sequence[str]) -> set[int]:
        phrase = array("I", [self.word_numbers[word] for word in words])
        with_all_words = set.intersection(*(set(self.postings[number]) for number in phrase))
        return {document for document in with_all_words if _contains(self.texts[document], phrase)}


def _is_query_word(word: str) -> bool:
    """Return whether a word is of ASCII letters, at least three, and no stop word."""
    return word.isascii() and word.isalpha() and len(word) > 2 and not stop_word_languages(word)


def _contains(text: array[int], phrase: array[int]) -> bool:
    length = len(phrase)
    return any(text[n : n + length] == phrase for n in range(len(text) - length + 1))
