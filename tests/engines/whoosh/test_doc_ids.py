"""Set operations on document lists, compared with Python sets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import (
    common_positions,
    concatenate_with_offsets,
    intersect,
    is_contiguous,
    positions_in,
    sorted_unique,
    sum_scores,
    union,
)

SIZE = 5000


@st.composite
def doc_lists(draw: st.DrawFn, max_length: int = SIZE) -> Array:
    """Ascending unique numbers below SIZE; short lists are searched, long ones use a table."""
    count = draw(st.one_of(st.integers(0, 12), st.integers(0, max_length)))
    seed = draw(st.integers(0, 2**32 - 1))
    return np.sort(np.random.default_rng(seed).choice(SIZE, count, replace=False)).astype(np.intp)


@given(doc_lists(), doc_lists())
def test_common_documents_are_located_in_both_lists(left: Array, right: Array) -> None:
    in_left, in_right = common_positions(left, right, SIZE)
    common = sorted({*left.tolist()} & {*right.tolist()})
    assert left[in_left].tolist() == right[in_right].tolist() == common


@given(st.lists(doc_lists(), min_size=1, max_size=4))
def test_intersection_and_union_equal_those_of_sets(lists: list[Array]) -> None:
    docs, positions = intersect(lists, SIZE)
    sets = [{*each.tolist()} for each in lists]
    assert docs.tolist() == sorted(set.intersection(*sets))
    assert all(
        (each if at is None else each[at]).tolist() == docs.tolist()
        for each, at in zip(lists, positions, strict=True)
    )
    assert union(lists, SIZE).tolist() == sorted(set.union(*sets))


@given(st.lists(doc_lists(), min_size=1, max_size=4), doc_lists(), st.booleans())
def test_the_scores_of_each_document_are_added(
    lists: list[Array], docs: Array, is_selection: bool
) -> None:
    positions = np.arange(0, len(docs), 3) if is_selection else None

    def score(number: int) -> Callable[[Array | None], Array]:
        scores = (lists[number] % 7 + number).astype(np.float32)
        return lambda at: scores.copy() if at is None else scores[at]

    pieces = [(each, score(number)) for number, each in enumerate(lists)]
    scores = sum_scores(pieces, docs, positions, SIZE)
    sums = dict.fromkeys(range(SIZE), 0.0)
    for each, score_of in pieces:
        for doc, value in zip(each.tolist(), score_of(None).tolist(), strict=True):
            sums[doc] += value
    scored = docs if positions is None else docs[positions]
    assert scores.tolist() == [sums[doc] for doc in scored.tolist()]


def test_without_scored_documents_all_scores_are_zero() -> None:
    pieces = [(np.zeros(0, np.intp), lambda at: np.zeros(0, np.float32))]
    assert sum_scores(pieces, np.arange(3), None, 3).tolist() == [0, 0, 0]


def test_a_list_as_long_as_the_scored_documents_is_not_taken_for_them() -> None:
    pieces = [(np.array([0, 2]), lambda at: np.ones(2 if at is None else len(at), np.float32))]
    assert sum_scores(pieces, np.array([1, 2]), None, 3).tolist() == [0, 1]


@given(
    st.lists(st.tuples(st.integers(0, 200_000), doc_lists()), min_size=1, max_size=4),
    st.sampled_from([np.uint16, np.intp]),
)
def test_offsets_are_added_to_each_concatenated_list(
    lists: list[tuple[int, Array]], dtype: type
) -> None:
    result = concatenate_with_offsets([(offset, docs.astype(dtype)) for offset, docs in lists])
    assert result.tolist() == [offset + doc for offset, docs in lists for doc in docs.tolist()]
    assert sorted_unique(result).tolist() == sorted({*result.tolist()})


@given(doc_lists(max_length=SIZE).filter(len))
def test_contiguous_numbers_have_no_gap(numbers: Array) -> None:
    listed = numbers.tolist()
    assert is_contiguous(numbers) == (listed == [*range(listed[0], listed[-1] + 1)])
    assert is_contiguous(np.arange(listed[0], listed[-1] + 1))


@given(
    doc_lists(),
    doc_lists(),
    st.sampled_from([np.uint32, np.int64]),
    st.sampled_from([1, 3, 700_001]),
)
def test_keys_with_equal_last_bits_are_distinguished(
    keys: Array, others: Array, dtype: type, factor: int
) -> None:
    positions = positions_in((keys * factor).astype(dtype), (others * factor).astype(dtype))
    assert keys[positions].tolist() == sorted({*keys.tolist()} & {*others.tolist()})
