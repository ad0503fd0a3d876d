"""A paragraph -> the front matter, the labels and the name that an import proposes for it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from indexer.content.activity import VALUE_KINDS, is_id, slug
from indexer.importing import topics
from indexer.importing.extraction import extract
from indexer.importing.sources import Paragraph
from indexer.schema import FIELD, Value
from indexer.text.analysis import STOP_WORDS, fold, terms

NAME = 48  # characters of a file's name
# Words that open a paragraph and tell nothing of it.
_OPENING = {
    "further",
    "also",
    "framework",
    "under",
    "within",
    "through",
    "order",
    "during",
    "continues",
    "continued",
}

Proposal = tuple[str, Value, str, int, int, str]  # field, value, words, start, end, rule


def propose(
    paragraph: Paragraph, body: str, agency: str | None, source: str | None, language: str | None
) -> tuple[dict[str, list[Value]], list[Proposal], dict[str, dict[str, str]]]:
    """Front matter for a paragraph, what proves it, and the labels of its slugs.

    What the source states of a field stands; the rest is what the text states.
    """
    detected = extract(body, language)
    proofs: list[Proposal] = []
    found = {"country": detected.countries, "region": detected.regions, "year": detected.years}
    for name, evidence in found.items():
        if name not in paragraph.stated and not (
            name == "region" and "country" in paragraph.stated
        ):
            proofs += ((name, e.value, e.words, e.start, e.end, e.kind) for e in evidence)
    vocabulary: dict[str, dict[str, str]] = {}
    own = {slug(a) for a in (agency or "", *paragraph.stated.get("agency", ()))}
    for name, table in (("theme", topics.THEMES), ("partner", topics.PARTNERS)):
        for topic in topics.named(table, body) if name not in paragraph.stated else ():
            if topic.slug not in own:
                proofs.append((name, topic.slug, topic.words, topic.start, topic.end, "phrase"))
                vocabulary.setdefault(name, {})[topic.slug] = topic.label
    meta: dict[str, list[Value]] = {}
    for name, value, *_ in proofs:
        meta.setdefault(name, []).append(value)
    spoken = language or detected.language
    given = {"agency": agency, "source": source, "language": spoken if spoken != "en" else None}
    written = {name: [value] for name, value in given.items() if value} | dict(paragraph.stated)
    for name, values in written.items():
        meta[name] = [_as_key(name, value) for value in values]
        if FIELD[name].values == "slug":
            for key, value in zip(meta[name], values, strict=True):
                vocabulary.setdefault(name, {})[str(key)] = _label(str(key), value)
    return meta, proofs, vocabulary


def _as_key(name: str, value: str) -> Value:
    try:
        return VALUE_KINDS[FIELD[name].values](value, FIELD[name])
    except ValueError:
        return value  # kept as written, for parse() to say what is wrong with it


def _label(key: str, written: str) -> str:
    """What a slug is called: as written, as partners are, an agency's letters in capitals."""
    if written != key:
        return written
    return topics.PARTNERS.get(key, ("",))[0] or (
        key.upper() if len(key) <= 6 else key.replace("-", " ").capitalize()
    )


def free_id(
    body: str,
    meta: Mapping[str, Sequence[Value]],
    proofs: Iterable[Proposal],
    taken: Container[str],
    content: Path,
) -> str:
    """A short readable id that is free: the countries and the first telling words not said by them."""
    said = {term for name, _, words, *_ in proofs if name == "country" for term in terms(words)}
    said |= {str(value) for value in meta.get("agency", ())} | STOP_WORDS | _OPENING
    words = [
        w
        for w in re.findall(r"[a-z0-9]+", fold(body))
        if len(w) > 3 and not w.isdecimal() and w not in said
    ]
    parts = [
        str(code).lower()
        for code in meta.get("country", ())
        if re.fullmatch(r"[A-Z]{3}", str(code))
    ][:3]
    most = len(parts) + 5
    for word in words:
        if len("-".join([*parts, word])) > NAME or len(parts) >= most:
            break
        parts.append(word)
    name = "-".join(parts)
    name = name if is_id(name) else "activity"
    free, number = name, 2
    while free in taken or (content / f"{free}.md").exists():
        free = f"{name}-{number}"
        number += 1
    return free
