"""The page of an activity: the way back to its search, its facts, its evidence and its citation."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from webapp import create_app

TEXTS = {
    "egypt": "country: EGY\nyear: 2019\nagency: unodc\nsource: Annual report 2019, p. 4.|"
    "In Egypt in November 2019, judges learned about *trafficking* in persons.",
    "kenya": "country: KEN\nyear: 2018|Judges in Kenya tried cases of trafficking.",
    "nepal": "country: NPL\nyear: 2017|Police in Nepal investigated trafficking.",
}


@pytest.fixture
def collection(tmp_path: Path) -> Settings:
    content = tmp_path / "content"
    (content / "_import").mkdir(parents=True)
    for id, text in TEXTS.items():
        front, _, body = text.partition("|")
        (content / f"{id}.md").write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")
    evidence = {"id": "egypt", "field": "country", "value": "EGY", "words": "Egypt", "rule": "name"}
    log = content / "_import" / "2026-01-01.jsonl"
    log.write_text(json.dumps(evidence) + "\n", encoding="utf-8")
    settings = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(settings), content, "a test")
    return settings


@pytest.fixture
def client(collection: Settings) -> FlaskClient:
    return create_app(collection).test_client()


def link(html: str, text: str) -> str:
    """Return the address of the link with a text."""
    match = re.search(rf'href="([^"]+)"[^>]*>{re.escape(text)}</a>', html)
    assert match, text
    return unescape(match[1])


def test_a_result_leads_back_to_its_search_and_to_its_neighbours(client: FlaskClient) -> None:
    results = client.get("/?q=trafficking&sort=newest").text
    html = client.get(unescape(re.search(r'href="(/activities/kenya[^"]*)"', results)[1])).text
    assert link(html, "Back to 3 results for “trafficking”") == "/?q=trafficking&sort=newest"
    assert "<span>2 of 3</span>" in html
    assert link(html, "Previous") == "/activities/egypt?q=trafficking&sort=newest"
    assert link(html, "Next") == "/activities/nepal?q=trafficking&sort=newest"


def test_a_neighbour_on_another_page_leads_back_to_that_page(client: FlaskClient) -> None:
    search = "sort=newest&page=2&per_page=1"
    html = client.get(f"/activities/kenya?{search}").text
    assert link(html, "Previous") == "/activities/egypt?sort=newest&per_page=1"
    assert link(html, "Next") == "/activities/nepal?sort=newest&page=3&per_page=1"
    assert link(html, "Back to 3 results") == "/?sort=newest&page=2&per_page=1"


def test_an_activity_that_a_search_does_not_find_has_no_neighbours(client: FlaskClient) -> None:
    html = client.get("/activities/egypt?q=nepal").text
    assert "Back to 1 result for “nepal”" in html
    assert 'rel="next"' not in html
    assert "Back to" not in client.get("/activities/egypt").text


def test_the_words_of_the_search_are_marked_in_the_text(client: FlaskClient) -> None:
    html = client.get("/activities/egypt?q=judge+trafficked").text
    assert "<mark>judges</mark> learned about <em><mark>trafficking</mark></em>" in html
    assert "<mark>" not in client.get("/activities/egypt").text


def test_the_canonical_address_and_the_citation_have_no_search(client: FlaskClient) -> None:
    html = client.get("/activities/egypt?q=judges&country=EGY&sort=oldest").text
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', html)
    assert canonical
    assert canonical[1].endswith("/activities/egypt")
    citation = re.search(r'id="citation"[^>]*>([^<]+)<', html)
    assert citation
    assert unescape(citation[1]).startswith("Annual report 2019, p. 4. Unodc: “In Egypt")
    assert citation[1].endswith("/activities/egypt?generation=1")


def test_country_year_and_agency_are_above_the_text(client: FlaskClient) -> None:
    html = client.get("/activities/egypt").text
    lead = html.index('<p class="lead"')
    assert lead < html.index(">Egypt</a>") < html.index(">2019</a>") < html.index(">Unodc</a>")
    assert html.index(">Unodc</a>") < html.index('<div class="prose">')


def test_the_evidence_of_an_import_is_read_from_the_index(
    collection: Settings, client: FlaskClient
) -> None:
    shutil.rmtree(collection.content / "_import")
    html = client.get("/activities/egypt").text
    assert "Egypt, because the text says" in html
    assert re.search(r"<q [^>]+>In <b>Egypt</b> in November 2019</q>", html)
    assert "because the text says" not in client.get("/activities/kenya").text


def test_the_record_of_an_activity_is_folded(client: FlaskClient) -> None:
    html = client.get("/activities/egypt").text
    record = html.index("About this record")
    assert html.rindex("<details", 0, record) > 0
    assert record < html.index("Permanent address")


def test_a_former_address_keeps_the_search(client: FlaskClient, collection: Settings) -> None:
    path = collection.content / "egypt.md"
    path.write_text(path.read_text().replace("---\n", "---\naliases: cairo\n", 1))
    sync(open_engine(collection), collection.content, "a test")
    location = client.get("/activities/cairo?q=judges").headers["Location"]
    assert location.endswith("/activities/egypt?q=judges")


def test_the_page_links_to_repeats_with_what_tells_them_apart(collection: Settings) -> None:
    text = "Judges in {} learned to question children who testify about violence at home.\n"
    for id, front, country in (
        ("first", "country: KEN\nyear: 2019\nagency: unodc", "Kenya"),
        ("again", "country: UGA\nyear: [2020, 2021]", "Uganda"),
        ("undated", "country: UGA", "Uganda"),
    ):
        path = collection.content / f"{id}.md"
        path.write_text(f"---\n{front}\n---\n{text.format(country)}", encoding="utf-8")
    sync(open_engine(collection), collection.content, "a test")
    client = create_app(collection).test_client()
    html = client.get("/activities/first").text
    assert link(html, "Also reported in 2020, 2021") == "/activities/again"
    assert link(html, "Also reported, with no year stated") == "/activities/undated"
    assert (
        link(client.get("/activities/again").text, "Also reported in 2019") == "/activities/first"
    )
    assert html.index('id="repeats"') < html.index('id="citation"')
    assert 'href="/activities/again"' not in html[html.index('id="citation"') :]
    assert 'id="repeats"' not in client.get("/activities/egypt").text
    body = client.get("/api/v1/activities/first").json
    assert [(each["id"], each["year"]) for each in body["repeats"]] == [
        ("again", [2020, 2021]),
        ("undated", []),
    ]
    assert {each["resemblance"] for each in body["repeats"]} == {0.78}
    assert "again" not in {each["id"] for each in body["similar"]}
