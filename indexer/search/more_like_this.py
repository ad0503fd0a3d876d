"""More like this: activities with similar words, themes, partners and countries.

Two activities are compared by the cosine of their words, weighted by tf·idf, and by the cosines of
their values in VALUE_FIELDS, weighted by idf. docs/decisions.md says how the constants were chosen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from indexer.content.activity import Activity, heading
from indexer.engines.base import Snapshot
from indexer.query.plan import (
    STEM_COLUMNS,
    AndQuery,
    Column,
    OrQuery,
    Plan,
    TermQuery,
)
from indexer.search.request import Filter
from indexer.text.analysis import (
    Token,
    fold,
    is_stop_word,
    one_spelling,
    primary_subtag,
    stems,
    tokenize,
    words,
)

MAX_SIMILAR = 5
MIN_SIMILARITY = 0.16  # the maximum is 1 + VALUES_WEIGHT
MIN_SHARED = 2  # shared distinctive words and values; a single shared word or value is chance
MAX_SHOWN_WORDS = 8

# Fields whose shared values make activities similar, also across languages.
VALUE_FIELDS = ("theme", "partner", "country")
VALUES_WEIGHT = 0.6  # of all fields together, relative to the weight of the words

MAX_TEXT_LENGTH = 5_000  # characters of a text that are compared
MAX_QUERY_WORDS = 20  # terms of the query for candidates
MAX_TEXT_CANDIDATES = 20  # candidates that share words
MAX_VALUE_CANDIDATES = 5  # candidates for each combination of two or three fields
# A word in more than this share of the texts in its language, and in more than this number of
# them, is not distinctive.
MAX_DOCUMENT_SHARE = 0.1
MAX_DOCUMENT_COUNT = 10


@dataclass(frozen=True, slots=True)
class SimilarActivity:
    """An activity that is similar to another activity."""

    activity: Activity
    heading: str
    # The shared words as written in the other activity, the most distinctive first.
    words: tuple[str, ...]
    values: tuple[Filter, ...]  # the shared values, in the order of VALUE_FIELDS


def more_like_this(
    snapshot: Snapshot, activity: Activity, without: Collection[str] = ()
) -> tuple[SimilarActivity, ...]:
    """Return up to MAX_SIMILAR activities of at least MIN_SIMILARITY, the most similar first.

    without: ids of activities to leave out.

    The activity may be a draft that is not in the index. Words of different languages never match.
    Raises EngineError.
    """
    statistics = _Statistics(snapshot, activity.language)
    (words,) = statistics.word_vectors([activity])
    distinctive = statistics.distinctive(activity, words)
    # Twice the idf, as in the cosine.
    term_weights = {term: weight * statistics.idf(term) for term, weight in distinctive.items()}
    candidates = _candidates(snapshot, statistics.columns, activity, term_weights)
    word_vectors = statistics.word_vectors(candidates)
    values, *value_vectors = statistics.value_vectors([activity, *candidates])
    source = _SourceText(activity)
    similar: list[tuple[float, str, SimilarActivity]] = []
    for other, other_words, other_values in zip(
        candidates, word_vectors, value_vectors, strict=True
    ):
        value_similarity = sum(
            _cosine(values[field], other_values[field])
            * statistics.rarity(values[field], other_values[field])
            for field in VALUE_FIELDS
        ) / len(VALUE_FIELDS)
        similarity = _cosine(words, other_words) + VALUES_WEIGHT * value_similarity
        if similarity < MIN_SIMILARITY or other.id in without:
            continue
        shared_words = source.words(
            {
                term: weight * other_words.weights[term]
                for term, weight in distinctive.items()
                if term in other_words.weights
            },
            other,
        )
        shared_values = tuple(
            Filter(field, value)
            for field in VALUE_FIELDS
            for value in values[field].weights
            if value in other_values[field].weights
        )
        shared = sum(word.word_count for word in shared_words) + len(shared_values)
        if shared >= MIN_SHARED:
            title = heading(other.meta.get("title", ()), other.text)
            words_shown = tuple(word.text for word in shared_words[:MAX_SHOWN_WORDS])
            entry = SimilarActivity(other, title, words_shown, shared_values)
            similar.append((-similarity, other.id, entry))
    similar.sort(key=lambda item: item[:2])
    return tuple(entry for _, _, entry in similar[:MAX_SIMILAR])


class _Vector:
    """Weights by term or value, and their Euclidean norm."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.weights = weights
        self.norm = math.hypot(*weights.values())


def _cosine(vector: _Vector, other: _Vector) -> float:
    """Return the cosine of two vectors; 0 if they share nothing."""
    weights = other.weights
    product = sum(w * weights[key] for key, w in vector.weights.items() if key in weights)
    return product / (vector.norm * other.norm) if product else 0.0


class _Statistics:
    """Weighs words and values by their document frequencies in a snapshot."""

    def __init__(self, snapshot: Snapshot, language: str) -> None:
        """Weigh the words of one language. Other activities have empty word vectors."""
        self._snapshot = snapshot
        self._language = primary_subtag(language)
        self.columns = tuple(STEM_COLUMNS.values())
        self._total = snapshot.generation.activities
        # The number of texts in the language: frequent words of a language with few activities are
        # rare among all activities.
        self._texts = sum(
            count
            for tag, count in snapshot.terms(Column("language", "value"))
            if primary_subtag(tag) == self._language
        )
        self._counts: dict[str, int] = {}  # document frequencies by term, in all columns together

    def word_vectors(self, activities: Sequence[Activity]) -> list[_Vector]:
        """Return the tf·idf of the terms of each activity.

        tf is 1 + ln(frequency).
        Source: Manning, Raghavan, Schütze: Introduction to Information Retrieval, 6.2 and 6.4.1.
        """
        texts = [
            _words(activity) if primary_subtag(activity.language) == self._language else ()
            for activity in activities
        ]
        distinct = [
            word
            for word in {word for text in texts for word in text}
            if _counts(word, self._language)
        ]
        stem_of = dict(zip(distinct, stems(distinct, self._language), strict=True))
        frequencies = [
            Counter([stem_of[word] for word in text if word in stem_of]) for text in texts
        ]
        terms = sorted({term for counter in frequencies for term in counter})
        self._counts.update(dict.fromkeys(terms, 0))
        for column in self.columns:
            for term, count in self._snapshot.frequencies(column, terms).items():
                self._counts[term] += count
        idf = {term: self.idf(term) for term in terms}
        return [
            _Vector(
                {
                    term: (1 + math.log(number)) * idf[term] if number > 1 else idf[term]
                    for term, number in counter.items()
                }
            )
            for counter in frequencies
        ]

    def idf(self, term: str) -> float:
        """Return ln(1 + N/n) of a term of word_vectors(). N counts the texts in the language.

        The result is above 0 even for words that all texts contain.
        """
        # Only a draft has terms that are not in the index.
        return math.log1p(self._texts / max(self._counts[term], 1))

    def distinctive(self, activity: Activity, words: _Vector) -> Mapping[str, float]:
        """Return the weights of the distinctive terms, at most MAX_QUERY_WORDS, highest first.

        A term is not distinctive if no other activity has it, or too many activities.
        """
        (indexed,) = self._snapshot.get(activity.id)
        # 1 if the counts include the activity itself; a draft is not in the index.
        own_count = int(indexed is not None and indexed.digest == activity.digest)
        limit = max(self._texts * MAX_DOCUMENT_SHARE, MAX_DOCUMENT_COUNT)
        weights = words.weights
        terms = [term for term in weights if own_count < self._counts[term] <= limit]
        terms.sort(key=lambda term: (-weights[term], term))
        return {term: weights[term] for term in terms[:MAX_QUERY_WORDS]}

    def value_vectors(self, activities: Sequence[Activity]) -> list[dict[str, _Vector]]:
        """Return the idf of the values of each activity, by field.

        idf is ln(N/n). Values that all activities have are omitted, because their idf is 0.
        """
        vectors: list[dict[str, _Vector]] = [{} for _ in activities]
        for field in VALUE_FIELDS:
            stated = [[str(v) for v in activity.meta.get(field, ())] for activity in activities]
            values = sorted({value for of_activity in stated for value in of_activity})
            counts = self._snapshot.frequencies(Column(field, "value"), values)
            idf = {
                value: math.log(self._total / max(counts.get(value, 0), 1))
                for value in values
                if counts.get(value, 0) < self._total
            }
            for by_field, of_activity in zip(vectors, stated, strict=True):
                by_field[field] = _Vector({v: idf[v] for v in of_activity if v in idf})
        return vectors

    def rarity(self, vector: _Vector, other: _Vector) -> float:
        """Return √(idf / highest possible idf) of the rarest shared value, or 0."""
        shared = [idf for value, idf in vector.weights.items() if value in other.weights]
        return math.sqrt(max(shared) / math.log(self._total)) if shared else 0.0


def _candidates(
    snapshot: Snapshot,
    columns: Sequence[Column],
    activity: Activity,
    term_weights: Mapping[str, float],
) -> list[Activity]:
    """Return the activities to compare with an activity, without itself.

    These are the MAX_TEXT_CANDIDATES with the best scores for the terms, up to MAX_TEXT_CANDIDATES
    more that also share a value, and for each combination of fields the MAX_VALUE_CANDIDATES newest
    activities that share a value of each field.
    """
    text = OrQuery(
        tuple(
            TermQuery(column, term, weight)
            for term, weight in term_weights.items()
            for column in columns
        )
    )
    shared = {
        field: OrQuery(
            tuple(TermQuery(Column(field, "value"), str(v)) for v in activity.meta[field])
        )
        for field in VALUE_FIELDS
        if activity.meta.get(field)
    }
    plans = []
    if term_weights:
        plans.append(Plan(text, sort="relevance", limit=MAX_TEXT_CANDIDATES + 1))
        if shared:
            both = AndQuery((text, OrQuery(tuple(shared.values()))))
            plans.append(Plan(both, sort="relevance", limit=MAX_TEXT_CANDIDATES + 1))
    plans += [
        Plan(AndQuery(fields), limit=MAX_VALUE_CANDIDATES + 1)
        for count in range(2, len(shared) + 1)
        for fields in combinations(shared.values(), count)
    ]
    hits = {other.id: other for matches in snapshot.match(*plans) for _, other in matches.hits}
    hits.pop(activity.id, None)
    return list(hits.values())


def _compared_text(activity: Activity) -> str:
    """Return the title, if any, and the start of the text."""
    title = activity.meta.get("title", ())
    return "\n".join([*map(str, title), activity.text])[:MAX_TEXT_LENGTH]


def _words(activity: Activity) -> list[str]:
    """Return the compared words of an activity, in the form that stems are computed from."""
    return one_spelling(words(_compared_text(activity)))


def _counts(word: str, language: str) -> bool:
    """Return whether a word counts: it is neither a stop word of its language nor a number."""
    term = fold(word)
    return not is_stop_word(term, language) and not term.isdecimal()


class _SharedWord(NamedTuple):
    """A written word, or adjacent characters of a script without spaces between words."""

    text: str
    weight: float
    word_count: int  # two characters count as one word


class _SourceText:
    """The text of an activity, from which shared words are quoted."""

    def __init__(self, activity: Activity) -> None:
        self._text = _compared_text(activity)
        self._stems = stems(_words(activity), activity.language)
        self._tokens = list(tokenize(self._text))

    def words(self, weights: Mapping[str, float], other: Activity) -> list[_SharedWord]:
        """Return the words for the given stems, sorted by weight, highest first.

        The first occurrence of each stem is quoted. In a script without spaces between words, a
        word is a run of characters that the other activity also has; a single character is chance.
        """
        other_text = _compared_text(other)
        shared: list[_SharedWord] = []
        quoted: set[str] = set()
        run: list[tuple[str, Token]] = []
        for stem, token in zip((*self._stems, ""), (*self._tokens, _END), strict=True):
            if run and not (
                stem in weights
                and run[-1][1].end == token.start
                and self._text[run[0][1].start : token.end] in other_text
            ):
                if any(root not in quoted for root, _ in run):
                    shared.append(self._word(run, weights))
                quoted.update(root for root, _ in run)
                run = []
            if stem in weights:
                run.append((stem, token))
        words = [word for word in shared if len(word.text) > 1]
        return sorted(words, key=lambda word: (-word.weight, word.text))

    def _word(self, run: Sequence[tuple[str, Token]], weights: Mapping[str, float]) -> _SharedWord:
        text = self._text[run[0][1].start : run[-1][1].end]
        return _SharedWord(text, max(weights[stem] for stem, _ in run), max(1, len(run) // 2))


_END = Token("", -1, -1)  # of a text; next to no token
