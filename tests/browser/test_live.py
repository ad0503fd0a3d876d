"""Results that follow typing and ticking, in a real browser."""

from __future__ import annotations

import gzip
import itertools
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import follow

BOX = "Search the activities"


def ids(page: Page) -> list[str]:
    return [
        str(link.get_attribute("href")).removeprefix("/activities/")
        for link in page.locator(".results h2 a").all()
    ]


def until(holds: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def country(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("checkbox", name=re.compile(f"^{name} [0-9]"))


def test_results_address_title_and_counts_follow_typing(page: Page) -> None:
    page.goto("/")
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


def test_ticking_keeps_the_focus_and_back_forward_and_reload_restore_all(page: Page) -> None:
    page.goto("/?q=trafficking")
    box = country(page, "Pakistan")
    box.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("q=trafficking&country=PAK$"))
    expect(page.locator("h1")).to_contain_text("in Pakistan")
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


def test_a_chip_that_goes_leaves_the_focus_on_the_heading(page: Page) -> None:
    page.goto("/?country=PAK")
    page.get_by_role("link", name="Remove filter Country: Pakistan").click()
    expect(page.locator("h1")).to_have_text("5 activities")
    expect(page.locator("h1")).to_be_focused()


def test_the_scroll_position_is_there_again_after_back(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto("/?sort=oldest")
    page.evaluate("scrollTo(0, 250)")
    page.locator(".results h2 a").nth(1).click()
    expect(page).to_have_url(re.compile("/activities/"))
    page.wait_for_load_state()  # or going back fails now and then
    page.go_back()
    until(lambda: abs(page.evaluate("scrollY") - 250) < 3)


def test_an_older_answer_never_overwrites_a_newer_one(page: Page) -> None:
    held: list[Route] = []
    page.route(re.compile("fragment.q=police$"), lambda route: held.append(route))  # noqa: PLW0108 - a builtin will not do
    page.goto("/")
    box = page.get_by_label(BOX)
    box.fill("police")
    until(lambda: held or page.wait_for_timeout(20))
    box.fill("roundtables")
    expect(page.locator("h1")).to_have_text("1 activity matching “roundtables”")
    for route in held:
        try:
            route.continue_()
        except Exception:  # noqa: BLE001 - it was aborted, which is as good
            continue
    page.wait_for_timeout(300)
    expect(page.locator("h1")).to_have_text("1 activity matching “roundtables”")


@pytest.mark.parametrize("failure", ["503", "dropped"])
def test_a_failure_in_the_middle_of_typing_is_said_and_what_was_shown_stays(
    page: Page, failure: str
) -> None:
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


def test_the_status_says_the_count_alone_and_not_at_every_letter(page: Page) -> None:
    page.goto("/")
    status = page.get_by_role("status")
    expect(status).to_have_text("5 activities")
    page.evaluate("""() => { window.said = []; new MutationObserver(() => window.said.push([Date.now(), document.querySelector('#status').textContent]))
                     .observe(document.querySelector('#status'), {childList: true, characterData: true, subtree: true}); }""")
    box = page.get_by_label(BOX)
    for text in ("traff", "police", "roundtables", "trained", "police"):
        box.fill(text)
        page.wait_for_timeout(260)
    expect(status).to_have_text("1 activity")
    page.wait_for_timeout(1500)
    said = page.evaluate("window.said")
    assert all(later[0] - earlier[0] >= 1300 for earlier, later in itertools.pairwise(said)), said
    assert all(re.fullmatch(r"[\d,]+ activit(y|ies)", text) for _, text in said)


def test_suggestions_are_chosen_by_keyboard_and_never_in_the_way_of_enter(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name=BOX)
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("paki")  # at once: a second list, for a later letter, would take the choice away
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Pakistan")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?country=PAK$"))
    expect(page.locator("h1")).to_have_text("2 activities in Pakistan")
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


def test_a_title_that_is_suggested_leads_to_its_activity(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox", name=BOX).press_sequentially("guide pros")
    page.get_by_role("option", name=re.compile("A guide for prosecutors")).click()
    expect(page).to_have_url(re.compile("/activities/global-guide$"))


def test_a_bar_of_the_years_sets_the_range(page: Page) -> None:
    page.goto("/")
    page.locator(".years a").nth(1).click()
    expect(page.get_by_label("From")).to_have_value("2019")
    expect(page.get_by_label("to", exact=True)).to_have_value("2019")
    page.locator(".years a").nth(2).click()
    expect(page).to_have_url(re.compile("year_from=2019&year_to=2020"))
    page.get_by_label("From").fill("2020")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("year_from=2020&year_to=2020"))


def test_emoji_and_right_to_left_text_in_the_box_are_no_matter(page: Page) -> None:
    page.goto("/")
    page.get_by_label(BOX).fill("🕊️👩‍⚖️" * 40)
    expect(page.locator("h1")).to_contain_text("matching “🕊️")
    expect(page.get_by_text("contains no words")).to_be_visible()
    page.get_by_label(BOX).fill("القضاة")
    expect(page.locator("h1")).to_contain_text("1 activity")


def test_every_cell_of_the_coverage_leads_to_what_it_counts(page: Page) -> None:
    page.goto("/coverage")
    cells = [
        (link.get_attribute("href"), link.inner_text())
        for link in page.locator("table.coverage td a").all()
    ]
    assert len(cells) > 15
    for address, count in cells:
        page.goto(str(address))
        assert page.locator("h1 .total").inner_text().split()[0] == count, address
    page.goto("/coverage?q=trafficking")
    follow(page.get_by_role("link", name="Pakistan, 1 activity"))
    assert ids(page) == ["pak-trafficking"]


def test_the_map_of_a_phone_begins_where_there_is_most(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    for address, name in (("/coverage", "Pakistan"), ("/coverage?country=EGY", "Egypt")):
        page.goto(address)
        tile = page.get_by_role("link", name=re.compile(f"^{name}, "))
        middle = tile.evaluate(
            "tile => { const box = tile.getBoundingClientRect(); return box.left + box.width / 2 }"
        )
        assert abs(middle - 375 / 2) < 30, name


def test_excluding_keeps_the_ticks_and_enter_in_the_filters_excludes_nothing(page: Page) -> None:
    page.goto("/?country=PAK")
    page.get_by_label("From").fill("2018")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?country=PAK&year_from=2018$"))
    page.get_by_role("button", name="Exclude Trafficking in persons").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(
        re.compile(r"/\?country=PAK&-theme=trafficking-in-persons&year_from=2018$")
    )


def test_the_filter_box_of_the_places_knows_every_name_and_shows_what_lies_inside(
    page: Page,
) -> None:
    page.goto("/")
    box = page.get_by_label("Find in Region and country")
    box.fill("Пакистан")
    expect(country(page, "Kyrgyzstan")).to_be_hidden()
    expect(country(page, "Pakistan")).to_be_visible()
    box.fill("asia")
    expect(country(page, "Kyrgyzstan")).to_be_visible()
    expect(country(page, "Egypt")).to_be_hidden()
    box.fill("zzz")
    expect(page.locator("[data-k=region] .none")).to_be_visible()
    box.fill("")
    expect(country(page, "Egypt")).to_be_visible()


def test_the_script_is_small(page: Page) -> None:
    page.goto("/")
    address = page.locator("script[src]").get_attribute("src")
    assert len(gzip.compress(page.request.get(str(address)).body())) < 15_000
