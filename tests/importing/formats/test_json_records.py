"""JSON: arrays, JSON Lines, and errors in objects."""

from __future__ import annotations

import json

import pytest

from indexer.importing.columns import Columns
from indexer.importing.formats.json_records import is_json, read_json
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport

RECORDS = [{"text": "Judges met", "year": [2019, 2020]}, {"text": "Police met", "country": "PER"}]


def read(text: str, columns: Columns | None = None) -> tuple[list[Paragraph], SourceReport]:
    """Return the paragraphs of JSON, and the report."""
    report = SourceReport()
    return list(read_json(text, "source.json", columns or Columns(), report)), report


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (json.dumps(RECORDS), [1, 1]),
        (json.dumps(RECORDS, indent=2), [2, 9]),
        ("\n".join(map(json.dumps, RECORDS)), [1, 2]),
        ("\n".join(json.dumps(record, indent=1) for record in RECORDS), [1, 8]),
    ],
)
def test_arrays_and_objects_are_read_in_any_layout(text: str, lines: list[int]) -> None:
    paragraphs, report = read(text)
    assert report.errors == []
    assert [p.place for p in paragraphs] == [f"line {line}" for line in lines]
    assert [(p.text, p.metadata) for p in paragraphs] == [
        ("Judges met", {"year": ["2019", "2020"]}),
        ("Police met", {"country": ["PER"]}),
    ]
    assert is_json(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"text": "a b"}, 3]', 'line 1: has no "text"'),
        ('[\n{"text": "a b"},\n{"text": }\n]', "line 3: is not JSON (Expecting value)"),
        ('[\n{"text": "a b"},\n', 'line 3: the array has no "]" at its end'),
        ('[{"text": "a b"}]\n[]', "line 1: has text after the array"),
        ('{"text": "a b", "text": "c"}', 'line 1: is not JSON (the key "text" is given twice)'),
        ('{"text": "a b", "Text": "c"}', 'line 1: several keys are "text"'),
        ('{"text": null}', 'line 1: has no "text"'),
        ('{"text": "\\ud800"}', "line 1: is not JSON"),
        ("[" * 100_000, "line 1: is not JSON"),
    ],
)
def test_invalid_json_is_reported_with_its_line(text: str, message: str) -> None:
    errors = read(text)[1].errors
    assert len(errors) == 1
    assert errors[0].startswith(message)


def test_unknown_keys_of_all_objects_are_reported() -> None:
    with pytest.raises(SourceError, match='line 2: unknown columns "countries", "notes"'):
        read('{"text": "a b"}\n{"text": "c d", "countries": []}\n{"text": "e", "notes": 1}')


def test_keys_can_be_mapped_and_ignored() -> None:
    columns = Columns({"text": "body"}, ("notes",))
    paragraphs, _ = read('[{"Body": "Judges met", "notes": 1}]', columns)
    assert [p.text for p in paragraphs] == ["Judges met"]


@pytest.mark.parametrize("text", ["[Kenya] met.", "{curly} met.", "Judges", "", "[1, 2]"])
def test_other_texts_are_not_json(text: str) -> None:
    assert not is_json(text)
