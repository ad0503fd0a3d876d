"""Where URLs become searches, and searches URLs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode

from indexer.content.activity import MAX_ID_LENGTH, is_id, slug
from indexer.query.ast import Notice
from indexer.query.parser import MAX_QUERY_LENGTH
from indexer.schema import FACETS, FIELD, NOT_STATED, RANGE_FIELD, facet_group
from indexer.search.request import MAX_PER_PAGE, MAX_REACH, PER_PAGE, SearchRequest
from indexer.text import places
from webapp.parameters import LANGUAGE, MAX_FILTERS, MAX_LANGUAGE, SEARCH

LONG = 400  # characters; a page repeats a shorter address in every link that leads on from it
MAX_TEXT = (
    MAX_QUERY_LENGTH + 1
)  # characters read from the address: query.py sees that there were more, and says so
YEARS = "years"  # the value of drop that stands for the range
_LANGUAGE = re.compile(LANGUAGE)
_ENCODED = re.compile(r"(?:%[89A-F][0-9A-F])+")


class Problem(NamedTuple):
    """A parameter that was dropped or changed: its name and what to say of it."""

    parameter: str
    notice: Notice


def parse(args: Iterable[tuple[str, str]]) -> tuple[SearchRequest, tuple[Problem, ...]]:
    """The search that the parameters of an address ask for, and what of them was dropped."""
    problems: list[Problem] = []
    filters: dict[tuple[str, str], None] = {}
    excluded: dict[tuple[str, str], None] = {}
    single: dict[str, str] = {}
    dropped: list[str] = []
    seen = 0

    def wrong(parameter: str, value: str) -> None:
        problems.append(
            Problem(
                parameter, Notice("invalid_value", {"parameter": parameter, "value": value[:80]})
            )
        )

    for name, value in args:
        field = name.removeprefix("-")
        if field in FACETS:
            if not value.strip():
                continue
            seen += 1
            if seen == MAX_FILTERS + 1:
                problems.append(Problem(name, Notice("too_many_filters", {"limit": MAX_FILTERS})))
            if seen > MAX_FILTERS:
                continue
            key = value_key(field, value.strip())
            if key is None:
                wrong(name, value)
            else:  # of a value that is ticked and excluded, the last word counts: its button stands after its tick
                here, there = (filters, excluded) if name == field else (excluded, filters)
                there.pop((field, key), None)
                here[field, key] = None
        elif name == "why":
            if value and not is_id(value):
                wrong(name, value)
        elif name == "drop":
            dropped.append(value)
        elif name in SEARCH:
            single[name] = value  # the last one, as a button says it after what its form holds

    def number(name: str, high: int | None = None) -> int | None:
        text, schema = single.get(name, "").strip(), SEARCH[name].schema
        default: int | None = schema.get("default")
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", text) or not schema["minimum"] <= int(text) <= (
            high or schema["maximum"]
        ):
            wrong(name, text)
            return default
        return int(text)

    number("generation")  # of a citation; it is nothing that can be searched for, but can be wrong
    year_from, year_to = number("year_from"), number("year_to")
    if year_from is not None and year_to is not None and year_from > year_to:
        year_from, year_to = year_to, year_from
        problems.append(Problem("", Notice("range_reversed", {"low": year_from, "high": year_to})))
    for each in dropped:
        field, _, value = each.partition(":")
        (excluded if field.startswith("-") else filters).pop((field.removeprefix("-"), value), None)
        if each == YEARS:
            year_from = year_to = None
    per_page = number("per_page") or PER_PAGE
    page = 1 if dropped else number("page", MAX_REACH // per_page) or 1
    sort = single.get("sort", "").strip() or None
    if sort is not None and sort not in SEARCH["sort"].schema["enum"]:
        wrong("sort", sort)
        sort = None
    request = SearchRequest(
        single.get("q", "")[:MAX_TEXT].replace("\0", " ").strip(),
        tuple(filters),
        tuple(excluded),
        year_from,
        year_to,
        sort,  # type: ignore[arg-type]
        page,
        per_page,
    )
    return request, tuple(problems)


def value_key(field: str, text: str) -> str | None:
    """The key that a parameter's value stands for; None for none."""
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
            return text if _LANGUAGE.fullmatch(text) and len(text) <= MAX_LANGUAGE else None
    return text if slug(text) == text and len(text) <= MAX_ID_LENGTH else None


def query_string(request: SearchRequest) -> str:
    """The parameters of a search in their order, without those that say nothing."""
    pairs: list[tuple[str, str | int]] = [*request.criteria]
    if request.page != 1:
        pairs.append(("page", request.page))
    if request.per_page != PER_PAGE:
        pairs.append(("per_page", request.per_page))
    return urlencode(pairs)


def is_long(request: SearchRequest) -> bool:
    """Whether a page should not repeat the address of a search in each of its links."""
    return len(query_string(request)) > LONG


def legible(address: str) -> str:
    """An address with its letters beyond ASCII as they are: a third as long in a page, and the same to a browser.

    Source: WHATWG URL, "URL-query string"; HTML's links are encoded as the document, which is UTF-8.
    """
    return _ENCODED.sub(lambda found: unquote(found[0]), address)


def legibly(address_of: Callable[..., str]) -> Callable[..., str]:
    """The function with its addresses legible, for templates."""
    return lambda *wanted: legible(address_of(*wanted))


def search_url(request: SearchRequest, path: str = "/") -> str:
    """The address of a search; path "/api/v1/search" is the API's."""
    found = query_string(request)
    return f"{path}?{found}" if found else path


_quoted = lru_cache(10_000)(quote)


class Links:
    """The addresses that a page's facet values lead to: one is like another but for a single parameter."""

    def __init__(self, request: SearchRequest) -> None:
        self._request = request
        self.long = is_long(request)
        first = replace(request, page=1)
        before = urlencode([*([("q", first.text)] if first.text else []), *first.filters])
        excluded = urlencode([(f"-{field}", value) for field, value in first.excluded])
        whole = query_string(first)
        after = whole[len("&".join(part for part in (before, excluded) if part)) :].lstrip("&")
        self._toggled = (
            before and before + "&",
            "".join(f"&{part}" for part in (excluded, after) if part),
        )
        self._excluded = (
            "&".join(part for part in (before, excluded) if part),
            after and "&" + after,
        )
        # What is around the years; of what was typed, urlencode leaves no "=".
        around = query_string(first.ranged(1000)).partition("year_from=")
        self._ranged = around[0], around[2].partition("year_to=")[2][4:]
        self._known = {*request.filters, *request.excluded}
        # A tick can take others away: of the places around it, or of a range of years.
        self._entangled = {facet_group(field) for field, _ in request.filters} | (
            {facet_group(RANGE_FIELD)} if request.range else set()
        )

    def toggle(self, field: str, value: str) -> str:
        """search_url(request.toggled(field, value))."""
        if (field, value) in self._known or facet_group(field) in self._entangled:
            return search_url(self._request.toggled(field, value))
        return f"/?{self._toggled[0]}{field}={_quoted(value)}{self._toggled[1]}"

    def exclude(self, field: str, value: str) -> str:
        """search_url(request.toggled_exclusion(field, value))."""
        if (field, value) in self._known:
            return search_url(self._request.toggled_exclusion(field, value))
        return f"/?{self._excluded[0]}{'&' if self._excluded[0] else ''}-{field}={_quoted(value)}{self._excluded[1]}"

    def ranged(self, year: int) -> str:
        """search_url(request.ranged(year))."""
        found = self._request.ranged(year)
        return f"/?{self._ranged[0]}year_from={found.year_from}&year_to={found.year_to}{self._ranged[1]}"


def explained_ids(args: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The ids of the results of which to say why they were found; others are ignored."""
    return frozenset([value for name, value in args if name == "why"][:MAX_PER_PAGE])


def cited_generation(args: Iterable[tuple[str, str]]) -> int | None:
    """The generation that an address was cited from; None where it says none."""
    text = next((value for name, value in args if name == "generation"), "")
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


def api_url(request: SearchRequest) -> str:
    """The address of the page about the API, with a search as its example."""
    return search_url(request, "/api")


def cited_url(address: str, generation: int) -> str:
    """An address that says in which generation it was seen."""
    return f"{address}{'&' if '?' in address else '?'}generation={generation}"


def coverage_url(request: SearchRequest) -> str:
    """The address of a search's countries by years."""
    return search_url(replace(request, page=1, sort=None), "/coverage")


def export_url(request: SearchRequest, format: str) -> str:
    """The address of everything a search finds, in a format of export.py."""
    found = query_string(request.on_page(1))
    return f"/export?format={format}" + (f"&{found}" if found else "")


def cite_url(id: str, format: str) -> str:
    """The address of one activity's reference, in a format of export.py."""
    return f"/export?format={format}&id={quote(id, safe='')}"


def activity_url(id: str) -> str:
    """The permanent address of an activity."""
    return f"/activities/{quote(id)}"
