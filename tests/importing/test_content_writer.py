"""The files that an import writes: activities, evidence and labels."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from indexer.importing import content_writer
from tests.importing.test_importer import KENYA, PAGE, PERU, run, written


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_appears_during_the_import_is_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    other = folder / "ken-women-trained-prosecutors-domestic-violence.md"
    link = os.link

    def create_other_file(source: Path, target: Path) -> None:
        if Path(target) == other:
            other.write_text("Another editor's text.", encoding="utf-8")
        if not has_links:
            raise PermissionError(errno.EPERM, "Operation not permitted", str(target))
        link(source, target)

    monkeypatch.setattr(os, "link", create_other_file)
    result = run(folder, PAGE, "source.txt", "--agency", "unodc")
    assert result.exit_code == 1
    assert f"line 2: {other} was created by another program during the import" in result.stderr
    assert other.read_text(encoding="utf-8") == "Another editor's text."
    assert PERU in [activity.body for activity in written(folder).values()]
    assert sorted(path.name for path in folder.glob(".*")) == []
    (log,) = (folder / "_import").glob("*.jsonl")
    proofs = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {proof["id"] for proof in proofs} == {"per-studied-smuggling-migrants-national-police"}


def test_new_labels_are_added_and_existing_ones_are_kept(folder: Path) -> None:
    folder.mkdir()
    vocabulary = folder / "_vocabulary.yaml"
    vocabulary.write_text(
        "# ours\ntheme:\n  domestic-violence: Violence at home  # as agreed\n", encoding="utf-8"
    )
    run(folder, PAGE, "source.txt", "--agency", "unodc")
    text = vocabulary.read_text(encoding="utf-8")
    assert "# ours" in text
    assert "domestic-violence: Violence at home  # as agreed" in text
    for line in ("migrant-smuggling: Smuggling of migrants", "un-women: UN Women", "unodc: UNODC"):
        assert line in text


def test_a_label_that_an_editor_adds_during_the_import_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    vocabulary = folder / "_vocabulary.yaml"
    vocabulary.write_text("theme:\n  other: Other\n", encoding="utf-8")
    replace_file = content_writer.replace_file

    def save_first(path: Path, old: bytes, new: bytes) -> None:
        text = vocabulary.read_text(encoding="utf-8")
        if "by-hand" not in text:
            vocabulary.write_text(f"{text}  by-hand: By hand\n", encoding="utf-8")
        replace_file(path, old, new)

    monkeypatch.setattr(content_writer, "replace_file", save_first)
    assert run(folder, PAGE).exit_code == 0
    text = vocabulary.read_text(encoding="utf-8")
    assert "by-hand: By hand" in text
    assert "un-women: UN Women" in text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_member_of_the_group_can_add_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = Path("_vocabulary.yaml")
    monkeypatch.chdir(tmp_path)
    vocabulary.write_text("theme:\n  other: Other\n", encoding="utf-8")
    for path in (vocabulary, tmp_path):
        os.chown(path, 54321, 12345)
    vocabulary.chmod(0o664)
    tmp_path.chmod(0o775)
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([12345])
    os.setegid(12346)
    os.seteuid(54322)
    try:
        content_writer.add_labels(vocabulary, {("theme", "new"): "New"})
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
    status = vocabulary.stat()
    assert "new: New" in vocabulary.read_text(encoding="utf-8")
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (54322, 12345, 0o664)


@pytest.mark.parametrize("mode", [0o640, 0o664, 0o600])
def test_the_vocabulary_keeps_its_mode_and_group(folder: Path, mode: int) -> None:
    folder.mkdir()
    vocabulary = folder / "_vocabulary.yaml"
    vocabulary.write_text("theme:\n  other: Other\n", encoding="utf-8")
    vocabulary.chmod(mode)
    group = next(iter(set(os.getgroups()) - {vocabulary.stat().st_gid}), 12345)
    if os.geteuid() == 0:
        os.chown(vocabulary, 54321, group)
    before = vocabulary.stat()
    run(folder, PAGE)
    after = vocabulary.stat()
    assert "migrant-smuggling" in vocabulary.read_text(encoding="utf-8")
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


def test_a_content_folder_that_cannot_be_written_is_reported(folder: Path) -> None:
    folder.write_text("a file", encoding="utf-8")
    result = run(folder, KENYA)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_a_broken_vocabulary_stops_the_import_before_a_file_is_written(folder: Path) -> None:
    folder.mkdir()
    (folder / "_vocabulary.yaml").write_text("theme: [not, a, mapping]\n", encoding="utf-8")
    result = run(folder, KENYA)
    assert result.exit_code == 1
    assert "_vocabulary.yaml:1" in result.stderr
    assert os.listdir(folder) == ["_vocabulary.yaml"]
