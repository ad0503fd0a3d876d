"""Renaming a slug changes it in every file and in the vocabulary, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.content.activity import parse
from indexer.content.vocabulary import Vocabulary
from indexer.settings import Settings
from webapp.cli import cli

VOCABULARY = """# Labels
theme:
  shelter: Shelter
partner:
  unw: UN Women   # the short name
  un-women: UN Women
"""

Rename = Callable[..., Result]


@pytest.fixture
def rename(settings: Settings) -> Rename:
    """Return a function that calls `activities rename-value`."""
    (settings.content / "_vocabulary.yaml").write_text(VOCABULARY)
    folders = ["--content", str(settings.content), "--index", str(settings.index)]
    return lambda *arguments: CliRunner().invoke(cli, ["rename-value", *arguments, *folders])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("partner: unw", "partner: un-women"),
        ("partner: [unw, iom]  # two", "partner: [un-women, iom]  # two"),
        ("partner: [un-women, unw]", "partner: [un-women]"),
        ("partner: [unw, iom, un-women]", "partner: [iom, un-women]"),
        ("partner:\n  - iom\n  - unw", "partner:\n  - iom\n  - un-women"),
        ('partner: "unw"', "partner: un-women"),
        ("partner: UNW", "partner: un-women"),
        ("theme: unw", "theme: unw"),
        ("partner: unwell", "partner: unwell"),
    ],
)
def test_a_value_is_renamed_in_a_file(
    rename: Rename, content: Path, before: str, after: str
) -> None:
    (content / "a.md").write_text(f"---\r\n{before}\r\n---\r\nOf unw.\r\n", newline="")
    rename("partner", "unw", "un-women")
    expected = f"---\r\n{after}\r\n---\r\nOf unw.\r\n"
    assert (content / "a.md").read_bytes().decode() == expected


def test_a_value_is_renamed_in_the_vocabulary(rename: Rename, content: Path) -> None:
    assert rename("partner", "unw", "unwomen").exit_code == 0
    assert (content / "_vocabulary.yaml").read_text() == VOCABULARY.replace("  unw:", "  unwomen:")


def test_two_values_are_merged_in_the_vocabulary(rename: Rename, content: Path) -> None:
    result = rename("partner", "unw", "un-women")
    assert result.exit_code == 0
    assert Vocabulary.load(content).labels("partner") == {"un-women": "UN Women"}
    assert result.stdout.splitlines() == [str(content / "_vocabulary.yaml")]


def test_an_unreadable_file_is_reported_and_the_others_are_changed(
    rename: Rename, content: Path
) -> None:
    (content / "a.md").write_text("---\npartner: [unw\n---\nText.\n")
    (content / "b.md").write_text("---\npartner: unw\n---\nText.\n")
    result = rename("partner", "unw", "un-women")
    assert result.exit_code == 1
    assert "a.md: cannot be rewritten automatically" in result.stderr
    activity = parse("b", "b.md", (content / "b.md").read_bytes()).activity
    assert activity is not None
    assert activity.meta["partner"] == ("un-women",)


def test_an_unused_value_is_reported(rename: Rename) -> None:
    result = rename("partner", "nowhere", "un-women")
    assert result.exit_code == 1
    assert "0 files changed, 0 not changed" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("partner", "UN Women", "x"),
        ("year", "a", "b"),
        ("partner", "a", "none"),
        ("partner", "a", "a"),
    ],
)
def test_arguments_that_are_not_slugs_are_refused(
    rename: Rename, arguments: tuple[str, str, str]
) -> None:
    assert rename(*arguments).exit_code == 2
