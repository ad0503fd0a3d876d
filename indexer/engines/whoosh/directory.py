"""What an index asks of its file system: names that last, one writer at a time, and refusals as sentences."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whoosh.filedb.filestore import FileStorage

from indexer.engines.base import (
    EngineUnavailable,
    IndexBusy,
    IndexDamaged,
    OnWait,
    describe_holder,
    lock_holder,
)

LOCK, HOLDER = (
    "MAIN_WRITELOCK",
    "writer.json",
)  # the lock is Whoosh's own, held while its process lives
POLL = 0.05  # seconds
_CURES = {
    "free some space, then run this again": (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    "keep the index on a local disk: this file system cannot lock or map files": (
        errno.ENOLCK,
        errno.EOPNOTSUPP,
        errno.ENOSYS,
        errno.ENODEV,
        errno.EINVAL,
    ),
    "something removed it meanwhile: run this again": (errno.ENOENT,),
    "make it writable again, or point ACTIVITIES_INDEX elsewhere": (errno.EROFS,),
    "look after the disk, then run this again": (errno.EIO,),
}
_CURE = {number: cure for cure, numbers in _CURES.items() for number in numbers}


@contextmanager
def refused(folder: Path, action: str = "written") -> Iterator[None]:
    """What the file system refuses, as EngineUnavailable with its cure. To a reader a missing file means
    something, and stays FileNotFoundError."""
    try:
        yield
    except OSError as error:
        if action == "read" and isinstance(error, FileNotFoundError):
            raise
        cure = _CURE.get(
            error.errno or 0, "mend its permissions, or point ACTIVITIES_INDEX elsewhere"
        )
        kind = IndexDamaged if isinstance(error, NotADirectoryError) else EngineUnavailable
        raise kind(
            f"{error.filename or folder} cannot be {action} ({error.strerror}): {cure}"
        ) from error


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder that outlasts power loss, and those above it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    # Also of a folder that is there: who made it may have been killed before this.
    for above in {folder.parent for folder in (path, path.parent, *missing)}:
        with suppress(PermissionError):  # not ours, and then neither is what it holds
            sync_folder(above)


def write(path: Path, data: bytes) -> None:
    """Write a file through to the disk; its name is for sync_folder."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _holder(folder: Path) -> str:
    try:
        return describe_holder(json.loads((folder / HOLDER).read_bytes()))
    except (
        OSError,
        ValueError,
        AttributeError,
    ):  # it has taken the lock and not yet said who it is
        return ""


@contextmanager
def locked(folder: Path, owner: str, timeout: float, on_wait: OnWait) -> Iterator[None]:
    """The writer's lock of an index directory. on_wait hears for whom it waits, once for each.

    Raises IndexBusy after timeout seconds, EngineUnavailable.
    """
    lock = FileStorage(str(folder)).lock(LOCK)
    deadline = time.monotonic() + timeout
    said = ""
    with refused(folder):
        while not lock.acquire(blocking=False):
            who = _holder(folder)
            if time.monotonic() >= deadline:
                raise IndexBusy.held_by(who or "another process")
            if who not in ("", said):
                said = who
                on_wait(who)
            time.sleep(POLL)
    path = folder / HOLDER
    try:
        with refused(folder):
            path.write_text(json.dumps(lock_holder(owner)))
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        lock.release()
