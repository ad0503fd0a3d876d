"""Parse YAML front matter to keys and scalars, each with its position.

The parser reads the events of libyaml and does not construct values. Every scalar stays the text
that was written (in YAML 1.1 a bare NO is false, 010 is 8 and 1:30 is 90). Tags are never
resolved, aliases are never followed, duplicate keys are detected, and each value has a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import yaml

from indexer.content.error_kinds import ErrorKind
from indexer.content.near_front_matter import (
    Problem,
    find_fields_in_body,
    find_near_front_matter,
    near_closing_fence,
)
from indexer.content.yaml_errors import cut_values, explain, field_fix, forbidden_character

FENCE = "---"
MAX_FRONT_MATTER_LENGTH = 64_000  # characters
MAX_UNCLOSED_LINES = 500  # lines that are searched for a malformed closing fence

_CLOSING_FENCE = re.compile(r"\n(?:---|\.\.\.)[^\S\n]*$", re.MULTILINE)
_QUOTED = r'"[ !#-\[\]-~\u00a1-\u2027\u202a-\ud7ff]*"'
_WORD = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9 ._/-]*[A-Za-z0-9._/-])?|{_QUOTED})"
_SCALAR = re.compile(_WORD)
_LINE = re.compile(rf"([a-z_]+):(?: +(?:{_WORD}|\[ *(?:{_WORD} *(?:, *{_WORD} *)*)?\]))? *")


class FrontMatterError(ValueError):
    """An error in the syntax of a file, at a line (from 1). The kinds are in error_kinds.py."""

    def __init__(self, line: int, reason: str, kind: ErrorKind = "front-matter") -> None:
        self.line, self.reason, self.kind = line, reason, kind
        super().__init__(f"line {line}: {reason}")


class Scalar(NamedTuple):
    """A value as written. text[start:end] of the file is the value, quotes included."""

    text: str
    line: int  # from 1
    start: int
    end: int


FrontMatter = Mapping[str, tuple[int, list[Scalar]]]
"""By key: its line, and its scalars. An empty value has none."""


def read_front_matter(
    text: str, is_ignored: Callable[[str], bool] = lambda key: False
) -> tuple[FrontMatter, str, int]:
    """Return the front matter, the body below it, and the first line of the body.

    A text that does not begin with a fence has only a body. Values of keys for which is_ignored is
    true are not checked. Raises FrontMatterError, also for a text or a body that begins with
    malformed front matter.
    """
    if text.startswith("---\n") and (fence := _CLOSING_FENCE.search(text, 3)):  # nearly all files
        front, at = text[4 : fence.start() + 1], fence.end() + 1
        if (parsed := _parse_simple(front)) is not None:
            body_line = front.count("\n") + 3
            _refuse(find_fields_in_body(text, at, body_line))
            return parsed, text[at:], body_line
    if not text.strip():
        raise FrontMatterError(1, "is empty: write front matter and a paragraph", "no-text")
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        _refuse(find_near_front_matter(text))
        return {}, text, 1
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in (FENCE, "...")), None)
    _refuse(near_closing_fence(lines[1 : end or MAX_UNCLOSED_LINES], 2))
    if end is None:
        reason = (
            f'begins front matter that is never closed: add a line of "{FENCE}" below it; '
            'a horizontal rule is "***"'
        )
        raise FrontMatterError(1, reason)
    front = "\n".join(lines[1:end])
    if len(front) > MAX_FRONT_MATTER_LENGTH:
        reason = f"front matter is longer than {MAX_FRONT_MATTER_LENGTH:,} characters: shorten it"
        raise FrontMatterError(1, reason)
    fields = _parse_yaml(front, 2, len(lines[0]) + 1, is_ignored)
    for key, line, reason in cut_values(front):
        if key in fields and not is_ignored(key):
            raise FrontMatterError(line + 2, reason, "yaml")
    body = "\n".join(lines[end + 1 :])
    _refuse(find_fields_in_body(body, 0, end + 2))
    return fields, body, end + 2


def _refuse(problem: Problem | None) -> None:
    if problem is not None:
        raise FrontMatterError(problem.line, problem.reason)


def _parse_simple(front: str) -> FrontMatter | None:
    """Parse front matter of words, lists of words and quoted texts, without the YAML parser.

    Return None for anything else, and for every error. front begins below the opening fence.
    """
    fields: dict[str, tuple[int, list[Scalar]]] = {}
    at = len(FENCE) + 1
    for number, line in enumerate(front.split("\n")[:-1], 2):
        parsed = _parse_simple_line(line)
        if parsed is None or parsed[0] in fields or at > MAX_FRONT_MATTER_LENGTH:
            return None
        fields[parsed[0]] = (
            number,
            [Scalar(text, number, at + start, at + end) for text, start, end in parsed[1]],
        )
        at += len(line) + 1
    return fields


@lru_cache(50_000)
def _parse_simple_line(line: str) -> tuple[str, list[tuple[str, int, int]]] | None:
    """Return the key of a line and its scalars as (text, start, end).

    Cached, as files have many lines in common.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    items = list(_SCALAR.finditer(line, match.end(1) + 1))
    if any(item[0].lower() == "null" for item in items):
        return None
    return match[1], [
        (item[0][1:-1] if item[0][0] == '"' else item[0], *item.span()) for item in items
    ]


def _parse_yaml(
    front: str, first_line: int, offset: int, is_ignored: Callable[[str], bool] = lambda key: False
) -> FrontMatter:
    """Parse front matter that begins at a line and an offset of its file."""
    parser = _FrontMatterParser(offset, is_ignored)
    for event, line in _yaml_events(front, first_line):
        parser.add(event, line)
    return parser.fields


def yaml_events(text: str) -> Iterator[tuple[yaml.Event, int]]:
    """Yield the YAML events of a text, each with its line.

    Raises FrontMatterError for invalid YAML, and for anchors, aliases and tags.
    """
    for event, line in _yaml_events(text, 1):
        _refuse_references(event, line)
        yield event, line


def _refuse_references(event: yaml.Event, line: int) -> None:
    """Raise FrontMatterError for an anchor, an alias or a tag."""
    if getattr(event, "anchor", None) is not None:
        reason = 'has a YAML anchor or alias ("&" or "*"): put the value in quotes, or write it out'
        raise FrontMatterError(line, reason, "yaml")
    if (tag := getattr(event, "tag", None)) is not None:
        raise FrontMatterError(line, f'has a YAML tag ("{tag}"): write the plain value', "yaml")


def _yaml_events(text: str, first_line: int) -> Iterator[tuple[yaml.Event, int]]:
    if forbidden := forbidden_character(text):
        raise FrontMatterError(first_line + forbidden[0], forbidden[1], "yaml")
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            assert event.start_mark is not None
            yield event, first_line + event.start_mark.line
    except yaml.MarkedYAMLError as error:
        at, reason = explain(error, text)
        raise FrontMatterError(first_line + at, reason, "yaml") from None
    except yaml.YAMLError as error:
        reason = f"is not valid YAML ({error}): remove control characters"
        raise FrontMatterError(first_line, reason, "yaml") from None


class _FrontMatterParser:
    """Collects the fields of front matter from YAML events. Raises FrontMatterError."""

    def __init__(self, offset: int, is_ignored: Callable[[str], bool]) -> None:
        self.fields: dict[str, tuple[int, list[Scalar]]] = {}
        self._offset, self._is_ignored = offset, is_ignored
        self._ignored_depth: int | None = None  # number of open collections in an ignored value
        self._key: Scalar | None = None  # set while its value is read
        self._depth = 0  # 1 in the mapping, 2 in a list

    def add(self, event: yaml.Event, line: int) -> None:
        """Add the next event, which begins at a line of the file."""
        if self._ignored_depth is not None:
            self._ignore(event)
            return
        _refuse_references(event, line)
        if isinstance(event, yaml.ScalarEvent):
            self._add_scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open_collection(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._depth -= 1
            if self._depth == 1:
                self._key = None
        elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            raise FrontMatterError(
                line, "has a second YAML document in the front matter: remove it"
            )

    def _ignore(self, event: yaml.Event) -> None:
        """Skip an event of an ignored value, which ends with the event that closes it."""
        assert self._ignored_depth is not None
        self._ignored_depth += isinstance(event, yaml.CollectionStartEvent)
        self._ignored_depth -= isinstance(event, yaml.CollectionEndEvent)
        if self._ignored_depth == 0:
            self._ignored_depth = self._key = None

    def _add_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        assert event.start_mark is not None
        assert event.end_mark is not None
        if self._depth == 0:
            raise FrontMatterError(line, f'is not "key: value": {field_fix(event.value)}', "yaml")
        start, end = self._offset + event.start_mark.index, self._offset + event.end_mark.index
        scalar = Scalar(event.value, line, start, end)
        if self._depth == 1 and self._key is None:
            if self._is_ignored(scalar.text):
                self._ignored_depth = 0
                return
            if scalar.text in self.fields:
                first = self.fields[scalar.text][0]
                reason = f'"{scalar.text}" is given twice: first in line {first}; remove one'
                raise FrontMatterError(line, reason)
            self._key, self.fields[scalar.text] = scalar, (line, [])
            return
        assert self._key is not None
        is_null = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
        if not is_null:
            self.fields[self._key.text][1].append(scalar)
        if self._depth == 1:
            self._key = None

    def _open_collection(self, event: yaml.CollectionStartEvent, line: int) -> None:
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if self._depth == 0 and not is_mapping:
            raise FrontMatterError(line, 'is a list: write lines such as "country: [PAK]"')
        if self._depth == 1 and self._key is None:
            raise FrontMatterError(line, "has a key that is not a word: use the name of a field")
        if self._depth == 2 or (self._depth == 1 and is_mapping):
            assert self._key is not None
            reason = f'"{self._key.text}" takes a value or a list of values, nothing deeper'
            raise FrontMatterError(line, reason)
        self._depth += 1


def read_vocabulary(text: str) -> dict[str, tuple[int, dict[str, Scalar]]]:
    """Parse a vocabulary: lines of "slug: Label" below a line of "field:".

    Return each field's line and labels. Each field is parsed as separate front matter. Raises
    FrontMatterError.
    """
    blocks: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] not in ("", " ", "#", "\t"):
            blocks.append((number, [line]))
        elif blocks:
            blocks[-1][1].append(line)
    vocabulary: dict[str, tuple[int, dict[str, Scalar]]] = {}
    for first, lines in blocks:
        name, _, rest = lines[0].partition(":")
        name = name.strip()
        if not name.isidentifier() or rest.strip() not in ("", "{}") or name in vocabulary:
            reason = 'is not "field:" above lines of "  slug: Label"'
            raise FrontMatterError(first, reason)
        labels: dict[str, Scalar] = {}
        fields = _parse_yaml("\n".join(lines[1:]), first + 1, 0)
        for slug, (line_number, scalars) in fields.items():
            if len(scalars) != 1:
                raise FrontMatterError(line_number, f'"{slug}" takes one label')
            labels[slug] = scalars[0]
        vocabulary[name] = (first, labels)
    return vocabulary
