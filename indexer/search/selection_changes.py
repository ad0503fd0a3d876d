"""What has happened to the activities of a selection since it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from indexer.content.id_hash import id_hash
from indexer.engines.base import Engine
from indexer.engines.change_record import ChangeRecord, Commit, net_changes
from indexer.search.request import Reference
from indexer.search.selection import Selection


@dataclass(frozen=True, slots=True)
class MissingActivity:
    """An activity of a selection that is not in the index."""

    reference: Reference
    id: str = ""  # "" if only its hash is known
    withdrawn_at: str = ""  # ISO 8601, UTC; "" if it is not known ever to have been in the index


@dataclass(frozen=True, slots=True)
class SelectionChanges:
    """The changes of the activities of a selection."""

    missing: tuple[MissingActivity, ...]
    # The names of the fields that were edited since the selection was made, and "text", by id.
    edited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # The date from which the changes are recorded, if the selection is older; "" otherwise.
    recorded_from: str = ""


def selection_changes(
    engine: Engine, selection: Selection, generation: int | None
) -> SelectionChanges:
    """Return what has happened to the activities of a selection.

    generation: the one in which it was made; None if that is not known. Edits are then unknown.
    Raises EngineError.
    """
    record = engine.change_record()
    missing = tuple(_missing(record, selection.missing)) if selection.missing else ()
    if generation is None:
        return SelectionChanges(missing)
    ids = set(selection.ids)
    commits: list[Commit] = []
    first: Commit | None = None  # of those that can be compared with each other
    for commit in record.commits():
        if first is None or commit.previous is None:
            first, commits = commit, []
        elif commit.generation > generation:
            changes = tuple(change for change in commit.changes if change.id in ids)
            commits.append(replace(commit, changes=changes))
    is_older = first is not None and first.generation > generation
    net = net_changes(commits).values()
    edited = {change.id: change.fields for change in net if change.kind == "edited"}
    return SelectionChanges(
        missing, edited, first.indexed_at if first is not None and is_older else ""
    )


def _missing(record: ChangeRecord, references: tuple[Reference, ...]) -> Iterator[MissingActivity]:
    """Yield the ids of missing activities, and the times at which they were withdrawn."""
    hashes = {reference.text for reference in references if reference.is_hash}
    ids: dict[str, str] = {}  # by hash, of the length of the reference
    if hashes:
        lengths = {len(hash) for hash in hashes}
        for commit in record.commits():
            for change in commit.changes:
                if change.kind == "withdrawn":
                    digits = id_hash(change.id)
                    ids |= {digits[:length]: change.id for length in lengths}
    for reference in references:
        id = ids.get(reference.text, "") if reference.is_hash else reference.text
        yield MissingActivity(reference, id, (record.withdrawn_at(id) or "") if id else "")
