"""Runs, links and addresses of Word documents."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.search.export.document import without_control_characters
from indexer.search.export.word.elements import Links, is_address, run, word_language

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def element(xml: str) -> ET.Element:
    return ET.fromstring(
        f'<w:p xmlns:w="{W[1:-1]}" '
        f'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{xml}</w:p>'
    )


def text_of(xml: str) -> str:
    return "".join(node.text or "" for node in element(xml).iter(f"{W}t"))


@given(st.text(st.characters()))
@example("a\0b\x0b\ufffe\ud800 <w:t> & ]]>")
def test_a_run_has_every_text_without_the_characters_that_xml_forbids(text: str) -> None:
    expected = without_control_characters(text).replace("\r\n", "\n").replace("\r", "\n")
    assert text_of(run(text, language="ar")) == expected


@given(st.text(st.sampled_from("https://examplorg.com?&=#'\") \n<é")))
@example("See https://example.org/a?b=1&c=2. And (http://x.y).")
def test_a_text_with_links_stays_the_same_text(text: str) -> None:
    assert text_of("".join(Links().with_links(text))) == without_control_characters(text)


def test_punctuation_after_an_address_is_not_part_of_the_link() -> None:
    links = Links()
    list(links.with_links("See https://example.org/a?b=1&c=2, and https://example.org/b."))
    assert 'Target="https://example.org/a?b=1&amp;c=2"' in links.relationships()
    assert 'Target="https://example.org/b"' in links.relationships()


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "https://",
        "https://[::1",
        "https://a b.example/",
        "https://user:password@example.org/",
        "https://example.org:port/",
        "https://example.org/" + "a" * 2000,
        "file:///etc/passwd",
        "/relative",
        "mailto:a b",
        "https://example.org/\u202e",
        "",
    ],
)
def test_an_address_that_word_may_refuse_is_text(text: str) -> None:
    assert not is_address(text)
    assert Links().link(text, "content") == "content"


@pytest.mark.parametrize(
    "text", ["https://example.org", "http://example.org:8000/a%20b?x=é#y", "mailto:a@example.org"]
)
def test_common_addresses_are_links(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    ("tag", "name"),
    [("en", "en-GB"), ("fr", "fr-FR"), ("pt-BR", "pt-BR"), ("ar", "ar-EG"), ("xx", "xx")],
)
def test_a_language_has_the_region_that_word_expects(tag: str, name: str) -> None:
    assert word_language(tag) == name


@pytest.mark.parametrize(
    ("text", "language", "right_to_left"),
    [
        ("تدريب", "ar", True),
        ("UNODC", "ar", True),
        ("تدريب", "", True),
        ("Training", "", False),
        ("Training", "en", False),
        ("12", "", False),
    ],
)
def test_the_direction_is_that_of_the_language_or_the_first_letter(
    text: str, language: str, right_to_left: bool
) -> None:
    assert (element(run(text, language=language)).find(f".//{W}rtl") is not None) == right_to_left
