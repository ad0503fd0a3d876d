"""Access log: one JSON line for each response."""

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

# Characters. Keeps a line below PIPE_BUF, so that lines of several processes never mix in a pipe.
MAX_PATH_LENGTH = 300
MAX_METHOD_LENGTH = 16  # characters
SAFE_CHARACTERS = "/:@!$&'()*+,;=~-._"  # not percent-encoded in a path

Observer = Callable[[str, int, float], object]  # path, status, seconds


class AccessLog:
    """WSGI middleware that logs time, method, path, status, bytes, milliseconds and process id.

    The query string is not logged, because searches are private. The path is
    percent-encoded, so that a request cannot forge a line. "cut": true marks a response whose
    client closed the connection before the end.

    write: called with each line; must not block.
    observe: called with path, status and seconds of each response.
    """

    def __init__(
        self,
        app: WSGIApplication,
        write: Callable[[bytes], object],
        observe: Observer = lambda *_: None,
    ) -> None:
        self._app = app
        self._write = write
        self._observe = observe

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = _LoggedBody(environ, self._observe, self._write)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            body.status = int(status[:3])
            lengths = (int(value) for name, value in headers if name.lower() == "content-length")
            body.length = next(lengths, None)
            return start_response(status, headers, exc_info)

        try:
            body.wrap(self._app(environ, start))
        except BaseException:
            body.status = 500
            body.close()
            raise
        return body


class _LoggedBody:
    """A response body that counts its bytes and writes the log line when it ends."""

    def __init__(
        self, environ: WSGIEnvironment, observe: Observer, write: Callable[[bytes], object]
    ) -> None:
        self._observe = observe
        self._method = str(environ["REQUEST_METHOD"])
        self._path = str(environ.get("PATH_INFO", ""))
        self._write = write
        self._started = time.perf_counter()
        self._bytes = 0
        self._complete = self._logged = False
        self._body: Iterable[bytes] = ()
        self._chunks: Iterator[bytes] = iter(())
        self.status = 500
        self.length: int | None = None  # value of Content-Length

    def wrap(self, body: Iterable[bytes]) -> None:
        self._body = body
        self._chunks = iter(body)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self._complete = True
            self._log()
            raise
        self._bytes += len(chunk)
        if self._bytes == self.length:
            # A worker that is being stopped exits as soon as it has sent the last chunk, so the
            # line is written before that.
            self._complete = True
            self._log()
        return chunk

    def close(self) -> None:
        """Close the body and log the response, complete or not."""
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._log()

    def _log(self) -> None:
        """Write the line and report to the observer, once."""
        if self._logged:
            return
        self._logged = True
        seconds = time.perf_counter() - self._started
        self._observe(self._path, self.status, seconds)
        # WSGI strings hold the bytes of the request as Latin-1.
        path = quote(self._path.encode("latin-1", "replace"), safe=SAFE_CHARACTERS)
        record = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": self._method[:MAX_METHOD_LENGTH],
            "path": path[:MAX_PATH_LENGTH],
            "status": self.status,
            "bytes": self._bytes,
            "ms": round(seconds * 1000, 1),
            "pid": os.getpid(),
        }
        if not self._complete:
            record["cut"] = True
        self._write(json.dumps(record).encode() + b"\n")
