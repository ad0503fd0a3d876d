"""SearchPage: one page of search results, with its facets, notices and suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from indexer.content.activity import Activity
from indexer.engines.base import Generation
from indexer.query.ast import Notice
from indexer.query.forms import WordForms
from indexer.query.parser import ParsedQuery
from indexer.search.highlight import Passage, Span
from indexer.search.replay import Replay
from indexer.search.request import Filter, SearchRequest, YearRange
from indexer.search.selection import Selection

Match = Literal["all", "most"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    activity: Activity
    heading: str  # the title, or the opening words cut between words with "…"
    score: float
    snippet: tuple[Span, ...]
    match: Match  # whether it has all words of the query, or most of them
    passage: Passage  # the whole text

    @property
    def id(self) -> str:
        """The id of the activity."""
        return self.activity.id


@dataclass(slots=True)  # not frozen: creation would take three times as long, for hundreds a page
class FacetBucket:
    """A value of a facet and the number of activities that state it."""

    value: str  # a key, or "none" for not stated
    label: str
    count: int
    selected: bool = False  # an effective filter includes it
    excluded: bool = False
    children: tuple[FacetBucket, ...] = ()  # of a region: subregions and countries
    field: str = ""  # the field of the value; the children of a region may be countries


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The buckets of a facet in display order."""

    field: str
    buckets: tuple[FacetBucket, ...]  # of regions, a tree; filtered values even at zero


SuggestionKind = Literal[
    "use_filters",
    "did_you_mean",
    "begins_with",
    "drop_word",
    "drop_words",
    "drop_filter",
    "add_not_stated",
    "match_most",
    "match_any",
    # Two changes at once, if no single change leads to results.
    "drop_words_and_filter",
    "drop_filters",
    "drop_words_and_filters",
    "match_most_without_filters",
    "match_any_without_filters",
    "drop_text",
]


class WordsAndFilter(NamedTuple):
    """Words of a query, and a filter or a range of years."""

    words: str
    filter: Filter | YearRange


@dataclass(frozen=True, slots=True)
class ZeroResultSuggestion:
    """A variant, with more results, of a search with few or no results."""

    kind: SuggestionKind
    # The corrected query, the unfinished or removed words, the names that become filters, or the
    # removed or extended filter or year range. "" if the kind says everything.
    subject: str | Filter | YearRange | WordsAndFilter
    request: SearchRequest
    total: int  # activities that the variant matches


@dataclass(frozen=True, slots=True)
class FilterSuggestion:
    """A search with some of its words replaced by the filters that they name."""

    names: tuple[str, ...]  # the words that become filters, as typed
    request: SearchRequest  # with the filters, and with the other words as its text
    total: int  # activities that the request matches; 0 only with an undated_request
    # The request that also accepts activities without a year, and its number of activities. None
    # unless a filter on years is among the filters and there are such activities.
    undated_request: SearchRequest | None = None
    undated_total: int = 0


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results, all from one generation of the index."""

    # Without a generation unless the page is a replay of it, and with the shortest references to
    # its selection.
    request: SearchRequest
    query: ParsedQuery
    generation: Generation
    total: int  # activities with all words, or with most of them
    pages: int  # pages within MAX_REACH; at least 1
    hits: tuple[Hit, ...]
    facets: tuple[FacetCounts, ...]  # in the order of the schema
    notices: tuple[Notice, ...] = ()
    suggestions: tuple[ZeroResultSuggestion, ...] = ()  # only with few results or none
    filter_suggestions: tuple[FilterSuggestion, ...] = ()  # the most specific first
    total_all: int = 0  # activities with all words; the others have most of them
    forms: WordForms = field(default_factory=dict)  # of the words of a plain query
    replay: Replay | None = None  # the older generation that the page shows
    selection: Selection | None = None  # that the request is limited to
