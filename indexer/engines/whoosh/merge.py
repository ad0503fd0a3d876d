"""Merge segments into one without their deleted documents: array operations in bounded memory.

Groups and forms are sorted the same way in every segment, so they are merged in blocks: a block is
one slice of each segment. At most MAX_BLOCK_POSTINGS postings are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from indexer.engines.whoosh.array_file import Array, ArrayWriter, smallest_uint
from indexer.engines.whoosh.columns import keyword_columns
from indexer.engines.whoosh.postings import (
    Forms,
    argsort_pairs,
    put_dictionary,
    ranges,
    start_offsets,
)
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.segment_writer import (
    compress,
    put_sort_orders,
    put_value_sets,
    train_dictionary,
    training_sample,
)
from indexer.engines.whoosh.text_column import TextColumn
from indexer.schema import TEXT_FIELDS

MAX_BLOCK_POSTINGS = 2_000_000
MAX_BATCH_TEXTS = 20_000  # stored texts copied at a time
MAX_BATCH_BYTES = 50_000_000  # approximate size of the stored texts copied at a time
DELETED = -1  # in place of a new number

Source = tuple[SegmentReader, Array]
"""A segment, and the new number of each of its documents, or DELETED."""
Gather = Callable[[Callable[[SegmentReader], Array]], Array]
"""Collects an array by document from all segments, in the new order of the documents."""


def merge(path: Path, segments: Sequence[tuple[SegmentReader, Collection[int]]]) -> int:
    """Write one segment of the live documents, and return their number.

    segments: each with its deleted documents. No id may be live in two segments.
    """
    ids: list[tuple[bytes, int, int]] = []
    for number, (segment, deleted) in enumerate(segments):
        deleted = set(deleted)
        ids += [(id, number, doc) for doc, id in enumerate(segment.ids) if doc not in deleted]
    ids.sort()
    segment_of = np.fromiter((number for _, number, _ in ids), np.int64, len(ids))
    old_doc = np.fromiter((doc for _, _, doc in ids), np.int64, len(ids))
    sources: list[Source] = []
    for number, (segment, _) in enumerate(segments):
        new_doc = np.full(segment.count, DELETED, np.int64)
        docs = np.flatnonzero(segment_of == number)
        new_doc[old_doc[docs]] = docs
        sources.append((segment, new_doc))

    def gather(get: Callable[[SegmentReader], Array]) -> Array:
        parts = [get(segment) for segment, _ in sources]
        gathered = np.zeros(len(ids), np.result_type(*parts))
        for part, (_, new_doc) in zip(parts, sources, strict=True):
            gathered[new_doc[new_doc != DELETED]] = part[new_doc != DELETED]
        return gathered

    writer = ArrayWriter(path)
    try:
        writer.put_strings("ids", (id for id, _, _ in ids))
        digests = [list(segment.digests) for segment, _ in sources]
        writer.put_strings("digests", (digests[s][d] for _, s, d in ids))
        writer.put("indexed", gather(lambda s: s.file["indexed"]))
        for name in keyword_columns():
            _merge_keyword_column(writer, name, sources, len(ids))
        newest = gather(lambda s: s.file["newest.key"])
        put_sort_orders(writer, -newest, gather(lambda s: s.file["oldest.key"]))
        _merge_stored_texts(writer, sources, segment_of, old_doc)
        tokens = {name: _merge_text_column(writer, name, sources, gather) for name in TEXT_FIELDS}
        writer.finish(segment=path.stem, documents=len(ids), tokens=tokens)
    except BaseException:
        writer.discard()
        raise
    return len(ids)


def _merge_keyword_column(
    writer: ArrayWriter, name: str, sources: Sequence[Source], doc_count: int
) -> None:
    sets: dict[tuple[bytes, ...], int] = {}
    set_of_doc = np.zeros(doc_count, np.int64)
    for segment, new_doc in sources:
        column = segment.columns[name]
        live = new_doc != DELETED
        new_set = np.zeros(column.set_count, np.int64)
        for old_set in np.unique(column.doc_sets[live]).tolist():
            values = tuple(column.values[v].encode() for v in column.members(old_set))
            new_set[old_set] = sets.setdefault(values, len(sets))
        set_of_doc[new_doc[live]] = new_set[column.doc_sets[live]]
    put_value_sets(writer, name, list(sets), set_of_doc)


def _merge_stored_texts(
    writer: ArrayWriter, sources: Sequence[Source], segment_of: Array, old_doc: Array
) -> None:
    """Copy the compressed texts.

    All texts get the dictionary of the largest segment that has one. Texts with another dictionary
    are compressed again.
    """
    segments = [segment for segment, _ in sources]
    dictionary = max(segments, key=lambda s: (bool(s.dictionary), s.count)).dictionary
    if not dictionary:
        pairs = list(zip(segment_of.tolist(), old_doc.tolist(), strict=True))
        dictionary = train_dictionary(segments[s].raw_text(d) for s, d in training_sample(pairs))
    sizes: list[Array] = []
    heap_bytes = sum(len(segment.file["text.heap"]) for segment in segments)
    average = heap_bytes // sum(segment.count for segment in segments) + 1
    batch_size = min(MAX_BATCH_TEXTS, MAX_BATCH_BYTES // average + 1)

    def batches() -> Iterator[Array]:
        for start in range(0, len(segment_of), batch_size):
            batch_segments = segment_of[start : start + batch_size]
            texts = [b""] * len(batch_segments)
            for number, segment in enumerate(segments):
                places = np.flatnonzero(batch_segments == number)
                # Ascending, because both numberings are in the order of ids.
                docs = old_doc[start + places].tolist()
                if not docs:
                    continue
                if segment.dictionary == dictionary:
                    span = segment.text.slice(docs[0], docs[-1] + 1)
                    compressed = [span[d - docs[0]] for d in docs]
                else:
                    compressed = compress([segment.raw_text(d) for d in docs], dictionary)
                for place, text in zip(places.tolist(), compressed, strict=True):
                    texts[place] = text
            sizes.append(np.fromiter(map(len, texts), np.int64, len(texts)))
            yield np.frombuffer(b"".join(texts), np.uint8)

    writer.put("text.dictionary", np.frombuffer(dictionary, np.uint8))
    writer.put_pieces("text.heap", np.uint8, batches())
    starts = start_offsets(np.concatenate(sizes) if sizes else np.zeros(0, np.int64))
    writer.put("text.start", starts.astype(smallest_uint(starts[-1])))


def _merge_text_column(
    writer: ArrayWriter, column: str, sources: Sequence[Source], gather: Gather
) -> int:
    """Merge a text column, and return how many terms its texts contain."""
    lengths = gather(lambda s: s.texts[column].lengths)
    writer.put(f"{column}.lengths", lengths.astype(smallest_uint(lengths.max(initial=0))))
    total = int(lengths.sum(dtype=np.int64))
    if total:
        filled = [source for source in sources if source[0].texts[column].has_terms]
        _TextColumnMerger(writer, column, filled, len(lengths)).merge()
    return total


class _TextColumnMerger:
    """Merges a text column that contains at least one term."""

    def __init__(
        self, writer: ArrayWriter, column: str, sources: Sequence[Source], doc_count: int
    ) -> None:
        self.writer, self.column, self.doc_count = writer, column, doc_count
        self.texts = [segment.texts[column] for segment, _ in sources]
        self.new_doc = [new_doc for _, new_doc in sources]
        # Whether every document of a segment precedes every document of the next segment, as in
        # segments that one large build wrote.
        live = [new_doc[new_doc != DELETED] for new_doc in self.new_doc]
        bounds = [(int(docs.min()), int(docs.max())) for docs in live if len(docs)]
        self.consecutive = all(last < first for (_, last), (first, _) in pairwise(bounds))
        # One array for each segment: the new number of each old group, form and group posting.
        self.new_group: list[Array] = []
        self.new_form: list[Array] = []
        self.new_posting: list[Array] = []

    def merge(self) -> None:
        """Write all arrays of the column except the lengths."""
        forms = self._merge_dictionary()
        put_dictionary(self.writer, self.column, forms)
        group_start = self._merge_groups(len(forms.keys))
        self._merge_forms(forms, group_start)

    def _merge_dictionary(self) -> Forms:
        """Return the terms, groups and forms of live documents. Sets new_group and new_form."""
        keys = self._merge_group_keys()
        live_forms = [
            self._live_forms(*pair) for pair in zip(self.texts, self.new_doc, strict=True)
        ]
        term_lists = [list(text.terms) for text in self.texts]
        term_of_form = [
            np.repeat(np.arange(len(terms)), text.term_forms[1:] - text.term_forms[:-1])
            for terms, text in zip(term_lists, self.texts, strict=True)
        ]
        terms = sorted(
            {
                terms[t]
                for terms, owner, live in zip(term_lists, term_of_form, live_forms, strict=True)
                for t in np.unique(owner[live]).tolist()
            }
        )
        number_of = dict(zip(terms, range(len(terms)), strict=True))
        packed = []  # (new term, new group) of each old form as one number, or DELETED
        for text, old_terms, owner, live, group in zip(
            self.texts, term_lists, term_of_form, live_forms, self.new_group, strict=True
        ):
            new_term = np.fromiter(
                (number_of.get(term, DELETED) for term in old_terms), np.int64, len(old_terms)
            )
            # The forms of a term are in the order of their groups.
            pair = (new_term[owner] << 32) | group[text.form_group]
            packed.append(np.where(live, pair, DELETED))
        merged = np.unique(np.concatenate(packed))
        merged = merged[merged != DELETED]
        self.new_form = [
            np.where(pair == DELETED, DELETED, np.searchsorted(merged, pair)) for pair in packed
        ]
        return Forms(terms, keys, merged >> 32, merged & 0xFFFFFFFF)

    def _merge_group_keys(self) -> list[bytes]:
        """Return the keys of groups with a live document, sorted. Sets new_group."""
        live_groups = [
            self._live_runs(text.group_start, text.group_docs, new_doc).tolist()
            for text, new_doc in zip(self.texts, self.new_doc, strict=True)
        ]
        keys = sorted(
            {
                key
                for text, live in zip(self.texts, live_groups, strict=True)
                for key, is_live in zip(text.keys, live, strict=True)
                if is_live
            }
        )
        number_of = dict(zip(keys, range(len(keys)), strict=True))
        for text, live in zip(self.texts, live_groups, strict=True):
            numbers = (
                number_of.get(key, DELETED) if is_live else DELETED
                for key, is_live in zip(text.keys, live, strict=True)
            )
            self.new_group.append(np.fromiter(numbers, np.int64, len(live)))
        return keys

    @staticmethod
    def _live_runs(start: Array, docs: Array, new_doc: Array) -> Array:
        """Return whether each run of postings contains a live document."""
        if (new_doc != DELETED).all():
            return np.ones(len(start) - 1, bool)
        live_before = start_offsets(new_doc[docs] != DELETED)
        return np.diff(live_before[start.astype(np.int64)]) > 0

    @staticmethod
    def _live_forms(text: TextColumn, new_doc: Array) -> Array:
        """Return whether each form occurs in a live document."""
        form_count = len(text.form_group)
        if (new_doc != DELETED).all():
            return np.ones(form_count, bool)
        form, posting, _ = text.postings_of_forms(np.arange(form_count))
        live = new_doc[text.group_docs[posting]] != DELETED
        return np.bincount(form[live], minlength=form_count) > 0

    def _merge_groups(self, count: int) -> Array:
        """Write the postings of the groups. Return their offsets. Sets new_posting."""
        counts = np.zeros(count, np.int64)
        for text, group in zip(self.texts, self.new_group, strict=True):
            live = group != DELETED
            np.add.at(counts, group[live], np.diff(text.group_start.astype(np.int64))[live])
        # By segment, where each new group's postings begin. A block is a slice between two of them.
        bounds = [
            self._bounds(group, text.group_start, count)
            for text, group in zip(self.texts, self.new_group, strict=True)
        ]
        self.new_posting = [
            np.full(size, DELETED, np.int32 if size < 2**31 else np.int64)
            for size in (len(text.group_docs) for text in self.texts)
        ]
        live_counts = np.zeros(count, np.int64)
        written = 0
        with TemporaryFile() as docs_file, TemporaryFile() as freqs_file:
            for first, last in self._blocks(counts):
                keys, freqs, origins = [], [], []
                for number, text in enumerate(self.texts):
                    low, high = int(bounds[number][first]), int(bounds[number][last])
                    group = self._group_of_postings(number, text, low, high)
                    docs = self.new_doc[number][text.group_docs[low:high]]
                    live = np.flatnonzero((docs != DELETED) & (group != DELETED))
                    keys.append((group[live] << 32) | docs[live])
                    freqs.append(text.group_freqs[low:high][live])
                    origins.append(low + live)
                place, live_counts[first:last] = self._sorted_places(keys, first, last)
                block = np.empty(len(place), np.uint32)
                block[place] = np.concatenate(keys) & 0xFFFFFFFF
                docs_file.write(block.tobytes())
                block[place] = np.concatenate(freqs)
                freqs_file.write(block.tobytes())
                at = 0
                for new_posting, origin in zip(self.new_posting, origins, strict=True):
                    new_posting[origin] = written + place[at : at + len(origin)]
                    at += len(origin)
                written += len(place)
            start = start_offsets(live_counts)
            self._put("group.start", start)
            doc_type = smallest_uint(self.doc_count)
            self.writer.put_pieces(f"{self.column}.group.docs", doc_type, _read_pieces(docs_file))
            self._put_file("group.freqs", freqs_file)
        return start

    @staticmethod
    def _bounds(new_number: Array, start: Array, count: int) -> Array:
        """Return where the postings of each new number begin among the old ones.

        new_number is ascending except for DELETED.
        """
        live = np.flatnonzero(new_number != DELETED)
        at = np.searchsorted(new_number[live], np.arange(count + 1))
        starts = np.append(start[live].astype(np.int64), int(start[-1]))
        return starts[at]

    @staticmethod
    def _blocks(counts: Array) -> Iterator[tuple[int, int]]:
        """Yield ranges (first, last) of numbers that have at most MAX_BLOCK_POSTINGS postings.

        A number with more postings is a range by itself.
        """
        ends = np.cumsum(counts)
        first = 0
        while first < len(counts):
            limit = MAX_BLOCK_POSTINGS + (int(ends[first - 1]) if first else 0)
            last = max(first + 1, int(np.searchsorted(ends, limit, side="right")))
            yield first, last
            first = last

    def _group_of_postings(self, number: int, text: TextColumn, low: int, high: int) -> Array:
        """Return the new group of each old posting from low up to high."""
        start = text.group_start
        first = int(np.searchsorted(start, low, side="right")) - 1
        last = int(np.searchsorted(start, high, side="left"))
        edges = np.clip(start[first : last + 1].astype(np.int64), low, high)
        counts: Array = edges[1:] - edges[:-1]
        return np.repeat(self.new_group[number][first:last], counts)

    def _sorted_places(self, keys: Sequence[Array], first: int, last: int) -> tuple[Array, Array]:
        """Return the rank of each posting of a block, and how many postings each owner has.

        The keys of a segment are (owner, document) packed into one number, ascending by owner; the
        owners are the groups or forms from first up to last.
        """
        owners = [(key >> 32) - first for key in keys]
        counts = [np.bincount(owner, minlength=last - first) for owner in owners]
        total = np.sum(counts, axis=0)
        if not self.consecutive:
            docs = np.concatenate(keys) & 0xFFFFFFFF
            order = argsort_pairs(np.concatenate(owners), docs, self.doc_count)
            place = np.empty(len(order), np.int64)
            place[order] = np.arange(len(order))
            return place, total
        # The postings of an owner follow the order of the segments.
        begins, places = start_offsets(total)[:-1], []
        for count in counts:
            shift = np.repeat(begins - start_offsets(count)[:-1], count)
            places.append(np.arange(int(count.sum())) + shift)
            begins = begins + count
        return np.concatenate(places), total

    def _merge_forms(self, forms: Forms, group_start: Array) -> None:
        """Write the postings of the forms, and all positions."""
        count = len(forms.term)
        alone = (np.bincount(forms.group, minlength=len(forms.keys)) == 1)[forms.group]
        counts = np.zeros(count, np.int64)
        for text, new_form in zip(self.texts, self.new_form, strict=True):
            live = new_form != DELETED
            np.add.at(counts, new_form[live], np.diff(text.positions_start.astype(np.int64))[live])
        live_counts, occurrences = np.zeros(count, np.int64), np.zeros(count, np.int64)
        with (
            TemporaryFile() as where_file,
            TemporaryFile() as freqs_file,
            TemporaryFile() as positions_file,
        ):
            for first, last in self._blocks(counts):
                keys, freqs, positions = [], [], []
                for number in range(len(self.texts)):
                    part = self._form_postings(number, first, last, forms, group_start)
                    keys.append(part[0])
                    freqs.append(part[1])
                    positions.append(part[2])
                place, _ = self._sorted_places(keys, first, last)
                key, freq = np.empty(len(place), np.int64), np.empty(len(place), np.int64)
                key[place], freq[place] = np.concatenate(keys), np.concatenate(freqs)
                form = (key >> 32) - first
                occurrences[first:last] = np.bincount(form, freq, last - first)
                block = np.empty(int(freq.sum()), np.uint32)
                targets = ranges(start_offsets(freq)[place], np.concatenate(freqs))
                block[targets] = np.concatenate(positions)
                shared = ~alone[first:last][form]
                live_counts[first:last] = np.bincount(form[shared], minlength=last - first)
                where_file.write((key[shared] & 0xFFFFFFFF).astype(np.uint32).tobytes())
                freqs_file.write(freq[shared].astype(np.uint32).tobytes())
                positions_file.write(block.tobytes())
            self._put("form.start", start_offsets(live_counts))
            self._put_file("form.where", where_file)
            self._put_file("form.freqs", freqs_file)
            self._put("positions.start", start_offsets(occurrences))
            self._put_file("positions", positions_file)

    def _form_postings(
        self, number: int, first: int, last: int, forms: Forms, group_start: Array
    ) -> tuple[Array, Array, Array]:
        """Return a segment's postings of the new forms from first up to last.

        The arrays are (form, index in the group) packed into one number, frequency, and positions.
        """
        text, new_form = self.texts[number], self.new_form[number]
        block_forms = np.flatnonzero((new_form >= first) & (new_form < last))
        if not len(block_forms):
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
        low, high = int(block_forms[0]), int(block_forms[-1]) + 1
        form, posting, freq = text.postings_of_forms(np.arange(low, high))
        new, place = new_form[low + form], self.new_posting[number][posting].astype(np.int64)
        live = (new != DELETED) & (place != DELETED)
        span = text.positions[int(text.positions_start[low]) : int(text.positions_start[high])]
        new, place = new[live], place[live]
        return (
            (new << 32) | (place - group_start[forms.group[new]]),
            freq[live],
            span if live.all() else span[np.repeat(live, freq)],
        )

    def _put(self, name: str, offsets: Array) -> None:
        """Write offsets, whose last one is the largest."""
        self.writer.put(f"{self.column}.{name}", offsets.astype(smallest_uint(offsets[-1])))

    def _put_file(self, name: str, file: IO[bytes]) -> None:
        """Write the numbers in a file, in the narrowest type that holds them."""
        largest = max((int(piece.max()) for piece in _read_pieces(file)), default=0)
        pieces = _read_pieces(file)
        self.writer.put_pieces(f"{self.column}.{name}", smallest_uint(largest), pieces)


def _read_pieces(file: IO[bytes]) -> Iterator[Array]:
    """Yield the uint32 numbers of a file, at most MAX_BLOCK_POSTINGS at a time."""
    file.seek(0)
    while data := file.read(4 * MAX_BLOCK_POSTINGS):
        yield np.frombuffer(data, np.uint32)
