"""The postings of a text column: how they lie, and how they are made from the terms of its texts.

A *form* is an exact term in one language; a *group* is a stem, with all forms that share it (a form
of a language without a stemmer is a group of its own). Arrays of a column, by name:

    lengths             [doc]      terms in the text
    terms, stems        strings    exact terms and keys of groups, sorted
    term.forms          [term+1]   where each term's forms begin
    form.group          [form]
    group.start         [group+1]  where each group's postings begin in the next two
    group.docs, .freqs  [posting]  documents, ascending, and how often the stem stands in each
    form.start          [form+1]   where each form's postings begin in the next two; a form that is
                                   alone in its group has none: they are the group's
    form.where, .freqs  [posting]  which of the group's postings, and how often the form stands there
    positions.start     [form+1]   where each form's positions begin
    positions           [occurrence]  by form, document and position

So a word is scored by its stem and by its exact form with one list of documents and one scatter,
a prefix is one slice, and positions are kept once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.array_file import Array, ArrayWriter, smallest_uint
from indexer.engines.whoosh.doc_ids import run_starts
from indexer.text.analysis import can_stem, primary, stems

BLOCK = 1024  # texts whose terms are gone through at a time
UNSTEMMED = b"\x00"  # begins the key of a group that is no stem; no term begins so


class Forms(NamedTuple):
    """The dictionary of a column: terms and group keys, both sorted, and how forms tie them."""

    terms: list[bytes]
    keys: list[bytes]
    term: Array  # of each form, ascending
    group: Array  # of each form


def group_keys(terms: Sequence[bytes], language: str) -> list[bytes]:
    """The key of the group that each term belongs to in a language."""
    found = stems([term.decode() for term in terms], language)
    if found:
        return [stem.encode() for stem in found]
    tag = UNSTEMMED + primary(language).encode() + b":"
    return [tag + term for term in terms]


def put_dictionary(writer: ArrayWriter, column: str, forms: Forms) -> None:
    """Write the dictionary of a column."""
    writer.strings(f"{column}.terms", forms.terms)
    writer.strings(f"{column}.stems", forms.keys)
    starts = np.searchsorted(forms.term, np.arange(len(forms.terms) + 1))
    writer.put(f"{column}.term.forms", starts.astype(smallest_uint(len(forms.term))))
    writer.put(f"{column}.form.group", forms.group.astype(smallest_uint(len(forms.keys))))


def start_offsets(counts: Array) -> Array:
    """Where runs of these lengths begin, one behind the other, and where the last one ends."""
    found = np.zeros(len(counts) + 1, np.int64)
    counts.cumsum(out=found[1:])
    return found


def order_of(high: Array, low: Array, size: int) -> Array:
    """The order that sorts (high, low) pairs of whole numbers, low below size; equal pairs stay in their order.

    Sorting pairs with their places packed into one number is several times as quick as argsort.
    """
    keys = high.astype(np.uint64) * np.uint64(size) + low.astype(np.uint64)
    bits = len(keys).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits > 64:
        return np.argsort(keys, kind="stable")
    keys <<= np.uint64(bits)
    keys |= np.arange(len(keys), dtype=np.uint64)
    keys.sort(kind="stable")  # merges the runs that are in order already
    keys &= np.uint64((1 << bits) - 1)
    return keys.astype(np.intp)


def ranges(starts: Array, counts: Array) -> Array:
    """The numbers start, start + 1, … of every range, one behind the other."""
    ends = start_offsets(counts)
    found: Array = np.arange(ends[-1])
    found += (starts - ends[:-1]).repeat(counts)
    return found


def put_text(
    writer: ArrayWriter,
    column: str,
    numbers: Array,
    words: Sequence[bytes],
    languages: Sequence[str],
) -> int:
    """Write a text column from the numbered terms of its texts (tokens.numbered); how many terms it has.

    words has what each number stands for, all of them in these texts; languages has one for each text. Of a column
    without any term only the lengths are written.
    """
    lengths = np.diff(np.flatnonzero(numbers == 0), prepend=-1) - 1
    longest = int(lengths.max(initial=0))
    writer.put(f"{column}.lengths", lengths.astype(smallest_uint(longest)))
    total = int(lengths.sum())
    if not total:
        return 0
    texts = _Texts(numbers, lengths, words, languages)
    forms, form_of = _forms(texts)
    doc_bits, position_bits = len(lengths).bit_length(), longest.bit_length()
    if len(forms.term).bit_length() + doc_bits + position_bits > 64:
        raise OverflowError(
            "a segment of so many terms and documents cannot be sorted: build smaller ones"
        )
    keys = _occurrences(texts, form_of, doc_bits, position_bits)
    # What follows is put into the narrowest type at once: fresh memory costs more than arithmetic does.
    mask, shift = np.uint64((1 << position_bits) - 1), np.uint64(position_bits)
    positions = np.bitwise_and(
        keys, mask, out=np.empty(total, smallest_uint(longest)), casting="unsafe"
    )
    keys >>= shift
    first = run_starts(keys).nonzero()[0]
    freqs = np.empty(len(first), smallest_uint(longest))
    np.subtract(first[1:], first[:-1], out=freqs[:-1], casting="unsafe")
    freqs[-1] = total - first[-1]
    keys = keys[first]
    docs = np.bitwise_and(
        keys,
        np.uint64((1 << doc_bits) - 1),
        out=np.empty(len(first), smallest_uint(len(lengths))),
        casting="unsafe",
    )
    keys >>= np.uint64(doc_bits)
    form_start = np.searchsorted(keys, np.arange(len(forms.term) + 1, dtype=np.uint64))
    put_dictionary(writer, column, forms)
    writer.put(
        f"{column}.positions.start",
        np.append(first, total)[form_start].astype(smallest_uint(total)),
    )
    writer.put(f"{column}.positions", positions)
    del positions, first, keys
    _put_postings(writer, column, forms, np.diff(form_start), docs, freqs, len(lengths))
    return total


class _Texts:
    """The numbered terms of texts, and in which of a few languages each text is."""

    def __init__(
        self, numbers: Array, lengths: Array, words: Sequence[bytes], languages: Sequence[str]
    ) -> None:
        self.numbers, self.lengths, self.words = numbers, lengths, words
        # Forms of one term lie in the order of their groups' keys, and UNSTEMMED comes before every stem.
        self.tags = sorted(
            {primary(language) for language in languages}, key=lambda tag: (can_stem(tag), tag)
        )
        number = dict(zip(self.tags, range(len(self.tags)), strict=True))
        self._row = np.fromiter(
            (number[primary(tag)] * len(words) for tag in languages), np.int64, len(languages)
        )

    def blocks(self) -> Iterator[tuple[int, Array, Array]]:
        """A few texts at a time: the first, their lengths, and for each of their terms its place in a table by
        language and number."""
        at = 0
        for first in range(0, len(self.lengths), BLOCK):
            lengths = self.lengths[first : first + BLOCK]
            size = int(lengths.sum()) + len(lengths)
            numbers = self.numbers[at : at + size]
            at += size
            places = numbers[numbers != 0]
            if len(self.tags) > 1:
                places = places + np.repeat(self._row[first : first + BLOCK], lengths)
            yield first, lengths, places


def _forms(texts: _Texts) -> tuple[Forms, Array]:
    """The dictionary of a column, and the form at each place of a table by language and number."""
    by_term = sorted(range(1, len(texts.words)), key=texts.words.__getitem__)  # 0 is no term
    terms = [texts.words[number] for number in by_term]
    there = np.zeros(len(texts.tags) * len(texts.words), bool)
    if len(texts.tags) == 1:
        there[1:] = True
    else:
        for _, _, places in texts.blocks():
            there[places] = True
    there = there.reshape(len(texts.tags), -1)[:, by_term]
    term, tag = np.nonzero(there.T)
    form_of = np.zeros((len(texts.tags), len(texts.words)), np.int64)
    form_of[tag, np.array(by_term)[term]] = np.arange(len(term))
    keys = [b""] * len(term)
    for number, name in enumerate(texts.tags):
        mine = np.flatnonzero(tag == number).tolist()
        for at, key in zip(
            mine, group_keys([terms[t] for t in term[mine].tolist()], name), strict=True
        ):
            keys[at] = key
    ordered = sorted(set(keys))
    number_of = dict(zip(ordered, range(len(ordered)), strict=True))
    group = np.fromiter(map(number_of.__getitem__, keys), np.int64, len(keys))
    return Forms(terms, ordered, term, group), form_of.ravel()


def _occurrences(texts: _Texts, form_of: Array, doc_bits: int, position_bits: int) -> Array:
    """Form, document and position of every term in the texts as one number, ascending."""
    found = np.empty(int(texts.lengths.sum()), np.uint64)
    high = form_of.astype(np.uint64) << np.uint64(doc_bits + position_bits)
    at = 0
    for first, lengths, places in texts.blocks():
        keys = found[at : at + len(places)]
        np.take(high, places, out=keys, mode="clip")
        # A position is the place among all terms of the block less the place where the text begins.
        begins = (np.arange(first, first + len(lengths)) << position_bits) - start_offsets(lengths)[
            :-1
        ]
        keys += np.repeat(begins, lengths).view(np.uint64)
        keys += np.arange(len(keys), dtype=np.uint64)
        at += len(keys)
    found.sort(kind="stable")  # which merges the runs that are in order already
    return found


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

    counts: how many each form has; docs, freqs: of all postings, in the order of form and document.
    """
    several = (np.bincount(forms.group, minlength=len(forms.keys)) > 1)[forms.group]
    shared = np.repeat(several, counts)
    # Of the groups with several forms: each (group, document) once, and which of them a posting is.
    group = np.repeat(forms.group[several], counts[several])
    order = order_of(group, docs[shared], doc_count)
    owner, doc = group[order], docs[shared][order]
    new = run_starts(owner) | run_starts(doc)
    pair = np.empty(len(order), np.int64)
    pair[order] = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    of_several = np.bincount(owner[first], minlength=len(forms.keys))
    sizes = of_several.copy()
    sizes[forms.group[~several]] = counts[~several]
    start = start_offsets(sizes)
    group_docs, group_freqs = np.empty(start[-1], docs.dtype), np.empty(start[-1], freqs.dtype)
    at = ranges(start[forms.group[~several]], counts[~several])
    group_docs[at], group_freqs[at] = docs[~shared], freqs[~shared]
    at = ranges(start[:-1], of_several)
    group_docs[at] = doc[first]
    if len(first):
        group_freqs[at] = np.add.reduceat(
            freqs[shared][order], first, dtype=freqs.dtype
        )  # no text is shorter
    writer.put(f"{column}.group.start", start.astype(smallest_uint(start[-1])))
    writer.put(f"{column}.group.docs", group_docs)
    writer.put(f"{column}.group.freqs", group_freqs.astype(smallest_uint(group_freqs.max())))
    where = at[pair] - np.repeat(start[forms.group[several]], counts[several])
    writer.put(
        f"{column}.form.start",
        start_offsets(np.where(several, counts, 0)).astype(smallest_uint(len(where))),
    )
    writer.put(f"{column}.form.where", where.astype(smallest_uint(where.max(initial=0))))
    found = freqs[shared]
    writer.put(f"{column}.form.freqs", found.astype(smallest_uint(found.max(initial=0))))
