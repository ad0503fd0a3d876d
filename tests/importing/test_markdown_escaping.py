"""Plain text written as Markdown: the page and the plain text show exactly the same text."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.activity import parse
from indexer.content.activity import to_markdown as to_content_file
from indexer.content.hiding_keys import DATE_KEYS, HIDING_KEYS
from indexer.importing.markdown_escaping import shown_text, to_markdown, to_strict_markdown
from indexer.schema import FIELD
from indexer.text.plain_text import plain_text
from webapp.markdown_html import body_html

ROOT = Path(__file__).parents[2]

# Fragments of Markdown and its dialects, HTML and YAML.
FRAGMENTS = (
    "1. UNODC|5*3*2|<UN Women>|g=h*i*j|`|\\|#|=|[a](b)|[x]: http://a|![a](b)|[^1]|[^2]: note|~~~|"
    "~~a~~|---|***|- - -|_a_|__|snake_case|&lt;|&amp;|&#60;|&#0|&copy|&nosuch;|- |* |+ |1) |> |"
    "<!--|-->|<b>|</b>|<br>|<a href|<http://a.b>|<script>alert(1)</script>|<?php ?>|]]>|<![CDATA[|"
    "http://x.org/a_b|title: x|country:|Draft: true|{|}|[|]|(|)|!|—|——|***a***|\t|    |===|=======|"
    "<<<<<<< ours|>>>>>>> theirs|;;;|+++|```yaml|:   term|*[A]: b|{: #id}|[TOC]|!!! note|==a==|$x$|"
    "\u00a0|\u202f|😀|\u200d|ا|#16Days|5. five|"
    'status: x|Hidden = x|@title: x|"draft": x|— — —|```{yaml}'
).split("|")
TABLE_FRAGMENTS = ["|", "|a|b|", "|-|-|", "a|b\n-|-\nc|d", "\n", "\n\n", " "]
TEXT = st.lists(
    st.one_of(
        st.sampled_from([*FRAGMENTS, *TABLE_FRAGMENTS]),
        st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=3),
        st.text(alphabet="*_`<>&[]()\\#=-+~|!{}:. \nab1", max_size=6),
    ),
    min_size=1,
    max_size=8,
).map("".join)


def shown_by_page(body: str) -> str:
    """Return the text that the page shows for a Markdown body, on one line."""
    return shown_text(html.unescape(re.sub(r"<[^>]+>", "\n", str(body_html(body)))))


def real_texts() -> list[str]:
    """Return passages of UN reports, and this project's documents, which have much markup."""
    passages = (ROOT / "tests/data/passages.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))]
    blocks = (block for page in pages for block in page.split("\n\n"))
    return [*(json.loads(line)["text"] for line in passages), *blocks]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("1. UNODC trained judges.", "1\\. UNODC trained judges."),
        ("1990) was a year.", "1990\\) was a year."),
        ("It has 5*3*2 rooms.", "It has 5\\*3\\*2 rooms."),
        ("<UN Women> met.", "\\<UN Women> met."),
        ("Let g=h*i*j hold.", "Let g=h\\*i\\*j hold."),
        ("The `code` of it", "The \\`code\\` of it"),
        ("a \\* b and C:\\temp", "a \\\\\\* b and C:\\temp"),
        ("#16Days of activism", "\\#16Days of activism"),
        ("== a heading ==", "&#61;= a heading =="),
        ("=1+1 is a formula", "=1+1 is a formula"),
        ("+ more", "\\+ more"),
        ("-5 degrees", "-5 degrees"),
        ("See [the law](1994) and [3].", "See [the law\\](1994) and [3]."),
        ("[1]: the first law", "\\[1\\]: the first law"),
        ("Noted.[^1]", "Noted.\\[^1]"),
        ("AT&T, R&D &amp; x < y", "AT&T, R&D \\&amp; x < y"),
        ("snake_case and _emphasis_", "snake_case and \\_emphasis\\_"),
        ("Status: draft.", "Status\\: draft."),
        ("Country: Kenya.", "Country\\: Kenya."),
    ],
)
def test_only_characters_that_could_be_markup_are_escaped(text: str, markdown: str) -> None:
    assert to_markdown(text) == markdown
    assert shown_by_page(markdown) == text


def test_lines_are_joined_and_list_items_and_blank_lines_begin_paragraphs() -> None:
    text = "It did the\nfollowing:\n• train  judges\n2) meet\npolice\n\n\nIt ended."
    assert to_markdown(text) == (
        "It did the following:\n\n• train judges\n\n2\\) meet police\n\nIt ended."
    )


def test_no_break_spaces_are_kept_and_soft_hyphens_are_left_out() -> None:
    assert to_markdown("Traf\u00adficking :\u00a025\u202f%") == "Trafficking :\u00a025\u202f%"


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_the_page_and_the_plain_text_show_any_text_unchanged(text: str) -> None:
    for escape in (to_markdown, to_strict_markdown):
        body = unicodedata.normalize("NFC", escape(text))  # files are normalised when they are read
        assert plain_text(body) == shown_text(text)
        assert shown_by_page(body) == shown_text(text)


@settings(max_examples=100, deadline=None)
@given(TEXT.filter(shown_text))
def test_any_text_is_read_back_from_its_content_file(text: str) -> None:
    activity = parse("a", "", to_content_file({}, to_markdown(text)).encode()).activity
    assert activity is not None
    assert activity.text == shown_text(text)


@pytest.mark.parametrize("key", sorted({*HIDING_KEYS, *DATE_KEYS, *FIELD}))
@pytest.mark.parametrize("value", ["true", "2999-01-01", "draft"])
def test_a_text_that_looks_like_a_field_is_text(key: str, value: str) -> None:
    text = f"{key.title()}: {value}"
    parsed = parse("a", "", to_content_file({}, to_markdown(text)).encode())
    assert parsed.activity is not None, parsed.errors
    assert (parsed.activity.text, parsed.withdrawn) == (text, "")
    alone = parse("a", "", to_markdown(text).encode())  # without front matter
    assert alone.activity is not None, alone.errors
    assert (alone.activity.text, alone.withdrawn) == (text, "")


def test_real_texts_with_markup_are_shown_unchanged() -> None:
    texts = real_texts()
    assert len(texts) >= 100
    for text in texts:
        body = to_markdown(text)
        assert plain_text(body) == shown_text(text)
        assert shown_by_page(body) == shown_text(text)
