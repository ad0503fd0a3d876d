"""Garbage collection: delete the documents and indices that no retained generation needs."""

from __future__ import annotations

from collections.abc import Callable

from indexer.engines.opensearch.bulk import Action, send_bulk
from indexer.engines.opensearch.client import OpenSearchClient
from indexer.engines.opensearch.indices import ActivityIndices
from indexer.engines.opensearch.lease import Lease
from indexer.engines.opensearch.mapping import COUNTED_BY, CREATED_BY
from indexer.engines.opensearch.pointer import Pointer, PublishedGeneration
from indexer.engines.opensearch.snapshot import OpenSearchSnapshot


def collect_garbage(
    client: OpenSearchClient,
    indices: ActivityIndices,
    open_snapshot: Callable[[PublishedGeneration], OpenSearchSnapshot],
    pointer: Pointer,
    max_number: int,
    lease: Lease,
) -> None:
    """Delete old versions and the remains of dead runs.

    Only documents of runs up to max_number are deleted: a later run may have taken this one for
    dead and be writing. Only the served index is searched for documents; an older index is
    deleted as a whole once its last generation is no longer retained. Raises EngineError.
    """
    needed = {published.index for published in pointer.retained}
    existing = dict(indices.find())
    for index, number in existing.items():
        if index not in needed and number <= max_number:
            lease.check()
            indices.delete(index)
    if not pointer.retained or pointer.retained[-1].index not in existing:
        return  # the served index is missing or replaced by another program's; see --rebuild
    served = pointer.retained[-1]
    indices.refresh(served.index)
    needed_documents = [
        clause
        for published in pointer.retained
        if published.index == served.index
        for clause in (published.visibility_filter(), published.word_count_filter())
    ]
    query = {
        "bool": {
            "should": [{"range": {name: {"lte": max_number}}} for name in (CREATED_BY, COUNTED_BY)],
            "must_not": needed_documents,
            "minimum_should_match": 1,
        }
    }
    deletions = (
        Action(hit["_id"], None, routing=hit.get("_routing", ""))
        for hit in open_snapshot(served).scan_documents(query)
    )
    send_bulk(client, served.index, map(Action.encode, deletions), lease.check, lambda _: None)
