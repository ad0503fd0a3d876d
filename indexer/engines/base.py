"""The Engine protocol, its value types and its errors.

An engine stores terms, matches and ranks activities, and counts facet values. It does not know
how a query was typed or how a page shows the results.

The errors:

    EngineError
    ├── EngineUnavailable   the engine cannot be reached or used
    ├── IndexBusy           another writer holds the lock
    ├── IndexMissing        there is no index, or no such generation
    ├── IndexOutOfDate      the index belongs to another schema
    ├── IndexDamaged        the index cannot be read
    ├── TooExpensive        the request takes more work than its budget allows
    └── TooBusy             too many requests are being answered
"""

import os
import socket
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from indexer.clock import now
from indexer.content.activity import Activity
from indexer.engines.change_record import ChangeRecord
from indexer.progress import Progress, no_progress
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import Column, Plan

Computed = TypeVar("Computed")

OnWait = Callable[[str], None]
"""Called with a description of the lock holder: owner, host, pid and start time."""


def lock_holder(owner: str) -> dict[str, Any]:
    """Describe this process. A writer stores the result with its lock, for waiting writers."""
    return {"owner": owner, "host": socket.gethostname(), "pid": os.getpid(), "since": now()}


def describe_holder(holder: Mapping[str, Any]) -> str:
    """Format a stored lock_holder() for people."""
    owner, host, pid, since = (holder.get(name) for name in ("owner", "host", "pid", "since"))
    return f"{owner} on {host}, pid {pid}, since {since}"


class EngineError(Exception):
    """The engine cannot answer. The message names the problem and the fix."""

    code = "engine_unavailable"


class EngineUnavailable(EngineError):
    """The engine cannot be reached, or it is refused space, permission or a lock."""


class IndexBusy(EngineError):
    """Another writer holds the index. The message says who, where and since when."""

    code = "index_busy"

    @classmethod
    def held_by(cls, holder: str) -> Self:
        """Return the error for a writer whose timeout has passed."""
        return cls(
            f"the index is being written by {holder}: wait for it to end, or run again later"
        )


class IndexMissing(EngineError):
    """There is no index yet, or the requested generation is not kept."""

    code = "index_missing"


class IndexOutOfDate(EngineError):
    """The index belongs to another schema FINGERPRINT."""

    code = "index_out_of_date"


class IndexDamaged(EngineError):
    """The index exists but cannot be read. The message names the file or the cluster index."""

    code = "index_damaged"


class TooExpensive(EngineError):
    """The request takes more work than its budget allows. indexer.engines.budget counts it."""

    code = "too_expensive"

    @classmethod
    def by_work(cls) -> Self:
        """Return the error with a message that says how to change the search."""
        return cls(
            "this search takes too much work: "
            "use fewer quoted phrases, fewer words with * or ~, or more filters"
        )


class TooBusy(EngineError):
    """Too many other requests are being answered. The same request may succeed later."""

    code = "too_busy"


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the whole index. Numbers only increase, also after a rollback.

    Both engines store the fields under these names.
    """

    number: int
    indexed_at: str  # ISO 8601, UTC
    owner: str  # the run that wrote it: "activities index by ana@host, pid 12"
    activities: int  # number of activities
    # The generation that a rollback restored. Such an index is not changed until --resume.
    restores: int | None = None


@dataclass(frozen=True, slots=True)
class IndexStats:
    """The size of an index."""

    segments: int  # of the newest generation; each one adds a fixed time to every search
    size: int  # bytes on disk, older kept generations included


@dataclass(frozen=True, slots=True)
class Expansion:
    """The terms that match a Prefix or Fuzzy."""

    terms: tuple[tuple[str, int], ...]  # (term, document frequency), most frequent first
    truncated: bool  # more terms match than the limit allowed


class SimilarTerm(NamedTuple):
    """A term spelled like a word."""

    term: str
    frequency: int  # activities with the term, summed over the columns
    edits: int  # optimal string alignment distance from the word

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Nearest first, then most frequent, then in term order."""
        return self.edits, -self.frequency, self.term


@dataclass(frozen=True, slots=True)
class Matches:
    """The result of a Plan."""

    total: int  # activities that match
    total_all: int  # activities that match the plan's query; equal to total without a "most" query
    hits: tuple[tuple[float, Activity], ...]  # (score, activity), from offset to offset + limit
    # One mapping for each of the plan's counts: from the terms of its fields, in the plan's order
    # ("none" where not stated), to a number of activities. Terms without activities are left out.
    counts: tuple[Mapping[tuple[str, ...], int], ...]


class Snapshot(Protocol):
    """A read-only view of one generation. A page takes all its data from one snapshot."""

    @property
    def generation(self) -> Generation:
        """The generation that this snapshot reads."""

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        """Run the plans, in as few round trips as possible. Results are in the order of plans."""

    def scan(self, plan: Plan) -> Iterator[Activity]:
        """Yield every match in the plan's order, in constant memory.

        The plan's offset and limit are ignored.
        """

    def get(self, *ids: str) -> tuple[Activity | None, ...]:
        """Return the activities with these ids, in the same order; None for a missing one."""

    def ids_by_hash(self, prefixes: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Map prefixes of id_hash() to the ids that have them, ascending.

        A prefix has MIN_HASH_LENGTH digits or more. Prefixes without an id are left out.
        """

    def digests(self) -> Mapping[str, str]:
        """Map the id of every activity to its digest."""

    def terms(
        self, column: Column, start: str = "", limit: int = 1000
    ) -> Sequence[tuple[str, int]]:
        """Return (term, document frequency) pairs for terms that begin with start, ascending.

        The column is ID_COLUMN or has an "exact" or "value" stream.
        """

    def frequencies(self, column: Column, terms: Sequence[str]) -> Mapping[str, int]:
        """Map terms of a column to document frequencies, in as few round trips as possible.

        Terms that occur in no activity are left out.
        """

    def stems(self, terms: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the tagged stems that exact terms have because of accents, ascending.

        A word with accents may have another stem than the same word typed without them. These are
        the stems that stem(term, language) does not return, so that a word typed without accents
        also finds the other forms of the word. Terms without such stems are left out. A stem may
        be that of deleted activities.
        """

    def column_frequencies(
        self, terms: Mapping[Column, Sequence[str]]
    ) -> Mapping[Column, Mapping[str, int]]:
        """Return frequencies() of the terms of several text columns, in one round trip."""

    def cached(self, key: Hashable, compute: Callable[[], Computed]) -> Computed:
        """Return the result of compute(), cached for the lifetime of the generation.

        The value must depend on the key and the generation only, and must not be None.
        """

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column], limit: int) -> Expansion:
        """Return the terms that match a prefix or fuzzy word.

        A term's frequency is the sum over the columns.
        """

    def similar_terms(
        self, word: str, edits: int, columns: Sequence[Column], limit: int
    ) -> Sequence[SimilarTerm]:
        """Return the terms of exact columns within 1 or 2 edits of a folded word.

        Their first letter may differ. The nearest come first, then the most frequent, then in term
        order. The word itself is not among them.
        """


class Writer(Protocol):
    """The only writer of an index. Leaving its context without commit() discards all changes."""

    def digests(self) -> Mapping[str, str]:
        """Return the digests of the base generation by id. Empty for a rebuild."""

    def last_good(self, id: str) -> Activity | None:
        """Return an activity from the newest readable generation.

        If this FINGERPRINT has no generation, that of the previous release is read.
        """

    def public_ids(self) -> Collection[str]:
        """Return the ids of the newest readable generation, of any release.

        Call it before commit().
        """

    def put(self, activity: Activity) -> None:
        """Add an activity, or replace the one with its id. The last of several calls wins.

        Its indexed_at is the time of this run. In a rebuild, or after a change of the format, an
        activity with the same file or content keeps its indexed_at.
        """

    def put_stored(self, stored: Activity) -> None:
        """Put back an indexed activity unchanged. Its indexed_at stays the same."""

    def delete(self, id: str) -> None:
        """Remove an activity. An unknown id is ignored."""

    def commit(self, progress: Progress = no_progress, restores: int | None = None) -> Generation:
        """Make all changes visible at once and durable, or raise and change nothing.

        restores is Generation.restores of the new generation.
        """

    def remove_others(self) -> tuple[str, ...]:
        """Remove all generations but the committed one, and the indices of other releases.

        What only they use is removed at once; open snapshots of them fail, or their files are
        removed when they end. Call it after commit(). If it fails, everything can be called again.
        Returns a message for each index of another release. Raises an EngineError.
        """

    def remove_former(self) -> tuple[str, ...]:
        """Remove the indices of earlier releases, and return a message for each of them.

        They are kept for a day after the first commit to this index and after their own last
        commit, so that a downgrade remains possible. Indices that cannot be removed are ignored.
        """


class Engine(Protocol):
    """A place that stores the generations of one index."""

    @property
    def identity(self) -> str:
        """A name for this index. Caches about an index are valid only for the same identity.

        Raises an EngineError.
        """

    def snapshot(
        self, generation: int | None = None, without: frozenset[str] = frozenset()
    ) -> AbstractContextManager[Snapshot]:
        """Open the newest generation, or an older one that is kept.

        without: ids of activities of the generation. The snapshot has none of them, and neither
        their values nor their words: nothing that it returns depends on them. Raises an
        EngineError; never repairs the index.
        """

    def writer(
        self,
        owner: str,
        timeout: float,
        rebuild: bool = False,
        on_wait: OnWait = lambda _: None,
        base: int | None = None,
    ) -> AbstractContextManager[Writer]:
        """Take the write lock until the context ends.

        The writer changes the newest generation, or the generation with the number base. With
        rebuild it starts from an empty index. on_wait is called once for every holder that it waits
        for. Raises IndexBusy after timeout seconds, and IndexMissing if base does not exist.
        """

    def generations(self) -> tuple[Generation, ...]:
        """Return the generations that snapshot() and rollback() accept, oldest first."""

    def stats(self) -> IndexStats:
        """Return the size of the index. Raises an EngineError without an index."""

    def change_record(self) -> ChangeRecord:
        """Return the record of changes. The engine itself adds nothing to it."""

    def rollback(
        self,
        generation: int,
        owner: str,
        timeout: float = 0,
        on_wait: OnWait = lambda _: None,
    ) -> Generation:
        """Publish a new generation with the content of an older one.

        Later runs change nothing until `activities index --resume`. Raises an EngineError.
        """
