"""Pages other than the search page, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page

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


def test_no_page_scrolls_sideways_with_text_spacing_at_320_pixels(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    for address in ("/help", "/", "/activities/pak-trafficking", "/coverage", "/api", "/nothing"):
        page.goto(address)
        page.evaluate(ADD_STYLES, TEXT_SPACING)
        page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
