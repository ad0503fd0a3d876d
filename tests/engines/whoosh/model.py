"""What the engine must answer, computed from the activities one by one: slow, and plain to see."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from indexer.content.activity import Activity
from indexer.query.ast import (
    And,
    Boost,
    InField,
    MatchAll,
    MultiTerm,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    Term,
)
from indexer.schema import TEXT_FIELDS
from indexer.text.analysis import stems, terms

K1, B = 1.2, 0.75


def streams(activity: Activity) -> dict[str, list[str]]:
    """The terms of each text column and stream, in order."""
    found = {}
    for name in TEXT_FIELDS:
        exact = terms(activity.text if name == "body" else str(activity.meta.get(name, ("",))[0]))
        found[f"{name}.exact"], found[f"{name}.stem"] = exact, stems(exact, activity.language)
    return found


class Model:
    """The activities of one generation."""

    def __init__(self, activities: Iterable[Activity]) -> None:
        self.activities: Mapping[str, Activity] = {activity.id: activity for activity in activities}
        self.streams = {id: streams(activity) for id, activity in self.activities.items()}

    def frequency(self, id: str, column: str, words: tuple[str, ...]) -> int:
        """How often words stand side by side in a column of an activity."""
        found = self.streams[id][column]
        return sum(
            tuple(found[n : n + len(words)]) == words for n in range(len(found) - len(words) + 1)
        )

    def holds(self, id: str, query: Query, column: str = "") -> bool:
        """Whether an activity matches."""
        match query:
            case MatchAll():
                return True
            case InField(name, child):
                return self.holds(id, child, name)
            case Boost(child):
                return self.holds(id, child, column)
            case And(children):
                return all(self.holds(id, child, column) for child in children)
            case Or(children):
                return any(self.holds(id, child, column) for child in children)
            case Not(child):
                return not self.holds(id, child, column)
            case MultiTerm(words):
                return any(self.holds(id, Term(word), column) for word in words)
            case Term(text) if "." in column:
                return text in self.streams[id][column]
            case Term(text):
                return text in (
                    list(map(str, self.activities[id].meta.get(column, ()))) or ["none"]
                )
            case Phrase(words):
                return self.frequency(id, column, words) > 0
            case Range(low, high):
                years = self.activities[id].meta.get(column, ())
                return any((low or 0) <= int(year) <= (high or 9999) for year in years)
        raise TypeError(query)

    def score(self, id: str, query: Query, column: str = "", weight: float = 1.0) -> float:
        """The BM25 score of an activity that matches."""
        match query:
            case InField(name, child):
                return self.score(id, child, name, weight)
            case Boost(child, factor):
                return self.score(id, child, column, weight * factor)
            case And(children) if not all(self.holds(id, child, column) for child in children):
                return 0.0  # within an Or, what is not matched adds nothing, as in Lucene
            case And(children) | Or(children):
                return sum(self.score(id, child, column, weight) for child in children)
            case MultiTerm(words):
                return sum(self.score(id, Term(word), column, weight) for word in words)
            case Term(text) if "." in column:
                return weight * self._bm25(id, column, (text,))
            case Phrase(words):
                return weight * self._bm25(id, column, words)
        return 0.0

    def _bm25(self, id: str, column: str, words: tuple[str, ...]) -> float:
        exact = f"{column.partition('.')[0]}.exact"
        lengths = {
            other: len(found[exact]) for other, found in self.streams.items() if found[exact]
        }
        count = len(lengths)
        average = sum(lengths.values()) / count if count else 1.0
        idf = 0.0
        for word in words:
            having = sum(word in found[column] for found in self.streams.values())
            idf += math.log(1 + (count - having + 0.5) / (having + 0.5))
        frequency = self.frequency(id, column, words)
        if not frequency:
            return 0.0
        return idf * frequency / (frequency + K1 * (1 - B + B * lengths[id] / average))
