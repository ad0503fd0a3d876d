"""The paragraphs as indexer.text.analysis reads them, and answers found by plain counting."""

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

from indexer.query.parser import max_edits
from indexer.search.planner import MAX_EXPANSIONS
from indexer.text.analysis import STOP_WORDS, stem, terms
from tests.bench.corpus import Paragraph

if TYPE_CHECKING:
    from tests.bench.questions import Question

SAMPLED = 20_000  # paragraphs that pairs of words are drawn from


@dataclass(frozen=True, slots=True)
class Answer:
    """What every engine must agree on."""

    total: int
    countries: Mapping[str, int]
    years: Mapping[int, int]


class Model:
    """Postings by exact word in plain arrays; a stem is the words that share it."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = list(paragraphs)
        self.numbers: dict[str, int] = {}  # word -> its number
        self.postings: list[array[int]] = []  # by word, ascending
        self.texts: list[array[int]] = []  # by paragraph, its words
        for document, paragraph in enumerate(self.paragraphs):
            self.texts.append(self._read(paragraph))
            for number in set(self.texts[document]):
                self.postings[number].append(document)
        self.words = list(self.numbers)
        self._group: dict[str, list[str]] = {}
        porter1: dict[str, list[str]] = {}
        older = Stemmer.Stemmer("porter")
        self._initials: dict[str, list[str]] = {}
        for word in self.words:
            self._initials.setdefault(word[0], []).append(word)
            self._group.setdefault(stem(word, "en"), []).append(word)
            porter1.setdefault(older.stemWord(word), []).append(word)
        self._disputed = {  # words whose forms are others to Porter's first stemmer, which FTS5 has
            word for words in porter1.values() for word in words if words != self.forms(word)
        }
        self.frequent = sorted(self._telling(), key=self.frequency, reverse=True)
        self.sampled = min(SAMPLED, len(self.paragraphs))

    def _read(self, paragraph: Paragraph) -> array[int]:
        found = array("I")
        for word in terms(paragraph.text):
            number = self.numbers.setdefault(word, len(self.numbers))
            if number == len(self.postings):
                self.postings.append(array("I"))
            found.append(number)
        return found

    # What questions are drawn from

    def _telling(self) -> list[str]:
        """One word of each stem, the commonest: ASCII letters and no stop word."""
        best = (max(group, key=self._exact_frequency) for group in self._group.values())
        return [
            word
            for word in best
            if word.isascii() and word.isalpha() and len(word) > 2 and word not in STOP_WORDS
        ]

    def _exact_frequency(self, word: str) -> int:
        return len(self.postings[self.numbers[word]])

    def frequency(self, word: str) -> int:
        """About how many paragraphs have a form of the word."""
        return sum(map(self._exact_frequency, self.forms(word)))

    def forms(self, word: str) -> list[str]:
        """The words that share its stem."""
        return self._group.get(stem(word, "en"), [])

    def stemmers_agree(self, word: str) -> bool:
        """Whether Porter's first stemmer, which FTS5 has, takes the same words for forms of it."""
        return word not in self._disputed

    def common_countries(self, most: int) -> list[str]:
        counted = Counter(
            country for paragraph in self.paragraphs for country in paragraph.countries
        )
        return [country for country, _ in counted.most_common(most)]

    def pairs(self, seed: int = 9) -> list[tuple[tuple[str, str], int]]:
        """Pairs of words side by side whose stems are side by side nowhere else, with their frequency
        in a sample, commonest first: a phrase of exact words is then the same as one of stems."""
        sample = random.Random(seed).sample(range(len(self.paragraphs)), self.sampled)
        telling = array(
            "B",
            [
                word.isalpha() and word.isascii() and len(word) > 2 and word not in STOP_WORDS
                for word in self.words
            ],
        )
        roots: dict[str, int] = {}
        root = array("I", [roots.setdefault(stem(word, "en"), len(roots)) for word in self.words])
        exact: Counter[tuple[int, int]] = Counter()
        stemmed: Counter[tuple[int, int]] = Counter()
        for document in sample:
            text = self.texts[document]
            found = {(a, b) for a, b in pairwise(text) if telling[a] and telling[b] and a != b}
            exact.update(found)
            stemmed.update({(root[a], root[b]) for a, b in found})
        return [
            ((self.words[a], self.words[b]), count)
            for (a, b), count in exact.most_common()
            if stemmed[root[a], root[b]] == count
            and self.stemmers_agree(self.words[a])
            and self.stemmers_agree(self.words[b])
        ]

    def prefixes(self, length: int, most: int) -> list[str]:
        """Beginnings of words, those first that mean the same to an engine that keeps stems alone and
        stand for no more words than most, then by how many words they stand for."""
        older = Stemmer.Stemmer("porter")
        exact: dict[str, set[str]] = {}
        stemmed: dict[str, set[str]] = {}
        for word in self.words:
            if word.isascii() and word.isalpha() and len(word) >= length:
                exact.setdefault(word[:length], set()).add(word)
            for root in {stem(word, "en")[3:], older.stemWord(word)}:
                stemmed.setdefault(root[:length], set()).add(word)
        alike = {
            text: words == stemmed.get(text) and older.stemWord(text) == text
            for text, words in exact.items()
        }
        return sorted(
            exact, key=lambda text: (len(exact[text]) > most, not alike[text], -len(exact[text]))
        )

    def fuzzy_words(self, words: Sequence[str], wanted: int) -> list[str]:
        """Words of four letters or more, those first that mean the same to an engine that keeps stems alone."""
        roots = {root[3:]: set(group) for root, group in self._group.items()}
        keys = list(roots)
        same, other = [], []
        for word in words:
            if not (most := max_edits(word)):
                continue
            near = {
                key
                for key, _, _ in extract(
                    stem(word, "en")[3:], keys, scorer=OSA.distance, score_cutoff=most, limit=None
                )
            }
            found = set().union(*(roots[key] for key in near))
            (same if found == set(self._near(word)) else other).append(word)
            if len(same) == wanted:
                break
        return [*same, *other]

    def _near(self, word: str) -> list[str]:
        alike = self._initials.get(word[0], [])
        return [
            text
            for text, _, _ in extract(
                word, alike, scorer=OSA.distance, score_cutoff=max_edits(word), limit=None
            )
        ]

    # Answers

    def answer(self, question: Question) -> Answer:
        """What a question finds, counted one paragraph at a time."""
        found = self._match(question)
        if question.within:
            low, high = question.within
            found = {d for d in found if low <= self.paragraphs[d].year <= high}
        low, high = question.filtered or (0, 9999)
        in_years = {d for d in found if low <= self.paragraphs[d].year <= high}
        of_country = {
            d
            for d in found
            if not question.country or question.country in self.paragraphs[d].countries
        }
        return Answer(
            len(in_years & of_country),
            Counter(country for d in in_years for country in self.paragraphs[d].countries),
            Counter(self.paragraphs[d].year for d in of_country),
        )

    def _match(self, question: Question) -> set[int]:
        words = question.words
        match question.kind:
            case "everything":
                return set(range(len(self.paragraphs)))
            case "and":
                return set.intersection(*map(self._stemmed, words))
            case "not":
                return self._stemmed(words[0]) - self._stemmed(words[1])
            case "phrase rare" | "phrase common":
                return self._phrase(words)
            case "prefix 3" | "prefix 2":
                return self._commonest([word for word in self.words if word.startswith(words[0])])
            case "fuzzy":
                return self._commonest(self._near(words[0]))
        return set().union(*map(self._stemmed, words))

    def _stemmed(self, word: str) -> set[int]:
        return self._exact(self.forms(word))

    def _exact(self, words: Sequence[str]) -> set[int]:
        return set().union(*(self.postings[self.numbers[word]] for word in words))

    def _commonest(self, words: list[str]) -> set[int]:
        return self._exact(
            sorted(words, key=lambda w: (-self._exact_frequency(w), w))[:MAX_EXPANSIONS]
        )

    def _phrase(self, words: Sequence[str]) -> set[int]:
        wanted = array("I", [self.numbers[word] for word in words])
        both = set.intersection(*(set(self.postings[number]) for number in wanted))
        width = len(wanted)
        return {
            d
            for d in both
            if any(
                self.texts[d][n : n + width] == wanted
                for n in range(len(self.texts[d]) - width + 1)
            )
        }
