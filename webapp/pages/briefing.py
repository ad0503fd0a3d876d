"""The briefing of a search as a page for print."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from indexer.content.vocabulary import NOT_STATED_LABEL
from indexer.schema import NOT_STATED
from indexer.search.export import GROUPS, export_document
from indexer.search.export.briefing import Briefing, Entry, make_briefing
from indexer.search.request import SearchRequest
from indexer.search.service import stream_results
from webapp.app_state import app_state
from webapp.i18n import messages, selection_messages
from webapp.i18n.locale import gettext
from webapp.markdown_html import body_html
from webapp.search_state import (
    briefing_group,
    briefing_url,
    cited_generation,
    parse,
    search_source,
    to_iri,
)

briefings = Blueprint("briefings", __name__)
FACTS = ("country", "region", "year", "theme", "partner", "agency")  # below an activity


@briefings.get("/briefing")
def briefing_page() -> Response:
    """Return the briefing of a search: the same as /export?format=docx, for print."""
    search_request, problems = parse(request.args.items(multi=True))
    group, group_problems = briefing_group(request.args.items())
    search_request = search_request.on_page(1)
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    page, rows = stream_results(app.engine, search_request, vocabulary, app.synonyms())
    search_request = page.request
    missing = page.selection.missing if page.selection else ()
    source = search_source(search_request, page.total, page.generation, app.site(), group, missing)
    document = export_document(source, rows, vocabulary)
    briefing = make_briefing(document)
    notices = (*problems, *group_problems)
    response = make_response(
        render_template(
            "briefing.html",
            **_context(briefing, search_request),
            heading=messages.heading(search_request, page.total, vocabulary),
            notices=[
                *(messages.notice(problem.notice) for problem in notices),
                *messages.cited_sentences(
                    cited_generation(request.args.items()), page.generation, page.replay
                ),
            ],
        )
    )
    # The page has the date of the request.
    response.headers["Cache-Control"] = "no-store"
    return response


def _context(briefing: Briefing, search_request: SearchRequest) -> dict[str, Any]:
    """Return the variables of the template that follow from a briefing."""
    document = briefing.document
    counts = briefing.counts
    years = counts.columns()
    return {
        "briefing": briefing,
        "search": search_request,
        "source": document.source,
        "made_on": document.exported_at[:10],
        "label": document.vocabulary.label,
        "criteria": [
            *selection_messages.selection_criteria(search_request, document.source.missing),
            *messages.criteria(search_request, document.vocabulary),
        ],
        "NOT_STATED": NOT_STATED,
        "years": years,
        "years_covered": _years_covered(briefing.stated_years),
        "rows": [
            (country, [counts.count(country, year) for year in (None, *years)])
            for country in counts.rows(document.vocabulary)
        ],
        "totals": [counts.count(None, year) for year in (None, *years)],
        "body_html": body_html,
        "facts": _facts,
        "groups": [(group, to_iri(briefing_url(search_request, group))) for group in GROUPS],
        "word_url": to_iri(briefing_url(search_request, briefing.group, word=True)),
    }


def _years_covered(years: list[str]) -> str:
    """Return the range of years of a briefing. A long one counts decades, such as "1940–1949"."""
    if not years:
        return gettext(NOT_STATED_LABEL)
    return messages.year_range(int(years[0][:4]), int(years[-1][-4:]))


def _facts(entry: Entry) -> list[str]:
    """Return the fields below an activity. Its regions are left out if it states a country."""
    return [
        field
        for field in FACTS
        if entry.row.values(field) and not (field == "region" and entry.row.values("country"))
    ]
