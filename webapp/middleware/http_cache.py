"""Validate responses by ETag, compress them once, and cache them until the index changes."""

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

MAX_CACHE_SIZE = 16 * 1024 * 1024  # bytes of compressed bodies in a worker: about 2,000 pages
MAX_BODY_SIZE = 1024 * 1024  # bytes of a body that is cached; longer ones are streamed
MIN_COMPRESSED_SIZE = 500  # bytes below which compression saves nothing
MAX_HEADER_LENGTH = 2048  # characters of a query string or request header that is parsed
COMPRESSIBLE_TYPES = {
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
NO_CACHE_KEY = "activities.no_cache"  # in a request's environ: compute the response each time


class HttpCache:
    """WSGI middleware between the server and the application.

    A response of status 200 without no-store depends only on its address, its Host, the negotiated
    language and version(). It gets a weak ETag (RFC 9110, the same for each encoding). A conditional
    request is answered with 304 without calling the application, and short responses are cached,
    compressed. Without an index version() returns None, and nothing is cached.
    """

    def __init__(
        self,
        app: WSGIApplication,
        version: Callable[[], str | None],
        max_size: int = MAX_CACHE_SIZE,
    ) -> None:
        """Wrap app. max_size is in bytes of compressed bodies."""
        self._app, self._version = app, version
        self._cache = _Cache(max_size)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        version = self._version() if method in ("GET", "HEAD") else None
        if version is None:
            return self._app(environ, start_response)
        query = environ.get("QUERY_STRING", "")
        etag = _etag(environ, version)
        # "*" would match every response; only unsafe requests use it.
        condition = environ.get("HTTP_IF_NONE_MATCH", "")[:MAX_HEADER_LENGTH].replace("*", "")
        if parse_etags(condition).contains_weak(etag):
            headers = Headers(self._cache.headers.get(etag, ()))
            headers.remove("Content-Type")
            return _respond(start_response, 304, _with_validators(headers, etag))
        self._cache.keep_only(version)
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", "")[:MAX_HEADER_LENGTH])
        if (cached := self._cache.get(etag, encoding)) is not None:
            return _respond(start_response, 200, *cached, empty=method == "HEAD")
        response = _StartResponse()
        body = self._app(environ, response)
        if (
            response.status != 200
            or "no-store" in response.headers.get("Cache-Control", "")
            or self._version() != version
        ):
            response.headers.setdefault("Cache-Control", "no-cache")
            return _forward(start_response, response, body)
        headers = _with_validators(response.headers, etag)
        length = headers.get("Content-Length", type=int)
        media_type = headers.get("Content-Type", "").partition(";")[0]
        large_enough = (length or MAX_BODY_SIZE) >= MIN_COMPRESSED_SIZE
        if method == "HEAD" or media_type not in COMPRESSIBLE_TYPES or not large_enough:
            return _forward(start_response, response, body)
        if length is None or length > MAX_BODY_SIZE:
            if encoding:
                del headers["Content-Length"]
                headers["Content-Encoding"] = encoding
                body = _CompressedStream(body, encoding)
            return _forward(start_response, response, body)
        try:
            whole = b"".join(body)
        finally:
            _close(body)
        cacheable = NO_CACHE_KEY not in environ and len(query) <= MAX_HEADER_LENGTH
        stored = self._cache.put(etag, encoding, headers, whole, cacheable)
        return _respond(start_response, 200, *stored)


class _Cache:
    """Compressed bodies; the least recently used go if there are more than max_size bytes of them."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._version, self._size = "", 0
        self._bodies: OrderedDict[tuple[str, str], bytes] = OrderedDict()  # by ETag and encoding
        self.headers: dict[str, Headers] = {}
        self._lock = threading.Lock()

    def keep_only(self, version: str) -> None:
        """Drop the responses of earlier versions, which no request can match."""
        if version != self._version:
            with self._lock:
                self._version, self._size = version, 0
                self._bodies.clear()
                self.headers.clear()

    def get(self, etag: str, encoding: str) -> tuple[Headers, bytes] | None:
        """Return headers and body in an encoding ("" for none), or None if they are not cached."""
        stored = encoding or "zstd"  # the fastest to decompress
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
        self, etag: str, encoding: str, headers: Headers, whole: bytes, cacheable: bool
    ) -> tuple[Headers, bytes]:
        """Compress a body, cache it if it is cacheable, and return it in an encoding."""
        headers = Headers([(name, value) for name, value in headers if name != "Content-Length"])
        if not encoding and not cacheable:
            return headers, whole
        stored = encoding or "zstd"
        compressed = (
            gzip.compress(whole, 6, mtime=0)
            if stored == "gzip"
            else zstandard.ZstdCompressor(3).compress(whole)
        )
        # A copy: zstandard's buffer has the size of the worst case, four times as much.
        body = bytes(memoryview(compressed))
        if cacheable:
            with self._lock:
                self._add((etag, stored), headers, body)
        response_headers = Headers(headers)
        if encoding:
            response_headers["Content-Encoding"] = encoding
        return response_headers, body if encoding else whole

    def _add(self, key: tuple[str, str], headers: Headers, body: bytes) -> None:
        self._size += len(body) - len(self._bodies.pop(key, b""))
        self._bodies[key] = body
        self.headers[key[0]] = headers
        while self._size > self._max_size:
            (etag, encoding), dropped = self._bodies.popitem(last=False)
            self._size -= len(dropped)
            other = "zstd" if encoding == "gzip" else "gzip"
            if (etag, other) not in self._bodies:
                del self.headers[etag]


class _StartResponse:
    """A start_response that stores its arguments."""

    def __init__(self) -> None:
        self.status = 500
        self.line = "500 INTERNAL SERVER ERROR"
        self.headers = Headers()

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        self.line, self.status, self.headers = status, int(status[:3]), Headers(headers)
        return lambda _: None  # the write() of old WSGI applications, which Flask does not use


class _CompressedStream:
    """A body of unknown length, compressed while it is sent."""

    def __init__(self, body: Iterable[bytes], encoding: str) -> None:
        self._body, self._encoding = body, encoding

    def __iter__(self) -> Iterator[bytes]:
        compressor: Any
        if self._encoding == "gzip":
            compressor = zlib.compressobj(6, wbits=31)  # 31: a gzip container, not zlib's
        else:
            compressor = zstandard.ZstdCompressor(3).compressobj()
        for piece in self._body:
            if compressed := compressor.compress(piece):
                yield compressed
        yield compressor.flush()

    def close(self) -> None:
        _close(self._body)


def _etag(environ: WSGIEnvironment, version: str) -> str:
    parts = (
        environ.get("wsgi.url_scheme", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        negotiate_locale(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        version,
    )
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()


@lru_cache(256)
def _encoding(header: str) -> str:
    """Return the encoding that an Accept-Encoding header prefers; "" for none."""
    accepted = parse_accept_header(header)
    qualities = {name: accepted[name] for name in ("zstd", "gzip")}
    best = max(qualities, key=lambda name: qualities[name])
    return best if qualities[best] > 0 else ""


def _with_validators(headers: Headers, etag: str) -> Headers:
    """Let a client store the response and revalidate it with each request."""
    headers["ETag"] = f'W/"{etag}"'
    headers.setdefault("Cache-Control", "no-cache")
    headers["Vary"] = "Accept-Encoding, Accept-Language"
    headers.remove("Last-Modified")  # of a static file; the ETag is more precise
    return headers


def _respond(
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


def _forward(
    start_response: StartResponse, response: _StartResponse, body: Iterable[bytes]
) -> Iterable[bytes]:
    start_response(response.line, response.headers.to_wsgi_list())
    return body


def _close(body: Iterable[bytes]) -> None:
    if hasattr(body, "close"):
        body.close()
