"""The run log: one line for each run, rotated, and ignored if it cannot be written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from indexer import jsonl
from indexer.content.visible_text import MAX_MESSAGE_LENGTH, cut_message
from indexer.engines.base import Engine, IndexBusy
from indexer.indexing import run_log
from indexer.indexing.sync import Summary, SyncOptions, sync
from indexer.settings import Settings

Index = Callable[..., Summary]


def run(number: int) -> run_log.RunRecord:
    return run_log.RunRecord(
        "2026-11-24T00:00:00Z", "a test", "host", number, 0.5, "done", 1, {"added": 1}
    )


def test_every_run_is_logged_with_its_errors_and_their_lines(
    content: Path, settings: Settings, index: Index
) -> None:
    index()
    (content / "bad.md").write_text("---\nyear: x\n---\nText.")
    index()
    newest, oldest = run_log.recent(settings.index, 10)
    assert (oldest.outcome, oldest.generation, oldest.counts["added"], oldest.errors) == (
        "done",
        1,
        4,
        (),
    )
    assert (newest.counts["rejected"], newest.pid, newest.owner) == (1, os.getpid(), "a test")
    assert newest.errors[0].startswith(f"{content}/bad.md:2: year")
    lines = [
        json.loads(line) for line in (settings.index / run_log.FILE_NAME).read_text().splitlines()
    ]
    assert [line["pid"] for line in lines] == [os.getpid()] * 2


def test_a_failed_run_is_logged_with_its_error_and_a_held_run_as_held(
    engine: Engine, settings: Settings, index: Index
) -> None:
    index()
    with engine.writer("ana", 1), pytest.raises(IndexBusy):
        sync(engine, settings.content, "ben", SyncOptions(timeout=0), cache=settings.index)
    failed = run_log.recent(settings.index, 1)[0]
    assert (failed.outcome, failed.owner, failed.generation) == ("failed", "ben", None)
    assert "ana" in failed.errors[0]
    engine.rollback(1, "a test")
    index()
    assert (
        run_log.recent(settings.index, 1)[0].outcome,
        run_log.recent(settings.index, 1)[0].generation,
    ) == (
        "held",
        2,
    )


def test_a_truncated_line_is_skipped(tmp_path: Path) -> None:
    run_log.append(tmp_path, run(1))
    log = tmp_path / run_log.FILE_NAME
    log.write_bytes(log.read_bytes()[:-20])
    run_log.append(tmp_path, run(2))
    assert [record.pid for record in run_log.recent(tmp_path, 9)] == [2]


def test_a_log_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    (tmp_path / run_log.FILE_NAME).mkdir()
    run_log.append(tmp_path, run(1))
    assert run_log.recent(tmp_path, 9) == []


def append_many(folder: Path, first: int) -> None:
    jsonl.MAX_SIZE = 3000
    for number in range(first, first + 12):
        run_log.append(folder, run(number))


def test_two_processes_lose_no_line_when_the_log_is_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_SIZE", 3000)  # also undoes what append_many sets
    writers = [
        get_context("spawn").Process(target=append_many, args=(tmp_path, first))
        for first in (0, 100)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (tmp_path / "runs.1.jsonl").stat().st_size >= 3000
    assert {record.pid for record in run_log.recent(tmp_path, 99)} == {*range(12), *range(100, 112)}
    append_many(tmp_path, 200)
    assert (
        sum((tmp_path / name).stat().st_size for name in (run_log.FILE_NAME, "runs.1.jsonl")) < 7000
    )
    assert run_log.recent(tmp_path, 1)[0].pid == 211


def test_a_long_error_is_cut_in_the_log(tmp_path: Path) -> None:
    error = "bad.md:2: year: not a number: " + "9" * 6_000_000
    run_log.append(tmp_path, replace(run(1), errors=(error,)))
    (logged,) = run_log.recent(tmp_path)[0].errors
    assert logged == cut_message(error)


def test_an_error_of_the_longest_length_is_logged_whole(tmp_path: Path) -> None:
    error = "x" * MAX_MESSAGE_LENGTH
    run_log.append(tmp_path, replace(run(1), errors=(error,)))
    assert run_log.recent(tmp_path)[0].errors == (error,)
