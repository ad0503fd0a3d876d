"""A Whoosh codec for array segments, so that Whoosh's own Searcher can open an index.

Only Whoosh uses these readers. This program searches with scorers.py and snapshot.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Codec, FieldCursor, PerDocumentReader, TermsReader
from whoosh.codec.base import Segment as BaseSegment
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.columns import COLUMNS
from indexer.engines.whoosh.segment_reader import EXTENSION, SegmentReader
from indexer.engines.whoosh.text_column import TextColumn
from indexer.query.plan import ID_COLUMN


class ArraySegment(BaseSegment):  # type: ignore[misc]
    """A segment's entry in the table of contents, which also lists its deleted documents.

    Tables of contents contain pickles of this class: its module, name and attributes are part of
    the index format.
    """

    def __init__(
        self, indexname: str, count: int, segid: str = "", deleted: Iterable[int] = ()
    ) -> None:
        self.indexname = indexname
        # Whoosh's own ids come from `random`, and repeat if that was seeded.
        self.segid = segid or secrets.token_hex(8)
        self.compound = False
        self._count = count
        self._deleted: set[int] = set(deleted)

    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    def filename(self) -> str:
        """Return the name of the segment's only file."""
        return str(self.make_filename(EXTENSION))

    def without(self, docs: Iterable[int]) -> ArraySegment:
        """Return the same segment with more documents deleted."""
        return ArraySegment(self.indexname, self._count, self.segid, self._deleted.union(docs))

    def doc_count_all(self) -> int:
        return self._count

    def set_doc_count(self, doccount: int) -> None:
        self._count = doccount

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> set[int]:
        return self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        (self._deleted.add if delete else self._deleted.discard)(docnum)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def should_assemble(self) -> bool:
        return False


class ArrayCodec(Codec):  # type: ignore[misc]
    """Opens array segments for Whoosh. Only segment_writer.py and merge.py write them."""

    length_stats = False

    def terms_reader(self, storage: FileStorage, segment: ArraySegment) -> SegmentTermsReader:
        return SegmentTermsReader(SegmentReader(Path(storage.folder, segment.filename())))

    def per_document_reader(
        self, storage: FileStorage, segment: ArraySegment
    ) -> SegmentDocumentReader:
        path = Path(storage.folder, segment.filename())
        return SegmentDocumentReader(SegmentReader(path), segment)


def _text_column(segment: SegmentReader, fieldname: str) -> TextColumn | None:
    """Return the text column of a Whoosh field; None for a keyword or integer field."""
    column = COLUMNS.get(fieldname)
    return segment.texts[column.field] if column and column.stream != "value" else None


class SegmentTermsReader(TermsReader):  # type: ignore[misc]
    """The inverted index of a segment: text columns, keyword columns and ids."""

    def __init__(self, segment: SegmentReader) -> None:
        self._segment = segment

    def indexed_field_names(self) -> list[str]:
        return sorted(COLUMNS)

    def _terms_of(self, field: str) -> list[bytes]:
        """Return the terms of a field, sorted."""
        column = COLUMNS[field]
        if column == ID_COLUMN:
            return list(self._segment.ids)
        if column.stream == "value":
            return [value.encode() for value in self._segment.columns[field].values]
        text = self._segment.texts[column.field]
        if not text.has_terms:
            return []
        if column.stream == "exact":
            return list(text.terms)
        return list(text.keys)

    def _postings(self, field: str, term: bytes) -> tuple[Array, Array]:
        """Return the documents and frequencies of a term, both empty if it does not occur."""
        column = COLUMNS[field]
        empty = (np.zeros(0, np.intp), np.zeros(0, np.int64))
        if column == ID_COLUMN:
            doc = self._segment.ids.find(term)
            return (np.array([doc]), np.array([1])) if doc >= 0 else empty
        if column.stream == "value":
            values = self._segment.columns[field]
            if (number := values.value_numbers.get(term.decode(), -1)) < 0:
                return empty
            docs = values.docs(values.sets_with([number]))
            return docs, np.ones(len(docs), np.int64)
        text = self._segment.texts[column.field]
        if column.stream == "exact":
            if not (forms := text.find_forms(term)):
                return empty
            _, places, freqs = text.postings_of_forms(np.array(forms))
            docs = text.group_docs[places].astype(np.intp)
            order = np.argsort(docs)
            return docs[order], freqs[order]
        if not (groups := text.find_groups(term)):
            return empty
        postings = text.group_postings(groups[0])
        return postings.docs, postings.freqs

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return len(self._postings(*term)[0]) > 0

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor:
        return TermCursor(self._terms_of(fieldname), fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for field in self.indexed_field_names():
            for text in self._terms_of(field):
                yield field, text

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        return (term for term in self.terms() if term >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        docs, freqs = self._postings(fieldname, text)
        if not len(docs):
            raise TermNotFound(f"{fieldname}:{text!r}")
        lengths = self._lengths(fieldname, docs)
        return TermInfo(
            weight=float(freqs.sum()),
            df=len(docs),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(freqs.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def _lengths(self, fieldname: str, docs: Array) -> Array:
        text = _text_column(self._segment, fieldname)
        return np.ones(len(docs), np.int64) if text is None else text.lengths[docs]

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        docs, freqs = self._postings(fieldname, text)
        if not len(docs):
            raise TermNotFound(f"{fieldname}:{text!r}")
        values = None
        column = COLUMNS[fieldname]
        if column.stream == "exact":
            values = [
                format_.encode(positions) for positions in self._positions(column.field, text, docs)
            ]
        return ListMatcher(
            docs.tolist(),
            [float(freq) for freq in freqs.tolist()],
            values=values,
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _positions(self, name: str, term: bytes, docs: Array) -> list[list[int]]:
        text = self._segment.texts[name]
        positions: dict[int, list[int]] = {doc: [] for doc in docs.tolist()}
        for form in text.find_forms(term):
            postings = text.form_postings(form)
            owners = np.repeat(postings.docs, postings.freqs).tolist()
            form_positions = text.positions_of(form, postings.freqs, None).tolist()
            for doc, position in zip(owners, form_positions, strict=True):
                positions[doc].append(position)
        return list(positions.values())


class TermCursor(FieldCursor):  # type: ignore[misc]
    """A position in the sorted terms of a field."""

    def __init__(self, terms: list[bytes], fieldobj: Any) -> None:
        self._terms, self._from_bytes, self._at = terms, fieldobj.from_bytes, 0

    def is_valid(self) -> bool:
        return self._at < len(self._terms)

    def first(self) -> Any:
        self._at = 0
        return self.text()

    def find(self, string: Any) -> Any:
        target = string if isinstance(string, bytes) else string.encode()
        matches = (n for n, term in enumerate(self._terms) if term >= target)
        self._at = next(matches, len(self._terms))
        return self.text()

    def next(self) -> Any:
        self._at += 1
        return self.text()

    def text(self) -> Any:
        return self._from_bytes(self._terms[self._at]) if self.is_valid() else None

    def term_info(self) -> Any:
        raise NotImplementedError("use SegmentTermsReader.term_info()")


class SegmentDocumentReader(PerDocumentReader):  # type: ignore[misc]
    """The lengths, deletions and stored fields of a segment's documents."""

    def __init__(self, segment: SegmentReader, info: ArraySegment) -> None:
        self._segment, self._info = segment, info

    def doc_count(self) -> int:
        return int(self._info.doc_count())

    def doc_count_all(self) -> int:
        return self._info.doc_count_all()

    def has_deletions(self) -> bool:
        return bool(self._info.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return self._info.is_deleted(docnum)

    def deleted_docs(self) -> set[int]:
        return self._info.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        text = _text_column(self._segment, fieldname)
        return 1 if text is None else int(text.lengths[docnum])

    def _lengths(self, fieldname: str) -> Array:
        text = _text_column(self._segment, fieldname)
        return np.ones(self._segment.count, np.int64) if text is None else text.lengths

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        activity = self._segment.stored(docnum)
        return {
            "id": activity.id,
            "digest": activity.digest,
            "body": activity.body,
            "indexed_at": activity.indexed_at,
            **{name: list(values) for name, values in activity.meta.items()},
        }
