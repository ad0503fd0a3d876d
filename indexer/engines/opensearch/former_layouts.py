"""Remove the indices of other releases, which have other layouts."""

from __future__ import annotations

import re
from contextlib import suppress

from indexer.clock import DAY, seconds_of
from indexer.engines.base import EngineError, IndexBusy
from indexer.engines.opensearch.indices import ActivityIndices
from indexer.engines.opensearch.lease import document_id
from indexer.engines.opensearch.pointer import StateIndex


def remove_unused(state: StateIndex, indices: ActivityIndices, now: float) -> tuple[str, ...]:
    """Remove the layouts that no run has written to for a day.

    Returns one string for each removed layout: the names of its indices, separated by commas. A
    layout whose lease was taken within a day, or that cannot be removed, is kept. now: Unix time.
    """
    removed = []
    for document in state.other_documents("pointer"):
        layout, moved = str(document.get("layout")), document.get("moved")
        if not isinstance(moved, int) or now - moved / 1000 < DAY:
            continue
        if not re.fullmatch("[0-9a-f]{12}", layout):
            continue
        with suppress(EngineError):
            if _is_leased(state, layout, now):
                continue
            removed.append(_remove(state, indices, layout))
    return tuple(removed)


def remove_all(state: StateIndex, indices: ActivityIndices, now: float) -> tuple[str, ...]:
    """Remove all other layouts at once.

    Returns one string for each layout: the names of its indices, separated by commas. now: Unix
    time. Raises IndexBusy if a run of another release may be writing, and other EngineErrors.
    """
    removed = []
    for document in state.other_documents("pointer"):
        layout = str(document.get("layout"))
        if re.fullmatch("[0-9a-f]{12}", layout):
            if _is_leased(state, layout, now):
                raise IndexBusy.held_by("a run of another release")
            removed.append(_remove(state, indices, layout))
    return tuple(removed)


def _remove(state: StateIndex, indices: ActivityIndices, layout: str) -> str:
    """Remove a layout, and return the names of its indices."""
    names = sorted(name for name, _ in indices.find(layout))
    for name in names:
        indices.delete(name)
    # The pointer is deleted last: if this run fails, the next run finds the layout by it.
    for id in (document_id(layout), f"pointer-{layout}"):
        if current := state.get(id):
            state.delete(id, current[1])
    return ", ".join(names)


def _is_leased(state: StateIndex, layout: str, now: float) -> bool:
    """Return whether a run of another layout may be writing."""
    current = state.get(document_id(layout))
    with suppress(TypeError, ValueError, LookupError):
        return current is not None and now - seconds_of(current[0]["since"]) < DAY
    return True
