"""The endpoints of the JSON API."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.query.ast import Notice
from indexer.query.plan import Column
from indexer.schema import FACETS, NOT_STATED
from indexer.search.autocomplete import autocomplete, matching
from indexer.search.service import search
from indexer.text.analysis import terms
from webapp.activities import activity_page
from webapp.api.json import activity_json, error, notice_json, search_json
from webapp.api.openapi import document
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.messages import cited_notices
from webapp.parameters import SEARCH
from webapp.search_state import (
    Problem,
    activity_url,
    cited_generation,
    explained_ids,
    parse,
    search_url,
)
from webapp.zero_results import log_zero_results

MAX_NAME_LENGTH = 80  # characters of a name that is looked up
MAX_UNKNOWN_PARAMETERS = 20  # named in notices

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/search")
def search_view() -> Response:
    """Return a page of results. The parameters are those of the search page."""
    search_request, problems = parse(request.args.items(multi=True))
    errors: list[Problem] = [problem for problem in problems if problem.parameter]
    if errors:
        message = messages.refusal(errors[0].notice)
        return error(400, "invalid_parameter", message, errors[0].parameter)
    app = app_state(current_app)
    page = search(app.engine, search_request, app.vocabulary())
    log_zero_results(search_request, page.total)
    response = search_json(page, app.vocabulary(), explained_ids(request.args.items(multi=True)))
    notices = [problem.notice for problem in problems]
    notices += cited_notices(cited_generation(request.args.items()), page.generation)
    unknown = [name for name in dict.fromkeys(request.args) if name not in SEARCH]
    for name in unknown[:MAX_UNKNOWN_PARAMETERS]:
        notices.append(Notice("unknown_parameter", {"parameter": name[:MAX_NAME_LENGTH]}))
    response["notices"] += [notice_json(notice) for notice in notices]
    return jsonify(response)


@api.get("/suggest")
def suggest_view() -> Response:
    """Return completions of a search whose last word is unfinished."""
    search_request, _ = parse(request.args.items(multi=True))
    app = app_state(current_app)
    suggestions = [
        {
            "kind": completion.kind,
            "kind_label": messages.suggestion_kind(completion.kind),
            "label": completion.label,
            "total": completion.total,
            "total_label": f"{completion.total:,}",
            "url": search_url(completion.request)
            if completion.request
            else activity_url(completion.id),
        }
        for completion in autocomplete(app.engine, search_request, app.vocabulary())
    ]
    return jsonify({"suggestions": suggestions})


@api.get("/names")
def names_view() -> Response:
    """Return the values of a facet that have a name beginning with q, in any language."""
    field = request.args.get("field", "")
    prefix = " ".join(terms(request.args.get("q", "")[:MAX_NAME_LENGTH]))
    if field not in FACETS:
        return error(400, "invalid_parameter", "“field” is not the name of a facet.", "field")
    children = [name for name in FACETS if FACETS[name].parent == field]
    parent = FACETS[field].parent
    app = app_state(current_app)
    values: set[str] = set()
    with app.engine.snapshot() as snapshot:
        for name in (field, *children, *([parent] if parent else [])):
            terms_of_field = snapshot.terms(Column(name, "value"))
            known = {value for value, _ in terms_of_field if value != NOT_STATED}
            values |= set(matching(name, prefix, known, app.vocabulary())) if prefix else known
    return jsonify({"values": sorted(values)})


@api.get("/activities/<path:id>")
def activity_view(id: str) -> BaseResponse:
    """Return one activity. A former id redirects to the current one."""
    page = activity_page(current_app, id)
    if page is None:
        return error(404, "not_found", "There is no activity with this id.")
    if page.stored.id != id:
        return redirect("/api/v1" + activity_url(page.stored.id), 301)
    edit_url = app_state(current_app).edit_url(page.stored.id)
    return jsonify(
        activity_json(page.stored, page.generation.number, page.more_like_this, edit_url)
    )


@api.get("/openapi.json")
def openapi_view() -> Response:
    """Return the OpenAPI description of this API."""
    return jsonify(document())
