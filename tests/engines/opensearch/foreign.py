"""Servers that are not the OpenSearch one thinks they are: a real HTTP or TLS server that answers as it is told."""

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
# Method and path -> status and JSON, or text where it is no JSON that is answered.
Answer = Callable[[str, str], tuple[int, Any]]


def greeting(number: str, distribution: str | None = "opensearch") -> dict[str, Any]:
    """What such a server says at /."""
    version = {"number": number} | ({"distribution": distribution} if distribution else {})
    return {
        "name": "node",
        "cluster_name": "activities",
        "version": version,
        "tagline": "You Know, for Search",
    }


@contextmanager
def serving(answer: Answer, certificate: str = "") -> Iterator[tuple[int, list[str]]]:
    """A server on loopback, with TLS where a certificate is named: its port, and the Authorization headers it got."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            heard.append(self.headers.get("Authorization", ""))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, found = answer(self.command, self.path)
            text = found if isinstance(found, str) else json.dumps(found)
            self.send_response(status)
            self.send_header(
                "Content-Type", "text/html" if isinstance(found, str) else "application/json"
            )
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda request, client_address: None  # type: ignore[method-assign] - a refused handshake
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
