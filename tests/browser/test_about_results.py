"""Why, cite, copy and print, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.serving import Server

ASK = "Why this result?"
GUIDE = "A guide for prosecutors"


def test_why_opens_in_its_place_and_is_no_step_in_the_history(page: Page) -> None:
    page.goto("/help")
    page.goto("/?q=trafficking")
    guide = page.locator("li", has=page.get_by_role("link", name=GUIDE))
    guide.get_by_role("button", name=ASK).click()
    told = guide.locator("#why")
    expect(told).to_contain_text(
        "trafficking – another form of the word, once in the text: A guide on trafficked women"
    )
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport()
    assert page.url.endswith("/?q=trafficking")
    page.go_back()
    page.wait_for_url("**/help")


def test_why_needs_no_script(browser: Browser, server: Server) -> None:
    context = browser.new_context(
        base_url=server.url, java_script_enabled=False, viewport={"width": 375, "height": 500}
    )
    page = context.new_page()
    page.goto("/?q=trafficking")
    page.locator("li", has=page.get_by_role("link", name=GUIDE)).get_by_role(
        "button", name=ASK
    ).click()
    expect(page.locator("#why")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    context.close()


def test_a_citation_is_copied_as_it_stands_there(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for address in ("/activities/pak-trafficking", "/?q=trafficking"):
        page.goto(address)
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_focused()
        assert (
            page.evaluate("navigator.clipboard.readText()")
            == page.locator("#citation").text_content()
        )
        assert "generation=1" in page.evaluate("navigator.clipboard.readText()")


def test_a_search_prints_as_a_report(page: Page) -> None:
    page.emulate_media(media="print")
    page.goto("/?q=trafficking&country=PAK")
    expect(page.locator("h1")).to_have_text("1 activity matching “trafficking” in Pakistan")
    expect(page.locator(".snippet, .results h2").first).to_be_visible()
    expect(page.locator("#citation")).to_contain_text("generation 1 of")
    for interface in (".box", ".side", ".tools", ".facts button", ".copy", "header nav"):
        for element in page.locator(interface).all():
            expect(element).to_be_hidden()
    shown = page.locator(".results h2 a").evaluate(
        "link => getComputedStyle(link, '::after').content"
    )
    assert shown == '"/activities/pak-trafficking"'


def test_right_to_left_text_stays_in_its_place_among_left_to_right(page: Page) -> None:
    page.goto("/?q=المكتب&why=ara-judges")
    result = page.locator(".results > li")
    expect(result).to_have_css("direction", "rtl")
    expect(page.locator("#why")).to_have_css("direction", "ltr")
    expect(page.locator("#why q")).to_have_css("direction", "rtl")
    # The quotation stands after the words that introduce it, and in one piece.
    word, quoted = page.locator("#why strong").bounding_box(), page.locator("#why q").bounding_box()
    assert word
    assert quoted
    assert quoted["x"] > word["x"]
