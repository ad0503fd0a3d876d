"""What the API answers with, as types: the code is held to them by mypy, and OpenAPI is made of them.

v1 only gains keys; clients ignore those they do not know. Times are ISO 8601, UTC.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from indexer.search.explain import Form
from indexer.search.results import SuggestionKind


class Piece(TypedDict):
    """A piece of plain text, and whether a word of the query stands there."""

    text: str
    matched: bool


class Match(TypedDict):
    """A word of the query in one form in one field: "body", "title" or a facet's; "absent" is an alternative not taken."""

    word: str
    form: Form
    field: str
    count: int
    found: str
    before: str
    after: str


class Hit(TypedDict):
    """One result, with a list of values for each facet but language. Its url is the page's address."""

    id: str
    url: str
    heading: str
    language: str
    score: float
    snippet: list[Piece]
    why: NotRequired[list[Match]]


class FacetValue(TypedDict):
    """One value of a facet. Its urls are search pages: with the value ticked or unticked, excluded or not."""

    value: str | int
    label: str
    count: int
    selected: bool
    excluded: bool
    url: str
    exclude_url: str
    children: list[FacetValue]


class FacetValues(TypedDict):
    """The values of a facet, in their order."""

    values: list[FacetValue]


class Notice(TypedDict):
    """Something to know about the answer; further keys say what it is about."""

    code: str
    message: str


class Exit(TypedDict):
    """A way out of nothing found, and what it finds."""

    kind: SuggestionKind
    label: str
    total: int
    url: str


class PageLinks(TypedDict):
    """This answer's own address, and those of other pages of it."""

    self: str
    prev: str | None
    next: str | None
    last: str | None


class Search(TypedDict):
    """A page of results, all of one generation of the index."""

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
    """An activity like another one, and the words that both share, the most telling first."""

    id: str
    url: str
    heading: str
    language: str
    words: list[str]


class Activity(TypedDict):
    """One activity, whole: body is Markdown, html what is safe of it. A list of values for each facet but language."""

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
    """What was wrong with a request, or with the service."""

    code: str
    message: str
    parameter: NotRequired[str]


class Failure(TypedDict):
    """The API's one form of error."""

    error: Fault


class Job(TypedDict):
    """A run of the indexer that was asked for."""

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
