"""The segments of a commit: apply deletions, write new documents, and merge.

There are few segments, because each one adds a fixed time to every search. A small change rewrites
only small segments: the new documents are merged with segments that are not much larger, so the
number of times that a document is rewritten grows with the logarithm of the collection's size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.merge import merge
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.segment_writer import Record, write_segment
from indexer.processes import can_fork, release_free_memory
from indexer.progress import Progress, no_progress

MERGE_RATIO = 8  # a segment up to this many times as large as the new documents is merged with them
MAX_SMALL_SEGMENT_DOCS = 500  # rewriting this many is cheaper than searching one more segment
MAX_SEGMENTS = 3
MIN_DOCS_PER_DELETED = 3  # a segment with fewer documents for each deleted one is rewritten
MAX_BUFFERED_DOCS = 120_000  # documents sorted in memory at a time: about 800 MB
MAX_BUFFERED_CHARACTERS = 80_000_000  # in the bodies and texts of these: at most about 600 MB
MIN_DOCS_FOR_HELPER = 20_000  # from this many documents, a second process saves time

OpenSegment = tuple[ArraySegment, SegmentReader]
"""A segment's entry in the table of contents, and its open file."""


class PendingChanges:
    """The puts and deletes of one commit.

    Memory is bounded: flush() writes the buffered documents to new segments, which no generation
    contains before the commit.
    """

    def __init__(
        self, folder: Path, indexname: str, current_segments: Callable[[], list[OpenSegment]]
    ) -> None:
        """current_segments: returns the segments before the commit, which are not modified."""
        self._folder, self._indexname = folder, indexname
        self._current_segments = current_segments
        self._puts: dict[str, Record] = {}
        self._characters = 0  # in the documents since the last flush
        self._replaced: set[str] = set()  # ids whose current version is deleted or replaced
        self._new_segments: list[OpenSegment] = []
        self._flushed: set[str] = set()  # ids in the new segments

    def put(self, record: Record) -> bool:
        """Add an activity, or replace the one with its id. Return whether flush() is due."""
        id = record[0].id
        if id in self._flushed:
            self.delete(id)
        self._replaced.add(id)
        self._puts[id] = record
        body, text = record[0].body, record[0].text
        self._characters += len(body) + (len(text) if text is not body else 0)
        return len(self._puts) >= MAX_BUFFERED_DOCS or self._characters >= MAX_BUFFERED_CHARACTERS

    def delete(self, id: str) -> None:
        """Remove an activity. An unknown id is ignored."""
        self._puts.pop(id, None)
        self._replaced.add(id)
        if id in self._flushed:
            self._flushed.discard(id)
            self._new_segments = _without(self._new_segments, [id])

    def flush(self, progress: Progress = no_progress) -> None:
        """Write the buffered activities to new segments."""
        existing = [segment for _, segment in (*self._current_segments(), *self._new_segments)]
        records = list(self._puts.values())
        self._new_segments += _write(self._folder, self._indexname, records, existing, progress)
        self._flushed |= self._puts.keys()
        self._puts.clear()
        del records
        if self._characters >= MAX_BUFFERED_CHARACTERS:
            release_free_memory()  # before the merge allocates more
        self._characters = 0

    def finish(self, progress: Progress) -> list[ArraySegment]:
        """Write and merge segments. Return the segments after the commit."""
        self.flush(progress)
        current = _without(self._current_segments(), list(self._replaced))
        return _merge(self._folder, self._indexname, current, self._new_segments)


def _without(segments: Sequence[OpenSegment], ids: Sequence[str]) -> list[OpenSegment]:
    """Return the segments with these activities deleted, leaving out empty segments."""
    remaining = []
    for info, segment in segments:
        docs = [doc for doc in map(segment.doc, ids) if doc >= 0 and not info.is_deleted(doc)]
        after = info.without(docs) if docs else info
        if after.doc_count():
            remaining.append((after, segment))
    return remaining


def _write(
    folder: Path,
    indexname: str,
    records: list[Record],
    existing: Sequence[SegmentReader],
    progress: Progress,
) -> list[OpenSegment]:
    """Write activities to new segments of at most MAX_BUFFERED_DOCS documents."""
    if not records:
        return []
    records.sort(key=lambda record: record[0].id)
    # With the dictionary of an existing segment, a merge can copy the compressed texts.
    dictionary = b""
    if existing:
        dictionary = max(existing, key=lambda s: (bool(s.dictionary), s.count)).dictionary
    use_helper = len(records) >= MIN_DOCS_FOR_HELPER and can_fork()
    segments, done = [], 0
    for start in range(0, len(records), MAX_BUFFERED_DOCS):
        chunk = records[start : start + MAX_BUFFERED_DOCS]
        info = ArraySegment(indexname, len(chunk))
        path = folder / info.filename()
        done += write_segment(path, chunk, dictionary, use_helper)
        progress("writing", done, len(records))
        segment = SegmentReader(path)
        dictionary = dictionary or segment.dictionary
        segments.append((info, segment))
    return segments


def _merge(
    folder: Path, indexname: str, current: Sequence[OpenSegment], new: Sequence[OpenSegment]
) -> list[ArraySegment]:
    """Merge segments according to the merge policy. Return all segments after it."""
    to_merge = list(new)
    size = sum(info.doc_count() for info, _ in new)
    by_size = sorted(current, key=lambda segment: segment[0].doc_count())
    while by_size and new:
        smallest = by_size[0][0].doc_count()
        is_small = smallest <= max(MERGE_RATIO * size, MAX_SMALL_SEGMENT_DOCS)
        if not is_small and len(by_size) < MAX_SEGMENTS:
            break
        to_merge.append(by_size.pop(0))
        size += smallest
    unchanged, merges = [], [to_merge] if to_merge else []
    for info, segment in by_size:
        if info.deleted_count() * MIN_DOCS_PER_DELETED > info.doc_count_all():
            merges.append([(info, segment)])
        else:
            unchanged.append(info)
    merged = []
    for group in merges:
        if len(group) == 1 and not group[0][0].deleted_count():
            merged.append(group[0][0])
            continue
        info = ArraySegment(indexname, sum(info.doc_count() for info, _ in group))
        sources = [(segment, info.deleted_docs()) for info, segment in group]
        merge(folder / info.filename(), sources)
        merged.append(info)
    return [*reversed(unchanged), *merged]
