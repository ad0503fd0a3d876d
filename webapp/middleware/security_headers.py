"""Security headers of every response, and a limit on the length of a URL."""

from __future__ import annotations

from flask import Flask, Response, abort, request

# Only this site's own files, nothing inline: a script that passed the sanitiser would not run.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
MAX_QUERY_STRING_BYTES = 64 * 1024


def add_security_headers(app: Flask) -> None:
    """Answer 414 to a query string over the limit, and add HEADERS to every response."""

    @app.before_request
    def limit_query_string() -> None:
        if len(request.query_string) > MAX_QUERY_STRING_BYTES:
            abort(414)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
