"""Addresses become searches and searches addresses, without loss and without trusting anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.plan import Sort
from indexer.search.request import MAX_REACH, PER_PAGE, Filter, SearchRequest
from indexer.text import places
from webapp.parameters import MAX_FILTERS
from webapp.search_state import Links, export_url, parse, search_url, to_iri

_PAIRS = st.one_of(
    st.tuples(st.just("country"), st.sampled_from(sorted(places.COUNTRIES))),
    st.tuples(st.just("region"), st.sampled_from(sorted(places.REGIONS))),
    st.tuples(st.just("year"), st.integers(1000, 9999).map(str)),
    st.tuples(
        st.sampled_from(["theme", "partner", "agency"]),
        st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True),
    ),
    st.tuples(st.just("language"), st.sampled_from(["en", "fr", "pt-BR", "zh-Hans"])),
    st.tuples(st.sampled_from(["country", "year", "theme"]), st.just("none")),
)
_TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=80
).map(str.strip)
_YEARS = st.none() | st.integers(1000, 9999)


@st.composite
def _requests(draw: st.DrawFn) -> SearchRequest:
    included = draw(st.lists(_PAIRS, unique=True, max_size=8))
    excluded = [p for p in draw(st.lists(_PAIRS, unique=True, max_size=8)) if p not in included]
    low, high = draw(_YEARS), draw(_YEARS)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    per_page = draw(st.integers(1, 100))
    page = draw(st.integers(1, MAX_REACH // per_page))
    sort = draw(st.none() | st.sampled_from(get_args(Sort)))
    filters = _filters(included, excluded)
    return SearchRequest(draw(_TEXTS), filters, low, high, sort, page, per_page)


def _filters(
    included: Iterable[tuple[str, str]], excluded: Iterable[tuple[str, str]] = ()
) -> tuple[Filter, ...]:
    return (
        *(Filter(*pair) for pair in included),
        *(Filter(*pair, excluded=True) for pair in excluded),
    )


def _args(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


@given(_requests())
def test_the_address_of_a_search_leads_back_to_it(request: SearchRequest) -> None:
    assert parse(_args(search_url(request))) == (request, ())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "q",
                    "country",
                    "-country",
                    "year",
                    "year_from",
                    "year_to",
                    "theme",
                    "page",
                    "per_page",
                    "sort",
                    "x",
                ]
            ),
            st.text(max_size=30),
        ),
        max_size=20,
    )
)
def test_whatever_an_address_holds_is_a_search_within_bounds(args: list[tuple[str, str]]) -> None:
    found, _ = parse(args)
    assert found.page >= 1
    assert 1 <= found.per_page <= 100
    assert found.page * found.per_page <= MAX_REACH
    assert parse(_args(search_url(found))) == (found, ())


def test_defaults_are_left_out() -> None:
    assert search_url(SearchRequest()) == "/"
    assert search_url(SearchRequest("a b", per_page=PER_PAGE, page=1)) == "/?q=a+b"
    assert export_url(SearchRequest("a", page=3), "csv") == "/export?format=csv&q=a"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "-1"),
        ("page", "99999999"),
        ("page", "0"),
        ("page", "½"),
        ("per_page", "101"),
        ("year", "abc"),
        ("year", "20000"),
        ("country", "QQQ"),
        ("country", "<b>"),
        ("region", "999"),
        ("theme", "Not A Slug"),
        ("sort", "random"),
        ("year_from", "2o19"),
        ("year_to", "99999"),
        ("language", "klingon!"),
        ("-country", "QQQ"),
    ],
)
def test_a_wrong_value_is_dropped_and_named(name: str, value: str) -> None:
    found, problems = parse([("q", "police"), (name, value)])
    assert found == SearchRequest("police")
    assert [p.parameter for p in problems] == [name]


def test_more_filters_than_a_person_ticks_are_cut_with_one_notice() -> None:
    found, problems = parse([("year", str(1000 + n)) for n in range(500)])
    assert len(found.filters) == MAX_FILTERS
    assert [p.notice.code for p in problems] == ["too_many_filters"]


def test_a_reversed_range_is_read_forwards_with_a_notice() -> None:
    found, problems = parse([("year_from", "2020"), ("year_to", "2018")])
    assert (found.year_from, found.year_to) == (2018, 2020)
    assert [p.notice.code for p in problems] == ["range_reversed"]


def test_empty_filters_are_not_counted() -> None:
    found, problems = parse([("country", "")] * (MAX_FILTERS + 1) + [("country", "PAK")])
    assert (found.filters, problems) == ((Filter("country", "PAK"),), ())


def test_of_a_value_that_is_ticked_and_excluded_the_last_word_counts() -> None:
    pair = ("country", "PAK")
    assert parse([pair, ("-country", "PAK")])[0] == SearchRequest(filters=_filters([], [pair]))
    assert parse([("-country", "PAK"), pair])[0] == SearchRequest(filters=_filters([pair]))


def test_of_a_parameter_that_stands_twice_the_last_counts() -> None:
    assert parse([("sort", "newest"), ("q", "women"), ("sort", "oldest")])[0] == SearchRequest(
        "women", sort="oldest"
    )


def test_a_filter_is_dropped_by_its_name_and_value_and_the_first_page_shown() -> None:
    asked = [
        ("country", "PAK"),
        ("-year", "2019"),
        ("theme", "a-b"),
        ("year_from", "2001"),
        ("page", "3"),
    ]
    country, theme = Filter("country", "PAK"), Filter("theme", "a-b")
    year = Filter("year", "2019", excluded=True)
    whole = SearchRequest(filters=(country, theme, year), year_from=2001, page=3)
    first_page = replace(whole, page=1)
    assert parse(asked)[0] == whole
    dropped = parse([*asked, ("drop", "country:PAK")])[0]
    assert dropped == replace(first_page, filters=(theme, year))
    dropped = parse([*asked, ("drop", "-year:2019")])[0]
    assert dropped == replace(first_page, filters=(country, theme))
    assert parse([*asked, ("drop", "years")])[0] == replace(first_page, year_from=None)
    for nothing in ("", "country", "country:KEN", "-country:PAK", ":", "q:women"):
        assert parse([*asked, ("drop", nothing)])[0] == first_page


@given(_TEXTS)
def test_a_legible_address_is_the_same_address(text: str) -> None:
    address = search_url(SearchRequest(text))
    assert quote(to_iri(address), safe="%/?=&+") == address


VALUES = [
    ("region", "034"),
    ("region", "142"),
    ("country", "PAK"),
    ("country", "KEN"),
    ("country", "none"),
    ("year", "2019"),
    ("year", "none"),
    ("theme", "a-b"),
    ("agency", "unodc"),
]
PAIRS = st.lists(st.sampled_from(VALUES), max_size=3, unique=True).map(tuple)


@given(
    st.builds(
        SearchRequest,
        st.sampled_from(["", "a b", "é&=-"]),
        st.builds(_filters, PAIRS, PAIRS),
        st.sampled_from([None, 2018]),
        st.sampled_from([None, 2020]),
        st.sampled_from([None, "newest"]),
        st.sampled_from([1, 3]),
        st.sampled_from([20, 50]),
    ),
    st.sampled_from(VALUES),
)
def test_links_are_the_addresses_of_the_searches_they_lead_to(
    request: SearchRequest, pair: tuple[str, str]
) -> None:
    links = Links(request)
    assert links.toggle(*pair) == search_url(request.toggled(Filter(*pair)))
    assert links.exclude(*pair) == search_url(request.toggled(Filter(*pair, excluded=True)))
