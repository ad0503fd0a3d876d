"""The digests of errors that runs have printed."""

from __future__ import annotations

from pathlib import Path

from indexer.content.activity import InvalidActivity
from indexer.indexing.reported_errors import FILE_NAME, digest_of, load_reported, save_reported


def test_digests_are_saved_and_loaded(tmp_path: Path) -> None:
    digests = {digest_of(InvalidActivity("x.md", line, "", "is wrong")) for line in (1, 2)}
    assert len(digests) == 2
    save_reported(tmp_path, digests)
    assert load_reported(tmp_path) == digests
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_a_missing_or_damaged_file_has_no_digests(tmp_path: Path) -> None:
    assert load_reported(tmp_path) == frozenset()
    for text in ("{", "7", "\udcff"):
        (tmp_path / FILE_NAME).write_text(text, errors="surrogateescape")
        assert load_reported(tmp_path) == frozenset()


def test_a_folder_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    save_reported(tmp_path / "missing", {"a"})
    assert load_reported(tmp_path / "missing") == frozenset()
