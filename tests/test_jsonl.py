"""Logs that several processes append to and rotate."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from indexer import jsonl


def numbers(path: Path) -> list[int]:
    """Return the numbers of the records of a log, oldest first."""
    return [record["n"] for record in jsonl.records(path)]


def test_a_log_is_locked_while_it_is_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.jsonl"
    jsonl.append(path, {"n": 1})
    monkeypatch.setattr(jsonl, "MAX_SIZE", path.stat().st_size)
    replace = Path.replace
    locked = []

    def replace_locked(self: Path, target: Path) -> Path:
        with path.open("a") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        locked.append(self)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_locked)
    jsonl.append(path, {"n": 2})
    assert locked == [path]
    assert numbers(path) == [1, 2]


def test_a_record_is_appended_to_the_new_log_if_another_process_rotates_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.jsonl"
    jsonl.append(path, {"n": 1})
    flock = fcntl.flock
    rotations = []

    def rotate_before_the_lock(file: int, operation: int) -> None:
        """Rotate the log and append to the new one, as another process could at this moment."""
        if not rotations:
            rotations.append(path.replace(tmp_path / "log.1.jsonl"))
            path.write_text('{"n": 2}\n')
        flock(file, operation)

    monkeypatch.setattr("indexer.jsonl.fcntl.flock", rotate_before_the_lock)
    jsonl.append(path, {"n": 3})
    assert len(rotations) == 1
    assert numbers(path) == [1, 2, 3]


def test_records_of_both_files_are_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.jsonl"
    monkeypatch.setattr(jsonl, "MAX_SIZE", 15)
    for number in range(3):
        jsonl.append(path, {"n": number})
    jsonl.rewrite(path, lambda record: {"n": record["n"] * 10})
    assert numbers(path) == [0, 10, 20]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.1.jsonl", "log.jsonl"]


def test_a_log_without_changes_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    jsonl.append(path, {"n": 1})
    before = path.stat().st_ino
    jsonl.rewrite(path, dict)
    jsonl.rewrite(tmp_path / "missing.jsonl", dict)
    assert path.stat().st_ino == before
