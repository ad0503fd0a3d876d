"""Recognise the format of a source by its content, and explain formats that are not read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from indexer.importing.formats.archive import open_archive
from indexer.importing.formats.packages import readable
from indexer.importing.paragraph import SourceError

_CONVERT_DOCUMENT = "open it in a word processor and save it as DOCX"
_CONVERT_SHEET = "open it in a spreadsheet program and save it as XLSX or CSV"
_COPY_TEXT = 'copy its text into a text file, or use "pdftotext", and import that'
_UNPACK = "unpack it, and import the files in it one by one"
_IMAGE = "recognise its text with OCR, and import that"

# Signatures at the start of files -> the format, and the fix.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"{\\rtf", "RTF", _CONVERT_DOCUMENT),
    (b"%!PS", "PostScript", _COPY_TEXT),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"\x89PNG", "an image", _IMAGE),
    (b"\xff\xd8\xff", "an image", _IMAGE),
    (b"GIF8", "an image", _IMAGE),
    (b"II*\0", "an image", _IMAGE),
    (b"MM\0*", "an image", _IMAGE),
    (b"SQLite format 3\0", "an SQLite database", "export its table as CSV"),
    (b"PAR1", "a Parquet table", "convert it to CSV or JSON Lines"),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in OLE2 files -> the format, and the fix.
_OLE2_STREAMS = {
    "EncryptedPackage": ("an encrypted Office file", "save it without a password"),
    "WordDocument": ("DOC, the old format of Word", _CONVERT_DOCUMENT),
    "Workbook": ("XLS, the old format of Excel", _CONVERT_SHEET),
    "PowerPoint Document": ("PPT, the old format of PowerPoint", "copy its text"),
}
# Content types of the main part of an Office file, and types of other documents in ZIP archives.
_ARCHIVE_TYPES: Mapping[bytes, tuple[str, str]] = {
    b"http://purl.oclc.org/ooxml/": ("Strict Open XML", "save it as DOCX or XLSX, not as strict"),
    b"wordprocessingml.document.main+xml": ("docx", ""),
    b"spreadsheetml.sheet.main+xml": ("xlsx", ""),
    b"ms-word.document.macroEnabled.main+xml": ("DOCM, a document with macros", _CONVERT_DOCUMENT),
    b"wordprocessingml.template.main+xml": ("a template of Word", _CONVERT_DOCUMENT),
    b"ms-excel.sheet.macroEnabled.main+xml": ("xlsx", ""),  # the macros are ignored
    b"ms-excel.sheet.binary.macroEnabled.main": ("XLSB", _CONVERT_SHEET),
    b"presentationml.": ("a presentation", "copy its text into a text file"),
    b"opendocument.text": ("ODT", _CONVERT_DOCUMENT),
    b"opendocument.spreadsheet": ("ODS", _CONVERT_SHEET),
    b"opendocument.presentation": ("a presentation", "copy its text into a text file"),
    b"application/epub+zip": ("EPUB", "copy its text into a text file"),
}
_XML_TYPES = (
    (
        re.compile(r"<iati-activities\b"),
        "IATI XML",
        "convert it to CSV with the columns text, country and year, and import that",
    ),
    (re.compile(r"<(?:rss|feed)\b"), "a feed", "convert it to CSV or JSON Lines"),
    (re.compile(r'progid="Word\.Document"'), "XML of Word", _CONVERT_DOCUMENT),
    (re.compile(r'progid="Excel\.Sheet"'), "XML of Excel", _CONVERT_SHEET),
    (re.compile(r"<office:document\b"), "OpenDocument XML", _CONVERT_DOCUMENT),
    (re.compile(r"<svg\b"), "an image", _IMAGE),
    (re.compile(""), "XML", "convert it to CSV or JSON Lines, and import that"),
)
_WEB_ARCHIVE = re.compile(r"^(?:MIME-Version:|Content-Type: multipart/)", re.MULTILINE)
_HTML_START = re.compile(
    r"(?:\s|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_START = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\b|iati-activities\b|rss\b|feed\b|svg\b)")
_MAX_START = 4096  # characters at the start of a text in which its format is recognised


def binary_format(data: bytes, name: str) -> str | None:
    """Return "docx" or "xlsx", or None for a text.

    Raises SourceError for other formats that are not text.
    """
    if b"%PDF-" in data[:1024]:
        raise _not_read(name, "PDF", _COPY_TEXT)
    for signature, format, fix in _SIGNATURES:
        if data.startswith(signature):
            raise _not_read(name, format, fix)
    if data.startswith(_OLE2):
        for stream, (format, fix) in _OLE2_STREAMS.items():
            if stream.encode("utf-16-le") in data:
                raise _not_read(name, format, fix)
        raise _not_read(name, "an old Office format", "save it as DOCX or XLSX")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive_format(data, name)
    return None


def _archive_format(data: bytes, name: str) -> str:
    # Parts of Office files, OpenDocument and EPUB. The relationships show the OOXML variant.
    parts = ("[Content_Types].xml", "_rels/.rels", "mimetype")
    with open_archive(data, name) as archive, readable(name, "a ZIP archive"):
        types = b"".join(archive.read(part) for part in parts if part in archive.namelist())
    for content_type, (format, fix) in _ARCHIVE_TYPES.items():
        if content_type in types:
            if fix:
                raise _not_read(name, format, fix)
            return format
    raise _not_read(name, "a ZIP archive", _UNPACK)


def is_html(text: str, name: str) -> bool:
    """Return whether a text is HTML. Raises SourceError for XML and for web archives."""
    start = text[:_MAX_START]
    if _HTML_START.match(start):
        return True
    if _XML_START.match(start):
        raise _xml_error(start, name)
    if _WEB_ARCHIVE.search(start):
        fix = 'save the page as "HTML only" in the browser, or copy the text'
        raise _not_read(name, "a web archive or an e-mail", fix)
    return name.lower().endswith((".html", ".htm", ".xhtml"))


def _xml_error(start: str, name: str) -> SourceError:
    _, format, fix = next(kind for kind in _XML_TYPES if kind[0].search(start))
    return _not_read(name, format, fix)


def _not_read(name: str, format: str, fix: str) -> SourceError:
    return SourceError(
        f"{name} is {format}, which is not read (only text, CSV, JSON, XLSX, DOCX and HTML are): "
        f"{fix}"
    )
