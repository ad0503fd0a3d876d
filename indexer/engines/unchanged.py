"""Recognise activities that a rebuild writes again unchanged, so that they keep their indexed_at.

A file that is the same can still have another digest, because a release has other data of places.
It is unchanged if the activity shows the same text and values.
"""

from __future__ import annotations

from typing import NamedTuple

from indexer.content.activity import Activity


class VersionHash(NamedTuple):
    """Hashes of one version of an activity. Only comparable within a process."""

    digest: int
    content: int


def version_hash(activity: Activity) -> VersionHash:
    """Return the hashes of the digest and of the content of an activity."""
    values = tuple(sorted(activity.meta.items()))
    return VersionHash(hash(activity.digest), hash((activity.body, activity.language, values)))


def is_unchanged(version: VersionHash, indexed: VersionHash) -> bool:
    """Return whether two versions of an activity have the same file or the same content."""
    return version.digest == indexed.digest or version.content == indexed.content
