"""Countries and regions: what they are called, and what contains what."""

from __future__ import annotations

import subprocess
import sys

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text import places


def test_countries_are_those_of_iso_and_kosovo() -> None:
    assert {c.alpha_3 for c in pycountry.countries} | {"XKX"} == places.COUNTRIES


def test_every_country_but_antarctica_is_in_one_subregion() -> None:
    outside = {code for code in places.COUNTRIES if not places.ancestors(code)}
    assert outside == {"ATA"}


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("KEN", ("002", "202", "014")),
        ("FRA", ("150", "155")),
        ("XKX", ("150", "039")),
        ("TWN", ("142", "030")),
        ("MEX", ("019", "419", "013")),
        ("202", ("002",)),
        ("002", ()),
        ("ATA", ()),
        ("nowhere", ()),
    ],
)
def test_ancestors_are_the_regions_around_widest_first(code: str, above: tuple[str, ...]) -> None:
    assert places.ancestors(code) == above
    assert places.parent(code) == (above[-1] if above else None)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BOL", "Bolivia (Plurinational State of)"),
        ("TUR", "Türkiye"),
        ("PSE", "State of Palestine"),
        ("VNM", "Viet Nam"),
        ("COD", "Democratic Republic of the Congo"),
        ("CIV", "Côte d'Ivoire"),
        ("MDA", "Republic of Moldova"),
        ("IRN", "Iran (Islamic Republic of)"),
        ("XKX", "Kosovo"),
        ("GBR", "United Kingdom of Great Britain and Northern Ireland"),
        ("202", "Sub-Saharan Africa"),
        ("035", "South-eastern Asia"),
        ("ZZZ", "ZZZ"),
    ],
)
def test_in_english_names_are_the_uns(code: str, name: str) -> None:
    assert places.name(code) == name


def test_in_other_languages_names_are_cldrs_and_else_english() -> None:
    assert places.name("KEN", "zh") == "肯尼亚"
    assert places.name("202", "fr") == "Afrique subsaharienne"
    assert places.name("XKX", "ar") == "كوسوفو"
    assert places.name("KEN", "xx-nonsense") == "Kenya"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PAK", "PAK"),
        ("pk", "PAK"),
        ("Pakistan", "PAK"),
        ("TURKEY", "TUR"),
        ("Türkiye", "TUR"),
        ("تركيا", "TUR"),
        ("Турция", "TUR"),
        ("土耳其", "TUR"),
        ("Ivory Coast", "CIV"),
        ("côte d’ivoire", "CIV"),
        ("Swaziland", "SWZ"),
        ("Burma", "MMR"),
        ("DRC", "COD"),
        ("UK", "GBR"),
        ("USA", "USA"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Iran, Islamic Republic of", "IRN"),
        ("The Gambia", "GMB"),
        ("St. Lucia", "LCA"),
        ("Guinea", "GIN"),
        ("guinea bissau", "GNB"),
        ("Niger", "NER"),
        ("Dominica", "DMA"),
        ("Samoa", "WSM"),
        ("Kosovo", "XKX"),
        ("Congo", None),
        ("Korea", None),
        ("Virgin Islands", None),
        ("Atlantis", None),
        ("", None),
        ("Africa", None),
    ],
)
def test_a_code_or_any_name_is_one_country_and_an_ambiguous_name_is_none(
    text: str, code: str | None
) -> None:
    assert places.to_country(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("202", "202"),
        ("sub-saharan africa", "202"),
        ("West Africa", "011"),
        ("Latin America", "419"),
        ("South-East Asia", "035"),
        ("América Latina y el Caribe", "419"),
        ("Kenya", None),
        ("999", None),
    ],
)
def test_a_code_or_any_name_is_one_region(text: str, code: str | None) -> None:
    assert places.to_region(text) == code


@pytest.mark.parametrize("code", sorted({*places.COUNTRIES, *places.REGIONS}))
def test_the_name_shown_leads_back_to_its_place(code: str) -> None:
    back = places.to_country if places.is_country(code) else places.to_region
    ambiguous = {"COG"}  # the UN calls it Congo, as others call its neighbour
    assert code in ambiguous or back(places.name(code)) == code


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert places.to_country(text) in {None, *places.COUNTRIES}
    assert places.to_region(text) in {None, *places.REGIONS}


def test_libraries_are_loaded_only_when_a_name_is_asked_for() -> None:
    script = "import sys; from indexer.text import places; assert not {'babel', 'pycountry', 'countryinfo'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
