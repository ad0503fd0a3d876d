"""The interface of a measured engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.questions import Question

TOP_HITS = 10  # hits that an answer contains with their text and a snippet

OnStage = Callable[[str], None]  # called with the name of a stage of a search when it ends


def ignore_stages(stage: str) -> None:
    """Ignore the end of a stage."""


class BenchEngine(Protocol):
    """A search engine that runs in this process and stores its index in a folder."""

    name: str
    unsupported_kinds: frozenset[str]  # kinds of question that the engine cannot answer

    def prepare(self, paragraphs: Sequence[Paragraph]) -> Any:
        """Return the input of build(). Not timed."""

    def build(self, folder: Path, prepared: Any) -> None:
        """Write a new index to an empty folder. It is durable when this returns."""

    def open(self, folder: Path) -> None:
        """Open the index for searches and updates."""

    def update(self, paragraph: Paragraph) -> None:
        """Replace a paragraph and commit. The change is visible when this returns."""

    def finish_merging(self) -> None:
        """Wait for background work, so that the index has its final size."""

    def describe_segments(self) -> str:
        """Return the number of segments in words, or "" if the engine has none."""

    def search(self, question: Question, on_stage: OnStage = ignore_stages) -> Any:
        """Return everything that a page needs: total, counts and the top hits with snippets.

        Counts are of countries and years; each ignores the filter of its own field. This is timed,
        so the result is in the engine's own format.
        """

    def to_answer(self, raw: Any) -> Answer:
        """Convert a result of search(). Not timed."""
