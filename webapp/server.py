"""Runs the application: granian's pre-forked workers, a line of access log a request."""

from __future__ import annotations

import os
import socket
import sys

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from indexer.settings import Settings
from webapp import create_app
from webapp.access_log import log_requests

THREADS = 4  # a worker waits for the disk more than for the processor


def application() -> Flask:
    """The application of one worker, from the environment that run() set."""
    app = create_app(Settings.from_env())
    log_requests(app)
    return app


def run(settings: Settings, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are finished first. Exits 2 if the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            click.echo(f"activities: cannot listen on {settings.host}:{settings.port} ({error.strerror}): "
                       "name another port with PORT or --port", err=True)  # fmt: skip
            sys.exit(2)
    os.environ |= {
        "ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index),
        "ACTIVITIES_ENGINE": settings.engine, "ACTIVITIES_HOST": settings.host, "PORT": str(settings.port),
    }  # fmt: skip
    server = Granian(
        "webapp.server:application", address=settings.host, port=settings.port, interface=Interfaces.WSGI, factory=True,
        workers=workers, blocking_threads=THREADS, respawn_failed_workers=True, log_level="warning",
        workers_kill_timeout=30,
    )  # fmt: skip
    server.on_startup(lambda: click.echo(f"http://{settings.host}:{settings.port}/"))
    server.serve()
