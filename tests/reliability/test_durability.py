"""Whatever stops a run, and after whichever of its file operations: the old generation or the new one, whole."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.clock import TIMESTAMP_GRANULARITY
from indexer.content import scan_cache
from indexer.content.scan_cache import FILE_NAME
from indexer.engines.base import Engine, IndexMissing, IndexOutOfDate
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.query.plan import Column, Plan, TermQuery
from indexer.settings import Settings
from tests.recording import Disk, put, recorded, tree
from tests.serving import COMMAND, environment

Answer = tuple[Any, ...] | None
COUNTS = (("country",), ("year",))


def answer(engine: Engine) -> Answer:
    """All that a generation answers; None where there is none yet."""
    try:
        with engine.snapshot() as snapshot:
            found = snapshot.match(
                Plan(counts=COUNTS), Plan(TermQuery(Column("body", "exact"), "police"), limit=50)
            )
            return (
                snapshot.generation.activities,
                list(snapshot.scan(Plan())),
                [(matches.total, matches.counts, matches.hits) for matches in found],
            )
    except (IndexMissing, IndexOutOfDate):
        return None


def edit(content: Path) -> None:
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
    sync(engine, settings.content, "a test", cache=settings.index, rebuild=True)


def rollback(engine: Engine, settings: Settings) -> None:
    engine.rollback(engine.generations()[-2].number, "a test")


@pytest.mark.parametrize(
    "seeds", [1, pytest.param(25, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
@pytest.mark.parametrize("run", [first, change, rebuild, rollback])
def test_a_run_stopped_anywhere_leaves_one_generation_whole_and_the_next_run_completes(
    content: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[[Engine, Settings], None],
    seeds: int,
) -> None:
    # Every file seems old, so that the next run trusts the scan cache.
    later = time.time_ns() + 10 * TIMESTAMP_GRANULARITY
    monkeypatch.setattr("time.time_ns", lambda: later)
    root = tmp_path / "disk"
    root.mkdir()
    here = Settings(content=content, index=root / "index")
    if run is not first:  # as many generations before it that it removes one
        for number in range(3):
            (content / f"more-{number}.md").write_text(f"Police unit {number}.")
            change(open_engine(here), here)
    old = answer(open_engine(here))
    edit(content)
    before = tree(root)
    database = here.index / FILE_NAME
    with recorded(root) as operations, monkeypatch.context() as patch:

        def save(*arguments: Any) -> None:  # the file operations of SQLite are not Python's
            scan_cache.save_state(*arguments)
            operations.append(("replace", str(database.relative_to(root)), database.read_bytes()))

        patch.setattr("indexer.indexing.sync.save_state", save)
        run(open_engine(here), here)
    new = answer(open_engine(here))
    assert old != new
    disk = Disk(before)
    for operation in operations:
        disk.apply(operation)
    assert disk.kept() == tree(root)  # nothing was done that was not recorded

    there = Settings(content=content, index=tmp_path / "copy" / "index")
    checked: set[int] = set()
    outcomes = set()
    chances = [random.Random(seed) for seed in range(seeds)]

    def check(image: dict[str, bytes | None], done: bool) -> None:
        key = hash(tuple(image.items()))
        if key in checked and not done:
            return
        checked.add(key)
        put(image, tmp_path / "copy")
        found = answer(open_engine(there))
        assert found == new if done else found in (old, new)
        outcomes.add(found == new)
        ran = sync(
            open_engine(there), content, "the next", cache=there.index, resume=run is rollback
        )
        assert (ran.errors, ran.held) == ([], None)
        assert {stored.id for stored in answer(open_engine(there))[1]} == {
            path.stem for path in content.glob("*.md")
        }  # type: ignore[index]
        if run is not rollback:
            assert without_times(answer(open_engine(there))) == without_times(new)
        shutil.rmtree(tmp_path / "copy")

    disk = Disk(before)
    for number, operation in enumerate(operations, 1):
        if operation[0] == "write":
            torn = Disk(before)
            for earlier in operations[: number - 1]:
                torn.apply(earlier)
            torn.apply(operation, share=0.5)
            check(torn.kept(), done=False)
        disk.apply(operation)
        check(disk.kept(), done=number == len(operations))
        for chance in chances:
            for image in disk.after_power_loss(chance):
                check(image, done=number == len(operations))
    assert outcomes == {False, True}


KINDS = "write,writev,pwrite64,rename,renameat,renameat2,fsync,fdatasync,unlink,unlinkat,truncate,ftruncate,mkdir,mkdirat"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("options", [["index"], ["index", "--rebuild"], ["rollback"]])
def test_the_command_killed_at_any_of_its_file_operations_leaves_one_generation_whole(
    content: Path, settings: Settings, tmp_path: Path, options: list[str]
) -> None:
    if not shutil.which("strace"):
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("no strace to kill the command with: apt-get install strace")
    for number in range(3):
        (content / f"more-{number}.md").write_text(f"Police unit {number}.")
        change(open_engine(settings), settings)
    old = answer(open_engine(settings))
    edit(content)
    settings.index.rename(before := tmp_path / "before")
    outcomes = []
    while not outcomes or outcomes[-1] != "ended":
        shutil.rmtree(settings.index, ignore_errors=True)
        shutil.copytree(before, settings.index)
        ran = subprocess.run(
            [
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                f"trace={KINDS}",
                "-e",
                f"inject={KINDS}:signal=SIGKILL:when={len(outcomes) + 1}",
                COMMAND,
                *options,
            ],
            env=environment(settings),
            capture_output=True,
            timeout=60,
            check=False,
        )
        found = answer(open_engine(settings))
        assert found is not None
        if ran.returncode == 0:
            outcomes.append("ended")
            assert found != old
        else:
            assert ran.returncode in (-9, 137), ran.stderr
            outcomes.append("old" if found == old else "new")
        resume = options == ["rollback"] and outcomes[-1] != "old"
        if outcomes[-1] == "new":
            news = without_times(found)
        last = sync(open_engine(settings), content, "the next", cache=settings.index, resume=resume)
        assert last.held is None
        whole = answer(open_engine(settings))
        assert whole
        assert {stored.id for stored in whole[1]} == {path.stem for path in content.glob("*.md")}
        assert outcomes[-1] != "new" or options == ["rollback"] or without_times(whole) == news
    assert {"old", "new"} <= set(outcomes)


def without_times(found: Answer) -> Any:
    """An answer but for when each version was indexed."""
    assert found
    return (
        found[0],
        [(s.id, s.digest, s.body, s.meta) for s in found[1]],
        [matches[:2] for matches in found[2]],
    )
