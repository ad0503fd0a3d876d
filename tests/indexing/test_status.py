"""What `activities status` says: generation, drift, hold, runs."""

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


def test_status_names_what_differs_and_changes_nothing(
    content: Path, index: Index, run: Run
) -> None:
    index()
    assert run("status").exit_code == 0
    change_everything(content)
    done = run("status", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert {kind: found["drift"][kind] for kind in ("unindexed", "changed", "orphaned")} == {
        "unindexed": ["new"],
        "changed": ["global-guide"],
        "orphaned": ["kgz-police"],
    }
    assert found["drift"]["invalid"][0].startswith(f"{content}/pak-trafficking.md:2: year")
    assert found["generation"]["number"] == 1
    said = run("status")
    assert (said.exit_code, "1 without a file:\n  kgz-police\n" in said.stdout) == (1, True)
    found = index()
    assert (found.added, found.changed, found.deleted) == (1, 1, 1)


def test_status_says_what_the_index_takes_and_who_made_it(
    settings: Settings, index: Index, run: Run
) -> None:
    index()
    found = json.loads(run("status", "--json").stdout)
    (folder,) = (path for path in settings.index.iterdir() if path.is_dir())
    assert found["size"] == sum(path.stat().st_size for path in folder.iterdir())
    assert (found["segments"], found["generation"]["activities"]) == (1, 4)
    assert found["generation"]["owner"] == "a test"
    assert found["generation"]["indexed_at"] in run("status").stdout


def test_status_says_that_the_index_is_held_back(
    content: Path, engine: Engine, index: Index, run: Run
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    assert json.loads(run("status", "--json").stdout)["held"] is False
    run("rollback")
    done = run("status")
    assert done.exit_code == 1  # the new one is not in it
    assert "held back by a rollback" in done.stdout
    assert json.loads(run("status", "--json").stdout)["held"] is True


def test_status_tells_the_last_runs_with_their_errors(
    content: Path, index: Index, run: Run
) -> None:
    index()
    change_everything(content)
    index()
    newest, oldest = json.loads(run("status", "--json").stdout)["runs"]
    assert (oldest["counts"]["added"], newest["counts"]["deleted"]) == (4, 1)
    assert newest["errors"][0].startswith(f"{content}/pak-trafficking.md:2: year")
    assert newest["errors"][0] in run("status").stdout


def test_a_long_list_is_cut_for_people_and_whole_in_json(
    content: Path, index: Index, run: Run
) -> None:
    index()
    for number in range(30):
        (content / f"new-{number}.md").write_text("A new one.")
    assert "30 not in the index:" in run("status").stdout
    assert "and 20 more" in run("status").stdout
    assert len(json.loads(run("status", "--json").stdout)["drift"]["unindexed"]) == 30


def test_a_draft_is_no_drift_and_a_kept_last_good_version_is_not_orphaned(
    content: Path, engine: Engine, settings: Settings, index: Index
) -> None:
    (content / "draft.md").write_text("---\ndraft: true\n---\nText.")
    index()
    assert not read_status(engine, settings).drift
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nBroken.")
    index()
    drift = read_status(engine, settings).drift
    assert (drift.orphaned, drift.changed, len(drift.invalid)) == ([], [], 1)


def test_rolling_back_twice_goes_two_steps_back(
    content: Path, engine: Engine, index: Index, run: Run
) -> None:
    for number in range(3):
        (content / f"new-{number}.md").write_text("A new one.")
        index()
    assert "generation 4 is generation 2 again" in run("rollback").stdout
    done = run("rollback")
    assert (done.exit_code, "no earlier generation" in done.stderr) == (
        3,
        True,
    )  # three are kept: 2, 3 and 4
    assert engine.generations()[-1].restores == 2
