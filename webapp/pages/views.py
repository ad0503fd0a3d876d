"""The pages: a request in, a SearchPage out, a template around it."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.activity import heading
from indexer.query.ast import Notice
from indexer.schema import FACETS, FIELD
from indexer.search.coverage import coverage
from indexer.search.explain import explain
from indexer.search.export import FORMATS, export, file_name
from indexer.search.request import SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search, stream_results
from webapp.api.views import cited_notices
from webapp.app_state import activity_page, app_state, log_zero_results
from webapp.i18n import messages
from webapp.markdown_html import body_html
from webapp.pages.components import is_shown
from webapp.pages.errors import error_page
from webapp.pages.markup import coverage_rows
from webapp.pages.tile_map import tile_map
from webapp.search_state import (
    Links,
    activity_url,
    cited_generation,
    cited_url,
    explained_ids,
    parse,
    search_url,
)

pages = Blueprint("pages", __name__)
LEADING = 60_000  # characters of addresses that the numbers of a matrix may take


@pages.get("/")
def home() -> str:
    """The search page: the box, the facets and what was found."""
    return _searched("search.html")


@pages.get("/fragment")
def fragment() -> str:
    """What of the search page changes with the search, for the script."""
    return _searched("_main.html")


def _searched(template: str) -> str:
    wanted, problems = parse(request.args.items(multi=True))
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    found = search(app.engine, wanted, vocabulary)
    log_zero_results(wanted, found.total)
    explained = explained_ids(request.args.items(multi=True))
    said = [p.notice for p in problems] + cited_notices(
        cited_generation(request.args.items()), found.generation
    )
    title = messages.heading(wanted, found.total, vocabulary)
    return render_template(
        template,
        page=found,
        request_=wanted,
        label=vocabulary.label,
        links=Links(wanted),
        notices=[messages.notice(n) for n in (*said, *found.notices)],
        exits=[(messages.way_out(way.kind, way.subject, vocabulary), way) for way in found.exits],
        heading=title,
        facets=[f for f in found.facets if is_shown(f, wanted)],
        searched=bool(wanted.text or wanted.narrowed),
        explanations={
            hit.id: explain(wanted.text, hit.stored, vocabulary)
            for hit in found.hits
            if hit.id in explained
        },
        citation=messages.citation(
            title,
            (),
            found.generation,
            cited_url(app.site() + search_url(wanted), found.generation.number),
        ),
    )


@pages.get("/coverage")
def coverage_page() -> str:
    """Where and when, of any search."""
    wanted, problems = parse(request.args.items(multi=True))
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    found = coverage(app.engine, wanted, vocabulary)
    numbers = len(found.countries) + (len(found.rows) + 1) * (len(found.columns) + 1)
    linked = numbers * len(search_url(found.country("AAA"))) <= LEADING
    return render_template(
        "coverage.html",
        found=found,
        heading=messages.heading(wanted, found.total, vocabulary),
        notices=[messages.notice(n) for n in (*(p.notice for p in problems), *found.notices)],
        rows=coverage_rows(found, linked),
        linked=linked,
        tiles=tile_map(
            found.countries,
            (lambda code: search_url(found.country(code))) if linked else None,
            lambda code: vocabulary.label("country", code),
            messages.count,
        ),
    )


@pages.get("/activities/<path:id>")
def activity(id: str) -> str | BaseResponse | tuple[Response | str, int]:
    """One activity; a former address leads to it."""
    found = activity_page(current_app, id)
    if found is None:
        return error_page(404), 404
    stored, generation = found.stored, found.generation
    if stored.id != id:
        return redirect(activity_url(stored.id), 301)
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    called = heading(stored.meta.get("title", ()), stored.text)
    said = cited_notices(cited_generation(request.args.items()), generation)
    if said and (before := _digest_in(int(said[0].values["cited"]), id)) is not None:
        said.append(Notice("same_text" if before == stored.digest else "other_text"))
    return render_template(
        "activity.html",
        activity=stored,
        heading=called,
        body=body_html(stored.body),
        label=vocabulary.label,
        source=next(iter(stored.meta.get("source", ())), None),
        titled="title" in stored.meta,
        facts=[
            name
            for name in FACETS
            if stored.meta.get(name) and (name != "region" or not stored.meta.get("country"))
        ],
        similar=found.more_like_this,
        generation=generation,
        edit_url=app.edit_url(id),
        notices=[messages.notice(n) for n in said],
        citation=messages.citation(
            called,
            [vocabulary.label("agency", agency) for agency in stored.meta.get("agency", ())],
            generation,
            cited_url(app.site() + activity_url(id), generation.number),
        ),
    )


def _digest_in(generation: int, id: str) -> str | None:
    """The digest an activity had in a generation; None where that is not kept, or did not have it."""
    engine = app_state(current_app).engine
    if all(kept.number != generation for kept in engine.generations()):
        return None
    with engine.snapshot(generation) as snapshot:
        stored = snapshot.get(id)[0]
        return stored.digest if stored else None


@pages.get("/help")
def help_page() -> str:
    """The query language, each form with an example."""
    return render_template(
        "help.html",
        fields=[f for f in FIELD.values() if f.kind != "stored" and f.name != "aliases"],
    )


@pages.get("/export")
def export_view() -> Response | tuple[Response | str, int]:
    """Exactly the activities that a search counts, or the one of an id, as a file, streaming."""
    name = request.args.get("format", "")
    if name not in FORMATS:
        return error_page(400), 400
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    address = ""
    if (id := request.args.get("id")) is not None:
        one = activity_page(current_app, id)
        if one is None:
            return error_page(404), 404
        page, rows = SearchPage(SearchRequest(), one.generation, 1, 1, (), ()), iter([one.stored])
        address = app.site() + activity_url(one.stored.id)
    else:
        wanted, problems = parse(request.args.items(multi=True))
        wrong = next((p for p in problems if p.parameter), None)
        if wrong:  # a file has no place to say that a filter was dropped
            return error_page(400, text=messages.refusal(wrong.notice)), 400
        page, rows = stream_results(app.engine, wanted.on_page(1), vocabulary)
    kind = FORMATS[name]
    return Response(
        export(name, page, rows, vocabulary.english, app.site(), address),  # for programs
        content_type=kind.media_type,  # mimetype= would add the charset again
        headers={"Content-Disposition": f"attachment; filename={file_name(name, page)}"}
        if name != "atom"
        else {},
    )


@pages.get("/favicon.ico")
def favicon() -> BaseResponse:
    return redirect(url_for("static", filename="favicon.svg"), 301)
