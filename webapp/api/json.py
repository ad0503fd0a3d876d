"""The JSON of the API."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, cast

from flask import Response, jsonify

from indexer.content.activity import Activity, heading
from indexer.content.vocabulary import Vocabulary
from indexer.query.ast import Notice
from indexer.schema import FIELD, NOT_STATED
from indexer.search.explain import explain
from indexer.search.export import LISTS
from indexer.search.more_like_this import SimilarActivity
from indexer.search.results import FacetValue, Hit, SearchPage
from webapp.api import schemas
from webapp.i18n import messages
from webapp.markdown_html import body_html
from webapp.search_state import Links, activity_url, search_url


def search_json(
    page: SearchPage, vocabulary: Vocabulary, explained: Container[str] = ()
) -> schemas.Search:
    """A page of results as the API gives it; explained holds the ids of the hits of which to say why."""
    request = page.request
    links = Links(request)

    def link(number: int) -> str | None:
        return (
            search_url(request.on_page(number), "/api/v1/search")
            if 1 <= number <= page.pages
            else None
        )

    return {
        "generation": page.generation.number,
        "indexed_at": page.generation.indexed_at,
        "total": page.total,
        "page": request.page,
        "per_page": request.per_page,
        "pages": page.pages,
        "sort": request.order,
        "hits": [_hit(hit, request.text, vocabulary, hit.id in explained) for hit in page.hits],
        "facets": {
            facet.field: {"values": [_value(links, v) for v in facet.values]}
            for facet in page.facets
        },
        "notices": [notice_json(notice) for notice in page.notices],
        "exits": [
            {
                "kind": way.kind,
                "label": messages.zero_result_label(way.kind, way.subject, vocabulary),
                "total": way.total,
                "url": search_url(way.request),
            }
            for way in page.exits
        ],
        "links": {
            "self": search_url(request, "/api/v1/search"),
            "prev": link(min(request.page - 1, page.pages)),
            "next": link(request.page + 1),
            "last": link(page.pages),
        },
    }


def _lists(stored: Activity) -> dict[str, Any]:
    return {name: list(stored.meta.get(name, ())) for name in LISTS}


def _hit(hit: Hit, text: str, vocabulary: Vocabulary, explained: bool) -> schemas.Hit:
    found: schemas.Hit = {
        "id": hit.id,
        "url": activity_url(hit.id),
        "heading": hit.heading,
        "language": hit.language,
        "score": round(hit.score, 4),
        "snippet": [{"text": span.text, "matched": span.matched} for span in hit.snippet],
    }
    if explained:
        found["why"] = [
            cast(
                "schemas.Match",
                {name: getattr(match, name) for name in schemas.Match.__annotations__},
            )
            for match in explain(text, hit.stored, vocabulary)
        ]
    return cast("schemas.Hit", found | _lists(hit.stored))


def notice_json(notice: Notice) -> schemas.Notice:
    """A notice with its sentence."""
    return cast(
        "schemas.Notice", {"code": notice.code, "message": messages.notice(notice), **notice.values}
    )


def _value(links: Links, found: FacetValue) -> schemas.FacetValue:
    number = FIELD[found.field].kind == "integer" and found.value != NOT_STATED
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


def activity_json(
    stored: Activity, generation: int, like: tuple[SimilarActivity, ...], edit_url: str = ""
) -> schemas.Activity:
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
        "similar": [
            {
                "id": other.stored.id,
                "url": activity_url(other.stored.id),
                "heading": other.heading,
                "language": other.stored.language,
                "words": list(other.words),
            }
            for other in like
        ],
    }
    if edit_url:
        found["edit_url"] = edit_url
    return cast("schemas.Activity", found | _lists(stored))


def error(status: int, code: str, message: str, parameter: str | None = None) -> Response:
    """The API's one form of error."""
    said = {"code": code, "message": message, **({"parameter": parameter} if parameter else {})}
    response = jsonify({"error": said})
    response.status_code = status
    return response
