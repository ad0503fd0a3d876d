"""`activities status`: generations, drift, rollbacks and runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.engines.base import Engine
from indexer.indexing.status import read_status
from indexer.indexing.sync import Summary
from indexer.settings import Settings
from webapp.cli import cli

Index = Callable[..., Summary]
Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Run:
    env = {"ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index)}
    return lambda *args: CliRunner().invoke(cli, args, env=env)


def change_everything(content: Path) -> None:
    (content / "new.md").write_text("A new one.")
    (content / "global-guide.md").write_text("Changed.")
    (content / "kgz-police.md").unlink()
    (content / "pak-trafficking.md").write_text("---\nyear: x\n---\nBroken.")


def test_status_lists_the_differences_and_changes_nothing(
    content: Path, index: Index, run: Run
) -> None:
    index()
    assert run("status").exit_code == 0
    change_everything(content)
    result = run("status", "--json")
    status = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {kind: status["drift"][kind] for kind in ("unindexed", "changed", "orphaned")} == {
        "unindexed": ["new"],
        "changed": ["global-guide"],
        "orphaned": ["kgz-police"],
    }
    assert status["drift"]["invalid"][0].startswith(f"{content}/pak-trafficking.md:2: year")
    assert status["generation"]["number"] == 1
    result = run("status")
    assert (result.exit_code, "1 without a file:\n  kgz-police\n" in result.stdout) == (1, True)
    summary = index()
    assert (summary.added, summary.changed, summary.deleted) == (1, 1, 1)


def test_status_shows_the_size_of_the_index_and_its_owner(
    settings: Settings, index: Index, run: Run
) -> None:
    index()
    status = json.loads(run("status", "--json").stdout)
    (folder,) = (path for path in settings.index.iterdir() if path.is_dir())
    assert status["size"] == sum(path.stat().st_size for path in folder.iterdir())
    assert (status["segments"], status["generation"]["activities"]) == (1, 4)
    assert status["generation"]["owner"] == "a test"
    assert status["generation"]["indexed_at"] in run("status").stdout


def test_status_reports_that_a_rollback_holds_the_index_back(
    content: Path, engine: Engine, index: Index, run: Run
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    assert json.loads(run("status", "--json").stdout)["held"] is False
    run("rollback")
    result = run("status")
    assert result.exit_code == 1  # the new file is not in the index
    assert "held back by a rollback" in result.stdout
    assert json.loads(run("status", "--json").stdout)["held"] is True


def test_status_lists_the_last_runs_with_their_errors(
    content: Path, index: Index, run: Run
) -> None:
    index()
    change_everything(content)
    index()
    newest, oldest = json.loads(run("status", "--json").stdout)["runs"]
    assert (oldest["counts"]["added"], newest["counts"]["deleted"]) == (4, 1)
    assert newest["errors"][0].startswith(f"{content}/pak-trafficking.md:2: year")
    assert newest["errors"][0] in run("status").stdout


def test_a_long_list_is_cut_for_people_and_complete_in_json(
    content: Path, index: Index, run: Run
) -> None:
    index()
    for number in range(30):
        (content / f"new-{number}.md").write_text("A new one.")
    assert "30 not in the index:" in run("status").stdout
    assert "and 20 more" in run("status").stdout
    assert len(json.loads(run("status", "--json").stdout)["drift"]["unindexed"]) == 30


def test_drafts_and_last_good_versions_are_not_drift(
    content: Path, engine: Engine, settings: Settings, index: Index
) -> None:
    (content / "draft.md").write_text("---\ndraft: true\n---\nText.")
    index()
    assert not read_status(engine, settings).drift
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nBroken.")
    index()
    drift = read_status(engine, settings).drift
    assert (drift.orphaned, drift.changed, len(drift.invalid)) == ([], [], 1)


def test_two_rollbacks_go_two_generations_back(
    content: Path, engine: Engine, index: Index, run: Run
) -> None:
    for number in range(3):
        (content / f"new-{number}.md").write_text("A new one.")
        index()
    assert "generation 4 restores generation 2" in run("rollback").stdout
    result = run("rollback")
    assert (result.exit_code, "no earlier generation" in result.stderr) == (
        3,
        True,
    )  # three are kept: 2, 3 and 4
    assert engine.generations()[-1].restores == 2
