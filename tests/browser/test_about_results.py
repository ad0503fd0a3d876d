"""Explanations, citations and printing in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ASK = "Why this result?"
GUIDE = "A guide for prosecutors"


def test_an_explanation_opens_in_place_without_a_history_entry(page: Page) -> None:
    page.goto("/help")
    page.goto("/?q=trafficking")
    guide = page.locator("li", has=page.get_by_role("link", name=GUIDE))
    guide.get_by_role("button", name=ASK).click()
    explanation = guide.locator("#why")
    expect(explanation).to_contain_text(
        "trafficking – another form of the word, once in the text: A guide on trafficked women"
    )
    expect(explanation).to_be_focused()
    expect(explanation).to_be_in_viewport()
    assert page.url.endswith("/?q=trafficking")
    page.go_back()
    page.wait_for_url("**/help")


def test_an_explanation_works_without_javascript(plain: Page) -> None:
    plain.set_viewport_size({"width": 375, "height": 500})
    plain.goto("/?q=trafficking")
    plain.locator("li", has=plain.get_by_role("link", name=GUIDE)).get_by_role(
        "button", name=ASK
    ).click()
    expect(plain.locator("#why")).to_be_in_viewport()
    expect(plain.get_by_role("button", name="Copy")).to_be_hidden()


def test_the_copy_button_copies_the_citation(page: Page) -> None:
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


def test_a_printed_search_has_no_controls(page: Page) -> None:
    page.emulate_media(media="print")
    page.goto("/?q=trafficking&country=PAK")
    expect(page.locator("h1")).to_have_text("1 activity matching “trafficking”")
    expect(page.locator(".results .text").first).to_be_visible()
    expect(page.locator("#citation")).to_contain_text("generation 1 of")
    for interface in (".box", ".side", ".tools", ".topics button", ".copy", "header nav"):
        for element in page.locator(interface).all():
            expect(element).to_be_hidden()
    printed_address = page.locator(".results > li").evaluate(
        "item => getComputedStyle(item, '::after').content"
    )
    assert printed_address == '"/activities/pak-trafficking"'


def test_a_printed_activity_has_its_closed_sections(page: Page) -> None:
    page.goto("/activities/pak-trafficking")
    record = page.locator("details.about dl")
    assert not record.evaluate("list => list.checkVisibility()")
    page.emulate_media(media="print")
    assert record.evaluate("list => list.checkVisibility()")


def test_a_right_to_left_quotation_stays_after_its_introduction(page: Page) -> None:
    page.goto("/?q=المكتب&why=ara-judges")
    result = page.locator(".results > li")
    expect(result).to_have_css("direction", "rtl")
    expect(page.locator("#why")).to_have_css("direction", "ltr")
    expect(page.locator("#why q")).to_have_css("direction", "rtl")
    # The quotation is to the right of the word that it explains.
    word, quoted = page.locator("#why strong").bounding_box(), page.locator("#why q").bounding_box()
    assert word
    assert quoted
    assert quoted["x"] > word["x"]
