"""Countries and regions: their codes, names and places in the United Nations' geography.

Names and codes come from pycountry (ISO 3166) and Babel (CLDR, for other languages); the tables
here hold what those lack: the UN's short names where ISO's differ, other common names, and the
hierarchy of M49.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version

from indexer.text.analysis import terms

# UN M49 (unstats.un.org/unsd/methodology/m49): region, its parent, its name, its countries.
_M49 = """
002||Africa|
015|002|Northern Africa|DZA EGY LBY MAR SDN TUN ESH
202|002|Sub-Saharan Africa|
014|202|Eastern Africa|IOT BDI COM DJI ERI ETH ATF KEN MDG MWI MUS MYT MOZ REU RWA SYC SOM SSD UGA TZA ZMB ZWE
017|202|Middle Africa|AGO CMR CAF TCD COG COD GNQ GAB STP
018|202|Southern Africa|BWA SWZ LSO NAM ZAF
011|202|Western Africa|BEN BFA CPV CIV GMB GHA GIN GNB LBR MLI MRT NER NGA SHN SEN SLE TGO
019||Americas|
419|019|Latin America and the Caribbean|
029|419|Caribbean|AIA ATG ABW BHS BRB BES VGB CYM CUB CUW DMA DOM GRD GLP HTI JAM MTQ MSR PRI BLM KNA LCA MAF VCT SXM TTO TCA VIR
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

# The UN's short names where ISO 3166 inverts, shortens or decorates them.
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

# Names in common or former use that pycountry does not have.
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
    "Congo, Democratic Republic of the|République démocratique du Congo|RDC|República Democrática del Congo",
    "COG": "Republic of the Congo|Congo-Brazzaville|Congo (Brazzaville)|Republic of Congo|Congo Republic|République du Congo|"
    "República del Congo",
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
    "MKD": "Macedonia|the former Yugoslav Republic of Macedonia|FYROM",
    "MMR": "Burma",
    "NLD": "Holland|The Netherlands",
    "PRK": "North Korea|DPRK",
    "PSE": "Palestine|Occupied Palestinian Territory|Palestinian Territories|"
    "occupied Palestinian territory|West Bank|Gaza|Gaza Strip|oPt",
    "RUS": "Russia",
    "STP": "Sao Tome",
    "SWZ": "Swaziland",
    "SYR": "Syria",
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

# Shared by several countries: no name of one alone.
_AMBIGUOUS = frozenset(
    [
        "korea",
        "congo",
        "virgin islands",
        "america",
        "saint martin",
        "corea",
        "coree",
        "конго",
        "корея",
    ]
)

UN_LANGUAGES = ("en", "ar", "zh", "fr", "ru", "es")
_XKX = "XK"  # Kosovo's user-assigned code, as CLDR and the EU use it


def _read_m49() -> tuple[dict[str, str], dict[str, str]]:
    regions, parents = {}, {}
    for line in _M49.strip().splitlines():
        code, above, label, countries = line.split("|")
        regions[code] = label
        parents.update(dict.fromkeys(countries.split(), code))
        if above:
            parents[code] = above
    return regions, parents


REGIONS: Mapping[str, str]  # M49 code -> name
REGIONS, _PARENT = _read_m49()
COUNTRIES = frozenset(code for code in _PARENT if code.isalpha()) | {
    "ATA"
}  # ISO 3166-1 alpha-3, and XKX
VERSION = "{} {} {}".format(
    version("pycountry"),
    version("babel"),
    hashlib.blake2b(
        repr((_M49, _UN_NAMES, _OTHER_NAMES, _REGION_NAMES)).encode(), digest_size=4
    ).hexdigest(),
)


def is_country(code: str) -> bool:
    """Whether it is an ISO 3166-1 alpha-3 code, or XKX."""
    return code in COUNTRIES


def is_region(code: str) -> bool:
    """Whether it is the UN M49 code of a region, sub-region or intermediate region."""
    return code in REGIONS


def parent(code: str) -> str | None:
    """The smallest M49 region that a country or region lies in."""
    return _PARENT.get(code)


@cache
def ancestors(code: str) -> tuple[str, ...]:
    """Every M49 region that a country or region lies in, widest first, itself not included."""
    above = parent(code)
    return (*ancestors(above), above) if above else ()


@cache
def _cldr(language: str) -> Mapping[str, str]:
    from babel import Locale, UnknownLocaleError  # loaded late: most requests are in English

    try:
        return Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        return {}


@cache
def _iso() -> Mapping[str, Mapping[str, str]]:
    """By alpha-3: alpha_2, name and, where ISO has them, common_name and official_name."""
    import pycountry  # loaded late: it takes 20 ms, and telling codes from other words does not need it

    keys = ("alpha_2", "name", "common_name", "official_name")
    iso = {
        c.alpha_3: {key: str(getattr(c, key)) for key in keys if hasattr(c, key)}
        for c in pycountry.countries
    }
    return {**iso, "XKX": {"alpha_2": _XKX, "name": "Kosovo"}}


@cache
def _translated(language: str) -> Mapping[str, str]:
    """ISO's English names -> theirs in a language, for the names that have one."""
    import gettext

    import pycountry

    tag = {"zh": "zh_CN"}.get(language, language)
    catalogue = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[tag], fallback=True
    )
    written = (names[key] for names in _iso().values() for key in names if key != "alpha_2")
    return {text: found for text in written if (found := catalogue.gettext(text)) != text}


def _forms(text: str) -> Iterator[str]:
    """A name as ISO files it and as it is written: "Iran, Islamic Republic of", "Islamic Republic of Iran"."""
    yield text
    head, comma, tail = text.partition(", ")
    if comma and "," not in tail and not {"and", "et", "y"} & set(tail.split()):
        yield f"{tail}{'' if tail.endswith(('’', chr(39))) else ' '}{head}"


def alpha_2(code: str) -> str:
    """The alpha-2 code of a country, XK for Kosovo."""
    return _iso()[code]["alpha_2"]


@cache
def name(code: str, language: str = "en") -> str:
    """What a country or region is called: in English by the UN's short name, else by CLDR.

    A code that is neither is its own name.
    """
    if code not in REGIONS and code not in COUNTRIES:
        return code
    if language != "en":
        return _cldr(language).get(code if code in REGIONS else alpha_2(code)) or name(code)
    if code in REGIONS:
        return REGIONS[code]
    return _UN_NAMES.get(code) or _iso()[code]["name"]


def un_names() -> tuple[str, ...]:
    """The English names that are not CLDR's: in other languages too the UN may say otherwise than CLDR."""
    return tuple(sorted({name(code) for code in (*COUNTRIES, *REGIONS)} - {*_cldr("en").values()}))


@cache
def names_in(code: str, language: str) -> tuple[str, ...]:
    """Every name of a country or region in one language: official, common and former, that of name() first."""
    found = [name(code, language)]
    if code in COUNTRIES:
        iso, translated = _iso()[code], _translated(language) if language != "en" else {}
        for key in ("common_name", "name", "official_name"):
            text = iso.get(key, "")
            found += _forms(text if language == "en" else translated.get(text, ""))
    if language == "en":
        found += (_OTHER_NAMES if code in COUNTRIES else _REGION_NAMES).get(code, "").split("|")
    found.append(_cldr(language).get(alpha_2(code) if code in COUNTRIES else code, ""))
    return tuple(dict.fromkeys(filter(None, found)))


@cache
def names(code: str) -> tuple[str, ...]:
    """Every name people may type for a country or region, in the UN's six languages."""
    return tuple(dict.fromkeys(n for language in UN_LANGUAGES for n in names_in(code, language)))


def _folded(text: str) -> str:
    words = ["saint" if word == "st" else word for word in terms(text)]
    return " ".join(words[1:] if words[:1] == ["the"] else words)


@cache
def _index(regions: bool, every_language: bool) -> Mapping[str, str]:
    """Folded names -> codes; a name of several is left out."""
    found: dict[str, set[str]] = {}
    for code in sorted(REGIONS if regions else COUNTRIES):
        for label in names(code) if every_language else names_in(code, "en"):
            found.setdefault(_folded(label), set()).add(code)
    return {
        label: codes.pop()
        for label, codes in found.items()
        if len(codes) == 1 and label not in _AMBIGUOUS
    }


def to_country(text: str) -> str | None:
    """The country of an alpha-3 or alpha-2 code in any case, or of a name; None where not just one."""
    code = text.strip().upper()
    if code in COUNTRIES:
        return code
    if len(code) == 2 and code.isascii() and code.isalpha():
        return (
            "GBR"
            if code == "UK"
            else next((c for c, iso in _iso().items() if iso["alpha_2"] == code), None)
        )
    return _by_name(text, regions=False)


def to_region(text: str) -> str | None:
    """The region of an M49 code or of a name; None where not just one."""
    return text.strip() if text.strip() in REGIONS else _by_name(text, regions=True)


def _by_name(text: str, regions: bool) -> str | None:
    folded = _folded(text)
    return (
        _index(regions, False).get(folded) or _index(regions, True).get(folded) if folded else None
    )
