"""The access log is logged_lines while a response is sent."""

from __future__ import annotations

import json
import os
from typing import Any

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from webapp.middleware.access_log import AccessLog


def logged_lines(pipe: int) -> list[dict[str, Any]]:
    os.set_blocking(pipe, False)
    try:
        return [json.loads(line) for line in os.read(pipe, 65536).splitlines()]
    except BlockingIOError:
        return []


def test_the_line_is_written_before_the_last_chunk_is_sent(app: Flask) -> None:
    reading, writing = os.pipe()
    body, status, _ = run_wsgi_app(AccessLog(app, descriptor=writing), create_environ("/help"))
    next(iter(body))  # the server sends this chunk, and may be stopped before it asks for the next
    (line,) = logged_lines(reading)
    assert (line["path"], line["status"], status) == ("/help", 200, "200 OK")
    assert "cut" not in line
    body.close()  # type: ignore[attr-defined]
    assert logged_lines(reading) == []


def test_a_response_that_the_client_did_not_wait_for_is_marked_as_cut(app: Flask) -> None:
    reading, writing = os.pipe()
    body, _, _ = run_wsgi_app(
        AccessLog(app, descriptor=writing), create_environ("/export?format=json")
    )
    next(iter(body))
    body.close()  # type: ignore[attr-defined]
    (line,) = logged_lines(reading)
    assert line["cut"] is True
