"""A rollback leaves out what has been withdrawn or deleted since, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engines.base import Engine
from indexer.indexing.rollback import Rollback, roll_back
from indexer.indexing.sync import Summary, SyncOptions, sync
from indexer.query.plan import Plan

OpenEngine = Callable[[], Engine]


class Site:
    """A content folder and its index."""

    def __init__(self, folder: Path, open_again: OpenEngine) -> None:
        self.content, self.cache, self.open = folder / "content", folder / "cache", open_again
        self.content.mkdir()

    def save(self, **texts: str) -> None:
        for id, text in texts.items():
            (self.content / f"{id}.md").write_text(text)

    def delete(self, *ids: str) -> None:
        for id in ids:
            (self.content / f"{id}.md").unlink()

    def index(self, **options: bool) -> Summary:
        return sync(self.open(), self.content, "a test", SyncOptions(**options), cache=self.cache)

    def roll_back(self, generation: int) -> Rollback:
        return roll_back(self.open(), self.content, generation, "a test", 10, cache=self.cache)

    def bodies(self) -> dict[str, str]:
        with self.open().snapshot() as snapshot:
            return {stored.id: stored.body for stored in snapshot.scan(Plan())}


DRAFT = "---\ndraft: true\n---\nOne."
BROKEN = "---\nyear: x\n---\nOne."


@pytest.fixture
def site(tmp_path: Path, open_again: OpenEngine) -> Site:
    """A site whose first generation has three activities."""
    site = Site(tmp_path, open_again)
    site.save(a="One.", b="Two.", c="Three.")
    site.index()
    return site


def test_a_rollback_leaves_out_what_was_withdrawn_or_deleted(site: Site) -> None:
    site.save(a=DRAFT, b="Two, changed.")
    site.delete("c")
    site.index()
    rollback = site.roll_back(1)
    assert rollback.left_out == {"a": "draft: true", "c": ""}
    assert (rollback.generation.restores, rollback.generation.activities) == (1, 1)
    assert site.bodies() == {"b": "Two."}
    site.index(resume=True)
    assert site.bodies() == {"b": "Two, changed."}


def test_a_withdrawal_that_no_run_has_applied_counts(site: Site) -> None:
    site.save(d="Four.")
    site.index()
    site.save(a=DRAFT)
    site.delete("c")
    assert site.roll_back(1).left_out == {"a": "draft: true", "c": ""}
    assert site.bodies() == {"b": "Two."}


@pytest.mark.parametrize("resume", [False, True])
def test_an_activity_with_an_error_after_its_withdrawal_is_left_out(
    site: Site, resume: bool
) -> None:
    site.save(a=DRAFT)
    site.index()
    site.save(a=BROKEN, d="Four.")
    site.index()
    assert site.roll_back(1).left_out == {"a": "draft: true"}
    if resume:
        site.index(resume=True)
    assert "a" not in site.bodies()


def test_an_activity_with_an_error_that_was_never_withdrawn_is_restored(site: Site) -> None:
    site.save(a=BROKEN, b="Changed.")
    site.index()
    assert site.roll_back(1).left_out == {}
    assert site.bodies() == {"a": "One.", "b": "Two.", "c": "Three."}


def test_a_republished_activity_keeps_its_current_version(site: Site) -> None:
    site.save(a="---\ndraft: true\n---\nOne.")
    site.index()
    site.save(a="One, without the name.", b="Changed.")
    site.index()
    rollback = site.roll_back(1)
    assert (rollback.republished, rollback.left_out) == (frozenset({"a"}), {})
    assert site.bodies() == {"a": "One, without the name.", "b": "Two.", "c": "Three."}


def test_a_withdrawal_counts_when_its_generation_is_no_longer_kept(site: Site) -> None:
    site.save(a=DRAFT)
    site.index()
    site.save(a="One, without the name.")
    site.index()
    for number in range(4):
        site.save(b=f"Version {number}.")
        site.index()
    oldest = site.open().generations()[0].number
    rollback = site.roll_back(oldest)
    assert "One." not in site.bodies().values()
    assert rollback.generation.restores == oldest


def test_a_text_that_has_moved_is_restored_under_its_former_id(site: Site) -> None:
    site.delete("a")
    site.save(z="One.", b="Changed.")
    site.index()
    assert site.roll_back(1).left_out == {}
    assert site.bodies() == {"a": "One.", "b": "Two.", "c": "Three."}


def test_deleted_files_that_have_come_back_are_restored(site: Site) -> None:
    site.delete("a", "b")
    site.index()
    site.save(a="One.", b="Two.")
    assert site.roll_back(1).left_out == {}
    assert site.bodies() == {"a": "One.", "b": "Two.", "c": "Three."}


def test_a_rollback_without_the_content_restores_what_was_not_removed(site: Site) -> None:
    site.save(b="Changed.")
    site.delete("c")
    site.index()
    site.content.rename(site.content.with_name("away"))
    rollback = site.roll_back(1)
    assert rollback.problem is not None
    assert site.bodies() == {"a": "One.", "b": "Two."}


def test_files_missing_from_an_emptied_folder_do_not_count_as_deleted(site: Site) -> None:
    site.save(b="Changed.")
    site.index()
    site.delete("a", "b", "c")
    assert site.roll_back(1).left_out == {}
    assert site.bodies() == {"a": "One.", "b": "Two.", "c": "Three."}


def test_an_activity_missing_in_an_earlier_rollback_is_restored(site: Site) -> None:
    site.save(d="Four.")
    site.index()
    site.roll_back(1)
    site.save(d="Four, changed.")
    assert site.roll_back(2).left_out == {}
    assert site.bodies()["d"] == "Four."
