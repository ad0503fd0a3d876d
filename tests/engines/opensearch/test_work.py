"""The work of requests on a cluster: estimated beforehand, and limited in time."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.engines.base import TooExpensive
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.work import PHRASE_POSTINGS, estimated_work
from indexer.query.plan import (
    AndQuery,
    Column,
    EngineQuery,
    MultiTermQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    Plan,
    TermQuery,
)
from tests.engines.opensearch.stub_server import serving, version_response

BODY = Column("body", "exact")
PHRASE = PhraseQuery(BODY, ("of", "the"))


def work(query: EngineQuery) -> int:
    """Return the work of a query beyond that of an empty plan."""
    return estimated_work(Plan(query)) - estimated_work(Plan(OrQuery(())))


@pytest.mark.parametrize(
    "query",
    [OrQuery((PHRASE,) * 31), AndQuery((PHRASE,) * 31), NotQuery(OrQuery((PHRASE,) * 31))],
    ids=["or", "and", "not"],
)
def test_each_phrase_counts(query: EngineQuery) -> None:
    assert work(query) == 31 * PHRASE_POSTINGS


def test_each_expanded_term_counts() -> None:
    few, many = (work(MultiTermQuery(BODY, ("term",) * count)) for count in (2, 200))
    assert many == 100 * few


def test_the_lower_group_and_the_filters_count() -> None:
    term = TermQuery(Column("country", "value"), "PAK")
    plain = estimated_work(Plan(PHRASE))
    assert estimated_work(Plan(PHRASE, most=PHRASE)) == plain + PHRASE_POSTINGS
    assert estimated_work(Plan(PHRASE, filters=(("place", term),))) == plain + work(term)


def test_a_search_beyond_its_time_limit_is_too_expensive_and_not_repeated() -> None:
    searches = 0

    def respond(method: str, path: str) -> tuple[int, Any]:
        nonlocal searches
        if path == "/":
            return 200, version_response("3.4.0")
        searches += path == "/_msearch"
        partial = {"timed_out": True, "_shards": {"failed": 0}, "hits": {"hits": []}}
        return 200, {"responses": [partial]}

    with serving(respond) as (port, _), pytest.raises(TooExpensive):
        OpenSearchEngine(f"opensearch+http://127.0.0.1:{port}/a").client.msearch([({}, {})])
    assert searches == 1
