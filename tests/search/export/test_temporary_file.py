"""Exports that are written to a temporary file: a full disk, and what is left behind."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import pytest

from indexer.search.export.temporary_file import written_file

# A limit of the size of files makes write() fail after some data, as on a full disk.
EXPORT = """
import random, resource, sys
from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Generation
from indexer.search.export import ExportNotWritten, export
from webapp.search_state import search_source
from indexer.search.request import SearchRequest

texts = ["".join(random.choices("abcdefghij", k=3000)) for _ in range(200)]
rows = (Activity(str(n), "", text, "en", {}, text) for n, text in enumerate(texts))
source = search_source(SearchRequest(), 200, Generation(1, "2026-01-02T03:04:05Z", "", 200), "https://a.example")
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    export(sys.argv[2], source, rows, Vocabulary({}))
except ExportNotWritten as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [20_000, 100_000])
@pytest.mark.parametrize("format", ["xlsx", "docx"])
def test_a_full_disk_is_an_error_that_names_the_folder(
    tmp_path: Path, limit: int, format: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", EXPORT, str(limit), format],
        capture_output=True,
        text=True,
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        check=True,
    )
    assert run.stdout.startswith(f"{tmp_path}: the temporary file of the export cannot be written")
    assert "free disk space" in run.stdout
    assert not list(tmp_path.iterdir())


def test_a_file_is_read_in_pieces_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def write(file: IO[bytes], folder: Path) -> None:
        (folder / "part").write_bytes(b"x" * 200_000)
        file.write((folder / "part").read_bytes())

    pieces = written_file(write)
    assert [len(piece) for piece in pieces] == [65_536] * 3 + [200_000 - 3 * 65_536]
    unread = written_file(write)
    next(unread)
    unread.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())
