"""Collects the matches of a plan: filters them, counts facets and returns the top documents."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import reduce
from operator import and_

import numpy as np

from indexer.engines.budget import MASKED_DOCS, spend
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import BINARY_SEARCH_RATIO, NO_DOCS
from indexer.engines.whoosh.index_reader import IndexReader, SegmentPart
from indexer.engines.whoosh.scorer import Scorer
from indexer.engines.whoosh.scorers import KeywordFilter, MatchAllScorer, Scorers, build_scorer
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.query.plan import Plan
from indexer.schema import facet_group

MAX_COUNTED_SINGLY = 100  # documents; more are counted faster with an array of all values
MIN_ORDER_PREFIX = 500  # documents read from the start of a sort order
MAX_SORTED = 200  # with more scores, dropping those below the threshold first is faster
MIN_TOP_ROWS = 64  # rows that scores are divided into to find a threshold for the highest ones

# (sort key, id, segment, document number). The id is b"" where no ties between segments occur.
Hit = tuple[float, bytes, SegmentReader, int]


def top_positions(scores: Array, count: int) -> Array:
    """Return the positions of the highest scores, at most count, highest first.

    Equal scores are in the order of their positions.
    """
    if len(scores) > 4 * MIN_TOP_ROWS * count:
        # With the scores in rows, the count-th highest column maximum is not above the count-th
        # highest score, so lower scores can be dropped.
        columns = len(scores) // MIN_TOP_ROWS
        maxima = scores[: columns * MIN_TOP_ROWS].reshape(MIN_TOP_ROWS, columns).max(axis=0)
        threshold = np.partition(maxima, columns - count)[columns - count]
        positions = (scores >= threshold).nonzero()[0]
        top: Array = positions[_few_top_positions(scores[positions], count)]
        return top
    return _few_top_positions(scores, count)


def _few_top_positions(scores: Array, count: int) -> Array:
    """Do the same without dividing the scores into rows."""
    if len(scores) <= MAX_SORTED + count:
        return (-scores).argsort(kind="stable")[:count]
    threshold = np.partition(scores, len(scores) - count)[len(scores) - count]
    highest = (scores >= threshold).nonzero()[0]
    top: Array = highest[(-scores[highest]).argsort(kind="stable")[:count]]
    return top


class Collector:
    """The matches of a plan."""

    def __init__(self, reader: IndexReader, plan: Plan, scorers: Scorers) -> None:
        """Match a plan. Its scorers are taken from scorers, or added to them."""
        self._reader = reader
        self._root = build_scorer(reader, plan.most or plan.query, scorers)
        # The matches of this scorer rank first. None: all matches are in one group.
        self._first = build_scorer(reader, plan.query, scorers) if plan.most else None
        # The matches of the query, deletions included. None: every document, to save an array.
        self._docs = docs = None if isinstance(self._root, MatchAllScorer) else self._root.docs()
        self.size = reader.count if docs is None else len(docs)
        self.total = 0  # live documents that pass the filters
        self.total_all = 0  # live documents that pass the filters and match the plan's query
        self._groups: list[Array | None] = []  # positions in _docs, in the order of the groups
        self._masks: dict[str, Array] = {}  # over _docs, by facet group
        self._deleted = NO_DOCS  # positions in _docs that no filter excludes
        self._passes: Array | None = None  # mask over _docs; None: no filters
        self._passing: Array | None = None  # positions in _docs; None: all but _deleted
        if not self.size:
            return
        excludes_deleted = False
        for group, query in plan.filters:
            scorer = build_scorer(reader, query, scorers)
            excludes_deleted = excludes_deleted or isinstance(scorer, KeywordFilter)
            mask = scorer.mask(docs)
            self._masks[group] = self._masks[group] & mask if group in self._masks else mask
        if not excludes_deleted:
            self._deleted = reader.deleted if docs is None else reader.deleted_positions(docs)
        self._passes = self._mask(())
        if self._passes is None:
            self.total = self.size - len(self._deleted)
        else:
            if len(self._deleted):
                self._passes = self._passes.copy()
                self._passes[self._deleted] = False
            self._passing = self._passes.nonzero()[0]
            self.total = len(self._passing)
        self._groups, self.total_all = [self._passing], self.total
        if self._first is not None:
            self._split_groups(self._first)

    def _split_groups(self, first: Scorer) -> None:
        """Split the passing documents into the matches of a scorer and all others."""
        mask = first.mask(self._docs)
        if self._passing is None:
            others = ~mask
            mask[self._deleted] = others[self._deleted] = False
            self._groups = [mask.nonzero()[0], others.nonzero()[0]]
        else:
            mask = mask.take(self._passing)
            self._groups = [self._passing[mask], self._passing[~mask]]
        self.total_all = int(np.count_nonzero(mask))

    def _mask(self, ignored_groups: Container[str]) -> Array | None:
        """Return a mask over _docs of the filters outside some groups; None without filters."""
        masks = [mask for group, mask in self._masks.items() if group not in ignored_groups]
        return reduce(and_, masks) if masks else None

    # Counting

    def count(self, names: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """Count the values of fields, each document once for each combination it has."""
        if groups := {*map(facet_group, names)} & self._masks.keys():
            mask = self._mask(groups)
            positions = None if mask is None else mask.nonzero()[0]
        else:
            positions = self._passing
        if positions is None or self._docs is None:
            docs = self._docs if positions is None else positions
        else:
            docs = self._docs[positions]
        return self._count(names[0], docs) if len(names) == 1 else self._count_tuples(names, docs)

    def _count(self, name: str, docs: Array | None) -> dict[tuple[str, ...], int]:
        """Count the values of one field in docs (None: all). Deleted documents have no value."""
        if docs is None:
            return {(value,): n for value, n in self._reader.value_counts(name).items()}
        spend(len(docs) // MASKED_DOCS)
        column = self._reader.column(name)
        if len(docs) <= MAX_COUNTED_SINGLY:
            totals: dict[tuple[str, ...], int] = {}
            single = len(column.values)  # a smaller set number is the number of its only value
            for set_number in column.doc_sets[docs].tolist():
                values = (set_number,) if set_number < single else column.members(set_number)
                for value in values:
                    key = column.count_keys[value]
                    totals[key] = totals.get(key, 0) + 1
            return totals
        counts = column.count(column.doc_sets.take(docs))
        present = counts.nonzero()[0]
        if len(present) == len(counts):
            return dict(zip(column.count_keys, counts.tolist(), strict=True))
        keys = map(column.count_keys.__getitem__, present.tolist())
        return dict(zip(keys, counts[present].tolist(), strict=True))

    def _count_tuples(
        self, names: tuple[str, ...], docs: Array | None
    ) -> dict[tuple[str, ...], int]:
        columns = [self._reader.column(name) for name in names]
        # The set numbers of a document in all columns, as one number.
        combined = np.zeros(self._reader.count if docs is None else len(docs), np.int64)
        spend(len(columns) * len(combined))
        for column in columns:
            doc_sets = column.doc_sets if docs is None else column.doc_sets[docs]
            combined = combined * column.set_count + doc_sets
        totals: dict[tuple[str, ...], int] = {}
        numbers, counts = np.unique(combined, return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            rows: list[tuple[str, ...]] = [()]
            for column in reversed(columns):
                number, set_number = divmod(number, column.set_count)
                rows = [
                    (column.values[value], *row)
                    for value in column.members(set_number)
                    for row in rows
                ]
            for row in rows:
                totals[row] = totals.get(row, 0) + count
        return totals

    # Sorting

    def _live_docs(self, passing: Array | None) -> Array:
        """Return the documents at positions in _docs; None: all that are not deleted."""
        if passing is not None:
            return passing if self._docs is None else self._docs[passing]
        if self._docs is None:
            return self._reader.is_live.nonzero()[0]
        return np.delete(self._docs, self._deleted) if len(self._deleted) else self._docs

    def _live_docs_by_part(self, passing: Array | None) -> list[tuple[SegmentPart, Array]]:
        """Return the live documents of each part, numbered within the segment."""
        docs = self._live_docs(passing)
        return [
            (part, docs[low:high] - part.doc_base) for part, low, high in self._reader.split(docs)
        ]

    def top(self, sort: str, count: int) -> list[Hit]:
        """Return the first count documents in an order, group by group."""
        hits: list[Hit] = []
        for passing in self._groups:
            if len(hits) < count and (passing is None or len(passing)):
                spend(self.size if passing is None else len(passing))
                hits += self._top_of_group(sort, count - len(hits), passing)
        return hits

    def _top_of_group(self, sort: str, count: int, passing: Array | None) -> list[Hit]:
        if sort == "relevance" and self._docs is not None and self._root.scores:
            lists = self._top_scores(self._docs, count, passing)
        elif sort == "relevance":
            lists = [
                (part, docs[:count], [0.0] * count)
                for part, docs in self._live_docs_by_part(passing)
            ]
        else:
            lists = [
                (part, docs, part.segment.file[f"{sort}.key"].take(docs).tolist())
                for part, docs in self._top_by_year(sort, count, passing)
            ]
        if len(lists) == 1:  # already in order
            ((part, docs, keys),) = lists
            hits = [
                (key, b"", part.segment, doc) for key, doc in zip(keys, docs.tolist(), strict=False)
            ]
        else:
            hits = sorted(
                (key, part.segment.ids[doc], part.segment, doc)
                for part, docs, keys in lists
                for key, doc in zip(keys, docs.tolist(), strict=False)
            )
        return hits[:count]

    def _top_scores(
        self, docs: Array, count: int, passing: Array | None
    ) -> list[tuple[SegmentPart, Array, list[float]]]:
        """Return the best documents of each part, highest score first, and negated scores.

        Documents that cannot be among the first count of all parts are left out.
        """
        scores = self._root.score(passing)
        if passing is None:
            scores[self._deleted] = -1.0
        else:
            docs = docs[passing]
        lists: list[tuple[SegmentPart, Array, list[float]]] = []
        threshold = 0.0
        for part, low, high in self._reader.split(docs):
            part_scores = scores[low:high]
            if lists and part_scores.max() < threshold:
                continue
            positions = top_positions(part_scores, count)
            top = part_scores[positions].tolist()
            while top and top[-1] < 0:  # deleted
                top.pop()
            if len(top) == count:
                threshold = max(threshold, top[-1])
            top_docs = docs[low + positions[: len(top)]] - part.doc_base
            lists.append((part, top_docs, [-score for score in top]))
        return lists

    def _top_by_year(
        self, sort: str, count: int, passing: Array | None
    ) -> Iterator[tuple[SegmentPart, Array]]:
        """Yield the first documents of each part in an order by year."""
        if self._docs is None and (
            passing is None or len(passing) * BINARY_SEARCH_RATIO > self.size
        ):
            mask = self._reader.is_live if self._passes is None else self._passes
            lists = [self._order_prefix(part, sort, mask, count) for part in self._reader.parts]
        else:
            lists = self._live_docs_by_part(passing)
        for part, docs in lists:
            ranks = part.segment.file[f"{sort}.rank"].take(docs).astype(np.int64)
            yield part, docs[top_positions(-ranks, count)]

    def _order_prefix(
        self, part: SegmentPart, sort: str, mask: Array, count: int
    ) -> tuple[SegmentPart, Array]:
        """Return documents of a part that include the first count of an order within the mask.

        Only a prefix of the stored order is read if it has enough documents.
        """
        order, part_mask = part.segment.file[sort], mask[part.doc_slice]
        # Four times the length that is needed if the matches are spread evenly.
        length = 4 * count * self.size // max(self.total, 1) + len(part.deleted)
        length = max(length, MIN_ORDER_PREFIX)
        first = order[:length].astype(np.intp)
        first = first[part_mask.take(first)]
        if len(first) >= count or length >= part.count:
            return part, first
        return part, part_mask.nonzero()[0]

    def all(self, sort: str) -> Iterator[list[Iterator[Hit]]]:
        """Yield each group of live documents: an iterator in sort order for each part."""
        for passing in self._groups if self.total else ():
            yield self._all_of_group(sort, passing)

    def _all_of_group(self, sort: str, passing: Array | None) -> list[Iterator[Hit]]:
        scores = None
        if sort == "relevance" and self._root.scores:
            scores = self._root.score(passing)
            if passing is None:
                scores = np.delete(scores, self._deleted)
        iterators, start = [], 0
        for part, docs in self._live_docs_by_part(passing):
            if scores is not None:
                keys, start = -scores[start : start + len(docs)], start + len(docs)
            elif sort == "relevance":
                keys = np.zeros(len(docs), np.float32)
            else:
                keys = part.segment.file[f"{sort}.key"].take(docs)
            iterators.append(self._sorted(part.segment, docs, keys))
        return iterators

    @staticmethod
    def _sorted(segment: SegmentReader, docs: Array, keys: Array) -> Iterator[Hit]:
        order = np.argsort(keys, kind="stable")
        for key, doc in zip(keys[order].tolist(), docs[order].tolist(), strict=True):
            yield key, segment.ids[doc], segment, doc
