"""Remove the index directories of earlier releases, after a day without writes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from indexer.clock import DAY
from indexer.engines.base import EngineError
from indexer.engines.whoosh.directory import HOLDER_FILE, LOCK_FILE, write_lock
from indexer.engines.whoosh.generations import TOC_PREFIX


def remove_unused(directories: Iterable[Path], owner: str, now: float) -> tuple[Path, ...]:
    """Remove the directories that have not been written to for a day, and return them.

    owner: the run that removes them. now: the Unix time. A directory that another run is writing
    to, or that cannot be removed, is kept.
    """
    removed = []
    for directory in directories:
        with suppress(OSError, EngineError):
            if directory.is_symlink() or now - directory.stat().st_mtime < DAY:
                continue
            remove_directory(directory, owner)
            removed.append(directory)
    return tuple(removed)


def remove_directory(directory: Path, owner: str) -> None:
    """Remove an index directory. Raises IndexBusy if a run is writing to it, and OSError."""
    with write_lock(directory, owner, 0, lambda _: None):
        _remove_files(directory)
    _remove_lock(directory)


def _remove_files(directory: Path) -> None:
    """Remove all files except the lock files, tables of contents before segments."""
    names = (HOLDER_FILE, LOCK_FILE)
    paths = [path for path in directory.iterdir() if path.name not in names]
    for path in sorted(paths, key=lambda path: not path.name.startswith(TOC_PREFIX)):
        path.unlink()


def _remove_lock(directory: Path) -> None:
    (directory / LOCK_FILE).unlink(missing_ok=True)
    directory.rmdir()
