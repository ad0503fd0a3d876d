"""Measure the search page on test collections: make relevance [COLLECTIONS="folder ..."]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from indexer.content.synonyms import Synonyms
from indexer.content.vocabulary import Vocabulary
from tests.relevance import collection as collections
from tests.relevance.baseline import bm25s_rankings
from tests.relevance.measures import evaluate
from tests.relevance.rankings import build_index, mean_share_shown, page_rankings
from tests.relevance.report import Evaluation, section, write_section

SHARED = Path("../shared/corpora")
DOMAIN = Path("tests/relevance/domain")


def folders(arguments: list[str]) -> list[Path]:
    """Return the folders to evaluate: the arguments, or DOMAIN and every collection in SHARED."""
    if arguments:
        return [Path(argument) for argument in arguments]
    return [DOMAIN, *sorted(path.parent for path in SHARED.glob("*/queries.jsonl*"))]


def evaluate_folder(folder: Path, synonyms: Synonyms) -> Evaluation:
    """Measure the page and the baseline on a collection."""
    collection = collections.load(folder)
    vocabulary = Vocabulary.load(folder / "content")
    with tempfile.TemporaryDirectory() as index:
        engine = build_index(collection, Path(index))
        page = evaluate(collection, page_rankings(engine, vocabulary, synonyms, collection.queries))
        share = mean_share_shown(engine, vocabulary, synonyms, collection)
    return Evaluation(collection, page, evaluate(collection, bm25s_rankings(collection)), share)


def main(arguments: list[str]) -> None:
    """Evaluate collections. Without arguments, write the section of BENCHMARKS.md."""
    synonyms = Synonyms.load(Path("content"))
    evaluations = [evaluate_folder(folder, synonyms) for folder in folders(arguments)]
    print("\n".join(section(evaluations)))
    if not arguments:
        write_section(evaluations)


if __name__ == "__main__":
    main(sys.argv[1:])
