"""The JSON of the API contains the results of the page."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient


def get(client: FlaskClient, url: str, status: int = 200) -> Any:
    answer = client.get(url)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    return answer.get_json()


def test_a_search_has_every_documented_key(client: FlaskClient) -> None:
    result = get(client, "/api/v1/search?q=trafficking&country=PAK")
    assert set(result) == {
        "generation",
        "indexed_at",
        "replay",
        "total",
        "total_all",
        "page",
        "per_page",
        "pages",
        "sort",
        "hits",
        "facets",
        "notices",
        "exits",
        "filter_suggestions",
        "links",
    }
    hit = result["hits"][0]
    assert set(hit) >= {
        "id",
        "url",
        "heading",
        "language",
        "country",
        "region",
        "year",
        "theme",
        "partner",
        "agency",
        "score",
        "match",
        "snippet",
    }
    assert hit["year"] == [2019, 2020]
    assert hit["partner"] == []
    assert any(span["matched"] for span in hit["snippet"])
    assert set(result["links"]) == {"self", "prev", "next", "last"}


def test_a_filter_suggestion_has_as_many_results_as_it_states(client: FlaskClient) -> None:
    [suggestion] = get(client, "/api/v1/search?q=police+in+Pakistan+since+2019")[
        "filter_suggestions"
    ]
    assert suggestion == {
        "names": ["Pakistan", "since 2019"],
        "query": "police",
        "label": "1 activity matching “police” in Pakistan, since 2019",
        "total": 1,
        "url": "/?q=police&country=PAK&year_from=2019",
        "or_undated": {"total": 2, "url": "/?q=police&country=PAK&year=none&year_from=2019"},
    }
    for search in (suggestion, suggestion["or_undated"]):
        url = "/api/v1/search" + search["url"].removeprefix("/")
        assert get(client, url)["total"] == search["total"]


def test_the_facets_of_a_very_long_search_have_no_urls(client: FlaskClient) -> None:
    for text, has_urls in (("police " * 500, True), ("police " + "妇女 " * 500, False)):
        facets = get(client, f"/api/v1/search?q={text}")["facets"]
        value = facets["country"]["values"][0]
        assert (bool(value["url"]), bool(value["exclude_url"])) == (has_urls, has_urls)


def test_facet_urls_toggle_their_value(client: FlaskClient) -> None:
    def value(result: Any) -> Any:
        return next(v for v in result["facets"]["country"]["values"] if v["value"] == "PAK")

    pakistan = value(get(client, "/api/v1/search?q=police"))
    assert (pakistan["label"], pakistan["count"], pakistan["selected"]) == ("Pakistan", 2, False)
    assert pakistan["url"] == "/?q=police&country=PAK"
    there = get(client, "/api/v1/search" + pakistan["url"].removeprefix("/"))
    assert there["total"] == pakistan["count"]
    assert value(there)["selected"]
    assert value(there)["url"] == "/?q=police"
    without = get(client, "/api/v1/search" + pakistan["exclude_url"].removeprefix("/"))
    assert without["total"] == 0
    assert value(without)["excluded"]


def test_regions_contain_countries(client: FlaskClient) -> None:
    asia = next(
        v
        for v in get(client, "/api/v1/search")["facets"]["region"]["values"]
        if v["value"] == "142"
    )
    inside = [child["value"] for region in asia["children"] for child in region["children"]]
    assert {"PAK", "MMR"} <= set(inside)


def test_links_visit_every_page(client: FlaskClient) -> None:
    url, ids = "/api/v1/search?per_page=2", []
    while url:
        result = get(client, url)
        ids += [hit["id"] for hit in result["hits"]]
        url = result["links"]["next"]
    assert len(ids) == len(set(ids)) == result["total"] == 6


@pytest.mark.parametrize(
    "parameter", ["page=-1", "page=99999999", "year=abc", "country=QQQ", "sort=x", "per_page=0"]
)
def test_a_wrong_value_is_an_error_that_names_its_parameter(
    client: FlaskClient, parameter: str
) -> None:
    error = get(client, f"/api/v1/search?{parameter}", 400)["error"]
    assert error["code"] == "invalid_parameter"
    assert error["parameter"] == parameter.partition("=")[0]
    assert "left out" not in error["message"]  # the search was refused, not run without the value


@pytest.mark.parametrize(("per_page", "last"), [(1, 10_000), (7, 1428), (20, 500), (100, 100)])
def test_the_last_page_depends_on_the_number_of_results_that_can_be_reached(
    client: FlaskClient, per_page: int, last: int
) -> None:
    result = get(client, f"/api/v1/search?per_page={per_page}&page={last}")
    assert result["page"] == last
    error = get(client, f"/api/v1/search?per_page={per_page}&page={last + 1}", 400)["error"]
    assert error["parameter"] == "page"


@pytest.mark.parametrize("name", ["colour", "Country", "-q", "country[]", "x" * 500])
def test_an_unknown_parameter_is_named_in_a_notice(client: FlaskClient, name: str) -> None:
    (notice,) = get(client, f"/api/v1/search?{name}=red")["notices"]
    assert (notice["code"], notice["parameter"]) == ("unknown_parameter", name[:80])


def test_too_many_filters_are_an_error(client: FlaskClient) -> None:
    error = get(client, "/api/v1/search?" + "country=PAK&" * 500, 400)["error"]
    assert (error["code"], error["parameter"]) == ("invalid_parameter", "country")


def test_unknown_parameters_and_reversed_ranges_give_notices(client: FlaskClient) -> None:
    result = get(client, "/api/v1/search?colour=red&year_from=2020&year_to=2018")
    assert [notice["code"] for notice in result["notices"]] == [
        "range_reversed",
        "unknown_parameter",
    ]
    assert all(notice["message"] for notice in result["notices"])


def test_names_begin_with_the_first_80_characters_of_a_text(client: FlaskClient) -> None:
    def values(text: str) -> list[str]:
        answer = client.get("/api/v1/names", query_string={"field": "country", "q": text})
        return list(answer.get_json()["values"])

    assert values("pakistan".ljust(80) + "zzzz") == ["PAK"]
    assert values("pakistan".ljust(79) + "zzzz") == []


def test_an_activity_is_complete_and_sanitised(client: FlaskClient) -> None:
    result = get(client, "/api/v1/activities/hostile")
    assert "<script>" in result["body"]
    assert "<script" not in result["html"]
    assert result["title"] == "<i>Hostile</i> & co"


def test_a_former_address_redirects_to_the_activity(client: FlaskClient) -> None:
    answer = client.get("/api/v1/activities/old/name")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/api/v1/activities/pakistan-trafficking"
    assert get(client, answer.headers["Location"])["id"] == "pakistan-trafficking"


@pytest.mark.parametrize(
    "url", ["/api/v1/activities/none-such", "/api/v1/nothing", "/api/v2/search"]
)
def test_a_missing_address_is_an_error_in_json(client: FlaskClient, url: str) -> None:
    assert get(client, url, 404)["error"]["code"] == "not_found"
