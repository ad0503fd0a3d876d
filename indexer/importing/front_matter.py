"""Propose front matter, evidence, vocabulary labels and an id for an imported paragraph."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexer.content.values import VALUE_KINDS, is_id, slug
from indexer.importing.extraction import Extraction, extract
from indexer.importing.organizations import (
    ORGANIZATIONS,
    find_organizations,
    organization_slug,
)
from indexer.importing.paragraph import Paragraph
from indexer.importing.topics import find_themes
from indexer.schema import FIELD, Value
from indexer.text import places
from indexer.text.analysis import STOP_WORDS, fold, terms

MAX_ID_LENGTH = 48  # characters of a proposed id
MAX_ID_COUNTRIES = 3
MAX_ID_WORDS = 5
MAX_ACRONYM_LENGTH = 6  # a longer agency key is a word or a phrase

# Words at the beginning of paragraphs that do not tell one activity from another.
_OPENING_WORDS = frozenset(
    "further also framework under within through order during continues continued".split()
)


class Proposal(NamedTuple):
    """A proposed value of a field, with the words text[start:end] that support it."""

    field: str
    value: Value
    words: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class SourceDetails:
    """Facts about a whole source. None if unknown."""

    agency: str | None = None
    source: str | None = None  # a citation or an address
    language: str | None = None  # a BCP 47 tag


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The proposed front matter of a paragraph."""

    meta: dict[str, list[Value]]  # values by field
    proposals: list[Proposal]  # the values that the text supports
    labels: dict[str, dict[str, str]]  # labels of slugs, by field and slug


def stated_values(paragraph: Paragraph, details: SourceDetails) -> dict[str, frozenset[Value]]:
    """Return the values of fields in the metadata of a paragraph or the details of the source."""
    return {
        name: frozenset(to_key(name, text) for text in texts)
        for name, texts in _stated_texts(paragraph, details).items()
        if texts
    }


def _stated_texts(paragraph: Paragraph, details: SourceDetails) -> dict[str, Sequence[str]]:
    language = details.language if details.language != "en" else None  # the default
    stated = {"agency": details.agency, "source": details.source, "language": language}
    texts: dict[str, Sequence[str]] = {name: [text] for name, text in stated.items() if text}
    return texts | dict(paragraph.metadata)


def propose(paragraph: Paragraph, text: str, details: SourceDetails) -> FrontMatter:
    """Propose front matter for a paragraph from its text on one line.

    A field in the paragraph's metadata, or in the details of the source, replaces the values that
    are extracted from the text.
    """
    extraction = extract(text, details.language)
    topic_proposals, labels = _propose_topics(paragraph, text, details.agency)
    proposals = [*_propose_places_and_years(paragraph, extraction), *topic_proposals]
    meta: dict[str, list[Value]] = {}
    for proposal in proposals:
        meta.setdefault(proposal.field, []).append(proposal.value)
    texts_by_field = _stated_texts(paragraph, details)
    if "language" not in texts_by_field and extraction.language != "en":
        meta["language"] = [extraction.language]
    for name, texts in texts_by_field.items():
        meta[name] = [to_key(name, text) for text in texts]
        if FIELD[name].values == "slug":
            for key, written in zip(meta[name], texts, strict=True):
                labels.setdefault(name, {})[str(key)] = _label(str(key), written)
    return FrontMatter(meta, proposals, labels)


def _propose_places_and_years(paragraph: Paragraph, extraction: Extraction) -> Iterator[Proposal]:
    for name, evidence in (
        ("country", extraction.countries),
        ("region", extraction.regions),
        ("year", extraction.years),
    ):
        if name in paragraph.metadata:
            continue
        if name == "region" and "country" in paragraph.metadata:
            continue  # the regions of the countries are added when the file is indexed
        for e in evidence:
            yield Proposal(name, e.value, e.words, e.start, e.end, e.kind)


def _propose_topics(
    paragraph: Paragraph, text: str, agency: str | None
) -> tuple[list[Proposal], dict[str, dict[str, str]]]:
    """Return proposals of themes and partners, and the labels of their slugs.

    An agency of the activity is not a partner, whatever the language of its name.
    """
    names = [agency or "", *paragraph.metadata.get("agency", ())]
    agencies = {organization_slug(name) or slug(name) for name in names}
    agencies |= {topic.slug for name in names for topic in find_organizations(name)}
    proposals: list[Proposal] = []
    labels: dict[str, dict[str, str]] = {}
    for name, mentions in (("theme", find_themes(text)), ("partner", find_organizations(text))):
        if name in paragraph.metadata:
            continue
        for topic in mentions:
            if name == "theme" or topic.slug not in agencies:
                proposals.append(
                    Proposal(name, topic.slug, topic.words, topic.start, topic.end, "phrase")
                )
                labels.setdefault(name, {})[topic.slug] = topic.label
    return proposals, labels


def to_key(name: str, text: str) -> Value:
    """Return a value of a field as its key, or unchanged if it is not valid."""
    try:
        return VALUE_KINDS[FIELD[name].values](text, FIELD[name])
    except ValueError:
        return text  # parse() reports it


def _label(key: str, text: str) -> str:
    """Return the label of a slug: its original text.

    If the text is the slug itself, the label is that of a known partner, an acronym in capitals
    (UNODC), or the words of the slug.
    """
    if text != key:
        return text
    if key in ORGANIZATIONS:
        return ORGANIZATIONS[key].label
    return key.upper() if len(key) <= MAX_ACRONYM_LENGTH else key.replace("-", " ").capitalize()


def free_id(text: str, front_matter: FrontMatter, used_ids: Container[str], content: Path) -> str:
    """Return a short, readable id that no activity has.

    It consists of the countries and the first distinctive words of the text. Words that name a
    country are left out. A number is appended to an id that is used already.
    """
    country_words = [p.words for p in front_matter.proposals if p.field == "country"]
    country_words += [places.name(str(code)) for code in front_matter.meta.get("country", ())]
    ignored = {term for words in country_words for term in terms(words)}
    ignored |= {str(value) for value in front_matter.meta.get("agency", ())}
    ignored |= STOP_WORDS | _OPENING_WORDS
    parts = [
        str(code).lower()
        for code in front_matter.meta.get("country", ())
        if re.fullmatch(r"[A-Z]{3}", str(code))
    ][:MAX_ID_COUNTRIES]
    max_parts = len(parts) + MAX_ID_WORDS
    for word in re.findall(r"[a-z0-9]+", fold(text)):
        if len(word) <= 3 or word.isdecimal() or word in ignored:
            continue
        if len(parts) >= max_parts or len("-".join([*parts, word])) > MAX_ID_LENGTH:
            break
        parts.append(word)
    base = "-".join(parts)
    base = base if is_id(base) else "activity"
    id, number = base, 2
    while id in used_ids or (content / f"{id}.md").exists():
        id = f"{base}-{number}"
        number += 1
    return id
