"""The headers that keep a page to itself."""

from __future__ import annotations

from flask import Flask, Response, abort, request

HEADERS = {
    # Everything from this site alone, nothing inline: a hole in the sanitiser would still run nothing.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


MAX_ADDRESS = 64 * 1024  # bytes of parameters; no search of a person comes near it


def add_security_headers(app: Flask) -> None:
    """Refuse addresses beyond reason, and put the headers on every answer."""

    @app.before_request
    def bounded() -> None:
        if len(request.query_string) > MAX_ADDRESS:
            abort(414)

    @app.after_request
    def headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
