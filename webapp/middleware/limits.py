"""Limits on the requests of a worker: their work, and how many of a kind run at the same time.

A request of a kind whose places are taken waits for a bounded time, and is then refused. Requests
that need no search never wait.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from indexer.engines.base import TooBusy
from indexer.engines.budget import Budget, limited

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Without a limit: these answer at once, also when all searches wait.
LIGHT_PATHS = frozenset(
    "/healthz /readyz /metrics /help /api /favicon.ico /robots.txt /opensearch.xml"
    " /api/v1/openapi.json".split()
)
LIGHT_FOLDERS = ("/static/", "/api/v1/reindex")
# Long responses. Their rows have no budget: a reader may ask for everything.
DOWNLOADS = frozenset(("/export", "/briefing"))
BULK_PATHS = DOWNLOADS | {"/coverage"}
BULK_FOLDERS = ("/sitemap",)

# In a request's environ: the error code of a request that was refused before it ran.
REFUSAL_KEY = "activities.refusal"
# In a request's environ: True if the client reads too slowly. The body may end with a last piece.
SLOW_KEY = "activities.slow"
WAIT_SECONDS = 5.0  # for a place, at most
MAX_SEARCHES, MAX_WAITING_SEARCHES = 16, 48
MAX_BULK, MAX_WAITING_BULK = 3, 8
# Requests beyond HEAVY_POSTINGS. With more of them, each would only take longer. Those that wait
# keep their places among the searches, and must leave some to light ones.
MAX_HEAVY, MAX_WAITING_HEAVY = 2, 6
# A download whose client reads less ends: GRACE_SECONDS, and a second for each READ_BYTES.
GRACE_SECONDS = 60.0
READ_BYTES = 10_000

# Threads of a worker: for all places, for all that wait, and for light requests.
THREADS = MAX_SEARCHES + MAX_WAITING_SEARCHES + MAX_BULK + MAX_WAITING_BULK + 21


class Places:
    """A number of places that threads take, and a number of threads that may wait for one."""

    def __init__(self, places: int, waiting: int, seconds: float = WAIT_SECONDS) -> None:
        """Create free places. seconds: the longest wait."""
        self._free = threading.Semaphore(places)
        self._waiting = threading.Semaphore(waiting)
        self._seconds = seconds

    def take(self) -> bool:
        """Take a place. Returns False if too many threads wait, or after the longest wait."""
        if self._free.acquire(blocking=False):
            return True
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._free.acquire(timeout=self._seconds)
        finally:
            self._waiting.release()

    def leave(self) -> None:
        """Free a place that was taken."""
        self._free.release()


class RequestLimits:
    """WSGI middleware that bounds the work of each request, and the requests of each kind.

    A refused request is passed on with its error code in environ[REFUSAL_KEY], and the application
    answers it with an error.
    """

    def __init__(
        self,
        app: WSGIApplication,
        searches: Places | None = None,
        bulk: Places | None = None,
        heavy: Places | None = None,
    ) -> None:
        """Wrap an application. searches, bulk, heavy: the places for requests of each kind."""
        self._app = app
        self._searches = searches or Places(MAX_SEARCHES, MAX_WAITING_SEARCHES)
        self._bulk = bulk or Places(MAX_BULK, MAX_WAITING_BULK)
        self._heavy = heavy or Places(MAX_HEAVY, MAX_WAITING_HEAVY)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "").rstrip("/")
        if path in LIGHT_PATHS or path.startswith(LIGHT_FOLDERS):
            return self._app(environ, start_response)
        if path in BULK_PATHS or path.startswith(BULK_FOLDERS):
            if not self._bulk.take():
                return self._refuse("rate_limited", environ, start_response)
            try:
                if path in DOWNLOADS:
                    body = self._app(environ, start_response)
                else:
                    body = self._with_budget(environ, start_response)
            except BaseException:
                self._bulk.leave()
                raise
            return _BulkBody(body, environ, self._bulk.leave)
        if not self._searches.take():
            return self._refuse("too_busy", environ, start_response)
        try:
            return self._with_budget(environ, start_response)
        finally:
            self._searches.leave()

    def _refuse(
        self, code: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        environ[REFUSAL_KEY] = code
        return self._app(environ, start_response)

    def _with_budget(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Call the application with a budget. Its views search before they return."""
        is_heavy = False

        def wait_for_place() -> None:
            nonlocal is_heavy
            if not self._heavy.take():
                raise TooBusy("too many searches take long at the moment: try again later")
            is_heavy = True

        try:
            with limited(Budget(on_heavy=wait_for_place)):
                return self._app(environ, start_response)
        finally:
            if is_heavy:
                self._heavy.leave()


class _BulkBody:
    """A response body that leaves its place at the end, and ends if its client reads too slowly.

    In that case SLOW_KEY is set, and one more piece is sent, which can say that the file is
    incomplete.
    """

    def __init__(
        self, body: Iterable[bytes], environ: WSGIEnvironment, leave: Callable[[], None]
    ) -> None:
        self._body, self._environ = body, environ
        # Runs once: when this is closed, or is dropped without that.
        self._leave = weakref.finalize(self, leave)

    def __iter__(self) -> Iterator[bytes]:
        sent, waited = 0, 0.0
        for piece in self._body:
            started = time.monotonic()
            yield piece
            if SLOW_KEY in self._environ:
                raise TimeoutError("the client reads the download too slowly")
            waited += time.monotonic() - started
            sent += len(piece)
            if waited > GRACE_SECONDS + sent / READ_BYTES:
                self._environ[SLOW_KEY] = True

    def close(self) -> None:
        """Close the body and leave the place."""
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._leave()
