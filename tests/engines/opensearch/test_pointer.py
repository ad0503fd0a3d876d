"""Lines of runs: what a generation sees of versions and of counts, whatever runs died, came late or were rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Generation
from indexer.engines.opensearch import pointer as pointer_module
from indexer.engines.opensearch.dictionary import FrequencyChange
from indexer.engines.opensearch.mapping import Streams, streams
from indexer.engines.opensearch.pointer import KEPT, Pointer, PublishedGeneration
from indexer.engines.opensearch.serializer import loads

Version = dict[str, Any]


def passes(clause: Mapping[str, Any], version: Version) -> bool:
    """What OpenSearch makes of the filters that a generation is asked by."""
    ((kind, inside),) = clause.items()
    if kind == "range":
        ((name, ends),) = inside.items()
        found = version.get(name, [])
        return any(
            ends["gte"] <= value <= ends["lte"]
            for value in (found if isinstance(found, list) else [found])
        )
    parts = {
        name: [passes(each, version) for each in inside.get(name, [])]
        for name in ("filter", "should", "must_not")
    }
    return (
        all(parts["filter"])
        and (not parts["should"] or any(parts["should"]))
        and not any(parts["must_not"])
    )


def generation(number: int) -> Generation:
    return Generation(number, "2026-01-01T00:00:00Z", "a test", 0)


STEP = st.tuples(
    st.sampled_from(["commit", "commit", "die", "late", "return"]),
    st.sets(st.sampled_from("abc")),
    st.sets(st.sampled_from("abc")),
    st.integers(0, 9),
)


@given(st.lists(STEP, max_size=12))
def test_a_generation_sees_what_its_line_made_and_did_not_close(
    steps: list[tuple[str, set[str], set[str], int]],
) -> None:
    first = PublishedGeneration(generation(1), "index", ((1, 1),), 0.0)
    pointer = Pointer(reserved=1, held=(first,))
    versions: list[Version] = []
    expected: dict[int, dict[str, int]] = {1: {}}
    late: list[tuple[list[Version], list[tuple[Version, int]]]] = []
    for kind, puts, gone, choice in steps:
        pointer = replace(pointer, reserved=pointer.reserved + 1)
        number, base = pointer.reserved, pointer.held[-1]
        if kind == "return":
            target = pointer.held[choice % len(pointer.held)]
            expected[number] = expected[target.generation.number]
            pointer = pointer.with_next(target.followed(generation(number), float(number)))
            continue
        made = [{"id": id, "made": number} for id in puts]
        closings = [
            (v, number) for v in versions if passes(base.seen(), v) and v["id"] in puts | gone
        ]
        if kind == "late":  # what it sends arrives after those that follow
            late.append((made, closings))
            continue
        for version, run in closings:
            version.setdefault("closed", []).append(run)
        versions += made
        if kind == "commit":
            before = {
                id: n for id, n in expected[base.generation.number].items() if id not in puts | gone
            }
            expected[number] = before | dict.fromkeys(puts, number)
            pointer = pointer.with_next(base.followed(generation(number), float(number)))
    for made, closings in late:
        versions += made
        for version, run in closings:
            version.setdefault("closed", []).append(run)
    for held in pointer.held:
        seen = [version for version in versions if passes(held.seen(), version)]
        assert sorted((v["id"], v["made"]) for v in seen) == sorted(
            expected[held.generation.number].items()
        )
        counted = {
            run
            for run in range(1, pointer.reserved + 1)
            if passes(held.counted(), {"counted": run})
        }
        assert {version["made"] for version in seen} <= counted


def test_generations_stay_for_a_minute_after_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointer_module, "GRACE", 60.0)
    pointer = Pointer(1, (PublishedGeneration(generation(1), "index", ((1, 1),), 0.0),))
    for number, moved in ((2, 10.0), (3, 20.0), (4, 30.0), (5, 71.0)):
        pointer = pointer.with_next(pointer.held[-1].followed(generation(number), moved))
    assert [held.generation.number for held in pointer.kept] == [3, 4, 5]
    # The first was the newest until second 10, the second until 20.
    assert [held.generation.number for held in pointer.held] == [2, 3, 4, 5]
    assert len(pointer.kept) == KEPT
    assert pointer.held[-1].line == ((1, 5),)


def test_a_line_leaves_out_the_runs_that_are_not_of_it() -> None:
    held = PublishedGeneration(generation(1), "index", ((1, 1),), 0.0)
    for number in (2, 5, 6, 9):
        held = held.followed(generation(number), 0.0)
    assert held.line == ((1, 2), (5, 6), (9, 9))


TEXT = st.lists(st.sampled_from(["women", "trained", "the", "насилие"]), max_size=5).map(" ".join)


@given(st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=3))
def test_a_run_counts_each_word_once_a_text_and_takes_away_those_of_what_it_closes(
    new: list[str], old: list[str]
) -> None:
    def made(text: str) -> Streams:
        return streams({"body": text, "language": "en", "meta": {}})

    change = FrequencyChange()
    for text in new:
        change.add(made(text))
    for text in old:
        change.subtract(made(text))
    written = [loads(action.document or b"{}") for action in change.actions(7)]
    found = {(row["column"], row["word"]): row["count"] for row in written}
    for word in ("women", "trained", "the"):
        expected = sum(word in text.split() for text in new) - sum(
            word in text.split() for text in old
        )
        assert found.get(("body.exact", word), 0) == expected
    assert found.get(("body.stem", "en:train"), 0) == found.get(("body.exact", "trained"), 0)
    assert len({row["id"] for row in written}) == len(found) == len(written)
    assert all(row["counted"] == 7 for row in written)
