"""`activities new` writes the file of one activity from a text on standard input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.content.activity import Activity, parse
from webapp.cli import cli

TEXT = "In Kenya, UNODC and UN Women trained 40 prosecutors on domestic violence in 2019."
VOCABULARY = "partner:\n  un-women: UN Women\n  police: Police\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "_vocabulary.yaml").write_text(VOCABULARY)
    return folder


def new(content: Path, *options: str, text: str | bytes = TEXT) -> Result:
    return CliRunner().invoke(cli, ["new", "--content", str(content), *options], input=text)


def only_activity(content: Path) -> Activity:
    (path,) = content.glob("*.md")
    activity = parse(path.stem, path.name, path.read_bytes()).activity
    assert activity is not None
    return activity


def test_a_text_becomes_a_valid_file_with_proposed_values(content: Path) -> None:
    result = new(content)
    assert result.exit_code == 0, result.output
    activity = only_activity(content)
    assert activity.text == TEXT
    assert activity.meta["country"] == ("KEN",)
    assert activity.meta["year"] == (2019,)
    assert result.stdout.splitlines()[0] == str(content / f"{activity.id}.md")


def test_options_replace_the_proposed_values(content: Path) -> None:
    options = ("--country", "UGA", "--country", "Rwanda", "--year", "2020", "--title", "A course")
    assert new(content, *options).exit_code == 0
    meta = only_activity(content).meta
    assert meta["country"] == ("UGA", "RWA")
    assert meta["year"] == (2020,)
    assert meta["title"] == ("A course",)


def test_the_text_is_shown_as_it_was_typed(content: Path) -> None:
    text = "1. UNODC supported <police> in *Kenya*.\n\n# It was repeated."
    assert new(content, text=text).exit_code == 0
    assert (
        only_activity(content).text == "1. UNODC supported <police> in *Kenya*. # It was repeated."
    )


def test_the_id_can_be_chosen(content: Path) -> None:
    assert new(content, "--id", "ken-course").exit_code == 0
    assert only_activity(content).id == "ken-course"


@pytest.mark.parametrize(
    ("options", "text", "code", "message"),
    [
        (("--id", "Ken Course"), TEXT, 2, "cannot be the id"),
        ((), " \n", 2, "has no words"),
        ((), b"caf\xe9 in Kenya", 2, "is not UTF-8"),
        ((), "a" * 1_100_000, 2, "is larger than"),
        (("--country", "Kenia2"), TEXT, 1, 'country: "Kenia2" is not a country'),
        (("--partner", "un-womem"), TEXT, 1, 'did you mean "un-women"'),
    ],
)
def test_bad_input_is_an_error_and_nothing_is_written(
    content: Path, options: tuple[str, ...], text: str | bytes, code: int, message: str
) -> None:
    result = new(content, *options, text=text)
    assert result.exit_code == code
    assert message in result.stderr
    assert list(content.glob("*.md")) == []


def test_an_id_that_exists_is_not_overwritten(content: Path) -> None:
    (content / "ken-course.md").write_text("---\n---\n\nAnother text.\n")
    result = new(content, "--id", "ken-course")
    assert result.exit_code == 1
    assert "exists: choose another id" in result.stderr
    assert (content / "ken-course.md").read_text() == "---\n---\n\nAnother text.\n"


def test_a_text_that_exists_is_not_written_twice(content: Path) -> None:
    new(content)
    result = new(content)
    assert result.exit_code == 1
    assert "already exists" in result.stderr
    assert len(list(content.glob("*.md"))) == 1


def test_a_dry_run_writes_nothing(content: Path) -> None:
    result = new(content, "--dry-run")
    assert result.exit_code == 0
    assert "(not written)" in result.stdout
    assert list(content.glob("*.md")) == []


def test_fields_are_asked_for_on_a_terminal(content: Path) -> None:
    terminal, other_end = os.openpty()
    run = [sys.executable, "-c", "from webapp.cli import main; main()"]
    command = subprocess.Popen(
        [*run, "new", "--content", str(content)],
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
    )
    os.close(other_end)
    end_of_text = b"\n\x04"
    answers = ["A course", "", "-", "", "police", "", "", ""]  # in the order of the questions
    os.write(terminal, TEXT.encode() + end_of_text)
    output = b""
    for answer in answers:
        while not output.rstrip(b" ").endswith(b"]:"):
            output += os.read(terminal, 4096)
        output = b""
        os.write(terminal, answer.encode() + b"\n")
    while True:
        try:
            if not (data := os.read(terminal, 4096)):
                break
        except OSError:  # the terminal is closed
            break
        output += data
    assert command.wait() == 0, output.decode()
    os.close(terminal)
    meta = only_activity(content).meta
    assert meta["title"] == ("A course",)
    assert meta["country"] == ("KEN",)
    assert "year" not in meta
    assert meta["partner"] == ("police",)
