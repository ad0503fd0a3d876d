"""Suggest fixes for wrong values in error messages: the nearest name, or the right field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from indexer.content.visible_text import strip_invisible, unusual_characters
from indexer.text import places

MIN_NAME_LENGTH = 4  # letters; no similar name is suggested for a shorter text
MIN_SIMILARITY = 0.75

# Regional groups of UN agencies that are not regions of UN M49, with the nearest M49 regions.
_GROUPS: Mapping[str, str] = {
    "arab states": "015 145",
    "arab region": "015 145",
    "arab world": "015 145",
    "middle east": "145",
    "near east": "145",
    "gulf": "145",
    "mena": "015 145",
    "middle east and north africa": "015 145",
    "north africa and middle east": "015 145",
    "maghreb": "015",
    "horn of africa": "014",
    "sahel": "011",
    "great lakes": "014 017",
    "west and central africa": "011 017",
    "western and central africa": "011 017",
    "east and southern africa": "014 018",
    "eastern and southern africa": "014 018",
    "asia and the pacific": "142 009",
    "asia and pacific": "142 009",
    "asia pacific": "142 009",
    "east asia and the pacific": "030 035 009",
    "east asia and pacific": "030 035 009",
    "south and southeast asia": "034 035",
    "pacific": "009",
    "pacific islands": "054 057 061",
    "pacific island countries": "054 057 061",
    "europe and central asia": "150 143",
    "eastern europe and central asia": "151 143",
    "eastern europe": "151",
    "south eastern europe": "039 151",
    "balkans": "039",
    "western balkans": "039",
    "caucasus": "145",
    "south caucasus": "145",
    "african group": "002",
    "african states": "002",
    "asia pacific group": "142 009",
    "asia pacific states": "142 009",
    "eastern european group": "151",
    "eastern european states": "151",
    "grulac": "419",
    "latin american and caribbean group": "419",
    "latin american and caribbean states": "419",
    "western european and others group": "154 155 039 021 053",
    "western european and other states": "154 155 039 021 053",
    "weog": "154 155 039 021 053",
    "mekong": "035",
    "greater mekong subregion": "035",
    "asean": "035",
    "andean region": "005",
    "southern cone": "005",
    "mesoamerica": "013",
}
_WORLD = frozenset("global world worldwide international interregional all".split())
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?![0-9])|[0-9]{4}-[0-9]{2}$")


def country_fix(text: str) -> str:
    """Return the fix for a text that is not a country."""
    if fix := _form_fix(text):
        return fix
    if region := places.to_region(text):
        return f"{places.name(region)} is a region: write {region} in the field region"
    if code := _similar(text, regions=False):
        return f"did you mean {places.name(code)} ({code})?"
    return "write its ISO 3166-1 alpha-3 code, such as PAK"


def region_fix(text: str) -> str:
    """Return the fix for a text that is not a region of UN M49."""
    if fix := _form_fix(text):
        return fix
    note = "regions are derived from countries"
    words = re.sub(r"[^a-z]+", " ", text.casefold().replace("&", " and ")).strip()
    words = words.removeprefix("the ").removesuffix(" region").strip()
    if group := _GROUPS.get(words):
        nearest = [f"{code} ({places.name(code)})" for code in group.split()]
        return f"{note}; without countries write the nearest of UN M49: {', '.join(nearest)}"
    if words in _WORLD:
        return f"{note}; leave the field out for the whole world"
    if country := places.to_country(text):
        return f"{places.name(country)} is a country: write {country} in the field country"
    if code := _similar(text, regions=True):
        return f"did you mean {code} ({places.name(code)})? {note.capitalize()}"
    return f"{note}; without countries write a UN M49 code, such as 034 (Southern Asia)"


def year_fix(text: str) -> str:
    """Return the fix for a text that is not a year, or ""."""
    if fix := _form_fix(text):
        return fix
    if text.isdecimal() and not text.isascii():
        return "write it with the digits 0 to 9"
    return "write the year alone" if _DATE.match(text) else ""


def language_fix(text: str) -> str:
    """Return the fix for a text that is not a language."""
    if fix := _form_fix(text):
        return fix
    if tag := _language_tags().get(text.casefold()):
        return f"write its BCP 47 tag, {tag}"
    return "write a BCP 47 tag, such as en, fr or pt-BR"


def _form_fix(text: str) -> str:
    """Return the fix for characters that do not belong to a value, or ""."""
    if unusual := unusual_characters(text):
        return unusual
    if re.search(r"[\[\]{}]|^\(|\)$", text) and strip_invisible(text.strip("[](){}")):
        return "write a list in square brackets, without quotation marks around it"
    return ""


@lru_cache(10_000)
def _similar(text: str, *, regions: bool) -> str:
    """Return the code of the country or region with the most similar English name, or ""."""
    if len(text) < MIN_NAME_LENGTH or len(text) > 60:
        return ""
    names = _names(regions)
    close = difflib.get_close_matches(text.casefold(), names, 1, MIN_SIMILARITY)
    return names[close[0]] if close else ""


@cache
def _names(regions: bool) -> Mapping[str, str]:
    codes = sorted(places.REGIONS if regions else places.COUNTRIES)
    return {name.casefold(): code for code in codes for name in places.names_in(code, "en")}


@cache
def _language_tags() -> Mapping[str, str]:
    from babel import Locale  # slow to import, and needed for errors only

    names = Locale("en").languages
    native = {tag: Locale.parse(tag).get_display_name() for tag in ("ar", "es", "fr", "ru", "zh")}
    return {
        name.casefold(): tag.replace("_", "-")
        for tag, name in (*names.items(), *native.items())
        if name
    }
