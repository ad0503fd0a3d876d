"""Add the changes of new generations to the record of changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from indexer.content.activity import Activity
from indexer.engines.base import Engine, EngineError, Generation, Snapshot
from indexer.engines.change_record import (
    FORGOTTEN,
    Change,
    Commit,
    edited_fields,
    version_digest,
)

IDS_PER_REQUEST = 500  # activities that are read from an index at a time


def record_changes(
    engine: Engine, changed: Collection[str] | None = None, public: Collection[str] = ()
) -> None:
    """Record each kept generation that is newer than the record.

    Each is compared with the generation before it, so a run that was killed after its commit is
    recorded by the next one. If the generation before is damaged or no longer kept, the record
    begins again. The caller holds the write lock. changed: the ids that the last commit may have
    changed. public: the ids that were public before, if the index has no earlier generation: those
    missing from it now are recorded as withdrawn. Raises an EngineError.
    """
    record = engine.change_record()
    newest = record.newest()
    generations = engine.generations()
    numbers = [(generation.number, generation.indexed_at) for generation in generations]
    start = 0
    if newest is not None and (newest.generation, newest.indexed_at) in numbers:
        start = numbers.index((newest.generation, newest.indexed_at)) + 1
    elif generations:
        first = first_commit(generations[0])
        if public and len(generations) == 1:
            with engine.snapshot(first.generation) as snapshot:
                gone = sorted(set(public) - snapshot.digests().keys())
            changes = (Change(id, "withdrawn", before=FORGOTTEN) for id in gone)
            first = replace(first, changes=tuple(changes))
        record.append(first)
        start = 1
    for at in range(start, len(generations)):
        is_last_commit = at == len(generations) - 1 == start
        before, generation = generations[at - 1], generations[at]
        record.append(_commit(engine, before, generation, changed if is_last_commit else None))


def record_changes_or_explain(
    engine: Engine, changed: Collection[str] | None = None, public: Collection[str] = ()
) -> str:
    """Call record_changes(), and return the message of its error, or "".

    The commit is valid without it, and the next run records it.
    """
    try:
        record_changes(engine, changed, public)
    except EngineError as error:
        return str(error)
    return ""


def _commit(
    engine: Engine, before: Generation, generation: Generation, changed: Collection[str] | None
) -> Commit:
    try:
        with engine.snapshot(before.number) as old, engine.snapshot(generation.number) as new:
            changes = tuple(compare(old, new, changed))
    except EngineError:  # a damaged generation
        return first_commit(generation)
    return Commit(generation.number, generation.indexed_at, before.number, changes)


def first_commit(generation: Generation) -> Commit:
    """Return the commit with which a record begins."""
    return Commit(generation.number, generation.indexed_at, None)


def compare(old: Snapshot, new: Snapshot, ids: Iterable[str] | None = None) -> Iterator[Change]:
    """Yield the changes from one generation to another, in the order of ids.

    ids: the activities that may differ; by default they are found by their digests.
    """
    candidates = _differing(old, new) if ids is None else sorted(ids)
    for id, before, after in stored_versions(old, new, candidates):
        if (change := _change(id, before, after)) is not None:
            yield change


def stored_versions(
    old: Snapshot, new: Snapshot, ids: Sequence[str]
) -> Iterator[tuple[str, Activity | None, Activity | None]]:
    """Yield each id with its activity in both generations, None where it is missing."""
    for start in range(0, len(ids), IDS_PER_REQUEST):
        batch = ids[start : start + IDS_PER_REQUEST]
        yield from zip(batch, old.get(*batch), new.get(*batch), strict=True)


def _differing(old: Snapshot, new: Snapshot) -> Sequence[str]:
    before, after = old.digests(), new.digests()
    return sorted(id for id in before.keys() | after.keys() if before.get(id) != after.get(id))


def _change(id: str, before: Activity | None, after: Activity | None) -> Change | None:
    if after is None:
        return Change(id, "withdrawn", before=version_digest(before)) if before else None
    if before is None:
        return Change(id, "added", after=version_digest(after))
    if fields := edited_fields(before, after):
        return Change(id, "edited", fields, version_digest(before), version_digest(after))
    return None
