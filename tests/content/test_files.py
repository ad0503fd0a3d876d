"""Listing and reading the content folder."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

import pytest

from indexer.content import files
from indexer.content.folder_walk import list_files
from indexer.content.rules import NO_RULES


def test_several_processes_read_the_same_as_one(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        (content / f"f{n:02}.md").write_text(
            f"---\nyear: {'x' if n % 7 == 3 else 2000 + n}\n---\nText {n}."
        )
    by_one_process = [
        (entry.id, parsed.activity, list(map(str, parsed.errors)))
        for entry, parsed in files.check_folder(content)
    ]
    monkeypatch.setattr(files, "MIN_FILES_FOR_PROCESSES", 5)
    monkeypatch.setattr(files, "FILES_PER_TASK", 4)
    # The threads of the test runner do not touch the files.
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    by_several = [
        (entry.id, parsed.activity, list(map(str, parsed.errors)))
        for entry, parsed in files.check_folder(content)
    ]
    assert by_several == by_one_process
    assert sum(bool(errors) for _, _, errors in by_several) == 4


@pytest.mark.parametrize("reverse", [False, True])
def test_an_error_with_the_id_of_a_file_comes_before_the_file_in_any_listing_order(
    content: Path, monkeypatch: pytest.MonkeyPatch, reverse: bool
) -> None:
    """The last entry with an id wins: otherwise the last good version replaces the new one."""
    (content / "twin.md").write_text("Text.")
    (content / "twin.MD").write_text("Text.")
    scandir = os.scandir

    @contextmanager
    def ordered_scandir(folder: int) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(folder) as entries:
            yield sorted(entries, key=attrgetter("name"), reverse=reverse)

    monkeypatch.setattr("indexer.content.folder_walk.os.scandir", ordered_scandir)
    entries = list_files(content)
    assert [entry.path.rpartition(".")[2] for entry in entries if entry.id == "twin"] == [
        "MD",
        "md",
    ]
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)


def test_a_sparse_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.md"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    tracemalloc.start()
    (listed,) = list_files(tmp_path)
    (error,) = files.read_file(listed, NO_RULES).errors
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "is larger than" in error.reason
    assert peak < 2_000_000


def test_a_link_that_replaces_a_file_after_the_listing_is_not_followed(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    secret = tmp_path / "secret.md"
    secret.write_text("A secret of the server.")
    (content / "a.md").write_text("Text.")
    (listed,) = list_files(content)
    (content / "a.md").unlink()
    (content / "a.md").symlink_to(secret)
    parsed = files.read_file(listed, NO_RULES)
    assert parsed.activity is None
    assert "cannot be read" in parsed.errors[0].reason


def test_a_large_file_that_is_withdrawn_is_reported_as_withdrawn(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ndraft: true\n---\n" + "word " * 200_000)
    (listed,) = list_files(tmp_path)
    assert files.read_file(listed, NO_RULES).withdrawn


def test_large_files_are_read_in_small_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BYTES_PER_TASK", 1000)
    for number, size in enumerate([10, 900, 200, 5000, 10, 10]):
        (tmp_path / f"a{number}.md").write_text("x" * size)
    batches = list(files.task_batches(list_files(tmp_path)))
    assert [len(batch) for batch in batches] == [2, 1, 1, 2]
