"""Refuse deletions that are probably accidental.

A run refuses to delete more than half of at least MIN_ACTIVITIES activities, or all activities of
an index of any size. All deletions of the last hour are counted, so that `rm -r` under a watcher,
which sees it in small batches, is also refused. Deletions below a folder that was a mount point and
is not mounted are always refused. Withdrawn activities, files with errors and texts that have moved
to another id do not count as deletions.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from indexer.clock import iso
from indexer.engines.base import Engine, EngineError, Generation, IndexOutOfDate
from indexer.indexing.mounts import configured_mount_points, mount_points
from indexer.indexing.removal_log import RemovalLog, text_key
from indexer.indexing.withdrawals import stored_activities

MIN_ACTIVITIES = 20
WINDOW_SECONDS = 3600.0
HOW_TO_GO_ON = (
    "put the files back, or delete the activities from the index with "
    '"activities index --allow-deletions"'
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Deletions that a run has refused. The activities stay in the index."""

    ids: frozenset[str]  # the activities without a file
    deleted: int  # number of activities deleted in the last hour, including these
    total: int  # number of activities in the largest generation of the last hour
    places: tuple[str, ...]  # clauses of the message about folders that are empty or not mounted

    def __str__(self) -> str:
        places = "".join(f"; {place}" for place in self.places)
        if not self.ids:
            return f"the content folder has no activities, but the index has{places}: restore it"
        count = f"{len(self.ids)} of {self.total} activities"
        within = f" ({self.deleted} within an hour)" if self.deleted > len(self.ids) else ""
        return f"{count} no longer have a file and are not deleted{within}{places}: {HOW_TO_GO_ON}"

    def as_json(self) -> dict[str, Any]:
        """Return the refusal as JSON values."""
        return {
            "deletions": len(self.ids),
            "deleted_in_last_hour": self.deleted,
            "total": self.total,
            "places": list(self.places),
            "message": str(self),
        }


@dataclass(frozen=True, slots=True)
class Deletions:
    """The activities that a run would delete, and other facts about the run."""

    ids: Collection[str]  # indexed activities without a file
    before: int  # number of activities in the index
    remaining: int  # number of these that stay in the index
    indexed: Mapping[str, str]  # the digests of the index after the run, by id
    additions: Mapping[str, bytes]  # text_key() of the activities that the run adds, by id
    paths: Mapping[str, str]  # FolderState.paths of the last run


class DeletionGuard:
    """Decides which deletions of a run are refused."""

    def __init__(
        self,
        engine: Engine,
        content: Path,
        log: RemovalLog,
        *,
        allow: bool = False,
    ) -> None:
        """Take the generations from the engine, and earlier deletions from the log."""
        self._engine, self._content, self._log, self.allow = engine, content, log, allow
        self.mounts = mount_points(content)  # the content is read from these now

    def check(self, deletions: Deletions) -> Refusal | None:
        """Return a refusal of deletions; None if they are allowed."""
        if self.allow:
            return None
        if not deletions.ids:
            return self._check_former_release(deletions)
        since, after = self._window()
        additions = self._log.additions(since) | dict(deletions.additions)
        added = Counter(key for id, key in additions.items() if id in deletions.indexed)
        moved = self._moved(deletions.ids, added)
        ids = set(deletions.ids) - moved
        if not ids:
            return None
        files = self._files(ids, deletions.paths)
        missing = self._missing_mounts()
        below_missing = {id for id, file in files.items() if _is_below(file, missing)}
        earlier = {
            id: key
            for id, key in self._log.deletions(since).items()
            if id not in deletions.indexed and id not in ids
        }
        count = len(ids) + len(earlier) - (Counter(earlier.values()) & added).total()
        total = max(deletions.before, self._log.largest(since), self._largest(since, after))
        is_half = total >= MIN_ACTIVITIES and 2 * count > total
        is_all = deletions.remaining + len(moved) == 0
        if is_half or is_all:
            return Refusal(frozenset(ids), count, total, self._places(files.values()))
        if below_missing:
            places = self._places([files[id] for id in below_missing])
            return Refusal(frozenset(below_missing), len(below_missing), total, places)
        return None

    def _check_former_release(self, deletions: Deletions) -> Refusal | None:
        """Refuse to replace the index of an earlier release with an empty one."""
        if deletions.before or deletions.indexed:
            return None
        try:
            with self._engine.snapshot():
                return None
        except IndexOutOfDate:
            return Refusal(frozenset(), 0, 0, self._places(()))
        except EngineError:
            return None

    def _moved(self, ids: Collection[str], added: Counter[bytes]) -> set[str]:
        """Return the ids whose texts were added under other ids, and subtract them from added."""
        moved = set()
        for activity in stored_activities(self._engine, sorted(ids)) if added else ():
            key = text_key(activity.text)
            if added[key] > 0:
                added[key] -= 1
                moved.add(activity.id)
        return moved

    def _window(self) -> tuple[float, int]:
        """Return the start of the window as a Unix time, and the last generation before it.

        Deletions that were allowed with --allow-deletions, and earlier ones, do not count.
        """
        allowed_at, after = self._log.allowed()
        return max(time.time() - WINDOW_SECONDS, allowed_at), after

    def _largest(self, since: float, after: int) -> int:
        """Return the size of the largest generation that was current at any time since a time."""
        try:
            generations: Sequence[Generation] = self._engine.generations()
        except EngineError:
            return 0
        start = iso(int(since))
        current = list(generations[-1:])
        current += [old for old, next in pairwise(generations) if next.indexed_at >= start]
        return max((each.activities for each in current if each.number > after), default=0)

    def missing_places(self) -> str:
        """Return clauses about the missing mount points of the content, or ""."""
        return "; ".join(self._places(()) if self._missing_mounts() else ())

    def _missing_mounts(self) -> set[str]:
        """Return the mount points of the content that are not mounted, or are empty."""
        known = self._log.mounts() | configured_mount_points(self._content)
        missing = known - self.mounts
        return missing | {path for path in known & self.mounts if _is_empty(path)}

    def _files(self, ids: Iterable[str], paths: Mapping[str, str]) -> dict[str, str]:
        """Return the absolute paths of the files of activities, by id."""
        folder = os.path.realpath(self._content)
        return {id: f"{folder}/{paths.get(id, id)}" for id in ids}

    def _places(self, files: Iterable[str]) -> tuple[str, ...]:
        """Return clauses about the folders of deleted files that may not be mounted."""
        folders = {file.rpartition("/")[0] for file in files}
        clauses = []
        for path in sorted(self._missing_mounts()):
            if not folders or any(_is_below(f"{folder}/", [path]) for folder in folders):
                state = "an empty mount point" if path in self.mounts else "not mounted"
                clauses.append(f"{path} is {state}: mount it again")
        if not clauses:
            empty = sorted(folder for folder in folders | {str(self._content)} if _is_empty(folder))
            clauses = [f"{path} is empty: is it a mount point?" for path in empty[:1]]
        return tuple(clauses)


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _is_empty(folder: str) -> bool:
    """Return whether a folder exists and has no entries, apart from "lost+found"."""
    try:
        return not set(os.listdir(folder)) - {"lost+found"}
    except OSError:
        return False
