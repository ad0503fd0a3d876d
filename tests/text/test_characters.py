"""The table of character classes, over all of Unicode."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

import pytest

from indexer.text.analysis import fold, terms, tokenize
from indexer.text.characters import CharacterClass, character_class


@cache
def characters_by_class() -> Mapping[CharacterClass, Sequence[str]]:
    by_class: dict[CharacterClass, list[str]] = {}
    for char in map(chr, range(sys.maxunicode + 1)):
        by_class.setdefault(character_class(char), []).append(char)
    return by_class


def characters(name: CharacterClass) -> Sequence[str]:
    """Return all characters of a class, in order."""
    return characters_by_class()[name]


def tokens(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


def test_every_letter_joins_the_letters_around_it() -> None:
    for char in characters("letter"):
        between = tokens(f"a{char}b")
        # The folded form of two letters contains an apostrophe: ŉ is ’n.
        assert len(between) == 1 or "separator" in map(character_class, fold(char)), char
        assert between[0][0] == "a", char
        assert between[-1][-1] == "b", char


def test_every_character_of_a_script_without_spaces_is_a_word() -> None:
    chars = characters("character")
    assert tokens("xa".join(chars)).count("xa") == len(chars) - 1
    assert len(tokens(" ".join(chars))) >= len(chars)


def test_every_mark_belongs_to_the_character_before_it() -> None:
    for char in characters("mark"):
        assert tokens(char) == [], char
        assert len(tokens(f"a{char}b")) == 1, char


def test_every_invisible_character_is_ignored_inside_a_word() -> None:
    assert all(terms(f"a{char}b") == ["ab"] for char in characters("invisible"))
    assert not any(tokens(char) for char in characters("invisible"))


def test_every_separator_ends_a_word() -> None:
    unassigned = ("Cn", "Co", "Cs")  # also separators, but too many for this test
    separators = [c for c in characters("separator") if unicodedata.category(c) not in unassigned]
    assert tokens("xa".join(separators)) == ["xa"] * (len(separators) - 1)


def test_every_decimal_digit_equals_its_ascii_digit() -> None:
    digits = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isdecimal()]
    assert len(digits) > 600
    for char in digits:
        assert terms(f"20{char}8") == [f"20{unicodedata.decimal(char)}8"]


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("\u00ad", "invisible"),  # soft hyphen
        ("\u034f", "invisible"),  # combining grapheme joiner
        ("\u200d", "invisible"),  # zero-width joiner
        ("\u200b", "separator"),  # zero-width space
        ("\ufe0f", "invisible"),  # variation selector
        ("\u0640", "invisible"),  # tatweel
        ("\u02bc", "separator"),  # modifier letter apostrophe
        ("\u02bb", "separator"),  # okina
        ("\u2019", "separator"),
        ("\uff07", "separator"),
        ("²", "separator"),
        ("①", "separator"),
        ("₂", "letter"),
        ("ª", "letter"),
        ("½", "character"),
        ("力", "character"),
        ("ー", "character"),  # prolonged sound mark
        ("\uff70", "character"),  # half-width prolonged sound mark
        ("\uff9e", "mark"),  # half-width voicing mark
        ("ก", "character"),
        ("๑", "letter"),  # Thai digit one
        ("\u0301", "mark"),
        ("。", "separator"),
        ("_", "separator"),
    ],
)
def test_the_class_of_a_character(char: str, expected: CharacterClass) -> None:
    assert character_class(char) == expected
