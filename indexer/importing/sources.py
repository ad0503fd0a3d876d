"""Split a source text (plain text, CSV or JSON Lines) into paragraphs."""

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

# A short line that consists of these words is part of a menu.
_MENU_WORDS = frozenset(
    "search home menu next previous page login share print back top contact about more read filter "
    "apply reset".split()
)
# Beginnings of sentences about the web page, not about an activity.
_PAGE_NOTICE = re.compile(
    r"©|copyright\b|skip to\b|(?:read|learn|see|show|load) more\b|click here|follow us"
    r"|share (?:this|on)\b|subscribe to|sign up|last (?:updated|modified|reviewed)|print this"
    r"|back to\b|showing \d|page \d|jump to|(?:accept|manage|reject)(?: all)? cookies|(?:we"
    r"|this (?:web)?site|our (?:web)?site|by )[\w ,'’]*\bcookies\b|[^.]*all rights reserved"
    r"|please enable javascript|https?://\S+$",
    re.IGNORECASE,
)
_SENTENCE_ENDS = (".", "!", "?", ";", ":", "。", "？", "！", "؟", "।")
_MAX_NOTICE_LENGTH = 300  # characters; a longer text is a paragraph, whatever its first words are
_MIN_SENTENCE_TERMS = 8  # terms of a sentence without punctuation at its end


class SourceError(ValueError):
    """A source that cannot be read. The message states the problem and the fix."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a source."""

    line: int  # number of its first line, from 1
    text: str
    # Values from columns or keys that are front matter fields, by field name.
    metadata: Mapping[str, Sequence[str]] = field(default_factory=dict)


def paragraphs(text: str, name: str, errors: list[str]) -> Iterator[Paragraph]:
    """Yield the paragraphs of a source. Errors in single lines are appended to errors.

    The extension of the name decides whether the text is CSV or JSON Lines. A text without a name,
    such as standard input, is JSON Lines if it begins with a brace, and CSV if its first line
    names a column "text". Anything else is plain text: if its lines break off sentences, its
    paragraphs are the blocks between blank lines, otherwise its lines.

    Raises SourceError for CSV without a text column.
    """
    extension = os.path.splitext(name)[1].lower()
    first_line = text.lstrip().partition("\n")[0]
    columns = re.split(r'[,;\t"]+', first_line.strip())
    if extension in (".jsonl", ".ndjson", ".json") or (not extension and first_line[:1] == "{"):
        yield from _read_json_lines(text, errors)
    elif extension in (".csv", ".tsv") or (not extension and "text" in columns):
        yield from _read_csv(text.lstrip("\n"), name, errors)
    elif _has_wrapped_lines(text):
        yield from _read_blocks(text)
    else:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield Paragraph(number, line.strip())


def _has_wrapped_lines(text: str) -> bool:
    """Return whether there are blank lines, and over a quarter of the lines end mid-sentence."""
    pairs = re.findall(r"(\S)[ \t]*\n[ \t]*(?=(\S))", text)
    # Menu lines do not end like sentences either, but the lines after them begin with a capital.
    broken = sum(
        end not in _SENTENCE_ENDS and start.isalpha() and not start.isupper()
        for end, start in pairs
    )
    has_blank_line = re.search(r"\S[ \t]*\n[ \t]*\n\s*\S", text) is not None
    return has_blank_line and broken * 4 > len(pairs)


def _read_blocks(text: str) -> Iterator[Paragraph]:
    first_line = 1
    for block in re.split(r"(\n[ \t]*(?:\n[ \t]*)+)", text):
        numbered_lines = [
            (number, line.strip())
            for number, line in enumerate(block.split("\n"), first_line)
            if line.strip()
        ]
        # A menu line or a link directly above or below a paragraph is not part of it.
        for end in (0, -1):
            while len(numbered_lines) > 1 and _is_fragment(numbered_lines[end][1]):
                yield Paragraph(*numbered_lines.pop(end))
        if numbered_lines:
            yield Paragraph(numbered_lines[0][0], " ".join(line for _, line in numbered_lines))
        first_line += block.count("\n")


def _is_fragment(line: str) -> bool:
    """Return whether a line of a block cannot be part of a sentence."""
    words = terms(line)
    is_menu = len(words) <= 1 or _MENU_WORDS.issuperset(words)
    return (is_menu and not line.endswith(_SENTENCE_ENDS)) or _is_page_notice(line)


def _is_page_notice(text: str) -> bool:
    is_short = len(text) < _MAX_NOTICE_LENGTH
    return is_short and _PAGE_NOTICE.match(text.lstrip("-–•*»› ")) is not None


def _read_csv(text: str, name: str, errors: list[str]) -> Iterator[Paragraph]:
    header = text.partition("\n")[0]
    csv.field_size_limit(10 * MAX_FILE_SIZE)  # the default of the csv module is too small
    rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    try:
        rows.fieldnames = columns = [column.strip().lower() for column in rows.fieldnames or ()]
        if "text" not in columns:
            columns_text = ", ".join(columns) or "none"
            raise SourceError(
                f'{name} has no column "text" (it has {columns_text}): '
                "rename the column that contains the paragraphs"
            )
        for row in rows:
            yield Paragraph(rows.line_num, (row.pop("text") or "").strip(), _metadata(row))
    except csv.Error as error:
        number = rows.line_num + 1
        errors.append(f"line {number}: is not CSV ({error}): the rest of the file was not read")


def _read_json_lines(text: str, errors: list[str]) -> Iterator[Paragraph]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            json.dumps(record, ensure_ascii=False).encode()  # rejects lone surrogates
            body = record.pop("text")
            if not isinstance(body, str):
                raise TypeError
        except (ValueError, RecursionError):
            errors.append(f"line {number}: is not JSON: write one object per line")
        except (KeyError, TypeError, AttributeError):
            errors.append(f'line {number}: has no "text": write {{"text": "…"}}')
        else:
            yield Paragraph(number, body.strip(), _metadata(record))


def _metadata(row: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the values of the columns that are front matter fields.

    Several values are a list, or are separated by ";".
    """
    metadata: dict[str, list[str]] = {}
    for name, value in row.items():
        if name not in FIELD or value in (None, ""):
            continue
        if isinstance(value, list):
            values = value
        else:
            values = str(value).split(";") if FIELD[name].many else [value]
        if texts := [text for text in (str(item).strip() for item in values) if text]:
            metadata[name] = texts
    return metadata


def is_furniture(text: str) -> bool:
    """Return whether a text belongs to the page around the paragraphs.

    Such texts are menu items, page numbers, headings, copyright lines and fragments of sentences.
    """
    words = terms(text)
    if len(words) <= 2 or not any(word.isalpha() for word in words) or _is_page_notice(text):
        return True
    ends_sentence = text.rstrip("\"'”’»)]").endswith(_SENTENCE_ENDS)
    is_short = len(words) < _MIN_SENTENCE_TERMS or _MENU_WORDS.issuperset(words)
    return is_short and not ends_sentence
