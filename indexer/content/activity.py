"""Convert between the text of a content file and an activity.

Parsing reports every error in a file, each with its line.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from indexer.content.frontmatter import FrontMatterError, Scalar, read_front_matter
from indexer.schema import FIELD, FIELDS, NOT_STATED, Field, Value
from indexer.text import places
from indexer.text.analysis import fold
from indexer.text.plain_text import plain_text

MAX_FILE_SIZE = 1_000_000  # bytes
MAX_TEXT_LENGTH = {"title": 200}  # characters, by field
DEFAULT_MAX_TEXT_LENGTH = 2000  # characters of other text fields
MAX_VALUES = 500  # of one field; there are fewer countries
MAX_HEADING_LENGTH = 90  # characters of text, for activities without a title
ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*")
MAX_ID_LENGTH = 200
_LANGUAGE_TAG = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8})*)")


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
class Fix:
    """A value that `activities check --fix` can rewrite.

    The value is understood but is not written as its key, or it is given twice.
    """

    line: int  # from 1
    field: str
    written: str  # the value as written
    key: str  # replaces the value; "" removes a value that is given twice
    start: int  # text[start:end] of the file is the value, quotes included
    end: int


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


def is_id(text: str) -> bool:
    """Return whether a text is a valid id of an activity."""
    return len(text) <= MAX_ID_LENGTH and ID_PATTERN.fullmatch(text) is not None


def slug(text: str) -> str:
    """Convert a text to a key: folded words joined by hyphens.

    The key is "" if the text has no Latin letter or digit.
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def _did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return the clause '; did you mean "x"?', or "" if no candidate is similar."""
    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def _text(text: str, field: Field) -> Value:
    limit = MAX_TEXT_LENGTH.get(field.name, DEFAULT_MAX_TEXT_LENGTH)
    if len(text) > limit:
        raise ValueError(f"is {len(text)} characters long; at most {limit} are allowed")
    return " ".join(text.split())


def _country(text: str, field: Field) -> Value:
    if (code := places.to_country(text)) is None:
        raise ValueError(
            f'"{text}" is not a country: write its ISO 3166-1 alpha-3 code, such as PAK'
        )
    return code


def _region(text: str, field: Field) -> Value:
    if places.is_region(text):
        return text
    if (code := places.to_region(text)) is None:
        raise ValueError(f'"{text}" is not a region: write its UN M49 code, such as 034')
    return code


def _year(text: str, field: Field) -> Value:
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(f'"{text}" is not a whole number')
    if not 1000 <= int(text[:9]) <= 9999:
        raise ValueError(f'"{text}" is not a year of four digits')
    return int(text)


def _slug(text: str, field: Field) -> Value:
    if not (key := slug(text)):
        raise ValueError(f'"{text}" cannot be a key: use the letters a to z, digits and hyphens')
    if len(key) > MAX_ID_LENGTH:
        raise ValueError(
            f'"{text[:40]}…" is too long for a key: at most {MAX_ID_LENGTH} characters'
        )
    return key


@cache
def _languages() -> frozenset[str]:
    from babel import Locale  # slow to import, and rarely needed: most activities are in English

    return frozenset(Locale("en").languages)


def _language(text: str, field: Field) -> Value:
    match = _LANGUAGE_TAG.fullmatch(text)
    if match is None or (match[1].lower() != "en" and match[1].lower() not in _languages()):
        raise ValueError(f'"{text}" is not a language: write a BCP 47 tag, such as en, fr or pt-BR')
    subtags = [
        s.title() if len(s) == 4 else s.upper() if len(s) == 2 else s.lower()
        for s in match[2].split("-")[1:]
    ]
    return "-".join([match[1].lower(), *subtags])


def _id(text: str, field: Field) -> Value:
    if not is_id(text):
        raise ValueError(f'"{text[:80]}" is not an id: a-z, 0-9 and hyphens, parts joined by "/"')
    return text


def _flag(text: str, field: Field) -> Value:
    if text.lower() not in ("true", "false"):
        raise ValueError(f'"{text}" is neither true nor false')
    return text.lower()


# By Field.values. A parser returns a value as its key, or raises ValueError with the reason.
VALUE_KINDS: Mapping[str, Callable[[str, Field], Value]] = {
    "text": _text,
    "country": _country,
    "region": _region,
    "year": _year,
    "slug": _slug,
    "language": _language,
    "id": _id,
    "flag": _flag,
}


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
        elif (values := _valid_values(name, tuple([scalar.text for scalar in scalars]))) is None:
            meta[name] = _values(FIELD[name], line, scalars, report, fixes)
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
    if regions := _regions(meta.get("country", ()), meta.get("region", ())):
        meta["region"] = regions
    if meta.get("draft") == ("false",):
        del meta["draft"]
    meta.setdefault("language", ("en",))
    digest = hashlib.blake2b(data + places.VERSION.encode(), digest_size=16).hexdigest()
    activity = Activity(id, digest, body, str(meta["language"][0]), meta, text)
    return ParsedFile(activity, (), tuple(fixes), lines)


@lru_cache(10_000)
def _regions(countries: tuple[Value, ...], stated: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the stated regions and all that contain a stated country or region, largest first."""
    regions = {r for code in (*countries, *stated) for r in places.ancestors(str(code))}
    regions |= set(map(str, stated))
    return tuple(sorted(regions, key=lambda r: (len(places.ancestors(r)), r)))


@lru_cache(50_000)
def _valid_values(name: str, texts: tuple[str, ...]) -> tuple[Value, ...] | None:
    """Return the values of a field, or None if there is an error or a fix.

    Cached, as the same values occur in many files.
    """
    problems: list[object] = []
    scalars = [Scalar(text, 0, 0, 0) for text in texts]
    values = _values(FIELD[name], 0, scalars, lambda *error: problems.append(error), problems)
    return None if problems else values


def _values(
    field: Field,
    line: int,
    scalars: Sequence[Scalar],
    report: Callable[[int, str, str], None],
    fixes: list[Any],
) -> tuple[Value, ...]:
    """Return the distinct values of a field as keys, in order. Report errors and append fixes."""
    if len(scalars) > (MAX_VALUES if field.many else 1):
        too_many = f"has {len(scalars)} values; at most {MAX_VALUES} are allowed"
        report(line, too_many if field.many else "takes one value, not a list", field.name)
        return ()
    values: dict[Value, None] = {}
    for scalar in scalars:
        try:
            if any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in scalar.text):
                raise ValueError("has a control character: remove it")
            value = VALUE_KINDS[field.values](scalar.text.strip(), field)
            if field.kind == "keyword" and value == NOT_STATED:
                raise ValueError(
                    f'"{NOT_STATED}" means "not stated" and cannot be a value: leave the field out'
                )
        except ValueError as error:
            report(scalar.line, str(error), field.name)
            continue
        if value in values or (field.kind == "keyword" and value != scalar.text):
            key = "" if value in values else str(value)
            fixes.append(Fix(scalar.line, field.name, scalar.text, key, scalar.start, scalar.end))
        values[value] = None
    return tuple(values)


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
