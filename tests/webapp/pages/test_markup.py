"""Markdown is rendered as safe HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.markdown_html import body_html


def test_markdown_is_rendered_as_html() -> None:
    assert "<em>quickly</em>" in body_html("Done *quickly*.")
    assert '<a href="https://example.org/"' in body_html("[x](https://example.org/)")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>x",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "<svg onload=alert(1)>",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html,x)",
        "<iframe src=//x></iframe>",
        "<a href='vbscript:x'>y</a>",
        "![i](https://elsewhere.example/x.png)",
        "<style>*{}</style>",
        "<form action=x><input></form>",
        "<p style='x'>y",
    ],
)
def test_active_content_is_removed(body: str) -> None:
    html = body_html(body).lower()
    for text in (
        "<script",
        "<img",
        "javascript:",
        "data:",
        "<svg",
        "<iframe",
        "vbscript",
        "<style",
        "<form",
        "style=",
        "onerror",
    ):
        assert text not in html


PIECES = st.sampled_from(
    "<script>|</script>|<ScRiPt src=//x>|<scr|ipt>|<img src=x onerror=|alert(1)|<svg/onload=|"
    "<a href=|javascript:|JaVaScRiPt&colon;|&#106;avascript:|data:|vbscript:|[x](|![|][1]|[1]: |"
    ")|<|>|\"|'|`|```|*|\\| |\n|\n\n|    |&lt;|<!--|-->|<style>|<b onclick=|/|x|\x00|"
    "https://x.example/|<p title='|\u202e|\x1b|<iframe srcdoc=|]]>|<?x ".split("|")
)


class ActiveContent(HTMLParser):
    """Collects the elements, attributes and addresses that a body must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "img", "svg", "iframe", "form", "object", "embed", "base"):
            self.found.append(tag)
        for name, value in attrs:
            scheme = re.match(r"\s*([a-z][a-z0-9+.-]*)\s*:", value or "", re.IGNORECASE)
            if name.startswith("on") or name in ("style", "src", "srcdoc"):
                self.found.append((tag, name))
            if name == "href" and scheme and scheme[1].lower() not in ("http", "https", "mailto"):
                self.found.append((tag, value))


def active_content(html: str) -> list[object]:
    """Return the active content in HTML."""
    parser = ActiveContent()
    parser.feed(html)
    parser.close()
    return parser.found


def test_active_content_is_recognised_by_these_tests() -> None:
    html = "<script>x</script><a href='JavaScript:x' onclick=x>y</a><p style=x>"
    assert len(active_content(html)) == 4


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("[x](javascript:alert(1))")
@example("<script>alert(1)</script>")
def test_no_markdown_is_rendered_with_active_content(body: str) -> None:
    assert active_content(body_html(body)) == []


def test_ampersands_are_shown_in_texts_and_addresses() -> None:
    html = body_html("R&D \x02 &amp;lt; [a&b](https://example.org/?a=1&b=2)")
    assert html.startswith("<p>R&amp;D  &amp;lt; <a")
    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert ">a&amp;b</a>" in html
    assert body_html("50\u00a0%\x03") == "<p>50&nbsp;%</p>"
