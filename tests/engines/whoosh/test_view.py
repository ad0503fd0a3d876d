"""What is derived of a generation."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.view import rounded

# What Lucene's one byte can hold up to 200, beyond 40 (the table of its BM25Similarity).
ABOVE_40 = [
    42,
    44,
    46,
    48,
    50,
    52,
    54,
    56,
    60,
    64,
    68,
    72,
    76,
    80,
    84,
    88,
    96,
    104,
    112,
    120,
    128,
    136,
    144,
    152,
    168,
    184,
    200,
]


def test_a_texts_length_is_rounded_to_what_lucene_keeps_of_it() -> None:
    assert sorted(set(rounded(np.arange(201)).tolist())) == [*range(41), *ABOVE_40]


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1))
def test_a_rounded_length_is_never_longer_nor_much_shorter(lengths: list[int]) -> None:
    found = rounded(np.array(lengths, np.uint32)).tolist()
    assert all(kept <= length < kept * 9 / 8 + 1 for kept, length in zip(found, lengths, strict=True))
    assert rounded(np.array(found)).tolist() == found
