"""Pages stay small with every country, eighty years, long searches and many filters."""

from __future__ import annotations

import gzip
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.query.parser import MAX_QUERY_LENGTH, MAX_SYNTAX_LENGTH
from indexer.settings import Settings
from indexer.text import places
from webapp import create_app
from webapp.parameters import MAX_FILTERS

MAX_PAGE_SIZE = 200_000  # bytes of HTML
MAX_COMPRESSED_SIZE = 50_000  # bytes, compressed


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Serve activities of every country and of eighty years, with texts as long as snippets."""
    folder: Path = tmp_path_factory.mktemp("world")
    content = folder / "content"
    content.mkdir()
    for n, code in enumerate(sorted(places.COUNTRIES)):
        text = " ".join(
            f"Women of {places.name(code)} were trained {word} again."
            for word in "one two three four five".split()
        )
        other = sorted(places.COUNTRIES)[n * 7 % 250]
        front = f"country: [{code}, {other}]\nyear: [{1945 + n % 80}, 2001]"
        (content / f"a{n}.md").write_text(f"---\n{front}\ntheme: theme-{n % 12}\n---\n{text}\n")
    settings = Settings(content=content, index=folder / "index")
    assert not sync(open_engine(settings), content, "a test").errors
    return create_app(settings).test_client()


COUNTRIES = sorted(places.COUNTRIES)[:MAX_FILTERS]
LONG_SEARCHES = {
    "letters of three bytes": quote("妇女" * 250),
    "symbols of four bytes": quote("🕊" * MAX_SYNTAX_LENGTH),
    "quotation marks": quote('"' * 500),
    "nothing found": quote("妇女" * 250) + "+zzzzqqq",
}


@pytest.mark.parametrize(
    "filters",
    ["", *("".join(f"&{f}={c}" for c in COUNTRIES) for f in ("country", "-country"))],
    ids=["no filters", "all in", "all out"],
)
@pytest.mark.parametrize("words", LONG_SEARCHES.values(), ids=LONG_SEARCHES)
@pytest.mark.parametrize("path", ["/", "/coverage", "/changes", "/api"])
def test_a_long_search_has_a_small_page(
    world: FlaskClient, path: str, words: str, filters: str
) -> None:
    words = words if words.endswith("zzzzqqq") else f"women+OR+{words}"
    for more in ("", "&sort=oldest&page=2&year_from=1950&year_to=2010"):
        response = world.get(f"{path}?q={words}{filters}{more}&per_page=100")
        assert response.status_code == 200
        assert len(response.data) < MAX_PAGE_SIZE


@pytest.mark.parametrize("path", ["/", "/coverage", "/changes", "/api"])
def test_a_pasted_passage_has_a_small_page(world: FlaskClient, path: str) -> None:
    passage = quote("trafficking of women " * (MAX_QUERY_LENGTH // 21))
    response = world.get(f"{path}?q={passage}&country=PAK&-country=FJI")
    assert response.status_code == 200
    assert len(response.data) < MAX_PAGE_SIZE
    assert f'maxlength="{MAX_QUERY_LENGTH}"' in response.text or path == "/api"


def test_a_pasted_passage_finds_its_source_first(world: FlaskClient) -> None:
    country = places.name("KEN")
    passage = f"Women of {country} were trained one again (in 2019) - and others. " * 60
    hits = world.get("/api/v1/search", query_string={"q": passage}).json["hits"]
    assert "KEN" in hits[0]["country"]


def test_a_long_search_has_buttons_instead_of_links(
    world: FlaskClient,
) -> None:
    html = world.get(f"/?q={'women+' * 80}&country=PAK&-country=FJI&year_from=1990").text
    assert "<a rel=" not in html
    assert '<select id="sort" form="box" name="sort"' in html
    assert 'form="box" name="drop" value="country:PAK"' in html
    assert 'form="box" name="drop" value="years"' in html
    assert "<button name=drop value=-country:FJI" in html
    assert "<button name=-country value=PAK" in html


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?per_page=100",
        "/?q=women&per_page=100&sort=oldest",
        f"/?q={quote('🕊' * 200)}",
        "/?country=PAK&country=FJI&-year=2001",
        f"/?q={'women ' * 80}",
        f"/?q={quote('é' * 160)}+OR+women&per_page=100",
        "/coverage",
        "/coverage?q=women",
        "/coverage?region=019&year_from=1990&year_to=2015",
    ],
)
def test_a_page_is_small_and_compresses_well(world: FlaskClient, address: str) -> None:
    html = world.get(address).data
    assert b"Pakistan" in html
    assert len(html) < MAX_PAGE_SIZE
    assert len(gzip.compress(html)) < MAX_COMPRESSED_SIZE


def test_the_home_page_with_style_sheet_and_script_is_small(world: FlaskClient) -> None:
    html = world.get("/").data
    parts = [html]
    for name in ("style.css", "search.js", "favicon.svg"):
        with world.get(f"/static/{name}") as response:
            parts.append(response.data)
    assert sum(len(gzip.compress(part)) for part in parts) < MAX_COMPRESSED_SIZE


def test_a_printed_page_with_cut_texts_names_the_briefing_that_has_them(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for n in range(3):
        text = f"Women of town {n} were trained. " * 2_000
        (content / f"a{n}.md").write_text(f"---\ncountry: PAK\n---\n{text}\n")
    (content / "short.md").write_text("---\ncountry: KEN\n---\nWomen were trained.\n")
    settings = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(settings), content, "a test")
    client = create_app(settings).test_client()
    html = client.get("/?q=women&country=PAK").text
    assert len(html.encode()) < MAX_PAGE_SIZE
    note = re.search(r'<p class="print-only">[^<]* http://localhost([^<]+)</p>', html)
    assert note
    assert note[1] == "/briefing?q=women&amp;country=PAK"
    assert client.get(unescape(note[1])).text.count("were trained.") == 3 * 2_000
    assert 'class="print-only"' not in client.get("/?q=women&country=KEN").text


def test_the_year_chart_of_a_long_search_has_no_links(world: FlaskClient) -> None:
    assert "year_from=1999" in world.get("/?q=women").text
    assert "year_from=1999" not in world.get(f"/?q={'women ' * 80}").text


def test_the_downloads_of_a_long_search_are_on_the_api_page(world: FlaskClient) -> None:
    address = f"q={'+'.join(['women'] * 80)}"
    assert f'href="/export?format=csv&amp;{address}"' not in world.get(f"/?{address}").text
    assert f'href="/api?{address}"' in world.get(f"/?{address}").text
    assert '<button name="format" value="csv">' in world.get(f"/api?{address}").text


@pytest.mark.parametrize(
    "address", ["/", "/?q=women", "/coverage", "/briefing?country=PAK", "/help"]
)
def test_a_page_has_one_script_and_one_style_sheet(world: FlaskClient, address: str) -> None:
    html = world.get(address).text
    assert html.count('rel="stylesheet"') == 1
    assert html.count("<script ") == 1
