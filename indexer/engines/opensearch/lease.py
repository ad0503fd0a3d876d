"""One writer at a time, across machines: a document that its holder renews, and that runs out when nobody does.

Who waits watches the document's version by a clock of its own, so that no two clocks need agree. A holder that was only
slow and comes back too late can do no harm: the pointer was moved meanwhile, and its own move fails (pointer.py).
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from indexer.engines.base import EngineError, IndexBusy, OnWait, describe_holder, lock_holder
from indexer.engines.opensearch.client import PERSISTENCE, Conflict, Missing
from indexer.engines.opensearch.mapping import LAYOUT
from indexer.engines.opensearch.pointer import StateIndex

TERM = 15.0  # seconds without a renewal after which a holder counts as dead
RENEWED = TERM / 3
POLL = 0.2
_ID = f"lease-{LAYOUT}"


class Lease:
    """A lease that is held. token names its run."""

    def __init__(
        self, state: StateIndex, body: Mapping[str, Any], version: tuple[int, int]
    ) -> None:
        self._state, self._body, self._version = state, dict(body), version
        self.token = str(body["token"])
        self._lost = self._ended = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def hold(self) -> None:
        """Go on only while it is held. Raises IndexBusy."""
        if self._lost:
            raise IndexBusy(
                "this run was taken for dead, and another one has the index: run this again later"
            )

    def _renew(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._ended, RENEWED)
                if self._ended:
                    return
            self._body["beats"] += 1
            try:
                self._version = self._state.put(_ID, self._body, self._version, TERM)
            except Conflict:
                self._lost = True
                return
            except EngineError:  # the cluster may come back before another run asks for the lease
                pass

    def release(self) -> None:
        """Give it back; where the cluster does not answer, it runs out."""
        with self._wake:
            self._ended = True
            self._wake.notify()
        self._thread.join()
        if not self._lost:
            seq, term = self._version
            with suppress(EngineError):
                params = {"if_seq_no": seq, "if_primary_term": term}
                self._state.cluster.ask("DELETE", f"{self._state.path}/_doc/{_ID}", params=params)


def _died_here(body: Mapping[str, Any]) -> bool:
    """Whether the holder was a process of this machine, and is no more."""
    if body.get("host") != socket.gethostname() or not isinstance(body.get("pid"), int):
        return False
    try:
        os.kill(body["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@contextmanager
def leased(state: StateIndex, owner: str, timeout: float, on_wait: OnWait) -> Iterator[Lease]:
    """The writer's lease. on_wait hears for whom it waits, once for each. Raises IndexBusy after timeout seconds."""
    lease = _acquired(state, owner, timeout, on_wait)
    try:
        yield lease
    finally:
        lease.release()


def _acquired(state: StateIndex, owner: str, timeout: float, on_wait: OnWait) -> Lease:
    deadline = time.monotonic() + timeout
    body = lock_holder(owner) | {"kind": "lease", "token": uuid4().hex, "beats": 0}
    said = ""
    seen: tuple[int, int] | None = None
    since = time.monotonic()
    state.make()
    while True:
        if (found := state.get(_ID)) is None:
            state.make()  # looked at anew: a document for no index would make one that is not ours
        if found and found[1] != seen:
            seen, since = found[1], time.monotonic()
        if found is None or _died_here(found[0]) or time.monotonic() - since >= TERM:
            with suppress(Conflict, Missing):  # another one was quicker
                # As patient as the run that follows: a node that hangs has a copy of it.
                return Lease(
                    state, body, state.put(_ID, body, found[1] if found else None, PERSISTENCE)
                )
            continue
        who = describe_holder(found[0])
        if time.monotonic() >= deadline:
            raise IndexBusy.held_by(who)
        if who != said:
            said = who
            on_wait(who)
        time.sleep(POLL)
