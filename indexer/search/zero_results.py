"""Suggestions for a search without results.

Another spelling, a completed word, one filter or word fewer, or any of the words instead of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from indexer.engines.base import Snapshot
from indexer.query.ast import (
    And,
    Fuzzy,
    InField,
    MatchAll,
    Not,
    Or,
    Query,
    Term,
    to_text,
    transform,
)
from indexer.query.parser import MIN_PREFIX_LENGTH, max_edits
from indexer.query.plan import EXACT_COLUMNS
from indexer.search.request import Filter, SearchRequest, YearRange
from indexer.search.results import SuggestionKind

MAX_CANDIDATES = 12  # each is counted


class Candidate(NamedTuple):
    """A ZeroResultSuggestion without its number of results."""

    kind: SuggestionKind
    subject: str | Filter | YearRange
    request: SearchRequest


def candidates(query: Query, request: SearchRequest, snapshot: Snapshot) -> Iterator[Candidate]:
    """Return up to MAX_CANDIDATES suggestions, the most promising first."""
    return islice(_candidates(query, request, snapshot), MAX_CANDIDATES)


def _candidates(query: Query, request: SearchRequest, snapshot: Snapshot) -> Iterator[Candidate]:
    if (corrected := _corrected(query, snapshot)) != query:
        text = to_text(corrected)
        yield Candidate("did_you_mean", text, request.with_text(text))
    if word := _unfinished_word(request.text):
        yield Candidate("begins_with", word, request.with_text(request.text + "*"))
    for item in (*request.effective, *request.excluded):
        yield Candidate("drop_filter", item, request.toggled(item))
    if (years := request.range) is not None:
        yield Candidate("drop_filter", years, request.without_range())
    operands: tuple[Query, ...] = (query,)
    if isinstance(query, And):
        operands = query.children
    elif isinstance(query, MatchAll):
        operands = ()
    positive = tuple(operand for operand in operands if not isinstance(operand, Not))
    if len(positive) > 1:
        text = to_text(Or(positive))
        yield Candidate("match_any", text, request.with_text(text))
    for operand in operands:
        rest = tuple(other for other in operands if other is not operand)
        yield Candidate("drop_word", to_text(operand), request.with_text(to_text(And(rest))))


def _unfinished_word(text: str) -> str:
    """Return the last word of a text if it can be a prefix, else ""."""
    word = text.rsplit(maxsplit=1)[-1] if text.strip() else ""
    return word if len(word) >= MIN_PREFIX_LENGTH and word.isalpha() and word != "OR" else ""


def _corrected(query: Query, snapshot: Snapshot) -> Query:
    """Replace each word that is not in the index by the most frequent similar word."""
    columns = tuple(EXACT_COLUMNS.values())

    def correct(leaf: Query, field: str | None) -> Query:
        if field is not None:
            return InField(field, leaf)
        if not isinstance(leaf, Term) or not max_edits(leaf.text):
            return leaf
        if any(snapshot.frequencies(column, [leaf.text]) for column in columns):
            return leaf
        similar = snapshot.expand(Fuzzy(leaf.text), columns, 1).terms
        return Term(similar[0][0]) if similar else leaf

    return transform(query, correct)
