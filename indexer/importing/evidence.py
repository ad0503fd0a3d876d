"""Evidence for a value of a text, and rules that compare the evidence of a whole text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.importing.gazetteer import DONORS

# A weak proof counts only if the text has no proof.
Verdict = Literal["proof", "weak proof", "no proof"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value, and the words text[start:end] that support it.

    kind is the kind of mention (name, demonym, city, locality, possible locality, region) or
    "year". For a mention that proves nothing it is the name of the rule that rejected it.
    """

    value: str | int
    words: str
    start: int
    end: int
    kind: str


_IN_LARGER_PLACE = re.compile(r" (?:de|del|du|d') ?")
_BEFORE_COUNTRY = re.compile(r",? \(?")


def larger_place(evidence: Evidence, towns: Sequence[Evidence], plain: str) -> Evidence | None:
    """Return the place abroad that contains a namesake of a city, or None.

    In "Buenos Aires de Puntarenas" it is Puntarenas. towns: all towns and provinces of the text.
    plain: the text after strip_accents().
    """
    if evidence.kind != "city":
        return None
    for town in towns:
        is_after = town.value != evidence.value and evidence.end < town.start
        if is_after and _IN_LARGER_PLACE.fullmatch(plain, evidence.end, town.start):
            return town
    return None


def follows_own_town(evidence: Evidence, towns: Sequence[Evidence], plain: str) -> bool:
    """Return whether a country stands after one of its towns: "Jeju, Republic of Korea"."""
    return any(
        town.value == evidence.value
        and town.end < evidence.start
        and _BEFORE_COUNTRY.fullmatch(plain, town.end, evidence.start)
        for town in towns
    )


MIN_LISTED_TOWNS = 3
_BETWEEN_TOWNS = re.compile(r"(?:,|,? (?:and|et|y)|/) ?")


def listed_towns(towns: Sequence[Evidence], plain: str) -> list[Evidence]:
    """Return the towns of lists in which at least MIN_LISTED_TOWNS are in one country.

    Such names confirm each other, whatever the words around the list are. Donor countries are left
    out, because their towns have many namesakes.
    """
    listed: list[Evidence] = []
    run: list[Evidence] = []
    for town in towns:
        is_next = run and _BETWEEN_TOWNS.fullmatch(plain, run[-1].end, town.start)
        if not is_next or run[-1].value != town.value:
            run = []
        run.append(town)
        if len(run) >= MIN_LISTED_TOWNS and town.value not in DONORS:
            listed += run if len(run) == MIN_LISTED_TOWNS else [town]
    return listed


def best_weak_proofs(weak: Sequence[Evidence], towns: Sequence[Evidence]) -> list[Evidence]:
    """Return the weak proofs of the best kind.

    A city or town where an activity happened is better than the nationality of its participants,
    and so is the country of a mission.
    """
    cities = [e for e in weak if e.kind == "city"]
    if cities:
        return cities
    localities = [e for e in weak if e.kind == "locality"]
    if localities:
        return _of_most_named_countries(localities, towns)
    missions = [e for e in weak if e.kind == "mission"]
    if missions:
        return missions
    possible = [e for e in weak if e.kind == "possible locality"]
    others = [e for e in weak if e.kind != "possible locality"]
    if possible and all(e.value in DONORS for e in others):
        return _of_most_named_countries(possible, towns)
    # A town confirms which of several countries is the place.
    confirmed = [e for e in others if e.value in {town.value for town in possible}]
    return confirmed or others


def _of_most_named_countries(
    localities: Sequence[Evidence], towns: Sequence[Evidence]
) -> list[Evidence]:
    """Return the localities in the country that has most of the towns named in the text.

    The rest are probably namesakes of towns in this country. Of several such countries the last
    one in the text is chosen.
    """
    names = Counter(code for code, _ in {(town.value, town.words) for town in towns})
    most = max(names.values())
    best = [e for e in localities if names[e.value] == most]
    if not best:
        best = [town for town in towns if names[town.value] == most]
    # The larger place stands last: "Tejutepeque y Jutiapa, en el Municipio de Cabañas Oeste".
    return [e for e in best if e.value == best[-1].value]
