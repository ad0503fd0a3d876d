"""What a commit does to the segments: which documents are deleted, what is written, what is merged.

Few segments are kept, since each costs every search a fixed time; and a small change rewrites only
small ones. A segment is merged with what is new when it is not much larger, so that every document
is rewritten a number of times that grows with the logarithm of the collection.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from indexer.engines.whoosh.codec import ArraySegment
from indexer.engines.whoosh.merge import merge
from indexer.engines.whoosh.segment_reader import SegmentReader
from indexer.engines.whoosh.segment_writer import Record, write_segment
from indexer.progress import Progress, no_progress

MERGE_RATIO = 8  # a segment up to so many times as large as what is new is merged with it
MAX_SMALL_SEGMENT_DOCS = (
    500  # documents: rewriting so few costs less than searching one more segment
)
MAX_SEGMENTS = 3  # segments
MIN_DOCS_PER_DELETED = 3  # a segment of which more than one in so many is deleted is rewritten
MAX_BUFFERED_DOCS = 120_000  # documents sorted in memory at a time: about 800 MB
MIN_DOCS_FOR_HELPER = 20_000  # documents from which a second process pays

OpenSegment = tuple[ArraySegment, SegmentReader]


class PendingChanges:
    """What one commit puts and deletes. More than MAX_BUFFERED_DOCS activities are written as they come, to segments that
    are nobody's until finish(), so that memory stays bounded."""

    def __init__(
        self, folder: Path, indexname: str, segments: Callable[[], list[OpenSegment]]
    ) -> None:
        """segments: those of before, which stay as they are."""
        self._folder, self._indexname = folder, indexname
        self._segments = segments
        self._puts: dict[str, Record] = {}
        self._gone: set[str] = set()  # ids of which an earlier version is not to be found any more
        self._fresh: list[OpenSegment] = []
        self._written: set[str] = set()  # ids in them

    def put(self, record: Record) -> bool:
        """Add an activity, or replace the one of its id; whether there are so many now that flush() is due."""
        id = record[0].id
        if id in self._written:
            self.delete(id)
        self._gone.add(id)
        self._puts[id] = record
        return len(self._puts) >= MAX_BUFFERED_DOCS

    def delete(self, id: str) -> None:
        """Remove an activity, if there is one."""
        self._puts.pop(id, None)
        self._gone.add(id)
        if id in self._written:
            self._written.discard(id)
            self._fresh = _without(self._fresh, [id])

    def finish(self, progress: Progress) -> list[ArraySegment]:
        """The segments after the change, their files written."""
        self.flush(progress)
        return _merged(
            self._folder, self._indexname, _without(self._segments(), list(self._gone)), self._fresh
        )

    def flush(self, progress: Progress = no_progress) -> None:
        """Write what was put."""
        known = [segment for _, segment in (*self._segments(), *self._fresh)]
        self._fresh += _write(
            self._folder, self._indexname, list(self._puts.values()), known, progress
        )
        self._written |= self._puts.keys()
        self._puts.clear()


def _without(segments: Sequence[OpenSegment], ids: Sequence[str]) -> list[OpenSegment]:
    """The segments without these activities; one that has none left is left out."""
    kept = []
    for info, segment in segments:
        docs = [doc for doc in map(segment.doc, ids) if doc >= 0 and not info.is_deleted(doc)]
        after = info.without(docs) if docs else info
        if after.doc_count():
            kept.append((after, segment))
    return kept


def _write(
    folder: Path,
    indexname: str,
    records: list[Record],
    known: Sequence[SegmentReader],
    progress: Progress,
) -> list[OpenSegment]:
    """New segments of these activities."""
    if not records:
        return []
    records.sort(key=lambda record: record[0].id)
    # A dictionary that there is already makes texts that merging need not compress again.
    dictionary = (
        max(known, key=lambda s: (bool(s.dictionary), s.count)).dictionary if known else b""
    )
    helped = (
        len(records) >= MIN_DOCS_FOR_HELPER
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
    )
    made, done = [], 0
    for chunk in (
        records[at : at + MAX_BUFFERED_DOCS] for at in range(0, len(records), MAX_BUFFERED_DOCS)
    ):
        info = ArraySegment(indexname, len(chunk))
        path = folder / info.filename()
        done += write_segment(path, chunk, dictionary, helped)
        progress("writing", done, len(records))
        segment = SegmentReader(path)
        dictionary = dictionary or segment.dictionary
        made.append((info, segment))
    return made


def _merged(
    folder: Path, indexname: str, kept: Sequence[OpenSegment], fresh: Sequence[OpenSegment]
) -> list[ArraySegment]:
    """Merge what the policy wants merged."""
    chosen = list(fresh)
    size = sum(info.doc_count() for info, _ in fresh)
    remaining = sorted(kept, key=lambda held: held[0].doc_count())
    while remaining and fresh:
        small = remaining[0][0].doc_count()
        if (
            small > max(MERGE_RATIO * size, MAX_SMALL_SEGMENT_DOCS)
            and len(remaining) < MAX_SEGMENTS
        ):
            break
        chosen.append(remaining.pop(0))
        size += small
    wasteful = [
        held
        for held in remaining
        if held[0].deleted_count() * MIN_DOCS_PER_DELETED > held[0].doc_count_all()
    ]
    remaining = [held for held in remaining if held not in wasteful]
    made = []
    for group in [chosen, *([held] for held in wasteful)]:
        if len(group) == 1 and not group[0][0].deleted_count():
            made.append(group[0][0])
        elif group:
            info = ArraySegment(indexname, sum(info.doc_count() for info, _ in group))
            merge(
                folder / info.filename(),
                [(segment, info.deleted_docs()) for info, segment in group],
            )
            made.append(info)
    return [*(info for info, _ in reversed(remaining)), *made]
