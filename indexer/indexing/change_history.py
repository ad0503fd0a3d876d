"""What has changed in an index since a generation or a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from indexer.engines.base import Engine
from indexer.engines.change_record import Change, Commit, net_changes


@dataclass(frozen=True, slots=True)
class ChangeHistory:
    """The net changes from one generation to the newest recorded one."""

    base: Commit  # the generation that the changes start from
    newest: Commit
    # Whether the record reaches back to the time that was requested. If not, it begins at base.
    is_complete: bool
    changes: Mapping[str, Change]  # by id, ascending


def changes_since(engine: Engine, since: int | datetime) -> ChangeHistory | None:
    """Return the changes since a generation or a time; None without any record.

    If the record begins later, it returns the changes since its beginning. Raises an EngineError.
    """
    commits: list[Commit] = []
    for commit in engine.change_record().commits():
        if commit.previous is None:  # earlier commits cannot be compared with this one
            commits = []
        commits.append(commit)
    if not commits:
        return None
    at = 0
    while at + 1 < len(commits) and not _is_after(commits[at + 1], since):
        at += 1
    base = commits[at]
    changes = net_changes(commits[at + 1 :])
    ordered = {id: changes[id] for id in sorted(changes)}
    return ChangeHistory(base, commits[-1], not _is_after(base, since), ordered)


def _is_after(commit: Commit, since: int | datetime) -> bool:
    if isinstance(since, int):
        return commit.generation > since
    return datetime.fromisoformat(commit.indexed_at) > since
