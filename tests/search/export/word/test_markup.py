"""The Markdown of an activity in Word."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.search.export.document import without_control_characters
from indexer.search.export.word.elements import Links
from indexer.search.export.word.markup import body_paragraphs
from indexer.text.plain_text import MarkupError, plain_text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def body(markdown: str, language: str = "en") -> ET.Element:
    xml = "".join(body_paragraphs(markdown, language, Links()))
    return ET.fromstring(f'<w:body xmlns:w="{W[1:-1]}" xmlns:r="{R}">{xml}</w:body>')


def paragraphs(markdown: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the style and the text of each paragraph. A tab is "\\t", a line break "\\n"."""
    result = []
    for paragraph in body(markdown, language).iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        pieces = {f"{W}tab": "\t", f"{W}br": "\n"}
        text = "".join(pieces.get(node.tag, node.text or "") for node in paragraph.iter())
        result.append((style.get(f"{W}val", "") if style is not None else "", text))
    return result


def formatted(markdown: str, property: str) -> list[str]:
    """Return the texts of the runs with a property."""
    return [
        node.findtext(f"{W}t") or ""
        for node in body(markdown).iter(f"{W}r")
        if node.find(f"{W}rPr/{W}{property}") is not None
    ]


def test_paragraphs_headings_and_quotations_have_styles() -> None:
    assert paragraphs("One\ntwo.\n\n## Head\n\n> Quoted\n\nLast") == [
        ("ActivityText", "One two."),
        ("ActivityHeading", "Head"),
        ("ActivityQuotation", "Quoted"),
        ("ActivityText", "Last"),
    ]


def test_lists_have_bullets_of_their_level_and_the_numbers_of_the_text() -> None:
    markdown = "- One\n- Two\n  - Deep\n\nText\n\n5. Train\n6. Judge"
    assert paragraphs(markdown) == [
        ("ListBullet", "One"),
        ("ListBullet", "Two"),
        ("ListBullet2", "Deep"),
        ("ActivityText", "Text"),
        ("ActivityText", "5.\tTrain"),
        ("ActivityText", "6.\tJudge"),
    ]


def test_only_the_first_paragraph_of_a_list_item_has_a_bullet() -> None:
    assert paragraphs("- One\n\n  more\n- Two") == [
        ("ListBullet", "One"),
        ("ActivityText", "more"),
        ("ListBullet", "Two"),
    ]


def test_character_formatting_is_kept() -> None:
    markdown = "a **bold** *italic* <del>gone</del> <sup>up</sup> `code`"
    assert formatted(markdown, "b") == ["bold"]
    assert formatted(markdown, "i") == ["italic"]
    assert formatted(markdown, "strike") == ["gone"]
    assert formatted(markdown, "vertAlign") == ["up"]
    assert formatted(markdown, "rStyle") == ["code"]


def test_a_link_has_its_address_and_an_unsafe_one_is_text() -> None:
    links = Links()
    markdown = "[good](https://example.org/a) [bad](javascript:alert(1))"
    xml = "".join(body_paragraphs(markdown, "en", links))
    assert "https://example.org/a" in links.relationships()
    assert "javascript" not in xml + links.relationships()
    assert ">bad<" in xml


def test_code_keeps_its_lines_and_spaces() -> None:
    assert paragraphs("```\na\n  b\n```") == [("ActivityCode", "a\n  b")]


def test_a_table_has_its_cells_and_a_repeated_header() -> None:
    root = body("| A | B |\n| - | - |\n| 1 | 2 |\n| 3 |\n")
    rows = [
        ["".join(cell.itertext()) for cell in row.iter(f"{W}tc")] for row in root.iter(f"{W}tr")
    ]
    assert rows == [["A", "B"], ["1", "2"], ["3", ""]]
    assert len(list(root.iter(f"{W}tblHeader"))) == 1
    assert root[-1].tag == f"{W}p"


@pytest.mark.parametrize(("language", "count"), [("ar", 3), ("he", 3), ("az-Arab", 3), ("fr", 0)])
def test_paragraphs_of_a_right_to_left_language_run_from_the_right(
    language: str, count: int
) -> None:
    root = body("One\n\n- Two\n\nThree", language)
    assert len(list(root.iter(f"{W}bidi"))) == count
    assert len(list(root.iter(f"{W}rtl"))) == count


def test_each_run_has_the_language_of_the_activity() -> None:
    names = [node.attrib for node in body("Un *deux*", "fr").iter(f"{W}lang")]
    assert names == [{f"{W}val": "fr-FR"}] * 2
    (chinese,) = body("中文", "zh").iter(f"{W}lang")
    assert chinese.get(f"{W}eastAsia") == "zh-CN"
    (arabic,) = body("نص", "ar").iter(f"{W}lang")
    assert arabic.get(f"{W}bidi") == "ar-EG"


_PIECES = (
    *("- ", "1. ", "> ", "## ", "a", "**", "*", "`", "\n", "\n\n", "    ", "| a | b |", "| - |"),
    *("[x](https://e.org)", "<br>", "<table><tr><td>", "</td></tr></table>", "<li>", "&", "<b>"),
    *("```", "[^1]", "[^1]: note", "\x02", "\x0b", "<p>", "<pre>", "</pre>", "<ul>", "word "),
)
_MARKDOWN = st.lists(st.sampled_from(_PIECES), max_size=25).map("".join)


@given(_MARKDOWN)
@example("| a | b |\n| - | - |\n| 1 | <table><tr><td>x</td></tr></table> |")
def test_the_text_is_the_text_of_the_page(markdown: str) -> None:
    try:
        expected = plain_text(markdown)
    except MarkupError:
        return
    shown = "".join(f"{text}|" for _, text in paragraphs(markdown)).replace("•", "")
    assert _letters(shown) == _letters(without_control_characters(expected))


def _letters(text: str) -> str:
    return "".join(character for character in text if character not in "|• \t\n\r\f\v\xa0")
