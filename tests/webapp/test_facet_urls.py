"""Every link of a results page leads to exactly the activities that it states."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.schema import FACETS
from indexer.settings import Settings
from indexer.text import places
from webapp import create_app
from webapp.search_state import Links, parse, search_url

Row = dict[str, set[str]]
GROUPS = {"region": "place", "country": "place", "year": "time"}
SEARCHES = [
    "",
    "q=women",
    "q=women+police&country=PAK",
    "q=nothing",
    "country=PAK&country=KEN&-country=MMR",
    "region=034",
    "region=034&country=PAK",
    "region=142&region=034&theme=a&theme=none",
    "region=002&country=PAK",
    "country=none&-year=2019",
    "-region=142&-theme=b",
    "country=FJI&partner=z",
    "year=2019&year=none",
    "year_from=2018&year_to=2019",
    "year_from=2018&year_to=2020&year=2019",
    "year_from=2019&year=2016&year=none",
    "year_to=2018&-year=2017&sort=oldest",
    "year_from=1999&year_to=1999",
    "language=fr&agency=unodc",
    "-language=en&q=women&per_page=3&page=2",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("facets")
    (content := folder / "content").mkdir()
    draw = random.Random(4)

    def some(values: str) -> str:
        return ", ".join(draw.sample(values.split(), draw.choice([0, 0, 1, 1, 2, 3])))

    for number in range(60):
        (content / f"a{number}.md").write_text(
            f"---\ncountry: [{some('PAK AFG MMR KEN EGY XKX')}]\n"
            f"year: [{some('2016 2017 2018 2019 2020')}]\n"
            f"theme: [{some('a b c')}]\npartner: [{some('x y z')}]\n"
            f"agency: [{some('unodc un-women who')}]\n"
            f"language: {draw.choice(['en', 'en', 'fr', 'ar'])}\n"
            f"region: [{draw.choice(['', '', '', '015'])}]\n---\n"
            f"A note on {some('women police courts')} by somebody.\n"
        )
    settings = Settings(content=content, index=folder / "index")
    assert not sync(open_engine(settings), content, owner="tests").errors
    return create_app(settings).test_client()


def results(client: FlaskClient, url: str) -> Any:
    response = client.get("/api/v1/search?" + urlsplit(url).query)
    assert response.status_code == 200, response.text
    return response.get_json()


def rows(client: FlaskClient, words: str) -> dict[str, Row]:
    """Return the facet values of every activity that matches a text, by id."""
    hits = client.get("/api/v1/search", query_string={"q": words, "per_page": "100"}).get_json()[
        "hits"
    ]
    return {
        hit["id"]: {
            name: {str(v) for v in ([hit[name]] if name == "language" else hit[name])} or {"none"}
            for name in FACETS
        }
        for hit in hits
    }


def expected_ids(rows: dict[str, Row], url: str) -> set[str]:
    """Return the ids of the rows that match the parameters of a URL, by the documented rules."""
    args = parse_qsl(urlsplit(url).query)
    included = [(n, v) for n, v in args if n in FACETS]
    low, high = (
        int(dict(args).get(name, default))
        for name, default in (("year_from", 0), ("year_to", 9999))
    )
    years = {v for n, v in included if n == "year" and v != "none" and low <= int(v) <= high}
    groups: dict[str, list[Any]] = {}
    for name, value in included:
        if not (name == "region" and any(value in places.ancestors(v) for _, v in included)):
            groups.setdefault(GROUPS.get(name, name), []).append(
                lambda r, n=name, v=value: v in r[n]  # type: ignore[misc]
            )
    if (low, high) != (0, 9999) and not years:
        groups.setdefault("time", []).append(
            lambda r: any(y != "none" and low <= int(y) <= high for y in r["year"])
        )
    return {
        id
        for id, row in rows.items()
        if all(any(choice(row) for choice in choices) for choices in groups.values())
        and not any(v in row[n[1:]] for n, v in args if n[:1] == "-")
    }


def values(facets: Any) -> Iterator[tuple[str, Any]]:
    def descend(name: str, values: Any) -> Iterator[tuple[str, Any]]:
        for value in values:
            field = "country" if name == "region" and value["value"] in places.COUNTRIES else name
            yield field, value
            yield from descend(field, value["children"])

    for name, facet in facets.items():
        yield from descend(name, facet["values"])


@pytest.mark.parametrize("search", SEARCHES)
def test_the_links_of_a_facet_value_have_as_many_results_as_its_count(
    client: FlaskClient, search: str
) -> None:
    page = results(client, "/?" + search)
    args = parse_qsl(search)
    all_rows = rows(client, dict(args).get("q", ""))
    assert page["total"] == len(expected_ids(all_rows, "/?" + search))
    for name, value in values(page["facets"]):
        text, group = str(value["value"]), GROUPS.get(name, name)
        followed, without = results(client, value["url"]), results(client, value["exclude_url"])
        assert followed["total"] == len(expected_ids(all_rows, value["url"])), value
        assert without["total"] == len(expected_ids(all_rows, value["exclude_url"])), value
        followed_values = {(n, str(v["value"])): v for n, v in values(followed["facets"])}
        # A filtered value is shown even without results.
        assert value["selected"] or followed_values[name, text]["selected"]
        filtered = [name.lstrip("-").partition("_")[0] for name, _ in args]
        if not any(GROUPS.get(n, n) == group for n in filtered):
            assert followed["total"] == value["count"]
            assert without["total"] == page["total"] - value["count"]
        if not value["excluded"]:
            without_values = {(n, str(v["value"])): v for n, v in values(without["facets"])}
            assert without_values[name, text]["excluded"]


@pytest.mark.parametrize("search", SEARCHES)
def test_every_filtered_value_is_shown_and_years_are_in_descending_order(
    client: FlaskClient, search: str
) -> None:
    facets = results(client, "/?" + search)["facets"]
    values_shown = {(name, str(value["value"])) for name, value in values(facets)}
    assert {
        (n.lstrip("-"), v) for n, v in parse_qsl(search) if n.lstrip("-") in FACETS
    } <= values_shown
    years = [value["value"] for value in facets["year"]["values"]]
    numbers = [year for year in years if year != "none"]
    assert numbers == sorted(numbers, reverse=True)
    assert "none" not in years[:-1]


@pytest.mark.parametrize(
    "search",
    [
        "q=wimen&match=all",
        "q=women+zebra&match=all",
        "country=FJI&q=women",
        "year_from=1999&year_to=1999&country=PAK",
        "q=police&-region=142&-region=002&-country=none&-country=XKX",
        "q=country:FJI+women",
    ],
)
def test_every_suggestion_has_as_many_results_as_it_states(
    client: FlaskClient, search: str
) -> None:
    page = results(client, "/?" + search)
    assert page["total"] == 0
    assert page["exits"]
    for suggestion in page["exits"]:
        assert results(client, suggestion["url"])["total"] == suggestion["total"] > 0


@pytest.mark.parametrize("format", ["csv", "json", "bibtex", "ris", "atom"])
@pytest.mark.parametrize("search", SEARCHES)
def test_an_export_has_as_many_rows_as_the_search(
    client: FlaskClient, search: str, format: str
) -> None:
    total = results(client, "/?" + search)["total"]
    # A feed has pages, of which the first has all of these activities.
    text = client.get(f"/export?format={format}&{search}".replace("&page=2", "")).text
    marks = {
        "csv": "\r\n",
        "json": '"body":',
        "bibtex": "@misc{",
        "ris": "TY  - ",
        "atom": "<entry>",
    }
    assert text.count(marks[format]) == total + (format == "csv")


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_activities_without_a_year_come_last_in_either_order(
    client: FlaskClient, sort: str
) -> None:
    years = [hit["year"] for hit in results(client, f"/?sort={sort}&per_page=100")["hits"]]
    dated = [y for y in years if y]
    assert years == dated + [[]] * (len(years) - len(dated))
    keys = [max(y) if sort == "newest" else min(y) for y in dated]
    assert keys == sorted(keys, reverse=sort == "newest")


@pytest.mark.parametrize("query", SEARCHES)
def test_a_bar_of_the_histogram_links_to_the_range_with_that_end(query: str) -> None:
    request, _ = parse(parse_qsl(query))
    for year in (1000, 1999, 2018, 2019, 2020, 9999):
        assert Links(request).range_end(year) == search_url(request.with_range_end(year))
