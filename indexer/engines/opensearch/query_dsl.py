"""Compile engine queries to the OpenSearch query DSL.

Queries match the same documents as in the Whoosh engine. Scores are BM25 with the same weights, but
Lucene stores the length of a document in one byte, and counts replaced versions of documents until
they are purged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indexer.engines.opensearch.mapping import NUMBERS
from indexer.query.plan import (
    AndQuery,
    Column,
    EngineQuery,
    MatchAllQuery,
    MultiTermQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    RangeQuery,
    TermQuery,
    or_leaves,
)

Clause = dict[str, Any]

# Leaves of one query. The default limit of OpenSearch is 1,024, filters included.
MAX_CLAUSES = 900
NOTHING: Clause = {"match_none": {}}
EVERYTHING: Clause = {"match_all": {}}


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A clause of the query DSL."""

    clause: Clause
    scores: bool = False  # whether it adds to the score

    def with_filters(self, *filters: Clause) -> Clause:
        """Return a clause that matches this query and all of the filters."""
        if self.scores:
            return {"bool": {"must": [self.clause], "filter": list(filters)}}
        return {"bool": {"filter": [self.clause, *filters]}}


def compile_query(query: EngineQuery) -> CompiledQuery:
    """Compile an engine query."""
    return _Compiler(merge_terms=_leaves(query) > MAX_CLAUSES).compile(query)


def _leaves(query: EngineQuery) -> int:
    match query:
        case AndQuery(children) | OrQuery(children):
            return sum(map(_leaves, children))
        case NotQuery(child):
            return _leaves(child)
        case MultiTermQuery(_, terms):
            return len(terms)
    return 1


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Compile one query.

    merge_terms: alternative words become one clause with one score. Used for queries with more than
    MAX_CLAUSES leaves.
    """

    merge_terms: bool

    def compile(self, query: EngineQuery) -> CompiledQuery:
        match query:
            case MatchAllQuery():
                return CompiledQuery(EVERYTHING)
            case NotQuery(child):
                return CompiledQuery({"bool": {"must_not": [self.compile(child).clause]}})
            case AndQuery(children):
                return _all([self.compile(child) for child in children])
            case RangeQuery(_, low, high):
                bounds = {"gte": low, "lte": high}
                stated = {name: bound for name, bound in bounds.items() if bound is not None}
                return CompiledQuery({"range": {NUMBERS: stated}})
            case PhraseQuery():
                return CompiledQuery(_phrase(query), True)
            case OrQuery() | MultiTermQuery() | TermQuery():
                return self._any(query)

    def _any(self, query: OrQuery | MultiTermQuery | TermQuery) -> CompiledQuery:
        """Compile a disjunction, with nested disjunctions flattened."""
        parts: list[CompiledQuery] = []
        terms_of: dict[
            Column, list[str]
        ] = {}  # of value columns, and with merge_terms of text columns
        weights: dict[Column, float] = {}
        for leaf in or_leaves(query):
            if not isinstance(leaf, TermQuery | MultiTermQuery):
                parts.append(self.compile(leaf))
                continue
            column, weight = leaf.column, leaf.weight
            terms = leaf.terms if isinstance(leaf, MultiTermQuery) else (leaf.term,)
            if self.merge_terms or column.stream == "value":
                terms_of.setdefault(column, []).extend(terms)
                weights[column] = max(weight, weights.get(column, 0.0))
            else:
                name = column.name
                parts += [
                    CompiledQuery({"term": {name: {"value": term, "boost": weight}}}, True)
                    for term in terms
                ]
        for column, all_terms in terms_of.items():
            scores = column.stream != "value"
            boost = {"boost": weights[column]} if scores else {}
            parts.append(CompiledQuery({"terms": {column.name: all_terms, **boost}}, scores))
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return CompiledQuery(NOTHING)
        if not any(part.scores for part in parts):
            return CompiledQuery({"bool": {"should": [part.clause for part in parts]}})
        return CompiledQuery({"bool": {"should": [_should(part) for part in parts]}}, True)


def _should(part: CompiledQuery) -> Clause:
    if part.scores:
        return part.clause
    return {"constant_score": {"filter": part.clause, "boost": 0}}


def _all(parts: list[CompiledQuery]) -> CompiledQuery:
    if not parts:
        return CompiledQuery(EVERYTHING)
    if len(parts) == 1:
        return parts[0]
    clauses = {
        "must": [part.clause for part in parts if part.scores],
        "filter": [part.clause for part in parts if not part.scores],
    }
    occurring = {name: some for name, some in clauses.items() if some}
    return CompiledQuery({"bool": occurring}, "must" in occurring)


def _phrase(query: PhraseQuery) -> Clause:
    if not query.terms:
        return NOTHING
    body = {"query": " ".join(query.terms), "boost": query.weight}
    return {"match_phrase": {query.column.name: body}}
