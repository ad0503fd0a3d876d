"""Error handlers: an HTML page for browsers, a JSON error below /api/."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.visible_text import cut_message
from indexer.engines.base import EngineError, EngineUnavailable, TooBusy, TooExpensive
from indexer.search.export import ExportNotWritten, ExportTooLarge
from webapp.api.json import error_response
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.locale import gettext
from webapp.middleware.limits import REFUSAL_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("activities")

RETRY_SECONDS = 5  # Retry-After of requests that were refused

ErrorResponse = tuple[Response | str, int, dict[str, str]]


def register_error_handlers(app: Flask) -> None:
    """Answer refused requests, and errors of engines, exports and HTTP, with error_page()."""

    @app.before_request
    def refuse() -> ErrorResponse | None:
        code = request.environ.get(REFUSAL_KEY)
        return _refusal(app, code) if code else None

    @app.errorhandler(TooExpensive)
    @app.errorhandler(TooBusy)
    def too_much_work(exception: TooExpensive | TooBusy) -> ErrorResponse:
        return _refusal(app, exception.code)

    @app.errorhandler(EngineError)
    def engine_error(exception: EngineError) -> ErrorResponse:
        log.error("%s: %s", exception.code, cut_message(str(exception)))
        # The message has paths and addresses of the server, so it is in the log only.
        unavailable = isinstance(exception, EngineUnavailable)
        detail = "" if unavailable else f"the server’s log explains “{exception.code}”"
        return error_page(503, detail, code=exception.code), 503, _retry_later()

    @app.errorhandler(ExportTooLarge)
    def export_too_large(exception: ExportTooLarge) -> tuple[Response | str, int]:
        text = messages.export_too_large(exception.total, exception.limit, exception.unit)
        return error_page(413, text=text), 413

    @app.errorhandler(ExportNotWritten)
    def export_not_written(
        exception: ExportNotWritten,
    ) -> tuple[Response | str, int, dict[str, str]]:
        log.error("export: %s", exception)
        headers = {"Retry-After": "60", "Cache-Control": "no-store"}
        return error_page(503, text=messages.export_not_written()), 503, headers

    @app.errorhandler(HTTPException)
    def http_error(exception: HTTPException) -> BaseResponse:
        if exception.code is None or exception.code < 400:
            return exception.get_response()
        response = make_response(error_page(exception.code), exception.code)
        if isinstance(exception, MethodNotAllowed) and exception.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(exception.valid_methods))
        return response


def _retry_later() -> dict[str, str]:
    return {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}


def _refusal(app: Flask, code: str) -> ErrorResponse:
    """Count a request that is refused because of its work or the load, and return the response."""
    app_state(app).counters.refuse(request.path, code)
    status = 429 if code == "rate_limited" else 503
    return error_page(status, code=code), status, _retry_later()


def refuse_host(app: Flask) -> WSGIApplication:
    """Return a WSGI application that answers a request without a valid Host header."""

    def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with app.request_context(environ):
            body = error_page(400, "the header Host is missing or malformed")
            response = app.process_response(make_response(body, 400))
        return response(environ, start_response)

    return refuse


def error_page(status: int, detail: str = "", text: str = "", code: str = "") -> Response | str:
    """Return the body of an error response: a page, or JSON for an address below /api/.

    text replaces the usual sentence. detail is shown in addition to it, and is the message of the
    JSON error. code replaces the usual error code of the status, and may have its own sentence.
    """
    default_code, title, default_text = messages.ERRORS.get(status, messages.ERRORS[400])
    title, default_text = messages.ERRORS_BY_CODE.get(code, (title, default_text))
    if request.path.startswith("/api/"):
        return error_response(status, code or default_code, detail or title)
    return render_template(
        "message.html",
        title=gettext(title),
        text=text or gettext(default_text),
        detail=detail,
        server_error=status >= 500 and code != "too_expensive",
    )
