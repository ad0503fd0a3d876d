"""Decode source texts: UTF-8, UTF-16, and Windows-1252 where it is common."""

from __future__ import annotations

import codecs
import re

from indexer.content.activity import decode
from indexer.content.frontmatter import FrontMatterError
from indexer.importing.paragraph import SourceReport

_UTF16_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MAX_SAMPLE = 2000  # bytes at the start in which UTF-16 without a BOM is recognised
# Maximum share of letters with accents. Texts in western European languages have fewer: a larger
# share means another encoding, such as Windows-1251 for Cyrillic.
_MAX_ACCENTED_SHARE = 0.25
# Character sets that web pages state -> character sets that browsers use for them.
_BROWSER_CHARSETS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
_OTHER_CHARSETS = re.compile(r"windows-\d+|iso-8859-\d+|koi8-[ru]|big5|gb18030|euc-jp|macintosh")
_CHARSET = re.compile(rb"""<meta[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


def decode_source(data: bytes, report: SourceReport, *, allow_windows: bool) -> str:
    """Decode a source text. The result is NFC, without a BOM and with LF line endings.

    Spreadsheet programs write CSV in Windows-1252: with allow_windows, a text that is not UTF-8 is
    read as Windows-1252 and reported. Raises FrontMatterError, with the line, for other encodings.
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

    Raises FrontMatterError, with the line, for bytes that are invalid in the encoding.
    """
    charset = _CHARSET.search(data, 0, 4096)
    name = charset[1].decode("ascii", "replace").lower() if charset else ""
    name = _BROWSER_CHARSETS.get(name, name if _OTHER_CHARSETS.fullmatch(name) else "")
    if not name or _utf16(data) or data.startswith(codecs.BOM_UTF8):
        return decode_source(data, report, allow_windows=True)
    try:
        return _decode_as(data, name)
    except LookupError:  # such as windows-9999
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
    """Return whether a text may be Windows-1252: all bytes are valid, few letters have accents."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = [character for character in text if character.isalpha()]
    accented = sum(not letter.isascii() for letter in letters)
    return accented <= len(letters) * _MAX_ACCENTED_SHARE
