"""The briefing as a page."""

from __future__ import annotations

import io
import re
from html import unescape

import docx
import pytest
from flask.testing import FlaskClient

from indexer.search.export import briefing


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.text)


def texts(html: str, tag: str) -> list[str]:
    """Return the texts of the elements with a tag, without tags inside and in one line."""
    found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", "", text).split()) for text in found]


def test_the_page_has_criteria_table_activities_sources_and_note(client: FlaskClient) -> None:
    html = page(client, "/briefing?q=police&country=PAK")
    assert texts(html, "h1") == ["2 activities matching “police” in Pakistan"]
    assert texts(html, "h2") == [
        "Contents",
        "Activities by country and year",
        "Activities by country",
        "Sources",
        "About this briefing",
    ]
    assert texts(html, "h3") == ["Pakistan 2 activities"]
    assert texts(html, "h4") == ["2020", "No year stated"]
    rows = [texts(row, "t[hd]") for row in texts_of_rows(html)]
    assert rows == [
        ["Country", "All", "2019", "2020", "Not stated"],
        ["Pakistan", "2", "1", "1", "1"],
        ["All", "2", "1", "1", "1"],
    ]
    assert "Police in Pakistan were trained on trafficking in persons." in html
    assert "generation=" in html


@pytest.mark.parametrize(
    ("query", "years"),
    [("country=EGY", "2019"), ("country=PAK", "2019–2020"), ("q=zzzzqqq", "Not stated")],
)
def test_the_years_covered_are_a_range_only_if_there_are_several(
    client: FlaskClient, query: str, years: str
) -> None:
    assert f"<dt>Years covered</dt><dd>{years}</dd>" in page(client, f"/briefing?{query}")


def texts_of_rows(html: str) -> list[str]:
    return re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)


def test_each_internal_link_leads_to_an_element(client: FlaskClient) -> None:
    html = page(client, "/briefing")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    anchors = set(re.findall(r'href="#([^"]+)"', html))
    assert anchors <= set(ids)
    assert {"source-1", "section-1", "table", "activities", "sources", "note"} <= anchors
    assert any(anchor.startswith("activity-") for anchor in anchors)


def test_the_page_and_the_word_document_have_the_same_activities(client: FlaskClient) -> None:
    html = page(client, "/briefing?group=theme")
    data = client.get("/export?format=docx&group=theme").data
    addresses = [
        match[1]
        for paragraph in docx.Document(io.BytesIO(data)).paragraphs
        if (match := re.match(r"Address: http://localhost(/activities/\S+)", paragraph.text))
    ]
    assert len(addresses) == 6
    assert re.findall(r'<dd><a href="http://localhost(/activities/[^"]+)"', html) == addresses


def test_sections_are_what_the_address_names_and_the_others_are_links(client: FlaskClient) -> None:
    html = page(client, "/briefing?country=PAK&group=theme")
    assert texts(html, "h3") == ["Trafficking 1 activity", "No theme stated 1 activity"]
    assert '<a href="/briefing?country=PAK&group=partner"' in html
    assert '<a href="/briefing?country=PAK"' in html
    assert '<a href="/export?format=docx&country=PAK&group=theme"' in html


def test_a_wrong_parameter_is_ignored_with_a_notice(client: FlaskClient) -> None:
    html = page(client, "/briefing?group=year&year=x")
    assert "“year” is not a valid group, so it was ignored." in html
    assert "“x” is not a valid year" in html
    assert "Activities by country" in texts(html, "h2")


def test_a_text_has_its_language_and_direction(client: FlaskClient) -> None:
    html = page(client, "/briefing?language=ar")
    assert '<div class="prose" lang="ar" dir="rtl">' in html


def test_a_hostile_text_is_not_markup(client: FlaskClient) -> None:
    html = client.get("/briefing").text
    assert "<script>alert" not in html
    assert "javascript:alert(1)" not in re.findall('href="([^"]*)"', html)
    assert "&lt;i&gt;Hostile&lt;/i&gt; &amp; co" in html


def test_a_briefing_without_activities_is_a_page(client: FlaskClient) -> None:
    html = page(client, "/briefing?q=zzzz")
    assert texts(html, "h1") == ["0 activities matching “zzzz”"]
    assert "No activity states a source." in html


def test_too_many_activities_are_an_error_with_both_numbers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(briefing, "MAX_ACTIVITIES", 5)
    html = page(client, "/briefing", 413)
    assert "This search has 6 activities, and this format holds at most 5." in html


def test_a_page_with_the_date_of_the_request_is_not_stored(client: FlaskClient) -> None:
    for address in ("/briefing", "/export?format=docx", "/export?format=xlsx"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


def test_the_search_page_links_to_the_briefing(client: FlaskClient) -> None:
    assert '<a href="/briefing?q=police&country=PAK"' in page(client, "/?q=police&country=PAK")


def test_robots_do_not_read_briefings(client: FlaskClient) -> None:
    assert "Disallow: /briefing" in client.get("/robots.txt").text
