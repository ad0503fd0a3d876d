"""Older generations are opened while every engine keeps them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indexer.content.activity import Activity
from indexer.engines.base import Engine, IndexDamaged
from indexer.engines.kept_generation import kept_generation

OpenEngine = Callable[[], Engine]


def write(engine: Engine, body: str) -> int:
    with engine.writer("a test", 1) as writer:
        writer.put(Activity("a", body, body, "en", {"language": ("en",)}, body))
        return writer.commit().number


def test_a_kept_generation_has_its_own_texts(open_again: OpenEngine) -> None:
    first = write(open_again(), "before")
    write(open_again(), "after")
    with kept_generation(open_again(), first) as snapshot:
        assert snapshot is not None
        activity = snapshot.get("a")[0]
        assert activity is not None
        assert activity.text == "before"


def test_a_generation_that_is_not_kept_is_none(open_again: OpenEngine) -> None:
    write(open_again(), "before")
    with kept_generation(open_again(), 99) as snapshot:
        assert snapshot is None


def test_a_generation_of_another_time_is_none(open_again: OpenEngine) -> None:
    number = write(open_again(), "before")
    with kept_generation(open_again(), number, "2020-01-01T00:00:00Z") as snapshot:
        assert snapshot is None


def test_an_error_of_the_reader_is_not_hidden(open_again: OpenEngine) -> None:
    number = write(open_again(), "before")
    with pytest.raises(IndexDamaged, match="later"), kept_generation(open_again(), number):
        raise IndexDamaged("found later")
