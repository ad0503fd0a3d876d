"""The access log is written while a response is sent."""

from __future__ import annotations

import json

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from webapp.middleware.access_log import AccessLog


def test_the_line_is_written_before_the_last_chunk_is_sent(app: Flask) -> None:
    lines: list[bytes] = []
    body, status, _ = run_wsgi_app(AccessLog(app, lines.append), create_environ("/help"))
    next(iter(body))  # the server sends this chunk, and may be stopped before it asks for the next
    record = json.loads(lines[0])
    assert (record["path"], record["status"], status) == ("/help", 200, "200 OK")
    assert "cut" not in record
    body.close()  # type: ignore[attr-defined]
    assert len(lines) == 1


def test_a_response_that_the_client_did_not_wait_for_is_marked_as_cut(app: Flask) -> None:
    lines: list[bytes] = []
    body, _, _ = run_wsgi_app(AccessLog(app, lines.append), create_environ("/export?format=json"))
    next(iter(body))
    body.close()  # type: ignore[attr-defined]
    (line,) = lines
    assert json.loads(line)["cut"] is True
