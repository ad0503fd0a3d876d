"""Lists the changes in a search: added, edited and withdrawn activities.

Added and edited activities match the search now. Withdrawn activities have no text any more. They
are listed for a search of all activities, and otherwise only the withdrawals from the whole
collection are counted: matching their former texts would let readers search these texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from indexer.content.activity import Activity
from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Generation, Snapshot
from indexer.engines.budget import spend
from indexer.engines.change_record import TEXT, Change, Commit, CommitFacts
from indexer.engines.kept_generation import kept_generation
from indexer.query.ast import Notice
from indexer.query.parser import parse
from indexer.query.plan import IdsQuery, MatchAllQuery, Plan
from indexer.search.change_history import ChangeHistory, Since, changes_since
from indexer.search.highlight import make_passage
from indexer.search.planner import QueryPlanner
from indexer.search.renames import with_renames
from indexer.search.request import MAX_REACH, SearchRequest
from indexer.search.results import Hit
from indexer.search.service import make_hit
from indexer.search.text_difference import TextDifference, text_difference

DEFAULT_SINCE = timedelta(days=30)  # before the newest commit
MAX_CHANGES = 10_000  # of the commits that a request reads
CHANGE_POSTINGS = 300  # work of reading a change
MATCHES_AT_ONCE = 500  # about as many activities are read from the index at a time

Order = Literal["kind", "time"]
"""Added, edited and withdrawn activities one after the other, or all by the time of the change.

In both orders, the newest changes come first.
"""
_KINDS = ("added", "edited", "withdrawn")
_Found = tuple[Change, Commit, Activity | None]


@dataclass(frozen=True, slots=True)
class ChangedActivity:
    """A change of an activity."""

    change: Change
    generation: int  # the newest one that changed it
    changed_at: str  # the time of that generation
    hit: Hit | None  # its present version, with the new words as the matches; None if withdrawn
    difference: TextDifference | None = None  # of an edited text; None if it is not known


@dataclass(frozen=True, slots=True)
class SearchChanges:
    """The changes in a search, and a page of them."""

    request: SearchRequest
    generation: Generation  # of the versions that are shown
    base: CommitFacts | None  # the generation that the changes start from; None without a record
    is_complete: bool  # as in ChangeHistory
    is_cut: bool
    is_recorded: bool  # whether the record includes the changes of this generation
    added: int
    edited: int
    withdrawn: int  # activities of the whole collection
    # Whether the search is for all activities. If so, its withdrawn activities are listed.
    is_unlimited: bool
    changes: tuple[ChangedActivity, ...] = ()
    pages: int = 1
    notices: tuple[Notice, ...] = ()

    @property
    def total(self) -> int:
        """The number of changes on all pages."""
        return self.added + self.edited + (self.withdrawn if self.is_unlimited else 0)


def search_changes(
    engine: Engine,
    request: SearchRequest,
    since: Since | None,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
    order: Order = "kind",
    max_changes: int | None = None,
) -> SearchChanges:
    """Return the page of a request with the changes in its search.

    since: None means DEFAULT_SINCE. max_changes: as for changes_since(); None means MAX_CHANGES.
    Raises EngineError.
    """
    with engine.snapshot() as snapshot:
        history = changes_since(
            engine, DEFAULT_SINCE if since is None else since, max_changes or MAX_CHANGES
        )
        if history is None:
            return _without_record(request, snapshot)
        history = with_renames(history, snapshot)
        counter = _Counter(snapshot, history, request, vocabulary, synonyms)
        changes = counter.counts()
        notices = counter.notices(since)
        pages = max(1, -(-min(changes.total, MAX_REACH) // request.per_page))
        if request.page > pages:
            notices.append(Notice("page_past_end", {"page": request.page, "last": pages}))
        start = (request.page - 1) * request.per_page
        page = counter.page(changes, order, start, start + request.per_page)
        with kept_generation(engine, history.base.generation, history.base.indexed_at) as old:
            listed = tuple(_with_differences(page, old))
        return replace(changes, changes=listed, pages=pages, notices=tuple(notices))


def count_changes(
    engine: Engine,
    request: SearchRequest,
    since: Since,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> SearchChanges:
    """Return the numbers of changes in a search without the changes. Raises EngineError."""
    with engine.snapshot() as snapshot:
        history = changes_since(engine, since, MAX_CHANGES)
        if history is None:
            return _without_record(request, snapshot)
        history = with_renames(history, snapshot)
        return _Counter(snapshot, history, request, vocabulary, synonyms).counts()


def _without_record(request: SearchRequest, snapshot: Snapshot) -> SearchChanges:
    return SearchChanges(request, snapshot.generation, None, False, False, False, 0, 0, 0, True)


def matching_ids(
    engine: Engine,
    request: SearchRequest,
    ids: Sequence[str],
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> frozenset[str]:
    """Return the given ids whose activities match a search. Raises EngineError."""
    matching: set[str] = set()
    with engine.snapshot() as snapshot:
        planner = QueryPlanner(snapshot, vocabulary, parse(request.text), synonyms)
        plan = replace(planner.plan(planner.parsed, request), sort="newest")
        for start in range(0, len(ids), MAX_CHANGES):
            limited = _limited(plan, ids[start : start + MAX_CHANGES])
            matching.update(activity.id for activity in snapshot.scan(limited))
    return frozenset(matching)


def _limited(plan: Plan, ids: Sequence[str], limit: int = 0) -> Plan:
    """Return a plan among some activities."""
    return replace(plan, filters=(*plan.filters, ("ids", IdsQuery(tuple(ids)))), limit=limit)


class _Counter:
    """The changes of a history that belong to a search, in one generation."""

    def __init__(
        self,
        snapshot: Snapshot,
        history: ChangeHistory,
        request: SearchRequest,
        vocabulary: Vocabulary,
        synonyms: Synonyms,
    ) -> None:
        spend(CHANGE_POSTINGS * len(history.changed_by))
        self._snapshot, self._history, self._request = snapshot, history, request
        self._planner = QueryPlanner(snapshot, vocabulary, parse(request.text), synonyms)
        self._plan = replace(self._planner.plan(self._planner.parsed, request), sort="newest")
        self._is_unlimited = self._plan.query == MatchAllQuery() and not self._plan.filters
        self._ids = {
            kind: tuple(id for id, change in history.changes.items() if change.kind == kind)
            for kind in _KINDS
        }

    def notices(self, since: Since | None) -> list[Notice]:
        """Return the notices about the query and about since."""
        notices = list(self._planner.notices)
        newest = self._snapshot.generation.number
        if isinstance(since, int) and since > newest:
            notices.append(Notice("no_generation_yet", {"number": since, "newest": newest}))
        return notices

    def counts(self) -> SearchChanges:
        """Count the changes."""
        history, generation = self._history, self._snapshot.generation
        added, edited = len(self._ids["added"]), len(self._ids["edited"])
        if not self._is_unlimited:
            plans = (_limited(self._plan, self._ids[kind]) for kind in ("added", "edited"))
            added, edited = (matches.total for matches in self._snapshot.match(*plans))
        newest = history.newest
        return SearchChanges(
            self._request,
            generation,
            history.base,
            history.is_complete,
            history.is_cut,
            (newest.generation, newest.indexed_at) == (generation.number, generation.indexed_at),
            added,
            edited,
            len(self._ids["withdrawn"]),
            self._is_unlimited,
        )

    def page(self, counts: SearchChanges, order: Order, start: int, end: int) -> list[_Found]:
        """Return the changes from start to end in an order."""
        ids = [id for kind in _KINDS[: 3 if self._is_unlimited else 2] for id in self._ids[kind]]
        ids.sort(key=self._sort_key(order))
        if self._is_unlimited:
            ids = ids[start:end]
            activities = self._snapshot.get(*ids)
        else:
            activities = tuple(self._matching(ids, counts.total, end)[start:end])
            ids = [activity.id for activity in activities if activity]
        changes, changed_by = self._history.changes, self._history.changed_by
        return [
            (changes[id], changed_by[id], activity)
            for id, activity in zip(ids, activities, strict=True)
            # Another generation may have been committed since the record was read.
            if (activity is None) == (changes[id].kind == "withdrawn")
        ]

    def _sort_key(self, order: Order) -> Callable[[str], tuple[int, int, str]]:
        changes, changed_by = self._history.changes, self._history.changed_by

        def key(id: str) -> tuple[int, int, str]:
            kind, time = _KINDS.index(changes[id].kind), -changed_by[id].generation
            return (kind, time, id) if order == "kind" else (time, kind, id)

        return key

    def _matching(self, ids: Sequence[str], total: int, end: int) -> list[Activity]:
        """Return the first `end` matching activities, or more, in the order of ids.

        total: the number of matches.
        """
        matching: list[Activity] = []
        size = max(1, len(ids) * MATCHES_AT_ONCE // max(total, 1))
        for start in range(0, len(ids) if total else 0, size):
            if len(matching) >= end:
                break
            batch = ids[start : start + size]
            hits = self._snapshot.match(_limited(self._plan, batch, len(batch)))[0].hits
            activities = {activity.id: activity for _, activity in hits}
            matching += [activities[id] for id in batch if id in activities]
        return matching


def _with_differences(page: Sequence[_Found], old: Snapshot | None) -> Iterator[ChangedActivity]:
    """Compare the edited texts of a page with the generation that the changes start from."""
    ids = [change.id for change, _, activity in page if activity and TEXT in change.fields]
    before = dict(zip(ids, old.get(*ids), strict=True)) if old and ids else {}
    for change, commit, activity in page:
        hit, difference = None, None
        if activity is not None:
            if former := before.get(change.id):
                difference = text_difference(former.text, activity.text)
            hit = make_hit(
                activity, make_passage(activity.text, difference.new if difference else [])
            )
        yield ChangedActivity(change, commit.generation, commit.indexed_at, hit, difference)
