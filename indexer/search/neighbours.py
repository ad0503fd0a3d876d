"""The place of an activity in the results of a search: its number, and those before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer.content.activity import Activity
from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.query.parser import parse
from indexer.search.highlight import Passage, find_passage
from indexer.search.matcher import matcher, query_with_forms
from indexer.search.planner import QueryPlanner
from indexer.search.replay import open_cited, with_generation
from indexer.search.request import SELECTION_ORDERS, SearchRequest
from indexer.search.selection import in_order, plan_of_all, resolve


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An activity in the results of a search."""

    request: SearchRequest  # on the page of the results that has the activity
    total: int
    passage: Passage  # the text of the activity, with the matches
    number: int = 0  # from 1; 0 if the page of the request does not have the activity
    previous: tuple[str, int] | None = None  # the id and the page of the result before
    next: tuple[str, int] | None = None


def neighbours(
    engine: Engine,
    request: SearchRequest,
    activity: Activity,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> Neighbours:
    """Return the place of an activity on the page of a request. Raises EngineError."""
    with open_cited(engine, request.generation) as (snapshot, replay):
        request = with_generation(request, replay)
        planner = QueryPlanner(snapshot, vocabulary, parse(request.text), synonyms)
        parsed = planner.parsed
        first = (request.page - 1) * request.per_page  # results before the page
        offset = max(0, first - 1)
        plan = planner.plan(parsed, request)
        last = first + request.per_page + 1
        plan = replace(plan, offset=offset, limit=last - offset)
        if is_sorted_here := request.order in SELECTION_ORDERS:
            plan = plan_of_all(plan)
        matches = snapshot.match(plan)[0]
        hits = matches.hits
        if is_sorted_here:
            selection = resolve(snapshot, request.selection)
            ordered = in_order(hits, matches.total_all, request, selection, vocabulary)
            hits = tuple(ordered[offset:last])
        query = query_with_forms(parsed.query, planner.forms(parsed))
    passage = find_passage(matcher(query, activity.language), activity.text)
    ids = [hit.id for _, hit in hits]
    if activity.id not in ids:
        return Neighbours(request, matches.total, passage)
    index = ids.index(activity.id)

    def place(index: int) -> tuple[str, int] | None:
        if not 0 <= index < len(ids):
            return None
        return ids[index], (offset + index) // request.per_page + 1

    return Neighbours(
        request, matches.total, passage, offset + index + 1, place(index - 1), place(index + 1)
    )
