"""Convert between the text of a content file and an activity.

Parsing reports every error in a file, each with its line.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from indexer.content.frontmatter import FrontMatterError, read_front_matter
from indexer.content.values import Fix, all_regions, parse_values, valid_values
from indexer.schema import FIELD, FIELDS, Value
from indexer.text import places
from indexer.text.plain_text import plain_text

MAX_FILE_SIZE = 1_000_000  # bytes
MAX_HEADING_LENGTH = 90  # characters of text, for activities without a title


class InvalidActivity(ValueError):
    """An error in a content file: path, line (from 1), field (or "") and reason."""

    def __init__(self, path: str, line: int, field: str, reason: str) -> None:
        self.path, self.line, self.field, self.reason = path, line, field, reason
        super().__init__(f"{path}:{line}: {field + ': ' if field else ''}{reason}")

    def __reduce__(self) -> tuple[type[InvalidActivity], tuple[str, int, str, str]]:
        # An exception is pickled with its message alone, from which it cannot be created again.
        return InvalidActivity, (self.path, self.line, self.field, self.reason)


class Activity(NamedTuple):
    """One activity, as parsed from its file or as read from an index."""

    id: str
    digest: str  # changes with the bytes of the file and with the version of the place data
    body: str  # Markdown, NFC
    language: str  # BCP 47
    meta: Mapping[str, tuple[Value, ...]]  # by field name, implied regions included
    text: str  # the body as plain text
    indexed_at: str = ""  # ISO 8601, UTC; empty until an engine has indexed this version


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The result of parsing a file: an activity, or the errors in the file."""

    activity: Activity | None
    errors: tuple[InvalidActivity, ...] = ()
    fixes: tuple[Fix, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)  # by field, for errors across files

    def __reduce__(self) -> tuple[object, ...]:
        # Reading processes send many of these. Pickling a frozen dataclass takes twice as long.
        return ParsedFile, (self.activity, self.errors, self.fixes, self.lines)


def decode(data: bytes) -> str:
    """Decode a file from UTF-8. The text has no BOM, LF line ends, and NFC.

    Raises FrontMatterError.
    """
    try:
        text = data.decode("utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FrontMatterError(
            line, f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        ) from None
    if "\0" in text:
        raise FrontMatterError(
            text.count("\n", 0, text.index("\0")) + 1, "has a NUL byte: not a text file"
        )
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return the clause '; did you mean "x"?', or "" if no candidate is similar."""
    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def parse(id: str, path: str, data: bytes) -> ParsedFile:
    """Parse the bytes of a file to an activity, or to all errors in it. Errors name the path."""
    try:
        if len(data) > MAX_FILE_SIZE:
            raise FrontMatterError(
                1, f"is larger than {MAX_FILE_SIZE:,} bytes: shorten it to a paragraph"
            )
        text = decode(data)
        front, body, body_line = read_front_matter(text)
    except FrontMatterError as error:
        return ParsedFile(None, (InvalidActivity(path, error.line, "", error.reason),))
    errors: list[InvalidActivity] = []
    fixes: list[Fix] = []

    def report(line: int, reason: str, field: str = "") -> None:
        errors.append(InvalidActivity(path, line, field, reason))

    meta: dict[str, tuple[Value, ...]] = {}
    for name, (line, scalars) in front.items():
        if name not in FIELD:
            hint = _did_you_mean(name, FIELD) or f": the fields are {', '.join(FIELD)}"
            report(line, f'unknown field "{name}"{hint}')
        elif (values := valid_values(name, tuple([scalar.text for scalar in scalars]))) is None:
            meta[name] = parse_values(FIELD[name], line, scalars, report, fixes)
        elif values:
            meta[name] = values
    body = body.strip("\n")
    text = ""
    try:
        if not (text := plain_text(body)):
            report(body_line, "has no text: write the paragraph below the front matter")
    except RecursionError:
        report(body_line, "has markup nested too deeply to read: simplify it")
    lines = {name: line for name, (line, _) in front.items()}
    if errors:
        errors.sort(key=lambda error: error.line)
        return ParsedFile(None, tuple(errors), tuple(fixes), lines)
    if regions := all_regions(meta.get("country", ()), meta.get("region", ())):
        meta["region"] = regions
    if meta.get("draft") == ("false",):
        del meta["draft"]
    meta.setdefault("language", ("en",))
    digest = hashlib.blake2b(data + places.VERSION.encode(), digest_size=16).hexdigest()
    activity = Activity(id, digest, body, str(meta["language"][0]), meta, text)
    return ParsedFile(activity, (), tuple(fixes), lines)


def read_body(path: Path) -> str:
    """Return the Markdown body of a content file. Raises FrontMatterError or OSError."""
    return read_front_matter(decode(path.read_bytes()))[1].strip("\n")


def to_markdown(meta: Mapping[str, Sequence[Value]], body: str) -> str:
    """Format values and a body as a content file, which parse() reads back."""
    lines = ["---"]
    for known in FIELDS:
        if values := [_quoted(value) for value in meta.get(known.name, ())]:
            text = f"[{', '.join(values)}]" if known.many else values[0]
            lines.append(f"{known.name}: {text}")
    return unicodedata.normalize("NFC", "\n".join([*lines, "---", "", body.strip("\n"), ""]))


def _quoted(value: Value) -> str:
    text = str(value)
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*(?:/[a-z0-9-]+)*", text)
    if plain and text.lower() not in ("null", "true", "false"):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def heading(title: Sequence[Value], text: str) -> str:
    """Return the title of an activity; without one the start of its text, cut at a word."""
    if title:
        return str(title[0])
    if len(text) <= MAX_HEADING_LENGTH:
        return text
    cut = text[: MAX_HEADING_LENGTH + 1].rfind(" ")
    if cut <= MAX_HEADING_LENGTH // 2:
        cut = MAX_HEADING_LENGTH
    return text[:cut].rstrip(" ,;:.–—-(") + "…"
