"""Countries that no longer exist, and codes that were replaced (ISO 3166-3).

An activity of 1988 may have taken place in the USSR. Such a state has a code, names and a region,
like a present country. A country that only changed its name has its present code.
"""

from __future__ import annotations

from collections.abc import Mapping

# Alpha-3 code, alpha-2 code, M49 region (of the territory, in the present M49), and English names,
# the displayed name first. Source: ISO 3166-3, and the UN's list of former Member States.
_STATES = """
ANT|AN|029|Netherlands Antilles|Dutch Antilles
ATB|||British Antarctic Territory
ATN|||Dronning Maud Land
CSK||151|Czechoslovakia|Czechoslovak Socialist Republic|Czech and Slovak Federal Republic|Czecho-Slovakia
CTE||057|Canton and Enderbury Islands
DDR|DD|155|German Democratic Republic|East Germany
GEL||009|Gilbert and Ellice Islands
JTN||057|Johnston Island
MID||057|Midway Islands
NTZ||145|Neutral Zone|Saudi Arabian–Iraqi neutral zone
PCI||057|Trust Territory of the Pacific Islands
PCZ||013|Panama Canal Zone
PUS||057|United States Miscellaneous Pacific Islands
SCG||039|Serbia and Montenegro|State Union of Serbia and Montenegro
SKM||034|Sikkim
SUN|SU|151|Union of Soviet Socialist Republics|Soviet Union|USSR|U.S.S.R.
VDR|VD|035|Democratic Republic of Viet-Nam|North Vietnam|North Viet Nam|Democratic Republic of Vietnam
WAK||057|Wake Island
YMD|YD|145|Democratic Yemen|People's Democratic Republic of Yemen|South Yemen
YUG|YU|039|Yugoslavia|Federal Republic of Yugoslavia|Socialist Federal Republic of Yugoslavia|FR Yugoslavia|SFRY
"""  # noqa: E501 - a table of data

# Names in the UN's other languages, the displayed name first.
_TRANSLATIONS: Mapping[str, Mapping[str, str]] = {
    "ANT": {
        "ar": "جزر الأنتيل الهولندية",
        "zh": "荷属安的列斯",
        "fr": "Antilles néerlandaises",
        "ru": "Нидерландские Антильские острова",
        "es": "Antillas Neerlandesas|Antillas Holandesas",
    },
    "CSK": {
        "ar": "تشيكوسلوفاكيا",
        "zh": "捷克斯洛伐克",
        "fr": "Tchécoslovaquie",
        "ru": "Чехословакия",
        "es": "Checoslovaquia",
    },
    "DDR": {
        "ar": "جمهورية ألمانيا الديمقراطية|ألمانيا الشرقية",
        "zh": "德意志民主共和国|东德",
        "fr": "République démocratique allemande|Allemagne de l'Est",
        "ru": "Германская Демократическая Республика|ГДР",
        "es": "República Democrática Alemana|Alemania Oriental",
    },
    "SCG": {
        "ar": "صربيا والجبل الأسود",
        "zh": "塞尔维亚和黑山",
        "fr": "Serbie-et-Monténégro|Serbie et Monténégro",
        "ru": "Сербия и Черногория",
        "es": "Serbia y Montenegro",
    },
    "SUN": {
        "ar": "اتحاد الجمهوريات الاشتراكية السوفياتية|الاتحاد السوفياتي|الاتحاد السوفيتي",
        "zh": "苏维埃社会主义共和国联盟|苏联",
        "fr": "Union des Républiques socialistes soviétiques|URSS|Union soviétique",
        "ru": "Союз Советских Социалистических Республик|СССР|Советский Союз",
        "es": "Unión de Repúblicas Socialistas Soviéticas|URSS|Unión Soviética",
    },
    "VDR": {
        "fr": "République démocratique du Viet-Nam|Nord-Viet Nam",
        "es": "República Democrática de Viet Nam|Viet Nam del Norte|Vietnam del Norte",
    },
    "YMD": {
        "ar": "اليمن الديمقراطية",
        "zh": "民主也门",
        "fr": "Yémen démocratique|Yémen du Sud",
        "ru": "Демократический Йемен",
        "es": "Yemen Democrático|Yemen del Sur",
    },
    "YUG": {
        "ar": "يوغوسلافيا",
        "zh": "南斯拉夫",
        "fr": "Yougoslavie|République fédérale de Yougoslavie|République fédérative socialiste de "
        "Yougoslavie",
        "ru": "Югославия",
        "es": "Yugoslavia|República Federativa de Yugoslavia",
    },
}

# The present code of each country whose code changed with its name, by its former alpha-3 code.
RENAMED: Mapping[str, str] = {
    "AFI": "DJI",
    "BUR": "MMR",
    "BYS": "BLR",
    "DHY": "BEN",
    "FXX": "FRA",
    "HVO": "BFA",
    "NHB": "VUT",
    "RHO": "ZWE",
    "ROM": "ROU",
    "TMP": "TLS",
    "ZAR": "COD",
}
# The same for alpha-2 codes that are not assigned to a present country.
_RENAMED_ALPHA_2 = {
    "BU": "MMR",
    "DY": "BEN",
    "FX": "FRA",
    "HV": "BFA",
    "NH": "VUT",
    "RH": "ZWE",
    "TP": "TLS",
    "ZR": "COD",
}

# Former countries whose names have another meaning in running text, with the names to match there.
# Serbia and Montenegro are two countries today, and Sikkim is a state of India.
_NAMES_IN_TEXT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys("ATB ATN JTN MID NTZ PCZ PUS SKM WAK".split(), ()),
    "SCG": ("State Union of Serbia and Montenegro",),
}


def _read() -> tuple[dict[str, tuple[str, ...]], dict[str, str], dict[str, str]]:
    names, parents, alpha_2 = {}, {}, dict(_RENAMED_ALPHA_2)
    for line in _STATES.strip().splitlines():
        code, short, parent, *labels = line.split("|")
        names[code] = tuple(labels)
        if parent:
            parents[code] = parent
        if short:
            alpha_2[short] = code
    return names, parents, alpha_2


_NAMES: Mapping[str, tuple[str, ...]]
PARENTS: Mapping[str, str]  # the M49 region by code; territories in Antarctica have no region
ALPHA_2: Mapping[str, str]  # the alpha-3 code by former alpha-2 code
_NAMES, PARENTS, ALPHA_2 = _read()
FORMER_COUNTRIES = frozenset(_NAMES)  # alpha-3 codes
TABLES = repr((_STATES, _TRANSLATIONS, RENAMED))  # the data of this module, as one text


def former_names(code: str, language: str) -> tuple[str, ...]:
    """Return the names of a former country in a UN language, the displayed name first.

    Returns the English names for languages without a translation.
    """
    translated = _TRANSLATIONS.get(code, {}).get(language)
    return tuple(translated.split("|")) if translated else _NAMES[code]


def former_names_in_text(code: str, language: str) -> tuple[str, ...]:
    """Return the names of a former country that are unambiguous in running text."""
    names = _NAMES_IN_TEXT.get(code)
    return former_names(code, language) if names is None else names
