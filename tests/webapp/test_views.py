"""The pages and the API over HTTP, on a real index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.request import SearchRequest
from indexer.settings import Settings
from indexer.sync import Summary
from webapp import create_app
from webapp.urls import parse, query_string


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def searchable(client: FlaskClient, index: Callable[..., Summary]) -> FlaskClient:
    index()
    return client


def test_without_an_index_the_page_says_what_to_run(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 503
    assert "activities index" in answer.text
    assert "Retry-After" in answer.headers
    assert client.get("/api/v1/search").json["error"]["code"] == "index_missing"  # type: ignore[index]


def test_a_search_shows_marks_counts_and_chips(searchable: FlaskClient) -> None:
    page = searchable.get("/?q=trafficking&country=PAK").text
    assert "1 activity matching “trafficking” in Pakistan" in page
    assert "<mark>trafficking</mark>" in page
    assert 'aria-label="Remove filter Country: Pakistan"' in page
    assert 'aria-label="Pakistan, 1 activity"' in page


def test_a_former_address_leads_to_the_activity(searchable: FlaskClient) -> None:
    answer = searchable.get("/activities/old-name")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/activities/pak-trafficking")


@pytest.mark.parametrize(
    "address",
    ["/?q=" + "x" * 10_000, "/?q=OR+OR+-+()", "/?q=%00%01%07", "/?q=%E2%80%8F%E2%80%8E", "/?page=-1", "/?page=99999999",
     "/?year=abc", "/?country=ZZZ", "/?" + "&".join(["country=PAK"] * 500), "/?q=tr*", "/help"],
)  # fmt: skip
def test_bad_input_is_never_an_error_on_a_page(searchable: FlaskClient, address: str) -> None:
    answer = searchable.get(address)
    assert answer.status_code == 200
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("parameter", ["page=-1", "year=abc", "country=ZZZ", "sort=best", "per_page=101"])
def test_a_wrong_parameter_is_named_by_the_api(searchable: FlaskClient, parameter: str) -> None:
    answer = searchable.get(f"/api/v1/search?{parameter}")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "invalid_parameter"  # type: ignore[index]
    assert answer.json["error"]["parameter"] == parameter.partition("=")[0]  # type: ignore[index]


def test_the_api_answers_as_the_page_does(searchable: FlaskClient) -> None:
    found = searchable.get("/api/v1/search?q=trafficking").json
    assert found is not None
    assert (found["total"], found["sort"], len(found["hits"])) == (2, "relevance", 2)
    assert set(found) == {"generation", "indexed_at", "total", "page", "per_page", "pages", "sort", "hits", "facets",
                          "notices", "exits", "links"}  # fmt: skip
    assert searchable.get(found["hits"][0]["url"]).status_code == 200


@pytest.mark.parametrize("format", ["csv", "json", "bibtex", "ris", "atom"])
def test_an_export_has_the_rows_that_the_page_counts(searchable: FlaskClient, format: str) -> None:
    answer = searchable.get(f"/export?format={format}&q=trafficking")
    assert answer.status_code == 200
    assert answer.text.count("/activities/global-guide") >= 1
    assert "kgz-police" not in answer.text


def test_markdown_can_do_no_harm(
    searchable: FlaskClient, content: Path, index: Callable[..., Summary]
) -> None:
    (content / "evil.md").write_text(
        "Hello <script>alert(1)</script> [link](javascript:alert(1)) <b onclick=x>bold</b>"
    )
    index()
    page = searchable.get("/activities/evil").text
    assert "<script" not in page
    assert "javascript:" not in page
    assert "onclick" not in page
    assert "alert" not in searchable.get("/").text


def test_a_new_generation_is_served_without_a_restart(
    searchable: FlaskClient, content: Path, index: Callable[..., Summary]
) -> None:
    (content / "new.md").write_text("A new paragraph on shelters.")
    assert "1 activity" not in searchable.get("/?q=shelters").text
    index()
    assert "1 activity" in searchable.get("/?q=shelters").text


def test_no_answer_comes_without_a_strict_policy(searchable: FlaskClient) -> None:
    for address in ("/", "/nothing", "/api/v1/search", "/static/style.css"):
        policy = searchable.get(address).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


PAIR = st.one_of(
    st.tuples(st.just("country"), st.sampled_from(["PAK", "XKX", "none"])),
    st.tuples(st.just("year"), st.integers(1000, 9999).map(str)),
    st.tuples(st.just("theme"), st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,5})?", fullmatch=True)),
)


@given(
    st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=50), st.lists(PAIR, unique=True, max_size=5),
    st.lists(PAIR, unique=True, max_size=5), st.none() | st.integers(1, 2000), st.none() | st.integers(2000, 9999),
    st.sampled_from([None, "newest", "oldest", "relevance"]), st.integers(1, 100), st.integers(1, 100),
)  # fmt: skip
def test_an_address_says_exactly_the_search(text, filters, excluded, low, high, sort, page, per_page) -> None:  # type: ignore[no-untyped-def]
    from urllib.parse import parse_qsl

    excluded = [pair for pair in excluded if pair not in filters]
    request = SearchRequest(text, tuple(filters), tuple(excluded), low, high, sort, page, per_page)
    assert parse(parse_qsl(query_string(request), keep_blank_values=True)) == (request, ())
