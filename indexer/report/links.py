"""Check the addresses in the sources of activities.

http.client is used because it lets the connection be made by public_address. Clients with their own
resolution of names would resolve a name a second time after it was checked, follow redirects
unchecked, and use proxies of the environment.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from indexer import __version__
from indexer.report.public_address import IsAllowed, NotPublic, connect, is_public

LINK_SECONDS = 10.0  # for one link, with its redirects
MAX_REDIRECTS = 5
MAX_CONNECTIONS = 8  # at the same time, and only one of them to each host
MAX_UNANSWERED = 3  # links of a host without an answer, after which its other links are not opened
USER_AGENT = f"Mozilla/5.0 (compatible; activity-search/{__version__}; link check)"
_URL = re.compile(r"https?://[^\s<>\"\u00ab\u00bb\u201c\u201d]+", re.IGNORECASE)
_AFTER_URL = ".,;:!?'\u2019\u3002\uff0c"
# A site may answer these to a program although it shows the page to people.
_UNCERTAIN = frozenset({401, 402, 403, 405, 406, 407, 408, 418, 425, 429, 451})


class LinkProblem(NamedTuple):
    """The reason why a link does not lead to a page, as a predicate without a subject."""

    reason: str
    is_certain: bool  # False: a person may be able to open the link, or it may work later
    has_answer: bool = False  # from the server of the link


@dataclass(frozen=True, slots=True)
class CheckedLinks:
    """The result of a check of links."""

    problems: dict[str, LinkProblem] = field(default_factory=dict)  # by address
    checked: int = 0
    unchecked: int = 0  # for lack of time
    is_offline: bool = False  # no host answered, so the computer may have no connection


class _LinkError(Exception):
    def __init__(self, reason: str, is_certain: bool = True, has_answer: bool = False) -> None:
        super().__init__(reason)
        self.problem = LinkProblem(reason, is_certain, has_answer)


def urls_in(source: str) -> list[str]:
    """Return the addresses in the text of a source, without punctuation that follows them."""
    urls = []
    for match in _URL.finditer(source):
        url = match[0].rstrip(_AFTER_URL)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(_AFTER_URL)
        urls.append(url)
    return list(dict.fromkeys(urls))


def check_links(
    urls: Iterable[str], seconds: float, is_allowed: IsAllowed = is_public
) -> CheckedLinks:
    """Open each link, and return the links that lead to no page.

    seconds: the time for all links; when it has passed, no more are opened. is_allowed decides
    which IP addresses may be called.
    """
    end = time.monotonic() + seconds
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for url in dict.fromkeys(urls):
        by_host[_host(url)].append(url)
    hosts = deque(by_host.values())
    results: dict[str, LinkProblem | None] = {}

    def check_hosts() -> None:
        with suppress(IndexError):  # popleft() of an empty queue
            while True:
                _check_host(hosts.popleft(), end, is_allowed, results)

    # Not a ThreadPoolExecutor, which would wait for a thread that resolves a name without end.
    threads = [
        threading.Thread(target=check_hosts, daemon=True)
        for _ in range(min(MAX_CONNECTIONS, len(hosts)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    finished = results.copy()
    problems = {url: problem for url, problem in finished.items() if problem}
    total = sum(map(len, by_host.values()))
    has_answer = any(not problem or problem.has_answer for problem in finished.values())
    is_offline = bool(finished) and not has_answer
    return CheckedLinks(problems, len(finished), total - len(finished), is_offline)


def _check_host(
    urls: Iterable[str], end: float, is_allowed: IsAllowed, results: dict[str, LinkProblem | None]
) -> None:
    """Check the links of one host, one after the other."""
    unanswered = 0
    for url in urls:
        now = time.monotonic()
        if now >= end:
            return
        if unanswered >= MAX_UNANSWERED:
            reason = "is on a host that gave no answer to other links"
            results[url] = LinkProblem(reason, is_certain=False)
            continue
        try:
            _check(url, min(end, now + LINK_SECONDS), is_allowed)
            results[url] = None
            unanswered = 0
        except _LinkError as error:
            results[url] = error.problem
            unanswered = 0
        except TimeoutError:
            if time.monotonic() >= end:  # it may have had less than LINK_SECONDS
                return
            reason = f"gave no answer within {LINK_SECONDS:.0f} seconds"
            results[url] = LinkProblem(reason, is_certain=False)
            unanswered += 1


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _check(url: str, deadline: float, is_allowed: IsAllowed) -> None:
    """Open a link with HEAD, and with GET if the answer to HEAD is an error.

    Raises _LinkError and TimeoutError.
    """
    try:
        if _status(url, "HEAD", deadline, is_allowed) < HTTPStatus.BAD_REQUEST:
            return
    except _LinkError as error:
        if error.problem.is_certain:  # for example, the name of the host does not exist
            raise
    status = _status(url, "GET", deadline, is_allowed)
    if status < HTTPStatus.BAD_REQUEST:
        return
    phrase = http.client.responses.get(status, "").lower()
    is_certain = status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _UNCERTAIN
    raise _LinkError(
        f"answers {status}{f' ({phrase})' if phrase else ''}", is_certain, has_answer=True
    )


def _status(url: str, method: str, deadline: float, is_allowed: IsAllowed) -> int:
    """Return the status of the page that an address leads to, after its redirects."""
    for _ in range(MAX_REDIRECTS + 1):
        status, location = _request(url, method, deadline, is_allowed)
        if location is None:
            return status
        url = _joined(url, location)
    raise _LinkError(f"has more than {MAX_REDIRECTS} redirects", has_answer=True)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise _LinkError("redirects to an invalid address") from None


def _request(
    url: str, method: str, deadline: float, is_allowed: IsAllowed
) -> tuple[int, str | None]:
    """Return the status of a response, and its redirect or None. The body is not read."""
    parts, port = _split(url)
    connection = _Connection(parts, port, deadline, is_allowed)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._[]')}" if parts.query else ""
    try:
        connection.request(
            method, path + query, headers={"User-Agent": USER_AGENT, "Accept": "*/*"}
        )
        response = connection.getresponse()
        if connection.is_over:  # otherwise half a header would be read as a whole one
            raise TimeoutError
        location = response.getheader("Location")
        is_redirect = response.status in (301, 302, 303, 307, 308) and location
        return response.status, location if is_redirect else None
    except NotPublic:
        reason = "leads to an address that is not public, so it was not opened"
        raise _LinkError(reason) from None
    except TimeoutError:
        raise
    except socket.gaierror as error:
        is_unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))
        state = "does not exist" if is_unknown else "cannot be resolved now"
        raise _LinkError(f"has a host whose name {state}", is_unknown) from None
    except ssl.SSLCertVerificationError as error:
        reason = f"has no valid certificate ({error.verify_message.rstrip('.')})"
        raise _LinkError(reason) from None
    except (OSError, http.client.HTTPException) as error:
        if connection.is_over:
            raise TimeoutError from None
        reason = getattr(error, "strerror", None) or "the answer is not HTTP"
        raise _LinkError(f"cannot be opened ({reason})", is_certain=False) from None
    except (UnicodeError, ValueError):
        raise _LinkError("is not a valid address") from None
    finally:
        connection.close()


def _split(url: str) -> tuple[SplitResult, int]:
    """Return the parts of an address and its port. Raises _LinkError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _LinkError("is not a valid address") from None
    if parts.scheme not in ("http", "https"):
        raise _LinkError("leads to an address that is neither http nor https")
    if not parts.hostname:
        raise _LinkError("is not a valid address")
    return parts, port or (443 if parts.scheme == "https" else 80)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # reading the certificates takes 20 ms


class _Connection(http.client.HTTPConnection):
    """A connection that ends at a deadline, even if a server sends a byte from time to time."""

    def __init__(
        self, parts: SplitResult, port: int, deadline: float, is_allowed: IsAllowed
    ) -> None:
        self._is_secure = parts.scheme == "https"
        self.default_port = 443 if self._is_secure else 80  # not in the header Host
        super().__init__(parts.hostname or "", port)
        self._deadline, self._is_allowed = deadline, is_allowed
        self._timer: threading.Timer | None = None

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self._deadline

    def connect(self) -> None:
        host = self.host.encode("idna").decode() if not self.host.isascii() else self.host
        connection = connect(host, self.port, self._seconds_left, self._is_allowed)
        self.sock = connection
        self._timer = threading.Timer(self._seconds_left(), self._shut_down)
        self._timer.daemon = True
        self._timer.start()
        if self._is_secure:
            secure = _tls().wrap_socket(
                connection, server_hostname=host, do_handshake_on_connect=False
            )
            self.sock = secure
            secure.do_handshake()

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        super().close()

    def _seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _shut_down(self) -> None:
        # SSLSocket.shutdown() would make the other thread read the encrypted bytes.
        with suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
