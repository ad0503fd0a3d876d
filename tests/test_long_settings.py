"""No command repeats a long wrong value of an option, a setting or a settings file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from indexer.indexing import run_log
from indexer.indexing.sync import Summary
from indexer.settings import Settings
from tests.serving import environment
from webapp.cli import cli

LONG = "q" * 20_000
MAX_OUTPUT = 2500  # characters: a message, and the usage that click prints above it


def commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def options() -> list[tuple[str, str]]:
    """Return each option that takes a value, with its command."""
    return [
        (name, parameter.opts[0])
        for name, command in commands().items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.is_flag
        if "--base-url" not in parameter.opts  # any text is right, and the file repeats it
    ]


def run(settings: Settings, *arguments: str, **env: str) -> int:
    """Run a command, and return the length of everything that it prints."""
    result = CliRunner().invoke(cli, arguments, env={**environment(settings), **env})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return len(result.output)


@pytest.fixture(autouse=True)
def in_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run commands in a temporary folder: "report" creates the folder that it is given."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def indexed(index: Callable[..., Summary]) -> None:
    index()


# These would serve or watch if the value were right.
NEVER_ENDS = {"serve", "watch"}


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("option", options(), ids=" ".join)
def test_no_option_repeats_a_long_wrong_value(settings: Settings, option: tuple[str, str]) -> None:
    command, name = option
    required = ["x"] * sum(
        isinstance(parameter, click.Argument) and parameter.required
        for parameter in commands()[command].params
    )
    stop = ["--port", "-1"] if command in NEVER_ENDS and name != "--port" else []
    if command == "watch":
        stop = ["--no-such-option"]
    for value in (LONG, "9" * 20_000, f"x/{LONG}", f"opensearch+http://{LONG}/x"):
        assert run(settings, command, *required, name, value, *stop) <= MAX_OUTPUT


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("command", sorted(commands()))
def test_no_command_repeats_a_long_wrong_argument(settings: Settings, command: str) -> None:
    if command in NEVER_ENDS:
        return
    assert run(settings, command, f"--{LONG}") <= MAX_OUTPUT
    assert run(settings, command, LONG) <= MAX_OUTPUT
    assert run(settings, command, LONG, LONG, LONG) <= MAX_OUTPUT


def test_an_unknown_command_is_cut(settings: Settings) -> None:
    assert run(settings, LONG) <= MAX_OUTPUT


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    "name",
    ["CONTENT", "INDEX", "ENGINE", "HISTORY_SIZE", "URL", "EDIT_URL", "QUERY_LOG", "HOST"],
)
def test_no_setting_repeats_a_long_wrong_value(settings: Settings, name: str) -> None:
    for value in (LONG, f"x/{LONG}", f"opensearch+http://{LONG}/x"):
        assert run(settings, "serve", "--port", "-1", **{f"ACTIVITIES_{name}": value}) <= MAX_OUTPUT
        if name in ("CONTENT", "INDEX", "ENGINE", "HISTORY_SIZE"):
            assert run(settings, "status", **{f"ACTIVITIES_{name}": value}) <= MAX_OUTPUT


@pytest.mark.parametrize("name", ["_vocabulary.yaml", "_synonyms.yaml", "_site.yaml"])
@pytest.mark.parametrize(
    "text",
    [
        LONG,
        f"{LONG}: x",
        f"agency:\n  {LONG}: x",
        f"agency: {LONG}",
        f"agency:\n  a: {{{LONG}: x}}",
        f"theme:\n  a: [{LONG}]",
        f"en:\n  - {LONG}",
        f"en: {LONG}",
        f"en:\n  - [{LONG}, {LONG}b]",
        f"en:\n  - a > {LONG}",
        f"ignore: {LONG}",
        f"ignore:\n  - [{LONG}]",
        f"name: {LONG}",
        f"about: [{LONG}]",
        f"[{LONG}",
        f"'{LONG}",
        f"&{LONG} a",
        f"*{LONG}",
        f"!{LONG} a",
    ],
    ids=range(19),
)
def test_no_settings_file_is_repeated_in_an_error(
    settings: Settings, content: Path, name: str, text: str
) -> None:
    (content / name).write_text(text)
    assert run(settings, "check") <= MAX_OUTPUT
    assert run(settings, "index") <= MAX_OUTPUT
    assert (settings.index / run_log.FILE_NAME).stat().st_size < 10_000
