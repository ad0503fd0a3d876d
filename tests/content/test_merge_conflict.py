"""The markers of a merge conflict are an error with their line."""

from __future__ import annotations

import pytest

from indexer.content.activity import parse


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\n---\none\n<<<<<<< HEAD\ntwo\n=======\nthree\n>>>>>>> branch\n", 4),
        ("---\n<<<<<<< HEAD\ncountry: [PAK]\n=======\ncountry: [IND]\n>>>>>>> a\n---\nText", 2),
        ("one\n=======\ntwo\n>>>>>>> 1234567\n", 2),
        ("one\n\n>>>>>>> branch\n", 3),
        ("<<<<<<<\r\none\r\n", 1),
    ],
)
def test_a_merge_conflict_is_an_error_with_its_line(text: str, line: int) -> None:
    (error,) = parse("a", "a.md", text.encode()).errors
    assert error.line == line
    assert "merge conflict" in error.reason


@pytest.mark.parametrize("text", ["Title\n=======\n\nText", "<<<<<<<< eight", "a <<<<<<< b"])
def test_other_text_is_not_a_merge_conflict(text: str) -> None:
    assert not parse("a", "a.md", text.encode()).errors
