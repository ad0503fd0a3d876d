"""Error pages."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from flask import (
    Flask,
    Response,
    make_response,
    render_template,
    request,
)
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from indexer.engines.base import EngineError, EngineUnavailable
from indexer.schema import FIELD
from indexer.search.request import SearchRequest
from webapp.api.json import error
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.locale import current_locale, gettext, negotiate_locale, ngettext, set_locale
from webapp.pages.components import (
    chips,
    collapse_regions,
    count_values,
    direction,
    histogram,
    split_heading,
)
from webapp.pages.markup import ticks
from webapp.search_state import (
    Links,
    activity_url,
    api_url,
    cite_url,
    coverage_url,
    export_url,
    legibly,
    search_url,
)

log = logging.getLogger("activities")


FACTS = ("country", "year", "theme", "partner")  # what a result says of itself


def prepare(app: Flask) -> None:
    """Give the templates what they use, and every error its page."""

    def static(name: str) -> str:
        digest = hashlib.blake2b(
            (Path(app.static_folder or "") / name).read_bytes(), digest_size=6
        ).hexdigest()
        return f"/static/{name}?v={digest}"

    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext)  # type: ignore[attr-defined]
    app.before_request(
        lambda: set_locale(negotiate_locale(request.headers.get("Accept-Language", "")))
    )
    app.jinja_env.globals.update(
        current_locale=current_locale,
        site=messages.SITE,
        tagline=messages.TAGLINE,
        FIELD=FIELD,
        FACTS=FACTS,
        FORMS=messages.FORMS,
        SearchRequest=SearchRequest,
        every=Links(SearchRequest()),
        stylesheet=static("style.css"),
        script=static("search.js"),
        search_url=legibly(search_url),
        export_url=legibly(export_url),
        coverage_url=legibly(coverage_url),
        api_url=legibly(api_url),
        activity_url=activity_url,
        cite_url=cite_url,
        say=messages.say,
        count=messages.count,
        times=messages.times,
        chips=chips,
        ticks=ticks,
        collapse_regions=collapse_regions,
        count_values=count_values,
        histogram=histogram,
        split_heading=split_heading,
        direction=direction,
    )

    @app.context_processor
    def where() -> dict[str, str]:
        return {"site_url": app_state(app).site()}

    @app.errorhandler(EngineError)
    def engine_error(found: EngineError) -> tuple[Response | str, int, dict[str, str]]:
        log.error("%s: %s", found.code, found)
        # An outage's details are for the operator's log; what to run is for whoever set this up.
        detail = "" if isinstance(found, EngineUnavailable) else str(found)
        return (
            error_page(503, detail, code=found.code),
            503,
            {"Retry-After": "5", "Cache-Control": "no-store"},
        )

    @app.errorhandler(HTTPException)
    def http_error(found: HTTPException) -> BaseResponse:
        if found.code is None or found.code < 400:
            return found.get_response()
        answer = make_response(error_page(found.code), found.code)
        if isinstance(found, MethodNotAllowed) and found.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(found.valid_methods))
        return answer


def error_page(status: int, detail: str = "", text: str = "", code: str = "") -> Response | str:
    usual_code, title, usual = messages.ERRORS.get(status, messages.ERRORS[400])
    if request.path.startswith("/api/"):
        return error(status, code or usual_code, detail or title)
    return render_template(
        "message.html",
        title=gettext(title),
        text=text or gettext(usual),
        detail=detail,
        ours=status >= 500,
    )
