"""What an engine is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from indexer.query import MatchAll, Query
from indexer.schema import Value

Sort = Literal["relevance", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Stored:
    """An activity as the index keeps it."""

    id: str
    digest: str
    body: str  # Markdown
    language: str  # BCP 47
    meta: Mapping[str, tuple[Value, ...]]  # by field name; a field not stated is absent
    indexed_at: str  # ISO 8601, UTC: when this version entered the index


@dataclass(frozen=True, slots=True)
class Plan:
    """One question to an engine.

    query is matched and scored; each of filters, a (facet group, query) pair, only matches. Every
    leaf of either stands in an InField that names a column: "body.exact", "body.stem",
    "title.exact", "title.stem" or a keyword or integer field.
    Each of counts names the fields whose values are counted, together if there are several; the
    filters of the groups of those fields are ignored for that count.
    """

    query: Query = MatchAll()
    filters: tuple[tuple[str, Query], ...] = ()
    counts: tuple[tuple[str, ...], ...] = ()
    sort: Sort = "newest"
    offset: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Matches:
    """The answer to a Plan: exact totals and counts, and the hits from offset to offset + limit.

    counts has one mapping for each of the plan's, from the values (the terms of the columns, in
    the plan's order; "none" where not stated) to the number of activities; zeros are left out.
    """

    total: int
    hits: tuple[tuple[float, Stored], ...]
    counts: tuple[Mapping[tuple[str, ...], int], ...]
