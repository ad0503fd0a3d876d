"""File system operations of an index directory: durable writes, the write lock, error messages."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from whoosh.filedb.filestore import FileStorage

from indexer.engines.base import (
    EngineError,
    EngineUnavailable,
    IndexBusy,
    IndexDamaged,
    OnWait,
    describe_holder,
    lock_holder,
)

LOCK_FILE = (
    "MAIN_WRITELOCK"  # the lock that Whoosh itself uses; the kernel frees it with the process
)
HOLDER_FILE = "writer.json"  # lock_holder() of the process that has the lock
POLL_SECONDS = 0.05
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_UNSUPPORTED = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENODEV, errno.EINVAL)
_FIX_BY_ERRNO = {
    **dict.fromkeys(_NO_SPACE, "free some space, then run this again"),
    **dict.fromkeys(
        _UNSUPPORTED,
        "keep the index on a local disk: this file system cannot lock or map files",
    ),
    errno.ENOENT: "another program removed it: run this again",
    errno.EROFS: "make it writable again, or point ACTIVITIES_INDEX elsewhere",
    errno.EIO: "check the disk, then run this again",
}
_OTHER_FIX = "fix its permissions, or point ACTIVITIES_INDEX elsewhere"


@contextmanager
def translate_os_errors(folder: Path, action: str = "written") -> Iterator[None]:
    """Raise an OSError as an EngineError that says how to fix it.

    The error is EngineUnavailable, or IndexDamaged if a part of the path is a file. With the
    action "read", FileNotFoundError passes unchanged: the reader then looks for a newer generation.
    """
    try:
        yield
    except OSError as error:
        if action == "read" and isinstance(error, FileNotFoundError):
            raise
        fix = _FIX_BY_ERRNO.get(error.errno or 0, _OTHER_FIX)
        kind = IndexDamaged if isinstance(error, NotADirectoryError) else EngineUnavailable
        path = error.filename or folder
        raise kind(f"{path} cannot be {action} ({error.strerror}): {fix}") from error


def sync_folder(path: Path) -> None:
    """Make the file names in a folder durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Create a folder and its parents, durably."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    # Also sync an existing folder: the process that created it may have been killed before it did.
    for parent in {folder.parent for folder in (path, path.parent, *missing)}:
        with suppress(PermissionError):  # a folder of somebody else, who also created its content
            sync_folder(parent)


def open_regular_file(path: Path) -> BinaryIO:
    """Open a file to read. Raises IndexDamaged for anything but a file, and OSError."""
    try:
        # Without O_NONBLOCK, opening a pipe waits for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise IndexDamaged(
            f'{path} is a link to itself: run "activities index --rebuild"'
        ) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise IndexDamaged(f'{path} is not a file: run "activities index --rebuild"')
    return os.fdopen(handle, "rb")


def read_regular_file(path: Path) -> bytes:
    """Return the content of a file. Raises IndexDamaged and OSError, like open_regular_file()."""
    with open_regular_file(path) as file:
        return file.read()


def remove_path(path: Path) -> None:
    """Remove a file, a link, or a folder with its content, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_file(path: Path, data: bytes) -> None:
    """Write a file and sync its data. Its name is durable after sync_folder().

    An existing file, link or folder of that name is removed first, so links are not followed.
    """
    remove_path(path)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read_holder(folder: Path) -> str:
    """Describe the process that has the lock. Empty while it has not written the file yet."""
    try:
        return describe_holder(json.loads(read_regular_file(folder / HOLDER_FILE)))
    except (OSError, EngineError, ValueError, AttributeError):
        return ""


def _remove_false_lock(path: Path) -> None:
    """Remove a folder, link or pipe in the place of the lock file.

    Another process may do the same and have created the file since: it is then put back.
    """
    if path.is_file() and not path.is_symlink():
        return
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with suppress(FileNotFoundError):
        path.rename(aside)
        if aside.is_file() and not aside.is_symlink():
            aside.rename(path)
        else:
            remove_path(aside)


@contextmanager
def write_lock(folder: Path, owner: str, timeout: float, on_wait: OnWait) -> Iterator[None]:
    """Hold the write lock of an index directory.

    on_wait is called once for each holder that it waits for. Raises IndexBusy after timeout
    seconds, and EngineUnavailable if the file system refuses the lock.
    """
    with translate_os_errors(folder):
        _remove_false_lock(folder / LOCK_FILE)
    lock = FileStorage(str(folder)).lock(LOCK_FILE)
    deadline = time.monotonic() + timeout
    reported = ""
    with translate_os_errors(folder):
        while not lock.acquire(blocking=False):
            holder = _read_holder(folder)
            if time.monotonic() >= deadline:
                raise IndexBusy.held_by(holder or "another process")
            if holder not in ("", reported):
                reported = holder
                on_wait(holder)
            time.sleep(POLL_SECONDS)
    path = folder / HOLDER_FILE
    try:
        with translate_os_errors(folder):
            write_file(path, json.dumps(lock_holder(owner)).encode())
        yield
    finally:
        with suppress(OSError):
            remove_path(path)
        lock.release()
