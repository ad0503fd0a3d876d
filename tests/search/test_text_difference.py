"""New words of a text are found, and deleted ones are counted."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search.text_difference import TextDifference, text_difference


def compared(before: str, after: str) -> TextDifference:
    difference = text_difference(before, after)
    assert difference is not None
    return difference


def new_texts(before: str, after: str) -> list[str]:
    return [after[token.start : token.end] for token in compared(before, after).new]


@pytest.mark.parametrize(
    ("before", "after", "new", "gone"),
    [
        (
            "In Pakistan, 20 women were trained.",
            "In Pakistan, 20 girls were trained.",
            ["girls"],
            1,
        ),
        ("Officers were trained.", "Police officers were trained.", ["Police officers"], 1),
        ("one two three four", "one three", [], 2),
        ("one two", "one, two", [], 0),
        ("a b c", "x y a b c z", ["x y", "z"], 0),
        ("警察接受了培训", "警察和检察官接受了培训", ["和检察官"], 0),
    ],
)
def test_new_words_are_marked_and_deleted_words_counted(
    before: str, after: str, new: list[str], gone: int
) -> None:
    assert "".join(new_texts(before, after)) == "".join(new)
    assert compared(before, after).gone_words == gone


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_the_numbers_explain_the_lengths_of_both_versions(before: str, after: str) -> None:
    difference = compared(before, after)
    kept = len(after.split()) - difference.new_words
    assert kept == len(before.split()) - difference.gone_words
    assert (difference.new_words == 0 and difference.gone_words == 0) == (before == after)


def test_texts_that_would_take_long_are_not_compared() -> None:
    started = time.process_time()
    assert text_difference("word " * 30_000, "other " * 30_000) is None
    assert text_difference("a b " * 5_000, "c d " * 5_000) is None
    before = " ".join(f"w{n % 700}" for n in range(6_000))
    after = " ".join(f"w{n * 7 % 700}" for n in range(6_000))
    assert text_difference(before, after) is not None
    assert time.process_time() - started < 1
