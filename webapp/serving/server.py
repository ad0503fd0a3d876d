"""The server: granian runs the application in worker processes until a signal stops it."""

from __future__ import annotations

import ctypes
import http.client
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from indexer.engines.base import Engine, EngineError
from indexer.search.request import SearchRequest
from indexer.search.service import search
from indexer.settings import Settings
from indexer.text.collation import load_collation
from indexer.text.place_names import load_names
from webapp import create_app
from webapp.app_state import app_state
from webapp.middleware.access_log import AccessLog
from webapp.ops.metrics import Counters, shared_counts
from webapp.serving.lifeline import Lifeline

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask

# Per worker. Only one thread at a time runs Python; the others serve slow downloads.
THREADS = 4
SHUTDOWN_SECONDS = 30  # time for requests in progress after a signal; then the worker is killed
GENERATION_POLL_SECONDS = 0.5  # a check reads the status of one folder
CANNOT_LISTEN = 2  # exit code
M_ARENA_MAX = -8  # from glibc's malloc.h
# granian's messages go to standard error: standard output is the access log.
LOG_CONFIG = {
    "formatters": {"plain": {"format": "activities: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}


def limit_malloc_arenas() -> None:
    """Make all threads of this process and of its forks share one malloc arena.

    By default glibc gives each thread an arena, which keeps freed memory. After 1,000 mixed
    requests over 100,000 activities a worker has 90 MB of private memory with an arena per thread
    and 78 MB with one. Call this before a thread starts: existing arenas stay in use. Other C
    libraries are not affected.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def run(settings: Settings, workers: int, lifeline: Lifeline) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in progress.

    Workers only read the index. They follow new generations, and a worker that dies is replaced.
    Exits with CANNOT_LISTEN if the address cannot be used.

    lifeline: ends the workers if this process is killed.
    """
    load_names()  # before the workers are forked, so that they share the memory
    load_collation()
    port = _available_port(settings.host, settings.port)
    server = Granian(
        "webapp",
        settings.host,
        port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # a reverse proxy does not check requests inside h2c
        websockets=False,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=SHUTDOWN_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=LOG_CONFIG,
    )
    threading.Thread(target=_announce, args=(settings.host, port), daemon=True).start()
    try:
        # A loader instead of a dotted name: granian would search the working directory first.
        loader = partial(_load, settings, shared_counts(), lifeline)
        server.serve(target_loader=loader, wrap_loader=False)
    except SystemExit:
        # granian exits with an error if workers end by themselves. After Ctrl-C that is expected,
        # because the terminal sends the signal to the workers too.
        if not server.interrupt_signal:
            raise


def _load(settings: Settings, counts: int, lifeline: Lifeline) -> WSGIApplication:
    """Return the application of a worker process.

    counts: the descriptor of the workers' common Counters.
    """
    lifeline.detach()
    counters = Counters(counts)
    app = create_app(settings, counters=counters)
    warm_up(app)
    threading.Thread(target=_follow, args=(app_state(app).engine,), daemon=True).start()
    return AccessLog(app, counters.observe)


def warm_up(app: Flask) -> None:
    """Search once and render the home page, before the first request.

    Templates, names and the index are loaded on first use, which would delay the first response by
    half a second. Without an index nothing happens.
    """
    state = app_state(app)
    with suppress(EngineError), state.engine.snapshot():
        # Not through a page: a page would log a search without results.
        search(state.engine, SearchRequest("women"), state.vocabulary())
        app.test_client().get("/")


def _follow(engine: Engine) -> None:
    """Open each new generation as soon as it exists, and close the old one's files.

    Without this the first request after a commit would wait, and a worker without requests would
    keep deleted files open, which occupy disk space until they are closed.
    """
    while True:
        time.sleep(GENERATION_POLL_SECONDS)
        with suppress(EngineError), engine.snapshot():  # requests report the error
            pass


def _available_port(host: str, port: int) -> int:
    """Return the port, or for 0 a free one. Exits with CANNOT_LISTEN if it is in use.

    granian itself would share the port with another granian process.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = addresses[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            return int(listener.getsockname()[1])
    except OSError as error:
        sys.stderr.write(
            f"activities: cannot listen on {host}:{port} ({error.strerror}): "
            "choose another port with --port or PORT, or another address with --host or "
            "ACTIVITIES_HOST\n"
        )
        sys.exit(CANNOT_LISTEN)


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
