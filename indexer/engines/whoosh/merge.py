"""Several segments -> one, without their deleted documents, by array operations and in bounded memory.

Whatever is sorted the same way in every segment is merged in blocks: a block of groups, or of forms,
is one slice of each segment, and no more than BLOCK postings are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from indexer.engines.whoosh.array_file import Array, ArrayWriter, smallest_uint
from indexer.engines.whoosh.columns import keyword_columns
from indexer.engines.whoosh.postings import Forms, order_of, put_dictionary, ranges, start_offsets
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.segment_writer import compress, put_orders, put_sets, train
from indexer.schema import TEXT_FIELDS

BLOCK = 2_000_000  # postings
TEXTS = 20_000  # stored texts copied at a time
GONE = -1

Source = tuple[
    SegmentReader, Array
]  # a segment, and the new number of each of its documents, or GONE


def merge(path: Path, segments: Sequence[tuple[SegmentReader, Collection[int]]]) -> int:
    """Write one segment of the documents that are not deleted; how many there are.

    segments: each with its deleted documents. No id may be live in two of them.
    """
    ids: list[tuple[bytes, int, int]] = []
    for number, (segment, deleted) in enumerate(segments):
        gone = set(deleted)
        ids += [(id, number, doc) for doc, id in enumerate(segment.ids) if doc not in gone]
    ids.sort()
    of = np.fromiter((number for _, number, _ in ids), np.int64, len(ids))
    doc = np.fromiter((doc for _, _, doc in ids), np.int64, len(ids))
    sources: list[Source] = []
    for number, (segment, _) in enumerate(segments):
        new = np.full(segment.count, GONE, np.int64)
        mine = np.flatnonzero(of == number)
        new[doc[mine]] = mine
        sources.append((segment, new))

    def gathered(get: Callable[[SegmentReader], Array]) -> Array:
        """An array by document, in the new order."""
        parts = [get(segment) for segment, _ in sources]
        found = np.zeros(len(ids), np.result_type(*parts))
        for part, (_, new) in zip(parts, sources, strict=True):
            found[new[new != GONE]] = part[new != GONE]
        return found

    writer = ArrayWriter(path)
    try:
        writer.strings("ids", (id for id, _, _ in ids))
        digests = [list(segment.digests) for segment, _ in sources]
        writer.strings("digests", (digests[s][d] for _, s, d in ids))
        writer.put("indexed", gathered(lambda s: s.file["indexed"]))
        for name in keyword_columns():
            _merge_column(writer, name, sources, len(ids))
        put_orders(
            writer,
            -gathered(lambda s: s.file["newest.key"]),
            gathered(lambda s: s.file["oldest.key"]),
        )
        _merge_texts(writer, sources, of, doc)
        tokens = {name: _merge_text(writer, name, sources, gathered) for name in TEXT_FIELDS}
        writer.finish(segment=path.stem, documents=len(ids), tokens=tokens)
    except BaseException:
        writer.discard()
        raise
    return len(ids)


def _merge_column(writer: ArrayWriter, name: str, sources: Sequence[Source], count: int) -> None:
    sets: dict[tuple[bytes, ...], int] = {}
    of_doc = np.zeros(count, np.int64)
    for segment, new in sources:
        column = segment.columns[name]
        live = new != GONE
        number = np.zeros(column.sets, np.int64)
        for old in np.unique(column.set[live]).tolist():
            values = tuple(column.values[v].encode() for v in column.members(old))
            number[old] = sets.setdefault(values, len(sets))
        of_doc[new[live]] = number[column.set[live]]
    put_sets(writer, name, list(sets), of_doc)


def _merge_texts(writer: ArrayWriter, sources: Sequence[Source], of: Array, doc: Array) -> None:
    """Copy compressed texts; those of another dictionary than the largest segment's are compressed anew."""
    dictionary = max(
        (s for s, _ in sources), key=lambda s: (bool(s.dictionary), s.count)
    ).dictionary
    if not dictionary:
        dictionary = train(
            [sources[s][0].raw_text(d) for s, d in zip(of.tolist(), doc.tolist(), strict=True)]
        )
    sizes: list[Array] = []

    def pieces() -> Iterator[Array]:
        for start in range(0, len(of), TEXTS):
            texts = [b""] * len(of[start : start + TEXTS])
            for number, (segment, _) in enumerate(sources):
                here = np.flatnonzero(of[start : start + TEXTS] == number)
                docs = doc[start + here].tolist()  # ascending: both are in the order of ids
                if not docs:
                    continue
                if segment.dictionary == dictionary:
                    listed = segment.text.slice(docs[0], docs[-1] + 1)
                    found = [listed[d - docs[0]] for d in docs]
                else:
                    found = compress([segment.raw_text(d) for d in docs], dictionary)
                for at, text in zip(here.tolist(), found, strict=True):
                    texts[at] = text
            sizes.append(np.fromiter(map(len, texts), np.int64, len(texts)))
            yield np.frombuffer(b"".join(texts), np.uint8)

    writer.put("text.dictionary", np.frombuffer(dictionary, np.uint8))
    writer.stream("text.heap", np.uint8, pieces())
    starts = start_offsets(np.concatenate(sizes) if sizes else np.zeros(0, np.int64))
    writer.put("text.start", starts.astype(smallest_uint(starts[-1])))


def _merge_text(
    writer: ArrayWriter,
    column: str,
    sources: Sequence[Source],
    gathered: Callable[[Callable[[SegmentReader], Array]], Array],
) -> int:
    """Merge a text column; how many terms its texts have."""
    lengths = gathered(lambda s: s.texts[column].lengths)
    writer.put(f"{column}.lengths", lengths.astype(smallest_uint(lengths.max(initial=0))))
    total = int(lengths.sum(dtype=np.int64))
    if total:
        _Text(
            writer,
            column,
            [source for source in sources if source[0].texts[column].filled],
            len(lengths),
        ).merge()
    return total


class _Text:
    """The merging of a text column that has at least one term."""

    def __init__(
        self, writer: ArrayWriter, column: str, sources: Sequence[Source], documents: int
    ) -> None:
        self.writer, self.column, self.documents = writer, column, documents
        self.texts = [segment.texts[column] for segment, _ in sources]
        self.new_doc = [new for _, new in sources]
        # Whether all documents of a segment go before those of the next, as of the halves of a build.
        kept = [new[new != GONE] for new in self.new_doc]
        ends = [(int(new.min()), int(new.max())) for new in kept if len(new)]
        self.stacked = all(last < first for (_, last), (first, _) in pairwise(ends))
        self.group_of: list[Array] = []  # of each segment: old group -> new, or GONE
        self.form_of: list[Array] = []  # old form -> new, or GONE
        self.place: list[Array] = []  # old posting of a group -> new, or GONE

    def merge(self) -> None:
        forms = self._dictionary()
        put_dictionary(self.writer, self.column, forms)
        start = self._groups(len(forms.keys))
        self._forms(forms, start)

    def _dictionary(self) -> Forms:
        """The dictionary of what still has a document, and the way from the old numbers to the new."""
        live_groups = [
            self._live(text.group_start, text.group_docs, new)
            for text, new in zip(self.texts, self.new_doc, strict=True)
        ]
        keys = sorted(
            {
                key
                for text, live in zip(self.texts, live_groups, strict=True)
                for key, alive in zip(text.keys, live.tolist(), strict=True)
                if alive
            }
        )
        number = dict(zip(keys, range(len(keys)), strict=True))
        self.group_of = [
            np.fromiter(
                (
                    number.get(key, GONE) if alive else GONE
                    for key, alive in zip(text.keys, live.tolist(), strict=True)
                ),
                np.int64,
                len(live),
            )
            for text, live in zip(self.texts, live_groups, strict=True)
        ]
        live_forms = [
            self._live_forms(*pair) for pair in zip(self.texts, self.new_doc, strict=True)
        ]
        term_lists = [list(text.terms) for text in self.texts]
        owners = [
            np.repeat(np.arange(len(terms)), text.term_forms[1:] - text.term_forms[:-1])
            for terms, text in zip(term_lists, self.texts, strict=True)
        ]
        terms = sorted(
            {
                terms[t]
                for terms, owner, live in zip(term_lists, owners, live_forms, strict=True)
                for t in np.unique(owner[live]).tolist()
            }
        )
        number = dict(zip(terms, range(len(terms)), strict=True))
        pairs = []
        for text, listed, owner, live, group in zip(
            self.texts, term_lists, owners, live_forms, self.group_of, strict=True
        ):
            new_term = np.fromiter(
                (number.get(term, GONE) for term in listed), np.int64, len(listed)
            )
            # A term's forms are in the order of their groups' languages, which is that of the groups' keys.
            pairs.append(np.where(live, (new_term[owner] << 32) | group[text.form_group], GONE))
        known = np.unique(np.concatenate(pairs))
        known = known[known != GONE]
        self.form_of = [
            np.where(pair == GONE, GONE, np.searchsorted(known, pair)) for pair in pairs
        ]
        return Forms(terms, keys, known >> 32, known & 0xFFFFFFFF)

    @staticmethod
    def _live(start: Array, docs: Array, new: Array) -> Array:
        """Whether each run of postings has a document that is kept."""
        if (new != GONE).all():
            return np.ones(len(start) - 1, bool)
        return np.diff(start_offsets(new[docs] != GONE)[start.astype(np.int64)]) > 0

    @staticmethod
    def _live_forms(text: Any, new: Array) -> Array:
        if (new != GONE).all():
            return np.ones(len(text.form_group), bool)
        form, at, _ = text.places_of(np.arange(len(text.form_group)))
        return (
            np.bincount(form[new[text.group_docs[at]] != GONE], minlength=len(text.form_group)) > 0
        )

    def _blocks(self, counts: Array) -> Iterator[tuple[int, int]]:
        """Ranges of numbers that have at most BLOCK postings together, or are one number."""
        ends = np.cumsum(counts)
        first = 0
        while first < len(counts):
            limit = BLOCK + (int(ends[first - 1]) if first else 0)
            last = max(first + 1, int(np.searchsorted(ends, limit, side="right")))
            yield first, last
            first = last

    def _groups(self, count: int) -> Array:
        """Write the postings of the groups; where each group's begin."""
        counts = np.zeros(count, np.int64)
        for text, group in zip(self.texts, self.group_of, strict=True):
            np.add.at(
                counts,
                group[group != GONE],
                np.diff(text.group_start.astype(np.int64))[group != GONE],
            )
        # Of each segment, where each new group's postings begin: what a block is a slice of.
        bounds = [
            self._bounds(group, text.group_start, count)
            for text, group in zip(self.texts, self.group_of, strict=True)
        ]
        self.place = [
            np.full(
                len(text.group_docs), GONE, np.int32 if len(text.group_docs) < 2**31 else np.int64
            )
            for text in self.texts
        ]
        live = np.zeros(count, np.int64)
        written = 0
        with TemporaryFile() as all_docs, TemporaryFile() as all_freqs:
            for first, last in self._blocks(counts):
                keys, freqs, origins = [], [], []
                for number, text in enumerate(self.texts):
                    low, high = int(bounds[number][first]), int(bounds[number][last])
                    old = self._owner(number, text, low, high)
                    docs = self.new_doc[number][text.group_docs[low:high]]
                    alive = np.flatnonzero((docs != GONE) & (old != GONE))
                    keys.append((old[alive] << 32) | docs[alive])
                    freqs.append(text.group_freqs[low:high][alive])
                    origins.append((number, low + alive))
                place, live[first:last] = self._places(keys, first, last)
                docs = np.empty(len(place), np.uint32)
                docs[place] = np.concatenate(keys) & 0xFFFFFFFF
                all_docs.write(docs.tobytes())
                docs[place] = np.concatenate(freqs)
                all_freqs.write(docs.tobytes())
                at = 0
                for number, origin in origins:
                    self.place[number][origin] = written + place[at : at + len(origin)]
                    at += len(origin)
                written += len(place)
            start = start_offsets(live)
            self.writer.put(f"{self.column}.group.start", start.astype(smallest_uint(written)))
            self.writer.stream(
                f"{self.column}.group.docs", smallest_uint(self.documents), _pieces(all_docs)
            )
            self.writer.stream(f"{self.column}.group.freqs", _narrow(all_freqs), _pieces(all_freqs))
        return start

    def _places(self, keys: Sequence[Array], first: int, last: int) -> tuple[Array, Array]:
        """Where the postings of a block go, in the order of their keys, (owner, document) as one number; and how
        many each owner from first up to last has. keys: those of each segment, ascending by owner."""
        owners = [(key >> 32) - first for key in keys]
        counts = [np.bincount(owner, minlength=last - first) for owner in owners]
        total = np.sum(counts, axis=0)
        if not self.stacked:
            key = np.concatenate(keys)
            place = np.empty(len(key), np.int64)
            place[order_of(np.concatenate(owners), key & 0xFFFFFFFF, self.documents)] = np.arange(
                len(key)
            )
            return place, total
        # Each owner's postings are those of the first segment, then those of the next.
        begins, found = start_offsets(total)[:-1], []
        for count in counts:
            found.append(
                np.arange(int(count.sum())) + np.repeat(begins - start_offsets(count)[:-1], count)
            )
            begins = begins + count
        return np.concatenate(found), total

    def _owner(self, number: int, text: Any, low: int, high: int) -> Array:
        """The new group of each old posting from low up to high."""
        start = text.group_start
        first = int(np.searchsorted(start, low, side="right")) - 1
        last = int(np.searchsorted(start, high, side="left"))
        edges = np.clip(start[first : last + 1].astype(np.int64), low, high)
        counts: Array = edges[1:] - edges[:-1]
        return np.repeat(self.group_of[number][first:last], counts)

    @staticmethod
    def _bounds(new: Array, start: Array, count: int) -> Array:
        """Where the postings of each new number begin among the old ones; new ascends but for GONE."""
        kept = np.flatnonzero(new != GONE)
        at = np.searchsorted(new[kept], np.arange(count + 1))
        begins = np.append(start[kept].astype(np.int64), int(start[-1]))
        return begins[at]

    def _forms(self, forms: Forms, group_start: Array) -> None:
        """Write the postings of the forms, and all positions."""
        count = len(forms.term)
        alone = (np.bincount(forms.group, minlength=len(forms.keys)) == 1)[forms.group]
        counts = np.zeros(count, np.int64)
        for text, new in zip(self.texts, self.form_of, strict=True):
            np.add.at(
                counts,
                new[new != GONE],
                np.diff(text.positions_start.astype(np.int64))[new != GONE],
            )
        live, occurrences = np.zeros(count, np.int64), np.zeros(count, np.int64)
        with (
            TemporaryFile() as all_where,
            TemporaryFile() as all_freqs,
            TemporaryFile() as all_positions,
        ):
            for first, last in self._blocks(counts):
                keys, freqs, positions = [], [], []
                for number, text in enumerate(self.texts):
                    key, freq, position = self._block(number, text, first, last, forms, group_start)
                    keys.append(key)
                    freqs.append(freq)
                    positions.append(position)
                place, _ = self._places(keys, first, last)
                key, freq = np.empty(len(place), np.int64), np.empty(len(place), np.int64)
                key[place], freq[place] = np.concatenate(keys), np.concatenate(freqs)
                form = (key >> 32) - first
                occurrences[first:last] = np.bincount(form, freq, last - first)
                position = np.empty(int(freq.sum()), np.uint32)
                position[ranges(start_offsets(freq)[place], np.concatenate(freqs))] = (
                    np.concatenate(positions)
                )
                shared = ~alone[first:last][form]
                live[first:last] = np.bincount(form[shared], minlength=last - first)
                all_where.write((key[shared] & 0xFFFFFFFF).astype(np.uint32).tobytes())
                all_freqs.write(freq[shared].astype(np.uint32).tobytes())
                all_positions.write(position.tobytes())
            start = start_offsets(live)
            self.writer.put(f"{self.column}.form.start", start.astype(smallest_uint(start[-1])))
            self.writer.stream(f"{self.column}.form.where", _narrow(all_where), _pieces(all_where))
            self.writer.stream(f"{self.column}.form.freqs", _narrow(all_freqs), _pieces(all_freqs))
            start = start_offsets(occurrences)
            self.writer.put(
                f"{self.column}.positions.start", start.astype(smallest_uint(start[-1]))
            )
            self.writer.stream(
                f"{self.column}.positions", _narrow(all_positions), _pieces(all_positions)
            )

    def _block(
        self, number: int, text: Any, first: int, last: int, forms: Forms, group_start: Array
    ) -> tuple[Array, Array, Array]:
        """Of one segment, the postings of the new forms from first up to last: (form, where) as one
        number, frequency, and positions."""
        new = self.form_of[number]
        mine = np.flatnonzero((new >= first) & (new < last))
        if not len(mine):
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
        low, high = int(mine[0]), int(mine[-1]) + 1
        form, at, freq = text.places_of(np.arange(low, high))
        target, place = new[low + form], self.place[number][at].astype(np.int64)
        alive = (target != GONE) & (place != GONE)
        span = text.positions[int(text.positions_start[low]) : int(text.positions_start[high])]
        target, place = target[alive], place[alive]
        return (
            (target << 32) | (place - group_start[forms.group[target]]),
            freq[alive],
            span if alive.all() else span[np.repeat(alive, freq)],
        )


def _pieces(file: Any) -> Iterator[Array]:
    """What was written to a file of whole numbers, piece by piece."""
    file.seek(0)
    while data := file.read(4 * BLOCK):
        yield np.frombuffer(data, np.uint32)


def _narrow(file: Any) -> np.dtype[Any]:
    """The narrowest type for the numbers in a file."""
    return smallest_uint(max((int(piece.max()) for piece in _pieces(file)), default=0))
