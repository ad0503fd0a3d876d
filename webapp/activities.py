"""Look up one activity by its id or by a former id."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from indexer.content.activity import Activity
from indexer.content.values import is_id
from indexer.engines.base import Generation, Snapshot
from indexer.query.plan import Column, Plan, TermQuery
from indexer.schema import NOT_STATED
from indexer.search.more_like_this import SimilarActivity, more_like_this
from webapp.app_state import app_state


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """An activity and the activities similar to it, from one generation."""

    stored: Activity
    generation: Generation
    more_like_this: tuple[SimilarActivity, ...]  # empty for an alias


def activity_page(app: Flask, id: str) -> ActivityPage | None:
    """Return the page of the activity with an id or alias; None if no activity has it.

    Raises EngineError.
    """
    with app_state(app).engine.snapshot() as snapshot:
        stored = find_activity(snapshot, id)
        if stored is None:
            return None
        similar = more_like_this(snapshot, stored) if stored.id == id else ()
        return ActivityPage(stored, snapshot.generation, similar)


def find_activity(snapshot: Snapshot, id: str) -> Activity | None:
    """Return the activity with an id or alias. A trailing slash is ignored.

    A text that cannot be an id is not looked up. Raises EngineError.
    """
    id = id.removesuffix("/")
    if not is_id(id):
        return None
    activity = snapshot.get(id)[0]
    # In the aliases column, NOT_STATED marks the activities without aliases.
    if activity is None and id != NOT_STATED:
        query = TermQuery(Column("aliases", "value"), id)
        hits = snapshot.match(Plan(query, limit=1))[0].hits
        activity = hits[0][1] if hits else None
    return activity
