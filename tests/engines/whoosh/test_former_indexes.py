"""Index directories of earlier releases are removed a day after the new index was created."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.clock import DAY, HOUR
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.engines.whoosh.directory import write_lock
from indexer.indexing.sync import Summary, sync
from indexer.settings import Settings
from tests.engines.conftest import ManualClock
from tests.indexing.test_watch import Watched
from webapp.cli import cli

Sync = Callable[[], Summary]


@pytest.fixture
def engine(settings: Settings, clock: ManualClock) -> Engine:
    return open_engine(settings, clock)


@pytest.fixture
def run(engine: Engine, settings: Settings) -> Sync:
    return lambda: sync(engine, settings.content, "a test", cache=settings.index)


@pytest.fixture
def former(run: Sync, settings: Settings, clock: ManualClock) -> Path:
    """The index directory of an earlier release, last written to at the time of the clock."""
    run()
    directory = next(path for path in settings.index.iterdir() if path.is_dir())
    former = directory.rename(directory.with_name("0123456789ab"))
    os.utime(former, (clock.seconds, clock.seconds))
    return former


def test_a_former_index_is_removed_a_day_after_the_first_commit_with_a_message(
    run: Sync, former: Path, clock: ManualClock
) -> None:
    clock.seconds += 3 * DAY
    assert run().removed == ()
    clock.seconds += DAY - 1
    assert run().removed == ()
    assert former.is_dir()
    clock.seconds += 1
    assert run().removed == (f"removed {former}, the index of an earlier release",)
    assert not former.exists()
    assert run().removed == ()


def test_commits_and_rebuilds_do_not_delay_the_removal(
    run: Sync, former: Path, clock: ManualClock, engine: Engine, content: Path
) -> None:
    for number in range(8):
        (content / f"new-{number}.md").write_text("A new paragraph.")
        run()
        with engine.writer("a test", 1, rebuild=number == 5) as writer:
            writer.commit()
        clock.seconds += 3 * HOUR
    assert former.is_dir()
    assert run().removed


def test_a_former_index_that_was_written_to_today_is_kept(
    run: Sync, former: Path, clock: ManualClock
) -> None:
    run()
    clock.seconds += 3 * DAY
    os.utime(former, (clock.seconds - HOUR, clock.seconds - HOUR))
    assert run().removed == ()
    assert former.is_dir()


def test_a_former_index_that_a_run_is_writing_to_is_kept(
    run: Sync, former: Path, clock: ManualClock
) -> None:
    run()
    clock.seconds += 3 * DAY
    with write_lock(former, "the former release", 0, lambda _: None):
        os.utime(former, (0, 0))
        assert run().removed == ()
    assert list(former.glob("*.arrays"))


def test_a_link_and_folders_of_other_programs_are_not_removed(
    run: Sync, settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    (settings.index / "other").mkdir(parents=True)
    (settings.index / "abcdef012345").symlink_to(elsewhere)
    run()
    clock.seconds += 3 * DAY
    assert run().removed == ()
    assert (elsewhere / "file").exists()
    assert (settings.index / "other").is_dir()


def test_a_clock_that_was_wrongly_ahead_at_the_first_commit_does_not_keep_the_former_index(
    run: Sync, former: Path, clock: ManualClock, content: Path
) -> None:
    clock.seconds += 400 * DAY
    run()
    clock.seconds -= 399 * DAY
    (content / "new.md").write_text("A new paragraph.")
    assert run().removed == ()
    clock.seconds += DAY
    assert run().removed


def test_the_command_prints_the_message(run: Sync, former: Path, settings: Settings) -> None:
    os.utime(former, (0, 0))
    old = ManualClock(1_790_000_000)
    with open_engine(settings, old).writer("a test", 1) as writer:
        writer.commit()
    env = {
        "ACTIVITIES_CONTENT": str(settings.content),
        "ACTIVITIES_INDEX": str(settings.index),
    }
    result = CliRunner().invoke(cli, ["index"], env=env)
    assert f"activities: removed {former}, the index of an earlier release\n" in result.stderr


def test_a_watcher_removes_a_former_index(run: Sync, former: Path, settings: Settings) -> None:
    os.utime(former, (0, 0))
    old = ManualClock(1_790_000_000)
    with open_engine(settings, old).writer("a test", 1) as writer:
        writer.commit()
    watched = Watched(open_engine(settings), settings)
    try:
        watched.until(lambda: not former.exists())
    finally:
        watched.stop.set()
        watched.thread.join()
