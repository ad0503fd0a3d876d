"""The access log, written as an answer leaves."""

from __future__ import annotations

import json
import os
from typing import Any

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from webapp.middleware.access_log import AccessLog


def written(pipe: int) -> list[dict[str, Any]]:
    os.set_blocking(pipe, False)
    try:
        return [json.loads(line) for line in os.read(pipe, 65536).splitlines()]
    except BlockingIOError:
        return []


def test_the_line_is_there_before_the_last_piece_leaves(app: Flask) -> None:
    reading, writing = os.pipe()
    body, status, _ = run_wsgi_app(AccessLog(app, descriptor=writing), create_environ("/help"))
    next(iter(body))  # what a server sends; it may be stopped before it asks for more
    (line,) = written(reading)
    assert (line["path"], line["status"], status) == ("/help", 200, "200 OK")
    assert "cut" not in line
    body.close()  # type: ignore[attr-defined]
    assert written(reading) == []


def test_a_client_that_leaves_early_is_said(app: Flask) -> None:
    reading, writing = os.pipe()
    body, _, _ = run_wsgi_app(
        AccessLog(app, descriptor=writing), create_environ("/export?format=json")
    )
    next(iter(body))
    body.close()  # type: ignore[attr-defined]
    (line,) = written(reading)
    assert line["cut"] is True
