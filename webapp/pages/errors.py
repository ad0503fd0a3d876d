"""Error handlers: an HTML page for browsers, a JSON error below /api/."""

from __future__ import annotations

import logging

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from indexer.engines.base import EngineError, EngineUnavailable
from indexer.search.export import ExportNotWritten, ExportTooLarge
from webapp.api.json import error_response
from webapp.i18n import messages
from webapp.i18n.locale import gettext

log = logging.getLogger("activities")


def register_error_handlers(app: Flask) -> None:
    """Answer errors of engines, exports and HTTP with error_page()."""

    @app.errorhandler(EngineError)
    def engine_error(exception: EngineError) -> tuple[Response | str, int, dict[str, str]]:
        log.error("%s: %s", exception.code, exception)
        # The details of an outage are for the operator's log. Other errors name a command to run.
        detail = "" if isinstance(exception, EngineUnavailable) else str(exception)
        headers = {"Retry-After": "5", "Cache-Control": "no-store"}
        return error_page(503, detail, code=exception.code), 503, headers

    @app.errorhandler(ExportTooLarge)
    def export_too_large(exception: ExportTooLarge) -> tuple[Response | str, int]:
        text = messages.export_too_large(exception.total, exception.limit)
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


def error_page(status: int, detail: str = "", text: str = "", code: str = "") -> Response | str:
    """Return the body of an error response: a page, or JSON for an address below /api/.

    text replaces the usual sentence of the status. detail is shown in addition to it, and is the
    message of the JSON error. code replaces the usual error code.
    """
    default_code, title, default_text = messages.ERRORS.get(status, messages.ERRORS[400])
    if request.path.startswith("/api/"):
        return error_response(status, code or default_code, detail or title)
    return render_template(
        "message.html",
        title=gettext(title),
        text=text or gettext(default_text),
        detail=detail,
        server_error=status >= 500,
    )
