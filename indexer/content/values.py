"""Parse the values of fields, as written in content files, to keys.

Parsing reports every error, and every value that can be rewritten as its key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from indexer.content.error_kinds import VALUE_ERROR_KINDS, ErrorKind
from indexer.content.frontmatter import Scalar
from indexer.content.withdrawal import CONSEQUENCE, hides, shows
from indexer.schema import FIELD, NOT_STATED, Field, Value
from indexer.text import places
from indexer.text.analysis import fold

MAX_TEXT_LENGTH = {"title": 200}  # characters, by field
DEFAULT_MAX_TEXT_LENGTH = 2000  # characters of other text fields
MAX_VALUES = 500  # of one field; there are fewer countries
ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*")
MAX_ID_LENGTH = 200
_LANGUAGE_TAG = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8})*)")


@dataclass(frozen=True, slots=True)
class Fix:
    """A value that `activities check --fix` can rewrite.

    The value is understood but is not written as its key, or it is given twice.
    """

    line: int  # from 1
    field: str
    written: str  # the value as written
    key: str  # replaces the value; "" removes a value that is given twice
    start: int  # text[start:end] of the file is the value, quotes included
    end: int


def is_id(text: str) -> bool:
    """Return whether a text is a valid id of an activity."""
    return len(text) <= MAX_ID_LENGTH and ID_PATTERN.fullmatch(text) is not None


def slug(text: str) -> str:
    """Convert a text to a key: folded words joined by hyphens.

    The key is "" if the text has no Latin letter or digit.
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def _text(text: str, field: Field) -> Value:
    limit = MAX_TEXT_LENGTH.get(field.name, DEFAULT_MAX_TEXT_LENGTH)
    if len(text) > limit:
        raise ValueError(f"is {len(text)} characters long; at most {limit} are allowed")
    return " ".join(text.split())


def _country(text: str, field: Field) -> Value:
    if (code := places.to_country(text)) is None:
        raise ValueError(
            f'"{text}" is not a country: write its ISO 3166-1 alpha-3 code, such as PAK'
        )
    return code


def _region(text: str, field: Field) -> Value:
    if places.is_region(text):
        return text
    if (code := places.to_region(text)) is None:
        raise ValueError(f'"{text}" is not a region: write its UN M49 code, such as 034')
    return code


def _year(text: str, field: Field) -> Value:
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(f'"{text}" is not a whole number')
    if not 1000 <= int(text[:9]) <= 9999:
        raise ValueError(f'"{text}" is not a year of four digits')
    return int(text)


def _slug(text: str, field: Field) -> Value:
    if not (key := slug(text)):
        raise ValueError(f'"{text}" cannot be a key: use the letters a to z, digits and hyphens')
    if len(key) > MAX_ID_LENGTH:
        raise ValueError(
            f'"{text[:40]}…" is too long for a key: at most {MAX_ID_LENGTH} characters'
        )
    return key


@cache
def _languages() -> frozenset[str]:
    from babel import Locale  # slow to import, and rarely needed: most activities are in English

    return frozenset(Locale("en").languages)


def _language(text: str, field: Field) -> Value:
    match = _LANGUAGE_TAG.fullmatch(text)
    if match is None or (match[1].lower() != "en" and match[1].lower() not in _languages()):
        raise ValueError(f'"{text}" is not a language: write a BCP 47 tag, such as en, fr or pt-BR')
    subtags = [
        s.title() if len(s) == 4 else s.upper() if len(s) == 2 else s.lower()
        for s in match[2].split("-")[1:]
    ]
    return "-".join([match[1].lower(), *subtags])


def _id(text: str, field: Field) -> Value:
    parts = text.strip("/").split("/")  # "/about/us/", as other sites write addresses
    id = "/".join(part if is_id(part) else slug(part) for part in parts)
    if not is_id(id) or "//" in text:
        raise ValueError(f'"{text[:80]}" is not an id: a-z, 0-9 and hyphens, parts joined by "/"')
    return id


def _flag(text: str, field: Field) -> Value:
    if hides(field.name, text) or shows(field.name, text):
        return "true" if hides(field.name, text) else "false"
    raise ValueError(f'"{text}" is neither true nor false: write one of them; {CONSEQUENCE}')


# By Field.values. A parser returns a value as its key, or raises ValueError with the reason.
VALUE_KINDS: Mapping[str, Callable[[str, Field], Value]] = {
    "text": _text,
    "country": _country,
    "region": _region,
    "year": _year,
    "slug": _slug,
    "language": _language,
    "id": _id,
    "flag": _flag,
}


@lru_cache(10_000)
def all_regions(countries: tuple[Value, ...], stated: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the stated regions and all that contain a stated country or region, largest first."""
    regions = {r for code in (*countries, *stated) for r in places.ancestors(str(code))}
    regions |= set(map(str, stated))
    return tuple(sorted(regions, key=lambda r: (len(places.ancestors(r)), r)))


@lru_cache(50_000)
def valid_values(name: str, texts: tuple[str, ...]) -> tuple[Value, ...] | None:
    """Return the values of a field, or None if there is an error or a fix.

    Cached, as the same values occur in many files.
    """
    problems: list[object] = []
    scalars = [Scalar(text, 0, 0, 0) for text in texts]
    values = parse_values(FIELD[name], 0, scalars, lambda *error: problems.append(error), problems)
    return None if problems else values


def parse_values(
    field: Field,
    line: int,
    scalars: Sequence[Scalar],
    report: Callable[[int, str, str, ErrorKind], None],
    fixes: list[Any],
) -> tuple[Value, ...]:
    """Return the distinct values of a field as keys, in order. Report errors and append fixes."""
    if len(scalars) > (MAX_VALUES if field.many else 1):
        too_many = f"has {len(scalars)} values; at most {MAX_VALUES} are allowed"
        reason = too_many if field.many else "takes one value, not a list"
        report(line, reason, field.name, "value-count")
        return ()
    values: dict[Value, None] = {}
    for scalar in scalars:
        try:
            value = parse_value(field, scalar.text)
        except ValueError as error:
            report(scalar.line, str(error), field.name, VALUE_ERROR_KINDS[field.values])
            continue
        if value in values or (field.kind == "keyword" and value != scalar.text):
            key = "" if value in values else str(value)
            fixes.append(Fix(scalar.line, field.name, scalar.text, key, scalar.start, scalar.end))
        values[value] = None
    return tuple(values)


def parse_value(field: Field, text: str) -> Value:
    """Return a value of a field as its key. Raises ValueError with the reason."""
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in text):
        raise ValueError("has a control character: remove it")
    value = VALUE_KINDS[field.values](text.strip(), field)
    if field.kind == "keyword" and value == NOT_STATED:
        raise ValueError(
            f'"{NOT_STATED}" means "not stated" and cannot be a value: leave the field out'
        )
    return value
