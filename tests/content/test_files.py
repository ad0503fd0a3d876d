"""Reading many content files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.content import files as folder


def test_files_read_by_several_processes_are_read_as_by_one(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        (content / f"f{n:02}.md").write_text(
            f"---\nyear: {'x' if n % 7 == 3 else 2000 + n}\n---\nText {n}."
        )
    alone = [
        (entry.id, parsed.activity, list(map(str, parsed.errors)))
        for entry, parsed in folder.check_folder(content)
    ]
    monkeypatch.setattr(folder, "MIN_FILES_FOR_PROCESSES", 5)
    monkeypatch.setattr(folder, "FILES_PER_TASK", 4)
    monkeypatch.setattr(
        "threading.active_count", lambda: 1
    )  # the tests' own threads do not touch this
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    together = [
        (entry.id, parsed.activity, list(map(str, parsed.errors)))
        for entry, parsed in folder.check_folder(content)
    ]
    assert together == alone
    assert sum(bool(errors) for _, _, errors in together) == 4


@pytest.mark.parametrize("backwards", [False, True])
def test_what_stands_in_for_a_file_comes_before_it_however_the_folder_is_listed(
    content: Path, monkeypatch: pytest.MonkeyPatch, backwards: bool
) -> None:
    """What is taken last decides what the index has: the last good version would take the place of the new one."""
    (content / "twin.md").write_text("Text.")
    (content / "twin.MD").write_text("Text.")
    scandir = os.scandir

    @contextmanager
    def listed(folder: int) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(folder) as found:
            yield sorted(found, key=lambda entry: entry.name, reverse=backwards)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr("indexer.content.files.os.scandir", listed)
    entries = folder.list_files(content)
    assert [entry.path.rpartition(".")[2] for entry in entries if entry.id == "twin"] == [
        "MD",
        "md",
    ]
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)
