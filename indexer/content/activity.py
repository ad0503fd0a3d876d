"""One Markdown file <-> Activity; every content error, with its file and line."""

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

MAX_FILE = 1_000_000  # bytes: an activity is a paragraph
MAX_TEXT = {"title": 200, "source": 2000}  # characters
MAX_VALUES = 500  # more countries than there are
HEADING_LENGTH = 90  # characters of the opening words that stand for a title
ID = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*")
MAX_ID = 200
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8})*)")


class InvalidActivity(ValueError):
    """What is wrong with a content file: path, line (from 1), field (or "") and reason."""

    def __init__(self, path: str, line: int, field: str, reason: str) -> None:
        self.path, self.line, self.field, self.reason = path, line, field, reason
        super().__init__(f"{path}:{line}: {field + ': ' if field else ''}{reason}")

    def __reduce__(self) -> tuple[type[InvalidActivity], tuple[str, int, str, str]]:
        """How it goes from one process to another."""
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
    """A value that is understood but not written as its key, or stands twice: key is "" then.

    [start:end] of the file's text holds what is written.
    """

    line: int
    field: str
    written: str
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file holds: an activity, or the errors that kept it from being one."""

    activity: Activity | None
    errors: tuple[InvalidActivity, ...] = ()
    corrections: tuple[Fix, ...] = ()
    lines: Mapping[str, int] = field(
        default_factory=dict
    )  # of each field, for errors found across files

    def __reduce__(self) -> tuple[object, ...]:
        return ParsedFile, (self.activity, self.errors, self.corrections, self.lines)


def is_id(text: str) -> bool:
    """Whether text can be the id of an activity."""
    return len(text) <= MAX_ID and ID.fullmatch(text) is not None


def slug(text: str) -> str:
    """Text as a key: folded, words joined by hyphens; "" where no Latin letter or digit is left."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The clause '; did you mean "x"?', or "" where nothing is close."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def _text(text: str, field: Field) -> Value:
    limit = MAX_TEXT[field.name]
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
    if len(key) > MAX_ID:
        raise ValueError(f'"{text[:40]}…" is too long for a key: at most {MAX_ID} characters')
    return key


@cache
def _languages() -> frozenset[str]:
    from babel import Locale  # loaded late: nearly every activity is in English

    return frozenset(Locale("en").languages)


def _language(text: str, field: Field) -> Value:
    match = _LANGUAGE.fullmatch(text)
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
    """The text of a file: UTF-8, without BOM, LF, NFC. Raises FrontMatterError with the line."""
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
    """The activity in the bytes of a file, or every error in it; path is what the errors name."""
    try:
        if len(data) > MAX_FILE:
            raise FrontMatterError(
                1, f"is larger than {MAX_FILE:,} bytes: an activity is a paragraph"
            )
        text = decode(data)
        front, body, body_line = read_front_matter(text)
    except FrontMatterError as error:
        return ParsedFile(None, (InvalidActivity(path, error.line, "", error.reason),))
    errors: list[InvalidActivity] = []
    corrections: list[Fix] = []

    def wrong(line: int, reason: str, field: str = "") -> None:
        errors.append(InvalidActivity(path, line, field, reason))

    meta: dict[str, tuple[Value, ...]] = {}
    for name, (line, scalars) in front.items():
        if name not in FIELD:
            cure = did_you_mean(name, FIELD) or f": the fields are {', '.join(FIELD)}"
            wrong(line, f'unknown field "{name}"{cure}')
        elif (values := _faultless(name, tuple([scalar.text for scalar in scalars]))) is None:
            meta[name] = _values(FIELD[name], line, scalars, wrong, corrections)
        elif values:
            meta[name] = values
    body = body.strip("\n")
    text = ""
    try:
        if not (text := plain_text(body)):
            wrong(body_line, "has no text: write the paragraph below the front matter")
    except RecursionError:
        wrong(body_line, "has markup nested too deeply to read")
    lines = {name: line for name, (line, _) in front.items()}
    if errors:
        return ParsedFile(
            None, tuple(sorted(errors, key=lambda e: e.line)), tuple(corrections), lines
        )
    if regions := _regions(meta.get("country", ()), meta.get("region", ())):
        meta["region"] = regions
    if meta.get("draft") == ("false",):
        del meta["draft"]
    meta.setdefault("language", ("en",))
    digest = hashlib.blake2b(data + places.VERSION.encode(), digest_size=16).hexdigest()
    return ParsedFile(
        Activity(id, digest, body, str(meta["language"][0]), meta, text),
        (),
        tuple(corrections),
        lines,
    )


@lru_cache(10_000)
def _regions(countries: tuple[Value, ...], stated: tuple[Value, ...]) -> tuple[Value, ...]:
    """The regions that are stated or have a country or region that is, the largest first."""
    found = {r for code in (*countries, *stated) for r in places.ancestors(str(code))} | set(
        map(str, stated)
    )
    return tuple(sorted(found, key=lambda r: (len(places.ancestors(r)), r)))


@lru_cache(50_000)
def _faultless(name: str, texts: tuple[str, ...]) -> tuple[Value, ...] | None:
    """The values that texts stand for, where there is nothing to say of any of them: the same few come again and again."""
    said: list[object] = []
    found = _values(
        FIELD[name],
        0,
        [Scalar(text, 0, 0, 0) for text in texts],
        lambda *about: said.append(about),
        said,
    )
    return None if said else found


def _values(
    field: Field,
    line: int,
    scalars: Sequence[Scalar],
    wrong: Callable[[int, str, str], None],
    corrections: list[Any],
) -> tuple[Value, ...]:
    """The values of one field as keys, in their order, each once; what is wrong is said."""
    if len(scalars) > (MAX_VALUES if field.many else 1):
        many = f"has {len(scalars)} values; at most {MAX_VALUES} are allowed"
        wrong(line, many if field.many else "takes one value, not a list", field.name)
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
            wrong(scalar.line, str(error), field.name)
            continue
        if value in values or (field.kind == "keyword" and value != scalar.text):
            key = "" if value in values else str(value)
            corrections.append(
                Fix(scalar.line, field.name, scalar.text, key, scalar.start, scalar.end)
            )
        values[value] = None
    return tuple(values)


def read_body(path: Path) -> str:
    """The Markdown body of a content file. Raises FrontMatterError or OSError."""
    return read_front_matter(decode(path.read_bytes()))[1].strip("\n")


def to_text(meta: Mapping[str, Sequence[Value]], body: str) -> str:
    """The content file for these values and this body; parse() gives them back."""
    lines = ["---"]
    for known in FIELDS:
        values = [_quoted(value) for value in meta.get(known.name, ())]
        if values:
            lines.append(
                f"{known.name}: [{', '.join(values)}]"
                if known.many
                else f"{known.name}: {values[0]}"
            )
    return unicodedata.normalize("NFC", "\n".join([*lines, "---", "", body.strip("\n"), ""]))


def _quoted(value: Value) -> str:
    text = str(value)
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*(?:/[a-z0-9-]+)*", text)
    if plain and text.lower() not in ("null", "true", "false"):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def heading(title: Sequence[Value], text: str) -> str:
    """What an activity is called: its title, or the opening words of its prose, cut at a word."""
    if title:
        return str(title[0])
    if len(text) <= HEADING_LENGTH:
        return text
    cut = text[: HEADING_LENGTH + 1].rfind(" ")
    return text[: cut if cut > HEADING_LENGTH // 2 else HEADING_LENGTH].rstrip(" ,;:.–—-(") + "…"
