"""A SearchRequest becomes Plans, their answers a SearchPage; the facet rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from indexer.engines import Engine, Generation
from indexer.labels import Labels
from indexer.plan import Sort, Stored
from indexer.schema import Value
from indexer.snippets import Span

PER_PAGE = 20
MAX_PER_PAGE = 100
MAX_REACH = 10_000  # page x per_page; deeper is what the exports are for


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Everything a person can ask for. Values are keys: ISO codes, slugs, years as text, "none"."""

    text: str = ""
    filters: tuple[tuple[str, str], ...] = ()  # (field, value) pairs that are ticked
    excluded: tuple[tuple[str, str], ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    sort: Sort | None = None  # None: relevance with words, newest without
    page: int = 1
    per_page: int = PER_PAGE

    def toggled(self, field: str, value: str) -> SearchRequest:
        """With the value ticked or unticked, on page 1. Ticking a value inside a ticked parent or
        range narrows to it; ticking a parent takes its children's ticks away."""
        raise NotImplementedError

    def toggled_exclusion(self, field: str, value: str) -> SearchRequest:
        """With the value excluded, or no longer; an excluded value is not ticked as well."""
        raise NotImplementedError

    def without(self, field: str) -> SearchRequest:
        """Without the ticks and exclusions of a field ("year": and the range), on page 1."""
        raise NotImplementedError

    def cleared(self) -> SearchRequest:
        """The words and the sort, with no filters, on page 1."""
        raise NotImplementedError

    def on_page(self, page: int) -> SearchRequest:
        return replace(self, page=page)

    def sorted_by(self, sort: Sort) -> SearchRequest:
        """In another order, on page 1."""
        return replace(self, sort=sort, page=1)

    @property
    def order(self) -> Sort:
        """The sort, or the default one: relevance with words, newest without."""
        return self.sort or ("relevance" if self.text.strip() else "newest")

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.filters or self.excluded or self.year_from or self.year_to)


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    id: str
    heading: str  # the title, or the opening words, cut at a word with "…"
    language: str
    meta: Mapping[str, tuple[Value, ...]]
    score: float
    snippet: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet; "none" is one like any other."""

    value: str
    label: str
    count: int
    selected: bool = False
    excluded: bool = False
    children: tuple[FacetValue, ...] = ()  # of regions: subregions, then countries (of field `field`)
    field: str = ""  # the field this value belongs to: a region's children may be countries


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """A facet: its values in the order they are shown, those with a tick included even at zero."""

    field: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of nothing found; following request finds total activities, more than none.

    kind: "did_you_mean", "drop_word", "drop_filter" or "match_any"; subject is the corrected query,
    the word dropped, or the "field:value" of the filter dropped.
    """

    kind: str
    subject: str
    request: SearchRequest
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know; the sentence for the code is made where people read it."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything a person is shown for a SearchRequest, from one generation."""

    request: SearchRequest
    generation: Generation
    total: int
    pages: int  # reachable ones, at least 1
    hits: tuple[Hit, ...]
    facets: tuple[FacetCounts, ...]  # region (with countries as leaves), country (flat), year, theme, …
    notices: tuple[Notice, ...] = ()
    exits: tuple[Exit, ...] = ()


def search(engine: Engine, request: SearchRequest, labels: Labels) -> SearchPage:
    """The page for a request. Raises EngineError only."""
    raise NotImplementedError


def scan(engine: Engine, request: SearchRequest, labels: Labels) -> tuple[SearchPage, Iterator[Stored]]:
    """The page for a request without hits, and exactly the rows it counts, streaming, one generation."""
    raise NotImplementedError
