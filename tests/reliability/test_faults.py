"""Faults of disks, file systems and clocks: nothing is lost, and errors say what to do."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.content import files
from indexer.content.activity import ParsedFile
from indexer.content.folder_walk import ContentFile
from indexer.content.rules import FrontMatterRules
from indexer.engines.base import Engine, EngineUnavailable, IndexDamaged
from indexer.engines.factory import open_engine
from indexer.engines.whoosh.directory import sync_folder, write_file
from indexer.indexing.sync import Summary, SyncOptions, sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.serving import COMMAND, activities, environment

Index = Callable[..., Summary]
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root, to mount a file system or to change the user"
)


def ids(engine: Engine) -> set[str]:
    with engine.snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 kB that a test can fill and remount."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", path], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield path
    subprocess.run(["umount", "-l", path], check=True)


@as_root
def test_a_full_disk_is_reported_and_the_next_run_completes(
    content: Path, small_disk: Path
) -> None:
    settings = Settings(content=content, index=small_disk / "index")
    assert activities(settings, "index").returncode == 0
    for number in range(400):
        (content / f"more-{number}.md").write_text(
            f"Number {number} of many. " + os.urandom(600).hex()
        )
    process = activities(settings, "index")
    assert (process.returncode, len(process.stderr.splitlines())) == (3, 1)
    assert "No space left on device" in process.stderr
    assert "free some space" in process.stderr
    assert len(ids(open_engine(settings))) == 4
    segments = [path.name for path in small_disk.rglob("*.arrays")]
    assert len(segments) == 1  # the incomplete one is removed
    for number in range(5, 400):
        (content / f"more-{number}.md").unlink()
    assert activities(settings, "index").returncode == 0
    assert len(ids(open_engine(settings))) == 9


@pytest.mark.parametrize("size", [1000, 6000, 9000, 15_000, 30_000])
def test_a_disk_that_fills_up_at_any_byte_changes_nothing(settings: Settings, size: int) -> None:
    # A limit of the file size makes the same calls fail, at a chosen byte.
    script = (
        "import resource, signal, sys; from webapp.cli import main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
        "sys.argv[1:] = ['index']; main()"
    )
    process = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    segments = [path.name for path in settings.index.rglob("*.arrays")]
    if process.returncode == 0:
        assert size > 10_000
        assert len(ids(open_engine(settings))) == 4
    else:
        assert (process.returncode, len(process.stderr.splitlines())) == (3, 1), process.stderr
        assert "File too large" in process.stderr
        assert segments == []


@as_root
def test_an_index_on_a_read_only_file_system_can_be_searched_but_not_written(
    content: Path, small_disk: Path
) -> None:
    settings = Settings(content=content, index=small_disk / "index")
    assert activities(settings, "index").returncode == 0
    (content / "new.md").write_text("A new one.")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    process = activities(settings, "index")
    assert (process.returncode, len(process.stderr.splitlines())) == (3, 1)
    assert "Read-only file system" in process.stderr
    assert "make it writable" in process.stderr
    assert len(ids(open_engine(settings))) == 4
    assert activities(settings, "status").returncode == 1
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert activities(settings, "index").returncode == 0


@pytest.mark.parametrize(("call", "number"), [("flock", errno.ENOLCK), ("flock", errno.EOPNOTSUPP)])
def test_a_file_system_without_locks_is_refused(
    index: Index, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(f"fcntl.{call}", refuse)
    with pytest.raises(EngineUnavailable, match="local disk"):
        index()


def test_a_file_system_that_cannot_map_files_is_refused(
    index: Index, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    with monkeypatch.context() as patch:
        patch.setattr("indexer.engines.whoosh.array_file.mmap.mmap", refuse)
        with pytest.raises(EngineUnavailable, match="local disk"):
            index()
    assert index().added == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    "refusal", ["flock:error=ENOLCK", "fsync:error=EIO", "fsync:error=EIO:when=5+"]
)
def test_the_command_refuses_a_file_system_whose_calls_fail(
    settings: Settings, refusal: str
) -> None:
    if not shutil.which("strace"):
        pytest.skip("no strace to make calls fail with: apt-get install strace")
    process = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={refusal}", COMMAND, "index"],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, len(process.stderr.splitlines())) == (3, 1)
    assert "cannot be written" in process.stderr
    assert activities(settings, "index").returncode == 0


@pytest.mark.parametrize(
    ("failing", "at"),
    [
        ("sync_folder", 1),
        ("sync_folder", 2),
        ("os.replace", 1),
        ("write_file", 1),
        ("write_file", 2),
    ],
)
def test_an_error_in_a_commit_loses_no_generation(
    content: Path,
    settings: Settings,
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
    failing: str,
    at: int,
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    original: Callable[..., object] = {
        "sync_folder": sync_folder,
        "os.replace": os.replace,
        "write_file": write_file,
    }[failing]
    calls = 0

    def fails(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == at:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(f"indexer.engines.whoosh.generations.{failing}", fails)
        with pytest.raises(EngineUnavailable, match="check the disk"):
            index()
    assert len(ids(open_engine(settings))) in (4, 5)
    index()
    assert "new" in ids(open_engine(settings))


def _sync_as_nobody(settings: Settings, errors: multiprocessing.Queue[list[str]]) -> None:
    engine = open_engine(settings)  # imports modules that nobody may not read
    os.setegid(65534)
    os.seteuid(65534)
    errors.put([str(error) for error in sync(engine, settings.content, "nobody").errors])


@as_root
def test_a_file_without_permission_is_reported_and_keeps_its_last_good_version(
    settings: Settings, content: Path, tmp_path: Path, engine: Engine, index: Index
) -> None:
    index()
    for path in (tmp_path, *tmp_path.parents[:3], *settings.index.rglob("*"), settings.index):
        path.chmod(0o777)
    (content / "kgz-police.md").chmod(0)
    (content / "global-guide.md").write_text("Changed.")
    context = multiprocessing.get_context("spawn")
    errors: multiprocessing.Queue[list[str]] = context.Queue()
    process = context.Process(target=_sync_as_nobody, args=(settings, errors))
    process.start()
    (error,) = errors.get(timeout=60)
    process.join(60)
    assert "kgz-police.md:1: cannot be read (Permission denied): fix its permissions" in error
    assert ids(engine) >= {"kgz-police", "global-guide"}
    (content / "kgz-police.md").chmod(0o644)


def test_a_file_that_is_removed_before_it_is_read_is_deleted_without_an_error(
    content: Path, engine: Engine, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    read = files.read_file

    def remove_and_read(file: ContentFile, rules: FrontMatterRules) -> ParsedFile:
        if file.id == "kgz-police":
            Path(file.path).unlink(missing_ok=True)
        return read(file, rules)

    monkeypatch.setattr("indexer.content.files.read_file", remove_and_read)
    summary = index()
    assert (summary.deleted, summary.errors) == (1, [])
    assert "kgz-police" not in ids(engine)


@pytest.mark.parametrize("when", ["before it is opened", "before it is read"])
def test_a_folder_that_is_removed_while_it_is_listed_is_deleted_without_an_error(
    content: Path, engine: Engine, index: Index, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    (content / "sub").mkdir()
    (content / "sub" / "inner.md").write_text("Inner.")
    index()
    real_open = os.open
    removed = []

    def remove_and_open(path: Any, *arguments: Any, **options: Any) -> int:
        if not str(path).endswith("/sub") or removed:
            return real_open(path, *arguments, **options)
        removed.append(path)
        if when == "before it is opened":
            shutil.rmtree(path)
        handle = real_open(path, *arguments, **options)
        shutil.rmtree(path)
        return handle

    monkeypatch.setattr("indexer.content.folder_walk.os.open", remove_and_open)
    summary = index()
    assert removed
    assert (summary.deleted, summary.errors) == (1, [])


def test_edits_are_indexed_after_the_clock_is_set_back(
    content: Path, engine: Engine, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns()
    for path in content.glob("*.md"):
        os.utime(path, ns=(now + 10**12, now + 10**12))  # written before the clock was set back
    index()
    ids(engine)  # a reader opens this generation
    path = content / "kgz-police.md"
    path.write_text(path.read_text().replace("Police", "Qolice"))
    os.utime(path, ns=(now - 10**15, now - 10**15))
    with monkeypatch.context() as patch:
        patch.setattr("time.time_ns", lambda: now - 10**15)
        assert index().changed == 1
        with engine.snapshot() as snapshot:
            (stored,) = snapshot.get("kgz-police")
    assert stored is not None
    assert "Qolice" in stored.body
    assert [generation.number for generation in engine.generations()] == [1, 2]


@pytest.mark.parametrize("name", ["Kgz-Police.md", "KGZ-POLICE.MD", "kgz-police.MD"])
def test_a_file_name_that_differs_in_case_is_reported_and_the_other_file_stays_indexed(
    content: Path, engine: Engine, index: Index, name: str
) -> None:
    index()
    (content / name).write_text("A twin.")
    (error,) = index().errors
    assert name in str(error)
    assert "kgz-police, which is that of kgz-police.md too: rename one" in str(error)
    with engine.snapshot() as snapshot:
        (stored,) = snapshot.get("kgz-police")
    assert stored is not None
    assert "Police officers" in stored.body


def test_a_file_name_that_differs_in_case_leaves_the_other_file_unchanged(
    content: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The stamps of files that were just written are trusted.
    monkeypatch.setattr("indexer.content.scan_cache.TIMESTAMP_GRANULARITY", 0)
    index()
    alone = index()
    (content / "kgz-police.MD").write_text("A twin.")
    for _ in range(2):
        beside = index()
        assert (beside.unchanged, beside.changed, beside.deleted) == (alone.unchanged, 0, 0)
        assert beside.rejected == 1


@pytest.mark.parametrize("name", ["cafe\u0301.md", "caf\u00e9.md"])
def test_both_unicode_forms_of_a_file_name_give_the_same_id(
    content: Path, engine: Engine, index: Index, name: str
) -> None:
    (content / name).write_text("Text.")
    assert index().errors == []
    assert "cafe" in ids(engine)


def test_a_folder_too_deep_for_an_address_is_reported_and_other_files_are_indexed(
    content: Path, engine: Engine, index: Index
) -> None:
    deep = content / "/".join(["deep"] * 30)
    deep.mkdir(parents=True)
    (deep / "fits.md").write_text("Fits.")
    at = os.open(content, os.O_RDONLY)
    for _ in range(1500):  # longer than PATH_MAX, and deeper than Python's recursion limit
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    summary = index()
    assert [error for error in summary.errors if "too deep" in str(error)] == summary.errors
    assert len(summary.errors) == 1
    assert any(id.endswith("/fits") for id in ids(engine))
    subprocess.run(
        ["rm", "-rf", content / "d"], check=True
    )  # shutil would exceed the recursion limit


def test_a_deleted_activity_is_not_restored_from_an_older_index(
    content: Path, settings: Settings, engine: Engine, index: Index
) -> None:
    index()
    (inside,) = (path for path in settings.index.iterdir() if path.is_dir())
    # The index of an older release, with all activities.
    shutil.copytree(inside, settings.index / "0123456789ab")
    (content / "kgz-police.md").unlink()
    index()
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nBroken.")
    for rebuild in (False, True):
        index(rebuild=rebuild)
        assert "kgz-police" not in ids(engine)


def test_a_rebuild_after_damage_takes_last_good_versions_from_an_older_generation(
    content: Path, settings: Settings, index: Index
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nBroken.")
    next(settings.index.glob("*/_MAIN_2.toc")).write_bytes(b"damaged")
    with pytest.raises(IndexDamaged, match="rebuild"):
        sync(open_engine(settings), content, "a test", cache=settings.index)
    fresh = open_engine(settings)
    sync(fresh, content, "a test", SyncOptions(rebuild=True), cache=settings.index)
    assert "kgz-police" in ids(fresh)


def test_a_run_without_changes_removes_the_files_of_a_killed_run(
    settings: Settings, index: Index
) -> None:
    index()
    (inside,) = (path for path in settings.index.iterdir() if path.is_dir())
    leftovers = [
        inside / "MAIN_0123456789abcdef.arrays",
        inside / "_MAIN_2.toc.new",
        inside / "generation-2.json",
    ]
    for path in leftovers:
        path.write_bytes(b"half")
    assert index().generation == 1
    assert not any(path.exists() for path in leftovers)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_folder_may_have_100_000_files(settings: Settings, engine: Engine, index: Index) -> None:
    for number in range(100_000):
        (settings.content / f"many-{number}.md").write_text(f"Number {number}.")
    assert index().added == 100_004
    assert index().unchanged == 100_004
