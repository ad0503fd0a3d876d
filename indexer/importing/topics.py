"""Themes that an import proposes, with the phrases that name them.

Only unambiguous phrases are listed: an editor can add a missing theme, but a wrong theme misleads
readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from indexer.importing.gazetteer import strip_accents


class Topic(NamedTuple):
    """A theme or partner, with the words text[start:end] that name it."""

    slug: str
    label: str
    words: str
    start: int
    end: int


_PERSONS = (
    r"(?:persons?|people|human beings|women|girls|children|(?:les )?(?:personnes|etres humains"
    r"|femmes|enfants|filles)|(?:las? )?personas?|(?:los )?seres humanos|mujeres|(?:las )?ninas?)"
)
# slug -> (label, pattern). The patterns have no accents, and match words in small letters or
# capitals. Acronyms match in capitals only.
THEMES: Mapping[str, tuple[str, str]] = {
    "trafficking-in-persons": (
        "Trafficking in persons",
        rf"(?i:\b(?:human[- ]trafficking|trafficking (?:in|of) {_PERSONS}"
        rf"|traite (?:des |d'|de |transnationale des ){_PERSONS}|trata de {_PERSONS})\b)|\bTHB\b",
    ),
    "migrant-smuggling": (
        "Smuggling of migrants",
        r"(?i)\b(?:smuggling of migrants|migrant[- ]smuggling|trafic (?:illicite )?(?:de|des)"
        r" migrants|trafico (?:ilicito )?de (?:personas )?migrantes)\b",
    ),
    "gender-based-violence": (
        "Gender-based violence",
        r"(?i:\bgender(?:[-‐‑ ]based)? violence\b"
        r"|\bviolences? (?:(?:sexuelles? et )?(?:basees?|fondees?) sur le (?:genre|sexe)|de genre"
        r"|liees? au genre)\b"
        r"|\bviolencias? (?:de|por razon(?:es)? de|basadas? en(?: el)?) genero\b)"
        r"|\bS?GBV\b|\bVS?BG\b",
    ),
    "violence-against-women": (
        "Violence against women and girls",
        r"(?i:\bviolence against (?:women|girls)\b"
        r"|\bviolences? (?:(?:faites?|commises?) (?:aux|contre les|envers les|sur les)"
        r"|a l'(?:egard|encontre) des|contre les|envers les) (?:femmes|filles)\b"
        r"|\bviolencias? (?:contra|hacia) (?:las? )?(?:mujer(?:es)?|ninas?)\b)"
        r"|\bE?VAW(?:G|P|C)?\b",
    ),
    "domestic-violence": (
        "Domestic violence",
        r"(?i:\b(?:domestic|intimate[- ]partner) violence\b"
        r"|\bviolences? (?:domestiques?|conjugales?|familiales?|intrafamiliales?)\b"
        r"|\bviolencias? (?:domesticas?|intrafamiliar(?:es)?|conyugal(?:es)?|de pareja)\b)"
        r"|\bIPV\b",
    ),
    "sexual-violence": (
        "Sexual violence",
        r"(?i:\bsexual (?:and gender[-‐‑ ]based )?(?:violence|abuse|assault|exploitation)\b"
        r"|\b(?:violences?|abus|agressions?) sexuel(?:le)?s?\b"
        r"|\b(?:violencias?|abusos?) sexual(?:es)?\b|\bexplota(?:cion|tion) sexu(?:al|elle)\b)"
        r"|\bCRSV\b|\bVSLC\b",
    ),
    "femicide": (
        "Gender-related killing",
        r"(?i)\b(?:fem(?:in)?icid(?:es?|ios?)|gender-(?:based|related) killings?)\b",
    ),
    "essential-services": (
        "Essential services for survivors",
        r"(?i)\b(?:essential services?|services essentiels|servicios esenciales)\b",
    ),
    "crime-prevention": (
        "Crime prevention",
        r"(?i)\b(?:crime prevention|prevention (?:du crime|de la criminalite)"
        r"|prevencion del (?:delito|crimen))\b",
    ),
    "access-to-justice": (
        "Access to justice",
        r"(?i)\b(?:access to justice|acces a la justice|acceso a la justicia)\b",
    ),
    "data-and-statistics": (
        "Data and statistics",
        r"(?i)\b(?:(?:crime|gender) (?:statistics|data)|statistiques (?:de la criminalite|de genre"
        r"|criminelles)|estadisticas (?:delictivas|de genero|criminales|sobre delincuencia))\b",
    ),
    "women-in-law-enforcement": (
        "Women in law enforcement",
        r"(?i)\b(?:women in (?:law enforcement|the police|policing)"
        r"|femmes dans la police|mujeres (?:en la policia|policias))\b",
    ),
    "women-peace-and-security": (
        "Women, peace and security",
        r"(?i)\b(?:women,? peace,? and security|femmes?,? (?:la )?paix et (?:la )?securite"
        r"|mujer(?:es)?,? (?:la )?paz y (?:la )?seguridad"
        r"|(?:resolution|resolucion|UNSCR|SCR) (?:n[o°] ?)?1325|S/RES/1325)\b",
    ),
    "women-in-prison": (
        "Women in prison",
        r"(?i)\b(?:women (?:in prison|prisoners|offenders|in detention)|Bangkok Rules"
        r"|Regl(?:as|es) de Bangkok|femmes (?:detenues|en (?:prison|detention))"
        r"|mujeres (?:privadas de (?:la )?libertad|reclusas|en prision|detenidas))\b",
    ),
}


def find_themes(text: str) -> Iterator[Topic]:
    """Yield the themes that a text names, each with its first mention."""
    plain = strip_accents(text)
    for slug, (label, pattern) in THEMES.items():
        if match := re.search(pattern, plain):
            yield Topic(slug, label, text[match.start() : match.end()], match.start(), match.end())
