"""`activities check --summary` and `--repeats`. tests/test_cli.py tests the other options."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.cli import cli

TEXT = "Judges in {} learned to question children who testify about violence at home.\n"

Run = Callable[..., Result]


@pytest.fixture
def run(content: Path, tmp_path: Path) -> Run:
    folders = ("--content", str(content), "--index", str(tmp_path / "index"))
    return lambda *options: CliRunner().invoke(cli, ["check", *folders, *options])


@pytest.fixture
def repeated(content: Path) -> Path:
    """The content folder with four activities that repeat each other, and a draft."""
    for id, front, country in (
        ("ken", "year: 2019", "Kenya"),
        ("ken-again", "year: [2020, 2021]", "Kenya"),
        ("uga", "country: UGA", "Uganda"),
        ("zmb", "year: 2022", "Zambia"),
        ("draft", "draft: true", "Kenya"),
    ):
        text = f"---\n{front}\n---\n{TEXT.format(country)}"
        (content / f"{id}.md").write_text(text, encoding="utf-8")
    return content


def test_summary_prints_counts_and_no_problem(run: Run, content: Path) -> None:
    (content / "bad.md").write_text('---\nyear: "20l9"\n---\nText.', encoding="utf-8")
    result = run("--summary")
    assert result.stdout == (
        "4 activities, 0 kept out by their file (drafts), 1 files rejected\n\n"
        "Errors\n        1 invalid-year, in 1 file\n\n"
        "Activities without\n        1 country (25 %)\n        1 year (25 %)\n"
        "        3 theme (75 %)\n        4 partner (100 %)\n        4 source (100 %)\n"
    )
    assert result.exit_code == 1


def test_summary_has_the_exit_code_of_check(run: Run, content: Path) -> None:
    (content / "_vocabulary.yaml").write_text("agency:\n  other: Other\n", encoding="utf-8")
    assert run("--summary").exit_code == run().exit_code == 0
    assert run("--summary", "--strict").exit_code == run("--strict").exit_code == 1


def test_summary_as_json_is_one_object(run: Run) -> None:
    counts = json.loads(run("--summary", "--json").stdout)
    assert counts["activities"] == counts["files"] == 4
    assert counts["without"]["country"] == 1


def test_repeats_are_warnings_that_name_the_other_files(run: Run, repeated: Path) -> None:
    assert "nearly the same text" not in run().stdout
    result = run("--repeats")
    assert result.exit_code == 0
    assert (
        f"{repeated}/ken.md:1: warning: has nearly the same text as {repeated}/ken-again.md "
        f"(2020, 2021), {repeated}/uga.md and {repeated}/zmb.md (2022): keep each one that was "
        "reported on its own, and remove copies\n"
    ) in result.stdout
    assert result.stdout.count("nearly the same text") == 4
    assert "draft.md" not in result.stdout
    assert run("--repeats", "--strict").exit_code == 1


def test_a_warning_of_repeats_names_few_files_and_counts_the_others(
    run: Run, repeated: Path
) -> None:
    for number in range(5):
        text = f"---\nyear: 2010\n---\n{TEXT.format('Kenya')}"
        (repeated / f"ken-{number}.md").write_text(text, encoding="utf-8")
    assert f"{repeated}/ken-2.md (2010) and 5 more: keep each" in run("--repeats").stdout


def test_repeats_are_counted_in_the_summary(run: Run, repeated: Path) -> None:
    counts = json.loads(run("--summary", "--repeats", "--json").stdout)
    assert counts["warnings"] == {"repeated-text": {"problems": 4, "files": 4}}
