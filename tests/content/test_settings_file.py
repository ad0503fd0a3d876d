"""Settings files are read like content files, and their last good version is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.content.activity import InvalidActivity
from indexer.content.files import check_folder
from indexer.content.settings_file import MAX_FILE_SIZE, SettingsFile, read_settings_file
from indexer.content.vocabulary import VOCABULARY_FILE, Vocabulary


def vocabulary(tmp_path: Path) -> SettingsFile[Vocabulary]:
    """Return the vocabulary of a process that has just started."""
    content, index = tmp_path / "content", tmp_path / "index"
    content.mkdir(exist_ok=True)
    index.mkdir(exist_ok=True)
    return SettingsFile(content / VOCABULARY_FILE, Vocabulary.parse, index)


def write(tmp_path: Path, text: str) -> None:
    (tmp_path / "content").mkdir(exist_ok=True)
    (tmp_path / "content" / VOCABULARY_FILE).write_text(text)


def label(file: SettingsFile[Vocabulary]) -> str:
    return file.value().label("agency", "unodc")


def test_a_pipe_is_an_error_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / VOCABULARY_FILE)
    with pytest.raises(InvalidActivity, match="is not a regular file"):
        read_settings_file(tmp_path / VOCABULARY_FILE)


@pytest.mark.parametrize("name", ["_vocabulary.yaml", "_synonyms.yaml", "_site.yaml"])
@pytest.mark.parametrize("target", ["/dev/zero", "/etc/passwd", "real.yaml", "nowhere"])
def test_a_link_is_an_error_whatever_its_target(tmp_path: Path, name: str, target: str) -> None:
    (tmp_path / "real.yaml").write_text("")
    (tmp_path / name).symlink_to(target)
    errors = [error for _, parsed in check_folder(tmp_path) for error in parsed.errors]
    assert [error.path for error in errors] == [str(tmp_path / name)]
    assert "is a symbolic link, which is never followed" in errors[0].reason


def test_a_file_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    with (tmp_path / VOCABULARY_FILE).open("wb") as file:
        file.truncate(MAX_FILE_SIZE + 1)
    with pytest.raises(InvalidActivity, match="larger than 1,000,000 bytes"):
        read_settings_file(tmp_path / VOCABULARY_FILE)


def test_a_text_that_is_not_utf_8_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / VOCABULARY_FILE).write_bytes(b"agency:\n  ua: Fran\xe7ais\n")
    with pytest.raises(InvalidActivity, match=r"_vocabulary.yaml:2: byte 0xe7 is not UTF-8"):
        read_settings_file(tmp_path / VOCABULARY_FILE)


def test_the_last_good_version_is_used_after_a_restart(tmp_path: Path) -> None:
    write(tmp_path, "agency:\n  unodc: The Office\n")
    first = vocabulary(tmp_path)
    assert label(first) == "The Office"
    write(tmp_path, "agency: [\n")
    assert label(first) == "The Office"
    restarted = vocabulary(tmp_path)
    assert label(restarted) == "The Office"
    assert restarted.digest() == first.digest() != ""
    assert restarted.error is not None
    assert restarted.error.line == 1


def test_a_deleted_version_is_not_restored_when_a_later_one_has_an_error(tmp_path: Path) -> None:
    write(tmp_path, "agency:\n  unodc: The Office\n")
    file = vocabulary(tmp_path)
    assert label(file) == "The Office"
    (tmp_path / "content" / "one.md").write_text("A shelter opened.\n")
    (tmp_path / "content" / VOCABULARY_FILE).unlink()
    assert label(file) == "Unodc"
    write(tmp_path, "agency: [\n")
    assert label(vocabulary(tmp_path)) == "Unodc"


def test_an_empty_content_folder_keeps_the_last_version(tmp_path: Path) -> None:
    write(tmp_path, "agency:\n  unodc: The Office\n")
    file = vocabulary(tmp_path)
    assert label(file) == "The Office"
    (tmp_path / "content" / VOCABULARY_FILE).unlink()
    assert label(file) == "The Office"
    assert label(vocabulary(tmp_path)) == "The Office"
    write(tmp_path, "agency:\n  unodc: UNODC\n")
    assert label(file) == "UNODC"


def test_two_changes_within_one_tick_of_the_clock_are_both_seen(tmp_path: Path) -> None:
    write(tmp_path, "agency:\n  unodc: AAAA\n")
    file = vocabulary(tmp_path)
    before = os.stat(tmp_path / "content" / VOCABULARY_FILE)
    assert label(file) == "AAAA"
    with (tmp_path / "content" / VOCABULARY_FILE).open("r+") as opened:
        opened.write("agency:\n  unodc: BBBB\n")
    os.utime(opened.name, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert label(file) == "BBBB"


def test_an_unwritable_index_folder_only_prevents_the_copy(tmp_path: Path) -> None:
    write(tmp_path, "agency:\n  unodc: The Office\n")
    file = vocabulary(tmp_path)
    (tmp_path / "index" / "last_good").write_text("a file in place of the folder")
    assert label(file) == "The Office"


def test_no_index_folder_is_created_to_keep_a_copy(tmp_path: Path) -> None:
    write(tmp_path, "agency:\n  unodc: The Office\n")
    path = tmp_path / "content" / VOCABULARY_FILE
    assert label(SettingsFile(path, Vocabulary.parse, tmp_path / "nowhere")) == "The Office"
    assert not (tmp_path / "nowhere").exists()
