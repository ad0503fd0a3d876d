"""An index that release 0.1.0 wrote is replaced without losing an activity."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.engines.base import IndexOutOfDate
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.query.plan import Plan
from indexer.settings import Settings

RELEASE = Path(__file__).parents[1] / "data" / "release-0.1.0"
IDS = {
    "egy-support-ohchr-committee-elimination",
    "pak-afg-project-undertook-gender-human-rights",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shutil.copytree(RELEASE, tmp_path / "old")
    return Settings(content=tmp_path / "old" / "content", index=tmp_path / "old" / "index")


def test_an_index_of_an_earlier_release_is_reported_with_the_command_that_replaces_it(
    settings: Settings,
) -> None:
    with (
        pytest.raises(IndexOutOfDate, match='another release: run "activities index"'),
        open_engine(settings).snapshot(),
    ):
        pass


def test_a_file_that_is_broken_at_the_upgrade_keeps_its_version_of_the_old_index(
    settings: Settings,
) -> None:
    broken = min(IDS)
    (settings.content / f"{broken}.md").write_text("---\nyear: soon\n---\nA text.\n")
    summary = sync(open_engine(settings), settings.content, "a test", cache=settings.index)
    assert [error.field for error in summary.errors] == ["year"]
    with open_engine(settings).snapshot() as snapshot:
        (stored,) = snapshot.get(broken)
        assert stored is not None
        assert stored.body != "A text."


def test_indexing_after_an_upgrade_keeps_every_file_of_the_old_index(settings: Settings) -> None:
    old = {path: path.read_bytes() for path in settings.index.rglob("*.arrays")}
    summary = sync(open_engine(settings), settings.content, "a test", cache=settings.index)
    assert not summary.errors
    with open_engine(settings).snapshot() as snapshot:
        assert snapshot.digests().keys() == IDS
    assert {path: path.read_bytes() for path in old} == old


def test_activities_keep_the_times_at_which_the_old_release_indexed_them(
    settings: Settings,
) -> None:
    changed = min(IDS)
    path = settings.content / f"{changed}.md"
    path.write_text(path.read_text() + "One more sentence.")
    sync(open_engine(settings), settings.content, "a test", cache=settings.index)
    with open_engine(settings).snapshot() as snapshot:
        indexed = {stored.id: stored.indexed_at for stored in snapshot.scan(Plan())}
    old = "2026-11-28T03:35:47Z"
    assert indexed.pop(changed) > old
    assert list(indexed.values()) == [old]


def test_an_activity_that_is_deleted_at_the_upgrade_is_recorded_as_withdrawn(
    settings: Settings,
) -> None:
    deleted, stays = sorted(IDS)
    (settings.content / f"{deleted}.md").unlink()
    engine = open_engine(settings)
    sync(engine, settings.content, "a test", cache=settings.index)
    record = engine.change_record()
    with engine.snapshot() as snapshot:
        assert record.withdrawn_at(deleted) == snapshot.generation.indexed_at
    assert record.withdrawn_at(stays) is None
