"""Bullets and numbers of lists in plain text."""

from __future__ import annotations

import pytest

from indexer.importing.list_markers import has_marker, remove_markers


@pytest.mark.parametrize(
    "texts",
    [
        ["• Kenya met.", "• Peru met."],
        ["•Kenya met.", "•Peru met."],
        ["- Kenya met.", "- Peru met."],
        ["– Kenya met.", "– Peru met."],
        ["\uf0b7 Kenya met.", "\uf0b7 Peru met."],
        ["o\tKenya met.", "o\tPeru met."],
        ["1. Kenya met.", "2. Peru met."],
        ["(9) Kenya met.", "(10) Peru met."],
        ["h) Kenya met.", "i) Peru met."],
        ["i. Kenya met.", "ii. Peru met."],
        ["iv) Kenya met.", "v) Peru met."],
        ["ix) Kenya met.", "x) Peru met."],
    ],
)
def test_markers_of_a_run_are_removed(texts: list[str]) -> None:
    assert remove_markers(texts) == ["Kenya met.", "Peru met."]


@pytest.mark.parametrize(
    "texts",
    [
        ["1. Kenya met."],
        ["• Kenya met.", "Peru met.", "• Mali met."],
        ["1. Kenya met.", "7. Peru met."],
        ["1. Kenya met.", "2) Peru met."],
        ["- Kenya met.", "• Peru met."],
        ["2019. Kenya met.", "2020. Peru met."],
        ["1.5 million met.", "2.5 million met."],
        ["A. Smith met.", "B. Jones met."],
        ["-5 degrees", "-6 degrees"],
        ["Of Kenya", "of Peru"],
    ],
)
def test_other_beginnings_are_kept(texts: list[str]) -> None:
    assert remove_markers(texts) == texts


def test_a_run_of_three_has_all_its_markers_removed() -> None:
    assert remove_markers(["a) x", "b) y", "c) z", "a) w"]) == ["x", "y", "z", "a) w"]


@pytest.mark.parametrize(
    ("text", "expected"), [("1) x", True), ("• x", True), ("x • y", False), ("-x", False)]
)
def test_a_marker_is_followed_by_a_word(text: str, expected: bool) -> None:
    assert has_marker(text) is expected
