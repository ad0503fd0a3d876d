"""The JSON view of a SearchPage and of an activity."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.engines.base import Generation
from indexer.query.ast import Notice
from indexer.query.plan import Column
from indexer.schema import FACETS, NOT_STATED
from indexer.search.autocomplete import autocomplete, matching
from indexer.search.service import search
from indexer.text.analysis import terms
from webapp.api.json import activity_json, error, notice_json, search_json
from webapp.api.openapi import document
from webapp.app_state import activity_page, app_state, log_zero_results
from webapp.i18n import messages
from webapp.parameters import SEARCH
from webapp.search_state import (
    Problem,
    activity_url,
    cited_generation,
    explained_ids,
    parse,
    search_url,
)

MAX_NAME = 80  # characters

api = Blueprint("api", __name__, url_prefix="/api/v1")


def cited_notices(number: int | None, generation: Generation) -> list[Notice]:
    """What to say where an address was cited from another generation than the one that answers."""
    if number in (None, generation.number):
        return []
    return [
        Notice(
            "cited",
            {
                "cited": int(number or 0),
                "shown": generation.number,
                "date": generation.indexed_at[:10],
            },
        )
    ]


@api.get("/search")
def search_view() -> Response:
    """The page of results that the page's own parameters ask for."""
    wanted, problems = parse(request.args.items(multi=True))
    real: list[Problem] = [p for p in problems if p.parameter]
    if real:
        return error(400, "invalid_parameter", messages.refusal(real[0].notice), real[0].parameter)
    app = app_state(current_app)
    page = search(app.engine, wanted, app.vocabulary())
    log_zero_results(wanted, page.total)
    found = search_json(page, app.vocabulary(), explained_ids(request.args.items(multi=True)))
    unknown = [
        Notice("unknown_parameter", {"parameter": name[:80]})
        for name in dict.fromkeys(request.args)
        if name not in SEARCH
    ]
    said = [p.notice for p in problems] + cited_notices(
        cited_generation(request.args.items()), page.generation
    )
    found["notices"] += [notice_json(n) for n in (*said, *unknown[:20])]
    return jsonify(found)


@api.get("/suggest")
def suggest_view() -> Response:
    """What the words of a search, the last of them unfinished, may become."""
    wanted, _ = parse(request.args.items(multi=True))
    app = app_state(current_app)
    return jsonify(
        {
            "suggestions": [
                {
                    "kind": found.kind,
                    "kind_label": messages.kind(found.kind),
                    "label": found.label,
                    "total": found.total,
                    "total_label": f"{found.total:,}",
                    "url": search_url(found.request) if found.request else activity_url(found.id),
                }
                for found in autocomplete(app.engine, wanted, app.vocabulary())
            ]
        }
    )


@api.get("/names")
def names_view() -> Response:
    """The values of a facet that have a name, in any language, that begins so."""
    field, text = (
        request.args.get("field", ""),
        " ".join(terms(request.args.get("q", "")[:MAX_NAME])),
    )
    if field not in FACETS:
        return error(400, "invalid_parameter", "“field” is not the name of a facet.", "field")
    app = app_state(current_app)
    values: set[str] = set()
    with app.engine.snapshot() as snapshot:
        for name in (
            field,
            *(f for f in FACETS if FACETS[f].parent == field),
            *filter(None, [FACETS[field].parent]),
        ):
            there = {
                value for value, _ in snapshot.terms(Column(name, "value")) if value != NOT_STATED
            }
            values |= set(matching(name, text, there, app.vocabulary())) if text else there
    return jsonify({"values": sorted(values)})


@api.get("/activities/<path:id>")
def activity_view(id: str) -> BaseResponse:
    """One activity; a former address leads to it."""
    found = activity_page(current_app, id)
    if found is None:
        return error(404, "not_found", "There is no activity with this id.")
    if found.stored.id != id:
        return redirect("/api/v1" + activity_url(found.stored.id), 301)
    return jsonify(
        activity_json(
            found.stored,
            found.generation.number,
            found.more_like_this,
            app_state(current_app).edit_url(found.stored.id),
        )
    )


@api.get("/openapi.json")
def openapi_view() -> Response:
    """This API, described."""
    return jsonify(document())
