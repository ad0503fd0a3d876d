"""The names by which texts and searches refer to countries and regions.

places.py has the official and common names of each country. This module adds abbreviations, parts
of countries, former names in several languages, inflected forms and names that are not places, and
finds all of them in a sequence of terms.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from indexer.text import demonyms, former_countries, places
from indexer.text.analysis import stem, terms

# Parts of countries that texts name like countries.
PARTS_OF_COUNTRIES = {
    "GBR": ["Northern Ireland", "England", "Scotland", "Wales"],
    "PSE": ["Gaza", "West Bank", "East Jerusalem"],
    "TZA": ["Zanzibar"],
    "SOM": ["Puntland", "Somaliland"],
    "IRQ": ["Kurdistan Region", "Iraqi Kurdistan"],
}
ABBREVIATIONS = {"USA": ["USA", "US"], "PNG": ["PNG"], "GBR": ["UK"]}
# Names that contain the name of a country but do not refer to it.
NAMES_OF_OTHER_THINGS = tuple(
    (
        "New Mexico|New Jersey|New England|New South Wales|Prince of Wales|Guinea pig|Guinea pigs|"
        "Guinea worm|Latin American|American Indian|West Indian|Native American|Georgia Tech|"
        "Air China|Inter-American|Ibero-American|Jersey City|Central African|New Britain|"
        "Niger Delta|Panama Canal|Liptako-Gourma|Turkey Point|Benin City|Oman Air|Kenya Airways|"
        "Air France|Singapore Airlines|Chad Basin|Congo Basin|Lebanese American University|"
        "latino-américain|latino-américains|latino-américaine|latino-américaines|sud-américain|"
        "sud-américaine|sud-américains|sud-américaines|nord-américain|nord-américaine|"
        "interaméricain|interaméricaine|ibéro-américain|ibéro-américaine|États américains|"
        "Nouveau-Mexique|Nuevo México|Nouvelle-Angleterre|Nueva Inglaterra"
    ).split("|")
)
# Names that several countries share.
SHARED_NAMES = {
    "COD COG": "Congo|Congolese|Конго|刚果|الكونغو",
    "KOR PRK": "Korea|Korean|Koreans|Corea|Corée|Корея|朝鲜半岛|كوريا",
    "MAF SXM": "Saint Martin",
    "VGB VIR": "Virgin Islands",
    "DMA DOM": "Dominican|Dominicans",
}
# Names that are also a common word or a first name in some language. In a list of countries they
# are countries; otherwise only the longer forms in QUALIFIED_NAMES match.
AMBIGUOUS_NAMES = {
    **dict.fromkeys(("Réunion", "La Réunion", "Reunión", "Reunion"), "REU"),
    **dict.fromkeys(("Grenade", "Granada"), "GRD"),
    **dict.fromkeys(("San Martín", "Saint-Martin"), "MAF"),
    "Dominique": "DMA",
    "Santa Elena": "SHN",
    "Santa Lucía": "LCA",
}
QUALIFIED_NAMES = {
    "HKG": ["Hong Kong, China", "Hong Kong SAR, China"],
    "REU": [
        "Réunion Island",
        "Reunion Island",
        "La Réunion Island",
        "île de La Réunion",
        "île de la Réunion",
    ],
    "DMA": ["la Dominique", "La Dominique"],
    "GRD": ["la Grenade", "La Grenade", "isla de Granada"],
    "MAF": ["île de Saint-Martin", "isla de San Martín", "Collectivité de Saint-Martin"],
    "LCA": ["isla de Santa Lucía", "Gobierno de Santa Lucía"],
    "SHN": ["isla de Santa Elena"],
}

# Former and informal names in non-English languages, and English names from before 1975.
MORE_NAMES = {
    "ARE": "EAU|Emiratos|Émirats|ОАЭ|الإمارات",
    "BFA": "Haute-Volta|Alto Volta",
    "BLR": "Белоруссия",
    "BLZ": "British Honduras",
    "BWA": "Bechuanaland",
    "CAF": "RCA|Centrafrique|ЦАР",
    "CIV": "Costa de Marfil|Costa do Marfim|Берег Слоновой Кости|象牙海岸",
    "COD": "RD Congo|R.D. Congo|RD du Congo|Zaïre|Заир|زائير|扎伊尔|ДРК|Belgian Congo",
    "CPV": "Cap-Vert|Острова Зелёного Мыса",
    "ETH": "Abyssinia|Abyssinie|Abisinia",
    "GBR": "Angleterre|Inglaterra|Англия|Grande-Bretagne|Gran Bretaña|بريطانيا",
    "GUF": "Guyane",
    "GUY": "British Guiana",
    "IRN": "Persia|Perse",
    "KGZ": "Kirguizistán|Kirguizia|Kirghizie|Кыргызстан|Кыргызская Республика|قيرغيزيا",
    "KHM": "Camboya",
    "LAO": "RDP lao|Lao RDP|República Democrática Popular Lao|ЛНДР",
    "LKA": "Ceylan|Ceilán|Цейлон",
    "LSO": "Basutoland",
    "MDA": "Moldavie|Moldavia",
    "MKD": "Macédoine|Macedonia|Македония|مقدونيا|马其顿",
    "MMR": "Birmanie|Birmania|Birmânia|Birma|Бирма|بورما|缅甸",
    "MWI": "Nyasaland",
    "NLD": "Hollande|Holanda|Голландия|هولندا",
    "PSE": "Palestina|Палестина|فلسطين|غزة|Cisjordanie|Cisjordania|Franja de Gaza|Bande de Gaza|"
    "сектор Газа|Territoire palestinien occupé|Territorio Palestino Ocupado|"
    "الأرض الفلسطينية المحتلة|巴勒斯坦",
    "RUS": "РФ|Российская Федерация",
    "SSD": "Sud-Soudan|Sudán Meridional",
    "SUR": "Dutch Guiana",
    "SWZ": "Suazilandia|Swazilandia|Souaziland|Свазиленд|سوازيلاند",
    "TCA": "Turques et Caïques|Turcas y Caicos",
    "TUR": "Turquie|Turquía",
    "TZA": "Tanganyika",
    "USA": "EE UU|EEUU|EUA|США|أمريكا",
    "ZAF": "ЮАР",
    "ZMB": "Northern Rhodesia",
}
# Names that are an ordinary word in lower case: "let us in", "car", "le lac".
_AS_WRITTEN = (
    "US|CAR|LAC|OPT|ROK|PRC|RCA|EAU|EUA|Polish|Pole|Poles|Dane|Danes|Swede|Swedes|Finn|Finns|"
    "Jersey|Lao|Turk|Manx"
).split("|")
# Single-word names that are an ordinary word in a language of the UN: Togo is "of that" in Russian,
# and Mali is "financial" in Arabic.
_OTHER_WORDS = frozenset(term for word in ("Того", "مالي", "Îles") for term in terms(word))

# Further languages whose names of countries in CLDR match. Each language takes 1 MB of memory.
_MORE_LANGUAGES = ("pt", "de", "zh-Hant")
# Shorter names in Latin letters in these languages are often words of another language.
_MIN_WORD_LENGTH = 5  # characters of a name of one word
_MIN_NAME_LENGTH = 7  # characters of a longer name, without spaces
_FALSE_FRIENDS = frozenset("island franca servia reuniao".split())

# Particles that Arabic writes as one word with the next one; with the article ال, ل becomes لل.
_ARABIC_PARTICLES = ("و", "ف", "ب", "ل", "ك", "وب", "ول")
_ARABIC_ARTICLE = "ال"
# The endings of adjectives, longest first, with the spellings of teh marbuta.
_ARABIC_ADJECTIVE_ENDINGS = ("يين", "يون", "يات", "ية", "يه", "ي")
_MIN_ARABIC_ROOT = 3  # letters
_ARTICLES = frozenset("the la le les el los las l der die das il lo gli".split())


class PlaceMatch(NamedTuple):
    """Consecutive terms that name a country or region."""

    start: int  # index of the first term
    end: int  # index after the last term
    codes: tuple[str, ...]  # several if countries share the name
    is_region: bool


class _Name(NamedTuple):
    words: tuple[str, ...]  # terms; tagged stems for a multi-word Russian name
    codes: tuple[str, ...]  # empty if the name is not a place
    is_region: bool
    written: tuple[str, ...] = ()  # the only spellings that match; () for any spelling


def spellings(name: str) -> Iterable[str]:
    """Yield a name and its usual spelling variants."""
    yield name
    yield name.replace("Saint ", "St. ")
    yield name.replace("Saint ", "St ")
    yield name.replace(" and ", " & ")
    yield name.replace("-", " ")


_RUSSIAN_ENDINGS = (
    ("ия", "ии ию ией"),
    ("а", "ы и е у ой"),
    ("я", "и е ю ей"),
    ("ь", "и я ю ью е"),
    ("й", "я ю ем е"),
)


def russian_cases(name: str) -> Iterable[str]:
    """Yield the other grammatical cases of a single-word Russian name; none for other names."""
    if not name.isalpha():
        return
    for ending, other_endings in _RUSSIAN_ENDINGS:
        if name.endswith(ending):
            yield from (name.removesuffix(ending) + other for other in other_endings.split())
            return
    if name[-1] not in "еиоуыэю":
        yield from (name + other for other in ("а", "у", "ом", "е"))


def load_names() -> None:
    """Load the names. find_places() also loads them on first use.

    Loading takes 0.2 seconds and 15 MB. Processes that are forked afterwards share the memory.
    """
    _names()


def may_have_places(words: Collection[str]) -> bool:
    """Return whether find_places() may find a place in terms. Nearly all other texts have none."""
    names, _ = _names()
    return not names.keys().isdisjoint(words) or not all(map(str.isascii, words))


def find_places(words: Sequence[str], typed: Sequence[str] = ()) -> list[PlaceMatch]:
    """Return the countries and regions that terms name, in order; the longest name wins.

    If a country and a region share a name, both are returned, the country first. typed has the
    terms as typed, for names that are ordinary words in lower case. It defaults to the terms.
    """
    names, _ = _names()
    typed = typed or words
    matches: list[PlaceMatch] = []
    start = 0
    while start < len(words):
        end = start + 1
        word = words[start]
        candidates: Iterable[_Name] = names.get(word, ())
        matched = _longest(candidates, words, start, typed)
        if matched is None and not word.isascii():
            matched = _longest_inflected(words[start : start + _MAX_INFLECTED_WORDS])
        if matched is not None:
            end = start + len(matched[0].words)
            matches += [PlaceMatch(start, end, n.codes, n.is_region) for n in matched if n.codes]
        start = end
    return matches


_MAX_INFLECTED_WORDS = 8
_FOLDED_ENDING = re.compile("(?<=[оеы])и$")


def _longest(
    names: Iterable[_Name], words: Sequence[str], start: int, typed: Sequence[str]
) -> list[_Name] | None:
    """Return the longest names at the word with index start. names are sorted by length."""
    matched: list[_Name] = []
    for name in names:
        if matched and len(name.words) < len(matched[0].words):
            break
        end = start + len(name.words)
        if tuple(words[start:end]) == name.words and (
            not name.written or typed[start].replace(".", "") in name.written
        ):
            matched.append(name)
    return matched or None


def _longest_inflected(words: Sequence[str]) -> list[_Name] | None:
    """Return the longest names at an inflected Russian or Arabic word."""
    names, stemmed = _names()
    if _is_cyrillic(words[0]):
        stems = [_russian_stem(word) for word in words]
        return _longest(stemmed.get(stems[0], ()), stems, 0, words)
    for first in _without_particle(words[0]):
        bare = [first, *words[1:]]
        if (matched := _longest(names.get(first, ()), bare, 0, bare)) is not None:
            return matched
    for country in _arabic_countries(words[0]):
        single = [name for name in names.get(country, ()) if len(name.words) == 1]
        if matched := [name for name in single if not name.is_region]:
            return matched
    return None


@lru_cache(10_000)
def _russian_stem(word: str) -> str:
    """Return the stem of a folded Russian word, in which й has become и."""
    return stem(_FOLDED_ENDING.sub("й", word), "ru")


def _is_cyrillic(word: str) -> bool:
    return "\u0400" <= word[0] <= "\u04ff"


@cache
def _names() -> tuple[Mapping[str, tuple[_Name, ...]], Mapping[str, tuple[_Name, ...]]]:
    """Return names by first term, and names in tagged stems by first stem, longest first."""
    exact: dict[str, list[_Name]] = defaultdict(list)
    stemmed: dict[str, list[_Name]] = defaultdict(list)
    for is_region in (False, True):
        table = _codes_by_terms(places.REGIONS if is_region else places.COUNTRIES, is_region)
        for words, codes in table.items():
            exact[words[0]].append(_Name(words, codes, is_region, _WRITTEN.get(words, ())))
            if len(words) > 1 and all(map(_is_cyrillic, words)):
                stems = tuple(map(_russian_stem, words))
                stemmed[stems[0]].append(_Name(stems, codes, is_region))
    for stems, codes in _adjective_stems().items():
        stemmed[stems[0]].append(_Name(stems, codes, False))
    for other in NAMES_OF_OTHER_THINGS:
        words = tuple(terms(other))
        exact[words[0]].append(_Name(words, (), False))
    return _longest_first(exact), _longest_first(stemmed)


def _adjective_stems() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of countries by the tagged stems of their Russian adjectives."""
    owners: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for adjective, code in demonyms.russian_adjectives():
        owners[tuple(map(_russian_stem, terms(adjective)))].append(code)
    return {stems: tuple(codes) for stems, codes in owners.items()}


_WRITTEN = {tuple(terms(name)): (name, name.upper()) for name in _AS_WRITTEN}


def _longest_first(names: Mapping[str, list[_Name]]) -> Mapping[str, tuple[_Name, ...]]:
    return {
        first: tuple(sorted(group, key=lambda name: -len(name.words)))
        for first, group in names.items()
    }


def _codes_by_terms(
    codes: Iterable[str], is_region: bool
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of countries or regions by the terms of their names.

    If a name is the primary name of one place and a secondary name of others, only the code of the
    first place is returned.
    """
    first: dict[tuple[str, ...], set[str]] = defaultdict(set)
    other: dict[tuple[str, ...], set[str]] = defaultdict(set)
    foreign: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for code in codes:
        for language in places.UN_LANGUAGES:
            names = places.names_in(code, language)
            for name in names:
                table = first if name == names[0] else other
                for words in _forms(name):
                    table[words].add(code)
        for language in _MORE_LANGUAGES:
            for words in _forms(places.name(code, language)):
                if _is_distinctive(words):
                    foreign[words].add(code)
    if not is_region:
        for name, code in _more_country_names():
            for words in _forms(name):
                other[words].add(code)
    unambiguous = {words: owners for words, owners in foreign.items() if len(owners) == 1}
    merged = {**unambiguous, **other, **first}
    for shared, joined in () if is_region else SHARED_NAMES.items():
        for words in (words for name in joined.split("|") for words in _forms(name)):
            merged[words] = set(shared.split())
    return {words: tuple(sorted(owners)) for words, owners in merged.items()}


def _more_country_names() -> Iterator[tuple[str, str]]:
    """Yield further names and demonyms of countries, and names of former countries."""
    for code in former_countries.FORMER_COUNTRIES:
        for language in places.UN_LANGUAGES:
            for name in former_countries.former_names_in_text(code, language):
                yield name, code
    for table in (PARTS_OF_COUNTRIES, ABBREVIATIONS, QUALIFIED_NAMES):
        for code, names in table.items():
            yield from ((name, code) for name in names)
    for code, joined in MORE_NAMES.items():
        yield from ((name, code) for name in joined.split("|"))
    for language in demonyms.LANGUAGES:
        yield from demonyms.demonym_forms(language)


def _forms(name: str) -> Iterator[tuple[str, ...]]:
    """Yield the terms of a name in all spellings and, for a Russian name, all cases."""
    if name in AMBIGUOUS_NAMES:
        return
    for text in dict.fromkeys((name, name.partition(" (")[0])):
        for spelling in dict.fromkeys(s.replace("-", " ") for s in spellings(text)):
            for form in (spelling, *(russian_cases(spelling) if _is_cyrillic(spelling) else ())):
                words = tuple(terms(form))
                if len(words) > 1 and words[0] in _ARTICLES:
                    words = words[1:]
                if not words or (len(words) == 1 and words[0] in _OTHER_WORDS):
                    continue
                yield words


def _without_particle(word: str) -> Iterator[str]:
    """Yield an Arabic word without each particle that may be joined to it."""
    for particle in _ARABIC_PARTICLES:
        rest = word.removeprefix(particle)
        if rest != word and particle.endswith("ل") and rest.startswith("ل"):
            yield _ARABIC_ARTICLE + rest[1:]
        elif rest != word:
            yield rest


def _arabic_countries(word: str) -> Iterator[str]:
    """Yield possible names of the country of an Arabic adjective: باكستان for باكستانية."""
    for text in (word, *_without_particle(word)):
        bare = text.removeprefix(_ARABIC_ARTICLE)
        ending = next((e for e in _ARABIC_ADJECTIVE_ENDINGS if bare.endswith(e)), "")
        root = bare.removesuffix(ending)
        if ending and len(root) >= _MIN_ARABIC_ROOT:
            yield from (root, f"{root}ا", f"{root}يا", _ARABIC_ARTICLE + root)


def _is_distinctive(words: tuple[str, ...]) -> bool:
    """Return whether a name in one of _MORE_LANGUAGES is unlikely to be another word."""
    letters = "".join(words)
    if letters in _FALSE_FRIENDS:
        return False
    length = _MIN_WORD_LENGTH if len(words) == 1 else _MIN_NAME_LENGTH
    return not letters.isascii() or len(letters) >= length
