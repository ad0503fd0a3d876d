"""Live results, suggestions and the coverage page in a real browser."""

from __future__ import annotations

import gzip
import itertools
import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import follow
from tests.waiting import wait_for

BOX = "Search the activities"


def ids(page: Page) -> list[str]:
    return [
        str(link.get_attribute("href")).removeprefix("/activities/").partition("?")[0]
        for link in page.locator(".results h2 a").all()
    ]


def country(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("checkbox", name=re.compile(f"^{name} [0-9]"))


def test_typing_updates_results_address_and_title(page: Page) -> None:
    page.goto("/?q=")
    page.get_by_label(BOX).press_sequentially("police")
    expect(page.locator("h1")).to_have_text("1 activity matching “police”")
    expect(page).to_have_url(re.compile(r"/\?q=police$"))
    expect(page).to_have_title(re.compile("^1 activity matching “police”"))
    assert ids(page) == ["kgz-police"]
    expect(page.get_by_label(BOX)).to_be_focused()
    expect(page.get_by_label(BOX)).to_have_value("police")
    page.go_back()
    expect(page.locator("h1")).to_have_text("5 activities")
    expect(page.get_by_label(BOX)).to_have_value("")


def test_selecting_a_value_keeps_the_focus_and_history_restores_it(page: Page) -> None:
    page.goto("/?q=trafficking")
    box = country(page, "Pakistan")
    box.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("q=trafficking&country=PAK$"))
    expect(page).to_have_title(re.compile("in Pakistan"))
    expect(country(page, "Pakistan")).to_be_focused()
    expect(page.get_by_role("link", name="Remove filter Country: Pakistan")).to_be_visible()
    expect(page.get_by_role("button", name="Apply filters")).to_be_hidden()
    page.go_back()
    expect(page.locator("h1")).to_have_text("2 activities matching “trafficking”")
    expect(country(page, "Pakistan")).not_to_be_checked()
    page.go_forward()
    expect(country(page, "Pakistan")).to_be_checked()
    page.reload()
    expect(country(page, "Pakistan")).to_be_checked()
    assert ids(page) == ["pak-trafficking"]


def test_removing_a_chip_moves_the_focus_to_the_heading(page: Page) -> None:
    page.goto("/?country=PAK")
    page.get_by_role("link", name="Remove filter Country: Pakistan").click()
    expect(page.locator("h1")).to_have_text("5 activities")
    expect(page.locator("h1")).to_be_focused()


def test_back_restores_the_scroll_position(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto("/?sort=oldest")
    link = page.locator(".results h2 a").nth(1)
    link.scroll_into_view_if_needed()
    position = page.evaluate("scrollY")
    assert position > 100
    link.click()
    expect(page).to_have_url(re.compile("/activities/"))
    page.wait_for_load_state()  # otherwise going back fails now and then
    page.go_back()
    wait_for(lambda: abs(page.evaluate("scrollY") - position) < 3)


def test_an_older_response_never_replaces_a_newer_one(page: Page) -> None:
    delayed: list[Route] = []
    ended: list[str] = []  # addresses of the requests that have a response or were aborted
    page.on("requestfinished", lambda request: ended.append(request.url))
    page.on("requestfailed", lambda request: ended.append(request.url))
    page.route(re.compile("fragment.q=police$"), lambda route: delayed.append(route))  # noqa: PLW0108 - a builtin will not do
    page.goto("/?q=")
    box = page.get_by_label(BOX)
    box.fill("police")
    wait_for(lambda: delayed or page.wait_for_timeout(20))
    box.fill("roundtables")
    expect(page.locator("h1")).to_have_text("1 activity matching “roundtables”")
    for route in delayed:
        try:
            route.continue_()
        except Exception:  # noqa: BLE001 - it may be aborted already
            continue
    wait_for(lambda: any(url.endswith("q=police") for url in ended) or page.wait_for_timeout(20))
    page.evaluate("new Promise(resolve => setTimeout(resolve))")  # the script has its response
    expect(page.locator("h1")).to_have_text("1 activity matching “roundtables”")


@pytest.mark.parametrize("failure", ["503", "dropped"])
def test_a_failed_request_shows_an_error_and_keeps_the_results(page: Page, failure: str) -> None:
    page.goto("/?q=police")
    page.route(
        "**/fragment?*",
        lambda route: route.fulfill(status=503, body="no") if failure == "503" else route.abort(),
    )
    page.get_by_label(BOX).fill("roundtables")
    expect(page.get_by_text("The search is not responding")).to_be_visible()
    assert ids(page) == ["kgz-police"]
    expect(page.get_by_label(BOX)).to_have_value("roundtables")
    page.unroute("**/fragment?*")
    page.get_by_label(BOX).fill("roundtable")
    expect(page.locator("h1")).to_have_text("1 activity matching “roundtable”")
    expect(page.get_by_text("The search is not responding")).to_be_hidden()


def test_the_status_has_only_the_count_and_changes_slowly(page: Page) -> None:
    page.goto("/?q=")
    status = page.get_by_role("status")
    expect(status).to_have_text("5 activities")
    page.evaluate("""() => {
        const status = document.querySelector('#status');
        window.announcements = [];
        new MutationObserver(() => window.announcements.push([Date.now(), status.textContent]))
            .observe(status, {childList: true, characterData: true, subtree: true});
    }""")
    box = page.get_by_label(BOX)
    for text in ("traff", "police", "roundtables", "trained", "police"):
        box.fill(text)
        page.wait_for_timeout(260)
    expect(status).to_have_text("1 activity")
    page.wait_for_timeout(1500)
    announcements = page.evaluate("window.announcements")
    times = [time for time, _ in announcements]  # in milliseconds
    assert all(later - earlier >= 1300 for earlier, later in itertools.pairwise(times)), times
    assert all(re.fullmatch(r"[\d,]+ activit(y|ies)", text) for _, text in announcements)


def test_suggestions_are_selected_by_keyboard_and_enter_still_searches(page: Page) -> None:
    page.goto("/?q=")
    box = page.get_by_role("combobox", name=BOX)
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("paki")  # not letter by letter: a later list would replace the selection
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_contain_text("Pakistan")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?country=PAK$"))
    expect(page.locator("h1")).to_have_text("2 activities")
    box.fill("traf")
    expect(options.first).to_be_visible()
    page.keyboard.press("Enter")
    expect(options).to_have_count(0)
    expect(page).to_have_url(re.compile(r"q=traf&country=PAK$"))
    page.get_by_role("link", name="Clear filters").click()
    box.fill("polic")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("polic")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")


def test_a_suggested_title_opens_its_activity(page: Page) -> None:
    page.goto("/?q=")
    page.get_by_role("combobox", name=BOX).press_sequentially("guide pros")
    page.get_by_role("option", name=re.compile("A guide for prosecutors")).click()
    expect(page).to_have_url(re.compile("/activities/global-guide$"))


def test_a_bar_of_the_year_chart_sets_the_range(page: Page) -> None:
    page.goto("/?q=")
    page.locator(".years a").nth(1).click()
    expect(page.get_by_label("From")).to_have_value("2019")
    expect(page.get_by_label("to", exact=True)).to_have_value("2019")
    page.locator(".years a").nth(2).click()
    expect(page).to_have_url(re.compile("year_from=2019&year_to=2020"))
    page.get_by_label("From").fill("2020")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("year_from=2020&year_to=2020"))


def test_the_search_box_accepts_emoji_and_right_to_left_text(page: Page) -> None:
    page.goto("/?q=")
    page.get_by_label(BOX).fill("🕊️👩‍⚖️" * 40)
    expect(page.locator("h1")).to_contain_text("matching “🕊️")
    expect(page.get_by_text("contains no words")).to_be_visible()
    page.get_by_label(BOX).fill("القضاة")
    expect(page.locator("h1")).to_contain_text("1 activity")


def test_every_cell_of_the_coverage_links_to_the_activities_it_counts(page: Page) -> None:
    page.goto("/coverage")
    cells = [
        (link.get_attribute("href"), link.inner_text())
        for link in page.locator("table.coverage td a").all()
    ]
    assert len(cells) > 15
    for address, count in cells:
        html = page.request.get(str(address)).text()
        heading = re.search(r'<h1\b.*?class="total"[^>]*>(\S+)', html, flags=re.DOTALL)
        assert heading, address
        assert heading[1] == count, address
    page.goto("/coverage?q=trafficking")
    follow(page.get_by_role("link", name="Pakistan, 1 activity"))
    assert ids(page) == ["pak-trafficking"]


def test_a_phone_shows_countries_as_blocks_that_fit(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto("/coverage")
    pakistan = page.get_by_role("link", name=re.compile("^(Pakistan, |PAK)"))
    box = pakistan.first.bounding_box()
    assert box is not None
    assert 0 <= box["x"] < box["x"] + box["width"] <= 375
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_excluding_a_value_keeps_the_filters_and_enter_excludes_nothing(page: Page) -> None:
    page.goto("/?country=PAK")
    page.get_by_label("From").fill("2018")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?country=PAK&year_from=2018$"))
    page.get_by_role("button", name="Exclude Trafficking in persons").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(
        re.compile(r"/\?country=PAK&-theme=trafficking-in-persons&year_from=2018$")
    )


def test_the_search_in_a_facet_accepts_any_name_and_shows_places_inside(
    page: Page,
) -> None:
    page.goto("/?q=")
    page.get_by_text("All 5 countries by region").click()
    box = page.get_by_label("Find in Country")
    tree = page.locator("[data-k=region] .more")

    def in_list(name: str) -> Locator:
        return tree.get_by_role("checkbox", name=re.compile(f"^{name} [0-9]"))

    box.fill("Пакистан")
    expect(in_list("Kyrgyzstan")).to_be_hidden()
    expect(in_list("Pakistan")).to_be_visible()
    box.fill("asia")
    expect(in_list("Kyrgyzstan")).to_be_visible()
    expect(in_list("Egypt")).to_be_hidden()
    box.fill("zzz")
    expect(page.locator("[data-k=region] .none")).to_be_visible()
    box.fill("")
    expect(tree.locator("summary", has_text="Africa")).to_be_visible()


def test_the_script_is_small(page: Page) -> None:
    page.goto("/?q=")
    address = page.locator("script[src]").get_attribute("src")
    assert len(gzip.compress(page.request.get(str(address)).body())) < 15_000
