"""A source text -> its paragraphs, whatever form it has."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.content.activity import MAX_FILE_SIZE
from indexer.schema import FIELD
from indexer.text.analysis import terms

# A menu's words; furniture is also whatever is short and ends no sentence.
_MENU = {
    "search",
    "home",
    "menu",
    "next",
    "previous",
    "page",
    "login",
    "share",
    "print",
    "back",
    "top",
    "contact",
    "about",
    "more",
    "read",
    "filter",
    "apply",
    "reset",
}
# What pages say about themselves, in sentences too.
_OF_THE_PAGE = re.compile(
    r"©|copyright\b|skip to\b|(?:read|learn|see|show|load) more\b|click here|follow us|share (?:this|on)\b|subscribe to|sign up|"
    r"last (?:updated|modified|reviewed)|print this|back to\b|showing \d|page \d|jump to|(?:accept|manage|reject)(?: all)? cookies|"
    r"(?:we|this (?:web)?site|our (?:web)?site|by )[\w ,'’]*\bcookies\b|[^.]*all rights reserved|please enable javascript|https?://\S+$",
    re.IGNORECASE,
)
_SENTENCE_ENDS = (".", "!", "?", ";", ":", "。", "？", "！", "؟", "।")


class SourceError(ValueError):
    """Why a source cannot be read at all, with the cure."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a source: its line (from 1), its text, and the values the source states, by field."""

    line: int
    text: str
    stated: Mapping[str, Sequence[str]] = field(default_factory=dict)


def paragraphs(text: str, name: str, errors: list[str]) -> Iterator[Paragraph]:
    """The paragraphs of a source; what is wrong with a line goes to errors, and the others still come.

    CSV and JSON Lines are known by the ending of the name; where it has none (standard input), JSON
    Lines begin with a brace and the first line of CSV names a column text. Plain text is
    read by lines; by blocks between blank lines where the lines within them are broken off sentences. Raises SourceError for CSV without a text column.
    """
    ending = os.path.splitext(name)[1].lower()
    first = text.lstrip().partition("\n")[0]
    if ending in (".jsonl", ".ndjson", ".json") or (not ending and first.startswith("{")):
        yield from _json_lines(text, errors)
    elif ending in (".csv", ".tsv") or (
        not ending and "text" in re.split(r'[,;\t"]+', first.strip())
    ):
        yield from _rows(text.lstrip("\n"), name, errors)
    elif _is_in_blocks(text):
        line = 1
        for block in re.split(r"(\n[ \t]*(?:\n[ \t]*)+)", text):
            numbered = [
                (line + n, part.strip()) for n, part in enumerate(block.split("\n")) if part.strip()
            ]
            for end in (0, -1):  # a heading or a link is not part of the paragraph it touches
                while len(numbered) > 1 and _is_scrap(numbered[end][1]):
                    yield Paragraph(*numbered.pop(end))
            if numbered:
                yield Paragraph(numbered[0][0], " ".join(part for _, part in numbered))
            line += block.count("\n")
    else:
        for line, found in enumerate(text.split("\n"), 1):
            if found.strip():
                yield Paragraph(line, found.strip())


def _is_in_blocks(text: str) -> bool:
    """Whether lines break off sentences that the next ones go on with: then paragraphs are wrapped."""
    pairs = re.findall(r"(\S)[ \t]*\n[ \t]*(?=(\S))", text)
    # Lines of a page's menu end no sentence either, but begin with a capital, as paragraphs do.
    broken = [
        end
        for end, begin in pairs
        if end not in _SENTENCE_ENDS and begin.isalpha() and not begin.isupper()
    ]
    return re.search(r"\S[ \t]*\n[ \t]*\n\s*\S", text) is not None and len(broken) * 4 > len(pairs)


def _is_scrap(line: str) -> bool:
    """Whether a line within a block cannot be part of its sentences."""
    words = terms(line)
    return (
        not line.endswith(_SENTENCE_ENDS) and (len(words) <= 1 or set(words) <= _MENU)
    ) or _is_of_the_page(line)


def _is_of_the_page(text: str) -> bool:
    return len(text) < 300 and _OF_THE_PAGE.match(text.lstrip("-–•*»› ")) is not None


def _rows(text: str, name: str, errors: list[str]) -> Iterator[Paragraph]:
    header = text.partition("\n")[0]
    csv.field_size_limit(10 * MAX_FILE_SIZE)  # csv's own limit is below what a file may hold
    rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    try:
        rows.fieldnames = columns = [column.strip().lower() for column in rows.fieldnames or ()]
        if "text" not in columns:
            raise SourceError(
                f'{name} has no column "text" (it has {", ".join(columns) or "none"}): name one so'
            )
        for row in rows:
            yield Paragraph(rows.line_num, (row.pop("text") or "").strip(), _stated(row))
    except csv.Error as error:
        errors.append(f"line {rows.line_num + 1}: is not CSV ({error}): what follows was not read")


def _json_lines(text: str, errors: list[str]) -> Iterator[Paragraph]:
    for line, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            found = json.loads(raw)
            json.dumps(
                found, ensure_ascii=False
            ).encode()  # half of a surrogate pair cannot be written
            body = found.pop("text")
            if not isinstance(body, str):
                raise TypeError
        except (ValueError, RecursionError):
            errors.append(f"line {line}: is not JSON: write one object a line")
        except (KeyError, TypeError, AttributeError):
            errors.append(f'line {line}: has no "text": write {{"text": "…"}}')
        else:
            yield Paragraph(line, body.strip(), _stated(found))


def _stated(row: Mapping[str, object]) -> dict[str, list[str]]:
    """The columns that are fields, with their values; several are a list, or joined by ";"."""
    found: dict[str, list[str]] = {}
    for name, value in row.items():
        if name in FIELD and value not in (None, "", []):
            many = str(value).split(";") if FIELD[name].many else [value]
            values = [str(v).strip() for v in (value if isinstance(value, list) else many)]
            if any(values):
                found[name] = [v for v in values if v]
    return found


def is_furniture(text: str) -> bool:
    """Whether a line is of the page around the paragraphs: a menu's word, a number, a heading, a scrap."""
    words = terms(text)
    if len(words) <= 2 or not any(word.isalpha() for word in words) or _is_of_the_page(text):
        return True
    ends = text.rstrip("\"'”’»)]").endswith(_SENTENCE_ENDS)
    return not ends and (len(words) < 8 or set(words) <= _MENU)
