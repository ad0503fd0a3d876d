"""Find the terms of a text column within a few edits of a word, with any first letter.

Comparing a word with every term would take too long. An edit changes the length of a word by at
most one letter and its set of letters by at most two, so array arithmetic over lengths and sets
leaves few terms to compare.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from indexer.engines.whoosh.array_file import Array, ByteStrings, smallest_uint

_CHANGED_LETTERS = 2  # a substitution removes a letter from the set and adds another


class TermShapes:
    """The lengths and sets of letters of the terms of a column."""

    def __init__(self, terms: ByteStrings) -> None:
        self._terms = terms
        heap = b"".join(terms)
        bytes_ = np.frombuffer(heap, np.uint8)
        starts = np.array(terms.starts, np.int64)
        if not heap.isascii():
            # From offsets of bytes to offsets of characters: only the first byte of a character
            # does not have the form 10xxxxxx.
            is_first = (bytes_ & 0xC0) != 0x80
            starts = np.concatenate(([0], is_first.cumsum()))[starts]
            bytes_ = np.frombuffer(heap.decode().encode("utf-32-le"), np.uint32)
        lengths = np.diff(starts)
        self._lengths = lengths.astype(smallest_uint(int(lengths.max(initial=0))))
        self._letters = np.bitwise_or.reduceat(_letter_bits(bytes_), starts[:-1])

    def within(self, word: str, edits: int) -> Iterator[tuple[int, str, int]]:
        """Yield the number, text and distance of each term within a number of edits of a word.

        The distance is the optimal string alignment: the number of insertions, deletions,
        substitutions and transpositions of neighbours.
        """
        codes = np.frombuffer(word.encode("utf-32-le"), np.uint32)
        shortest, longest = len(word) - edits, len(word) + edits
        near = ((self._lengths >= shortest) & (self._lengths <= longest)).nonzero()[0]
        changed = self._letters[near] ^ np.bitwise_or.reduce(_letter_bits(codes))
        near = near[np.bitwise_count(changed) <= _CHANGED_LETTERS * edits]
        if not len(near):
            return
        numbers = near.tolist()
        terms = [self._terms.text(number) for number in numbers]
        distances = cdist([word], terms, scorer=OSA.distance, score_cutoff=edits)[0]
        for at in (distances <= edits).nonzero()[0].tolist():
            yield numbers[at], terms[at], int(distances[at])


def _letter_bits(codes: Array) -> Array:
    """Return a 32-bit number for each code point, with one bit set. Some letters share a bit."""
    return np.uint32(1) << (codes & np.uint8(31)).astype(np.uint32)
