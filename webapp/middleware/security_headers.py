"""The security headers of each response, and the limit on the length of a query string."""

from __future__ import annotations

from flask import Flask, Response, abort, request

HEADERS = {
    # Everything from this site only, and nothing inline: a hole in the sanitiser could run nothing.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
MAX_QUERY_STRING_LENGTH = 64 * 1024  # bytes


def add_security_headers(app: Flask) -> None:
    """Answer 414 to overlong query strings, and add HEADERS to each response."""

    @app.before_request
    def limit_query_string() -> None:
        if len(request.query_string) > MAX_QUERY_STRING_LENGTH:
            abort(414)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
