"""`activities rollback`: to the previous generation, to a number, or to a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.clock import DAY, HOUR
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.engines.conftest import ManualClock
from tests.indexing.test_watch import Watched
from webapp.cli import cli

Run = Callable[..., Result]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 28, 9, tzinfo=UTC).timestamp())


@pytest.fixture
def engine(settings: Settings, content: Path, clock: ManualClock) -> Engine:
    """An index with a generation of 9:00, 9:30 and 10:00 of a day, in UTC."""
    engine = open_engine(settings, clock)
    for number in range(3):
        (content / "new.md").write_text(f"Version {number}.")
        sync(engine, content, "a test", cache=settings.index)
        clock.seconds += 1800
    return engine


@pytest.fixture
def run(engine: Engine, settings: Settings) -> Run:
    env = {
        "ACTIVITIES_CONTENT": str(settings.content),
        "ACTIVITIES_INDEX": str(settings.index),
    }
    return lambda *arguments: CliRunner().invoke(cli, ["rollback", *arguments], env=env)


def body(engine: Engine) -> str:
    """Return the text that the newest generation has."""
    with engine.snapshot() as snapshot:
        (stored,) = snapshot.get("new")
        assert stored is not None
        return stored.body


@pytest.mark.parametrize(
    ("time", "number"),
    [
        ("2026-11-28T09:00:00Z", 1),
        ("2026-11-28T09:29:59Z", 1),
        ("2026-11-28T09:30:00Z", 2),
        ("2026-11-28T14:59:00+05:00", 2),
        ("2026-11-28 09:45Z", 2),
        ("2026-11-29T00:00:00Z", 3),
    ],
)
def test_a_time_restores_the_newest_generation_at_that_time(
    run: Run, engine: Engine, time: str, number: int
) -> None:
    result = run("--to", time)
    assert result.exit_code == 0
    assert f"generation 4 restores generation {number} of 2026-11-28T" in result.stdout
    assert body(engine) == f"Version {number - 1}."


def test_a_time_without_a_zone_is_in_the_local_zone(run: Run, engine: Engine) -> None:
    local = datetime(2026, 11, 28, 9, 40, tzinfo=UTC).astimezone().replace(tzinfo=None)
    assert run("--to", local.isoformat()).exit_code == 0
    assert body(engine) == "Version 1."


def test_two_rollbacks_go_back_two_generations(
    run: Run, engine: Engine, settings: Settings, content: Path, clock: ManualClock
) -> None:
    for number in (3, 4):
        clock.seconds += HOUR  # the newest generation of each hour is kept
        (content / "new.md").write_text(f"Version {number}.")
        sync(engine, content, "a test", cache=settings.index)
    for number in (4, 3):
        assert run().exit_code == 0
        assert engine.generations()[-1].restores == number
        assert body(engine) == f"Version {number - 1}."


def test_a_number_restores_that_generation(run: Run, engine: Engine) -> None:
    assert run("--to", "1").exit_code == 0
    assert body(engine) == "Version 0."


@pytest.mark.parametrize("to", ["2026-11-28T08:59:59Z", "2026-11-27", "7", "0"])
def test_a_generation_that_is_not_kept_is_an_error_that_lists_the_others(
    run: Run, engine: Engine, to: str
) -> None:
    result = run("--to", to)
    assert result.exit_code == 3
    assert "is kept" in result.stderr or "is not kept" in result.stderr
    assert result.stderr.splitlines()[1:] == [
        "  1: 2026-11-28T09:00:00Z, 5 activities",
        "  2: 2026-11-28T09:30:00Z, 5 activities",
        "  3: 2026-11-28T10:00:00Z, 5 activities",
    ]
    assert len(engine.generations()) == 3


@pytest.mark.parametrize("to", ["yesterday", "2026-13-01", "28/11/2026", "-1", "", "١٢"])
def test_an_invalid_number_or_time_is_a_usage_error(run: Run, to: str) -> None:
    result = run("--to", to)
    assert result.exit_code == 2
    assert "write 12, 2026-11-28T09:30 or 2026-11-28T09:30:00Z" in result.stderr.replace("\n", " ")


def test_a_mass_edit_that_a_watcher_indexed_in_many_commits_is_undone(
    engine: Engine, settings: Settings, content: Path, run: Run, clock: ManualClock
) -> None:
    clock.seconds += 3 * DAY  # nothing was edited meanwhile
    watched = Watched(engine, settings)
    try:
        for number in range(8):
            for path in content.glob("*.md"):
                path.write_text(f"Overwritten {number} times.")
            watched.until(lambda: engine.generations()[-1].number >= 4 + number)  # noqa: B023
            clock.seconds += 60
    finally:
        watched.stop.set()
        watched.thread.join()
    clock.seconds += 20 * HOUR
    assert run("--to", "2026-11-28T10:00:00Z").exit_code == 0
    with engine.snapshot() as snapshot:
        assert snapshot.generation.activities == 5
        assert not [s.id for s in snapshot.scan(Plan()) if "Overwritten" in s.body]
