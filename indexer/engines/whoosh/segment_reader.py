"""One segment, opened: its columns, its dictionaries, its stored texts."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import zstandard

from indexer.clock import iso
from indexer.content.activity import Activity
from indexer.engines.whoosh.array_file import Array, ArrayFile, DamagedFile, smallest_uint
from indexer.engines.whoosh.columns import keyword_columns
from indexer.engines.whoosh.doc_ids import is_contiguous
from indexer.engines.whoosh.postings import group_keys, ranges, start_offsets
from indexer.engines.whoosh.segment_writer import STORED_FIELDS
from indexer.query.parser import MAX_TERMS
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS, Value
from indexer.text.analysis import terms

EXTENSION = ".arrays"
LETTERS = 40  # whose terms are kept at hand for near spellings
MANY = 1000  # deleted documents: reading more of them takes longer than looking at all postings
ROW = 8  # values: sets of at most so many are also kept as rows of one width, which are gathered at once
METAS = 10_000  # combinations of values kept at hand


class Postings(NamedTuple):
    """Documents, ascending, as narrow as they are kept; and how often a term stands in each."""

    docs: Array
    freqs: Array


class TextColumn:
    """The postings of a text column (postings.py says how they lie)."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self.lengths = file[f"{name}.lengths"]
        self._letters: dict[str, tuple[int, list[str], Array]] = {}
        self.filled = f"{name}.terms.start" in file
        if self.filled:
            self.terms, self.keys = file.strings(f"{name}.terms"), file.strings(f"{name}.stems")
            self.term_forms, self.form_group = (
                file[f"{name}.term.forms"],
                file[f"{name}.form.group"],
            )
            self.group_start, self.form_start = (
                file[f"{name}.group.start"],
                file[f"{name}.form.start"],
            )
            self.group_docs, self.group_freqs = (
                file[f"{name}.group.docs"],
                file[f"{name}.group.freqs"],
            )
            self.form_where, self.form_freqs = (
                file[f"{name}.form.where"],
                file[f"{name}.form.freqs"],
            )
            self.positions_start, self.positions = (
                file[f"{name}.positions.start"],
                file[f"{name}.positions"],
            )

    def forms(self, term: bytes) -> range:
        """The forms of an exact term: one for each language that has it."""
        at = self.terms.find(term) if self.filled else -1
        return (
            range(int(self.term_forms[at]), int(self.term_forms[at + 1])) if at >= 0 else range(0)
        )

    def forms_of(self, terms: Sequence[bytes]) -> tuple[Array, Array]:
        """The forms of exact terms: which of the terms, and the form, of each that there is."""
        numbers = np.array(self.terms.find_all(terms) if self.filled else (), np.intp)
        of_term = (numbers >= 0).nonzero()[0]
        numbers = numbers[of_term]
        start = self.term_forms[numbers].astype(np.intp) if len(numbers) else numbers
        counts = self.term_forms[numbers + 1] - start if len(numbers) else numbers
        if (counts == 1).all():  # as where all is in one language
            return of_term, start
        return of_term.repeat(counts), ranges(start, counts)

    def group(self, key: bytes) -> int:
        """The group of a stem, or -1."""
        return self.keys.find(key) if self.filled else -1

    def of_group(self, group: int) -> Postings:
        """The postings of a group."""
        low, high = int(self.group_start[group]), int(self.group_start[group + 1])
        return Postings(self.group_docs[low:high], self.group_freqs[low:high])

    def where(self, form: int) -> tuple[Array | None, Array]:
        """Which of its group's postings are a form's (None: all), and how often it stands in each."""
        low, high = int(self.form_start[form]), int(self.form_start[form + 1])
        if low == high:
            group = int(self.form_group[form])
            return None, self.group_freqs[
                int(self.group_start[group]) : int(self.group_start[group + 1])
            ]
        return self.form_where[low:high], self.form_freqs[low:high]

    def of_form(self, form: int) -> Postings:
        """The postings of a form."""
        where, freqs = self.where(form)
        group = int(self.form_group[form])
        docs = self.group_docs[int(self.group_start[group]) : int(self.group_start[group + 1])]
        return Postings(docs if where is None else docs.take(where), freqs)

    def places_of(self, forms: Array) -> tuple[Array, Array, Array]:
        """The postings of several forms, in their order: which of the forms, the place in group_docs, and
        the frequency of each."""
        low = self.form_start[forms].astype(np.int64)
        own = self.form_start[forms + 1] - low
        groups = self.form_group[forms]
        start = self.group_start[groups].astype(np.int64)
        counts = np.where(own > 0, own, self.group_start[groups.astype(np.intp) + 1] - start)
        form = np.arange(len(forms)).repeat(counts)
        at = ranges(start, counts)
        freqs = self.group_freqs.take(at)
        if own.any():
            explicit, listed = (own > 0).repeat(counts), ranges(low, own)
            at[explicit] = self.form_where[listed] + start.repeat(own)
            freqs[explicit] = self.form_freqs[listed]
        return form, at, freqs

    @cached_property
    def form_counts(self) -> Array:
        """In how many documents each form stands, deleted ones included."""
        own = np.diff(self.form_start.astype(np.int64))
        return np.where(own > 0, own, self.group_counts[self.form_group])

    @cached_property
    def group_counts(self) -> Array:
        """In how many documents each group stands, deleted ones included."""
        return np.diff(self.group_start.astype(np.int64))

    def dead(self, deleted: Array) -> tuple[Array, Array]:
        """Of each form and of each group, how many of the deleted documents have it: by one look at all postings."""
        if not len(deleted):
            return np.zeros(len(self.form_group), np.int64), np.zeros(len(self.keys), np.int64)
        hidden = np.zeros(len(self.lengths), bool)
        hidden[deleted] = True
        group = (
            np.searchsorted(self.group_start, hidden[self.group_docs].nonzero()[0], side="right")
            - 1
        )
        groups = np.bincount(group, minlength=len(self.keys))
        # Only a group with a deleted document has forms that lose one.
        touched = (groups[self.form_group] > 0).nonzero()[0]
        which, at, _ = self.places_of(touched)
        forms = np.bincount(
            touched[which[hidden[self.group_docs[at]]]], minlength=len(self.form_group)
        )
        return forms, groups

    def positions_of(self, form: int, freqs: Array, chosen: Array | None) -> Array:
        """The positions of a form in some of its postings (None: all), one posting behind the other; freqs are of all."""
        start = int(self.positions_start[form])
        if chosen is None:
            return self.positions[start : int(self.positions_start[form + 1])]
        counts = freqs.take(chosen).astype(np.intp)
        begins = freqs.cumsum(dtype=np.intp).take(chosen)
        begins -= counts
        begins += start
        # Mostly a word stands once in each.
        return self.positions.take(
            begins if np.add.reduce(counts) == len(counts) else ranges(begins, counts)
        )

    def beginning_with(self, letter: str) -> tuple[int, list[str], Array]:
        """The number of the first exact term that begins with a letter, all that do, and their lengths."""
        if (found := self._letters.get(letter)) is None:
            low, high = self.terms.prefix_range(letter.encode())
            words = [word.decode() for word in self.terms.slice(low, high)]
            if len(self._letters) >= LETTERS:
                self._letters.clear()
            found = self._letters[letter] = (
                low,
                words,
                np.fromiter(map(len, words), np.int64, len(words)),
            )
        return found

    @cached_property
    def begins(self) -> Array:
        """Where each text would begin if they lay one behind the other, with room for a phrase between."""
        found = start_offsets(self.lengths.astype(np.int64) + MAX_TERMS)
        # Narrow if twice each place still fits.
        return found[:-1].astype(np.uint32 if found[-1] + MAX_TERMS < 2**31 else np.int64)


class KeywordColumn:
    """The values of a keyword or integer field: each document has one of them, or one of the sets behind them."""

    def __init__(
        self, name: str, values: list[str], starts: Array, flat: Array, of_doc: Array
    ) -> None:
        """values: sorted. starts, flat: where in flat the values of each set begin, and the last one's end. of_doc: the
        number of the value that each document has, or len(values) and more for the sets."""
        self.values = values
        self.keys = [(value,) for value in values]
        self.number = dict(zip(values, range(len(values)), strict=True))
        self._start, self._flat = starts.astype(np.intp), flat.astype(np.intp)
        sizes = np.diff(self._start)
        self._owner = np.repeat(np.arange(len(sizes)), sizes)  # the set of each of _flat
        # The members of each set in a row, with a number that is no value behind them; None where rows are long.
        self._rows: Array | None = None
        if (widest := int(sizes.max(initial=0))) <= ROW:
            self._rows = np.full((len(sizes), widest), len(self.values))
            self._rows[self._owner, ranges(np.zeros(len(sizes), np.intp), sizes)] = self._flat
        self.sets = len(self.values) + len(self._start) - 1
        self.set = of_doc
        self._integer = FIELD[name].kind == "integer"
        # The values of an integer field, which come before NO_DOCS.
        self._integers = (
            [int(value) for value in self.values if value != NOT_STATED] if self._integer else []
        )
        self._stated: dict[int, tuple[Value, ...]] = {}
        self._with: dict[int, Array] = {}

    @classmethod
    def read(cls, file: ArrayFile, name: str) -> KeywordColumn:
        """The column of a segment."""
        values = [value.decode() for value in file.strings(f"{name}.values")]
        return cls(
            name,
            values,
            file[f"{name}.sets.start"],
            file[f"{name}.sets.values"],
            file[f"{name}.set"],
        )

    @classmethod
    def concatenate(
        cls, name: str, columns: Sequence[KeywordColumn], deleted: Array
    ) -> KeywordColumn:
        """The columns of segments, whose documents follow each other, as one in which the deleted documents have no
        value at all, and so are never matched or counted."""
        values = sorted({value for column in columns for value in column.values})
        number = dict(zip(values, range(len(values)), strict=True))
        without = len(values) + sum(
            len(column._start) - 1 for column in columns
        )  # the set that has no value, the last
        kind = smallest_uint(without)
        flat, sizes, of_doc = [np.zeros(0, kind)], [np.zeros(0, np.intp)], [np.zeros(0, kind)]
        behind = len(values)
        for column in columns:
            own = len(column.values)
            new = np.arange(behind - own, behind - own + column.sets, dtype=np.intp).astype(kind)
            new[:own] = [number[value] for value in column.values]
            behind += column.sets - own
            flat.append(new.take(column._flat))
            sizes.append(np.diff(column._start))
            of_doc.append(new.take(column.set))
        found = np.concatenate(of_doc)
        found[deleted] = without
        return cls(
            name,
            values,
            start_offsets(np.concatenate([*sizes, np.zeros(1, np.intp)])),
            np.concatenate(flat),
            found,
        )

    def members(self, number: int) -> list[int]:
        """The numbers of the values of a set, or of a value alone, in their order."""
        at = number - len(self.values)
        return [number] if at < 0 else self._flat[self._start[at] : self._start[at + 1]].tolist()

    def numbers(self, value: str) -> Sequence[int]:
        """The number of a value, alone, or nothing where no document ever had it."""
        return (self.number[value],) if value in self.number else ()

    def between(self, low: int | None, high: int | None) -> range:
        """The numbers of the whole numbers from low to high, both included; None is open."""
        known = self._integers
        return range(
            0 if low is None else bisect_left(known, low),
            len(known) if high is None else bisect_right(known, high),
        )

    def sets_with(self, values: Sequence[int]) -> Array:
        """The numbers, ascending, that documents with any of these values have."""
        if len(values) != 1:
            chosen = np.zeros(len(self.values), bool)
            chosen[list(values)] = True
            several = np.zeros(len(self._start) - 1, bool)
            several[self._owner[chosen[self._flat]]] = True
            return np.concatenate((chosen.nonzero()[0], several.nonzero()[0] + len(self.values)))
        (value,) = values
        if (found := self._with.get(value)) is None:
            several = self._owner[self._flat == value] + len(self.values)
            found = self._with[value] = np.concatenate((np.array([value]), several))
        return found

    def has(self, chosen: Array, numbers: Array) -> Array:
        """Of each of numbers, whether it is one of the chosen, as sets_with gives them."""
        kind = numbers.dtype.type
        first, last = kind(chosen[0]), kind(chosen[-1])
        if is_contiguous(chosen):  # as a range of years is: one comparison
            one: Array = numbers == first if first == last else numbers - first <= last - first
            return one
        table = np.zeros(self.sets, bool)
        table[chosen] = True
        any_of: Array = table.take(
            numbers, mode="clip"
        )  # which checks nothing: every number is below sets
        return any_of

    @cached_property
    def _by_number(self) -> tuple[Array, Array]:
        """The documents in the order of the numbers they have, and where those of each number begin."""
        starts = start_offsets(np.bincount(self.set, minlength=self.sets))
        return self.set.argsort(kind="stable").astype(smallest_uint(len(self.set))), starts

    def docs(self, chosen: Array) -> Array:
        """The documents, ascending, that have any of the chosen numbers, as sets_with gives them."""
        order, starts = self._by_number
        low = starts.take(chosen)
        found: Array = order.take(ranges(low, starts.take(chosen + 1) - low)).astype(np.intp)
        found.sort()
        return found

    def count(self, numbers: Array) -> Array:
        """How many of numbers have each value."""
        found = np.bincount(numbers, minlength=len(self.values))
        if len(found) == len(self.values):
            return found
        if len(numbers) < self.sets:
            behind = numbers[numbers >= len(self.values)].astype(np.intp) - len(self.values)
            if self._rows is not None:
                values = self._rows[behind].ravel()
            else:
                start = self._start[behind]
                values = self._flat[ranges(start, self._start[behind + 1] - start)]
            return (
                found[: len(self.values)]
                + np.bincount(values, minlength=len(self.values))[: len(self.values)]
            )
        of_set = np.zeros(len(self._start) - 1)
        of_set[: len(found) - len(self.values)] = found[len(self.values) :]
        values = np.bincount(self._flat, of_set[self._owner], len(self.values))
        return found[: len(self.values)] + values.astype(np.int64)

    def stated(self, number: int) -> tuple[Value, ...]:
        """The values of a set in their order; () where none is stated."""
        if (known := self._stated.get(number)) is None:
            known = self._stated[number] = self._read(number)
        return known

    def _read(self, number: int) -> tuple[Value, ...]:
        texts = [self.values[value] for value in self.members(number)]
        return (
            ()
            if texts == [NOT_STATED]
            else tuple(int(text) if self._integer else text for text in texts)
        )


class SegmentReader:
    """A segment's file, verified and mapped. Raises arrays.Damaged where it is not what was written."""

    def __init__(self, path: Path) -> None:
        self.file = file = ArrayFile(path)
        if file.facts["segment"] != path.stem:
            raise DamagedFile(f"{path} is another segment's file")
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
        self._dead: dict[str, tuple[frozenset[int], Array, Array]] = {}
        self._threads = threading.local()
        self._indexed = memoryview(file["indexed"].data)
        # The columns in which documents differ, as memoryviews: they are quicker than arrays for one document.
        self._varied = [name for name, column in self.columns.items() if column.sets > 1]
        self._sets = [memoryview(self.columns[name].set.data) for name in self._varied]
        self._metas: dict[
            tuple[int, ...], dict[str, tuple[Value, ...]]
        ] = {}  # by the sets of a document

    def doc(self, id: str) -> int:
        """The document with an id, or -1; deleted ones included."""
        return self.ids.find(id.encode())

    def raw_text(self, doc: int) -> bytes:
        """The stored text of a document, decompressed."""
        try:
            decompressor = self._threads.decompressor
        except AttributeError:
            # One a thread: a decompressor keeps state while it works.
            decompressor = self._threads.decompressor = zstandard.ZstdDecompressor(
                dict_data=self._zstd
            )
        found: bytes = decompressor.decompress(self.text[doc])
        return found

    def dead(self, name: str, deleted: Array) -> tuple[Array, Array]:
        """Of each form and each group of a text column, how many of the deleted documents have it.

        Deletions are added up from one generation to the next, each by reading what the document says.
        """
        text = self.texts[name]
        gone = frozenset(deleted.tolist())
        known, forms, groups = self._dead.get(name, (frozenset(), None, None))
        if forms is None or groups is None or not known <= gone or len(gone) - len(known) > MANY:
            forms, groups = text.dead(deleted) if len(gone) > MANY else text.dead(deleted[:0])
            known = gone if len(gone) > MANY else frozenset()
        if known != gone:
            forms, groups = forms.copy(), groups.copy()
            for doc in gone - known:
                own = self._forms_of(name, doc)
                forms[own] += 1
                groups[np.unique(text.form_group[own])] += 1
        self._dead[name] = gone, forms, groups
        return forms, groups

    def _forms_of(self, name: str, doc: int) -> list[int]:
        """The forms that stand in a text column of a document."""
        stored = self.stored(doc)
        text = self.texts[name]
        words = dict.fromkeys(
            terms(stored.text if name == "body" else str(stored.meta.get(name, ("",))[0]))
        )
        found = []
        for word, key in zip(
            words, group_keys([word.encode() for word in words], stored.language), strict=True
        ):
            group = text.group(key)
            found += [form for form in text.forms(word.encode()) if text.form_group[form] == group]
        return found

    def stored(self, doc: int) -> Activity:
        """A document as it is kept."""
        *kept, body, text = self.raw_text(doc).decode().split("\0")
        key = tuple([sets[doc] for sets in self._sets])
        if (meta := self._metas.get(key)) is None:
            if len(self._metas) >= METAS:
                self._metas.clear()
            numbers = dict(zip(self._varied, key, strict=True))
            stated = {
                name: column.stated(numbers.get(name, 0)) for name, column in self.columns.items()
            }
            meta = {name: values for name, values in stated.items() if values}
            self._metas[key] = meta
        if any(kept):
            meta = meta | {
                name: (text,) for name, text in zip(STORED_FIELDS, kept, strict=True) if text
            }
        return Activity(
            self.ids[doc].decode(),
            self.digests[doc].decode(),
            body,
            str(meta["language"][0]),
            meta,
            text or body,
            iso(self._indexed[doc]),
        )
