"""Exports: the results of a search as a file, streamed while the rows are read.

Each family of formats has a module; the module document has the parts that they share. May import
the same packages as indexer.search. The names of URL parameters are passed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from indexer.content.activity import Activity, heading
from indexer.content.vocabulary import Vocabulary
from indexer.schema import NOT_STATED
from indexer.search.export.document import (
    GROUPS,
    LIST_FIELDS,
    ExportDocument,
    ExportRow,
    ExportSource,
    Group,
)
from indexer.search.export.errors import ExportError, ExportNotWritten, ExportTooLarge
from indexer.search.export.feed import write_atom
from indexer.search.export.json import write_json
from indexer.search.export.references import (
    INCOMPLETE_BIBTEX,
    INCOMPLETE_RIS,
    write_bibtex,
    write_ris,
)
from indexer.search.export.tables import INCOMPLETE_CSV, write_csv
from indexer.search.export.word import write_docx
from indexer.search.export.workbook import write_xlsx

__all__ = [
    "FORMATS",
    "GROUPS",
    "LIST_FIELDS",
    "ExportError",
    "ExportNotWritten",
    "ExportSource",
    "ExportTooLarge",
    "Format",
    "Group",
    "export",
    "export_document",
    "file_name",
]

CHUNK_SIZE = 64 * 1024  # bytes
MAX_FILE_NAME_SEARCH = 60  # characters of the search in a file name
_NOT_IN_FILE_NAMES = re.compile(r"[\W_]+")
_UNNAMED_PARAMETERS = ("q", "sort", "match", "id", "ids")  # q is the text of the search


@dataclass(frozen=True, slots=True)
class Format:
    """A file format."""

    media_type: str
    extension: str
    # Returns pieces of a text, or of a file that has been written completely.
    write: Callable[[ExportDocument], Iterator[str] | Iterator[bytes]]
    label: str
    # The end of a file whose rows could not all be read. Without it, a program would read the file
    # as a complete one: a server cannot change the status of a response that it has begun.
    incomplete: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", "csv", write_csv, "CSV", INCOMPLETE_CSV),
    "json": Format("application/json", "json", write_json, "JSON"),
    "bibtex": Format(
        "application/x-bibtex; charset=utf-8", "bib", write_bibtex, "BibTeX", INCOMPLETE_BIBTEX
    ),
    "ris": Format(
        "application/x-research-info-systems; charset=utf-8",
        "ris",
        write_ris,
        "RIS",
        INCOMPLETE_RIS,
    ),
    "atom": Format("application/atom+xml; charset=utf-8", "atom", write_atom, "Atom"),
    "xlsx": Format(f"{_OFFICE}.spreadsheetml.sheet", "xlsx", write_xlsx, "Excel"),
    "docx": Format(f"{_OFFICE}.wordprocessingml.document", "docx", write_docx, "Word (briefing)"),
}


def export(
    format: str, source: ExportSource, rows: Iterator[Activity], vocabulary: Vocabulary
) -> Iterator[bytes]:
    """Return an iterator over the file in chunks of about CHUNK_SIZE. Texts are in UTF-8.

    If the rows raise an error, the file ends with Format.incomplete, and the iterator raises it.
    Raises KeyError for a format that is not in FORMATS, and ExportError.
    """
    pieces = FORMATS[format].write(export_document(source, rows, vocabulary))
    return _chunks(pieces, FORMATS[format].incomplete)


def export_document(
    source: ExportSource, rows: Iterator[Activity], vocabulary: Vocabulary
) -> ExportDocument:
    """Create an export, and return its content."""
    exported_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    export_rows = (_row(activity, source.site_url) for activity in rows)
    return ExportDocument(source, export_rows, vocabulary, exported_at)


def file_name(format: str, source: ExportSource) -> str:
    """Return the file name of an export: activities-SEARCH-DATE-generation-N.EXTENSION.

    SEARCH has the words and the values of the filters, in the letters of the search. For a single
    activity it is the activity's id.
    """
    generation, extension = source.generation, FORMATS[format].extension
    values = [source.id or source.text]
    if number := len(source.request.selection):
        values.append(f"selection-of-{number}")
    values += [
        f"not-{value}" if name.startswith("-") else f"no-{name}" if value == NOT_STATED else value
        for name, value in source.parameters
        if name not in _UNNAMED_PARAMETERS
    ]
    search = "-".join(_NOT_IN_FILE_NAMES.sub("-", value).strip("-") for value in values if value)
    search = search.lower()[:MAX_FILE_NAME_SEARCH].rstrip("-")
    parts = ["activities", search, generation.indexed_at[:10], f"generation-{generation.number}"]
    return f"{'-'.join(filter(None, parts))}.{extension}"


def _row(activity: Activity, site_url: str) -> ExportRow:
    title = heading(activity.meta.get("title", ()), activity.text)
    return ExportRow(activity, title, f"{site_url}/activities/{quote(activity.id)}")


def _chunks(pieces: Iterator[str] | Iterator[bytes], incomplete: str) -> Iterator[bytes]:
    buffer = bytearray()
    try:
        for piece in pieces:
            buffer += piece.encode("utf-8", "backslashreplace") if isinstance(piece, str) else piece
            if len(buffer) >= CHUNK_SIZE:
                yield bytes(buffer)
                buffer.clear()
    except Exception:
        yield bytes(buffer) + incomplete.encode()
        raise
    yield bytes(buffer)
