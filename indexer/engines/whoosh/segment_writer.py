"""Activities -> the array file of one segment. What lies in it, besides the text columns of postings.py:

ids, digests           strings    by document; documents are numbered in the order of their ids
indexed                [doc]      when each version entered the index: seconds since 1970, UTC
COLUMN.values          strings    the values of a keyword or integer field, sorted
COLUMN.sets.start/.values         sets of several values, each in the order of its file
COLUMN.set             [doc]      what a document has: the number of its value, or of its set behind all values
newest, oldest         [rank]     documents in these orders; .rank is the way back
text.heap, .start      [doc]      title, source, Markdown body and, where it differs, the prose of that,
                                  joined by NUL and compressed by Zstandard
text.dictionary        what they were compressed with
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import zstandard

from indexer.content.activity import Activity
from indexer.engines.whoosh.array_file import Array, ArrayFile, ArrayWriter, smallest_uint
from indexer.engines.whoosh.columns import keyword_columns, term
from indexer.engines.whoosh.postings import put_text, start_offsets
from indexer.engines.whoosh.term_numbers import TermNumbering, numbered
from indexer.schema import NOT_STATED, RANGE_FIELD, TEXT_FIELDS, Value

Record = tuple[Activity, str]  # and when it was indexed, ISO 8601
DocTerms = dict[
    str, tuple[Array, Sequence[bytes]]
]  # of texts, by column: numbers, and what each stands for
STORED_FIELDS = ("title", "source")  # kept with the text; every other field is a column
UNDATED = 0
DICTIONARY_FROM = 1000  # documents; fewer are compressed with what a larger segment was
DICTIONARY_SIZE = 64 * 1024
SAMPLES = 2000
LEVEL = 3


def train(texts: Sequence[bytes]) -> bytes:
    """A Zstandard dictionary for texts like these; b"" where there are too few to train one."""
    if len(texts) < DICTIONARY_FROM:
        return b""
    try:
        step = max(1, len(texts) // SAMPLES)
        return zstandard.train_dictionary(DICTIONARY_SIZE, list(texts[::step])).as_bytes()
    except zstandard.ZstdError:  # too alike, or too short
        return b""


def text_of(activity: Activity) -> bytes:
    """What is kept of an activity besides its columns."""
    kept = [str(activity.meta.get(name, ("",))[0]) for name in STORED_FIELDS]
    return "\0".join(
        [*kept, activity.body, "" if activity.text == activity.body else activity.text]
    ).encode()


def write_segment(
    path: Path, records: Iterable[Record], dictionary: bytes, helped: bool = False
) -> int:
    """Write a segment of these activities, each id once, in any order; how many there are.

    helped: a second process numbers the terms of half of the texts, then writes everything besides the text
    columns. It is forked, so that the activities need not be sent: nothing else may run in this process.
    """
    ordered = sorted(records, key=lambda record: record[0].id)
    writer, beside = ArrayWriter(path), path.with_suffix(".beside")
    helper: _Helper | None = None
    try:
        if helped:
            with suppress(OSError):  # no room for another process
                helper = _Helper(beside, ordered, dictionary)
        if helper:
            terms = _joined(
                _numbered(ordered[: helper.half]),
                helper.numbered() or _numbered(ordered[helper.half :]),
            )
        else:
            terms = _numbered(ordered)
        languages = [activity.language for activity, _ in ordered]
        tokens = {name: put_text(writer, name, *terms.pop(name), languages) for name in TEXT_FIELDS}
        if helper and helper.done():
            writer.take(ArrayFile(beside))
        else:
            _put_rest(writer, ordered, dictionary)
        writer.finish(segment=path.stem, documents=len(ordered), tokens=tokens)
    except BaseException:
        writer.discard()
        raise
    finally:
        if helper:
            helper.done()
        beside.unlink(missing_ok=True)
    return len(ordered)


class _Helper:
    """A forked process that takes a part of the work. What it cannot do, its parent does: an error is raised there."""

    def __init__(self, beside: Path, records: Sequence[Record], dictionary: bytes) -> None:
        self.half = len(records) // 2
        self._terms, there = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("fork")
        self._process = context.Process(
            target=self._work, args=(there, beside, records, dictionary)
        )
        self._process.start()
        there.close()  # so that the end of the process ends the pipe

    def _work(
        self, there: Connection, beside: Path, records: Sequence[Record], dictionary: bytes
    ) -> None:
        self._terms.close()
        try:
            there.send(_numbered(records[self.half :]))
            writer = ArrayWriter(beside)
            _put_rest(writer, records, dictionary)
            writer.finish()
        except (
            OSError
        ):  # a full disk, most likely: the parent meets it again, and says it in a sentence
            sys.exit(1)

    def numbered(self) -> DocTerms | None:
        """The terms of the records from half on; None where it died before."""
        try:
            found: DocTerms = self._terms.recv()
        except (EOFError, OSError):
            return None
        return found

    def done(self) -> bool:
        """Wait for its end; whether everything besides the text columns is written then."""
        self._terms.close()  # what nobody reads is not waited for
        self._process.join()
        return self._process.exitcode == 0


def _numbered(records: Sequence[Record]) -> DocTerms:
    """The terms of each text column as numbers, and what each number stands for."""
    found: DocTerms = {}
    for name in TEXT_FIELDS:
        texts = [
            one.text if name == "body" else str(one.meta.get(name, ("",))[0]) for one, _ in records
        ]
        vocabulary = TermNumbering()
        found[name] = numbered(texts, vocabulary), vocabulary.words
    return found


def _joined(first: DocTerms, second: DocTerms) -> DocTerms:
    """The terms of some texts and, behind them, those of others."""
    found: DocTerms = {}
    for name, (numbers, words) in first.items():
        others, other_words = second[name]
        known = dict(zip(words, range(len(words)), strict=True))
        own = np.fromiter(
            (known.setdefault(word, len(known)) for word in other_words),
            np.uint32,
            len(other_words),
        )
        found[name] = np.concatenate((numbers, own.take(others))), list(known)
    return found


def _put_rest(writer: ArrayWriter, records: Sequence[Record], dictionary: bytes) -> None:
    """Write everything besides the text columns."""
    activities = [activity for activity, _ in records]
    writer.strings("ids", (activity.id.encode() for activity in activities))
    writer.strings("digests", (activity.digest.encode() for activity in activities))
    writer.put("indexed", np.fromiter((_seconds(at) for _, at in records), np.int64, len(records)))
    for name in keyword_columns():
        _put_column(writer, name, [activity.meta.get(name, ()) for activity in activities])
    years = [activity.meta.get(RANGE_FIELD, ()) for activity in activities]
    put_orders(
        writer,
        np.fromiter((int(max(y, default=UNDATED)) for y in years), np.int64, len(years)),
        np.fromiter((int(min(y, default=UNDATED)) for y in years), np.int64, len(years)),
    )
    put_texts(writer, [text_of(activity) for activity in activities], dictionary)


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())


def _put_column(writer: ArrayWriter, name: str, given: Sequence[tuple[Value, ...]]) -> None:
    sets: dict[tuple[bytes, ...], int] = {}
    by_values: dict[tuple[Value, ...], int] = {}
    of_doc = np.empty(len(given), np.int64)
    for doc, values in enumerate(given):
        number = by_values.get(values)
        if number is None:
            terms = tuple(term(value).encode() for value in values) or (NOT_STATED.encode(),)
            number = by_values[values] = sets.setdefault(terms, len(sets))
        of_doc[doc] = number
    put_sets(writer, name, list(sets), of_doc)


def put_sets(
    writer: ArrayWriter, name: str, sets: Sequence[tuple[bytes, ...]], of_doc: Array
) -> None:
    """Write a column: its values, those sets that have several, and which of all each document has."""
    values = sorted({value for found in sets for value in found})
    number: Mapping[bytes, int] = dict(zip(values, range(len(values)), strict=True))
    several = [found for found in sets if len(found) > 1]
    behind = dict(zip(several, range(len(values), len(values) + len(several)), strict=True))
    own = np.array(
        [number[found[0]] if len(found) == 1 else behind[found] for found in sets], np.int64
    )
    flat = [number[value] for found in several for value in found]
    starts = start_offsets(np.fromiter(map(len, several), np.int64, len(several)))
    writer.strings(f"{name}.values", values)
    writer.put(f"{name}.sets.start", starts.astype(smallest_uint(starts[-1])))
    writer.put(f"{name}.sets.values", np.array(flat, smallest_uint(len(values))))
    writer.put(f"{name}.set", own[of_doc].astype(smallest_uint(len(values) + len(several))))


def put_orders(writer: ArrayWriter, last_years: Array, first_years: Array) -> None:
    """Write the orders newest and oldest, from each document's last and first year, or UNDATED."""
    far = 1 << 30  # after every year
    newest = np.where(last_years == UNDATED, far, -last_years)
    oldest = np.where(first_years == UNDATED, far, first_years)
    for name, key in (("newest", newest), ("oldest", oldest)):
        order = np.argsort(key, kind="stable")  # equal years: by document, which is by id
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        writer.put(name, order.astype(smallest_uint(len(order))))
        writer.put(f"{name}.rank", rank.astype(smallest_uint(len(order))))
        writer.put(f"{name}.key", key.astype(np.int32))


def compress(texts: Sequence[bytes], dictionary: bytes) -> list[bytes]:
    """Each text by itself, compressed, on both cores where there are many."""
    if not texts:
        return []
    data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    compressor = zstandard.ZstdCompressor(LEVEL, dict_data=data)
    if len(texts) < DICTIONARY_FROM:
        return [compressor.compress(text) for text in texts]
    done = compressor.multi_compress_to_buffer(list(texts), threads=-1)
    return [done[at].tobytes() for at in range(len(done))]


def put_texts(writer: ArrayWriter, texts: Sequence[bytes], dictionary: bytes) -> None:
    """Write the stored texts, compressed, with a dictionary of their own where none is given."""
    dictionary = dictionary or train(texts)
    writer.put("text.dictionary", np.frombuffer(dictionary, np.uint8))
    writer.strings("text", compress(texts, dictionary))
