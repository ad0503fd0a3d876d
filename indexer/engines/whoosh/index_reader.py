"""Reads one generation: its segments as one index, their deletions, and cached statistics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexer.engines.base import Generation
from indexer.engines.bounded_cache import BoundedCache
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import NO_DOCS, binary_search
from indexer.engines.whoosh.keyword_column import KeywordColumn
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.query.plan import EXACT_COLUMNS, K1, STEM_COLUMNS, B, Column
from indexer.schema import NOT_STATED, TEXT_FIELDS
from indexer.text.analysis import primary_subtag

MAX_CACHED_TERMS = 10_000  # per column
MAX_CACHED_VALUES = 500


class TermEntry(NamedTuple):
    """Where a term is: forms of an exact term or the group of a stem, and how frequent it is."""

    numbers: tuple[Sequence[int], ...]  # form or group numbers in each part
    frequency: int  # live documents with the term


class SegmentPart:
    """A segment of a generation, with its deletions and its place among all documents."""

    def __init__(self, segment: SegmentReader, deleted: Collection[int], doc_base: int) -> None:
        self.segment = segment
        self.doc_base = doc_base  # number of the segment's first document in the IndexReader
        self.count = segment.count
        self.doc_slice = slice(doc_base, doc_base + segment.count)
        self.deleted = np.array(sorted(deleted), np.intp)  # numbers within the segment
        self._counts: dict[str, tuple[Array, Array]] = {}

    def total_lengths(self, field: str) -> tuple[int, int]:
        """Return the number of live documents with text in a field, and of their terms."""
        lengths = self.segment.texts[field].lengths
        deleted = lengths[self.deleted]
        return (
            int(np.count_nonzero(lengths) - np.count_nonzero(deleted)),
            int(self.segment.file.facts["tokens"][field]) - int(deleted.sum(dtype=np.int64)),
        )

    def form_counts(self, field: str) -> Array:
        """Return the number of live documents with each form of a text field."""
        return self._live_counts(field)[0]

    def group_counts(self, field: str) -> Array:
        """Return the number of live documents with each group of a text field."""
        return self._live_counts(field)[1]

    def _live_counts(self, field: str) -> tuple[Array, Array]:
        if (counts := self._counts.get(field)) is None:
            text = self.segment.texts[field]
            counts = text.form_counts, text.group_counts
            if len(self.deleted):
                forms, groups = self.segment.count_deleted(field, self.deleted)
                counts = text.form_counts - forms, text.group_counts - groups
            self._counts[field] = counts
        return counts


class Terms(dict[str, TermEntry]):
    """The entries of the terms of a text column. Those of terms that occur are cached."""

    def __init__(self, parts: Sequence[SegmentPart], column: Column) -> None:
        super().__init__()
        self._parts, self._column = parts, column
        self._absent = TermEntry(((),) * len(parts), 0)

    @cached_property
    def _lookups(self) -> Sequence[tuple[Callable[[bytes], Sequence[int]], Array]]:
        """The lookup function of each part, and the live documents of each form or group."""
        field, is_exact = self._column.field, self._column.stream == "exact"
        lookups = []
        for part in self._parts:
            text = part.segment.texts[field]
            if text.has_terms:
                counts = part.form_counts(field) if is_exact else part.group_counts(field)
                lookups.append((text.find_forms if is_exact else text.find_groups, counts))
            else:
                lookups.append((text.find_forms, NO_DOCS))
        return lookups

    def __missing__(self, term: str) -> TermEntry:
        encoded, frequency = term.encode(), 0
        numbers = []
        for find, counts in self._lookups:
            numbers.append(in_part := find(encoded))
            for number in in_part:
                frequency += counts.item(number)
        if not any(numbers):
            return self._absent
        if len(self) >= MAX_CACHED_TERMS:
            self.clear()
        entry = self[term] = TermEntry(tuple(numbers), frequency)
        return entry


class IndexReader:
    """A generation, shared by the threads of a process.

    Documents are numbered across all parts, deleted ones included, so that a search sees one
    index. Derived arrays are cached. Two threads may compute the same array; the result is
    identical.
    """

    def __init__(
        self, generation: Generation, parts: Sequence[tuple[SegmentReader, Collection[int]]]
    ) -> None:
        """Create a reader of segments, each with its deleted documents."""
        self.generation = generation
        self.parts: list[SegmentPart] = []
        self.count = 0  # documents, deleted ones included
        for segment, deleted in parts:
            self.parts.append(SegmentPart(segment, deleted, self.count))
            self.count += segment.count
        self.deleted = np.concatenate(
            [NO_DOCS, *(part.doc_base + part.deleted for part in self.parts)]
        )
        self.cache = BoundedCache(MAX_CACHED_VALUES)  # values that searches compute
        # The terms of each text column.
        self.terms: Mapping[Column, Terms] = {
            column: Terms(self.parts, column)
            for column in (*EXACT_COLUMNS.values(), *STEM_COLUMNS.values())
        }
        self._columns: dict[str, KeywordColumn] = {}
        self._value_counts: dict[str, Mapping[str, int]] = {}
        self._norms: dict[str, Array] = {}

    def without(self, ids: Collection[str]) -> IndexReader:
        """Return a reader of the same segments in which the documents with these ids are deleted.

        Each id must be that of a live document.
        """
        parts: list[tuple[SegmentReader, Collection[int]]] = []
        for part in self.parts:
            deleted = {*part.deleted.tolist(), *map(part.segment.doc, ids)} - {-1}
            if len(deleted) < part.count:
                parts.append((part.segment, deleted))
        activities = self.generation.activities - len(ids)
        return IndexReader(replace(self.generation, activities=activities), parts)

    # Documents

    @cached_property
    def all_docs(self) -> Array:
        """All documents, deleted ones included."""
        return np.arange(self.count)

    @cached_property
    def is_live(self) -> Array:
        """A mask over all documents: True where the document is not deleted."""
        mask = np.ones(self.count, bool)
        mask[self.deleted] = False
        return mask

    def deleted_positions(self, docs: Array) -> Array:
        """Return the positions of deleted documents in an ascending list."""
        if not len(self.deleted) or not len(docs):
            return NO_DOCS
        if len(docs) < len(self.deleted):
            return (~self.is_live[docs]).nonzero()[0]
        at, present = binary_search(docs, self.deleted)
        return at.compress(present)

    def split(self, docs: Array) -> list[tuple[SegmentPart, int, int]]:
        """Split an ascending list by part: each part with its range of positions in docs."""
        if not len(docs):
            return []
        if len(self.parts) == 1:
            return [(self.parts[0], 0, len(docs))]
        bases = [part.doc_base for part in self.parts[1:]]
        edges = [0, *docs.searchsorted(bases).tolist(), len(docs)]
        return [
            (part, low, high)
            for part, low, high in zip(self.parts, edges, edges[1:], strict=False)
            if high > low
        ]

    # Columns

    def column(self, field: str) -> KeywordColumn:
        """Return the column of a keyword or integer field for all documents.

        Deleted documents have no value in it.
        """
        if (column := self._columns.get(field)) is None:
            columns = [part.segment.columns[field] for part in self.parts]
            if len(columns) == 1 and not len(self.deleted):
                column = columns[0]
            else:
                column = KeywordColumn.concatenate(field, columns, self.deleted)
            self._columns[field] = column
        return column

    def norm(self, field: str) -> Array:
        """Return K1 * (1 - B + B * length / average length) of each document in a text field."""
        if (norm := self._norms.get(field)) is None:
            lengths = [part.segment.texts[field].lengths for part in self.parts]
            norm = np.concatenate([NO_DOCS, *lengths], dtype=np.float32)
            norm *= np.float32(K1 * B / self.length_stats[field][1])
            norm += np.float32(K1 * (1 - B))
            self._norms[field] = norm
        return norm

    # Terms

    @cached_property
    def length_stats(self) -> Mapping[str, tuple[int, float]]:
        """The number of live documents with text and their average length, by text field."""
        stats = {}
        for field in TEXT_FIELDS:
            totals = [part.total_lengths(field) for part in self.parts]
            count = sum(documents for documents, _ in totals)
            average = sum(terms for _, terms in totals) / count if count else 1.0
            stats[field] = (count, average)
        return stats

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The primary subtags of the languages of live documents."""
        stated = self.value_counts("language")
        return tuple(dict.fromkeys(primary_subtag(tag) for tag in stated if tag != NOT_STATED))

    @cached_property
    def text_fields(self) -> frozenset[str]:
        """The text fields in which any live document has text."""
        return frozenset(field for field, (count, _) in self.length_stats.items() if count)

    def value_counts(self, field: str) -> Mapping[str, int]:
        """Return the number of live documents with each value of a keyword or integer field."""
        if (by_value := self._value_counts.get(field)) is None:
            column = self.column(field)
            counts = zip(column.values, column.count(column.doc_sets).tolist(), strict=True)
            by_value = self._value_counts[field] = {value: n for value, n in counts if n}
        return by_value
