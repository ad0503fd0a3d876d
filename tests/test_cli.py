"""The commands, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.settings import Settings
from webapp.cli import cli


@pytest.fixture
def run(settings: Settings):  # type: ignore[no-untyped-def]
    env = {"ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index)}
    return lambda *args: CliRunner().invoke(cli, args, env=env)


def test_check_names_every_error_with_its_line(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("check").exit_code == 0
    (content / "bad.md").write_text('---\ncountry: [PAK]\n\nyear: "20l9"\n---\nText.')
    done: Result = run("check")
    assert done.exit_code == 1
    assert f'{content}/bad.md:4: year: "20l9" is not a whole number' in done.stdout


def test_fix_rewrites_names_and_keeps_everything_else(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    (content / "fix.md").write_text(
        '---\n# a comment\ncountry: [Viet Nam, "Türkiye", NO]  # another\nregion: West Africa\n---\nText.\n'
    )
    assert run("check", "--fix").exit_code == 0
    assert (
        content / "fix.md"
    ).read_text() == '---\n# a comment\ncountry: [VNM, TUR, NOR]  # another\nregion: "011"\n---\nText.\n'


def test_index_says_what_it_did(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    assert "4 added, 0 changed, 0 deleted, 0 unchanged, 0 rejected" in run("index").stdout
    assert json.loads(run("index", "--json").stdout)["unchanged"] == 4
    (content / "bad.md").write_text("")
    assert run("index").exit_code == 1


def test_search_in_the_terminal_is_the_same_page(run) -> None:  # type: ignore[no-untyped-def]
    run("index")
    found = json.loads(
        run("search", "trafficking", "--country", "Pakistan", "--year", "2018", "--json").stdout
    )
    assert (found["total"], found["hits"][0]["id"]) == (1, "pak-trafficking")
    assert run("search", "trafficking").exit_code == 0
    assert run("search", "--country", "Atlantis").exit_code == 2


def test_rollback_and_resume(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    run("index")
    (content / "new.md").write_text("A new paragraph.")
    run("index")
    assert "generation 3 is generation 1 again" in run("rollback").stdout
    assert "held" in run("index").stderr
    assert json.loads(run("status", "--json").stdout)["generation"]["restores"] == 1
    assert "1 added" in run("index", "--resume").stdout


@pytest.mark.parametrize("command", ["search", "status", "rollback"])
def test_without_an_index_a_command_says_what_to_run(run, command: str) -> None:  # type: ignore[no-untyped-def]
    done = run(command)
    assert done.exit_code == 3
    assert "Traceback" not in done.output


def test_a_content_folder_that_is_not_there_is_named(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    done = CliRunner().invoke(cli, ["check", "--content", "/nowhere"])
    assert done.exit_code == 1
    assert "/nowhere" in done.output


def test_an_export_is_the_rows_of_the_search(run) -> None:  # type: ignore[no-untyped-def]
    run("index")
    done = run("export", "trafficking", "--country", "PAK", "--format", "json")
    assert [hit["id"] for hit in json.loads(done.stdout)["hits"]] == ["pak-trafficking"]
