"""Builds the scorer of an engine query; scorers of filters and of boolean queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indexer.engines.budget import LOOKUP_POSTINGS, MASKED_DOCS, spend
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import (
    NO_DOCS,
    intersect,
    is_contiguous,
    select,
    sum_scores,
    union,
)
from indexer.engines.whoosh.index_reader import IndexReader
from indexer.engines.whoosh.keyword_column import KeywordColumn
from indexer.engines.whoosh.scorer import Scorer
from indexer.engines.whoosh.text_scorers import MultiTermScorer, PhraseScorer, TermsScorer
from indexer.query.plan import (
    AndQuery,
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
    or_leaves,
)


class MatchAllScorer(Scorer):
    """Matches every document."""

    scores = False

    def _match(self) -> Array:
        return self.reader.all_docs

    def mask(self, docs: Array | None) -> Array:
        return np.ones(self.reader.count if docs is None else len(docs), bool)


class KeywordFilter(Scorer):
    """Matches any of some values of a keyword or integer field. It never matches deletions."""

    scores = False

    def __init__(
        self,
        reader: IndexReader,
        field: str,
        find_values: Callable[[KeywordColumn], Sequence[int]],
    ) -> None:
        """Create a filter. find_values returns the numbers of the values in a column."""
        super().__init__(reader)
        self._column = reader.column(field)
        values = find_values(self._column)
        self._sets = self._column.sets_with(values) if values else None

    def _match(self) -> Array:
        return NO_DOCS if self._sets is None else self._column.docs(self._sets)

    def mask(self, docs: Array | None) -> Array:
        spend((self.reader.count if docs is None else len(docs)) // MASKED_DOCS)
        if self._sets is None:
            return np.zeros(self.reader.count if docs is None else len(docs), bool)
        if docs is not None:
            return self._column.mask(self._sets, self._column.doc_sets.take(docs))
        # For a mask over all documents, one comparison if the set numbers are contiguous.
        if is_contiguous(self._sets):
            return self._column.mask(self._sets, self._column.doc_sets)
        return super().mask(None)


class IdsFilter(Scorer):
    """Matches the documents with some ids."""

    scores = False

    def __init__(self, reader: IndexReader, ids: Sequence[str]) -> None:
        super().__init__(reader)
        self._ids = ids

    def _match(self) -> Array:
        spend(LOOKUP_POSTINGS * len(self._ids) * len(self.reader.parts))
        docs = [
            part.doc_base + doc
            for part in self.reader.parts
            for id in self._ids
            if (doc := part.segment.doc(id)) >= 0
        ]
        return np.unique(np.array(docs, np.intp))


class Conjunction(Scorer):
    """Matches documents that match every child."""

    def __init__(self, reader: IndexReader, children: Sequence[Scorer]) -> None:
        super().__init__(reader)
        # Children that mask a few documents faster than they list all of theirs come last.
        self._masked: list[Scorer] = [
            child
            for child in children
            if isinstance(child, KeywordFilter | Negation | MatchAllScorer)
        ]
        self._listed = [child for child in children if child not in self._masked]
        if not self._listed:
            self._listed, self._masked = self._masked[:1], self._masked[1:]
        self.scores = any(child.scores for child in children)
        # Positions of the matches in each listed child (None: all); set by _match().
        self._positions: list[Array | None] = []

    def _match(self) -> Array:
        docs, positions = intersect([child.docs() for child in self._listed], self.reader.count)
        for child in self._masked:
            indices = child.mask(docs).nonzero()[0]
            docs = docs[indices]
            positions = [select(in_child, indices) for in_child in positions]
        self._positions = positions
        return docs

    def score(self, positions: Array | None) -> Array:
        scores = np.zeros(len(self.docs()) if positions is None else len(positions), np.float32)
        for child, in_child in zip(self._listed, self._positions, strict=True):
            if child.scores:
                if in_child is None:
                    in_child = positions
                elif positions is not None:
                    in_child = in_child[positions]
                scores += child.score(in_child)
        return scores


class Disjunction(Scorer):
    """Matches documents that match any child."""

    def __init__(self, reader: IndexReader, children: Sequence[Scorer]) -> None:
        super().__init__(reader)
        self._children = children
        self.scores = any(child.scores for child in children)

    def _match(self) -> Array:
        lists = [child.docs() for child in self._children]
        spend(sum(map(len, lists)))
        return union(lists, self.reader.count)

    def mask(self, docs: Array | None) -> Array:
        if not self._children:
            return super().mask(docs)
        masks = [child.mask(docs) for child in self._children]
        return masks[0] if len(masks) == 1 else np.logical_or.reduce(masks)

    def score(self, positions: Array | None) -> Array:
        pieces = [(child.docs(), child.score) for child in self._children if child.scores]
        return sum_scores(pieces, self.docs(), positions, self.reader.count)


class MostScorer(Disjunction):
    """Matches documents whose sum of shares is at least a percentage of the best sum."""

    def __init__(self, reader: IndexReader, query: MostQuery, children: Sequence[Scorer]) -> None:
        """Create a scorer. The children are the scorers of the query's children."""
        super().__init__(reader, children)
        self._query = query

    def _match(self) -> Array:
        sums = np.zeros(self.reader.count, np.int32)
        for child, share in zip(self._children, self._query.shares, strict=True):
            spend(len(child.docs()))
            sums[child.docs()] += share
        sums[self.reader.deleted] = 0
        return (sums >= self._query.minimum(int(sums.max(initial=0)))).nonzero()[0]

    def mask(self, docs: Array | None) -> Array:
        return Scorer.mask(self, docs)


class ConstantScorer(Scorer):
    """Matches the documents of the child, with one score for all documents."""

    def __init__(self, reader: IndexReader, child: Scorer, score: float) -> None:
        super().__init__(reader)
        self._child, self._score = child, np.float32(score)

    def _match(self) -> Array:
        return self._child.docs()

    def mask(self, docs: Array | None) -> Array:
        return self._child.mask(docs)

    def score(self, positions: Array | None) -> Array:
        size = len(self.docs()) if positions is None else len(positions)
        return np.full(size, self._score)


class RepeatedScorer(Scorer):
    """Matches the documents of the child, which a disjunction contains several times."""

    def __init__(self, reader: IndexReader, child: Scorer, count: int) -> None:
        super().__init__(reader)
        self._child, self._count = child, np.float32(count)

    def _match(self) -> Array:
        return self._child.docs()

    def mask(self, docs: Array | None) -> Array:
        return self._child.mask(docs)

    def score(self, positions: Array | None) -> Array:
        return self._child.score(positions) * self._count


class Negation(Scorer):
    """Matches documents that do not match the child."""

    scores = False

    def __init__(self, reader: IndexReader, child: Scorer) -> None:
        super().__init__(reader)
        self._child = child

    def _match(self) -> Array:
        return self.mask(None).nonzero()[0]

    def mask(self, docs: Array | None) -> Array:
        spend((self.reader.count if docs is None else len(docs)) // MASKED_DOCS)
        return ~self._child.mask(docs)


SharedLeaves = dict[PhraseQuery | MultiTermQuery, Scorer]
"""The scorers of leaves that take long to match. Plans of one request often repeat them."""


class Scorers:
    """The scorers of some plans by their query, so that an equal query is matched once.

    Hashing a whole query takes time, so most queries are found by their id().
    """

    def __init__(self, leaves: SharedLeaves) -> None:
        """Create an empty collection. It also looks up phrases and expanded words in leaves."""
        self._leaves = leaves
        # Each query is kept with its scorer, so that no other query gets its id().
        self._by_id: dict[int, tuple[EngineQuery, Scorer]] = {}

    def get(self, query: EngineQuery) -> Scorer | None:
        """Return the scorer of a query, or None."""
        if (entry := self._by_id.get(id(query))) is not None:
            return entry[1]
        if isinstance(query, PhraseQuery | MultiTermQuery):
            return self._leaves.get(query)
        return None

    def add(self, query: EngineQuery, scorer: Scorer) -> None:
        """Keep the scorer of a query."""
        self._by_id[id(query)] = query, scorer
        if isinstance(query, PhraseQuery | MultiTermQuery):
            self._leaves[query] = scorer


def build_scorer(reader: IndexReader, query: EngineQuery, scorers: Scorers) -> Scorer:
    """Return the scorer of an engine query, from scorers if it is there, else added to it."""
    if (scorer := scorers.get(query)) is None:
        scorer = _build(reader, query, scorers)
        scorers.add(query, scorer)
    return scorer


def _build(reader: IndexReader, query: EngineQuery, scorers: Scorers) -> Scorer:
    match query:
        case MatchAllQuery():
            return MatchAllScorer(reader)
        case NotQuery(child):
            return Negation(reader, build_scorer(reader, child, scorers))
        case AndQuery(children):
            conjuncts = [build_scorer(reader, child, scorers) for child in children]
            if not conjuncts:
                return MatchAllScorer(reader)
            return conjuncts[0] if len(conjuncts) == 1 else Conjunction(reader, conjuncts)
        case MostQuery(children):
            return MostScorer(
                reader, query, [build_scorer(reader, child, scorers) for child in children]
            )
        case ConstantQuery(child, score):
            return ConstantScorer(reader, build_scorer(reader, child, scorers), score)
        case IdsQuery(ids):
            return IdsFilter(reader, ids)
        case RangeQuery(column, low, high):
            return KeywordFilter(reader, column.field, lambda values: values.between(low, high))
        case PhraseQuery():
            return PhraseScorer(reader, query)
        case MultiTermQuery():
            return MultiTermScorer(reader, query)
        case TermQuery(column, term) if column.stream == "value":
            return KeywordFilter(reader, column.field, lambda values: values.find(term))
        case OrQuery() | TermQuery():
            return _build_disjunction(reader, query, scorers)


def _build_disjunction(reader: IndexReader, query: OrQuery | TermQuery, scorers: Scorers) -> Scorer:
    """Return a scorer of alternatives. The terms of one text field share a TermsScorer."""
    terms: dict[str, list[TermQuery]] = {}
    repeated: dict[PhraseQuery | MultiTermQuery, int] = {}
    alternatives = []
    for leaf in or_leaves(query):
        # A field without text in this generation matches nothing.
        if isinstance(leaf, TermQuery) and leaf.column.stream != "value":
            if leaf.column.field in reader.text_fields:
                terms.setdefault(leaf.column.field, []).append(leaf)
        elif isinstance(leaf, PhraseQuery | MultiTermQuery):
            if leaf.column.field in reader.text_fields:
                repeated[leaf] = repeated.get(leaf, 0) + 1
        else:
            alternatives.append(build_scorer(reader, leaf, scorers))
    for leaf, count in repeated.items():
        scorer = build_scorer(reader, leaf, scorers)
        alternatives.append(scorer if count == 1 else RepeatedScorer(reader, scorer, count))
    alternatives += [TermsScorer(reader, field, leaves) for field, leaves in terms.items()]
    return alternatives[0] if len(alternatives) == 1 else Disjunction(reader, alternatives)
