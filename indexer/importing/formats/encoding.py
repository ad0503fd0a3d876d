"""Decode source texts: UTF-8, UTF-16, and Windows-1252 where it is common."""

from __future__ import annotations

import codecs
import re

from indexer.content.activity import decode
from indexer.content.frontmatter import FrontMatterError
from indexer.importing.paragraph import SourceReport

_UTF16_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MAX_SAMPLE = 2000  # bytes in which UTF-16 without a BOM is recognised
# Of the letters. Texts in western European languages have fewer: a larger share means that the
# encoding is another one, such as Windows-1251 for Cyrillic.
_MAX_ACCENTED_SHARE = 0.25
_CHARSET = re.compile(rb"""<meta[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


def decode_source(data: bytes, report: SourceReport, *, allow_windows: bool) -> str:
    """Decode a source text. The text has no BOM, LF line ends, and NFC.

    Spreadsheet programs write CSV in Windows-1252: with allow_windows a text that is not UTF-8 is
    read as that, and reported. Raises FrontMatterError, with the line, for other encodings.
    """
    if encoding := _utf16(data):
        return _decode_as(data, encoding)
    try:
        return decode(data)
    except FrontMatterError:
        if not allow_windows or b"\0" in data or not _is_western(data):
            raise
        report.notes.append("is not UTF-8: read as Windows-1252: check the accents")
        return _decode_as(data, "cp1252")


def decode_html(data: bytes, report: SourceReport) -> str:
    """Decode a web page by its BOM or its stated character set; otherwise as UTF-8.

    Raises FrontMatterError, with the line, for bytes that the encoding does not have.
    """
    charset = _CHARSET.search(data, 0, 4096)
    name = charset[1].decode("ascii", "replace").lower() if charset else ""
    if _utf16(data) or data.startswith(codecs.BOM_UTF8) or not name or name.startswith("utf"):
        return decode_source(data, report, allow_windows=True)
    # Browsers read Latin-1 and ASCII as Windows-1252.
    name = "cp1252" if name in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
    try:
        return _decode_as(data, codecs.lookup(name).name)
    except LookupError:
        return decode_source(data, report, allow_windows=True)


def _utf16(data: bytes) -> str | None:
    """Return the name of the encoding of a text in UTF-16, with or without a BOM."""
    if encoding := _UTF16_BOMS.get(data[:2]):
        return encoding
    sample = data[:_MAX_SAMPLE]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = sample[offset::2], sample[1 - offset :: 2]
        if len(zeros) > 1 and zeros.count(0) > len(zeros) * 0.7 and others.count(0) == 0:
            return encoding
    return None


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        reason = f"byte 0x{data[error.start]:02x} is not {encoding.upper()}: save the file as UTF-8"
        raise FrontMatterError(line, reason) from None
    return decode(text.removeprefix("\ufeff").encode())


def _is_western(data: bytes) -> bool:
    """Return whether a text may be Windows-1252: its bytes exist, and few letters have accents."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = [character for character in text if character.isalpha()]
    accented = sum(not letter.isascii() for letter in letters)
    return accented <= len(letters) * _MAX_ACCENTED_SHARE
