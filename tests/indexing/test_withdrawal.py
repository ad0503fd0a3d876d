"""A withdrawal removes an activity from the index, and nothing restores it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.content.activity import InvalidActivity
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary, SyncOptions, sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from webapp.cli import cli

Index = Callable[..., Summary]

HIDDEN = [
    "---\ndraft: true\n---\nText.",
    "---\ndraft: yes\n---\nText.",
    "---\nDraft: true\n---\nText.",
    "---\npublished: false\n---\nText.",
    "---\nstatus: draft\n---\nText.",
    "---\ndraft: true\nyear: 20l9\n---\nText.",
    "---\ntitle: a: b\ndraft: true\n---\nText.",
]


def ids(engine: Engine) -> set[str]:
    with engine.snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("text", HIDDEN)
def test_a_withdrawn_activity_leaves_the_index_at_once(
    engine: Engine, content: Path, index: Index, text: str, rebuild: bool
) -> None:
    index()
    (content / "kgz-police.md").write_text(text)
    index(rebuild=rebuild)
    assert "kgz-police" not in ids(engine)


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_error_after_a_withdrawal_does_not_restore_the_activity(
    engine: Engine, content: Path, index: Index, rebuild: bool
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\ndraft: true\n---\nText.")
    index()
    (content / "kgz-police.md").write_text("---\nyear: 20l9\n---\nText.")
    assert index(rebuild=rebuild).rejected == 1
    assert "kgz-police" not in ids(engine)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_file_with_an_invalid_name_does_not_restore_a_withdrawn_activity(
    engine: Engine, content: Path, index: Index, rebuild: bool
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\ndraft: true\n---\nText.")
    (content / "kgz-police.MD").write_text("Text.")
    index(rebuild=rebuild)
    assert "kgz-police" not in ids(engine)


def test_a_withdrawal_in_a_file_with_an_invalid_name_counts(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    (content / "kgz-police.md").rename(content / "kgz-police.MD")
    (content / "kgz-police.MD").write_text("---\ndraft: true\n---\nText.")
    index()
    assert "kgz-police" not in ids(engine)


@pytest.mark.parametrize("text", HIDDEN)
@pytest.mark.parametrize("rebuild", [False, True])
def test_a_withdrawal_is_applied_while_a_rollback_holds_the_index(
    engine: Engine, content: Path, index: Index, text: str, rebuild: bool
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    engine.rollback(1, "a test")
    (content / "kgz-police.md").write_text(text)
    (content / "global-guide.md").write_text("Changed.")
    (content / "pak-mmr-roundtables.md").unlink()
    summary = index(rebuild=rebuild)
    assert (summary.held, list(summary.withdrawn), summary.deleted) == (1, ["kgz-police"], 1)
    assert ids(engine) == {"global-guide", "pak-mmr-roundtables", "pak-trafficking"}
    assert index().held == 1
    assert engine.generations()[-1].restores == 1
    index(resume=True)
    assert ids(engine) == {"global-guide", "pak-trafficking", "new"}


def test_a_draft_that_was_saved_before_the_rollback_is_withdrawn_too(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\ndraft: true\n---\nText.")
    index()
    engine.rollback(1, "a test")
    assert index().held == 1
    assert "kgz-police" not in ids(engine)


def test_a_held_index_reports_an_unreadable_content_folder(content: Path, index: Index) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    content.rename(content.with_name("away"))
    with pytest.raises(InvalidActivity):
        index()


def test_a_withdrawn_activity_is_not_restored_from_an_older_generation(
    content: Path, index: Index, settings: Settings
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\ndraft: true\n---\nText.")
    index()
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nText.")
    newest = max(settings.index.glob("*/generation-*.json"), key=lambda path: path.name)
    newest.write_bytes(b"damaged")
    reopened = open_engine(settings)  # the first engine has the newest generation in memory
    options = SyncOptions(rebuild=True)
    summary = sync(reopened, content, "a test", options, cache=settings.index)
    assert summary.rejected == 1
    assert ids(reopened) == {"global-guide", "pak-trafficking", "pak-mmr-roundtables"}


def test_an_activity_that_is_published_again_has_a_last_good_version_again(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    path = content / "kgz-police.md"
    text = path.read_text()
    for version in ("---\ndraft: true\n---\nText.", text, "---\nyear: x\n---\nText."):
        path.write_text(version)
        index()
    assert "kgz-police" in ids(engine)
    index(rebuild=True)
    assert "kgz-police" in ids(engine)


def test_a_run_reports_the_activities_that_it_withdrew(
    content: Path, index: Index, settings: Settings
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\npublished: false\nyear: x\n---\nText.")
    env = {"ACTIVITIES_CONTENT": str(content), "ACTIVITIES_INDEX": str(settings.index)}
    result = CliRunner().invoke(cli, ["index"], env=env)
    assert "kgz-police: withdrawn (published: false) and removed from the index" in result.stderr
