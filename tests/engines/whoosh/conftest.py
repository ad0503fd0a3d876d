"""Activities for the Whoosh engine that need no content files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from indexer.content.activity import Activity
from indexer.engines.whoosh.engine import WhooshEngine

Commit = Callable[..., int]


def activity(
    id: str, text: str, language: str = "en", digest: str = "1", **meta: tuple[str | int, ...]
) -> Activity:
    return Activity(id, digest, text, language, {"language": (language,), **meta}, text)


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index")


@pytest.fixture
def commit(engine: WhooshEngine) -> Commit:
    """Return a function that puts and deletes activities in one commit.

    It returns the number of the generation.
    """

    def run(
        puts: Iterable[Activity] = (), delete: Iterable[str] = (), rebuild: bool = False
    ) -> int:
        with engine.writer("a test", 1, rebuild) as writer:
            for put in puts:
                writer.put(put)
            for id in delete:
                writer.delete(id)
            return writer.commit().number

    return run
