"""A run reads only files that may have changed since the last run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.clock import TIMESTAMP_GRANULARITY
from indexer.content import files
from indexer.content.folder_walk import ContentFile, list_files
from indexer.content.rules import FrontMatterRules
from indexer.content.scan_cache import FILE_NAME, load_state
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.settings import Settings

Index = Callable[..., Summary]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the files that are read."""
    ids: list[str] = []
    read = files.read_file

    def recording_read(file: ContentFile, rules: FrontMatterRules) -> object:
        ids.append(file.id)
        return read(file, rules)

    monkeypatch.setattr("indexer.content.files.read_file", recording_read)
    monkeypatch.setattr("indexer.indexing.changes.read_file", recording_read)
    return ids


@pytest.fixture
def settled(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all files seem to be written long before the scan."""
    later = time.time_ns() + 10 * TIMESTAMP_GRANULARITY
    monkeypatch.setattr("time.time_ns", lambda: later)


def test_only_changed_files_are_read(
    settled: None, content: Path, index: Index, reads: list[str]
) -> None:
    assert index().added == 4
    assert len(reads) == 4
    reads.clear()
    assert index().unchanged == 4
    assert reads == []
    (content / "new.md").write_text("A new one.")
    (content / "kgz-police.md").write_text("Changed.")
    (content / "global-guide.md").unlink()
    summary = index()
    assert (summary.added, summary.changed, summary.deleted, summary.unchanged) == (1, 1, 1, 2)
    assert sorted(reads) == ["kgz-police", "new"]


def test_a_file_about_as_new_as_the_scan_is_read_again(
    content: Path, index: Index, reads: list[str]
) -> None:
    index()
    reads.clear()
    assert index().unchanged == 4
    assert len(reads) == 4


def test_an_edit_that_keeps_size_and_mtime_is_found_by_ctime_or_by_verify(
    settled: None, content: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    path = content / "kgz-police.md"
    before = path.stat()
    path.write_text(path.read_text().replace("Police", "Qolice"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert index().changed == 1  # no call can set the change time back
    path.write_text(path.read_text().replace("Qolice", "Police"))
    stamps = {file.stamp[3]: file.stamp for file in list_files(content) if file.stamp}
    index()
    path.write_text(path.read_text().replace("Police", "Rolice"))
    # Some network file systems keep no change time.
    monkeypatch.setattr(
        "indexer.content.folder_walk.stamp_of", lambda status: stamps[status.st_ino]
    )
    assert index().changed == 0
    assert index(verify=True).changed == 1


def test_a_file_with_errors_is_reported_in_every_run(
    settled: None, content: Path, index: Index, reads: list[str]
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nText.")
    for _ in range(2):
        reads.clear()
        summary = index()
        assert (summary.rejected, summary.deleted, summary.unchanged) == (1, 0, 3)
        assert reads == ["kgz-police"]
    (content / "kgz-police.md").unlink()
    assert index().deleted == 1


def test_two_files_with_one_alias_are_both_reported_although_one_is_unchanged(
    settled: None, content: Path, index: Index
) -> None:
    index()
    (content / "second.md").write_text("---\naliases: [old-name]\n---\nText.")
    errors = [str(error) for error in index().errors]
    assert len(errors) == 2
    assert any("pak-trafficking.md:6: aliases" in line for line in errors)
    (content / "second.md").unlink()
    assert index().rejected == 0


def test_alias_errors_are_ordered_by_id(settled: None, content: Path, index: Index) -> None:
    for name in ("z", "a"):
        (content / f"{name}.md").write_text(f"---\naliases: [former-{name}]\n---\nText.")
        index()
    (content / "m.md").write_text("---\naliases: [former-z, former-a]\n---\nText.")
    paths = [Path(error.path).stem for error in index().errors]
    assert paths == ["a", "z", "m", "m"]


def test_unchanged_drafts_are_not_read_again(
    settled: None, content: Path, index: Index, reads: list[str]
) -> None:
    (content / "draft.md").write_text("---\ndraft: true\n---\nText.")
    assert index().drafts == 1
    reads.clear()
    assert index().drafts == 1
    assert reads == []


def test_an_index_that_another_run_changed_is_made_equal_again(
    settled: None, content: Path, index: Index, engine: Engine, reads: list[str]
) -> None:
    index()
    (content / "kgz-police.md").write_text("Changed.")
    index()
    engine.rollback(1, "a test")
    reads.clear()
    assert index(resume=True).changed == 1
    assert reads == ["kgz-police"]


def test_a_state_of_another_folder_or_a_damaged_one_is_ignored(
    settled: None, settings: Settings, content: Path, index: Index, reads: list[str]
) -> None:
    index()
    assert len(load_state(settings.index, content, "whoosh").stamps) == 4
    assert not load_state(settings.index, content.parent, "whoosh").stamps
    path = settings.index / FILE_NAME
    path.write_bytes(bytes(len(path.read_bytes())))
    assert not load_state(settings.index, content, "whoosh").stamps
    reads.clear()
    assert index().unchanged == 4
    assert len(reads) == 4
