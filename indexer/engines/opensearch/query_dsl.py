"""Compile engine queries to the OpenSearch query DSL.

Queries match the same documents as in the Whoosh engine. Scores are BM25 with the same weights.
Lucene multiplies the score of each term by that term's inverse document frequency (idf), so a boost
is the weight in the plan divided by this idf. Small differences remain: Lucene stores the length of
a document in one byte, and its statistics include replaced versions until they are purged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from indexer.engines.opensearch.mapping import NUMBERS
from indexer.query.plan import (
    AndQuery,
    Column,
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


Minimums = Mapping[MostQuery, int]
"""The lowest sum of shares that matches each MostQuery of a plan."""
Idf = Callable[[Column, str], float]
"""Returns the idf of a term as Lucene computes it."""


def compile_query(query: EngineQuery, minimums: Minimums, idf: Idf) -> CompiledQuery:
    """Compile an engine query that scores."""
    query = _with_few_leaves(query)
    return _Compiler(_leaves(query) > MAX_CLAUSES, minimums, idf).compile(query)


def compile_filter(query: EngineQuery, minimums: Minimums) -> Clause:
    """Compile an engine query to a clause that matches and does not score."""
    return _Compiler(True, minimums, _no_idf).compile(query).clause


def _no_idf(column: Column, term: str) -> float:
    return 1.0


def scored_terms(query: EngineQuery) -> Iterator[tuple[Column, str]]:
    """Yield the terms of text columns whose idf compile_query() needs."""
    match query:
        case MostQuery(children) | AndQuery(children) | OrQuery(children):
            for child in children:
                yield from scored_terms(child)
        case TermQuery(column, term) if column.stream != "value":
            yield column, term
        case MultiTermQuery(column, terms) | PhraseQuery(column, terms):
            for term in terms:
                yield column, term


def compile_shares(query: MostQuery) -> Clause:
    """Compile a clause whose score is the sum of the shares of the matching children."""
    children = zip(query.children, query.shares, strict=True)
    shares = [
        {"constant_score": {"filter": compile_filter(child, {}), "boost": share}}
        for child, share in children
    ]
    return {"bool": {"should": shares}}


def most_queries(query: EngineQuery | None) -> Iterator[MostQuery]:
    """Yield each MostQuery in a query."""
    match query:
        case MostQuery():
            yield query
        case AndQuery(children) | OrQuery(children):
            for child in children:
                yield from most_queries(child)


def _leaves(query: EngineQuery) -> int:
    match query:
        case MostQuery(children):
            return sum(map(_leaves, children)) + 2 * len(children)  # the shares are clauses too
        case AndQuery(children) | OrQuery(children):
            return sum(map(_leaves, children))
        case NotQuery(child):
            return _leaves(child)
        case MultiTermQuery(_, terms):
            return len(terms)
    return 1


def _with_few_leaves(query: EngineQuery) -> EngineQuery:
    return _without_exact_forms(query) if _leaves(query) > MAX_CLAUSES else query


def _without_exact_forms(query: EngineQuery) -> EngineQuery:
    """Return a query that scores words by their stems alone. It matches the same documents."""
    match query:
        case MostQuery(children):
            return replace(query, children=tuple(map(_without_exact_forms, children)))
        case AndQuery(children):
            return AndQuery(tuple(map(_without_exact_forms, children)))
        case OrQuery(children):
            stems = [c for c in children if isinstance(c, TermQuery) and c.column.stream == "stem"]
            return OrQuery(
                tuple(
                    child if not isinstance(child, OrQuery) else _without_exact_forms(child)
                    for child in children
                    if not (
                        stems and isinstance(child, TermQuery) and child.column.stream == "exact"
                    )
                )
            )
    return query


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Compile one query.

    merge_terms: alternative words become one clause with one score. Used for filters, and for
    queries with more than MAX_CLAUSES leaves.
    """

    merge_terms: bool
    minimums: Minimums
    idf: Idf

    def compile(self, query: EngineQuery) -> CompiledQuery:
        match query:
            case MatchAllQuery():
                return CompiledQuery(EVERYTHING)
            case NotQuery(child):
                return CompiledQuery({"bool": {"must_not": [self.compile(child).clause]}})
            case AndQuery(children):
                return _all([self.compile(child) for child in children])
            case MostQuery():
                return self._most(query)
            case ConstantQuery(child, score):
                clause = compile_filter(child, self.minimums)
                return CompiledQuery(
                    {"constant_score": {"filter": clause, "boost": score}}, not self.merge_terms
                )
            case IdsQuery(ids):
                return CompiledQuery({"terms": {"id": list(ids)}})
            case RangeQuery(_, low, high):
                bounds = {"gte": low, "lte": high}
                stated = {name: bound for name, bound in bounds.items() if bound is not None}
                return CompiledQuery({"range": {NUMBERS: stated}})
            case PhraseQuery():
                return CompiledQuery(self._phrase(query), True)
            case OrQuery() | MultiTermQuery() | TermQuery():
                return self._any(query)

    def _phrase(self, query: PhraseQuery) -> Clause:
        if not query.terms:
            return NOTHING
        idf = sum(self.idf(query.column, term) for term in query.terms)
        body = {"query": " ".join(query.terms), "boost": query.weight / idf}
        return {"match_phrase": {query.column.name: body}}

    def _most(self, query: MostQuery) -> CompiledQuery:
        enough = {
            "function_score": {
                "query": compile_shares(query),
                "min_score": self.minimums[query],
            }
        }
        if self.merge_terms:
            return CompiledQuery(enough)
        scored = [_should(self.compile(child)) for child in query.children]
        return CompiledQuery({"bool": {"should": scored, "filter": [enough]}}, True)

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
                    CompiledQuery(_term(name, term, weight / self.idf(column, term)), True)
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


def _term(name: str, term: str, boost: float) -> Clause:
    return {"term": {name: {"value": term, "boost": boost}}}


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
