"""The changes of one run, kept in a temporary file until the commit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from indexer.engines.base import EngineUnavailable
from indexer.engines.opensearch import bulk
from indexer.engines.opensearch.bulk import BulkLines, decode_actions
from indexer.engines.opensearch.dictionary import FrequencyChange
from indexer.engines.opensearch.mapping import CREATED_BY, term_streams, version_document
from indexer.engines.opensearch.serializer import dumps, loads

# Stands for the run's number, which is only known at the commit. JSON never contains this byte.
_NUMBER = b"\0"
_DOCUMENT_START = dumps({CREATED_BY: 0})[:-2]  # without the number and the closing brace
_LINES = b'{"index":{"_id":"%b%b}}\n' + _DOCUMENT_START + b"%b%b\n"


class PendingChanges:
    """The puts and deletions of a run. The last change of each id counts."""

    def __init__(self) -> None:
        """Open the temporary file. Close it with close()."""
        self.frequencies = FrequencyChange()  # of the words of all puts
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed by close()
        self._size = 0  # of the file in bytes
        # The position and size of the encoded put in the file, by id; None is a deletion.
        self._positions: dict[str, tuple[int, int] | None] = {}

    def __len__(self) -> int:
        """Return the number of changed ids."""
        return len(self._positions)

    def close(self) -> None:
        """Discard all changes."""
        self._file.close()

    @property
    def ids(self) -> list[str]:
        """The ids of all changed activities."""
        return list(self._positions)

    @property
    def put_count(self) -> int:
        """The number of activities that are added or replaced."""
        return sum(1 for position in self._positions.values() if position)

    def put(self, stored: Mapping[str, Any]) -> None:
        """Add the document for an encode_stored() activity."""
        # Analysed and encoded here, because commit() keeps other writers waiting.
        streams = term_streams(stored)
        document = dumps(version_document(stored, streams, 0))
        lines = _LINES % (
            _NUMBER,
            dumps(f":{stored['id']}")[1:],
            _NUMBER,
            document[len(_DOCUMENT_START) + 1 :],
        )
        self._forget(stored["id"])
        self.frequencies.add(streams)
        with _writing():
            self._file.write(lines)
        self._positions[stored["id"]] = self._size, len(lines)
        self._size += len(lines)

    def delete(self, id: str) -> None:
        """Record a deletion."""
        self._forget(id)
        self._positions[id] = None

    def _forget(self, id: str) -> None:
        """Uncount the words of an earlier put of the same id."""
        if position := self._positions.get(id):
            self._flush()
            (action,) = decode_actions(self._read(*position, 0))
            self.frequencies.subtract(term_streams(loads(action.document or b"")["stored"]))

    def lines(self, number: int) -> Iterator[BulkLines]:
        """Yield the documents of all puts for the run with this number.

        Adjacent parts of the file are read together, up to bulk.MAX_REQUEST_BYTES.
        """
        self._flush()
        first = end = count = 0
        for start, size in filter(None, self._positions.values()):
            if start != end or end - first > bulk.MAX_REQUEST_BYTES - size:
                if count:
                    yield BulkLines(count, self._read(first, end - first, number))
                first, count = start, 0
            end = start + size
            count += 1
        if count:
            yield BulkLines(count, self._read(first, end - first, number))

    def _flush(self) -> None:
        with _writing():
            self._file.flush()

    def _read(self, start: int, size: int, number: int) -> bytes:
        """Read a part of the file, with the run's number filled in."""
        return os.pread(self._file.fileno(), size, start).replace(_NUMBER, b"%d" % number)


@contextmanager
def _writing() -> Iterator[None]:
    """Convert an error of writing the temporary file to EngineUnavailable."""
    try:
        yield
    except OSError as error:
        raise EngineUnavailable(
            f"{tempfile.gettempdir()} cannot be written ({error.strerror}): "
            "free some space, or set TMPDIR to another folder"
        ) from error
