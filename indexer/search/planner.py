"""Plans a request for a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Snapshot
from indexer.query.ast import Fuzzy, Notice, Prefix, Query
from indexer.query.parser import ParsedQuery
from indexer.query.plan import Column, Plan, lower
from indexer.schema import FIELD, NOT_STATED, Value
from indexer.search.facets import filters
from indexer.search.request import SearchRequest

MAX_EXPANSIONS = 200  # terms that a prefix or fuzzy word stands for, the commonest


class QueryPlanner:
    """A request on its way to a snapshot: its plan, and the notices that arise."""

    def __init__(self, snapshot: Snapshot, vocabulary: Vocabulary, parsed: ParsedQuery) -> None:
        self.snapshot, self.vocabulary, self.parsed = snapshot, vocabulary, parsed
        self.notices = list(parsed.notices)
        languages = snapshot.terms(Column("language", "value"))
        self.languages = [tag for tag, _ in languages if tag != NOT_STATED]

    def note(self, code: str, **values: Value) -> None:
        if (notice := Notice(code, values)) not in self.notices:
            self.notices.append(notice)

    def keys(self, field: str, text: str) -> Sequence[str]:
        found = self.vocabulary.keys(field, text)
        # A country without activities is one all the same; a slug that no activity has is a misspelling.
        places = FIELD[field].values in ("country", "region")
        if not found or not (places or self.snapshot.frequencies(Column(field, "value"), found)):
            self.note("unknown_value", field=field, text=text)
        return found

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column]) -> Sequence[str]:
        expansion = self.snapshot.expand(leaf, columns, MAX_EXPANSIONS)
        if expansion.truncated:
            self.note("expansions_cut", text=leaf.text, limit=MAX_EXPANSIONS)
        return [text for text, _ in expansion.terms]

    def plan(self, query: Query, request: SearchRequest) -> Plan:
        """The plan that only counts the matches."""
        return Plan(
            lower(query, self.languages, self.keys, self.expand),
            filters(request),
            sort=request.order,
        )
