"""Bound the size of files that are ZIP archives, such as DOCX and XLSX."""

from __future__ import annotations

import io
import zipfile

from indexer.importing.paragraph import SourceError

MAX_UNPACKED_SIZE = 300_000_000  # in bytes, all parts of an archive
MAX_XML_SIZE = 60_000_000  # in bytes, the XML parts, which need more memory
MAX_PARTS = 20_000


def open_archive(data: bytes, name: str, max_xml_size: int = MAX_XML_SIZE) -> zipfile.ZipFile:
    """Open a ZIP archive, and limit its unpacked size.

    Python never reads more of a part than its stated size, so it is enough to check these sizes.
    Raises SourceError for a damaged archive, and for one that is too large.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise SourceError(f"{name} is a damaged file ({error}): save it again") from None
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    xml = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_SIZE or xml > max_xml_size:
        raise SourceError(
            f"{name} is too large when unpacked ({unpacked:,} bytes, {xml:,} of them XML): split "
            f"it into files of at most {MAX_UNPACKED_SIZE:,} bytes, {max_xml_size:,} of them XML"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise SourceError(f"{name} is encrypted: save it without a password")
    return archive
