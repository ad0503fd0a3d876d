"""The editors' settings files in the content folder, such as _vocabulary.yaml.

As for content files, only a regular file of limited size is read. If a file has an error, the last
good version is used. The index folder has a copy of that version, so that all processes use the
same version, also after a restart.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from indexer.content.activity import InvalidActivity, decode
from indexer.content.file_replacement import NotRegularFile, read_regular_file
from indexer.content.frontmatter import FrontMatterError
from indexer.content.scan_cache import UNTRUSTED, Stamp, stamp_of, trusted_stamp

MAX_FILE_SIZE = 1_000_000  # bytes
LAST_GOOD_FOLDER = "last_good"  # in the index folder

Loaded = TypeVar("Loaded")


def read_settings_file(path: Path) -> str | None:
    """Return the text of a settings file; None without the file. Raises InvalidActivity."""

    def error(reason: str, line: int = 1) -> InvalidActivity:
        return InvalidActivity(str(path), line, "", reason, "settings")

    try:
        data = read_regular_file(path, MAX_FILE_SIZE)
    except FileNotFoundError:
        return None
    except NotRegularFile:
        raise error("is not a regular file: put the file itself here") from None
    except OSError as problem:
        if path.is_symlink():
            raise error(
                "is a symbolic link, which is never followed: put the file itself here"
            ) from None
        raise error(f"cannot be read ({problem.strerror}): fix its permissions") from None
    if len(data) > MAX_FILE_SIZE:
        raise error(f"is larger than {MAX_FILE_SIZE:,} bytes: remove entries")
    try:
        return decode(data)
    except FrontMatterError as problem:
        raise error(problem.reason, problem.line) from None


class SettingsFile(Generic[Loaded]):
    """The value of a settings file. The file is read at the first use, and when it changes."""

    def __init__(
        self, path: Path, parse: Callable[[str, str], Loaded], index: Path | None = None
    ) -> None:
        """Create the value.

        parse(text, path) returns the value for the text of a file, which is "" without the file,
        or raises InvalidActivity. index: the index folder, which has the last good version.
        """
        self._path, self._parse = path, parse
        self._last_good = index / LAST_GOOD_FOLDER / path.name if index else None
        self._stamp: Stamp | None = UNTRUSTED  # the stamp of the loaded file; None without the file
        self._loaded: tuple[Loaded, str] | None = None  # the value and the digest of its text
        self.error: InvalidActivity | None = None  # the error in the current file

    def value(self) -> Loaded:
        """Return the current value."""
        return self._current()[0]

    def digest(self) -> str:
        """Return the digest of the text that the value was read from; "" without a file."""
        return self._current()[1]

    def _current(self) -> tuple[Loaded, str]:
        stamp = self._present_stamp()
        if self._loaded is None or stamp != self._stamp:
            # The stamp is taken before the file is read, so that a later change is noticed.
            self._stamp = trusted_stamp(stamp, time.time_ns()) if stamp else None
            self._loaded = self._load()
        return self._loaded

    def _present_stamp(self) -> Stamp | None:
        """Return the stamp of the file; None if the file is missing or cannot be accessed."""
        with suppress(OSError):
            return stamp_of(self._path.lstat())
        return None

    def _load(self) -> tuple[Loaded, str]:
        """Return the value and digest of the file; if it has an error, of the last good version."""
        try:
            text = read_settings_file(self._path)
            if text is not None or _has_entries(self._path.parent):
                loaded = self._parse(text or "", str(self._path)), _digest(text)
                self.error = None
                self._keep(text)
                return loaded
            self._stamp = UNTRUSTED  # the file is read as soon as it exists again
        except InvalidActivity as error:
            self.error = error
        if self._loaded is not None:
            return self._loaded
        if self._last_good is not None:
            with suppress(InvalidActivity):
                text = read_settings_file(self._last_good)
                return self._parse(text or "", str(self._path)), _digest(text)
        return self._parse("", str(self._path)), _digest(None)

    def _keep(self, text: str | None) -> None:
        """Copy the last good version to the index folder, if that folder exists."""
        if self._last_good is None or not self._last_good.parent.parent.is_dir():
            return
        with suppress(OSError, InvalidActivity):
            if read_settings_file(self._last_good) == text:
                return
        # Without the copy, a file with an error has no value after a restart.
        with suppress(OSError):
            if text is None:
                self._last_good.unlink(missing_ok=True)
                return
            self._last_good.parent.mkdir(exist_ok=True)
            new = self._last_good.with_name(f".{self._last_good.name}.{os.getpid()}")
            new.write_text(text, encoding="utf-8", newline="\n")
            os.replace(new, self._last_good)


def _has_entries(folder: Path) -> bool:
    """Return whether a folder has entries. An empty folder may be a mount point."""
    try:
        with os.scandir(folder) as entries:
            return any(True for _ in entries)
    except OSError:
        return False


def _digest(text: str | None) -> str:
    return "" if text is None else hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
