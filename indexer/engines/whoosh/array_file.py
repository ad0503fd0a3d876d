"""A file of named arrays: written once, in order, then memory-mapped and never changed.

    array | array | … | contents (JSON) | length of the contents, their CRC-32, MAGIC

Arrays begin at multiples of 64 bytes and are in the machine's byte order, which MAGIC states
(little-endian on every machine that this program runs on). The contents list the type, size,
offset and CRC-32 of each array. The CRC-32 also covers the padding before the array, so that a
truncated or altered file is detected when it is opened.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.directory import open_regular_file

MAGIC = b"ACTSEG02" if sys.byteorder == "little" else b"20GESTCA"
ALIGNMENT = 64  # bytes
SPARSE_INDEX_SIZE = 4096  # strings kept in memory to narrow a binary search
_TRAILER = struct.Struct("<QI8s")

Array = NDArray[Any]


class DamagedFile(ValueError):
    """A file whose content differs from the checksum. The message names the file."""


def smallest_uint(largest: int) -> np.dtype[Any]:
    """Return the narrowest unsigned type for whole numbers from 0 to largest."""
    return np.min_scalar_type(max(int(largest), 0))


class ArrayWriter:
    """Writes an array file. The file is valid only after finish()."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._contents: dict[str, tuple[str, int, int, int]] = {}  # type, size, offset, CRC-32

    def put(self, name: str, array: Array) -> None:
        """Write an array."""
        self.put_pieces(name, array.dtype, (array,))

    def put_pieces(self, name: str, dtype: np.dtype[Any] | type, pieces: Iterable[Array]) -> None:
        """Write the concatenation of pieces as one array, one piece in memory at a time."""
        padding = bytes(-self._file.tell() % ALIGNMENT)
        self._file.write(padding)
        start, crc, size = self._file.tell(), zlib.crc32(padding), 0
        dtype = np.dtype(dtype)
        for piece in pieces:
            data = np.ascontiguousarray(piece, dtype).view(np.uint8).data
            crc = zlib.crc32(data, crc)
            self._file.write(data)
            size += len(piece)
        self._contents[name] = (dtype.str, size, start, crc)

    def put_strings(self, name: str, strings: Iterable[bytes]) -> None:
        """Write byte strings: their concatenation, and the offset of each."""
        strings = list(strings)
        starts = np.zeros(len(strings) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)), out=starts[1:])
        self.put(f"{name}.heap", np.frombuffer(b"".join(strings), np.uint8))
        self.put(f"{name}.start", starts.astype(smallest_uint(starts[-1])))

    def copy_arrays(self, file: ArrayFile) -> None:
        """Write all arrays of another file."""
        for name in sorted(file.names()):
            self.put(name, file[name])

    def finish(self, **facts: Any) -> None:
        """Write the contents and the facts (JSON values), and sync the file to disk."""
        contents = json.dumps({"arrays": self._contents, "facts": facts}).encode()
        self._file.write(contents + _TRAILER.pack(len(contents), zlib.crc32(contents), MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Close and remove the unfinished file."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class ArrayFile:
    """The arrays of a finished file, mapped read-only. Processes that map it share the memory."""

    def __init__(self, path: Path) -> None:
        """Map and verify the whole file.

        Raises DamagedFile if a checksum differs, IndexDamaged if it is a folder or a pipe, and
        OSError if the file cannot be mapped.
        """
        self.path = path
        with open_regular_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size < _TRAILER.size:
                raise DamagedFile(f"{path} is truncated")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        length, crc, magic = _TRAILER.unpack(self._map[-_TRAILER.size :])
        if magic != MAGIC or length > size - _TRAILER.size:
            raise DamagedFile(f"{path} is truncated, or not a segment of this release")
        contents = self._map[size - _TRAILER.size - length : size - _TRAILER.size]
        if zlib.crc32(contents) != crc:
            raise DamagedFile(f"{path} is damaged in its table of contents")
        fields = json.loads(contents)
        self.facts: dict[str, Any] = fields["facts"]  # the arguments of ArrayWriter.finish()
        self._arrays: dict[str, Array] = {}
        data, previous_end = memoryview(self._map), 0
        for name, (dtype, count, start, array_crc) in fields["arrays"].items():
            array = np.frombuffer(self._map, np.dtype(dtype), count, start)
            end = start + array.nbytes
            if zlib.crc32(data[previous_end:end]) != array_crc:
                raise DamagedFile(f"{path} is damaged in {name}")
            previous_end = end
            self._arrays[name] = array

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def names(self) -> set[str]:
        """Return the names of the arrays."""
        return set(self._arrays)

    def strings(self, name: str) -> ByteStrings:
        """Return the byte strings that put_strings() wrote under a name."""
        return ByteStrings(self[f"{name}.heap"], self[f"{name}.start"])


class ByteStrings:
    """A sequence of byte strings in one array. The lookups require strings in ascending order."""

    __slots__ = (
        "_count",
        "_hash_table",
        "_heap",
        "_number_of",
        "_sparse_index",
        "_starts",
        "_step",
        "starts",
    )

    def __init__(self, heap: Array, starts: Array) -> None:
        self.starts = starts
        self._heap, self._starts = memoryview(heap.data).cast("B"), memoryview(starts.data)
        self._count = len(self._starts) - 1
        self._sparse_index: list[bytes] = []  # every _step-th string; filled by the first lookup
        self._step = max(16, len(self) // SPARSE_INDEX_SIZE)
        self._hash_table: _HashTable | None = None  # built by the first find()
        self._number_of: dict[bytes, int] = {}  # of the strings of the last get_many()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._heap[self._starts[number] : self._starts[number + 1]])

    def text(self, number: int) -> str:
        """Return a string, decoded."""
        return str(self._heap[self._starts[number] : self._starts[number + 1]], "utf-8")

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.slice(0, len(self)))

    def slice(self, first: int, last: int) -> list[bytes]:
        """Return the strings from first up to last, excluding last."""
        bounds = self.starts[first : last + 1].tolist()
        heap = bytes(self._heap[bounds[0] : bounds[-1]]) if len(bounds) > 1 else b""
        if bounds and bounds[0]:
            offset = bounds[0]
            bounds = [bound - offset for bound in bounds]
        return [heap[low:high] for low, high in pairwise(bounds)]

    def _sparse(self) -> list[bytes]:
        """Return every _step-th string."""
        if not self._sparse_index:
            self._sparse_index = [self[number] for number in range(0, self._count, self._step)]
        return self._sparse_index

    def lower_bound(self, text: bytes) -> int:
        """Return the number of the first string that is not less than text."""
        high = min(bisect_left(self._sparse(), text) * self._step, self._count)
        low = max(high - self._step, 0)
        heap, starts = self._heap, self._starts
        while low < high:
            middle = (low + high) >> 1
            # A memoryview supports no ordering, hence bytes.
            if bytes(heap[starts[middle] : starts[middle + 1]]) < text:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, text: bytes) -> int:
        """Return the number of a string, or -1."""
        if (table := self._hash_table) is None:
            table = self._hash_table = _build_hash_table(self)
        mask, group_start, numbers = table
        group = zlib.crc32(text) & mask
        for at in range(group_start[group], group_start[group + 1]):
            number: int = numbers[at]
            if self[number] == text:
                return number
        return -1

    def find_all(self, texts: Iterable[bytes]) -> Sequence[int]:
        """Return the numbers of strings, -1 for a missing one.

        Strings of the last get_many() are not searched for again.
        """
        cache = self._number_of
        return [self.find(text) if (n := cache.get(text)) is None else n for text in texts]

    def get_many(self, numbers: Sequence[int]) -> Sequence[bytes]:
        """Return the strings with these numbers, and cache the numbers for find_all()."""
        strings = [self[number] for number in numbers]
        if len(self._number_of) >= 4 * SPARSE_INDEX_SIZE:
            self._number_of.clear()
        self._number_of.update(zip(strings, numbers, strict=True))
        return strings

    def prefix_range(self, prefix: bytes) -> tuple[int, int]:
        """Return the numbers of the first string with a prefix and of the first after those."""
        low = self.lower_bound(prefix)
        # UTF-8 text contains no 0xff, so every string with the prefix is below prefix + 0xff.
        return low, self.lower_bound(prefix + b"\xff") if prefix else len(self)


class _HashTable(NamedTuple):
    """The numbers of byte strings, grouped by their CRC-32 modulo the number of groups.

    There is about one group for each string, so that a missing string is compared with few others.
    """

    mask: int  # number of groups - 1, where the number is a power of two
    group_start: memoryview  # the start of each group in numbers, and the end of the last one
    numbers: memoryview


def _build_hash_table(strings: ByteStrings) -> _HashTable:
    mask = (1 << len(strings).bit_length()) - 1
    groups = np.fromiter(map(zlib.crc32, strings), np.uint32, len(strings)) & np.uint32(mask)
    starts = np.searchsorted(np.sort(groups), np.arange(mask + 2))
    numbers = groups.argsort(kind="stable").astype(np.uint32)
    return _HashTable(mask, memoryview(starts.astype(np.uint32).data), memoryview(numbers.data))
