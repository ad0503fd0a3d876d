"""Addresses that name a generation, and activities that have been withdrawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from webapp import create_app


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, Path]:
    """A site whose generation 1 has five activities.

    Since then one was deleted, one made a draft, one edited and one added (generation 2).
    """
    folder: Path = tmp_path_factory.mktemp("replay")
    content = folder / "content"
    content.mkdir()
    settings = Settings(content=content, index=folder / "index")
    for name, text in {
        "court": "country: PAK|A court opened.",
        "shelter": "country: PAK\nyear: 2019|A shelter opened.",
        "deleted": "country: KEN|A secret shelter.",
        "draft": "country: PAK\naliases: [former]|A hidden court.",
        "same": "country: PER|A school opened.",
    }.items():
        write(content, name, text)
    sync(open_engine(settings), content, "tests", cache=settings.index)
    (content / "deleted.md").unlink()
    write(content, "draft", "draft: true|A hidden court.")
    write(content, "shelter", "country: PAK\nyear: 2020|A shelter was opened again.")
    write(content, "new", "country: PAK|A new clinic.")
    sync(open_engine(settings), content, "tests", cache=settings.index)
    return create_app(settings).test_client(), content


def write(content: Path, name: str, text: str) -> None:
    front, _, body = text.partition("|")
    (content / f"{name}.md").write_text(f"---\n{front}\n---\n{body}\n")


@pytest.fixture
def client(site: tuple[FlaskClient, Path]) -> FlaskClient:
    return site[0]


def text_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_a_search_answers_from_the_cited_generation_and_says_so(client: FlaskClient) -> None:
    page = client.get("/?q=&generation=1").text
    text = text_of(page)
    assert "You are viewing the activities as they were on" in text
    assert "2 activities of that generation have been withdrawn since and are left out." in text
    assert '<span class="total">3 activities</span>' in page
    assert "A shelter opened." in text
    assert "clinic" not in text
    assert "secret" not in text
    assert "hidden" not in text
    assert '<meta name="robots" content="noindex">' in page
    assert '<a href="/?q=">Show the current results</a>' in page


def test_links_and_forms_of_a_replay_stay_in_its_generation(client: FlaskClient) -> None:
    page = client.get("/?q=opened&generation=1&per_page=1").text
    for link in (
        "/?q=opened&amp;page=2&amp;per_page=1&amp;generation=1",
        "/coverage?q=opened&amp;per_page=1&amp;generation=1",
        "/export?format=csv&amp;q=opened&amp;per_page=1&amp;generation=1",
    ):
        assert f'href="{link}"' in page
    assert '<input type="hidden" name="generation" value="1">' in page.replace(
        "type=hidden name=generation value=1", 'type="hidden" name="generation" value="1"'
    )
    assert "generation=1&amp;generation" not in page
    assert "generation=" not in page.partition('rel="canonical"')[2].partition(">")[0]


def test_links_of_the_current_generation_name_none(client: FlaskClient) -> None:
    page = client.get("/?q=opened&generation=2").text
    assert "You are viewing" not in text_of(page)
    assert re.findall(r'href="[^"]*generation=', page) == []


def test_the_api_answers_from_the_cited_generation(client: FlaskClient) -> None:
    result = client.get("/api/v1/search?generation=1").get_json()
    assert result["generation"] == 1
    assert result["total"] == 3
    assert result["replay"]["left_out"] == 2
    assert result["replay"]["newest"]["generation"] == 2
    codes = [notice["code"] for notice in result["notices"]]
    assert codes[:2] == ["replayed", "left_out"]
    assert {each["value"]: each["count"] for each in result["facets"]["year"]["values"]} == {
        2019: 1,
        "none": 2,
    }
    assert client.get("/api/v1/search").get_json()["replay"] is None


def test_exports_briefings_and_coverage_have_the_cited_generation(client: FlaskClient) -> None:
    rows = client.get("/export?format=json&generation=1").get_json()["hits"]
    assert sorted(row["id"] for row in rows) == ["court", "same", "shelter"]
    assert client.get("/export?format=csv&generation=1").text.count("\n") == 4
    briefing = text_of(client.get("/briefing?generation=1").text)
    assert "You are viewing the activities as they were on" in briefing
    assert "A shelter opened." in briefing
    coverage = client.get("/coverage?generation=1").text
    assert "<h1>Coverage: 3 activities</h1>" in coverage
    assert "You are viewing the activities as they were on" in text_of(coverage)


def test_an_activity_is_shown_as_it_was_in_the_cited_generation(client: FlaskClient) -> None:
    page = client.get("/activities/shelter?generation=1").text
    assert "A shelter opened." in page
    assert "The text has changed since." in page
    assert '<a href="/activities/shelter">Show the current version</a>' in page
    assert "The text has not changed since." in client.get("/activities/court?generation=1").text
    result = client.get("/api/v1/activities/shelter?generation=1").get_json()
    assert (result["generation"], result["year"]) == (1, [2019])
    assert result["replay"]["newest"]["generation"] == 2
    export = client.get("/export?format=json&id=shelter&generation=1").get_json()
    assert export["hits"][0]["year"] == [2019]


def test_an_activity_that_is_newer_than_the_cited_generation_is_shown(client: FlaskClient) -> None:
    page = client.get("/activities/new?generation=1").text
    assert "A new clinic." in page
    assert "You are viewing generation 2" in page


@pytest.mark.parametrize("value", ["x", "0", "-1", "1.0", "9" * 30])
def test_an_invalid_generation_is_ignored_on_pages_and_refused_elsewhere(
    client: FlaskClient, value: str
) -> None:
    for path in ("/?q=", "/coverage?", "/briefing?", "/activities/court?"):
        response = client.get(f"{path}&generation={value}")
        assert response.status_code == 200
        assert "is not a valid generation" in response.text
    for path in ("/api/v1/search", "/api/v1/activities/court"):
        response = client.get(f"{path}?generation={value}")
        assert response.status_code == 400
        assert response.get_json()["error"]["parameter"] == "generation"
    for query in ("", "&id=court"):
        assert client.get(f"/export?format=csv{query}&generation={value}").status_code == 400


@pytest.mark.parametrize("id", ["deleted", "draft"])
@pytest.mark.parametrize("query", ["", "?generation=1", "?generation=2"])
def test_the_page_of_a_withdrawn_activity_says_when_it_was_withdrawn(
    client: FlaskClient, id: str, query: str
) -> None:
    response = client.get(f"/activities/{id}{query}")
    assert response.status_code == 410
    assert "<h1>This activity was withdrawn</h1>" in response.text
    assert re.search(r"It was withdrawn on \d+ \w+ 20\d\d and is no longer", response.text)
    assert 'name="q"' in response.text
    assert "hidden court" not in response.text


def test_the_api_says_when_an_activity_was_withdrawn(client: FlaskClient) -> None:
    response = client.get("/api/v1/activities/deleted")
    assert response.status_code == 410
    error = response.get_json()["error"]
    assert error["code"] == "gone"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*Z", error["withdrawn_at"])


def test_an_export_of_a_withdrawn_activity_is_gone(client: FlaskClient) -> None:
    assert client.get("/export?format=bibtex&id=draft").status_code == 410


@pytest.mark.parametrize("id", ["never", "deleted/never", "Deleted", "%00", "deleted%20"])
def test_an_id_that_was_never_public_is_not_found(client: FlaskClient, id: str) -> None:
    assert client.get(f"/activities/{id}").status_code == 404
    assert client.get(f"/api/v1/activities/{id}").status_code == 404
    assert client.get(f"/export?format=csv&id={id}").status_code == 404


def test_an_alias_wins_over_a_withdrawal_and_an_activity_can_come_back(
    site: tuple[FlaskClient, Path], tmp_path: Path
) -> None:
    content = tmp_path / "content"
    content.mkdir()
    settings = Settings(content=content, index=tmp_path / "index")
    write(content, "one", "|One.")
    write(content, "two", "|Two.")
    sync(open_engine(settings), content, "tests", cache=settings.index)
    (content / "one.md").unlink()
    sync(open_engine(settings), content, "tests", cache=settings.index)
    client = create_app(settings).test_client()
    assert client.get("/activities/one").status_code == 410
    write(content, "two", "aliases: [one]|Two.")
    sync(open_engine(settings), content, "tests", cache=settings.index)
    response = client.get("/activities/one")
    assert (response.status_code, response.headers["Location"]) == (301, "/activities/two")
    write(content, "two", "|Two.")
    write(content, "one", "|One again.")
    sync(open_engine(settings), content, "tests", cache=settings.index)
    assert client.get("/activities/one").status_code == 200
    assert client.get("/api/v1/activities/one").status_code == 200


def test_an_unreadable_record_of_changes_makes_no_page_fail(
    site: tuple[FlaskClient, Path], client: FlaskClient
) -> None:
    record = site[1].parent / "index" / "changes.sqlite3"
    stored = record.read_bytes()
    record.write_bytes(b"not a database" * 100)
    try:
        assert client.get("/activities/deleted?x=1").status_code == 404
        assert client.get("/?q=&generation=1&x=1").status_code == 200
    finally:
        record.write_bytes(stored)


def test_kept_answers_of_a_generation_change_with_each_commit(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    settings = Settings(content=content, index=tmp_path / "index")
    write(content, "one", "|One.")
    write(content, "two", "|Two.")
    sync(open_engine(settings), content, "tests", cache=settings.index)
    write(content, "three", "|Three.")
    sync(open_engine(settings), content, "tests", cache=settings.index)
    client = create_app(settings).test_client()
    before = client.get("/api/v1/search?generation=1")
    (content / "one.md").unlink()
    sync(open_engine(settings), content, "tests", cache=settings.index)
    after = client.get(
        "/api/v1/search?generation=1", headers={"If-None-Match": before.headers["ETag"]}
    )
    assert (before.get_json()["total"], after.get_json()["total"]) == (2, 1)
