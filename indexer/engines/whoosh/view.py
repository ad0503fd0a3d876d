"""One generation as a process sees it: its segments, what of them is deleted, and what is derived once."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from indexer.engines import Generation
from indexer.engines.whoosh.arrays import Array
from indexer.engines.whoosh.segment import KeywordColumn, Segment, TextColumn
from indexer.schema import TEXT_FIELDS

K1, B = 1.2, 0.75  # BM25 as Lucene's defaults


class Part:
    """A segment in a generation: without the documents that are deleted in it."""

    def __init__(self, segment: Segment, deleted: Sequence[int]) -> None:
        self.segment = segment
        self.count = segment.count
        self.deleted = np.array(sorted(deleted), np.intp)
        self.live = segment.count - len(self.deleted)
        self.norms: dict[str, Array] = {}

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
            return _NOWHERE
        if len(docs) < len(self.deleted):
            return np.flatnonzero(~self.alive[docs])
        at = np.searchsorted(docs, self.deleted)
        at[at == len(docs)] = 0
        return at[docs[at] == self.deleted]

    def lengths(self, column: str) -> tuple[int, int]:
        """How many live documents have text in a column, and how many terms together."""
        of_doc = self.segment.texts[column].lengths
        lost = of_doc[self.deleted]
        return (int(np.count_nonzero(of_doc) - np.count_nonzero(lost)),
                int(self.segment.file.facts["tokens"][column]) - int(lost.sum(dtype=np.int64)))  # fmt: skip

    def counts(self, column: KeywordColumn, docs: Array | None, without: Array) -> Array:
        """How many of docs (None: of all) have each value, not counting those at the places without."""
        numbers = column.set if docs is None else column.set[docs]
        sets = len(column.start) - 1
        found = np.bincount(numbers, minlength=sets)
        if len(without):
            found -= np.bincount(numbers[without], minlength=sets)
        return np.bincount(column.flat, found[column.owner], len(column.values)).astype(np.int64)

    def totals(self, name: str) -> Array:
        """How many live documents have each value of a column."""
        if (found := self._totals.get(name)) is None:
            found = self._totals[name] = self.counts(self.segment.columns[name], None, self.deleted)
        return found

    @cached_property
    def _totals(self) -> dict[str, Array]:
        return {}

    def dead(self, text: TextColumn) -> tuple[Array, Array]:
        """Of each form and of each group, how many deleted documents have it."""
        if (found := self._dead.get(id(text))) is None:
            hidden = ~self.alive
            places = np.flatnonzero(hidden[text.group_docs])
            group = np.searchsorted(text.group_start, places, side="right") - 1
            groups = np.bincount(group, minlength=len(text.keys))
            # Only a group with a deleted document has forms that lose one.
            touched = np.flatnonzero(groups[text.form_group] > 0)
            form, at, _ = text.places_of(touched)
            forms = np.bincount(touched[form[hidden[text.group_docs[at]]]], minlength=len(text.form_group))
            found = self._dead[id(text)] = (forms, groups)
        return found

    @cached_property
    def _dead(self) -> dict[int, tuple[Array, Array]]:
        return {}

    def form_counts(self, text: TextColumn) -> Array:
        """In how many live documents each form stands."""
        return text.form_counts - self.dead(text)[0] if len(self.deleted) else text.form_counts

    def group_counts(self, text: TextColumn) -> Array:
        """In how many live documents each group stands."""
        return text.group_counts - self.dead(text)[1] if len(self.deleted) else text.group_counts


_NOWHERE = np.zeros(0, np.intp)


class View:
    """A generation, shared by the threads of a process; what it derives, it derives once."""

    def __init__(self, generation: Generation, parts: Sequence[tuple[Segment, Sequence[int]]]) -> None:
        self.generation = generation
        self.parts = [Part(segment, deleted) for segment, deleted in parts]
        self.lock = threading.Lock()
        self.live = sum(part.live for part in self.parts)

    @cached_property
    def statistics(self) -> Mapping[str, tuple[int, float]]:
        """Of each text column, in how many live documents it has text, and their average length."""
        found = {}
        for column in TEXT_FIELDS:
            sizes = [part.lengths(column) for part in self.parts]
            count = sum(documents for documents, _ in sizes)
            found[column] = (count, sum(terms for _, terms in sizes) / count if count else 1.0)
        return found

    def idf(self, column: str, frequency: int) -> float:
        """The inverse document frequency of what stands in so many live documents of a text column."""
        return math.log(1 + (self.statistics[column][0] - frequency + 0.5) / (frequency + 0.5))

    def norm(self, part: Part, column: str) -> Array:
        """K1 * (1 - B + B * length / average length) of each document of a part."""
        if (found := part.norms.get(column)) is None:
            average = self.statistics[column][1]
            found = part.segment.texts[column].lengths.astype(np.float32)
            found *= np.float32(K1 * B / average)
            found += np.float32(K1 * (1 - B))
            part.norms[column] = found
        return found
