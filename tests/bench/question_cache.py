"""Keep the reference model and the questions of a corpus for later runs: they take a while."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

from indexer.schema import FINGERPRINT
from tests.bench.corpus import Paragraph
from tests.bench.model import ReferenceModel
from tests.bench.questions import Question, draw_questions

SOURCES = ("model.py", "questions.py", "corpus.py")  # a change in these makes the cache invalid


def load_questions(
    paragraphs: Sequence[Paragraph], folder: Path
) -> tuple[ReferenceModel, dict[str, list[Question]]]:
    """Return the reference model and its questions by kind, from the cache in a folder if valid."""
    sources = "".join(Path(__file__).with_name(name).read_text() for name in SOURCES)
    cache_key = (FINGERPRINT, sources)
    cache = folder / "model.pickle"
    if cache.exists():
        with cache.open("rb") as file:
            if pickle.load(file) == cache_key:
                cached: tuple[ReferenceModel, dict[str, list[Question]]] = pickle.load(file)
                return cached
    model = ReferenceModel(paragraphs)
    questions = draw_questions(model)
    with cache.open("wb") as file:
        pickle.dump(cache_key, file)
        pickle.dump((model, questions), file)
    return model, questions
