"""Markdown is rendered as safe HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
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


@given(st.text(alphabet="<>&\"'[]()!#*`ajs:/ \n\x00\x1b\u202e", max_size=60))
def test_no_markdown_is_rendered_with_a_script(body: str) -> None:
    assert "<script" not in body_html(body).lower()


def test_ampersands_are_shown_in_texts_and_addresses() -> None:
    html = body_html("R&D \x02 &amp;lt; [a&b](https://example.org/?a=1&b=2)")
    assert html.startswith("<p>R&amp;D  &amp;lt; <a")
    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert ">a&amp;b</a>" in html
    assert body_html("50\u00a0%\x03") == "<p>50&nbsp;%</p>"
