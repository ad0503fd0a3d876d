"""Rankings of a collection's queries by the search page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.search.request import SearchRequest
from indexer.search.service import stream_results
from indexer.settings import Settings
from tests.relevance.collection import Collection

DEPTH = 1000  # documents ranked for each query
Ranking = Sequence[str]  # document ids, best first
Rankings = Mapping[str, Ranking]  # by query


def build_index(collection: Collection, folder: Path) -> Engine:
    """Index a collection with the Whoosh engine in a folder."""
    engine = open_engine(Settings(index=folder))
    with engine.writer("make relevance", 0, rebuild=True) as writer:
        for activity in collection.activities.values():
            writer.put(activity)
        writer.commit()
    return engine


def page_rankings(
    engine: Engine, vocabulary: Vocabulary, synonyms: Synonyms, queries: Mapping[str, str]
) -> Rankings:
    """Return the results of the search page for each query as typed, without filters."""
    rankings = {}
    for query, text in queries.items():
        _, activities = stream_results(engine, SearchRequest(text), vocabulary, synonyms)
        rankings[query] = [activity.id for activity in islice(activities, DEPTH)]
    return rankings


def mean_share_shown(
    engine: Engine, vocabulary: Vocabulary, synonyms: Synonyms, collection: Collection
) -> float:
    """Return the mean share of a collection that the page finds for its queries."""
    totals = [
        stream_results(engine, SearchRequest(text), vocabulary, synonyms)[0].total
        for text in collection.queries.values()
    ]
    return sum(totals) / len(totals) / len(collection.activities)
