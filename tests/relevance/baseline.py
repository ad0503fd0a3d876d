"""Rankings of a collection's queries by bm25s, a plain BM25."""

from __future__ import annotations

import bm25s
import Stemmer

from tests.relevance.collection import Collection
from tests.relevance.rankings import DEPTH, Rankings


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
