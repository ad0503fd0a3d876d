"""The array arithmetic that everything is matched with, against sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import (
    among,
    distinct,
    locate,
    shared,
    side_by_side,
    stacked,
    union,
)

SIZE = 5000


@st.composite
def ascending(draw: st.DrawFn, most: int = SIZE) -> Array:
    """Numbers below SIZE, each once: few, or so many that a table is used instead of bisecting."""
    count = draw(st.one_of(st.integers(0, 12), st.integers(0, most)))
    seed = draw(st.integers(0, 2**32 - 1))
    return np.sort(np.random.default_rng(seed).choice(SIZE, count, replace=False)).astype(np.intp)


@given(ascending(), ascending())
def test_what_stands_in_both_of_two_lists_is_found_in_each(own: Array, docs: Array) -> None:
    there, here = locate(own, docs, SIZE)
    assert own[there].tolist() == docs[here].tolist() == sorted({*own.tolist()} & {*docs.tolist()})


@given(st.lists(ascending(), min_size=1, max_size=4))
def test_what_stands_in_all_and_in_any_of_several_lists(lists: list[Array]) -> None:
    docs, places = shared(lists, SIZE)
    sets = [{*each.tolist()} for each in lists]
    assert docs.tolist() == sorted(set.intersection(*sets))
    assert all(
        (each if at is None else each[at]).tolist() == docs.tolist()
        for each, at in zip(lists, places, strict=True)
    )
    assert union(lists, SIZE).tolist() == sorted(set.union(*sets))


@given(
    st.lists(st.tuples(st.integers(0, 200_000), ascending()), min_size=1, max_size=4),
    st.sampled_from([np.uint16, np.intp]),
)
def test_lists_of_several_segments_are_one_with_their_numbers_moved(
    lists: list[tuple[int, Array]], kind: type
) -> None:
    found = stacked([(more, docs.astype(kind)) for more, docs in lists])
    assert found.tolist() == [more + doc for more, docs in lists for doc in docs.tolist()]
    assert distinct(found).tolist() == sorted({*found.tolist()})


@given(ascending(most=SIZE).filter(len))
def test_numbers_side_by_side_leave_none_out(numbers: Array) -> None:
    listed = numbers.tolist()
    assert side_by_side(numbers) == (listed == [*range(listed[0], listed[-1] + 1)])
    assert side_by_side(np.arange(listed[0], listed[-1] + 1))


@given(
    ascending(),
    ascending(),
    st.sampled_from([np.uint32, np.int64]),
    st.sampled_from([1, 3, 700_001]),
)
def test_keys_that_are_alike_in_their_last_bits_are_told_apart(
    keys: Array, others: Array, kind: type, apart: int
) -> None:
    found = among((keys * apart).astype(kind), (others * apart).astype(kind))
    assert keys[found].tolist() == sorted({*keys.tolist()} & {*others.tolist()})
