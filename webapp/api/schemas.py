"""Types of the API's JSON responses.

mypy checks the code against them, and openapi.py derives the JSON Schemas from them: the class name
is the name of the schema, the docstring its description.

v1 only gains keys; clients ignore unknown ones. Times are ISO 8601, UTC.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from indexer.search.explain import Form
from indexer.search.request import Order
from indexer.search.results import SuggestionKind


class Piece(TypedDict):
    """A piece of plain text, and whether it matches a word of the query."""

    text: str
    matched: bool


class Match(TypedDict):
    """A word of the query that matches in one form in one field.

    The field is "body", "title" or the name of a facet. The form "absent" marks an alternative of
    the query that does not match.
    """

    word: str
    form: Form
    field: str
    count: int
    found: str
    before: str
    after: str


class Hit(TypedDict):
    """One result, with a list of values for each facet except language.

    Its url is the address of the activity's page. match says whether it has all words of the query,
    or most of them.
    """

    id: str
    url: str
    heading: str
    language: str
    score: float
    match: Literal["all", "most"]
    snippet: list[Piece]
    why: NotRequired[list[Match]]


class FacetValue(TypedDict):
    """One value of a facet.

    url leads to the search page with the value ticked, or unticked if it is selected; exclude_url
    to the search page with the value excluded, or no longer excluded. Both are empty if the
    parameters of the search have more than 8,192 characters.
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
    """The values of a facet, in display order."""

    values: list[FacetValue]


class Notice(TypedDict):
    """A remark on the response; further keys depend on the code."""

    code: str
    message: str


class Exit(TypedDict):
    """A suggestion for few results or none: another search, and its number of results."""

    kind: SuggestionKind
    label: str
    total: int
    url: str


class UndatedSearch(TypedDict):
    """The search of a filter suggestion that also accepts activities with no year stated."""

    total: int
    url: str


class FilterSuggestion(TypedDict):
    """A search in which words of the query that name values become filters.

    names has these words as typed, query the other words. or_undated is there if the filters limit
    the years and some activities with no year stated match the rest.
    """

    names: list[str]
    query: str
    label: str
    total: int
    url: str
    or_undated: NotRequired[UndatedSearch]


class PageLinks(TypedDict):
    """URLs of this page of results and of other pages of the same search."""

    self: str
    prev: str | None
    next: str | None
    last: str | None


class GenerationTime(TypedDict):
    """A generation of the index, and when it was indexed."""

    generation: int
    indexed_at: str


class Replay(TypedDict):
    """What an older generation leaves out, and the newest generation.

    left_out is the number of activities of the whole generation that have been withdrawn since.
    """

    left_out: int
    newest: GenerationTime


class MissingActivity(TypedDict):
    """An activity of a selection that is not in the index.

    Its id is empty if only the first digits of its hash are known. withdrawn_at is null if it is
    not known ever to have been in the index.
    """

    id: str
    hash: str
    withdrawn_at: str | None


class EditedActivity(TypedDict):
    """An activity that was edited after it was selected, with the names of the fields."""

    id: str
    fields: list[str]


class Selection(TypedDict):
    """The selection that a search is limited to.

    total counts its activities in the index. edited compares with the generation in since or in
    generation, and is empty without both. A renamed activity has no fields. recorded_from is the
    time from which edits are known, if that is later.
    """

    total: int
    missing: list[MissingActivity]
    edited: list[EditedActivity]
    recorded_from: str | None


class Search(TypedDict):
    """A page of results, all from one generation of the index.

    replay is null unless the parameter generation names an older generation that is kept.
    total counts the activities with all words of the query and those with most of them. total_all
    counts those with all words, which come first.
    """

    generation: int
    indexed_at: str
    replay: Replay | None
    total: int
    total_all: int
    page: int
    per_page: int
    pages: int
    sort: Order
    hits: list[Hit]
    facets: dict[str, FacetValues]
    notices: list[Notice]
    exits: list[Exit]
    filter_suggestions: list[FilterSuggestion]
    links: PageLinks
    selection: NotRequired[Selection]


class Change(TypedDict):
    """A change of an activity. Only its present version is shown.

    fields has the names of edited fields, "text", and "id" if it was renamed. generation and
    changed_at belong to the newest generation that changed it. new_words and gone_words count the
    words of an edited text; null if they are not known. In the snippet, the new words are the
    matches. heading and language are null and the snippet is empty for a withdrawn activity.
    """

    id: str
    url: str
    kind: Literal["added", "edited", "withdrawn"]
    fields: list[str]
    generation: int
    changed_at: str
    heading: str | None
    language: str | None
    new_words: int | None
    gone_words: int | None
    snippet: list[Piece]


class ChangeCounts(TypedDict):
    """Numbers of changed activities.

    added and edited count activities that match the search now, and withdrawn counts the whole
    collection.
    """

    added: int
    edited: int
    withdrawn: int


class Changes(TypedDict):
    """A page of the changes in a search.

    since is the generation that the changes start from; null if nothing is recorded. complete is
    false if they were requested from an earlier time: the record begins later, or there are too
    many changes to list. up_to_date is false while the newest generation is not recorded yet.
    total counts the changes on all pages. Withdrawn activities are listed only in a search for all
    activities.
    """

    generation: int
    indexed_at: str
    since: GenerationTime | None
    complete: bool
    up_to_date: bool
    counts: ChangeCounts
    total: int
    page: int
    per_page: int
    pages: int
    changes: list[Change]
    notices: list[Notice]
    links: PageLinks


class SimilarActivity(TypedDict):
    """A similar activity, and the values and words that both share, the most distinctive first."""

    id: str
    url: str
    heading: str
    language: str
    words: list[str]
    shared: dict[str, list[str]]  # by field: theme, partner, country


class Repeat(TypedDict):
    """An activity whose text has nearly the same words, and the share of words that both have."""

    id: str
    url: str
    heading: str
    language: str
    resemblance: float  # from 0.65 to 1
    country: list[str]
    year: list[int]
    agency: list[str]


class Activity(TypedDict):
    """One activity with its full text, and a list of values for each facet except language.

    body is Markdown; html is the same text as sanitised HTML. repeats are the activities with
    nearly the same text, perhaps of another year or country; similar does not include them.
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
    replay: Replay | None
    edit_url: NotRequired[str]
    repeats: list[Repeat]
    similar: list[SimilarActivity]


class Fault(TypedDict):
    """The problem with a request, or with the service.

    withdrawn_at is the time, in UTC, at which an activity that is gone was withdrawn.
    """

    code: str
    message: str
    parameter: NotRequired[str]
    withdrawn_at: NotRequired[str]


class Failure(TypedDict):
    """The body of every error response of the API."""

    error: Fault


class Job(TypedDict):
    """A reindexing job: a run of the indexer that was requested through the API."""

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
    withdrawn: NotRequired[list[str]]  # ids of withdrawn activities
    refusal: NotRequired[str]  # why activities without a file were not deleted
    progress: NotRequired[dict[str, str | int]]
