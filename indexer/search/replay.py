"""Open the generation that an address was cited from, without what has been withdrawn since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from indexer.content.activity import Activity
from indexer.engines.base import Engine, EngineError, Generation, Snapshot
from indexer.engines.change_record import ChangeRecord, Commit, edited_fields
from indexer.engines.kept_generation import kept_generation
from indexer.search.aliases import ALIASES, activities_by_alias
from indexer.search.request import SearchRequest

MAX_LEFT_OUT = 10_000  # activities; if more have been withdrawn, the generation is not opened
IDS_PER_REQUEST = 500  # activities that are read from an index at a time


@dataclass(frozen=True, slots=True)
class Replay:
    """An older generation that answers, because the address was cited from it."""

    generation: Generation  # Generation.activities does not count left out activities
    newest: Generation
    left_out: int  # activities of the generation that have been withdrawn since


@contextmanager
def open_cited(engine: Engine, number: int | None) -> Iterator[tuple[Snapshot, Replay | None]]:
    """Open the generation with a number if it is kept and is not the newest one.

    Otherwise open the newest one; the Replay is then None. The snapshot of an older generation has
    no activity that has been deleted or made a draft since. Raises an EngineError.
    """
    with ExitStack() as stack:
        newest = stack.enter_context(engine.snapshot())
        ids = _withdrawn_since(engine, number, newest) if number is not None else None
        if number is not None and ids is not None and len(ids) <= MAX_LEFT_OUT:
            snapshot = stack.enter_context(kept_generation(engine, number, without=ids))
            if snapshot is not None:
                yield snapshot, Replay(snapshot.generation, newest.generation, len(ids))
                return
        yield newest, None


def with_generation(request: SearchRequest, replay: Replay | None) -> SearchRequest:
    """Return a request whose links stay in a replayed generation, and otherwise name none."""
    return replace(request, generation=replay.generation.number if replay else None)


def _withdrawn_since(engine: Engine, number: int, newest: Snapshot) -> frozenset[str] | None:
    """Return the ids of the activities of a generation that have been withdrawn since.

    This excludes an activity whose present version is the same, and an activity whose text is now
    under another id that has its id as an alias. None if the generation is not kept or is the
    newest one, or the record of changes cannot be read.
    """
    if number >= newest.generation.number:
        return None
    with kept_generation(engine, number) as old:
        if old is None:
            return None

        def compute() -> frozenset[str]:
            ids = sorted(_withdrawn_at_some_time(engine, old, newest))
            gone = set[str]()
            for start in range(0, len(ids), IDS_PER_REQUEST):
                gone.update(_gone(old, newest, ids[start : start + IDS_PER_REQUEST]))
            return frozenset(gone)

        try:
            return newest.cached(("withdrawn since", old.generation), compute)
        except EngineError:
            return None


def _withdrawn_at_some_time(engine: Engine, old: Snapshot, newest: Snapshot) -> set[str]:
    """Return the ids that a commit after a kept generation has withdrawn."""
    first, last = old.generation, newest.generation
    commits = _commits_since(engine.change_record(), first)
    ids = {
        change.id
        for commit in commits[1:]
        for change in commit.changes
        if change.kind == "withdrawn"
    }
    recorded = [(commit.generation, commit.indexed_at) for commit in commits]
    is_complete = (
        recorded[:1] == [(first.number, first.indexed_at)]
        and recorded[-1] == (last.number, last.indexed_at)
        and all(commit.previous is not None for commit in commits[1:])
    )
    if is_complete:
        return ids
    # The newest commits are not recorded yet, or there is a gap in the record.
    indexed = old.digests().keys()
    for generation in engine.generations():
        if first.number < generation.number < last.number:
            with kept_generation(engine, generation.number, generation.indexed_at) as snapshot:
                ids |= indexed - snapshot.digests().keys() if snapshot else set()
    return ids | (indexed - newest.digests().keys())


def _commits_since(record: ChangeRecord, generation: Generation) -> list[Commit]:
    """Return the commits from that of a generation on; all of them if it is not recorded."""
    start = 0
    for facts in record.facts():
        if (facts.generation, facts.indexed_at) == (generation.number, generation.indexed_at):
            start = facts.number
            break
    return list(record.commits(start))


def _gone(old: Snapshot, newest: Snapshot, ids: Sequence[str]) -> Iterator[str]:
    """Yield the ids whose version in a kept generation is not public now."""
    renamed = activities_by_alias(newest, newest.frequencies(ALIASES, ids))
    for id, before, after in zip(ids, old.get(*ids), newest.get(*ids), strict=True):
        if before is None:
            continue
        after = after or renamed.get(id)
        if after is None or not _is_same(before, after):
            yield id


def _is_same(before: Activity, after: Activity) -> bool:
    return set(edited_fields(before, after)) <= {"aliases"}
