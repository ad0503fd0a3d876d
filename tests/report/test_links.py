"""The check of links, against a real server."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from indexer.report import links
from indexer.report.links import CheckedLinks, check_links, urls_in

TLS = Path(__file__).parent.parent / "data" / "tls"


class Handler(BaseHTTPRequestHandler):
    """Answers /404 with the status 404, and so on."""

    def do_HEAD(self) -> None:
        self.server.requests.append(f"{self.command} {self.path}")  # type: ignore[attr-defined]
        name = self.path.strip("/").partition("?")[0]
        if name == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(200):
                self.wfile.write(b"X")
                time.sleep(0.01)
            return
        if name == "garbage":
            self.wfile.write(b"not HTTP\r\n\r\n")
            return
        if name == "no-head":
            self.send_response(405 if self.command == "HEAD" else 200)
        elif name.startswith("to-"):
            self.send_response(302)
            port = self.server.server_address[1]
            target = unquote(self.path).removeprefix("/to-").replace("PORT", str(port))
            self.send_header("Location", target)
        else:
            self.send_response(int(name) if name.isdecimal() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 - the name that the base class calls

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class Server(ThreadingHTTPServer):
    """A server that records its requests. Its connections end with it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Ignore clients that close their connection."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def check(*urls: str, seconds: float = 10) -> CheckedLinks:
    """Check links. Only the address of the test server counts as public."""
    return check_links(urls, seconds, "127.0.0.1".__eq__)


def reason_of(url: str) -> str:
    """Return the problem of a link, with "?" if it is uncertain."""
    (problem,) = check(url).problems.values()
    return problem.reason + ("" if problem.is_certain else "?")


def test_a_link_that_leads_to_a_page_has_no_problem(server: Server) -> None:
    result = check(f"{server.url}/page", f"{server.url}/to-/page", f"{server.url}/ä ö?q=é")
    assert result == CheckedLinks({}, 3, 0)
    assert server.requests[0] == "HEAD /page"
    assert "HEAD /%C3%A4%20%C3%B6?q=%C3%A9" in server.requests


def test_get_is_used_if_head_has_no_answer(server: Server) -> None:
    assert not check(f"{server.url}/no-head").problems
    assert server.requests == ["HEAD /no-head", "GET /no-head"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("404", "answers 404 (not found)"),
        ("410", "answers 410 (gone)"),
        ("403", "answers 403 (forbidden)?"),
        ("429", "answers 429 (too many requests)?"),
        ("503", "answers 503 (service unavailable)?"),
        ("to-/404", "answers 404 (not found)"),
        ("to-ftp://127.0.0.1/", "leads to an address that is neither http nor https"),
        ("to-file:///etc/passwd", "leads to an address that is neither http nor https"),
        ("to-http://[::1", "redirects to an invalid address"),
        ("garbage", "cannot be opened (the answer is not HTTP)?"),
    ],
)
def test_a_link_without_a_page_has_a_reason(server: Server, path: str, reason: str) -> None:
    assert reason_of(f"{server.url}/{path}") == reason


def test_redirects_end(server: Server) -> None:
    url = f"{server.url}/to-/to-/to-/to-/to-/to-/to-/page"
    assert reason_of(url) == "has more than 5 redirects"


@pytest.mark.parametrize("host", ["127.0.0.2", "[::1]", "[::ffff:127.0.0.2]", "2130706434"])
def test_a_redirect_to_an_address_that_is_not_public_is_not_followed(
    server: Server, host: str
) -> None:
    reason = reason_of(f"{server.url}/to-http://{host}:PORT/secret")
    assert reason == "leads to an address that is not public, so it was not opened"
    assert not any("secret" in request and "to-" not in request for request in server.requests)


def test_addresses_of_this_computer_are_not_called(server: Server) -> None:
    for host in ("127.0.0.1", "localhost", "0.0.0.0", "2130706433", "[::ffff:7f00:1]"):
        url = f"http://{host}:{server.server_port}/"
        (problem,) = check_links([url], 5).problems.values()
        assert "not public" in problem.reason, host
    assert server.requests == []


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://a:99999999/", "http://\ud800/"])
def test_an_invalid_address_is_a_problem(url: str) -> None:
    assert reason_of(url) == "is not a valid address"


def test_a_server_that_sends_slowly_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "LINK_SECONDS", 0.1)
    start = time.monotonic()
    assert reason_of(f"{server.url}/drip") == "gave no answer within 0 seconds?"
    assert time.monotonic() - start < 1


def test_a_host_that_gives_no_answer_is_not_called_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "LINK_SECONDS", 0.05)
    result = check(*(f"{server.url}/drip?{number}" for number in range(9)))
    assert len(result.problems) == 9
    assert len(server.requests) == links.MAX_UNANSWERED


def test_links_are_left_unchecked_when_the_time_is_over(server: Server) -> None:
    start = time.monotonic()
    result = check(*(f"{server.url}/drip?{number}" for number in range(9)), seconds=0.1)
    assert (result.checked, result.unchecked) == (0, 9)
    assert time.monotonic() - start < 1


def test_a_certificate_that_is_not_valid_is_a_problem(server: Server) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "expired.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    assert "has no valid certificate" in reason_of(server.url.replace("http", "https"))


def test_each_address_is_opened_once(server: Server) -> None:
    check(f"{server.url}/page", f"{server.url}/page")
    assert server.requests == ["HEAD /page"]


@pytest.mark.parametrize(
    ("source", "urls"),
    [
        ("https://a.example/b.", ["https://a.example/b"]),
        ("Report (https://a.example/b), p. 4.", ["https://a.example/b"]),
        ("HTTP://a.example/x_(y); https://b.example", ["HTTP://a.example/x_(y)", "https://b.example"]),
        ("“https://a.example/b”", ["https://a.example/b"]),
        ("Annual report 2019, p. 4.", []),
        ("ftp://a.example javascript:alert(1)", []),
    ],
)  # fmt: skip
def test_addresses_are_found_in_a_citation(source: str, urls: list[str]) -> None:
    assert urls_in(source) == urls
