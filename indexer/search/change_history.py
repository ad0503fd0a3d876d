"""What has changed in an index since a generation or a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from indexer.engines.base import Engine
from indexer.engines.change_record import Change, Commit, CommitFacts, net_changes

MAX_TIME_LENGTH = 40  # characters

Since = int | datetime | timedelta
"""Where changes start: a generation, an aware time, or a time before the newest commit."""


@dataclass(frozen=True, slots=True)
class ChangeHistory:
    """The net changes from one generation to the newest recorded one."""

    base: CommitFacts  # the generation that the changes start from
    newest: Commit
    # Whether the changes start where they were requested to. If not, they start later, at base,
    # because the record begins there or because of is_cut.
    is_complete: bool
    changes: Mapping[str, Change]  # by id, ascending
    changed_by: Mapping[str, Commit]  # the newest commit that changed an activity, by id
    is_cut: bool  # whether the changes up to base are more than the limit


def changes_since(
    engine: Engine, since: Since, max_changes: int | None = None
) -> ChangeHistory | None:
    """Return the changes since a generation or a time; None without any record.

    If the record begins later, it returns the changes since its beginning. max_changes: the commits
    that are read have at most this many changes in total. Raises an EngineError.
    """
    record = engine.change_record()
    base: CommitFacts | None = None
    start = size = 0
    is_cut = False
    for facts in record.facts():
        if isinstance(since, timedelta):
            since = datetime.fromisoformat(facts.indexed_at) - since
        start, base = base.number if base else 0, facts
        # Earlier commits cannot be compared with one that has no previous generation.
        if facts.previous is None or not is_after(facts, since):
            break
        size += 1 + facts.size  # a commit without changes takes time too
        if max_changes is not None and size > max_changes:
            is_cut = True
            break
    if base is None or isinstance(since, timedelta):
        return None
    commits = list(record.commits(start)) if start else []
    changes = net_changes(commits)
    return ChangeHistory(
        base,
        commits[-1] if commits else Commit(base.generation, base.indexed_at, base.previous),
        not is_after(base, since),
        {id: changes[id] for id in sorted(changes)},
        {change.id: commit for commit in commits for change in commit.changes},
        is_cut,
    )


def parse_since(text: str) -> int | datetime | None:
    """Return the generation or the time that a text states; None if it states neither.

    A time is ISO 8601, such as 2026-11-28. Without a zone it is in UTC.
    """
    if re.fullmatch(r"[1-9][0-9]{0,8}", text):
        return int(text)
    if not text.isascii() or len(text) > MAX_TIME_LENGTH:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def is_after(commit: Commit | CommitFacts, since: int | datetime) -> bool:
    """Return whether a commit is later than a generation or a time."""
    if isinstance(since, int):
        return commit.generation > since
    return datetime.fromisoformat(commit.indexed_at) > since
