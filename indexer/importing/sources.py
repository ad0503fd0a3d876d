"""Split a source of any format into paragraphs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from indexer.importing.columns import Columns
from indexer.importing.formats.delimited import header_length, read_csv
from indexer.importing.formats.detection import binary_format, is_html
from indexer.importing.formats.encoding import decode_html, decode_source
from indexer.importing.formats.json_records import is_json, read_json
from indexer.importing.formats.plain import read_plain_text, split_items
from indexer.importing.formats.spreadsheet import read_xlsx
from indexer.importing.formats.web_page import read_html
from indexer.importing.formats.word import read_docx
from indexer.importing.furniture import is_furniture
from indexer.importing.list_markers import has_marker, remove_markers
from indexer.importing.paragraph import Paragraph, SourceError, SourceReport

MAX_SOURCE_SIZE = 100_000_000  # bytes
_TABLE_EXTENSIONS = (".csv", ".tsv", ".tab")
_JSON_EXTENSIONS = (".json", ".jsonl", ".ndjson")


def read_source(data: bytes, name: str, columns: Columns, report: SourceReport) -> list[Paragraph]:
    """Return the paragraphs of a source. Errors in single parts are added to the report.

    The format is recognised by the content. A text that is not JSON or HTML is CSV if the name ends
    in .csv or .tsv, or if its first line names several columns including a text column. Raises
    SourceError for a source that cannot be read, and FrontMatterError, with a line, for an unknown
    encoding.
    """
    if len(data) > MAX_SOURCE_SIZE:
        raise SourceError(f"{name} is larger than {MAX_SOURCE_SIZE:,} bytes: split it")
    match binary_format(data, name):
        case "xlsx":
            return list(read_xlsx(data, name, columns, report))
        case "docx":
            return _separate_lists(read_docx(data, name, columns, report))
    return _read_text(data, name, columns, report)


def _read_text(data: bytes, name: str, columns: Columns, report: SourceReport) -> list[Paragraph]:
    extension = os.path.splitext(name)[1].lower()
    is_named_table = extension in _TABLE_EXTENSIONS
    # The encoding of HTML is stated in its markup, which is ASCII in all supported encodings.
    start = data[:10_000].decode("utf-8", "replace").replace("\0", "").lstrip("\ufeff\ufffd")
    if is_html(start, name):
        text = decode_html(data, report)
        return _separate_lists(read_html(text, name, columns, report))
    text = decode_source(data, report, allow_windows=is_named_table)
    if extension in _JSON_EXTENSIONS or is_json(text):
        return list(read_json(text, name, columns, report))
    # The single word "text" in the first line is a header only if the name has no extension.
    if is_named_table or header_length(text, columns) > (1 if extension else 0):
        return list(read_csv(text, name, columns, report))
    return _separate_lists(read_plain_text(text))


def _separate_lists(paragraphs: Iterable[Paragraph]) -> list[Paragraph]:
    """Separate the items of lists, and remove the markers of runs of items.

    Values of tables are not changed. Page furniture between items does not end a run.
    """
    separate = [item for paragraph in paragraphs for item in _items(paragraph)]
    in_text = [n for n, paragraph in enumerate(separate) if _may_be_item(paragraph)]
    texts = remove_markers([separate[n].text for n in in_text])
    for n, text in zip(in_text, texts, strict=True):
        separate[n] = Paragraph(separate[n].place, text)
    return separate


def _may_be_item(paragraph: Paragraph) -> bool:
    return not paragraph.is_value and (
        has_marker(paragraph.text) or not is_furniture(paragraph.text)
    )


def _items(paragraph: Paragraph) -> Iterator[Paragraph]:
    """Yield the items of a paragraph with several lines."""
    lines = [(0, line.strip()) for line in paragraph.text.split("\n")]
    if paragraph.is_value or len(lines) == 1:
        yield paragraph
        return
    for item in split_items(lines):
        yield Paragraph(paragraph.place, "\n".join(line for _, line in item))
