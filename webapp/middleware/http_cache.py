"""Whole answers: validated by ETag, compressed once, and kept as long as the index and the labels stay as they are."""

from __future__ import annotations

import gzip
import hashlib
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import zstandard
from werkzeug.datastructures import Headers
from werkzeug.http import HTTP_STATUS_CODES, parse_accept_header, parse_etags

from webapp.i18n.locale import negotiate_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MEMORY = 16 * 1024 * 1024  # bytes of compressed answers a worker keeps: about two thousand pages
LARGEST = 1024 * 1024  # bytes of an answer that is kept; exports are longer, and stream
SMALLEST = 500  # bytes below which compressing saves nothing
LONGEST = 2048  # bytes of an address whose answer is kept
COMPRESSED = {
    "text/html",
    "text/css",
    "text/plain",
    "text/csv",
    "text/javascript",
    "application/json",
    "image/svg+xml",
    "application/atom+xml",
    "application/xml",
    "application/opensearchdescription+xml",
    "application/x-bibtex",
    "application/x-research-info-systems",
}
NEVER_KEPT = "activities.never_kept"  # in a request's environ: this answer has to be made each time


class HttpCache:
    """WSGI middleware between the server and the application.

    An answer of status 200 without no-store is taken to depend on its address, its Host, the
    language that is preferred and what version() says alone: it gets an ETag (RFC 9110, weak: the same for every encoding), a conditional
    request for it is answered 304 without making it, and short ones are kept, compressed. version() returns None while there is no index to answer from.
    """

    def __init__(
        self, app: WSGIApplication, version: Callable[[], str | None], memory: int = MEMORY
    ) -> None:
        self._app, self._version = app, version
        self._kept = _Kept(memory)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        version = self._version() if method in ("GET", "HEAD") else None
        if version is None:
            return self._app(environ, start_response)
        address = (
            environ.get("wsgi.url_scheme", ""),
            environ.get("HTTP_HOST", ""),
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            negotiate_locale(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        )
        etag = hashlib.blake2b(
            "\0".join((*address, version)).encode("utf-8", "replace"), digest_size=12
        ).hexdigest()
        # "*" would be true of any answer: only an unsafe request has a use for it.
        if parse_etags(
            environ.get("HTTP_IF_NONE_MATCH", "")[:LONGEST].replace("*", "")
        ).contains_weak(etag):
            headers = Headers(self._kept.headers.get(etag, ()))
            headers.remove("Content-Type")
            return _start(start_response, 304, _validated(headers, etag))
        self._kept.only(version)
        accepted = _encoding(environ.get("HTTP_ACCEPT_ENCODING", "")[:LONGEST])
        if (found := self._kept.get(etag, accepted)) is not None:
            return _start(start_response, 200, *found, empty=method == "HEAD")
        answer = _Captured()
        body = self._app(environ, answer)
        if (
            answer.status != 200
            or "no-store" in answer.headers.get("Cache-Control", "")
            or self._version() != version
        ):
            answer.headers.setdefault("Cache-Control", "no-cache")
            return _passed(start_response, answer, body)
        headers = _validated(answer.headers, etag)
        length = headers.get("Content-Length", type=int)
        compresses = (
            headers.get("Content-Type", "").partition(";")[0] in COMPRESSED
            and (length or LARGEST) >= SMALLEST
        )
        if method == "HEAD" or not compresses:
            return _passed(start_response, answer, body)
        if length is None or length > LARGEST:
            if accepted:
                del headers["Content-Length"]
                headers["Content-Encoding"] = accepted
                body = _Streamed(body, accepted)
            return _passed(start_response, answer, body)
        try:
            whole = b"".join(body)
        finally:
            _close(body)
        keep = NEVER_KEPT not in environ and len(address[3]) <= LONGEST
        return _start(start_response, 200, *self._kept.put(etag, accepted, headers, whole, keep))


class _Kept:
    """The least recently asked answers go where memory, bytes of compressed bodies, is full."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._of, self._used = "", 0
        self._bodies: OrderedDict[tuple[str, str], bytes] = OrderedDict()  # by ETag and encoding
        self.headers: dict[str, Headers] = {}
        self._lock = threading.Lock()

    def only(self, version: str) -> None:
        """Drop what is of an earlier version: nobody can ask for it any more."""
        if version != self._of:
            with self._lock:
                self._of, self._used = version, 0
                self._bodies.clear()
                self.headers.clear()

    def get(self, etag: str, encoding: str) -> tuple[Headers, bytes] | None:
        """The headers and body of an answer as a client accepts it."""
        stored = encoding or "zstd"  # who accepts no encoding gets what is quickest to expand
        with self._lock:
            body = self._bodies.get((etag, stored))
            if body is None:
                return None
            self._bodies.move_to_end((etag, stored))
            headers = Headers(self.headers[etag])
        if not encoding:
            return headers, zstandard.ZstdDecompressor().decompress(body)
        headers["Content-Encoding"] = encoding
        return headers, body

    def put(
        self, etag: str, encoding: str, headers: Headers, whole: bytes, keep: bool
    ) -> tuple[Headers, bytes]:
        """Compress an answer, keep it where keep says so, and return it as a client accepts it."""
        headers = Headers([(name, value) for name, value in headers if name != "Content-Length"])
        if not encoding and not keep:
            return headers, whole
        stored = encoding or "zstd"
        packed = (
            gzip.compress(whole, 6, mtime=0)
            if stored == "gzip"
            else zstandard.ZstdCompressor(3).compress(whole)
        )
        body = bytes(
            memoryview(packed)
        )  # a copy: zstandard's own keeps the memory of the worst case, four times as much
        if keep:
            with self._lock:
                self._add((etag, stored), headers, body)
        sent = Headers(headers)
        if encoding:
            sent["Content-Encoding"] = encoding
        return sent, body if encoding else whole

    def _add(self, key: tuple[str, str], headers: Headers, body: bytes) -> None:
        self._used += len(body) - len(self._bodies.pop(key, b""))
        self._bodies[key] = body
        self.headers[key[0]] = headers
        while self._used > self._memory:
            (etag, encoding), dropped = self._bodies.popitem(last=False)
            self._used -= len(dropped)
            if not any(
                (etag, other) in self._bodies for other in ("gzip", "zstd") if other != encoding
            ):
                del self.headers[etag]


class _Captured:
    """A start_response that keeps what it is told."""

    def __init__(self) -> None:
        self.status = 500
        self.line = "500 INTERNAL SERVER ERROR"
        self.headers = Headers()

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        self.line, self.status, self.headers = status, int(status[:3]), Headers(headers)
        return lambda _: None  # write() of WSGI's past, which Flask does not use


class _Streamed:
    """A body of unknown length, compressed as it passes."""

    def __init__(self, body: Iterable[bytes], encoding: str) -> None:
        self._body, self._encoding = body, encoding

    def __iter__(self) -> Iterator[bytes]:
        gzips = self._encoding == "gzip"
        # 31: gzip's frame, not zlib's
        packer: Any = (
            zlib.compressobj(6, wbits=31) if gzips else zstandard.ZstdCompressor(3).compressobj()
        )
        for piece in self._body:
            if packed := packer.compress(piece):
                yield packed
        yield packer.flush()

    def close(self) -> None:
        _close(self._body)


@lru_cache(256)
def _encoding(header: str) -> str:
    """The encoding that a client accepts best; empty for none."""
    accepted = parse_accept_header(header)
    qualities = {name: accepted[name] for name in ("zstd", "gzip")}
    best = max(qualities, key=lambda name: qualities[name])
    return best if qualities[best] > 0 else ""


def _validated(headers: Headers, etag: str) -> Headers:
    """Headers that let a client keep an answer and ask each time whether it still holds."""
    headers["ETag"] = f'W/"{etag}"'
    headers.setdefault("Cache-Control", "no-cache")
    headers["Vary"] = "Accept-Encoding, Accept-Language"
    headers.remove("Last-Modified")  # of a static file; the ETag says more
    return headers


def _start(
    start_response: StartResponse,
    status: int,
    headers: Headers,
    body: bytes = b"",
    *,
    empty: bool = False,
) -> list[bytes]:
    if status != 304:
        headers["Content-Length"] = str(len(body))
    start_response(f"{status} {HTTP_STATUS_CODES[status].upper()}", headers.to_wsgi_list())
    return [] if empty or not body else [body]


def _passed(
    start_response: StartResponse, answer: _Captured, body: Iterable[bytes]
) -> Iterable[bytes]:
    start_response(answer.line, answer.headers.to_wsgi_list())
    return body


def _close(body: Iterable[bytes]) -> None:
    if hasattr(body, "close"):
        body.close()
