"""QueryPlanner: search requests as engine plans for one snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Snapshot
from indexer.query.ast import Fuzzy, Notice, Prefix, Query
from indexer.query.parser import ParsedQuery
from indexer.query.plan import Column, Plan, lower
from indexer.schema import FIELD, NOT_STATED, Value
from indexer.search.facets import filter_queries
from indexer.search.request import SearchRequest

MAX_EXPANSIONS = 200  # terms that a prefix or fuzzy word expands to, the most frequent first


class QueryPlanner:
    """Plans queries for a snapshot, and collects the notices of parsing and planning."""

    def __init__(self, snapshot: Snapshot, vocabulary: Vocabulary, parsed: ParsedQuery) -> None:
        self.snapshot = snapshot
        self.vocabulary = vocabulary
        self.parsed = parsed
        self.notices = list(parsed.notices)
        stated = snapshot.terms(Column("language", "value"))
        self._languages = [language for language, _ in stated if language != NOT_STATED]

    def plan(self, query: Query, request: SearchRequest) -> Plan:
        """Return a plan that counts the matches of a query with the filters of a request."""
        lowered = lower(query, self._languages, self._values, self._expansion)
        return Plan(lowered, filter_queries(request), sort=request.order)

    def add_notice(self, code: str, **values: Value) -> None:
        """Add a notice, unless an equal one exists."""
        if (notice := Notice(code, values)) not in self.notices:
            self.notices.append(notice)

    def _values(self, field: str, text: str) -> Sequence[str]:
        """Return the values of a keyword field that have a text as their key or label."""
        values = self.vocabulary.keys(field, text)
        # Every country and region is known, but a slug that no activity has is a misspelling.
        is_place = FIELD[field].values in ("country", "region")
        if not values or not (
            is_place or self.snapshot.frequencies(Column(field, "value"), values)
        ):
            self.add_notice("unknown_value", field=field, text=text)
        return values

    def _expansion(self, leaf: Prefix | Fuzzy, columns: Sequence[Column]) -> Sequence[str]:
        """Return the terms of columns that match a prefix or fuzzy word."""
        expansion = self.snapshot.expand(leaf, columns, MAX_EXPANSIONS)
        if expansion.truncated:
            self.add_notice("expansions_cut", text=leaf.text, limit=MAX_EXPANSIONS)
        return [term for term, _ in expansion.terms]
