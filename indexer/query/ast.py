"""The query tree: a query as typed, and the notices that parsing and planning add."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.query.sentences import OPERATORS, is_sentence
from indexer.schema import Value


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Every activity."""


class Term(NamedTuple):
    """A word, or the value of a keyword or integer field."""

    text: str  # folded
    typed: str = ""  # as typed, in Unicode's composed form (NFC); "" if it equals text


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
    """Words at consecutive positions of one field, in their exact forms.

    It is a quoted phrase, or several characters of a script without spaces between words, each of
    which is a term.
    """

    terms: tuple[str, ...]  # folded
    typed: str = ""  # the characters as typed; "" for a quoted phrase


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
_BARE_WORD = re.compile(r"[^\s()\"\\*~:^?+\x00\u2010-\u2015\u2212-][^\s()\"\\*~:^?\x00]*(?<!-)")
# Text that would be parsed together with a preceding number: 2 500 is 2500, and
# year:2018 to 2020 is a range.
_JOINED_NUMBER = re.compile(r"\d{3}(?!\d)|\d{1,3}\W\d{3}|to\Z", re.IGNORECASE)


def to_text(query: Query) -> str:
    """Return the text that parses to a query: parse(to_text(query)).query == query.

    Words are as typed. An excluded word is in parentheses if its dash would otherwise be parsed as
    punctuation.
    """
    text = _print(query)
    return _print(query, group_negated=True) if is_sentence(text) else text


def _print(query: Query, group_negated: bool = False) -> str:
    match query:
        case MatchAll():
            return ""
        case Term(text):
            return _word(query.typed or text)
        case Prefix(text):
            return f"{text}*"
        case Fuzzy(text):
            return f"{text}~"
        case Phrase(words):
            return query.typed or _quote(_phrase(words))
        case Range(low, high):
            bounds = ["" if bound is None else str(bound) for bound in (low, high)]
            return bounds[0] if low == high else "..".join(bounds)
        case And(children):
            return _sequence(children, group_negated)
        case Or(children):
            return " OR ".join(_operand(child, group_negated) for child in children)
        case Not(child):
            is_grouped = isinstance(child, Not) or (
                group_negated and isinstance(child, Term | Phrase)
            )
            return (
                f"-({_print(child, group_negated)})"
                if is_grouped
                else f"-{_operand(child, group_negated)}"
            )
        case InField(name, child):
            is_negated = isinstance(child, Not)
            value = f"({_print(child)})" if is_negated else _operand(child, group_negated)
            return f"{name}:{value}"


def _operand(query: Query, group_negated: bool) -> str:
    text = _print(query, group_negated)
    return f"({text})" if isinstance(query, And | Or) else text


def _sequence(queries: Iterable[Query], group_negated: bool) -> str:
    text = ""
    for query in queries:
        operand = _print(query, group_negated)
        if text[-1:].isdigit() and _JOINED_NUMBER.match(operand):
            operand = f"\\{operand}"
        text += f" {operand}" if text else operand
    return text


def _phrase(words: Iterable[str]) -> str:
    text = ""
    for word in words:
        space = " - " if text[-1:].isdigit() and _JOINED_NUMBER.match(word) else " "
        text += space + word if text else word
    return text


def _word(text: str) -> str:
    if text in OPERATORS:
        return f"\\{text}"
    return text if _BARE_WORD.fullmatch(text) else _quote(text)


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
