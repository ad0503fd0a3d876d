"""The query tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from indexer.schema import Value


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Every activity."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term: a word in its exact form, a stem, or the key of a keyword."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every term that begins so."""

    text: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Every term within one edit (up to 7 letters) or two, with the same first letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms at consecutive positions of one field, exact forms."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Any stated whole number from low to high, both included; None is open."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them; of none, nothing."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything except."""

    child: Query


@dataclass(frozen=True, slots=True)
class InField:
    """A query within one field (as parsed) or one column (as planned)."""

    field: str
    child: Query


Query = MatchAll | Term | Prefix | Fuzzy | Phrase | Range | And | Or | Not | InField


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know; the sentence for the code is made where people read it."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


_BARE = re.compile(
    r'[^\s()"\\*~:\x00-]+(?:-[^\s()"\\*~:\x00-]+)*'
)  # a word that means nothing but itself


def to_text(query: Query) -> str:
    """The query as a person would type it; parse(to_text(query)) is the query."""
    match query:
        case MatchAll():
            return ""
        case Term(text):
            return text if _BARE.fullmatch(text) else _quote(text)
        case Prefix(text):
            return f"{text}*"
        case Fuzzy(text):
            return f"{text}~"
        case Phrase(words):
            return _quote(" ".join(words))
        case Range(low, high):
            ends = ["" if end is None else str(end) for end in (low, high)]
            return ends[0] if low == high else "..".join(ends)
        case And(children):
            return " ".join(to_text(c) for c in children)
        case Or(children):
            return " OR ".join(_operand(c) for c in children)
        case Not(child):
            return f"-{_operand(child)}"
        case InField(name, child):
            return (
                f"{name}:{_operand(child) if not isinstance(child, Not) else f'({to_text(child)})'}"
            )


def _operand(query: Query) -> str:
    return f"({to_text(query)})" if isinstance(query, And | Or) else to_text(query)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def transform(
    query: Query, leaf: Callable[[Query, str | None], Query], field: str | None = None
) -> Query:
    """The tree with each leaf replaced by leaf(leaf, the field it stands in)."""
    match query:
        case And(children) | Or(children):
            return type(query)(tuple(transform(c, leaf, field) for c in children))
        case Not(child):
            return Not(transform(child, leaf, field))
        case InField(name, child):
            return transform(child, leaf, name)
        case _:
            return leaf(query, field)
