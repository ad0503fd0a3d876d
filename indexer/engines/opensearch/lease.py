"""One writer at a time, on any machine: a document that the writer renews until it is done.

A waiting writer watches the document's version with its own clock, so clocks need not agree. A
holder that is slow and comes back after its lease expired does no harm: the pointer has moved,
so its own move fails (pointer.py).
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
from indexer.engines.opensearch.client import WRITE_RETRY_SECONDS
from indexer.engines.opensearch.errors import Conflict, Missing
from indexer.engines.opensearch.mapping import LAYOUT
from indexer.engines.opensearch.pointer import StateIndex

LEASE_SECONDS = 15.0  # a holder that does not renew its lease for so long counts as dead
RENEW_SECONDS = LEASE_SECONDS / 3
POLL_SECONDS = 0.2  # between two looks at another writer's lease


def document_id(layout: str | None = None) -> str:
    """Return the id of the lease document of a layout, by default the current one."""
    return f"lease-{layout or LAYOUT}"


class Lease:
    """A lease that this process holds. A thread renews it until release()."""

    def __init__(
        self, state: StateIndex, body: Mapping[str, Any], version: tuple[int, int]
    ) -> None:
        """Start renewing the lease document, written with this body and version."""
        self._state, self._body, self._version = state, dict(body), version
        self._id = document_id()
        self.token = str(body["token"])  # identifies the run
        self._lost = self._released = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise IndexBusy if another writer has taken the lease."""
        if self._lost:
            raise IndexBusy(
                "this run was too slow and another run has taken over the index: "
                "run this again later"
            )

    def _renew(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._released, RENEW_SECONDS)
                if self._released:
                    return
            self._body["beats"] += 1
            try:
                self._version = self._state.put(self._id, self._body, self._version, LEASE_SECONDS)
            except Conflict:
                self._lost = True
                return
            except EngineError:  # the cluster may return before another run takes the lease
                pass

    def release(self) -> None:
        """Delete the lease document. If the cluster does not answer, the lease expires."""
        with self._wake:
            self._released = True
            self._wake.notify()
        self._thread.join()
        if not self._lost:
            with suppress(EngineError):
                self._state.delete(self._id, self._version)


def _is_dead_local_process(body: Mapping[str, Any]) -> bool:
    """True if the holder was a process of this machine that has ended."""
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
    """Hold the writer's lease until the context ends.

    on_wait is called once for every holder that it waits for. Raises IndexBusy after timeout
    seconds.
    """
    lease = _acquire(state, owner, timeout, on_wait)
    try:
        yield lease
    finally:
        lease.release()


def _acquire(state: StateIndex, owner: str, timeout: float, on_wait: OnWait) -> Lease:
    deadline = time.monotonic() + timeout
    body = lock_holder(owner) | {"kind": "lease", "token": uuid4().hex, "beats": 0}
    reported_holder = ""
    last_version: tuple[int, int] | None = None
    last_renewal = time.monotonic()
    state.create()
    while True:
        if (current := state.get(document_id())) is None:
            # Check again: writing a document to a missing index would create one that is not ours.
            state.create()
        if current and current[1] != last_version:
            last_version, last_renewal = current[1], time.monotonic()
        if (
            current is None
            or _is_dead_local_process(current[0])
            or time.monotonic() - last_renewal >= LEASE_SECONDS
        ):
            version = current[1] if current else None
            with suppress(Conflict, Missing):  # another writer was faster
                # A writer's time limit: a hanging node may have a copy of the state index.
                return Lease(
                    state, body, state.put(document_id(), body, version, WRITE_RETRY_SECONDS)
                )
            continue
        holder = describe_holder(current[0])
        if time.monotonic() >= deadline:
            raise IndexBusy.held_by(holder)
        if holder != reported_holder:
            reported_holder = holder
            on_wait(holder)
        time.sleep(POLL_SECONDS)
