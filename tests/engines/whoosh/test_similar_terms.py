"""Similar terms: the array arithmetic finds the same terms as a comparison of all terms."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from indexer.engines.whoosh.array_file import ByteStrings
from indexer.engines.whoosh.similar_terms import TermShapes

WORDS = st.text("abcdeoz9éжб暴", min_size=1, max_size=9)


def byte_strings(terms: list[str]) -> ByteStrings:
    encoded = [term.encode() for term in terms]
    starts = np.concatenate(([0], np.cumsum([len(term) for term in encoded]))).astype(np.uint32)
    return ByteStrings(np.frombuffer(b"".join(encoded), np.uint8), starts)


@given(st.lists(WORDS, min_size=1, max_size=40), WORDS, st.sampled_from([1, 2]))
def test_the_terms_within_some_edits_are_those_of_a_full_comparison(
    terms: list[str], word: str, edits: int
) -> None:
    expected = [
        (number, term, distance)
        for number, term in enumerate(terms)
        if (distance := OSA.distance(word, term)) <= edits
    ]
    assert list(TermShapes(byte_strings(terms)).within(word, edits)) == expected


@given(st.lists(WORDS, min_size=1, max_size=40), st.data())
def test_a_term_with_one_edit_is_found_by_the_word_without_the_edit(
    terms: list[str], data: st.DataObject
) -> None:
    term = data.draw(st.sampled_from(terms))
    at = data.draw(st.integers(0, len(term) - 1))
    word = term[:at] + data.draw(st.sampled_from(["", "x", "暴"])) + term[at + 1 :]
    assert term in {t for _, t, _ in TermShapes(byte_strings(terms)).within(word, 1)}
