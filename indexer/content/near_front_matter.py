"""Recognise malformed front matter.

The first lines of a file are classified. A line is blank, a comment, a fence (a line of hyphens or
of the marks that other tools use), a field ("key: value") or other text. Fields below a fence or a
malformed fence are front matter. So are fields without a fence if a fence follows them, or if the
first of them is a known key. Other text that begins with a word and a colon is prose.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.content.hiding_keys import DATE_KEYS, HIDING_KEYS
from indexer.content.visible_text import (
    CURLY_QUOTES,
    character_name,
    invisible_characters,
    strip_invisible,
)
from indexer.schema import FIELD

MAX_HEAD_LENGTH = 20_000  # characters at the start of a text that are read
MAX_VALUE_LENGTH = 100  # characters of a line "Country: Pakistan" that is not prose

# Keys that are common in the front matter of other tools. They count below a fence.
_OTHER_KEYS = frozenset(
    "layout date tags tag categories category permalink slug author authors description summary "
    "weight type url image lang countries years themes partners agencies location".split()
)
# A line with a key that hides an activity must never be read as prose.
_KNOWN_KEYS = frozenset(FIELD) | HIDING_KEYS.keys() | DATE_KEYS.keys()

_HYPHEN = "[-\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]"
_INLINE_FIELD = re.compile(rf"{_HYPHEN}{{2,}}\s*(?P<key>[A-Za-z_][\w-]*)\s*:\s")
_HYPHENS = re.compile(rf"{_HYPHEN}(?:[ ]?{_HYPHEN})*(?:\s*#.*)?|{_HYPHEN}{{2,}}\s*[A-Za-z]{{1,12}}")
_CODE = re.compile(r"(?:`{3,}|~{3,})\s*(?P<language>\{?\.?[A-Za-z]{0,12}\}?)")
_OTHER_FENCE = re.compile(r"([;+=*_%:/\\])\1+(?:\s*#.*)?|<!-{2,}|-{2,}>")
_DATA_LANGUAGES = ("", "yaml", "yml", "toml", "json", "frontmatter")
_COMMENT = re.compile(r"#(?!\+)|//|<!--.*-->\s*$|\{#.*#\}\s*$")
_QUOTE = f"[\"'{CURLY_QUOTES}]?"
_FIELD = re.compile(
    rf"(?:[:@%]|\#\+)?{_QUOTE}(?P<key>[^\W\d][\w.-]{{0,40}}){_QUOTE}\s*[:=\uff1a](?!//)(?P<value>.*)",
    re.DOTALL,
)
_FIELD_MARK = re.compile("(?<=.)[:=\uff1a]")
_JSON = re.compile(rf"\{{\s*{_QUOTE}(?P<key>[^\W\d][\w.-]*){_QUOTE}\s*[:=]")
_CONTINUATION = re.compile(r"\s+\S|\s*(?:[-*]\s|[\[\]{}(),]|$)")
# A text that does not match cannot begin with fields. This check is fast.
_MAY_BEGIN_FIELDS = re.compile(
    rf"[\s\u00ad\u200b-\u200f\u2060\ufeff]*(?:{_HYPHEN}|[;+=*_%:/\\<]{{2}}|(?:[:@%]|\#\+)?{_QUOTE}"
    rf"(?:{'|'.join(sorted(_KNOWN_KEYS))})\b)",
    re.IGNORECASE,
)


class Problem(NamedTuple):
    """A defect of malformed front matter, at a line (from 1)."""

    line: int
    reason: str


@dataclass(slots=True)
class _Line:
    number: int  # from 0
    text: str  # as written
    stripped: str  # without invisible characters
    kind: str  # blank, comment, hyphens, code, mark, json, field, continuation, other

    @classmethod
    def classify(cls, number: int, text: str) -> _Line:
        stripped = strip_invisible(text)
        return cls(number, text, stripped, _kind(text, stripped))

    @property
    def is_fence(self) -> bool:
        return self.kind in ("hyphens", "code", "mark")

    @property
    def key(self) -> str:
        match = _FIELD.match(self.stripped) or _JSON.match(self.stripped)
        return match["key"] if match else ""

    @property
    def value(self) -> str:
        match = _FIELD.match(self.stripped)
        return match["value"].strip() if match else ""


def find_near_front_matter(text: str) -> Problem | None:
    """Return the problem of a text that begins with malformed front matter, or None."""
    above: list[_Line] = []
    lines = _lines(text)
    for first in lines:
        if first.kind not in ("blank", "comment"):
            break
        above.append(first)
    else:
        return None
    if first.kind in ("other", "continuation"):  # nearly all texts
        return None
    rest = list(lines)
    is_toml = first.stripped == "+++"
    if is_toml or (first.kind == "json" and _is_json([first, *rest])):
        reason = (
            f"has {'TOML' if is_toml else 'JSON'} front matter: write lines such as "
            '"country: [PAK]" between two lines of "---"'
        )
        return Problem(first.number + 1, reason)
    if first.is_fence and _has_fields(first, rest):
        return _describe_fence([*above, first])
    if first.kind == "field":
        is_heading = any(line.kind == "comment" for line in above)
        if _is_unfenced([first, *rest], may_be_heading=is_heading):
            return _describe_unfenced(first)
    return None


def find_fields_in_body(text: str, start: int, line: int) -> Problem | None:
    """Return the problem of a body that begins with fields, below front matter, or None.

    The body is text[start:].
    """
    opening = text[start : start + 1000].lstrip()[:200]
    if ":" not in opening and "=" not in opening and "\uff1a" not in opening:  # most bodies
        return None
    if _MAY_BEGIN_FIELDS.match(text, start) is None:
        return None
    lines = list(_lines(text[start : start + MAX_HEAD_LENGTH]))
    content = [n for n, entry in enumerate(lines) if entry.kind not in ("blank", "comment")]
    if content and lines[content[0]].kind in ("hyphens", "mark"):
        del content[0]
    if not content or lines[content[0]].kind != "field" or not _is_unfenced(lines[content[0] :]):
        return None
    first = lines[content[0]]
    reason = (
        f'begins its text with the field "{first.key}": move the line above the closing "---"; '
        f'if it is text, put a backslash before the colon ("{first.key}\\:")'
    )
    return Problem(line + first.number, reason)


def escape_fields(body: str) -> str:
    """Escape fields at the start of a body, so that it is read as text below front matter."""
    while problem := find_fields_in_body(body, 0, 0):
        lines = body.split("\n")
        mark = _FIELD_MARK.search(lines[problem.line])
        assert mark is not None
        escaped = f"\\{mark[0]}" if mark[0].isascii() else f"&#{ord(mark[0])};"
        lines[problem.line] = (
            f"{lines[problem.line][: mark.start()]}{escaped}{lines[problem.line][mark.end() :]}"
        )
        body = "\n".join(lines)
    return body


def near_closing_fence(lines: Sequence[str], first: int) -> Problem | None:
    """Return the problem of the first malformed closing fence in front matter, or None.

    first: the number of the first line in its file.
    """
    previous = ""
    for number, text in enumerate(lines, first):
        stripped = strip_invisible(text)
        # An indented line of hyphens can belong to a text of several lines.
        may_end = text[:1] not in (" ", "\t") or (
            text[:4].strip() != "" and previous[:1] != " " and previous[-1:] not in ("|", ">", "-")
        )
        is_hyphens = _HYPHENS.fullmatch(stripped) and stripped != "-"  # "-" is an empty list item
        if may_end and (is_hyphens or _CODE.fullmatch(stripped)):
            reason = f'{_fence_defect(text)} where front matter ends: write "---" alone in the line'
            return Problem(number, reason)
        previous = text.rstrip()
    return None


def _lines(text: str) -> Iterator[_Line]:
    """Yield the classified lines at the start of a text.

    An HTML comment of several lines is a comment, unless it begins with a field.
    """
    in_comment = False
    written = text[:MAX_HEAD_LENGTH].split("\n")
    for number, line in enumerate(map(_Line.classify, range(len(written)), written)):
        following = strip_invisible(written[number + 1]) if number + 1 < len(written) else ""
        field = _FIELD.match(following) if line.stripped == "<!--" else None
        opens = line.stripped.startswith("<!--") and not (field and _is_like_known(field["key"]))
        if in_comment or opens:
            line.kind = "comment"
            in_comment = "-->" not in line.stripped
        yield line


def _kind(line: str, stripped: str) -> str:
    if not stripped:
        return "blank"
    if _HYPHENS.fullmatch(stripped) or _INLINE_FIELD.match(stripped):
        return "hyphens"
    if (code := _CODE.fullmatch(stripped)) is not None:
        return "code" if code["language"].strip("{.}").lower() in _DATA_LANGUAGES else "other"
    if _OTHER_FENCE.fullmatch(stripped):
        return "mark"
    if _COMMENT.match(stripped):
        return "comment"
    if _JSON.match(stripped) or stripped == "{":
        return "json"
    if _FIELD.match(stripped) and line[:1] not in (" ", "\t"):
        return "field"
    return "continuation" if _CONTINUATION.match(line) else "other"


def _is_known(key: str) -> bool:
    return key.casefold() in _KNOWN_KEYS


def _is_like_known(key: str) -> bool:
    word = key.casefold()
    return (
        word in _KNOWN_KEYS
        or word in _OTHER_KEYS
        or bool(difflib.get_close_matches(word, _KNOWN_KEYS, 1, 0.8))
    )


def _is_json(lines: Sequence[_Line]) -> bool:
    match = _JSON.match("\n".join(line.stripped for line in lines[:3]))
    return match is not None and (_is_like_known(match["key"]) or match[0][-2] in "\"'")


def _has_fields(fence: _Line, rest: Sequence[_Line]) -> bool:
    """Return whether front matter begins below a fence or a malformed fence."""
    inline = _INLINE_FIELD.match(fence.stripped)
    keys = [inline["key"]] if inline else []
    is_closed = has_blank = False
    for line in rest:
        is_closed = line.is_fence and bool(keys)
        if is_closed or line.kind == "other" or (line.kind == "continuation" and not keys):
            break
        has_blank |= line.kind == "blank"
        keys += [line.key] if line.kind in ("field", "json") else []
    if any(map(_is_like_known, keys)):
        return True
    return bool(keys) and is_closed and fence.kind == "hyphens" and not has_blank


def _is_unfenced(lines: Sequence[_Line], *, may_be_heading: bool = False) -> bool:
    """Return whether lines that begin with a field are front matter without a fence above.

    may_be_heading: whether a line above may be a Markdown heading or a comment.
    """
    end = next((n for n, line in enumerate(lines) if line.kind in ("blank", "other")), len(lines))
    end = next((n for n, line in enumerate(lines[:end]) if line.is_fence), end)
    keys = [line.key for line in lines[:end] if line.kind == "field"]
    following = next((line for line in lines[end:] if line.kind != "blank"), None)
    if following is not None and following.is_fence and lines[end].kind != "other":
        is_directly_above = lines[end].is_fence and len(keys) > 1
        if is_directly_above or any(map(_is_like_known, keys)):
            return True
    key, value = keys[0], lines[0].value
    if not _is_known(key):
        return False
    is_short = 0 < len(value) <= MAX_VALUE_LENGTH and value[-1] not in ".!?…"
    has_only_fields = end == len(lines) or lines[end].kind == "blank"
    return key == key.lower() or (is_short and has_only_fields and not may_be_heading)


def _describe_fence(lines: Sequence[_Line]) -> Problem:
    """Return the problem of the last of lines, which is a malformed opening fence."""
    fence, above = lines[-1], lines[:-1]
    if fence.kind == "code":
        reason = (
            f'has front matter in a block of code ("{fence.stripped}"): write it between two lines '
            'of "---"'
        )
        return Problem(fence.number + 1, reason)
    if fence.text.rstrip() != "---":
        reason = (
            f'{_fence_defect(fence.text)} where front matter begins: write "---" alone in line 1'
        )
        return Problem(fence.number + 1, reason)
    comment = next((line for line in above if line.kind == "comment"), None)
    if comment is not None:
        reason = 'has a comment above the "---" of its front matter: move it below that line'
        return Problem(comment.number + 1, reason)
    names = invisible_characters("".join(line.text for line in above))
    obstacle = f"the {names[0]}" if names else "the blank line"
    reason = f'has front matter that does not begin in line 1: remove {obstacle} above the "---"'
    return Problem(1, reason)


def _fence_defect(text: str) -> str:
    stripped = strip_invisible(text)
    if names := invisible_characters(text):
        return f"has a {names[0]} next to the hyphens"
    if stripped == "---":
        return 'has a space before the "---"'
    hyphens = re.match(rf"{_HYPHEN}+", stripped)
    other = next((c for c in hyphens[0] if c != "-"), "") if hyphens else ""
    return f'has "{stripped[:40]}"{f" ({character_name(other)})" if other else ""}'


def _describe_unfenced(first: _Line) -> Problem:
    reason = (
        f'begins with the field "{first.key}" without a line "---" above it: write "---" above and '
        f'below the fields; if it is text, put a backslash before the colon ("{first.key}\\:")'
    )
    return Problem(first.number + 1, reason)
