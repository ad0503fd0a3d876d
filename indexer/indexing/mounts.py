"""Find the mount points of the content folder.

A file system that is not mounted looks like a folder whose files were all deleted. On Linux, the
kernel's list of mounts is read, because it includes bind mounts and volumes of containers, which
have the same device number as their parent folder. On other systems, os.path.ismount() is used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")
FSTAB = Path("/etc/fstab")


def mount_points(content: Path) -> set[str]:
    """Return the mount points at and below a folder, and the nearest one above it.

    The root of the file system is left out.
    """
    folder = os.path.realpath(content)
    mounted = _listed(MOUNTINFO, 4)
    if not mounted:
        with suppress(OSError):
            below = [entry.path for entry in os.scandir(folder) if entry.is_dir()]
            mounted = {path for path in [*_parents(folder), *below] if os.path.ismount(path)}
    return _relevant(folder, mounted)


def configured_mount_points(content: Path) -> set[str]:
    """Return the mount points of /etc/fstab at, below and nearest above a folder."""
    return _relevant(os.path.realpath(content), _listed(FSTAB, 1))


def _listed(path: Path, column: int) -> set[str]:
    """Return the paths in a column of a list of mounts. Spaces in them are octal escapes."""
    try:
        lines = path.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return set()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {_unescape(row[column]) for row in rows if len(row) > column}


def _unescape(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path)


def _parents(folder: str) -> Iterable[str]:
    """Return a folder and the folders above it, nearest first, without the root."""
    return [str(path) for path in (Path(folder), *Path(folder).parents)][:-1]


def _relevant(folder: str, mounted: set[str]) -> set[str]:
    at_or_above = next((path for path in _parents(folder) if path in mounted), None)
    below = {path for path in mounted if path.startswith(f"{folder}/")}
    return below | ({at_or_above} if at_or_above else set())
