"""Why an activity was found: the word, the form, the place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.search.explain import AROUND, TermMatch, explain

LABELS = Vocabulary({"theme": {"shelters": "Places of refuge"}})
TEXT = "In Côte d’Ivoire, trafficked women and Women’s groups met on gender-based violence; trafficking fell."


def stored(text: str = TEXT, title: str = "", language: str = "en") -> Activity:
    meta: dict[str, tuple[str | int, ...]] = {
        "country": ("CIV",),
        "year": (2018, 2020),
        "theme": ("shelters",),
    }
    if title:
        meta["title"] = (title,)
    return Activity("an-id", "digest", text, language, meta, text, "2026-01-02T03:04:05Z")


def said(query: str, **about: str) -> list[tuple[str, str, str, int, str]]:
    return [
        (m.word, m.form, m.field, m.count, m.found) for m in explain(query, stored(**about), LABELS)
    ]


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
        ("Côte", [("cote", "exact", "body", 1, "Côte")]),
        ("traff*", [("traff*", "prefix", "body", 2, "trafficked")]),
        ("violense~", [("violense~", "fuzzy", "body", 1, "violence")]),
        ("violence~", [("violence~", "exact", "body", 1, "violence")]),
        ("gender-based", [('"gender based"', "exact", "body", 1, "gender-based")]),
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
def test_each_word_is_told_with_its_form_and_how_often(query: str, matches: list[object]) -> None:
    assert said(query) == matches


def test_a_word_in_the_title_is_told_apart() -> None:
    assert said("women", title="On women") == [
        ("women", "exact", "title", 1, "women"),
        ("women", "exact", "body", 2, "women"),
    ]
    assert said("title:women", title="On women") == [("women", "exact", "title", 1, "women")]


def test_the_first_place_is_quoted_in_whole_words() -> None:
    (match,) = explain("groups", stored(), LABELS)
    assert match.before + match.found + match.after in f"… {TEXT} …" or match.before.startswith(
        "… "
    )
    assert f"{match.before.removeprefix('… ')}{match.found}{match.after.removesuffix(' …')}" in TEXT
    assert 10 < len(match.before.removeprefix("… ")) <= AROUND + 1


@given(st.text(max_size=60), st.text(max_size=200), st.sampled_from(["en", "fr", "ar", "zh"]))
def test_any_query_and_any_text_can_be_told(query: str, text: str, language: str) -> None:
    for match in explain(query, stored(text, language=language), LABELS):
        assert isinstance(match, TermMatch)
        if match.field == "body":
            quoted = match.before.removeprefix("… ") + match.found + match.after.removesuffix(" …")
            assert quoted in text
            assert match.count > 0
