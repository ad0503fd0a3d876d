"""Write activities to the array file of one segment.

The arrays, in addition to the text columns (postings.py describes those):

ids, digests           strings    by document; documents are numbered in the order of their ids
indexed                [doc]      when each version was indexed: seconds since 1970, UTC
COLUMN.values          strings    the values of a keyword or integer field, sorted
COLUMN.sets.start/.values         sets of several values, each in the order of its file
COLUMN.set             [doc]      number of the document's only value, or number of values + number
                                  of its set
newest, oldest         [rank]     documents in these sort orders; .rank is the inverse, .key the
                                  sort key of each document
text.heap, .start      [doc]      title, source, Markdown body and, if it differs from the body, the
                                  plain text, joined by NUL and compressed by Zstandard
text.dictionary                   the Zstandard dictionary of these texts; may be empty
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import numpy as np
import zstandard

from indexer.content import evidence
from indexer.content.activity import Activity
from indexer.engines.whoosh.array_file import Array, ArrayFile, ArrayWriter, smallest_uint
from indexer.engines.whoosh.columns import keyword_columns, term
from indexer.engines.whoosh.postings import put_text_column, start_offsets
from indexer.engines.whoosh.term_numbers import WordNumbering, number_words
from indexer.schema import FIELDS, NOT_STATED, RANGE_FIELD, TEXT_FIELDS, Value

Record = tuple[Activity, str]
"""An activity, and when it was indexed (ISO 8601)."""
NumberedWords = dict[str, tuple[Array, Sequence[bytes]]]
"""By text column: the words of all texts as numbers, and the word of each number."""

# Free text is stored with the body. Every other field has a column, and a draft is not indexed.
STORED_FIELDS = tuple(f.name for f in FIELDS if f.kind in ("text", "stored") and f.values == "text")
UNDATED = 0
AFTER_EVERY_YEAR = 1 << 30  # sort key of an undated document, which comes last in both orders
MIN_TEXTS_FOR_DICTIONARY = 1000  # smaller segments use the dictionary of a larger one
MIN_TEXTS_FOR_THREADS = 1000  # fewer texts are compressed in one thread
DICTIONARY_BYTES = 64 * 1024
TRAINING_TEXTS = 2000  # texts that a dictionary is trained on
MAX_TRAINING_BYTES = 50_000  # bytes of each text that it is trained on
COMPRESSION_LEVEL = 3

T = TypeVar("T")


def training_sample(texts: Sequence[T]) -> Sequence[T]:
    """Return a sample of texts, or of their numbers, to train a dictionary on."""
    if len(texts) < MIN_TEXTS_FOR_DICTIONARY:
        return []
    return texts[:: max(1, len(texts) // TRAINING_TEXTS)]


def train_dictionary(sample: Iterable[bytes]) -> bytes:
    """Return a Zstandard dictionary for texts like these, or b"" if it cannot be trained."""
    texts = tuple(text[:MAX_TRAINING_BYTES] for text in sample)
    if not texts:
        return b""
    try:
        return zstandard.train_dictionary(DICTIONARY_BYTES, list(texts)).as_bytes()
    except zstandard.ZstdError:  # the texts are too short, or too similar
        return b""


def stored_text(activity: Activity) -> bytes:
    """Return the part of an activity that is stored outside the columns."""
    fields = [str(activity.meta.get(name, ("",))[0]) for name in STORED_FIELDS]
    plain_text = "" if activity.text == activity.body else activity.text
    parts = [*fields, activity.body, plain_text, evidence.encode(activity.evidence)]
    return "\0".join(parts).encode()


def write_segment(
    path: Path, records: Iterable[Record], dictionary: bytes, use_helper: bool = False
) -> int:
    """Write a segment of these activities, in any order. Return the number of activities.

    No id may occur twice. With an empty dictionary, one is trained.

    With use_helper, a second process numbers the words of half of the texts, and then writes all
    arrays except the text columns. It is forked, so that the activities need not be sent to it:
    this process must have no other thread.
    """
    records = sorted(records, key=lambda record: record[0].id)
    writer, helper_path = ArrayWriter(path), path.with_suffix(".beside")
    helper: _Helper | None = None
    try:
        if use_helper:
            with suppress(OSError):  # the system has no room for another process
                helper = _Helper(helper_path, records, dictionary)
        if helper:
            first_half = number_texts(records[: helper.half])
            second_half = helper.numbered_words() or number_texts(records[helper.half :])
            words = _concatenated(first_half, second_half)
            del first_half, second_half
        else:
            words = number_texts(records)
        languages = [activity.language for activity, _ in records]
        tokens = {
            name: put_text_column(writer, name, *words.pop(name), languages) for name in TEXT_FIELDS
        }
        if helper and helper.wait():
            writer.copy_arrays(ArrayFile(helper_path))
        else:
            put_other_arrays(writer, records, dictionary)
        writer.finish(segment=path.stem, documents=len(records), tokens=tokens)
    except BaseException:
        writer.discard()
        raise
    finally:
        if helper:
            helper.wait()
        helper_path.unlink(missing_ok=True)
    return len(records)


class _Helper:
    """A forked process that does a part of write_segment().

    If it fails, the parent does the part itself, and any error is raised there.
    """

    def __init__(self, path: Path, records: Sequence[Record], dictionary: bytes) -> None:
        self.half = len(records) // 2
        self._receiver, sender = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=self._run, args=(sender, path, records, dictionary))
        self._process.start()
        sender.close()  # only the helper keeps it open, so the pipe ends when the helper ends

    def _run(
        self, sender: Connection, path: Path, records: Sequence[Record], dictionary: bytes
    ) -> None:
        self._receiver.close()
        try:
            sender.send(number_texts(records[self.half :]))
            writer = ArrayWriter(path)
            put_other_arrays(writer, records, dictionary)
            writer.finish()
        except OSError:  # probably a full disk: the parent meets the same error and reports it
            sys.exit(1)

    def numbered_words(self) -> NumberedWords | None:
        """Receive the words of records[half:]. None if the process ended before it sent them."""
        try:
            words: NumberedWords = self._receiver.recv()
        except (EOFError, OSError):
            return None
        return words

    def wait(self) -> bool:
        """Wait until the process ends. Return whether its array file is complete."""
        self._receiver.close()  # otherwise a helper with unread words would never end
        self._process.join()
        return self._process.exitcode == 0


def number_texts(records: Sequence[Record]) -> NumberedWords:
    """Return the numbered words of each text column."""
    columns: NumberedWords = {}
    for name in TEXT_FIELDS:
        texts = [
            activity.text if name == "body" else str(activity.meta.get(name, ("",))[0])
            for activity, _ in records
        ]
        numbering = WordNumbering()
        columns[name] = number_words(texts, numbering), numbering.words
    return columns


def _concatenated(first: NumberedWords, second: NumberedWords) -> NumberedWords:
    """Append the numbered words of second, with the numbers that first gives to the same words."""
    columns: NumberedWords = {}
    for name, (numbers, words) in first.items():
        second_numbers, second_words = second[name]
        number_of = dict(zip(words, range(len(words)), strict=True))
        renumbered = np.fromiter(
            (number_of.setdefault(word, len(number_of)) for word in second_words),
            np.uint32,
            len(second_words),
        )
        all_numbers = np.concatenate((numbers, renumbered.take(second_numbers)))
        columns[name] = all_numbers, list(number_of)
    return columns


def put_other_arrays(writer: ArrayWriter, records: Sequence[Record], dictionary: bytes) -> None:
    """Write all arrays except the text columns."""
    activities = [activity for activity, _ in records]
    writer.put_strings("ids", (activity.id.encode() for activity in activities))
    writer.put_strings("digests", (activity.digest.encode() for activity in activities))
    indexed = np.fromiter((_timestamp(at) for _, at in records), np.int64, len(records))
    writer.put("indexed", indexed)
    for name in keyword_columns():
        rows = [activity.meta.get(name, ()) for activity in activities]
        _put_keyword_column(writer, name, rows)
    years = [activity.meta.get(RANGE_FIELD, ()) for activity in activities]
    put_sort_orders(
        writer,
        np.fromiter((int(max(y, default=UNDATED)) for y in years), np.int64, len(years)),
        np.fromiter((int(min(y, default=UNDATED)) for y in years), np.int64, len(years)),
    )
    _put_stored_texts(writer, [stored_text(activity) for activity in activities], dictionary)


def _timestamp(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp())


def _put_keyword_column(writer: ArrayWriter, name: str, rows: Sequence[tuple[Value, ...]]) -> None:
    """Write a keyword or integer column from the values of each document."""
    number_by_terms: dict[tuple[bytes, ...], int] = {}
    number_by_values: dict[tuple[Value, ...], int] = {}
    set_of_doc = np.empty(len(rows), np.int64)
    for doc, values in enumerate(rows):
        number = number_by_values.get(values)
        if number is None:
            terms = tuple(term(value).encode() for value in values) or (NOT_STATED.encode(),)
            number = number_by_terms.setdefault(terms, len(number_by_terms))
            number_by_values[values] = number
        set_of_doc[doc] = number
    put_value_sets(writer, name, list(number_by_terms), set_of_doc)


def put_value_sets(
    writer: ArrayWriter, name: str, sets: Sequence[tuple[bytes, ...]], set_of_doc: Array
) -> None:
    """Write a keyword or integer column from distinct sets of values and each document's set."""
    values = sorted({value for value_set in sets for value in value_set})
    value_number: Mapping[bytes, int] = dict(zip(values, range(len(values)), strict=True))
    several = [value_set for value_set in sets if len(value_set) > 1]
    set_numbers = range(len(values), len(values) + len(several))
    set_number = dict(zip(several, set_numbers, strict=True))
    stored_number = np.array(
        [value_number[s[0]] if len(s) == 1 else set_number[s] for s in sets], np.int64
    )
    members = [value_number[value] for value_set in several for value in value_set]
    starts = start_offsets(np.fromiter(map(len, several), np.int64, len(several)))
    of_doc = stored_number[set_of_doc].astype(smallest_uint(len(values) + len(several)))
    writer.put_strings(f"{name}.values", values)
    writer.put(f"{name}.sets.start", starts.astype(smallest_uint(starts[-1])))
    writer.put(f"{name}.sets.values", np.array(members, smallest_uint(len(values))))
    writer.put(f"{name}.set", of_doc)


def put_sort_orders(writer: ArrayWriter, last_years: Array, first_years: Array) -> None:
    """Write the orders newest and oldest from each document's last and first year, or UNDATED."""
    newest = np.where(last_years == UNDATED, AFTER_EVERY_YEAR, -last_years)
    oldest = np.where(first_years == UNDATED, AFTER_EVERY_YEAR, first_years)
    for name, key in (("newest", newest), ("oldest", oldest)):
        order = np.argsort(key, kind="stable")  # ties stay in the order of their ids
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        writer.put(name, order.astype(smallest_uint(len(order))))
        writer.put(f"{name}.rank", rank.astype(smallest_uint(len(order))))
        writer.put(f"{name}.key", key.astype(np.int32))


def compress(texts: Sequence[bytes], dictionary: bytes) -> list[bytes]:
    """Compress each text by itself, on all CPUs if there are many texts."""
    if not texts:
        return []
    dict_data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    compressor = zstandard.ZstdCompressor(COMPRESSION_LEVEL, dict_data=dict_data)
    if len(texts) < MIN_TEXTS_FOR_THREADS:
        return [compressor.compress(text) for text in texts]
    compressed = compressor.multi_compress_to_buffer(list(texts), threads=-1)
    return [compressed[n].tobytes() for n in range(len(compressed))]


def _put_stored_texts(writer: ArrayWriter, texts: Sequence[bytes], dictionary: bytes) -> None:
    """Write the stored texts, compressed. With an empty dictionary, one is trained."""
    dictionary = dictionary or train_dictionary(training_sample(texts))
    writer.put("text.dictionary", np.frombuffer(dictionary, np.uint8))
    writer.put_strings("text", compress(texts, dictionary))
