"""Measure the search page on test collections: make relevance [COLLECTIONS="folder ..."]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from tests.relevance import collection as collections
from tests.relevance.measures import MEASURES, Scores, evaluate, p_value
from tests.relevance.rankings import bm25s_rankings, build_index, page_rankings

SHARED = Path("../shared/corpora")
DOMAIN = Path("tests/relevance/domain")
SYNONYMS = Synonyms.load(Path("content"))


def folders(arguments: list[str]) -> list[Path]:
    """Return the folders to evaluate: the arguments, or every collection in SHARED."""
    if arguments:
        return [Path(argument) for argument in arguments]
    return [DOMAIN, *sorted(path.parent for path in SHARED.glob("*/queries.jsonl*"))]


def main(arguments: list[str]) -> None:
    """Evaluate each collection and print a table."""
    for folder in folders(arguments):
        collection = collections.load(folder)
        with tempfile.TemporaryDirectory() as index:
            engine = build_index(collection, Path(index))
            page = evaluate(
                collection,
                page_rankings(
                    engine, Vocabulary.load(folder / "content"), SYNONYMS, collection.queries
                ),
            )
        baseline = evaluate(collection, bm25s_rankings(collection))
        _print(collection, page, baseline)


def by_class(collection: collections.Collection, scores: Scores) -> dict[str, list[float]]:
    """Return the nDCG@10 of the queries of each class, where the collection states classes."""
    values: dict[str, list[float]] = {}
    for query, name in collection.classes.items():
        values.setdefault(name, []).append(scores.by_query["nDCG@10"][query])
    return values


def _print(collection: collections.Collection, page: Scores, baseline: Scores) -> None:
    queries = len(collection.queries)
    print(f"{collection.name}: {len(collection.activities)} documents, {queries} queries")
    for name, scores in (("page", page), ("bm25s", baseline)):
        values = "  ".join(f"{measure} {scores.mean(measure):.3f}" for measure in MEASURES)
        print(f"  {name:6} {values}  empty {scores.empty / queries:.0%}")
    print(f"  p of nDCG@10: {p_value(page, baseline, 'nDCG@10'):.3f}")
    for name, values in by_class(collection, page).items():
        print(f"  {name:14} {len(values):3} searches  nDCG@10 {sum(values) / len(values):.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
