"""Pair the asterisks and underscores of a text as emphasis, by the rules of CommonMark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from indexer.text.characters import character_class


@dataclass(eq=False, slots=True)
class Delimiter:
    """A run of asterisks or underscores. Its elements are innermost first."""

    char: str
    count: int  # the number of characters that are not paired yet
    can_open: bool
    can_close: bool
    length: int  # as written
    opened: list[Element] = field(default_factory=list)
    closed: list[Element] = field(default_factory=list)


def read_delimiter(text: str, start: int) -> Delimiter:
    """Return the run of asterisks or underscores at an offset."""
    char, end = text[start], start + 1
    while end < len(text) and text[end] == char:
        end += 1
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    space_before, space_after = before.isspace(), after.isspace()
    mark_before = not (space_before or before.isalnum())
    mark_after = not (space_after or after.isalnum())
    left = not space_after and (not mark_after or space_before or mark_before)
    right = not space_before and (not mark_before or space_after or mark_after)
    if char == "_":
        can_open = left and (not right or mark_before)
        can_close = right and (not left or mark_after)
    else:  # "g=h*i*j" and "2**3" are products, but "*NGO*s" and "这是*强调*" have emphasis
        is_product = end - start == 1 or (before.isdigit() and after.isdigit())
        can_open = left and not (is_product and _is_inside_word(before, after))
        can_close = right
    return Delimiter(char, end - start, can_open, can_close, end - start)


def _is_inside_word(before: str, after: str) -> bool:
    return all(char.isalnum() and character_class(char) != "character" for char in (before, after))


def pair_delimiters(delimiters: Sequence[Delimiter]) -> None:
    """Pair the delimiters of one text, and give each pair its element.

    This is the procedure "process emphasis" of CommonMark. `lowest` records how far back closers of
    the same kind have already been searched without a match, so that no opener is compared twice.
    """
    openers: list[Delimiter] = []
    lowest: dict[tuple[str, bool, int], int] = {}
    for delimiter in delimiters:
        kind = (delimiter.char, delimiter.can_open, delimiter.length % 3)
        while delimiter.can_close and delimiter.count:
            number = len(openers) - 1
            while number >= lowest.get(kind, 0) and not _is_pair(openers[number], delimiter):
                number -= 1
            if number < lowest.get(kind, 0):
                lowest[kind] = len(openers)
                break
            opener = openers[number]
            size = 2 if opener.count > 1 and delimiter.count > 1 else 1
            element = Element("strong" if size == 2 else "em")
            opener.opened.append(element)
            delimiter.closed.append(element)
            opener.count -= size
            delimiter.count -= size
            del openers[number + (opener.count > 0) :]
            for key, height in lowest.items():
                lowest[key] = min(height, len(openers))
        if delimiter.can_open and delimiter.count:
            openers.append(delimiter)


def _is_pair(opener: Delimiter, closer: Delimiter) -> bool:
    if opener.char != closer.char:
        return False
    if not (opener.can_close or closer.can_open) or (opener.length + closer.length) % 3:
        return True
    return opener.length % 3 == 0 and closer.length % 3 == 0
