"""Demonyms in English, French and Spanish, with their grammatical forms."""

from __future__ import annotations

import pytest

from indexer.text import places
from indexer.text.demonyms import LANGUAGES, demonym_forms, russian_adjectives


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_demonym_belongs_to_a_country(language: str) -> None:
    forms = list(demonym_forms(language))
    assert len(forms) > 300
    assert all(places.is_country(code) and form.strip() == form != "" for form, code in forms)


@pytest.mark.parametrize(
    ("language", "code", "forms"),
    [
        ("en", "GTM", {"Guatemalan", "Guatemalans"}),
        ("en", "SRB", {"Serbian", "Serbians"}),
        ("fr", "PAK", {"pakistanais", "pakistanaise", "pakistanaises"}),
        ("fr", "GRC", {"grec", "grecs", "grecque", "grecques"}),
        ("fr", "COL", {"colombien", "colombiens", "colombienne", "colombiennes"}),
        ("fr", "RUS", {"russe", "russes"}),
        ("es", "MMR", {"birmano", "birmana", "birmanos", "birmanas"}),
        ("es", "ESP", {"español", "española", "españoles", "españolas"}),
        ("es", "ESH", {"saharaui", "saharauis"}),
        ("es", "IRQ", {"iraquí", "iraquíes", "iraquís"}),
    ],
)
def test_a_demonym_has_its_gender_and_number(language: str, code: str, forms: set[str]) -> None:
    assert {form for form, owner in demonym_forms(language) if owner == code} >= forms


def test_a_shared_demonym_belongs_to_each_country() -> None:
    owners = {code for form, code in demonym_forms("fr") if form == "congolais"}
    assert owners == {"COD", "COG"}


def test_other_languages_have_no_demonyms() -> None:
    assert list(demonym_forms("de")) == []


def test_every_russian_adjective_belongs_to_a_country() -> None:
    adjectives = list(russian_adjectives())
    assert len(adjectives) > 150
    assert all(places.is_country(code) and word.endswith("кий") for word, code in adjectives)
