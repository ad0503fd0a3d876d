"""The postings of a text column: their layout, and how they are built from the terms of its texts.

A *form* is an exact term with one stem. A *group* is a stem with all forms that share it. An exact
term has a form for each language, and for each spelling with accents that has another stem. A text
contains one form of a term. The arrays of a column, by name:

    lengths             [doc]      number of terms in the text
    terms, stems        strings    exact terms and group keys, sorted
    term.forms          [term+1]   offset of each term's forms
    form.group          [form]     the form's group
    group.start         [group+1]  offset of each group's postings in the next two arrays
    group.docs, .freqs  [posting]  documents, ascending, and the frequency of the stem in each
    form.start          [form+1]   offset of each form's postings in the next two arrays; a form
                                   alone in its group has none, because they equal the group's
    form.where, .freqs  [posting]  index among the group's postings, and the frequency of the form
    positions.start     [form+1]   offset of each form's positions
    positions           [occurrence]  ordered by form, document and position

With this layout a word is scored by its stem and by its exact form in one pass over one list of
documents, the forms of a prefix are one slice, and positions are stored once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.array_file import Array, ArrayWriter, smallest_uint
from indexer.engines.whoosh.doc_ids import run_starts
from indexer.text.analysis import fold, primary_subtag, stems

TEXTS_PER_BLOCK = 1024


class Forms(NamedTuple):
    """The dictionary of a text column."""

    terms: list[bytes]  # sorted
    keys: list[bytes]  # of the groups, sorted
    term: Array  # number of each form's term, ascending
    group: Array  # number of each form's group


def put_dictionary(writer: ArrayWriter, column: str, forms: Forms) -> None:
    """Write the dictionary of a column."""
    writer.put_strings(f"{column}.terms", forms.terms)
    writer.put_strings(f"{column}.stems", forms.keys)
    starts = np.searchsorted(forms.term, np.arange(len(forms.terms) + 1))
    writer.put(f"{column}.term.forms", starts.astype(smallest_uint(len(forms.term))))
    writer.put(f"{column}.form.group", forms.group.astype(smallest_uint(len(forms.keys))))


def start_offsets(counts: Array) -> Array:
    """Return where consecutive runs of these lengths begin, and where the last one ends."""
    starts = np.zeros(len(counts) + 1, np.int64)
    counts.cumsum(out=starts[1:])
    return starts


def argsort_pairs(high: Array, low: Array, limit: int) -> Array:
    """Return the order that sorts (high, low) pairs of whole numbers. The sort is stable.

    Every low is below limit. Each pair is packed with its index into one number, because
    sorting numbers is several times as fast as argsort.
    """
    keys = high.astype(np.uint64) * np.uint64(limit) + low.astype(np.uint64)
    bits = len(keys).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits > 64:
        return np.argsort(keys, kind="stable")
    keys <<= np.uint64(bits)
    keys |= np.arange(len(keys), dtype=np.uint64)
    keys.sort(kind="stable")  # merges runs that are already sorted
    keys &= np.uint64((1 << bits) - 1)
    return keys.astype(np.intp)


def ranges(starts: Array, counts: Array) -> Array:
    """Return the concatenated ranges start, start + 1, … of these lengths."""
    ends = start_offsets(counts)
    numbers: Array = np.arange(ends[-1])
    numbers += (starts - ends[:-1]).repeat(counts)
    return numbers


def put_text_column(
    writer: ArrayWriter,
    column: str,
    numbers: Array,
    words: Sequence[bytes],
    languages: Sequence[str],
) -> int:
    """Write a text column and return how many terms its texts contain.

    numbers: the words of all texts, as number_words() returns them. words: the word of each number;
    each occurs in these texts. languages: the language of each text. If the texts contain no word,
    only the lengths are written.
    """
    lengths = np.diff(np.flatnonzero(numbers == 0), prepend=-1) - 1
    longest = int(lengths.max(initial=0))
    writer.put(f"{column}.lengths", lengths.astype(smallest_uint(longest)))
    total = int(lengths.sum())
    if not total:
        return 0
    texts = _NumberedTexts(numbers, lengths, words, languages)
    forms, form_of = _build_forms(texts)
    doc_bits, position_bits = len(lengths).bit_length(), longest.bit_length()
    if len(forms.term).bit_length() + doc_bits + position_bits > 64:
        raise OverflowError("a segment has too many terms and documents: build smaller segments")
    keys = _sorted_occurrences(texts, form_of, doc_bits, position_bits)
    # Results go straight into the narrowest type: new memory costs more time than arithmetic.
    mask, shift = np.uint64((1 << position_bits) - 1), np.uint64(position_bits)
    positions = np.empty(total, smallest_uint(longest))
    np.bitwise_and(keys, mask, out=positions, casting="unsafe")
    keys >>= shift
    first = run_starts(keys).nonzero()[0]  # the first occurrence of each (form, document)
    freqs = np.empty(len(first), smallest_uint(longest))
    np.subtract(first[1:], first[:-1], out=freqs[:-1], casting="unsafe")
    freqs[-1] = total - first[-1]
    keys = keys[first]
    docs = np.empty(len(first), smallest_uint(len(lengths)))
    np.bitwise_and(keys, np.uint64((1 << doc_bits) - 1), out=docs, casting="unsafe")
    keys >>= np.uint64(doc_bits)
    form_start = np.searchsorted(keys, np.arange(len(forms.term) + 1, dtype=np.uint64))
    put_dictionary(writer, column, forms)
    position_start = np.append(first, total)[form_start].astype(smallest_uint(total))
    writer.put(f"{column}.positions.start", position_start)
    writer.put(f"{column}.positions", positions)
    del positions, first, keys
    _put_postings(writer, column, forms, np.diff(form_start), docs, freqs, len(lengths))
    return total


class _NumberedTexts:
    """The numbered words of texts, and the language of each text."""

    def __init__(
        self, numbers: Array, lengths: Array, words: Sequence[bytes], languages: Sequence[str]
    ) -> None:
        self.lengths, self.words = lengths, words
        # The exact terms, sorted, and the number of each word's term. Word 0 separates texts.
        terms = [w if w.isascii() else fold(w.decode()).encode() for w in words[1:]]
        self.terms = sorted(set(terms))
        term_number = dict(zip(self.terms, range(len(self.terms)), strict=True))
        self.term_of_word = np.zeros(len(words), np.int64)
        self.term_of_word[1:] = [term_number[term] for term in terms]
        # Whether each word occurs in a text.
        self.occurs = np.ones(len(words), bool)
        self.occurs[0] = False
        self.numbers = self._with_one_spelling(numbers)
        self.tags = sorted({primary_subtag(language) for language in languages})
        tag_number = dict(zip(self.tags, range(len(self.tags)), strict=True))
        self._row_start = np.fromiter(
            (tag_number[primary_subtag(tag)] * len(words) for tag in languages),
            np.int64,
            len(languages),
        )

    def _with_one_spelling(self, numbers: Array) -> Array:
        """Return the numbers of the words that analysis.one_spelling() returns for each text."""
        spellings = np.bincount(self.term_of_word[1:], minlength=len(self.terms))
        has_several = spellings[self.term_of_word] > 1
        has_several[0] = False
        several = has_several.nonzero()[0]
        if not len(several):
            return numbers
        by_rank = np.array(sorted(several.tolist(), key=self.words.__getitem__))
        rank = np.zeros(len(self.words), np.int64)
        rank[by_rank] = np.arange(len(by_rank))
        places = has_several.take(numbers).nonzero()[0]
        words = numbers[places]
        text = np.searchsorted((numbers == 0).nonzero()[0], places)
        key = text * len(self.terms) + self.term_of_word[words]
        _, key_number = np.unique(key, return_inverse=True)
        last = np.zeros(len(key), np.int64)
        np.maximum.at(last, key_number, rank[words])
        chosen = by_rank[last[key_number]]
        self.occurs[several] = False
        self.occurs[chosen] = True
        numbers = numbers.copy()
        numbers[places] = chosen
        return numbers

    def blocks(self) -> Iterator[tuple[int, Array, Array]]:
        """Yield blocks of texts: the first text's number, the lengths, and a cell for each word.

        A cell is an index into a flat table of languages by word numbers.
        """
        start = 0
        for first in range(0, len(self.lengths), TEXTS_PER_BLOCK):
            lengths = self.lengths[first : first + TEXTS_PER_BLOCK]
            end = start + int(lengths.sum()) + len(lengths)
            numbers = self.numbers[start:end]
            start = end
            cells = numbers[numbers != 0]
            if len(self.tags) > 1:
                cells = cells + np.repeat(self._row_start[first : first + TEXTS_PER_BLOCK], lengths)
            yield first, lengths, cells


def _build_forms(texts: _NumberedTexts) -> tuple[Forms, Array]:
    """Return the dictionary of a column, and the form of each cell of blocks()."""
    occurs = texts.occurs
    if len(texts.tags) > 1:
        occurs = np.zeros(len(texts.tags) * len(texts.words), bool)
        for _, _, cells in texts.blocks():
            occurs[cells] = True
    tag, word = np.nonzero(occurs.reshape(len(texts.tags), -1))
    keys: list[bytes] = []
    for number, language in enumerate(texts.tags):
        words = [texts.words[w].decode() for w in word[tag == number].tolist()]
        keys += [stem.encode() for stem in stems(words, language)]
    sorted_keys = sorted(set(keys))
    group_of = dict(zip(sorted_keys, range(len(sorted_keys)), strict=True))
    group = np.fromiter(map(group_of.__getitem__, keys), np.int64, len(keys))
    # A form is a (term, group) pair; the forms are in that order.
    pairs, form = np.unique(
        texts.term_of_word[word] * len(sorted_keys) + group, return_inverse=True
    )
    form_of = np.zeros(len(occurs), np.int64)
    form_of[tag * len(texts.words) + word] = form
    occurring, term = np.unique(pairs // len(sorted_keys), return_inverse=True)
    terms = [texts.terms[number] for number in occurring.tolist()]
    return Forms(terms, sorted_keys, term, pairs % len(sorted_keys)), form_of


def _sorted_occurrences(
    texts: _NumberedTexts, form_of: Array, doc_bits: int, position_bits: int
) -> Array:
    """Return (form, document, position) of every term, each packed into one number, ascending."""
    occurrences = np.empty(int(texts.lengths.sum()), np.uint64)
    high = form_of.astype(np.uint64) << np.uint64(doc_bits + position_bits)
    start = 0
    for first, lengths, cells in texts.blocks():
        keys = occurrences[start : start + len(cells)]
        np.take(high, cells, out=keys, mode="clip")
        # position = index among the terms of the block - index of the first term of its text
        docs = np.arange(first, first + len(lengths)) << position_bits
        keys += np.repeat(docs - start_offsets(lengths)[:-1], lengths).view(np.uint64)
        keys += np.arange(len(keys), dtype=np.uint64)
        start += len(keys)
    occurrences.sort(kind="stable")  # merges runs that are already sorted
    return occurrences


def _put_postings(
    writer: ArrayWriter,
    column: str,
    forms: Forms,
    counts: Array,
    docs: Array,
    freqs: Array,
    doc_count: int,
) -> None:
    """Write the postings of groups and forms.

    counts: the number of postings of each form. docs, freqs: of all postings, ordered by form
    and document.
    """
    # Whether a form shares its group with other forms, and the same for each posting.
    several = (np.bincount(forms.group, minlength=len(forms.keys)) > 1)[forms.group]
    shared = np.repeat(several, counts)
    # In groups of several forms: each distinct (group, document), and the index of each posting's.
    group = np.repeat(forms.group[several], counts[several])
    order = argsort_pairs(group, docs[shared], doc_count)
    owner, doc = group[order], docs[shared][order]
    is_first = run_starts(owner) | run_starts(doc)
    pair = np.empty(len(order), np.int64)
    pair[order] = np.cumsum(is_first) - 1
    first = np.flatnonzero(is_first)
    sizes_of_several = np.bincount(owner[first], minlength=len(forms.keys))
    sizes = sizes_of_several.copy()
    sizes[forms.group[~several]] = counts[~several]
    start = start_offsets(sizes)
    group_docs, group_freqs = np.empty(start[-1], docs.dtype), np.empty(start[-1], freqs.dtype)
    at = ranges(start[forms.group[~several]], counts[~several])
    group_docs[at], group_freqs[at] = docs[~shared], freqs[~shared]
    at = ranges(start[:-1], sizes_of_several)
    group_docs[at] = doc[first]
    if len(first):
        # The sum of the forms' frequencies is at most the length of the text, so the type is wide
        # enough.
        group_freqs[at] = np.add.reduceat(freqs[shared][order], first, dtype=freqs.dtype)
    writer.put(f"{column}.group.start", start.astype(smallest_uint(start[-1])))
    writer.put(f"{column}.group.docs", group_docs)
    writer.put(f"{column}.group.freqs", group_freqs.astype(smallest_uint(group_freqs.max())))
    where = at[pair] - np.repeat(start[forms.group[several]], counts[several])
    form_start = start_offsets(np.where(several, counts, 0))
    writer.put(f"{column}.form.start", form_start.astype(smallest_uint(len(where))))
    writer.put(f"{column}.form.where", where.astype(smallest_uint(where.max(initial=0))))
    form_freqs = freqs[shared]
    writer.put(f"{column}.form.freqs", form_freqs.astype(smallest_uint(form_freqs.max(initial=0))))
