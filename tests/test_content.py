"""Reading many content files."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import content as folder


def test_files_read_by_several_processes_are_read_as_by_one(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(30):
        (content / f"f{n:02}.md").write_text(f"---\nyear: {'x' if n % 7 == 3 else 2000 + n}\n---\nText {n}.")
    alone = [(entry.id, parsed.activity, list(map(str, parsed.errors))) for entry, parsed in folder.check(content)]
    monkeypatch.setattr(folder, "PARALLEL", 5)
    monkeypatch.setattr(folder, "BATCH", 4)
    monkeypatch.setattr("threading.active_count", lambda: 1)  # the tests' own threads do not touch this
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    together = [(entry.id, parsed.activity, list(map(str, parsed.errors))) for entry, parsed in folder.check(content)]
    assert together == alone
    assert sum(bool(errors) for _, _, errors in together) == 4
