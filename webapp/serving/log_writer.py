"""Logs on standard output and standard error that never wait for their reader.

An unread pipe is soon full, and then a write blocks for ever. So a thread writes, and
lines are dropped, and counted, while it is blocked.
"""

from __future__ import annotations

import io
import json
import os
import select
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from logging import StreamHandler
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MAX_QUEUE_SIZE = 1024 * 1024  # bytes of lines that wait in a process
CLOSE_SECONDS = 1.0  # time for the lines that wait when a process ends
STDOUT, STDERR = 1, 2


class LogWriter:
    """Writes lines to a descriptor in a thread, and drops lines while too many wait.

    note: returns the line that reports a number of dropped lines.
    """

    def __init__(
        self, descriptor: int, note: Callable[[int], bytes], max_size: int = MAX_QUEUE_SIZE
    ) -> None:
        self._descriptor, self._note, self._max_size = descriptor, note, max_size
        self.restart()

    def restart(self) -> None:
        """Begin anew in a forked process, which has neither the thread nor its lines."""
        self._lines: deque[bytes] = deque()
        self._size = self._dropped = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def write(self, line: bytes) -> None:
        """Write a line, or drop it, without waiting. Concurrent lines do not mix."""
        with self._changed:
            if self._closed or self._size + len(line) > self._max_size:
                self._dropped += 1
                return
            self._lines.append(line)
            self._size += len(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log writer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, timeout: float = CLOSE_SECONDS) -> None:
        """Wait until the lines are written, at most for a time in seconds. Later ones are lost."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while line := self._next_line():
            self._write_line(line)

    def _next_line(self) -> bytes:
        """Wait for the next line and return it. It is empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._dropped or self._closed)
            if self._dropped and self._size <= self._max_size // 2:
                dropped, self._dropped = self._dropped, 0
                return self._note(dropped)
            if not self._lines:
                return b""
            line = self._lines.popleft()
            self._size -= len(line)
            return line

    def _write_line(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:  # another process has made the descriptor non-blocking
                select.select([], [self._descriptor], [])
            except OSError:
                return  # a full disk or a closed pipe: the line is lost


@dataclass(frozen=True)
class Logs:
    """The log writers of a process."""

    access: LogWriter  # standard output
    messages: LogWriter  # standard error; sys.stderr writes to it

    def restart(self) -> None:
        """Begin anew in a forked worker, and write what waits when the worker ends."""
        for writer in (self.access, self.messages):
            writer.restart()
            Finalize(None, writer.close, exitpriority=0)


@contextmanager
def queued_logs() -> Iterator[Logs]:
    """Write the access log and everything written to sys.stderr in threads within the context."""
    logs = Logs(LogWriter(STDOUT, _access_note), LogWriter(STDERR, _message_note))
    stderr = sys.stderr
    sys.stderr = _text_stream(logs.messages)
    try:
        yield logs
    finally:
        sys.stderr = stderr
        logs.access.close()
        logs.messages.close()


def _access_note(dropped: int) -> bytes:
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"time": time, "pid": os.getpid(), "dropped": dropped}).encode() + b"\n"


def _message_note(dropped: int) -> bytes:
    return f"activities: {dropped} messages were dropped, because they were not read\n".encode()


class _QueuedFile(io.RawIOBase):
    """A file whose writes go to a LogWriter."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        line = bytes(data)
        self._writer.write(line)
        return len(line)


def _text_stream(writer: LogWriter) -> TextIO:
    return io.TextIOWrapper(
        _QueuedFile(writer),  # type: ignore[type-var]
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )


class CurrentStderrHandler(StreamHandler[Any]):
    """A logging handler for the sys.stderr of each moment, not the one at its creation."""

    @property
    def stream(self) -> TextIO:
        """The current sys.stderr."""
        return sys.stderr

    @stream.setter
    def stream(self, value: object) -> None:
        pass
