"""The counts of a content folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.content.files import check_folder
from indexer.content.folder_summary import FolderSummary, percentage


def summary_of(content: Path) -> FolderSummary:
    summary = FolderSummary()
    for file, parsed in check_folder(content):
        summary.add(file, parsed)
    return summary


def test_each_activity_is_counted_for_each_field_that_it_lacks(content: Path) -> None:
    summary = summary_of(content)
    assert (summary.files, summary.activities) == (4, 4)
    assert summary.as_json()["without"] == {
        "country": 1,
        "year": 1,
        "theme": 3,
        "partner": 4,
        "source": 4,
    }


def test_drafts_and_rejected_files_are_counted_separately(content: Path) -> None:
    (content / "draft.md").write_text("---\ndraft: true\n---\nText.", encoding="utf-8")
    (content / "bad.md").write_text('---\nyear: "20l9"\ncolour: red\n---\nText.', encoding="utf-8")
    (content / "worse.md").write_text("---\nyear: [18, 19]\n---\nText.", encoding="utf-8")
    summary = summary_of(content)
    assert (summary.activities, summary.withdrawn, summary.rejected) == (4, 1, 2)
    assert summary.as_json()["errors"] == {
        "invalid-year": {"problems": 3, "files": 2},
        "unknown-field": {"problems": 1, "files": 1},
    }
    assert summary.as_json()["without"]["year"] == 1


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "0 %"), (0, 9, "0 %"), (1, 1000, "less than 1 %"), (999, 1000, "more than 99 %"),
     (1, 3, "33 %"), (9, 9, "100 %")],
)  # fmt: skip
def test_a_percentage_is_not_rounded_to_none_or_all(part: int, whole: int, text: str) -> None:
    assert percentage(part, whole) == text
