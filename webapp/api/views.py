"""Endpoints of the API that read: search, suggestions, names, activities, the OpenAPI document."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.query.ast import Notice
from indexer.query.plan import Column
from indexer.schema import FACETS, NOT_STATED
from indexer.search.autocomplete import autocomplete, values_with_prefix
from indexer.search.changes import search_changes
from indexer.search.selection_changes import selection_changes
from indexer.search.service import search
from indexer.text.analysis import terms
from webapp.activities import activity_page, withdrawn_at
from webapp.api.changes import (
    changes_json,
    changes_since_citation,
    cited_notice,
    keep_until_recorded,
    read_since,
)
from webapp.api.json import (
    activity_json,
    error_response,
    notice_json,
    search_json,
    selection_json,
)
from webapp.api.openapi import document
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.messages import cited_notices
from webapp.parameters import SEARCH
from webapp.search_state import (
    activity_url,
    cited_generation,
    explained_ids,
    generation_problem,
    parse,
    search_url,
)
from webapp.zero_results import log_zero_results

MAX_NAME_LENGTH = 80  # characters of the text that /names completes
MAX_PARAMETER_LENGTH = 80  # characters of an unknown parameter's name in its notice
MAX_UNKNOWN_PARAMETERS = 20  # notices in one response

api = Blueprint("api", __name__, url_prefix="/api/v1")


def _unknown_parameter_notices(*known: str) -> list[Notice]:
    """Return notices for unknown parameters. known: parameters beside those of a search."""
    names = [name for name in dict.fromkeys(request.args) if name not in (*SEARCH, *known)]
    return [
        Notice("unknown_parameter", {"parameter": name[:MAX_PARAMETER_LENGTH]})
        for name in names[:MAX_UNKNOWN_PARAMETERS]
    ]


@api.get("/search")
def search_view() -> Response:
    """Return the page of results that the search page shows for the same parameters."""
    search_request, problems = parse(request.args.items(multi=True))
    invalid = next((problem for problem in problems if problem.parameter), None)
    if invalid:
        message = messages.refusal(invalid.notice)
        return error_response(400, "invalid_parameter", message, invalid.parameter)
    app = app_state(current_app)
    page = search(app.engine, search_request, app.vocabulary(), app.synonyms())
    log_zero_results(search_request, page.total)
    result = search_json(page, app.vocabulary(), explained_ids(request.args.items(multi=True)))
    cited = cited_generation(request.args.items())
    if page.selection:
        made_in = page.request.made_in or cited
        changes = selection_changes(app.engine, page.selection, made_in)
        result["selection"] = selection_json(page.selection, changes)
    notices = [
        *(problem.notice for problem in problems),
        *cited_notices(cited, page.generation, page.replay),
        *_unknown_parameter_notices(*(["since"] if page.selection else [])),
    ]
    result["notices"] += [notice_json(notice) for notice in notices]
    if changed := changes_since_citation(page, cited):
        result["notices"].append(cited_notice(changed))
    return jsonify(result)


@api.get("/changes")
def changes_view() -> Response:
    """Return the page of changes that /changes shows for the same parameters."""
    search_request, problems = parse(request.args.items(multi=True))
    search_request = search_request.in_newest_generation()
    since, since_problems = read_since(request.args.items())
    problems = (*problems, *since_problems)
    invalid = next((problem for problem in problems if problem.parameter), None)
    if invalid:
        message = messages.refusal(invalid.notice)
        return error_response(400, "invalid_parameter", message, invalid.parameter)
    app = app_state(current_app)
    changes = search_changes(app.engine, search_request, since, app.vocabulary(), app.synonyms())
    keep_until_recorded(changes)
    result = changes_json(changes, since)
    notices = (*(problem.notice for problem in problems), *_unknown_parameter_notices("since"))
    result["notices"] += [notice_json(notice) for notice in notices]
    return jsonify(result)


@api.get("/suggest")
def suggest_view() -> Response:
    """Return completions of a search whose last word is incomplete."""
    search_request, _ = parse(request.args.items(multi=True))
    app = app_state(current_app)
    suggestions = [
        {
            "kind": suggestion.kind,
            "kind_label": messages.suggestion_kind(suggestion.kind),
            "label": suggestion.label,
            "total": suggestion.total,
            "total_label": f"{suggestion.total:,}",
            "url": search_url(suggestion.request)
            if suggestion.request
            else activity_url(suggestion.id),
        }
        for suggestion in autocomplete(app.engine, search_request, app.vocabulary(), app.synonyms())
    ]
    return jsonify({"suggestions": suggestions})


@api.get("/names")
def names_view() -> Response:
    """Return the indexed values of a facet with a name, in any language, that begins with a text.

    The values of the facet's parent and children count too. Without a text all are returned.
    """
    field = request.args.get("field", "")
    text = " ".join(terms(request.args.get("q", "")[:MAX_NAME_LENGTH]))
    if field not in FACETS:
        message = "“field” is not the name of a facet."
        return error_response(400, "invalid_parameter", message, "field")
    children = [name for name in FACETS if FACETS[name].parent == field]
    parents = [parent for parent in [FACETS[field].parent] if parent]
    app = app_state(current_app)
    values: set[str] = set()
    with app.engine.snapshot() as snapshot:
        for name in (field, *children, *parents):
            indexed = {value for value, _ in snapshot.terms(Column(name, "value"))} - {NOT_STATED}
            values |= (
                set(values_with_prefix(name, text, indexed, app.vocabulary())) if text else indexed
            )
    return jsonify({"values": sorted(values)})


@api.get("/activities/<path:id>")
def activity_view(id: str) -> BaseResponse:
    """Return one activity, or redirect from a former id to it."""
    if problem := generation_problem(request.args.items()):
        message = messages.refusal(problem.notice)
        return error_response(400, "invalid_parameter", message, problem.parameter)
    page = activity_page(current_app, id, cited_generation(request.args.items()))
    if page is None:
        return _missing(id)
    activity = page.stored
    if activity.id != id:
        query = request.query_string.decode("ascii", "ignore")
        url = "/api/v1" + activity_url(activity.id) + (f"?{query}" if query else "")
        return redirect(url, 301)
    edit_url = app_state(current_app).edit_url(activity.id)
    return jsonify(activity_json(page, edit_url))


def _missing(id: str) -> Response:
    """Return the error for an id that no activity has: 410 if it was public once."""
    withdrawn = withdrawn_at(current_app, id)
    if withdrawn is None:
        return error_response(404, "not_found", "There is no activity with this id.")
    message = "The activity with this id was withdrawn."
    return error_response(410, "gone", message, withdrawn_at=withdrawn)


@api.get("/openapi.json")
def openapi_view() -> Response:
    """Return the OpenAPI document of this API."""
    return jsonify(document())
