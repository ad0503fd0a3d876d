"""Themes that a text names."""

from __future__ import annotations

import pytest

from indexer.importing.topics import find_themes


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("international standards to address VAW.", "violence-against-women"),
        ("services for VAWG survivors", "violence-against-women"),
        ("sessions on EVAW issues", "violence-against-women"),
        ("data on VAWP and VAWC", "violence-against-women"),
        ("la violencia contra las mujeres y las niñas", "violence-against-women"),
        ("les violences faites aux femmes", "violence-against-women"),
        ("la violence à l’égard des femmes", "violence-against-women"),
        ("cases of SGBV", "gender-based-violence"),
        ("la lutte contre les VBG", "gender-based-violence"),
        ("les violences basées sur le genre", "gender-based-violence"),
        ("la violencia por razón de género", "gender-based-violence"),
        ("la violencia basada en género", "gender-based-violence"),
        ("la traite des êtres humains", "trafficking-in-persons"),
        ("la trata de personas", "trafficking-in-persons"),
        ("le trafic illicite de migrants", "migrant-smuggling"),
        ("el tráfico ilícito de migrantes", "migrant-smuggling"),
        ("violencia doméstica e intrafamiliar", "domestic-violence"),
        ("survivors of IPV", "domestic-violence"),
        ("violences sexuelles liées au conflit", "sexual-violence"),
        ("erradicar el feminicidio", "femicide"),
        ("lutte contre le féminicide", "femicide"),
        ("l'accès à la justice", "access-to-justice"),
        ("S/RES/1325 (2000)", "women-peace-and-security"),
        ("la agenda Mujeres, Paz y Seguridad", "women-peace-and-security"),
        ("las Reglas de Bangkok", "women-in-prison"),
    ],
)
def test_a_theme_is_found_by_its_acronyms_and_in_other_languages(text: str, slug: str) -> None:
    assert slug in [topic.slug for topic in find_themes(text)]


@pytest.mark.parametrize("text", ["vaw", "a tip", "the essential question", "gender equality"])
def test_other_words_are_not_themes(text: str) -> None:
    assert not list(find_themes(text))
