"""Cross-origin access to public data (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Prefixes of the paths that scripts of other sites may read. Reindexing is not among them.
PUBLIC_PATHS = ("/api/v1/search", "/api/v1/activities/", "/api/v1/openapi.json", "/export")
_RESPONSE_HEADERS = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Retry-After, Content-Disposition"),
]
_PREFLIGHT_HEADERS = [
    *_RESPONSE_HEADERS,
    ("Access-Control-Allow-Methods", "GET, HEAD"),
    ("Access-Control-Allow-Headers", "If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
]


class Cors:
    """WSGI middleware that adds CORS headers to every response of a public path.

    It wraps the whole application, because a 304 and an error need the headers too. Responses do
    not depend on the reader, so any origin may read them; credentials are never allowed.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PUBLIC_PATHS):
            return self._app(environ, start_response)
        if (
            environ["REQUEST_METHOD"] == "OPTIONS"
            and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        ):
            start_response("204 NO CONTENT", _PREFLIGHT_HEADERS)
            return []

        def start_with_cors(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            return start_response(status, headers + _RESPONSE_HEADERS, exc_info)

        return self._app(environ, start_with_cors)
