"""The walk of the content folder finds files, derives ids, and reports files it passes over."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.content.folder_walk import list_files, walk_folder
from indexer.content.scan_cache import FolderState


def passed_over(content: Path) -> list[tuple[str, str]]:
    """Return the names below the content folder that are passed over, with the reasons."""
    walk = walk_folder(content, FolderState())
    return sorted((entry.path[len(str(content)) + 1 :], entry.reason) for entry in walk.passed_over)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("a.markdown", "a"),
        ("With Space.md", "with-space"),
        ("Capital.md", "capital"),
        ("shout.MD", "shout"),
        ("shout.Markdown", "shout"),
        ("é.md", "e"),
        ("a_b.md", "a-b"),
        ("2019-05-01-Training_of_judges.md", "2019-05-01-training-of-judges"),
        ("v1.2 notes.md", "v1-2-notes"),
        ("Sub Folder/x.md", "sub-folder/x"),
        ("-a.md", "a"),
        ("line\nbreak.md", "line-break"),
    ],
)
def test_an_id_is_derived_from_a_name_that_is_not_a_valid_id(
    tmp_path: Path, name: str, id: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("Text.")
    (file,) = list_files(tmp_path)
    assert (file.id, file.path, file.error) == (id, str(tmp_path / name), None)


def test_an_id_has_at_most_200_characters(tmp_path: Path) -> None:
    (tmp_path / ("a" * 200 + ".md")).write_text("Text.")
    (tmp_path / ("b" * 201 + ".md")).write_text("Text.")
    longest, too_long = list_files(tmp_path)
    assert (longest.id, longest.error) == ("a" * 200, None)
    assert "its name is too long" in str(too_long.error)


def test_a_valid_name_takes_precedence_over_an_equal_derived_id(
    tmp_path: Path,
) -> None:
    for name in ("a-b.md", "a_b.md"):
        (tmp_path / name).write_text("Text.")
    twin, file = list_files(tmp_path)
    assert (file.path, file.error) == (str(tmp_path / "a-b.md"), None)
    assert twin.id == "a-b"
    assert "its address would be a-b, which is that of a-b.md too: rename one" in str(twin.error)


def test_files_with_equal_derived_ids_are_all_errors(tmp_path: Path) -> None:
    for name in ("a_b.md", "a b.md", "A-B.markdown"):
        (tmp_path / name).write_text("Text.")
    entries = list_files(tmp_path)
    assert len(entries) == 3
    assert all("a-b, which is that of another file too" in str(entry.error) for entry in entries)


@pytest.mark.parametrize("name", ["_posts", "_drafts", "sub/_hidden"])
def test_a_folder_whose_name_begins_with_an_underscore_is_reported(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / name / "one.md").write_text("Text.")
    reason = 'a folder whose name begins with "_" is not read'
    assert passed_over(tmp_path) == [(f"{name}/", reason)]


@pytest.mark.parametrize("name", ["_index.md", ".hidden.md", "_draft.markdown", "._one.md"])
def test_a_markdown_file_whose_name_begins_with_an_underscore_or_a_dot_is_reported(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("Text.")
    assert passed_over(tmp_path) == [(name, f'a name that begins with "{name[0]}" is not read')]


@pytest.mark.parametrize("name", ["ok.md ", "a.mdx", "a.md.bak", "a.md~", "a.md.txt", "a.mdown"])
def test_a_file_whose_name_resembles_markdown_is_reported(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Text.")
    assert passed_over(tmp_path) == [(name, "its name does not end in .md or .markdown: rename it")]


def test_settings_evidence_and_files_of_other_types_are_not_reported(tmp_path: Path) -> None:
    for name in ("_vocabulary.yaml", "_synonyms.yaml", "_site.yaml", "logo.png", "notes.txt"):
        (tmp_path / name).write_text("")
    for name in ("_import", ".git", "images"):
        (tmp_path / name).mkdir()
    assert passed_over(tmp_path) == []
