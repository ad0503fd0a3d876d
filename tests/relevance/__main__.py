"""Measure the search page on test collections: make relevance [COLLECTIONS="folder ..."]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from indexer.content.vocabulary import Vocabulary
from tests.relevance import collection as collections
from tests.relevance.measures import MEASURES, Scores, evaluate, p_value
from tests.relevance.rankings import bm25s_rankings, build_index, page_rankings

SHARED = Path("../shared/corpora")


def folders(arguments: list[str]) -> list[Path]:
    """Return the folders to evaluate: the arguments, or every collection in SHARED."""
    if arguments:
        return [Path(argument) for argument in arguments]
    return sorted(path.parent for path in SHARED.glob("*/queries.jsonl*"))


def main(arguments: list[str]) -> None:
    """Evaluate each collection and print a table."""
    for folder in folders(arguments):
        collection = collections.load(folder)
        with tempfile.TemporaryDirectory() as index:
            engine = build_index(collection, Path(index))
            page = evaluate(collection, page_rankings(engine, Vocabulary({}), collection.queries))
        baseline = evaluate(collection, bm25s_rankings(collection))
        _print(collection, page, baseline)


def _print(collection: collections.Collection, page: Scores, baseline: Scores) -> None:
    queries = len(collection.queries)
    print(f"{collection.name}: {len(collection.activities)} documents, {queries} queries")
    for name, scores in (("page", page), ("bm25s", baseline)):
        values = "  ".join(f"{measure} {scores.mean(measure):.3f}" for measure in MEASURES)
        print(f"  {name:6} {values}  empty {scores.empty / queries:.0%}")
    print(f"  p of nDCG@10: {p_value(page, baseline, 'nDCG@10'):.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
