"""Recognise the bullets and numbers of lists in plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_BULLET = re.compile(
    # Bullets of word processors. The Symbol and Wingdings fonts use private-use characters.
    r"(?:[•‣⁃∙◦▪▫■□●○◆◇➢➤►▶✓✔❖\uf0a7\uf0b7\uf0d8\uf0fc\uf076]\s*|[-–—*+·o§]\s+)(?=\S)"
)
_AMBIGUOUS_BULLETS = "-–—*+·o§"
_NUMBER = re.compile(r"\(?(?:(?P<number>\d{1,3})|(?P<letter>[a-z])|(?P<roman>[ivx]{2,5}))[.)]\s+")
_ROMAN = {"i": 1, "v": 5, "x": 10}


class Marker(NamedTuple):
    """A bullet or a number at the start of a paragraph."""

    kind: str  # the bullet, or the form of the number, such as "(1)"
    values: tuple[int, ...]  # the possible numbers; empty for a bullet
    end: int  # where the text begins

    @property
    def is_ambiguous(self) -> bool:
        """Whether the marker may also be a word, a number or a dash in a sentence."""
        return bool(self.values) or self.kind in _AMBIGUOUS_BULLETS

    def follows(self, other: Marker) -> bool:
        """Return whether this marker may be the next one after another in a list."""
        if self.kind != other.kind:
            return False
        return not self.values or any(value - 1 in other.values for value in self.values)


def find_markers(text: str) -> list[Marker]:
    """Return the markers that a text may begin with. "i." is a letter or a Roman number."""
    if match := _BULLET.match(text):
        return [Marker(match[0].strip(), (), match.end())]
    if (match := _NUMBER.match(text)) is None:
        return []
    form, end = match[0].strip(), match.end()
    shape = f"{form[0] if form[0] == '(' else ''}{form[-1]}"
    if match["number"]:
        return [Marker(f"1{shape}", (int(match["number"]),), end)]
    letters = match["letter"] or match["roman"]
    markers = []
    if match["letter"]:
        markers.append(Marker(f"a{shape}", (ord(letters),), end))
    if set(letters) <= _ROMAN.keys():
        markers.append(Marker(f"i{shape}", (_roman_value(letters),), end))
    return markers


def has_marker(text: str) -> bool:
    """Return whether a text begins like an item of a list."""
    return bool(find_markers(text))


def remove_markers(texts: Sequence[str]) -> list[str]:
    """Remove the markers of runs of two or more texts whose markers follow each other.

    A marker outside such a run is kept: it may be text, such as "1990." or a dash.
    """
    markers = [find_markers(text) for text in texts]
    ends = [0] * len(texts)
    for number in range(1, len(texts)):
        for previous in markers[number - 1]:
            for marker in markers[number]:
                if marker.follows(previous):
                    ends[number - 1], ends[number] = previous.end, marker.end
    return [text[end:] for text, end in zip(texts, ends, strict=True)]


def _roman_value(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < n else v for v, n in zip(values, following, strict=True))
