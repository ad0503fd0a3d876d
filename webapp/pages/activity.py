"""The page of an activity, which may be a result of a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from flask import Response, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.activity import Activity, heading
from indexer.content.evidence import Evidence
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import EngineError, Generation
from indexer.query.ast import Notice
from indexer.schema import FACETS
from indexer.search.more_like_this import SimilarActivity
from indexer.search.neighbours import Neighbours, neighbours
from indexer.search.request import SearchRequest
from indexer.search.results import Hit
from indexer.text.analysis import tokenize
from webapp.activities import ActivityPage, activity_page, withdrawn_at
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.i18n.bidi import isolate
from webapp.markdown_html import body_html
from webapp.pages.components import label_html
from webapp.pages.errors import error_page
from webapp.pages.marked_html import marked_html
from webapp.pages.result_text import ResultText, excerpts
from webapp.parameters import CRITERIA
from webapp.search_state import (
    activity_url,
    cited_generation,
    cited_url,
    generation_problem,
    parse,
    result_url,
)

WORDS_AROUND = 3  # that are quoted before and after the words of an evidence
LEAD_FIELDS = ("country", "year", "agency")  # above the text
_SEARCH_PARAMETERS = {parameter.name for parameter in CRITERIA}


class QuotedEvidence(NamedTuple):
    """The label of a value, and the words that state it with those around them."""

    label: str
    before: str
    words: str
    after: str


def activity_response(id: str) -> str | BaseResponse | tuple[BaseResponse | str, int]:
    """Return the page of one activity. An alias redirects to the activity's own address."""
    page = activity_page(current_app, id, cited_generation(request.args.items()))
    if page is None:
        return missing_activity(id)
    stored, generation = page.stored, page.generation
    if stored.id != id:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(activity_url(stored.id) + (f"?{query}" if query else ""), 301)
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    title = heading(stored.meta.get("title", ()), stored.text)
    facts = [name for name in FACETS if stored.meta.get(name) and name not in LEAD_FIELDS]
    if stored.meta.get("country"):
        facts = [name for name in facts if name != "region"]
    place = _neighbours(stored, vocabulary)
    body = body_html(stored.body)
    return render_template(
        "activity.html",
        activity=stored,
        heading=title,
        body=marked_html(body, place.passage) if place else body,
        label=label_html(vocabulary),
        source=next(iter(stored.meta.get("source", ())), None),
        has_title="title" in stored.meta,
        lead_fields=[name for name in LEAD_FIELDS if stored.meta.get(name)],
        facts=facts,
        repeats=page.repeats,
        similar=_similar(page.more_like_this),
        generation=generation,
        edit_url=app.edit_url(id),
        notices=[messages.notice(notice) for notice in _notices(page)],
        replay=page.replay,
        current_url=activity_url(page.current.id) if page.current else "",
        citation=_citation(stored, title, generation, vocabulary),
        evidence=list(_quoted(stored, vocabulary)),
        place=place,
        back=messages.back_to_results(place.request, place.total, vocabulary) if place else "",
        previous=_neighbour_url(place, place.previous) if place else "",
        next=_neighbour_url(place, place.next) if place else "",
    )


def _similar(
    activities: Sequence[SimilarActivity],
) -> list[tuple[SimilarActivity, Hit, ResultText]]:
    """Return each similar activity with its hit and the start of its text."""
    shown = excerpts(similar.activity for similar in activities)
    return [(similar, *excerpt) for similar, excerpt in zip(activities, shown, strict=True)]


def _neighbours(stored: Activity, vocabulary: Vocabulary) -> Neighbours | None:
    """Return the place of an activity in the search of the address; None without a search."""
    if not _SEARCH_PARAMETERS & request.args.keys():
        return None
    search_request, _ = parse(request.args.items(multi=True))
    app = app_state(current_app)
    # The page of an activity does not depend on a search that cannot be answered.
    with suppress(EngineError):
        return neighbours(app.engine, search_request, stored, vocabulary, app.synonyms())
    return None


def _neighbour_url(place: Neighbours, neighbour: tuple[str, int] | None) -> str:
    if neighbour is None:
        return ""
    id, page = neighbour
    search_request: SearchRequest = place.request.on_page(page)
    return result_url(id, search_request)


def _citation(stored: Activity, title: str, generation: Generation, vocabulary: Vocabulary) -> str:
    """Return the citation of an activity. Its address has no search."""
    app = app_state(current_app)
    authors = [vocabulary.label("agency", agency) for agency in stored.meta.get("agency", ())]
    source = str(next(iter(stored.meta.get("source", ())), ""))
    url = cited_url(app.site() + activity_url(stored.id), generation.number)
    return messages.citation(title, authors, app.collection().name, generation, url, source)


def missing_activity(id: str) -> tuple[Response | str, int]:
    """Return the page for an id that no activity has: 410 if it was public once, otherwise 404."""
    withdrawn = withdrawn_at(current_app, id)
    if withdrawn is None:
        return error_page(404), 404
    return error_page(410, text=messages.withdrawn(withdrawn)), 410


def _notices(page: ActivityPage) -> list[Notice]:
    """Return notices about the generation that the address was cited from, and about its text."""
    problem = generation_problem(request.args.items())
    cited = cited_generation(request.args.items())
    notices = [problem.notice] if problem else []
    # What else that generation leaves out is of no interest here.
    notices += messages.cited_notices(cited, page.generation, page.replay)[:1]
    if page.replay and page.current:
        is_same = page.current.digest == page.stored.digest
        notices.append(Notice("same_text" if is_same else "other_text"))
    return notices


def _quoted(stored: Activity, vocabulary: Vocabulary) -> Iterable[QuotedEvidence]:
    """Yield the evidence of an activity with the words around it, in the order of the text."""

    def position(evidence: Evidence) -> int:
        return stored.text.find(evidence.words)

    tokens = list(tokenize(stored.text)) if stored.evidence else []
    for evidence in sorted(stored.evidence, key=position):
        start = position(evidence)
        if start < 0:
            continue
        end = start + len(evidence.words)
        before = [token.start for token in tokens if token.end <= start][-WORDS_AROUND:]
        after = [token.end for token in tokens if token.start >= end][:WORDS_AROUND]
        yield QuotedEvidence(
            isolate(vocabulary.label(evidence.field, evidence.value)),
            stored.text[before[0] if before else start : start],
            evidence.words,
            stored.text[end : after[-1] if after else end],
        )
