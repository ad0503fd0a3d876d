"""The YAML front matter of a file -> its keys and scalars, each with its place.

Read from libyaml's events rather than loaded: every scalar stays the text that was written (in
YAML 1.1 a bare NO is false, 010 is 8 and 1:30 is 90), no tag is ever resolved, an alias is never
followed, a duplicated key is seen, and each value has a line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import yaml

FENCE = "---"
MAX_FRONT_MATTER = 64_000  # characters


_FENCE = re.compile(r"\n(?:---|\.\.\.)[^\S\n]*$", re.MULTILINE)
_WORD = r'(?:[A-Za-z0-9](?:[A-Za-z0-9 ._/-]*[A-Za-z0-9._/-])?|"[ !#-\[\]-~\u00a1-\ud7ff]*")'
_SCALAR = re.compile(_WORD)
_LINE = re.compile(rf"([a-z_]+):(?: +(?:{_WORD}|\[ *(?:{_WORD} *(?:, *{_WORD} *)*)?\]))? *")


class FrontMatterError(ValueError):
    """What is wrong with the form of a file, at a line (from 1)."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(f"line {line}: {reason}")


class Scalar(NamedTuple):
    """A value as written; start and end are its offsets in the text of the file, quotes included."""

    text: str
    line: int
    start: int
    end: int


# A key's line, and its scalars: none for an empty value.
FrontMatter = Mapping[str, tuple[int, list[Scalar]]]


def read_front_matter(text: str) -> tuple[FrontMatter, str, int]:
    """The front matter, the body below it, and the line the body begins at.

    A text that does not begin with a fence is all body. Raises FrontMatterError.
    """
    if text.startswith("---\n") and (fence := _FENCE.search(text, 3)):  # nearly every file
        front, at = text[4 : fence.start() + 1], fence.end() + 1
        if (found := _simple(front)) is not None:
            return found, text[at:], front.count("\n") + 3
    blank = len(text) - len(text.lstrip("\n"))
    lines = text[blank:].split("\n")
    if not text.strip():
        raise FrontMatterError(1, "is empty: write front matter and a paragraph")
    if lines[0].rstrip() == "+++":
        raise FrontMatterError(
            blank + 1, f'has TOML front matter: write YAML between two lines of "{FENCE}"'
        )
    if lines[0].rstrip() != FENCE:
        return {}, text, 1
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in (FENCE, "...")), None)
    if end is None:
        raise FrontMatterError(
            blank + 1, f'begins front matter that is never closed: add a line of "{FENCE}" below it'
        )
    front = "\n".join(lines[1:end])
    if len(front) > MAX_FRONT_MATTER:
        raise FrontMatterError(
            blank + 1, f"front matter is longer than {MAX_FRONT_MATTER:,} characters"
        )
    offset = blank + len(lines[0]) + 1
    return _parse(front, blank + 2, offset), "\n".join(lines[end + 1 :]), blank + end + 2


def _simple(front: str) -> FrontMatter | None:
    """The front matter below the first line of a file, where it is so plain that YAML has no say in it: keys,
    words, lists of words and quoted text. None for anything else, whatever is wrong with it included."""
    found: dict[str, tuple[int, list[Scalar]]] = {}
    at = len(FENCE) + 1
    for number, line in enumerate(front.split("\n")[:-1], 2):
        read = _simple_line(line)
        if read is None or read[0] in found or at > MAX_FRONT_MATTER:
            return None
        found[read[0]] = (
            number,
            [Scalar(text, number, at + start, at + end) for text, start, end in read[1]],
        )
        at += len(line) + 1
    return found


@lru_cache(50_000)
def _simple_line(line: str) -> tuple[str, list[tuple[str, int, int]]] | None:
    """The key and the scalars of a line, each with its place in it; files have many lines in common."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    items = list(_SCALAR.finditer(line, match.end(1) + 1))
    if any(item[0].lower() == "null" for item in items):
        return None
    return match[1], [
        (item[0][1:-1] if item[0][0] == '"' else item[0], *item.span()) for item in items
    ]


def _parse(front: str, first_line: int, offset: int) -> FrontMatter:
    found: dict[str, tuple[int, list[Scalar]]] = {}
    key: Scalar | None = None
    depth = 0  # 1 in the mapping, 2 in a list, more where a value is too deep
    try:
        for event in yaml.parse(front, Loader=yaml.CSafeLoader):
            assert event.start_mark is not None
            assert event.end_mark is not None
            line = first_line + event.start_mark.line
            if getattr(event, "anchor", None) is not None:
                raise FrontMatterError(
                    line,
                    'has a YAML anchor or alias ("&" or "*"): put the value in quotes, or write it out',
                )
            if isinstance(event, yaml.ScalarEvent):
                if depth == 0:
                    raise FrontMatterError(
                        line, 'is not "key: value": write lines such as "country: [PAK]"'
                    )
                if event.tag is not None:
                    raise FrontMatterError(
                        line, f'has a YAML tag ("{event.tag}"): write the plain value'
                    )
                scalar = Scalar(
                    event.value,
                    line,
                    offset + event.start_mark.index,
                    offset + event.end_mark.index,
                )
                if depth == 1 and key is None:
                    if scalar.text in found:
                        raise FrontMatterError(
                            line,
                            f'"{scalar.text}" stands twice: first in line {found[scalar.text][0]}',
                        )
                    key, found[scalar.text] = scalar, (line, [])
                else:
                    assert key is not None
                    if not (event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")):
                        found[key.text][1].append(scalar)
                    if depth == 1:
                        key = None
            elif isinstance(event, yaml.CollectionStartEvent):
                if event.tag is not None:
                    raise FrontMatterError(
                        line, f'has a YAML tag ("{event.tag}"): write the plain value'
                    )
                if depth == 0 and not isinstance(event, yaml.MappingStartEvent):
                    raise FrontMatterError(line, 'is a list: write lines such as "country: [PAK]"')
                if depth == 1 and key is None:
                    raise FrontMatterError(line, "has a key that is not a word")
                if depth == 2 or (depth == 1 and isinstance(event, yaml.MappingStartEvent)):
                    assert key is not None
                    raise FrontMatterError(
                        line, f'"{key.text}" takes a value or a list of values, nothing deeper'
                    )
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
                if depth == 1:
                    key = None
            elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
                raise FrontMatterError(line, "front matter is one YAML document")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        lines = front.split("\n")
        at = min(mark.line, len(lines) - 1) if mark else 0
        cure = (
            "tabs cannot indent YAML: use spaces"
            if "\t" in lines[at]
            else "put the value in quotes"
        )
        raise FrontMatterError(
            first_line + at, f"is not valid YAML ({error.problem}): {cure}"
        ) from None
    except yaml.YAMLError as error:
        raise FrontMatterError(
            first_line, f"is not valid YAML ({error}): remove control characters"
        ) from None
    return found


def read_vocabulary(text: str) -> dict[str, tuple[int, dict[str, Scalar]]]:
    """A vocabulary, "field:" above lines of "slug: Label": its line and labels, by field.

    Raises FrontMatterError. Each field is read as front matter of its own.
    """
    blocks: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] not in ("", " ", "#", "\t"):
            blocks.append((number, [line]))
        elif blocks:
            blocks[-1][1].append(line)
    found: dict[str, tuple[int, dict[str, Scalar]]] = {}
    for first, lines in blocks:
        name, _, rest = lines[0].partition(":")
        if (
            not name.strip().isidentifier()
            or rest.strip() not in ("", "{}")
            or name.strip() in found
        ):
            raise FrontMatterError(first, 'is not "field:" above lines of "  slug: Label"')
        entries: dict[str, Scalar] = {}
        for slug, (line_number, scalars) in _parse("\n".join(lines[1:]), first + 1, 0).items():
            if len(scalars) != 1:
                raise FrontMatterError(line_number, f'"{slug}" takes one label')
            entries[slug] = scalars[0]
        found[name.strip()] = (first, entries)
    return found
