"""Endpoints for operators and other programs: health, readiness, metrics and reindexing."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.visible_text import cut_message
from indexer.engines.base import EngineError
from indexer.query.plan import Plan
from webapp.api.json import error_response
from webapp.app_state import app_state
from webapp.ops.metrics import IndexMetrics, exposition

operations = Blueprint("operations", __name__)
# Only these addresses, without another slash: a rule of a reverse proxy knows no others.
EXACT: dict[str, Any] = {"strict_slashes": True, "merge_slashes": False}


@operations.before_request
def refuse_doubled_slashes() -> None:
    """Answer 404 to a path that begins with several slashes, which Flask ignores."""
    if request.environ.get("PATH_INFO", "").startswith("//"):
        abort(404)


@operations.after_request
def forbid_caching(response: Response) -> Response:
    """Forbid every cache to store the response."""
    response.headers["Cache-Control"] = "no-store"
    return response


@operations.get("/healthz", **EXACT)
def healthz() -> Response:
    """Answer 200 while the process lives."""
    return Response("ok\n", mimetype="text/plain")


@operations.get("/readyz", **EXACT)
def readyz() -> Response:
    """Answer 200 with the generation if searches can be answered, or 503 with the reason."""
    try:
        with app_state(current_app).engine.snapshot() as snapshot:
            generation = snapshot.generation
            snapshot.match(Plan())  # a cluster may know its generation and miss some shards
    except EngineError as problem:
        response = jsonify(
            {"ready": False, "code": problem.code, "reason": cut_message(str(problem))}
        )
        response.status_code = 503
        response.headers["Retry-After"] = "5"
        return response
    return jsonify(
        {
            "ready": True,
            "generation": generation.number,
            "indexed_at": generation.indexed_at,
            "activities": generation.activities,
        }
    )


@operations.get("/metrics", **EXACT)
def metrics() -> Response:
    """Return the metrics of all workers of this server."""
    app = app_state(current_app)
    text = exposition(app.counters, IndexMetrics(app.engine, app.settings.index))
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _refusal() -> Response | None:
    """Return the response to a caller who may not reindex, or None."""
    token = app_state(current_app).settings.token
    if not token:
        message = "Reindexing on request is off: the server has no ACTIVITIES_TOKEN."
        return error_response(404, "not_found", message)
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    # compare_digest takes the same time however much of the token is right.
    matches = hmac.compare_digest(credentials.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not matches:
        message = "This needs the header Authorization: Bearer with the token of the server."
        response = error_response(401, "unauthorized", message)
        response.headers["WWW-Authenticate"] = 'Bearer realm="reindex"'
        return response
    return None


@operations.post("/api/v1/reindex", **EXACT)
def reindex() -> BaseResponse:
    """Start a job, or join the waiting one: 202 with its address."""
    if (refusal := _refusal()) is not None:
        return refusal
    try:
        id = app_state(current_app).reindex_jobs.request()
    except OSError as problem:
        return _unavailable(problem)
    url = url_for("operations.reindex_job", id=id)
    response = jsonify({"id": id, "state": "waiting", "url": url})
    response.status_code = 202
    response.headers["Location"] = url
    return response


def _unavailable(problem: OSError) -> Response:
    message = (
        f"{problem.filename or 'A process'} cannot be used ({problem.strerror}): "
        "free some space, or correct its permissions."
    )
    response = error_response(503, "engine_unavailable", message)
    response.headers["Retry-After"] = "60"
    return response


@operations.get("/api/v1/reindex/<id>", **EXACT)
def reindex_job(id: str) -> BaseResponse:
    """Return the progress and the result of a job."""
    if (refusal := _refusal()) is not None:
        return refusal
    try:
        job = app_state(current_app).reindex_jobs.get(id)
    except OSError as problem:
        return _unavailable(problem)
    if job is None:
        message = "There is no job with this id. The last hundred jobs are known."
        return error_response(404, "not_found", message)
    return jsonify(job)
