"""Expands prefixes and fuzzy words to the terms of one text column of a segment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.text_column import TextColumn
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.parser import max_edits


def term_counts(text: TextColumn, form_counts: Array, low: int, high: int) -> Array:
    """Return the document frequencies of the exact terms numbered low to high - 1.

    A text contains one form of a term, so the frequencies of the forms can be added.
    """
    starts = text.term_forms[low : high + 1].astype(np.int64)
    counts = form_counts[starts[0] : starts[-1]]
    return counts if len(counts) == high - low else np.add.reduceat(counts, starts[:-1] - starts[0])


class TermExpansion:
    """The terms of a text column that match a prefix or fuzzy word."""

    def __init__(self, text: TextColumn, form_counts: Array, leaf: Prefix | Fuzzy) -> None:
        """Expand a leaf. form_counts has the document frequency of each form of the column."""
        self._text = text
        self._words: list[str] | None = None  # decoded on first use
        # Document frequencies of consecutive terms from _low on; 0 for terms that do not match.
        self.counts: Array
        if isinstance(leaf, Prefix):
            self._low, high = text.terms.prefix_range(leaf.text.encode())
            self.counts = term_counts(text, form_counts, self._low, high).copy()
            return
        self._low, words, lengths = text.terms_with_initial(leaf.text[0])
        self._words = words
        self.counts = np.zeros(len(words), np.int64)
        edits = max_edits(leaf.text)
        near = (np.abs(lengths - len(leaf.text)) <= edits).nonzero()[0]
        if len(near):
            candidates = [words[at] for at in near.tolist()]
            distances = cdist([leaf.text], candidates, scorer=OSA.distance, score_cutoff=edits)
            near = near[distances[0] <= edits]
            counts = term_counts(text, form_counts, self._low, self._low + len(words))
            self.counts[near] = counts[near]

    def pairs(self) -> Iterator[tuple[str, int]]:
        """Yield (term, document frequency) for each matching term."""
        for at in self.counts.nonzero()[0].tolist():
            yield self._text.terms.text(self._low + at), int(self.counts[at])

    def add(self, term: str, count: int) -> bool:
        """Add to the count of a matching term; return False if it is not one."""
        if self._words is None:
            encoded = self._text.terms.slice(self._low, self._low + len(self.counts))
            self._words = [word.decode() for word in encoded]
        at = bisect_left(self._words, term)
        if at == len(self._words) or self._words[at] != term or not self.counts[at]:
            return False
        self.counts[at] += count
        return True

    def most_frequent(self, limit: int) -> list[tuple[str, int]]:
        """Return the most frequent terms with their counts; equal counts are in term order."""
        order = (-self.counts).argsort(kind="stable")[:limit]
        order = order[self.counts[order] > 0]
        words = self._text.terms.get_many((self._low + order).tolist())
        return [
            (word.decode(), count)
            for word, count in zip(words, self.counts[order].tolist(), strict=True)
        ]
