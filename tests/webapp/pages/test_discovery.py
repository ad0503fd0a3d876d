"""The sitemap, robots.txt, the OpenSearch description, canonical addresses and the API page."""

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

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def locations(client: FlaskClient, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200
    assert response.mimetype == "application/xml"
    return [str(element.text) for element in ET.fromstring(response.data).iter(f"{SITEMAP}loc")]


def test_the_sitemap_has_every_page_and_activity(client: FlaskClient) -> None:
    urls = locations(client, "/sitemap.xml")
    assert {f"http://localhost/activities/{id}" for id in FILES} < set(urls)
    for address in urls:
        assert client.get(address.removeprefix("http://localhost")).status_code == 200


def test_a_large_sitemap_is_split_into_parts(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = locations(client, "/sitemap.xml")
    assert client.get("/sitemap-1.xml").status_code == 404
    monkeypatch.setattr("webapp.pages.discovery.MAX_SITEMAP_URLS", 4)
    monkeypatch.setattr("webapp.pages.discovery.BATCH_SIZE", 3)
    parts = locations(client, "/sitemap.xml")
    assert parts == ["http://localhost/sitemap-1.xml", "http://localhost/sitemap-2.xml"]
    urls = [
        address
        for part in parts
        for address in locations(client, part.removeprefix("http://localhost"))
    ]
    assert urls == whole
    assert client.get("/sitemap-3.xml").status_code == 404


def test_robots_names_the_sitemap_and_disallows_exports(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Disallow: /export" in text
    assert "Disallow: /\n" not in text


def test_a_browser_can_add_the_site_as_a_search_engine(client: FlaskClient) -> None:
    link = re.search(
        r'<link rel="search" type="([^"]+)" title="[^"]+" href="([^"]+)">', client.get("/").text
    )
    assert link
    response = client.get(link[2])
    assert response.mimetype == link[1]
    root = ET.fromstring(response.data)
    assert len(str(root.findtext(f"{OPENSEARCH}ShortName"))) <= 16  # the format's own limit
    for url in root.iter(f"{OPENSEARCH}Url"):
        template = (
            url.attrib["template"]
            .replace("{searchTerms}", quote("police"))
            .replace("{startPage?}", "1")
            .replace("{count?}", "5")
        )
        response = client.get(template.removeprefix("http://localhost"))
        assert response.status_code == 200
        assert response.mimetype == url.attrib["type"]


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
def test_every_page_has_a_canonical_link(client: FlaskClient, url: str) -> None:
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', client.get(url).text)
    assert [unquote(address.replace("&amp;", "&")) for address in canonical] == [
        f"http://localhost{url}"
    ]


def test_the_canonical_address_has_only_search_parameters(client: FlaskClient) -> None:
    text = client.get("/?utm_source=x&country=pak&q=police&generation=1&why=nowhere").text
    assert '<link rel="canonical" href="http://localhost/?q=police&amp;country=PAK">' in text


def test_the_configured_url_replaces_the_host_of_the_request(settings: Settings) -> None:
    with_url = Settings(settings.content, settings.index, url="https://activities.example.org")
    client = create_app(with_url).test_client()
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


def test_the_files_for_programs_are_valid_xml_whatever_the_address(settings: Settings) -> None:
    with_url = Settings(settings.content, settings.index, url="https://a&b.example")
    client = create_app(with_url).test_client()
    assert set(locations(client, "/sitemap.xml")) >= {
        f"https://a&b.example/activities/{id}" for id in FILES
    }
    ET.fromstring(client.get("/opensearch.xml").data)
    ET.fromstring(client.get("/export?format=atom").data)


def code(page: str) -> dict[str, str]:
    """Return the code examples of an API page, by language or program."""
    blocks = re.findall(r"<h3>(\w+)</h3>\s*<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
    return {name: html.unescape(text) for name, text in blocks}


def test_the_api_page_has_every_parameter_and_the_current_search(client: FlaskClient) -> None:
    text = client.get("/api?q=police&country=PAK").text
    for name in SEARCH:
        assert name.startswith("-") or f"<code>{name}</code>" in text
    assert "2 activities matching" in text
    assert set(code(text)) == {"curl", "Python", "JavaScript"}


@pytest.fixture
def listening(app: Flask) -> Iterator[str]:
    """Serve the application, and return its address."""
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_code_examples_run(listening: str, tmp_path: Path) -> None:
    """curl, Python and Node, if installed, get the results of the page."""
    with urllib.request.urlopen(
        f"{listening}/api?q=police+OR+%22it%27s%22&country=PAK&year=2019"
    ) as response:
        page = response.read().decode()

    code_examples = code(page)
    script = tmp_path / "example.py"
    script.write_text(code_examples["Python"], encoding="utf-8")
    process = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=30, check=True
    )
    assert process.stdout.splitlines() == [
        "['PAK'] [2019, 2020] Police in Pakistan were trained on trafficking in persons."
    ]
    if shutil.which("curl"):
        process = subprocess.run(
            ["sh", "-c", f"{code_examples['curl']} --silent"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        assert json.loads(process.stdout)["total"] == 1
    if node := shutil.which("node"):
        script = tmp_path / "example.mjs"
        script.write_text(code_examples["JavaScript"], encoding="utf-8")
        process = subprocess.run(
            [node, script], capture_output=True, text=True, timeout=30, check=True
        )
        assert "Police in Pakistan" in process.stdout


@given(st.text(max_size=80))
@example("' $(id) \" \\ \n </code>")
@example("😀 \u2028 \ud7ff")
def test_search_words_cannot_break_out_of_a_code_example(words: str) -> None:
    request = parse([("q", words)])[0]
    code_by_language = dict(examples("http://localhost" + search_url(request, "/api/v1/search")))
    literal = re.search(r"search = (\[.*?\n?\])\naddress", code_by_language["Python"], re.DOTALL)
    assert literal
    assert ast.literal_eval(literal[1]) == ([("q", request.text)] if request.text else [])
    assert shlex.split(code_by_language["curl"])[2] == "http://localhost" + search_url(
        request, "/api/v1/search"
    )
