"""Runs the application in worker processes behind granian, until a signal stops it."""

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

THREADS = 4  # a worker's: searches take turns anyway (the GIL), so these are for slow downloads
GRACE = (
    30  # seconds that requests in flight may still take after a signal; then the worker is killed
)
FOLLOW = 0.5  # seconds between two looks for a new generation, each the status of one folder
CANNOT_LISTEN = 2
M_ARENA_MAX = -8  # of glibc's malloc.h
MESSAGES = {  # granian's own go to standard output unless told, among the lines of the access log
    "formatters": {"plain": {"format": "activities: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}


def one_heap() -> None:
    """Have all threads share one heap: of this process, and of the workers that are forked from it.

    glibc gives each thread its own, which keeps what was freed: two workers took 81 MB under load where they take 77 MB so.
    To be called before there are threads, since a heap that is there is used. Elsewhere than with glibc nothing happens.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def run(settings: Settings, workers: int) -> None:
    """Serve until SIGTERM or SIGINT, and let requests in flight end. Exits 2 where it cannot listen.

    Workers read the index only; they follow new generations, and one that dies is replaced.
    """
    with tempfile.NamedTemporaryFile(prefix="activities-", suffix=".counters") as counters:
        counters.truncate(SIZE)
        _serve(settings, workers, Path(counters.name))


def _serve(settings: Settings, workers: int, counters: Path) -> None:
    port = _free(settings.host, settings.port)
    server = Granian(
        "webapp",
        settings.host,
        port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.warning,
        log_dictconfig=MESSAGES,
    )
    threading.Thread(target=_announce, args=(settings.host, port), daemon=True).start()
    try:
        # A loader, not a dotted name: granian would look for that in the current folder first.
        server.serve(target_loader=partial(_application, settings, counters), wrap_loader=False)
    except SystemExit:
        if not server.interrupt_signal:
            raise
        # Ctrl-C reached the workers first; that they ended is not a failure.


def _application(settings: Settings, path: Path) -> WSGIApplication:
    counters = Counters(path)
    app = create_app(settings, counters=counters)
    warm(app)
    threading.Thread(target=_follow, args=(app_state(app).engine,), daemon=True).start()
    return AccessLog(app, counters.observe)


def warm(app: Flask) -> None:
    """Answer once before anyone asks: what is loaded when it is first needed (templates, names, the index) would make
    somebody wait half a second."""
    with suppress(EngineError), app_state(app).engine.snapshot():
        search(
            app_state(app).engine, SearchRequest("women"), app_state(app).vocabulary()
        )  # as a page it might be logged as a miss
        app.test_client().get("/")


def _follow(engine: Engine) -> None:
    """Open each new generation before a request has to, and let go of the files of the last one: those that are
    removed take up their disk until no worker has them, and a worker may have no request for days."""
    while True:
        time.sleep(FOLLOW)
        with suppress(EngineError), engine.snapshot():  # what is wrong, requests say
            pass


def _free(host: str, port: int) -> int:
    """The port, or for 0 one that is free. granian itself would share a port with another granian."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            return int(trial.getsockname()[1])
    except OSError as error:
        click.echo(
            f"activities: cannot listen on {host}:{port} ({error.strerror}): "
            "name another with --port or PORT, or --host or ACTIVITIES_HOST",
            err=True,
        )
        sys.exit(CANNOT_LISTEN)


def _announce(host: str, port: int) -> None:
    """Print the address once something answers there."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    while True:
        connection = http.client.HTTPConnection(near, port, timeout=5)
        try:
            connection.request("HEAD", "/help")
            connection.getresponse()
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    shown = f"[{near}]" if ":" in near else near
    click.echo(f"serving on http://{shown}:{port}/  (Ctrl-C stops)", err=True)
