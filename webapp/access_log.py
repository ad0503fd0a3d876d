"""One line of JSON a request, on stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request


def log_requests(app: Flask) -> None:
    """Write a line when an answer is ready. What people search for is theirs: the query is left out."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": request.method,
            "path": request.path[:300],
            "status": response.status_code,
            "bytes": response.calculate_content_length(),
            "ms": round(1000 * (time.perf_counter() - g.get("started", time.perf_counter())), 2),
            "pid": os.getpid(),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return response
