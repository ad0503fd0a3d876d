"""Write a report into a folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from indexer.content.file_replacement import TEMPORARY_PREFIX
from indexer.report.page import GENERATOR

PAGE = "index.html"
_START_LENGTH = 4_000  # bytes of a page that are searched for GENERATOR


class NotReport(Exception):
    """The folder has files and is not a report. The message names the problem and the fix."""


def check_folder_of_report(folder: Path) -> None:
    """Raise NotReport if a report must not be written into a folder, and OSError.

    A report is written into a new folder, an empty one, or one with a report.
    """
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise NotReport(f"{folder} is a file: name a folder") from None
    if not names:
        return
    start = b""
    with suppress(OSError), (folder / PAGE).open("rb") as file:
        start = file.read(_START_LENGTH)
    if f'<meta name="generator" content="{GENERATOR}'.encode() not in start:
        raise NotReport(
            f"{folder} has files and is not a report: name a new or empty folder, or the folder of "
            "an earlier report"
        )


def write_report(folder: Path, page: str) -> Path:
    """Replace the page of a report atomically, and return its path.

    Raises NotReport and OSError. After an error, the earlier report is unchanged.
    """
    check_folder_of_report(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PAGE
    temporary = folder / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}.new"
    try:
        with temporary.open("xb") as file:
            file.write(page.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return path
