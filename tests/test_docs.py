"""What the documentation says is what there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.schema import FIELDS
from indexer.search.request import SearchRequest
from indexer.search.service import search
from webapp.api.json import activity_json, search_json
from webapp.cli import cli
from webapp.parameters import EXPORT, SEARCH

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
FOLDERS = ("indexer", "webapp", "indexer/engines/whoosh", "indexer/engines/opensearch")


_GROUP = click.Context(cli)
COMMANDS = {
    name: command
    for name in cli.list_commands(_GROUP)
    if (command := cli.get_command(_GROUP, name))
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"(activities|make) {command}\b", README)


@pytest.mark.parametrize("field", [field.name for field in FIELDS])
def test_every_field_is_in_the_readme(field: str) -> None:
    assert f"`{field}`" in README


def test_every_setting_is_in_the_readme() -> None:
    settings = {
        option.envvar for command in COMMANDS.values() for option in command.params if option.envvar
    }
    assert settings >= {
        "ACTIVITIES_CONTENT",
        "ACTIVITIES_INDEX",
        "ACTIVITIES_ENGINE",
        "ACTIVITIES_HOST",
        "PORT",
    }
    assert not {name for name in settings if f"`{name}`" not in README}


def test_every_parameter_and_json_key_is_in_the_readme(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()

    def keys(found: object) -> Iterator[str]:
        if isinstance(found, dict):
            yield from found
        for inside in (
            found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
        ):
            yield from keys(inside)

    with engine.snapshot() as snapshot:
        (stored,) = snapshot.get("pak-trafficking")
    assert stored
    pages = [
        search_json(search(engine, SearchRequest(text), Vocabulary({})), Vocabulary({}))
        for text in ("women", "wimen")
    ]
    names = {
        *keys(pages),
        *keys(activity_json(stored, 1, (), "x")),
        *(p.name.lstrip("-") for p in (*SEARCH.values(), *EXPORT)),
    }
    assert len(names) > 40
    assert not {name for name in names if f"`{name}`" not in README}


def test_every_module_is_on_the_map() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for folder in FOLDERS:
        for path in (ROOT / folder).glob("*.py"):
            assert f"`{path.name}`" in text, path


def test_every_module_on_the_map_is_there() -> None:
    for name in re.findall(r"`(\w+\.py)`", (ROOT / "ARCHITECTURE.md").read_text()):
        assert any(
            (ROOT / folder / name).exists() for folder in (*FOLDERS, "tests", "tests/cluster")
        ), name
