"""Suggestions for searches with few results or none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.search import country_spelling
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import WordsAndFilter, ZeroResultSuggestion
from indexer.search.service import search

NO_LABELS = Vocabulary({})


@pytest.fixture
def suggestions(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> Callable[..., list[ZeroResultSuggestion]]:
    """Return a function that returns the suggestions for a text.

    Besides the four activities of conftest.py, 60 contain "government" and one "goverment".
    """
    for n in range(60):
        (content / f"government-{n}.md").write_text(
            f"---\n---\nThe government opened office {n}.\n"
        )
    (content / "goverment.md").write_text("---\n---\nThe goverment of a district.\n")
    index()

    def suggest(text: str, *filters: Filter) -> list[ZeroResultSuggestion]:
        return list(
            search(engine, SearchRequest(text, filters, match="all"), NO_LABELS).suggestions
        )

    return suggest


Suggest = Callable[..., list[ZeroResultSuggestion]]


def texts(suggestions: list[ZeroResultSuggestion], kind: str) -> list[str]:
    """Return the query texts of the suggestions of a kind."""
    return [s.request.text for s in suggestions if s.kind == kind]


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("Traficking", "Trafficking"),
        ("TRAFICKING in Pakistan", "TRAFFICKING in Pakistan"),
        ("(rtafficking OR zebra) -Police", "(trafficking OR zebra) -Police"),
        ('"domestic violance"', '"domestic violence"'),
        ("title:prosecuters", "title:prosecutors"),
    ],
)
def test_a_misspelled_word_is_replaced_and_the_rest_stays_as_typed(
    suggestions: Suggest, text: str, corrected: str
) -> None:
    assert texts(suggestions(text), "did_you_mean") == [corrected]


def test_a_search_with_few_results_suggests_the_spelling_that_has_far_more(
    suggestions: Suggest,
) -> None:
    (suggestion,) = suggestions("goverment")
    assert (suggestion.kind, suggestion.subject, suggestion.total) == (
        "did_you_mean",
        "government",
        60,
    )


@pytest.mark.parametrize("text", ["government", "police", "pakistan", "women", ""])
def test_words_that_are_spelled_right_have_no_suggestion(suggestions: Suggest, text: str) -> None:
    assert suggestions(text) == []


def test_a_search_with_some_results_has_only_suggestions_with_more(suggestions: Suggest) -> None:
    for text in ("goverment", "district", "goverment district"):
        for suggestion in suggestions(text):
            assert suggestion.kind == "did_you_mean"
            assert suggestion.total > 1


def test_the_only_word_is_never_left_out(suggestions: Suggest) -> None:
    assert texts(suggestions("zebras"), "drop_word") == []
    assert texts(suggestions("zebras -police"), "drop_word") == []


def test_a_word_is_left_out_as_typed_and_the_others_stay_as_typed(suggestions: Suggest) -> None:
    dropped = [s for s in suggestions("Zebras Pakistan") if s.kind == "drop_word"]
    assert [(s.subject, s.request.text) for s in dropped] == [("Zebras", "Pakistan")]


PERU = Filter("country", "PER")  # no activity states it
PAKISTAN = Filter("country", "PAK")


def changes(suggestions: list[ZeroResultSuggestion]) -> list[tuple[str, str, tuple[Filter, ...]]]:
    """Return the kind, the text and the filters of each suggestion."""
    return [(s.kind, s.request.text, s.request.filters) for s in suggestions]


def test_words_that_occur_nowhere_are_left_out_together(suggestions: Suggest) -> None:
    assert changes(suggestions("trafficking penguin zebra", PAKISTAN)) == [
        ("drop_words", "trafficking", (PAKISTAN,)),
        ("match_most", "trafficking penguin zebra", (PAKISTAN,)),
    ]


def test_two_changes_are_combined_if_each_alone_finds_nothing(suggestions: Suggest) -> None:
    offered = suggestions("trafficking penguin zebra", PERU)
    assert changes(offered) == [
        ("drop_words_and_filter", "trafficking", ()),
        ("match_most_without_filters", "trafficking penguin zebra", ()),
    ]
    assert offered[0].subject == WordsAndFilter("penguin zebra", PERU)
    assert [suggestion.total for suggestion in offered] == [2, 2]


def test_without_a_known_word_the_filters_alone_are_offered(suggestions: Suggest) -> None:
    assert changes(suggestions("penguin zebra", PAKISTAN)) == [("drop_text", "", (PAKISTAN,))]


def test_filters_that_no_activity_has_together_are_removed_together(suggestions: Suggest) -> None:
    theme = Filter("theme", "no-such-theme")
    offered = changes(suggestions("trafficking", PERU, theme))
    assert offered == [("drop_filters", "trafficking", ())]


def test_words_that_no_activity_has_together_are_alternatives_without_the_filter(
    suggestions: Suggest,
) -> None:
    offered = changes(suggestions("government roundtables", PERU))
    assert ("match_any_without_filters", "government OR roundtables", ()) in offered


def test_a_filter_is_removed_for_activities_with_most_of_the_words(
    engine: Engine, suggestions: Suggest
) -> None:
    page = search(engine, SearchRequest("officers trained women", (PERU,)), NO_LABELS)
    (removed,) = [s for s in page.suggestions if s.kind == "drop_filter"]
    assert (removed.request.filters, removed.total) == ((), 3)


@pytest.mark.parametrize(
    ("text", "codes", "rest"),
    [
        ("Kyrgystan", ["KGZ"], ""),
        ("kirgystan", ["KGZ"], ""),
        ("Myanmarr Roundtables", ["MMR"], "Roundtables"),
        ("Kyrgyz Repulbic police", ["KGZ"], "police"),
        ("roundtables in Kyrgystan and Myanmarr", ["KGZ", "MMR"], "roundtables"),
        ("country:Kyrgystan polcie", ["KGZ"], "police"),
        ('country:"Kyrgyz Republik"', ["KGZ"], ""),
    ],
)
def test_misspelled_countries_are_offered_as_filters(
    suggestions: Suggest, text: str, codes: list[str], rest: str
) -> None:
    (suggestion,) = [s for s in suggestions(text) if s.kind == "use_filters"]
    assert suggestion.request.filters == tuple(Filter("country", code) for code in codes)
    assert (suggestion.request.text, suggestion.total) == (rest, 1)


def test_a_country_without_matching_activities_is_not_offered(suggestions: Suggest) -> None:
    assert texts(suggestions("Myanmarr police"), "use_filters") == []


def test_a_text_in_an_unknown_language_is_not_compared_with_names_of_countries(
    suggestions: Suggest, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    monkeypatch.setattr(country_spelling, "similar_country", compared.append)
    unknown = [f"xq{letter}lmnop" for letter in "abcdefghi"]
    suggestions(" ".join(unknown[:8]))
    assert compared
    compared.clear()
    suggestions(" ".join(unknown))
    assert not compared


def test_a_country_that_is_selected_already_is_not_offered(suggestions: Suggest) -> None:
    offered = suggestions("Kyrgystan", Filter("country", "KGZ"))
    assert "use_filters" not in {s.kind for s in offered}


def test_a_misspelled_country_is_offered_above_activities_with_most_words(
    engine: Engine, index: Callable[..., Summary]
) -> None:
    index()
    page = search(engine, SearchRequest("Kyrgyz Repulbic police"), NO_LABELS)
    assert "use_filters" in {suggestion.kind for suggestion in page.suggestions}
