"""A reference model of the engine: computes matches and scores activity by activity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indexer.content.activity import Activity
from indexer.query.plan import (
    AndQuery,
    Column,
    ConstantQuery,
    EngineQuery,
    IdsQuery,
    MatchAllQuery,
    MostQuery,
    MultiTermQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    RangeQuery,
    TermQuery,
)
from indexer.schema import TEXT_FIELDS
from indexer.text.analysis import fold, one_spelling, stems, words

K1, B = 1.2, 0.75


def streams(activity: Activity) -> dict[Column, list[str]]:
    """Return the terms of each text column, in order."""
    by_column = {}
    for name in TEXT_FIELDS:
        text = words(activity.text if name == "body" else str(activity.meta.get(name, ("",))[0]))
        by_column[Column(name, "exact")] = [fold(word) for word in text]
        by_column[Column(name, "stem")] = stems(one_spelling(text), activity.language)
    return by_column


class Model:
    """The activities of one generation."""

    def __init__(self, activities: Iterable[Activity]) -> None:
        self.activities: Mapping[str, Activity] = {activity.id: activity for activity in activities}
        self.streams = {id: streams(activity) for id, activity in self.activities.items()}

    def frequency(self, id: str, column: Column, words: tuple[str, ...]) -> int:
        """Return how often the words stand side by side in a column of an activity."""
        terms = self.streams[id][column]
        return sum(
            tuple(terms[n : n + len(words)]) == words for n in range(len(terms) - len(words) + 1)
        )

    def holds(self, id: str, query: EngineQuery) -> bool:
        """Return whether an activity matches."""
        match query:
            case MatchAllQuery():
                return True
            case AndQuery(children):
                return all(self.holds(id, child) for child in children)
            case OrQuery(children):
                return any(self.holds(id, child) for child in children)
            case MostQuery():
                best = max(self._shares(other, query) for other in self.activities)
                return self._shares(id, query) >= query.minimum(best)
            case NotQuery(child):
                return not self.holds(id, child)
            case ConstantQuery(child):
                return self.holds(id, child)
            case MultiTermQuery(column, words):
                return any(word in self.streams[id][column] for word in words)
            case TermQuery(column, term) if column.stream == "value":
                values = self.activities[id].meta.get(column.field, ())
                return term in (list(map(str, values)) or ["none"])
            case TermQuery(column, term):
                return term in self.streams[id][column]
            case PhraseQuery(column, words):
                return self.frequency(id, column, words) > 0
            case IdsQuery(ids):
                return id in ids
            case RangeQuery(column, low, high):
                years = self.activities[id].meta.get(column.field, ())
                return any((low or 0) <= int(year) <= (high or 9999) for year in years)
        raise TypeError(query)

    def _shares(self, id: str, query: MostQuery) -> int:
        """Return the sum of the shares of the children that an activity matches."""
        shares = zip(query.children, query.shares, strict=True)
        return sum(share for child, share in shares if self.holds(id, child))

    def score(self, id: str, query: EngineQuery) -> float:
        """Return the BM25 score of an activity that matches."""
        match query:
            case AndQuery(children) if not all(self.holds(id, child) for child in children):
                return 0.0  # in a disjunction, a child that does not match adds nothing (Lucene)
            case MostQuery() if not self.holds(id, query):
                return 0.0
            case ConstantQuery(child, score):
                return score if self.holds(id, child) else 0.0
            case AndQuery(children) | OrQuery(children) | MostQuery(children):
                return sum(self.score(id, child) for child in children)
            case MultiTermQuery(column, words, weight):
                return sum(weight * self._bm25(id, column, (word,)) for word in words)
            case TermQuery(column, term, weight) if column.stream != "value":
                return weight * self._bm25(id, column, (term,))
            case PhraseQuery(column, words, weight):
                return weight * self._bm25(id, column, words)
        return 0.0

    def _bm25(self, id: str, column: Column, words: tuple[str, ...]) -> float:
        exact = Column(column.field, "exact")
        lengths = {
            other: len(streams[exact]) for other, streams in self.streams.items() if streams[exact]
        }
        count = len(lengths)
        average = sum(lengths.values()) / count if count else 1.0
        frequency = self.frequency(id, column, words)
        if not frequency:
            return 0.0
        return frequency / (frequency + K1 * (1 - B + B * lengths[id] / average))
