"""What one run writes: gathered in a file, then versions made and closed, and the pointer moved; or nothing."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from indexer.clock import now
from indexer.content.activity import Activity
from indexer.engines.base import EngineError, EngineUnavailable, Generation, IndexDamaged
from indexer.engines.opensearch.bulk import SIZE, Action, Lines, actions, send
from indexer.engines.opensearch.client import LONG, PERSISTENCE, Refused
from indexer.engines.opensearch.dictionary import FrequencyChange
from indexer.engines.opensearch.lease import Lease
from indexer.engines.opensearch.mapping import (
    LAYOUT,
    SERVING,
    document,
    new_index,
    storable,
    streams,
)
from indexer.engines.opensearch.pointer import Pointer, PublishedGeneration, check
from indexer.engines.opensearch.serializer import dumps, loads
from indexer.progress import Progress, no_progress

if TYPE_CHECKING:
    from indexer.engines.opensearch.engine import OpenSearchEngine

AT_ONCE = 1_000  # versions that are looked for in one request
UNNUMBERED = (
    b"\0"  # in the place of a run's number, which it gets when it commits; JSON has no such byte
)
WHOLE = 120.0  # seconds to wait for the copies of a new index; it can be served without them


class OpenSearchWriter:
    """Implements Writer. Nothing of it is visible before commit()."""

    def __init__(
        self, engine: OpenSearchEngine, lease: Lease, pointer: Pointer, owner: str, rebuild: bool
    ) -> None:
        self._engine, self._lease, self._pointer, self._owner = engine, lease, pointer, owner
        self._base = None if rebuild or not pointer.held else pointer.held[-1]
        if self._base:
            engine.check(
                self._base.index
            )  # a run that changes nothing must not pass over damage in silence
        self.number: int | None = None  # of the generation that it writes, once it does
        self._opened = now()
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed by close()
        self._changes: dict[
            str, tuple[int, int] | None
        ] = {}  # by id: where in the file; None is a deletion
        self._words = FrequencyChange()
        self._end = 0  # of the file

    def close(self) -> None:
        """Let go of what was gathered."""
        self._file.close()

    def digests(self) -> Mapping[str, str]:
        return self._engine.of(self._base).digests() if self._base else {}

    def last_good(self, id: str) -> Activity | None:
        return self._before.get(id)[0] if self._before else None

    @cached_property
    def _before(self) -> Any:
        """The newest generation that can be read: older ones may have what was deleted since."""
        for pointer in (self._pointer, *self._engine.state.older()):
            for held in reversed(pointer.kept):
                snapshot = self._engine.of(held)
                with suppress(EngineError):
                    snapshot.get("a")
                    return snapshot
        return None

    def put(self, activity: Activity) -> None:
        self._gather(storable(activity, self._opened))

    def put_stored(self, stored: Activity) -> None:
        self._gather(storable(stored, stored.indexed_at))

    def _gather(self, kept: Mapping[str, Any]) -> None:
        # Made here rather than by the commit: what holds the lease and keeps others waiting should only send.
        analysed = streams(kept)
        made = dumps(document(kept, analysed, 0))
        lines = b'{"index":{"_id":"%b%b}}\n{"made":%b%b\n' % (
            UNNUMBERED,
            dumps(f":{kept['id']}")[1:],
            UNNUMBERED,
            made[len(b'{"made":0') :],
        )
        self._forget(kept["id"])
        self._words.add(analysed)
        with _written():
            self._file.write(lines)
        self._changes[kept["id"]] = self._end, len(lines)
        self._end += len(lines)

    def delete(self, id: str) -> None:
        self._forget(id)
        self._changes[id] = None

    def _forget(self, id: str) -> None:
        """Of an activity that was gathered before, its words."""
        if place := self._changes.get(id):
            with _written():
                self._file.flush()
            (action,) = actions(self._gathered(*place, 0))
            self._words.subtract(streams(loads(action.document or b"")["stored"]))

    def _gathered(self, start: int, size: int, number: int) -> bytes:
        """A part of the file, as the run of this number sends it."""
        return os.pread(self._file.fileno(), size, start).replace(UNNUMBERED, b"%d" % number)

    def _puts(self, number: int) -> Iterator[Lines]:
        """What was gathered, but for what was deleted or replaced since; what lies side by side is read at once."""
        first = end = count = 0
        for place in filter(None, self._changes.values()):
            if place[0] != end or end - first > SIZE - place[1]:
                if count:
                    yield Lines(count, self._gathered(first, end - first, number))
                first, count = place[0], 0
            end = sum(place)
            count += 1
        if count:
            yield Lines(count, self._gathered(first, end - first, number))

    # The commit

    def commit(self, progress: Progress = no_progress) -> Generation:
        # Where the pointer was removed by hand, indices that it knew are there still, each with a number.
        taken = (
            (made for _, made in self._engine.indices()) if self._pointer.version is None else ()
        )
        number = max((self._pointer.reserved, *taken)) + 1
        # From here on the number is used, whatever becomes of this run; and of two runs one fails.
        self._pointer = self._engine.state.move(
            replace(self._pointer, reserved=number), self._lease.token
        )
        self.number = number
        index = self._base.index if self._base else f"{self._engine.prefix}-{LAYOUT}-{number}"
        if not self._base:
            self._make(index)
        puts = sum(1 for place in self._changes.values() if place)
        closed = self._write(index, number, puts, progress)
        if not self._base:
            self._serve(index)
        self._engine.refresh(index)
        before = self._base.generation.activities if self._base else 0
        generation = Generation(number, now(), self._owner, before - closed + puts)
        moved = time.time()
        held = (
            self._base.followed(generation, moved)
            if self._base
            else PublishedGeneration(generation, index, ((number, number),), moved)
        )
        found = self._engine.count(held)
        if found != generation.activities:
            raise IndexDamaged(
                f'"{index}" holds {found} activities where {generation.activities} were written: '
                'run "activities index --rebuild"'
            )
        check(
            self._engine.cluster, index
        )  # deleted meanwhile, a bulk request would have made it again, but otherwise
        self._lease.hold()
        self._pointer = self._engine.moved(self._pointer.with_next(held), self._lease.token)
        return generation

    def _make(self, index: str) -> None:
        cluster = self._engine.cluster
        try:
            cluster.ask(
                "PUT", f"/{quote(index)}", new_index(build=True), timeout=LONG, patience=PERSISTENCE
            )
        except Refused as error:
            if error.kind != "resource_already_exists_exception":
                raise
            # It is this run's, where the answer to a first attempt was lost: no other one ever takes its number.
            try:
                check(cluster, index)
            except EngineError:
                raise EngineUnavailable(
                    f'the index "{index}" at {cluster.address} is there already and not of this program; it '
                    "is left as it is: run this again, which takes another name"
                ) from None

    def _write(self, index: str, number: int, puts: int, progress: Progress) -> int:
        """Write the new versions and close those they replace; how many were closed."""
        total, done, closed = len(self._changes), 0, 0

        def more(count: int) -> None:
            nonlocal done
            done += count
            progress("writing", min(done, total), total)

        with _written():
            self._file.flush()

        def lines() -> Iterator[Lines]:
            nonlocal closed
            yield from self._puts(number)
            if self._base:
                for action in self._closings(self._base, number):
                    closed += 1
                    yield action.lines()
            yield from map(Action.lines, self._words.actions(number))

        send(self._engine.cluster, index, lines(), self._lease.hold, more)
        return closed

    def _closings(self, base: PublishedGeneration, number: int) -> Iterator[Action]:
        """The versions that are replaced or removed, closed by this run. One is written whole again, as there are no scripts
        that would change a part; and only as it was read."""
        ids = list(self._changes)
        for at in range(0, len(ids), AT_ONCE):
            wanted = {"bool": {"filter": [base.seen(), {"terms": {"id": ids[at : at + AT_ONCE]}}]}}
            body = {"query": wanted, "size": AT_ONCE, "seq_no_primary_term": True}
            (answer,) = self._engine.cluster.search(
                [({"index": base.index, "allow_partial_search_results": False}, body)]
            )
            for hit in answer["hits"]["hits"]:
                source = hit["_source"]
                closed = [*source.get("closed", ()), number]
                analysed = streams(source["stored"])
                self._words.subtract(analysed)
                yield Action(
                    hit["_id"],
                    dumps(document(source["stored"], analysed, source["made"], closed)),
                    (hit["_seq_no"], hit["_primary_term"]),
                )

    def _serve(self, index: str) -> None:
        """Give a filled index its copies and refreshes, and wait for them."""
        cluster = self._engine.cluster
        cluster.ask(
            "PUT", f"/{quote(index)}/_settings", SERVING, timeout=LONG, patience=PERSISTENCE
        )
        self._engine.refresh(index)
        deadline = time.monotonic() + WHOLE
        while time.monotonic() < deadline:
            self._lease.hold()
            params = {
                "wait_for_status": "green",
                "wait_for_no_initializing_shards": "true",
                "timeout": "5s",
            }
            with suppress(EngineUnavailable):  # 408, where it takes longer
                if (
                    cluster.ask(
                        "GET", f"/_cluster/health/{quote(index)}", params=params, timeout=LONG
                    )["status"]
                    == "green"
                ):
                    return


@contextmanager
def _written() -> Iterator[None]:
    """What is written here goes to the file of what was gathered: a full disk is said in a sentence."""
    try:
        yield
    except OSError as error:
        raise EngineUnavailable(
            f"{tempfile.gettempdir()} cannot be written ({error.strerror}): free some space, or point "
            "TMPDIR elsewhere"
        ) from error


def collect(engine: OpenSearchEngine, pointer: Pointer, highest: int, lease: Lease) -> None:
    """Remove what no generation sees that is kept or was lately: old versions, and what runs that died left.

    Only what runs up to highest made: a run that took this one for dead may be writing. Only the index that is served is
    looked through: one before it goes as a whole, with the last generation that needs it. Raises EngineError.
    """
    used = {held.index for held in pointer.held}
    ours = dict(engine.indices())
    for index, made in ours.items():
        if index not in used and made <= highest:
            lease.hold()
            engine.cluster.ask("DELETE", f"/{quote(index)}", timeout=LONG, patience=PERSISTENCE)
    if (
        not pointer.held or pointer.held[-1].index not in ours
    ):  # gone, or replaced by somebody: a rebuild may follow
        return
    served = pointer.held[-1]
    engine.refresh(served.index)
    seen = [
        clause
        for held in pointer.held
        if held.index == served.index
        for clause in (held.seen(), held.counted())
    ]
    query = {
        "bool": {
            "should": [{"range": {name: {"lte": highest}}} for name in ("made", "counted")],
            "must_not": seen,
            "minimum_should_match": 1,
        }
    }
    garbage = (
        Action(hit["_id"], None, routing=hit.get("_routing", ""))
        for hit in engine.of(served).raw(query)
    )
    send(engine.cluster, served.index, map(Action.lines, garbage), lease.hold, lambda _: None)
