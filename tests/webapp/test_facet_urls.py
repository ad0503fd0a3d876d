"""Every address that a page of results offers leads to exactly the activities that it promises."""

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
            f"---\ncountry: [{some('PAK AFG MMR KEN EGY XKX')}]\nyear: [{some('2016 2017 2018 2019 2020')}]\n"
            f"theme: [{some('a b c')}]\npartner: [{some('x y z')}]\nagency: [{some('unodc un-women who')}]\n"
            f"language: {draw.choice(['en', 'en', 'fr', 'ar'])}\nregion: [{draw.choice(['', '', '', '015'])}]\n---\n"
            f"A note on {some('women police courts')} by somebody.\n"
        )
    settings = Settings(content=content, index=folder / "index")
    assert not sync(open_engine(settings), content, owner="tests").errors
    return create_app(settings).test_client()


def answer(client: FlaskClient, url: str) -> Any:
    found = client.get("/api/v1/search?" + urlsplit(url).query)
    assert found.status_code == 200, found.text
    return found.get_json()


def rows(client: FlaskClient, words: str) -> dict[str, Row]:
    """What the words alone find, and of each every value that can be ticked."""
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


def expected(found: dict[str, Row], url: str) -> set[str]:
    """What the parameters of an address leave of the rows, by the rules as people are told them."""
    args = parse_qsl(urlsplit(url).query)
    ticks = [(n, v) for n, v in args if n in FACETS]
    low, high = (
        int(dict(args).get(name, default))
        for name, default in (("year_from", 0), ("year_to", 9999))
    )
    years = {v for n, v in ticks if n == "year" and v != "none" and low <= int(v) <= high}
    wanted: dict[str, list[Any]] = {}
    for name, value in ticks:
        if not (name == "region" and any(value in places.ancestors(v) for _, v in ticks)):
            wanted.setdefault(GROUPS.get(name, name), []).append(
                lambda r, n=name, v=value: v in r[n]  # type: ignore[misc]
            )
    if (low, high) != (0, 9999) and not years:
        wanted.setdefault("time", []).append(
            lambda r: any(y != "none" and low <= int(y) <= high for y in r["year"])
        )
    return {
        id
        for id, row in found.items()
        if all(any(choice(row) for choice in choices) for choices in wanted.values())
        and not any(v in row[n[1:]] for n, v in args if n[:1] == "-")
    }


def values(facets: Any) -> Iterator[tuple[str, Any]]:
    def down(name: str, found: Any) -> Iterator[tuple[str, Any]]:
        for value in found:
            inside = "country" if name == "region" and value["value"] in places.COUNTRIES else name
            yield inside, value
            yield from down(inside, value["children"])

    for name, facet in facets.items():
        yield from down(name, facet["values"])


@pytest.mark.parametrize("search", SEARCHES)
def test_every_facet_address_finds_what_it_promises(client: FlaskClient, search: str) -> None:
    page = answer(client, "/?" + search)
    args = parse_qsl(search)
    found = rows(client, dict(args).get("q", ""))
    assert page["total"] == len(expected(found, "/?" + search))
    for name, value in values(page["facets"]):
        text, group = str(value["value"]), GROUPS.get(name, name)
        followed, without = answer(client, value["url"]), answer(client, value["exclude_url"])
        assert followed["total"] == len(expected(found, value["url"])), value
        assert without["total"] == len(expected(found, value["exclude_url"])), value
        again = {(n, str(v["value"])): v for n, v in values(followed["facets"])}
        assert value["selected"] or again[name, text]["selected"], (
            "a ticked value stays, at zero too"
        )
        chosen = [name.lstrip("-").partition("_")[0] for name, _ in args]
        if not any(GROUPS.get(n, n) == group for n in chosen):
            assert followed["total"] == value["count"]
            assert without["total"] == page["total"] - value["count"]
        if not value["excluded"]:
            assert {(n, str(v["value"])): v for n, v in values(without["facets"])}[name, text][
                "excluded"
            ]


@pytest.mark.parametrize("search", SEARCHES)
def test_every_chosen_value_is_shown_and_years_go_backwards(
    client: FlaskClient, search: str
) -> None:
    facets = answer(client, "/?" + search)["facets"]
    shown = {(name, str(value["value"])) for name, value in values(facets)}
    assert {(n.lstrip("-"), v) for n, v in parse_qsl(search) if n.lstrip("-") in FACETS} <= shown
    years = [value["value"] for value in facets["year"]["values"]]
    numbers = [year for year in years if year != "none"]
    assert numbers == sorted(numbers, reverse=True)
    assert "none" not in years[:-1]


@pytest.mark.parametrize(
    "search",
    [
        "q=wimen",
        "q=women+zebra",
        "country=FJI&q=women",
        "year_from=1999&year_to=1999&country=PAK",
        "q=police&-region=142&-region=002&-country=none&-country=XKX",
        "q=country:FJI+women",
    ],
)
def test_every_exit_leads_where_it_says(client: FlaskClient, search: str) -> None:
    page = answer(client, "/?" + search)
    assert page["total"] == 0
    assert page["exits"]
    for way in page["exits"]:
        assert answer(client, way["url"])["total"] == way["total"] > 0


@pytest.mark.parametrize("format", ["csv", "json", "bibtex", "ris", "atom"])
@pytest.mark.parametrize("search", SEARCHES)
def test_every_export_has_as_many_rows_as_the_search(
    client: FlaskClient, search: str, format: str
) -> None:
    total = answer(client, "/?" + search)["total"]
    text = client.get(f"/export?format={format}&{search}").text
    marks = {
        "csv": "\r\n",
        "json": '"body":',
        "bibtex": "@misc{",
        "ris": "TY  - ",
        "atom": "<entry>",
    }
    assert text.count(marks[format]) == total + (format == "csv")


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_the_undated_come_last_in_either_order(client: FlaskClient, sort: str) -> None:
    years = [hit["year"] for hit in answer(client, f"/?sort={sort}&per_page=100")["hits"]]
    dated = [y for y in years if y]
    assert years == dated + [[]] * (len(years) - len(dated))
    keys = [max(y) if sort == "newest" else min(y) for y in dated]
    assert keys == sorted(keys, reverse=sort == "newest")


@pytest.mark.parametrize("query", SEARCHES)
def test_a_bar_of_the_years_leads_where_its_year_as_a_range_would(query: str) -> None:
    wanted, _ = parse(parse_qsl(query))
    for year in (1000, 1999, 2018, 2019, 2020, 9999):
        assert Links(wanted).range_end(year) == search_url(wanted.with_range_end(year))
