"""Renamed activities among the changes of an index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from indexer.engines.base import Snapshot
from indexer.engines.change_record import Change
from indexer.search.aliases import ALIASES, activities_by_alias
from indexer.search.change_history import ChangeHistory

ID = "id"  # the name of the id among the names of edited fields
MAX_RENAMES = 500  # that are recognized; further ones are additions and withdrawals


def with_renames(history: ChangeHistory, snapshot: Snapshot) -> ChangeHistory:
    """Return a history in which a renamed activity is edited, not added and withdrawn.

    An id that is now an alias of another activity has not been withdrawn: its address leads there.
    """
    withdrawn = [id for id, change in history.changes.items() if change.kind == "withdrawn"]
    renames = _renames(snapshot, withdrawn) if withdrawn else {}
    if not renames:
        return history
    changes = {id: change for id, change in history.changes.items() if id not in renames}
    for id, new_id in renames.items():
        added = changes.get(new_id)
        if added is not None and added.kind == "added":
            before = history.changes[id].before
            changes[new_id] = Change(new_id, "edited", (ID,), before, added.after)
    return replace(history, changes=changes)


def _renames(snapshot: Snapshot, ids: Iterable[str]) -> Mapping[str, str]:
    """Return the present id of each id that is an alias."""
    former = list(snapshot.frequencies(ALIASES, list(ids)))[:MAX_RENAMES]
    present = activities_by_alias(snapshot, former)
    return {id: present[id].id for id in former if id in present}
