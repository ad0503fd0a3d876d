"""The record of changes of an index on a cluster: the index PREFIX-changes.

Each commit has a document with its facts, and documents with up to CHANGES_PER_DOCUMENT changes.
The facts are written last. Documents without facts are ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from indexer.engines.change_record import MAX_CHANGES, Change, Commit, CommitFacts, forgotten
from indexer.engines.opensearch.bulk import Action, send_bulk
from indexer.engines.opensearch.client import WRITE_RETRY_SECONDS, OpenSearchClient
from indexer.engines.opensearch.errors import Missing
from indexer.engines.opensearch.indices import (
    LOCAL,
    create_small_index,
    foreign_index,
    single_index,
)
from indexer.engines.opensearch.mapping import is_ours
from indexer.engines.opensearch.serializer import dumps

CHANGES_PER_DOCUMENT = 2_000
_DOCUMENTS_PER_SEARCH = 20
_FACTS_PER_SEARCH = 100
_FACTS = -1  # the part number of the document with the facts, which is read before the parts
# number: of the commit, from 1; part: of the document; count: of the changes of a commit.
_PROPERTIES = {
    "kind": {"type": "keyword"},
    "number": {"type": "long"},
    "part": {"type": "integer"},
    "count": {"type": "long"},
}


class OpenSearchChangeRecord:
    """Implements ChangeRecord. A missing index is an empty record."""

    def __init__(self, client: OpenSearchClient) -> None:
        """Store the client. Nothing is requested yet."""
        self._client = client
        self.name = f"{client.address.prefix}-changes"
        self._path = f"/{quote(self.name)}"
        self._newest: dict[str, Any] | None = None  # the facts of the newest commit, if read

    def newest(self) -> Commit | None:
        facts = self._newest = self._read_newest()
        return _commit(facts, ()) if facts else None

    def _read_newest(self) -> dict[str, Any] | None:
        query = {"term": {"kind": "commit"}}
        body = {"query": query, "size": 1, "sort": [{"number": "desc"}]}
        hits = self._search(body)
        return dict(hits[0]["_source"]) if hits else None

    def _search(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        try:
            response = self._client.request("POST", f"{self._path}/_search", body)
        except Missing:
            return []
        return list(response["hits"]["hits"])

    def _pages(self, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield every hit of a search, read page by page."""
        after: list[Any] = []
        while True:
            hits = self._search({**body, **({"search_after": after} if after else {})})
            yield from hits
            if len(hits) < body["size"]:
                return
            after = hits[-1]["sort"]

    def append(self, commit: Commit) -> None:
        if self._newest is None:
            self._newest = self._read_newest()
        if self._newest is None:
            self._create()
        newest = self._newest or {"number": 0, "total": 0}
        number = newest["number"] + 1
        parts = [
            commit.changes[start : start + CHANGES_PER_DOCUMENT]
            for start in range(0, len(commit.changes), CHANGES_PER_DOCUMENT)
        ]
        actions = [
            Action(
                f"{number}-{part}",
                dumps({"kind": "part", "number": number, "part": part, "changes": changes}),
            )
            for part, changes in enumerate(parts)
        ]
        withdrawals = (_withdrawal(change, commit.indexed_at) for change in commit.changes)
        actions += filter(None, withdrawals)
        self._send(actions)
        facts = {
            "kind": "commit",
            "number": number,
            "part": _FACTS,
            "count": len(commit.changes),
            "total": self._make_room(newest.get("total"), len(commit.changes)),
            "parts": len(parts),
            "generation": commit.generation,
            "indexed_at": commit.indexed_at,
            "previous": commit.previous,
        }
        self._client.request(
            "PUT",
            f"{self._path}/_doc/{number}",
            facts,
            {"refresh": "true"},
            retry_seconds=WRITE_RETRY_SECONDS,
        )
        self._newest = facts

    def _create(self) -> None:
        """Create the index if it is missing. Raises EngineUnavailable if it is not ours."""
        try:
            response = self._client.request("GET", self._path, params=LOCAL)
        except Missing:
            create_small_index(self._client, self.name, _PROPERTIES)
            return
        if not is_ours(single_index(self.name, response)["mappings"]):
            raise foreign_index(self._client, self.name)

    def _make_room(self, total: int | None, count: int) -> int:
        """Remove the oldest commits if there are too many changes.

        total: changes in the record, as the newest commit has it; None from an earlier release.
        count: changes of the commit that is being added. Returns the number of all changes.
        """
        if total is not None and total + count <= MAX_CHANGES:
            return total + count
        body = {"size": 0, "aggs": {"total": {"sum": {"field": "count"}}}}
        response = self._client.request("POST", f"{self._path}/_search", body)
        total = int(response["aggregations"]["total"]["value"]) + count
        removed: list[Action] = []
        oldest = {
            "query": {"term": {"kind": "commit"}},
            "size": _FACTS_PER_SEARCH,
            "sort": [{"number": "asc"}],
        }
        for hit in self._pages(oldest) if total > MAX_CHANGES else ():
            facts = hit["_source"]
            total -= facts["count"]
            removed.append(Action(str(facts["number"]), None))
            removed += (Action(f"{facts['number']}-{part}", None) for part in range(facts["parts"]))
            if total <= MAX_CHANGES:
                break
        if removed:
            self._send(removed)
        return total

    def _send(self, actions: Iterable[Action]) -> None:
        lines = map(Action.encode, actions)
        send_bulk(self._client, self.name, lines, lambda: None, lambda count: None)

    def facts(self) -> Iterator[CommitFacts]:
        query = {"term": {"kind": "commit"}}
        body = {"query": query, "size": _FACTS_PER_SEARCH, "sort": [{"number": "desc"}]}
        for hit in self._pages(body):
            facts = hit["_source"]
            names = ("number", "generation", "indexed_at", "previous", "count")
            yield CommitFacts(*(facts[name] for name in names))

    def commits(self, start: int = 0) -> Iterator[Commit]:
        facts: dict[str, Any] | None = None
        changes: list[Change] = []
        kinds = {"terms": {"kind": ["commit", "part"]}}
        body = {
            "query": {"bool": {"filter": [kinds, {"range": {"number": {"gte": start}}}]}},
            "size": _DOCUMENTS_PER_SEARCH,
            "sort": [{"number": "asc"}, {"part": "asc"}],
        }
        for hit in self._pages(body):
            document = hit["_source"]
            if document["kind"] == "commit":
                if facts:
                    yield _commit(facts, changes)
                facts, changes = document, []
            elif facts and facts["number"] == document["number"] > 0:
                if document["part"] < facts["parts"]:
                    changes += [_change(values) for values in document["changes"]]
        if facts:
            yield _commit(facts, changes)

    def forget(self, ids: Collection[str]) -> None:
        body = {
            "query": {"term": {"kind": "part"}},
            "size": _DOCUMENTS_PER_SEARCH,
            "sort": [{"number": "asc"}, {"part": "asc"}],
        }
        changed = []
        for hit in self._pages(body):
            document = hit["_source"]
            changes = [_change(values) for values in document["changes"]]
            kept = [forgotten(change) if change.id in ids else change for change in changes]
            if kept != changes:
                changed.append(Action(hit["_id"], dumps({**document, "changes": kept})))
        if changed:
            self._send(changed)
            self._client.request("POST", f"{self._path}/_refresh")

    def withdrawn_at(self, id: str) -> str | None:
        path = f"{self._path}/_doc/{quote(_withdrawal_id(id), safe='')}"
        try:
            response = self._client.request("GET", path)
        except Missing:
            return None
        return str(response["_source"]["at"])

    def withdrawal_times(self, ids: Collection[str]) -> Mapping[str, str]:
        if not ids:
            return {}
        body = {"ids": [_withdrawal_id(id) for id in ids]}
        try:
            documents = self._client.request("POST", f"{self._path}/_mget", body)["docs"]
        except Missing:
            return {}
        pairs = zip(ids, documents, strict=True)
        return {id: str(each["_source"]["at"]) for id, each in pairs if each.get("found")}


def _withdrawal_id(id: str) -> str:
    return f"withdrawn {id}"


def _withdrawal(change: Change, indexed_at: str) -> Action | None:
    """Return the action that stores or removes the time of a withdrawal."""
    if change.kind == "edited":
        return None
    document = {"kind": "withdrawn", "at": indexed_at} if change.kind == "withdrawn" else None
    return Action(_withdrawal_id(change.id), dumps(document) if document else None)


def _commit(facts: Mapping[str, Any], changes: list[Change] | tuple[()]) -> Commit:
    return Commit(facts["generation"], facts["indexed_at"], facts["previous"], tuple(changes))


def _change(values: list[Any]) -> Change:
    id, kind, fields, before, after = values
    return Change(id, kind, tuple(fields), before, after)
