"""A planned query as OpenSearch's own: what scores, and what only filters.

The matches are those of the Whoosh engine; scores are BM25 with the same weights (plan.py), but that Lucene keeps a
document's length in one byte, and counts versions that were replaced as long as they are there.
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

MAX_CLAUSES = 900  # leaves of one query; OpenSearch refuses more than 1,024 by default, and there are filters too
NOTHING: Clause = {"match_none": {}}
EVERYTHING: Clause = {"match_all": {}}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query for OpenSearch, and whether it adds to a score."""

    clause: Clause
    scores: bool = False

    def required(self, *filters: Clause) -> Clause:
        """It, among what passes the filters."""
        if self.scores:
            return {"bool": {"must": [self.clause], "filter": list(filters)}}
        return {"bool": {"filter": [self.clause, *filters]}}


def compiled(query: EngineQuery) -> Compiled:
    """Compile an engine query."""
    return _Compiler(brief=_leaves(query) > MAX_CLAUSES).compile(query)


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

    brief: alternative words become one leaf with one score, for queries with too many leaves.
    """

    brief: bool

    def compile(self, query: EngineQuery) -> Compiled:
        match query:
            case MatchAllQuery():
                return Compiled(EVERYTHING)
            case NotQuery(child):
                return Compiled({"bool": {"must_not": [self.compile(child).clause]}})
            case AndQuery(children):
                return _all([self.compile(child) for child in children])
            case RangeQuery(_, low, high):
                bounds = {"gte": low, "lte": high}
                stated = {name: bound for name, bound in bounds.items() if bound is not None}
                return Compiled({"range": {NUMBERS: stated}})
            case PhraseQuery():
                return Compiled(_phrase(query), True)
            case OrQuery() | MultiTermQuery() | TermQuery():
                return self._any(query)

    def _any(self, query: OrQuery | MultiTermQuery | TermQuery) -> Compiled:
        """Compile a disjunction, with nested disjunctions flattened."""
        parts: list[Compiled] = []
        terms_of: dict[Column, list[str]] = {}  # of value columns, and of text columns if brief
        weights: dict[Column, float] = {}
        for leaf in or_leaves(query):
            if not isinstance(leaf, TermQuery | MultiTermQuery):
                parts.append(self.compile(leaf))
                continue
            column, weight = leaf.column, leaf.weight
            terms = leaf.terms if isinstance(leaf, MultiTermQuery) else (leaf.term,)
            if self.brief or column.stream == "value":
                terms_of.setdefault(column, []).extend(terms)
                weights[column] = max(weight, weights.get(column, 0.0))
            else:
                name = column.name
                parts += [
                    Compiled({"term": {name: {"value": term, "boost": weight}}}, True)
                    for term in terms
                ]
        for column, all_terms in terms_of.items():
            scores = column.stream != "value"
            boost = {"boost": weights[column]} if scores else {}
            parts.append(Compiled({"terms": {column.name: all_terms, **boost}}, scores))
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Compiled(NOTHING)
        if not any(part.scores for part in parts):
            return Compiled({"bool": {"should": [part.clause for part in parts]}})
        return Compiled({"bool": {"should": [_should(part) for part in parts]}}, True)


def _should(part: Compiled) -> Clause:
    if part.scores:
        return part.clause
    return {"constant_score": {"filter": part.clause, "boost": 0}}


def _all(parts: list[Compiled]) -> Compiled:
    if not parts:
        return Compiled(EVERYTHING)
    if len(parts) == 1:
        return parts[0]
    clauses = {
        "must": [part.clause for part in parts if part.scores],
        "filter": [part.clause for part in parts if not part.scores],
    }
    occurring = {name: some for name, some in clauses.items() if some}
    return Compiled({"bool": occurring}, "must" in occurring)


def _phrase(query: PhraseQuery) -> Clause:
    if not query.terms:
        return NOTHING
    body = {"query": " ".join(query.terms), "boost": query.weight}
    return {"match_phrase": {query.column.name: body}}
