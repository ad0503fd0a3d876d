"""A request with a malformed or missing Host header is refused."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import create_environ, run_wsgi_app

from webapp.middleware.host_header import HostHeader

PATHS = ("/", "/api/v1/search", "/healthz", "/help")


def status(app: Flask, path: str, host: str, protocol: str = "HTTP/1.1") -> tuple[str, str]:
    environ = create_environ(path)
    # granian sets the variable to "" if there is no header.
    environ |= {"HTTP_HOST": host, "SERVER_PROTOCOL": protocol}
    body, status, headers = run_wsgi_app(app, environ)
    assert headers["Content-Security-Policy"]
    return status, b"".join(body).decode()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "a b",
        "a/b",
        "a?b",
        "a#b",
        "a@b",
        "ana:secret@example.org",
        "a,b",
        "a\tb",
        "a\\b",
        '"><script>',
        "example.org:port",
        "example.org:123456",
        "example.org:80:80",
        ":80",
        "[::1",
        "::1",
        "[example]",
        "é.example",
        "x" * 300,
    ],
)
def test_a_malformed_or_missing_host_is_a_bad_request(app: Flask, path: str, host: str) -> None:
    answer, body = status(app, path, host)
    assert answer == "400 BAD REQUEST"
    assert not host.strip() or host not in body or host in ("a,b", ":80", "::1")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    ["example.org", "EXAMPLE.org:8000", "127.0.0.1", "[::1]:80", "my_host", "a.", "xn--e1afmkfd.x"],
)
def test_any_well_formed_host_is_accepted(app: Flask, path: str, host: str) -> None:
    assert status(app, path, host)[0] == "200 OK"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1"])
def test_http_1_0_needs_no_host(app: Flask, path: str, protocol: str) -> None:
    answer, body = status(app, path, "", protocol)
    assert answer == "200 OK"
    assert "http:///" not in body


def test_http_1_0_with_a_malformed_host_is_a_bad_request(app: Flask) -> None:
    assert status(app, "/", "a b", "HTTP/1.0")[0] == "400 BAD REQUEST"


@given(st.text(st.characters(max_codepoint=255), max_size=20))
def test_an_accepted_host_makes_an_address_with_the_same_host_and_no_path(host: str) -> None:
    from urllib.parse import urlsplit

    accepted: list[str] = []

    def app(environ: dict[str, str], start: object) -> list[bytes]:
        accepted.append(environ.get("HTTP_HOST", ""))
        return []

    environ = {"HTTP_HOST": host, "SERVER_PROTOCOL": "HTTP/1.1"}
    HostHeader(app, lambda *_: [])(environ, lambda *_: None)  # type: ignore[arg-type]
    if accepted:
        url = urlsplit(f"http://{host}/path")
        assert (url.netloc, url.path, url.query, url.username) == (host, "/path", "", None)
