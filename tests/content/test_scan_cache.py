"""A run after a change reads only what may have changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.clock import TIMESTAMP_GRANULARITY
from indexer.content import files as folder
from indexer.content.files import ContentFile
from indexer.content.scan_cache import FILE_NAME, load_state
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.settings import Settings

Index = Callable[..., Summary]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the files that are read."""
    found: list[str] = []
    read = folder.read_file

    def noted(entry: ContentFile) -> object:
        found.append(entry.id)
        return read(entry)

    monkeypatch.setattr("indexer.content.files.read_file", noted)
    monkeypatch.setattr("indexer.indexing.changes.read_file", noted)
    return found


@pytest.fixture
def settled(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file as if it had been written long before the scan."""
    later = time.time_ns() + 10 * TIMESTAMP_GRANULARITY
    monkeypatch.setattr("time.time_ns", lambda: later)


def test_only_what_changed_is_read(
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
    found = index()
    assert (found.added, found.changed, found.deleted, found.unchanged) == (1, 1, 1, 2)
    assert sorted(reads) == ["kgz-police", "new"]


def test_a_file_as_new_as_the_scan_is_read_again(
    content: Path, index: Index, reads: list[str]
) -> None:
    index()
    reads.clear()
    assert index().unchanged == 4
    assert len(reads) == 4


def test_a_file_of_the_same_size_and_time_is_found_by_its_change_time_or_by_verify(
    settled: None, content: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    path = content / "kgz-police.md"
    was = path.stat()
    path.write_text(path.read_text().replace("Police", "Qolice"))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert index().changed == 1  # nothing sets the time of change back
    path.write_text(path.read_text().replace("Qolice", "Police"))
    stamps = {entry.stamp[3]: entry.stamp for entry in folder.list_files(content) if entry.stamp}
    index()
    path.write_text(path.read_text().replace("Police", "Rolice"))
    # A file system that keeps no time of change, as some network ones.
    monkeypatch.setattr("indexer.content.files.stamp_of", lambda found: stamps[found.st_ino])
    assert index().changed == 0
    assert index(verify=True).changed == 1


def test_a_broken_file_is_said_in_every_run(
    settled: None, content: Path, index: Index, reads: list[str]
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nText.")
    for _ in range(2):
        reads.clear()
        found = index()
        assert (found.rejected, found.deleted, found.unchanged) == (1, 0, 3)
        assert reads == ["kgz-police"]
    (content / "kgz-police.md").unlink()
    assert index().deleted == 1


def test_two_files_that_claim_one_alias_are_both_said_when_one_was_not_read(
    settled: None, content: Path, index: Index
) -> None:
    index()
    (content / "second.md").write_text("---\naliases: [old-name]\n---\nText.")
    said = [str(error) for error in index().errors]
    assert len(said) == 2
    assert any("pak-trafficking.md:6: aliases" in line for line in said)
    (content / "second.md").unlink()
    assert index().rejected == 0


def test_errors_come_by_id_whichever_file_was_read_first(
    settled: None, content: Path, index: Index
) -> None:
    for name in ("z", "a"):
        (content / f"{name}.md").write_text(f"---\naliases: [former-{name}]\n---\nText.")
        index()
    (content / "m.md").write_text("---\naliases: [former-z, former-a]\n---\nText.")
    paths = [Path(error.path).stem for error in index().errors]
    assert paths == ["a", "z", "m", "m"]


def test_drafts_are_not_read_again_and_stay_drafts(
    settled: None, content: Path, index: Index, reads: list[str]
) -> None:
    (content / "draft.md").write_text("---\ndraft: true\n---\nText.")
    assert index().drafts == 1
    reads.clear()
    assert index().drafts == 1
    assert reads == []


def test_an_index_that_went_another_way_is_made_equal_again(
    settled: None, content: Path, index: Index, engine: Engine, reads: list[str]
) -> None:
    index()
    (content / "kgz-police.md").write_text("Changed.")
    index()
    engine.rollback(1, "a test")
    reads.clear()
    assert index(resume=True).changed == 1
    assert reads == ["kgz-police"]


def test_a_scan_of_another_folder_or_a_damaged_one_is_no_scan(
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
