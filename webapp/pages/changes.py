"""What has changed in a search, as a page and as a feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from flask import Blueprint, Response, current_app, render_template, request

from indexer.engines.base import EngineError
from indexer.search.changes import ChangedActivity, search_changes
from indexer.search.export import FORMATS
from indexer.search.export.changes_feed import write_changes
from indexer.search.request import SearchRequest
from indexer.search.results import Hit
from webapp.api.changes import (
    CitedChanges,
    Start,
    changes_url,
    forbid_store,
    keep_until_recorded,
    read_since,
    since_text,
)
from webapp.app_state import app_state
from webapp.i18n import change_messages, messages
from webapp.i18n.locale import ENGLISH, set_locale
from webapp.pages.components import filter_chips, label_html
from webapp.pages.errors import error_page
from webapp.pages.result_text import ResultText, excerpts, result_texts
from webapp.search_state import Links, Problem, parse, search_source, to_iri

change_pages = Blueprint("changes", __name__)
MAX_WHOLE_TEXT = 3_000  # characters; a longer text begins at its first new words
FEED_SIZE = 100  # entries on a page of a feed
MAX_NEWEST = 4  # changes on the home page
# The newest changes that are searched for those: withdrawn activities are not shown there.
NEWEST_READ = 40
MAX_HOME_CHANGES = 500  # that the home page reads from the record


@change_pages.get("/changes")
def changes_view() -> str | Response | tuple[Response | str, int]:
    """Return what has been added, edited and withdrawn, as a page or as an Atom feed."""
    is_feed = request.args.get("format") == "atom"
    page_size = [("per_page", str(FEED_SIZE))] if is_feed else []
    search_request, problems = parse([*request.args.items(multi=True), *page_size])
    search_request = search_request.in_newest_generation()
    since, since_problems = read_since(request.args.items())
    problems = (*problems, *since_problems)
    if is_feed:
        return _feed(search_request, since, problems)
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    changes = search_changes(app.engine, search_request, since, vocabulary, app.synonyms())
    keep_until_recorded(changes)
    notices = (*(problem.notice for problem in problems), *changes.notices)
    title = messages.search_title(search_request, vocabulary)
    return render_template(
        "changes.html",
        changes=changes,
        search=search_request,
        title=title if search_request.text or search_request.is_filtered else "",
        since=since,
        since_text=since_text(since),
        since_sentence=change_messages.since(changes, since),
        start_date=changes.base.indexed_at[:10] if changes.base else "",
        summary=change_messages.summary(changes),
        withdrawn_sentence=change_messages.withdrawn_from_collection(changes.withdrawn)
        if changes.withdrawn and not changes.is_unlimited
        else "",
        sections=_sections(changes.changes),
        texts=_texts(changes.changes),
        notices=[messages.notice(notice) for notice in notices],
        filters=filter_chips(search_request, lambda rest: changes_url(rest, since)),
        long=Links(search_request).long,
        label=label_html(vocabulary),
        change_line=change_messages.change_line,
        words_line=change_messages.words_line,
    )


def _sections(changes: Sequence[ChangedActivity]) -> list[tuple[str, str, list[ChangedActivity]]]:
    """Return each kind of change with its label and its changes on the page."""
    return [
        (kind, change_messages.KINDS[kind], list(group))
        for kind, group in groupby(changes, key=lambda each: each.change.kind)
    ]


def _texts(changes: Sequence[ChangedActivity]) -> dict[str, ResultText]:
    """Return the text of each present activity by id. All of a short text is shown."""
    hits = [
        replace(hit, passage=hit.passage._replace(start=0, best=0))
        if len(hit.activity.text) <= MAX_WHOLE_TEXT
        else hit
        for hit in (each.hit for each in changes if each.hit)
    ]
    return result_texts(hits) if hits else {}


def _feed(
    search_request: SearchRequest, since: Start, problems: Sequence[Problem]
) -> Response | tuple[Response | str, int]:
    # A feed cannot show a notice, so a filter is never dropped.
    problem = next((problem for problem in problems if problem.parameter), None)
    if problem:
        return error_page(400, text=messages.refusal(problem.notice)), 400
    app = app_state(current_app)
    vocabulary = app.vocabulary().english
    set_locale(ENGLISH)  # a feed does not depend on the reader's language
    changes = search_changes(
        app.engine, search_request, since, vocabulary, app.synonyms(), order="time"
    )
    keep_until_recorded(changes)
    first = search_request.on_page(1)
    default_size = replace(first, per_page=SearchRequest().per_page)
    source = replace(
        search_source(first, changes.total, changes.generation, app.site()),
        url=app.site() + changes_url(default_size, since),
        feed_url=app.site() + changes_url(default_size, since, format="atom"),
        page=search_request.page,
        pages=changes.pages,
    )
    subtitle = " ".join(
        filter(None, (change_messages.since(changes, since), change_messages.summary(changes)))
    )
    pieces = write_changes(changes, source, vocabulary, subtitle, _described)
    return Response(pieces, content_type=FORMATS["atom"].media_type)


def _described(each: ChangedActivity) -> str:
    sentences = f"{change_messages.change_line(each)}.", change_messages.words_line(each)
    return " ".join(filter(None, sentences))


def citation_sentence(cited: CitedChanges | None) -> tuple[str, str, str] | None:
    """Return the changes since a citation: text, the text of a link after it, and its address."""
    if cited is None:
        return None
    numbers = change_messages.numbers(cited.changes)
    return change_messages.cited_since(cited.changes), numbers, to_iri(cited.url)


def newest_changes() -> list[tuple[Hit, ResultText, str]]:
    """Return the newest added and edited activities, each with a sentence about its change.

    They are for the home page, which does not depend on the record of changes. The list is empty
    after a commit of many changes.
    """
    app = app_state(current_app)
    newest = SearchRequest(per_page=NEWEST_READ)
    try:
        changes = search_changes(
            app.engine, newest, None, app.vocabulary(), order="time", max_changes=MAX_HOME_CHANGES
        )
    except EngineError:
        forbid_store()
        return []
    if changes.base is not None:
        keep_until_recorded(changes)
    present = [each for each in changes.changes if each.hit][:MAX_NEWEST]
    texts = excerpts(each.hit.activity for each in present if each.hit)
    return [
        (hit, text, change_messages.change_line(each))
        for (hit, text), each in zip(texts, present, strict=True)
    ]
