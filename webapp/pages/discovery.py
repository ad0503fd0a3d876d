"""What the site tells programs of itself: an API page, OpenSearch, a sitemap, robots."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, render_template, request

from indexer.query.plan import ID_COLUMN
from indexer.search.export import FORMATS
from indexer.search.request import SearchRequest
from indexer.search.service import stream_results
from webapp.app_state import app_state
from webapp.i18n import messages
from webapp.parameters import SEARCH
from webapp.search_state import activity_url, export_url, parse, search_url

documents = Blueprint("documents", __name__)
MOST = 50_000  # addresses a sitemap holds (https://www.sitemaps.org/protocol.html)
ALL = 1_000_000_000
AT_ONCE = 500  # activities read at a time

ROBOTS = """User-agent: *
Disallow: /export
Disallow: /api/v1/
Sitemap: {site}/sitemap.xml
"""
# https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{name}</ShortName>
<Description>{about}</Description>
<InputEncoding>UTF-8</InputEncoding>
<Image width="16" height="16" type="image/svg+xml">{site}/static/favicon.svg</Image>
<Url type="text/html" template="{site}/?q={{searchTerms}}"/>
<Url type="application/json" template="{site}/api/v1/search?q={{searchTerms}}&amp;page={{startPage?}}&amp;per_page={{count?}}"/>
<Url type="application/atom+xml" template="{site}{feed}&amp;q={{searchTerms}}"/>
<Url type="application/opensearchdescription+xml" rel="self" template="{site}/opensearch.xml"/>
</OpenSearchDescription>
"""


def _literal(text: str) -> str:
    """A string as both Python and JavaScript write it; unescaped beyond ASCII, where JSON's pairs are no Python."""
    return json.dumps(text, ensure_ascii=False)


def examples(address: str) -> list[tuple[str, str]]:
    """How to ask for an address of the API: the name of a language or program, and its code."""
    base = address.partition("?")[0]
    pairs = parse_qsl(urlsplit(address).query)
    # A shell's, Python's and JavaScript's quoting of untrusted text: none of them can end the string.
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
            "with urllib.request.urlopen(address) as answer:\n"
            "    found = json.load(answer)\n"
            'for hit in found["hits"]:\n'
            '    print(hit["country"], hit["year"], hit["heading"])',
        ),
        (
            "JavaScript",
            f"const search = new URLSearchParams({script});\n"
            f'const answer = await fetch("{base}?" + search);\n'
            "const found = await answer.json();\n"
            "for (const hit of found.hits) console.log(hit.country, hit.year, hit.heading);",
        ),
    ]


@documents.get("/api")
def api_page() -> str:
    """The API for people, with the search of the parameters as its example."""
    wanted, _ = parse(request.args.items(multi=True))
    app = app_state(current_app)
    vocabulary = app.vocabulary()
    found = stream_results(app.engine, wanted.on_page(1), vocabulary)[0]
    return render_template(
        "api.html",
        request_=wanted,
        heading=messages.heading(wanted, found.total, vocabulary),
        formats=list(FORMATS),
        parameters=SEARCH.values(),
        examples=examples(app.site() + search_url(wanted, "/api/v1/search")),
    )


@documents.get("/opensearch.xml")
def opensearch() -> Response:
    """The description by which a browser can add this site as a search engine."""
    text = OPENSEARCH.format(
        name=messages.SITE[:16].strip(),
        about=escape(f"{messages.SITE}: {messages.TAGLINE}"),
        site=escape(app_state(current_app).site()),
        feed=export_url(SearchRequest(), "atom"),
    )
    return Response(text, content_type="application/opensearchdescription+xml; charset=utf-8")


@documents.get("/robots.txt")
def robots() -> Response:
    """Pages may be read; files and the API are for programs that were asked to."""
    return Response(ROBOTS.format(site=app_state(current_app).site()), mimetype="text/plain")


@documents.get("/sitemap.xml", defaults={"part": 0})
@documents.get("/sitemap-<int:part>.xml")
def sitemap(part: int) -> Response:
    """Every activity's address; where they are more than one file may hold, the addresses of the files."""
    app = app_state(current_app)
    with app.engine.snapshot() as snapshot:
        ids = [id for id, _ in snapshot.terms(ID_COLUMN, limit=ALL)]
    parts = -(-len(ids) // MOST)
    if part > parts or (part and parts == 1):
        abort(404)
    address = escape(app.site())
    if not part and parts > 1:
        lines = "".join(
            f"<sitemap><loc>{address}/sitemap-{n + 1}.xml</loc></sitemap>\n" for n in range(parts)
        )
        return _xml(
            iter(
                [
                    f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</sitemapindex>\n'
                ]
            )
        )
    first = max(part - 1, 0) * MOST
    wanted = ids[first : first + MOST]

    def lines_of() -> Iterator[str]:
        yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        if not first:
            yield "".join(
                f"<url><loc>{address}{page}</loc></url>\n"
                for page in ("/", "/coverage", "/help", "/api")
            )
        with app.engine.snapshot() as snapshot:
            for at in range(0, len(wanted), AT_ONCE):
                found = [stored for stored in snapshot.get(*wanted[at : at + AT_ONCE]) if stored]
                yield "".join(
                    f"<url><loc>{address}{escape(activity_url(stored.id))}</loc>"
                    f"<lastmod>{stored.indexed_at}</lastmod></url>\n"
                    for stored in found
                )
        yield "</urlset>\n"

    return _xml(lines_of())


def _xml(lines: Iterator[str]) -> Response:
    def whole() -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield from lines

    return Response(whole(), mimetype="application/xml")
