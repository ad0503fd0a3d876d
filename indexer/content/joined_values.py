"""Recognise several values written as one, such as "Pakistan, Afghanistan" or 2018–2020.

A joined value is an error. If its parts are unambiguous, the error has a fix: the list of the
values. A text that is a known name is never split.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indexer.content.visible_text import visible
from indexer.schema import Field, Value

MAX_PARTS = 50  # a text with more parts is not searched for names of places
MAX_YEARS = 100  # a fix writes a range of at most this many as a list

_COMMAS = ",;|\u3001\uff0c\uff1b\u060c\u061b\u2022\n"
_AND = "and|et|y|e|und|och|en|и|و|和"
_SLUG_SEPARATOR = re.compile(rf"\([^()]*\)|(?P<separator>(?<!\d)[{_COMMAS}]|[{_COMMAS}](?!\d))")
_PLACE_SEPARATOR = re.compile(
    rf"\s*[{_COMMAS}/]\s*(?:(?:{_AND})\s+)?|\s+(?:{_AND}|[-\u2013\u2014&+])\s+", re.IGNORECASE
)
_ID_SEPARATOR = re.compile(rf"\s*[{_COMMAS}]\s*")
_DASH = "[-~\u2010-\u2015\u2212\uff5e]"
_TO = "to|till?|until|through|thru|à|a|au|al|bis|hasta|jusqu'(?:en|à)|до|по|至|إلى"
_YEAR = "[1-9][0-9]{3}"
_YEARS = re.compile(
    rf"(?P<first>{_YEAR})(?:\s*(?:(?P<dash>{_DASH}|\.\.+)|(?P<slash>/)|(?<=\s)(?:{_TO})(?=\s))\s*"
    rf"(?P<last>{_YEAR}|[0-9]{{2}})(?![0-9]))?",
    re.IGNORECASE,
)
_DATE = re.compile(rf"{_YEAR}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}(?![0-9])")
_YEAR_SEPARATOR = re.compile(
    rf"\s*[{_COMMAS}&+]\s*(?:(?:{_AND})\s+)?|\s+(?:(?:{_AND})\s+)?", re.IGNORECASE
)
_BETWEEN = re.compile(
    rf"(?:between|entre|zwischen)\s+({_YEAR})\s+(?:{_AND})\s+({_YEAR})|"
    rf"(?:from|de|von|du|desde)\s+({_YEAR}.*)",
    re.IGNORECASE,
)
# A territory and the state that it belongs to may be one place: "Hong Kong, China".
_TERRITORIES: Mapping[str, str] = {
    "CHN": "HKG MAC TWN",
    "USA": "ASM GEO GUM MNP PRI UMI VIR",
    "GBR": "AIA BMU CYM FLK GGY GIB IMN IOT JEY MSR PCN SGS SHN TCA VGB",
    "FRA": "ATF BLM GLP GUF MAF MTQ MYT NCL PYF REU SPM WLF",
    "NLD": "ABW BES CUW SXM",
    "DNK": "FRO GRL",
    "NOR": "BVT SJM",
    "FIN": "ALA",
    "AUS": "CCK CXR HMD NFK",
    "NZL": "COK NIU TKL",
}


class JoinedValues(NamedTuple):
    """Several values written as one."""

    reason: str
    values: tuple[Value, ...] = ()  # the fix; empty if the text is ambiguous


def split_values(
    field: Field, text: str, parse: Callable[[str], Value | None], names: Mapping[str, str]
) -> JoinedValues | None:
    """Return the values that a text joins; None for a single value or an unknown text.

    parse: returns the value of a text, or None. names: labels with commas by their slugs.
    """
    if not field.many:
        return None
    if field.values == "slug":
        return _split_slugs(text, parse, names)
    if field.values in ("country", "region"):
        return None if parse(text) is not None else _split_places(field, text, parse)
    if field.values == "year":
        return None if parse(text) is not None else _split_years(text)
    if field.values == "id":
        return _split_ids(text, parse)
    return None


def may_join_slugs(text: str) -> bool:
    """Return whether a text has a separator, so that it may be several slugs."""
    return any(match["separator"] for match in _SLUG_SEPARATOR.finditer(text))


def _joined(text: str, values: Sequence[Value | None]) -> JoinedValues | None:
    known = [value for value in values if value is not None]
    if len(values) < 2 or len(known) < len(values):
        return None
    distinct = tuple(dict.fromkeys(known))
    joined = ", ".join(map(str, distinct))
    return JoinedValues(f'"{visible(text)}" is several values: write the list [{joined}]', distinct)


def _split_ids(text: str, parse: Callable[[str], Value | None]) -> JoinedValues | None:
    parts = [part for part in _ID_SEPARATOR.split(text) if part]
    if any(re.search(r"\s", part) for part in parts):
        return JoinedValues(f'"{visible(text)}" has a space: write each id, such as [a, b/c]')
    return _joined(text, [parse(part) for part in parts])


def _split_slugs(
    text: str, parse: Callable[[str], Value | None], names: Mapping[str, str]
) -> JoinedValues | None:
    ends = [m.span("separator") for m in _SLUG_SEPARATOR.finditer(text) if m["separator"]]
    starts = [0, *(end for _, end in ends)]
    parts = [
        text[start:end].strip()
        for start, end in zip(starts, [*(start for start, _ in ends), len(text)], strict=True)
    ]
    parts = [part for part in parts if part]
    whole = parse(text)
    if len(parts) < 2 or whole is None or str(whole) in names:
        return None
    joined = _joined(text, [parse(part) for part in parts])
    if joined is None:
        return JoinedValues(f'"{visible(text)}" is several values: write a list such as [a, b]')
    # "Women, peace and security" and "Ministry of Justice, Kenya" may be single names.
    last = re.search(rf"\s(?:{_AND}|&)\s|^(?:{_AND})\s", parts[-1], re.IGNORECASE)
    if last is not None:
        reason = f'"{visible(text)}" may be one value or several: write the slug {whole}, or a list'
        return JoinedValues(f"{reason} such as [{', '.join(map(str, joined.values))}]")
    return joined


def _split_places(
    field: Field, text: str, parse: Callable[[str], Value | None]
) -> JoinedValues | None:
    text = text.strip("[](){} \t\n")
    codes = text.split()
    if len(codes) > 1 and all(re.fullmatch("[A-Z]{3}|[0-9]{3}", code) for code in codes):
        return _joined(text, [parse(code) for code in codes])
    separators = list(_PLACE_SEPARATOR.finditer(text))
    if not 0 < len(separators) < MAX_PARTS:
        return None
    starts = [0, *(match.end() for match in separators)]
    ends = [*(match.start() for match in separators), len(text)]
    values = _segments(text, starts, ends, parse)
    if values is None and field.name == "region":
        return None  # "Asia and the Pacific" is a group of regions
    if values is None:
        parts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        unknown = [part for part in parts if parse(part) is None]
        if len(unknown) == len(parts):
            return None
        reason = f'"{visible(text)}" is several values: write a list such as [{", ".join(parts)}]'
        return JoinedValues(f'{reason}; "{visible(unknown[0])}" is not a {field.name}')
    first, last = str(values[0]), str(values[-1])
    if len(values) == 2 and first in _TERRITORIES.get(last, "").split():
        reason = f'"{visible(text)}" may be one place or two: write {first} or [{first}, {last}]'
        return JoinedValues(reason)
    return _joined(text, values)


def _segments(
    text: str, starts: Sequence[int], ends: Sequence[int], parse: Callable[[str], Value | None]
) -> list[Value] | None:
    """Split a text into known names, preferring long names, and return their values.

    None if this is not possible. starts, ends: the offsets of the parts between separators.
    """
    results: list[list[Value] | None] = [None] * len(starts) + [[]]
    for start in reversed(range(len(starts))):
        for end in reversed(range(start, len(starts))):
            rest = results[end + 1]
            if rest is None:
                continue
            if (value := parse(text[starts[start] : ends[end]])) is not None:
                results[start] = [value, *rest]
                break
    return results[0]


def _split_years(text: str) -> JoinedValues | None:
    text = text.strip("[](){} \t\n")
    if _DATE.match(text):
        return None
    if between := _BETWEEN.fullmatch(text):
        text = between[3] or f"{between[1]}-{between[2]}"
    years: list[Value] = []
    at = 0
    while match := _YEARS.match(text, at):
        expanded = list(_expand(match))
        if not expanded:
            return JoinedValues(
                f'"{visible(text)}" is not a year: write each year, such as [2018, 2019]'
            )
        years += expanded
        at = match.end()
        if at == len(text):
            return _joined(text, years)
        if (separator := _YEAR_SEPARATOR.match(text, at)) is None:
            return None
        at = separator.end()
    return None


def _expand(match: re.Match[str]) -> Iterator[int]:
    """Yield the years of a range; nothing if the range is ambiguous.

    2018-11 may be a month, 2018/2020 may be two years, and a range may be reversed or too long.
    """
    first, last = int(match["first"]), int(match["last"] or match["first"])
    if match["last"] and len(match["last"]) == 2:
        if last <= 12 and not match["slash"]:
            return
        last += first // 100 * 100
    if match["slash"] and last != first + 1:
        return
    if 0 <= last - first < MAX_YEARS:
        yield from range(first, last + 1)
