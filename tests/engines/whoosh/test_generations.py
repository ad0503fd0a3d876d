"""Generations are listed as on the disk, and their removal can be interrupted."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from indexer.clock import HOUR
from indexer.engines.retention import Retention
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.generations import INDEX_NAME, TOC, GenerationStore
from tests.engines.conftest import ManualClock
from tests.engines.whoosh.conftest import activity


class Interruption(Exception):
    """The process was killed."""


def commit(engine: WhooshEngine, number: int) -> None:
    with engine.writer("a test", 1) as writer:
        for name in ("a", "b"):
            writer.put(activity(name, f"{name} {number}", digest=str(number)))
        writer.commit()


@pytest.mark.parametrize("removed", range(6))
def test_an_interrupted_removal_leaves_no_generation_without_its_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, removed: int
) -> None:
    clock = ManualClock(time.time())
    engine = WhooshEngine(tmp_path, retention=Retention(max_size_ratio=100, clock=clock))
    for number in range(6):
        commit(engine, number)
        clock.seconds += HOUR
    store = GenerationStore(engine.folder, Retention(max_size_ratio=0, clock=clock))
    before = list(store.numbers())
    assert len(before) == 6
    paths: list[Path] = []

    def remove(path: Path) -> None:
        if len(paths) == removed:
            raise Interruption
        paths.append(path)
        path.unlink()

    monkeypatch.setattr("indexer.engines.whoosh.generations.remove_path", remove)
    with pytest.raises(Interruption):
        store.remove_unused()
    assert len(paths) == removed
    store.forget_listing()
    listed = store.numbers()
    assert set(before[-3:]) <= set(listed)
    for number in listed:
        for segment in store.segments(number):
            assert (engine.folder / segment.filename()).is_file()


def test_a_generation_within_a_tick_of_the_clock_is_listed(tmp_path: Path) -> None:
    store = GenerationStore(tmp_path, Retention())
    # A time in the future counts as new, however long the following lines take.
    modified = time.time_ns() + 60_000_000_000
    for number in (1, 2):
        (tmp_path / TOC._filename(INDEX_NAME, number)).write_bytes(b"")
        os.utime(tmp_path, ns=(modified, modified))
        assert store.numbers() == list(range(1, number + 1))
