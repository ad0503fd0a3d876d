"""Reads a text column of a segment: terms, postings and positions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.array_file import Array, ArrayFile
from indexer.engines.whoosh.postings import ranges, start_offsets
from indexer.engines.whoosh.similar_terms import TermShapes
from indexer.query.parser import MAX_TERMS

MAX_CACHED_INITIALS = 40  # first letters whose terms are cached for fuzzy matching


class Postings(NamedTuple):
    """The documents that contain a term. Both arrays have the narrow types of the file."""

    docs: Array  # document numbers, ascending
    freqs: Array  # occurrences of the term in each document


class TextColumn:
    """The postings of a text column. postings.py describes the arrays."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self.lengths = file[f"{name}.lengths"]
        self._terms_by_initial: dict[str, tuple[int, list[str], Array]] = {}
        self.has_terms = f"{name}.terms.start" in file
        if self.has_terms:
            self.terms = file.strings(f"{name}.terms")
            self.keys = file.strings(f"{name}.stems")
            self.term_forms = file[f"{name}.term.forms"]
            self.form_group = file[f"{name}.form.group"]
            self.group_start = file[f"{name}.group.start"]
            self.form_start = file[f"{name}.form.start"]
            self.group_docs = file[f"{name}.group.docs"]
            self.group_freqs = file[f"{name}.group.freqs"]
            self.form_where = file[f"{name}.form.where"]
            self.form_freqs = file[f"{name}.form.freqs"]
            self.positions_start = file[f"{name}.positions.start"]
            self.positions = file[f"{name}.positions"]

    def find_forms(self, term: bytes) -> Sequence[int]:
        """Return the forms of an exact term: one for each of its stems."""
        at = self.terms.find(term) if self.has_terms else -1
        return () if at < 0 else self.forms_of(at)

    def find_groups(self, key: bytes) -> Sequence[int]:
        """Return the group of a stem, alone in a tuple; () if the stem does not occur."""
        at = self.keys.find(key) if self.has_terms else -1
        return () if at < 0 else (at,)

    def forms_of(self, number: int) -> range:
        """Return the forms of the exact term with a number."""
        return range(self.term_forms.item(number), self.term_forms.item(number + 1))

    def find_all_forms(self, terms: Sequence[bytes]) -> Array:
        """Return the numbers of all forms of several exact terms, in the order of the terms."""
        numbers = np.array(self.terms.find_all(terms) if self.has_terms else (), np.intp)
        numbers = numbers[numbers >= 0]
        start = self.term_forms[numbers].astype(np.intp) if len(numbers) else numbers
        counts = self.term_forms[numbers + 1] - start if len(numbers) else numbers
        if (counts == 1).all():  # all texts are in one language
            return start
        return ranges(start, counts)

    def group_postings(self, group: int) -> Postings:
        """Return the postings of a group."""
        low, high = int(self.group_start[group]), int(self.group_start[group + 1])
        return Postings(self.group_docs[low:high], self.group_freqs[low:high])

    def form_indices(self, form: int) -> tuple[Array | None, Array]:
        """Return the indices of a form's postings in its group, and the form's frequencies.

        The indices are None if the form is the only one of its group.
        """
        low, high = int(self.form_start[form]), int(self.form_start[form + 1])
        if low == high:
            group = int(self.form_group[form])
            start, end = int(self.group_start[group]), int(self.group_start[group + 1])
            return None, self.group_freqs[start:end]
        return self.form_where[low:high], self.form_freqs[low:high]

    def form_postings(self, form: int) -> Postings:
        """Return the postings of a form."""
        indices, freqs = self.form_indices(form)
        group = int(self.form_group[form])
        docs = self.group_docs[int(self.group_start[group]) : int(self.group_start[group + 1])]
        return Postings(docs if indices is None else docs.take(indices), freqs)

    def postings_of_forms(self, forms: Array) -> tuple[Array, Array, Array]:
        """Return the postings of several forms, in the order of forms.

        The arrays have, for each posting, an index into forms, an index into group_docs, and the
        frequency.
        """
        low = self.form_start[forms].astype(np.int64)
        own = self.form_start[forms + 1] - low
        groups = self.form_group[forms]
        start = self.group_start[groups].astype(np.int64)
        counts = np.where(own > 0, own, self.group_start[groups.astype(np.intp) + 1] - start)
        form = np.arange(len(forms)).repeat(counts)
        at = ranges(start, counts)
        freqs = self.group_freqs.take(at)
        if own.any():
            explicit, listed = (own > 0).repeat(counts), ranges(low, own)
            at[explicit] = self.form_where[listed] + start.repeat(own)
            freqs[explicit] = self.form_freqs[listed]
        return form, at, freqs

    @cached_property
    def form_counts(self) -> Array:
        """The document frequency of each form, deleted documents included."""
        own = np.diff(self.form_start.astype(np.int64))
        return np.where(own > 0, own, self.group_counts[self.form_group])

    @cached_property
    def group_counts(self) -> Array:
        """The document frequency of each group, deleted documents included."""
        return np.diff(self.group_start.astype(np.int64))

    def count_deleted(self, deleted: Array) -> tuple[Array, Array]:
        """Return the number of deleted documents with each form, and with each group.

        Reads all postings once.
        """
        if not len(deleted):
            return np.zeros(len(self.form_group), np.int64), np.zeros(len(self.keys), np.int64)
        is_deleted = np.zeros(len(self.lengths), bool)
        is_deleted[deleted] = True
        places = is_deleted[self.group_docs].nonzero()[0]
        group = np.searchsorted(self.group_start, places, side="right") - 1
        groups = np.bincount(group, minlength=len(self.keys))
        # Only groups with a deleted document have forms with one.
        touched = (groups[self.form_group] > 0).nonzero()[0]
        which, at, _ = self.postings_of_forms(touched)
        deleted_forms = touched[which[is_deleted[self.group_docs[at]]]]
        forms = np.bincount(deleted_forms, minlength=len(self.form_group))
        return forms, groups

    def positions_of(self, form: int, freqs: Array, indices: Array | None) -> Array:
        """Return the positions of a form in some of its postings (None: all), concatenated.

        freqs are the frequencies of all its postings.
        """
        start = int(self.positions_start[form])
        if indices is None:
            return self.positions[start : int(self.positions_start[form + 1])]
        counts = freqs.take(indices).astype(np.intp)
        starts = freqs.cumsum(dtype=np.intp).take(indices)
        starts -= counts
        starts += start
        # Most words occur once in each document; the sum is cheaper than ranges().
        once = np.add.reduce(counts) == len(counts)
        return self.positions.take(starts if once else ranges(starts, counts))

    def terms_with_initial(self, letter: str) -> tuple[int, list[str], Array]:
        """Return the exact terms that begin with a letter: first number, terms, and lengths."""
        if (entry := self._terms_by_initial.get(letter)) is None:
            low, high = self.terms.prefix_range(letter.encode())
            words = [word.decode() for word in self.terms.slice(low, high)]
            if len(self._terms_by_initial) >= MAX_CACHED_INITIALS:
                self._terms_by_initial.clear()
            lengths = np.fromiter(map(len, words), np.int64, len(words))
            entry = self._terms_by_initial[letter] = (low, words, lengths)
        return entry

    @cached_property
    def term_shapes(self) -> TermShapes:
        """The lengths and letters of all exact terms."""
        return TermShapes(self.terms)

    @cached_property
    def text_starts(self) -> Array:
        """The start of each text if all were concatenated, with a gap of MAX_TERMS after each."""
        starts = start_offsets(self.lengths.astype(np.int64) + MAX_TERMS)
        # The narrow type must hold twice the largest position.
        return starts[:-1].astype(np.uint32 if starts[-1] + MAX_TERMS < 2**31 else np.int64)
