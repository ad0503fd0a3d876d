"""A temporary file for the formats that cannot be written from start to end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from indexer.search.export.errors import ExportNotWritten

CHUNK_SIZE = 64 * 1024  # bytes


def written_file(write: Callable[[IO[bytes], Path], None]) -> Iterator[bytes]:
    """Write a complete file, and return an iterator over its bytes.

    write gets the file, and a folder for its temporary files. Both are deleted, also if
    write fails or the iterator is not read to its end. Raises ExportNotWritten.
    """
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the iterator closes it
        try:
            with tempfile.TemporaryDirectory() as folder:
                write(file, Path(folder))
            file.seek(0)  # also writes the rest of the buffer
        except BaseException:
            _discard(file)
            raise
    except OSError as error:
        raise ExportNotWritten(tempfile.gettempdir(), error.strerror or str(error)) from error
    return _chunks(file)


def _discard(file: IO[bytes]) -> None:
    try:
        file.close()
    except OSError:  # the buffer cannot be written either
        pass


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_SIZE):
            yield chunk
