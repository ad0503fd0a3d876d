"""Opens an older generation for readers, if it is still kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from indexer.engines.base import Engine, EngineError, Snapshot


@contextmanager
def kept_generation(
    engine: Engine,
    number: int,
    indexed_at: str | None = None,
    without: frozenset[str] = frozenset(),
) -> Iterator[Snapshot | None]:
    """Open a generation by its number; None if it is no longer kept or is damaged.

    indexed_at: the time of the generation, if it is known. A generation with this number and
    another time belongs to a later index, and is not opened. without: as for Engine.snapshot().
    """
    with ExitStack() as stack:
        snapshot: Snapshot | None = None
        with suppress(EngineError):
            snapshot = stack.enter_context(engine.snapshot(number, without))
        if snapshot is not None and indexed_at not in (None, snapshot.generation.indexed_at):
            snapshot = None
        yield snapshot
