"""Segments are written and merged correctly, and damage to their files is detected."""

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
from indexer.engines.base import EngineError, IndexDamaged
from indexer.engines.whoosh import array_file, merge, postings, term_numbers
from indexer.engines.whoosh.array_file import ByteStrings
from indexer.engines.whoosh.columns import keyword_columns
from indexer.engines.whoosh.directory import HOLDER_FILE, LOCK_FILE
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.engines.whoosh.keyword_column import SETS_RATIO, KeywordColumn
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.segment_writer import (
    STORED_FIELDS,
    number_texts,
    put_other_arrays,
    write_segment,
)
from indexer.engines.whoosh.term_numbers import WordNumbering, number_words
from indexer.query.plan import Column, Plan, TermQuery
from indexer.schema import FIELDS
from indexer.text.analysis import words
from tests.engines.whoosh.conftest import Commit, activity
from tests.engines.whoosh.test_scorers import activities

BODY = Column("body", "exact")
INDEXED_AT = "2026-11-24T00:00:00Z"


def open_new_segment(folder: Path, name: str, batch: Sequence[Activity]) -> SegmentReader:
    """Write a segment, and open it."""
    path = folder / f"{name}.arrays"
    write_segment(path, [(each, INDEXED_AT) for each in batch], b"")
    return SegmentReader(path)


def total(engine: WhooshEngine, word: str) -> int:
    """Return how many activities have a word in their body."""
    with engine.snapshot() as snapshot:
        return snapshot.match(Plan(TermQuery(BODY, word)))[0].total


@settings(max_examples=60)
@given(
    st.lists(st.lists(activities(), min_size=1, max_size=8), min_size=1, max_size=4),
    st.sampled_from([1, 7, 10**6]),
)
def test_a_merged_segment_equals_one_built_at_once(
    batches: list[list[Activity]], block: int
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge, "MAX_BLOCK_POSTINGS", block)
        patch.setattr(postings, "TEXTS_PER_BLOCK", block)
        folder = Path(name)
        newest = {each.id: (number, each) for number, batch in enumerate(batches) for each in batch}
        sources = []
        for number, batch in enumerate(batches):
            by_id = {each.id: each for each in batch}
            segment = open_new_segment(folder, f"s{number}", list(by_id.values()))
            deleted = [
                doc for doc, id in enumerate(segment.ids) if newest[id.decode()][0] != number
            ]
            sources.append((segment, deleted))
        merge.merge(folder / "merged.arrays", sources)
        merged = SegmentReader(folder / "merged.arrays")
        patch.setattr(postings, "TEXTS_PER_BLOCK", 1000)
        whole = open_new_segment(folder, "whole", [each for _, each in newest.values()])
        # Sets of values are numbered in the order in which they occur, so compare stored documents.
        assert [merged.stored(doc) for doc in range(merged.count)] == [
            whole.stored(doc) for doc in range(whole.count)
        ]
        assert merged.file.names() == whole.file.names()
        for array in merged.file.names():
            if not any(part in array for part in (".sets.", ".set")):
                assert np.array_equal(merged.file[array], whole.file[array]), array


@settings(max_examples=200)
@given(st.lists(st.text(st.sampled_from("aB1 é’-­ﬁ½漢ñΣж\x01\x02İ\u0301")), max_size=5))
def test_numbered_words_equal_those_of_the_analysis(texts: list[str]) -> None:
    assert numbered_words(texts) == [word for text in texts for word in [*words(text), "\x01"]]


def numbered_words(texts: list[str]) -> list[str]:
    """Return the words of texts as number_words() finds them, with the separators."""
    numbering = WordNumbering()
    numbers = number_words(texts, numbering).tolist()
    return [numbering.words[number].decode() for number in numbers]


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from("abé"), st.sampled_from([1, 7, 8, 9, 15, 16, 17, 30])),
            max_size=30,
        )
    )
)
def test_words_with_the_same_hash_slot_and_first_bytes_get_different_numbers(
    drawn: list[list[tuple[str, int]]],
) -> None:
    texts = [
        " ".join("x" * (length - 1) + letter for letter, length in letters) for letters in drawn
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(term_numbers, "HASH_SLOTS", 4)
        patch.setattr(term_numbers, "TEXTS_PER_BATCH", 2)
        numbered = numbered_words(texts)
    assert numbered == [word for text in texts for word in [*words(text), "\x01"]]


def test_terms_over_the_length_limit_are_truncated_like_in_the_analysis() -> None:
    text = "x" * 10_000 + " " + "y" * 200 + " " + "é" * 201
    numbered = numbered_words([text])
    assert numbered == [*words(text), "\x01"] == ["x" * 200, "y" * 200, "e" * 200, "\x01"]


@given(
    st.sets(st.binary(min_size=1, max_size=4).filter(lambda b: 0xFF not in b)),
    st.binary(min_size=1, max_size=3),
    st.sampled_from([1, array_file.SPARSE_INDEX_SIZE]),
)
def test_strings_are_looked_up_by_value_and_by_prefix(
    values: set[bytes], text: bytes, index_size: int
) -> None:
    ordered = sorted(values)
    heap = np.frombuffer(b"".join(ordered), np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(array_file, "SPARSE_INDEX_SIZE", index_size)
        strings = ByteStrings(heap, np.cumsum([0, *map(len, ordered)]))
        assert strings.find(text) == (ordered.index(text) if text in values else -1)
        assert [strings.find(each) for each in ordered] == list(range(len(ordered)))
    assert strings.lower_bound(text) == sum(each < text for each in ordered)
    if 0xFF not in text:
        low, high = strings.prefix_range(text)
        assert strings.slice(low, high) == [each for each in ordered if each.startswith(text)]


@pytest.fixture
def two_generations(engine: WhooshEngine, commit: Commit) -> Path:
    """An index directory with two generations of two segments, one of them with a deletion."""
    commit([activity(f"a{n:03}", f"word{n} common text", country=("PAK",)) for n in range(600)])
    commit([activity("a001", "another common text")])
    return engine.folder


def damage_error(engine: WhooshEngine) -> str | None:
    """Return the message of IndexDamaged, or None after a correct search."""
    try:
        assert total(engine, "common") == 600
    except IndexDamaged as error:
        return str(error)
    return None


def test_damage_at_any_place_of_a_file_is_detected_and_names_the_file(
    two_generations: Path, tmp_path: Path
) -> None:
    rng = random.Random(7)
    files = [
        path.name for path in two_generations.iterdir() if path.name not in (HOLDER_FILE, LOCK_FILE)
    ]
    assert len(files) == 6  # two segments, two tables of contents, two descriptions
    reported = set()
    for name in files:
        size = (two_generations / name).stat().st_size
        for damage in ["truncate", "empty", *["flip a bit"] * 6]:
            copy = tmp_path / "copy" / two_generations.name
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(two_generations, copy)
            data = bytearray((copy / name).read_bytes())
            if damage == "flip a bit":
                data[rng.randrange(size)] ^= 1 << rng.randrange(8)
            else:
                del data[rng.randrange(1, size) if damage == "truncate" else 0 :]
            (copy / name).write_bytes(data)
            message = damage_error(WhooshEngine(copy.parent))
            if message is None:  # a file of the older generation, which the newest does not use
                assert "_1." in name or "-1." in name, (name, damage)
            else:
                assert name in message or "generation-2" in name
                assert "activities index --rebuild" in message
                reported.add(name)
    assert len(reported) == 4  # every file of the newest generation


def test_swapped_segment_files_are_detected(two_generations: Path) -> None:
    one, other = sorted(two_generations.glob("*.arrays"))
    temporary = two_generations / "temporary"
    one.rename(temporary)
    other.rename(one)
    temporary.rename(other)
    with (
        pytest.raises(IndexDamaged, match="another segment"),
        WhooshEngine(two_generations.parent).snapshot(),
    ):
        pass


VALUES = st.lists(
    st.sampled_from(["KEN", "PAK", "FRA", "none", "XKX"]), min_size=1, max_size=3, unique=True
).map(tuple)


def column(rows: list[tuple[str, ...]]) -> KeywordColumn:
    """Return the column of a segment whose documents have these values."""
    values = sorted({value for row in rows for value in row})
    several = sorted({row for row in rows if len(row) > 1})
    numbers = [
        several.index(row) + len(values) if len(row) > 1 else values.index(row[0]) for row in rows
    ]
    starts = np.cumsum([0, *map(len, several)])
    flat = np.array([values.index(value) for row in several for value in row], np.uint8)
    return KeywordColumn("country", values, starts, flat, np.array(numbers, np.uint8))


@given(st.lists(st.lists(VALUES, min_size=1, max_size=9), min_size=1, max_size=3), st.data())
def test_joined_columns_leave_out_deleted_documents(
    segments: list[list[tuple[str, ...]]], data: st.DataObject
) -> None:
    rows = [row for segment in segments for row in segment]
    deleted = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    joined = KeywordColumn.concatenate(
        "country", [column(segment) for segment in segments], np.array([*deleted], np.intp)
    )
    live = {doc: row for doc, row in enumerate(rows) if doc not in deleted}
    counts = dict(zip(joined.values, joined.count(joined.doc_sets).tolist(), strict=True))
    assert {value: n for value, n in counts.items() if n} == Counter(
        value for row in live.values() for value in row
    )
    many = np.tile(joined.doc_sets, 1 + SETS_RATIO * joined.set_count)  # counted in another way
    assert (joined.count(many) == joined.count(joined.doc_sets) * (len(many) // len(rows))).all()
    chosen = data.draw(st.sets(st.sampled_from(joined.values), min_size=1))
    sets = joined.sets_with([joined.value_numbers[value] for value in chosen])
    expected = [doc for doc, row in live.items() if chosen & {*row}]
    by_set = joined.docs(sets).tolist()
    assert by_set == np.flatnonzero(joined.mask(sets, joined.doc_sets)).tolist() == expected


def test_many_small_commits_keep_few_segments_and_do_not_rewrite_the_largest(
    engine: WhooshEngine, commit: Commit
) -> None:
    commit([activity(f"a{n:04}", f"text {n}") for n in range(6000)])
    (largest,) = engine.folder.glob("*.arrays")
    for n in range(120):
        commit([activity(f"a{n:04}", f"changed {n}"), activity(f"b{n:04}", f"added {n}")])
        segments = [path for path in engine.folder.glob("*.arrays") if path.exists()]
        assert len(segments) <= 3 * 3  # three generations of three segments
        assert engine.stats().segments <= 3
    assert largest.exists()
    with engine.snapshot() as snapshot:
        assert snapshot.generation.activities == 6120
    assert total(engine, "changed") == 120


def test_a_segment_with_many_deleted_documents_is_rewritten(
    engine: WhooshEngine, commit: Commit
) -> None:
    commit([activity(f"a{n:04}", f"text {n}") for n in range(900)])
    commit(delete=[f"a{n:04}" for n in range(400)])
    (part,) = engine.newest_reader().parts
    assert (part.count, len(part.deleted)) == (500, 0)


def test_an_index_whose_activities_are_all_deleted_can_be_searched(
    engine: WhooshEngine, commit: Commit
) -> None:
    commit([activity("a", "text")])
    commit(delete=["a"])
    with engine.snapshot() as snapshot:
        matches = snapshot.match(Plan(TermQuery(BODY, "text"), counts=(("country",),)))[0]
    assert (matches.total, matches.counts) == (0, ({},))


@pytest.mark.parametrize(
    "extreme",
    [
        activity("a", "x" * 10_000 + " text"),
        activity("a", " ".join(f"w{n}" for n in range(200_000)) + " text"),
        activity("a", "text " * 300_000),
        activity("a", "text", aliases=tuple(f"a{n}" for n in range(200))),
        activity("a", "text", country=tuple(f"{n:03}" for n in range(500))),
    ],
    ids=["a long term", "200,000 terms", "one term 300,000 times", "200 aliases", "500 values"],
)
def test_an_extreme_activity_is_indexed_and_found(
    engine: WhooshEngine, commit: Commit, extreme: Activity
) -> None:
    commit([extreme, activity("b", "other text")])
    with engine.snapshot() as snapshot:
        plan = Plan(TermQuery(BODY, "text"), sort="relevance", limit=9)
        hits = {stored.id: stored for _, stored in snapshot.match(plan)[0].hits}
        assert hits.keys() == {"a", "b"}
        (stored,) = snapshot.get("a")
    assert stored == hits["a"]
    assert stored is not None
    assert stored.meta == extreme.meta


@pytest.mark.slow
def test_a_million_different_terms_are_indexed(engine: WhooshEngine, commit: Commit) -> None:
    texts = [" ".join(f"w{n * 1000 + k}" for k in range(1000)) for n in range(1000)]
    commit([activity(f"a{n:04}", text) for n, text in enumerate(texts)])
    assert total(engine, "w999999") == 1


def test_an_error_while_writing_changes_nothing(
    engine: WhooshEngine, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit([activity("a", "text")])
    before = sorted(path.name for path in engine.folder.iterdir())
    monkeypatch.setattr("indexer.engines.whoosh.segment_writer.put_text_column", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        commit([activity("b", "text")])
    assert sorted(path.name for path in engine.folder.iterdir()) == before
    with engine.snapshot() as snapshot:
        assert snapshot.generation.number == 1


def test_the_files_of_a_writer_without_commit_are_removed(
    engine: WhooshEngine, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit([activity("a", "text")])
    before = sorted(path.name for path in engine.folder.iterdir())
    monkeypatch.setattr("indexer.engines.whoosh.commit.MAX_BUFFERED_DOCS", 2)
    with engine.writer("a test", 1) as writer:
        for n in range(5):
            writer.put(activity(f"b{n}", "text"))
        assert len(list(engine.folder.glob("*.arrays"))) == 3
        (engine.folder / "MAIN_abc.beside").touch()  # left behind by a helper that was killed
    assert sorted(path.name for path in engine.folder.iterdir()) == before


def test_long_texts_are_flushed_before_many_are_in_memory(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.engines.whoosh.commit.MAX_BUFFERED_CHARACTERS", 1000)
    with engine.writer("a test", 1) as writer:
        for n in range(5):
            writer.put(activity(f"b{n}", "text " * 100))
        assert len(list(engine.folder.glob("*.arrays"))) == 2
        writer.commit()
    with engine.snapshot() as snapshot:
        assert snapshot.generation.activities == 5


@pytest.fixture
def _two_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a segment of 100 documents use a helper process, despite the threads of the tests."""
    monkeypatch.setattr("threading.active_count", lambda: 1)
    monkeypatch.setattr("indexer.processes.usable_cpus", lambda: 2)
    monkeypatch.setattr("indexer.engines.whoosh.commit.MIN_DOCS_FOR_HELPER", 100)


@pytest.mark.parametrize(
    ("case", "calls_of_parent"),
    [
        ("the helper succeeds", {"number_texts": 1}),
        ("the helper is killed late", {"number_texts": 1, "put_other_arrays": 1}),
        ("the helper is killed early", {"number_texts": 2, "put_other_arrays": 1}),
    ],
)
@pytest.mark.usefixtures("_two_cpus")
def test_a_segment_is_the_same_with_a_helper_process_and_without(
    case: str, calls_of_parent: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    languages, countries = ("en", "fr", "zh"), ("KEN", "PAK")
    puts = [
        activity(f"a{n:03}", f"text number {n}", languages[n % 3], country=(countries[n % 2],))
        for n in range(400)
    ]
    parent, calls = os.getpid(), Counter[str]()

    def build(name: str) -> dict[str, Any]:
        calls.clear()
        engine = WhooshEngine(tmp_path / name)
        with engine.writer("a test", 1) as writer:
            for put in puts:
                writer.put(put)
            writer.commit()
        assert not list(engine.folder.glob("*.beside"))
        (part,) = engine.newest_reader().parts
        file = part.segment.file
        return {name: file[name].tolist() for name in sorted(file.names()) if name != "indexed"}

    def counted_number_texts(*arguments: Any) -> Any:
        calls["number_texts"] += 1
        if os.getpid() != parent and case == "the helper is killed early":
            os.kill(os.getpid(), signal.SIGKILL)
        return number_texts(*arguments)

    def counted_put_other_arrays(*arguments: Any) -> None:
        calls["put_other_arrays"] += 1
        if os.getpid() != parent and case == "the helper is killed late":
            os.kill(os.getpid(), signal.SIGKILL)
        put_other_arrays(*arguments)

    module = "indexer.engines.whoosh.segment_writer"
    monkeypatch.setattr(f"{module}.number_texts", counted_number_texts)
    monkeypatch.setattr(f"{module}.put_other_arrays", counted_put_other_arrays)
    with_helper = build("with helper")
    assert calls == calls_of_parent
    monkeypatch.setattr("indexer.engines.whoosh.commit.MIN_DOCS_FOR_HELPER", 10**9)
    assert build("without helper") == with_helper
    assert calls == {"number_texts": 1, "put_other_arrays": 1}


@pytest.mark.usefixtures("_two_cpus")
def test_an_error_ends_the_helper_process_and_leaves_no_files(
    engine: WhooshEngine, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More terms than fit into a pipe, so the helper is still waiting for its reader.
    puts = [activity(f"a{n:03}", " ".join(f"w{n}x{k}" for k in range(500))) for n in range(100)]
    parent = os.getpid()

    def fail_in_parent(*arguments: Any) -> Any:
        return number_texts(*arguments) if os.getpid() != parent else 1 / 0

    monkeypatch.setattr("indexer.engines.whoosh.segment_writer.number_texts", fail_in_parent)
    with pytest.raises(ZeroDivisionError):
        commit(puts)
    assert not multiprocessing.active_children()
    assert not list(engine.folder.glob("*.arrays")) + list(engine.folder.glob("*.beside"))


@pytest.mark.usefixtures("_two_cpus")
def test_a_segment_is_written_without_a_helper_if_the_fork_fails(
    engine: WhooshEngine, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("os.fork", fail)
    commit([activity(f"a{n:03}", "text") for n in range(100)])
    assert total(engine, "text") == 100


def test_the_error_for_an_unwritable_index_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with (
        pytest.raises(EngineError, match="ACTIVITIES_INDEX"),
        WhooshEngine(tmp_path / "index").writer("a test", 0),
    ):
        pass


def test_a_folder_in_the_place_of_the_lock_is_replaced(
    engine: WhooshEngine, commit: Commit
) -> None:
    commit([activity("a", "text")])
    lock = engine.folder / LOCK_FILE
    lock.unlink()
    (lock / "not-empty").mkdir(parents=True)
    assert commit([activity("b", "text")]) == 2
    assert lock.is_file()


def test_every_field_has_a_column_or_is_stored_with_the_text() -> None:
    columns = set(keyword_columns())
    assert {field.name for field in FIELDS} == columns | set(STORED_FIELDS) | {"draft"}
