"""The model of a corpus and the questions drawn from it; they take a while, so they are kept for the next run."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

from indexer.schema import FINGERPRINT
from tests.bench.corpus import Paragraph
from tests.bench.model import Model
from tests.bench.questions import Question, draw


def drawn(paragraphs: Sequence[Paragraph], folder: Path) -> tuple[Model, dict[str, list[Question]]]:
    """The model and its questions by kind, from the folder where an earlier run kept the same."""
    sources = "".join(
        Path(__file__).with_name(name).read_text()
        for name in ("model.py", "questions.py", "corpus.py")
    )
    kept = folder / "model.pickle"
    mark = (FINGERPRINT, sources)
    if kept.exists():
        with kept.open("rb") as file:
            if pickle.load(file) == mark:
                found: tuple[Model, dict[str, list[Question]]] = pickle.load(file)
                return found
    model = Model(paragraphs)
    questions = draw(model)
    with kept.open("wb") as file:
        pickle.dump(mark, file)
        pickle.dump((model, questions), file)
    return model, questions
