"""The pointer document, and the versions and word counts that a generation's lineage includes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Generation
from indexer.engines.opensearch import pointer as pointer_module
from indexer.engines.opensearch.dictionary import FrequencyChange
from indexer.engines.opensearch.mapping import LAYOUT, Streams, term_streams
from indexer.engines.opensearch.pointer import Pointer, PublishedGeneration
from indexer.engines.opensearch.serializer import loads

Version = dict[str, Any]
# As release 0.1.0 writes it. Clusters contain such documents: never change the key names.
POINTER_DOCUMENT = """{
  "kind": "pointer",
  "layout": "5731b62e4a28",
  "moved": 1790000000123,
  "by": "0f8fad5bd9cb469fa16570867728950e",
  "reserved": 9,
  "held": [
    {
      "generation": {"number": 5, "indexed_at": "2026-11-23T10:00:00Z",
                     "owner": "activities index by ana@host", "activities": 4, "restores": null},
      "index": "activities-5731b62e4a28-1",
      "line": [[1, 2], [5, 5]],
      "moved": 1790000000.5
    },
    {
      "generation": {"number": 8, "indexed_at": "2026-11-23T11:00:00Z",
                     "owner": "activities rollback by ben@host", "activities": 3, "restores": 2},
      "index": "activities-5731b62e4a28-1",
      "line": [[1, 2], [8, 8]],
      "moved": 1790003600.25
    }
  ]
}"""


def passes(clause: Mapping[str, Any], version: Version) -> bool:
    """Evaluate a filter as OpenSearch does."""
    ((kind, content),) = clause.items()
    if kind in ("range", "terms"):
        ((name, bounds),) = content.items()
        value = version.get(name, [])
        values = value if isinstance(value, list) else [value]
        if kind == "terms":
            return not set(values).isdisjoint(bounds)
        return any(bounds["gte"] <= each <= bounds["lte"] for each in values)
    results = {
        name: [passes(each, version) for each in content.get(name, [])]
        for name in ("filter", "should", "must_not")
    }
    return (
        all(results["filter"])
        and (not results["should"] or any(results["should"]))
        and not any(results["must_not"])
    )


def generation(number: int) -> Generation:
    return Generation(number, "2026-01-01T00:00:00Z", "a test", 0)


def first_generation() -> PublishedGeneration:
    return PublishedGeneration(generation(1), "index", ((1, 1),), 0.0)


def with_next(pointer: Pointer, published: PublishedGeneration) -> Pointer:
    """Add a generation, and keep the two before it."""
    numbers = [each.generation.number for each in (*pointer.available, published)]
    return pointer.with_next(published, numbers[-3:])


STEP = st.tuples(
    st.sampled_from(["commit", "commit", "die", "late", "rollback"]),
    st.sets(st.sampled_from("abc")),
    st.sets(st.sampled_from("abc")),
    st.integers(0, 9),
)


@given(st.lists(STEP, max_size=12))
def test_a_generation_sees_the_versions_that_its_lineage_created_and_did_not_close(
    steps: list[tuple[str, set[str], set[str], int]],
) -> None:
    pointer = Pointer(reserved=1, retained=(first_generation(),))
    versions: list[Version] = []
    expected: dict[int, dict[str, int]] = {1: {}}  # id to run number, by generation
    late: list[tuple[list[Version], list[tuple[Version, int]]]] = []
    for kind, puts, deletions, choice in steps:
        pointer = replace(pointer, reserved=pointer.reserved + 1)
        number, base = pointer.reserved, pointer.retained[-1]
        changed = puts | deletions
        if kind == "rollback":
            target = pointer.retained[choice % len(pointer.retained)]
            expected[number] = expected[target.generation.number]
            pointer = with_next(pointer, target.successor(generation(number), float(number)))
            continue
        new_versions = [{"id": id, "made": number} for id in puts]
        closings = [
            (version, number)
            for version in versions
            if passes(base.visibility_filter(), version) and version["id"] in changed
        ]
        if kind == "late":  # its documents arrive after those of later runs
            late.append((new_versions, closings))
            continue
        apply(versions, new_versions, closings)
        if kind == "commit":
            before = expected[base.generation.number].items()
            unchanged = {id: run for id, run in before if id not in changed}
            expected[number] = unchanged | dict.fromkeys(puts, number)
            pointer = with_next(pointer, base.successor(generation(number), float(number)))
    for new_versions, closings in late:
        apply(versions, new_versions, closings)
    for published in pointer.retained:
        visible = [each for each in versions if passes(published.visibility_filter(), each)]
        assert sorted((version["id"], version["made"]) for version in visible) == sorted(
            expected[published.generation.number].items()
        )
        counted_runs = {
            run
            for run in range(1, pointer.reserved + 1)
            if passes(published.word_count_filter(), {"counted": run})
        }
        assert {version["made"] for version in visible} <= counted_runs


def apply(
    versions: list[Version], new_versions: list[Version], closings: list[tuple[Version, int]]
) -> None:
    """Write what a run sends."""
    versions += new_versions
    for version, run in closings:
        version.setdefault("closed", []).append(run)


def test_generations_are_retained_for_a_grace_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointer_module, "GRACE_SECONDS", 60.0)
    pointer = Pointer(1, (first_generation(),))
    for number, published_at in ((2, 10.0), (3, 20.0), (4, 30.0), (5, 71.0), (6, 90.5)):
        successor = pointer.retained[-1].successor(generation(number), published_at)
        pointer = with_next(pointer, successor)
    assert [each.generation.number for each in pointer.available] == [4, 5, 6]
    # The first could be requested until second 30, the second until second 71.
    assert [each.generation.number for each in pointer.retained] == [2, 3, 4, 5, 6]
    assert pointer.retained[-1].lineage == ((1, 6),)


def test_a_clock_that_was_set_back_does_not_extend_a_grace_period() -> None:
    pointer = Pointer(1, (first_generation(),))
    for number, published_at in ((2, 9e9), (3, 9e9), (4, 9e9), (5, 10.0), (6, 20.0)):
        successor = pointer.retained[-1].successor(generation(number), published_at)
        pointer = with_next(pointer, successor)
    assert [each.generation.number for each in pointer.retained] == [2, 3, 4, 5, 6]


def test_the_time_of_the_first_commit_is_carried_over_and_stored() -> None:
    pointer = with_next(Pointer(), first_generation())
    for number, published_at in ((2, 100.0), (3, 200.0), (4, 300.0), (5, 400.0)):
        pointer = with_next(pointer, first_generation().successor(generation(number), published_at))
    document = pointer.to_document("a token", 500.0)
    assert Pointer.from_document(document, None).created_at == 0.0


def test_a_grace_period_is_stored() -> None:
    pointer = Pointer(1, (replace(first_generation(), released_at=7.5),))
    document = pointer.to_document("a token", 0.0)
    assert Pointer.from_document(document, None).retained[0].released_at == 7.5


def test_a_lineage_leaves_out_the_runs_that_do_not_belong_to_it() -> None:
    published = first_generation()
    for number in (2, 5, 6, 9):
        published = published.successor(generation(number), 0.0)
    assert published.lineage == ((1, 2), (5, 6), (9, 9))


def test_a_stored_pointer_document_is_read() -> None:
    pointer = Pointer.from_document(json.loads(POINTER_DOCUMENT), (7, 1))
    older, newest = pointer.retained
    assert (pointer.reserved, pointer.version) == (9, (7, 1))
    assert older == PublishedGeneration(
        Generation(5, "2026-11-23T10:00:00Z", "activities index by ana@host", 4, None),
        "activities-5731b62e4a28-1",
        ((1, 2), (5, 5)),
        1790000000.5,
    )
    assert (newest.generation.number, newest.generation.restores) == (8, 2)
    assert newest.visibility_filter() == {
        "bool": {
            "filter": [
                {
                    "bool": {
                        "should": [
                            {"range": {"made": {"gte": 1, "lte": 2}}},
                            {"range": {"made": {"gte": 8, "lte": 8}}},
                        ]
                    }
                }
            ],
            "must_not": [
                {"range": {"closed": {"gte": 1, "lte": 2}}},
                {"range": {"closed": {"gte": 8, "lte": 8}}},
            ],
        }
    }


def test_a_pointer_is_written_with_the_stored_key_names() -> None:
    stored = json.loads(POINTER_DOCUMENT)
    written = Pointer.from_document(stored, None).to_document(stored["by"], 1790000000.123)
    # If the time of the first commit is unknown, the time of the oldest generation is stored.
    assert written == stored | {"layout": LAYOUT, "created": 1790000000.5}


TEXT = st.lists(st.sampled_from(["women", "trained", "the", "насилие"]), max_size=5).map(" ".join)


@given(st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=3))
def test_a_run_counts_each_word_once_per_text_and_subtracts_the_words_of_closed_versions(
    new: list[str], old: list[str]
) -> None:
    def streams(text: str) -> Streams:
        return term_streams({"body": text, "language": "en", "meta": {}})

    change = FrequencyChange()
    for text in new:
        change.add(streams(text))
    for text in old:
        change.subtract(streams(text))
    documents = [loads(action.document or b"{}") for action in change.actions(7)]
    counts = {(each["column"], each["word"]): each["count"] for each in documents}
    for word in ("women", "trained", "the"):
        expected = sum(word in text.split() for text in new) - sum(
            word in text.split() for text in old
        )
        assert counts.get(("body.exact", word), 0) == expected
    assert counts.get(("body.stem", "en:train"), 0) == counts.get(("body.exact", "trained"), 0)
    assert len({each["id"] for each in documents}) == len(counts) == len(documents)
    assert all(each["counted"] == 7 for each in documents)


def test_a_lineage_with_many_gaps_needs_few_clauses() -> None:
    lineage = (*((run, run) for run in range(1, 400, 2)), (500, 600))
    published = PublishedGeneration(Generation(600, "", "", 0), "an index", lineage, 0.0)
    clauses = published.word_count_filter()["bool"]["should"]
    assert len(clauses) == 2
    ((field, _),) = clauses[0]["terms"].items()
    counted = {run for run in range(700) if any(passes(c, {field: run}) for c in clauses)}
    assert counted == {*range(1, 400, 2), *range(500, 601)}
