"""Extract the countries, regions and years that a text states, with the words that support each.

Places are found by their names, their demonyms and their cities. The longest form matches, with
its exact capitals. Rules then examine the words around each mention. A mention is a proof, or a
weak proof that counts only without a proof (a city: activities for other countries may meet
there), or no proof. The results are proposals that an editor checks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from indexer.importing.context_rules import judge, names_region
from indexer.importing.evidence import (
    Evidence,
    best_weak_proofs,
    follows_own_town,
    larger_place,
    listed_towns,
)
from indexer.importing.gazetteer import Mention, first_word, gazetteer, strip_accents
from indexer.importing.namesakes import as_town, other_congo
from indexer.importing.years import stated_years
from indexer.text import places

WORDS_BEFORE, WORDS_AFTER = 300, 120  # characters around a mention that the rules examine
MAX_WORDS_OF_DEPARTURE = 80  # characters from a demonym to the country that its people left
MAX_FIRST_WORD = 40  # characters in which the first word of a form is searched
ARABIC_PREFIXES = "وبلفك"  # short prepositions and conjunctions, joined to the word

UN_SCRIPTS = (("ar", r"[\u0600-\u06ff]"), ("zh", r"[\u4e00-\u9fff]"), ("ru", r"[\u0400-\u04ff]"))
COMMON_WORDS = {
    "en": frozenset("the of and to in for on with by".split()),
    "fr": frozenset("le la les des et du en dans pour une aux sur de au par".split()),
    "es": frozenset("el la los las del y en de para una por con al fue que".split()),
}
# Letters and endings of a language. They decide about a short text, in which two languages have as
# many common words, such as a heading.
_SIGNS = {
    "en": re.compile(r"(?:ing|ed|ty)\b|\b(?:an|is|are|at|from)\b"),
    "fr": re.compile(r"[àâçèêëîïôœùû]|é(?:e?s?)\b|(?:eurs?|euses?|aux|iques?)\b"),
    "es": re.compile(r"[áíóúñ]|(?:cia|cias|dad|dades|os|as|or|ores)\b"),
}


@dataclass(frozen=True, slots=True)
class Extraction:
    """The values that a text states, each once with its first evidence, in text order."""

    language: str  # the primary subtag
    countries: tuple[Evidence, ...]
    regions: tuple[Evidence, ...]  # empty if there are countries
    years: tuple[Evidence, ...]
    rejected: tuple[Evidence, ...]  # mentions of places that prove nothing


def _mentions(text: str, language: str) -> Iterator[Mention]:
    """Yield the mentions of places from left to right.

    At each position the longest form matches. Mentions do not overlap.
    """
    entries_by_word, plain = gazetteer(language), strip_accents(text)
    has_spaces = language != "zh"
    if has_spaces:
        word_starts: Iterable[int] = (m.start() for m in re.finditer(r"[^\W\d_]+", plain))
    else:
        word_starts = range(len(plain))
    last_end = 0
    for word_start in word_starts:
        starts = [word_start]
        if language == "ar" and plain[word_start] in ARABIC_PREFIXES:
            starts.append(word_start + 1)
        for start in starts:
            if start < last_end:
                continue
            word = first_word(plain[start : start + MAX_FIRST_WORD], language)
            for entry in entries_by_word.get(word, ()):
                end = start + len(entry.form)
                is_whole_word = not (has_spaces and plain[end : end + 1].isalpha())
                if is_whole_word and plain.startswith(entry.form, start):
                    before = plain[max(0, start - WORDS_BEFORE) : start]
                    yield Mention(entry, start, end, before, plain[end : end + WORDS_AFTER])
                    last_end = end
                    break


def detect_language(text: str) -> str:
    """Return the UN language of a text, by its script or its words; "en" if unclear."""
    for language, script in UN_SCRIPTS:
        if len(re.findall(script, text)) * 4 > len(text):
            return language
    lower = text.lower()
    words = re.findall(r"[^\W\d_]+", lower)

    def key(language: str) -> tuple[int, int]:
        common = sum(word in COMMON_WORDS[language] for word in words)
        return common, len(_SIGNS[language].findall(lower))

    return max(COMMON_WORDS, key=key)


def extract(text: str, language: str | None = None, last_year: int | None = None) -> Extraction:
    """Extract the countries, regions and years of a text.

    language is a BCP 47 tag; without it the language is detected. Texts in languages other than
    the UN's six are searched for English names. last_year is the latest year that is recognised,
    by default the next one.
    """
    tag = (language or detect_language(text)).partition("-")[0].lower()
    searched_language = tag if tag in places.UN_LANGUAGES else "en"
    mentions: list[tuple[Evidence, str | None]] = []  # the rule of a weak proof, None for a proof
    regions: list[Evidence] = []
    rejected: list[Evidence] = []
    towns: list[Evidence] = []
    plain = strip_accents(text)
    for mention in _mentions(text, searched_language):
        entry, words = mention.entry, text[mention.start : mention.end]
        evidence = Evidence(entry.code or words, words, mention.start, mention.end, entry.kind)
        if entry.kind == "region":
            (regions if names_region(mention) else rejected).append(evidence)
        elif entry.code is not None:
            verdict, rule = judge(mention, plain)
            if entry.kind in ("city", "locality"):
                towns.append(evidence)
                evidence = replace(evidence, kind=rule or entry.kind)
            if rule == "agent" and follows_own_town(evidence, towns, plain):
                verdict = "proof"
            if verdict == "no proof":
                rejected.append(replace(evidence, kind=rule))
            else:
                mentions.append((evidence, rule if verdict == "weak proof" else None))
    known = {evidence.start for evidence, _ in mentions}
    listed = [town for town in listed_towns(towns, plain) if town.start not in known]
    mentions += ((replace(town, kind="locality"), "locality") for town in listed)
    mentions.sort(key=lambda mention: mention[0].start)
    models = {e.value for e, rule in mentions if rule == "model"}
    mentions = [  # its experts: "the experience of Ghana. Ghanaian judges met Zambian ones."
        (e, "model" if rule is None and e.kind == "demonym" and e.value in models else rule)
        for e, rule in mentions
    ]
    holders = {e.value for e in rejected if e.kind == "status"}
    mentions = [
        (e, rule) for e, rule in mentions if rule not in _OF_PERSONS or e.value not in holders
    ]
    mentions = [m for m in mentions if not _is_listed_donor(m, rejected, plain)]
    mentions += ((congo, None) for congo in other_congo(plain, [e for e, _ in mentions]))
    mentions.sort(key=lambda mention: mention[0].start)
    for n, (evidence, _) in enumerate(mentions):
        if town := as_town(evidence, towns, plain):
            towns.append(town)
        if town := town or larger_place(evidence, towns, plain):
            mentions[n] = town, "locality"
    proofs, weak_proofs = _split_proofs(mentions, plain)
    countries = _first_of_each_value(proofs or best_weak_proofs(weak_proofs, towns))
    if proofs:
        codes = {e.value for e in countries}
        rejected += [e for e in weak_proofs if e.value not in codes]
    if countries:
        regions = []
    wider_regions = {code for e in regions for code in places.ancestors(str(e.value))}
    return Extraction(
        tag,
        countries,
        _first_of_each_value(e for e in regions if e.value not in wider_regions),
        _first_of_each_value(_year_evidence(text, last_year)),
        tuple(sorted(rejected, key=lambda e: e.start)),
    )


def _year_evidence(text: str, last_year: int | None) -> Iterator[Evidence]:
    if last_year is None:
        last_year = time.gmtime().tm_year + 1
    for year, start, end in stated_years(text, last_year):
        yield Evidence(year, text[start:end], start, end, "year")


# The words between "Kenya (2014), Peru—2015 (A/HRC/29/27/Add.2); Chad and Togo".
_LIST_SEPARATOR = re.compile(
    r"(?:(?:,|,? (?:and|et|y)|/)"
    r"|(?: ?[-–—] ?(?:19|20)\d\d| ?\((?:19|20)\d\d\))(?: ?\([A-Z]+(?:/[\w.]+)+\))?"
    r" ?(?:[,;]|[,;]? (?:and|et|y)))\s*(?:the |la |le |les |l')?"
)


# The words between the countries of "Foundation A (Togo), Network B (Mali) and C (Peru)".
_BETWEEN_BRACKETS = re.compile(r"\)(?:[,;]|,? (?:and|et|y))(?: [\w'&.-]+){1,8} \(")
_LIST_CONTINUES = re.compile(r"(?: \([^()]*\))?(?:,? (?:and|et|y) |[,;.]|$)")
_ONLY_NAMES = re.compile(
    r"(?:\([\w\s.,$%]*+\)|[,;/()\s]|\b[dl]'|\b(?:and|et|y|the|la|le|les|el|de|du|of) "
    r"|[A-Z][\w'-]*+\s?+)++"
)


def _is_listed_donor(
    mention: tuple[Evidence, str | None], rejected: Iterable[Evidence], plain: str
) -> bool:
    """Return whether a country follows a donor in a list, and its sentence has several donors."""
    evidence, rule = mention
    sentence_start = plain.rfind(". ", 0, evidence.start) + 1
    is_too_far = evidence.start - sentence_start > WORDS_BEFORE  # for the rules for donors
    may_be_donor = rule in ("donor", "agent") or is_too_far
    if not may_be_donor or not _LIST_CONTINUES.match(plain, evidence.end):
        return False
    donors = [e for e in rejected if e.kind == "donor" and sentence_start <= e.start]
    before = max((e.end for e in donors if e.end <= evidence.start), default=sentence_start)
    is_after_donor = before > sentence_start and _ONLY_NAMES.fullmatch(
        plain, before, evidence.start
    )
    return len(donors) > 1 and bool(is_after_donor)


# Rules for weak proofs, with the rules for even weaker ones.
_BETTER_THAN = {"refuge": ("migrants", "crisis"), "seat": ("migrants",)}
_OF_PERSONS = ("persons", "migrants")  # rules for weak proofs
# Rules for weak proofs that count only in texts without other proofs, such as embassy cities.
_LAST_RESORTS = ("embassy",)
# Rules for weak proofs that are a proof if the text names no other country, the better one first.
_PROOFS_ALONE = ("office", "crisis")  # an office works, and a crisis happens, in its country


def _split_proofs(
    mentions: list[tuple[Evidence, str | None]], plain: str
) -> tuple[list[Evidence], list[Evidence]]:
    """Split mentions into proofs and weak proofs.

    A weak proof in a list with a proof is a proof too: "Serbian and Hungarian police". So is the
    country of an organization in a list of organizations with their countries. An ambiguous name
    is a country only in a list, as in "Granada, Guyana y Haití". Before a single country it is a
    town.
    """
    refugees = {e.value for e, rule in mentions if e.kind == "demonym" and rule == "migrants"}
    is_proof = [
        rule is None or (rule == "community" and evidence.value not in refugees)
        for evidence, rule in mentions
    ]

    def in_list(left: int, right: int, separator: re.Pattern[str] = _LIST_SEPARATOR) -> bool:
        if not (left >= 0 and right < len(mentions)):
            return False
        start, end = mentions[left][0].end, mentions[right][0].start
        return separator.fullmatch(plain, start, end) is not None

    for step in (1, -1):
        for n in range(len(mentions))[::step]:
            evidence, rule = mentions[n]
            previous = n - step
            separator = _BETWEEN_BRACKETS if rule == "seat" else _LIST_SEPARATOR
            depends_on_list = rule in ("agent", "ambiguous", "office", "seat") or (
                rule == "partner" and evidence.kind == "demonym"
            )
            if (
                is_proof[n]
                or not depends_on_list
                or not in_list(min(n, previous), max(n, previous), separator)
            ):
                continue
            is_town = rule == "ambiguous" and step < 0 and not in_list(n + 1, n + 2)
            is_proof[n] = is_proof[previous] and not is_town
    proofs = [evidence for (evidence, _), proof in zip(mentions, is_proof, strict=True) if proof]
    weak = [
        (evidence, rule)
        for (evidence, rule), proof in zip(mentions, is_proof, strict=True)
        if not proof and rule != "ambiguous"
    ]
    for better, worse in _BETTER_THAN.items():
        if any(rule == better for _, rule in weak):
            weak = [(e, rule) for e, rule in weak if rule not in worse]
    if any(rule not in _LAST_RESORTS for _, rule in weak):
        weak = [(e, rule) for e, rule in weak if rule not in _LAST_RESORTS]
    for alone in _PROOFS_ALONE:
        if not any(e.kind in ("name", "demonym") for e in proofs):
            proofs += [evidence for evidence, rule in weak if rule == alone]
    nationals = [e for e, rule in weak if e.kind == "demonym" and rule in _OF_PERSONS]
    return proofs, [e for e, rule in weak if rule != "migrants" or not _is_left(e, nationals)]


def _is_left(evidence: Evidence, nationals: Iterable[Evidence]) -> bool:
    """Return whether nationals of another country left a country, for home.

    nationals: demonyms of persons, as in "Filipino workers returning from Kuwait".
    """
    if evidence.kind == "demonym":
        return False
    return any(0 < evidence.start - e.end < MAX_WORDS_OF_DEPARTURE for e in nationals)


def _first_of_each_value(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    first: dict[str | int, Evidence] = {}
    for item in evidence:
        first.setdefault(item.value, item)
    return tuple(first.values())
