"""Apply the retention rules to the generations of a cluster, with the number of versions as size.

The statistics of an index in bytes are some seconds old, and an index has the versions of several
generations.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress

from indexer.engines.base import EngineError, Generation
from indexer.engines.opensearch.indices import ActivityIndices
from indexer.engines.opensearch.pointer import Pointer, PublishedGeneration
from indexer.engines.retention import Retention


def numbers_to_keep(
    indices: ActivityIndices, retention: Retention, pointer: Pointer, newest: PublishedGeneration
) -> Collection[int]:
    """Return the numbers of the generations to keep when newest is published."""
    published = {each.generation.number: each for each in (*pointer.available, newest)}

    def extra_size(aged: Sequence[Generation], last: Sequence[Generation]) -> int:
        with suppress(EngineError):  # an older index was deleted: the next run applies the limit
            return _count_versions(
                indices,
                [published[generation.number] for generation in aged],
                [published[generation.number] for generation in last],
            )
        return 0

    retained = retention.retained([each.generation for each in published.values()])
    retained = retention.within_size(retained, newest.generation.activities, extra_size)
    return {generation.number for generation in retained}


def _count_versions(
    indices: ActivityIndices,
    seen_by: Sequence[PublishedGeneration],
    not_seen_by: Sequence[PublishedGeneration],
) -> int:
    """Count the versions that are visible to some generations and hidden from others."""
    queries = []
    for index in {each.index for each in seen_by}:
        clauses = [
            [each.visibility_filter() for each in generations if each.index == index]
            for generations in (seen_by, not_seen_by)
        ]
        queries.append((index, {"bool": {"should": clauses[0], "must_not": clauses[1]}}))
    return sum(indices.counts(queries))
