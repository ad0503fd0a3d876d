"""Refusal of requests without a host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_HOST_LENGTH = 260  # characters: a name of 253 in the domain name system, and a port
# A name, an IPv4 address, or an IPv6 address in brackets; a port may follow.
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?")


class HostHeader:
    """WSGI middleware that refuses requests whose Host header is malformed or missing.

    HTTP/1.0 needs no Host header (RFC 9112, section 3.2). Any well-formed host is accepted.

    refuse: the application that answers a refused request.
    """

    def __init__(self, app: WSGIApplication, refuse: WSGIApplication) -> None:
        self._app, self._refuse = app, refuse

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if len(host) <= MAX_HOST_LENGTH and _HOST.fullmatch(host):
            return self._app(environ, start_response)
        # Without the header, addresses in the response have the address of the server.
        environ.pop("HTTP_HOST", None)
        needs_host = environ.get("SERVER_PROTOCOL") not in ("HTTP/1.0", "HTTP/1")
        app = self._refuse if host or needs_host else self._app
        return app(environ, start_response)
