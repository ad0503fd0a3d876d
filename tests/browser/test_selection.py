"""The selection that the browser keeps."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import follow


def box(page: Page, opening: str) -> Locator:
    return page.get_by_role("checkbox", name=re.compile(f"^Select: {opening}"))


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Selection")


def test_ticks_stay_while_the_reader_searches_on(page: Page) -> None:
    page.goto("/?q=")
    expect(bar(page)).to_be_hidden()
    box(page, "Police officers").check()
    expect(bar(page)).to_contain_text("1 selected")
    page.get_by_label("Search the activities").fill("trafficking")
    expect(page.locator("h1")).to_have_text("2 activities matching “trafficking”")
    box(page, "In Pakistan").check()
    expect(page.get_by_role("link", name="Selection (2)")).to_be_visible()
    page.reload()
    expect(box(page, "In Pakistan")).to_be_checked()
    follow(bar(page).get_by_role("link", name="View"))
    expect(page).to_have_url(re.compile(r"/\?id=kgz-police&id=pak-trafficking$"))
    expect(page.locator("h1")).to_have_text("2 selected activities")


def test_a_removed_result_is_no_longer_selected(page: Page) -> None:
    page.goto("/?q=")
    box(page, "Police officers").check()
    box(page, "In Pakistan").check()
    follow(bar(page).get_by_role("link", name="View"))
    page.get_by_role("link", name=re.compile("^Remove Police officers")).click()
    expect(page.locator("h1")).to_have_text("1 selected activity")
    expect(page.get_by_role("link", name="Selection (1)")).to_be_visible()


def test_another_tab_has_the_same_selection(page: Page) -> None:
    page.goto("/?q=")
    other = page.context.new_page()
    other.goto("/?q=police")
    box(other, "Police officers").check()
    other.close()
    expect(box(page, "Police officers")).to_be_checked()
    bar(page).get_by_role("button", name="Clear").click()
    expect(bar(page)).to_be_hidden()
    expect(box(page, "Police officers")).not_to_be_checked()
    expect(page.locator("h1")).to_be_focused()


def test_a_shared_selection_is_added_to_that_of_the_reader(page: Page) -> None:
    page.goto("/?q=police")
    box(page, "Police officers").check()
    page.goto("/?id=global-guide&id=pak-trafficking")
    page.get_by_role("button", name="Add all to my selection").click()
    expect(page.get_by_role("link", name="Selection (3)")).to_be_visible()


def test_the_first_result_is_reached_before_its_tick_box(page: Page) -> None:
    page.goto("/?q=police")
    order = page.evaluate(
        "[...document.querySelectorAll('.results a, .results input')].map((node) => node.tagName)"
    )
    assert "INPUT" in order
    assert order.index("A") < order.index("INPUT")


def test_without_scripts_a_form_keeps_the_ticks(plain: Page) -> None:
    plain.goto("/?q=police")
    box(plain, "Police officers").check()
    follow(plain.get_by_role("button", name="Add ticked to selection"))
    expect(box(plain, "Police officers")).to_be_checked()
    plain.get_by_label("Search the activities").fill("guide")
    follow(plain.get_by_role("button", name="Search", exact=True))
    box(plain, "A guide").check()
    follow(plain.get_by_role("button", name="View selection"))
    expect(plain).to_have_url(re.compile(r"/\?id=kgz-police&id=global-guide$"))
