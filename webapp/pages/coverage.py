"""The coverage page: where and when the activities of a search took place."""

from __future__ import annotations

import re

from flask import current_app, render_template, request

from indexer.search.coverage import coverage, gaps
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.pages.components import filter_chips, label_html
from webapp.pages.markup import coverage_rows
from webapp.pages.shading import Shading
from webapp.pages.tile_map import continent_blocks, tile_map
from webapp.search_state import Links, cited_generation, coverage_url, parse, search_url

MAX_LINKS_LENGTH = 60_000  # characters of all addresses in the page


def coverage_page() -> str:
    """Return the coverage of a search: a map of countries and a table of places by years.

    The parameter gap is a year: the page lists the countries with activities before it and none
    since.
    """
    search_request, problems = parse(request.args.items(multi=True))
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    result = coverage(app.engine, search_request, vocabulary, app.synonyms())
    search_request = result.request
    # Each country has a link in the map and, for narrow screens, in the blocks.
    link_count = 2 * len(result.countries) + (len(result.rows) + 1) * (len(result.columns) + 1)
    link_length = len(search_url(result.country_request("AAA")))
    linked = link_count * link_length <= MAX_LINKS_LENGTH
    link = (lambda code: search_url(result.country_request(code))) if linked else None
    shading = Shading.of(result.countries.values())
    gap = _year(request.args.get("gap", ""))
    years = [column.first for column in result.columns if column.first]
    return render_template(
        "coverage.html",
        coverage=result,
        heading=messages.heading(search_request, result.total, vocabulary),
        notices=[
            *(
                messages.notice(notice)
                for notice in (*(problem.notice for problem in problems), *result.notices)
            ),
            *messages.cited_sentences(
                cited_generation(request.args.items()), result.generation, result.replay
            ),
        ],
        replay=result.replay,
        filters=filter_chips(search_request, coverage_url),
        rows=coverage_rows(result, shading, linked),
        linked=linked,
        long=Links(search_request).long,
        key=shading.key(),
        tiles=tile_map(
            result.countries, link, lambda code: vocabulary.label("country", code), messages.count
        ),
        blocks=continent_blocks(result.countries, link, vocabulary.label, messages.count),
        gap=gap,
        default_gap=gap or max(years, default=None),
        gaps=gaps(app.engine, search_request, gap, vocabulary, app.synonyms()) if gap else (),
        gap_url=(lambda code: search_url(result.country_request(code).without_range())),
        label=label_html(vocabulary),
    )


def _year(text: str) -> int | None:
    """Return the year of the parameter gap; None if it is missing or not a year."""
    return int(text) if re.fullmatch(r"[1-9][0-9]{3}", text) else None
