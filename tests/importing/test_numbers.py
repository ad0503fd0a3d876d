"""The numbers of a text, which distinguish it from similar texts."""

from __future__ import annotations

import pytest

from indexer.importing.numbers import numbers


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("trained 40 judges", "trained 45 judges"),
        ("trained two judges", "trained ten judges"),
        ("formó a tres jueces", "formó a cuatro jueces"),
        ("1.5 million", "15 million"),
        ("٤٠", "٤٥"),
    ],
)
def test_texts_with_other_numbers_differ(text: str, other: str) -> None:
    assert numbers(text) != numbers(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("1,000 judges", "1000 judges"),
        ("12 000 000 euros", "12,000,000 euros"),
        ("three judges in 2019", "In 2019, 3 judges"),
        ("٤٠ judges", "40 judges"),
        ("a judge and one more", "the judge"),
    ],
)
def test_the_same_numbers_in_other_forms_are_equal(text: str, other: str) -> None:
    assert numbers(text) == numbers(other)
