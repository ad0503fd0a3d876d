"""Renaming an activity moves its file and keeps its old id as an alias."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.activity import parse
from indexer.content.rename_activity import NotRenamed, rename_activity
from indexer.content.rules import NO_RULES


def rename(tmp_path: Path, data: str | bytes, new: str = "new-id") -> bytes:
    """Rename the activity "old-id" with this file, and return the new file."""
    data = data if isinstance(data, bytes) else data.encode()
    (tmp_path / "old-id.md").write_bytes(data)
    rename_activity(tmp_path, "old-id", new, NO_RULES)
    assert not (tmp_path / "old-id.md").exists()
    return (tmp_path / f"{new}.md").read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Text.\n", "---\naliases: [old-id]\n---\n\nText.\n"),
        (
            "---\ntitle: A # note\n---\nText.\n",
            "---\ntitle: A # note\naliases: [old-id]\n---\nText.\n",
        ),
        ("---\naliases: [a, b]\n---\nText.", "---\naliases: [a, b, old-id]\n---\nText."),
        ("---\naliases: [a] # was\n---\nText.", "---\naliases: [a, old-id] # was\n---\nText."),
        ("---\naliases: a\n---\nText.", "---\naliases: [a, old-id]\n---\nText."),
        ("---\naliases: []\n---\nText.", "---\naliases: [old-id]\n---\nText."),
        ("---\naliases:\nyear: 2019\n---\nT.", "---\naliases: [old-id]\nyear: 2019\n---\nT."),
        (
            "---\naliases:\n  - a\n  - b\nyear: 2019\n---\nText.",
            "---\naliases:\n  - a\n  - b\n  - old-id\nyear: 2019\n---\nText.",
        ),
        ("---\r\nyear: 2019\r\n---\r\nT.", "---\r\nyear: 2019\r\naliases: [old-id]\r\n---\r\nT."),
        ("\ufeff---\nyear: 2019\n---\nT.", "\ufeff---\nyear: 2019\naliases: [old-id]\n---\nT."),
    ],
)
def test_the_old_id_becomes_an_alias_and_nothing_else_changes(
    tmp_path: Path, before: str, after: str
) -> None:
    assert rename(tmp_path, before).decode() == after


def test_text_that_is_not_normalised_is_unchanged(tmp_path: Path) -> None:
    assert "cafe\u0301".encode() in rename(tmp_path, "---\ntitle: x\n---\nThe cafe\u0301.\n")


def test_the_new_file_is_in_a_new_folder_and_has_the_mode_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "old-id.md").write_text("Text.")
    (tmp_path / "old-id.md").chmod(0o640)
    rename_activity(tmp_path, "old-id", "asia/new", NO_RULES)
    assert (tmp_path / "asia" / "new.md").stat().st_mode & 0o777 == 0o640


def test_a_file_whose_id_is_derived_is_found(tmp_path: Path) -> None:
    (tmp_path / "Old_Id.markdown").write_text("Text.")
    rename_activity(tmp_path, "old-id", "new", NO_RULES)
    assert [path.name for path in tmp_path.iterdir()] == ["new.md"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("nowhere", "new", 'has the id "nowhere"'),
        ("one", "two", '"two" is the id of'),
        ("one", "three", '"three" is the id of'),
    ],
)
def test_nothing_is_overwritten(tmp_path: Path, old: str, new: str, reason: str) -> None:
    for name in ("one.md", "two.md", "Three.md"):
        (tmp_path / name).write_text(f"Text of {name}.")
    with pytest.raises(NotRenamed, match=reason):
        rename_activity(tmp_path, old, new, NO_RULES)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {
        name: f"Text of {name}." for name in ("one.md", "two.md", "Three.md")
    }


def test_a_list_that_cannot_be_edited_is_reported(tmp_path: Path) -> None:
    text = "---\naliases: [a,\n  b]\n---\nText."
    (tmp_path / "old-id.md").write_text(text)
    with pytest.raises(NotRenamed, match='add "old-id" to the aliases'):
        rename_activity(tmp_path, "old-id", "new", NO_RULES)
    assert (tmp_path / "old-id.md").read_text() == text
    assert len(list(tmp_path.iterdir())) == 1


@given(
    st.lists(st.sampled_from(["a", "b/c", "old-id", "'d'", '"e"']), max_size=4),
    st.sampled_from(["aliases: [{}]", "aliases:\n- {}", "aliases:\n  -  {}  # x"]),
    st.sampled_from(["", "title: T\n", "# note\n", "source: |\n  aliases: [x]\n"]),
)
@settings(deadline=None)
def test_the_new_file_has_the_old_values_and_one_more_alias(
    tmp_path_factory: pytest.TempPathFactory, aliases: list[str], form: str, above: str
) -> None:
    item = form.partition("\n")[2]
    lines = ["aliases:", *(item.format(alias) for alias in aliases)]
    listed = "\n".join(lines) if item else form.format(", ".join(aliases))
    data = f"---\n{above}{listed}\n---\nText.\n".encode()
    before = parse("old-id", "x", data).activity
    assert before is not None
    folder = tmp_path_factory.mktemp("content")
    changed = rename(folder, data)
    after = parse("new-id", "x", changed).activity
    assert after is not None
    assert set(after.meta["aliases"]) == {*before.meta.get("aliases", ()), "old-id"}
    assert after.body == before.body
