"""Write one JSON line for each response."""

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

MAX_PATH_LENGTH = 300  # keeps a line below PIPE_BUF, so that lines of several processes never mix
STDOUT = 1

Observe = Callable[[str, int, float], object]


class AccessLog:
    """WSGI middleware that logs time, method, path, status, bytes, milliseconds and process id.

    The query string is left out, because searches are private. The path is
    percent-encoded, so that no request can forge a line. `cut` is true if the client left before
    the end of a response of unknown length.
    """

    def __init__(
        self, app: WSGIApplication, observe: Observe = lambda *_: None, descriptor: int = STDOUT
    ) -> None:
        """Wrap app.

        observe is called with the path, status and seconds of each response; descriptor is the
        file descriptor to write to.
        """
        self._app = app
        self._observe = observe
        self._descriptor = descriptor

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = _LoggedResponse(environ, self._observe, self._descriptor)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            response.status = int(status[:3])
            lengths = (int(v) for k, v in headers if k.lower() == "content-length")
            response.length = next(lengths, None)
            return start_response(status, headers, exc_info)

        try:
            response.body = self._app(environ, start)
        except BaseException:
            response.status = 500
            response.close()
            raise
        response.chunks = iter(response.body)
        return response


class _LoggedResponse:
    """A response body that counts its bytes and writes the log line at its end."""

    def __init__(self, environ: WSGIEnvironment, observe: Observe, descriptor: int) -> None:
        self._observe = observe
        self._method, self._path = str(environ["REQUEST_METHOD"]), str(environ.get("PATH_INFO", ""))
        self._descriptor = descriptor
        self._started = time.perf_counter()
        self._bytes = 0
        self._complete = self._logged = False
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
            self._complete = True
            self._log()
            raise
        self._bytes += len(chunk)
        if self._bytes == self.length:
            # A worker stops after its last chunk, without asking for the end of the body.
            self._complete = True
            self._log()
        return chunk

    def close(self) -> None:
        """Close the body, whether or not all of it was sent."""
        try:
            if hasattr(self.body, "close"):
                self.body.close()
        finally:
            self._log()

    def _log(self) -> None:
        if self._logged:
            return
        self._logged = True
        seconds = time.perf_counter() - self._started
        self._observe(self._path, self.status, seconds)
        # WSGI decodes the bytes of a path as Latin-1.
        path = quote(self._path.encode("latin-1", "replace"), safe="/:@!$&'()*+,;=~-._")
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": self._method[:16],
            "path": path[:MAX_PATH_LENGTH],
            "status": self.status,
            "bytes": self._bytes,
            "ms": round(seconds * 1000, 1),
            "pid": os.getpid(),
            **({} if self._complete else {"cut": True}),
        }
        try:
            os.write(self._descriptor, json.dumps(line).encode() + b"\n")
        except OSError:
            pass  # a full disk or a closed pipe must not cost a response
