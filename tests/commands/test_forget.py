"""`activities forget`: exit codes and messages, also while a site is running."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.commands.forget import unused_indexes
from indexer.engines.base import Engine
from indexer.engines.whoosh.engine import DIRECTORY_NAME
from indexer.indexing.sync import Summary
from indexer.settings import Settings
from webapp import create_app
from webapp.cli import cli

Run = Callable[..., Result]
Index = Callable[..., Summary]


@pytest.fixture
def run(settings: Settings) -> Run:
    env = {
        "ACTIVITIES_CONTENT": str(settings.content),
        "ACTIVITIES_INDEX": str(settings.index),
    }
    return lambda *arguments: CliRunner().invoke(cli, ["forget", *arguments], env=env)


def test_the_command_says_what_it_removed_and_what_it_cannot_reach(
    run: Run, engine: Engine, content: Path, index: Index
) -> None:
    index()
    (content / "kgz-police.md").unlink()
    index()
    result = run("kgz-police")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "forgot kgz-police",
        "wrote generation 3 without it",
        "removed the earlier generations: 1, 2",
    ]
    assert "not reached: backups" in result.stderr
    assert "Git history of the content folder" in result.stderr
    assert run("kgz-police").exit_code == 0


def test_a_published_file_ends_with_exit_code_1_and_the_remedy(
    run: Run, engine: Engine, index: Index
) -> None:
    index()
    result = run("kgz-police")
    assert result.exit_code == 1
    assert "kgz-police.md:1: is still published: delete the file or add draft: true" in (
        result.stderr
    )
    assert [generation.number for generation in engine.generations()] == [1]


def test_an_unknown_id_ends_with_exit_code_1(run: Run, index: Index) -> None:
    index()
    result = run("kgz-polise")
    assert result.exit_code == 1
    assert "kgz-polise: no activity with this id has been public: check the id" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["../x"], ["A b"]])
def test_a_missing_or_invalid_id_ends_with_exit_code_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_missing_index_ends_with_exit_code_3(run: Run) -> None:
    result = run("kgz-polise")
    assert result.exit_code == 3
    assert "there is no index" in result.stderr


def test_the_index_of_an_engine_that_is_no_longer_used_is_named(
    settings: Settings, index: Index
) -> None:
    index()
    assert unused_indexes(settings) == []
    other = replace(settings, engine="opensearch+http://localhost:9/x")
    assert [path.name for path in unused_indexes(other)] == [DIRECTORY_NAME]


def test_a_running_site_drops_the_pages_that_it_keeps(
    run: Run, settings: Settings, content: Path, index: Index
) -> None:
    first = index().generation
    client = create_app(settings).test_client()
    paths = (
        "/activities/kgz-police",
        "/?q=officers",
        f"/?q=officers&generation={first}",
        "/export?format=json&q=officers",
        f"/api/v1/search?q=officers&generation={first}",
    )
    before = [client.get(path) for path in paths]
    assert all("domestic" in response.text for response in before)
    (content / "kgz-police.md").unlink()
    assert run("kgz-police").exit_code == 0
    for path, response in zip(paths, before, strict=True):
        headers = {"If-None-Match": response.headers["ETag"]}
        after = client.get(path, headers=headers)
        assert after.status_code in (200, 410)
        assert "domestic" not in after.text
    assert client.get("/activities/kgz-police").status_code == 410
