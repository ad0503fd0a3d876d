"""Changes of the activities of a selection since its creation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from indexer.content.id_hash import id_hash
from indexer.engines.base import Engine, EngineError
from indexer.engines.change_record import CommitFacts, net_changes
from indexer.search.request import Reference
from indexer.search.selection import Selection, resolve


@dataclass(frozen=True, slots=True)
class MissingActivity:
    """An activity of a selection that is not in the index."""

    reference: Reference
    id: str = ""  # "" if only its hash is known
    new_id: str = ""  # of the present activity with this alias; only in an older generation
    withdrawn_at: str = ""  # ISO 8601, UTC; "" if it is not known ever to have been in the index


@dataclass(frozen=True, slots=True)
class SelectionChanges:
    """The changes of the activities of a selection."""

    missing: tuple[MissingActivity, ...]
    # The names of the fields that were edited since the selection was made, and "text", by id.
    # A renamed activity has none.
    edited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # The date from which the changes are recorded, if the selection is older; "" otherwise.
    recorded_from: str = ""


def selection_changes(
    engine: Engine, selection: Selection, generation: int | None
) -> SelectionChanges:
    """Return what has happened to the activities of a selection.

    generation: the one in which it was made; None if that is not known. Edits are then unknown.
    Without a readable record of changes, only the missing activities are known.
    """
    try:
        return _recorded_changes(engine, selection, generation)
    except EngineError:
        return SelectionChanges(
            tuple(
                MissingActivity(each, "" if each.is_hash else each.text)
                for each in selection.missing
            )
        )


def _recorded_changes(
    engine: Engine, selection: Selection, generation: int | None
) -> SelectionChanges:
    missing = tuple(_missing(engine, selection.missing)) if selection.missing else ()
    if generation is None:
        return SelectionChanges(missing)
    record, ids = engine.change_record(), set(selection.ids)
    first: CommitFacts | None = None  # the commit that the changes start from
    for facts in record.facts():
        first = facts
        if facts.generation <= generation or facts.previous is None:
            break
    commits = [
        replace(commit, changes=tuple(each for each in commit.changes if each.id in ids))
        for commit in (record.commits(first.number + 1) if first is not None else ())
    ]
    net = net_changes(commits).values()
    edited = {
        change.id: change.fields
        for change in net
        if change.kind == "edited" or (change.kind == "added" and change.id in selection.renamed)
    }
    is_older = first is not None and first.generation > generation
    return SelectionChanges(
        missing, edited, first.indexed_at if first is not None and is_older else ""
    )


def _missing(engine: Engine, references: tuple[Reference, ...]) -> Iterator[MissingActivity]:
    """Yield the ids of missing activities, and the times at which they were withdrawn."""
    record = engine.change_record()
    hashes = {reference.text for reference in references if reference.is_hash}
    names: dict[str, str] = {}  # by hash, of the length of the reference
    if hashes:
        lengths = {len(hash) for hash in hashes}
        for commit in record.commits():
            for change in commit.changes:
                if change.kind == "withdrawn":
                    digits = id_hash(change.id)
                    names |= {digits[:length]: change.id for length in lengths}
    ids = [names.get(each.text, "") if each.is_hash else each.text for each in references]
    times = record.withdrawal_times([id for id in ids if id])
    with engine.snapshot() as newest:
        is_renamed = bool(resolve(newest, references).ids)
        new_ids = [resolve(newest, [each]).ids if is_renamed else () for each in references]
    for reference, id, new_id in zip(references, ids, new_ids, strict=True):
        yield MissingActivity(reference, id, "".join(new_id[:1]), times.get(id, ""))
