"""Replace or move a file safely while other programs may write to it.

The new bytes are written to a temporary file in the same folder, which then replaces the file
atomically. The owner, group, mode and extended attributes (such as access control lists) are kept.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

_AT_FDCWD, _EXCHANGE = -100, 2  # constants of renameat2(2)

TEMPORARY_PREFIX = ".activities-"
STALE_SECONDS = 3600.0  # age at which temporary files of killed runs are removed


class FileChanged(Exception):
    """The file no longer has the bytes that were read."""


class NotRegularFile(OSError):
    """A folder, a pipe or a device is in place of the file."""


def read_regular_file(path: Path, max_size: int) -> bytes:
    """Return the bytes of a regular file, at most max_size + 1.

    Links are not followed, and pipes are not waited for. Raises NotRegularFile and OSError.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotRegularFile(errno.EINVAL, "not a regular file", str(path))
        return _read(handle, max_size + 1)
    finally:
        os.close(handle)


def replace_file(path: Path, old: bytes, new: bytes) -> None:
    """Replace the bytes of a file durably, if it still has the old bytes.

    Raises FileChanged if it has other bytes, and OSError, which names the file. After an error, the
    file is unchanged and the temporary file is removed.
    """
    _remove_stale_files(path.parent)
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}.new")
    try:
        source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            status = os.fstat(source)
            _write(temporary, new, source, status)
            _check_unchanged(path, source, status, old)
            if _exchange(temporary, path):
                _check_exchanged(path, temporary, source, status, old)
            else:
                os.replace(temporary, path)
        finally:
            os.close(source)
        _sync_folder(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def move_file(path: Path, target: Path, old: bytes, new: bytes) -> None:
    """Move a file durably to a new path, with new bytes, if it still has the old bytes.

    The new file is complete before the old one is removed. Nothing is overwritten. Raises
    FileChanged if the file has other bytes, FileExistsError if the target exists, and OSError.
    After an error, the file is not moved.
    """
    temporary = target.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}.new")
    source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(source)
        _write(temporary, new, source, status)
        _check_unchanged(path, source, status, old)
        os.link(temporary, target)
        _sync_folder(target.parent)
    finally:
        os.close(source)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    path.unlink()
    _sync_folder(path.parent)


def _read(handle: int, size: int) -> bytes:
    data = b""
    while len(data) < size and (chunk := os.read(handle, size - len(data))):
        data += chunk
    return data


def _write(path: Path, data: bytes, source: int, status: os.stat_result) -> None:
    """Create a file with the attributes of an open file, and sync it to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        created = os.fstat(handle)
        if (created.st_uid, created.st_gid) != (status.st_uid, status.st_gid):
            os.fchown(handle, status.st_uid, status.st_gid)
        os.fchmod(handle, stat.S_IMODE(status.st_mode))
        _copy_attributes(source, handle)
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_attributes(source: int, target: int) -> None:
    """Copy extended attributes, including access control lists, if the system supports them."""
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):  # a file system without extended attributes
        for name in os.listxattr(source):
            with suppress(OSError):  # an attribute that only the system may set
                os.setxattr(target, name, os.getxattr(source, name))


def _check_unchanged(path: Path, source: int, status: os.stat_result, old: bytes) -> None:
    """Raise FileChanged if the path has another file, or the open file has other bytes."""
    os.lseek(source, 0, os.SEEK_SET)
    if _read(source, len(old) + 1) != old:
        raise FileChanged
    try:
        now = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        raise FileChanged from None
    if (now.st_dev, now.st_ino) != (status.st_dev, status.st_ino):
        raise FileChanged


def _exchange(temporary: Path, path: Path) -> bool:
    """Exchange two files atomically; False if the system cannot. Raises OSError.

    If another program saves the file just before the exchange, its version is not lost.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(temporary), _AT_FDCWD, os.fsencode(path), _EXCHANGE) == 0:
        return True
    error = ctypes.get_errno()
    if error in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    if error == errno.ENOENT:
        raise FileChanged
    raise OSError(error, os.strerror(error))


def _check_exchanged(
    path: Path, temporary: Path, source: int, status: os.stat_result, old: bytes
) -> None:
    """Exchange the files again and raise FileChanged if the old file is not the one read."""
    try:
        _check_unchanged(temporary, source, status, old)
    except FileChanged:
        ours = os.stat(path, follow_symlinks=False).st_ino
        _exchange(temporary, path)
        if os.stat(temporary, follow_symlinks=False).st_ino != ours:  # saved again
            _exchange(temporary, path)
        raise


def _sync_folder(folder: Path) -> None:
    """Sync the folder entry of a renamed file to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_stale_files(folder: Path) -> None:
    """Remove temporary files of runs that were killed."""
    with suppress(OSError):
        for path in folder.glob(f"{TEMPORARY_PREFIX}*.new"):
            if time.time() - path.lstat().st_mtime > STALE_SECONDS:
                path.unlink(missing_ok=True)
