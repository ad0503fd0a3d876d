"""Recognise the lines with which an author withdraws an activity, such as "draft: true".

A withdrawal is valid in any common spelling, and also in a file with errors: a mistake must not
keep an activity public that its author has hidden.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from indexer.clock import now
from indexer.content.frontmatter import FrontMatter
from indexer.content.hiding_keys import DATE_KEYS, HIDING_KEYS

# Keys that may be meant to hide an activity. They are errors, which say what stays public.
_SIMILAR_KEYS = frozenset(
    "public publish publishing unpublish visible visibility withdraw withhold hide archive "
    "drafts state disabled enabled unlisted".split()
)
CONSEQUENCE = "the last good version stays public until this is corrected"

_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"  # with or without a time and a zone
    r"(?:[t ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"( ?(?:z|utc|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_MAX_LINES = 500  # lines of an invalid file that are searched for a withdrawal
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
_QUOTES = "\"'\u2018-\u201f"
_FENCE = re.compile(r"(?:--|[\u2010-\u2015\u2212]|\+{3}|;{3}|```|~~~|\.{3}|[{}]$)")
_LINE = re.compile(rf"[-*>,{{\s]*[{_QUOTES}]?([A-Za-z_]+)[{_QUOTES}]?\s*[:=\uff1a](.*)")
_KEY_LIKE = re.compile(
    rf"\s*(?:#|//|<!--|-\s|[\[\]{{}}]|[{_QUOTES}]?[\w-]{{1,40}}[{_QUOTES}]?\s*[:=\uff1a])"
)


def _normalized(value: str) -> str:
    """Return a value in lower case, without quotation marks and invisible characters."""
    value = "".join(c for c in value if c not in _INVISIBLE)
    return value.strip(" \t\r\n\u00a0\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f,;").lower()


@lru_cache(10_000)
def is_hiding_key(key: str) -> bool:
    """Return whether a key of front matter, in any case, can hide an activity."""
    key = key.strip().lower()
    return key in HIDING_KEYS or key in DATE_KEYS


def hides(key: str, value: str) -> bool:
    """Return whether a line "key: value" withdraws an activity."""
    key = key.strip().lower()
    if key in DATE_KEYS:
        is_over = _is_over(value)
        return is_over is not None and is_over != DATE_KEYS[key]
    hidden, _ = HIDING_KEYS.get(key, (frozenset(), frozenset()))
    return _normalized(value) in hidden


def shows(key: str, value: str) -> bool:
    """Return whether a line "key: value" states that an activity is public."""
    key = key.strip().lower()
    if key in DATE_KEYS:
        return _is_over(value) is DATE_KEYS[key]
    _, public = HIDING_KEYS.get(key, (frozenset(), frozenset()))
    return _normalized(value) in public


def _is_over(value: str) -> bool | None:
    """Return whether a date (ISO 8601; UTC if it has no zone) is past; None if it is not a date."""
    match = _DATE.fullmatch(_normalized(value))
    if match is None:
        return None
    day, time, zone = match[1], match[2] or "00:00", (match[3] or "+00:00").strip()
    try:
        date = datetime.fromisoformat(f"{day}T{time}{zone.upper().replace('UTC', 'Z')}")
        return date <= datetime.fromisoformat(now())
    except (ValueError, OverflowError):
        return None


def depends_on_time(front: FrontMatter) -> bool:
    """Return whether a date in the future will withdraw or publish the activity."""
    return any(
        _is_over(scalar.text) is False
        for key, (_, scalars) in front.items()
        if is_hiding_key(key) and key.strip().lower() in DATE_KEYS
        for scalar in scalars
    )


@lru_cache(10_000)
def may_hide(key: str) -> bool:
    """Return whether an unknown key may be a misspelled key that hides an activity."""
    word = key.strip().lower()
    return word in _SIMILAR_KEYS or bool(difflib.get_close_matches(word, HIDING_KEYS, 1, 0.75))


def withdrawal(front: FrontMatter) -> str:
    """Return the line of front matter that withdraws an activity, or ""."""
    for key, (_, scalars) in front.items():
        for scalar in scalars if is_hiding_key(key) else ():
            if hides(key, scalar.text):
                return f"{key}: {scalar.text.strip()}"
    return ""


def withdrawal_in_text(text: str) -> str:
    """Return the line that withdraws an activity whose front matter is invalid, or "".

    Reads only the lines of the front matter: all lines up to the closing fence, or lines that look
    like keys at the start of the text.
    """
    lines = text.translate(dict.fromkeys(map(ord, _INVISIBLE))).split("\n", _MAX_LINES)
    for line in _front_matter_lines(lines[:_MAX_LINES]):
        parts = line.split(",") if line.lstrip().startswith("{") else [line]  # JSON on one line
        for match in filter(None, map(_LINE.match, parts)):
            value = re.split(r"\s#|\s//", match[2], maxsplit=1)[0]
            if any(hides(match[1], part) for part in value.strip(" []{}").split(",")):
                return match[0].strip(" ,{}")[:100]
    return ""


def _front_matter_lines(lines: Sequence[str]) -> Iterable[str]:
    """Yield the lines of front matter, however it is delimited."""
    fences = [n for n, line in enumerate(lines) if _FENCE.match(line.strip())]
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    opens = next((n for n in fences if all(_is_key_like(line) for line in lines[first:n])), None)
    closing = next((n for n in fences if opens is not None and n > opens), None)
    # Without a closing line the front matter may end anywhere.
    end = 0 if opens is None else len(lines) if closing is None else closing + 1
    for number, line in enumerate(lines):
        if number >= end and line.strip() and not _is_key_like(line):
            return
        yield line


def _is_key_like(line: str) -> bool:
    return not line.strip() or _KEY_LIKE.match(line) is not None or bool(_FENCE.match(line.strip()))
