"""The changes of a search: their parameters, addresses and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import NamedTuple, cast
from urllib.parse import urlencode

from flask import Response, after_this_request, current_app

from indexer.engines.base import EngineError
from indexer.query.ast import Notice
from indexer.search.change_history import parse_since
from indexer.search.changes import ChangedActivity, SearchChanges, count_changes
from indexer.search.request import SearchRequest
from indexer.search.results import SearchPage
from webapp.api import schemas
from webapp.api.json import notice_json
from webapp.app_state import app_state
from webapp.i18n import change_messages
from webapp.search_state import MAX_NOTICE_VALUE_LENGTH, Problem, activity_url, query_string

PATH = "/changes"
API_PATH = "/api/v1/changes"

Start = int | datetime | None
"""The generation or the time that changes start from; None: the default."""


def read_since(args: Iterable[tuple[str, str]]) -> tuple[Start, tuple[Problem, ...]]:
    """Return the value of the parameter since, and the problem with it."""
    text = dict(args).get("since", "").strip()
    since = parse_since(text) if text else None
    if since is not None or not text:
        return since, ()
    values = {"value": text[:MAX_NOTICE_VALUE_LENGTH]}
    return None, (Problem("since", Notice("invalid_since", values)),)


def since_text(since: Start) -> str:
    """Return the value of the parameter since: 12, 2026-11-28, 2026-11-28T09:30:00+00:00."""
    if not isinstance(since, datetime):
        return str(since or "")
    midnight = since.tzinfo == UTC and since.time() == time()
    return since.date().isoformat() if midnight else since.isoformat()


def changes_url(
    request: SearchRequest, since: Start = None, path: str = PATH, format: str = ""
) -> str:
    """Return the URL of the changes of a search, as a page, JSON or a feed."""
    query = query_string(replace(request, sort=None, generation=None, made_in=None, chosen=()))
    more = urlencode([("since", since_text(since))] if since is not None else [])
    parts = (query, more, f"format={format}" if format else "")
    joined = "&".join(filter(None, parts))
    return f"{path}?{joined}" if joined else path


class CitedChanges(NamedTuple):
    """What has changed in a search since the generation that its address was cited from."""

    changes: SearchChanges  # only numbers
    url: str  # of the page that lists them


def changes_since_citation(page: SearchPage, cited: int | None) -> CitedChanges | None:
    """Count the changes in the search of a page since a cited generation.

    None if the generation is not an earlier one, or if there is no record of changes.
    """
    newest = page.replay.newest if page.replay else page.generation
    if cited is None or cited >= newest.number:
        return None
    app = app_state(current_app)
    current = page.request.on_page(1).in_newest_generation()
    try:
        changes = count_changes(app.engine, current, cited, app.vocabulary(), app.synonyms())
    except EngineError:  # a page of results does not depend on the record of changes
        forbid_store()
        return None
    keep_until_recorded(changes)
    return CitedChanges(changes, changes_url(current, cited)) if changes.base else None


def cited_notice(cited: CitedChanges) -> schemas.Notice:
    """Return a notice with the numbers of changes since a citation, and their address."""
    changes = cited.changes
    numbers = change_messages.numbers(changes)
    values = {
        "code": "changed_since",
        "message": f"{change_messages.cited_since(changes)} {numbers}",
        "added": changes.added,
        "edited": changes.edited,
        "withdrawn": changes.withdrawn,
        "url": cited.url,
    }
    return cast("schemas.Notice", values)


def keep_until_recorded(changes: SearchChanges) -> None:
    """Forbid caches to store the response if the newest generation is not recorded yet.

    Other responses depend only on the generation.
    """
    if not changes.is_recorded:
        forbid_store()


def forbid_store() -> None:
    """Forbid caches to store the response to this request."""

    @after_this_request
    def set_header(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response


def changes_json(changes: SearchChanges, since: Start) -> schemas.Changes:
    """Return a page of changes as JSON values."""
    request, base = changes.request, changes.base

    def link(number: int) -> str | None:
        if not 1 <= number <= changes.pages:
            return None
        return changes_url(request.on_page(number), since, API_PATH)

    return {
        "generation": changes.generation.number,
        "indexed_at": changes.generation.indexed_at,
        "since": {"generation": base.generation, "indexed_at": base.indexed_at} if base else None,
        "complete": changes.is_complete,
        "up_to_date": changes.is_recorded,
        "counts": {
            "added": changes.added,
            "edited": changes.edited,
            "withdrawn": changes.withdrawn,
        },
        "total": changes.total,
        "page": request.page,
        "per_page": request.per_page,
        "pages": changes.pages,
        "changes": [_change(each) for each in changes.changes],
        "notices": [notice_json(notice) for notice in changes.notices],
        "links": {
            "self": changes_url(request, since, API_PATH),
            "prev": link(min(request.page - 1, changes.pages)),
            "next": link(request.page + 1),
            "last": link(changes.pages),
        },
    }


def _change(each: ChangedActivity) -> schemas.Change:
    change, hit, difference = each.change, each.hit, each.difference
    return {
        "id": change.id,
        "url": activity_url(change.id),
        "kind": change.kind,
        "fields": list(change.fields),
        "generation": each.generation,
        "changed_at": each.changed_at,
        "heading": hit.heading if hit else None,
        "language": hit.activity.language if hit else None,
        "new_words": difference.new_words if difference else None,
        "gone_words": difference.gone_words if difference else None,
        "snippet": [{"text": span.text, "matched": span.matched} for span in hit.snippet]
        if hit
        else [],
    }
