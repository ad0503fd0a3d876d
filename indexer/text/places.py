"""Countries and regions: their codes, their names, and the hierarchy of UN M49.

Codes and names come from pycountry (ISO 3166) and Babel (CLDR, for languages other than English).
The tables in this module add the UN's short names where they differ from ISO's, other names in use,
and the hierarchy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version

from indexer.text.analysis import terms
from indexer.text.former_countries import (
    ALPHA_2,
    FORMER_COUNTRIES,
    PARENTS,
    RENAMED,
    TABLES,
    former_names,
)

# UN M49 (unstats.un.org/unsd/methodology/m49): code, parent, name and countries of each region.
_M49 = """
002||Africa|
015|002|Northern Africa|DZA EGY LBY MAR SDN TUN ESH
202|002|Sub-Saharan Africa|
014|202|Eastern Africa|IOT BDI COM DJI ERI ETH ATF KEN MDG MWI MUS MYT MOZ REU RWA \
SYC SOM SSD UGA TZA ZMB ZWE
017|202|Middle Africa|AGO CMR CAF TCD COG COD GNQ GAB STP
018|202|Southern Africa|BWA SWZ LSO NAM ZAF
011|202|Western Africa|BEN BFA CPV CIV GMB GHA GIN GNB LBR MLI MRT NER NGA SHN SEN SLE TGO
019||Americas|
419|019|Latin America and the Caribbean|
029|419|Caribbean|AIA ATG ABW BHS BRB BES VGB CYM CUB CUW DMA DOM GRD GLP HTI JAM \
MTQ MSR PRI BLM KNA LCA MAF VCT SXM TTO TCA VIR
013|419|Central America|BLZ CRI SLV GTM HND MEX NIC PAN
005|419|South America|ARG BOL BVT BRA CHL COL ECU FLK GUF GUY PRY PER SGS SUR URY VEN
021|019|Northern America|BMU CAN GRL SPM USA
142||Asia|
143|142|Central Asia|KAZ KGZ TJK TKM UZB
030|142|Eastern Asia|CHN HKG MAC PRK JPN MNG KOR TWN
035|142|South-eastern Asia|BRN KHM IDN LAO MYS MMR PHL SGP THA TLS VNM
034|142|Southern Asia|AFG BGD BTN IND IRN MDV NPL PAK LKA
145|142|Western Asia|ARM AZE BHR CYP GEO IRQ ISR JOR KWT LBN OMN QAT SAU PSE SYR TUR ARE YEM
150||Europe|
151|150|Eastern Europe|BLR BGR CZE HUN POL MDA ROU RUS SVK UKR
154|150|Northern Europe|ALA DNK EST FRO FIN GGY ISL IRL IMN JEY LVA LTU NOR SJM SWE GBR
039|150|Southern Europe|ALB AND BIH HRV GIB GRC VAT ITA XKX MLT MNE MKD PRT SMR SRB SVN ESP
155|150|Western Europe|AUT BEL FRA DEU LIE LUX MCO NLD CHE
009||Oceania|
053|009|Australia and New Zealand|AUS CXR CCK HMD NZL NFK
054|009|Melanesia|FJI NCL PNG SLB VUT
057|009|Micronesia|GUM KIR MHL FSM NRU MNP PLW UMI
061|009|Polynesia|ASM COK PYF NIU PCN WSM TKL TON TUV WLF
"""

# The UN's short names where ISO 3166 has an inverted, shorter or longer name.
_UN_NAMES = {
    "BOL": "Bolivia (Plurinational State of)",
    "COD": "Democratic Republic of the Congo",
    "FSM": "Micronesia (Federated States of)",
    "GBR": "United Kingdom of Great Britain and Northern Ireland",
    "IRN": "Iran (Islamic Republic of)",
    "KOR": "Republic of Korea",
    "MDA": "Republic of Moldova",
    "PRK": "Democratic People's Republic of Korea",
    "PSE": "State of Palestine",
    "TZA": "United Republic of Tanzania",
    "USA": "United States of America",
    "VEN": "Venezuela (Bolivarian Republic of)",
    "VGB": "British Virgin Islands",
    "VIR": "United States Virgin Islands",
    "VAT": "Holy See",
    "XKX": "Kosovo",
    "TUR": "Türkiye",
    "NLD": "Netherlands (Kingdom of the)",
    "TWN": "Taiwan Province of China",
    "SHN": "Saint Helena",
    "HKG": "China, Hong Kong Special Administrative Region",
    "SJM": "Svalbard and Jan Mayen Islands",
    "MAC": "China, Macao Special Administrative Region",
    "WLF": "Wallis and Futuna Islands",
}

# Common and former names that pycountry does not have, separated by |.
_OTHER_NAMES = {
    "AFG": "Islamic Republic of Afghanistan",
    "ARE": "UAE|Emirates",
    "BIH": "Bosnia|Bosnia-Herzegovina|BiH",
    "BOL": "Bolivia",
    "BRN": "Brunei",
    "CAF": "CAR",
    "CHN": "PRC|People's Republic of China",
    "CIV": "Ivory Coast|Cote d'Ivoire",
    "COD": "DRC|DR Congo|Congo-Kinshasa|Congo (Kinshasa)|Democratic Republic of Congo|Zaire|"
    "Congo, Democratic Republic of the|République démocratique du Congo|RDC|"
    "República Democrática del Congo",
    "COG": "Republic of the Congo|Congo-Brazzaville|Congo (Brazzaville)|Republic of Congo|"
    "Congo Republic|République du Congo|República del Congo",
    "CPV": "Cape Verde",
    "CZE": "Czech Republic",
    "FSM": "Micronesia",
    "GBR": "UK|United Kingdom|Great Britain|Britain|England|Scotland|Wales|Northern Ireland",
    "GMB": "The Gambia",
    "IRN": "Iran",
    "KGZ": "Kyrgyz Republic|Kirghizstan",
    "KOR": "South Korea|ROK",
    "LAO": "Laos|Lao PDR",
    "LBY": "Libyan Arab Jamahiriya",
    "MDA": "Moldova",
    "MKD": "Macedonia|the former Yugoslav Republic of Macedonia|FYROM|FYRM|FYR of Macedonia|"
    "FYR Macedonia",
    "MMR": "Burma",
    "NLD": "Holland|The Netherlands",
    "PRK": "North Korea|DPRK",
    "PSE": "Palestine|Occupied Palestinian Territory|Palestinian Territories|"
    "occupied Palestinian territory|West Bank|Gaza|Gaza Strip|oPt",
    "RUS": "Russia",
    "STP": "Sao Tome",
    "SSD": "Southern Sudan|Sud-Soudan",
    "SWZ": "Swaziland",
    "SYR": "Syria",
    "TCA": "Turks and Caicos|Turks & Caicos",
    "TLS": "East Timor",
    "TUR": "Turkey|Turkiye",
    "TWN": "Taiwan",
    "TZA": "Tanzania",
    "USA": "US|U.S.|U.S.A.|United States",
    "VAT": "Vatican|Vatican City",
    "VEN": "Venezuela",
    "VNM": "Vietnam",
    "XKX": "Kosovo (UNSCR 1244)|Republic of Kosovo",
    "BLR": "Byelorussia",
    "BHS": "The Bahamas",
    "SDN": "The Sudan",
    "LKA": "Ceylon",
    "BFA": "Upper Volta|Burkina",
    "KHM": "Kampuchea",
    "COM": "Comoros Islands",
    "BEN": "Dahomey",
    "ZWE": "Rhodesia",
    "THA": "Siam",
    "DOM": "República Dominicana",
    "KNA": "St Kitts",
    "VCT": "Saint Vincent",
    "MDV": "Maldive Islands",
    "VUT": "New Hebrides",
    "WSM": "Western Samoa",
    "FLK": "Falkland Islands",
    "MAC": "Macau",
    "HKG": "Hong Kong SAR",
    "LBN": "Lebanese Republic",
    "TTO": "Trinidad & Tobago",
    "ATG": "Antigua & Barbuda",
    "SUR": "Surinam",
    "PNG": "Papua-New Guinea",
}

_REGION_NAMES = {
    "014": "East Africa",
    "017": "Central Africa",
    "011": "West Africa|Afrique de l’Ouest|África Occidental",
    "015": "North Africa|Afrique du Nord",
    "005": "América del Sur",
    "013": "Centroamérica",
    "019": "The Americas",
    "035": "South-Eastern Asia|Southeast Asia|South-East Asia|Southeastern Asia|South East Asia",
    "034": "South Asia",
    "030": "East Asia",
    "145": "West Asia",
    "419": "Latin America & the Caribbean|Latin America and Caribbean|LAC|"
    "Latin America|América Latina|América Latina y el Caribe",
    "021": "North America",
    "202": "Subsaharan Africa",
    "151": "East Europe",
    "039": "South Europe",
    "029": "the Caribbean",
}

# Folded names that several countries share, so that they do not identify a country.
_AMBIGUOUS_NAMES = frozenset(
    "korea|congo|virgin islands|america|saint martin|corea|coree|конго|корея".split("|")
)

UN_LANGUAGES = ("en", "ar", "zh", "fr", "ru", "es")
_KOSOVO_ALPHA_2 = "XK"  # the user-assigned code that CLDR and the EU use


def _read_m49() -> tuple[dict[str, str], dict[str, str]]:
    regions, parents = {}, {}
    for line in _M49.strip().splitlines():
        code, parent, label, countries = line.split("|")
        regions[code] = label
        parents.update(dict.fromkeys(countries.split(), code))
        if parent:
            parents[code] = parent
    return regions, parents


REGIONS: Mapping[str, str]  # names by M49 code
REGIONS, _PARENTS = _read_m49()
# ISO 3166-1 alpha-3, and XKX. Antarctica (ATA) is in no region.
COUNTRIES = frozenset(code for code in _PARENTS if code.isalpha()) | {"ATA"}
ALL_COUNTRIES = COUNTRIES | FORMER_COUNTRIES  # the valid values of a country field

# Identifies the data that names and codes are read from; part of the scan cache's revision.
_TABLES = repr((_M49, _UN_NAMES, _OTHER_NAMES, _REGION_NAMES, TABLES))
_TABLES_HASH = hashlib.blake2b(_TABLES.encode(), digest_size=4).hexdigest()
VERSION = f"{version('pycountry')} {version('babel')} {_TABLES_HASH}"


def is_country(code: str) -> bool:
    """Return whether a code is an ISO 3166-1 alpha-3 code, XKX or a code of a former country."""
    return code in ALL_COUNTRIES


def is_region(code: str) -> bool:
    """Return whether a code is the UN M49 code of a region, sub-region or intermediate region."""
    return code in REGIONS


def parent(code: str) -> str | None:
    """Return the smallest M49 region that contains a country or region, or None."""
    return _PARENTS.get(code) or PARENTS.get(code)


@cache
def ancestors(code: str) -> tuple[str, ...]:
    """Return the M49 regions that contain a country or region, widest first, without itself."""
    region = parent(code)
    return (*ancestors(region), region) if region else ()


@cache
def _cldr(language: str) -> Mapping[str, str]:
    """Return CLDR's names of territories in a language, by alpha-2 or M49 code."""
    from babel import Locale, UnknownLocaleError  # imported late: most requests are in English

    try:
        return Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        return {}


@cache
def _iso() -> Mapping[str, Mapping[str, str]]:
    """Return ISO 3166-1 by alpha-3 code: alpha_2, name, and any common_name and official_name."""
    import pycountry  # imported late: it takes 20 ms, and validating codes does not need it

    keys = ("alpha_2", "name", "common_name", "official_name")
    iso = {
        c.alpha_3: {key: str(getattr(c, key)) for key in keys if hasattr(c, key)}
        for c in pycountry.countries
    }
    return {**iso, "XKX": {"alpha_2": _KOSOVO_ALPHA_2, "name": "Kosovo"}}


@cache
def _translations(language: str) -> Mapping[str, str]:
    """Return the translations of ISO's English names into a language, without untranslated ones."""
    import gettext

    import pycountry

    tag = {"zh": "zh_CN"}.get(language, language)
    catalogue = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[tag], fallback=True
    )
    english = (names[key] for names in _iso().values() for key in names if key != "alpha_2")
    return {
        text: translation for text in english if (translation := catalogue.gettext(text)) != text
    }


def _name_forms(text: str) -> Iterator[str]:
    """Yield a name as ISO writes it ("Iran, Islamic Republic of") and in its natural word order."""
    yield text
    head, comma, tail = text.partition(", ")
    if comma and "," not in tail and not {"and", "et", "y"} & set(tail.split()):
        yield f"{tail}{'' if tail.endswith(('’', chr(39))) else ' '}{head}"


def alpha_2(code: str) -> str:
    """Return the alpha-2 code of a country; XK for Kosovo."""
    return _iso()[code]["alpha_2"]


@cache
def name(code: str, language: str = "en") -> str:
    """Return the name of a country or region: the UN's short name in English, otherwise CLDR's.

    Former countries have names in the UN's languages. Any other code is returned unchanged.
    """
    if code in FORMER_COUNTRIES:
        return former_names(code, language)[0]
    if code not in REGIONS and code not in COUNTRIES:
        return code
    if language != "en":
        return _cldr(language).get(code if code in REGIONS else alpha_2(code)) or name(code)
    if code in REGIONS:
        return REGIONS[code]
    return _UN_NAMES.get(code) or _iso()[code]["name"]


def names_missing_from_cldr() -> tuple[str, ...]:
    """Return the English names that differ from CLDR's.

    For these, the UN's name may differ from CLDR's in other languages too.
    """
    return tuple(sorted({name(code) for code in (*COUNTRIES, *REGIONS)} - {*_cldr("en").values()}))


@cache
def names_in(code: str, language: str) -> tuple[str, ...]:
    """Return all names of a country or region in a language, that of name() first.

    Official, common and former names are included.
    """
    if code in FORMER_COUNTRIES:
        return former_names(code, language)
    labels = [name(code, language)]
    if code in COUNTRIES:
        iso, translations = _iso()[code], _translations(language) if language != "en" else {}
        for key in ("common_name", "name", "official_name"):
            text = iso.get(key, "")
            labels += _name_forms(text if language == "en" else translations.get(text, ""))
    if language == "en":
        labels += (_OTHER_NAMES if code in COUNTRIES else _REGION_NAMES).get(code, "").split("|")
    labels.append(_cldr(language).get(alpha_2(code) if code in COUNTRIES else code, ""))
    return tuple(dict.fromkeys(filter(None, labels)))


@cache
def names(code: str) -> tuple[str, ...]:
    """Return all names of a country or region in the UN's six languages."""
    return tuple(dict.fromkeys(n for language in UN_LANGUAGES for n in names_in(code, language)))


def _folded_name(text: str) -> str:
    words = ["saint" if word == "st" else word for word in terms(text)]
    return " ".join(words[1:] if words[:1] == ["the"] else words)


@cache
def _codes_by_name(regions: bool, all_languages: bool) -> Mapping[str, str]:
    """Return codes by folded name, without names that several countries or regions share."""
    codes_by_name: dict[str, set[str]] = {}
    for code in sorted(REGIONS if regions else ALL_COUNTRIES):
        for label in names(code) if all_languages else names_in(code, "en"):
            codes_by_name.setdefault(_folded_name(label), set()).add(code)
    return {
        label: codes.pop()
        for label, codes in codes_by_name.items()
        if len(codes) == 1 and label not in _AMBIGUOUS_NAMES
    }


def to_country(text: str) -> str | None:
    """Return the alpha-3 code for a code or name of a country.

    Alpha-2 and alpha-3 codes in any case and names in the UN's languages are accepted. A
    replaced code (ZAR) is converted to the present code (COD). Returns None for an unknown or
    ambiguous text.
    """
    code = text.strip().upper()
    if code in ALL_COUNTRIES or code in RENAMED:
        return RENAMED.get(code, code)
    if len(code) == 2 and code.isascii() and code.isalpha():
        if code == "UK":
            return "GBR"
        present = next((c for c, iso in _iso().items() if iso["alpha_2"] == code), None)
        return present or ALPHA_2.get(code)
    return _from_name(text, regions=False)


def to_region(text: str) -> str | None:
    """Return the M49 code for a code or name of a region; None for an unknown or ambiguous text."""
    return text.strip() if text.strip() in REGIONS else _from_name(text, regions=True)


def _from_name(text: str, regions: bool) -> str | None:
    # English names are tried first: they suffice for most texts and load faster.
    folded = _folded_name(text)
    if not folded:
        return None
    return _codes_by_name(regions, False).get(folded) or _codes_by_name(regions, True).get(folded)
