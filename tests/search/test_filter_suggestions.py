"""Filters that the words of a search name are offered, with exact counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.query.parser import parse
from indexer.search import names
from indexer.search.filter_suggestions import (
    MAX_TEXT_LENGTH,
    filter_proposals,
    filter_suggestions,
    requests_of,
    zero_result_suggestions,
)
from indexer.search.names import query_words
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import FilterSuggestion, SearchPage
from indexer.search.service import search
from indexer.text.place_names import PlaceMatch, find_places

VOCABULARY = Vocabulary({"partner": {"un-women": "UN Women"}, "theme": {"care": "Care, shelter"}})


def first_request(text: str, **values: object) -> SearchRequest | None:
    """Return the request with filters in place of all names in a text; None without names."""
    request = SearchRequest(text, **values)  # type: ignore[arg-type]
    proposals = filter_proposals(parse(text), request, VOCABULARY)
    return proposals[0].request if proposals else None


def result_page(engine: Engine, text: str, **values: object) -> SearchPage:
    return search(engine, SearchRequest(text, **values), VOCABULARY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("trafficking in Pakistan since 2018", "trafficking"),
        ("trafficking in Pakistan, Myanmar and 2018–2020", "trafficking"),
        ("in Pakistan, the police", "police"),
        ("training of the police in the Kyrgyz Republic", "training of the police"),
        ("trata de personas en Birmania desde 2018", "trata de personas"),
        ("la traite au Pakistan en 2019", "la traite"),
        ("торговля людьми в Пакистане", "торговля людьми"),
        ("巴基斯坦妇女", "妇女"),
        ("WHO in Pakistan", "WHO"),
        ("Pakistan", ""),
    ],
)
def test_the_rest_of_the_words_has_no_dangling_connecting_word(text: str, rest: str) -> None:
    request = first_request(text)
    assert request is not None
    assert request.text == rest


def test_names_become_filters() -> None:
    request = first_request("UN Women police in Burma and Central Asia 2018-2020")
    assert request is not None
    assert set(request.filters) == {
        Filter("partner", "un-women"),
        Filter("country", "MMR"),
        Filter("region", "143"),
    }
    assert (request.year_from, request.year_to) == (2018, 2020)


def test_a_country_narrows_its_region() -> None:
    request = first_request("Southern Asia, Pakistan")
    assert request is not None
    assert request.filters == (Filter("country", "PAK"),)


def test_the_names_in_a_search_are_found_once_per_page(
    engine: Engine, index: Callable[..., Summary], monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    searched: list[Sequence[str]] = []

    def find(words: Sequence[str], *typed: Sequence[str]) -> list[PlaceMatch]:
        searched.append(words)
        return find_places(words, *typed)

    monkeypatch.setattr(names, "find_places", find)
    assert result_page(engine, "trafficking once in Pakistan").filter_suggestions
    assert searched.count(("trafficking", "once", "in", "pakistan")) == 1


def test_a_second_range_of_years_stays_in_the_text() -> None:
    request = first_request("police since 2018 before 2020")
    assert request is not None
    assert (request.year_from, request.year_to, request.text) == (2018, None, "police before 2020")


def test_a_group_that_is_filtered_already_gets_no_other_filter() -> None:
    pakistan = (Filter("country", "PAK"),)
    assert first_request("police in Pakistan", filters=pakistan) is None
    assert first_request("police in Myanmar", filters=pakistan) is None
    request = first_request("police in Pakistan in 2019", filters=pakistan)
    assert request is not None
    assert request.filters == (*pakistan, Filter("year", "2019"))


def test_an_excluded_value_is_not_offered() -> None:
    excluded = (Filter("country", "PAK", excluded=True),)
    assert first_request("police in Pakistan", filters=excluded) is None


@pytest.mark.parametrize(
    "text", ['"in Pakistan"', "-Pakistan police", "country:Pakistan 2019", "Pakistan OR police"]
)
def test_explicit_syntax_gets_no_suggestions(text: str) -> None:
    assert first_request(text) is None


def test_a_long_passage_gets_no_suggestions() -> None:
    text = "police in Pakistan "
    assert first_request(text * 2) is not None
    assert first_request(text * (MAX_TEXT_LENGTH // len(text) + 1)) is None


@given(
    st.lists(
        st.sampled_from(
            "in the and Pakistan Burma Congo 2018 – 2020 since between police of UN women care "
            "shelter Polish Guinea New".split()
        ),
        max_size=12,
    )
)
def test_a_proposal_only_removes_words(words: list[str]) -> None:
    text = " ".join(words)
    request = SearchRequest(text)
    for proposal in filter_proposals(parse(text), request, VOCABULARY):
        remaining = iter(query_words(text).words)
        assert all(word in remaining for word in query_words(proposal.request.text).words)
        assert proposal.request.is_filtered
        assert all(name in text or " " in name for name in proposal.names)


def test_suggestions_have_as_many_results_as_they_state(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    [suggestion] = result_page(
        engine, "trafficking in Pakistan and Myanmar 2018-2020"
    ).filter_suggestions
    assert suggestion.names == ("Pakistan", "Myanmar", "2018-2020")
    assert suggestion.total == 1
    assert search(engine, suggestion.request, VOCABULARY).total == suggestion.total


def test_activities_without_a_year_are_counted_too(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    [suggestion] = result_page(engine, "Pakistan and Myanmar since 2018").filter_suggestions
    assert suggestion.undated_request is not None
    assert suggestion.undated_total == suggestion.total + 1
    undated = search(engine, suggestion.undated_request, VOCABULARY)
    assert undated.total == suggestion.undated_total


def test_a_suggestion_without_results_is_not_shown(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    assert result_page(engine, "trafficking in Fiji").filter_suggestions == ()


def suggestions_with(*totals: int) -> tuple[FilterSuggestion, ...]:
    """Return the suggestions for two groups without years, given their totals."""
    request = SearchRequest("care, shelter in Fiji")
    proposals = filter_proposals(parse(request.text), request, VOCABULARY)
    assert [proposal.names for proposal in proposals] == [
        ("care, shelter", "Fiji"),
        ("care, shelter",),
        ("Fiji",),
    ]
    assert len(list(requests_of(proposals))) == len(totals)
    return filter_suggestions(proposals, iter(totals))


def test_single_groups_are_offered_only_if_all_together_find_nothing() -> None:
    assert [s.names for s in suggestions_with(2, 3, 4)] == [("care, shelter", "Fiji")]
    assert [(s.names, s.total) for s in suggestions_with(0, 0, 4)] == [(("Fiji",), 4)]
    assert suggestions_with(0, 0, 0) == ()


def test_an_empty_search_suggests_the_same_filters() -> None:
    request = SearchRequest("police", (Filter("year", "2019"),))
    undated = request.with_filter(Filter("year", "none"))
    suggestion = FilterSuggestion(("2019",), request, 2, undated, 5)
    exits = list(zero_result_suggestions([suggestion]))
    assert [(e.kind, e.request, e.total) for e in exits] == [
        ("use_filters", request, 2),
        ("use_filters", undated, 5),
    ]
    exits = list(zero_result_suggestions([replace(suggestion, total=0)]))
    assert [e.request for e in exits] == [undated]


def test_a_search_with_a_filter_on_years_suggests_activities_without_a_year(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = result_page(engine, "roundtables", year_from=2018)
    [suggestion] = [s for s in page.suggestions if s.kind == "add_not_stated"]
    assert suggestion.total == 1
    assert search(engine, suggestion.request, VOCABULARY).total == 1
