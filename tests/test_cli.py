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
        (content / "fix.md").read_text()
        == '---\n# a comment\ncountry: [VNM, TUR, NOR]  # another\nregion: "011"\n---\nText.\n'
    )


def test_fix_takes_values_that_stand_twice_away(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    file = content / "fix.md"
    file.write_bytes(
        b"\xef\xbb\xbf---\r\ncountry: [PAK, Pakistan,\r\n  pk, KEN]\r\nyear: [2018, 2018]\r\ntheme:\r\n- a # kept\r\n"
        b"- A # gone\r\n- b\r\n---\r\nText, te\xcc\x81xt.\r\n"
    )
    file.chmod(0o640)
    assert "4 values" in run("check").stderr
    assert run("check", "--fix").exit_code == 0
    assert file.read_bytes() == (
        b"\xef\xbb\xbf---\r\ncountry: [PAK, KEN]\r\nyear: [2018]\r\ntheme:\r\n- a # kept\r\n- b\r\n---\r\n"
        + "Text, t\xe9xt.\r\n".encode()
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert run("check", "--fix").stderr == "5 files, 0 problems\n"


def test_check_says_every_problem_as_json_too(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    (content / "bad.md").write_text("---\ncontry: PAK\nyear: x\n---\nText.")
    (content / "_vocabulary.yaml").write_text("theme:\n  UN Women: UN Women\n")
    done = run("check", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [(Path(f["path"]).name, f["line"], f["field"]) for f in found] == [
        ("bad.md", 2, ""),
        ("bad.md", 3, "year"),
        ("_vocabulary.yaml", 2, "theme"),
    ]
    assert 'did you mean "country"' in found[0]["reason"]


@pytest.mark.parametrize(
    "text", ["theme:\n  a: [1", "theme:\n  A b: x\n", "colour:\n  a: b\n", "\xff", "- a\n"]
)
def test_a_broken_vocabulary_costs_its_labels_and_not_the_search(
    run, content: Path, text: str
) -> None:  # type: ignore[no-untyped-def]
    (content / "_vocabulary.yaml").write_bytes(text.encode("latin-1"))
    assert run("check").exit_code == 1
    done = run("index")
    assert (done.exit_code, "4 added" in done.stdout) == (1, True)
    found = run("search", "trafficking")
    assert (found.exit_code, "pak-trafficking" in found.stdout) == (0, True)
    assert "_vocabulary.yaml:" in found.stderr


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
    for wrong in (
        "--country=Atlantis",
        "--year=abc",
        "--language=klingon!",
        "--region=999",
        "--theme=-",
        "--sort=x",
    ):
        done = run("search", wrong)
        assert (done.exit_code, done.stdout) == (2, "")
    assert run("search", "--page=1001", "--per-page=10").exit_code == 2
    assert run("search", "--year", "none", "--theme", "Trafficking in persons").exit_code == 0


def test_the_terminal_says_what_the_page_says(run) -> None:  # type: ignore[no-untyped-def]
    run("index")
    said = run("search", "traficking foo:bar").stderr
    assert "“foo:” is not a field" in said
    said = run("search", "traficking").stderr
    assert "Did you mean “trafficking”? (2 activities)" in said
    assert said.startswith("0 activities")


def test_a_folder_that_cannot_be_written_is_one_sentence(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/there/LOCK")

    monkeypatch.setattr(
        "indexer.cli.sync", refused
    )  # root may write anywhere: no mode would refuse it
    done = run("index")
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert "/there/LOCK" in done.stderr


def test_rollback_and_resume(run, content: Path) -> None:  # type: ignore[no-untyped-def]
    run("index")
    (content / "new.md").write_text("A new paragraph.")
    run("index")
    assert "generation 3 is generation 1 again" in run("rollback").stdout
    held = run("index")
    assert ("held" in held.stderr, held.exit_code) == (True, 1)
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
