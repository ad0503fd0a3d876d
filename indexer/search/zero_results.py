"""Ways out of nothing found: another spelling, the rest of a word, a word or a filter less, any of the words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

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
from indexer.query.parser import max_edits
from indexer.query.plan import EXACT_COLUMNS
from indexer.search.request import SearchRequest
from indexer.search.results import SuggestionKind

MOST = 12  # ways that are counted
SHORTEST = 2  # letters that a prefix needs


def candidates(
    query: Query, request: SearchRequest, snapshot: Snapshot
) -> Iterator[tuple[SuggestionKind, str, SearchRequest]]:
    """(kind, subject, request) of each way worth counting, the likeliest first, at most MOST."""
    return islice(_ways(query, request, snapshot), MOST)


def _ways(
    query: Query, request: SearchRequest, snapshot: Snapshot
) -> Iterator[tuple[SuggestionKind, str, SearchRequest]]:
    if (corrected := _corrected(query, snapshot)) != query:
        text = to_text(corrected)
        yield "did_you_mean", text, request.with_text(text)
    if begun := _begun(request.text):
        yield "begins_with", begun, request.with_text(request.text + "*")
    for field, value in request.effective:
        yield "drop_filter", f"{field}:{value}", request.toggled(field, value)
    for field, value in request.excluded:
        yield "drop_filter", f"-{field}:{value}", request.toggled_exclusion(field, value)
    if request.range is not None:
        bounds = "..".join("" if year is None else str(year) for year in request.range)
        yield "drop_filter", f"year:{bounds}", request.without_range()
    words = (
        query.children
        if isinstance(query, And)
        else ()
        if isinstance(query, MatchAll)
        else (query,)
    )
    positive = tuple(child for child in words if not isinstance(child, Not))
    if len(positive) > 1:
        text = to_text(Or(positive))
        yield "match_any", text, request.with_text(text)
    for child in words:
        rest = tuple(other for other in words if other is not child)
        yield "drop_word", to_text(child), request.with_text(to_text(And(rest)))


def _begun(text: str) -> str:
    """The last word of what was typed, if that may be the beginning of one."""
    last = text.rsplit(maxsplit=1)[-1] if text.strip() else ""
    return last if len(last) >= SHORTEST and last.isalpha() and last != "OR" else ""


def _corrected(query: Query, snapshot: Snapshot) -> Query:
    """The query with each word that occurs nowhere replaced by the commonest that is like it."""
    columns = tuple(EXACT_COLUMNS.values())

    def leaf(found: Query, field: str | None) -> Query:
        if isinstance(found, Term) and field is None and max_edits(found.text):
            if not any(snapshot.frequencies(column, [found.text]) for column in columns):
                near = snapshot.expand(Fuzzy(found.text), columns, 1).terms
                return Term(near[0][0]) if near else found
        return found if field is None else InField(field, found)

    return transform(query, leaf)
