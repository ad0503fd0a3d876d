"""What a person does on the search page, in a real browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.serving import Server

PAGES = ["/", "/?q=trafficking", "/?q=trafficking&country=PAK&year=2018", "/?q=zzzzqqq", "/?q=women&-country=PAK&page=9",
         "/activities/pak-trafficking", "/help", "/activities/none-such"]  # fmt: skip


def search(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_label("Search the activities").fill(words)
    page.get_by_role("button", name="Search").click()


def tick(page: Page, name: str) -> None:
    page.get_by_role("checkbox", name=re.compile(f"^{name},")).check()
    page.get_by_role("button", name="Apply filters").click()


def results(page: Page) -> list[str]:
    return [
        str(link.get_attribute("href")).removeprefix("/activities/") for link in page.locator(".results h2 a").all()
    ]


def test_words_then_a_country_then_a_year_narrow(page: Page) -> None:
    search(page, "gender-based OR trafficking OR trained")
    assert len(results(page)) == 4
    tick(page, "Pakistan")
    assert sorted(results(page)) == ["pak-mmr-roundtables", "pak-trafficking"]
    tick(page, "2018")
    assert results(page) == ["pak-trafficking"]
    expect(page.get_by_role("checkbox", name=re.compile("^Pakistan,"))).to_be_checked()
    expect(page.locator("mark").first).to_have_text("trafficking")


def test_a_chip_removes_its_filter(page: Page) -> None:
    page.goto("/?country=PAK&year=2018")
    page.get_by_role("link", name="Remove filter Year mentioned: 2018").click()
    assert sorted(results(page)) == ["pak-mmr-roundtables", "pak-trafficking"]
    page.get_by_role("link", name="Clear filters").click()
    assert len(results(page)) == 4


def test_back_returns_to_the_search_before(page: Page) -> None:
    search(page, "trafficking")
    before = page.url
    tick(page, "Pakistan")
    page.go_back()
    assert page.url == before
    expect(page.get_by_label("Search the activities")).to_have_value("trafficking")
    expect(page.get_by_role("checkbox", name=re.compile("^Pakistan,"))).not_to_be_checked()


def test_a_result_leads_to_the_activity(page: Page) -> None:
    search(page, "police")
    page.locator(".results h2 a").click()
    expect(page.locator("h1")).to_contain_text("Police officers were trained")


def test_nothing_found_offers_ways_that_find_something(page: Page) -> None:
    search(page, "police zzzzqqq")
    expect(page.get_by_text("Nothing was found")).to_be_visible()
    page.locator(".nothing li a").first.click()
    assert results(page)


def test_everything_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    search(page, "police")
    tick(page, "Kyrgyzstan")
    assert results(page) == ["kgz-police"]
    context.close()


def test_everything_is_reached_by_the_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main part")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Search the activities")).to_be_focused()
    page.keyboard.type("trafficking")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=trafficking*")
    wanted = page.get_by_role("checkbox", name=re.compile("^Pakistan,"))
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(wanted).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**country=PAK*")
    assert results(page) == ["pak-trafficking"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = {}
    for address in PAGES:
        page.goto(address)
        answer = Axe().run(page)
        if answer.violations_count:
            found[address] = answer.generate_report()
    assert not found, "\n".join(found.values())


@pytest.mark.parametrize("width", [320, 375, 768])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
