"""Explanations: the parts of a query that match an activity, their form and their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.query.forms import WordForm
from indexer.query.parser import parse
from indexer.search.explain import CONTEXT_LENGTH, TermMatch, explain

VOCABULARY = Vocabulary({"theme": {"shelters": "Places of refuge"}})
TEXT = (
    "In Côte d’Ivoire, trafficked women and Women’s groups met on gender-based violence; "
    "trafficking fell."
)


def activity(text: str = TEXT, title: str = "", language: str = "en") -> Activity:
    meta: dict[str, tuple[str | int, ...]] = {
        "country": ("CIV",),
        "year": (2018, 2020),
        "theme": ("shelters",),
    }
    if title:
        meta["title"] = (title,)
    return Activity("an-id", "digest", text, language, meta, text, "2026-01-02T03:04:05Z")


def explained(query: str, **values: str) -> tuple[TermMatch, ...]:
    return explain(parse(query), activity(**values), VOCABULARY)


def summary(query: str, **values: str) -> list[tuple[str, str, str, int, str]]:
    return [(m.word, m.form, m.field, m.count, m.found) for m in explained(query, **values)]


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("women", [("women", "exact", "body", 2, "women")]),
        (
            "trafficking",
            [
                ("trafficking", "stem", "body", 1, "trafficked"),
                ("trafficking", "exact", "body", 1, "trafficking"),
            ],
        ),
        ("cote", [("cote", "accent", "body", 1, "Côte")]),
        ("Côte", [("Côte", "exact", "body", 1, "Côte")]),
        ("traff*", [("traff*", "prefix", "body", 2, "trafficked")]),
        ("violense~", [("violense~", "fuzzy", "body", 1, "violence")]),
        ("violence~", [("violence~", "exact", "body", 1, "violence")]),
        (
            "gender-based",
            [("gender", "exact", "body", 1, "gender"), ("based", "exact", "body", 1, "based")],
        ),
        ('"gender-based"', [('"gender based"', "exact", "body", 1, "gender-based")]),
        ('"women\'s groups"', [('"women s groups"', "exact", "body", 1, "Women’s groups")]),
        (
            "groups OR courts",
            [("groups", "exact", "body", 1, "groups"), ("courts", "absent", "", 0, "")],
        ),
        ("groups -courts", [("groups", "exact", "body", 1, "groups")]),
        ("the groups", [("groups", "exact", "body", 1, "groups")]),
        ("country:civ", [("country:civ", "value", "country", 1, "Côte d'Ivoire")]),
        (
            'theme:"places of refuge"',
            [('theme:"places of refuge"', "value", "theme", 1, "Places of refuge")],
        ),
        ("year:2019..", [("year:2019..", "value", "year", 1, "2020")]),
        ("partner:none", [("partner:none", "value", "partner", 1, "Not stated")]),
        ("", []),
        ("-courts", []),
    ],
)
def test_a_match_has_its_form_field_and_count(query: str, matches: list[object]) -> None:
    assert summary(query) == matches


def test_matches_in_the_title_are_separate_from_those_in_the_body() -> None:
    title = ("women", "exact", "title", 1, "women")
    assert summary("women", title="On women") == [title, ("women", "exact", "body", 2, "women")]
    assert summary("title:women", title="On women") == [title]


def test_the_context_of_a_match_consists_of_whole_words() -> None:
    (match,) = explained("groups")
    assert match.before + match.found + match.after in f"… {TEXT} …" or match.before.startswith(
        "… "
    )
    before, after = match.before.removeprefix("… "), match.after.removesuffix(" …")
    assert f"{before}{match.found}{after}" in TEXT
    assert 10 < len(before) <= CONTEXT_LENGTH + 1


@given(st.text(max_size=60), st.text(max_size=200), st.sampled_from(["en", "fr", "ar", "zh"]))
def test_every_query_can_be_explained_for_every_text(query: str, text: str, language: str) -> None:
    for match in explained(query, text=text, language=language):
        assert isinstance(match, TermMatch)
        if match.field == "body":
            before, after = match.before.removeprefix("… "), match.after.removesuffix(" …")
            assert before + match.found + after in text
            assert match.count > 0


def test_a_synonym_is_named_with_the_words_that_match_it() -> None:
    forms = {"gbv": [WordForm("synonym", 0.8, ("gender", "violence"))]}
    matches = explain(parse("gbv"), activity("Violence by gender."), VOCABULARY, forms)
    assert [(match.word, match.form, match.found) for match in matches] == [
        ("gbv", "synonym", "gender"),
        ("gbv", "synonym", "Violence"),
    ]
