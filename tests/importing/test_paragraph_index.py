"""Duplicates and other versions of paragraphs in an import."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.importing.paragraph_index import (
    IDENTIFYING_FIELDS,
    ParagraphIndex,
    StatedValues,
)
from tests.importing.test_importer import KENYA, PAGE, run, written


def test_a_second_import_of_the_same_text_adds_nothing(folder: Path) -> None:
    run(folder, PAGE)
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    again = run(folder, PAGE.replace(" ", "  ").replace("\n", "\r\n"))
    assert again.exit_code == 0
    assert "already exists as" in again.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_another_version_of_a_paragraph_is_reported_and_not_written(folder: Path) -> None:
    run(folder, KENYA)
    result = run(folder, KENYA.replace("prosecutors", "prosecutor"))
    assert "another version of" in result.stderr
    assert len(written(folder)) == 1


def test_the_same_sentence_about_another_country_is_another_activity(folder: Path) -> None:
    run(folder, f"{KENYA}\n{KENYA.replace('Kenya', 'Uganda')}\n")
    assert len(written(folder)) == 2


def test_a_text_with_another_number_is_another_activity(folder: Path) -> None:
    result = run(folder, f"{KENYA}\n{KENYA.replace('40', '45')}\n{KENYA.replace('40', 'sixty')}")
    assert result.exit_code == 0
    assert len(written(folder)) == 3


@pytest.mark.parametrize(
    ("field", "value", "other"),
    [
        ("country", "KEN", "UGA"),
        ("year", "2001", "2002"),
        ("agency", "unfpa", "unodc"),
        ("source", "Report 1", "Report 2"),
    ],
)
@pytest.mark.parametrize("ending", ["", " There."])
def test_an_equal_text_with_another_stated_value_is_another_activity(
    folder: Path, field: str, value: str, other: str, ending: str
) -> None:
    text = "Judges were trained on the new act and the police and prosecutors met in workshops."
    rows = f"text,{field}\n{text},{value}\n{text}{ending},{other}\n{text},{other}\n"
    assert run(folder, rows, "source.csv").exit_code == 0
    values = [str(activity.meta[field][0]) for activity in written(folder).values()]
    assert sorted(values) == [value, other]


@pytest.mark.parametrize("option", ["--agency", "--source"])
def test_the_options_state_values_too(folder: Path, option: str) -> None:
    run(folder, KENYA, "source.txt", option, "one")
    run(folder, KENYA, "source.txt", option, "two")
    assert len(written(folder)) == 2
    run(folder, KENYA, "source.txt", option, "one")
    run(folder, KENYA, "source.txt")
    assert len(written(folder)) == 2


def test_duplicates_are_kept_on_request(folder: Path) -> None:
    rows = f"{KENYA}\n{KENYA}\n{KENYA.replace('prosecutors', 'prosecutor')}\n"
    assert run(folder, rows, "source.txt", "--keep-duplicates").exit_code == 0
    assert len(written(folder)) == 3


def test_a_paragraph_whose_markup_was_escaped_is_recognised(folder: Path) -> None:
    text = f"<UN Women> {KENYA}"
    run(folder, text)
    assert "already exists as" in run(folder, text).stderr


def test_another_version_is_found_among_thousands_of_paragraphs_in_seconds(folder: Path) -> None:
    random_words = random.Random(1)
    texts = [
        "In Kenya, UNODC met " + " ".join(f"w{random_words.randrange(2_000)}" for _ in range(80))
        for _ in range(1_500)
    ]
    index = ParagraphIndex(folder)
    started = time.process_time()
    for n, text in enumerate(texts):
        index.find_similar(text)
        index.add(str(n), text)
    assert time.process_time() - started < 10
    assert index.find_similar(texts[1234] + " and the police") == "1234"


def test_equal_texts_with_thousands_of_sources_are_looked_up_in_seconds(folder: Path) -> None:
    index = ParagraphIndex(folder)
    started = time.process_time()
    for n in range(5_000):
        stated: StatedValues = {"source": frozenset([f"Report {n}"])}
        assert index.find_equal(KENYA, stated) is None
        index.add(str(n), KENYA, stated)
    assert time.process_time() - started < 5
    assert index.find_equal(KENYA, {"source": frozenset(["Report 3"])}) == "3"
    assert index.find_equal(KENYA, {"country": frozenset(["KEN"])}) == "0"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(IDENTIFYING_FIELDS), st.sampled_from("ab")), max_size=6
    )
)
def test_an_equal_text_is_found_if_no_stated_value_differs(rows: list[dict[str, str]]) -> None:
    index = ParagraphIndex(Path("none"))
    for n, row in enumerate(rows):
        stated = {name: frozenset([value]) for name, value in row.items()}
        expected = {
            str(m)
            for m, other in enumerate(rows[:n])
            if all(row[name] == other[name] for name in row.keys() & other.keys())
        }
        id = index.find_equal(KENYA, stated)
        assert id in expected if expected else id is None
        index.add(str(n), KENYA, stated)
