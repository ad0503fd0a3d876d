"""Explain syntax errors of YAML to editors: the line, the problem and the fix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml

from indexer.content.visible_text import CURLY_QUOTES, character_name, unusual_characters

# Characters that YAML does not allow, or that only YAML, but not an editor, reads as line breaks.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
# A value that begins with a hashtag, or a hashtag in a text without quotation marks.
_CUT_VALUE = re.compile(
    r"""
    ^(?:(?P<key>[A-Za-z_]+):[ \t]+
      | (?P<text_key>title|source):[ \t]+[^"'\[{>|\#\s][^\n]*?[ \t])
    (?P<word>\#[^\s#][^\s]*)
    """,
    re.MULTILINE | re.VERBOSE,
)
_WITHOUT_SPACE = re.compile(r"\s*[A-Za-z_]+:(?!//)[^\s:]")


def forbidden_character(text: str) -> tuple[int, str] | None:
    """Return the line (from 0) and the problem of the first forbidden character in YAML text.

    None if the text has no such character.
    """
    if (match := _FORBIDDEN.search(text)) is None:
        return None
    line = text.count("\n", 0, match.start())
    return line, f"has a {character_name(match[0])}: remove it, or replace it with a space"


def cut_values(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the key, the line (from 0) and the problem of each value that a hashtag cuts off.

    "title: #16Days" is empty in YAML, and a longer title ends before " #16Days". A "#" with a
    space after it begins a comment.
    """
    for match in _CUT_VALUE.finditer(text):
        line = text.count("\n", 0, match.start("word"))
        reason = f'"{match["word"]}" is a comment in YAML: put the value in quotes'
        yield (
            match["key"] or match["text_key"],
            line,
            f'{reason}, or write a space after the "#" of a comment',
        )


def field_fix(text: str) -> str:
    """Return the fix for a line that is not "key: value"."""
    if _WITHOUT_SPACE.match(text):
        return "write a space after the colon"
    return unusual_characters(text) or 'write lines such as "country: [PAK]"'


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """Return the line (from 0) and the reason, with the fix, of a syntax error in a text."""
    lines = text.split("\n")
    problem, context = error.problem or "", error.context or ""
    at = min(error.problem_mark.line, len(lines) - 1) if error.problem_mark else 0
    start = error.context_mark.line if error.context_mark else at
    column = error.context_mark.column if error.context_mark else 0
    if "flow sequence" in context or "flow mapping" in context:
        mark, closing = ("[", "]") if "sequence" in context else ("{", "}")
        if closing not in lines[start][column:] and start < len(lines):
            return start, f'is not valid YAML (the bracket "{mark}" is open): add "{closing}"'
        return at, f"is not valid YAML ({problem}): separate the values in brackets with commas"
    if "quoted scalar" in context and "end of stream" in problem:
        mark = lines[start][column : column + 1]
        return start, f"is not valid YAML (the quotation mark {mark} is not closed): add it"
    at, fix = _fix(problem, lines, at, start)
    return at, f"is not valid YAML ({problem}): {fix}"


def _fix(problem: str, lines: Sequence[str], at: int, start: int) -> tuple[int, str]:
    """Return the line of the cause and the fix."""
    if "\t" in lines[at]:
        return at, "tabs cannot indent YAML: use spaces"
    # A line that is not a field is noticed when the next line begins.
    suspects = [number for number in (start, at - 1, at) if 0 <= number < len(lines)]
    for number in suspects:
        if _WITHOUT_SPACE.match(lines[number]):
            return number, "write a space after the colon"
    for number in suspects:
        quotes = re.search(rf"[:\[,-]\s*[{CURLY_QUOTES}]", lines[number])
        unusual = unusual_characters(lines[number])
        if unusual and (quotes or "curly" not in unusual):
            return number, unusual
    if "could not find expected ':'" in problem:
        return start, 'write "key: value", or "---" above this line if the text begins here'
    if lines[at][:1] in (" ", "\t") and "quoted" not in problem and at > 0 and ":" in lines[at]:
        return at, "remove the spaces before the key, or put the value in quotes"
    return at, "put the value in quotes"
