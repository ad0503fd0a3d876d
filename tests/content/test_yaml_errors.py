"""Errors in YAML have the line of the cause and the fix."""

from __future__ import annotations

import pytest

from indexer.content.activity import parse


@pytest.mark.parametrize(
    ("front", "line", "reason"),
    [
        ("country: [PAK\nyear: 2018", 2, 'the bracket "[" is open'),
        ("country: [PAK,\n  AFG\nyear: 2018", 2, 'the bracket "[" is open'),
        ('country: ["PAK" "AFG"]', 2, "separate the values in brackets with commas"),
        ('title: "A refuge\nyear: 2018', 2, 'the quotation mark " is not closed'),
        ("year: 2018\ncountry:PAK", 3, "write a space after the colon"),
        ("country:PAK\nyear: 2018", 2, "write a space after the colon"),
        ("country:PAK", 2, "write a space after the colon"),
        ("country:\u00a0PAK", 2, "remove the no-break space U+00A0"),
        ("title: “A: b”", 2, "straight quotes"),
        ("year: 2018\nThe text begins.\nMore.", 3, '"---" above this line'),
        ("title: a: b", 2, "put the value in quotes"),
        ("country:\n\t- PAK", 3, "use spaces"),
        ("title: #16Days of activism", 2, '"#16Days" is a comment in YAML'),
        ("title: Women and #16Days", 2, '"#16Days" is a comment in YAML'),
        ("year: 2018\ncountry: #PAK", 3, '"#PAK" is a comment in YAML'),
        ("title: a\u2028b\nyear: 2018", 2, "line separator U+2028"),
        ('title: "a\u2028b"', 2, "line separator U+2028"),
        ("title: a\u2029b", 2, "paragraph separator U+2029"),
        ("title: a\x85b", 2, "next line U+0085"),
        ("title: a\x0bb", 2, "vertical tab U+000B"),
        ("year: 2018\ntitle: a\x0cb", 3, "form feed U+000C"),
    ],
)
def test_an_error_in_yaml_has_its_line_and_its_fix(front: str, line: int, reason: str) -> None:
    (error,) = parse("x", "x.md", f"---\n{front}\n---\nText.".encode()).errors
    assert error.line == line
    assert reason in error.reason
    assert error.kind == "yaml"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_in_an_editor(line_break: str) -> None:
    lines = ["---", "country: [PAK]", "year: 20l9", "---", "Text\u2028text\x85text\x0btext."]
    (error,) = parse("x", "x.md", line_break.join(lines).encode()).errors
    assert error.line == 3
    lines[2] = "year: 2019"
    for byte, reason in ((b"\xe9", "is not UTF-8"), (b"\0", "NUL")):
        data = line_break.join(lines).encode() + byte
        (error,) = parse("x", "x.md", data).errors
        assert (error.line, reason in error.reason) == (5, True)


@pytest.mark.parametrize(
    "front", ["title: Women # a comment", "country: PAK #capital", 'title: "#16Days"', "title: C#"]
)
def test_comments_and_quoted_hashtags_are_valid(front: str) -> None:
    assert parse("x", "x.md", f"---\n{front}\n---\nText.".encode()).errors == ()
