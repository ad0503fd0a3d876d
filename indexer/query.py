"""What a person typed -> a query tree over the terms of analysis.py; never raises."""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Boost:
    """The same matches, with the score multiplied; 0 adds nothing to the score."""

    child: Query
    weight: float


Query = MatchAll | Term | Prefix | Fuzzy | Phrase | Range | And | Or | Not | InField | Boost
