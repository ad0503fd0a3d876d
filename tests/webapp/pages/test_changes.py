"""The page and the feed of what has changed in a search."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from tests.webapp.changed_collection import changed_collection
from webapp import create_app

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return changed_collection(tmp_path_factory.mktemp("changes"))


@pytest.fixture(scope="module")
def changed(collection: Settings) -> FlaskClient:
    return create_app(collection).test_client()


def text_of(html: str) -> str:
    """Return the text of a page, with its white space as single spaces."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", "", main)).split())


def entries(feed: str) -> list[ET.Element]:
    return ET.fromstring(feed).findall(f"{ATOM}entry")


def test_the_page_lists_what_was_added_edited_and_withdrawn(changed: FlaskClient) -> None:
    html = changed.get("/changes?since=1").text
    text = text_of(html)
    assert "1 added, 2 edited, 1 withdrawn" in text
    assert "Changes since generation 1 of" in text
    headings = re.findall(r'<h2 id="\w+">(\w+)</h2>', html)
    assert headings == ["Added", "Edited", "Withdrawn"]
    assert re.findall(r"<li data-k=([\w-]+)", html) == ["clinic", "prisons", "courts"]
    assert ">secret-name</a>" in html


def test_new_words_are_marked_and_deleted_words_only_counted(changed: FlaskClient) -> None:
    html = changed.get("/changes?since=1").text
    assert re.findall("<mark>([^<]*)</mark>", html) == ["Lahore", "girls"]
    text = text_of(html)
    assert re.search("Edited on [^:]*: text. The 2 new words are marked. 1 word is gone.", text)
    assert re.search("Edited on [^:]*: year", text)
    assert "heard 40 women" in text


@pytest.mark.parametrize(
    "address",
    [
        "/changes",
        "/changes?since=1",
        "/changes?q=Zubaida&since=1",
        "/changes?country=PAK&since=1",
        "/changes?since=1&format=atom",
        "/api/v1/changes?since=1",
        "/?q=Zubaida&generation=1",
        "/",
    ],
)
def test_the_text_of_a_withdrawn_activity_is_nowhere(changed: FlaskClient, address: str) -> None:
    response = changed.get(address)
    assert response.status_code == 200
    assert "testified" not in response.text
    assert "Zubaida" not in response.text or "q=Zubaida" in address


def test_the_record_has_no_text(changed: FlaskClient, collection: Settings) -> None:
    with closing(sqlite3.connect(collection.index / "changes.sqlite3")) as database:
        dump = "\n".join(database.iterdump())
    assert "secret-name" in dump
    assert not [word for word in ("Zubaida", "Lahore", "Pakistan", "clinic for") if word in dump]


def test_a_search_has_its_own_changes_and_says_what_is_not_known(changed: FlaskClient) -> None:
    text = text_of(changed.get("/changes?q=women&since=1").text)
    assert "What has changed: activities matching “women”" in text
    assert "1 added, 1 edited, 1 withdrawn from the collection" in text
    assert "Whether it matched this search is no longer known" in text
    assert "secret-name" not in text


def test_whether_a_former_text_matches_cannot_be_found_out(changed: FlaskClient) -> None:
    """Other words of the search would tell readers what a withdrawn text said."""
    pages = [
        text_of(changed.get(f"/changes?q={word}&since=1").text) for word in ("Zubaida", "Dolphin")
    ]
    assert pages[0].replace("Zubaida", "Dolphin") == pages[1]


@pytest.mark.parametrize("since", ["yesterday", "0", "-1", "2026-13-01", "12.5"])
def test_a_wrong_since_has_a_notice_and_is_an_error_of_a_feed(
    changed: FlaskClient, since: str
) -> None:
    page = changed.get("/changes", query_string={"since": since})
    assert page.status_code == 200
    assert f"“{since}” is neither a date nor the number of a generation" in text_of(page.text)
    feed = changed.get("/changes", query_string={"since": since, "format": "atom"})
    assert feed.status_code == 400


def test_a_generation_that_does_not_exist_has_a_notice(changed: FlaskClient) -> None:
    text = text_of(changed.get("/changes?since=99").text)
    assert "There is no generation 99 yet. The newest is generation 3." in text
    assert "Nothing has changed." in text


def test_a_date_before_the_record_says_when_the_record_begins(changed: FlaskClient) -> None:
    text = text_of(changed.get("/changes?since=2020-01-01").text)
    assert re.search(r"Changes since .*, when the record begins \(generation 1\)", text)


def test_without_a_record_the_page_says_so(collection: Settings, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("One.")
    settings = Settings(content=tmp_path / "content", index=tmp_path / "index")
    sync(open_engine(settings), settings.content, "tests")
    (settings.index / "changes.sqlite3").unlink()
    client = create_app(settings).test_client()
    assert "No changes are recorded yet." in text_of(client.get("/changes").text)
    assert entries(client.get("/changes?format=atom").text) == []
    assert client.get("/").status_code == 200


def test_pages_keep_the_search_and_since(changed: FlaskClient) -> None:
    html = changed.get("/changes?q=women&since=1&per_page=1").text
    (address,) = re.findall(r'rel="next" href="([^"]+)"', html)
    assert unescape(address) == "/changes?q=women&page=2&per_page=1&since=1"
    second = changed.get(unescape(address)).text
    assert re.findall(r"<li data-k=([\w-]+)", html + second) == ["clinic", "courts"]


def test_a_new_search_on_the_page_keeps_since(changed: FlaskClient) -> None:
    html = changed.get("/changes?since=2").text
    box = html[html.index('id="box"') : html.index("</form>")]
    assert '<input type="hidden" name="since" value="2">' in box


def test_a_damaged_record_is_an_error_of_the_page_and_no_other(
    collection: Settings, tmp_path: Path
) -> None:
    settings = changed_collection(tmp_path)
    (settings.index / "changes.sqlite3").write_bytes(b"not a database, and long enough" * 99)
    client = create_app(settings).test_client()
    assert client.get("/changes").status_code == 503
    assert client.get("/api/v1/changes").status_code == 503
    for address in ("/", "/?q=women&generation=1"):
        response = client.get(address)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")


def test_a_page_of_a_generation_that_is_not_recorded_yet_is_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the commit and its record, the page would be out of date as soon as it is stored."""
    settings = changed_collection(tmp_path)
    client = create_app(settings).test_client()
    assert "ETag" in client.get("/changes").headers
    with monkeypatch.context() as context:
        context.setattr("indexer.indexing.sync.record_changes_or_explain", lambda *_: "")
        (settings.content / "new.md").write_text("A new one.")
        sync(open_engine(settings), settings.content, "tests")
    for address in ("/changes", "/changes?format=atom", "/?q=one&generation=1", "/"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


def test_too_many_changes_are_not_called_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.search.changes.MAX_CHANGES", 1)
    client = create_app(changed_collection(tmp_path)).test_client()
    text = text_of(client.get("/changes?since=1").text)
    assert "There are too many changes to list." in text
    assert "othing has changed" not in text
    cited = client.get("/?q=women&generation=1").text
    assert re.search("since generation 3 of [^<]*: <a [^>]*>more than can be listed</a>", cited)


def test_after_a_large_commit_the_home_page_shows_the_newest_activities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.pages.changes.MAX_HOME_CHANGES", 1)
    home = create_app(changed_collection(tmp_path)).test_client().get("/").text
    assert "<li data-k=clinic" in home
    assert "Added on" not in home


# The feed


def test_the_feed_has_an_entry_for_each_change_the_newest_first(changed: FlaskClient) -> None:
    response = changed.get("/changes?since=1&format=atom")
    assert response.content_type == "application/atom+xml; charset=utf-8"
    titles = [entry.findtext(f"{ATOM}title") for entry in entries(response.text)]
    assert titles == [
        "Edited: Prison officers were trained.",
        "Added: A clinic for women & girls was opened.",
        "Edited: Courts in Lahore heard 40 women & girls.",
        "Withdrawn: secret-name",
    ]


def test_an_entry_marks_the_new_words_and_escapes_the_text(changed: FlaskClient) -> None:
    courts = entries(changed.get("/changes?since=1&format=atom").text)[2]
    content = courts.findtext(f"{ATOM}content") or ""
    assert "Courts in <ins>Lahore</ins> heard 40 women &amp; <ins>girls</ins>." in content
    assert "1 word is gone." in content


def test_another_change_of_an_activity_is_another_entry(tmp_path: Path) -> None:
    settings = changed_collection(tmp_path)
    client = create_app(settings).test_client()
    ids = {
        entry.findtext(f"{ATOM}id") for entry in entries(client.get("/changes?format=atom").text)
    }
    (settings.content / "courts.md").write_text("Courts closed.")
    sync(open_engine(settings), settings.content, "tests")
    newer = {
        entry.findtext(f"{ATOM}id") for entry in entries(client.get("/changes?format=atom").text)
    }
    assert newer - ids == {"http://localhost/activities/courts#edited-4"}


def test_the_feed_of_a_search_names_the_search_and_links_to_its_page(changed: FlaskClient) -> None:
    feed = ET.fromstring(changed.get("/changes?q=women&country=KEN&since=1&format=atom").text)
    assert feed.findtext(f"{ATOM}title") == "Changes: women; Country: Kenya"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["alternate"] == "http://localhost/changes?q=women&country=KEN&since=1"
    assert links["self"] == f"{links['alternate']}&format=atom"


# Ways to the page


def test_a_cited_address_says_what_has_changed_in_the_search_since(changed: FlaskClient) -> None:
    html = changed.get("/?q=women&generation=1").text
    assert (
        'Changes in this search since then: <a href="/changes?q=women&amp;since=1" rel="nofollow">'
        "1 added, 1 edited, 1 withdrawn from the collection</a>"
    ) in html
    everything = changed.get("/?q=&generation=2").text
    assert ">1 edited</a>" in everything
    assert "Changes in this search" not in changed.get("/?q=women&generation=3").text


def test_a_cited_search_without_changes_says_so(changed: FlaskClient) -> None:
    assert ">nothing has changed</a>" in changed.get("/?q=women&generation=2").text


def test_results_and_the_home_page_lead_to_the_changes(changed: FlaskClient) -> None:
    assert '<a href="/changes?q=women" rel="nofollow">What has changed</a>' in (
        changed.get("/?q=women").text
    )
    home = changed.get("/").text
    assert '<a href="/changes">See everything that has changed</a>' in home
    new = home[home.index('id="newest"') :]
    assert re.findall(r"<li data-k=([\w-]+)", new) == ["prisons", "clinic", "courts"]
    assert re.search("Edited on [^:]*: year", new)


def test_search_engines_read_the_page_of_changes_but_not_of_each_search(
    client: FlaskClient,
) -> None:
    assert "Disallow: /changes?" in client.get("/robots.txt").text.splitlines()
    assert 'content="noindex"' not in client.get("/changes").text
    assert 'content="noindex"' in client.get("/changes?q=police").text
