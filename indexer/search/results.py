"""The values of a page of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from indexer.content.activity import Activity
from indexer.engines.base import Generation
from indexer.query.ast import Notice
from indexer.schema import Value
from indexer.search.highlight import Span
from indexer.search.request import SearchRequest


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    id: str
    heading: str  # the title, or the opening words, cut at a word with "…"
    language: str
    meta: Mapping[str, tuple[Value, ...]]
    score: float
    snippet: tuple[Span, ...]
    stored: Activity  # the activity whole, for what is shown of it on demand


@dataclass(slots=True)  # not frozen, which takes three times as long: a page has hundreds
class FacetValue:
    """One value of a facet; "none" is one like any other."""

    value: str
    label: str
    count: int
    selected: bool = False
    excluded: bool = False
    children: tuple[
        FacetValue, ...
    ] = ()  # of regions: subregions, then countries (of field `field`)
    field: str = ""  # the field this value belongs to: a region's children may be countries


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """A facet: its values in the order they are shown, those with a tick included even at zero."""

    field: str
    values: tuple[FacetValue, ...]


SuggestionKind = Literal["did_you_mean", "begins_with", "drop_word", "drop_filter", "match_any"]


@dataclass(frozen=True, slots=True)
class ZeroResultSuggestion:
    """A way out of nothing found; following request finds total activities, more than none.

    kind: "did_you_mean", "begins_with", "drop_word", "drop_filter" or "match_any"; subject is the corrected query,
    the word begun or dropped, or the "field:value" of the filter dropped.
    """

    kind: SuggestionKind
    subject: str
    request: SearchRequest
    total: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything a person is shown for a SearchRequest, from one generation."""

    request: SearchRequest
    generation: Generation
    total: int
    pages: int  # reachable ones, at least 1
    hits: tuple[Hit, ...]
    facets: tuple[
        FacetCounts, ...
    ]  # region (with countries as leaves), country (flat), year, theme, …
    notices: tuple[Notice, ...] = ()
    exits: tuple[ZeroResultSuggestion, ...] = ()
