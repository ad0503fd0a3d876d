"""The commands of the terminal."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from indexer.settings import Settings
from webapp.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Run:
    """Return a function that runs a command on the test content."""
    env = {"ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index)}
    return lambda *args: CliRunner().invoke(cli, args, env=env)


def test_check_reports_every_error_with_its_line(run: Run, content: Path) -> None:
    assert run("check").exit_code == 0
    (content / "bad.md").write_text('---\ncountry: [PAK]\n\nyear: "20l9"\n---\nText.')
    result = run("check")
    assert result.exit_code == 1
    assert f'{content}/bad.md:4: year: "20l9" is not a whole number' in result.stdout


def test_check_fix_rewrites_names_as_keys_and_keeps_the_rest_of_the_file(
    run: Run, content: Path
) -> None:
    (content / "fix.md").write_text(
        '---\n# a comment\ncountry: [Viet Nam, "Türkiye", NO]  # another\n'
        "region: West Africa\n---\nText.\n"
    )
    assert run("check", "--fix").exit_code == 0
    assert (
        (content / "fix.md").read_text()
        == '---\n# a comment\ncountry: [VNM, TUR, NOR]  # another\nregion: "011"\n---\nText.\n'
    )


def test_check_fix_removes_duplicate_values(run: Run, content: Path) -> None:
    file = content / "fix.md"
    file.write_bytes(
        b"\xef\xbb\xbf---\r\ncountry: [PAK, Pakistan,\r\n  pk, KEN]\r\nyear: [2018, 2018]\r\n"
        b"theme:\r\n- a # kept\r\n"
        b"- A # gone\r\n- b\r\n---\r\nText, te\xcc\x81xt.\r\n"
    )
    file.chmod(0o640)
    assert "4 values" in run("check").stderr
    assert run("check", "--fix").exit_code == 0
    assert file.read_bytes() == (
        b"\xef\xbb\xbf---\r\ncountry: [PAK, KEN]\r\nyear: [2018]\r\n"
        b"theme:\r\n- a # kept\r\n- b\r\n---\r\nText, te\xcc\x81xt.\r\n"
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert run("check", "--fix").stderr == "5 files, 0 problems\n"


def test_check_reports_every_problem_as_json(run: Run, content: Path) -> None:
    (content / "bad.md").write_text("---\ncontry: PAK\nyear: x\n---\nText.")
    (content / "_vocabulary.yaml").write_text("theme:\n  UN Women: UN Women\n")
    result = run("check", "--json")
    problems = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [(Path(p["path"]).name, p["line"], p["field"]) for p in problems] == [
        ("bad.md", 2, ""),
        ("bad.md", 3, "year"),
        ("_vocabulary.yaml", 2, "theme"),
    ]
    assert 'did you mean "country"' in problems[0]["reason"]


def test_check_warns_of_unknown_slugs_and_fails_on_them_if_it_is_strict(
    run: Run, content: Path
) -> None:
    (content / "_vocabulary.yaml").write_text("partner:\n  un-women: UN Women\n")
    (content / "warned.md").write_text("---\npartner: un-womem\n---\nText.\n")
    result = run("check")
    assert result.exit_code == 0
    assert "warned.md:2: warning: partner: " in result.output
    assert 'did you mean "un-women"' in result.output
    assert "0 problems, 1 warnings" in result.output
    strict = run("check", "--strict")
    assert strict.exit_code == 1
    assert "1 warnings, which count as problems" in strict.output
    record = json.loads(run("check", "--json").stdout)
    assert (record["severity"], record["kind"]) == ("warning", "unknown-slug")


def test_check_counts_a_broken_vocabulary_as_a_problem_and_not_as_a_file(
    run: Run, content: Path
) -> None:
    (content / "_vocabulary.yaml").write_text("colour:\n  a: b\n")
    assert run("check").stderr == "4 files, 1 problems\n"


def test_check_reports_every_error_in_the_synonyms(run: Run, content: Path) -> None:
    (content / "_synonyms.yaml").write_text("en:\n  - [GBV]\n  - police\n")
    result = run("check")
    assert (result.exit_code, result.stderr) == (1, "4 files, 2 problems\n")
    assert [line.split(":")[1:3] for line in result.stdout.splitlines()] == [
        ["2", " en"],
        ["3", " en"],
    ]


def test_broken_synonyms_are_reported_and_the_index_still_works(run: Run, content: Path) -> None:
    (content / "_synonyms.yaml").write_text("en: [\n")
    result = run("index")
    assert (result.exit_code, "4 added" in result.stdout) == (1, True)
    assert "_synonyms.yaml:" in result.stderr


@pytest.mark.parametrize(
    "text", ["theme:\n  a: [1", "theme:\n  A b: x\n", "colour:\n  a: b\n", "\xff", "- a\n"]
)
def test_a_broken_vocabulary_is_reported_and_the_index_and_search_still_work(
    run: Run, content: Path, text: str
) -> None:
    (content / "_vocabulary.yaml").write_bytes(text.encode("latin-1"))
    assert run("check").exit_code == 1
    result = run("index")
    assert (result.exit_code, "4 added" in result.stdout) == (1, True)
    result = run("search", "trafficking")
    assert (result.exit_code, "pak-trafficking" in result.stdout) == (0, True)
    assert "_vocabulary.yaml:" in result.stderr


def test_index_prints_the_counts_of_the_run(run: Run, content: Path) -> None:
    assert "4 added, 0 changed, 0 deleted, 0 unchanged, 0 rejected" in run("index").stdout
    assert json.loads(run("index", "--json").stdout)["unchanged"] == 4
    (content / "bad.md").write_text("")
    assert run("index").exit_code == 1


def test_search_has_the_filters_and_limits_of_the_search_page(run: Run) -> None:
    run("index")
    filters = ("--country", "Pakistan", "--year", "2018")
    page = json.loads(run("search", "trafficking", *filters, "--json").stdout)
    assert (page["total"], page["hits"][0]["id"]) == (1, "pak-trafficking")
    assert run("search", "trafficking").exit_code == 0
    for invalid in (
        "--country=Atlantis",
        "--year=abc",
        "--language=klingon!",
        "--region=999",
        "--theme=-",
        "--sort=x",
    ):
        result = run("search", invalid)
        assert (result.exit_code, result.stdout) == (2, "")
    assert run("search", "--page=1001", "--per-page=10").exit_code == 2
    assert run("search", "--year", "none", "--theme", "Trafficking in persons").exit_code == 0


def test_search_prints_the_notices_and_suggestions_of_the_search_page(run: Run) -> None:
    run("index")
    assert "“foo:” is not a field" in run("search", "traficking foo:bar").stderr
    messages = run("search", "--match", "all", "traficking").stderr
    assert "Did you mean “trafficking”? (2 activities)" in messages
    assert messages.startswith("0 activities")


def test_a_folder_that_cannot_be_written_is_reported_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/there/LOCK")

    # The tests may run as root, who can write to every folder.
    monkeypatch.setattr("indexer.commands.index.sync", deny)
    result = run("index")
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "/there/LOCK" in result.stderr


def test_a_rollback_holds_the_index_until_resume(run: Run, content: Path) -> None:
    run("index")
    (content / "new.md").write_text("A new paragraph.")
    run("index")
    assert "generation 3 restores generation 1" in run("rollback").stdout
    result = run("index")
    assert ("held" in result.stderr, result.exit_code) == (True, 1)
    assert json.loads(run("status", "--json").stdout)["generation"]["restores"] == 1
    assert "1 added" in run("index", "--resume").stdout


@pytest.mark.parametrize("command", ["search", "status", "rollback"])
def test_a_command_without_an_index_fails_without_a_traceback(run: Run, command: str) -> None:
    result = run(command)
    assert result.exit_code == 3
    assert "Traceback" not in result.output


def test_check_reports_a_missing_content_folder() -> None:
    result = CliRunner().invoke(cli, ["check", "--content", "/nowhere"])
    assert result.exit_code == 1
    assert "/nowhere" in result.output


def test_export_writes_the_hits_of_the_search(run: Run) -> None:
    run("index")
    result = run("export", "trafficking", "--country", "PAK", "--format", "json")
    assert [hit["id"] for hit in json.loads(result.stdout)["hits"]] == ["pak-trafficking"]


def test_export_writes_a_workbook(run: Run) -> None:
    run("index")
    result = run("export", "trafficking", "--format", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(result.stdout_bytes))["Activities"]
    assert sheet.max_row == 3  # the header and two activities


def test_export_reports_a_temporary_folder_that_cannot_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("index")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    result = run("export", "--format", "xlsx")
    assert result.exit_code == 3
    assert f"{tmp_path}/missing: the temporary file of the export" in result.stderr


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_export_reports_a_full_disk(run: Run, settings: Settings, format: str) -> None:
    run("index")
    command = [sys.executable, "-c", "from webapp.cli import main; main()", "export"]
    command += ["--format", format, "--content", settings.content, "--index", settings.index]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 3
    assert ended.stderr.decode().splitlines() == [
        "activities: the output cannot be written (No space left on device): free disk space, or "
        "write to another disk; the file is incomplete"
    ]
