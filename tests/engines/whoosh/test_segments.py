"""Segments: what is written, merged and damaged."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.engines.base import EngineError, EngineUnavailable, IndexDamaged
from indexer.engines.whoosh import merge, postings, term_numbers
from indexer.engines.whoosh.array_file import ByteStrings
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.segment_reader import KeywordColumn, SegmentReader
from indexer.engines.whoosh.segment_writer import _numbered, _put_rest, write_segment
from indexer.engines.whoosh.term_numbers import TermNumbering, numbered
from indexer.query.plan import Column, Plan, TermQuery
from indexer.text.analysis import terms
from tests.engines.whoosh.conftest import activity
from tests.engines.whoosh.test_scorers import activities

WHEN = "2026-11-24T00:00:00Z"


def built(folder: Path, name: str, found: Sequence[Activity]) -> SegmentReader:
    write_segment(folder / f"{name}.arrays", [(each, WHEN) for each in found], b"")
    return SegmentReader(folder / f"{name}.arrays")


@settings(max_examples=60)
@given(
    st.lists(st.lists(activities(), min_size=1, max_size=8), min_size=1, max_size=4),
    st.sampled_from([1, 7, 10**6]),
)
def test_merging_gives_what_building_at_once_gives(
    batches: list[list[Activity]], block: int
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge, "BLOCK", block)
        patch.setattr(postings, "BLOCK", block)
        folder = Path(name)
        newest = {each.id: (number, each) for number, batch in enumerate(batches) for each in batch}
        sources = []
        for number, batch in enumerate(batches):
            segment = built(folder, f"s{number}", list({each.id: each for each in batch}.values()))
            gone = [doc for doc, id in enumerate(segment.ids) if newest[id.decode()][0] != number]
            sources.append((segment, gone))
        merge.merge(folder / "merged.arrays", sources)
        merged = SegmentReader(folder / "merged.arrays")
        patch.setattr(postings, "BLOCK", 1000)
        whole = built(folder, "whole", [each for _, each in newest.values()])
        # Sets of values are numbered as they are met; what each document has is compared instead.
        assert [merged.stored(doc) for doc in range(merged.count)] == [
            whole.stored(doc) for doc in range(whole.count)
        ]
        assert merged.file.names() == whole.file.names()
        for array in merged.file.names():
            if not any(part in array for part in (".sets.", ".set")):
                assert np.array_equal(merged.file[array], whole.file[array]), array


@settings(max_examples=200)
@given(st.lists(st.text(st.sampled_from("aB1 é’-­ﬁ½漢ñ\x01\x02İ\u0301")), max_size=5))
def test_numbered_terms_are_those_of_the_analysis(texts: list[str]) -> None:
    vocabulary = TermNumbering()
    words = [vocabulary.words[number].decode() for number in numbered(texts, vocabulary).tolist()]
    assert words == [word for text in texts for word in [*terms(text), "\x01"]]


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from("abé"), st.sampled_from([1, 7, 8, 9, 15, 16, 17, 30])),
            max_size=30,
        )
    )
)
def test_terms_are_told_apart_where_their_slots_and_first_bytes_are_the_same(
    drawn: list[list[tuple[str, int]]],
) -> None:
    texts = [" ".join("x" * (length - 1) + letter for letter, length in words) for words in drawn]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(term_numbers, "SLOTS", 4)
        patch.setattr(term_numbers, "BATCH", 2)
        vocabulary = TermNumbering()
        words = [
            vocabulary.words[number].decode() for number in numbered(texts, vocabulary).tolist()
        ]
    assert words == [word for text in texts for word in [*terms(text), "\x01"]]


def test_terms_beyond_the_limit_are_cut_as_the_analysis_cuts() -> None:
    vocabulary = TermNumbering()
    text = "x" * 10_000 + " " + "y" * 200 + " " + "é" * 201
    words = [vocabulary.words[number].decode() for number in numbered([text], vocabulary).tolist()]
    assert words == [*terms(text), "\x01"] == ["x" * 200, "y" * 200, "e" * 200, "\x01"]


@given(
    st.sets(st.binary(min_size=1, max_size=4).filter(lambda b: 0xFF not in b)),
    st.binary(min_size=1, max_size=3),
)
def test_strings_are_looked_up_and_listed(found: set[bytes], wanted: bytes) -> None:
    ordered = sorted(found)
    heap = np.frombuffer(b"".join(ordered), np.uint8)
    strings = ByteStrings(heap, np.cumsum([0, *map(len, ordered)]))
    assert strings.find(wanted) == (ordered.index(wanted) if wanted in found else -1)
    assert strings.lower_bound(wanted) == sum(each < wanted for each in ordered)
    if 0xFF not in wanted:
        low, high = strings.prefix_range(wanted)
        assert strings.slice(low, high) == [each for each in ordered if each.startswith(wanted)]


@pytest.fixture
def whole(engine: WhooshEngine, commit: Any) -> Path:
    """An index of two segments and two generations, with a deletion."""
    commit([activity(f"a{n:03}", f"word{n} common text", country=("PAK",)) for n in range(600)])
    commit([activity("a001", "another common text")])
    return engine.folder


def asked(engine: WhooshEngine) -> str | None:
    """What the engine says is damaged; None where it answers, rightly."""
    try:
        with engine.snapshot() as snapshot:
            assert (
                snapshot.match(Plan(TermQuery(Column("body", "exact"), "common")))[0].total == 600
            )
    except IndexDamaged as error:
        return str(error)
    return None


def test_a_file_damaged_anywhere_is_named_and_never_read(whole: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    files = [
        path.name for path in whole.iterdir() if path.name not in ("writer.json", "MAIN_WRITELOCK")
    ]
    assert len(files) == 6  # two segments, two tables of contents, two descriptions
    seen = set()
    for name in files:
        size = (whole / name).stat().st_size
        for way in ["cut", "empty", *["flip"] * 6]:
            copy = tmp_path / "copy" / whole.name
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(whole, copy)
            data = bytearray((copy / name).read_bytes())
            if way == "flip":
                data[chance.randrange(size)] ^= 1 << chance.randrange(8)
            else:
                del data[chance.randrange(1, size) if way == "cut" else 0 :]
            (copy / name).write_bytes(data)
            said = asked(WhooshEngine(copy.parent))
            if said is None:  # a file of the older generation, which this one does not need
                assert "_1." in name or "-1." in name, (name, way)
            else:
                assert name in said or "generation-2" in name
                assert "activities index --rebuild" in said
                seen.add(name)
    assert len(seen) == 4  # every file of the newest generation


def test_segments_that_changed_places_are_named(whole: Path) -> None:
    one, other = sorted(whole.glob("*.arrays"))
    beside = whole / "beside"
    one.rename(beside)
    other.rename(one)
    beside.rename(other)
    with (
        pytest.raises(IndexDamaged, match="another segment"),
        WhooshEngine(whole.parent).snapshot(),
    ):
        pass


VALUES = st.lists(
    st.sampled_from(["KEN", "PAK", "FRA", "none", "XKX"]), min_size=1, max_size=3, unique=True
).map(tuple)


def column(rows: list[tuple[str, ...]]) -> KeywordColumn:
    """The column of a segment whose documents have these values."""
    values = sorted({value for row in rows for value in row})
    several = sorted({row for row in rows if len(row) > 1})
    numbers = [
        several.index(row) + len(values) if len(row) > 1 else values.index(row[0]) for row in rows
    ]
    starts = np.cumsum([0, *map(len, several)])
    flat = np.array([values.index(value) for row in several for value in row], np.uint8)
    return KeywordColumn("country", values, starts, flat, np.array(numbers, np.uint8))


@given(st.lists(st.lists(VALUES, min_size=1, max_size=9), min_size=1, max_size=3), st.data())
def test_columns_of_segments_are_joined_without_what_is_deleted(
    segments: list[list[tuple[str, ...]]], data: st.DataObject
) -> None:
    rows = [row for segment in segments for row in segment]
    deleted = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    joined = KeywordColumn.concatenate(
        "country", [column(segment) for segment in segments], np.array([*deleted], np.intp)
    )
    live = {doc: row for doc, row in enumerate(rows) if doc not in deleted}
    counts = dict(zip(joined.values, joined.count(joined.set).tolist(), strict=True))
    assert {value: n for value, n in counts.items() if n} == Counter(
        value for row in live.values() for value in row
    )
    chosen = data.draw(st.sets(st.sampled_from(joined.values), min_size=1))
    sets = joined.sets_with([joined.number[value] for value in chosen])
    having = [doc for doc, row in live.items() if chosen & {*row}]
    assert (
        joined.docs(sets).tolist()
        == np.flatnonzero(joined.has(sets, joined.set)).tolist()
        == having
    )


def test_thousands_of_small_commits_keep_few_segments_and_rewrite_little(
    engine: WhooshEngine, commit: Any
) -> None:
    commit([activity(f"a{n:04}", f"text {n}") for n in range(6000)])
    (largest,) = engine.folder.glob("*.arrays")
    for n in range(120):
        commit([activity(f"a{n:04}", f"changed {n}"), activity(f"b{n:04}", f"added {n}")])
        segments = [path for path in engine.folder.glob("*.arrays") if path.exists()]
        assert len(segments) <= 3 * 3  # of the kept generations
        with engine.snapshot() as snapshot:
            assert len(snapshot.view.parts) <= 3
    assert largest.exists()
    with engine.snapshot() as snapshot:
        assert snapshot.generation.activities == 6120
        assert snapshot.match(Plan(TermQuery(Column("body", "exact"), "changed")))[0].total == 120


def test_a_segment_that_is_mostly_deleted_is_rewritten(engine: WhooshEngine, commit: Any) -> None:
    commit([activity(f"a{n:04}", f"text {n}") for n in range(900)])
    commit(delete=[f"a{n:04}" for n in range(400)])
    with engine.snapshot() as snapshot:
        (part,) = snapshot.view.parts
        assert (part.count, len(part.deleted)) == (500, 0)


def test_deleting_everything_leaves_an_index_that_answers(
    engine: WhooshEngine, commit: Any
) -> None:
    commit([activity("a", "text")])
    commit(delete=["a"])
    with engine.snapshot() as snapshot:
        found = snapshot.match(
            Plan(TermQuery(Column("body", "exact"), "text"), counts=(("country",),))
        )[0]
    assert (found.total, found.counts) == (0, ({},))


@pytest.mark.parametrize(
    "found",
    [
        activity("a", "x" * 10_000 + " text"),
        activity("a", " ".join(f"w{n}" for n in range(200_000)) + " text"),
        activity("a", "text " * 300_000),
        activity("a", "text", aliases=tuple(f"a{n}" for n in range(200))),
        activity("a", "text", country=tuple(f"{n:03}" for n in range(500))),
    ],
    ids=["a long term", "200,000 terms", "one term 300,000 times", "200 aliases", "500 values"],
)
def test_extremes_are_indexed_and_found(engine: WhooshEngine, commit: Any, found: Activity) -> None:
    commit([found, activity("b", "other text")])
    with engine.snapshot() as snapshot:
        matched = snapshot.match(
            Plan(TermQuery(Column("body", "exact"), "text"), sort="relevance", limit=9)
        )[0]
        assert {stored.id for _, stored in matched.hits} == {"a", "b"}
        assert snapshot.get("a")[0] == matched.hits[[s.id for _, s in matched.hits].index("a")][1]
        assert snapshot.get("a")[0].meta == found.meta  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_million_different_terms_are_indexed(engine: WhooshEngine, commit: Any) -> None:
    commit(
        [
            activity(f"a{n:04}", " ".join(f"w{n * 1000 + k}" for k in range(1000)))
            for n in range(1000)
        ]
    )
    with engine.snapshot() as snapshot:
        assert snapshot.match(Plan(TermQuery(Column("body", "exact"), "w999999")))[0].total == 1


def test_an_error_while_writing_changes_nothing(
    engine: WhooshEngine, commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit([activity("a", "text")])
    before = sorted(path.name for path in engine.folder.iterdir())
    monkeypatch.setattr("indexer.engines.whoosh.segment_writer.put_text", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        commit([activity("b", "text")])
    assert sorted(path.name for path in engine.folder.iterdir()) == before
    with engine.snapshot() as snapshot:
        assert snapshot.generation.number == 1


def test_what_was_written_for_a_commit_that_never_came_is_removed(
    engine: WhooshEngine, commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit([activity("a", "text")])
    before = sorted(path.name for path in engine.folder.iterdir())
    monkeypatch.setattr("indexer.engines.whoosh.commit.MAX_BUFFERED_DOCS", 2)
    with engine.writer("a test", 1) as writer:
        for n in range(5):
            writer.put(activity(f"b{n}", "text"))
        assert len(list(engine.folder.glob("*.arrays"))) == 3
        (engine.folder / "MAIN_abc.beside").touch()  # as one that was killed leaves it
    assert sorted(path.name for path in engine.folder.iterdir()) == before


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a large segment is written by two processes; the threads of the tests do not touch it."""
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr("indexer.engines.whoosh.commit.MIN_DOCS_FOR_HELPER", 100)


@pytest.mark.parametrize(
    ("case", "here"),
    [
        ("helped", {"numbered": 1}),
        ("forsaken late", {"numbered": 1, "rest": 1}),
        ("forsaken at once", {"numbered": 2, "rest": 1}),
    ],
)
@pytest.mark.usefixtures("two_cores")
def test_two_processes_write_the_same_segment_as_one_and_one_does_what_the_other_left(
    case: str, here: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        activity(
            f"a{n:03}",
            f"text number {n}",
            ("en", "fr", "zh")[n % 3],
            country=("PAK",) if n % 2 else ("KEN",),
        )
        for n in range(400)
    ]
    parent, done = os.getpid(), Counter[str]()

    def build(name: str) -> dict[str, Any]:
        done.clear()
        engine = WhooshEngine(tmp_path / name)
        with engine.writer("a test", 1) as writer:
            for each in made:
                writer.put(each)
            writer.commit()
        assert not list(engine.folder.glob("*.beside"))
        with engine.snapshot() as snapshot:
            (part,) = snapshot.view.parts
            file = part.segment.file
            return {name: file[name].tolist() for name in sorted(file.names()) if name != "indexed"}

    def numbered(*given: Any) -> Any:
        done["numbered"] += 1
        if os.getpid() != parent and case == "forsaken at once":
            os.kill(os.getpid(), signal.SIGKILL)
        return _numbered(*given)

    def put_rest(*given: Any) -> None:
        done["rest"] += 1
        if os.getpid() != parent and case == "forsaken late":
            os.kill(os.getpid(), signal.SIGKILL)
        _put_rest(*given)

    monkeypatch.setattr("indexer.engines.whoosh.segment_writer._numbered", numbered)
    monkeypatch.setattr("indexer.engines.whoosh.segment_writer._put_rest", put_rest)
    found = build(case)
    assert done == here
    monkeypatch.setattr("indexer.engines.whoosh.commit.MIN_DOCS_FOR_HELPER", 10**9)
    assert build("alone") == found
    assert done == {"numbered": 1, "rest": 1}


@pytest.mark.usefixtures("two_cores")
def test_an_error_beside_a_second_process_is_raised_and_leaves_none_waiting(
    engine: WhooshEngine, commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More terms than a pipe holds, so that the second process still waits for somebody to read them.
    made = [activity(f"a{n:03}", " ".join(f"w{n}x{k}" for k in range(500))) for n in range(100)]
    parent = os.getpid()

    def numbered(*given: Any) -> Any:
        return _numbered(*given) if os.getpid() != parent else 1 / 0

    monkeypatch.setattr("indexer.engines.whoosh.segment_writer._numbered", numbered)
    with pytest.raises(ZeroDivisionError):
        commit(made)
    assert not multiprocessing.active_children()
    assert not list(engine.folder.glob("*.arrays")) + list(engine.folder.glob("*.beside"))


@pytest.mark.usefixtures("two_cores")
def test_without_room_for_a_second_process_one_writes_all(
    engine: WhooshEngine, commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", refused)
    commit([activity(f"a{n:03}", "text") for n in range(100)])
    with engine.snapshot() as snapshot:
        assert snapshot.match(Plan(TermQuery(Column("body", "exact"), "text")))[0].total == 100


def test_an_unwritable_index_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with (
        pytest.raises(EngineError, match="ACTIVITIES_INDEX"),
        WhooshEngine(tmp_path / "index").writer("a test", 0),
    ):
        pass


def test_an_index_that_cannot_be_locked_is_one_sentence(engine: WhooshEngine, commit: Any) -> None:
    commit([activity("a", "text")])
    lock = engine.folder / "MAIN_WRITELOCK"
    lock.unlink()
    lock.mkdir()  # what stops even root
    with pytest.raises(EngineUnavailable, match="cannot be written"), engine.writer("a test", 0):
        pass
