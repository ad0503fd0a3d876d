"""Rankings of a collection's queries: by this program's page, and by bm25s as a baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import bm25s
import Stemmer

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
    """Return what the search page shows for each query as typed, without filters."""
    rankings = {}
    for query, text in queries.items():
        _, activities = stream_results(engine, SearchRequest(text), vocabulary, synonyms)
        rankings[query] = [activity.id for activity in islice(activities, DEPTH)]
    return rankings


def bm25s_rankings(collection: Collection) -> Rankings:
    """Return the rankings of bm25s with its Lucene variant, English stop words and stemmer."""
    ids = list(collection.activities)
    texts = [
        " ".join(map(str, (*activity.meta.get("title", ()), activity.text)))
        for activity in collection.activities.values()
    ]
    stemmer = Stemmer.Stemmer("english")
    retriever = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    retriever.index(
        bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False),
        show_progress=False,
    )
    tokens = bm25s.tokenize(
        list(collection.queries.values()), stopwords="en", stemmer=stemmer, show_progress=False
    )
    documents, scores = retriever.retrieve(tokens, k=min(DEPTH, len(ids)), show_progress=False)
    return {
        query: [ids[n] for n, score in zip(numbers, query_scores, strict=True) if score > 0]
        for query, numbers, query_scores in zip(collection.queries, documents, scores, strict=True)
    }
