"""CSV: separators, headers, line numbers, and errors in rows."""

from __future__ import annotations

import pytest

from indexer.importing.columns import Columns
from indexer.importing.formats.delimited import read_csv
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport


def read(text: str, columns: Columns | None = None) -> tuple[list[Paragraph], SourceReport]:
    """Return the paragraphs of CSV, and the report."""
    report = SourceReport()
    return list(read_csv(text, "source.csv", columns or Columns(), report)), report


def test_a_row_with_more_values_than_headers_is_an_error_with_its_line() -> None:
    paragraphs, report = read('text,year\n"a,\nb",2019\nIn Kenya, judges met,2019\nc d,2020\n')
    assert report.errors == [
        "line 4: has 3 values below 2 headers: put a value that contains the separator in double "
        "quotes, or add the missing header"
    ]
    assert [p.text for p in paragraphs] == ["a,\nb", "c d"]


def test_empty_values_after_the_last_header_are_ignored() -> None:
    assert read("text,year\nJudges met,2019,,\n")[1].errors == []


def test_line_numbers_are_correct_after_values_of_several_lines() -> None:
    paragraphs, _ = read('\n\ntext;year\n\n"one\n\ntwo";1\nthree;2\n\nfour;3\n')
    assert [(p.place, p.text) for p in paragraphs] == [
        ("line 5", "one\n\ntwo"),
        ("line 8", "three"),
        ("line 10", "four"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_recognised(separator: str) -> None:
    text = "year,2|text\n" if separator == "|" else f"year{separator}text\n"
    columns = Columns(ignored=("year,2",))
    paragraphs, _ = read(text + f"2019{separator}Judges met\n", columns)
    assert [p.text for p in paragraphs] == ["Judges met"]


def test_the_line_that_states_the_separator_is_not_a_row() -> None:
    paragraphs, report = read("sep=;\ntext;year\nJudges met, and others;2019\n")
    assert [(p.place, p.text) for p in paragraphs] == [("line 3", "Judges met, and others")]
    assert report.dropped == []


def test_a_title_above_the_header_is_reported() -> None:
    paragraphs, report = read("Inventory of 2019,\n,\ntext,year\nJudges met,2019\n")
    assert [p.text for p in paragraphs] == ["Judges met"]
    assert report.dropped == [
        'line 1: "Inventory of 2019" is above the header of the table: dropped'
    ]


@pytest.mark.parametrize(
    ("header", "messages"),
    [
        (
            "text,countries,years",
            ['unknown columns "countries", "years"', '--column country="countries"'],
        ),
        ("text,notes", ['unknown column "notes"', '--ignore-column "notes"']),
        ("text,year,Year", ['several columns are "year"']),
        ("text,,year", ["a column has no name", '--ignore-column ""']),
        (",text,,year", ["2 columns have no name"]),
        ("body,year", ['has no column "text" (it has body, year)', "--column text=NAME"]),
    ],
)
def test_an_unknown_header_is_reported(header: str, messages: list[str]) -> None:
    with pytest.raises(SourceError) as error:
        read(f"{header}\nJudges met,2019,2020\n")
    for message in messages:
        assert message in str(error.value)


def test_columns_can_be_mapped_and_ignored() -> None:
    columns = Columns({"text": "Description", "country": "Pays"}, ("notes", ""))
    text = ',Text,description,PAYS,Notes,year\n0,x,Judges met,KEN; UGA,"a, b",2019\n'
    with pytest.raises(SourceError, match='unknown column "Text"'):
        read(text, columns)
    paragraphs, report = read(text.replace("Text", "notes"), columns)
    assert report.errors == []
    assert [(p.text, p.metadata) for p in paragraphs] == [
        ("Judges met", {"country": ["KEN", "UGA"], "year": ["2019"]})
    ]


def test_a_row_without_text_is_reported() -> None:
    paragraphs, report = read("text,country\n,KEN\n—,UGA\nJudges met,PER\n")
    assert [p.text for p in paragraphs] == ["Judges met"]
    assert report.dropped == [
        'line 2: "KEN" has no text: dropped',
        'line 3: "— UGA" has no text: dropped',
    ]


def test_a_repeated_header_is_not_a_row() -> None:
    paragraphs, _ = read("text,year\nJudges met,2019\ntext,year\nPolice met,2020\n")
    assert [p.text for p in paragraphs] == ["Judges met", "Police met"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('"open,2019', "line 3: begins a value with a double quotation mark"),
        ('"closed"again,2019', "line 3: has text after a closing quotation mark"),
    ],
)
def test_unbalanced_quotation_marks_are_an_error(row: str, message: str) -> None:
    paragraphs, report = read(f"text,year\nJudges met,2019\n{row}\nPolice met,2020\n")
    assert [p.text for p in paragraphs] == ["Judges met"]
    assert len(report.errors) == 1
    assert report.errors[0].startswith(message)
    assert "the rest was not read" in report.errors[0]


def test_bullets_and_short_texts_in_values_are_kept() -> None:
    paragraphs, _ = read("text\n1. Judges met\n2. Police met\n• Home\n")
    assert [p.text for p in paragraphs] == ["1. Judges met", "2. Police met", "• Home"]


@pytest.mark.parametrize(
    ("value", "years"),
    [("2019-05-01", ["2019"]), ("2019; 2020-01-31", ["2019", "2020"]), ("05/2019", ["05/2019"])],
)
def test_a_date_is_read_as_its_year(value: str, years: list[str]) -> None:
    assert read(f"text,year\nJudges met,{value}\n")[0][0].metadata == {"year": years}
