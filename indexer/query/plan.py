"""What an engine is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.query.ast import (
    And,
    Boost,
    Fuzzy,
    InField,
    MatchAll,
    MultiTerm,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    transform,
)
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS
from indexer.text.analysis import STOP_WORDS, can_stem, stem, terms

STEM_WEIGHT = 0.6  # an activity with the word itself comes before one with another form of it
FUZZY_WEIGHT = 0.4
K1, B = 1.2, 0.75  # BM25 as Lucene's defaults

Sort = Literal["relevance", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Plan:
    """One question to an engine.

    query is matched and scored; each of filters, a (facet group, query) pair, only matches. Every
    leaf of either stands in an InField that names a column: "body.exact", "body.stem",
    "title.exact", "title.stem" or a keyword or integer field. There is no Prefix and no Fuzzy: they
    are expanded to an AnyTerm before, so that all engines expand them alike.
    Each of counts names the fields whose values are counted, together if there are several; the
    filters of the groups of those fields are ignored for that count.
    """

    query: Query = MatchAll()
    filters: tuple[tuple[str, Query], ...] = ()
    counts: tuple[tuple[str, ...], ...] = ()
    sort: Sort = "newest"
    offset: int = 0
    limit: int = 0


def lower(
    query: Query,
    languages: Iterable[str],
    keys: Callable[[str, str], Sequence[str]],
    expand: Callable[[Prefix | Fuzzy, Sequence[str]], Sequence[str]],
) -> Query:
    """What a person asked as what an engine is asked: every leaf in a column.

    A word is its exact form or its stem in any of the languages. keys gives the values that a text
    names in a keyword field; expand the terms of columns that a prefix or fuzzy word stands for.
    """
    stemmed = [language for language in languages if can_stem(language)]

    def leaf(found: Query, field: str | None) -> Query:
        if field is not None and FIELD[field].kind in ("keyword", "integer"):
            return keyword(found, field)
        return text(found, TEXT_FIELDS if field is None else {field: TEXT_FIELDS[field]})

    def keyword(found: Query, field: str) -> Query:
        match found:
            case Term(value) if value == NOT_STATED:
                return InField(field, Boost(Term(NOT_STATED), 0))
            case Term(value) if FIELD[field].kind == "integer":  # not a number: searched as typed
                return text(Phrase(tuple(terms(f"{field} {value}"))), TEXT_FIELDS)
            case Term(value):
                return Or(tuple(InField(field, Boost(Term(key), 0)) for key in keys(field, value)))
            case Range():
                return InField(field, Boost(found, 0))
        raise TypeError(f"{found!r} in {field}")

    def text(found: Query, fields: Mapping[str, float]) -> Query:
        factor = FUZZY_WEIGHT if isinstance(found, Fuzzy) else 1
        if isinstance(found, Prefix | Fuzzy):
            found = MultiTerm(tuple(expand(found, [f"{name}.exact" for name in fields])))
        elif not isinstance(found, Term | Phrase):
            return found
        roots = (
            dict.fromkeys(stem(found.text, language) for language in stemmed)
            if isinstance(found, Term)
            else ()
        )
        parts: list[Query] = []
        for name, weight in fields.items():
            parts.append(InField(f"{name}.exact", Boost(found, weight * factor)))
            parts += [
                InField(f"{name}.stem", Boost(Term(root), weight * STEM_WEIGHT)) for root in roots
            ]
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    return transform(without_stop_words(query), leaf)


def without_stop_words(query: Query) -> Query:
    """Without the stop words that stand beside something more telling."""
    if not isinstance(query, And):
        return query
    telling = tuple(c for c in query.children if not (isinstance(c, Term) and c.text in STOP_WORDS))
    if all(isinstance(c, Not) for c in telling):
        return query
    return telling[0] if len(telling) == 1 else And(telling)


def flatten_or(query: Query, column: str, weight: float) -> Iterator[tuple[str, Query, float]]:
    """Column, query and weight of each leaf of a planned Or, however nested; one within a negation or conjunction is a leaf."""
    ahead = [(column, query, weight)]
    while ahead:
        column, query, weight = ahead.pop()
        match query:
            case Or(children):
                ahead += [(column, child, weight) for child in reversed(children)]
            case InField(name, child):
                ahead.append((name, child, weight))
            case Boost(child, factor):
                ahead.append((column, child, weight * factor))
            case _:
                yield column, query, weight
