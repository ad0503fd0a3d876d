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

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.analysis import can_stem, primary, stems
from indexer.engines.whoosh.arrays import Array, ArrayWriter, smallest
from indexer.engines.whoosh.tokens import Vocabulary

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
    writer.put(f"{column}.term.forms", starts.astype(smallest(len(forms.term))))
    writer.put(f"{column}.form.group", forms.group.astype(smallest(len(forms.keys))))


def starts_of(counts: Array) -> Array:
    """Where runs of these lengths begin, one behind the other, and where the last one ends."""
    found = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=found[1:])
    return found


def ranges(starts: Array, counts: Array) -> Array:
    """The numbers start, start + 1, … of every range, one behind the other."""
    ends = starts_of(counts)
    return np.arange(ends[-1]) + np.repeat(starts - ends[:-1], counts)


def put_text(writer: ArrayWriter, column: str, numbers: Array, vocabulary: Vocabulary, languages: Sequence[str]) -> int:
    """Write a text column from the numbered terms of its texts (tokens.numbered); how many terms it has.

    languages has one for each text. Of a column without any term only the lengths are written.
    """
    ends = np.flatnonzero(numbers == 0)
    lengths = np.diff(ends, prepend=-1) - 1
    writer.put(f"{column}.lengths", lengths.astype(smallest(lengths.max(initial=0))))
    total = int(lengths.sum())
    if not total:
        return 0
    docs = np.repeat(np.arange(len(ends)), lengths)
    tokens = numbers[numbers != 0]
    forms, form = _forms(tokens, docs, vocabulary, languages)

    doc_bits, position_bits = len(ends).bit_length(), int(lengths.max()).bit_length()
    if len(forms.term).bit_length() + doc_bits + position_bits > 64:
        raise OverflowError("a segment of so many terms and documents cannot be sorted: build smaller ones")
    keys = form.astype(np.uint64)
    keys <<= np.uint64(doc_bits)
    keys |= docs.astype(np.uint64)
    keys <<= np.uint64(position_bits)
    keys |= (np.arange(total) - np.repeat(starts_of(lengths)[:-1], lengths)).astype(np.uint64)
    del docs, tokens, form
    keys.sort()
    positions = (keys & np.uint64((1 << position_bits) - 1)).astype(smallest(lengths.max()))
    keys >>= np.uint64(position_bits)

    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    freqs = np.diff(first, append=total)
    keys = keys[first]
    posting_form = (keys >> np.uint64(doc_bits)).astype(np.int64)
    posting_doc = (keys & np.uint64((1 << doc_bits) - 1)).astype(np.int64)
    form_start = np.searchsorted(posting_form, np.arange(len(forms.term) + 1))
    put_dictionary(writer, column, forms)
    writer.put(f"{column}.positions.start", np.append(first, total)[form_start].astype(smallest(total)))
    writer.put(f"{column}.positions", positions)
    del positions, first, keys
    _put_postings(writer, column, forms, posting_form, posting_doc, freqs, form_start, len(ends))
    return total


def _forms(tokens: Array, docs: Array, vocabulary: Vocabulary, languages: Sequence[str]) -> tuple[Forms, Array]:
    """The dictionary of a column, and the form of each of its tokens."""
    used = np.flatnonzero(np.bincount(tokens, minlength=len(vocabulary.words)))
    by_term = sorted(used.tolist(), key=vocabulary.words.__getitem__)
    terms = [vocabulary.words[number] for number in by_term]
    rank = np.zeros(len(vocabulary.words), np.int64)
    rank[by_term] = np.arange(len(terms))
    form = rank[tokens]
    # Forms of one term lie in the order of their groups' keys, and UNSTEMMED comes before every stem.
    tags = sorted({primary(language) for language in languages}, key=lambda tag: (can_stem(tag), tag))
    if len(tags) == 1:
        term, tag = np.arange(len(terms)), np.zeros(len(terms), np.int64)
    else:
        of_doc = np.fromiter((tags.index(primary(language)) for language in languages), np.int64)
        form *= len(tags)
        form += of_doc[docs]
        pairs, form = np.unique(form, return_inverse=True)
        term, tag = np.divmod(pairs, len(tags))
    keys = [b""] * len(term)
    for number, name in enumerate(tags):
        mine = np.flatnonzero(tag == number).tolist()
        for at, key in zip(mine, group_keys([terms[t] for t in term[mine].tolist()], name), strict=True):
            keys[at] = key
    ordered = sorted(set(keys))
    number_of = dict(zip(ordered, range(len(ordered)), strict=True))
    group = np.fromiter(map(number_of.__getitem__, keys), np.int64, len(keys))
    return Forms(terms, ordered, term, group), form


def _put_postings(
    writer: ArrayWriter, column: str, forms: Forms, posting_form: Array, docs: Array, freqs: Array,
    form_start: Array, doc_count: int,
) -> None:  # fmt: skip
    """Write the postings of groups and forms, from those of the forms in order of form and document."""
    group = forms.group[posting_form]
    shared = (np.bincount(forms.group, minlength=len(forms.keys)) > 1)[group]
    # Of the groups with several forms: each (group, document) once, and which of them a posting is.
    several = np.flatnonzero(shared)
    key = (group[several] << 32) | docs[several]
    order = np.argsort(key)
    key = key[order]
    new = np.ones(len(key), bool)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    pair = np.empty(len(key), np.int64)
    pair[order] = np.cumsum(new) - 1
    merged = key[new]
    alone = np.flatnonzero(~shared)
    counts = np.bincount(group[alone], minlength=len(forms.keys))
    counts += np.bincount(merged >> 32, minlength=len(forms.keys))
    start = starts_of(counts)
    group_docs, group_freqs = np.empty(start[-1], np.int64), np.empty(start[-1], np.int64)
    at = start[group[alone]] + alone - form_start[posting_form[alone]]
    group_docs[at], group_freqs[at] = docs[alone], freqs[alone]
    at = _behind(start, merged >> 32)
    group_docs[at] = merged & 0xFFFFFFFF
    group_freqs[at] = np.add.reduceat(freqs[several][order], np.flatnonzero(new)) if len(key) else 0
    writer.put(f"{column}.group.start", start.astype(smallest(start[-1])))
    writer.put(f"{column}.group.docs", group_docs.astype(smallest(doc_count)))
    writer.put(f"{column}.group.freqs", group_freqs.astype(smallest(group_freqs.max())))
    where = at[pair] - start[group[several]]
    counts = np.bincount(posting_form[several], minlength=len(forms.term))
    writer.put(f"{column}.form.start", starts_of(counts).astype(smallest(len(where))))
    writer.put(f"{column}.form.where", where.astype(smallest(where.max(initial=0))))
    found = freqs[several]
    writer.put(f"{column}.form.freqs", found.astype(smallest(found.max(initial=0))))


def _behind(start: Array, group: Array) -> Array:
    """The places of postings sorted by group, where each group's begin at its start."""
    first = np.searchsorted(group, group)
    return start[group] + np.arange(len(group)) - first
