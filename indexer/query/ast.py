"""The query tree: a query as typed, and the notices that parsing and planning add."""

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
    """A word, or the value of a keyword or integer field."""

    text: str  # folded


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every word that begins with a text."""

    text: str  # folded


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Every word within one edit (up to 7 letters) or two edits, with the same first letter."""

    text: str  # folded


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words at consecutive positions of one field, in their exact forms."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Any stated whole number from low to high, both inclusive; None is an open end."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class And:
    """Activities that match every child."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Activities that match at least one child. Without children it matches nothing."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Activities that do not match the child."""

    child: Query


@dataclass(frozen=True, slots=True)
class InField:
    """A query within one field."""

    field: str
    child: Query


Query = MatchAll | Term | Prefix | Fuzzy | Phrase | Range | And | Or | Not | InField


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for the user, as a code. webapp.i18n.messages turns the code into a sentence."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)  # placeholders of the sentence


# A word without characters that have a meaning in the query language.
_BARE_WORD = re.compile(r'[^\s()"\\*~:\x00-]+(?:-[^\s()"\\*~:\x00-]+)*')


def to_text(query: Query) -> str:
    """Return the text that parses to a query: parse(to_text(query)).query == query."""
    match query:
        case MatchAll():
            return ""
        case Term(text):
            return text if _BARE_WORD.fullmatch(text) else _quote(text)
        case Prefix(text):
            return f"{text}*"
        case Fuzzy(text):
            return f"{text}~"
        case Phrase(words):
            return _quote(" ".join(words))
        case Range(low, high):
            bounds = ["" if bound is None else str(bound) for bound in (low, high)]
            return bounds[0] if low == high else "..".join(bounds)
        case And(children):
            return " ".join(map(to_text, children))
        case Or(children):
            return " OR ".join(map(_operand, children))
        case Not(child):
            return f"-{_operand(child)}"
        case InField(name, child):
            value = f"({to_text(child)})" if isinstance(child, Not) else _operand(child)
            return f"{name}:{value}"


def _operand(query: Query) -> str:
    return f"({to_text(query)})" if isinstance(query, And | Or) else to_text(query)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def transform(
    query: Query, replace_leaf: Callable[[Query, str | None], Query], field: str | None = None
) -> Query:
    """Return the tree with each leaf replaced by replace_leaf(leaf, field).

    field is the name in the innermost InField around the leaf, or None. InField nodes are removed;
    replace_leaf adds them again where needed.
    """
    match query:
        case And(children) | Or(children):
            return type(query)(tuple(transform(c, replace_leaf, field) for c in children))
        case Not(child):
            return Not(transform(child, replace_leaf, field))
        case InField(name, child):
            return transform(child, replace_leaf, name)
        case _:
            return replace_leaf(query, field)
