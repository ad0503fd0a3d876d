"""One generation of a Whoosh index, matched, ranked and counted with sets of document numbers.

Whoosh gives postings; the set algebra is ours, because its own is wrong for some queries
(AndNot of a Not, Require, limited Or) and rereads every posting of a facet on every query.
"""

from __future__ import annotations

import heapq
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from rapidfuzz.distance import OSA
from whoosh.reading import IndexReader, TermNotFound

from indexer.engines import Expansion, Generation
from indexer.engines.whoosh.columns import stored, term
from indexer.plan import Matches, Plan, Sort, Stored
from indexer.query import (
    And,
    Boost,
    Fuzzy,
    InField,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    edits,
)
from indexer.schema import NONE, RANGE_FIELD, group_of

K1, B = 1.2, 0.75  # BM25 as Lucene's defaults

Docs = frozenset[int]


class GenerationData:
    """What is derived from one generation once and shared by the threads of a process."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.lock = threading.Lock()
        self.values: dict[str, dict[str, Docs]] = {}  # column -> term -> documents
        self.everything: Docs | None = None
        self.ids: dict[int, str] = {}
        self.years: dict[int, tuple[int, int]] = {}  # document -> first and last year
        self.lengths: dict[str, tuple[dict[int, int], float]] = {}


class WhooshSnapshot:
    """Implements Snapshot; belongs to one thread."""

    def __init__(self, reader: IndexReader, data: GenerationData) -> None:
        self._reader = reader
        self._data = data
        self.generation = data.generation

    # What a generation holds

    @cached_property
    def _everything(self) -> Docs:
        if self._data.everything is None:
            self._data.everything = frozenset(self._reader.all_doc_ids())
        return self._data.everything

    def _column(self, column: str) -> dict[str, Docs]:
        """Every term of a keyword column with its documents."""
        with self._data.lock:
            if column not in self._data.values:
                self._data.values[column] = {
                    raw.decode(): frozenset(self._reader.postings(column, raw).all_ids())
                    for raw in self._reader.lexicon(column)
                }
            return self._data.values[column]

    def _ids(self) -> dict[int, str]:
        with self._data.lock:
            if not self._data.ids and self._everything:
                column = self._reader.column_reader("id")
                self._data.ids = {doc: column[doc] for doc in self._everything}
            return self._data.ids

    def _years(self) -> dict[int, tuple[int, int]]:
        column = self._column(RANGE_FIELD)
        with self._data.lock:
            if not self._data.years:
                for text, docs in sorted(column.items()):
                    if text != NONE:
                        for doc in docs:
                            self._data.years[doc] = (self._data.years.get(doc, (int(text), 0))[0], int(text))
            return self._data.years

    # Matching

    def _docs(self, query: Query, column: str = "") -> Docs:
        """The documents a query matches."""
        match query:
            case MatchAll():
                return self._everything
            case InField(name, child):
                return self._docs(child, name)
            case Boost(child):
                return self._docs(child, column)
            case And(children):
                found = sorted((self._docs(c, column) for c in children), key=len)
                return found[0].intersection(*found[1:]) if found else self._everything
            case Or(children):
                return frozenset().union(*(self._docs(c, column) for c in children))
            case Not(child):
                return self._everything - self._docs(child, column)
            case Range(low, high):
                return frozenset().union(*(
                    docs for text, docs in self._column(column).items()
                    if text != NONE and (low is None or int(text) >= low) and (high is None or int(text) <= high)
                ))  # fmt: skip
            case Term(text):
                if "." not in column:
                    return self._column(column).get(text, frozenset())
                return frozenset(self._postings(column, text))
            case Phrase():
                return frozenset(self._phrase(query, column))
        raise TypeError(f"an engine is never asked for {query!r}")

    def _postings(self, column: str, text: str) -> dict[int, float]:
        """The documents with a term, and how often it occurs in each."""
        try:
            matcher = self._reader.postings(column, text.encode())
        except TermNotFound:
            return {}
        found = {}
        while matcher.is_active():
            found[matcher.id()] = matcher.weight()
            matcher.next()
        return found

    def _phrase(self, phrase: Phrase, column: str) -> dict[int, float]:
        """The documents with a phrase, and how often it occurs in each."""
        starts: dict[int, set[int]] | None = None
        for offset, text in enumerate(phrase.terms):
            try:
                matcher = self._reader.postings(column, text.encode())
            except TermNotFound:
                return {}
            found: dict[int, set[int]] = {}
            while matcher.is_active():
                doc = matcher.id()
                if starts is None:
                    found[doc] = set(matcher.value_as("positions"))
                elif doc in starts:
                    still = starts[doc].intersection(p - offset for p in matcher.value_as("positions"))
                    if still:
                        found[doc] = still
                matcher.next()
            starts = found
        return {doc: float(len(at)) for doc, at in (starts or {}).items()}

    # Ranking

    def _length(self, column: str) -> tuple[dict[int, int], float]:
        """Documents' lengths in a column, filled as they are asked for, and the average."""
        with self._data.lock:
            if column not in self._data.lengths:
                total = self._reader.field_length(column)
                count = sum(1 for _ in self._everything) or 1
                self._data.lengths[column] = ({}, max(total / count, 1.0))
            return self._data.lengths[column]

    def _score(
        self, query: Query, docs: Docs, scores: dict[int, float], column: str = "", weight: float = 1.0
    ) -> None:
        """Add what each leaf of a query gives to the scores of these documents; Not gives nothing."""
        match query:
            case And(children) | Or(children):
                for child in children:
                    self._score(child, docs, scores, column, weight)
            case InField(name, child):
                self._score(child, docs, scores, name, weight)
            case Boost(child, factor):
                if factor:
                    self._score(child, docs, scores, column, weight * factor)
            case Term() | Phrase() if "." in column:
                found = (
                    self._postings(column, query.text)
                    if isinstance(query, Term)
                    else self._phrase(query, column)
                )
                lengths, average = self._length(column)
                idf = math.log(1 + (len(self._everything) - len(found) + 0.5) / (len(found) + 0.5))
                for doc, frequency in found.items():
                    if doc in docs:
                        if doc not in lengths:
                            lengths[doc] = self._reader.doc_field_length(doc, column)
                        norm = K1 * (1 - B + B * lengths[doc] / average)
                        scores[doc] = scores.get(doc, 0.0) + weight * idf * frequency / (frequency + norm)

    def _key(self, sort: Sort, scores: dict[int, float]) -> Callable[[int], tuple[float, str]]:
        ids, years = self._ids(), self._years() if sort != "relevance" else {}
        undated = math.inf
        if sort == "newest":
            return lambda doc: (-years[doc][1] if doc in years else undated, ids[doc])
        if sort == "oldest":
            return lambda doc: (years[doc][0] if doc in years else undated, ids[doc])
        return lambda doc: (-scores.get(doc, 0.0), ids[doc])

    # The protocol

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        return tuple(self._match(plan) for plan in plans)

    def _match(self, plan: Plan) -> Matches:
        words = self._docs(plan.query)
        filters = [(group, self._docs(query)) for group, query in plan.filters]
        matched = words.intersection(*(docs for _, docs in filters))
        counts = []
        for names in plan.counts:
            groups = {group_of(name) for name in names}
            base = words.intersection(*(docs for group, docs in filters if group not in groups))
            counts.append(dict(self._count(names, base)))
        hits: list[tuple[float, Stored]] = []
        if plan.limit:
            scores: dict[int, float] = {}
            if plan.sort == "relevance":
                self._score(plan.query, matched, scores)
            top = heapq.nsmallest(plan.offset + plan.limit, matched, key=self._key(plan.sort, scores))
            hits = [
                (scores.get(doc, 0.0), stored(self._reader.stored_fields(doc))) for doc in top[plan.offset :]
            ]
        return Matches(len(matched), tuple(hits), tuple(counts))

    def _count(self, names: tuple[str, ...], base: Docs) -> Iterator[tuple[tuple[str, ...], int]]:
        """How many of the documents have each combination of values of these columns."""
        for text, docs in self._column(names[0]).items():
            common = base & docs
            if common and len(names) == 1:
                yield (text,), len(common)
            elif common:
                for rest, count in self._count(names[1:], common):
                    yield (text, *rest), count

    def scan(self, plan: Plan) -> Iterator[Stored]:
        matched = self._docs(plan.query).intersection(*(self._docs(query) for _, query in plan.filters))
        scores: dict[int, float] = {}
        if plan.sort == "relevance":
            self._score(plan.query, matched, scores)
        for doc in sorted(matched, key=self._key(plan.sort, scores)):
            yield stored(self._reader.stored_fields(doc))

    def get(self, *ids: str) -> tuple[Stored | None, ...]:
        return tuple(
            next((stored(self._reader.stored_fields(doc)) for doc in self._postings("id", id)), None)
            for id in ids
        )

    def terms(self, column: str, start: str = "", limit: int = 1000) -> Sequence[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for raw in self._reader.expand_prefix(column, start.encode()):
            # Counted over postings: Whoosh's own document frequency still counts deleted documents.
            count = len(self._postings(column, raw.decode()))
            if count:
                found.append((raw.decode(), count))
            if len(found) == limit:
                break
        return found

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[str], limit: int) -> Expansion:
        most = edits(leaf.text) if isinstance(leaf, Fuzzy) else 0
        start = leaf.text if isinstance(leaf, Prefix) else leaf.text[:1]
        found: dict[str, int] = {}
        for column in columns:
            for raw in self._reader.expand_prefix(column, start.encode()):
                text = raw.decode()
                if isinstance(leaf, Fuzzy) and OSA.distance(leaf.text, text, score_cutoff=most) > most:
                    continue
                if count := len(self._postings(column, text)):
                    found[text] = found.get(text, 0) + count
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return Expansion(tuple(ordered[:limit]), len(ordered) > limit)

    def digests(self) -> dict[str, str]:
        """The digest of every activity, by id."""
        if not self._everything:
            return {}
        column = self._reader.column_reader("digest")
        return {id: column[doc] for doc, id in self._ids().items()}

    def documents(self, ids: Sequence[str]) -> list[int]:
        """The document numbers of activities that are there."""
        return [doc for id in ids for doc in self._postings("id", id)]


__all__ = ["GenerationData", "WhooshSnapshot", "term"]
