"""Filters, toolbar and pages in a real browser: focus, announcements, errors and the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.settings import Settings
from indexer.text import places
from tests.browser.conftest import lent, open_tab
from tests.serving import Server, serving

BOX = "Search the activities"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an activity for each country, in forty years."""
    folder: Path = tmp_path_factory.mktemp("many")
    settings = Settings(content=folder / "content", index=folder / "index")
    settings.content.mkdir()
    for n, code in enumerate(sorted(places.COUNTRIES)):
        front = f"country: {code}\nyear: {1980 + n % 40}\ntheme: theme-{n % 14}\nagency: a{n % 3}"
        text = f"---\n{front}\n---\nPolice of {places.name(code)} were trained.\n"
        (settings.content / f"a{n}.md").write_text(text, encoding="utf-8")
    with serving(settings) as running:
        yield running


@pytest.fixture(scope="module")
def world_tab(browser: Browser, many: Server) -> Iterator[Page]:
    with open_tab(browser, many) as tab:
        yield tab


@pytest.fixture
def world(world_tab: Page) -> Iterator[Page]:
    with lent(world_tab):
        yield world_tab


def checkbox(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("checkbox", name=re.compile(f"^{name} [0-9]"))


def test_the_filters_are_short_until_a_list_is_opened(world: Page) -> None:
    world.goto("/?q=")
    assert world.locator("form.facets").bounding_box()["height"] < 2000  # type: ignore[index]
    expect(world.get_by_text(re.compile("^All [0-9]+ countries by region$"))).to_be_visible()
    fields = world.locator("fieldset").evaluate_all("all => all.map(f => f.dataset.k)")
    assert fields == ["year", "region", "theme", "agency"]
    stops = world.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, summary')]
            .filter(node => node.checkVisibility() && node.tabIndex >= 0
                && node.compareDocumentPosition(document.querySelector('.results a')) & 4).length"""
    )
    assert stops <= 100


def test_a_ticked_value_moves_to_the_top_at_the_next_full_load_only(world: Page) -> None:
    world.goto("/?q=")
    world.get_by_text("countries by region").click()
    world.get_by_text("Europe", exact=True).first.click()
    france = checkbox(world, "France")
    france.check()
    expect(world).to_have_url(re.compile("country=FRA"))
    expect(world.locator("main")).not_to_have_attribute("aria-busy", "true")
    expect(france).to_be_focused()
    assert world.locator(".first input").count() == 0
    world.reload()
    assert world.locator(".first input").evaluate_all("all => all.map(b => b.value)") == ["FRA"]
    world.get_by_label("Sort by").select_option("oldest")
    expect(world).to_have_url(re.compile("sort=oldest"))
    assert world.locator(".first input").count() == 1


def test_the_find_box_opens_the_regions_of_its_matches(world: Page) -> None:
    world.goto("/?q=")
    world.get_by_text("countries by region").click()
    world.get_by_label("Find in Country").fill("francia")
    expect(checkbox(world, "France").first).to_be_visible()
    expect(checkbox(world, "Kenya")).to_have_count(0)


def test_no_bar_is_longer_than_its_label(world: Page) -> None:
    world.goto("/?country=KEN&region=002&region=142")
    world.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    overhangs = world.locator(".facets li svg").evaluate_all(
        """bars => bars.map(bar => bar.getBoundingClientRect().right
            - bar.parentElement.getBoundingClientRect().right)"""
    )
    assert len(overhangs) > 100
    assert max(overhangs) <= 0


def test_excluding_keeps_the_focus_in_both_directions(page: Page) -> None:
    page.goto("/?q=")
    page.get_by_role("button", name="Exclude Pakistan").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("-country=PAK"))
    stop = page.get_by_role("button", name="Pakistan is excluded. Stop excluding it").first
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("-country=PAK"))
    expect(page.get_by_role("button", name="Exclude Pakistan").first).to_be_focused()


def test_sorting_and_paging_are_announced_and_in_the_title(page: Page) -> None:
    page.goto("/?per_page=2")
    sort = page.get_by_label("Sort by")
    sort.focus()
    sort.select_option("oldest")
    expect(page.get_by_role("status")).to_have_text("5 activities, sorted by oldest")
    expect(page).to_have_title(re.compile("sorted by oldest"))
    expect(sort).to_be_focused()
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_role("status")).to_have_text("5 activities, page 2 of 3")
    expect(page).to_have_title(re.compile("page 2 of 3"))
    expect(page.locator("h1")).to_be_focused()
    expect(page.get_by_text("3–4 of 5")).to_be_visible()


def test_the_year_chart_stays_in_place_and_a_drag_selects_a_range(world: Page) -> None:
    world.goto("/?q=police")
    before = world.locator(".years").bounding_box()
    world.locator(".years a").nth(5).click()
    expect(world.get_by_label("From")).to_have_value("1985")
    assert world.locator(".years").bounding_box() == before
    world.locator(".years a").nth(9).click()
    expect(world).to_have_url(re.compile("year_from=1985&year_to=1989"))
    assert world.locator(".years").bounding_box() == before
    first, last = (world.locator(".years a").nth(n).bounding_box() for n in (20, 12))
    assert first
    assert last
    world.mouse.move(first["x"] + first["width"] / 2, first["y"] + 30)
    world.mouse.down()
    world.mouse.move(last["x"] + last["width"] / 2, last["y"] + 30, steps=4)
    world.mouse.up()
    expect(world).to_have_url(re.compile("year_from=1992&year_to=2000"))


def test_the_exclude_button_never_covers_the_label_or_the_count(world: Page) -> None:
    world.goto("/?q=")
    for row in world.locator(".top-values li > div").all()[:12]:
        row.hover()
        button, count = row.locator("button").bounding_box(), row.locator("b").bounding_box()
        assert button
        assert count
        assert button["x"] >= count["x"] + count["width"]


def test_a_failed_tick_returns_and_its_error_is_announced_beside_it(page: Page) -> None:
    page.goto("/?q=")
    page.route("**/fragment?*", lambda route: route.abort())
    box = checkbox(page, "Pakistan")
    box.click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The search is not responding")
    expect(box).not_to_be_checked()
    row, error = box.bounding_box(), alert.bounding_box()
    assert row
    assert error
    assert 0 < error["y"] - row["y"] < 60
    page.unroute("**/fragment?*")
    box.check()
    expect(page).to_have_url(re.compile("country=PAK"))
    expect(alert).to_have_count(0)


def test_no_unfinished_word_empties_the_page(page: Page) -> None:
    page.goto("/?q=police")
    page.evaluate("""() => {
        window.headings = [];
        new MutationObserver(() => window.headings.push(document.querySelector('h1').innerText))
            .observe(document.querySelector('main'), {subtree: true, childList: true,
                characterData: true});
    }""")
    box = page.get_by_label(BOX)
    box.fill("p")
    page.wait_for_timeout(400)
    expect(page).to_have_url(re.compile("q=police$"))
    word = "trafficking"
    for length in range(2, len(word) + 1):
        box.fill(word[:length])
        expect(page).to_have_url(re.compile(f"q={word[:length]}$"))
    assert not [text for text in page.evaluate("window.headings") if text.startswith("0 ")]


def test_the_sheet_of_filters_on_a_phone_has_the_number_of_results(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto("/?q=")
    page.get_by_text("Filters", exact=True).click()
    checkbox(page, "Pakistan").check()
    done = page.get_by_role("button", name="Show 2 results")
    expect(done).to_be_in_viewport()
    expect(page.get_by_role("link", name="Clear", exact=True)).to_be_in_viewport()
    done.click()
    expect(checkbox(page, "Pakistan")).to_be_hidden()
    expect(page.locator("h1")).to_be_focused()
    page.get_by_text("Filters (1 applied)").click()
    exclude = page.get_by_role("button", name="Exclude Kyrgyzstan")
    expect(exclude).to_be_hidden()
    page.locator("[data-k=region] .switch").click()
    expect(exclude).to_have_css("opacity", "1")
    exclude.click()
    expect(page).to_have_url(re.compile("-country=KGZ"))
    page.keyboard.press("Escape")
    expect(exclude).to_be_hidden()


def test_the_menu_of_downloads_closes_with_escape(page: Page) -> None:
    page.goto("/?q=")
    menu = page.get_by_text("Download", exact=True)
    menu.click()
    expect(page.get_by_role("link", name="Zotero and EndNote (RIS)")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Zotero and EndNote (RIS)")).to_be_hidden()


def test_a_printed_page_has_no_crosses_on_its_filters(page: Page) -> None:
    page.emulate_media(media="print")
    page.goto("/?country=PAK")
    expect(page.locator(".chips li").first).to_be_visible()
    for cross in page.locator(".chips span").all():
        expect(cross).to_be_hidden()
    page.goto("/coverage")
    for part in ("thead", "tfoot"):  # once, and not on each sheet
        expect(page.locator(part).first).to_have_css("display", "table-row-group")
    shaded = page.locator(".coverage td[class*=s]").first
    expect(shaded).to_have_css("print-color-adjust", "exact")
    expect(page.locator(".gaps")).to_be_hidden()


def test_the_years_below_a_chart_stand_at_its_ends_in_a_right_to_left_language(page: Page) -> None:
    page.goto("/?q=")
    page.evaluate("document.documentElement.dir = 'rtl'")
    expect(page.locator(".facets .ends")).to_have_css("direction", "ltr")
