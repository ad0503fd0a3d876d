"""Every page in a real browser: accessibility, width, heading and layout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from indexer.settings import Settings
from tests.browser.conftest import lent
from tests.browser.test_search import PAGES
from webapp import create_app

AXE = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
TEXT_SPACING = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }
"""  # WCAG 2.2, 1.4.12
ADD_STYLES = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""
SUM_OF_SHIFTS = """() => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({type: "layout-shift", buffered: true});
    return observer.takeRecords().filter(e => !e.hadRecentInput).reduce((s, e) => s + e.value, 0);
}"""


# The positions of the visible links and of the footer.
POSITIONS = """() => [...document.querySelectorAll("main a, body > footer")]
    .filter((e) => e.checkVisibility()).map((e) => {
        const {x, y} = e.getBoundingClientRect();
        return [e.textContent, x, y];
    })"""


@pytest.fixture(scope="module")
def page_without_index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the HTML of a page of a site that has no index."""
    folder: Path = tmp_path_factory.mktemp("none")
    app = create_app(Settings(content=folder, index=folder / "none"))
    return app.test_client().get("/").text


@pytest.fixture(scope="module", params=PAGES)
def opened(request: pytest.FixtureRequest, tab: Page, page_without_index: str) -> Iterator[Page]:
    """Open a page, for all tests of this module, with all of its sections."""
    with lent(tab):
        tab.route(
            "**/no-index",
            lambda route: route.fulfill(
                status=503, content_type="text/html", body=page_without_index
            ),
        )
        tab.goto(PAGES[request.param])
        tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        yield tab


@pytest.mark.parametrize(
    "views",
    [  # each width and each scheme is tested fast, their other combinations slowly
        [(1280, "light"), (375, "dark")],
        pytest.param([(1280, "dark"), (375, "light")], marks=pytest.mark.slow),
    ],
    ids=["light or narrow", "dark or narrow"],
)
def test_axe_finds_no_violations(opened: Page, views: list[tuple[int, str]]) -> None:
    for width, scheme in views:
        opened.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        opened.set_viewport_size({"width": width, "height": 900})
        results = Axe().run(opened, options=AXE)
        assert len(results.response["passes"]) > 10
        assert not results.violations_count, f"{width} {scheme}: {results.generate_report()}"


def test_a_page_has_one_heading_a_link_and_the_name_of_the_site(opened: Page) -> None:
    expect(opened.locator("h1")).to_have_count(1)
    assert opened.locator("main a").count()
    assert "Activity Search" in opened.title()


def test_no_page_scrolls_sideways(opened: Page) -> None:
    for width in (320, 375, 768):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_no_page_scrolls_sideways_in_a_right_to_left_language(opened: Page) -> None:
    opened.set_viewport_size({"width": 375, "height": 800})
    opened.evaluate("document.documentElement.dir = 'rtl'")
    width = opened.evaluate("document.documentElement.scrollWidth")
    opened.evaluate("document.documentElement.dir = 'ltr'")
    assert width <= 375


def test_no_page_scrolls_sideways_with_text_spacing_at_320_pixels(opened: Page) -> None:
    opened.set_viewport_size({"width": 320, "height": 800})
    opened.evaluate(ADD_STYLES, TEXT_SPACING)
    width = opened.evaluate("document.documentElement.scrollWidth")
    opened.evaluate("document.adoptedStyleSheets = []")
    assert width <= 320


def test_pages_of_different_searches_have_different_titles(page: Page) -> None:
    titles = {}
    for name in PAGES.keys() - {"503"}:
        html = page.request.get(PAGES[name]).text()
        titles[name] = html.partition("<title>")[2].partition("</title>")[0]
    # The home page and a page past the end are the same search.
    assert len(set(titles.values())) >= len(titles) - 2, titles


def test_no_page_shifts_its_layout_while_loading(page: Page) -> None:
    for address in ("/", "/?q=trafficking", "/coverage", "/activities/pak-trafficking"):
        shifts = []
        # On a busy machine a page may be painted before its last part has arrived.
        while len(shifts) < 3 and min(shifts, default=1) >= 0.01:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            shifts.append(page.evaluate(SUM_OF_SHIFTS))
        assert min(shifts) < 0.01, address


def test_nothing_moves_when_the_script_of_a_page_has_run(page: Page) -> None:
    for address in ("/", "/?q=trafficking", "/activities/pak-trafficking", "/?id=pak-trafficking"):
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 900})
            page.route("**/*.js*", lambda route: route.fulfill(content_type="text/javascript"))
            page.goto(address)
            before = page.evaluate(POSITIONS)
            page.unroute("**/*.js*")
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate(POSITIONS) == before, f"{address} at {width} px"
