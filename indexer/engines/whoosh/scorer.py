"""The base class of scorers."""

from __future__ import annotations

import numpy as np

from indexer.engines.budget import MASKED_DOCS, SCORER_POSTINGS, spend
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import contains
from indexer.engines.whoosh.index_reader import IndexReader


class Scorer:
    """Matches and scores the documents of one query node.

    Matches may include deleted documents; the collector removes them once, at the end. They are
    computed on first use and cached. Work is counted with spend(): matches here, other arrays
    where they are made.
    """

    scores = True  # False if the score is always 0

    def __init__(self, reader: IndexReader) -> None:
        self.reader = reader
        self._docs: Array | None = None

    def docs(self) -> Array:
        """Return the matching documents, ascending."""
        if (docs := self._docs) is None:
            docs = self._docs = self._match()
            spend(SCORER_POSTINGS + len(docs))
        return docs

    def _match(self) -> Array:
        raise NotImplementedError

    def mask(self, docs: Array | None) -> Array:
        """Return a mask over docs (None: all documents): True where the document matches."""
        if docs is None:
            table = np.zeros(self.reader.count, bool)
            table[self.docs()] = True
            return table
        spend(len(docs) // MASKED_DOCS)
        return contains(self.docs(), docs, self.reader.count)

    def score(self, positions: Array | None) -> Array:
        """Return the scores of self.docs() at these positions (None: all)."""
        return np.zeros(len(self.docs()) if positions is None else len(positions), np.float32)
