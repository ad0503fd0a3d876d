"""Text -> the countries, regions and years it states, with the words that prove each.

Every mention of a place is found by its name, its people or its cities, the longest name first and
in capitals as written; then rules, each with its reason, look at the words around it. A mention is
proof, or proof only where the text has no better (a city: activities for other countries meet in
it), or no proof. Nothing here is certain: an editor reads what it proposes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.importing.context_rules import Mention, judge, names_region
from indexer.importing.gazetteer import first_word, gazetteer, plain
from indexer.importing.years import stated_years
from indexer.text import places


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value, and the words text[start:end] that prove it. kind says how: name, demonym, city, region, year."""

    value: str | int
    words: str
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a text states, each value once, by its first proof, in the order of the text.

    regions are only proposed where there is no country. passed_over are mentions that a rule held to
    prove nothing; their kind is the rule's name.
    """

    language: str
    countries: tuple[Evidence, ...]
    regions: tuple[Evidence, ...]
    years: tuple[Evidence, ...]
    passed_over: tuple[Evidence, ...]


def _mentions(text: str, language: str) -> Iterator[Mention]:
    """Every place named, from left to right, the longest name at each point, none within another."""
    index, flat = gazetteer(language), plain(text)
    starts = (
        range(len(flat))
        if language == "zh"
        else (w.start() for w in re.finditer(r"[^\W\d_]+", flat))
    )
    done = 0
    for word in starts:
        # Arabic joins its short prepositions to the word.
        for start in (word, word + 1) if language == "ar" and flat[word] in "وبلفك" else (word,):
            for entry in (
                index.get(first_word(flat[start : start + 40], language), ())
                if start >= done
                else ()
            ):
                end = start + len(entry.form)
                if flat.startswith(entry.form, start) and (
                    language == "zh" or not flat[end : end + 1].isalpha()
                ):
                    yield Mention(
                        entry, start, end, flat[max(0, start - 300) : start], flat[end : end + 120]
                    )
                    done = end
                    break


def language_of(text: str) -> str:
    """The UN language a text is in, by its script or its commonest words; en where that does not tell."""
    for script, language in (
        (r"[\u0600-\u06ff]", "ar"),
        (r"[\u4e00-\u9fff]", "zh"),
        (r"[\u0400-\u04ff]", "ru"),
    ):
        if len(re.findall(script, text)) * 4 > len(text):
            return language
    words = re.findall(r"[^\W\d_]+", text.lower())
    common = {
        "en": "the of and to in for on with by",
        "fr": "le la les des et du en dans pour une aux sur de au par",
        "es": "el la los las del y en para una por con al de fue que",
    }
    return max(common, key=lambda language: sum(word in common[language].split() for word in words))


def extract(text: str, language: str | None = None, last_year: int | None = None) -> Extraction:
    """What the text states. language is a BCP 47 tag, guessed where it is None; years go to last_year,
    by default the next one. Languages other than the UN's six are searched for English names.
    """
    tag = (language or language_of(text)).partition("-")[0].lower()
    spoken = tag if tag in places.UN_LANGUAGES else "en"
    found: list[
        tuple[Evidence, str | None]
    ] = []  # a mention, and the rule by which it is weak proof
    regions: list[Evidence] = []
    passed: list[Evidence] = []
    flat = plain(text)
    for mention in _mentions(text, spoken):
        entry, words = mention.entry, text[mention.start : mention.end]
        proof = Evidence(entry.code or words, words, mention.start, mention.end, entry.kind)
        if entry.kind == "region":
            (regions if names_region(mention) else passed).append(proof)
        elif entry.code is not None:
            verdict = judge(mention, flat)
            if verdict is None or verdict[0] == "weak":
                found.append((proof, verdict and verdict[1]))
            else:
                passed.append(Evidence(entry.code, words, mention.start, mention.end, verdict[1]))
    strong, weak = _sorted(found, flat)
    # Better a city where it happened than where its people came from or who was there.
    countries = _once(strong or [e for e in weak if e.kind == "city"] or weak)
    if strong:
        passed += [e for e in weak if e.value not in {c.value for c in countries}]
    wider = {above for e in regions for above in places.ancestors(str(e.value))}
    if last_year is None:
        last_year = time.gmtime().tm_year + 1
    years = (
        Evidence(year, text[start:end], start, end, "year")
        for year, start, end in stated_years(text, last_year)
    )
    return Extraction(
        tag,
        countries,
        () if countries else _once(e for e in regions if e.value not in wider),
        _once(years),
        tuple(sorted(passed, key=lambda e: e.start)),
    )


_JOINT = re.compile(r"(?:,|,? (?:and|et|y)|/)\s*(?:the |la |le |les |l')?")


def _sorted(
    found: list[tuple[Evidence, str | None]], flat: str
) -> tuple[list[Evidence], list[Evidence]]:
    """The proofs and the weak proofs; what shares a list with a proof ("Serbian and Hungarian police") is one."""
    proven = [rule is None for _, rule in found]
    for step in (1, -1):
        for n in range(len(found))[::step]:
            proof, rule = found[n]
            listed = rule == "agent" or (rule == "partner" and proof.kind == "demonym")
            if listed and not proven[n] and 0 <= n - step < len(found) and proven[n - step]:
                first, last = (found[n - step][0], proof)[::step]
                proven[n] = _JOINT.fullmatch(flat, first.end, last.start) is not None
    by_proof: dict[bool, list[Evidence]] = {True: [], False: []}
    for (proof, _), holds in zip(found, proven, strict=True):
        by_proof[holds].append(proof)
    return by_proof[True], by_proof[False]


def _once(found: Iterator[Evidence] | list[Evidence]) -> tuple[Evidence, ...]:
    first: dict[str | int, Evidence] = {}
    for evidence in found:
        first.setdefault(evidence.value, evidence)
    return tuple(first.values())
