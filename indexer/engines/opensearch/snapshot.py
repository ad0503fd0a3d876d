"""Answers plans from one generation of an index: every request names the generation, so that all of a page agree."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from indexer.content.activity import Activity
from indexer.engines.base import EngineError, EngineUnavailable, Expansion, Generation, Matches
from indexer.engines.opensearch.client import Cluster, Missing
from indexer.engines.opensearch.dictionary import ROUTING, Dictionary
from indexer.engines.opensearch.mapping import NUMBERS, stored_of
from indexer.engines.opensearch.pointer import PublishedGeneration, gone
from indexer.engines.opensearch.query_dsl import Clause, Compiled, compiled
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import ID_COLUMN, K1, Column, Plan
from indexer.schema import facet_group

VALUES = 10_000  # of a facet, in one answer; more are asked for page by page
ROWS = 1_000  # activities in one answer of a scan
NAMES = 10_000  # ids in one answer: max_result_window
KEEP = "2m"  # how long a point in time waits for its next request
LOOK_UPS = 500  # that are remembered of a generation
TRIES = 3  # points in time in a row that end without a row

Key = tuple[str, ...]


class GenerationCache:
    """What was learnt of a generation, for the snapshots of it to share."""

    def __init__(self) -> None:
        self.found: OrderedDict[Any, Any] = OrderedDict()

    def once(self, key: Any, compute: Callable[[], Any]) -> Any:
        """What was computed for a key before, or is now. Two threads may both compute it, alike."""
        if (known := self.found.get(key)) is None:
            known = self.found[key] = compute()
            while len(self.found) > LOOK_UPS:
                with suppress(KeyError):
                    self.found.popitem(last=False)
        return known


class OpenSearchSnapshot:
    """Implements Snapshot."""

    def __init__(
        self,
        cluster: Cluster,
        held: PublishedGeneration,
        known: GenerationCache,
        still: Callable[[PublishedGeneration], None],
    ) -> None:
        """still is called after each answer; it raises where the generation may have lost versions meanwhile."""
        self._cluster, self._held, self._known, self._still = cluster, held, known, still
        self._seen = held.seen()
        self._dictionary = Dictionary(self._search_words, held.counted())

    @property
    def generation(self) -> Generation:
        return self._held.generation

    # Requests

    def _search(
        self, bodies: Sequence[dict[str, Any]], scored: Sequence[bool] = (), routing: str = ""
    ) -> list[dict[str, Any]]:
        """The answers to several searches, in one request."""
        lines = []
        for at, body in enumerate(bodies):
            header: dict[str, Any] = {
                "index": self._held.index,
                "allow_partial_search_results": False,
            }
            if scored and scored[at]:
                header["search_type"] = (
                    "dfs_query_then_fetch"  # frequencies of the whole index, not of each shard
                )
            if routing:
                header["routing"] = routing
            lines.append((header, body))
        try:
            found = self._cluster.search(lines)
        except Missing:
            raise gone(self._cluster, self._held.index) from None
        self._still(self._held)
        return found

    def _body(self, query: Clause, **more: Any) -> dict[str, Any]:
        return {"query": query, "track_total_hits": True, "size": 0, **more}

    # Matching

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        if not plans:
            return ()
        queries = [compiled(plan.query) for plan in plans]
        bodies = [self._asked(plan, query) for plan, query in zip(plans, queries, strict=True)]
        scored = [
            _ranked(plan, query) and plan.limit > 0
            for plan, query in zip(plans, queries, strict=True)
        ]
        answers = self._search(bodies, scored)
        return tuple(self._matches(*each) for each in zip(plans, queries, answers, strict=True))

    def _asked(self, plan: Plan, query: Compiled) -> dict[str, Any]:
        filters = [(group, compiled(each).clause) for group, each in plan.filters]
        aggregations: dict[str, Any] = {}
        for at, names in enumerate(plan.counts):
            ignored = {facet_group(name) for name in names}
            left = [n for n, (group, _) in enumerate(filters) if group not in ignored]
            # Counts that the same filters apply to share them.
            name = "filtered " + " ".join(map(str, left))
            within = {"filter": {"bool": {"filter": [filters[n][1] for n in left]}}, "aggs": {}}
            aggregations.setdefault(name, within)["aggs"][str(at)] = _values(names)
        more: dict[str, Any] = {"aggs": aggregations} if aggregations else {}
        if filters and aggregations:
            more["post_filter"] = {"bool": {"filter": [clause for _, clause in filters]}}
        if plan.limit:
            more |= {"size": plan.limit, "from": plan.offset, "sort": _order(plan, query)}
            more["track_scores"] = _ranked(plan, query)
        apart = [] if aggregations else [clause for _, clause in filters]
        return self._body(query.required(self._seen, *apart), **more)

    def _matches(self, plan: Plan, query: Compiled, answer: Mapping[str, Any]) -> Matches:
        found = answer["hits"]
        # Before 3.0 OpenSearch multiplied every BM25 score by k1 + 1.
        unit = 1.0 if self._cluster.version >= (3, 0) else 1 / (K1 + 1)
        hits = tuple(
            ((hit.get("_score") or 0.0) * unit, stored_of(hit["_source"])) for hit in found["hits"]
        )
        within = {
            at: each
            for group in answer.get("aggregations", {}).values()
            for at, each in group.items()
        }
        counts = [
            self._counts(plan, query, names, within[str(at)])
            for at, names in enumerate(plan.counts)
        ]
        return Matches(found["total"]["value"], hits, tuple(counts))

    def _counts(
        self, plan: Plan, query: Compiled, names: Key, answer: Mapping[str, Any]
    ) -> dict[Key, int]:
        if "sum_other_doc_count" in answer:
            if not answer["sum_other_doc_count"] and not answer.get("doc_count_error_upper_bound"):
                return {(bucket["key"],): bucket["doc_count"] for bucket in answer["buckets"]}
            answer = {"buckets": [], "after_key": None}  # too many for one answer
        ignored = {facet_group(name) for name in names}
        filters = [compiled(each).clause for group, each in plan.filters if group not in ignored]
        return self._paged(query.required(self._seen, *filters), names, answer)

    def _paged(self, query: Clause, names: Key, answer: Mapping[str, Any]) -> dict[Key, int]:
        """All counts of values that stand together, of which answer has the first."""
        counts = dict(_pairs(answer["buckets"]))
        while "after_key" in answer:
            body = self._body(query, aggs={"0": _composite(names, answer["after_key"])})
            answer = self._search([body])[0]["aggregations"]["0"]
            counts.update(_pairs(answer["buckets"]))
        return counts

    def scan(self, plan: Plan) -> Iterator[Activity]:
        query = compiled(plan.query)
        body = {
            "query": query.required(
                self._seen, *(compiled(each).clause for _, each in plan.filters)
            ),
            "sort": _order(plan, query),
            "size": ROWS,
        }
        for hit in self._all(body, _ranked(plan, query)):
            yield stored_of(hit["_source"])

    def _all(self, body: dict[str, Any], scored: bool = False) -> Iterator[dict[str, Any]]:
        """Every hit, from one point in time: scores stay what they are, and nothing is collected meanwhile.

        Where a node takes the point in time with it, another one goes on where this one ended: the order is the same
        but for scores.
        """
        after: list[Any] | None = None
        params = {"search_type": "dfs_query_then_fetch"} if scored else {}
        point = ""
        lost = 0
        try:
            while True:
                try:
                    point = point or self._point()
                    paged = {
                        **body,
                        "pit": {"id": point, "keep_alive": KEEP},
                        "track_total_hits": False,
                        **({"search_after": after} if after else {}),
                    }
                    answer = self._cluster.one(paged, params)
                except EngineUnavailable:
                    lost += 1
                    if not point or (scored and after) or lost == TRIES:
                        raise
                    point = ""
                    continue
                lost = 0
                self._still(self._held)
                point = answer.get("pit_id", point)
                hits = answer["hits"]["hits"]
                yield from hits
                if len(hits) < body["size"]:
                    return
                after = hits[-1]["sort"]
        finally:
            if point:
                with suppress(EngineError):  # it ends by itself
                    self._cluster.ask(
                        "DELETE", "/_search/point_in_time", {"pit_id": [point]}, patience=0
                    )

    def raw(self, query: Clause) -> Iterator[dict[str, Any]]:
        """Every document, with its OpenSearch id alone, of any generation."""
        return self._all({"query": query, "size": NAMES, "_source": False, "sort": ["id", "made"]})

    def _point(self) -> str:
        params = {"keep_alive": KEEP, "allow_partial_pit_creation": "false"}
        path = f"/{quote(self._held.index)}/_search/point_in_time"
        try:
            return str(self._cluster.ask("POST", path, params=params)["pit_id"])
        except Missing:
            raise gone(self._cluster, self._held.index) from None

    def get(self, *ids: str) -> tuple[Activity | None, ...]:
        wanted = list(dict.fromkeys(ids))
        bodies = [
            self._body(_both(self._seen, {"terms": {"id": wanted[at : at + ROWS]}}), size=ROWS)
            for at in range(0, len(wanted), ROWS)
        ]
        hits = [
            hit["_source"]
            for answer in (self._search(bodies) if bodies else ())
            for hit in answer["hits"]["hits"]
        ]
        found = {hit["stored"]["id"]: stored_of(hit) for hit in hits}
        return tuple(found.get(id) for id in ids)

    def digests(self) -> dict[str, str]:
        body = {
            "query": _both(self._seen),
            "size": NAMES,
            "_source": False,
            "sort": ["id"],
            "docvalue_fields": ["digest"],
        }
        return {hit["sort"][0]: hit["fields"]["digest"][0] for hit in self._all(body)}

    # The dictionary

    def terms(
        self, column: Column, start: str = "", limit: int = 1000
    ) -> Sequence[tuple[str, int]]:
        if column == ID_COLUMN:
            return self._ids(start, limit)
        if column.stream == "value":
            values = self._keywords(column.field)
            return [pair for pair in values if pair[0].startswith(start)][:limit]
        return self._dictionary.beginning(column, start, limit)

    def _ids(self, start: str, limit: int) -> list[tuple[str, int]]:
        body = {
            "query": _both(self._seen, {"prefix": {"id": start}}),
            "size": min(limit, NAMES),
            "sort": ["id"],
            "_source": False,
        }
        found = []
        for hit in self._all(body):
            found.append((hit["sort"][0], 1))
            if len(found) >= limit:
                break
        return found

    def _keywords(self, field: str) -> list[tuple[str, int]]:
        """All values of a keyword column, ascending, with their counts; learnt once a generation."""

        def learn() -> list[tuple[str, int]]:
            found = self._paged(_both(self._seen), (field,), {"buckets": [], "after_key": None})
            return sorted((text, count) for (text,), count in found.items())

        known: list[tuple[str, int]] = self._known.once(("values", field), learn)
        return known

    def frequencies(self, column: Column, terms: Sequence[str]) -> Mapping[str, int]:
        wanted = list(dict.fromkeys(terms))
        if column.stream == "value":
            known = dict(self._keywords(column.field))
            return {term: known[term] for term in wanted if term in known}
        return self._dictionary.frequencies(column, wanted)

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column], limit: int) -> Expansion:
        found: Expansion = self._known.once(
            (leaf, tuple(columns), limit), lambda: self._dictionary.expand(leaf, columns, limit)
        )
        return found

    def _search_words(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._search([body], routing=ROUTING)[0]


def _both(*filters: Clause) -> Clause:
    return {"bool": {"filter": list(filters)}}


def _values(names: Key) -> dict[str, Any]:
    """The aggregation that counts the values of a field, or of several together."""
    if len(names) > 1:
        return _composite(names, None)
    return {"terms": {"field": names[0], "size": VALUES, "shard_size": VALUES}}


def _composite(names: Key, after: Any) -> dict[str, Any]:
    sources = [{f"{at}": {"terms": {"field": name}}} for at, name in enumerate(names)]
    return {
        "composite": {"size": VALUES, "sources": sources, **({"after": after} if after else {})}
    }


def _pairs(buckets: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Key, int]]:
    for bucket in buckets:
        yield tuple(bucket["key"][str(at)] for at in range(len(bucket["key"]))), bucket["doc_count"]


def _ranked(plan: Plan, query: Compiled) -> bool:
    return plan.sort == "relevance" and query.scores


def _order(plan: Plan, query: Compiled) -> list[Any]:
    """Every order ends with the id."""
    if plan.sort == "relevance":
        return [{"_score": "desc"}, {"id": "asc"}] if query.scores else [{"id": "asc"}]
    order, mode = ("desc", "max") if plan.sort == "newest" else ("asc", "min")
    return [{NUMBERS: {"order": order, "mode": mode, "missing": "_last"}}, {"id": "asc"}]
