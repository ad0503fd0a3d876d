"""Selections: the tick boxes, the form without the script, and the page of a selection."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from indexer.content.id_hash import MAX_HASH_LENGTH, id_hash
from indexer.engines.factory import open_engine
from indexer.engines.whoosh.change_store import SQLiteChangeRecord
from indexer.indexing.sync import sync
from indexer.search.request import MAX_SELECTION, Reference, SearchRequest
from indexer.settings import Settings
from webapp import create_app
from webapp.search_state import parse, search_url

FORMATS = ("csv", "json", "bibtex", "ris", "atom", "xlsx", "docx")
NAMES = [f"2019/activity-{number}" for number in range(60)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site of NAMES, of which the first was edited, the second deleted, the third renamed."""
    folder: Path = tmp_path_factory.mktemp("many")
    content = folder / "content"
    (content / "2019").mkdir(parents=True)

    def write(name: str, text: str, front: str = "country: KEN") -> None:
        (content / f"{name}.md").write_text(f"---\n{front}\n---\n{text}\n", encoding="utf-8")

    def run() -> None:
        sync(open_engine(settings), content, "a test", cache=settings.index)

    settings = Settings(content=content, index=folder / "index")
    for name in NAMES:
        write(name, f"Police were trained in {name.replace('/', ' ')}.")
    run()
    write(NAMES[0], "Judges were trained.", "country: AUT")
    (content / f"{NAMES[1]}.md").unlink()
    (content / f"{NAMES[2]}.md").unlink()
    write("renamed", "Police were trained in a place.", f"aliases: [{NAMES[2]}]")
    run()
    return create_app(settings).test_client()


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.text
    return response.text


def heading(html: str) -> str:
    match = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert match
    return unescape(re.sub("<[^>]+>", "", match[1]))


def results(html: str) -> list[str]:
    return re.findall(r"<li data-k=([^ >]+)", html.partition('<ol class="results"')[2])


def selection_url(*ids: str, path: str = "/", **more: str) -> str:
    return f"{path}?{urlencode([*(('id', id) for id in ids), *more.items()])}"


# The tick boxes and the form


def test_a_tick_box_is_named_after_its_result(client: FlaskClient) -> None:
    html = page(client, "/?q=police")
    for name in re.findall(r'aria-labelledby="tick ([a-z2-7]+)"', html):
        assert re.search(rf"<h2 id={name}>", html)
    assert html.count("name=add value=") == len(results(html)) == 2


def test_a_tick_box_comes_after_the_link_of_its_result(client: FlaskClient) -> None:
    first = page(client, "/?q=police").partition("<li data-k")[2].partition("</li>")[0]
    assert first.index("<h2") < first.index("name=add")


def test_ticks_are_kept_over_pages_and_searches(client: FlaskClient) -> None:
    response = client.get("/selection?q=police&country=PAK&add=pakistan-trafficking&page=1")
    assert response.status_code == 303
    url = response.headers["Location"]
    assert url.startswith("/?q=police&country=PAK&chosen=")
    html = page(client, url)
    assert re.search("value=pakistan-trafficking [^>]*checked", html)
    chosen = re.search(r"name=chosen value=([^>]+)>", html)
    assert chosen
    assert f"chosen={chosen[1]}" in unescape(html.partition('class="chips"')[2])  # in each link
    more = client.get(f"/selection?q=guide&chosen={chosen[1]}&add=nowhere&to=selection")
    assert more.headers["Location"] == selection_url("pakistan-trafficking", "nowhere")


def test_a_tick_that_is_taken_away_is_removed(client: FlaskClient) -> None:
    both = f"12.{id_hash('nowhere')}{id_hash('hostile')}"
    response = client.get(f"/selection?q=&chosen={both}&was=nowhere&was=hostile&add=hostile")
    assert response.headers["Location"] == f"/?chosen=12.{id_hash('hostile')}#results"


def test_the_activity_after_the_last_that_fits_has_a_notice(client: FlaskClient) -> None:
    hashes = "".join(id_hash(str(number)) for number in range(MAX_SELECTION))
    url = client.get(f"/selection?q=police&chosen=12.{hashes}&add=nowhere").headers["Location"]
    assert "A selection can have at most 500 activities." in page(client, url)


def test_links_of_a_search_do_not_limit_it_to_the_ticks(client: FlaskClient) -> None:
    html = page(client, f"/?q=&chosen=12.{id_hash('nowhere')}")
    assert heading(html) == "6 activities"
    assert "Selection (1)" in html


# The page of a selection


def test_a_selection_is_a_page_in_its_own_order(client: FlaskClient) -> None:
    html = page(client, selection_url("nowhere", "egypt-shelter"))
    assert heading(html) == "2 selected activities"
    assert results(html) == ["nowhere", "egypt-shelter"]
    assert "name=add" not in html


def test_words_search_within_a_selection(client: FlaskClient) -> None:
    html = page(client, selection_url("nowhere", "myanmar-police", q="police"))
    assert heading(html) == "1 of 2 selected activities matching “police”"


def test_each_result_can_be_removed(client: FlaskClient) -> None:
    html = page(client, selection_url("nowhere", "hostile"))
    links = re.findall(r'<a href="([^"]+)"><span data-remove', html)
    assert [unescape(link) for link in links] == ["/?id=hostile", "/?id=nowhere"]


@pytest.mark.parametrize("number", [2, 60])
def test_every_link_of_the_page_carries_the_selection(many: FlaskClient, number: int) -> None:
    html = page(many, selection_url(*NAMES[:number]))
    main = html.partition("<main")[2].partition("</main>")[0]
    urls = [unescape(url) for url in re.findall(r'href="(/\?[^"]*|/[a-z]+\?[^"]*)"', main)]
    others = [url for url in urls if "id=" not in url and "ids=" not in url]
    # Values of a result start a new search, and two links leave the selection.
    assert all(re.fullmatch(r"/\?(country|agency|year)=[^&]*|/\?q=|/", url) for url in others)
    forms = re.findall(r"<form.*?</form>", main, re.DOTALL)
    assert forms
    for form in forms:
        assert re.search(r"name=ids? ", form), form


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("number", [3, 60])
def test_a_selection_is_exported_in_every_format(
    many: FlaskClient, format: str, number: int
) -> None:
    html = page(many, selection_url(*NAMES[:number]))
    menu = unescape(html.partition('<details class="menu"')[2])
    button = f'name="format" value="{format}"' if number > 50 else f"/export?format={format}&id="
    assert button in menu
    parameters = [("format", format), *(("id", id) for id in NAMES[:number])]
    response = many.get(f"/export?{urlencode(parameters)}")
    assert response.status_code == 200
    if format != "atom":
        expected = f"selection-of-{number}"
        assert expected in response.headers["Content-Disposition"]


def test_a_download_has_the_order_of_the_selection(client: FlaskClient) -> None:
    text = page(client, selection_url("nowhere", "egypt-shelter", path="/export", format="csv"))
    assert [line.partition(",")[0] for line in text.splitlines()[1:]] == [
        "nowhere",
        "egypt-shelter",
    ]


def test_the_briefing_of_a_selection_names_it(client: FlaskClient) -> None:
    html = page(client, selection_url("nowhere", "egypt-shelter", "gone", path="/briefing"))
    assert "<dt>Selection</dt><dd>3 selected activities</dd>" in html
    assert re.search("<dt>Not in the index</dt><dd>.?gone", html)
    assert 'id="activity-2"' in html
    assert 'id="activity-3"' not in html


# Bad input


def test_an_id_that_does_not_exist_is_named(client: FlaskClient) -> None:
    html = page(client, selection_url("nowhere", "never-was"))
    assert heading(html) == "1 of 2 selected activities"
    assert "1 selected activity is not in the index:" in html
    assert "never-was" in html
    result = client.get(selection_url("nowhere", "never-was", path="/api/v1/search")).json
    assert result["selection"]["missing"] == [
        {"id": "never-was", "hash": id_hash("never-was"), "withdrawn_at": None}
    ]


def test_an_export_without_any_activity_in_the_index_is_404(client: FlaskClient) -> None:
    url = selection_url("never-was", "nor-this", path="/export", format="csv")
    assert "None of the selected activities is in the index." in page(client, url, 404)


def test_an_export_names_missing_activities(client: FlaskClient) -> None:
    url = selection_url("nowhere", "never-was", path="/export", format="json")
    assert client.get(url).json["missing"] == ["never-was"]


@pytest.mark.parametrize("name", ["id", "ids"])
def test_501_ids_are_an_error_in_the_api_and_in_exports_and_a_notice_on_the_page(
    client: FlaskClient, name: str
) -> None:
    ids = [f"activity-{number}" for number in range(MAX_SELECTION + 1)]
    hashes = "12." + "".join(map(id_hash, ids))
    query = urlencode([("ids", hashes)] if name == "ids" else [("id", id) for id in ids])
    assert "Only the first 500 are used." in page(client, f"/?{query}")
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    assert response.json["error"] == {
        "code": "invalid_parameter",
        "message": "A selection can have at most 500 activities.",
        "parameter": name,
    }
    assert "at most 500" in page(client, f"/export?format=csv&{query}", 400)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("id=No+such+ID", "is not a valid id"),
        ("ids=9.abcdefghi", "is not a valid ids"),
        ("ids=10.abcdefghi1", "is not a valid ids"),
        ("ids=10.abcdefghijabc", "end of this address is missing"),
    ],
)
def test_a_malformed_selection_has_a_notice_and_is_an_error_of_the_api(
    client: FlaskClient, query: str, message: str
) -> None:
    assert message in page(client, f"/?{query}")
    assert client.get(f"/api/v1/search?{query}").status_code == 400


# Addresses


def test_51_ids_become_hashes(many: FlaskClient) -> None:
    html = page(many, selection_url(*NAMES[3:54]))
    url = re.search(r'data-url="([^"]+)"', html)
    assert url
    assert re.fullmatch(r"/\?ids=10\.[a-z2-7]{510}", unescape(url[1]))
    assert heading(page(many, unescape(url[1]))) == "51 selected activities"


def test_facet_values_of_the_api_do_not_repeat_a_long_selection(many: FlaskClient) -> None:
    result = many.get(selection_url(*NAMES[3:54], path="/api/v1/search")).json
    (value,) = result["facets"]["country"]["values"]
    assert (value["count"], value["url"]) == (51, "")


def test_500_activities_fit_into_an_address() -> None:
    references = tuple(
        Reference(id_hash(str(number)), is_hash=True) for number in range(MAX_SELECTION)
    )
    url = search_url(SearchRequest("trafficking in persons", selection=references))
    assert MAX_SELECTION * MAX_HASH_LENGTH < len(url) < 7_500
    request, problems = parse([tuple(pair.split("=")) for pair in url[2:].split("&")])  # type: ignore[misc]
    assert (request.selection, problems) == (references, ())


# What has changed since


def test_a_selection_tells_what_has_changed_since_it_was_made(
    many: FlaskClient,
) -> None:
    html = page(many, selection_url(*NAMES[:4], since="1"))
    text = re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", "", html)))
    assert (
        "2 activities have been edited or renamed since this selection was made in generation 1."
        in text
    )
    assert "Edited since it was selected: country, text" in text
    assert "Renamed since it was selected" in text
    assert re.search(r"2019/activity-1.?: withdrawn on \d{4}-\d\d-\d\d", text)


def test_an_alias_is_followed(many: FlaskClient) -> None:
    assert results(page(many, selection_url(NAMES[2]))) == ["renamed"]


def test_a_withdrawn_activity_is_named_also_by_its_hash(
    many: FlaskClient,
) -> None:
    result = many.get(f"/api/v1/search?ids=10.{id_hash(NAMES[1])[:10]}&generation=1").json
    (missing,) = result["selection"]["missing"]
    assert missing["id"] == NAMES[1]
    assert missing["withdrawn_at"]


def test_without_changes_a_selection_says_so(many: FlaskClient) -> None:
    html = page(many, selection_url(NAMES[5], since="1"))
    assert "No activity has been edited since this selection was made in generation 1." in html


def test_a_cited_selection_is_replayed_and_names_what_it_leaves_out(many: FlaskClient) -> None:
    html = page(many, selection_url(*NAMES[:4], generation="1"))
    text = re.sub(r"[\s\u2068\u2069]+", " ", unescape(re.sub("<[^>]+>", "", html)))
    assert heading(html) == "2 of 4 selected activities"
    assert "Edited since it was selected: country, text" in text
    assert "has changed since, and is now renamed" in text


def test_the_generation_of_a_selection_stays_in_its_links(many: FlaskClient) -> None:
    html = page(many, selection_url(*NAMES[3:6], since="1"))
    assert "name=since value=1" in html
    assert "since=1" in re.search(r'data-url="([^"]+)"', html)[1]  # type: ignore[index]


def test_the_shared_address_has_the_generation(client: FlaskClient) -> None:
    html = page(client, selection_url("nowhere", "hostile"))
    share = re.search(r'id="share" href="([^"]+)"', html)
    assert share
    assert re.fullmatch(r"http://localhost/\?id=nowhere&id=hostile&since=\d+", unescape(share[1]))


def test_a_damaged_record_of_changes_leaves_the_page(
    many: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "changes.sqlite3"
    folder.mkdir()
    engine = many.application.extensions["activities"].engine
    monkeypatch.setattr(engine, "change_record", lambda: SQLiteChangeRecord(tmp_path))
    html = page(many, selection_url(NAMES[5], "never-was", since="1"))
    assert "never-was" in html
