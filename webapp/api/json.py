"""Convert search results and activities to the JSON of the API."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, cast

from flask import Response, jsonify

from indexer.content.activity import Activity, heading
from indexer.content.vocabulary import Vocabulary
from indexer.query.ast import Notice
from indexer.schema import FIELD, NOT_STATED
from indexer.search.explain import explain
from indexer.search.export import LIST_FIELDS
from indexer.search.more_like_this import VALUE_FIELDS
from indexer.search.repeats import Repeat
from indexer.search.replay import Replay
from indexer.search.results import FacetBucket, FilterSuggestion, Hit, SearchPage
from indexer.search.selection import Selection
from indexer.search.selection_changes import SelectionChanges
from webapp.activities import ActivityPage
from webapp.api import schemas
from webapp.i18n import messages
from webapp.markdown_html import body_html
from webapp.search_state import Links, activity_url, search_url

REPORT_FIELDS = ("country", "year", "agency")  # that tell two reports of one activity apart


def search_json(
    page: SearchPage, vocabulary: Vocabulary, explained: Container[str] = ()
) -> schemas.Search:
    """Return a page of results as JSON values.

    explained: ids of the hits to explain.
    """
    request = page.request
    links = Links(request)
    return {
        "generation": page.generation.number,
        "indexed_at": page.generation.indexed_at,
        "replay": replay_json(page.replay),
        "total": page.total,
        "total_all": page.total_all,
        "page": request.page,
        "per_page": request.per_page,
        "pages": page.pages,
        "sort": request.order,
        "hits": [_hit(hit, page, vocabulary, hit.id in explained) for hit in page.hits],
        "facets": {
            facet.field: {"values": [_facet_value(links, bucket) for bucket in facet.buckets]}
            for facet in page.facets
        },
        "notices": [notice_json(notice) for notice in page.notices],
        "exits": [
            {
                "kind": suggestion.kind,
                "label": messages.zero_result_label(suggestion, vocabulary),
                "total": suggestion.total,
                "url": search_url(suggestion.request),
            }
            for suggestion in page.suggestions
        ],
        "filter_suggestions": [
            _filter_suggestion(suggestion, vocabulary) for suggestion in page.filter_suggestions
        ],
        "links": _page_links(page),
    }


def replay_json(replay: Replay | None) -> schemas.Replay | None:
    """Return the facts of an answer from an older generation; None for the current one."""
    if replay is None:
        return None
    newest = replay.newest
    return {
        "left_out": replay.left_out,
        "newest": {"generation": newest.number, "indexed_at": newest.indexed_at},
    }


def selection_json(selection: Selection, changes: SelectionChanges) -> schemas.Selection:
    """Return the selection of a search as JSON values."""
    return {
        "total": len(selection.ids),
        "missing": [
            {
                "id": each.id,
                "hash": each.reference.digits,
                "withdrawn_at": each.withdrawn_at or None,
            }
            for each in changes.missing
        ],
        "edited": [{"id": id, "fields": list(fields)} for id, fields in changes.edited.items()],
        "recorded_from": changes.recorded_from or None,
    }


def _filter_suggestion(
    suggestion: FilterSuggestion, vocabulary: Vocabulary
) -> schemas.FilterSuggestion:
    result: schemas.FilterSuggestion = {
        "names": list(suggestion.names),
        "query": suggestion.request.text,
        "label": messages.heading(suggestion.request, suggestion.total, vocabulary),
        "total": suggestion.total,
        "url": search_url(suggestion.request),
    }
    if (undated := suggestion.undated_request) is not None:
        result["or_undated"] = {"total": suggestion.undated_total, "url": search_url(undated)}
    return result


def _page_links(page: SearchPage) -> schemas.PageLinks:
    request = page.request

    def link(number: int) -> str | None:
        if not 1 <= number <= page.pages:
            return None
        return search_url(request.on_page(number), "/api/v1/search")

    return {
        "self": search_url(request, "/api/v1/search"),
        "prev": link(min(request.page - 1, page.pages)),
        "next": link(request.page + 1),
        "last": link(page.pages),
    }


def _facet_lists(activity: Activity) -> dict[str, Any]:
    return {name: list(activity.meta.get(name, ())) for name in LIST_FIELDS}


def _hit(hit: Hit, page: SearchPage, vocabulary: Vocabulary, explained: bool) -> schemas.Hit:
    result: schemas.Hit = {
        "id": hit.id,
        "url": activity_url(hit.id),
        "heading": hit.heading,
        "language": hit.activity.language,
        "score": round(hit.score, 4),
        "match": hit.match,
        "snippet": [{"text": span.text, "matched": span.matched} for span in hit.snippet],
    }
    if explained:
        keys = schemas.Match.__annotations__
        result["why"] = [
            cast("schemas.Match", {key: getattr(match, key) for key in keys})
            for match in explain(page.query, hit.activity, vocabulary, page.forms)
        ]
    return cast("schemas.Hit", result | _facet_lists(hit.activity))


def notice_json(notice: Notice) -> schemas.Notice:
    """Return a notice with its sentence in the reader's language."""
    return cast(
        "schemas.Notice", {"code": notice.code, "message": messages.notice(notice), **notice.values}
    )


def _facet_value(links: Links, bucket: FacetBucket) -> schemas.FacetValue:
    is_number = FIELD[bucket.field].kind == "integer" and bucket.value != NOT_STATED
    return {
        "value": int(bucket.value) if is_number else bucket.value,
        "label": bucket.label,
        "count": bucket.count,
        "selected": bucket.selected,
        "excluded": bucket.excluded,
        "url": "" if links.too_long else links.toggle(bucket.field, bucket.value),
        "exclude_url": "" if links.too_long else links.exclude(bucket.field, bucket.value),
        "children": [_facet_value(links, child) for child in bucket.children],
    }


def activity_json(page: ActivityPage, edit_url: str = "") -> schemas.Activity:
    """Return one activity with its full text as JSON values."""
    activity = page.stored
    title = activity.meta.get("title", ())
    result: schemas.Activity = {
        "id": activity.id,
        "url": activity_url(activity.id),
        "heading": heading(title, activity.text),
        "title": str(title[0]) if title else None,
        "language": activity.language,
        "source": next((str(source) for source in activity.meta.get("source", ())), None),
        "body": activity.body,
        "html": str(body_html(activity.body)),
        "indexed_at": activity.indexed_at,
        "generation": page.generation.number,
        "replay": replay_json(page.replay),
        "repeats": [_repeat(repeat) for repeat in page.repeats],
        "similar": [
            {
                "id": other.activity.id,
                "url": activity_url(other.activity.id),
                "heading": other.heading,
                "language": other.activity.language,
                "words": list(other.words),
                "shared": {
                    field: [item.value for item in other.values if item.field == field]
                    for field in VALUE_FIELDS
                },
            }
            for other in page.more_like_this
        ],
    }
    if edit_url:
        result["edit_url"] = edit_url
    return cast("schemas.Activity", result | _facet_lists(activity))


def _repeat(repeat: Repeat) -> schemas.Repeat:
    activity = repeat.activity
    values = {name: list(activity.meta.get(name, ())) for name in REPORT_FIELDS}
    result = {
        "id": activity.id,
        "url": activity_url(activity.id),
        "heading": repeat.heading,
        "language": activity.language,
        "resemblance": round(repeat.resemblance, 2),
    }
    return cast("schemas.Repeat", result | values)


def error_response(
    status: int, code: str, message: str, parameter: str | None = None, withdrawn_at: str = ""
) -> Response:
    """Return an error in the form that all errors of the API have."""
    details = {"code": code, "message": message}
    if parameter:
        details["parameter"] = parameter
    if withdrawn_at:
        details["withdrawn_at"] = withdrawn_at
    response = jsonify({"error": details})
    response.status_code = status
    return response
