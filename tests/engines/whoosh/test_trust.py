"""Reading an untrusted index cannot run code from it."""

from __future__ import annotations

import json
import os
import pickle
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC
from whoosh.util.varints import varint

from indexer.engines.base import EngineError
from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.columns import whoosh_schema
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.toc import read_segments
from tests.engines.whoosh.conftest import Commit, activity


class CallsMkdir:
    """Pickled as a call that creates a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.path),)


def table_of_contents(segments: Any, number: int = 1) -> bytes:
    memory = RamStorage()
    TOC(whoosh_schema(), segments, number).write(memory, "MAIN")
    return bytes(memory.files[TOC._filename("MAIN", number)])


def with_pickle(segments: bytes) -> bytes:
    """Return a table of contents whose list of segments is this pickle."""
    return table_of_contents([]).removesuffix(pickle.dumps([], -1)) + segments


def replace_toc(engine: WhooshEngine, toc: bytes) -> None:
    """Replace the newest table of contents by a forged one with valid checksums."""
    number = engine.newest_number()
    (engine.folder / TOC._filename("MAIN", number)).write_bytes(toc)
    description = engine.folder / f"generation-{number}.json"
    facts = json.loads(description.read_bytes().splitlines()[0])
    data = json.dumps(facts | {"toc": zlib.crc32(toc)}).encode()
    description.write_bytes(b"%b\n%d\n" % (data, zlib.crc32(data)))


@pytest.mark.parametrize("place", ["schema", "segments"])
def test_an_untrusted_index_runs_no_code(
    engine: WhooshEngine, commit: Commit, tmp_path: Path, place: str
) -> None:
    number = commit([activity("a", "text")])
    trace = tmp_path / "code-was-run"
    call = CallsMkdir(trace)
    if place == "segments":
        toc = table_of_contents([call], number)
    else:
        schema = pickle.dumps(whoosh_schema(), 2)
        forged = pickle.dumps(call, 2)
        toc = table_of_contents([], number)
        start = toc.index(schema)
        toc = toc[: start - 2] + varint(len(forged)) + forged + toc[start + len(schema) :]
    replace_toc(engine, toc)
    opened = WhooshEngine(engine.folder.parent)
    with suppress(EngineError), opened.snapshot():
        pass
    assert not trace.exists()


def test_a_rebuild_replaces_an_untrusted_table_of_contents_and_runs_no_code(
    engine: WhooshEngine, commit: Commit, tmp_path: Path
) -> None:
    commit([activity("a", "text")])
    replace_toc(engine, table_of_contents([CallsMkdir(tmp_path / "code-was-run")]))
    commit([activity("a", "text")], rebuild=True)
    with engine.snapshot() as snapshot:
        assert set(snapshot.digests()) == {"a"}
    assert not (tmp_path / "code-was-run").exists()


def test_segments_are_read_back_unchanged() -> None:
    segments = [ArraySegment("MAIN", 9, deleted=(2, 5)), ArraySegment("MAIN", 1)]
    read = read_segments(table_of_contents(segments), 1)
    assert [vars(segment) for segment in read] == [vars(segment) for segment in segments]


def altered(**attributes: Any) -> ArraySegment:
    segment = ArraySegment("MAIN", 3)
    vars(segment).update(attributes)
    return segment


@pytest.mark.parametrize(
    "entry",
    [
        altered(segid="../../elsewhere"),
        altered(segid=""),
        altered(indexname="/etc/MAIN"),
        altered(segid=5),
        altered(_count=-1, _deleted={0}),
        altered(_count="3"),
        altered(_deleted={3}),
        altered(_deleted=[1]),
        {"segid": "0"},
        None,
    ],
)
def test_a_segment_with_invalid_attributes_is_refused(entry: Any) -> None:
    with pytest.raises(ValueError):
        read_segments(table_of_contents([entry]), 1)


def test_a_pickle_cannot_change_the_class_of_segments() -> None:
    name = f"c{ArraySegment.__module__}\n{ArraySegment.__qualname__}\n".encode()
    assignment = b"\x80\x02]" + name + b"N}U\x08filenameU\x01xs\x86ba."
    with pytest.raises(ValueError):
        read_segments(with_pickle(assignment), 1)
    assert ArraySegment("MAIN", 1, "7").filename() == "MAIN_7.arrays"


@pytest.mark.parametrize(
    "name", ["builtins.eval", "os.system", "indexer.engines.whoosh.codec.Path"]
)
def test_a_pickle_that_names_anything_but_a_segment_is_refused(name: str) -> None:
    module, _, function = name.rpartition(".")
    with pytest.raises(pickle.UnpicklingError, match="it names"):
        read_segments(with_pickle(f"c{module}\n{function}\n.".encode()), 1)
