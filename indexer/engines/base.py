"""The Engine protocol: what stores terms, matches, ranks and counts, and knows nothing of pages."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, Self

from indexer.clock import now
from indexer.content.activity import Activity
from indexer.progress import Progress, no_progress
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import Matches, Plan, StoredActivity

OnWait = Callable[[str], None]  # hears for whom a writer waits: owner, host, pid, since when


def lock_holder(owner: str) -> dict[str, Any]:
    """What a writer leaves beside its lock, for those who wait: who it is, where and since when."""
    return {"owner": owner, "host": socket.gethostname(), "pid": os.getpid(), "since": now()}


def describe_holder(found: Mapping[str, Any]) -> str:
    """A claim that was found, as people read it."""
    owner, host, pid, since = (found.get(name) for name in ("owner", "host", "pid", "since"))
    return f"{owner} on {host}, pid {pid}, since {since}"


class EngineError(Exception):
    """The engine cannot answer. str() says what is wrong and what to do."""

    code = "engine_unavailable"


class EngineUnavailable(EngineError):
    """It cannot be reached, or what it needs is refused: space, permission, locks."""


class IndexBusy(EngineError):
    """Another writer holds the index; the message says who, where and since when."""

    code = "index_busy"

    @classmethod
    def by(cls, who: str) -> Self:
        """The error of one who has waited long enough."""
        return cls(f"the index is being written by {who}: wait for it to end, or run again later")


class IndexMissing(EngineError):
    """There is no index yet."""

    code = "index_missing"


class IndexOutOfDate(EngineError):
    """There is an index, but of another FINGERPRINT."""

    code = "index_out_of_date"


class IndexDamaged(EngineError):
    """The index is there but cannot be read; the message names the file."""

    code = "index_damaged"


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the whole index. Numbers only grow, also after a rollback."""

    number: int
    indexed_at: str  # ISO 8601, UTC
    owner: str  # who made it: "activities index by ana@host, pid 12"
    activities: int
    restores: int | None = (
        None  # the generation that a rollback brought back; such an index is held
    )


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What an index takes."""

    segments: int  # of the newest generation: each costs every search a fixed time
    size: int  # bytes on disk, kept generations included


@dataclass(frozen=True, slots=True)
class Expansion:
    """The terms that a Prefix or Fuzzy stands for, with document frequencies, commonest first."""

    terms: tuple[tuple[str, int], ...]
    cut: bool  # there were more than asked for


class Snapshot(Protocol):
    """One generation, immutable: everything one page shows comes from one snapshot."""

    @property
    def generation(self) -> Generation: ...

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        """The answers to the plans, in their order, in as few round trips as possible."""

    def scan(self, plan: Plan) -> Iterator[StoredActivity]:
        """Every match in the plan's order, in flat memory; offset and limit are ignored."""

    def get(self, *ids: str) -> tuple[StoredActivity | None, ...]:
        """The activities of these ids, None for each that is not there."""

    def digests(self) -> Mapping[str, str]:
        """The digest of each activity, by id."""

    def terms(self, column: str, start: str = "", limit: int = 1000) -> Sequence[tuple[str, int]]:
        """Terms that begin with start, ascending, with document frequencies: of "id", a keyword or integer field, or an
        exact stream ("body.exact")."""

    def frequencies(self, column: str, terms: Sequence[str]) -> Mapping[str, int]:
        """In how many activities each of these terms of a column stands, in as few round trips as possible; those that
        stand in none are left out."""

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[str], limit: int) -> Expansion:
        """The terms of these columns that a prefix or fuzzy word stands for, frequencies added up."""


class Writer(Protocol):
    """The one writer. Leaving its context without commit() discards everything."""

    def digests(self) -> Mapping[str, str]:
        """The digest of each activity in the current generation, by id; empty for a rebuild."""

    def last_good(self, id: str) -> StoredActivity | None:
        """The version of an activity in the newest generation that can be read; where this FINGERPRINT has
        none, in that of the release before."""

    def put(self, activity: Activity) -> None:
        """Add an activity, or replace the one of its id. The last of several wins."""

    def keep(self, stored: StoredActivity) -> None:
        """Put an activity back as it was, with the time it was indexed."""

    def delete(self, id: str) -> None:
        """Remove an activity; nothing happens if there is none."""

    def commit(self, progress: Progress = no_progress) -> Generation:
        """Make it all visible at once and durable, or raise and change nothing."""


class Engine(Protocol):
    """Where generations live."""

    @property
    def identity(self) -> str:
        """Which index this is: what is kept of one (scan.py) is never taken for another's. Raises an EngineError."""

    def snapshot(self, generation: int | None = None) -> AbstractContextManager[Snapshot]:
        """The newest generation, or a kept older one. Raises an EngineError; never repairs."""

    def writer(
        self, owner: str, timeout: float, rebuild: bool = False, waiting: OnWait = lambda _: None
    ) -> AbstractContextManager[Writer]:
        """The writer's lock, held until the context ends. Raises IndexBusy after timeout seconds."""

    def generations(self) -> tuple[Generation, ...]:
        """The generations that can be asked for or returned to, oldest first."""

    def footprint(self) -> IndexStats:
        """What the index takes. Raises an EngineError where there is none."""

    def rollback(
        self, to: int, owner: str, timeout: float = 0, waiting: OnWait = lambda _: None
    ) -> Generation:
        """A new generation that equals the older one, and is held until index --resume. Raises an EngineError."""
