"""The home page: the collection's own name and texts, its size, and questions that it answers."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.search.overview import MAX_QUESTIONS, overview
from indexer.settings import Settings
from tests.bench.corpus import generate, write_files
from webapp import create_app
from webapp.pages.result_text import MAX_EXCERPT


@pytest.fixture
def collection(tmp_path: Path) -> Settings:
    content = tmp_path / "content"
    content.mkdir()
    texts = {
        "one": "country: PAK\nyear: 2018\ntheme: prison-reform\npartner: undp|"
        "Prison officers learned about mental health.",
        "two": "country: PAK\nyear: 2020\ntheme: prison-reform|Nurses screen for mental health.",
        "three": "country: KEN\nyear: 2020|Courts ordered mental health care and legal aid.",
    }
    for id, text in texts.items():
        front, _, body = text.partition("|")
        (content / f"{id}.md").write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")
    settings = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(settings), content, "a test")
    return settings


def questions(client: FlaskClient) -> list[tuple[str, str, str]]:
    """Return the address, the sentence and the count of each question on the home page."""
    html = client.get("/").text
    items = re.findall(r'<li><a href="(/\?[^"]+)">([^<]+)</a> <span class="count">([^<]+)<', html)
    return [(unescape(address), unescape(text), count) for address, text, count in items]


def test_the_home_page_has_no_results_and_an_empty_search_has_all(client: FlaskClient) -> None:
    assert 'class="results"' not in client.get("/").text
    assert 'class="results"' not in client.get("/?utm_source=x").text
    assert 'class="results"' in client.get("/?q=").text
    assert '<a href="/?q=">See all 6 activities</a>' in client.get("/").text


def test_the_home_page_states_the_size_of_the_collection(collection: Settings) -> None:
    html = create_app(collection).test_client().get("/").text
    for fact in ("3 activities", "2 countries", "2018–2020", "updated on "):
        assert f"<span>{fact}" in html


def test_new_activities_look_like_results(collection: Settings) -> None:
    long = "In Chad, judges learned " + "about legal aid and about mental health in prisons " * 30
    (collection.content / "long.md").write_text(f"---\ncountry: TCD\n---\n{long}\n")
    sync(open_engine(collection), collection.content, "a test")
    html = create_app(collection).test_client().get("/").text
    item = html[html.index("<li data-k=long>") :].partition("</li>")[0]
    assert '<a href="/?country=TCD">Chad</a>' in item
    assert '<h3><a href="/activities/long">In Chad, judges learned about legal aid' in item
    assert " …</div>" in item
    assert len(item) < MAX_EXCERPT + 500


def test_every_question_finds_as_many_activities_as_it_states(collection: Settings) -> None:
    client = create_app(collection).test_client()
    found = questions(client)
    assert 3 <= len({text for _, text, _ in found}) <= MAX_QUESTIONS
    assert "Pakistan: what was done on “Prison reform”?" in {text for _, text, _ in found}
    for address, _, count in found:
        html = client.get(address).text
        assert f'<span class="total">{count}</span>' in html


def test_questions_come_from_the_texts_if_no_field_is_stated(tmp_path: Path) -> None:
    paragraphs = generate(200)
    content = tmp_path / "content"
    write_files(content, paragraphs, ())
    settings = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(settings), content, "a test")
    collection = overview(open_engine(settings))
    assert len(collection.questions) >= 3
    assert all(question.total for question in collection.questions)


def test_an_empty_collection_has_a_home_page(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "_site.yaml").write_text("name: Nothing yet\n", encoding="utf-8")
    settings = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(settings), content, "a test")
    response = create_app(settings).test_client().get("/")
    assert response.status_code == 200
    assert "Nothing yet" in response.text


def test_the_name_the_tagline_and_the_text_come_from_the_settings(collection: Settings) -> None:
    client = create_app(collection).test_client()
    before = client.get("/help")
    assert "<title>How to search – Activity Search</title>" in before.text
    assert 'href="/about"' not in before.text
    (collection.content / "_site.yaml").write_text(
        "name: Prison & reform\ntagline: What we did\nabout: |\n  The **reports**.\n\n  More.\n",
        encoding="utf-8",
    )
    after = client.get("/help", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "<title>How to search – Prison &amp; reform</title>" in after.text
    assert '<p class="tagline">What we did</p>' in after.text
    home = client.get("/").text
    assert "<h1>What we did</h1>" in home
    assert "The <strong>reports</strong>." in home
    assert "More." not in home
    assert "More." in client.get("/about").text
    assert "<ShortName>Prison &amp; reform</ShortName>" in client.get("/opensearch.xml").text
    assert "Prison & reform, generation" in unescape(client.get("/activities/one").text)


def test_a_text_about_the_collection_has_no_active_content(collection: Settings) -> None:
    about = "about: |\n  <script>alert(1)</script> [x](javascript:alert(2))\n"
    (collection.content / "_site.yaml").write_text(about, encoding="utf-8")
    html = create_app(collection).test_client().get("/about").text
    assert "<script>alert" not in html
    assert "javascript:" not in html


def test_nothing_in_the_program_names_the_subject_of_one_collection() -> None:
    root = Path(__file__).parents[3] / "webapp"
    for path in root.rglob("*"):
        if path.suffix in (".py", ".html", ".js", ".pot"):
            assert "gender-based violence" not in path.read_text(encoding="utf-8").lower(), path
