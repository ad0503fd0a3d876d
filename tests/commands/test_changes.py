"""`activities changes` lists added, edited and withdrawn activities."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.indexing.sync import Summary
from indexer.settings import Settings
from webapp.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, content: Path, index: Callable[..., Summary]) -> Run:
    """Return a function that runs the command on an index with changes since generation 1."""
    index()
    (content / "new.md").write_text("A new one.")
    (content / "kgz-police.md").unlink()
    guide = content / "global-guide.md"
    guide.write_text(guide.read_text().replace("trafficked women", "trafficked girls"))
    index()
    folders = ["--content", str(settings.content), "--index", str(settings.index)]
    return lambda *arguments: CliRunner().invoke(cli, ["changes", *arguments, *folders])


def test_changes_since_a_generation_are_listed(run: Run) -> None:
    result = run("--since", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "edited     global-guide (text)",
        "withdrawn  kgz-police",
        "added      new",
    ]
    assert "1 added, 1 edited, 1 withdrawn since generation 1" in result.stderr


def test_words_that_are_new_and_gone_are_shown_on_request(run: Run) -> None:
    result = run("--since", "1", "--words")
    assert "A guide on trafficked [-women,-] {+girls,+} with **UN Women**." in result.stdout


def test_a_search_limits_the_changes_and_says_what_is_left_out(run: Run) -> None:
    result = run("--since", "1", "trafficked", "girls")
    assert result.stdout == "edited     global-guide (text)\n"
    assert "1 withdrawn activity is left out" in result.stderr
    assert run("--since", "1", "--country", "Pakistan").stdout == ""
    assert json.loads(run("--since", "1", "--json", "new").stdout)["changes"] == [
        {"id": "new", "kind": "added", "fields": []}
    ]


def test_a_wrong_filter_is_wrong_usage(run: Run) -> None:
    assert run("--country", "Atlantis").exit_code == 2


def test_json_names_the_generations_and_the_changes(run: Run) -> None:
    answer = json.loads(run("--since", "1", "--json").stdout)
    assert (answer["since"]["generation"], answer["until"]["generation"]) == (1, 2)
    assert answer["complete"] is True
    assert answer["changes"][0] == {"id": "global-guide", "kind": "edited", "fields": ["text"]}


def test_a_time_before_the_record_says_where_the_record_begins(run: Run) -> None:
    result = run("--since", "2020-01-01")
    assert "the record begins at generation 1" in result.stderr


def test_a_value_that_is_neither_a_number_nor_a_time_is_wrong_usage(run: Run) -> None:
    assert run("--since", "yesterday").exit_code == 2


def test_without_an_index_the_message_says_how_to_create_one(settings: Settings) -> None:
    result = CliRunner().invoke(cli, ["changes", "--index", str(settings.index)])
    assert result.exit_code == 3
    assert "activities index" in result.stderr
