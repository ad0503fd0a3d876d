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
from indexer.content.joined_values import may_join_slugs, split_values
from indexer.content.value_hints import country_fix, language_fix, region_fix, year_fix
from indexer.content.visible_text import unusual_characters, visible
from indexer.content.withdrawal import CONSEQUENCE, hides, shows
from indexer.schema import FIELD, NOT_STATED, Field, Value
from indexer.text import places
from indexer.text.analysis import fold
from indexer.text.former_countries import RENAMED

MAX_TEXT_LENGTH = {"title": 200}  # characters, by field
DEFAULT_MAX_TEXT_LENGTH = 2000  # characters of other text fields
MAX_VALUES = 500  # of one field; there are fewer countries
ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*")
MAX_ID_LENGTH = 200
NO_NAMES: Mapping[str, str] = {}
# A single word cannot be several values. Most values are single words.
_may_be_joined = re.compile(r"[^A-Za-z]*[0-9]{4}[^0-9]|.*[^A-Za-z0-9-]", re.DOTALL).match
_LANGUAGE_TAG = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8})*)")


@dataclass(frozen=True, slots=True)
class Fix:
    """A value that `activities check --fix` can rewrite.

    The value is understood but is not written as its key, or it is a duplicate, or it is several
    values written as one.
    """

    line: int  # from 1
    field: str
    written: str  # the value as written
    keys: tuple[str, ...]  # these replace the value; empty for a duplicate
    start: int  # text[start:end] of the file is the value, quotes included
    end: int

    @property
    def key(self) -> str:
        """The keys as text; "" if the value is removed."""
        return ", ".join(self.keys)


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
        raise ValueError(f'"{visible(text)}" is not a country')
    return code


def _region(text: str, field: Field) -> Value:
    if (code := places.to_region(text)) is None:
        raise ValueError(f'"{visible(text)}" is not a region of UN M49')
    return code


def _year(text: str, field: Field) -> Value:
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(f'"{visible(text)}" is not a whole number')
    if not 1000 <= int(text[:9]) <= 9999:
        raise ValueError(f'"{visible(text)}" is not a year of four digits')
    return int(text)


def _slug(text: str, field: Field) -> Value:
    if not (key := slug(text)):
        raise ValueError(
            f'"{visible(text)}" cannot be a key: use the letters a to z, digits and hyphens'
        )
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
        raise ValueError(f'"{visible(text)}" is not a language')
    subtags = [
        s.title() if len(s) == 4 else s.upper() if len(s) == 2 else s.lower()
        for s in match[2].split("-")[1:]
    ]
    return "-".join([match[1].lower(), *subtags])


def _id(text: str, field: Field) -> Value:
    parts = text.strip("/").split("/")  # "/about/us/", as other sites write addresses
    id = "/".join(part if is_id(part) else slug(part) for part in parts)
    if not is_id(id) or "//" in text:
        raise ValueError(
            f'"{visible(text)}" is not an id: a-z, 0-9 and hyphens, parts joined by "/"'
        )
    return id


def _flag(text: str, field: Field) -> Value:
    if hides(field.name, text) or shows(field.name, text):
        return "true" if hides(field.name, text) else "false"
    raise ValueError(
        f'"{visible(text)}" is neither true nor false: write one of them; {CONSEQUENCE}'
    )


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

# The fixes of values that these parsers refuse, by Field.values. They may be slow to find.
_VALUE_FIXES: Mapping[str, Callable[[str], str]] = {
    "country": country_fix,
    "region": region_fix,
    "year": year_fix,
    "language": language_fix,
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
    names: Mapping[str, str] = NO_NAMES,
) -> tuple[Value, ...]:
    """Return the distinct values of a field as keys, in order. Report errors and append fixes.

    names: the keys of labels with commas, by the slugs of these labels.
    """
    if len(scalars) > (MAX_VALUES if field.many else 1):
        too_many = f"has {len(scalars)} values; at most {MAX_VALUES} are allowed"
        reason = too_many if field.many else "takes one value, not a list"
        report(line, reason, field.name, "value-count")
        return ()

    def value_or_none(text: str) -> Value | None:
        try:
            return parse_value(field, text)
        except ValueError:
            return None

    values: dict[Value, None] = {}
    for scalar in scalars:
        text = scalar.text.strip()
        joined = split_values(field, text, value_or_none, names) if _may_be_joined(text) else None
        if joined is not None:
            report(scalar.line, joined.reason, field.name, "joined-values")
            keys = tuple([str(value) for value in joined.values if value not in values])
            if joined.values:
                fixes.append(_fix(field, scalar, keys))
            values |= dict.fromkeys(joined.values)
            continue
        try:
            value = parse_value(field, scalar.text)
        except ValueError as error:
            find_fix = _VALUE_FIXES.get(field.values, unusual_characters)
            reason = ": ".join(filter(None, (str(error), find_fix(text))))
            report(scalar.line, reason, field.name, VALUE_ERROR_KINDS[field.values])
            continue
        if may_join_slugs(text):  # a label with a comma
            value = names.get(str(value), value)
        if field.values == "country" and text.upper() in RENAMED:
            reason = f'"{text.strip()}" is a former code: write {value}'
            report(scalar.line, reason, field.name, VALUE_ERROR_KINDS[field.values])
        if value in values or (field.kind == "keyword" and value != scalar.text):
            fixes.append(_fix(field, scalar, () if value in values else (str(value),)))
        values[value] = None
    return tuple(values)


def _fix(field: Field, scalar: Scalar, keys: tuple[str, ...]) -> Fix:
    return Fix(scalar.line, field.name, scalar.text, keys, scalar.start, scalar.end)


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
