"""Look up one activity by its id or by a former id."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from flask import Flask

from indexer.content.activity import Activity
from indexer.content.values import is_id
from indexer.content.visible_text import cut_message
from indexer.engines.base import EngineError, Generation, Snapshot
from indexer.search.aliases import activities_by_alias
from indexer.search.more_like_this import SimilarActivity, more_like_this
from indexer.search.repeats import Repeat, repeats
from indexer.search.replay import Replay, open_cited
from webapp.app_state import app_state

log = logging.getLogger("activities")


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """An activity, its repeats and the activities similar to it, from one generation."""

    stored: Activity
    generation: Generation
    # Both are empty for an alias. Similar activities do not include repeats.
    repeats: tuple[Repeat, ...]
    more_like_this: tuple[SimilarActivity, ...]
    replay: Replay | None = None  # set if an older generation is shown
    current: Activity | None = None  # then the current version, if there is one


def activity_page(app: Flask, id: str, generation: int | None = None) -> ActivityPage | None:
    """Return the page of the activity with an id or alias; None if no activity has it.

    generation: the generation that the address was cited from. If it is kept and has the activity,
    the page shows the former version. Raises EngineError.
    """
    engine = app_state(app).engine
    with engine.snapshot() as newest:
        current = find_activity(newest, id)
        if generation is not None:
            with open_cited(engine, generation) as (snapshot, replay):
                if replay and (stored := find_activity(snapshot, id)):
                    page = _page(snapshot, stored, id)
                    return replace(page, replay=replay, current=current)
        if current is None:
            return None
        return _page(newest, current, id)


def _page(snapshot: Snapshot, stored: Activity, id: str) -> ActivityPage:
    """Return the page of an activity with an id, or with an alias."""
    if stored.id != id:
        return ActivityPage(stored, snapshot.generation, (), ())
    repeated = repeats(snapshot, stored)
    similar = more_like_this(snapshot, stored, {repeat.activity.id for repeat in repeated})
    return ActivityPage(stored, snapshot.generation, repeated, similar)


def withdrawn_at(app: Flask, id: str) -> str | None:
    """Return when the activity with an id was withdrawn (ISO 8601).

    The caller knows that no activity has the id now. None if it was never public, or the record of
    changes cannot be read.
    """
    id = id.removesuffix("/")
    if not is_id(id):
        return None
    try:
        return app_state(app).engine.change_record().withdrawn_at(id)
    except EngineError as error:
        log.warning("%s: %s", error.code, cut_message(str(error)))
        return None


def find_activity(snapshot: Snapshot, id: str) -> Activity | None:
    """Return the activity with an id or alias. A trailing slash is ignored.

    A text that cannot be an id is not looked up. Raises EngineError.
    """
    id = id.removesuffix("/")
    if not is_id(id):
        return None
    return snapshot.get(id)[0] or activities_by_alias(snapshot, [id]).get(id)
