"""Details of a result: explanation, similar activities, citation and the link to edit it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rispy
from flask.testing import FlaskClient
from pybtex.database import parse_string

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from webapp import create_app


def test_a_result_is_explained_on_request_without_a_script(client: FlaskClient) -> None:
    page = client.get("/?q=traffick*+trained").text
    assert 'class="why"' not in page
    assert re.search(
        r'<form id="ask" action="/#why"[^>]*>\s*'
        r'<input type="hidden" name="q" value="traffick\* trained">',
        page,
    )
    assert re.search(r"<button form=ask name=why value=pakistan-trafficking", page)
    explained = client.get("/?q=traffick*+trained&why=pakistan-trafficking").text
    assert explained.count('id="why"') == 1
    assert re.search(
        r"<bdi>traffick\*</bdi></strong> – a word that begins with these letters, once in the text",
        explained,
    )
    assert re.search(r"<bdi>trained</bdi></strong> – as typed, once in the text", explained)


@pytest.mark.parametrize("id", ["none-such", "../../etc/passwd", "x" * 5000, "<b>"])
def test_an_unknown_id_in_why_is_ignored(client: FlaskClient, id: str) -> None:
    assert 'class="why"' not in client.get("/", query_string={"q": "trained", "why": id}).text


def test_an_activity_page_has_similar_activities_and_a_citation(client: FlaskClient) -> None:
    page = client.get("/activities/pakistan-trafficking").text
    similar = page[page.index("Similar activities") :]
    assert 'href="/activities/myanmar-police"' in similar
    assert '<a href="/?country=MMR">Myanmar</a>' in similar
    assert "<bdi>Police</bdi>" in similar
    assert "<bdi>trafficking</bdi>" in similar
    citation = re.search(r'id="citation"[^>]*>([^<]+)<', page)
    assert citation
    assert re.fullmatch(
        r"https://example\.org/report\. UNODC: “Police in Pakistan .*”\. "
        r"Activity Search, generation 1 of \d{4}-\d\d-\d\d\. "
        r"http://localhost/activities/pakistan-trafficking\?generation=1",
        citation[1],
    )
    assert client.get("/activities/pakistan-trafficking?generation=1").status_code == 200
    for format in ("bibtex", "ris"):
        assert f'href="/export?format={format}&amp;id=pakistan-trafficking"' in page


def test_one_activity_can_be_exported(client: FlaskClient) -> None:
    entries = parse_string(client.get("/export?format=bibtex&id=old/name").text, "bibtex").entries
    (entry,) = entries.values()
    assert entry.fields["url"] == "http://localhost/activities/pakistan-trafficking"
    assert "1 activity, generation 1" in entry.fields["note"]
    (record,) = rispy.loads(client.get("/export?format=ris&id=nowhere").text)
    assert record["id"] == "nowhere"
    assert client.get("/export?format=ris&id=none-such").status_code == 404
    assert client.get("/export?format=ris&id=../etc").status_code == 404


def test_a_citation_from_another_generation_has_a_notice_about_the_text(
    tmp_path: Path,
) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "one.md").write_text("---\n---\nA shelter opened.\n")
    (content / "two.md").write_text("---\n---\nA court opened.\n")
    settings = Settings(
        content=content, index=tmp_path / "index", edit_url="https://git.example/edit/{path}?a=b"
    )
    sync(open_engine(settings), content, "tests")
    (content / "two.md").write_text("---\n---\nA court was opened.\n")
    sync(open_engine(settings), content, "tests")
    client = create_app(settings).test_client()
    assert (
        "was cited from generation 77 of the index. You are viewing generation 2"
        in client.get("/?q=court&generation=77").text
    )
    assert client.get("/api/v1/search?generation=77").get_json()["notices"][0]["code"] == "cited"
    assert client.get("/api/v1/search?generation=2").get_json()["notices"] == []
    assert "was cited" not in client.get("/?generation=2").text
    assert "The text has not changed since." in client.get("/activities/one?generation=1").text
    assert "The text has changed since." in client.get("/activities/two?generation=1").text
    unavailable = client.get("/activities/two?generation=77").text
    assert "was cited from generation 77" in unavailable
    assert "changed since" not in unavailable
    for invalid in ("x", "0", "-1", "9" * 30, ""):
        assert "was cited" not in client.get(f"/?generation={invalid}").text
    assert 'href="https://git.example/edit/one.md?a=b"' in client.get("/activities/one").text
    assert (
        client.get("/api/v1/activities/one").get_json()["edit_url"]
        == "https://git.example/edit/one.md?a=b"
    )


def test_an_activity_links_to_its_file_only_with_an_edit_url(client: FlaskClient) -> None:
    assert "Edit this activity" not in client.get("/activities/nowhere").text
    assert "edit_url" not in client.get("/api/v1/activities/nowhere").get_json()


@pytest.mark.parametrize(
    "header", ["x" * 8192, "en;q=" + "9" * 8000, ",".join(["zz-ZZ;q=0.1"] * 700), "\x01;q=;;,"]
)
def test_a_malformed_accept_language_is_ignored(client: FlaskClient, header: str) -> None:
    for url in ("/", "/activities/nowhere", "/api/v1/search", "/api"):
        assert client.get(url, headers={"Accept-Language": header}).status_code == 200


def test_right_to_left_text_keeps_its_direction_in_a_left_to_right_page(
    client: FlaskClient,
) -> None:
    page = client.get("/?q=المكتب&why=arabe").text
    result = page[page.index('lang="ar" dir="rtl">') :]
    assert re.search(r'<p class=facts lang="en" dir="ltr">', result)
    assert re.search(r"<strong><bdi>المكتب</bdi></strong>", result)
    assert re.search(r'<q lang="ar" dir="rtl">[^<]*<mark>المكتب</mark>', result)
