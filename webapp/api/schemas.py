"""The types of the API's responses. mypy checks the code against them; OpenAPI is generated from them.

The docstrings are the descriptions in the OpenAPI document. v1 only gains keys, and clients ignore
unknown ones. Times are ISO 8601, UTC.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from indexer.search.explain import Form
from indexer.search.results import SuggestionKind


class Piece(TypedDict):
    """A piece of plain text, and whether it matches the query."""

    text: str
    matched: bool


class Match(TypedDict):
    """A word of the query in one form and one field: "body", "title" or a facet.

    The form "absent" marks an alternative that did not match.
    """

    word: str
    form: Form
    field: str
    count: int
    found: str
    before: str
    after: str


class Hit(TypedDict):
    """One result, with a list of values for each facet except language. url is its page."""

    id: str
    url: str
    heading: str
    language: str
    score: float
    snippet: list[Piece]
    why: NotRequired[list[Match]]


class FacetValue(TypedDict):
    """One value of a facet.

    url is the search page with the value ticked or unticked; exclude_url is the search page with
    the value excluded or no longer excluded.
    """

    value: str | int
    label: str
    count: int
    selected: bool
    excluded: bool
    url: str
    exclude_url: str
    children: list[FacetValue]


class FacetValues(TypedDict):
    """The values of a facet, in order."""

    values: list[FacetValue]


class Notice(TypedDict):
    """A remark on the request; further keys hold the values it refers to."""

    code: str
    message: str


class Exit(TypedDict):
    """Another search, offered if a search has no results, and its total."""

    kind: SuggestionKind
    label: str
    total: int
    url: str


class PageLinks(TypedDict):
    """The address of this page of results and of others."""

    self: str
    prev: str | None
    next: str | None
    last: str | None


class Search(TypedDict):
    """A page of results, all from one generation of the index."""

    generation: int
    indexed_at: str
    total: int
    page: int
    per_page: int
    pages: int
    sort: Literal["relevance", "newest", "oldest"]
    hits: list[Hit]
    facets: dict[str, FacetValues]
    notices: list[Notice]
    exits: list[Exit]
    links: PageLinks


class SimilarActivity(TypedDict):
    """A similar activity, and the words that both share, the rarest first."""

    id: str
    url: str
    heading: str
    language: str
    words: list[str]


class Activity(TypedDict):
    """One activity, with a list of values for each facet except language.

    body is Markdown; html is rendered and sanitised.
    """

    id: str
    url: str
    heading: str
    title: str | None
    language: str
    source: str | None
    body: str
    html: str
    indexed_at: str
    generation: int
    edit_url: NotRequired[str]
    similar: list[SimilarActivity]


class Fault(TypedDict):
    """A problem with the request or the service."""

    code: str
    message: str
    parameter: NotRequired[str]


class Failure(TypedDict):
    """The form of every error."""

    error: Fault


class Job(TypedDict):
    """A reindexing job."""

    id: str
    state: Literal["waiting", "running", "done", "held", "failed"]
    url: NotRequired[str]
    requested: NotRequired[str]
    started: NotRequired[str]
    ended: NotRequired[str]
    generation: NotRequired[int | None]
    seconds: NotRequired[float]
    error: NotRequired[str]
    errors: NotRequired[list[str]]
    counts: NotRequired[dict[str, int]]
    progress: NotRequired[dict[str, str | int]]
