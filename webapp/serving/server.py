"""Run the application in granian's worker processes until a signal stops it."""

from __future__ import annotations

import ctypes
import http.client
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from indexer.engines.base import Engine, EngineError
from indexer.search.request import SearchRequest
from indexer.search.service import search
from indexer.settings import Settings
from webapp import create_app
from webapp.app_state import app_state
from webapp.middleware.access_log import AccessLog
from webapp.ops.metrics import SIZE, Counters

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask

THREADS = 4  # of a worker; searches share the GIL, so these serve slow downloads
SHUTDOWN_TIMEOUT = 30  # seconds that open requests may take after a signal
REFRESH_INTERVAL = 0.5  # seconds between two checks for a new generation: one stat of a folder
EXIT_CANNOT_LISTEN = 2
M_ARENA_MAX = -8  # from glibc's malloc.h
# Without this, granian's messages go to standard output, among the lines of the access log.
LOG_CONFIG = {
    "formatters": {"plain": {"format": "activities: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}


def one_heap() -> None:
    """Make all threads of this process, and of the workers forked from it, share one heap.

    glibc gives each thread a heap, which keeps freed memory: two workers took 81 MB under load
    instead of 77 MB. Call this before threads start, since an existing heap stays in use. Without
    glibc nothing happens.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def run(settings: Settings, workers: int) -> None:
    """Serve until SIGTERM or SIGINT, then finish open requests. Exits with 2 if it cannot listen.

    Workers only read the index and follow new generations. A worker that dies is replaced.
    """
    with tempfile.NamedTemporaryFile(prefix="activities-", suffix=".counters") as counters:
        counters.truncate(SIZE)
        _serve(settings, workers, Path(counters.name))


def _serve(settings: Settings, workers: int, counters: Path) -> None:
    port = _available_port(settings.host, settings.port)
    server = Granian(
        "webapp",
        settings.host,
        port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=SHUTDOWN_TIMEOUT,
        log_level=LogLevels.warning,
        log_dictconfig=LOG_CONFIG,
    )
    threading.Thread(target=_announce, args=(settings.host, port), daemon=True).start()
    try:
        # A loader, not a dotted name: granian would import that from the current folder first.
        server.serve(target_loader=partial(_application, settings, counters), wrap_loader=False)
    except SystemExit:
        if not server.interrupt_signal:
            raise
        # Ctrl-C also reached the workers, so it is no failure that they have ended.


def _application(settings: Settings, counters_file: Path) -> WSGIApplication:
    counters = Counters(counters_file)
    app = create_app(settings, counters=counters)
    warm_up(app)
    threading.Thread(target=_refresh, args=(app_state(app).engine,), daemon=True).start()
    return AccessLog(app, counters.observe)


def warm_up(app: Flask) -> None:
    """Load templates, names and the index, which would delay the first request by half a second."""
    state = app_state(app)
    with suppress(EngineError), state.engine.snapshot():
        # Not a page: a search without results could be logged.
        search(state.engine, SearchRequest("women"), state.vocabulary())
        app.test_client().get("/")


def _refresh(engine: Engine) -> None:
    """Open each new generation before a request has to, and close the files of the last one.

    A removed file takes up disk space until no worker has it open, and a worker may be idle for
    days.
    """
    while True:
        time.sleep(REFRESH_INTERVAL)
        with suppress(EngineError), engine.snapshot():  # requests report the error
            pass


def _available_port(host: str, port: int) -> int:
    """Return the port, or a free one for 0. granian itself would share a port with another one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            return int(listener.getsockname()[1])
    except OSError as error:
        click.echo(
            f"activities: cannot listen on {host}:{port} ({error.strerror}): choose another port "
            "with --port or PORT, or another address with --host or ACTIVITIES_HOST",
            err=True,
        )
        sys.exit(EXIT_CANNOT_LISTEN)


def _announce(host: str, port: int) -> None:
    """Print the address once the server answers."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    while True:
        connection = http.client.HTTPConnection(local, port, timeout=5)
        try:
            connection.request("HEAD", "/help")
            connection.getresponse()
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    name = f"[{local}]" if ":" in local else local
    click.echo(f"serving on http://{name}:{port}/  (Ctrl-C stops)", err=True)
