"""Read the segments of a Whoosh table of contents without running code from it.

Whoosh pickles the schema and the segments, and loading a pickle can call any function. This module
skips the schema, because the program has its own. It reads the segments with an unpickler that
allows one class, and then verifies and copies their attributes.
"""

from __future__ import annotations

import io
import pickle
import re
from types import SimpleNamespace
from typing import Any

from whoosh.filedb.structfile import StructFile

from indexer.engines.whoosh.codec import ArraySegment

_BYTE_ORDER_MARK = -12345
_VERSION = -111  # of the layout of Whoosh's tables of contents
_NAME = re.compile(r"[0-9A-Za-z]+")


def read_segments(data: bytes, number: int) -> list[ArraySegment]:
    """Return the segments in the table of contents of a generation.

    Raises ValueError for an invalid table of contents, or any error for a truncated file.
    """
    stream = StructFile(io.BytesIO(data))
    for _ in ("int", "long", "float"):  # sizes on the machine that wrote the file
        stream.read_varint()
    if stream.read_int() != _BYTE_ORDER_MARK or stream.read_int() != _VERSION:
        raise ValueError("it has another format")
    for _ in ("major", "minor", "patch"):  # the release of Whoosh
        stream.read_varint()
    stream.skip_string()  # the schema
    if stream.read_int() != number:
        raise ValueError("it belongs to another generation")
    stream.read_int()  # unused
    entries = _SegmentUnpickler(io.BytesIO(data[stream.tell() :])).load()
    if type(entries) is not list:
        raise ValueError("it has no list of segments")
    return [_segment(entry) for entry in entries]


class _SegmentUnpickler(pickle.Unpickler):
    """Reads segments as plain namespaces. Refuses pickles that name any other class or function."""

    def find_class(self, module: str, name: str) -> type:
        if (module, name) != (ArraySegment.__module__, ArraySegment.__qualname__):
            raise pickle.UnpicklingError(f"it names {module[:100]}.{name[:100]}")
        # A new class for each segment, because a pickle can also set attributes of the class.
        return type("Entry", (SimpleNamespace,), {})


def _segment(entry: Any) -> ArraySegment:
    """Return a segment with the attributes of an entry. Raises ValueError for invalid ones."""
    attributes = vars(entry) if isinstance(entry, SimpleNamespace) else {}
    names = [attributes.get(key) for key in ("indexname", "segid")]
    count, deleted = attributes.get("_count"), attributes.get("_deleted")
    if not all(type(name) is str and _NAME.fullmatch(name) for name in names):
        raise ValueError("the name of a segment is invalid")
    if type(count) is not int or count < 0 or type(deleted) is not set:
        raise ValueError("the documents of a segment are invalid")
    if deleted and (set(map(type, deleted)) != {int} or min(deleted) < 0 or max(deleted) >= count):
        raise ValueError("the deleted documents of a segment are invalid")
    return ArraySegment(str(names[0]), count, str(names[1]), deleted)
