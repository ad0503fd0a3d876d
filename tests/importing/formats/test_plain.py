"""Paragraphs of plain text: lines, blocks between blank lines, and items of lists."""

from __future__ import annotations

import pytest

from indexer.importing.columns import Columns
from indexer.importing.formats.plain import read_plain_text
from indexer.importing.furniture import is_furniture
from indexer.importing.paragraph import SourceReport
from indexer.importing.sources import read_source

KENYA = "In Kenya, UNODC and UN Women trained 40 prosecutors on domestic violence in 2019."
PERU = (
    "In Peru, UNODC studied the smuggling of migrants between 2018 and 2020 "
    "with the national police."
)


def read(text: str) -> list[str]:
    """Return the texts of the paragraphs of a plain text."""
    paragraphs = read_source(text.encode(), "source.txt", Columns(), SourceReport())
    return [paragraph.text for paragraph in paragraphs]


def test_a_blank_line_in_page_furniture_does_not_join_paragraphs() -> None:
    text = (
        f"Skip to content\nMenu\nHome > Resources\n{KENYA}\nRead more\n\n"
        f"Page 2\nShowing 1 - 2 of 2\n{PERU}\nBack to top\n"
    )
    assert [p.text for p in read_plain_text(text) if not is_furniture(p.text)] == [
        KENYA,
        PERU,
    ]


def test_furniture_directly_above_or_below_a_wrapped_paragraph_is_separate() -> None:
    text = (
        "Search\nIn Kenya, UNODC trained\n40 prosecutors on domestic\nviolence.\nRead more\n\n"
        "Page 3\n\nIn Peru, the\npolice met.\n"
    )
    lines = [(p.place, p.text) for p in read_plain_text(text)]
    assert [line for line in lines if not is_furniture(line[1])] == [
        ("line 2", "In Kenya, UNODC trained 40 prosecutors on domestic violence."),
        ("line 9", "In Peru, the police met."),
    ]


def test_wrapped_lines_between_blank_lines_are_one_paragraph() -> None:
    text = "\nOne paragraph\nof two lines.\n\n \nAnother one\nof two lines.\n"
    assert [(p.place, p.text) for p in read_plain_text(text)] == [
        ("line 2", "One paragraph of two lines."),
        ("line 6", "Another one of two lines."),
    ]


def test_lines_that_are_whole_sentences_are_paragraphs() -> None:
    text = "Menu\nOne paragraph, whole.\nAnother, whole.\n\nA third, whole.\n"
    assert [p.place for p in read_plain_text(text)] == ["line 1", "line 2", "line 3", "line 5"]


@pytest.mark.parametrize("markers", ["••", "--", "––", ("1.", "2."), ("(a)", "(b)"), ("i)", "ii)")])
def test_the_items_of_a_list_are_activities_without_their_markers(markers: str) -> None:
    first, second = markers
    assert read(f"{first} {KENYA}\n{second} {PERU}\n") == [KENYA, PERU]


def test_a_single_marker_is_kept() -> None:
    assert read(f"1. {KENYA}\n{PERU}\n") == [f"1. {KENYA}", PERU]


def test_page_furniture_does_not_end_a_list() -> None:
    items = [text for text in read(f"• {KENYA}\nPage 2\n• {PERU}\n") if not is_furniture(text)]
    assert items == [KENYA, PERU]


@pytest.mark.parametrize("bullet", ["•", "-"])
def test_the_wrapped_items_of_a_list_are_separate_without_blank_lines(bullet: str) -> None:
    text = (
        f"UNODC did the following:\n{bullet} trained judges\nin the law of\nKenya\n"
        f"{bullet} met the police\nof the north\n"
    )
    assert read(text) == [
        "UNODC did the following:",
        "trained judges in the law of Kenya",
        "met the police of the north",
    ]


def test_a_dash_at_the_start_of_a_wrapped_line_does_not_begin_an_item() -> None:
    text = "The judges of Kenya\n- with others from Peru\nwere trained.\n\nThe police\nmet them.\n"
    assert read(text)[0] == "The judges of Kenya - with others from Peru were trained."


def test_a_word_divided_at_the_end_of_a_line_is_joined() -> None:
    text = (
        "They fought traf-\nficking and gender-\nbased violence, and the\ntrafficking "
        "of\nwomen.\n\nThe police\nmet them.\n"
    )
    assert read(text)[0] == (
        "They fought trafficking and gender-based violence, and the trafficking of women."
    )
