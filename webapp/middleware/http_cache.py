"""HTTP cache: ETags, compression, and complete responses kept until the index changes."""

from __future__ import annotations

import gzip
import hashlib
import sys
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

MAX_CACHE_SIZE = 16 * 1024 * 1024  # bytes of memory in a worker: about 2,000 pages
# Bytes that a cached body takes in the dictionary, with the objects that refer to it.
ENTRY_OVERHEAD = 250
MAX_BODY_SIZE = 1024 * 1024  # bytes; longer responses (exports) are streamed, not cached
MIN_COMPRESSED_SIZE = 500  # bytes; compressing a shorter body saves nothing
MAX_QUERY_LENGTH = 2048  # characters; a response to a longer query string is not cached
MAX_HEADER_LENGTH = 2048  # characters of a request header that are parsed
COMPRESSED_TYPES = {
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
# In a request's environ: do not cache the response.
NO_CACHE_KEY = "activities.no_cache"
DEFAULT_ENCODING = "zstd"  # stored for clients that accept none: the fastest to decompress


class HttpCache:
    """WSGI middleware that validates, compresses and caches responses.

    A response with status 200 and without "no-store" must depend only on the URL, the Host header,
    the preferred language and version(). It gets a weak ETag (RFC 9110), which is the same for
    every encoding. A conditional request for it is answered with 304 without calling the
    application, and responses of at most MAX_BODY_SIZE are cached compressed.

    version: returns a string that changes whenever responses may; None without an index.
    max_size: limit of the memory of all cached responses, in bytes.
    """

    def __init__(
        self,
        app: WSGIApplication,
        version: Callable[[], str | None],
        max_size: int = MAX_CACHE_SIZE,
    ) -> None:
        self._app, self._version = app, version
        self._cache = _ResponseCache(max_size)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        version = self._version() if is_read else None
        if version is None:
            return self._app(environ, start_response)
        etag = _etag(environ, version)
        if _client_has(environ, etag):
            headers = Headers(self._cache.headers.get(etag, ()))
            headers.remove("Content-Type")
            return _start(start_response, 304, _add_validators(headers, etag))
        self._cache.keep_only(version)
        encoding = _accepted_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")[:MAX_HEADER_LENGTH])
        cached = self._cache.get(etag, encoding)
        if cached is not None:
            is_head = environ["REQUEST_METHOD"] == "HEAD"
            return _start(start_response, 200, *cached, empty=is_head)
        return self._respond(environ, start_response, version, etag, encoding)

    def _respond(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        version: str,
        etag: str,
        encoding: str,
    ) -> Iterable[bytes]:
        """Call the application, and compress and cache its response if that is possible."""
        response = _CapturedStart()
        body = self._app(environ, response)
        if (
            response.status != 200
            or "no-store" in response.headers.get("Cache-Control", "")
            or self._version() != version
        ):
            response.headers.setdefault("Cache-Control", "no-cache")
            return response.forward(start_response, body)
        headers = _add_validators(response.headers, etag)
        length = headers.get("Content-Length", type=int)
        media_type = headers.get("Content-Type", "").partition(";")[0]
        is_short = length is not None and 0 < length < MIN_COMPRESSED_SIZE
        if environ["REQUEST_METHOD"] == "HEAD" or media_type not in COMPRESSED_TYPES or is_short:
            return response.forward(start_response, body)
        if length is None or length > MAX_BODY_SIZE:
            if encoding:
                del headers["Content-Length"]
                headers["Content-Encoding"] = encoding
                body = _CompressedStream(body, encoding)
            return response.forward(start_response, body)
        try:
            content = b"".join(body)
        finally:
            _close(body)
        keep = (
            NO_CACHE_KEY not in environ and len(environ.get("QUERY_STRING", "")) <= MAX_QUERY_LENGTH
        )
        return _start(start_response, 200, *self._cache.put(etag, encoding, headers, content, keep))


class _ResponseCache:
    """Least recently used cache of compressed bodies, by ETag and encoding.

    max_size: limit of the memory of bodies, headers and keys, in bytes.
    """

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._version, self._size = "", 0
        self._bodies: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self.headers: dict[str, Headers] = {}  # by ETag
        self._lock = threading.Lock()

    def keep_only(self, version: str) -> None:
        """Drop the responses of earlier versions: no request can reach them any more."""
        if version != self._version:
            with self._lock:
                self._version, self._size = version, 0
                self._bodies.clear()
                self.headers.clear()

    def get(self, etag: str, encoding: str) -> tuple[Headers, bytes] | None:
        """Return headers and body in an encoding ("" for none), or None if not cached."""
        key = (etag, encoding or DEFAULT_ENCODING)
        with self._lock:
            body = self._bodies.get(key)
            if body is None:
                return None
            self._bodies.move_to_end(key)
            headers = Headers(self.headers[etag])
        if not encoding:
            return headers, zstandard.ZstdDecompressor().decompress(body)
        headers["Content-Encoding"] = encoding
        return headers, body

    def put(
        self, etag: str, encoding: str, headers: Headers, content: bytes, keep: bool
    ) -> tuple[Headers, bytes]:
        """Compress a body, cache it if keep is true, and return headers and body to send."""
        headers = Headers([(name, value) for name, value in headers if name != "Content-Length"])
        if not encoding and not keep:
            return headers, content
        stored_encoding = encoding or DEFAULT_ENCODING
        compressed = (
            gzip.compress(content, 6, mtime=0)
            if stored_encoding == "gzip"
            else zstandard.ZstdCompressor(3).compress(content)
        )
        # A copy: zstandard's own object keeps a buffer for the worst case, four times as large.
        body = bytes(memoryview(compressed))
        if keep:
            with self._lock:
                self._add((etag, stored_encoding), headers, body)
        sent_headers = Headers(headers)
        if encoding:
            sent_headers["Content-Encoding"] = encoding
        return sent_headers, body if encoding else content

    def _add(self, key: tuple[str, str], headers: Headers, body: bytes) -> None:
        etag = key[0]
        if key in self._bodies:
            self._size -= _body_size(self._bodies.pop(key))
        if etag in self.headers:
            self._size -= _headers_size(etag, self.headers[etag])
        self._size += _body_size(body) + _headers_size(etag, headers)
        self._bodies[key] = body
        self.headers[etag] = headers
        while self._size > self._max_size:
            (etag, _), evicted = self._bodies.popitem(last=False)
            self._size -= _body_size(evicted)
            if not any((etag, encoding) in self._bodies for encoding in ("gzip", "zstd")):
                self._size -= _headers_size(etag, self.headers.pop(etag))


def _body_size(body: bytes) -> int:
    """Return the memory of a cached body and of its key, in bytes."""
    return sys.getsizeof(body) + ENTRY_OVERHEAD


def _headers_size(etag: str, headers: Headers) -> int:
    """Return the memory of the headers of a cached response and of their key, in bytes."""
    items = list(headers)
    strings = (etag, *(string for item in items for string in item))
    objects = sum(map(sys.getsizeof, (*strings, *items, items)))
    return objects + ENTRY_OVERHEAD


class _CapturedStart:
    """A start_response callable that records its arguments instead of sending them."""

    def __init__(self) -> None:
        self.status = 500
        self.status_line = "500 INTERNAL SERVER ERROR"
        self.headers = Headers()

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        self.status_line, self.status, self.headers = status, int(status[:3]), Headers(headers)
        return lambda _: None  # WSGI's legacy write(), which Flask does not use

    def forward(self, start_response: StartResponse, body: Iterable[bytes]) -> Iterable[bytes]:
        """Send the recorded status and headers, and return the body."""
        start_response(self.status_line, self.headers.to_wsgi_list())
        return body


class _CompressedStream:
    """A body of unknown length that is compressed while it is sent."""

    def __init__(self, body: Iterable[bytes], encoding: str) -> None:
        self._body, self._encoding = body, encoding

    def __iter__(self) -> Iterator[bytes]:
        compressor: Any = (
            zlib.compressobj(6, wbits=31)  # 31 selects the gzip format instead of zlib's
            if self._encoding == "gzip"
            else zstandard.ZstdCompressor(3).compressobj()
        )
        try:
            for chunk in self._body:
                if compressed := compressor.compress(chunk):
                    yield compressed
        except Exception:  # the last chunk may say that the file is incomplete
            yield compressor.flush()
            raise
        yield compressor.flush()

    def close(self) -> None:
        _close(self._body)


def _etag(environ: WSGIEnvironment, version: str) -> str:
    """Return the ETag of the response to a request, without quotation marks."""
    key = (
        environ.get("wsgi.url_scheme", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        negotiate_locale(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        version,
    )
    return hashlib.blake2b("\0".join(key).encode("utf-8", "replace"), digest_size=12).hexdigest()


def _client_has(environ: WSGIEnvironment, etag: str) -> bool:
    """Return whether If-None-Match contains the ETag."""
    # "*" matches every response, which is useful only for requests that change something.
    header = environ.get("HTTP_IF_NONE_MATCH", "")[:MAX_HEADER_LENGTH].replace("*", "")
    return parse_etags(header).contains_weak(etag)


@lru_cache(256)
def _accepted_encoding(header: str) -> str:
    """Return the encoding that an Accept-Encoding header prefers; empty for none."""
    accepted = parse_accept_header(header)
    qualities = {name: accepted[name] for name in ("zstd", "gzip")}
    best = max(qualities, key=lambda name: qualities[name])
    return best if qualities[best] > 0 else ""


def _add_validators(headers: Headers, etag: str) -> Headers:
    """Add the headers that let a client store a response and revalidate it on every use."""
    headers["ETag"] = f'W/"{etag}"'
    headers.setdefault("Cache-Control", "no-cache")
    headers["Vary"] = "Accept-Encoding, Accept-Language"
    headers.remove("Last-Modified")  # of static files; the ETag is more precise
    return headers


def _start(
    start_response: StartResponse,
    status: int,
    headers: Headers,
    body: bytes = b"",
    *,
    empty: bool = False,
) -> list[bytes]:
    """Send a status and headers, and return the body, empty for HEAD."""
    if status != 304:
        headers["Content-Length"] = str(len(body))
    start_response(f"{status} {HTTP_STATUS_CODES[status].upper()}", headers.to_wsgi_list())
    return [] if empty or not body else [body]


def _close(body: Iterable[bytes]) -> None:
    if hasattr(body, "close"):
        body.close()
