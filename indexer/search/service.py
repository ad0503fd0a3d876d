"""A SearchRequest becomes Plans, their answers a SearchPage; the facet rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from indexer.content.activity import Activity, heading
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Snapshot
from indexer.query.parser import parse
from indexer.query.plan import Plan
from indexer.schema import FACETS
from indexer.search.facets import facet_counts
from indexer.search.highlight import Highlighters, make_snippet
from indexer.search.planner import QueryPlanner
from indexer.search.request import MAX_REACH, SearchRequest
from indexer.search.results import Hit, SearchPage, ZeroResultSuggestion
from indexer.search.zero_results import candidates


def search(engine: Engine, request: SearchRequest, vocabulary: Vocabulary) -> SearchPage:
    """The page for a request. Raises EngineError only."""
    with engine.snapshot() as snapshot:
        return _page(snapshot, request, vocabulary)[0]


def stream_results(
    engine: Engine, request: SearchRequest, vocabulary: Vocabulary
) -> tuple[SearchPage, Iterator[Activity]]:
    """The page for a request without hits, and exactly the rows it counts, streaming, one generation."""

    def found() -> Iterator[Any]:
        with engine.snapshot() as snapshot:
            page, plan = _page(snapshot, request, vocabulary, hits=False)
            yield page
            yield from snapshot.scan(plan)

    rows = found()
    return next(rows), rows


def _page(
    snapshot: Snapshot, request: SearchRequest, vocabulary: Vocabulary, hits: bool = True
) -> tuple[SearchPage, Plan]:
    parsed = parse(request.text)
    asked = QueryPlanner(snapshot, vocabulary, parsed)
    for field, value in request.filters:
        if (field, value) not in request.effective:
            asked.note("narrowed", field=field, value=value, label=vocabulary.label(field, value))
    plan = asked.plan(parsed.query, request)
    if hits:
        offset = (request.page - 1) * request.per_page
        plan = replace(
            plan, counts=tuple((name,) for name in FACETS), offset=offset, limit=request.per_page
        )
    matches = snapshot.match(plan)[0]
    pages = max(1, min(-(-matches.total // request.per_page), MAX_REACH // request.per_page))
    if request.page > pages:
        asked.note("page_past_end", page=request.page, last=pages)
    elif request.page == pages and matches.total > pages * request.per_page:
        asked.note("reach", limit=pages * request.per_page)
    markers = Highlighters(parsed.query)
    page = SearchPage(
        request,
        snapshot.generation,
        matches.total,
        pages,
        tuple(_hit(markers, score, stored) for score, stored in matches.hits),
        facet_counts(request, matches, vocabulary) if hits else (),
        tuple(asked.notices),
        _exits(asked, request) if hits and not matches.total else (),
    )
    return page, plan


def _hit(markers: Highlighters, score: float, stored: Activity) -> Hit:
    text = stored.text
    title = stored.meta.get("title", ())
    shown = heading(title, text)
    # Without a title the opening words are the heading: the snippet goes on where they end.
    skip = 0 if title or shown == text else text.find(" ", len(shown) - 1) + 1
    return Hit(
        stored.id,
        shown,
        stored.language,
        stored.meta,
        score,
        make_snippet(markers[stored.language], text, skip),
        stored,
    )


def _exits(asked: QueryPlanner, request: SearchRequest) -> tuple[ZeroResultSuggestion, ...]:
    """The ways out of nothing found that lead somewhere, counted in one round trip."""
    found = list(candidates(asked.parsed.query, request, asked.snapshot))
    plans = [asked.plan(parse(other.text).query, other) for _, _, other in found]
    totals = [matches.total for matches in asked.snapshot.match(*plans)]
    return tuple(
        ZeroResultSuggestion(*way, total) for way, total in zip(found, totals, strict=True) if total
    )
