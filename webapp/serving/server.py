"""The server: granian runs the application in worker processes until a signal stops it."""

from __future__ import annotations

import ctypes
import gc
import http.client
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from indexer.engines.base import Engine, EngineError
from indexer.search.request import SearchRequest
from indexer.search.service import search
from indexer.settings import Settings
from indexer.text.collation import load_collation
from indexer.text.place_names import load_names
from webapp import create_app
from webapp.app_state import app_state
from webapp.middleware.access_log import AccessLog
from webapp.middleware.limits import THREADS
from webapp.ops.metrics import Counters, shared_counts
from webapp.serving.connections import connection_limit, follow_connections, set_write_timeout
from webapp.serving.lifeline import Lifeline
from webapp.serving.listener import BACKLOG, open_listener, stop_accepting, wait_until_accepted
from webapp.serving.log_writer import Logs

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask

SHUTDOWN_SECONDS = 30  # time for requests in progress after a signal; then the worker is killed
# Time for the workers to read the requests of the connections that they have accepted.
DRAIN_SECONDS = 0.5
ACCEPT_SECONDS = 5.0  # to wait at a stop until the workers have accepted the waiting connections
STOP_ACCEPTING = signal.SIGUSR1  # to a worker
GENERATION_POLL_SECONDS = 0.5  # a check reads the status of one folder
M_ARENA_MAX = -8  # from glibc's malloc.h
# granian's messages go to standard error: standard output is the access log. It warns of more
# threads than processors, but most of ours wait: webapp.middleware.limits says for what.
LOG_CONFIG = {
    "formatters": {"plain": {"format": "activities: %(message)s"}},
    "filters": {"no_thread_warning": {"()": lambda: _is_no_thread_warning}},
    "handlers": {
        "stderr": {
            "class": "webapp.serving.log_writer.CurrentStderrHandler",
            "formatter": "plain",
            "filters": ["no_thread_warning"],
        }
    },
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}


def _is_no_thread_warning(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Configuration allows spawning up to")


def limit_malloc_arenas() -> None:
    """Make all threads of this process and of its forks share one malloc arena.

    By default glibc gives each thread an arena, which keeps freed memory. After 1,000 mixed
    requests over 100,000 activities a worker has 90 MB of private memory with an arena per thread
    and 78 MB with one. Call this before a thread starts: existing arenas stay in use. Other C
    libraries are not affected.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def run(settings: Settings, workers: int, lifeline: Lifeline, logs: Logs) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in progress.

    Workers only read the index. They follow new generations, and a worker that dies is replaced.
    Exits with CANNOT_LISTEN if no socket can be opened.

    lifeline: ends the workers if this process is killed.
    logs: the logs of the workers.
    """
    load_names()  # before the workers are forked, so that they share the memory
    load_collation()
    gc.freeze()  # a collection in a worker would write to all objects, and so copy them
    listener = open_listener(settings.host, settings.port)
    set_write_timeout(listener)
    server = _Server(
        listener,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # a reverse proxy does not check requests inside h2c
        websockets=False,
        workers=workers,
        backlog=BACKLOG,
        backpressure=connection_limit(),
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=SHUTDOWN_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=LOG_CONFIG,
    )
    # Workers inherit the lifeline, the socket and the counters, which spawned ones would not.
    multiprocessing.set_start_method("fork", force=True)
    # Workers that are not ready yet inherit this. By default the signal would end them.
    signal.signal(STOP_ACCEPTING, signal.SIG_IGN)
    shared = _Shared(server, shared_counts(), lifeline, listener, logs)
    try:
        # A loader instead of a dotted name: granian would search the working directory first.
        server.serve(target_loader=partial(_load, settings, shared), wrap_loader=False)
    except SystemExit:
        # granian exits with an error if workers end by themselves. After Ctrl-C that is expected,
        # because the terminal sends the signal to the workers too.
        if not server.interrupt_signal:
            raise


class _Server(MPServer):
    """Granian with a listening socket that this process opens, and with a drain before the stop.

    By itself, granian opens a socket in each worker. The connections that wait in a worker's socket
    are reset when the worker ends, and systemd cannot pass one.
    """

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        self._listener, self._address = listener, listener.getsockname()[:2]
        super().__init__("webapp", *self._address, **options)

    def _init_shared_socket(self) -> None:
        descriptor = self._listener.fileno()
        self._ssp, self._sso = None, None
        self._shd: Any = SocketHolder(descriptor, False, self.backlog)  # type: ignore[call-arg]

    def _spawn_workers(self, *arguments: Any) -> None:
        super()._spawn_workers(*arguments)  # type: ignore[no-untyped-call]
        # Not before the fork: a worker would inherit the locks of the thread, as of an import.
        threading.Thread(target=_announce, args=self._address, daemon=True).start()

    def _drop_shared_socket(self) -> None:
        """Close the socket before the workers are stopped: new clients are refused, or wait."""
        wait_until_accepted(self._listener, ACCEPT_SECONDS)
        self._listener.close()

    def _stop_workers(self) -> None:
        """Stop the workers without closing a connection that has sent a request.

        A worker that gets SIGTERM closes the connections that it has accepted and not yet read.
        """
        for worker in self.wrks:
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, STOP_ACCEPTING)
        time.sleep(DRAIN_SECONDS)
        super()._stop_workers()  # type: ignore[no-untyped-call]


class _Shared(NamedTuple):
    """What the workers inherit from the server."""

    server: _Server
    counts: int  # descriptor of the file of Counters
    lifeline: Lifeline
    listener: socket.socket
    logs: Logs


def _load(settings: Settings, shared: _Shared) -> WSGIApplication:
    """Return the application of a worker process."""
    # A stop ends this process at once until granian handles signals, which it does after this
    # function. The handlers that the worker inherits only take note of a signal.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if shared.server.interrupt_signal:
        sys.exit()
    shared.logs.restart()
    shared.lifeline.detach()
    signal.signal(STOP_ACCEPTING, lambda *_: stop_accepting(shared.listener))
    counters = Counters(shared.counts)
    app = create_app(settings, counters=counters)
    warm_up(app)
    threading.Thread(target=_follow, args=(app_state(app).engine,), daemon=True).start()
    follow_connections(shared.listener.getsockname()[1])
    return AccessLog(app, shared.logs.access.write, counters.observe)


def warm_up(app: Flask) -> None:
    """Search once and render the home page and a search page, before the first request.

    Templates, names and the index are loaded on first use, which would delay the first response by
    half a second. Without an index nothing happens.
    """
    state = app_state(app)
    with suppress(EngineError), state.engine.snapshot():
        # Not through a page: a page would log a search without results.
        search(state.engine, SearchRequest("women"), state.vocabulary())
        for path in ("/", "/?q="):
            app.test_client().get(path)


def _follow(engine: Engine) -> None:
    """Open each new generation as soon as it exists, and close the old one's files.

    Without this the first request after a commit would wait, and a worker without requests would
    keep deleted files open, which occupy disk space until they are closed.
    """
    while True:
        time.sleep(GENERATION_POLL_SECONDS)
        with suppress(EngineError), engine.snapshot():  # requests report the error
            pass


def _announce(host: str, port: int) -> None:
    """Print the server's URL as soon as it answers."""
    # A wildcard address is replaced by one that a browser can open.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound here
    while True:
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("HEAD", "/help")
            connection.getresponse()
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    url_host = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"serving on http://{url_host}:{port}/  (Ctrl-C stops)\n")
