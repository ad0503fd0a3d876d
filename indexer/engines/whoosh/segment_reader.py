"""Reads one segment file: its columns and its stored activities."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import zstandard

from indexer.clock import iso
from indexer.content.activity import Activity
from indexer.content.evidence import decode as decode_evidence
from indexer.engines.whoosh.array_file import Array, ArrayFile, DamagedFile
from indexer.engines.whoosh.columns import keyword_columns
from indexer.engines.whoosh.id_hashes import IdHashes
from indexer.engines.whoosh.keyword_column import KeywordColumn
from indexer.engines.whoosh.segment_writer import STORED_FIELDS
from indexer.engines.whoosh.text_column import TextColumn
from indexer.schema import TEXT_FIELDS, Value
from indexer.text.analysis import fold, one_spelling, stems, words

EXTENSION = ".arrays"
# New deletions that are counted by reading their texts. Above, one pass over all postings is
# faster.
MAX_DELETIONS_READ = 1000
MAX_CACHED_METAS = 10_000  # combinations of keyword values

_STORED_COUNT = len(STORED_FIELDS)
# Faster than Activity(), which a page of results calls for each hit.
_new_activity: Callable[[type[Activity], tuple[object, ...]], Activity] = tuple.__new__


class SegmentReader:
    """A segment file, verified and memory-mapped.

    Raises DamagedFile if the file was changed or belongs to another segment.
    """

    def __init__(self, path: Path) -> None:
        self.file = ArrayFile(path)
        if self.file.facts.get("segment") != path.stem:
            raise DamagedFile(f"{path} is the file of another segment")
        try:
            self._read_columns(self.file)
        except (LookupError, TypeError, ValueError, zstandard.ZstdError) as error:
            raise DamagedFile(f"{path} lacks a part of a segment ({error})") from None

    def _read_columns(self, file: ArrayFile) -> None:
        self.count = int(file.facts["documents"])
        self.ids, self.digests = file.strings("ids"), file.strings("digests")
        self.texts: Mapping[str, TextColumn] = {
            name: TextColumn(file, name) for name in TEXT_FIELDS
        }
        self.columns: Mapping[str, KeywordColumn] = {
            name: KeywordColumn.read(file, name) for name in keyword_columns()
        }
        self.text = file.strings("text")
        self.dictionary = file["text.dictionary"].tobytes()
        self._zstd = zstandard.ZstdCompressionDict(self.dictionary) if self.dictionary else None
        self._deletion_counts: dict[str, tuple[frozenset[int], Array, Array]] = {}  # by column
        self._threads = threading.local()
        self._indexed = memoryview(file["indexed"].data)
        # The columns in which documents differ, as memoryviews: these are faster than arrays for a
        # single document.
        self._varied = [column for column in self.columns.values() if column.set_count > 1]
        self._sets = [memoryview(column.doc_sets.data) for column in self._varied]
        # The keyword values of document 0. In all other columns, all documents have these values.
        self._common = {name: column.stated(0) for name, column in self.columns.items()}
        # Cached keyword values, by the set numbers of a document in the varied columns.
        self._metas: dict[tuple[int, ...], dict[str, tuple[Value, ...]]] = {}

    @cached_property
    def id_hashes(self) -> IdHashes:
        """The hashes of the ids of all documents, deleted ones included."""
        return IdHashes(self.ids)

    def doc(self, id: str) -> int:
        """Return the number of the document with an id, also if it is deleted; -1 if missing."""
        return self.ids.find(id.encode())

    def raw_text(self, doc: int) -> bytes:
        """Return the stored text of a document, decompressed."""
        try:
            decompressor = self._threads.decompressor
        except AttributeError:
            # One per thread: a decompressor keeps state while it works.
            decompressor = self._threads.decompressor = zstandard.ZstdDecompressor(
                dict_data=self._zstd
            )
        text: bytes = decompressor.decompress(self.text[doc])
        return text

    def count_deleted(self, name: str, deleted: Array) -> tuple[Array, Array]:
        """Return the number of deleted documents with each form and group of a text column.

        Counts are updated from one generation to the next by reading the newly deleted documents.
        """
        text = self.texts[name]
        now = frozenset(deleted.tolist())
        before, forms, groups = self._deletion_counts.get(name, (frozenset(), None, None))
        count_all = len(now) > MAX_DELETIONS_READ
        if (
            forms is None
            or groups is None
            or not before <= now
            or len(now) - len(before) > MAX_DELETIONS_READ
        ):
            forms, groups = text.count_deleted(deleted if count_all else deleted[:0])
            before = now if count_all else frozenset()
        if before != now:
            forms, groups = forms.copy(), groups.copy()
            for doc in now - before:
                doc_forms = self._forms_of_doc(name, doc)
                forms[doc_forms] += 1
                groups[np.unique(text.form_group[doc_forms])] += 1
        self._deletion_counts[name] = now, forms, groups
        return forms, groups

    def _forms_of_doc(self, name: str, doc: int) -> list[int]:
        """Return the forms that occur in a text column of a document."""
        stored = self.stored(doc)
        text = self.texts[name]
        content = stored.text if name == "body" else str(stored.meta.get(name, ("",))[0])
        distinct = list(dict.fromkeys(one_spelling(words(content))))
        doc_forms = []
        for word, stem in zip(distinct, stems(distinct, stored.language), strict=True):
            groups = text.find_groups(stem.encode())
            forms = text.find_forms(fold(word).encode())
            doc_forms += [form for form in forms if text.form_group[form] in groups]
        return doc_forms

    def stored(self, doc: int) -> Activity:
        """Return the activity of a document."""
        parts = self.raw_text(doc).decode().split("\0")
        meta = self._meta(tuple([sets[doc] for sets in self._sets]))
        if any(fields := parts[:_STORED_COUNT]):
            meta = meta | {
                name: (value,) for name, value in zip(STORED_FIELDS, fields, strict=True) if value
            }
        body = parts[_STORED_COUNT]
        values = (
            self.ids.text(doc),
            self.digests.text(doc),
            body,
            str(meta["language"][0]),
            meta,
            parts[_STORED_COUNT + 1] or body,
            iso(self._indexed[doc]),
            # An earlier release stored none.
            decode_evidence(*evidence) if any(evidence := parts[_STORED_COUNT + 2 :]) else (),
        )
        return _new_activity(Activity, values)

    def _meta(self, set_numbers: tuple[int, ...]) -> dict[str, tuple[Value, ...]]:
        """Return the keyword values of documents with these set numbers in the varied columns."""
        if (meta := self._metas.get(set_numbers)) is None:
            stated = self._common.copy()
            for column, number in zip(self._varied, set_numbers, strict=True):
                stated[column.name] = column.stated(number)
            meta = {name: values for name, values in stated.items() if values}
            if len(self._metas) >= MAX_CACHED_METAS:
                self._metas.clear()
            self._metas[set_numbers] = meta
        return meta
