"""Recognise activities that a rebuild does not change, so that they keep their indexed_at.

An unchanged file can have a new digest, because digests depend on the data of places in a release.
An activity with the same text and values is unchanged too.
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
