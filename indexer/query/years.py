"""Ranges of whole numbers, as typed after a field such as year."""

from __future__ import annotations

import re

from indexer.query.ast import Range

_DASHES = "\\-\u2010-\u2015\u2212~\uff0d\uff5e\u301c"
# A range may contain spaces, so it is matched before the text is split into words. A dash with a
# space only before it is an exclusion: year:2018 -2019.
_RANGE = re.compile(
    rf"""
    (?P<open>[\[{{]\s*)?
    (?P<low>\d{{1,9}}|\*)?
    (?P<to>\s*(?:\.\.+|\u2026)\s*|[{_DASHES}]|\s+(?:[{_DASHES}]|to|TO)\s+)
    (?P<high>\d{{1,9}}|\*)?
    (?P<close>\s*[\]}}])?
    (?=[,;.]?(?:[\s()"]|\Z))
    """,
    re.VERBOSE,
)
_COMPARISON = re.compile(r"(?P<sign>[<>]=?|[\u2264\u2265])\s*(?P<bound>\d{1,9})(?=[\s()\"]|\Z)")
_NUMBER = re.compile(r"\d{1,9}(?=[,;.]?(?:[\s()\"]|\Z))")


def match_range(text: str, start: int = 0) -> tuple[Range, int] | None:
    """Return the number or range at an offset of a text, and the offset of its end.

    The bounds may be in the wrong order. Accepts 2018..2020, 2018.., ..2020, 2018-2020 with any
    dash, 2018 to 2020, [2018 TO 2020], {2018 TO 2020} (exclusive), >=2018 and <2020.
    """
    if (match := _RANGE.match(text, start)) and (bounds := _range(match)):
        return bounds, match.end()
    if match := _COMPARISON.match(text, start):
        bound = int(match["bound"])
        if match["sign"] in (">", ">=", "\u2265"):
            return Range(bound + (match["sign"] == ">"), None), match.end()
        return Range(None, max(0, bound - (match["sign"] == "<"))), match.end()
    if match := _NUMBER.match(text, start):
        return Range(int(match[0]), int(match[0])), match.end()
    return None


def _range(match: re.Match[str]) -> Range | None:
    """Return the range of a match; None if the match is not a valid range."""
    low, high = (
        int(bound) if bound and bound != "*" else None for bound in (match["low"], match["high"])
    )
    separator = match["to"].strip()
    is_open = low is None or high is None
    if (low is None and high is None) or bool(match["open"]) != bool(match["close"]):
        return None
    if is_open and not match["open"] and separator[0] not in ".\u2026":
        # 2018- means since 2018, but -2020 may be an exclusion.
        if low is None or separator != match["to"]:
            return None
    if match["open"]:
        low = low + 1 if low is not None and match["open"][0] == "{" else low
        high = high - 1 if high is not None and match["close"][-1] == "}" else high
        if low is not None and high is not None and high < low:
            return None
    return Range(low, high)
