"""Conversion between URLs and search requests. All URLs of the site are built here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode

from indexer.content.values import MAX_ID_LENGTH, is_id, slug
from indexer.engines.base import Generation
from indexer.query.ast import Notice
from indexer.query.parser import MAX_QUERY_LENGTH
from indexer.schema import FACETS, FIELD, NOT_STATED, RANGE_FIELD, facet_group
from indexer.search.export import GROUPS, ExportSource, Group
from indexer.search.request import (
    MAX_IDS,
    MAX_PER_PAGE,
    MAX_REACH,
    MAX_SELECTION,
    PER_PAGE,
    SELECTION_ORDERS,
    Filter,
    Reference,
    SearchRequest,
)
from indexer.text import places
from webapp.parameters import LANGUAGE, MAX_FILTERS, MAX_LANGUAGE_LENGTH, SEARCH
from webapp.selection_state import (
    dropped_ids,
    read_references,
    selection_parameters,
    write_hashes,
)

MAX_RESULT_QUERY_LENGTH = 200  # characters of a query string that each link to a result repeats
MAX_REPEATED_LENGTH = 400  # characters of a query string that a page repeats in each of its links
# Characters of a query string that the API repeats in the addresses of each facet value, of which
# there may be hundreds.
MAX_FACET_URL_LENGTH = 8_192
MAX_TEXT_LENGTH = MAX_QUERY_LENGTH + 1  # one more, so that the parser notices a text that is cut
MAX_NOTICE_VALUE_LENGTH = 80
DROP_RANGE = "years"  # the value of the parameter drop that removes the year range
DROP_SELECTION = "selection"  # the value that removes the selection
_LANGUAGE = re.compile(LANGUAGE)
GENERATION = re.compile("[1-9][0-9]{0,8}")
_NON_ASCII_ESCAPES = re.compile(r"(?:%[89A-F][0-9A-F])+")


class Problem(NamedTuple):
    """A parameter that was ignored or changed, with the notice about it."""

    parameter: str  # "" if no value was invalid, as for a reversed range
    notice: Notice


def parse(args: Iterable[tuple[str, str]]) -> tuple[SearchRequest, tuple[Problem, ...]]:
    """Return the search for URL parameters, and the problems with the parameters."""
    reader = _ParameterReader()
    for name, value in args:
        reader.read(name, value)
    request = reader.request()
    return request, tuple(reader.problems)


class _ParameterReader:
    """Collects the parameters of one URL."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._filters: dict[Filter, None] = {}  # without duplicates, in order
        self._filter_count = 0
        self._single: dict[str, str] = {}  # parameters that are not repeated; the last value counts
        self._dropped: list[str] = []
        self._selection: dict[Reference, None] = {}  # without duplicates, in order
        self._chosen: dict[str, None] = {}  # likewise
        self._made_in: int | None = None

    def read(self, name: str, value: str) -> None:
        """Read one parameter."""
        field = name.removeprefix("-")
        if field in FACETS:
            self._read_filter(name, field, value)
        elif name == "why":
            if value and not is_id(value):
                self._add_invalid_value(name, value)
        elif name == "drop":
            self._dropped.append(value)
        elif name in ("id", "ids"):
            self._read_selection(name, value)
        elif name == "since":  # of /changes it may also be a time
            self._made_in = int(value) if GENERATION.fullmatch(value) else None
        elif name == "chosen":
            self._read_chosen(value)
        elif name in SEARCH:
            self._single[name] = value

    def request(self) -> SearchRequest:
        """Return the search, after all parameters are read."""
        year_from, year_to = self._number("year_from"), self._number("year_to")
        if year_from is not None and year_to is not None and year_from > year_to:
            year_from, year_to = year_to, year_from
            notice = Notice("range_reversed", {"low": year_from, "high": year_to})
            self.problems.append(Problem("", notice))
        for name_and_value in self._dropped:
            name, _, value = name_and_value.partition(":")
            dropped = Filter(name.removeprefix("-"), value, name.startswith("-"))
            self._filters.pop(dropped, None)
            if name_and_value == DROP_RANGE:
                year_from = year_to = None
        per_page = self._number("per_page") or PER_PAGE
        page = 1
        if not self._dropped:
            page = self._number("page", MAX_REACH // per_page) or 1
        sort = self._single.get("sort", "").strip() or None
        if DROP_SELECTION in self._dropped:
            self._selection.clear()
        if sort is not None and sort not in SEARCH["sort"].schema["enum"]:
            self._add_invalid_value("sort", sort)
            sort = None
        if sort in SELECTION_ORDERS and not self._selection:
            self.problems.append(Problem("", Notice("sort_of_selections")))
            sort = None
        match = self._single.get("match", "").strip() or None
        if match not in (None, "all"):
            self._add_invalid_value("match", match)
            match = None
        search = SearchRequest(
            self._single.get("q", "")[:MAX_TEXT_LENGTH].replace("\0", " ").strip(),
            tuple(sorted(self._filters, key=lambda item: item.excluded)),
            year_from,
            year_to,
            sort,  # type: ignore[arg-type]
            page,
            per_page,
            match,  # type: ignore[arg-type]
            self._number("generation"),
            tuple(self._selection),
            self._made_in,
            tuple(self._chosen),
        )
        for id in dropped_ids(self._dropped):
            search = search.without_selected(id)
        return search

    def _read_chosen(self, value: str) -> None:
        try:
            references, _ = read_references("ids", value) if value.strip() else ([], True)
        except ValueError:
            self._add_invalid_value("chosen", value)
            return
        for reference in references:
            if len(self._chosen) == MAX_SELECTION:
                self._add_limit("")  # the search itself is complete
                return
            self._chosen[reference.text] = None

    def _add_limit(self, parameter: str) -> None:
        notice = Notice("too_many_selected", {"limit": MAX_SELECTION})
        if Problem(parameter, notice) not in self.problems:
            self.problems.append(Problem(parameter, notice))

    def _read_selection(self, name: str, value: str) -> None:
        if not value.strip():
            return
        try:
            references, is_complete = read_references(name, value)
        except ValueError:
            self._add_invalid_value(name, value)
            return
        if not is_complete:
            self.problems.append(Problem(name, Notice("selection_cut")))
        for reference in references:
            if reference in self._selection:
                continue
            if len(self._selection) == MAX_SELECTION:
                self._add_limit(name)
                return
            self._selection[reference] = None

    def _read_filter(self, name: str, field: str, value: str) -> None:
        if not value.strip():
            return
        self._filter_count += 1
        if self._filter_count == MAX_FILTERS + 1:
            notice = Notice("too_many_filters", {"limit": MAX_FILTERS})
            self.problems.append(Problem(name, notice))
        if self._filter_count > MAX_FILTERS:
            return
        key = value_key(field, value.strip())
        if key is None:
            self._add_invalid_value(name, value)
            return
        # If a value is both included and excluded, the later parameter counts: in the form, the
        # button that excludes a value comes after its checkbox.
        item = Filter(field, key, excluded=name != field)
        self._filters.pop(item.inverse, None)
        self._filters[item] = None

    def _number(self, name: str, maximum: int | None = None) -> int | None:
        """Return the value of an integer parameter, or its default."""
        text, schema = self._single.get(name, "").strip(), SEARCH[name].schema
        default: int | None = schema.get("default")
        if not text:
            return default
        if re.fullmatch(r"[0-9]{1,9}", text):
            number = int(text)
            if schema["minimum"] <= number <= (maximum or schema["maximum"]):
                return number
        self._add_invalid_value(name, text)
        return default

    def _add_invalid_value(self, parameter: str, value: str) -> None:
        values = {"parameter": parameter, "value": value[:MAX_NOTICE_VALUE_LENGTH]}
        self.problems.append(Problem(parameter, Notice("invalid_value", values)))


def value_key(field: str, text: str) -> str | None:
    """Return the facet value for the text of a parameter; None if it is invalid."""
    if text == NOT_STATED:
        return NOT_STATED
    match FIELD[field].values:
        case "country":
            return text.upper() if places.is_country(text.upper()) else None
        case "region":
            return text if places.is_region(text) else None
        case "year":
            return str(int(text)) if re.fullmatch(r"[0-9]{4}", text) and int(text) >= 1000 else None
        case "language":
            is_valid = _LANGUAGE.fullmatch(text) and len(text) <= MAX_LANGUAGE_LENGTH
            return text if is_valid else None
    return text if slug(text) == text and len(text) <= MAX_ID_LENGTH else None


def filter_parameter(item: Filter) -> tuple[str, str]:
    """Return the name and value of the URL parameter of a filter: country=PAK, -country=PAK."""
    return f"-{item.field}" if item.excluded else item.field, item.value


def drop_value(item: Filter) -> str:
    """Return the value of the parameter drop that removes a filter."""
    return ":".join(filter_parameter(item))


def criteria(request: SearchRequest) -> list[tuple[str, str]]:
    """Return the URL parameters that select and sort the activities, in their order."""
    parameters = [("q", request.text)] if request.text else []
    parameters += map(filter_parameter, (*request.included, *request.excluded))
    years = (("year_from", request.year_from), ("year_to", request.year_to))
    parameters += [(name, str(year)) for name, year in years if year is not None]
    options = (("match", request.match), ("sort", request.sort))
    parameters += [(name, value) for name, value in options if value]
    return parameters + selection_parameters(request.selection)


def query_string(request: SearchRequest) -> str:
    """Return the URL parameters of a search, encoded. Defaults are left out."""
    parameters: list[tuple[str, str | int]] = [*criteria(request)]
    if request.page != 1:
        parameters.append(("page", request.page))
    if request.per_page != PER_PAGE:
        parameters.append(("per_page", request.per_page))
    if request.generation is not None:
        parameters.append(("generation", request.generation))
    if request.selection and request.made_in is not None:
        parameters.append(("since", request.made_in))
    parameters += [("chosen", value) for value in write_hashes(request.chosen)]
    return urlencode(parameters)


def to_iri(url: str) -> str:
    """Return a URL with its non-ASCII letters unescaped, a third as long in a page.

    Browsers escape them again. Source: WHATWG URL, "URL-query string"; links in HTML have the
    encoding of the document, UTF-8.
    """
    return _NON_ASCII_ESCAPES.sub(lambda match: unquote(match[0]), url)


def returning_iris(url_of: Callable[..., str]) -> Callable[..., str]:
    """Return the same function with its URLs as IRIs, for templates."""
    return lambda *args: to_iri(url_of(*args))


def search_url(request: SearchRequest, path: str = "/") -> str:
    """Return the URL of a search, on the search page or on another path such as /api/v1/search.

    The search page without parameters is the home page, so all activities are an empty search.
    """
    query = query_string(request)
    if not query and path == "/":
        return "/?q="
    return f"{path}?{query}" if query else path


_quoted = lru_cache(10_000)(quote)


class Links:
    """The URLs of the facet values of a page, which differ in one parameter each.

    The parts that they share are encoded once.
    """

    def __init__(self, request: SearchRequest) -> None:
        self._request = request
        # Whether the URL of the search is too long to repeat it in every link of a page.
        length = len(query_string(request))
        self.long = length > MAX_REPEATED_LENGTH
        # Whether it is too long also for the API, which has no forms instead of links.
        self.too_long = length > MAX_FACET_URL_LENGTH or len(request.selection) > MAX_IDS
        first_page = replace(request, page=1)
        text = [("q", first_page.text)] if first_page.text else []
        included = urlencode([*text, *map(filter_parameter, first_page.included)])
        excluded = urlencode([*map(filter_parameter, first_page.excluded)])
        filters = "&".join(part for part in (included, excluded) if part)
        rest = query_string(first_page)[len(filters) :].lstrip("&")
        # What is before and after the parameter that each kind of link adds.
        self._around_included = (
            included and included + "&",
            "".join(f"&{part}" for part in (excluded, rest) if part),
        )
        self._around_excluded = filters and filters + "&", rest and "&" + rest
        # "year_from=" is the parameter: urlencode escapes every "=" of the query text.
        with_range = query_string(first_page.with_range_end(1000)).partition("year_from=")
        self._around_range = with_range[0], with_range[2].partition("year_to=")[2][len("1000") :]
        self._filtered_values = {(item.field, item.value) for item in request.filters}
        # In these groups, including a value can remove regions or the year range.
        self._interdependent_groups = {facet_group(item.field) for item in request.included}
        if request.range:
            self._interdependent_groups.add(facet_group(RANGE_FIELD))

    def toggle(self, field: str, value: str) -> str:
        """Return the URL of the search with a value included, or no longer included."""
        if (field, value) in self._filtered_values or (
            facet_group(field) in self._interdependent_groups
        ):
            return search_url(self._request.toggled(Filter(field, value)))
        before, after = self._around_included
        return f"/?{before}{field}={_quoted(value)}{after}"

    def exclude(self, field: str, value: str) -> str:
        """Return the URL of the search with a value excluded, or no longer excluded."""
        if (field, value) in self._filtered_values:
            return search_url(self._request.toggled(Filter(field, value, excluded=True)))
        before, after = self._around_excluded
        return f"/?{before}-{field}={_quoted(value)}{after}"

    def range_end(self, year: int) -> str:
        """Return the URL of the search with the nearer end of its year range moved to a year."""
        request = self._request.with_range_end(year)
        before, after = self._around_range
        return f"/?{before}year_from={request.year_from}&year_to={request.year_to}{after}"


def explained_ids(args: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the ids of the results to explain. They need not be valid."""
    return frozenset([value for name, value in args if name == "why"][:MAX_PER_PAGE])


def cited_generation(args: Iterable[tuple[str, str]]) -> int | None:
    """Return the generation that a URL was cited from; None if it has none or it is invalid."""
    text = dict(args).get("generation", "")
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


def generation_problem(args: Iterable[tuple[str, str]]) -> Problem | None:
    """Return the problem with the parameter generation, if it is invalid."""
    reader = _ParameterReader()
    for name, value in args:
        if name == "generation":
            reader.read(name, value)
    reader.request()
    return next(iter(reader.problems), None)


def briefing_group(args: Iterable[tuple[str, str]]) -> tuple[Group, tuple[Problem, ...]]:
    """Return the field whose values are the sections of a briefing, and the problem with it."""
    text = dict(args).get("group", "").strip()
    if not text:
        return "country", ()
    for group in GROUPS:
        if text == group:
            return group, ()
    values = {"parameter": "group", "value": text[:MAX_NOTICE_VALUE_LENGTH]}
    return "country", (Problem("group", Notice("invalid_value", values)),)


def api_url(request: SearchRequest) -> str:
    """Return the URL of the documentation of the API, with a search as its example."""
    return search_url(replace(request, chosen=()), "/api")


def cited_url(url: str, generation: int) -> str:
    """Return a URL with the generation that it is cited from."""
    return f"{url}{'&' if '?' in url else '?'}generation={generation}"


def coverage_url(request: SearchRequest) -> str:
    """Return the URL of the coverage page of a search."""
    return search_url(replace(request, page=1, sort=None, chosen=()), "/coverage")


def export_url(request: SearchRequest, format: str) -> str:
    """Return the URL of all results of a search as a file."""
    query = query_string(replace(request, page=1, chosen=()))
    return f"/export?format={format}" + (f"&{query}" if query else "")


def briefing_url(request: SearchRequest, group: Group = "country", *, word: bool = False) -> str:
    """Return the URL of the briefing of a search, as a page or as a Word document."""
    url = (
        export_url(request, "docx")
        if word
        else search_url(replace(request, page=1, chosen=()), "/briefing")
    )
    if group == "country":
        return url
    return f"{url}{'&' if '?' in url else '?'}group={group}"


def cite_url(id: str, format: str) -> str:
    """Return the URL of one activity as a file for reference managers."""
    return f"/export?format={format}&id={quote(id, safe='')}"


def activity_url(id: str) -> str:
    """Return the permanent URL of an activity."""
    return f"/activities/{quote(id)}"


def result_url(id: str, request: SearchRequest) -> str:
    """Return the URL of an activity as a result of a search.

    It has the parameters of the search, for the way back, unless they are too long to repeat.
    """
    query = query_string(replace(request, chosen=())) or "q="
    return activity_url(id) + (f"?{query}" if len(query) <= MAX_RESULT_QUERY_LENGTH else "")


def search_source(
    request: SearchRequest,
    total: int,
    generation: Generation,
    site_url: str,
    group: Group = "country",
    missing: Iterable[Reference] = (),
) -> ExportSource:
    """Return the source of an export of a search. The site's URL has no slash at its end.

    group: the field whose values are the sections of a briefing.
    missing: the activities of the selection that are not in the index.
    """
    parameters = criteria(request)
    query = urlencode(parameters)
    feed_parameters = [("format", "atom"), *parameters]
    if request.generation is not None:
        feed_parameters.append(("generation", str(request.generation)))
    feed_query = urlencode(feed_parameters)
    url = f"{site_url}/?{query}" if query else f"{site_url}/"
    return ExportSource(
        site_url,
        url=url,
        feed_url=f"{site_url}/export?{feed_query}",
        generation=generation,
        total=total,
        text=request.text,
        parameters=tuple(parameters),
        request=request,
        cited_url=cited_url(url, generation.number),
        group=group,
        missing=tuple(reference.text for reference in missing),
    )


def activity_source(id: str, generation: Generation, site_url: str) -> ExportSource:
    """Return the source of an export of one activity. The site's URL has no slash at its end."""
    source = search_source(SearchRequest(), 1, generation, site_url)
    url = site_url + activity_url(id)
    return replace(source, url=url, id=id, cited_url=cited_url(url, generation.number))
