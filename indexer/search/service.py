"""Search: a SearchRequest in, a SearchPage or a stream of activities out."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from indexer.content.activity import Activity, heading
from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Matches, TooExpensive
from indexer.engines.budget import share_of_rest
from indexer.query.ast import Notice
from indexer.query.forms import WordForms
from indexer.query.lowering import plain_leaves
from indexer.query.parser import parse
from indexer.query.plan import Plan
from indexer.schema import FACETS
from indexer.search.facets import exclusion_requests, facet_counts
from indexer.search.filter_suggestions import (
    filter_proposals,
    filter_suggestions,
    requests_of,
    zero_result_suggestions,
)
from indexer.search.highlight import Passage, find_passage, make_snippet
from indexer.search.matcher import Matchers, query_with_forms
from indexer.search.planner import QueryPlanner
from indexer.search.replay import Replay, open_cited, with_generation
from indexer.search.request import MAX_REACH, SELECTION_ORDERS, SearchRequest
from indexer.search.results import FilterSuggestion, Hit, Match, SearchPage, ZeroResultSuggestion
from indexer.search.selection import in_order, plan_of_all, resolve, with_short_references
from indexer.search.zero_results import Candidate, candidates, combined_candidates

# Of the work that a request may still do when its results are known. Snippets need the rest.
SUGGESTIONS_SHARE = 0.7

_Suggestions = tuple[tuple[ZeroResultSuggestion, ...], tuple[FilterSuggestion, ...]]


def search(
    engine: Engine,
    request: SearchRequest,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> SearchPage:
    """Return the page of results for a request. Raises EngineError."""
    with open_cited(engine, request.generation) as (snapshot, replay):
        planner = QueryPlanner(snapshot, vocabulary, parse(request.text), synonyms)
        return _page(planner, with_generation(request, replay), replay=replay)[0]


def stream_results(
    engine: Engine,
    request: SearchRequest,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> tuple[SearchPage, Iterator[Activity]]:
    """Return a page without hits and facets, and an iterator over every matching activity.

    Both come from one generation; the snapshot is closed when the iterator is. Raises EngineError.
    """

    def page_then_rows() -> Iterator[Any]:
        with open_cited(engine, request.generation) as (snapshot, replay):
            planner = QueryPlanner(snapshot, vocabulary, parse(request.text), synonyms)
            page, plan = _page(planner, with_generation(request, replay), hits=False, replay=replay)
            yield page
            rows = snapshot.scan(plan)
            if page.selection and request.order in SELECTION_ORDERS:
                pairs = [(None, row) for row in rows]
                ordered = in_order(pairs, page.total_all, request, page.selection, vocabulary)
                rows = (row for _, row in ordered)
            yield from rows

    rows = page_then_rows()
    return next(rows), rows


def newest_indexed(
    engine: Engine,
    request: SearchRequest,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> tuple[SearchPage, list[Activity]]:
    """Return a page of the results of a request, the most recently indexed first.

    The SearchPage has no hits and no facets. All results are read, because an engine sorts by the
    year that a text mentions. Raises EngineError.
    """
    page, rows = stream_results(engine, request, vocabulary, synonyms)
    end = request.page * request.per_page
    newest = heapq.nlargest(end, rows, key=lambda activity: activity.indexed_at)
    return page, newest[end - request.per_page :]


def _page(
    planner: QueryPlanner,
    request: SearchRequest,
    hits: bool = True,
    replay: Replay | None = None,
) -> tuple[SearchPage, Plan]:
    """Return the page for a request, and its plan. Without hits, the page has only totals."""
    parsed, snapshot, vocabulary = planner.parsed, planner.snapshot, planner.vocabulary
    effective = request.effective
    for item in request.included:
        if item not in effective:
            label = vocabulary.label(item.field, item.value)
            planner.add_notice("narrowed", field=item.field, value=item.value, label=label)
    plan = planner.plan(parsed, request)
    selection = resolve(snapshot, request.selection) if request.selection else None
    if selection:
        if selection.ambiguous:
            planner.add_notice("selection_ambiguous")
        request = with_short_references(request, selection)
    is_sorted_here = request.order in SELECTION_ORDERS
    offset = (request.page - 1) * request.per_page
    if hits:
        counts = tuple((name,) for name in FACETS)
        plan = replace(plan, counts=counts, offset=offset, limit=request.per_page)
        plan = plan_of_all(plan) if is_sorted_here else plan
    # A page with facets also counts each excluded value, without its exclusion.
    exclusions = exclusion_requests(request) if hits else []
    matches, *excluded = snapshot.match(
        plan, *(planner.plan(parsed, exclusion) for exclusion in exclusions)
    )
    total, top = matches.total, matches.hits
    if selection and is_sorted_here:
        ordered = in_order(top, matches.total_all, request, selection, vocabulary)
        top = tuple(ordered[offset : offset + request.per_page])
    pages = max(1, min(-(-total // request.per_page), MAX_REACH // request.per_page))
    if request.page > pages:
        planner.add_notice("page_past_end", page=request.page, last=pages)
    elif request.page == pages and total > pages * request.per_page:
        planner.add_notice("reach", limit=pages * request.per_page)
    forms = planner.forms(parsed)
    for word in _unfinished_words(forms):
        planner.add_notice("unfinished", text=word)
    if total > matches.total_all:
        planner.add_notice(
            "most_words",
            all=matches.total_all,
            most=total - matches.total_all,
            words=len(set(plain_leaves(parsed))),
        )
        for word, correction in _corrections(forms, vocabulary):
            planner.add_notice("corrected", text=word, correction=correction)
    matchers = Matchers(query_with_forms(parsed.query, forms))
    notices = list(planner.notices)  # before the suggestions add notices of their own
    suggested: _Suggestions = (), ()
    if hits:
        try:
            with share_of_rest(SUGGESTIONS_SHARE):
                suggested = _suggestions(planner, request, matches)
        except TooExpensive:
            notices.append(Notice("suggestions_left_out"))
    hits_all = matches.total_all - offset
    page = SearchPage(
        request,
        parsed,
        snapshot.generation,
        total,
        pages,
        tuple(
            make_hit(
                activity,
                find_passage(matchers[activity.language], activity.text),
                score,
                "all" if n < hits_all else "most",
            )
            for n, (score, activity) in enumerate(top)
        ),
        facet_counts(request, matches, [each.total for each in excluded], vocabulary)
        if hits
        else (),
        tuple(notices),
        *suggested,
        matches.total_all,
        forms,
        replay=replay,
        selection=selection,
    )
    return page, plan


def _unfinished_words(forms: WordForms) -> list[str]:
    """Return the words that are searched as prefixes."""
    return [word for word, each in forms.items() if any(form.kind == "prefix" for form in each)]


def _corrections(forms: WordForms, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield each corrected word with the term or country that is searched in addition."""
    for word, word_forms in forms.items():
        additions = [form for form in word_forms if form.is_addition]
        first = next((form for form in additions if form.words), None)
        if first is not None:
            yield word, " ".join(first.words)
        elif additions:
            yield word, vocabulary.label(additions[0].field, additions[0].values[0])


def make_hit(activity: Activity, passage: Passage, score: float = 0.0, match: Match = "all") -> Hit:
    """Return an activity as a result. passage: its text, with the words to mark."""
    text = activity.text
    stated = activity.meta.get("title", ())
    title = heading(stated, text)
    # A heading of opening words is not repeated: the snippet continues where it ends.
    skip = 0 if stated or title == text else text.find(" ", len(title) - 1) + 1
    return Hit(activity, title, score, make_snippet(passage, skip), match, passage)


def _suggestions(planner: QueryPlanner, request: SearchRequest, matches: Matches) -> _Suggestions:
    """Return the suggestions for few or no results, and the filter suggestions.

    All are counted in one request to the engine; variants with two changes in another, if no
    variant with one change has results.
    """
    parsed, forms = planner.parsed, planner.forms(planner.parsed)
    proposals = filter_proposals(parsed, request, planner.vocabulary)
    variants = list(candidates(parsed.query, request, planner.snapshot, matches, forms))
    if matches.total and _unfinished_words(forms):
        variants = [variant for variant in variants if variant.kind != "did_you_mean"]
    requests = [*requests_of(proposals), *(variant.request for variant in variants)]
    counted = _count(planner, requests)
    totals = iter([each.total for each in counted])
    as_filters = filter_suggestions(proposals, totals)
    suggestions = _better(variants, counted[len(requests) - len(variants) :], matches)
    offered = {suggestion.request for suggestion in as_filters}
    suggestions = [each for each in suggestions if each.request not in offered]
    if not matches.total:
        suggestions[:0] = zero_result_suggestions(as_filters)
        if not suggestions:
            variants = list(combined_candidates(parsed.query, request, planner.snapshot, forms))
            combined = _count(planner, [variant.request for variant in variants])
            suggestions = _better(variants, combined, matches)
    return tuple(suggestions), as_filters


def _better(
    variants: Sequence[Candidate], counted: Sequence[Matches], matches: Matches
) -> list[ZeroResultSuggestion]:
    """Return the variants with more results with all words than the search has.

    If the search has no results, a variant with results is better.
    """
    return [
        ZeroResultSuggestion(*variant, each.total)
        for variant, each in zip(variants, counted, strict=True)
        if each.total_all > matches.total_all or each.total > matches.total == 0
    ]


def _count(planner: QueryPlanner, requests: Sequence[SearchRequest]) -> tuple[Matches, ...]:
    """Count the activities that each request matches."""
    parsed = planner.parsed
    plans = []
    for variant in requests:
        query = parsed if variant.text == parsed.text else parse(variant.text)
        plans.append(planner.plan(query, variant))
    return planner.snapshot.match(*plans) if plans else ()
