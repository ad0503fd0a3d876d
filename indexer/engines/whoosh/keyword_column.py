"""Reads a keyword or integer column: the values of each document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from indexer.engines.whoosh.array_file import Array, ArrayFile, smallest_uint
from indexer.engines.whoosh.doc_ids import is_contiguous
from indexer.engines.whoosh.postings import ranges, start_offsets
from indexer.schema import FIELD, NOT_STATED, Value

MAX_ROW_LENGTH = 8  # values; larger sets are not kept as rows of equal width
# Documents for each set from which counting the documents of each set first is faster.
SETS_RATIO = 3


class KeywordColumn:
    """The values of a keyword or integer field.

    Each document has one set number. A number below len(values) is the set of that single value;
    higher numbers are sets of several values, or of none.
    """

    def __init__(
        self, name: str, values: list[str], starts: Array, flat: Array, doc_sets: Array
    ) -> None:
        """Create a column from the arrays of a file.

        values: all values, sorted.
        starts, flat: the start of each multi-value set in flat, plus the end of the last one; flat
        has numbers of values.
        doc_sets: the set number of each document.
        """
        self.name, self.values = name, values
        self.count_keys = [(value,) for value in values]  # keys of Matches.counts
        self.value_numbers = dict(zip(values, range(len(values)), strict=True))
        self.set_start, self.set_members = starts.astype(np.intp), flat.astype(np.intp)
        sizes = np.diff(self.set_start)
        self._owner = np.repeat(np.arange(len(sizes)), sizes)  # the set of each item of set_members
        # The members of each set as a row, padded with len(values); None if a set is too large.
        self._rows: Array | None = None
        if (width := int(sizes.max(initial=0))) <= MAX_ROW_LENGTH:
            self._rows = np.full((len(sizes), width), len(self.values))
            self._rows[self._owner, ranges(np.zeros(len(sizes), np.intp), sizes)] = self.set_members
        self.set_count = len(self.values) + len(self.set_start) - 1
        self.doc_sets = doc_sets
        self._is_integer = FIELD[name].kind == "integer"
        # The values of an integer field. NOT_STATED sorts after them.
        self._integers = (
            [int(value) for value in self.values if value != NOT_STATED] if self._is_integer else []
        )
        self._stated: dict[int, tuple[Value, ...]] = {}
        self._sets_with: dict[int, Array] = {}

    @classmethod
    def read(cls, file: ArrayFile, name: str) -> KeywordColumn:
        """Return the column of a segment."""
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
        """Concatenate the columns of segments.

        Deleted documents get an empty set, so that they are never matched or counted.
        """
        values = sorted({value for column in columns for value in column.values})
        number = dict(zip(values, range(len(values)), strict=True))
        empty_set = len(values) + sum(
            len(column.set_start) - 1 for column in columns
        )  # the last set
        dtype = smallest_uint(empty_set)
        flat, sizes, doc_sets = [np.zeros(0, dtype)], [np.zeros(0, np.intp)], [np.zeros(0, dtype)]
        next_set = len(values)
        for column in columns:
            own = len(column.values)
            new = np.arange(next_set - own, next_set - own + column.set_count, dtype=np.intp)
            new = new.astype(dtype)
            new[:own] = [number[value] for value in column.values]
            next_set += column.set_count - own
            flat.append(new.take(column.set_members))
            sizes.append(np.diff(column.set_start))
            doc_sets.append(new.take(column.doc_sets))
        all_doc_sets = np.concatenate(doc_sets)
        all_doc_sets[deleted] = empty_set
        starts = start_offsets(np.concatenate([*sizes, np.zeros(1, np.intp)]))
        return cls(name, values, starts, np.concatenate(flat), all_doc_sets)

    def members(self, set_number: int) -> list[int]:
        """Return the numbers of the values in a set, in their stored order."""
        at = set_number - len(self.values)
        if at < 0:
            return [set_number]
        members: list[int] = self.set_members[self.set_start[at] : self.set_start[at + 1]].tolist()
        return members

    def find(self, value: str) -> Sequence[int]:
        """Return the number of a value in a tuple; () if no document ever had it."""
        return (self.value_numbers[value],) if value in self.value_numbers else ()

    def between(self, low: int | None, high: int | None) -> range:
        """Return the numbers of the integers from low to high, both inclusive; None is open."""
        return range(
            0 if low is None else bisect_left(self._integers, low),
            len(self._integers) if high is None else bisect_right(self._integers, high),
        )

    def sets_with(self, values: Sequence[int]) -> Array:
        """Return the numbers of the sets that contain any of these values, ascending."""
        if len(values) != 1:
            is_chosen = np.zeros(len(self.values), bool)
            is_chosen[list(values)] = True
            has_chosen = np.zeros(len(self.set_start) - 1, bool)
            has_chosen[self._owner[is_chosen[self.set_members]]] = True
            several = has_chosen.nonzero()[0] + len(self.values)
            return np.concatenate((is_chosen.nonzero()[0], several))
        (value,) = values
        if (sets := self._sets_with.get(value)) is None:
            several = self._owner[self.set_members == value] + len(self.values)
            sets = self._sets_with[value] = np.concatenate((np.array([value]), several))
        return sets

    def mask(self, sets: Array, doc_sets: Array) -> Array:
        """Return a mask over doc_sets: True where the set number is in sets (ascending)."""
        dtype = doc_sets.dtype.type
        first, last = dtype(sets[0]), dtype(sets[-1])
        if is_contiguous(sets):  # a range of years, for example: one comparison
            in_range: Array = (
                doc_sets == first if first == last else doc_sets - first <= last - first
            )
            return in_range
        table = np.zeros(self.set_count, bool)
        table[sets] = True
        # mode="clip" skips the bounds check: every set number is below set_count.
        mask: Array = table.take(doc_sets, mode="clip")
        return mask

    @cached_property
    def _docs_by_set(self) -> tuple[Array, Array]:
        """The documents sorted by set number, and the start of each set number among them."""
        starts = start_offsets(np.bincount(self.doc_sets, minlength=self.set_count))
        order = self.doc_sets.argsort(kind="stable").astype(smallest_uint(len(self.doc_sets)))
        return order, starts

    def docs(self, sets: Array) -> Array:
        """Return the documents with any of these set numbers, ascending."""
        order, starts = self._docs_by_set
        low = starts.take(sets)
        docs: Array = order.take(ranges(low, starts.take(sets + 1) - low)).astype(np.intp)
        docs.sort()
        return docs

    def count(self, doc_sets: Array) -> Array:
        """Return how many of doc_sets contain each value."""
        value_count = len(self.values)
        counts = np.bincount(doc_sets, minlength=value_count)
        if len(counts) == value_count:
            return counts
        if len(doc_sets) < SETS_RATIO * self.set_count:
            several = doc_sets[doc_sets >= value_count].astype(np.intp) - value_count
            if self._rows is not None:
                values = self._rows[several].ravel()
            else:
                start = self.set_start[several]
                values = self.set_members[ranges(start, self.set_start[several + 1] - start)]
            # The slice drops the padding of the rows.
            return counts[:value_count] + np.bincount(values, minlength=value_count)[:value_count]
        per_set = np.zeros(len(self.set_start) - 1)
        per_set[: len(counts) - value_count] = counts[value_count:]
        values = np.bincount(self.set_members, per_set[self._owner], value_count)
        return counts[:value_count] + values.astype(np.int64)

    def stated(self, set_number: int) -> tuple[Value, ...]:
        """Return the values of a set in their stored order; () for NOT_STATED."""
        if (values := self._stated.get(set_number)) is None:
            values = self._stated[set_number] = self._read_values(set_number)
        return values

    def _read_values(self, set_number: int) -> tuple[Value, ...]:
        texts = [self.values[number] for number in self.members(set_number)]
        if texts == [NOT_STATED]:
            return ()
        return tuple(int(text) if self._is_integer else text for text in texts)
