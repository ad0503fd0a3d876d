"""How the commands print the errors in content files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.commands.error_report import MAX_PRINTED, RunErrors
from indexer.content.activity import InvalidActivity
from indexer.indexing.sync import Summary
from indexer.settings import Settings
from webapp.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Run:
    """Return a function that runs a command on the test content."""
    env = {"ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index)}
    return lambda *args: CliRunner().invoke(cli, args, env=env)


def write_broken(content: Path, count: int) -> None:
    """Write files with an unknown field, and one with a wrong year."""
    for number in range(count):
        (content / f"broken-{number}.md").write_text("---\nlayout: post\n---\nText.")
    (content / "wrong-year.md").write_text("---\nyear: 20l9\n---\nText.")


def test_check_limits_problems_of_one_kind_and_ends_with_a_summary_by_kind(
    run: Run, content: Path
) -> None:
    write_broken(content, MAX_PRINTED + 5)
    result = run("check")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == MAX_PRINTED + 1
    assert "wrong-year.md:2" in result.stdout
    assert result.stderr.splitlines() == [
        "and 5 more of the kind unknown-field: --all lists them",
        "30 files, 26 problems",
        "     25 unknown-field, in 25 files",
        "      1 invalid-year, in 1 file",
    ]


@pytest.mark.parametrize("option", ["--all", "--json"])
def test_check_lists_every_problem_on_request(run: Run, content: Path, option: str) -> None:
    write_broken(content, MAX_PRINTED + 5)
    result = run("check", option)
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, MAX_PRINTED + 6)
    assert "more of the kind" not in result.stderr


def test_the_json_of_a_problem_has_its_kind(run: Run, content: Path) -> None:
    write_broken(content, 1)
    (content / "_vocabulary.yaml").write_text("colour:\n  a: b\n")
    (content / "Capital.md").write_text("Text.")
    kinds = [json.loads(line)["kind"] for line in run("check", "--json").stdout.splitlines()]
    assert sorted(kinds) == ["invalid-year", "settings", "unknown-field"]


def test_index_limits_problems_of_one_kind(run: Run, content: Path) -> None:
    write_broken(content, MAX_PRINTED + 5)
    result = run("index")
    assert result.exit_code == 1
    assert result.stderr.count("unknown field") == MAX_PRINTED
    assert 'and 5 more of the kind unknown-field: "activities check --all"' in result.stderr


def test_an_unchanged_run_counts_old_problems_and_prints_new_ones(run: Run, content: Path) -> None:
    write_broken(content, 2)
    assert "broken-0.md:2" in run("index").stderr
    result = run("index")
    assert result.exit_code == 1
    assert result.stderr == '3 problems in 3 files as before: "activities status" shows them\n'
    (content / "broken-9.md").write_text("---\nlayout: post\n---\nText.")
    result = run("index")
    assert "broken-9.md:2" in result.stderr
    assert "broken-0.md" not in result.stderr
    assert "3 problems in 3 files as before" in result.stderr


def test_a_run_with_changes_and_a_rebuild_print_all_problems(run: Run, content: Path) -> None:
    write_broken(content, 1)
    run("index")
    (content / "new.md").write_text("A new text.")
    assert "broken-0.md:2" in run("index").stderr
    assert "broken-0.md:2" in run("index", "--rebuild").stderr
    assert "broken-0.md:2" not in run("index").stderr


def test_the_problems_of_a_few_files_are_always_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_errors = RunErrors(tmp_path)
    first, second = (InvalidActivity(f"{n}.md", 1, "", "is wrong") for n in (1, 2))
    run_errors.print_run(Summary(rejected=2, errors=[first, second]), unchanged=True)
    assert capsys.readouterr().err.count("is wrong") == 2
    run_errors.print_run(Summary(rejected=2, errors=[second]), unchanged=True)
    assert capsys.readouterr().err.count("is wrong") == 1
    run_errors.print_run(Summary(rejected=2, errors=[first, second]), unchanged=True)
    assert "2 problems in 2 files as before" in capsys.readouterr().err


def test_check_fix_writes_lists_for_joined_values_and_reports_the_rest(
    run: Run, content: Path
) -> None:
    file = content / "joined.md"
    file.write_text("---\ncountry: Pakistan, Afghanistan\nyear: 2018–2020\ntitel: x\n---\nText.")
    assert '2 values that "activities check --fix" can rewrite' in run("check").stderr
    result = run("check", "--fix")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [f'{file}:4: unknown field "titel"; did you mean "title"?']
    assert f"{file}:2: country: Pakistan, Afghanistan was rewritten as PAK, AFG" in result.stderr
    assert "country: [PAK, AFG]\nyear: [2018, 2019, 2020]\n" in file.read_text()


def test_check_fix_reports_a_file_that_cannot_be_rewritten_and_continues(
    run: Run, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (content / f"{name}.md").write_text("---\ncountry: Pakistan\n---\nText.")

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied", ".temporary")

    monkeypatch.setattr("indexer.content.file_replacement.os.fchmod", refuse)
    result = run("check", "--fix")
    assert result.exit_code == 1
    for name in ("a", "b"):
        reason = "cannot be rewritten (Permission denied), and was not changed"
        assert f"{content}/{name}.md:1: {reason}" in result.stdout
        assert (content / f"{name}.md").read_text() == "---\ncountry: Pakistan\n---\nText."
