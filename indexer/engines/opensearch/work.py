"""The work of a plan on a cluster, estimated from its parts, in the unit of indexer.engines.budget.

A cluster does not report the postings that it reads. Each search also has a time limit, because the
estimate can be too low.
"""

from __future__ import annotations

from indexer.query.plan import (
    AndQuery,
    ConstantQuery,
    EngineQuery,
    IdsQuery,
    MostQuery,
    MultiTermQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    Plan,
)

SEARCH_TIMEOUT = "2s"  # of a search on each shard, for a request with a budget
PLAN_POSTINGS = 20_000
TERM_POSTINGS = 5_000
PHRASE_POSTINGS = 200_000
EXPANDED_TERM_POSTINGS = 1_000  # of each term of a MultiTermQuery
ID_POSTINGS = 100  # of each id of an IdsQuery


def estimated_work(plan: Plan) -> int:
    """Return the number of postings that take about as long as a plan."""
    work = PLAN_POSTINGS * (1 + len(plan.counts)) + _query_work(plan.query)
    if plan.most is not None:
        work += _query_work(plan.most)
    return work + sum(_query_work(query) for _, query in plan.filters)


def _query_work(query: EngineQuery) -> int:
    match query:
        case AndQuery(children) | OrQuery(children) | MostQuery(children):
            return sum(map(_query_work, children))
        case NotQuery(child) | ConstantQuery(child):
            return _query_work(child)
        case PhraseQuery():
            return PHRASE_POSTINGS
        case MultiTermQuery(_, terms):
            return EXPANDED_TERM_POSTINGS * len(terms)
        case IdsQuery(ids):
            return TERM_POSTINGS + ID_POSTINGS * len(ids)
    return TERM_POSTINGS
