"""Pages and files that describe the site to programs and their authors.

The API page, an OpenSearch description, robots.txt and the sitemap.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, render_template, request

from indexer.engines.base import Engine
from indexer.query.plan import ID_COLUMN
from indexer.search.export import FORMATS
from indexer.search.request import SearchRequest
from indexer.search.service import stream_results
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.parameters import SEARCH
from webapp.search_state import Links, activity_url, export_url, parse, search_url

documents = Blueprint("documents", __name__)
MAX_SITEMAP_URLS = 50_000  # of one file (https://www.sitemaps.org/protocol.html)
MAX_OPENSEARCH_NAME = 16  # characters of a ShortName
NO_LIMIT = 1_000_000_000  # terms
BATCH_SIZE = 500  # activities read from the index at a time
SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

ROBOTS = """User-agent: *
Disallow: /export
Disallow: /briefing
Disallow: /changes?
Disallow: /api/v1/
Sitemap: {site}/sitemap.xml
"""
API_TEMPLATE = "/api/v1/search?q={searchTerms}&amp;page={startPage?}&amp;per_page={count?}"
# https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{name}</ShortName>
<Description>{about}</Description>
<InputEncoding>UTF-8</InputEncoding>
<Image width="16" height="16" type="image/svg+xml">{site}/static/favicon.svg</Image>
<Url type="text/html" template="{site}/?q={{searchTerms}}"/>
<Url type="application/json" template="{site}{api}"/>
<Url type="application/atom+xml" template="{site}{feed}&amp;q={{searchTerms}}"/>
<Url type="application/opensearchdescription+xml" rel="self" template="{site}/opensearch.xml"/>
</OpenSearchDescription>
"""


def _literal(text: str) -> str:
    """Return a string literal that Python and JavaScript read alike.

    Letters beyond ASCII are not escaped: JSON escapes some of them as surrogate pairs, which Python
    does not join.
    """
    return json.dumps(text, ensure_ascii=False)


def examples(address: str) -> list[tuple[str, str]]:
    """Return code that requests an address of the API, as (language or program, code)."""
    base = address.partition("?")[0]
    pairs = parse_qsl(urlsplit(address).query)
    # The parameters are untrusted: quoted like this, a parameter cannot end its string.
    shell = "'" + address.replace("'", "'\\''") + "'"
    python = ",\n".join(f"    ({_literal(name)}, {_literal(value)})" for name, value in pairs)
    script = ",\n".join(f"  [{_literal(name)}, {_literal(value)}]" for name, value in pairs)
    python = f"[\n{python},\n]" if pairs else "[]"
    script = f"[\n{script},\n]" if pairs else "[]"
    return [
        ("curl", f"curl --compressed {shell}"),
        (
            "Python",
            "import json, urllib.parse, urllib.request\n\n"
            f"search = {python}\n"
            f'address = "{base}?" + urllib.parse.urlencode(search)\n'
            "with urllib.request.urlopen(address) as response:\n"
            "    page = json.load(response)\n"
            'for hit in page["hits"]:\n'
            '    print(hit["country"], hit["year"], hit["heading"])',
        ),
        (
            "JavaScript",
            f"const search = new URLSearchParams({script});\n"
            f'const response = await fetch("{base}?" + search);\n'
            "const page = await response.json();\n"
            "for (const hit of page.hits) console.log(hit.country, hit.year, hit.heading);",
        ),
    ]


@documents.get("/api")
def api_page() -> str:
    """Return the description of the API, with the search in the parameters as its example."""
    search_request, _ = parse(request.args.items(multi=True))
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    page, _ = stream_results(app.engine, search_request.on_page(1), vocabulary, app.synonyms())
    return render_template(
        "api.html",
        search=search_request,
        links=Links(search_request),
        heading=messages.heading(search_request, page.total, vocabulary),
        formats=list(FORMATS),
        parameters=SEARCH.values(),
        examples=examples(app.site() + search_url(search_request, "/api/v1/search")),
    )


@documents.get("/opensearch.xml")
def opensearch() -> Response:
    """Return the description that lets a browser add this site as a search engine."""
    collection = app_state(current_app).collection()
    text = OPENSEARCH.format(
        name=escape(collection.name[:MAX_OPENSEARCH_NAME].strip()),
        about=escape(f"{collection.name}: {collection.tagline}"),
        site=escape(app_state(current_app).site()),
        api=API_TEMPLATE,
        feed=export_url(SearchRequest(), "atom"),
    )
    return Response(text, content_type="application/opensearchdescription+xml; charset=utf-8")


@documents.get("/robots.txt")
def robots() -> Response:
    """Return robots.txt: crawlers may read pages, but not exports and the API."""
    return Response(ROBOTS.format(site=app_state(current_app).site()), mimetype="text/plain")


@documents.get("/sitemap.xml", defaults={"part": 0})
@documents.get("/sitemap-<int:part>.xml")
def sitemap(part: int) -> Response:
    """Return the sitemap: the addresses of the pages and of every activity.

    If there are more than MAX_SITEMAP_URLS activities, /sitemap.xml is an index of the parts, and
    the parts are numbered from 1.
    """
    app = app_state(current_app)
    with app.engine.snapshot() as snapshot:
        ids = [id for id, _ in snapshot.terms(ID_COLUMN, limit=NO_LIMIT)]
    part_count = -(-len(ids) // MAX_SITEMAP_URLS)
    if part > part_count or (part and part_count == 1):
        abort(404)
    site = escape(app.site())
    if not part and part_count > 1:
        return _xml(_sitemap_index(site, part_count))
    first = max(part - 1, 0) * MAX_SITEMAP_URLS
    part_ids = ids[first : first + MAX_SITEMAP_URLS]
    return _xml(_url_set(app.engine, site, part_ids, with_pages=not first))


def _sitemap_index(site: str, part_count: int) -> Iterator[str]:
    yield f'<sitemapindex xmlns="{SITEMAP_NAMESPACE}">\n'
    for part in range(1, part_count + 1):
        yield f"<sitemap><loc>{site}/sitemap-{part}.xml</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def _url_set(engine: Engine, site: str, ids: Sequence[str], *, with_pages: bool) -> Iterator[str]:
    yield f'<urlset xmlns="{SITEMAP_NAMESPACE}">\n'
    if with_pages:
        for path in ("/", "/coverage", "/about", "/help", "/api"):
            yield f"<url><loc>{site}{path}</loc></url>\n"
    with engine.snapshot() as snapshot:
        for start in range(0, len(ids), BATCH_SIZE):
            batch = snapshot.get(*ids[start : start + BATCH_SIZE])
            yield "".join(
                f"<url><loc>{site}{escape(activity_url(stored.id))}</loc>"
                f"<lastmod>{stored.indexed_at}</lastmod></url>\n"
                for stored in batch
                if stored
            )
    yield "</urlset>\n"


def _xml(pieces: Iterator[str]) -> Response:
    def document() -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield from pieces

    return Response(document(), mimetype="application/xml")
