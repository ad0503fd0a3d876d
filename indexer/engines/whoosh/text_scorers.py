"""Scorers of the terms and phrases of one text field.

Scores are BM25 as Lucene computes it: weight * freq / (freq + norm). The weight of a leaf includes
its inverse document frequency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from indexer.engines.budget import LOOKUP_POSTINGS, MASKED_DOCS, spend
from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import (
    BINARY_SEARCH_RATIO,
    NO_DOCS,
    common_positions,
    concatenate,
    concatenate_with_offsets,
    intersect,
    positions_in,
    run_starts,
    sorted_unique,
    sum_scores,
    union,
)
from indexer.engines.whoosh.index_reader import IndexReader, SegmentPart
from indexer.engines.whoosh.scorer import Scorer
from indexer.engines.whoosh.text_column import Postings, TextColumn
from indexer.query.parser import MAX_TERMS
from indexer.query.plan import Column, MultiTermQuery, PhraseQuery, TermQuery

MAX_CACHED_DOCS = 1_000  # of a phrase; the documents of more frequent phrases are not cached


class _FormPiece(NamedTuple):
    """An exact form in one segment, whose stem is scored by the same bundle."""

    list_index: int  # of the postings of the stem in _Bundle.lists
    text: TextColumn
    form: int


class _Bundle:
    """A stem with some of its exact forms, or a form alone, scored along one document list."""

    __slots__ = ("_forms", "_lists", "docs", "freqs", "weight")

    def __init__(
        self,
        weight: float,
        lists: Sequence[tuple[int, Postings]],
        forms: Sequence[tuple[float, Sequence[_FormPiece]]],
    ) -> None:
        """Create a bundle.

        weight: of the document list itself.
        lists: (doc_base, postings) of each part that has any.
        forms: the weight of each exact form, and its pieces.
        """
        self.weight, self._lists, self._forms = weight, lists, forms
        self.docs = concatenate_with_offsets([(base, postings.docs) for base, postings in lists])
        self.freqs = concatenate([postings.freqs for _, postings in lists])

    def score(self, norm: Array, positions: Array | None) -> Array:
        """Return the scores at these positions of docs (None: all)."""
        docs, freqs = self.docs, self.freqs
        spend((1 + len(self._forms)) * (len(docs) if positions is None else len(positions)))
        freq = (freqs if positions is None else freqs.take(positions)).astype(np.float32)
        norms = norm.take(docs if positions is None else docs.take(positions))
        weight = self.weight
        separate = []  # forms that are in a part of the documents
        for form_weight, pieces in self._forms:
            indices, form_freqs = self._form_indices(pieces)
            if indices is None:
                weight += form_weight
            else:
                separate.append((indices, form_freqs, form_weight))
        scores = freq + norms
        np.divide(freq, scores, out=scores)
        scores *= np.float32(weight)
        for indices, form_freqs, form_weight in separate:
            if positions is None:
                freq = np.zeros(len(docs), np.float32)
                freq[indices] = form_freqs
            else:
                in_form, in_positions = common_positions(indices, positions, len(docs))
                freq = np.zeros(len(positions), np.float32)
                freq[in_positions] = form_freqs.take(in_form)
            form_scores = freq + norms
            np.divide(freq, form_scores, out=form_scores)
            form_scores *= np.float32(form_weight)
            scores += form_scores
        return scores

    def _form_indices(self, pieces: Sequence[_FormPiece]) -> tuple[Array | None, Array]:
        """Return the indices of a form's documents in docs, and the form's frequencies.

        The indices are None if the form is the only one of the stem.
        """
        parts = [piece.text.form_indices(piece.form) for piece in pieces]
        if len(parts) == len(self._lists) and all(indices is None for indices, _ in parts):
            return None, self.freqs
        sizes = [len(postings.docs) for _, postings in self._lists]
        starts = [0, *accumulate(sizes)]
        offset_indices = [
            (
                starts[piece.list_index],
                np.arange(sizes[piece.list_index]) if indices is None else indices,
            )
            for piece, (indices, _) in zip(pieces, parts, strict=True)
        ]
        return concatenate_with_offsets(offset_indices), concatenate([freqs for _, freqs in parts])


class TermsScorer(Scorer):
    """Matches any of a few exact terms and stems of one text field, each with a weight."""

    def __init__(self, reader: IndexReader, field: str, leaves: Sequence[TermQuery]) -> None:
        """Create a scorer of leaves in the columns of a field."""
        super().__init__(reader)
        self._norm = reader.norm(field)
        weights: dict[tuple[Column, str], float] = {}
        for leaf in leaves:
            key = (leaf.column, leaf.term)
            weights[key] = weights.get(key, 0.0) + leaf.weight
        # Form or group numbers in each part, and the weight.
        exact: list[tuple[tuple[Sequence[int], ...], float]] = []
        stems: list[tuple[tuple[Sequence[int], ...], float]] = []
        for (column, term), weight in weights.items():
            numbers = reader.terms[column][term].numbers
            (exact if column.stream == "exact" else stems).append((numbers, weight))
        lists: list[list[tuple[int, Postings]]] = [[] for _ in stems]
        forms: list[dict[int, list[_FormPiece]]] = [{} for _ in stems]
        alone = []
        for at, part in enumerate(reader.parts):
            text = part.segment.texts[field]
            stem_of_group = {}
            for stem, (numbers, _) in enumerate(stems):
                for group in numbers[at]:
                    stem_of_group[group] = stem
                    lists[stem].append((part.doc_base, text.group_postings(group)))
            for number, (numbers, weight) in enumerate(exact):
                for form in numbers[at]:
                    if (owner := stem_of_group.get(int(text.form_group[form]))) is None:
                        postings = (part.doc_base, text.form_postings(form))
                        alone.append(_Bundle(weight, [postings], ()))
                    else:
                        piece = _FormPiece(len(lists[owner]) - 1, text, form)
                        forms[owner].setdefault(number, []).append(piece)
        self._bundles = alone + [
            _Bundle(
                weight,
                lists[stem],
                [(exact[number][1], pieces) for number, pieces in forms[stem].items()],
            )
            for stem, (_, weight) in enumerate(stems)
            if lists[stem]
        ]

    def _match(self) -> Array:
        lists = [bundle.docs for bundle in self._bundles]
        spend(sum(map(len, lists)))
        return union(lists, self.reader.count)

    def score(self, positions: Array | None) -> Array:
        bundles = self._bundles
        if len(bundles) == 1:
            return bundles[0].score(self._norm, positions)
        pieces = [(bundle.docs, partial(bundle.score, self._norm)) for bundle in bundles]
        return sum_scores(pieces, self.docs(), positions, self.reader.count)


class MultiTermScorer(Scorer):
    """Matches any of many exact terms of one text field, all with one weight."""

    def __init__(self, reader: IndexReader, query: MultiTermQuery) -> None:
        super().__init__(reader)
        spend(LOOKUP_POSTINGS // 4 * len(query.terms))  # looked up together
        self._field = field = query.column.field
        encoded = [term.encode() for term in query.terms]
        forms_by_part = [
            (part, part.segment.texts[field].find_all_forms(encoded)) for part in reader.parts
        ]
        self._forms = [entry for entry in forms_by_part if len(entry[1])]
        self._weight = query.weight
        # One item per posting; set by _match().
        self._posting_docs = self._freqs = NO_DOCS

    def _match(self) -> Array:
        docs, freqs = [], []
        for part, forms in self._forms:
            text = part.segment.texts[self._field]
            _, indices, form_freqs = text.postings_of_forms(forms)
            spend(2 * len(indices))
            docs.append((part.doc_base, text.group_docs.take(indices)))
            freqs.append(form_freqs)
        if not docs:
            return NO_DOCS
        self._posting_docs = concatenate_with_offsets(docs)
        self._freqs = concatenate(freqs)
        if len(self._posting_docs) * BINARY_SEARCH_RATIO < self.reader.count:
            return sorted_unique(self._posting_docs)
        table = np.zeros(self.reader.count, bool)
        table[self._posting_docs] = True
        return table.nonzero()[0]

    def score(self, positions: Array | None) -> Array:
        matches = self.docs()
        if not len(matches):
            return np.zeros(0, np.float32)
        scored_docs = matches if positions is None else matches.take(positions)
        docs, freqs = self._posting_docs, self._freqs
        spend(len(docs) + self.reader.count // MASKED_DOCS)
        if len(scored_docs) * BINARY_SEARCH_RATIO < len(docs):
            table = np.zeros(self.reader.count, bool)
            table[scored_docs] = True
            chosen = table[docs].nonzero()[0]
            docs, freqs = docs[chosen], freqs[chosen]
        freq = freqs.astype(np.float32)
        scores = freq + self.reader.norm(self._field).take(docs)
        np.divide(freq, scores, out=scores)
        scores *= np.float32(self._weight)
        sums = np.bincount(docs, scores, self.reader.count)
        return sums.take(scored_docs).astype(np.float32)


class PhraseScorer(Scorer):
    """Matches exact terms at consecutive positions of one text field."""

    def __init__(self, reader: IndexReader, query: PhraseQuery) -> None:
        super().__init__(reader)
        self._query, self._field = query, query.column.field
        self._weight = np.float32(query.weight)
        self._work = 0  # postings that were counted for finding the phrase
        self._freqs = NO_DOCS  # occurrences of the phrase in each document; set by _match()

    def _match(self) -> Array:
        # Cached: a word is searched with the phrase that it may be split into, and a phrase is
        # searched again with other filters. A cached phrase counts as the same work.
        key = "phrase", self._query.column, self._query.terms
        docs: Array
        if cached := self.reader.cache.get(key):
            docs, self._freqs, work = cached
            spend(work)
            return docs
        docs, self._freqs = self._find()
        if len(docs) <= MAX_CACHED_DOCS:
            self.reader.cache.put(key, (docs, self._freqs, self._work))
        return docs

    def _spend(self, postings: int) -> None:
        self._work += postings
        spend(postings)

    def _find(self) -> tuple[Array, Array]:
        """Return the documents with the phrase, and its occurrences in each of them."""
        entries = self.reader.terms[self._query.column]
        numbers_of_terms = [entries[term].numbers for term in self._query.terms]
        docs, freqs = [], []
        for at, part in enumerate(self.reader.parts):
            forms = [numbers[at] for numbers in numbers_of_terms]
            owners = self._occurrences(part, forms) if all(forms) else NO_DOCS
            if len(owners):
                first = run_starts(owners).nonzero()[0]
                ends = np.full(len(first), len(owners))
                ends[:-1] = first[1:]
                docs.append((part.doc_base, owners[first]))
                freqs.append(ends - first)
        if not docs:
            return NO_DOCS, NO_DOCS
        return concatenate_with_offsets(docs), concatenate(freqs)

    def _occurrences(self, part: SegmentPart, forms: Sequence[Sequence[int]]) -> Array:
        """Return the document of each occurrence of the phrase in a part, ascending.

        forms: the form numbers of each term.
        """
        text = part.segment.texts[self._field]
        postings = {}
        for form in {form for term_forms in forms for form in term_forms}:
            narrow, freqs = text.form_postings(form)
            # The documents are used as an index several times; numpy is fastest with intp.
            postings[form] = Postings(narrow.astype(np.intp), freqs)
        # Only documents with all of the terms are examined.
        lists = [
            union([postings[form].docs for form in term_forms], part.count) for term_forms in forms
        ]
        self._spend(sum(map(len, lists)))
        docs, positions = intersect(lists, part.count)
        # A key is a position in the concatenation of all texts, less the offset of the term in the
        # phrase. The keys of all terms are equal where the phrase occurs.
        owners, keys = NO_DOCS, NO_DOCS
        for offset, term_forms in enumerate(forms):
            if len(term_forms) == 1:
                chosen = [(term_forms[0], positions[offset])]
            else:
                chosen = [
                    (form, common_positions(postings[form].docs, docs, part.count)[0])
                    for form in term_forms
                ]
            term_owners, term_keys = self._keys(text, postings, chosen, offset)
            if offset:
                matching = positions_in(keys, term_keys)
                owners, keys = owners[matching], keys[matching]
            else:
                owners, keys = term_owners, term_keys
            if not len(keys):
                break
        return owners

    def _keys(
        self,
        text: TextColumn,
        postings: Mapping[int, Postings],
        forms: Sequence[tuple[int, Array | None]],
        offset: int,
    ) -> tuple[Array, Array]:
        """Return the document and key of each occurrence of a term, ascending.

        forms: the term's forms, each with the indices of the postings to read (None: all).
        """
        owners, keys = [], []
        for form, indices in forms:
            docs, freqs = postings[form].docs, postings[form].freqs
            positions = text.positions_of(form, freqs, indices)
            self._spend(len(positions))
            if indices is not None:
                docs, freqs = docs[indices], freqs[indices]
            if len(docs) < len(positions):
                docs = docs.repeat(freqs)
            owners.append(docs)
            # MAX_TERMS keeps the difference of unsigned numbers above 0.
            shift = text.text_starts.dtype.type(MAX_TERMS - offset)
            keys.append(text.text_starts.take(docs) + shift + positions)
        if len(keys) == 1:
            return owners[0], keys[0]
        key = np.concatenate(keys)
        order = key.argsort(kind="stable")  # a stable sort merges runs that are already sorted
        return np.concatenate(owners)[order], key[order]

    def score(self, positions: Array | None) -> Array:
        docs = self.docs()
        spend(len(docs) if positions is None else len(positions))
        freq = (self._freqs if positions is None else self._freqs[positions]).astype(np.float32)
        norms = self.reader.norm(self._field)[docs if positions is None else docs[positions]]
        scores: Array = self._weight * (freq / (freq + norms))
        return scores
