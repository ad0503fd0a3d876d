"""Names of places, years, themes and partners in the words of a query."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.vocabulary import Vocabulary
from indexer.search.names import NameMatch, find_names, label_word_values, query_words
from indexer.search.request import YearRange

VOCABULARY = Vocabulary(
    {
        "theme": {
            "trafficking-in-persons": "Trafficking in persons",
            "women-in-law-enforcement": "Women in law enforcement",
            "femicide": "Gender-related killing",
        },
        "partner": {"un-women": "UN Women", "ministerio": "Ministerio de la Mujer"},
    }
)
VALUES: Mapping[str, frozenset[str]] = {
    "country": frozenset({"PAK", "MMR", "GIN", "COD", "COG"}),
    "region": frozenset({"034", "143", "none"}),
    "year": frozenset({"2015", "2018", "2020", "none"}),
    "theme": frozenset(VOCABULARY.labels("theme")),
    "partner": frozenset(VOCABULARY.labels("partner")),
    "agency": frozenset({"unodc"}),
}


def names_in(text: str) -> tuple[NameMatch, ...]:
    """Return the names in a text."""
    query = query_words(text)
    return find_names(query.words, VOCABULARY, VALUES, query.typed, query.dashes)


def values_in(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the field and values of each name in a text."""
    return [(match.field, match.values) for match in names_in(text)]


def test_countries_and_regions_are_found() -> None:
    assert values_in("Burma, Pakistani women and Central Asia") == [
        ("country", ("MMR",)),
        ("country", ("PAK",)),
        ("region", ("143",)),
    ]


def test_a_value_that_no_activity_states_is_not_found() -> None:
    assert names_in("Kenya in 2016") == ()


def test_a_longer_name_hides_the_shorter_even_if_nothing_states_it() -> None:
    assert names_in("Papua New Guinea") == ()


def test_a_shared_name_has_all_its_values() -> None:
    assert values_in("Congo") == [("country", ("COD", "COG"))]


def test_the_name_is_as_typed() -> None:
    assert [match.name for match in names_in("women in BURMA")] == ["BURMA"]


def test_a_year_is_found() -> None:
    assert values_in("police in 2018") == [("year", ("2018",))]


@pytest.mark.parametrize("text", ["1989", "2999", "20180", "201", "section 18"])
def test_other_numbers_are_no_years(text: str) -> None:
    assert names_in(text) == ()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018-2020", 2018, 2020),
        ("2018–2020", 2018, 2020),
        ("2020 – 2018", 2018, 2020),
        ("2018 to 2020", 2018, 2020),
        ("from 2018 until 2020", 2018, 2020),
        ("between 2018 and 2020", 2018, 2020),
        ("since 2018", 2018, None),
        ("after 2017", 2018, None),
        ("before 2016", None, 2015),
        ("until 2015", None, 2015),
        ("entre 2018 et 2020", 2018, 2020),
        ("depuis 2018", 2018, None),
        ("avant 2016", None, 2015),
        ("jusqu'en 2015", None, 2015),
        ("entre 2018 y 2020", 2018, 2020),
        ("desde 2018", 2018, None),
        ("desde 2018 hasta 2020", 2018, 2020),
        ("antes de 2016", None, 2015),
        ("después de 2017", 2018, None),
    ],
)
def test_a_range_of_years_is_found(text: str, first: int | None, last: int | None) -> None:
    [match] = names_in(text)
    assert match.years == YearRange(first, last)
    assert (match.start, match.end) == (0, len(query_words(text).words))


def test_years_without_a_range_word_are_separate() -> None:
    assert values_in("2018 2020") == values_in("2018 and 2020")
    assert values_in("2018 2020") == [("year", ("2018",)), ("year", ("2020",))]


def test_a_range_without_a_stated_year_is_not_found() -> None:
    assert names_in("2021-2022") == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("persons who were trafficked", "trafficking-in-persons"),
        ("law enforcement for women", "women-in-law-enforcement"),
        ("femicides", "femicide"),
        ("UN Women", "un-women"),
        ("unodc", "unodc"),
    ],
)
def test_a_label_is_found_by_its_content_words_in_any_form_and_order(text: str, value: str) -> None:
    assert value in [v for match in names_in(text) for v in match.values]


def test_the_initials_of_a_label_in_capitals_are_a_name() -> None:
    assert values_in("TIP report") == [("theme", ("trafficking-in-persons",))]
    assert values_in("WLE") == values_in("WILE") == [("theme", ("women-in-law-enforcement",))]


@pytest.mark.parametrize("text", ["a tip for women", "Tip", "UW", "TP"])
def test_other_words_are_not_initials(text: str) -> None:
    assert names_in(text) == ()


def test_part_of_a_label_is_no_name() -> None:
    assert names_in("women officers") == ()


def test_a_word_of_a_label_names_its_values() -> None:
    assert label_word_values("police", VOCABULARY, VALUES) == {}
    assert label_word_values("women", VOCABULARY, VALUES) == {
        "theme": ("women-in-law-enforcement",),
        "partner": ("un-women",),
    }


def test_a_stop_word_of_a_label_names_no_value() -> None:
    assert label_word_values("in", VOCABULARY, VALUES) == {}
    assert label_word_values("de", VOCABULARY, VALUES) == {}


def test_an_acronym_and_the_first_word_of_a_label_are_no_stop_words() -> None:
    vocabulary = Vocabulary({"partner": {"who": "WHO", "it-up": "It Up", "p": "Office of the UN"}})
    values = {"partner": frozenset(vocabulary.labels("partner"))}
    for word, value in (("who", "who"), ("it", "it-up"), ("un", "p")):
        assert label_word_values(word, vocabulary, values) == {"partner": (value,)}


def test_the_locale_does_not_change_labels() -> None:
    french = VOCABULARY.in_locale("fr", str)
    words = query_words("UN Women").words
    assert find_names(words, french, VALUES) == find_names(words, VOCABULARY, VALUES)


WORDS = "in 2018 – 2020 and between since Pakistan new guinea UN women persons trafficked de"


@given(st.lists(st.sampled_from(WORDS.split())))
def test_matches_name_words_of_the_query(words: list[str]) -> None:
    query = query_words(" ".join(words))
    for match in names_in(" ".join(words)):
        assert match.name == " ".join(query.typed[n] for n in match.words)
        assert list(match.words) == sorted(set(match.words))
        assert match.values or match.years
