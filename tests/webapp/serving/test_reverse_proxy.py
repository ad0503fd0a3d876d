"""The rule of docs/operating.md for a reverse proxy keeps readers from operators' addresses."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from indexer.indexing.sync import Summary
from indexer.settings import Settings
from tests.serving import Server
from webapp import create_app

MANUAL = Path(__file__).parents[3] / "docs" / "operating.md"
PRIVATE = ("metrics", "readyz")
VARIANTS = [
    "/{}",
    "/{}/",
    "/{}//",
    "//{}",
    "///{}/",
    "/{}%2F",
    "/{}%2f%2F",
    "/%2F{}",
    "/%2f{}/",
    "/./{}",
    "/{}/.",
    "/help/../{}",
    "/help/%2e%2e/{}",
    "/{}?x=/",
    "/{}/?x",
    "/{};x",
    "/{}%3Bx",
    "/{}%00",
    "/{}%0a",
    "/{}%20",
    "/{}.",
    "/{}%252F",
    "/%25{}",
    "/{}\\",
    "/{}#x",
]


def shows_something_private(body: bytes) -> bool:
    return b"activities_ready" in body or b'"ready"' in body


@pytest.fixture
def app(settings: Settings, index: Callable[..., Summary]) -> Flask:
    index()
    return create_app(settings)


@pytest.mark.parametrize("name", ["metrics", "readyz", "healthz"])
@pytest.mark.parametrize("form", ["/{}/", "/{}//", "//{}", "//{}/", "/{}/ ", "/{}/.", "/./{}"])
def test_an_address_for_operators_with_another_slash_does_not_exist(
    app: Flask, name: str, form: str
) -> None:
    def start(status: str, headers: object, exc_info: object = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _: None

    statuses: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": form.format(name), "SCRIPT_NAME": ""}
    environ |= {"HTTP_HOST": "localhost", "SERVER_NAME": "x", "SERVER_PORT": "80"}
    environ |= {"wsgi.url_scheme": "http", "SERVER_PROTOCOL": "HTTP/1.1"}
    list(app.wsgi_app(environ, start))
    assert statuses == ["404 NOT FOUND"]


def test_the_exact_addresses_for_operators_exist(app: Flask) -> None:
    client = Client(app)
    for name in ("metrics", "readyz", "healthz"):
        assert client.get(f"/{name}").status_code == 200


def manual_configuration(upstream: int, port: int) -> str:
    """Return the server block of the manual, on other ports and without TLS."""
    match = re.search(r"```nginx\n(.*?)```", MANUAL.read_text(), re.DOTALL)
    assert match
    block = re.sub(r"\n *ssl_\w+ .*", "", match[1])
    block, listens = re.subn("listen 443 ssl;", f"listen 127.0.0.1:{port};", block)
    block, passes = re.subn("127.0.0.1:8000", f"127.0.0.1:{upstream}", block)
    assert listens == 1
    assert passes == 2
    return block


@pytest.fixture
def proxy(settings: Settings, index: Callable[..., Summary], tmp_path: Path) -> Iterator[int]:
    """Run nginx with the rules of the manual, in front of a server. Yields the port of nginx."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    index()
    server = Server(settings)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    block = manual_configuration(int(server.url.rsplit(":", 1)[1]), port)
    folders = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/nginx.pid;\n"
        f"error_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{folders}{block}}}\n"
    )
    with subprocess.Popen([nginx, "-e", f"{tmp_path}/error.log", "-c", configuration]) as process:
        try:
            deadline = time.monotonic() + 20
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=5).close()
                    break
                except OSError:
                    assert time.monotonic() < deadline
                    assert process.poll() is None, (tmp_path / "error.log").read_text()
                    time.sleep(0.02)
            yield port
        finally:
            process.terminate()
            server.stop()


def test_no_form_of_a_private_address_passes_nginx(proxy: int) -> None:
    passed = []
    for name in PRIVATE:
        for form in VARIANTS:
            connection = HTTPConnection("127.0.0.1", proxy, timeout=20)
            connection.putrequest("GET", form.format(name))
            connection.endheaders()
            response = connection.getresponse()
            if shows_something_private(response.read()) or response.status == 200:
                passed.append(form.format(name))
            connection.close()
    assert not passed


def test_pages_pass_nginx(proxy: int) -> None:
    connection = HTTPConnection("127.0.0.1", proxy, timeout=20)
    for path in ("/", "/activities/kgz-police", "/api/v1/search?q=police"):
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == 200
        assert b"kgz-police" in response.read()
    connection.close()
