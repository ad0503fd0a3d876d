"""The pages in a real browser, mostly without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow

PAGES = {
    "home": "/",
    "words": "/?q=trafficking",
    "filters": "/?q=trafficking&country=PAK&year=2018",
    "no results": "/?q=zzzzqqq",
    "suggestions": "/?q=police+zzzzqqq&country=KGZ",
    "excluded": "/?q=women&-country=PAK&-theme=none",
    "a selected value with no results": "/?q=police&country=PAK",
    "range": "/?year_from=2019&year_to=2020",
    "past the end": "/?page=9",
    "middle page": "/?per_page=2&page=2&sort=oldest",
    "notices": "/?q=country:Atlantis+%22police&year=abc",
    "selection with a missing activity": "/?id=kgz-police&id=pak-trafficking&id=gone",
    "an activity": "/activities/pak-trafficking",
    "with a title": "/activities/global-guide",
    "right to left": "/activities/ara-judges",
    "help": "/help",
    "coverage": "/coverage",
    "coverage without results": "/coverage?q=zzzzqqq",
    "gaps": "/coverage?gap=2020",
    "briefing": "/briefing?country=PAK",
    "changes": "/changes",
    "selection": "/?id=pak-trafficking&id=global-guide",
    "about": "/about",
    "explanation": "/?q=traffick*+OR+police&why=pak-trafficking",
    "cited": "/activities/pak-trafficking?generation=9",
    "API": "/api?q=%3Cb%3E%22police%22&country=PAK",
    "404": "/activities/none-such",
    "400": "/export?format=exe",
    "503": "/no-index",
}


def search(page: Page, words: str) -> None:
    page.goto("/?q=")
    page.get_by_label("Search the activities").fill(words)
    follow(page.get_by_role("button", name="Search"))


def tick(page: Page, name: str) -> None:
    page.get_by_role("checkbox", name=re.compile(f"^{name} [0-9]")).check()
    follow(page.get_by_role("button", name="Apply filters"))


def results(page: Page) -> list[str]:
    return [
        str(link.get_attribute("href")).removeprefix("/activities/").partition("?")[0]
        for link in page.locator(".results h2 a").all()
    ]


def test_words_a_country_and_a_year_narrow_the_results(plain: Page) -> None:
    search(plain, "gender-based OR trafficking OR trained")
    assert len(results(plain)) == 4
    tick(plain, "Pakistan")
    assert sorted(results(plain)) == ["pak-mmr-roundtables", "pak-trafficking"]
    tick(plain, "2018")
    assert results(plain) == ["pak-trafficking"]
    expect(plain.get_by_role("checkbox", name=re.compile("^Pakistan [0-9]"))).to_be_checked()
    expect(plain.locator("mark").first).to_have_text("trafficking")


def test_a_chip_removes_its_filter(plain: Page) -> None:
    plain.goto("/?country=PAK&year=2018")
    follow(plain.get_by_role("link", name="Remove filter Year mentioned: 2018"))
    assert sorted(results(plain)) == ["pak-mmr-roundtables", "pak-trafficking"]
    follow(plain.get_by_role("link", name="Clear filters"))
    assert len(results(plain)) == 5


def test_back_returns_to_the_previous_search(plain: Page) -> None:
    search(plain, "trafficking")
    before = plain.url
    tick(plain, "Pakistan")
    plain.go_back()
    assert plain.url == before
    expect(plain.get_by_label("Search the activities")).to_have_value("trafficking")
    expect(plain.get_by_role("checkbox", name=re.compile("^Pakistan [0-9]"))).not_to_be_checked()


def test_a_result_links_to_the_activity(plain: Page) -> None:
    search(plain, "police")
    plain.locator(".results h2 a").click()
    expect(plain.locator("h1")).to_contain_text("Police officers were trained")


def test_a_suggestion_for_an_empty_result_has_results(plain: Page) -> None:
    plain.goto("/?q=police+zzzzqqq&match=all")
    expect(plain.get_by_role("heading", level=1)).to_contain_text("0 activities")
    follow(plain.locator(".nothing li a").first)
    assert results(plain)


# So long that its page has buttons instead of links.
LONG_SEARCH = f"/?q=trafficking+OR+{'police+' * 60}&country=PAK&country=KGZ&-year=1999"


@pytest.mark.parametrize("fixture", ["page", "plain"])
def test_the_buttons_of_a_long_search_work_with_and_without_javascript(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    page: Page = request.getfixturevalue(fixture)

    def sort_by_oldest() -> None:
        page.get_by_label("Sort by").select_option("oldest")
        if fixture == "plain":
            page.get_by_role("button", name="Sort", exact=True).click()
        page.wait_for_url("**sort=oldest*")
        expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")

    def press(name: str, address: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_url(address)
        expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")

    page.goto(LONG_SEARCH)
    chips = page.locator(".chips button")
    expect(chips).to_have_count(3)
    sort_by_oldest()
    expect(page.get_by_label("Sort by")).to_have_value("oldest")
    press("Exclude Pakistan", "**-country=PAK*")
    expect(page.get_by_role("button", name="Remove filter Country: not Pakistan")).to_be_visible()
    expect(chips).to_have_count(3)
    before = page.url
    page.get_by_role("button", name="Remove filter Country: not Pakistan").click()
    page.wait_for_url(lambda url: url != before)
    expect(chips).to_have_count(2)
    expect(page).to_have_title(re.compile("in Kyrgyzstan, without 1999"))


def test_the_search_can_be_used_by_keyboard(page: Page) -> None:
    page.goto("/?q=")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to results")).to_be_focused()
    page.keyboard.press("Enter")
    first = page.locator("ol.results h2 a").first
    stops = 0
    while not first.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 10, "the skip link does not skip the filters"
    page.get_by_label("Search the activities").focus()
    page.keyboard.type("trafficking")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=trafficking*")
    pakistan = page.get_by_role("checkbox", name=re.compile("^Pakistan [0-9]"))
    for _ in range(80):
        page.keyboard.press("Tab")
        if pakistan.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(pakistan).to_be_checked()
    page.wait_for_url("**country=PAK*")
    expect(page).to_have_title(re.compile("^1 activity matching “trafficking” in Pakistan – "))
    assert results(page) == ["pak-trafficking"]


def test_filters_are_closed_on_a_phone_and_open_on_a_desktop(plain: Page) -> None:
    box = plain.get_by_role("checkbox", name=re.compile("^Kyrgyzstan [0-9]"))
    plain.goto("/?country=PAK&-year=1999")
    expect(box).to_be_visible()
    plain.set_viewport_size({"width": 375, "height": 800})
    expect(box).to_be_hidden()
    plain.get_by_text("Filters (2 applied)").click()
    expect(box).to_be_visible()
    box.check()
    follow(plain.get_by_role("button", name="Apply filters"))
    expect(box).to_be_hidden()
    assert set(results(plain)) == {"pak-trafficking", "pak-mmr-roundtables", "kgz-police"}


def test_the_exclude_button_appears_on_keyboard_focus(page: Page) -> None:
    page.goto("/?q=trafficking")
    exclude = page.get_by_role("button", name="Exclude Pakistan")
    expect(exclude).to_have_css("opacity", "0")
    page.get_by_role("checkbox", name=re.compile("^Pakistan [0-9]")).focus()
    page.keyboard.press("Tab")
    expect(exclude).to_be_focused()
    expect(exclude).to_have_css("opacity", "1")
    expect(exclude).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    page.wait_for_url("**-country=PAK*")
    expect(page).to_have_title(re.compile("without Pakistan"))
    assert results(page) == ["global-guide"]


def test_forced_colours_and_reduced_motion_are_respected(
    page: Page,
) -> None:
    page.goto("/?q=trafficking")
    # No page animates its scrolling: Back and paging would run over thousands of pixels.
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    # Bars are hidden. Marks are underlined, so that colour is never the only difference.
    expect(page.locator(".facets li svg").first).to_have_css("display", "none")
    expect(page.locator("mark").first).to_have_css("text-decoration-line", "underline")
