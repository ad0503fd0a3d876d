"""The search page, the activity page, the help page, exports and error pages."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import FacetBucket, FacetCounts
from indexer.settings import Settings
from webapp import create_app
from webapp.pages.components import collapse_regions, histogram, is_shown


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.text[:500]
    assert "Traceback" not in response.text
    return response.text


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def heading(html: str) -> str:
    """Return the heading with the filters, which is the title without the name of the site."""
    match = re.search(r"<title>(.*?) – Activity Search</title>", html, re.DOTALL)
    assert match
    return unescape(match[1])


def test_an_empty_search_lists_every_activity(client: FlaskClient) -> None:
    html = page(client, "/?q=")
    assert "6 activities</" in html
    assert len(re.findall("<h2 id=[a-z2-7]{12}>", html)) == 6  # the name of each tick box


def test_the_heading_describes_the_search(client: FlaskClient) -> None:
    html = page(client, "/?q=trafficking&country=PAK&year_from=2019&year_to=2020")
    assert heading(html) == "1 activity matching “trafficking” in Pakistan, 2019–2020"
    assert "<title>1 activity matching “trafficking” in Pakistan, 2019–2020 – " in html
    assert "<mark>trafficking</mark>" in html


def filter_offers(html: str) -> list[str]:
    """Return the sentences that offer words of the search as filters."""
    return [
        text_of(offer) for offer in re.findall(r'<p class="as-filters">.*?</p>', html, re.DOTALL)
    ]


def test_words_that_name_values_are_offered_as_filters(client: FlaskClient) -> None:
    html = page(client, "/?q=police+Pakistan")
    assert filter_offers(html) == [
        "“Pakistan” looks like a filter: 2 activities matching “police” in Pakistan"
    ]
    assert 'href="/?q=police&amp;country=PAK"' in html


def test_explicit_syntax_offers_no_filters(client: FlaskClient) -> None:
    assert filter_offers(page(client, "/?q=police+OR+Pakistan")) == []


def test_a_search_without_names_offers_no_filters(client: FlaskClient) -> None:
    assert filter_offers(page(client, "/?q=police")) == []


def test_the_heading_names_not_stated_after_the_years(client: FlaskClient) -> None:
    html = page(client, "/?q=police&year_from=2019&year=none")
    assert heading(html) == "2 activities matching “police”, since 2019 or no year stated"


def test_the_link_of_a_result_is_the_start_of_its_text(client: FlaskClient) -> None:
    html = page(client, "/?q=police+abused")
    opening, rest = re.findall(r"<h2[^>]*>(.*?)</h2>(.*?)</div>", html, re.DOTALL)[0]
    assert "<mark>Police</mark> trained on" in opening
    assert text_of(rest).startswith(", through one long winter")
    assert "Police" not in rest
    assert "<mark>abused</mark>" in rest
    assert "<mark></mark>" not in html


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/?country=none", "2 activities, no country stated"),
        ("/?country=none&country=MMR", "3 activities in Myanmar or no country stated"),
        ("/?year=none&-country=none", "2 activities, no year stated, country stated"),
        (
            "/?-country=none&-year=2019&-theme=none",
            "0 activities, country stated, theme stated, without 2019",
        ),
    ],
)
def test_the_heading_describes_filters_on_not_stated_values(
    client: FlaskClient, address: str, expected: str
) -> None:
    assert heading(page(client, address)) == expected


def test_a_short_activity_has_no_snippet_below_its_heading(client: FlaskClient) -> None:
    html = page(client, "/?q=prosecutors")
    assert "A guide for <mark>prosecutors</mark>." in html
    assert "<span></span></div>" in html


def test_a_region_that_repeats_a_place_is_not_in_the_tree(client: FlaskClient) -> None:
    html = page(client, "/?q=")
    assert "<span>Africa</span> <b>2</b>" in html
    assert "Northern Africa" not in html
    assert "South-eastern Asia" not in html


def test_a_region_of_several_places_stays_in_the_tree() -> None:
    tree = FacetBucket(
        "142",
        "Asia",
        3,
        children=(
            FacetBucket(
                "034",
                "Southern Asia",
                3,
                children=(FacetBucket("AFG", "Afghanistan", 2), FacetBucket("PAK", "Pakistan", 1)),
            ),
        ),
    )
    other = FacetBucket(
        "035", "South-eastern Asia", 2, children=(FacetBucket("MMR", "Myanmar", 1),)
    )
    assert [v.label for v in collapse_regions((tree,))[0].children] == ["Afghanistan", "Pakistan"]
    both = replace(tree, count=5, children=(*tree.children, other))
    assert [v.label for v in collapse_regions((both,))[0].children] == [
        "Southern Asia",
        "South-eastern Asia",
    ]


def test_a_selected_region_stays_in_the_tree(client: FlaskClient) -> None:
    assert re.search(
        r"value=015 checked><span>Northern Africa</span> <b>2</b>", page(client, "/?region=015")
    )


def test_the_histogram_has_every_year_from_the_first_to_the_last() -> None:
    values = (
        FacetBucket("2021", "2021", 1, selected=True),
        FacetBucket("2018", "2018", 3),
        FacetBucket("2019", "2019", 1),
        FacetBucket("none", "Not stated", 9),
    )
    assert histogram(values, SearchRequest()) == [
        (2018, 3, False),
        (2019, 1, False),
        (2020, 0, False),
        (2021, 1, True),
    ]
    assert [
        year for year, _, selected in histogram(values, SearchRequest(year_to=2019)) if selected
    ] == [
        2018,
        2019,
        2021,
    ]
    assert not histogram(values[:1], SearchRequest())
    assert not histogram((*values, FacetBucket("1325", "1325", 1)), SearchRequest())


def test_facet_values_have_labels_and_counts(client: FlaskClient) -> None:
    html = page(client, "/?q=police")
    assert "<span>Pakistan</span> <b>2</b>" in html
    assert "<span>Myanmar</span> <b>1</b>" in html
    assert 'aria-label="Exclude Pakistan"' in html
    assert html.count("<button name=-country value=PAK") == 2  # in both lists of countries


def test_the_heading_of_the_page_has_the_count_and_the_words(client: FlaskClient) -> None:
    html = page(client, "/?q=police&country=MMR&year=2019")
    assert re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert '<span class="total">' in html
    assert " matching “police”</h1>" in html


def test_a_list_without_stated_values_is_not_shown() -> None:
    facet = FacetCounts("theme", (FacetBucket("none", "Not stated", 3),))
    assert not is_shown(facet, SearchRequest())
    assert is_shown(facet, SearchRequest(filters=(Filter("theme", "none"),)))


def test_country_counts_ignore_the_country_filter(client: FlaskClient) -> None:
    html = page(client, "/?country=MMR")
    assert heading(html) == "1 activity in Myanmar"
    assert "<span>Egypt</span> <b>2</b>" in html


def test_a_chip_removes_its_filter_and_clear_filters_keeps_words_and_sort(
    client: FlaskClient,
) -> None:
    html = page(client, "/?q=police&country=PAK&-year=2019&sort=oldest")
    assert re.search(
        r'<a href="/\?q=police&amp;-year=2019&amp;sort=oldest"'
        r' aria-label="Remove filter Country: Pakistan"',
        html,
    )
    assert 'aria-label="Remove filter Year mentioned: not 2019"' in html
    assert re.search(r'href="/\?q=police&amp;sort=oldest">Clear filters', html)


def test_agency_and_language_are_hidden_with_a_single_value(client: FlaskClient) -> None:
    assert "name=agency value=unodc" in page(client, "/?q=")  # there are two agencies
    assert "name=agency" not in page(client, "/?q=trafficking")
    assert "name=language" not in page(client, "/?q=trafficking")


def test_filters_are_hidden_without_a_value_to_select(client: FlaskClient) -> None:
    assert "Apply filters" not in page(client, "/?q=zzz")
    assert "Apply filters" in page(
        client, "/?q=zzz&country=PAK"
    )  # the selected value can be cleared


def test_a_page_links_to_the_previous_and_next_pages(client: FlaskClient) -> None:
    html = page(client, "/?per_page=2&page=2")
    assert html.count('rel="prev"') == 2
    assert html.count('rel="next"') == 2
    assert '<strong aria-current="page"><span class="sr">Page </span>2</strong>' in html
    assert "3–4 of 6" in html
    assert heading(html) == "6 activities – page 2 of 3"


def test_a_page_past_the_end_says_so_and_links_to_the_last(client: FlaskClient) -> None:
    html = page(client, "/?per_page=2&page=9")
    assert "There is no page 9. The last page is page 3." in html
    assert '<a href="/?page=3&amp;per_page=2">Go to the last page, page 3</a>' in html


def test_a_range_without_results_stays_in_the_form(client: FlaskClient) -> None:
    assert 'name="year_from" min="1000" max="9999" value="1500"' in page(
        client, "/?q=zzz&year_from=1500"
    )


def test_suggestions_for_an_empty_result_have_correct_counts(client: FlaskClient) -> None:
    html = page(client, "/?q=prosecutors&country=EGY")
    assert heading(html).startswith("0 activities") or heading(html).startswith("No ")
    suggestions = re.findall(
        r'<a (?:class="button" )?href="([^"]+)">[^<]*</a> <span class="count">([\d,]+) activit',
        html,
    )
    assert suggestions
    for url, count in suggestions:
        assert heading(page(client, unescape(url))).startswith(f"{count} activit")


def test_few_results_have_a_suggestion_of_the_right_spelling_above_them(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for n in range(30):
        (content / f"a{n}.md").write_text(f"---\n---\nThe government opened office {n}.\n")
    (content / "b.md").write_text("---\n---\nThe goverment of a district.\n")
    settings = Settings(content=content, index=tmp_path / "index")
    sync(open_engine(settings), content, owner="tests")
    html = page(create_app(settings).test_client(), "/?q=goverment")
    suggestion = '<a href="/?q=government">Did you mean “government”?</a> '
    assert f'{suggestion}<span class="count">30 activities</span>' in html
    assert html.index(suggestion) < html.index('<ol class="results"')


def test_an_activity_page_has_text_facts_and_source(client: FlaskClient) -> None:
    html = page(client, "/activities/pakistan-trafficking")
    assert "trained on trafficking in persons" in html
    assert '<a href="/?country=PAK">Pakistan</a>' in html
    assert '<a href="https://example.org/report"' in html
    assert '<a href="A printed' not in page(client, "/activities/myanmar-police")


def test_an_alias_redirects_to_the_activity(client: FlaskClient) -> None:
    response = client.get("/activities/old/name")
    assert (response.status_code, response.headers["Location"]) == (
        301,
        "/activities/pakistan-trafficking",
    )


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/?q=police",
        "/help",
        "/activities/egypt-shelter",
        "/activities/old/name",
        "/export?format=csv",
        "/nothing",
        "/api/v1/search",
        "/api/v1/search?page=0",
        "/api/v1/activities/egypt-shelter",
        "/static/style.css",
    ],
)
def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient, url: str) -> None:
    with client.get(url) as whole, client.head(url) as head:
        assert (head.status_code, head.data) == (whole.status_code, b"")
        for name in ("Content-Type", "Content-Length", "Location"):
            assert head.headers.get(name) == whole.headers.get(name)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/help/", 200),
        ("/api/v1/search/", 200),
        ("/activities/nowhere/", 301),
        ("/api/v1/activities/nowhere/", 301),
        ("/activities/", 404),
    ],
)
def test_a_trailing_slash_is_accepted(client: FlaskClient, url: str, status: int) -> None:
    response = client.get(url)
    assert response.status_code == status
    assert response.headers.get("Location", url.rstrip("/")) == url.rstrip("/")


@pytest.mark.parametrize("query", ["page=0", "year=abc", "country=QQQ", "sort=x"])
def test_an_export_with_an_invalid_parameter_is_an_error(client: FlaskClient, query: str) -> None:
    assert "is not a valid" in page(client, f"/export?format=csv&{query}", 400)


def test_a_text_has_its_language_and_direction(client: FlaskClient) -> None:
    assert 'lang="ar" dir="rtl"' in page(client, "/activities/arabe")
    assert 'lang="ar" dir="rtl">' in page(client, "/?q=")


def test_hostile_content_is_escaped(client: FlaskClient) -> None:
    for html in (page(client, "/activities/hostile"), page(client, "/?q=hostile")):
        assert "<i>" not in html
        assert "&lt;i&gt;Hostile&lt;/i&gt; &amp; co" in html
        assert html.count("<script") <= 1  # the site's own
        assert "<script>" not in html
        assert 'href="javascript:' not in html
        assert "elsewhere.example" not in html or "<img" not in html


def test_every_example_of_the_help_page_is_understood(client: FlaskClient) -> None:
    examples = re.findall(r'<dt><a href="([^"]+)">', page(client, "/help"))
    assert len(examples) > 8
    for url in examples:
        assert 'class="notice"' not in page(client, unescape(url))


@pytest.mark.parametrize(
    "url",
    [
        "/?q=" + "a" * 10_000,
        "/?q=-+OR+()+**+%22+~",
        "/?q=%00%01%1b%7f",
        "/?q=%E2%80%8F%E2%80%AE%E2%80%8F",
        "/?q=%ff%fe",
        "/?page=-1",
        "/?page=99999999",
        "/?year=abc",
        "/?country=QQQ",
        "/?" + "country=PAK&" * 500,
        "/?q=po*",
        "/?year_from=2020&year_to=2018",
        "/?q=" + "(" * 400,
        "/?q=<script>alert(1)</script>",
        "/?sort=%0d%0aX:1",
        "/?unknown=1",
        "/?q=country:Atlantis",
        "/?q=year:abc",
        "/?per_page=1000000",
        "/?q=%ed%a0%80",
    ],
)
def test_malformed_input_gets_a_page(client: FlaskClient, url: str) -> None:
    html = page(client, url)
    assert html.count("<script") == 1  # the site's own
    assert "<script>" not in html
    assert "<h1" in html


def test_an_invalid_value_gets_a_notice(client: FlaskClient) -> None:
    assert "“abc” is not a valid year" in page(client, "/?year=abc")


@pytest.mark.parametrize(
    "url",
    [
        "/nothing",
        "/activities/none-such",
        "/activities/../../etc/passwd",
        "/activities/A%00b",
        "/static/../views.py",
        "/activities/" + "a" * 3000,
        "/activities/a%2Fb",
        "/activities/..%2f..%2fetc%2fpasswd",
        "/activities/%ff",
        "/activities/egypt-shelter.md",
        "/activities/EGYPT-shelter",
        "/activities/a//b",
        "/activities/-a",
        "/activities/egypt-shelter/x",
    ],
)
def test_an_unknown_address_gets_the_not_found_page(client: FlaskClient, url: str) -> None:
    html = page(client, url, 404)
    assert heading(html) == "Page not found"


def test_other_client_errors_get_a_page(client: FlaskClient) -> None:
    assert "<h1" in page(client, "/export?format=exe", 400)
    assert "<h1" in page(client, "/?q=" + "a" * 100_000, 414)
    response = client.post("/")
    assert (response.status_code, "GET" in response.headers["Allow"]) == (405, True)


def test_an_internal_error_page_has_no_details(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)

    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("webapp.pages.views.search", fail)
    html = page(app.test_client(), "/?q=", 500)
    assert "secret detail" not in html
    assert heading(html) == "Sorry, there is a problem with the service"


@pytest.mark.parametrize("url", ["/", "/api/v1/search", "/coverage", "/activities/a", "/export"])
def test_a_missing_index_is_explained_in_the_log_and_shows_no_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    client = create_app(Settings(content=tmp_path, index=tmp_path / "none")).test_client()
    response = client.get(url, query_string={"format": "csv"})
    assert response.status_code == 503
    assert "Retry-After" in response.headers
    assert "index_missing" in response.text
    assert str(tmp_path) not in response.text
    assert "activities index" in caplog.text
    assert str(tmp_path) in caplog.text


def test_a_redirect_of_doubled_slashes_leads_to_the_address_of_the_site(
    settings: Settings,
) -> None:
    app = create_app(replace(settings, url="https://activities.example.org"))
    response = app.test_client().get(
        "/?x=1", base_url="http://elsewhere.example", environ_overrides={"PATH_INFO": "//help"}
    )
    assert response.status_code == 308
    assert response.headers["Location"] == "https://activities.example.org/help?x=1"


def test_a_redirect_without_the_address_of_the_site_stays_on_the_host(client: FlaskClient) -> None:
    response = client.get(
        base_url="http://elsewhere.example", environ_overrides={"PATH_INFO": "//"}
    )
    assert response.headers["Location"] == "http://elsewhere.example/"


def test_every_response_has_security_headers(app: Flask) -> None:
    client = app.test_client()
    for url in (
        "/",
        "/help",
        "/nothing",
        "/activities/hostile",
        "/api/v1/search",
        "/export?format=csv",
    ):
        response = client.get(url)
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in response.headers
        assert "Set-Cookie" not in response.headers
        assert ' style="' not in response.text


def test_the_home_page_and_its_style_sheet_are_small(client: FlaskClient) -> None:
    html = page(client, "/")
    sheet = re.search(r'<link rel="stylesheet" href="(/static/style\.css\?v=[0-9a-f]+)"', html)
    assert sheet
    with client.get(sheet[1]) as style:
        assert len(html.encode()) + len(style.data) < 50_000


@pytest.mark.parametrize("format", ["csv", "json", "bibtex", "ris", "atom"])
def test_an_export_contains_the_activities_that_the_page_counts(
    client: FlaskClient, format: str
) -> None:
    response = client.get(f"/export?format={format}&country=PAK")
    assert response.status_code == 200
    for id in ("pakistan-trafficking", "myanmar-police"):
        assert id in response.text
    assert "egypt-shelter" not in response.text


def test_a_feed_has_pages_of_the_newest_activities(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.pages.views.FEED_SIZE", 4)
    first, second = (client.get(f"/export?format=atom&page={page}").text for page in (1, 2))
    assert (first.count("<entry>"), second.count("<entry>")) == (4, 2)
    assert '<link rel="next"' in first
    assert "&amp;page=2" in first
    assert '<link rel="previous"' in second


def test_the_name_of_a_download_has_the_search(client: FlaskClient) -> None:
    response = client.get("/export?format=csv&q=trafficking&country=PAK")
    name = response.headers["Content-Disposition"]
    assert name.startswith("attachment; filename=activities-trafficking-pak-")
    russian = client.get("/export?format=ris&q=люди").headers["Content-Disposition"]
    assert "filename*=UTF-8''activities-%D0%BB%D1%8E%D0%B4%D0%B8-" in russian
    one = client.get("/export?format=ris&id=myanmar-police").headers["Content-Disposition"]
    assert "activities-myanmar-police-" in one


def test_a_range_of_one_year_is_written_as_one_year(client: FlaskClient) -> None:
    text = unescape(client.get("/?year_from=2019&year_to=2019&country=NPL").text)
    assert "2019–2019" not in text
    assert "Year mentioned: 2019" in text


def test_a_limit_in_a_notice_has_separators(client: FlaskClient) -> None:
    assert "There is no page 9,999" in page(client, "/?per_page=1&page=9999")


def test_none_is_not_the_address_of_an_activity(client: FlaskClient) -> None:
    assert client.get("/activities/none").status_code == 404


def test_a_divider_separates_activities_with_all_words_from_those_with_most(
    client: FlaskClient,
) -> None:
    page = client.get("/?q=trafficking+zzzz").text
    assert page.index("No activity has all of these words") < page.index('<ol class="results"')
    assert "Show only activities with all words" not in page
    page = client.get("/?q=women+police").text
    assert page.index('<ol class="results"') < page.index("These have most of them")
    assert "Show only activities with all words" in page


def test_a_search_for_all_words_offers_to_include_those_with_most(client: FlaskClient) -> None:
    page = client.get("/?q=trafficking+women&match=all").text
    assert "Include activities with most of the words" in page
    assert "Show only activities with all words" not in page


def test_a_misspelled_word_is_not_called_most_of_the_words(client: FlaskClient) -> None:
    page = client.get("/?q=traficking").text
    assert "No activity has this word. These have a similar one." in page
    assert "most of them" not in page
