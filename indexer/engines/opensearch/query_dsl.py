"""A planned query as OpenSearch's own: what scores, and what only filters.

The matches are those of the Whoosh engine; scores are BM25 with the same weights (plan.py), but that Lucene keeps a
document's length in one byte, and counts versions that were replaced as long as they are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indexer.engines.opensearch.mapping import NUMBERS
from indexer.query.ast import (
    And,
    Boost,
    InField,
    MatchAll,
    MultiTerm,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    Term,
)
from indexer.query.plan import flatten_or

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


def compiled(query: Query) -> Compiled:
    """The query for a planned one (plan.Plan says what can stand in one)."""
    return _Compiler(brief=_leaves(query) > MAX_CLAUSES).compile(query, "", 1.0)


def _leaves(query: Query) -> int:
    match query:
        case And(children) | Or(children):
            return sum(map(_leaves, children))
        case Not(child) | InField(_, child) | Boost(child, _):
            return _leaves(child)
        case MultiTerm(terms):
            return len(terms)
    return 1


@dataclass(frozen=True, slots=True)
class _Compiler:
    """brief: words that are alternatives are one leaf, with one score for any of them; where there are too many."""

    brief: bool

    def compile(self, query: Query, column: str, weight: float) -> Compiled:
        match query:
            case MatchAll():
                return Compiled(EVERYTHING)
            case InField(name, child):
                return self.compile(child, name, weight)
            case Boost(child, factor):
                return self.compile(child, column, weight * factor)
            case Not(child):
                return Compiled({"bool": {"must_not": [self.compile(child, column, 0).clause]}})
            case And(children):
                return _all([self.compile(child, column, weight) for child in children])
            case Range(low, high):
                ends = {"gte": low, "lte": high}
                return Compiled(
                    {
                        "range": {
                            NUMBERS: {name: end for name, end in ends.items() if end is not None}
                        }
                    }
                )
            case Phrase(terms):
                return Compiled(_phrase(column, terms, weight), True)
            case Or() | MultiTerm() | Term():
                return self._any(query, column, weight)
        raise TypeError(f"an engine is never asked for {query!r}")

    def _any(self, query: Query, column: str, weight: float) -> Compiled:
        """What an Or, however nested, consists of, as alternatives side by side."""
        found: list[Compiled] = []
        values: dict[str, list[str]] = {}  # of keywords, and of words where it is to be brief
        weights: dict[str, float] = {}
        for name, leaf, factor in flatten_or(query, column, weight):
            if not isinstance(leaf, Term | MultiTerm):
                found.append(self.compile(leaf, name, factor))
                continue
            texts = leaf.terms if isinstance(leaf, MultiTerm) else (leaf.text,)
            if self.brief or "." not in name:
                values.setdefault(name, []).extend(texts)
                weights[name] = max(factor, weights.get(name, 0.0))
            else:
                found += [
                    Compiled({"term": {name: {"value": text, "boost": factor}}}, True)
                    for text in texts
                ]
        for name, all_texts in values.items():
            scores = "." in name
            boost = {"boost": weights[name]} if scores else {}
            found.append(Compiled({"terms": {name: all_texts, **boost}}, scores))
        if len(found) == 1:
            return found[0]
        if not any(each.scores for each in found):
            return Compiled(
                {"bool": {"should": [each.clause for each in found]}} if found else NOTHING
            )
        return Compiled(
            {
                "bool": {
                    "should": [
                        each.clause
                        if each.scores
                        else {"constant_score": {"filter": each.clause, "boost": 0}}
                        for each in found
                    ]
                }
            },
            True,
        )


def _all(parts: list[Compiled]) -> Compiled:
    if not parts:
        return Compiled(EVERYTHING)
    if len(parts) == 1:
        return parts[0]
    must = [part.clause for part in parts if part.scores]
    only = [part.clause for part in parts if not part.scores]
    return Compiled(
        {"bool": {name: found for name, found in (("must", must), ("filter", only)) if found}},
        bool(must),
    )


def _phrase(column: str, terms: tuple[str, ...], weight: float) -> Clause:
    field = f"{column.partition('.')[0]}.exact"
    return (
        {"match_phrase": {field: {"query": " ".join(terms), "boost": weight}}} if terms else NOTHING
    )
