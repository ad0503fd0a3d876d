"""One JSON line for each request that was answered."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_PATH = 300  # with it a line stays below PIPE_BUF, so that lines of several processes never mix
STDOUT = 1

Observe = Callable[[str, int, float], object]


class AccessLog:
    """WSGI middleware that writes time, method, path, status, bytes, milliseconds and process id.

    The query string is left out: what people search for is theirs. The path is percent-encoded, so
    that no request can forge a line. cut is true where the client left before the
    end of an answer of unknown length.
    """

    def __init__(
        self, app: WSGIApplication, observe: Observe = lambda *_: None, descriptor: int = STDOUT
    ) -> None:
        """observe hears of each answer: its path, status and seconds."""
        self._app = app
        self._observe = observe
        self._descriptor = descriptor

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = _Answer(environ, self._observe, self._descriptor)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            answer.status = int(status[:3])
            answer.length = next(
                (int(v) for k, v in headers if k.lower() == "content-length"), None
            )
            return start_response(status, headers, exc_info)

        try:
            answer.body = self._app(environ, start)
        except BaseException:
            answer.status = 500
            answer.close()
            raise
        answer.chunks = iter(answer.body)
        return answer


class _Answer:
    """The body on its way out, counted; the line is written when it ends."""

    def __init__(self, environ: WSGIEnvironment, observe: Observe, descriptor: int) -> None:
        self._observe = observe
        self._method, self._path = str(environ["REQUEST_METHOD"]), str(environ.get("PATH_INFO", ""))
        self._descriptor = descriptor
        self._started = time.perf_counter()
        self._bytes = 0
        self._ended = self._written = False
        self.status = 500
        self.length: int | None = None
        self.body: Iterable[bytes] = ()
        self.chunks: Iterator[bytes] = iter(())

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self.chunks)
        except StopIteration:
            self._ended = True
            self._write()
            raise
        self._bytes += len(chunk)
        if self._bytes == self.length:
            # Before the last piece leaves: a worker that is told to stop ends once it has sent that.
            self._ended = True
            self._write()
        return chunk

    def close(self) -> None:
        """End the body, whether or not all of it was sent."""
        try:
            if hasattr(self.body, "close"):
                self.body.close()
        finally:
            self._write()

    def _write(self) -> None:
        if self._written:
            return
        self._written = True
        seconds = time.perf_counter() - self._started
        self._observe(self._path, self.status, seconds)
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": self._method[:16],
            # WSGI's text is Latin-1 for the bytes that were sent.
            "path": quote(self._path.encode("latin-1", "replace"), safe="/:@!$&'()*+,;=~-._")[
                :MAX_PATH
            ],
            "status": self.status,
            "bytes": self._bytes,
            "ms": round(seconds * 1000, 1),
            "pid": os.getpid(),
            **({} if self._ended else {"cut": True}),
        }
        try:
            os.write(self._descriptor, json.dumps(line).encode() + b"\n")
        except OSError:
            pass  # a full disk or a closed pipe must not cost anyone their answer
