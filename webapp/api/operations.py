"""What operators and other programs ask: whether it lives, whether it can answer, what it counted, and to reindex."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, jsonify, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from indexer.engines.base import EngineError
from indexer.query.plan import Plan
from webapp.api.json import error
from webapp.app_state import app_state
from webapp.ops.metrics import IndexMetrics, exposition

operations = Blueprint("operations", __name__)


@operations.after_request
def never_kept(response: Response) -> Response:
    """Of now, and of nobody else's business."""
    response.headers["Cache-Control"] = "no-store"
    return response


@operations.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return Response("ok\n", mimetype="text/plain")


@operations.get("/readyz")
def readyz() -> Response:
    """Whether searches can be answered, and from which generation."""
    try:
        with app_state(current_app).engine.snapshot() as snapshot:
            found = snapshot.generation
            snapshot.match(Plan())  # an engine may know its generation and not reach all of it
    except EngineError as problem:
        response = jsonify({"ready": False, "code": problem.code, "reason": str(problem)})
        response.status_code = 503
        response.headers["Retry-After"] = "5"
        return response
    return jsonify(
        {
            "ready": True,
            "generation": found.number,
            "indexed_at": found.indexed_at,
            "activities": found.activities,
        }
    )


@operations.get("/metrics")
def metrics() -> Response:
    """What all workers of this server counted."""
    app = app_state(current_app)
    text = exposition(app.counters, IndexMetrics(app.engine, app.settings.index))
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _refused() -> Response | None:
    """Why a caller may not reindex; None where it may."""
    token = app_state(current_app).settings.token
    if not token:
        return error(
            404, "not_found", "Reindexing on call is off: the server has no ACTIVITIES_TOKEN."
        )
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    # In a time that tells nothing of how much of it is right.
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        response = error(
            401,
            "unauthorized",
            "This needs the header Authorization: Bearer and the server's token.",
        )
        response.headers["WWW-Authenticate"] = 'Bearer realm="reindex"'
        return response
    return None


@operations.post("/api/v1/reindex")
def reindex() -> BaseResponse:
    """Begin a run, or join the one that begins next: 202 and where to ask about it."""
    if (refused := _refused()) is not None:
        return refused
    try:
        id = app_state(current_app).reindexer.ask()
    except OSError as problem:
        return _unavailable(problem)
    where = url_for("operations.reindex_job", id=id)
    response = jsonify({"id": id, "state": "waiting", "url": where})
    response.status_code = 202
    response.headers["Location"] = where
    return response


def _unavailable(problem: OSError) -> Response:
    response = error(
        503,
        "engine_unavailable",
        f"{problem.filename or 'A process'} cannot be used ({problem.strerror}): "
        "free some space, or mend its permissions.",
    )
    response.headers["Retry-After"] = "60"
    return response


@operations.get("/api/v1/reindex/<id>")
def reindex_job(id: str) -> BaseResponse:
    """How far a run is, and what came of it."""
    if (refused := _refused()) is not None:
        return refused
    try:
        job = app_state(current_app).reindexer.get(id)
    except OSError as problem:
        return _unavailable(problem)
    if job is None:
        return error(404, "not_found", "There is no run with this id; the last hundred are known.")
    return jsonify(job)
