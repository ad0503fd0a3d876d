"""The pages: a request in, a SearchPage out, a template around it."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from indexer.content.activity import heading
from indexer.engines.base import EngineError, EngineUnavailable
from indexer.query.parser import Notice
from indexer.schema import FACETS, FIELD, NONE
from indexer.search.coverage import coverage
from indexer.search.explain import why
from indexer.search.export import FORMATS, export, file_name
from indexer.search.highlight import Span
from indexer.search.request import SearchRequest
from indexer.search.service import FacetCounts, FacetValue, Hit, SearchPage, scan, search
from webapp.api.views import cited_notices, error
from webapp.app_state import note_miss, shown, state
from webapp.i18n import messages
from webapp.i18n.locale import gettext, ngettext, preferred, speak, spoken
from webapp.pages.markup import body_html, coverage_rows, ticks
from webapp.pages.tile_map import tile_map
from webapp.search_state import (
    YEARS,
    Links,
    activity_url,
    api_url,
    asked_why,
    cite_url,
    cited,
    cited_url,
    coverage_url,
    export_url,
    legible,
    legibly,
    parse,
    search_url,
)

pages = Blueprint("pages", __name__)
log = logging.getLogger("activities")
FACTS = ("country", "year", "theme", "partner")  # what a result says of itself
MAX_YEAR = 9999
MAX_BARS = 80  # years; more would be thinner than a line in the column
LEADING = 60_000  # characters of addresses that the numbers of a matrix may take
RTL = {"ar", "fa", "he", "ur", "ps", "dv", "yi", "ckb"}  # languages written from right to left


def prepare(app: Flask) -> None:
    """Give the templates what they use, and every error its page."""

    def static(name: str) -> str:
        digest = hashlib.blake2b((Path(app.static_folder or "") / name).read_bytes(), digest_size=6).hexdigest()
        return f"/static/{name}?v={digest}"

    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext)  # type: ignore[attr-defined]
    app.before_request(lambda: speak(preferred(request.headers.get("Accept-Language", ""))))
    app.jinja_env.globals.update(
        spoken=spoken,
        site=messages.SITE, tagline=messages.TAGLINE, FIELD=FIELD, FACTS=FACTS, FORMS=messages.FORMS,
        SearchRequest=SearchRequest, every=Links(SearchRequest()),
        stylesheet=static("style.css"), script=static("search.js"),
        search_url=legibly(search_url), export_url=legibly(export_url), coverage_url=legibly(coverage_url),
        api_url=legibly(api_url), activity_url=activity_url, cite_url=cite_url,
        say=messages.say, count=messages.count, times=messages.times, chips=chips, ticks=ticks, shortened=shortened,
        size=size, histogram=histogram, continued=continued, direction=direction,
    )  # fmt: skip

    @app.context_processor
    def where() -> dict[str, str]:
        return {"site_url": state(app).site()}

    @app.errorhandler(EngineError)
    def engine_error(found: EngineError) -> tuple[Response | str, int, dict[str, str]]:
        log.error("%s: %s", found.code, found)
        # An outage's details are for the operator's log; what to run is for whoever set this up.
        detail = "" if isinstance(found, EngineUnavailable) else str(found)
        return _failed(503, detail, code=found.code), 503, {"Retry-After": "5", "Cache-Control": "no-store"}

    @app.errorhandler(HTTPException)
    def http_error(found: HTTPException) -> BaseResponse:
        if found.code is None or found.code < 400:
            return found.get_response()
        answer = make_response(_failed(found.code), found.code)
        if isinstance(found, MethodNotAllowed) and found.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(found.valid_methods))
        return answer


def _failed(status: int, detail: str = "", text: str = "", code: str = "") -> Response | str:
    usual_code, title, usual = messages.ERRORS.get(status, messages.ERRORS[400])
    if request.path.startswith("/api/"):
        return error(status, code or usual_code, detail or title)
    return render_template(
        "message.html", title=gettext(title), text=text or gettext(usual), detail=detail, ours=status >= 500
    )


def shortened(values: tuple[FacetValue, ...], top: bool = True) -> list[FacetValue]:
    """A tree of places without the regions, below the top, that only repeat the place above or inside them."""
    kept: list[FacetValue] = []
    for v in values:
        if not v.children:
            kept.append(v)
            continue
        inside = shortened(v.children, top=False)
        if len(inside) == 1 and inside[0].count == v.count:
            only = inside[0]
            if only.children and not (only.selected or only.excluded):
                inside = list(only.children)
            elif not (top or v.selected or v.excluded):
                kept.append(only)
                continue
        kept.append(replace(v, children=tuple(inside)))
    return kept


def size(values: tuple[FacetValue, ...]) -> int:
    """How many values a tree has, at every depth."""
    return sum(1 + size(v.children) for v in values)


def histogram(values: tuple[FacetValue, ...], found: SearchRequest) -> list[tuple[int, int, bool]]:
    """Each year from the first to the last, its count and whether it is chosen; empty where a list tells more."""
    counts = {int(v.value): v for v in values if v.value != NONE}
    if len(counts) < 3 or max(counts) - min(counts) >= MAX_BARS:
        return []
    low, high = found.range or (MAX_YEAR, None)
    return [
        (year, counts[year].count if year in counts else 0,
         (low or 0) <= year <= (high or MAX_YEAR) or (year in counts and counts[year].selected))
        for year in range(min(counts), max(counts) + 1)
    ]  # fmt: skip


def continued(hit: Hit) -> tuple[list[Span], list[Span]]:
    """A hit's heading and its snippet; opening words that both hold are said once, in the heading, marked."""
    opening = hit.heading.removesuffix("…")
    if not "".join(span.text for span in hit.snippet).startswith(opening):
        return [Span(hit.heading)], list(hit.snippet)
    first: list[Span] = []
    rest: list[Span] = []
    left = len(opening)
    for span in hit.snippet:
        first.append(Span(span.text[:left], span.matched))
        rest.append(Span(span.text[left:], span.matched))
        left = max(0, left - len(span.text))
    first, rest = ([span for span in part if span.text] for part in (first, rest))
    if not any(span.text.strip(" .…") for span in rest):
        return first, []
    return [*first, Span("…")], [Span("…"), *rest]


def offered(facet: FacetCounts, found: SearchRequest) -> bool:
    """Whether a facet is shown: countries are within regions, and one agency or language is no choice."""
    if facet.field in ("agency", "language") and sum(v.value != NONE for v in facet.values) < 2:
        return False
    return facet.field != "country" and bool(facet.values or (facet.field == "year" and found.range))


def direction(language: str) -> str:
    """The direction that a language is written in, for the dir attribute."""
    return "rtl" if language.partition("-")[0] in RTL else "ltr"


def chips(found: SearchRequest) -> list[tuple[str, str, str]]:
    """The name of each filter that is on, what the parameter drop takes it off by, and the address without it."""
    labels = state(current_app).labels()
    made = [
        (messages.subject("drop_filter", f"{f}:{v}", labels), f"{f}:{v}", legible(search_url(found.toggled(f, v))))
        for f, v in found.effective
    ]
    if found.range:
        years = gettext("{field}: {value}").format(
            field=gettext(FIELD["year"].label), value=messages.years_said(*found.range)
        )
        made.append((years, YEARS, legible(search_url(found.without_range()))))
    return made + [
        (
            messages.subject("drop_filter", f"-{f}:{v}", labels),
            f"-{f}:{v}",
            legible(search_url(found.toggled_exclusion(f, v))),
        )
        for f, v in found.excluded
    ]


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
    app = state(current_app)
    labels = app.labels()
    found = search(app.engine, wanted, labels)
    note_miss(wanted, found.total)
    explained = asked_why(request.args.items(multi=True))
    said = [p.notice for p in problems] + cited_notices(cited(request.args.items()), found.generation)
    title = messages.heading(wanted, found.total, labels)
    return render_template(
        template, page=found, request_=wanted, label=labels.label, links=Links(wanted),
        notices=[messages.notice(n) for n in (*said, *found.notices)],
        exits=[(messages.way_out(way.kind, way.subject, labels), way) for way in found.exits],
        heading=title,
        facets=[f for f in found.facets if offered(f, wanted)],
        searched=bool(wanted.text or wanted.narrowed),
        why={hit.id: why(wanted.text, hit.stored, labels) for hit in found.hits if hit.id in explained},
        citation=messages.citation(title, (), found.generation,
                                   cited_url(app.site() + search_url(wanted), found.generation.number)),
    )  # fmt: skip


@pages.get("/coverage")
def coverage_page() -> str:
    """Where and when, of any search."""
    wanted, problems = parse(request.args.items(multi=True))
    app = state(current_app)
    labels = app.labels()
    found = coverage(app.engine, wanted, labels)
    numbers = len(found.countries) + (len(found.rows) + 1) * (len(found.columns) + 1)
    linked = numbers * len(search_url(found.country("AAA"))) <= LEADING
    return render_template(
        "coverage.html", found=found, heading=messages.heading(wanted, found.total, labels),
        notices=[messages.notice(n) for n in (*(p.notice for p in problems), *found.notices)],
        rows=coverage_rows(found, linked), linked=linked,
        tiles=tile_map(found.countries, (lambda code: search_url(found.country(code))) if linked else None,
                       lambda code: labels.label("country", code), messages.count),
    )  # fmt: skip


@pages.get("/activities/<path:id>")
def activity(id: str) -> str | BaseResponse | tuple[Response | str, int]:
    """One activity; a former address leads to it."""
    found = shown(current_app, id)
    if found is None:
        return _failed(404), 404
    stored, generation = found.stored, found.generation
    if stored.id != id:
        return redirect(activity_url(stored.id), 301)
    app = state(current_app)
    labels = app.labels()
    called = heading(stored.meta.get("title", ()), stored.text)
    said = cited_notices(cited(request.args.items()), generation)
    if said and (before := _digest_in(int(said[0].values["cited"]), id)) is not None:
        said.append(Notice("same_text" if before == stored.digest else "other_text"))
    return render_template(
        "activity.html", activity=stored, heading=called, body=body_html(stored.body), label=labels.label,
        source=next(iter(stored.meta.get("source", ())), None), titled="title" in stored.meta,
        facts=[name for name in FACETS if stored.meta.get(name) and (name != "region" or not stored.meta.get("country"))],
        similar=found.similar, generation=generation, edit_url=app.edit_url(id),
        notices=[messages.notice(n) for n in said],
        citation=messages.citation(called, [labels.label("agency", agency) for agency in stored.meta.get("agency", ())],
                                   generation, cited_url(app.site() + activity_url(id), generation.number)),
    )  # fmt: skip


def _digest_in(generation: int, id: str) -> str | None:
    """The digest an activity had in a generation; None where that is not kept, or did not have it."""
    engine = state(current_app).engine
    if all(kept.number != generation for kept in engine.generations()):
        return None
    with engine.snapshot(generation) as snapshot:
        stored = snapshot.get(id)[0]
        return stored.digest if stored else None


@pages.get("/help")
def help_page() -> str:
    """The query language, each form with an example."""
    return render_template(
        "help.html", fields=[f for f in FIELD.values() if f.kind != "stored" and f.name != "aliases"]
    )


@pages.get("/export")
def export_view() -> Response | tuple[Response | str, int]:
    """Exactly the activities that a search counts, or the one of an id, as a file, streaming."""
    name = request.args.get("format", "")
    if name not in FORMATS:
        return _failed(400), 400
    app = state(current_app)
    labels = app.labels()
    address = ""
    if (id := request.args.get("id")) is not None:
        one = shown(current_app, id)
        if one is None:
            return _failed(404), 404
        page, rows = SearchPage(SearchRequest(), one.generation, 1, 1, (), ()), iter([one.stored])
        address = app.site() + activity_url(one.stored.id)
    else:
        wanted, problems = parse(request.args.items(multi=True))
        wrong = next((p for p in problems if p.parameter), None)
        if wrong:  # a file has no place to say that a filter was dropped
            return _failed(400, text=messages.refusal(wrong.notice)), 400
        page, rows = scan(app.engine, wanted.on_page(1), labels)
    kind = FORMATS[name]
    return Response(
        export(name, page, rows, labels.english, app.site(), address),  # for programs
        mimetype=kind.media_type,
        headers={"Content-Disposition": f"attachment; filename={file_name(name, page)}"}
        if name != "atom" else {},
    )  # fmt: skip


@pages.get("/favicon.ico")
def favicon() -> BaseResponse:
    return redirect(url_for("static", filename="favicon.svg"), 301)
