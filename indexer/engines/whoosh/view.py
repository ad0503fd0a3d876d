"""One generation as a process sees it: its segments, what of them is deleted, and what is derived once."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar, cast

import numpy as np

from indexer.arrays import Array
from indexer.engines import Generation
from indexer.engines.whoosh.columns import keyword_columns
from indexer.engines.whoosh.lists import NONE, bisected
from indexer.engines.whoosh.segment import KeywordColumn, Segment
from indexer.plan import K1, B
from indexer.schema import TEXT_FIELDS

T = TypeVar("T")
LOOK_UPS = 20_000  # terms


class Found(NamedTuple):
    """The forms of an exact term, or the group of a stem, in each part; in how many live documents it is."""

    numbers: tuple[Sequence[int], ...]
    frequency: int


class Part:
    """A segment in a generation: without the documents that are deleted in it."""

    def __init__(self, segment: Segment, deleted: Collection[int]) -> None:
        self.segment = segment
        self.count = segment.count
        self.deleted = np.array(sorted(deleted), np.intp)
        self.live = segment.count - len(self.deleted)
        self._kept: dict[str, object] = {}

    @cached_property
    def everything(self) -> Array:
        """Every document, deleted ones included."""
        return np.arange(self.count)

    @cached_property
    def alive(self) -> Array:
        """Of each document, whether it is not deleted."""
        found = np.ones(self.count, bool)
        found[self.deleted] = False
        return found

    def gone(self, docs: Array) -> Array:
        """Where in docs, ascending, deleted documents stand."""
        if not len(self.deleted) or not len(docs):
            return NONE
        if len(docs) < len(self.deleted):
            return (~self.alive[docs]).nonzero()[0]
        at, there = bisected(docs, self.deleted)
        return at.compress(there)

    def lengths(self, column: str) -> tuple[int, int]:
        """How many live documents have text in a column, and how many terms together."""
        of_doc = self.segment.texts[column].lengths
        lost = of_doc[self.deleted]
        return (int(np.count_nonzero(of_doc) - np.count_nonzero(lost)),
                int(self.segment.file.facts["tokens"][column]) - int(lost.sum(dtype=np.int64)))  # fmt: skip

    def counts(self, column: KeywordColumn, docs: Array | None, without: Array) -> Array:
        """How many of docs (None: of all) have each value, not counting those at the places without."""
        numbers = column.set if docs is None else column.set.take(docs)
        found = column.count(numbers)
        if len(without):
            found -= column.count(numbers[without])
        return found

    def totals(self, name: str) -> Array:
        """How many live documents have each value of a column."""
        return self._derived(name, lambda: self.counts(self.segment.columns[name], None, self.deleted))

    def form_counts(self, name: str) -> Array:
        """In how many live documents each form of a text column stands."""
        return self._dictionary_counts(name)[0]

    def group_counts(self, name: str) -> Array:
        """In how many live documents each group of a text column stands."""
        return self._dictionary_counts(name)[1]

    def _dictionary_counts(self, name: str) -> tuple[Array, Array]:
        def count() -> tuple[Array, Array]:
            text = self.segment.texts[name]
            if not len(self.deleted):
                return text.form_counts, text.group_counts
            forms, groups = self.segment.dead(name, self.deleted)
            return text.form_counts - forms, text.group_counts - groups

        return self._derived(f"{name}.", count)

    def norm(self, name: str, average: float) -> Array:
        """K1 * (1 - B + B * length / average) of each document."""

        def compute() -> Array:
            found = self.segment.texts[name].lengths.astype(np.float32)
            found *= np.float32(K1 * B / average)
            found += np.float32(K1 * (1 - B))
            return found

        return self._derived(f"{name}.norm", compute)

    def _derived(self, key: str, compute: Callable[[], T]) -> T:
        """What was computed for a key before, or is now. Two threads may both compute it, alike."""
        if (found := self._kept.get(key)) is None:
            found = self._kept[key] = compute()
        return cast("T", found)


class View:
    """A generation, shared by the threads of a process; what it derives, it derives once."""

    def __init__(self, generation: Generation, parts: Sequence[tuple[Segment, Collection[int]]]) -> None:
        self.generation = generation
        self.parts = [Part(segment, deleted) for segment, deleted in parts]
        self.live = sum(part.live for part in self.parts)
        self._found: dict[tuple[str, str, str], Found] = {}

    @cached_property
    def statistics(self) -> Mapping[str, tuple[int, float]]:
        """Of each text column, in how many live documents it has text, and their average length."""
        found = {}
        for column in TEXT_FIELDS:
            sizes = [part.lengths(column) for part in self.parts]
            count = sum(documents for documents, _ in sizes)
            found[column] = (count, sum(terms for _, terms in sizes) / count if count else 1.0)
        return found

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, int]]:
        """Of each keyword or integer column, in how many live documents each of its values stands."""
        found: dict[str, dict[str, int]] = {column: {} for column in keyword_columns()}
        for column, values in found.items():
            for part in self.parts:
                for value, count in zip(part.segment.columns[column].values, part.totals(column).tolist(), strict=True):
                    if count:
                        values[value] = values.get(value, 0) + count
            found[column] = dict(sorted(values.items()))
        return found

    def find(self, column: str, stream: str, term: str) -> Found:
        """Where a term is; what was looked up is kept, since people search for the same words."""
        key = (column, stream, term)
        if (found := self._found.get(key)) is None:
            if len(self._found) >= LOOK_UPS:
                self._found.clear()
            found = self._found[key] = self._find(column, stream, term.encode())
        return found

    def _find(self, column: str, stream: str, term: bytes) -> Found:
        numbers: list[Sequence[int]] = []
        frequency = 0
        for part in self.parts:
            text = part.segment.texts[column]
            if stream == "exact":
                here: Sequence[int] = text.forms(term)
            else:
                group = text.group(term)
                here = (group,) if group >= 0 else ()
            numbers.append(here)
            if here:
                counts = part.form_counts(column) if stream == "exact" else part.group_counts(column)
                frequency += sum(int(counts[number]) for number in here)
        return Found(tuple(numbers), frequency)

    def idf(self, column: str, frequency: int) -> float:
        """The inverse document frequency of what stands in so many live documents of a text column."""
        return math.log(1 + (self.statistics[column][0] - frequency + 0.5) / (frequency + 0.5))

    def norm(self, part: Part, column: str) -> Array:
        """The part's norms for the average length in this generation."""
        return part.norm(column, self.statistics[column][1])
