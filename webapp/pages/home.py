"""The home page, and the page about the collection."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, render_template

from indexer.search.overview import overview
from indexer.search.request import Filter, SearchRequest
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.markdown_html import body_html
from webapp.pages.changes import newest_changes
from webapp.pages.components import label_html
from webapp.pages.result_text import excerpts
from webapp.pages.tile_map import tile_map
from webapp.search_state import Links, search_url

MIN_BARS = 3  # of the year chart


def home_page() -> str:
    """Return the home page: a description of the collection, and ways to search it."""
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    collection = overview(app.engine)
    changes = newest_changes()
    links = Links(SearchRequest())
    return render_template(
        "home.html",
        search=SearchRequest(),
        facts=messages.overview_facts(collection),
        questions=[
            (search_url(question.request), messages.question(question, vocabulary), question.total)
            for question in collection.questions
        ],
        total=collection.generation.activities,
        tiles=tile_map(
            collection.countries,
            lambda code: links.toggle("country", code),
            lambda code: vocabulary.label("country", code),
            messages.count,
            with_codes=False,
        )
        if collection.countries
        else "",
        bars=_bars(collection.periods),
        newest=changes or [(hit, text, "") for hit, text in excerpts(collection.newest)],
        has_changes=bool(changes),
        is_by_time=bool(changes) or collection.is_by_time,
        label=label_html(vocabulary),
        about=_first_paragraph(app.collection().about),
    )


def about_page() -> str:
    """Return the page about the collection, with the text of its settings."""
    app = app_state(current_app)
    about = app.collection().about
    return render_template(
        "about.html",
        facts=messages.overview_facts(overview(app.engine)),
        about=body_html(about) if about else "",
    )


def _first_paragraph(markdown: str) -> str:
    """Return the first paragraph of a Markdown text as HTML; "" without a text."""
    first = markdown.strip().partition("\n\n")[0]
    return body_html(first) if first else ""


def _bars(periods: Sequence[tuple[int, int, int]]) -> list[tuple[str, str, int]]:
    """Return the label, the address and the number of activities of each bar of the year chart.

    The list is empty if there are too few years for a chart.
    """
    if len(periods) < MIN_BARS:
        return []
    return [
        (
            messages.year_range(first, last),
            search_url(
                SearchRequest("", (Filter("year", str(first)),))
                if first == last
                else SearchRequest(year_from=first, year_to=last)
            ),
            total,
        )
        for first, last, total in periods
    ]
