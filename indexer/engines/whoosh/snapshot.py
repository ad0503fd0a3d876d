"""Answers plans from a View: filters, counts, orders; terms and their expansions."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from indexer.content.activity import Activity
from indexer.engines.base import Expansion, Matches
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import BINARY_SEARCH_RATIO, NO_DOCS
from indexer.engines.whoosh.index_reader import IndexReader, SegmentPart
from indexer.engines.whoosh.scorers import KeywordFilter, MatchAllScorer, build_scorer
from indexer.engines.whoosh.segment_reader import SegmentReader, TextColumn
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.parser import max_edits
from indexer.query.plan import ID_COLUMN, Column, Plan
from indexer.schema import facet_group

FEW = 100  # documents: counting them one by one is quicker than an array of all values
# What a document is ordered by, its id (b"" where nothing is left to order), its segment and its number there.
Hit = tuple[float, bytes, SegmentReader, int]
LEAST = 500  # documents looked at from the beginning of an order
GROUPS = 64  # lists' maxima that a threshold for the best is taken from, at least


def best(scores: Array, count: int) -> Array:
    """The places of the highest scores, highest first, equal ones in their order; at most count."""
    if len(scores) > 4 * GROUPS * count:
        # The count-th highest of the maxima of some columns is not above the count-th highest score.
        columns = len(scores) // GROUPS
        maxima = scores[: columns * GROUPS].reshape(GROUPS, columns).max(axis=0)
        least = np.partition(maxima, columns - count)[columns - count]
        places = (scores >= least).nonzero()[0]
        scores = scores[places]
    else:
        places = np.arange(len(scores))
    if len(scores) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        kept = (scores >= least).nonzero()[0]
        places, scores = places[kept], scores[kept]
    found: Array = places[(-scores).argsort(kind="stable")[:count]]
    return found


class WhooshSnapshot:
    """Implements Snapshot; holds nothing that a thread could spoil for another."""

    def __init__(self, view: IndexReader) -> None:
        self.view = view
        self.generation = view.generation

    # Matching

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        return tuple(self._match(plan) for plan in plans)

    def _match(self, plan: Plan) -> Matches:
        answer = _Answer(self.view, plan)
        counts = tuple(answer.count(names) if answer.size else {} for names in plan.counts)
        hits = (
            answer.top(plan.sort, plan.offset + plan.limit)[plan.offset :]
            if plan.limit and answer.total
            else []
        )
        scored = plan.sort == "relevance"
        found = [
            (0.0 - key if scored else 0.0, segment.stored(doc)) for key, _, segment, doc in hits
        ]
        return Matches(answer.total, tuple(found), counts)

    def scan(self, plan: Plan) -> Iterator[Activity]:
        for _, _, segment, doc in heapq.merge(*_Answer(self.view, plan).all(plan.sort)):
            yield segment.stored(doc)

    def get(self, *ids: str) -> tuple[Activity | None, ...]:
        return tuple(self._get(id) for id in ids)

    def _get(self, id: str) -> Activity | None:
        for part in self.view.parts:
            doc = part.segment.doc(id)
            if doc >= 0 and self.view.alive[part.begin + doc]:
                return part.segment.stored(doc)
        return None

    # The dictionary

    def terms(
        self, column: Column, start: str = "", limit: int = 1000
    ) -> Sequence[tuple[str, int]]:
        if column.stream == "value" and column != ID_COLUMN:
            values = self.view.values(column.field)
            return [pair for pair in values.items() if pair[0].startswith(start)][:limit]
        found: dict[str, int] = {}
        for part in self.view.parts:
            alive = self.view.alive[part.own]
            for text, count in self._terms(part, alive, column, start, limit):
                found[text] = found.get(text, 0) + count
        return sorted(found.items())[:limit]

    @staticmethod
    def _terms(
        part: SegmentPart, alive: Array, column: Column, start: str, limit: int
    ) -> Iterator[tuple[str, int]]:
        """The first live terms of a part; alive is of its documents."""
        if column == ID_COLUMN:
            low, high = part.segment.ids.prefix_range(start.encode())
            for at in (low + alive[low:high].nonzero()[0][:limit]).tolist():
                yield part.segment.ids[at].decode(), 1
            return
        field, stream = column
        text_column = part.segment.texts[field]
        if not text_column.filled:
            return
        strings = text_column.terms if stream == "exact" else text_column.keys
        low, high = strings.prefix_range(start.encode())
        if stream == "stem":  # keys of groups that are no stems come first
            low = max(low, strings.lower_bound(b"\x01"))
        exact = stream == "exact"
        counts = (
            _term_counts(text_column, part.form_counts(field), low, high)
            if exact
            else part.group_counts(field)[low:high]
        )
        for at in counts.nonzero()[0][:limit].tolist():
            yield strings[low + at].decode(), int(counts[at])

    def frequencies(self, column: Column, terms: Sequence[str]) -> Mapping[str, int]:
        if column.stream == "value":
            values = self.view.values(column.field)
            found = {term: values.get(term, 0) for term in terms}
        else:
            found = {term: self.view.find(column, term).frequency for term in terms}
        return {term: frequency for term, frequency in found.items() if frequency}

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column], limit: int) -> Expansion:
        """Commonest first; equal ones by their text."""
        lists = [(column.field, part) for column in columns for part in self.view.parts]
        found = [
            _Terms(part.segment.texts[field], part.form_counts(field), leaf)
            for field, part in lists
            if part.segment.texts[field].filled
        ]
        if not found:
            return Expansion((), False)
        most = max(found, key=lambda terms: len(terms.counts))
        others: dict[str, int] = {}
        for terms in found:
            for text, count in terms.pairs() if terms is not most else ():
                if not most.add(text, count):
                    others[text] = others.get(text, 0) + count
        ordered = sorted(
            [*most.commonest(limit), *others.items()], key=lambda pair: (-pair[1], pair[0])
        )
        return Expansion(
            tuple(ordered[:limit]), bool(np.count_nonzero(most.counts) + len(others) > limit)
        )

    # What a writer asks

    def digests(self) -> dict[str, str]:
        """The digest of every activity, by id."""
        found = {}
        for part in self.view.parts:
            alive = self.view.alive[part.own].tolist()
            pairs = zip(part.segment.ids, part.segment.digests, alive, strict=True)
            found.update({id.decode(): digest.decode() for id, digest, alive in pairs if alive})
        return found


def _term_counts(text: TextColumn, form_counts: Array, low: int, high: int) -> Array:
    """In how many documents each exact term from low up to high stands; a document has one language."""
    starts = text.term_forms[low : high + 1].astype(np.int64)
    counts = form_counts[starts[0] : starts[-1]]
    return counts if len(counts) == high - low else np.add.reduceat(counts, starts[:-1] - starts[0])


class _Terms:
    """The terms of a text column that a prefix or fuzzy word stands for: counts has the others' as 0."""

    def __init__(self, text: TextColumn, form_counts: Array, leaf: Prefix | Fuzzy) -> None:
        self._text = text
        self._words: list[str] | None = None  # all of them, where they are at hand
        if isinstance(leaf, Prefix):
            self._low, high = text.terms.prefix_range(leaf.text.encode())
            self.counts = _term_counts(text, form_counts, self._low, high).copy()
            return
        self._low, words, lengths = text.beginning_with(leaf.text[0])
        self._words = words
        self.counts = np.zeros(len(words), np.int64)
        most = max_edits(leaf.text)
        near = (np.abs(lengths - len(leaf.text)) <= most).nonzero()[0]
        if len(near):
            distances = cdist(
                [leaf.text],
                [words[at] for at in near.tolist()],
                scorer=OSA.distance,
                score_cutoff=most,
            )
            near = near[distances[0] <= most]
            self.counts[near] = _term_counts(text, form_counts, self._low, self._low + len(words))[
                near
            ]

    def pairs(self) -> Iterator[tuple[str, int]]:
        """Every term with its count, but for those without one."""
        for at in self.counts.nonzero()[0].tolist():
            yield self._text.terms[self._low + at].decode(), int(self.counts[at])

    def add(self, text: str, count: int) -> bool:
        """Count a term more; whether it is one of these."""
        if self._words is None:
            self._words = [
                word.decode()
                for word in self._text.terms.slice(self._low, self._low + len(self.counts))
            ]
        at = bisect_left(self._words, text)
        if at == len(self._words) or self._words[at] != text or not self.counts[at]:
            return False
        self.counts[at] += count
        return True

    def commonest(self, limit: int) -> list[tuple[str, int]]:
        """The terms of the highest counts, equal ones by their text."""
        order = (-self.counts).argsort(kind="stable")[:limit]
        order = order[self.counts[order] > 0]
        words = self._text.terms.get_many((self._low + order).tolist())
        return [
            (word.decode(), count)
            for word, count in zip(words, self.counts[order].tolist(), strict=True)
        ]


class _Answer:
    """What a plan matches."""

    def __init__(self, view: IndexReader, plan: Plan) -> None:
        self._view = view
        self._root = build_scorer(view, plan.query)
        # What it matches; None stands for every document, so that no array of them is made.
        self._docs = docs = None if isinstance(self._root, MatchAllScorer) else self._root.docs()
        self.size = view.count if docs is None else len(docs)
        self.total = 0
        self._masks: dict[str, Array] = {}
        self._gone, self._left, self._chosen = NO_DOCS, None, None
        if not self.size:
            return
        live = False  # whether a filter leaves out what is deleted
        for group, query in plan.filters:
            node = build_scorer(view, query)
            live = live or isinstance(node, KeywordFilter)
            found = node.mask(docs)
            self._masks[group] = self._masks[group] & found if group in self._masks else found
        # Places in docs that are still to be left out.
        self._gone = NO_DOCS if live else view.deleted if docs is None else view.gone(docs)
        self._left = self._mask(set())
        if self._left is None:
            self._chosen, self.total = None, self.size - len(self._gone)
        else:
            if len(self._gone):
                self._left = self._left.copy()
                self._left[self._gone] = False
            self._chosen = self._left.nonzero()[0]
            self.total = len(self._chosen)

    def _mask(self, ignored: Container[str]) -> Array | None:
        """Of each of docs, whether the filters leave it, those of some groups ignored; None: nothing filters."""
        masks = [mask for group, mask in self._masks.items() if group not in ignored]
        return reduce(and_, masks) if masks else None

    def count(self, names: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """The counts of a facet, or of several together, each activity once for each value it has."""
        groups = {facet_group(name) for name in names} & self._masks.keys()
        if groups:
            mask = self._mask(groups)
            places = None if mask is None else mask.nonzero()[0]
        else:
            places = self._chosen
        docs = (
            self._docs if places is None else places if self._docs is None else self._docs[places]
        )
        return self._count(names[0], docs) if len(names) == 1 else self._count_together(names, docs)

    def _count(self, name: str, docs: Array | None) -> dict[tuple[str, ...], int]:
        """How many of docs (None: of all) have each value of a column. What is deleted has none."""
        if docs is None:
            return {(value,): count for value, count in self._view.values(name).items()}
        column = self._view.column(name)
        if len(docs) <= FEW:
            found: dict[tuple[str, ...], int] = {}
            for at in column.set[docs].tolist():
                for value in column.members(at):
                    key = column.keys[value]
                    found[key] = found.get(key, 0) + 1
            return found
        counts = column.count(column.set.take(docs))
        there = counts.nonzero()[0]
        if len(there) == len(counts):
            return dict(zip(column.keys, counts.tolist(), strict=True))
        return dict(
            zip(map(column.keys.__getitem__, there.tolist()), counts[there].tolist(), strict=True)
        )

    def _count_together(
        self, names: tuple[str, ...], docs: Array | None
    ) -> dict[tuple[str, ...], int]:
        columns = [self._view.column(name) for name in names]
        combined = np.zeros(self._view.count if docs is None else len(docs), np.int64)
        for column in columns:
            combined = combined * column.sets + (column.set if docs is None else column.set[docs])
        into: dict[tuple[str, ...], int] = {}
        for key, count in zip(
            *(found.tolist() for found in np.unique(combined, return_counts=True)), strict=True
        ):
            rows: list[tuple[str, ...]] = [()]
            for column in reversed(columns):
                key, number = divmod(key, column.sets)
                rows = [
                    (column.values[value], *row) for value in column.members(number) for row in rows
                ]
            for row in rows:
                into[row] = into.get(row, 0) + count
        return into

    def _live(self) -> Array:
        """The chosen documents."""
        if self._chosen is not None:
            return self._chosen if self._docs is None else self._docs[self._chosen]
        if self._docs is None:
            return self._view.alive.nonzero()[0]
        return np.delete(self._docs, self._gone) if len(self._gone) else self._docs

    def top(self, sort: str, count: int) -> list[Hit]:
        """The first documents of an order, at most count."""
        if sort == "relevance" and self._docs is not None and self._root.scores:
            lists = self._best(self._docs, count)
        elif sort == "relevance":
            lists = [
                (part, docs[:count], [0.0] * count) for part, docs in self._by_part(self._live())
            ]
        else:
            lists = [
                (part, docs, part.segment.file[f"{sort}.key"].take(docs).tolist())
                for part, docs in self._first(sort, count)
            ]
        if len(lists) == 1:
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

    def _best(self, docs: Array, count: int) -> list[tuple[SegmentPart, Array, list[float]]]:
        """Of each part the documents of the highest scores that may be among the best, highest first, and the scores,
        less than nothing."""
        scores = self._root.at(self._chosen)
        if self._chosen is None:
            scores[self._gone] = -1.0
        else:
            docs = docs[self._chosen]
        lists: list[tuple[SegmentPart, Array, list[float]]] = []
        least = 0.0
        for part, low, high in self._view.spread(docs):
            own = scores[low:high]
            if lists and own.max() < least:
                continue
            places = best(own, count)
            found = own[places].tolist()
            while found and found[-1] < 0:
                found.pop()
            if len(found) == count:
                least = max(least, found[-1])
            lists.append(
                (part, docs[low + places[: len(found)]] - part.begin, [-score for score in found])
            )
        return lists

    def _by_part(self, live: Array) -> list[tuple[SegmentPart, Array]]:
        """The chosen documents of each part, as it numbers them itself."""
        return [(part, live[low:high] - part.begin) for part, low, high in self._view.spread(live)]

    def _first(self, sort: str, count: int) -> Iterator[tuple[SegmentPart, Array]]:
        """Of each part the first of the chosen documents in an order of years."""
        if self._docs is None and (
            self._chosen is None or len(self._chosen) * BINARY_SEARCH_RATIO > self.size
        ):
            kept = self._view.alive if self._left is None else self._left
            lists = [self._leading(part, sort, kept, count) for part in self._view.parts]
        else:
            lists = self._by_part(self._live())
        for part, docs in lists:
            yield (
                part,
                docs[best(-part.segment.file[f"{sort}.rank"].take(docs).astype(np.int64), count)],
            )

    def _leading(
        self, part: SegmentPart, sort: str, kept: Array, count: int
    ) -> tuple[SegmentPart, Array]:
        """Documents of a part, the first count in an order of those that are kept among them."""
        # As far in the order as it takes if they are spread evenly.
        order, own = part.segment.file[sort], kept[part.own]
        reach = max(4 * count * self.size // max(self.total, 1) + len(part.deleted), LEAST)
        first = order[:reach].astype(np.intp)
        first = first[own.take(first)]
        return part, first if len(first) >= count or reach >= part.count else own.nonzero()[0]

    def all(self, sort: str) -> list[Iterator[Hit]]:
        """Every chosen document, by part in an order."""
        if not self.total:
            return []
        scored = None
        if sort == "relevance" and self._root.scores:
            scored = self._root.at(self._chosen)
            if self._chosen is None:
                scored = np.delete(scored, self._gone)
        lists, at = [], 0
        for part, docs in self._by_part(self._live()):
            if scored is not None:
                keys, at = -scored[at : at + len(docs)], at + len(docs)
            elif sort == "relevance":
                keys = np.zeros(len(docs), np.float32)
            else:
                keys = part.segment.file[f"{sort}.key"].take(docs)
            lists.append(self._ordered(part.segment, docs, keys))
        return lists

    @staticmethod
    def _ordered(segment: SegmentReader, docs: Array, keys: Array) -> Iterator[Hit]:
        order = np.argsort(keys, kind="stable")
        for key, doc in zip(keys[order].tolist(), docs[order].tolist(), strict=True):
            yield key, segment.ids[doc], segment, doc
