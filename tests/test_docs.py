"""The documentation describes the program."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import click
import pytest

from indexer.content.error_kinds import ErrorKind
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.schema import FIELDS
from indexer.search.more_like_this import more_like_this
from indexer.search.repeats import Repeat
from indexer.search.request import SearchRequest
from indexer.search.service import search
from webapp.activities import ActivityPage
from webapp.api.json import activity_json, search_json
from webapp.cli import cli
from webapp.parameters import EXPORT, SEARCH

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
}
MANUALS = "".join(text for name, text in DOCUMENTS.items() if name.startswith(("README", "docs/")))
_CONTEXT = click.Context(cli)
COMMANDS = {
    name: command
    for name in cli.list_commands(_CONTEXT)
    if (command := cli.get_command(_CONTEXT, name))
}


def keys(value: object) -> Iterator[str]:
    """Every key of nested JSON objects."""
    if isinstance(value, dict):
        yield from value
    children = value.values() if isinstance(value, dict) else value
    for child in children if not isinstance(value, str | int | float | None) else ():
        yield from keys(child)


def undocumented(names: object, document: str) -> set[str]:
    """The names that a document does not show as code."""
    assert isinstance(names, set | dict)
    return {name for name in names if f"`{name}`" not in DOCUMENTS[document]}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"(activities|make) {command}\b", MANUALS)


def test_every_field_is_documented() -> None:
    assert not undocumented({field.name for field in FIELDS}, "docs/content.md")


def test_every_kind_of_error_is_documented() -> None:
    assert not undocumented(set(get_args(ErrorKind)), "docs/api.md")


def test_every_setting_is_documented() -> None:
    options = (option for command in COMMANDS.values() for option in command.params)
    settings = {option.envvar for option in options if isinstance(option.envvar, str)}
    assert settings >= {"ACTIVITIES_CONTENT", "ACTIVITIES_INDEX", "ACTIVITIES_HOST", "PORT"}
    assert not undocumented(settings, "docs/operating.md")


def test_every_parameter_is_documented() -> None:
    names = {parameter.name.lstrip("-") for parameter in (*SEARCH.values(), *EXPORT)}
    assert not undocumented(names, "docs/api.md")


def test_every_json_key_of_the_api_is_documented(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    vocabulary = Vocabulary({})
    with engine.snapshot() as snapshot:
        (stored,) = snapshot.get("pak-trafficking")
        assert stored
        repeat = Repeat(stored, "A heading", 1.0)
        page = ActivityPage(
            stored, snapshot.generation, (repeat,), more_like_this(snapshot, stored)
        )
    pages = [
        search_json(search(engine, SearchRequest(text), vocabulary), vocabulary)
        for text in ("women", "wimen")
    ]
    names = {*keys(pages), *keys(activity_json(page, "x"))}
    assert len(names) > 40
    assert not undocumented(names, "docs/api.md")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_between_documents_leads_to_a_file_and_a_heading(name: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", DOCUMENTS[name]):
        path, _, heading = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            slugs = {
                re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles
            }
            assert heading in slugs, target


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_document_names_exists(name: str) -> None:
    if name in ("CHANGELOG.md", "BENCHMARKS.md"):
        return  # the first names files of the past
    for path in re.findall(r"`((?:indexer|webapp|tests|docs|\.ci)/[\w./-]+)`", DOCUMENTS[name]):
        if "TAG" not in path:
            assert (ROOT / path).exists(), path


def test_the_architecture_has_an_entry_for_every_package() -> None:
    packages = {
        path.parent.relative_to(ROOT).as_posix()
        for folder in ("indexer", "webapp")
        for path in (ROOT / folder).rglob("__init__.py")
    } - {"indexer", "webapp"}
    rows = set(re.findall(r"^\| `([a-z0-9/]+)` \|", DOCUMENTS["ARCHITECTURE.md"], re.MULTILINE))
    assert packages <= rows


def test_every_make_target_that_a_document_names_exists() -> None:
    output = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = {line.split()[0] for line in output.stdout.splitlines() if line.strip()}
    mentioned = set(
        re.findall(r"(?:^|`)make ([a-z-]+)", MANUALS + DOCUMENTS["CONTRIBUTING.md"], re.MULTILINE)
    )
    assert mentioned
    assert mentioned <= targets


def test_the_readme_is_short() -> None:
    assert len(DOCUMENTS["README.md"].splitlines()) < 150
