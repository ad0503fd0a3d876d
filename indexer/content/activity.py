"""Convert between the text of a content file and an activity.

Parsing reports every error in a file, each with its line.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from indexer.content.error_kinds import ErrorKind
from indexer.content.evidence import Evidence
from indexer.content.frontmatter import FrontMatterError, Scalar, read_front_matter
from indexer.content.hiding_keys import DATE_KEYS
from indexer.content.merge_conflict import check_merge_conflict
from indexer.content.near_front_matter import escape_fields
from indexer.content.rules import NO_RULES, FrontMatterRules, mapped_values
from indexer.content.values import NO_NAMES, Fix, all_regions, parse_values, valid_values
from indexer.content.visible_text import cut_message, strip_invisible, visible
from indexer.content.withdrawal import (
    CONSEQUENCE,
    depends_on_time,
    hides,
    is_hiding_key,
    may_hide,
    shows,
    withdrawal,
    withdrawal_in_text,
)
from indexer.schema import FIELD, FIELDS, Value
from indexer.text import places
from indexer.text.normalization import normalize
from indexer.text.plain_text import MarkupError, plain_text, without_comments

MAX_FILE_SIZE = 1_000_000  # bytes
MAX_START_LENGTH = 64_000  # bytes of an invalid file that are searched for a withdrawal
_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
MAX_HEADING_LENGTH = 90  # characters of text, for activities without a title


class InvalidActivity(ValueError):
    """An error in a content file: path, line (from 1), field (or ""), reason and kind."""

    def __init__(
        self, path: str, line: int, field: str, reason: str, kind: ErrorKind = "file"
    ) -> None:
        self.path, self.line, self.field, self.reason, self.kind = path, line, field, reason, kind
        place = f"{path}:{line}: {field + ': ' if field else ''}"
        super().__init__(cut_message(f"{place}{reason}"))

    def __reduce__(self) -> tuple[type[InvalidActivity], tuple[str, int, str, str, ErrorKind]]:
        # An exception is pickled with its message alone, from which it cannot be created again.
        return InvalidActivity, (self.path, self.line, self.field, self.reason, self.kind)


class Activity(NamedTuple):
    """One activity, as parsed from its file or as read from an index."""

    id: str
    digest: str  # changes with the bytes of the file and with the version of the place data
    body: str  # Markdown, NFC
    language: str  # BCP 47
    meta: Mapping[str, tuple[Value, ...]]  # by field name, implied regions included
    text: str  # the body as plain text
    indexed_at: str = ""  # ISO 8601, UTC; empty until an engine has indexed this version
    evidence: tuple[Evidence, ...] = ()  # recorded by an import; added when it is indexed


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The result of parsing a file: an activity, or the errors in the file."""

    activity: Activity | None
    errors: tuple[InvalidActivity, ...] = ()
    fixes: tuple[Fix, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)  # by field, for errors across files
    # The line that withdraws the activity, such as "draft: true", or "". A withdrawn activity is
    # kept out of the index, even if its file has errors.
    withdrawn: str = ""
    warnings: tuple[InvalidActivity, ...] = ()  # values that were left out; the activity is indexed
    depends_on_time: bool = False  # whether a date will withdraw or publish the activity later

    def __reduce__(self) -> tuple[object, ...]:
        # Reading processes send many of these. Pickling a frozen dataclass takes twice as long.
        values = (
            self.activity,
            self.errors,
            self.fixes,
            self.lines,
            self.withdrawn,
            self.warnings,
            self.depends_on_time,
        )
        return ParsedFile, values


def split_lines(text: str) -> list[str]:
    """Return the lines of a file with their line endings, which are CR, LF or CR LF."""
    return re.findall(r".*?(?:\r\n|\r|\n)|.+\Z", text, re.DOTALL)


def decode(data: bytes, *, nfc: bool = True) -> str:
    """Decode a file from UTF-8, without a BOM and with LF line endings; in NFC if nfc is true.

    Raises FrontMatterError.
    """
    try:
        text = data.decode("utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8")
    except UnicodeDecodeError as error:
        line = 1 + len(_LINE_BREAK.findall(data[: error.start]))
        is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        reason = "is UTF-16" if is_utf_16 else f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise FrontMatterError(line, f"{reason}: save the file as UTF-8", "encoding") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FrontMatterError(line, "has a NUL byte: not a text file", "encoding")
    return normalize("NFC", text) if nfc and not text.isascii() else text


def _decode_start(data: bytes) -> str:
    """Decode the start of a file of any kind, to search it for a withdrawal."""
    start = data[:MAX_START_LENGTH]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = start.decode("utf-16", "replace")
    else:
        text = start.decode("utf-8-sig", "replace").replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unknown_field(name: str, values: Sequence[str]) -> str:
    """Return the error message for a key that is not a field; "" for a valid key of HIDING_KEYS."""
    if is_hiding_key(name) and values:
        if all(hides(name, value) or shows(name, value) for value in values):
            return ""
        line = f"{visible(name)}: {visible(values[0])}"
        is_date = name.strip().lower() in DATE_KEYS
        form = 'a date such as 2019-05-01, or "draft: true"' if is_date else '"draft: true"'
        reason = f'"{line}" is not understood: write {form} to withdraw the activity'
        return f"{reason}, or remove the line; {CONSEQUENCE}"
    word = strip_invisible(name).lower()
    unknown = f'unknown field "{visible(name)}"'
    hint = _did_you_mean(word, FIELD)
    if may_hide(name):
        question = f'To withdraw the activity, write "draft: true"; {CONSEQUENCE}'
        return f"{unknown}{hint or '.'} {question}"
    fields = f": the fields are {', '.join(FIELD)}; _site.yaml can name further keys"
    return f"{unknown}{hint or fields}"


def _did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return the clause '; did you mean "x"?', or "" if no candidate is similar."""
    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.72)
    return f'; did you mean "{close[0]}"?' if close else ""


def too_large_file(path: str, start: bytes) -> ParsedFile:
    """Return the error of a file that is larger than MAX_FILE_SIZE, from the start of the file."""
    reason = f"is larger than {MAX_FILE_SIZE:,} bytes: shorten it to a paragraph"
    withdrawn = withdrawal_in_text(_decode_start(start))
    return ParsedFile(None, (InvalidActivity(path, 1, "", reason, "file"),), withdrawn=withdrawn)


def parse(id: str, path: str, data: bytes, rules: FrontMatterRules = NO_RULES) -> ParsedFile:
    """Parse the bytes of a file to an activity, or to all errors in it. Errors name the path."""
    if len(data) > MAX_FILE_SIZE:
        return too_large_file(path, data)
    try:
        text_of_file = decode(data)
        check_merge_conflict(text_of_file)
        front, body, body_line = read_front_matter(text_of_file, rules.ignores)
    except FrontMatterError as error:
        withdrawn = withdrawal_in_text(_decode_start(data))
        invalid = InvalidActivity(path, error.line, "", error.reason, error.kind)
        return ParsedFile(None, (invalid,), withdrawn=withdrawn)
    errors: list[InvalidActivity] = []
    fixes: list[Fix] = []

    def report(line: int, reason: str, field: str = "", kind: ErrorKind = "no-text") -> None:
        errors.append(InvalidActivity(path, line, field, reason, kind))

    meta: dict[str, tuple[Value, ...]] = {}
    mapped: dict[str, list[Scalar]] = {}  # by field
    for name, (line, scalars) in front.items():
        if name in rules.fields:
            mapped.setdefault(rules.fields[name], []).extend(scalars)
        elif name not in FIELD:
            if rules.ignores(name):
                continue
            if reason := _unknown_field(name, [scalar.text for scalar in scalars]):
                report(line, reason, kind="unknown-field")
        elif (values := valid_values(name, tuple([scalar.text for scalar in scalars]))) is None:
            names = rules.names.get(name, NO_NAMES)
            meta[name] = parse_values(FIELD[name], line, scalars, report, fixes, names)
        elif values:
            meta[name] = values
    read_by_rules: dict[str, tuple[Value, ...]] = {}
    warnings: tuple[InvalidActivity, ...] = ()
    if mapped:
        # A field of the file takes precedence.
        mapped = {name: scalars for name, scalars in mapped.items() if name not in front}
        read_by_rules, warnings = _mapped_meta(path, mapped)
        meta |= read_by_rules
    blank_lines = len(body) - len(body.lstrip("\n"))
    body = body.strip("\n")
    text = ""
    try:
        if not (text := plain_text(body)):
            report(body_line, "has no text: write the paragraph below the front matter")
        body = without_comments(body, text)
    except MarkupError as error:
        report(body_line + blank_lines + error.line - 1, error.reason, kind="markup")
    lines = {name: line for name, (line, _) in front.items()}
    withdrawn = withdrawal(front)
    if errors:
        errors.sort(key=lambda error: error.line)
        withdrawn = withdrawn or withdrawal_in_text(text_of_file)
        return ParsedFile(None, tuple(errors), tuple(fixes), lines, withdrawn, warnings)
    if regions := all_regions(meta.get("country", ()), meta.get("region", ())):
        meta["region"] = regions
    if meta.get("draft") == ("false",):
        del meta["draft"]
    meta.setdefault("language", ("en",))
    # A change of the rules changes the digest only if it changes the values.
    read = repr(sorted(read_by_rules.items())) if read_by_rules else ""
    digest = hashlib.blake2b(data + (places.VERSION + read).encode(), digest_size=16).hexdigest()
    activity = Activity(id, digest, body, str(meta["language"][0]), meta, text)
    is_timed = depends_on_time(front)
    return ParsedFile(activity, (), tuple(fixes), lines, withdrawn, warnings, is_timed)


def _mapped_meta(
    path: str, mapped: Mapping[str, Sequence[Scalar]]
) -> tuple[dict[str, tuple[Value, ...]], tuple[InvalidActivity, ...]]:
    """Return the values of fields from a site's own keys, and a warning for each unread value."""
    meta: dict[str, tuple[Value, ...]] = {}
    warnings: list[InvalidActivity] = []
    for name, scalars in mapped.items():
        values, problems = mapped_values(name, scalars)
        warnings += (
            InvalidActivity(path, line, name, f"{reason}; the value is left out", "unread-value")
            for line, reason in problems
        )
        if values:
            meta[name] = values
    return meta, tuple(warnings)


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
    text = escape_fields(body.strip("\n"))
    return normalize("NFC", "\n".join([*lines, "---", "", text, ""]))


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
