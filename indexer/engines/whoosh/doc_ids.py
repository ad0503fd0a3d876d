"""Set operations on document lists: arrays of document numbers, ascending, without duplicates.

Two lists of similar length are intersected with a lookup table of all documents. If one list is
much longer than the other, binary search finds the numbers of the shorter one in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indexer.engines.whoosh.array_file import Array

# Above this length ratio, binary search in the longer list is faster than a lookup table.
BINARY_SEARCH_RATIO = 16
# Above this ratio of list length to common documents, binary search is faster than a second table.
SECOND_TABLE_RATIO = 4

NO_DOCS = np.zeros(0, np.intp)


def binary_search(doc_ids: Array, docs: Array) -> tuple[Array, Array]:
    """Return a position in doc_ids for each of docs, and whether that position holds it."""
    at = doc_ids.searchsorted(docs)
    if not len(doc_ids):
        return at, np.zeros(len(docs), bool)
    at[at == len(doc_ids)] = 0
    return at, doc_ids[at] == docs


def common_positions(left: Array, right: Array, size: int) -> tuple[Array, Array]:
    """Return the positions, in left and in right, of the documents that both contain.

    All document numbers are below size.
    """
    if len(right) * BINARY_SEARCH_RATIO < len(left):
        at, present = binary_search(left, right)
        in_right = present.nonzero()[0]
        return at[in_right], in_right
    if len(left) * BINARY_SEARCH_RATIO < len(right):
        in_right, in_left = common_positions(right, left, size)
        return in_left, in_right
    table = np.zeros(size, bool)
    table[right] = True
    in_left = table.take(left).nonzero()[0]
    if len(in_left) * SECOND_TABLE_RATIO < len(right):
        return in_left, right.searchsorted(left[in_left])
    table[right] = False
    table[left] = True
    return in_left, table.take(right).nonzero()[0]


def intersect(lists: Sequence[Array], size: int) -> tuple[Array, list[Array | None]]:
    """Return the documents in all of the lists, and their positions in each list.

    Positions are None for a list that equals the result.
    """
    order = sorted(range(len(lists)), key=lambda n: len(lists[n]))
    docs = lists[order[0]]
    positions: list[Array | None] = [None] * len(lists)
    for done, n in enumerate(order[1:], 1):
        in_list, in_docs = common_positions(lists[n], docs, size)
        if len(in_docs) < len(docs):
            docs = docs[in_docs]
            for m in order[:done]:
                positions[m] = select(positions[m], in_docs)
        positions[n] = in_list
    return docs, positions


def select(positions: Array | None, indices: Array) -> Array:
    """Return positions[indices]; positions may be None for all."""
    return indices if positions is None else positions[indices]


def contains(doc_ids: Array, docs: Array, size: int) -> Array:
    """Return a mask over docs: True where doc_ids contains the document."""
    mask = np.zeros(len(docs), bool)
    if len(doc_ids):
        mask[common_positions(doc_ids, docs, size)[1]] = True
    return mask


def concatenate(arrays: Sequence[Array]) -> Array:
    """Concatenate arrays, without a copy if there is only one."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def concatenate_with_offsets(lists: Sequence[tuple[int, Array]]) -> Array:
    """Concatenate (offset, array) pairs, adding each array's offset, as an index array."""
    offset, first = lists[0]
    if len(lists) == 1 and not offset:
        return first.astype(np.intp, copy=False)
    result = np.concatenate([docs for _, docs in lists], dtype=np.intp)
    end = 0
    for offset, docs in lists:
        begin, end = end, end + len(docs)
        if offset:
            result[begin:end] += offset
    return result


def is_contiguous(numbers: Array) -> bool:
    """Return whether ascending numbers, at least one, are consecutive."""
    return bool(numbers[-1] - numbers[0] == len(numbers) - 1)


def run_starts(values: Array) -> Array:
    """Return a mask: True where a value differs from its predecessor. The first is always True."""
    mask = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=mask[1:])
    return mask


def sorted_unique(docs: Array) -> Array:
    """Sort documents and drop duplicates. numpy.unique is slower: it hashes them first."""
    ordered = np.sort(docs, kind="stable")  # a stable sort merges runs that are already sorted
    unique: Array = ordered[run_starts(ordered)]
    return unique


def union(lists: Sequence[Array], size: int) -> Array:
    """Return the documents in any of the lists."""
    lists = [docs for docs in lists if len(docs)]
    if len(lists) == 1:
        return lists[0]
    if sum(map(len, lists)) * BINARY_SEARCH_RATIO < size:
        return sorted_unique(np.concatenate(lists)) if lists else NO_DOCS
    table = np.zeros(size, bool)
    for docs in lists:
        table[docs] = True
    return table.nonzero()[0]


def sum_scores(
    pieces: Sequence[tuple[Array, Callable[[Array | None], Array]]],
    doc_ids: Array,
    positions: Array | None,
    size: int,
) -> Array:
    """Return the sums of the pieces' scores for doc_ids at these positions (None: all).

    A piece is a document list and a function that scores given positions of that list. It may have
    documents that doc_ids does not have.
    """
    pieces = [piece for piece in pieces if len(piece[0])]
    if not pieces:
        return np.zeros(len(doc_ids) if positions is None else len(positions), np.float32)
    if len(pieces) == 1 and pieces[0][0] is doc_ids:
        return pieces[0][1](positions)
    if positions is None and len(doc_ids) * BINARY_SEARCH_RATIO >= size:
        table = np.zeros(size, np.float32)
        largest, *others = sorted(pieces, key=lambda piece: -len(piece[0]))
        table[largest[0]] = largest[1](None)
        for docs, score in others:
            table[docs] += score(None)
        return table.take(doc_ids)
    scored_docs = doc_ids if positions is None else doc_ids[positions]
    scores = np.zeros(len(scored_docs), np.float32)
    for docs, score in pieces:
        in_docs, in_scored = common_positions(docs, scored_docs, size)
        scores[in_scored] += score(in_docs)
    return scores


def positions_in(keys: Array, others: Array) -> Array:
    """Return the positions of the keys that others contains. Both are ascending and unique."""
    few, many = (keys, others) if len(keys) <= len(others) else (others, keys)
    if len(few) * BINARY_SEARCH_RATIO < len(many):
        return common_positions(keys, others, 0)[0]  # it searches and needs no table
    # Filter by the last bits: a number with the last bits of one of the few is a candidate, and
    # few other numbers are.
    last = many.dtype.type((1 << min((len(few) * BINARY_SEARCH_RATIO).bit_length(), 20)) - 1)
    table = np.zeros(int(last) + 1, bool)
    table[few & last] = True
    candidates = table[many & last].nonzero()[0]
    at, equal = binary_search(few, many[candidates])
    return (candidates if many is keys else at).compress(equal)
