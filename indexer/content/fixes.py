"""Rewrite values in content files, for `activities check --fix`.

The positions of fixes are positions in the original bytes, so that only the values change, and
Unicode forms and line endings are kept. The new text is parsed before the file is replaced. It must
have the meaning of the old text with the fixes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from indexer.content.activity import (
    MAX_FILE_SIZE,
    InvalidActivity,
    ParsedFile,
    decode,
    parse,
)
from indexer.content.file_replacement import FileChanged, read_regular_file, replace_file
from indexer.content.folder_walk import printable
from indexer.content.frontmatter import FrontMatter, FrontMatterError, Scalar, read_front_matter
from indexer.content.rules import NO_RULES, FrontMatterRules
from indexer.content.values import Fix

MAX_ATTEMPTS = 3  # to rewrite a file that other programs change at the same time

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_LIST_ITEM = re.compile(r"[ \t]*-[ \t]+\Z")


@dataclass(frozen=True, slots=True)
class FixedFile:
    """The result of applying the fixes of a file."""

    parsed: ParsedFile  # the result of parsing the current file
    fixes: tuple[Fix, ...] = ()  # the applied fixes
    error: InvalidActivity | None = None  # why the file was not changed


def fix_file(path: Path, id: str, rules: FrontMatterRules = NO_RULES) -> FixedFile:
    """Read a content file and apply its fixes to it.

    A file that changes while it is rewritten is read again. A file that cannot be rewritten, or
    whose new text would have another meaning, is not changed, and the result has the error.
    """
    name = printable(str(path))
    parsed = ParsedFile(None)
    reason = ""
    try:
        for _ in range(MAX_ATTEMPTS):
            data = read_regular_file(path, MAX_FILE_SIZE)
            parsed = parse(id, name, data, rules)
            if not parsed.fixes:
                return FixedFile(parsed)
            if (new := fixed_bytes(data, parsed.fixes, rules.ignores)) is None:
                reason = "has values that cannot be rewritten automatically: rewrite them by hand"
                break
            try:
                replace_file(path, data, new)
            except FileChanged:
                reason = "was changed by another program and was not rewritten: run again"
                continue
            return FixedFile(parse(id, name, new, rules), parsed.fixes)
    except FileNotFoundError:  # removed since it was listed
        return FixedFile(ParsedFile(None))
    except OSError as error:
        reason = f"cannot be rewritten ({error.strerror}), and was not changed"
    return FixedFile(parsed, error=InvalidActivity(name, 1, "", reason))


def fixed_bytes(
    data: bytes, fixes: Sequence[Fix], is_ignored: Callable[[str], bool] = lambda key: False
) -> bytes | None:
    """Return the bytes of a file with fixes that were computed from them.

    None if the meaning of the new text would differ from that of the old text with the fixes.
    """
    try:
        fields, _, _ = read_front_matter(decode(data), is_ignored)
        as_written, written_body, _ = read_front_matter(decode(data, nfc=False), is_ignored)
    except FrontMatterError:
        return None
    by_start = {fix.start: fix for fix in fixes}
    written_text = decode(data, nfc=False)
    in_brackets = _starts_in_brackets(written_text, written_text.rindex(written_body))
    edits = [
        (written, by_start[scalar.start], written.start in in_brackets)
        for scalar, written in _pairs(fields, as_written)
        if scalar.start in by_start
    ]
    if len(edits) != len(fixes):
        return None
    fixes_as_written = {written.start: fix for written, fix, _ in edits}
    expected = _expected(as_written, fixes_as_written), written_body
    new = _apply(data, edits)
    try:
        new_fields, new_body, _ = read_front_matter(decode(new, nfc=False), is_ignored)
    except FrontMatterError:
        return None
    return new if (_texts(new_fields), new_body) == expected else None


def _pairs(fields: FrontMatter, as_written: FrontMatter) -> Iterable[tuple[Scalar, Scalar]]:
    """Yield pairs of equal values: from the text in NFC, and from the original text."""
    for (_, scalars), (_, written) in zip(fields.values(), as_written.values(), strict=False):
        yield from zip(scalars, written, strict=False)


def _starts_in_brackets(text: str, end: int) -> set[int]:
    """Return the starts of the values in brackets in front matter, which ends before end."""
    start = text.index("\n") + 1
    starts: set[int] = set()
    depth = 0
    for event in yaml.parse(text[start:end], Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.SequenceStartEvent):
            depth += bool(event.flow_style)
        elif isinstance(event, yaml.SequenceEndEvent):
            depth = max(depth - 1, 0)
        elif isinstance(event, yaml.ScalarEvent) and depth and event.start_mark is not None:
            starts.add(start + event.start_mark.index)
        elif isinstance(event, yaml.DocumentEndEvent):
            break
    return starts


def _texts(fields: FrontMatter) -> list[tuple[str, list[str]]]:
    return [(key, [scalar.text for scalar in scalars]) for key, (_, scalars) in fields.items()]


def _expected(fields: FrontMatter, fixes: Mapping[int, Fix]) -> list[tuple[str, list[str]]]:
    """Return the texts of the values after fixes. The fixes are keyed by the start of the value."""
    expected = []
    for key, (_, scalars) in fields.items():
        texts: list[str] = []
        for scalar in scalars:
            fix = fixes.get(scalar.start)
            texts += [scalar.text] if fix is None else fix.keys
        expected.append((key, texts))
    return expected


def _apply(data: bytes, edits: Iterable[tuple[Scalar, Fix, bool]]) -> bytes:
    """Return bytes with each value replaced by the keys of its fix."""
    text = data.decode("utf-8")
    to_position = _positions(text, decode(data, nfc=False))
    for written, fix, in_brackets in sorted(edits, key=lambda edit: -edit[0].start):
        start, end = to_position(written.start), to_position(written.end)
        end = start + len(text[start:end].rstrip())  # a block scalar includes its line ending
        before, after = text[:start], text[end:]
        if fix.keys:
            keys = list(map(_quoted, fix.keys))
            text = before + _list_text(before, after, keys, in_brackets=in_brackets) + after
            continue
        text = _without_value(before, after)
    return text.encode("utf-8")


def _without_value(before: str, after: str) -> str:
    """Join two parts of a text without the value between them, and remove its comma or line."""
    shorter, lines = re.subn(r"(?:\r\n|\r|\n)[ \t]*-[ \t]*\Z", "", before)
    if lines:
        return shorter + re.sub(r"\A[^\r\n]*", "", after)
    shorter, commas = re.subn(r",\s*\Z", "", before)
    # A comment after the previous comma is kept, so the comma after the value is removed.
    return shorter + (after if commas else re.sub(r"\A\s*,[ \t]*", "", after))


def _positions(text: str, normalized: str) -> Callable[[int], int]:
    """Return a function from positions in a text with LF line endings and no BOM to the original.

    Both texts have the same lines.
    """
    starts = [text.startswith("\ufeff"), *(m.end() for m in _LINE_BREAK.finditer(text))]
    normalized_starts = [0, *(m.end() for m in re.finditer("\n", normalized))]

    def to_position(position: int) -> int:
        line = bisect_right(normalized_starts, position) - 1
        return starts[line] + position - normalized_starts[line]

    return to_position


def _list_text(before: str, after: str, keys: Sequence[str], *, in_brackets: bool) -> str:
    """Return keys as YAML to insert between two parts of a file.

    in_brackets: whether the keys are inserted into a list in brackets.
    """
    if len(keys) == 1:
        return keys[0]
    if item := _LIST_ITEM.search(before):
        line_break = _LINE_BREAK.search(after)
        return f"{line_break[0] if line_break else chr(10)}{item[0]}".join(keys)
    return ", ".join(keys) if in_brackets else f"[{', '.join(keys)}]"


def _quoted(key: str) -> str:
    """Return a key as YAML that every parser reads as text, or a year as an integer."""
    is_year = len(key) == 4 and key.isdecimal()
    is_word = key.lower() in ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
    return f'"{key}"' if is_word or (key.isdecimal() and not is_year) else key
