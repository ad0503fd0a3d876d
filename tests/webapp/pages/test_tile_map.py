"""The tile map has one square for each country, roughly in its place."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import webapp
from indexer.text import places
from webapp.i18n import messages
from webapp.pages.tile_map import TILES, tile_map

LAYOUT = (Path(webapp.__file__).parent / "pages" / "tile_map.txt").read_text()
SVG = "{http://www.w3.org/2000/svg}"


def parsed_map(counts: dict[str, int]) -> ET.Element:
    return ET.fromstring(
        str(tile_map(counts, lambda code: f"/?country={code}", places.name, messages.count))
    )


def test_every_country_has_a_square_of_its_own() -> None:
    codes = [word for word in LAYOUT.split() if word.isalpha()]
    assert len(codes) == len(set(codes)) == len(set(TILES.values()))
    assert set(codes) == places.COUNTRIES
    assert len(places.COUNTRIES - {"XKX"}) == 249
    assert len({len(line.split()) for line in LAYOUT.splitlines()}) == 1


def test_countries_are_in_the_order_of_the_globe() -> None:
    def x(code: str) -> int:
        return TILES[code][0]

    def y(code: str) -> int:
        return TILES[code][1]

    west_to_east = [
        "USA PRT ITA TUR IRN PAK IND THA PHL FJI",
        "BRA NGA ETH",
        "CHL ARG ZAF AUS NZL",
        "SEN NER TCD SDN ERI",
    ]
    north_to_south = [
        "CAN USA MEX GTM PAN ECU PER CHL",
        "NOR DEU ITA TUN COG AGO NAM",
        "RUS KAZ AFG PAK MDV",
        "JPN PHL AUS NZL",
    ]
    for row in west_to_east:
        codes = row.split()
        assert sorted(codes, key=x) == codes
    for column in north_to_south:
        codes = column.split()
        assert sorted(codes, key=y) == codes


def test_a_square_with_activities_is_a_link_with_name_and_count() -> None:
    svg = parsed_map({"TUV": 1, "IND": 1200})
    links = {a.get("href"): a for a in svg.iter(f"{SVG}a")} or {
        a.get("href"): a for a in svg.iter("a")
    }
    assert {href: a.get("aria-label") for href, a in links.items()} == {
        "/?country=TUV": "Tuvalu, 1 activity",
        "/?country=IND": "India, 1,200 activities",
    }
    assert links["/?country=TUV"].get("class") != links["/?country=IND"].get("class")
    sizes = {(r.get("width"), r.get("height")) for r in svg.iter() if r.tag.endswith("rect")}
    assert len(sizes) == 1  # all countries have the same size
    assert sum(r.tag.endswith("rect") for r in svg.iter()) == len(TILES)


def test_names_and_links_are_escaped() -> None:
    svg = str(
        tile_map(
            {"PAK": 1}, lambda code: f'/?q="&country={code}', lambda code: "<b>&", messages.count
        )
    )
    assert "<b>" not in svg
    assert 'href="/?q=&#34;&amp;country=PAK"' in svg
