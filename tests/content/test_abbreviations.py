"""Abbreviations that a text defines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.abbreviations import find_abbreviations


def find(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [tuple(pair) for pair in find_abbreviations(text, language)]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Training on gender-based violence (GBV) began.", "GBV", "gender-based violence"),
        ("GBV (gender-based violence in the home)", "GBV", "gender-based violence in the home"),
        (
            "The Committee on the Elimination of Discrimination against Women (CEDAW) met.",
            "CEDAW",
            "Committee on the Elimination of Discrimination against Women",
        ),
        ("With 40 civil society organizations (CSOs).", "CSOs", "civil society organizations"),
        ("a “victim of trafficking” (VoT)", "VoT", "victim of trafficking"),
        ("the Inter-Agency Coordination Group (ICG)", "ICG", "Inter-Agency Coordination Group"),
        ("the Organization of African Unity (OAU)", "OAU", "Organization of African Unity"),
        ("female genital mutilation/cutting (FGM/C)", "FGM/C", "female genital mutilation/cutting"),
        ("gender-based violence (GBV, 2019)", "GBV", "gender-based violence"),
        ("United Nations Women’s programme (UN Women)", "UN Women", "United Nations Women"),
        ("It ended. Mutual legal assistance (MLA) is slow.", "MLA", "Mutual legal assistance"),
    ],
)
def test_an_abbreviation_and_its_long_form_are_found(text: str, short: str, long: str) -> None:
    pairs = find(text)
    assert [pair[0] for pair in pairs] == [short]
    assert pairs[0][1].startswith(long)


@pytest.mark.parametrize(
    ("language", "text", "pair"),
    [
        ("fr", "les violences basées sur le genre (VBG)", ("VBG", "violences basées sur le genre")),
        ("fr", "lutte contre l’État de droit (ED)", ("ED", "État de droit")),
        ("es", "organización no gubernamental (ONG)", ("ONG", "organización no gubernamental")),
        ("ru", "неправительственная организация (НО)", ("НО", "неправительственная организация")),
    ],
)
def test_abbreviations_are_found_in_other_languages(
    language: str, text: str, pair: tuple[str, str]
) -> None:
    assert find(text, language) == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "In Kenya (2019) and Mali (Bamako).",
        "A shelter (see annex) opened.",
        "Resolution 181 (II) of the Assembly.",
        "Police officers were trained (UNODC).",
        "It was a general meeting. By video (GBV).",
        "violence (V) and training (GBV",
        "GBV (a form of harm)",
        "human rights (Human Rights)",
        "()",
        "",
    ],
)
def test_other_parentheses_define_no_abbreviation(text: str) -> None:
    assert find(text) == []


def test_all_definitions_of_a_text_are_found_in_order() -> None:
    text = "On trafficking in persons (TIP), intimate partner violence (IPV) and shelters (S)."
    assert find(text) == [
        ("TIP", "trafficking in persons"),
        ("IPV", "intimate partner violence"),
    ]


# The initials occur nowhere else, because the shortest long form is the right one.
WORDS = st.lists(
    st.tuples(st.sampled_from("bcdfgk"), st.text("aeou", min_size=2, max_size=6)).map("".join),
    min_size=2,
    max_size=8,
)


@given(WORDS)
def test_the_initials_of_words_are_an_abbreviation_of_them(words: list[str]) -> None:
    short, long = "".join(word[0] for word in words).upper(), " ".join(words)
    assert find(f"Many opened: {long} ({short}).") == [(short, long)]
    assert find(f"{short} ({long})") == ([(short, long)] if len(words) > 2 else [])


PIECES = st.sampled_from(
    ["Ministry of Women", "gender-based violence", "it's", "(MoW)", "(GBV)", "GBV (", ")", "MW (",
     "mobile war", ", ", ". ", "the", "(", "a B", "  "]
)  # fmt: skip


def test_the_pieces_have_abbreviations_with_their_long_forms() -> None:
    assert find("the Ministry of Women (MoW)") == [("MoW", "Ministry of Women")]


@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text("aAB b().,'-", max_size=80))
def test_a_long_form_is_a_part_of_the_text_that_has_the_letters_in_order(text: str) -> None:
    for short, long in find(text):
        letters = iter(long.lower())
        assert all(letter in letters for letter in short.lower() if letter.isalnum())
        assert " ".join(long.split()) in " ".join(text.split())
