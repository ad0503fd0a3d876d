"""Arithmetic over lists of documents: arrays of numbers, ascending, each once.

Of two lists of about the same length one is marked in a table that the other is read against; of a
list that is much longer, the places of the other's are found by bisection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indexer.engines.whoosh.array_file import Array

SPARSE = 16  # times as long as the other list: then a bisection for each is quicker than a table
FEW = 4  # times as few documents as a list: then to bisect for those in it is quicker than to mark and read it

NONE = np.zeros(0, np.intp)


def bisected(own: Array, docs: Array) -> tuple[Array, Array]:
    """A place in own for each of docs, and whether it is that of the document itself."""
    at = own.searchsorted(docs)
    if not len(own):
        return at, np.zeros(len(docs), bool)
    at[at == len(own)] = 0
    return at, own[at] == docs


def locate(own: Array, docs: Array, size: int) -> tuple[Array, Array]:
    """The places in own, and those in docs, of the documents that stand in both; below size."""
    if len(docs) * SPARSE < len(own):
        at, there = bisected(own, docs)
        found = there.nonzero()[0]
        return at[found], found
    if len(own) * SPARSE < len(docs):
        found, at = locate(docs, own, size)
        return at, found
    table = np.zeros(size, bool)
    table[docs] = True
    at = table.take(own).nonzero()[0]
    if len(at) * FEW < len(docs):
        return at, docs.searchsorted(own[at])
    table[docs] = False
    table[own] = True
    return at, table.take(docs).nonzero()[0]


def shared(lists: Sequence[Array], size: int) -> tuple[Array, list[Array | None]]:
    """The documents that stand in all of the lists, and where in each list these stand (None: they are the list)."""
    order = sorted(range(len(lists)), key=lambda n: len(lists[n]))
    docs = lists[order[0]]
    places: list[Array | None] = [None] * len(lists)
    for done, n in enumerate(order[1:], 1):
        own, kept = locate(lists[n], docs, size)
        if len(kept) < len(docs):
            docs = docs[kept]
            for m in order[:done]:
                places[m] = narrowed(places[m], kept)
        places[n] = own
    return docs, places


def narrowed(places: Array | None, kept: Array) -> Array:
    """Those of places (None: of all) that are kept."""
    return kept if places is None else places[kept]


def member(own: Array, docs: Array, size: int) -> Array:
    """Of each of docs, whether it stands in own."""
    found = np.zeros(len(docs), bool)
    if len(own):
        found[locate(own, docs, size)[1]] = True
    return found


def joined(lists: Sequence[Array]) -> Array:
    """The lists as one."""
    return lists[0] if len(lists) == 1 else np.concatenate(lists)


def stacked(lists: Sequence[tuple[int, Array]]) -> Array:
    """The lists as one that arrays can be indexed with, to the numbers of each of which something is added."""
    more, first = lists[0]
    if len(lists) == 1 and not more:
        return first.astype(np.intp, copy=False)
    found = np.concatenate([docs for _, docs in lists], dtype=np.intp)
    end = 0
    for more, docs in lists:
        begin, end = end, end + len(docs)
        if more:
            found[begin:end] += more
    return found


def side_by_side(numbers: Array) -> bool:
    """Whether ascending whole numbers, at least one, leave none out."""
    return bool(numbers[-1] - numbers[0] == len(numbers) - 1)


def differs(values: Array) -> Array:
    """Of each of values, whether it is another than the one before it, as the first is."""
    found = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def distinct(docs: Array) -> Array:
    """The documents, ascending, each once; numpy's own unique hashes them first."""
    ordered = np.sort(docs, kind="stable")  # which merges lists that follow each other
    found: Array = ordered[differs(ordered)]
    return found


def union(lists: Sequence[Array], size: int) -> Array:
    """The documents of any of the lists, ascending, each once."""
    if len(lists) == 1:
        return lists[0]
    if sum(map(len, lists)) * SPARSE < size:
        return distinct(np.concatenate(lists)) if lists else NONE
    table = np.zeros(size, bool)
    for docs in lists:
        table[docs] = True
    return table.nonzero()[0]


def added(
    pieces: Sequence[tuple[Array, Callable[[Array | None], Array]]],
    own: Array,
    places: Array | None,
    size: int,
) -> Array:
    """The sums of what scores lists give to documents: of own, at these places (None: all).

    pieces: documents, all of them in own, and the function that scores those at given places.
    """
    if places is None and len(own) * SPARSE >= size:
        table = np.zeros(size, np.float32)
        first, *others = sorted(pieces, key=lambda piece: -len(piece[0]))
        table[first[0]] = first[1](None)
        for docs, score in others:
            table[docs] += score(None)
        return table.take(own)
    wanted = own if places is None else own[places]
    scores = np.zeros(len(wanted), np.float32)
    for docs, score in pieces:
        there, here = locate(docs, wanted, size)
        scores[here] += score(there)
    return scores


def among(keys: Array, others: Array) -> Array:
    """Which of keys stand among others; both ascend and have each number once."""
    few, many = (keys, others) if len(keys) <= len(others) else (others, keys)
    if len(few) * SPARSE < len(many):
        return locate(keys, others, 0)[0]
    # What has the same last bits as one of the few may be one of them; little else has.
    last = many.dtype.type((1 << min((len(few) * SPARSE).bit_length(), 20)) - 1)
    table = np.zeros(int(last) + 1, bool)
    table[few & last] = True
    found = table[many & last].nonzero()[0]
    at, equal = bisected(few, many[found])
    return (found if many is keys else at).compress(equal)
