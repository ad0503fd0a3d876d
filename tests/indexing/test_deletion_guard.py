"""Runs refuse to delete most of the activities, and name folders that are not mounted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.engines.base import Engine
from indexer.indexing import mounts
from indexer.indexing.sync import Summary
from indexer.indexing.watch import FolderWatcher
from indexer.query.plan import Plan
from indexer.settings import Settings
from webapp.cli import cli

Index = Callable[..., Summary]
Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Run:
    env = {"ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index)}
    return lambda *args: CliRunner().invoke(cli, args, env=env)


@pytest.fixture
def watcher(engine: Engine, settings: Settings) -> FolderWatcher:
    """A watcher after its first run, whose events the test sends."""
    watcher = FolderWatcher(
        engine,
        settings.content,
        "a test",
        settings.index,
        threading.Event(),
        lambda summary: None,
        pytest.fail,
    )
    watcher.root = settings.content
    return watcher


def ids(engine: Engine) -> set[str]:
    with engine.snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


def fill(content: Path, count: int) -> list[Path]:
    """Replace the files of a folder by this number of new files, and return them."""
    for path in content.glob("*.md"):
        path.unlink()
    paths = [content / f"n{number}.md" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"Shelter number {number} opened.")
    return paths


def hide(path: Path) -> None:
    path.write_text(f"---\ndraft: true\n---\n{path.read_text()}")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_an_emptied_folder_deletes_nothing(
    engine: Engine, content: Path, index: Index, run: Run, count: int
) -> None:
    paths = fill(content, count)
    index()
    for path in paths:
        path.unlink()
    result = run("index")
    assert result.exit_code == 1
    assert "activities index --allow-deletions" in result.stderr
    assert f"{content} is empty: is it a mount point?" in result.stderr
    assert "nothing was indexed" in result.stderr
    assert len(ids(engine)) == count
    assert run("index", "--allow-deletions").exit_code == 0
    assert ids(engine) == set()


@pytest.mark.parametrize(
    ("count", "deleted", "refused"),
    [(20, 11, True), (20, 10, False), (19, 18, False), (19, 19, True), (40, 21, True)],
)
def test_deletions_of_over_half_of_twenty_or_of_all_activities_are_refused(
    engine: Engine, content: Path, index: Index, count: int, deleted: int, refused: bool
) -> None:
    paths = fill(content, count)
    index()
    for path in paths[:deleted]:
        path.unlink()
    summary = index()
    assert (summary.refusal is not None) == refused
    assert len(ids(engine)) == (count if refused else count - deleted)


def test_a_refused_run_changes_nothing_but_withdrawals(
    engine: Engine, content: Path, index: Index, run: Run
) -> None:
    paths = fill(content, 20)
    index()
    for path in paths[:12]:
        path.unlink()
    hide(paths[12])
    (content / "new.md").write_text("A new shelter.")
    result = run("index", "--json")
    summary = json.loads(result.stdout)
    assert result.exit_code == 1
    assert summary["withdrawn"] == {"n12": "draft: true"}
    assert summary["refusal"]["deletions"] == 12
    assert summary["refusal"]["total"] == 20
    assert (summary["applied"], summary["deleted"], summary["added"]) == (False, 1, 0)
    assert ids(engine) == {path.stem for path in paths} - {"n12"}
    assert "n12: withdrawn (draft: true)" in result.stderr


@pytest.mark.parametrize("option", ["--rebuild", "--verify", "--resume"])
def test_other_options_do_not_allow_the_deletions(
    engine: Engine, content: Path, index: Index, run: Run, option: str
) -> None:
    index()
    for path in content.glob("*.md"):
        path.unlink()
    result = run("index", option)
    assert (result.exit_code, len(ids(engine))) == (1, 4)


def test_a_damaged_index_is_not_rebuilt_from_an_empty_folder(
    content: Path, index: Index, run: Run, settings: Settings
) -> None:
    index()
    for segment in settings.index.glob("*/*.seg*"):
        segment.write_bytes(b"")
    for path in content.glob("*.md"):
        path.unlink()
    result = run("index", "--rebuild")
    assert result.exit_code == 1
    assert "--allow-deletions" in result.stderr


def test_the_index_of_an_earlier_release_is_not_replaced_by_an_empty_one(
    engine: Engine, content: Path, index: Index, run: Run, settings: Settings
) -> None:
    index()
    (directory,) = (path for path in settings.index.iterdir() if path.is_dir())
    directory.rename(settings.index / "0123456789ab")
    for path in content.glob("*.md"):
        path.unlink()
    result = run("index")
    assert result.exit_code == 1
    assert "has no activities" in result.stderr
    assert engine.generations() == ()


def test_drafts_and_rejected_files_do_not_count_as_deletions(
    engine: Engine, content: Path, index: Index
) -> None:
    paths = fill(content, 20)
    index()
    for path in paths[:8]:
        hide(path)
    for path in paths[8:12]:
        path.write_text("---\nyear: x\n---\nBroken.")
    for path in paths[12:16]:
        path.unlink()
    summary = index()
    assert (summary.refusal, summary.deleted, len(summary.withdrawn)) == (None, 12, 8)
    assert len(ids(engine)) == 8


def test_a_text_that_moves_to_another_id_does_not_count_as_a_deletion(
    engine: Engine, content: Path, index: Index
) -> None:
    paths = fill(content, 20)
    index()
    (content / "moved").mkdir()
    for path in paths:
        text = path.read_text()
        path.unlink()
        (content / "moved" / path.name).write_text(f"---\naliases: [{path.stem}]\n---\n{text}")
    summary = index()
    assert (summary.refusal, summary.added, summary.deleted) == (None, 20, 20)


def test_a_text_that_moves_in_two_runs_does_not_count_as_a_deletion(
    engine: Engine, content: Path, index: Index
) -> None:
    paths = fill(content, 20)
    index()
    (content / "moved").mkdir()
    for path in paths:
        (content / "moved" / path.name).write_text(path.read_text())
    index()
    for path in paths:
        path.unlink()
    summary = index()
    assert (summary.refusal, summary.deleted) == (None, 20)


def test_an_activity_added_an_hour_ago_is_not_its_own_move(
    engine: Engine, content: Path, index: Index
) -> None:
    fill(content, 1)
    index()
    paths = fill(content, 20)
    index()
    for path in paths:
        path.unlink()
    assert index().refusal is not None


def test_small_batches_within_an_hour_are_added_up(
    engine: Engine, content: Path, index: Index
) -> None:
    paths = fill(content, 30)
    index()
    refused = None
    for path in paths:
        path.unlink()
        refused = index().refusal or refused
    assert refused is not None
    assert len(ids(engine)) == 15


def test_the_count_of_deletions_restarts_after_an_hour(
    engine: Engine, content: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = fill(content, 30)
    index()
    for path in paths[:15]:
        path.unlink()
    assert index().refusal is None
    later = time.time() + 3700
    monkeypatch.setattr("time.time", lambda: later)
    for path in paths[15:22]:
        path.unlink()
    assert index().refusal is None


def test_allowed_deletions_do_not_count_afterwards(
    engine: Engine, content: Path, index: Index
) -> None:
    paths = fill(content, 100)
    index()
    for path in paths[:60]:
        path.unlink()
    assert index(allow_deletions=True).deleted == 60
    paths[60].unlink()
    assert index().deleted == 1
    for path in paths[61:81]:
        path.unlink()
    assert index().refusal is not None  # 21 of 40


def test_a_watcher_applies_everything_except_the_deletions(
    engine: Engine, content: Path, watcher: FolderWatcher, run: Run
) -> None:
    paths = fill(content, 30)
    watcher.index(set(), checked=False)
    for path in paths:
        path.unlink()
        if path is paths[20]:
            (content / "new.md").write_text("A new shelter.")
            watcher.index({content / "new.md"}, checked=False)
        watcher.index({path}, checked=False)
    assert ids(engine) == {"new", *(path.stem for path in paths[15:])}
    text, data = run("status"), json.loads(run("status", "--json").stdout)
    assert "deletions refused: " in text.stdout
    assert data["refusal"]["deletions"] == 15
    assert data["runs"][0]["outcome"] == "refused"
    assert run("index", "--allow-deletions").exit_code == 0
    assert ids(engine) == {"new"}
    assert json.loads(run("status", "--json").stdout)["refusal"] is None


def test_a_watcher_deletes_again_after_files_have_come_back(
    engine: Engine, content: Path, watcher: FolderWatcher
) -> None:
    paths = fill(content, 30)
    texts = {path: path.read_text() for path in paths}
    watcher.index(set(), checked=False)
    for path in paths[:20]:
        path.unlink()
    watcher.index(set(paths[:20]), checked=False)
    assert len(ids(engine)) == 30
    for path in paths[5:20]:
        path.write_text(texts[path])
    watcher.index(set(paths[5:20]), checked=False)
    assert len(ids(engine)) == 25


def test_a_watcher_withdraws_while_it_refuses(
    engine: Engine, content: Path, watcher: FolderWatcher
) -> None:
    paths = fill(content, 30)
    watcher.index(set(), checked=False)
    for path in paths[:20]:
        path.unlink()
    watcher.index(set(paths[:20]), checked=False)
    hide(paths[29])
    watcher.index({paths[29]}, checked=False)
    assert ids(engine) == {path.stem for path in paths[:29]}


def test_a_new_watcher_refuses_the_same_deletions(
    engine: Engine, content: Path, watcher: FolderWatcher, settings: Settings
) -> None:
    paths = fill(content, 30)
    watcher.index(set(), checked=False)
    for path in paths[:20]:
        path.unlink()
    watcher.index(set(paths[:20]), checked=False)
    watcher.state = None
    watcher.index(set(), checked=False)
    watcher.index(set(paths[:20]), checked=True)
    assert len(ids(engine)) == 30


# Mount points


def test_the_mount_points_at_and_below_a_folder_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "my content")
    escaped = folder.replace(" ", "\\040")
    listing = tmp_path / "mountinfo"
    lines = ["/", "/srv", tmp_path, escaped, f"{escaped}/asia", f"{escaped}-other", "/proc"]
    listing.write_text("".join(f"1 1 0:1 / {path} rw - ext4 x rw\n" for path in lines))
    monkeypatch.setattr(mounts, "MOUNTINFO", listing)
    assert mounts.mount_points(Path(folder)) == {folder, f"{folder}/asia"}
    assert mounts.mount_points(tmp_path / "other") == {str(tmp_path)}


def mount_list(path: Path, *folders: Path) -> None:
    path.write_text("".join(f"1 1 0:1 / {folder} rw - ext4 x rw\n" for folder in folders))


@pytest.mark.parametrize("exists", [True, False])
def test_an_unmounted_folder_in_the_content_is_reported_and_keeps_its_activities(
    engine: Engine,
    content: Path,
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    exists: bool,
) -> None:
    monkeypatch.setattr(mounts, "MOUNTINFO", tmp_path / "mountinfo")
    asia = content / "asia"
    asia.mkdir()
    (asia / "one.md").write_text("A shelter.")
    mount_list(tmp_path / "mountinfo", asia)
    index()
    shutil.rmtree(asia)
    if exists:
        asia.mkdir()
    (content / "kgz-police.md").unlink()
    mount_list(tmp_path / "mountinfo")
    summary = index(apply_rest=True)
    assert summary.refusal is not None
    assert f"{asia} is not mounted: mount it again" in str(summary.refusal)
    assert "asia/one" in ids(engine)
    assert "kgz-police" not in ids(engine)
    assert index(allow_deletions=True).deleted == 1
    assert index().refusal is None


def test_an_empty_mount_point_is_reported(
    engine: Engine, content: Path, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "MOUNTINFO", tmp_path / "mountinfo")
    mount_list(tmp_path / "mountinfo", content)
    index()
    for path in content.glob("*.md"):
        path.unlink()
    summary = index()
    assert f"{content} is an empty mount point: mount it again" in str(summary.refusal)


def test_the_error_of_a_missing_content_folder_names_its_mount_point(
    content: Path, index: Index, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "MOUNTINFO", tmp_path / "mountinfo")
    mount_list(tmp_path / "mountinfo", content.parent)
    index()
    mount_list(tmp_path / "mountinfo")
    content.rename(tmp_path / "elsewhere")
    result = run("index")
    assert result.exit_code != 0
    assert f"{content.parent} is not mounted: mount it again" in result.stderr


def test_a_mount_point_of_fstab_is_known_before_the_first_run(
    engine: Engine, content: Path, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    (tmp_path / "fstab").write_text(f"# the share\nnas:/x {content} nfs ro 0 0\n")
    monkeypatch.setattr(mounts, "FSTAB", tmp_path / "fstab")
    for path in content.glob("*.md"):
        path.unlink()
    assert f"{content} is not mounted: mount it again" in str(index().refusal)


@pytest.mark.slow
@pytest.mark.parametrize("inside", ["", "asia"])
def test_an_unmounted_file_system_deletes_nothing(
    engine: Engine, settings: Settings, index: Index, watcher: FolderWatcher, inside: str
) -> None:
    folder = settings.content / inside
    for path in settings.content.glob("*.md"):
        path.unlink()
    folder.mkdir(exist_ok=True)
    if subprocess.run(
        ["mount", "-t", "tmpfs", "tmpfs", str(folder)], check=False, capture_output=True
    ).returncode:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "a file system cannot be mounted: no root"
        )
    try:
        (settings.content / "outside.md").write_text("Outside.")
        for number in range(5):
            (folder / f"n{number}.md").write_text(f"Shelter {number}.")
        watcher.index(set(), checked=False)
        before = ids(engine)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    watcher.state = None
    watcher.index(set(), checked=False)
    assert ids(engine) == before
    summary = index()
    assert f"{folder} is not mounted: mount it again" in str(summary.refusal)
