"""Names that a country shares with a town or province, or with another country.

The names beside such a name decide which of the places it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from indexer.importing.evidence import Evidence

# Towns that have the name of a country, with the countries that they are in.
_TOWNS = {
    "Argelia": "COL",
    "Armenia": "COL",
    "Jordan": "PHL",
    "Liberia": "CRI",
    "Libano": "COL",
    "Mexico": "PHL",
    "Palestina": "COL",
    "Puerto Rico": "COL",
    "Tanganyika": "COD",
}
# A city is not a sign of these towns: "la ciudad de México" is a capital, "the cities of Jordan"
# are in this country. The well-known ones are cities of Colombia and Costa Rica in Spanish.
_TOWN_BEFORE = re.compile(
    r"\b(?i:municipio|canton|pueblo|town|municipality|municipalidad|alcaldia|commune)"
    r" (?:of|de|du) $"
    r"|\b(?i:municipios|cantones|towns|municipalities|alcaldias|communes) (?:of|de|du)"
    r" (?:[A-Z][\w'-]*+(?:,|,? (?:and|y|et)) ){1,4}$"
)
_CITY_BEFORE = re.compile(r"\b[Cc]iudad de $")
_CITIES = ("Armenia", "Liberia")
_ONLY_BESIDE_TOWN = ("Jordan", "Mexico")
_BESIDE_TOWN = re.compile(r"(?:,|,? (?:and|y|et)| ?[/(-]| en| in) ?(?:(?:du|del|de la|de|of) )?")
# "Kogi, Niger and Kwara States"
_STATES_AFTER = re.compile(
    r"(?:(?:,|,? and|,? et|,? y) [A-Z][\w-]+){0,6}(?: [Ss]tates\b|,? etats\b)"
)
_STATES_BEFORE = re.compile(
    r"\b(?i:states|etats|estados) (?:of|de) (?:[A-Z][\w-]+(?:,|,? (?:and|et|y)) ){0,6}$"
)
_MAX_WORDS = 80  # characters around a name that the patterns examine
# "Congo" is both countries. Beside the other one in a list it is the Republic of the Congo.
_CONGO = re.compile(r"\bCongo\b")
_BETWEEN_MEMBERS = re.compile(
    r"(?: \([A-Z]+\))?(?:,|,? (?:and|et|y)|;) ?"
    r"(?:(?:in |en |au |du |de |del |of )?(?:the |la |le |el |l')?)"
)


def as_town(evidence: Evidence, towns: Sequence[Evidence], plain: str) -> Evidence | None:
    """Return a name of a country as the town or province that it means, or None.

    In "Armenia, Quindío" it is a town in Colombia. towns: all towns and provinces of the text.
    plain: the text after strip_accents().
    """
    start, end = evidence.start, evidence.end
    name = plain[start:end]
    before, after = plain[max(0, start - _MAX_WORDS) : start], plain[end : end + _MAX_WORDS]
    if name == "Niger":
        is_state = _STATES_AFTER.match(after) or _STATES_BEFORE.search(before)
        code = "NGA" if is_state else None
    else:
        code = _TOWNS.get(name)
    if evidence.kind != "name" or code is None:
        return None
    is_town = (
        (name not in _ONLY_BESIDE_TOWN and _TOWN_BEFORE.search(before))
        or (name in _CITIES and _CITY_BEFORE.search(before))
        or any(town.value == code and _is_beside(town, evidence, plain) for town in towns)
    )
    return replace(evidence, value=code, kind="locality") if is_town else None


def _is_beside(place: Evidence, evidence: Evidence, plain: str) -> bool:
    """Return whether a place stands directly before or after a name."""
    first, second = sorted((place, evidence), key=lambda e: e.start)
    return _BESIDE_TOWN.fullmatch(plain, first.end, second.start) is not None


def other_congo(plain: str, countries: Iterable[Evidence]) -> Iterator[Evidence]:
    """Yield the Republic of the Congo for each "Congo" in a list with the other country.

    countries: the mentions of countries of the text.
    """
    members = [e for e in countries if e.kind in ("name", "demonym")]
    if not any(_is_democratic_republic(e) for e in members):
        return
    known = {start for e in members for start in range(e.start, e.end)}
    members += (
        Evidence("COG", match[0], *match.span(), "name")
        for match in _CONGO.finditer(plain)
        if match.start() not in known
    )
    members.sort(key=lambda e: e.start)
    run: list[Evidence] = []
    for following in (*members, None):
        if run and (
            following is None or not _BETWEEN_MEMBERS.fullmatch(plain, run[-1].end, following.start)
        ):
            if any(map(_is_democratic_republic, run)):
                yield from (e for e in run if e.words == "Congo")
            run = []
        if following is not None:
            run.append(following)


def _is_democratic_republic(evidence: Evidence) -> bool:
    return evidence.value == "COD" and evidence.kind == "name"
