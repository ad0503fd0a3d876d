"""Functions that the templates call."""

from __future__ import annotations

from dataclasses import replace

from flask import (
    current_app,
)

from indexer.schema import FIELD, NOT_STATED
from indexer.search.highlight import Span
from indexer.search.request import SearchRequest
from indexer.search.results import FacetCounts, FacetValue, Hit
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.locale import gettext
from webapp.search_state import (
    YEARS,
    legible,
    search_url,
)

MAX_YEAR = 9999


MAX_BARS = 80  # years; more would be thinner than a line in the column


RTL = {"ar", "fa", "he", "ur", "ps", "dv", "yi", "ckb"}  # languages written from right to left


def collapse_regions(values: tuple[FacetValue, ...], top: bool = True) -> list[FacetValue]:
    """A tree of places without the regions, below the top, that only repeat the place above or inside them."""
    kept: list[FacetValue] = []
    for v in values:
        if not v.children:
            kept.append(v)
            continue
        inside = collapse_regions(v.children, top=False)
        if len(inside) == 1 and inside[0].count == v.count:
            only = inside[0]
            if only.children and not (only.selected or only.excluded):
                inside = list(only.children)
            elif not (top or v.selected or v.excluded):
                kept.append(only)
                continue
        kept.append(replace(v, children=tuple(inside)))
    return kept


def count_values(values: tuple[FacetValue, ...]) -> int:
    """How many values a tree has, at every depth."""
    return sum(1 + count_values(v.children) for v in values)


def histogram(values: tuple[FacetValue, ...], found: SearchRequest) -> list[tuple[int, int, bool]]:
    """Each year from the first to the last, its count and whether it is chosen; empty where a list tells more."""
    counts = {int(v.value): v for v in values if v.value != NOT_STATED}
    if len(counts) < 3 or max(counts) - min(counts) >= MAX_BARS:
        return []
    low, high = found.range or (MAX_YEAR, None)
    return [
        (
            year,
            counts[year].count if year in counts else 0,
            (low or 0) <= year <= (high or MAX_YEAR) or (year in counts and counts[year].selected),
        )
        for year in range(min(counts), max(counts) + 1)
    ]


def split_heading(hit: Hit) -> tuple[list[Span], list[Span]]:
    """A hit's heading and its snippet; opening words that both hold are said once, in the heading, marked."""
    opening = hit.heading.removesuffix("…")
    if not "".join(span.text for span in hit.snippet).startswith(opening):
        return [Span(hit.heading)], list(hit.snippet)
    first: list[Span] = []
    rest: list[Span] = []
    left = len(opening)
    for span in hit.snippet:
        first.append(Span(span.text[:left], span.matched))
        rest.append(Span(span.text[left:], span.matched))
        left = max(0, left - len(span.text))
    first, rest = ([span for span in part if span.text] for part in (first, rest))
    if not any(span.text.strip(" .…") for span in rest):
        return first, []
    return [*first, Span("…")], [Span("…"), *rest]


def is_shown(facet: FacetCounts, found: SearchRequest) -> bool:
    """Whether a facet is shown: countries are within regions, and one agency or language is no choice."""
    if (
        facet.field in ("agency", "language")
        and sum(v.value != NOT_STATED for v in facet.values) < 2
    ):
        return False
    return facet.field != "country" and bool(
        facet.values or (facet.field == "year" and found.range)
    )


def direction(language: str) -> str:
    """The direction that a language is written in, for the dir attribute."""
    return "rtl" if language.partition("-")[0] in RTL else "ltr"


def chips(found: SearchRequest) -> list[tuple[str, str, str]]:
    """The name of each filter that is on, what the parameter drop takes it off by, and the address without it."""
    vocabulary = app_state(current_app).vocabulary()
    made = [
        (
            messages.subject("drop_filter", f"{f}:{v}", vocabulary),
            f"{f}:{v}",
            legible(search_url(found.toggled(f, v))),
        )
        for f, v in found.effective
    ]
    if found.range:
        years = gettext("{field}: {value}").format(
            field=gettext(FIELD["year"].label), value=messages.years_said(*found.range)
        )
        made.append((years, YEARS, legible(search_url(found.without_range()))))
    return made + [
        (
            messages.subject("drop_filter", f"-{f}:{v}", vocabulary),
            f"-{f}:{v}",
            legible(search_url(found.toggled_exclusion(f, v))),
        )
        for f, v in found.excluded
    ]
