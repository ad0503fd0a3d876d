"""A run that is interrupted at any operation leaves the old or the new generation complete."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexer.clock import TIMESTAMP_GRANULARITY
from indexer.content import scan_cache
from indexer.content.scan_cache import FILE_NAME
from indexer.engines.base import Engine, IndexMissing, IndexOutOfDate
from indexer.engines.factory import open_engine
from indexer.engines.whoosh import change_store
from indexer.engines.whoosh.change_store import SQLiteChangeRecord
from indexer.indexing import removal_log
from indexer.indexing.removal_log import RemovalLog
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import Column, Plan, TermQuery
from indexer.settings import Settings
from tests.recording import Disk, Image, Operation, read_tree, record_operations, write_tree
from tests.serving import COMMAND, environment

Content = tuple[Any, ...] | None
"""The content of a generation. None without a generation."""
COUNTS = (("country",), ("year",))


def index_content(engine: Engine) -> Content:
    """Return the number of activities, all activities, and the results of two plans."""
    search = Plan(TermQuery(Column("body", "exact"), "police"), limit=50)
    try:
        with engine.snapshot() as snapshot:
            results = snapshot.match(Plan(counts=COUNTS), search)
            return (
                snapshot.generation.activities,
                list(snapshot.scan(Plan())),
                [(matches.total, matches.counts, matches.hits) for matches in results],
            )
    except (IndexMissing, IndexOutOfDate):
        return None


def without_times(content: Content) -> Any:
    """Return the content of a generation without indexed_at."""
    assert content
    total, activities, results = content
    return (
        total,
        [(s.id, s.digest, s.body, s.meta) for s in activities],
        [matches[:2] for matches in results],
    )


def edit(content: Path) -> None:
    """Add, change and delete a content file."""
    (content / "new.md").write_text(
        "---\ncountry: [KEN]\nyear: 2021\n---\nPolice posts for women were opened."
    )
    (content / "kgz-police.md").write_text("---\ncountry: [KGZ]\n---\nPolice were trained again.")
    (content / "global-guide.md").unlink()


def first(engine: Engine, settings: Settings) -> None:
    sync(engine, settings.content, "a test", cache=settings.index)


def change(engine: Engine, settings: Settings) -> None:
    first(engine, settings)


def rebuild(engine: Engine, settings: Settings) -> None:
    sync(engine, settings.content, "a test", SyncOptions(rebuild=True), cache=settings.index)


def rollback(engine: Engine, settings: Settings) -> None:
    engine.rollback(engine.generations()[-2].number, "a test")


Run = Callable[[Engine, Settings], None]


def recorded_run(run: Run, settings: Settings, root: Path) -> list[Operation]:
    """Run, and return the file operations below root."""
    database = settings.index / FILE_NAME
    path = str(database.relative_to(root))
    with record_operations(root) as operations, pytest.MonkeyPatch.context() as patch:

        def save_state(*arguments: Any) -> None:
            # SQLite does not use Python's file functions, so record its result.
            scan_cache.save_state(*arguments)
            operations.append(("replace", path, database.read_bytes()))

        def record_result(owner: type, name: str, file_name: str) -> None:
            method = getattr(owner, name)

            def recorded(*arguments: Any) -> None:
                method(*arguments)
                file = settings.index / file_name
                operations.append(("replace", str(file.relative_to(root)), file.read_bytes()))

            patch.setattr(owner, name, recorded)

        patch.setattr("indexer.indexing.sync.save_state", save_state)
        record_result(RemovalLog, "record", removal_log.FILE_NAME)
        record_result(RemovalLog, "publish", removal_log.FILE_NAME)
        record_result(SQLiteChangeRecord, "append", change_store.FILE_NAME)
        run(open_engine(settings), settings)
    return operations


def check_every_interruption(
    before: Image,
    operations: Sequence[Operation],
    seeds: int,
    check: Callable[[Image, bool], None],
) -> None:
    """Call check with the disk after each interruption, and whether all operations completed.

    The process is killed during each write and after each operation, and the power is lost after
    each operation.
    """
    rngs = [random.Random(seed) for seed in range(seeds)]
    disk = Disk(before)
    for number, operation in enumerate(operations, 1):
        if operation[0] == "write":
            partial = Disk(before)
            for earlier in operations[: number - 1]:
                partial.apply(earlier)
            partial.apply(operation, share=0.5)
            check(partial.after_kill(), False)
        disk.apply(operation)
        done = number == len(operations)
        check(disk.after_kill(), done)
        for rng in rngs:
            for image in disk.after_power_loss(rng):
                check(image, done)


@pytest.mark.parametrize(
    "seeds", [1, pytest.param(25, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
@pytest.mark.parametrize("run", [first, change, rebuild, rollback])
def test_an_interrupted_run_leaves_a_complete_generation_and_the_next_run_succeeds(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, seeds: int
) -> None:
    # Let every file look old, so that the next run trusts the scan cache.
    later = time.time_ns() + 10 * TIMESTAMP_GRANULARITY
    monkeypatch.setattr("time.time_ns", lambda: later)
    root = tmp_path / "disk"
    root.mkdir()
    settings = Settings(content=content, index=root / "index")
    if run is not first:  # write enough generations for the run to remove one
        for number in range(3):
            (content / f"more-{number}.md").write_text(f"Police unit {number}.")
            change(open_engine(settings), settings)
    old = index_content(open_engine(settings))
    edit(content)
    before = read_tree(root)
    operations = recorded_run(run, settings, root)
    new = index_content(open_engine(settings))
    assert old != new
    disk = Disk(before)
    for operation in operations:
        disk.apply(operation)
    assert disk.after_kill() == read_tree(root)  # every operation was recorded

    copy = Settings(content=content, index=tmp_path / "copy" / "index")
    checked: set[int] = set()
    outcomes = set()

    def check(image: Image, done: bool) -> None:
        key = hash(tuple(image.items()))
        if key in checked and not done:
            return
        checked.add(key)
        write_tree(image, tmp_path / "copy")
        current = index_content(open_engine(copy))
        assert current == new if done else current in (old, new)
        outcomes.add(current == new)
        resume = run is rollback
        summary = sync(
            open_engine(copy), content, "the next", SyncOptions(resume=resume), cache=copy.index
        )
        assert (summary.errors, summary.held) == ([], None)
        after = index_content(open_engine(copy))
        assert after is not None
        assert {stored.id for stored in after[1]} == {path.stem for path in content.glob("*.md")}
        if run is not rollback:
            assert without_times(after) == without_times(new)
        shutil.rmtree(tmp_path / "copy")

    check_every_interruption(before, operations, seeds, check)
    assert outcomes == {False, True}


SYSTEM_CALLS = (
    "write,writev,pwrite64,rename,renameat,renameat2,fsync,fdatasync,unlink,unlinkat,"
    "truncate,ftruncate,mkdir,mkdirat"
)


def run_killed_at(call: int, options: Sequence[str], settings: Settings) -> bool:
    """Run the command, killed at a file operation. Return whether it ended before that."""
    inject = f"inject={SYSTEM_CALLS}:signal=SIGKILL:when={call}"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={SYSTEM_CALLS}", "-e", inject]
    process = subprocess.run(
        [*strace, COMMAND, *options],
        env=environment(settings),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert process.returncode in (0, -9, 137), process.stderr
    return process.returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("options", [["index"], ["index", "--rebuild"], ["rollback"]])
def test_a_command_killed_at_any_file_operation_leaves_a_complete_generation(
    content: Path, settings: Settings, tmp_path: Path, options: list[str]
) -> None:
    if not shutil.which("strace"):
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("this test needs strace to kill the command: apt-get install strace")
    for number in range(3):
        (content / f"more-{number}.md").write_text(f"Police unit {number}.")
        change(open_engine(settings), settings)
    old = index_content(open_engine(settings))
    edit(content)
    settings.index.rename(before := tmp_path / "before")
    outcomes: list[str] = []
    while not outcomes or outcomes[-1] != "ended":
        shutil.rmtree(settings.index, ignore_errors=True)
        shutil.copytree(before, settings.index)
        ended = run_killed_at(len(outcomes) + 1, options, settings)
        current = index_content(open_engine(settings))
        assert current is not None
        if ended:
            outcomes.append("ended")
            assert current != old
        else:
            outcomes.append("old" if current == old else "new")
        if outcomes[-1] == "new":
            published = without_times(current)
        resume = options == ["rollback"] and outcomes[-1] != "old"
        summary = sync(
            open_engine(settings),
            content,
            "the next",
            SyncOptions(resume=resume),
            cache=settings.index,
        )
        assert summary.held is None
        after = index_content(open_engine(settings))
        assert after
        assert {stored.id for stored in after[1]} == {path.stem for path in content.glob("*.md")}
        if outcomes[-1] == "new" and options != ["rollback"]:
            assert without_times(after) == published
    # Nothing is written after the commit of a rollback that drops no generation.
    assert {"old", "ended" if options == ["rollback"] else "new"} <= set(outcomes)
