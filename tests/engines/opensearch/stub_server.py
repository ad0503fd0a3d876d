"""A local HTTP or TLS server with canned responses: anything but a usable OpenSearch."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CERTIFICATES = Path(__file__).parents[2] / "data" / "tls"
# Maps method and path to a status and a JSON value, or text that is not JSON.
Respond = Callable[[str, str], tuple[int, Any]]


def version_response(number: str, distribution: str | None = "opensearch") -> dict[str, Any]:
    """Return the response of a server to GET /."""
    version = {"number": number} | ({"distribution": distribution} if distribution else {})
    return {
        "name": "node",
        "cluster_name": "activities",
        "version": version,
        "tagline": "You Know, for Search",
    }


@contextmanager
def serving(respond: Respond, certificate: str = "") -> Iterator[tuple[int, list[str]]]:
    """Run a server on loopback, with TLS if a certificate file is named.

    Yields its port and the list of the Authorization headers that it receives.
    """
    authorization: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            authorization.append(self.headers.get("Authorization", ""))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, content = respond(self.command, self.path)
            is_text = isinstance(content, str)
            body = (content if is_text else json.dumps(content)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if is_text else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        # Do not print the traceback of a handshake that the client refuses.
        server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1], authorization
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
