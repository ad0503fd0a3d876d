"""Conversion between URLs and searches: without loss, and safe for every URL."""

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
from webapp.search_state import Links, cited_generation, export_url, parse, search_url, to_iri

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
def test_the_url_of_a_search_parses_to_the_same_search(request: SearchRequest) -> None:
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
def test_every_url_parses_to_a_search_within_the_limits(args: list[tuple[str, str]]) -> None:
    request, _ = parse(args)
    assert request.page >= 1
    assert 1 <= request.per_page <= 100
    assert request.page * request.per_page <= MAX_REACH
    assert parse(_args(search_url(request))) == (request, ())


def test_parameters_with_their_default_are_left_out() -> None:
    assert search_url(SearchRequest()) == "/?q="
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
def test_an_invalid_value_is_ignored_with_a_notice(name: str, value: str) -> None:
    request, problems = parse([("q", "police"), (name, value)])
    assert request == SearchRequest("police")
    assert [p.parameter for p in problems] == [name]


def test_filters_over_the_limit_are_ignored_with_one_notice() -> None:
    request, problems = parse([("year", str(1000 + n)) for n in range(500)])
    assert len(request.filters) == MAX_FILTERS
    assert [p.notice.code for p in problems] == ["too_many_filters"]


def test_the_ends_of_a_reversed_range_are_exchanged_with_a_notice() -> None:
    request, problems = parse([("year_from", "2020"), ("year_to", "2018")])
    assert (request.year_from, request.year_to) == (2018, 2020)
    assert [p.notice.code for p in problems] == ["range_reversed"]


def test_empty_filters_do_not_count_towards_the_limit() -> None:
    request, problems = parse([("country", "")] * (MAX_FILTERS + 1) + [("country", "PAK")])
    assert (request.filters, problems) == ((Filter("country", "PAK"),), ())


def test_the_later_of_an_inclusion_and_an_exclusion_counts() -> None:
    pair = ("country", "PAK")
    assert parse([pair, ("-country", "PAK")])[0] == SearchRequest(filters=_filters([], [pair]))
    assert parse([("-country", "PAK"), pair])[0] == SearchRequest(filters=_filters([pair]))


def test_the_last_value_of_a_repeated_parameter_counts() -> None:
    assert parse([("sort", "newest"), ("q", "women"), ("sort", "oldest")])[0] == SearchRequest(
        "women", sort="oldest"
    )


def test_drop_removes_a_filter_and_returns_to_the_first_page() -> None:
    args = [
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
    assert parse(args)[0] == whole
    dropped = parse([*args, ("drop", "country:PAK")])[0]
    assert dropped == replace(first_page, filters=(theme, year))
    dropped = parse([*args, ("drop", "-year:2019")])[0]
    assert dropped == replace(first_page, filters=(country, theme))
    assert parse([*args, ("drop", "years")])[0] == replace(first_page, year_from=None)
    for unmatched in ("", "country", "country:KEN", "-country:PAK", ":", "q:women"):
        assert parse([*args, ("drop", unmatched)])[0] == first_page


@given(_TEXTS)
def test_an_iri_escapes_to_the_same_url(text: str) -> None:
    url = search_url(SearchRequest(text))
    assert quote(to_iri(url), safe="%/?=&+") == url


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
def test_links_equal_the_urls_of_the_toggled_searches(
    request: SearchRequest, pair: tuple[str, str]
) -> None:
    links = Links(request)
    assert links.toggle(*pair) == search_url(request.toggled(Filter(*pair)))
    assert links.exclude(*pair) == search_url(request.toggled(Filter(*pair, excluded=True)))


def test_the_last_generation_counts_if_the_parameter_is_repeated() -> None:
    assert cited_generation([("generation", "7"), ("generation", "1")]) == 1
