"""The JSON view of a SearchPage and of an activity."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.activity import heading
from indexer.content.vocabulary import Labels
from indexer.engines.base import Generation
from indexer.query.parser import Notice
from indexer.query.plan import Stored
from indexer.schema import FACETS, FIELD, NONE
from indexer.search.autocomplete import matching, suggest
from indexer.search.explain import why
from indexer.search.export import LISTS
from indexer.search.more_like_this import Similar
from indexer.search.service import FacetValue, Hit, SearchPage, search
from indexer.text.analysis import terms
from webapp.api import schemas
from webapp.api.openapi import document
from webapp.app_state import note_miss, shown, state
from webapp.i18n import messages
from webapp.pages.markup import body_html
from webapp.parameters import SEARCH
from webapp.search_state import Links, Problem, activity_url, asked_why, cited, parse, search_url

MAX_NAME = 80  # characters

api = Blueprint("api", __name__, url_prefix="/api/v1")


def search_json(page: SearchPage, labels: Labels, explained: Container[str] = ()) -> schemas.Search:
    """A page of results as the API gives it; explained holds the ids of the hits of which to say why."""
    request = page.request
    links = Links(request)

    def link(number: int) -> str | None:
        return search_url(request.on_page(number), "/api/v1/search") if 1 <= number <= page.pages else None

    return {
        "generation": page.generation.number,
        "indexed_at": page.generation.indexed_at,
        "total": page.total,
        "page": request.page,
        "per_page": request.per_page,
        "pages": page.pages,
        "sort": request.order,
        "hits": [_hit(hit, request.text, labels, hit.id in explained) for hit in page.hits],
        "facets": {facet.field: {"values": [_value(links, v) for v in facet.values]} for facet in page.facets},
        "notices": [notice_json(notice) for notice in page.notices],
        "exits": [{"kind": way.kind, "label": messages.way_out(way.kind, way.subject, labels), "total": way.total,  # type: ignore[typeddict-item]
                   "url": search_url(way.request)} for way in page.exits],
        "links": {"self": search_url(request, "/api/v1/search"), "prev": link(min(request.page - 1, page.pages)),
                  "next": link(request.page + 1), "last": link(page.pages)},
    }  # fmt: skip


def _lists(stored: Stored) -> dict[str, Any]:
    return {name: list(stored.meta.get(name, ())) for name in LISTS}


def _hit(hit: Hit, text: str, labels: Labels, explained: bool) -> schemas.Hit:
    found: schemas.Hit = {
        "id": hit.id, "url": activity_url(hit.id), "heading": hit.heading, "language": hit.language,
        "score": round(hit.score, 4),
        "snippet": [{"text": span.text, "matched": span.matched} for span in hit.snippet],
    }  # fmt: skip
    if explained:
        found["why"] = [cast("schemas.Match", {name: getattr(match, name) for name in schemas.Match.__annotations__})
                        for match in why(text, hit.stored, labels)]  # fmt: skip
    return cast("schemas.Hit", found | _lists(hit.stored))


def notice_json(notice: Notice) -> schemas.Notice:
    """A notice with its sentence."""
    return cast("schemas.Notice", {"code": notice.code, "message": messages.notice(notice), **notice.values})


def _value(links: Links, found: FacetValue) -> schemas.FacetValue:
    number = FIELD[found.field].kind == "integer" and found.value != NONE
    return {
        "value": int(found.value) if number else found.value,
        "label": found.label,
        "count": found.count,
        "selected": found.selected,
        "excluded": found.excluded,
        "url": links.toggle(found.field, found.value),
        "exclude_url": links.exclude(found.field, found.value),
        "children": [_value(links, child) for child in found.children],
    }


def activity_json(stored: Stored, generation: int, like: tuple[Similar, ...], edit_url: str = "") -> schemas.Activity:
    """One activity, whole."""
    title = stored.meta.get("title", ())
    found: schemas.Activity = {
        "id": stored.id,
        "url": activity_url(stored.id),
        "heading": heading(title, stored.text),
        "title": str(title[0]) if title else None,
        "language": stored.language,
        "source": next((str(source) for source in stored.meta.get("source", ())), None),
        "body": stored.body,
        "html": str(body_html(stored.body)),
        "indexed_at": stored.indexed_at,
        "generation": generation,
        "similar": [{"id": other.stored.id, "url": activity_url(other.stored.id), "heading": other.heading,
                     "language": other.stored.language, "words": list(other.words)} for other in like],
    }  # fmt: skip
    if edit_url:
        found["edit_url"] = edit_url
    return cast("schemas.Activity", found | _lists(stored))


def cited_notices(number: int | None, generation: Generation) -> list[Notice]:
    """What to say where an address was cited from another generation than the one that answers."""
    if number in (None, generation.number):
        return []
    return [
        Notice("cited", {"cited": int(number or 0), "shown": generation.number, "date": generation.indexed_at[:10]})
    ]


def error(status: int, code: str, message: str, parameter: str | None = None) -> Response:
    """The API's one form of error."""
    said = {"code": code, "message": message, **({"parameter": parameter} if parameter else {})}
    response = jsonify({"error": said})
    response.status_code = status
    return response


@api.get("/search")
def search_view() -> Response:
    """The page of results that the page's own parameters ask for."""
    wanted, problems = parse(request.args.items(multi=True))
    real: list[Problem] = [p for p in problems if p.parameter]
    if real:
        return error(400, "invalid_parameter", messages.refusal(real[0].notice), real[0].parameter)
    app = state(current_app)
    page = search(app.engine, wanted, app.labels())
    note_miss(wanted, page.total)
    found = search_json(page, app.labels(), asked_why(request.args.items(multi=True)))
    unknown = [
        Notice("unknown_parameter", {"parameter": name[:80]})
        for name in dict.fromkeys(request.args)
        if name not in SEARCH
    ]
    said = [p.notice for p in problems] + cited_notices(cited(request.args.items()), page.generation)
    found["notices"] += [notice_json(n) for n in (*said, *unknown[:20])]
    return jsonify(found)


@api.get("/suggest")
def suggest_view() -> Response:
    """What the words of a search, the last of them unfinished, may become."""
    wanted, _ = parse(request.args.items(multi=True))
    app = state(current_app)
    return jsonify({"suggestions": [
        {"kind": found.kind, "kind_label": messages.kind(found.kind), "label": found.label, "total": found.total,
         "total_label": f"{found.total:,}", "url": search_url(found.request) if found.request else activity_url(found.id)}
        for found in suggest(app.engine, wanted, app.labels())
    ]})  # fmt: skip


@api.get("/names")
def names_view() -> Response:
    """The values of a facet that have a name, in any language, that begins so."""
    field, text = request.args.get("field", ""), " ".join(terms(request.args.get("q", "")[:MAX_NAME]))
    if field not in FACETS:
        return error(400, "invalid_parameter", "“field” is not the name of a facet.", "field")
    app = state(current_app)
    values: set[str] = set()
    with app.engine.snapshot() as snapshot:
        for name in (field, *(f for f in FACETS if FACETS[f].parent == field), *filter(None, [FACETS[field].parent])):
            there = {value for value, _ in snapshot.terms(name) if value != NONE}
            values |= set(matching(name, text, there, app.labels())) if text else there
    return jsonify({"values": sorted(values)})


@api.get("/activities/<path:id>")
def activity_view(id: str) -> BaseResponse:
    """One activity; a former address leads to it."""
    found = shown(current_app, id)
    if found is None:
        return error(404, "not_found", "There is no activity with this id.")
    if found.stored.id != id:
        return redirect("/api/v1" + activity_url(found.stored.id), 301)
    return jsonify(
        activity_json(
            found.stored, found.generation.number, found.similar, state(current_app).edit_url(found.stored.id)
        )
    )


@api.get("/openapi.json")
def openapi_view() -> Response:
    """This API, described."""
    return jsonify(document())
