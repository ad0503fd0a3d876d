"""The search page on the judged set of this domain."""

from __future__ import annotations

from pathlib import Path

from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from tests.relevance import collection as collections
from tests.relevance.measures import evaluate
from tests.relevance.rankings import build_index, page_rankings

DOMAIN = Path(__file__).parent / "domain"
CONTENT = Path(__file__).parents[2] / "content"
# Measured on 2026-11-28. Raise these figures when the page gets better.
NDCG = 0.925
EMPTY = 0  # searches without results
TOLERANCE = 0.01


def test_the_page_ranks_the_judged_searches_as_well_as_before(tmp_path: Path) -> None:
    collection = collections.load(DOMAIN)
    engine = build_index(collection, tmp_path)
    rankings = page_rankings(
        engine, Vocabulary.load(DOMAIN / "content"), Synonyms.load(CONTENT), collection.queries
    )
    scores = evaluate(collection, rankings)
    assert scores.mean("nDCG@10") >= NDCG - TOLERANCE
    assert scores.empty <= EMPTY
