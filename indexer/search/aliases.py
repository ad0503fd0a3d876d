"""Find activities by their aliases, which are their former ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indexer.content.activity import Activity
from indexer.engines.base import Snapshot
from indexer.query.plan import Column, OrQuery, Plan, TermQuery
from indexer.schema import NOT_STATED

ALIASES = Column("aliases", "value")


def activities_by_alias(snapshot: Snapshot, ids: Iterable[str]) -> Mapping[str, Activity]:
    """Map each id that is an alias to the activity that has it. Raises EngineError."""
    # In the aliases column, NOT_STATED marks the activities without aliases.
    aliases = set(ids) - {NOT_STATED}
    if not aliases:
        return {}
    query = OrQuery(tuple(TermQuery(ALIASES, alias) for alias in sorted(aliases)))
    (matches,) = snapshot.match(Plan(query, limit=len(aliases)))
    return {
        str(alias): activity
        for _, activity in matches.hits
        for alias in activity.meta.get("aliases", ())
        if alias in aliases
    }
