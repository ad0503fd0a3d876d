"""What is measured: an engine that is built, updated and asked, and says what it answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.bench.corpus import Paragraph
from tests.bench.model import Answer
from tests.bench.questions import Question

TOP = 10  # hits that are shown with their text and a snippet

Lap = Callable[[str], None]  # told when a stage of an answer ends


def no_laps(stage: str) -> None:
    """For whoever only wants the whole time."""


class Measured(Protocol):
    """Storage on disk below a folder, in one process."""

    name: str
    lacks: frozenset[str]  # the kinds of question that it has nothing for

    def prepare(self, paragraphs: Sequence[Paragraph]) -> Any:
        """What build() takes; not timed."""

    def build(self, folder: Path, prepared: Any) -> None:
        """A new index in an empty folder, durable when it returns."""

    def open(self, folder: Path) -> None:
        """Make ready to update and be asked."""

    def update(self, paragraph: Paragraph) -> None:
        """Replace one paragraph in a commit of its own, visible when it returns."""

    def settle(self) -> None:
        """Let what goes on in the background end: after this it is as large as it stays."""

    def segments(self) -> str:
        """Of how many parts it is, in words; "" where that is nothing to know."""

    def ask(self, question: Question, lap: Lap = no_laps) -> Any:
        """Everything a page needs: total, counts of countries and years, and the top hits with text and
        snippet. A count ignores the filters of its own group. Timed, so raw."""

    def read(self, raw: Any) -> Answer:
        """What an ask() found; not timed."""
