"""Let pages of other sites read public data: CORS (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Reindexing is not among them.
READABLE_PATHS = ("/api/v1/search", "/api/v1/activities/", "/api/v1/openapi.json", "/export")
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
    """WSGI middleware around everything, because a 304 and an error need the headers too.

    The public paths hold no personal data, so every origin may read them. Credentials are never allowed.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(READABLE_PATHS):
            return self._app(environ, start_response)
        if (
            environ["REQUEST_METHOD"] == "OPTIONS"
            and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        ):
            start_response("204 NO CONTENT", _PREFLIGHT_HEADERS)
            return []

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            return start_response(status, headers + _RESPONSE_HEADERS, exc_info)

        return self._app(environ, start)
