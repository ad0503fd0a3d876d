"""What the site says of itself to programs, and to people who write them."""

from __future__ import annotations

import ast
import html
import json
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.serving import make_server

from indexer.settings import Settings
from tests.webapp.conftest import FILES
from webapp import create_app
from webapp.pages.discovery import examples
from webapp.parameters import SEARCH
from webapp.search_state import parse, search_url

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SEARCHING = "{http://a9.com/-/spec/opensearch/1.1/}"


def locations(client: FlaskClient, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    return [str(element.text) for element in ET.fromstring(answer.data).iter(f"{MAP}loc")]


def test_the_sitemap_has_every_page_and_activity(client: FlaskClient) -> None:
    found = locations(client, "/sitemap.xml")
    assert {f"http://localhost/activities/{id}" for id in FILES} < set(found)
    for address in found:
        assert client.get(address.removeprefix("http://localhost")).status_code == 200


def test_a_sitemap_of_many_is_in_parts(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = locations(client, "/sitemap.xml")
    assert client.get("/sitemap-1.xml").status_code == 404
    monkeypatch.setattr("webapp.pages.discovery.MAX_SITEMAP_URLS", 4)
    monkeypatch.setattr("webapp.pages.discovery.BATCH_SIZE", 3)
    parts = locations(client, "/sitemap.xml")
    assert parts == ["http://localhost/sitemap-1.xml", "http://localhost/sitemap-2.xml"]
    found = [
        address
        for part in parts
        for address in locations(client, part.removeprefix("http://localhost"))
    ]
    assert found == whole
    assert client.get("/sitemap-3.xml").status_code == 404


def test_robots_names_the_sitemap_and_keeps_out_of_files(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Disallow: /export" in text
    assert "Disallow: /\n" not in text


def test_a_browser_can_add_the_search(client: FlaskClient) -> None:
    link = re.search(
        r'<link rel="search" type="([^"]+)" title="[^"]+" href="([^"]+)">', client.get("/").text
    )
    assert link
    answer = client.get(link[2])
    assert answer.mimetype == link[1]
    root = ET.fromstring(answer.data)
    assert len(str(root.findtext(f"{SEARCHING}ShortName"))) <= 16  # the format's own limit
    for url in root.iter(f"{SEARCHING}Url"):
        template = (
            url.attrib["template"]
            .replace("{searchTerms}", quote("police"))
            .replace("{startPage?}", "1")
            .replace("{count?}", "5")
        )
        found = client.get(template.removeprefix("http://localhost"))
        assert found.status_code == 200
        assert found.mimetype == url.attrib["type"]


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/?q=police&country=PAK",
        "/activities/egypt-shelter",
        "/help",
        "/coverage?q=police",
        "/api",
    ],
)
def test_every_page_names_its_canonical_address(client: FlaskClient, url: str) -> None:
    named = re.findall(r'<link rel="canonical" href="([^"]+)">', client.get(url).text)
    assert [unquote(address.replace("&amp;", "&")) for address in named] == [
        f"http://localhost{url}"
    ]


def test_an_address_with_other_parameters_is_the_same_page(client: FlaskClient) -> None:
    text = client.get("/?utm_source=x&country=pak&q=police&generation=1&why=nowhere").text
    assert '<link rel="canonical" href="http://localhost/?q=police&amp;country=PAK">' in text


def test_a_site_behind_a_proxy_goes_by_its_own_address(settings: Settings) -> None:
    own = Settings(settings.content, settings.index, url="https://activities.example.org")
    client = create_app(own).test_client()
    for url in (
        "/",
        "/sitemap.xml",
        "/opensearch.xml",
        "/robots.txt",
        "/export?format=atom",
        "/activities/nowhere",
        "/api",
    ):
        text = client.get(url).text
        assert "https://activities.example.org" in text, url
        assert "http://localhost" not in text, url


def code(page: str) -> dict[str, str]:
    """The examples of an API page, by what they are written in."""
    found = re.findall(r"<h3>(\w+)</h3>\s*<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


def test_the_api_page_knows_every_parameter_and_the_search_at_hand(client: FlaskClient) -> None:
    text = client.get("/api?q=police&country=PAK").text
    for name in SEARCH:
        assert name.startswith("-") or f"<code>{name}</code>" in text
    assert "2 activities matching" in text
    assert set(code(text)) == {"curl", "Python", "JavaScript"}


@pytest.fixture
def listening(app: Flask) -> Iterator[str]:
    """The application at a real address."""
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_examples_run(listening: str, tmp_path: Path) -> None:
    """curl, Python and, where there is one, node find what the page finds."""
    with urllib.request.urlopen(
        f"{listening}/api?q=police+OR+%22it%27s%22&country=PAK&year=2019"
    ) as answer:
        page = answer.read().decode()

    found = code(page)
    script = tmp_path / "example.py"
    script.write_text(found["Python"], encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=30, check=True
    )
    assert ran.stdout.splitlines() == [
        "['PAK'] [2019, 2020] Police in Pakistan were trained on trafficking in persons."
    ]
    if shutil.which("curl"):
        ran = subprocess.run(
            ["sh", "-c", f"{found['curl']} --silent"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        assert json.loads(ran.stdout)["total"] == 1
    if node := shutil.which("node"):
        script = tmp_path / "example.mjs"
        script.write_text(found["JavaScript"], encoding="utf-8")
        ran = subprocess.run([node, script], capture_output=True, text=True, timeout=30, check=True)
        assert "Police in Pakistan" in ran.stdout


@given(st.text(max_size=80))
@example("' $(id) \" \\ \n </code>")
@example("😀 \u2028 \ud7ff")
def test_no_search_can_end_the_string_it_stands_in(words: str) -> None:
    request = parse([("q", words)])[0]
    found = dict(examples("http://localhost" + search_url(request, "/api/v1/search")))
    searched = re.search(r"search = (\[.*?\n?\])\naddress", found["Python"], re.DOTALL)
    assert searched
    assert ast.literal_eval(searched[1]) == ([("q", request.text)] if request.text else [])
    assert shlex.split(found["curl"])[2] == "http://localhost" + search_url(
        request, "/api/v1/search"
    )
