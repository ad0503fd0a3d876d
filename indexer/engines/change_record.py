"""The record of changes: which activities each commit added, edited and withdrew.

It holds ids, times, names of fields and digests, and never text: a text that was withdrawn to
protect a person does not live on in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from indexer.content.activity import Activity
from indexer.schema import FIELDS

MAX_CHANGES = 500_000  # changes that are kept; the oldest commits are removed first
TEXT = "text"  # the name of the body among the names of fields

FORGOTTEN = "-"  # in place of the digest of a forgotten version

Kind = Literal["added", "edited", "withdrawn"]


class Change(NamedTuple):
    """What a commit did to one activity."""

    id: str
    kind: Kind  # "withdrawn": its file was deleted, or hides it
    fields: tuple[str, ...] = ()  # the names of edited fields, and "text"
    before: str = ""  # version_digest() of the former version; "" if it was added
    after: str = ""  # version_digest() of the new version; "" if it was withdrawn


@dataclass(frozen=True, slots=True)
class Commit:
    """The changes of one generation since the one before."""

    generation: int
    indexed_at: str  # Generation.indexed_at
    # The number of the generation that it was compared with. None at the beginning of the record,
    # and after a gap; such a commit has no changes except withdrawals since the gap.
    previous: int | None
    changes: tuple[Change, ...] = ()


class CommitFacts(NamedTuple):
    """A stored commit without its changes."""

    number: int  # of the commit in the record; numbers only increase
    generation: int
    indexed_at: str
    previous: int | None
    size: int  # number of its changes


class ChangeRecord(Protocol):
    """The stored commits of one index.

    Only the holder of the write lock may append. It must open the record while it holds the lock.
    """

    def newest(self) -> Commit | None:
        """Return the newest commit, without its changes. Raises an EngineError."""

    def append(self, commit: Commit) -> None:
        """Store a commit completely or not at all. Raises an EngineError.

        The oldest commits are removed if there are more than MAX_CHANGES changes.
        """

    def facts(self) -> Iterator[CommitFacts]:
        """Yield the facts of the commits, newest first. Raises an EngineError."""

    def commits(self, start: int = 0) -> Iterator[Commit]:
        """Yield the commits from a number on, oldest first. Raises an EngineError."""

    def forget(self, ids: Collection[str]) -> None:
        """Replace the digests of some activities, and remove the names of their edited fields.

        The changes and their times stay. Raises an EngineError.
        """

    def withdrawn_at(self, id: str) -> str | None:
        """Return the indexed_at of the commit that withdrew an activity.

        None if it is in the index or has never been in it. Such times are never removed. Raises an
        EngineError.
        """

    def withdrawal_times(self, ids: Collection[str]) -> Mapping[str, str]:
        """Map the withdrawn ids among some ids to their withdrawn_at(), in one request.

        Raises an EngineError.
        """


def forgotten(change: Change) -> Change:
    """Return a change without digests of versions and names of fields."""
    digests = (FORGOTTEN if digest else "" for digest in (change.before, change.after))
    return Change(change.id, change.kind, (), *digests)


def version_digest(activity: Activity) -> str:
    """Return a digest of the text and the values of a version: 16 hexadecimal digits."""
    values = [(name, activity.meta[name]) for name in sorted(activity.meta)]
    data = repr((activity.body, activity.language, values)).encode()
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def edited_fields(old: Activity, new: Activity) -> tuple[str, ...]:
    """Return the names of the fields that two versions differ in, in the order of FIELDS.

    Regions that follow from the countries are not named beside the countries.
    """
    names = [
        field.name
        for field in FIELDS
        if old.meta.get(field.name, ()) != new.meta.get(field.name, ())
    ]
    if "country" in names and "region" in names:
        names.remove("region")
    return (*names, TEXT) if old.body != new.body else tuple(names)


def net_changes(commits: Iterable[Commit]) -> dict[str, Change]:
    """Return the changes from before the first commit to after the last one, by id.

    An activity whose last version equals its first is not among them.
    """
    merged: dict[str, Change] = {}
    for commit in commits:
        for change in commit.changes:
            earlier = merged.get(change.id)
            before = earlier.before if earlier else change.before
            fields = dict.fromkeys((*(earlier.fields if earlier else ()), *change.fields))
            kind: Kind = "edited"
            if not before:
                kind = "added"
            elif not change.after:
                kind = "withdrawn"
            names = tuple(fields) if kind == "edited" else ()
            merged[change.id] = Change(change.id, kind, names, before, change.after)
    return {id: change for id, change in merged.items() if change.before != change.after}
