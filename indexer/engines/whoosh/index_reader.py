"""One generation as a process sees it: its segments, what of them is deleted, and what is derived once."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexer.engines.base import Generation
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import NO_DOCS, binary_search
from indexer.engines.whoosh.segment_reader import KeywordColumn, SegmentReader
from indexer.query.plan import K1, B, Column
from indexer.schema import TEXT_FIELDS

LOOK_UPS = 20_000  # terms


class TermEntry(NamedTuple):
    """The forms of an exact term, or the group of a stem, in each part; in how many live documents it is."""

    numbers: tuple[Sequence[int], ...]
    frequency: int


class SegmentPart:
    """A segment in a generation: which of its documents are deleted, and where they begin among those of all parts."""

    def __init__(self, segment: SegmentReader, deleted: Collection[int], begin: int) -> None:
        self.segment, self.begin = segment, begin
        self.count = segment.count
        self.own = slice(begin, begin + segment.count)  # its documents among all
        self.deleted = np.array(sorted(deleted), np.intp)
        self._counts: dict[str, tuple[Array, Array]] = {}

    def lengths(self, column: str) -> tuple[int, int]:
        """How many live documents have text in a column, and how many terms together."""
        of_doc = self.segment.texts[column].lengths
        lost = of_doc[self.deleted]
        return (
            int(np.count_nonzero(of_doc) - np.count_nonzero(lost)),
            int(self.segment.file.facts["tokens"][column]) - int(lost.sum(dtype=np.int64)),
        )

    def form_counts(self, name: str) -> Array:
        """In how many live documents each form of a text column stands."""
        return self._dictionary_counts(name)[0]

    def group_counts(self, name: str) -> Array:
        """In how many live documents each group of a text column stands."""
        return self._dictionary_counts(name)[1]

    def _dictionary_counts(self, name: str) -> tuple[Array, Array]:
        if (found := self._counts.get(name)) is None:
            text = self.segment.texts[name]
            if len(self.deleted):
                forms, groups = self.segment.dead(name, self.deleted)
                found = text.form_counts - forms, text.group_counts - groups
            else:
                found = text.form_counts, text.group_counts
            self._counts[name] = found
        return found


class IndexReader:
    """A generation, shared by the threads of a process; what it derives, it derives once (two threads may both, alike).

    Documents are numbered through all parts, deleted ones included, so that a search takes the parts as one.
    """

    def __init__(
        self, generation: Generation, parts: Sequence[tuple[SegmentReader, Collection[int]]]
    ) -> None:
        self.generation = generation
        self.parts: list[SegmentPart] = []
        self.count = 0
        for segment, deleted in parts:
            self.parts.append(SegmentPart(segment, deleted, self.count))
            self.count += segment.count
        self.deleted = np.concatenate(
            [NO_DOCS, *(part.begin + part.deleted for part in self.parts)]
        )
        self._found: dict[tuple[Column, str], TermEntry] = {}
        self._columns: dict[str, KeywordColumn] = {}
        self._values: dict[str, Mapping[str, int]] = {}
        self._norms: dict[str, Array] = {}

    # Documents

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
            return NO_DOCS
        if len(docs) < len(self.deleted):
            return (~self.alive[docs]).nonzero()[0]
        at, there = binary_search(docs, self.deleted)
        return at.compress(there)

    def spread(self, docs: Array) -> list[tuple[SegmentPart, int, int]]:
        """The parts that have any of docs, ascending, with the places of their own: from which up to which."""
        if not len(docs):
            return []
        if len(self.parts) == 1:
            return [(self.parts[0], 0, len(docs))]
        edges = [0, *docs.searchsorted([part.begin for part in self.parts[1:]]).tolist(), len(docs)]
        return [
            (part, low, high)
            for part, low, high in zip(self.parts, edges, edges[1:], strict=False)
            if high > low
        ]

    # Columns

    def column(self, name: str) -> KeywordColumn:
        """A keyword or integer column of all documents, in which those that are deleted have no value."""
        if (found := self._columns.get(name)) is None:
            columns = [part.segment.columns[name] for part in self.parts]
            whole = len(columns) == 1 and not len(self.deleted)
            found = columns[0] if whole else KeywordColumn.concatenate(name, columns, self.deleted)
            self._columns[name] = found
        return found

    def norm(self, name: str) -> Array:
        """K1 * (1 - B + B * length / average) of each document, for the average length in a text column."""
        if (found := self._norms.get(name)) is None:
            lengths = [part.segment.texts[name].lengths for part in self.parts]
            found = np.concatenate([NO_DOCS, *lengths], dtype=np.float32)
            found *= np.float32(K1 * B / self.statistics[name][1])
            found += np.float32(K1 * (1 - B))
            self._norms[name] = found
        return found

    # Words

    @cached_property
    def statistics(self) -> Mapping[str, tuple[int, float]]:
        """Of each text column, in how many live documents it has text, and their average length."""
        found = {}
        for column in TEXT_FIELDS:
            sizes = [part.lengths(column) for part in self.parts]
            count = sum(documents for documents, _ in sizes)
            found[column] = (count, sum(terms for _, terms in sizes) / count if count else 1.0)
        return found

    def values(self, name: str) -> Mapping[str, int]:
        """In how many live documents each value of a keyword or integer column stands; by value."""
        if (found := self._values.get(name)) is None:
            column = self.column(name)
            counts = zip(column.values, column.count(column.set).tolist(), strict=True)
            found = self._values[name] = {value: count for value, count in counts if count}
        return found

    def find(self, column: Column, term: str) -> TermEntry:
        """Where a term is; what was looked up is kept, since people search for the same words."""
        key = (column, term)
        if (found := self._found.get(key)) is None:
            if len(self._found) >= LOOK_UPS:
                self._found.clear()
            found = self._found[key] = self._find(column, term.encode())
        return found

    def _find(self, column: Column, term: bytes) -> TermEntry:
        field, stream = column
        numbers: list[Sequence[int]] = []
        frequency = 0
        for part in self.parts:
            text = part.segment.texts[field]
            if stream == "exact":
                here: Sequence[int] = text.forms(term)
            else:
                group = text.group(term)
                here = (group,) if group >= 0 else ()
            numbers.append(here)
            if here:
                counts = part.form_counts(field) if stream == "exact" else part.group_counts(field)
                frequency += sum(int(counts[number]) for number in here)
        return TermEntry(tuple(numbers), frequency)

    def idf(self, column: str, frequency: int) -> float:
        """The inverse document frequency of what stands in so many live documents of a text column."""
        return math.log(1 + (self.statistics[column][0] - frequency + 0.5) / (frequency + 0.5))
