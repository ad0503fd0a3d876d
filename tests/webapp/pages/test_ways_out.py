"""Pages that lead on: a search without results, the coverage of a search, and shared links."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient


def test_the_best_other_search_is_a_button_with_its_first_results(client: FlaskClient) -> None:
    html = client.get("/?q=trained&country=EGY&match=all").text
    button = re.search(r'<a class="button" href="([^"]+)">', html)
    assert button
    preview = html[html.index('<ol class="results preview"') :]
    hits = re.findall(r'<h2><a href="(/activities/[^"]+)">', preview)
    assert 1 <= len(hits) <= 3
    assert len(hits) == len(set(hits))
    target = unescape(button[1])
    # A result of the preview leads back to the search that finds it.
    assert unescape(hits[0]).partition("?")[2] == target.partition("?")[2]
    for hit in hits:
        assert hit.partition("?")[0] in client.get(target).text


def test_a_search_whose_every_part_fails_has_a_button_with_a_preview(client: FlaskClient) -> None:
    html = client.get("/?q=trafficking+penguin+zebra&country=PER&match=all").text
    button = re.search(
        r'<a class="button" href="([^"]+)">([^<]+)</a> <span class="count">([^<]+)<', html
    )
    assert button
    assert button[1] == "/?q=trafficking&amp;match=all"
    label = "Search without “penguin zebra” and without the filter Country: Peru"
    assert unescape(button[2]) == label
    hits = html.count("<li data-k=", html.index('<ol class="results preview"'))
    assert button[3] == ("1 activity" if hits == 1 else f"{hits} activities")


def test_a_search_without_results_has_one_column(client: FlaskClient) -> None:
    assert '<main id="main" class="columns single"' in client.get("/?q=zzzzqqq").text
    assert '<main id="main" class="columns"' in client.get("/?q=police").text


def test_the_coverage_page_has_the_filters_of_its_search(client: FlaskClient) -> None:
    html = client.get("/coverage?q=police&country=PAK").text
    assert re.search(
        r'<a href="/coverage\?q=police" aria-label="Remove filter Country: Pakistan"', html
    )


def test_the_cells_of_the_matrix_have_the_shades_of_the_key(client: FlaskClient) -> None:
    html = client.get("/coverage").text
    key = re.findall(r'<li><i class="(s\d)"></i>', html)
    assert key
    assert set(re.findall(r'<td class="n (s\d)">', html)) <= set(key)


def test_countries_are_blocks_by_continent_for_a_narrow_screen(client: FlaskClient) -> None:
    html = client.get("/coverage").text
    blocks = html[html.index('<div class="blocks">') :]
    assert blocks.index("<h3>Africa</h3>") < blocks.index("<b>EGY</b>")
    assert blocks.index("<b>EGY</b>") < blocks.index("<h3>Asia</h3>") < blocks.index("<b>PAK</b>")


def test_gaps_are_the_countries_with_activities_before_a_year_and_none_since(
    client: FlaskClient,
) -> None:
    def listed(year: str) -> str:
        html = client.get(f"/coverage?gap={year}").text
        return html[html.index('<h2 id="gaps">') :]

    assert ">Egypt</a>" in listed("2020")  # 2019 only
    assert ">Pakistan</a>" not in listed("2020")  # 2019 and 2020
    assert ">Pakistan</a>" in listed("2021")
    assert "Every country with activities before 2019 has activities since." in listed("2019")
    assert ">Egypt</a>" not in listed("abc")


def test_a_shared_link_describes_its_page(client: FlaskClient) -> None:
    html = unescape(client.get("/?q=police&country=PAK").text)
    description = re.search(r'<meta name="description" content="([^"]+)"', html)
    assert description
    assert "matching “police” in Pakistan" in description[1]
    for name in ("og:title", "og:description", "og:image", "og:url", "og:site_name"):
        assert f'<meta property="{name}" content="' in html
    icon = re.search(r'<link rel="apple-touch-icon" href="([^"]+)"', html)
    assert icon
    with client.get(icon[1]) as response:
        assert response.data.startswith(b"\x89PNG")
