"""The resemblance of two texts."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.text.resemblance import (
    MAX_TERMS,
    MIN_RESEMBLANCE,
    compared_terms,
    resemblance,
)

# Paragraphs of United Nations speeches: https://doi.org/10.7910/DVN/0TJX8Y (CC0).
ROMANIA_1986 = (
    "I should also like to reaffirm Romania's solidarity with the Democratic People's Republic of "
    "Korea and our active support for its position, initiatives, efforts and political and "
    "diplomatic actions aimed at the peaceful, democratic and independent unification of the "
    "country."
)
ROMANIA_1987 = (
    "We reaffirm our solidarity with, and active support for, the position and initiatives taken "
    "by the Democratic People's Republic of Korea, and its political and diplomatic efforts and "
    "actions aimed at bringing about the peaceful, democratic and independent unification of Korea."
)
PANAMA_1978 = (
    "Panama believes that a just and lasting solution must comprise the withdrawal of Israel from "
    "all occupied Arab territories, respect for the inalienable rights of the Palestinian people."
)
BRAZIL_1986 = (
    "The bases for a just and lasting peace in the Middle East must of necessity include the "
    "return of the Arab territories occupied since 1967, respect for the right of the Palestinian "
    "people to self-determination."
)

words = st.lists(
    st.text("bcdfghjklmnpqrtvwxz", min_size=4, max_size=7), min_size=6, max_size=40, unique=True
)


def of_texts(text: str, other: str, language: str = "en") -> float:
    return resemblance(compared_terms(text, language), compared_terms(other, language))


@given(words, st.data())
def test_a_text_with_one_word_changed_is_a_repeat(text: list[str], data: st.DataObject) -> None:
    changed = list(text)
    changed[data.draw(st.integers(0, len(text) - 1))] = "another"
    assert of_texts(" ".join(text), " ".join(changed)) >= MIN_RESEMBLANCE


@given(words, words)
def test_resemblance_is_symmetric_and_1_only_for_the_same_words(
    text: list[str], other: list[str]
) -> None:
    assume(set(text) != set(other))
    one, two = " ".join(text), " ".join(other)
    assert of_texts(one, two) == of_texts(two, one) < 1
    assert of_texts(one, " ".join(reversed(text))) == 1


def test_the_same_statement_of_another_year_is_a_repeat() -> None:
    assert of_texts(ROMANIA_1986, ROMANIA_1987) >= MIN_RESEMBLANCE


def test_another_statement_on_the_same_subject_is_not_a_repeat() -> None:
    assert of_texts(PANAMA_1978, BRAZIL_1986) < MIN_RESEMBLANCE


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("In 2019, 40 judges learned to listen.", "In 2020, 5 judges learned to listen."),
        ("En 2019, 40 jueces escucharon a niños.", "En 2021, 12 jueces escucharon a niños."),
        ("妇女庇护所于2019年在内罗毕开放。", "妇女庇护所于2020年在内罗毕开放。"),
    ],
)  # fmt: skip
def test_numbers_are_not_compared(text: str, other: str) -> None:
    assert of_texts(text, other) == 1


def test_texts_without_words_do_not_resemble_each_other() -> None:
    assert of_texts("2019", "2019") == 0
    assert of_texts("the of", "the of") == 0


def test_only_the_start_of_a_long_text_is_compared() -> None:
    text = " ".join(f"word{number}" for number in range(100_000))
    assert len(compared_terms(text, "en")) == MAX_TERMS
