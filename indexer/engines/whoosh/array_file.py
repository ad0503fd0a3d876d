"""A file of named arrays: written once, in order, then memory-mapped and never changed.

    array | array | … | contents (JSON) | length of the contents, their CRC-32, MAGIC

Arrays begin at multiples of 64 bytes, in the machine's byte order (little-endian on every machine
this runs on; MAGIC says so). The contents name each array's type, size, place and CRC-32 (with that
of the padding before it), so that a file that was cut short or altered is known before anything is read from it.
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
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"ACTSEG02" if sys.byteorder == "little" else b"20GESTCA"
ALIGNMENT = 64
SIGNPOSTS = 4096  # strings kept in memory to begin a look-up with
_TRAILER = struct.Struct("<QI8s")

Array = NDArray[Any]


class DamagedFile(ValueError):
    """A file that is not what was written; str() says in what."""


def smallest_uint(largest: int) -> np.dtype[Any]:
    """The narrowest unsigned type that holds every whole number from 0 to largest."""
    return np.min_scalar_type(max(int(largest), 0))


class ArrayWriter:
    """Writes arrays one after the other; nothing is there until finish()."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._contents: dict[str, tuple[str, int, int, int]] = {}

    def put(self, name: str, array: Array) -> None:
        """Write a whole array."""
        self.stream(name, array.dtype, (array,))

    def stream(self, name: str, dtype: np.dtype[Any] | type, pieces: Iterable[Array]) -> None:
        """Write an array that comes in pieces, which need never be in memory together."""
        padding = bytes(-self._file.tell() % ALIGNMENT)
        self._file.write(padding)
        start, crc, size = self._file.tell(), zlib.crc32(padding), 0
        kind = np.dtype(dtype)
        for piece in pieces:
            data = np.ascontiguousarray(piece, kind).view(np.uint8).data
            crc = zlib.crc32(data, crc)
            self._file.write(data)
            size += len(piece)
        self._contents[name] = (kind.str, size, start, crc)

    def strings(self, name: str, values: Iterable[bytes]) -> None:
        """Write byte strings: their concatenation, and where each starts."""
        listed = list(values)
        starts = np.zeros(len(listed) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, listed), np.int64, len(listed)), out=starts[1:])
        self.put(f"{name}.heap", np.frombuffer(b"".join(listed), np.uint8))
        self.put(f"{name}.start", starts.astype(smallest_uint(starts[-1])))

    def take(self, file: ArrayFile) -> None:
        """Write all arrays of another file."""
        for name in sorted(file.names()):
            self.put(name, file[name])

    def finish(self, **facts: Any) -> None:
        """Write the contents and facts (JSON values), and everything through to the disk."""
        contents = json.dumps({"arrays": self._contents, "facts": facts}).encode()
        self._file.write(contents + _TRAILER.pack(len(contents), zlib.crc32(contents), MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Remove what was written so far."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class ArrayFile:
    """The arrays of a finished file, mapped and read-only; shared by every process that maps it."""

    def __init__(self, path: Path) -> None:
        """Raises Damaged where anything in the file differs from what was written; OSError."""
        self.path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _TRAILER.size:
                raise DamagedFile(f"{path} is cut short")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        length, crc, magic = _TRAILER.unpack(self._map[-_TRAILER.size :])
        if magic != MAGIC or length > size - _TRAILER.size:
            raise DamagedFile(f"{path} is cut short, or not a segment of this release")
        contents = self._map[size - _TRAILER.size - length : size - _TRAILER.size]
        if zlib.crc32(contents) != crc:
            raise DamagedFile(f"{path} is damaged in its table of contents")
        read = json.loads(contents)
        self.facts: dict[str, Any] = read["facts"]
        self._arrays: dict[str, Array] = {}
        whole, behind = memoryview(self._map), 0
        for name, (kind, count, start, written) in read["arrays"].items():
            array = np.frombuffer(self._map, np.dtype(kind), count, start)
            if zlib.crc32(whole[behind : start + array.nbytes]) != written:
                raise DamagedFile(f"{path} is damaged in {name}")
            behind = start + array.nbytes
            self._arrays[name] = array

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def names(self) -> set[str]:
        """The names of the arrays."""
        return set(self._arrays)

    def strings(self, name: str) -> ByteStrings:
        """The byte strings written under a name."""
        return ByteStrings(self[f"{name}.heap"], self[f"{name}.start"])


class ByteStrings:
    """Byte strings in one heap, by number. Where they were written in order they can be looked up."""

    __slots__ = ("_heap", "_numbers", "_signposts", "_starts", "_step", "starts")

    def __init__(self, heap: Array, starts: Array) -> None:
        self.starts = starts
        self._heap, self._starts = memoryview(heap.data).cast("B"), memoryview(starts.data)
        self._signposts: list[bytes] = []  # every _step-th string, from the first look-up on
        self._numbers: dict[
            bytes, int
        ] = {}  # of all strings where they are few, else of those read lately
        self._step = max(16, len(self) // SIGNPOSTS)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._heap[self._starts[number] : self._starts[number + 1]])

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.slice(0, len(self)))

    def slice(self, first: int, last: int) -> list[bytes]:
        """The strings from first up to last."""
        at = self.starts[first : last + 1].tolist()
        heap = bytes(self._heap[at[0] : at[-1]]) if len(at) > 1 else b""
        if at and at[0]:
            first_byte = at[0]
            at = [place - first_byte for place in at]
        return [heap[low:high] for low, high in pairwise(at)]

    def lower_bound(self, text: bytes) -> int:
        """The number of the first string that is not below text."""
        if not self._signposts:
            self._signposts = [self[number] for number in range(0, len(self), self._step)]
        high = min(bisect_left(self._signposts, text) * self._step, len(self))
        low = max(high - self._step, 0)
        heap, starts = self._heap, self._starts
        while low < high:
            middle = (low + high) >> 1
            # Slices of a memoryview do not compare by order; bytes of them do.
            if bytes(heap[starts[middle] : starts[middle + 1]]) < text:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, text: bytes) -> int:
        """The number of a string, or -1."""
        if len(self) <= SIGNPOSTS:  # all of them in memory are no more than signposts would be
            if not self._numbers:
                self._numbers = dict(zip(self, range(len(self)), strict=True))
            return self._numbers.get(text, -1)
        at = self.lower_bound(text)
        return at if at < len(self) and self[at] == text else -1

    def find_all(self, texts: Iterable[bytes]) -> Sequence[int]:
        """The numbers of strings, -1 for each that there is not; those read a moment ago are found at once."""
        known = self._numbers
        return [self.find(text) if (at := known.get(text)) is None else at for text in texts]

    def get_many(self, numbers: Sequence[int]) -> Sequence[bytes]:
        """The strings of these numbers, remembered for those who look them up next."""
        found = [self[number] for number in numbers]
        if len(self) > SIGNPOSTS:
            if len(self._numbers) >= 4 * SIGNPOSTS:
                self._numbers.clear()
            self._numbers.update(zip(found, numbers, strict=True))
        return found

    def prefix_range(self, start: bytes) -> tuple[int, int]:
        """The range of the strings that begin with start."""
        low = self.lower_bound(start)
        # No UTF-8 text contains 0xff: what begins with start is below start + 0xff.
        return low, self.lower_bound(start + b"\xff") if start else len(self)
