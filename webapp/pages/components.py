"""Functions that prepare values for the templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import current_app
from markupsafe import Markup

from indexer.content.vocabulary import Vocabulary
from indexer.schema import FIELD, NOT_STATED, RANGE_FIELD, Value
from indexer.search.export import FORMATS
from indexer.search.request import SearchRequest
from indexer.search.results import FacetBucket, FacetCounts
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.bidi import bdi
from webapp.i18n.locale import N_, gettext
from webapp.search_state import DROP_RANGE, DROP_SELECTION, drop_value, search_url, to_iri

MAX_YEAR = 9999
MIN_BARS = 3  # years with activities; fewer are easier to read as a list
MAX_BARS = 80  # years; more bars would be thinner than a line
RTL_LANGUAGES = {"ar", "fa", "he", "ur", "ps", "dv", "yi", "ckb"}


def collapse_regions(values: tuple[FacetBucket, ...], top: bool = True) -> list[FacetBucket]:
    """Return a tree of places without redundant regions.

    If the only place in a region has the same count as the region, one of the two is redundant.
    The inner one is replaced with its own places, if it has any. Otherwise the outer one is
    replaced with the inner one, unless it is at the top level. Selected and excluded regions stay.
    """
    places: list[FacetBucket] = []
    for region in values:
        if not region.children:
            places.append(region)
            continue
        inner = collapse_regions(region.children, top=False)
        if len(inner) == 1 and inner[0].count == region.count:
            only = inner[0]
            if only.children and not (only.selected or only.excluded):
                inner = list(only.children)
            elif not (top or region.selected or region.excluded):
                places.append(only)
                continue
        places.append(replace(region, children=tuple(inner)))
    return places


def histogram(
    values: tuple[FacetBucket, ...], search: SearchRequest
) -> list[tuple[int, int, bool]]:
    """Return each year from the first to the last, its count, and whether it is selected.

    The list is empty if a list of years is easier to read than a chart.
    """
    by_year = {int(value.value): value for value in values if value.value != NOT_STATED}
    if len(by_year) < MIN_BARS or max(by_year) - min(by_year) >= MAX_BARS:
        return []
    low, high = search.range or (MAX_YEAR, None)
    bars = []
    for year in range(min(by_year), max(by_year) + 1):
        value = by_year.get(year)
        in_range = (low or 0) <= year <= (high or MAX_YEAR)
        selected = in_range or (value is not None and value.selected)
        bars.append((year, value.count if value else 0, selected))
    return bars


def is_shown(facet: FacetCounts, search: SearchRequest) -> bool:
    """Return whether the page shows a facet.

    Countries are shown within the facet of regions. A single value of one field is not a choice.
    """
    if facet.field == "country":
        return False
    if any(item.field == facet.field for item in search.filters):
        return True
    if facet.field == RANGE_FIELD and search.range:
        return True
    stated = sum(value.value != NOT_STATED for value in facet.buckets)
    return stated >= (2 if facet.field in ("agency", "language") else 1)


# Formats of a download by the name that people know, in the order of the menu.
_DOWNLOADS = (
    ("xlsx", N_("Excel")),
    ("docx", N_("Word")),
    ("csv", N_("CSV")),
    ("ris", N_("Zotero and EndNote (RIS)")),
    ("bibtex", N_("BibTeX")),
    ("json", N_("JSON")),
)
NEAR_PAGES = 2  # page numbers before and after the current one


def download_formats() -> list[tuple[str, str]]:
    """Return the name and the label of each download format."""
    return [(name, text) for name, text in _DOWNLOADS if name in FORMATS]


def page_numbers(page: int, pages: int) -> list[int | None]:
    """Return the numbers in the list of pages: the first, the last and those near the page.

    None marks omitted pages.
    """
    near = range(page - NEAR_PAGES, page + NEAR_PAGES + 1)
    listed = sorted({1, pages, *(n for n in near if 1 <= n <= pages)})
    numbers: list[int | None] = []
    for number in listed:
        last = numbers[-1] if numbers else 0
        if last is not None and number - last == 2:
            numbers.append(number - 1)
        elif last is not None and number - last > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers


def label_html(vocabulary: Vocabulary) -> Callable[[str, Value], Markup]:
    """Return a function from a field and a value to the label as HTML."""
    return lambda field, value: bdi(vocabulary.label(field, value))


def direction(language: str) -> str:
    """Return the writing direction of a language, for the dir attribute."""
    return "rtl" if language.partition("-")[0] in RTL_LANGUAGES else "ltr"


def filter_chips(
    search: SearchRequest, url_of: Callable[[SearchRequest], str] = search_url
) -> list[tuple[str, str, str]]:
    """Return the filters of a search: (label, value of the parameter drop, address without it).

    url_of returns the address of a search, on the search page or on another page.
    """
    return [(label, drop, to_iri(url_of(rest))) for label, drop, rest in _filters(search)]


def _filters(search: SearchRequest) -> Iterator[tuple[str, str, SearchRequest]]:
    vocabulary = app_state(current_app).vocabulary()
    if search.selection:
        yield gettext("Only selected activities"), DROP_SELECTION, search.without_selection()
    for item in search.effective:
        label = messages.filter_label(item, vocabulary)
        yield label, drop_value(item), search.toggled(item)
    if search.range:
        field_label = FIELD[RANGE_FIELD].label
        label = gettext("{field}: {value}").format(
            field=gettext(field_label), value=messages.year_range(*search.range)
        )
        yield label, DROP_RANGE, search.without_range()
    for item in search.excluded:
        label = messages.filter_label(item, vocabulary)
        yield label, drop_value(item), search.toggled(item)
