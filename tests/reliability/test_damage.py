"""Each file of an index is damaged in each way: errors say so, and a rebuild repairs it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType

import numpy as np
import pytest

from indexer.engines.base import EngineError
from indexer.engines.factory import open_engine
from indexer.engines.whoosh.array_file import ArrayWriter
from indexer.indexing.status import read_status
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import Plan
from indexer.settings import Settings

IDS = {"clinics", "courts", "schools"}
SECONDS_ALLOWED = 5


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def replace_by_another_of_its_kind(path: Path) -> None:
    others = [other for other in path.parent.glob(f"*{path.suffix}") if other != path]
    path.write_bytes(others[0].read_bytes() if others else b"{}")


def replace_by_an_array_file(path: Path, segment: str) -> None:
    path.unlink()
    writer = ArrayWriter(path)
    writer.put("ids.heap", np.zeros(3, np.uint8))
    writer.finish(**({"segment": segment, "documents": 3} if segment else {}))


def replace(path: Path, create: Callable[[Path], object]) -> None:
    path.unlink()
    create(path)


def replace_by_a_folder_with_a_file(path: Path) -> None:
    replace(path, Path.mkdir)
    (path / "file").touch()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "removed": Path.unlink,
    "emptied": lambda path: cut(path, 0),
    "cut in the middle": lambda path: cut(path, path.stat().st_size // 2),
    "cut by a byte": lambda path: cut(path, max(path.stat().st_size - 1, 0)),
    "with a changed byte": lambda path: path.stat().st_size and flip(path),
    "swapped for another of its kind": replace_by_another_of_its_kind,
    "swapped for an array file": lambda path: replace_by_an_array_file(path, ""),
    "swapped for an array file of its name": lambda path: replace_by_an_array_file(path, path.stem),
    "swapped for an empty folder": lambda path: replace(path, Path.mkdir),
    "swapped for a folder with a file": replace_by_a_folder_with_a_file,
    "swapped for a pipe": lambda path: replace(path, os.mkfifo),
    "swapped for a broken link": lambda path: replace(
        path, lambda link: link.symlink_to(path.parent / "nowhere" / "at-all")
    ),
    "swapped for a link to itself": lambda path: replace(path, lambda link: link.symlink_to(link)),
}


@pytest.fixture
def indexed(tmp_path: Path) -> Settings:
    """An index of two generations with their segments."""
    settings = Settings(content=tmp_path / "content", index=tmp_path / "index")
    settings.content.mkdir()
    for id in sorted(IDS):
        (settings.content / f"{id}.md").write_text(f"The programme reports about {id}.\n")
        sync(open_engine(settings), settings.content, "a test", cache=settings.index)
    return settings


@pytest.fixture(autouse=True)
def time_limit() -> Iterator[None]:
    """Fail instead of waiting for ever, as for a writer to a pipe."""

    def fail(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"not finished after {SECONDS_ALLOWED} seconds")

    former = signal.signal(signal.SIGALRM, fail)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, former)


def files_of(settings: Settings) -> list[Path]:
    return sorted(path for path in settings.index.rglob("*") if path.is_file())


def ids(settings: Settings) -> set[str]:
    with open_engine(settings).snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


def error_of(action: Callable[[], object]) -> Exception | None:
    try:
        action()
    except Exception as error:  # noqa: BLE001 - the test is about errors of any type
        return error
    return None


def rebuild(settings: Settings) -> None:
    engine = open_engine(settings)
    options = SyncOptions(rebuild=True, timeout=1)
    sync(engine, settings.content, "a test", options, cache=settings.index)
    assert ids(settings) == IDS
    read_status(open_engine(settings), settings)
    sync(open_engine(settings), settings.content, "a test", cache=settings.index)


def problems(settings: Settings, damaged: Path) -> Iterator[str]:
    """Read and rebuild an index with a damaged file. Yield what went wrong."""
    signal.alarm(SECONDS_ALLOWED)
    engine = open_engine(settings)
    for read in (partial(ids, settings), partial(read_status, engine, settings)):
        error = error_of(read)
        if error and not isinstance(error, EngineError):
            yield f"{damaged.name}: reading raises {error!r}"
    if error := error_of(partial(rebuild, settings)):
        yield f"{damaged.name}: the rebuild raises {error!r}"
    signal.alarm(0)


def damage_each(settings: Settings, name: str, originals: Iterable[Path]) -> Iterator[str]:
    """Damage files of an index, each in a copy. Yield what went wrong."""
    for number, original in enumerate(originals):
        index = settings.index.with_name(f"copy-{number}")
        shutil.copytree(settings.index, index)
        damaged = index / original.relative_to(settings.index)
        DAMAGES[name](damaged)
        yield from problems(Settings(content=settings.content, index=index), damaged)


@pytest.mark.parametrize("name", DAMAGES)
def test_a_rebuild_repairs_a_description_of_a_generation_that_is(
    name: str, indexed: Settings
) -> None:
    newest = max(indexed.index.rglob("generation-*.json"))
    assert list(damage_each(indexed, name, [newest])) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGES)
def test_a_rebuild_repairs_any_file_that_is(name: str, indexed: Settings) -> None:
    files = files_of(indexed)
    assert len(files) >= 10
    assert list(damage_each(indexed, name, files)) == []
