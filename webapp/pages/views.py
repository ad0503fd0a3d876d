"""The pages that readers see. Each view parses the address, searches, and renders a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.activity import Activity
from indexer.engines.base import Generation
from indexer.query.ast import Notice
from indexer.schema import FIELD
from indexer.search.explain import explain
from indexer.search.export import FORMATS, ExportSource, export, file_name
from indexer.search.request import SearchRequest
from indexer.search.results import Hit, SearchPage
from indexer.search.service import newest_indexed, search, stream_results
from webapp.activities import activity_page
from webapp.api.changes import changes_since_citation
from webapp.app_state import app_state
from webapp.i18n import messages, selection_messages
from webapp.middleware.limits import SLOW_KEY
from webapp.pages.activity import activity_response, missing_activity
from webapp.pages.changes import citation_sentence
from webapp.pages.components import label_html
from webapp.pages.coverage import coverage_page
from webapp.pages.errors import error_page
from webapp.pages.facet_lists import facet_lists
from webapp.pages.home import about_page, home_page
from webapp.pages.selection import selection_view
from webapp.parameters import CRITERIA, MAX_FILTERS, SEARCH
from webapp.search_state import (
    Links,
    activity_source,
    briefing_group,
    cited_generation,
    cited_url,
    explained_ids,
    generation_problem,
    parse,
    search_source,
    search_url,
    to_iri,
)
from webapp.zero_results import log_zero_results

pages = Blueprint("pages", __name__)
PREVIEW_SIZE = 3  # results of another search, shown if a search has none
FEED_SIZE = 100  # activities on a page of a feed


@pages.get("/")
def search_page() -> str:
    """Return the search page: the search box, the facets and the results.

    Without a parameter of a search, it is the home page.
    """
    if not SEARCH.keys() & request.args.keys():
        return home_page()
    return render_template("search.html", **_search_context())


@pages.get("/about")
def about_view() -> str:
    """Return the page about the collection."""
    return about_page()


@pages.get("/fragment")
def fragment() -> str:
    """Return the part of the search page that changes with the search, for the script."""
    first = [value.partition(":")[::2] for value in request.args.getlist("first")[:MAX_FILTERS]]
    return render_template("_main.html", **_search_context(first))


def _search_context(first: Sequence[tuple[str, str]] | None = None) -> dict[str, Any]:
    """Search, and return the variables of the search templates.

    first: the filters that are listed first (field and value); None: those of the search.
    """
    search_request, problems = parse(request.args.items(multi=True))
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    page = search(app.engine, search_request, vocabulary, app.synonyms())
    search_request = page.request
    log_zero_results(search_request, page.total)
    explained = explained_ids(request.args.items(multi=True))
    notices = (
        *(problem.notice for problem in problems),
        *messages.cited_notices(
            cited_generation(request.args.items()), page.generation, page.replay
        ),
        # The page shows this notice between the two groups.
        *(notice for notice in page.notices if notice.code != "most_words"),
    )
    title = messages.heading(search_request, page.total, vocabulary)
    page_of = messages.page_of(search_request, page.pages)
    order = messages.sorted_by(search_request)
    current = search_request.in_newest_generation()
    return {
        "page": page,
        "search": search_request,
        "label": label_html(vocabulary),
        "links": Links(search_request),
        "notices": _sentences(notices),
        "changes_since": citation_sentence(
            changes_since_citation(page, cited_generation(request.args.items()))
        ),
        "suggestions": [
            (messages.zero_result_label(suggestion, vocabulary), suggestion)
            for suggestion in page.suggestions
        ],
        "filter_suggestions": [
            (suggestion, messages.heading(suggestion.request, suggestion.total, vocabulary))
            for suggestion in page.filter_suggestions
        ],
        "preview": _preview(page),
        "title": " – ".join(filter(None, (title, page_of, order))),
        "page_of": page_of,
        "order": order,
        "heading": messages.words_heading(search_request, page.total),
        "groups": "".join(messages.notice(n) for n in page.notices if n.code == "most_words"),
        "facets": facet_lists(page.facets, search_request, first),
        "has_criteria": bool(
            search_request.text or search_request.is_filtered or search_request.selection
        ),
        "explanations": {
            hit.id: explain(page.query, hit.activity, vocabulary, page.forms)
            for hit in page.hits
            if hit.id in explained
        },
        "citation": _citation(
            title, (), page.generation, to_iri(search_url(replace(current, chosen=())))
        ),
        "current": current,
        "selection": selection_view(page),
    }


def _preview(page: SearchPage) -> tuple[Hit, ...]:
    """Return the first results of the best other search, if the search has none."""
    if page.total or not page.suggestions:
        return ()
    app = app_state(current_app)
    best = replace(page.suggestions[0].request, per_page=PREVIEW_SIZE)
    return search(app.engine, best, app.vocabulary(), app.synonyms()).hits


def _sentences(notices: Sequence[Notice]) -> list[str]:
    return [messages.notice(notice) for notice in notices]


def _citation(title: str, authors: Sequence[str], generation: Generation, path: str) -> str:
    app = app_state(current_app)
    url = cited_url(app.site() + path, generation.number)
    return messages.citation(title, authors, app.collection().name, generation, url)


@pages.get("/coverage")
def coverage_view() -> str:
    """Return the coverage of a search: a map of countries and a table of places by years."""
    return coverage_page()


@pages.get("/activities/<path:id>")
def activity_view(id: str) -> str | BaseResponse | tuple[BaseResponse | str, int]:
    """Return the page of one activity. An alias redirects to the activity's own address."""
    return activity_response(id)


@pages.get("/help")
def help_page() -> str:
    """Return the description of the query language, with an example of each form."""
    return render_template(
        "help.html",
        fields=[f for f in FIELD.values() if f.kind != "stored" and f.name != "aliases"],
    )


@pages.get("/export")
def export_view() -> Response | tuple[Response | str, int]:
    """Stream the activities that a search counts, or one activity, as a file."""
    name = request.args.get("format", "")
    if name not in FORMATS:
        return error_page(400), 400
    app = app_state(current_app)
    site_url = app.site()
    group, group_problems = briefing_group(request.args.items())
    if (id := _single_activity()) is not None:
        if problem := generation_problem(request.args.items()):
            return error_page(400, text=messages.refusal(problem.notice)), 400
        activity = activity_page(current_app, id, cited_generation(request.args.items()))
        if activity is None:
            return missing_activity(id)
        source = activity_source(activity.stored.id, activity.generation, site_url)
        rows = iter([activity.stored])
    else:
        page_size = [("per_page", str(FEED_SIZE))] if name == "atom" else []
        search_request, problems = parse([*request.args.items(multi=True), *page_size])
        # A file cannot show a notice, so a filter is never dropped.
        problems = (*problems, *group_problems)
        problem = next((problem for problem in problems if problem.parameter), None)
        if problem:
            return error_page(400, text=messages.refusal(problem.notice)), 400
        exported = _search_export(search_request, name, site_url)
        if exported is None:
            return error_page(404, text=selection_messages.nothing_selected()), 404
        source, rows = exported
        source = replace(source, group=group)
    # Files are for programs: their labels do not depend on the reader's language.
    rows = _until_slow(rows, request.environ)
    pieces = export(name, source, rows, app.vocabulary().english)
    # With mimetype=, Flask would add a second charset to text/csv.
    response = Response(pieces, content_type=FORMATS[name].media_type)
    if name in ("docx", "xlsx"):
        response.headers["Cache-Control"] = "no-store"  # the file has the date of the request
    if name != "atom":
        response.headers["Content-Disposition"] = _attachment(file_name(name, source))
    return response


def _single_activity() -> str | None:
    """Return the id of an export of one activity; None for a search or a larger selection."""
    criteria = {parameter.name for parameter in CRITERIA} - {"id"}
    ids = request.args.getlist("id")
    return ids[0] if len(ids) == 1 and not criteria & request.args.keys() else None


def _until_slow(rows: Iterator[Activity], environ: Mapping[str, Any]) -> Iterator[Activity]:
    """Yield rows until the client turns out to read too slowly. Raises TimeoutError then."""
    for row in rows:
        if SLOW_KEY in environ:
            raise TimeoutError("the client reads the download too slowly")
        yield row


def _attachment(file_name: str) -> str:
    """Return the Content-Disposition of a download (RFC 6266)."""
    plain = re.sub("-{2,}", "-", file_name.encode("ascii", "ignore").decode())
    disposition = f"attachment; filename={plain}"
    return (
        disposition if plain == file_name else f"{disposition}; filename*=UTF-8''{quote(file_name)}"
    )


def _search_export(
    search_request: SearchRequest, format: str, site_url: str
) -> tuple[ExportSource, Iterator[Activity]] | None:
    """Return the source and the rows of an export of a search.

    A feed has one page, the most recently indexed activities first. Other files have
    all activities. None if no activity of a selection is in the index.
    """
    app = app_state(current_app)
    arguments = app.vocabulary(), app.synonyms()
    if format != "atom":
        search_request = search_request.on_page(1)
        page, rows = stream_results(app.engine, search_request, *arguments)
    else:
        page, newest = newest_indexed(app.engine, search_request, *arguments)
        rows = iter(newest)
    if page.selection and not page.selection.ids:
        return None
    missing = page.selection.missing if page.selection else ()
    source = search_source(page.request, page.total, page.generation, site_url, missing=missing)
    if format != "atom":
        return source, rows
    return replace(source, page=search_request.page, pages=page.pages), rows


@pages.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Redirect browsers that ignore the page's own icon link."""
    return redirect(url_for("static", filename="favicon.svg"), 301)
