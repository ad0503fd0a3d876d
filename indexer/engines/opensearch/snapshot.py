"""Search one generation. Every request filters by the generation, so all responses agree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from indexer.content.activity import Activity
from indexer.content.id_hash import MAX_HASH_LENGTH, MIN_HASH_LENGTH
from indexer.engines.base import (
    Computed,
    EngineError,
    EngineUnavailable,
    Expansion,
    Matches,
    SimilarTerm,
)
from indexer.engines.bounded_cache import BoundedCache
from indexer.engines.budget import is_limited, spend
from indexer.engines.opensearch.client import OpenSearchClient
from indexer.engines.opensearch.dictionary import ROUTING, Dictionary, FrequencyChange
from indexer.engines.opensearch.errors import Missing
from indexer.engines.opensearch.indices import missing_index
from indexer.engines.opensearch.mapping import (
    CREATED_BY,
    ID_HASH,
    NUMBERS,
    decode_stored,
    term_streams,
)
from indexer.engines.opensearch.pointer import PublishedGeneration
from indexer.engines.opensearch.query_dsl import (
    Clause,
    CompiledQuery,
    Idf,
    Minimums,
    compile_filter,
    compile_query,
    compile_shares,
    most_queries,
    scored_terms,
)
from indexer.engines.opensearch.work import SEARCH_TIMEOUT, estimated_work
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.frequencies import idf
from indexer.query.plan import EXACT_COLUMNS, ID_COLUMN, K1, Column, Plan
from indexer.schema import facet_group

BUCKETS_PER_PAGE = 10_000  # facet values in one response; further ones are read page by page
ACTIVITIES_PER_PAGE = 1_000  # in one response of scan() or get()
IDS_PER_CLAUSE = 10_000  # a cluster allows 65,536 terms in a clause by default
PREFIXES_PER_REQUEST = 250  # clauses of one query, of which OpenSearch allows 1,024
IDS_PER_PAGE = 10_000  # in one response without activities; the default max_result_window
POINT_IN_TIME_KEEP_ALIVE = "2m"  # until its next request
MAX_CACHED_LOOKUPS = 500  # per generation
MAX_CACHED_FREQUENCIES = 50_000  # per generation: about 10 MB
MAX_POINT_IN_TIME_FAILURES = 3  # consecutive failures after which a scan gives up

# The values of the counted fields, in the order of the fields.
FacetKey = tuple[str, ...]
# The scores of the lower group are multiplied by this power of two, which loses no digit of a
# 32-bit float, so that they are below every score of the group with all words. Sums of real scores
# are between 2**-40 and 2**12.
LOWER_GROUP_SCALE = 2.0**-64
MIN_UPPER_SCORE = 2.0**-45
_Hit = dict[str, Any]


class GenerationCache(BoundedCache):
    """Cached lookups of one generation, shared by its snapshots."""

    def __init__(self) -> None:
        super().__init__(MAX_CACHED_LOOKUPS)
        # Document frequencies of terms, 0 included.
        self.frequencies: dict[tuple[Column, str], int] = {}


class OpenSearchSnapshot:
    """Implements Snapshot."""

    def __init__(
        self,
        client: OpenSearchClient,
        published: PublishedGeneration,
        cache: GenerationCache,
        check_retained: Callable[[PublishedGeneration], None],
        without: Collection[str] = (),
    ) -> None:
        """Read a published generation without the activities with some ids.

        check_retained is called after every response. It raises if documents of the generation
        may have been deleted.
        """
        self._client, self._published, self._cache = client, published, cache
        self._check_retained = check_retained
        self._visible = published.visibility_filter()
        uncounted = None
        if without:
            left_out = _with_ids(sorted(without))
            uncounted = partial(self._uncounted, _all_of(self._visible, left_out))
            self._visible = {"bool": {"filter": [self._visible], "must_not": [left_out]}}
        activities = published.generation.activities - len(without)
        self.generation = replace(published.generation, activities=activities)
        self._dictionary = Dictionary(self._search_words, published.word_count_filter(), uncounted)

    def _uncounted(self, query: Clause) -> FrequencyChange:
        """Return the words of the activities that match a query; cached."""

        def compute() -> FrequencyChange:
            words = FrequencyChange()
            body = {"query": query, "size": ACTIVITIES_PER_PAGE, "sort": ["id"]}
            for hit in self._scan_hits(body):
                words.add(term_streams(hit["_source"]["stored"]))
            return words

        words: FrequencyChange = self._cache.get_or_compute("uncounted", compute)
        return words

    # Requests

    def _search(
        self, bodies: Sequence[dict[str, Any]], scored: Sequence[bool] = (), routing: str = ""
    ) -> list[dict[str, Any]]:
        """Run several searches in one request, each with a time limit if the work is limited."""
        searches = []
        time_limit = {"timeout": SEARCH_TIMEOUT} if is_limited() else {}
        for position, body in enumerate(bodies):
            header: dict[str, Any] = {
                "index": self._published.index,
                "allow_partial_search_results": False,
            }
            if scored and scored[position]:
                # Score with the term frequencies of the whole index instead of each shard's.
                header["search_type"] = "dfs_query_then_fetch"
            if routing:
                header["routing"] = routing
            searches.append((header, {**body, **time_limit}))
        try:
            responses = self._client.msearch(searches)
        except Missing:
            raise missing_index(self._client, self._published.index) from None
        self._check_retained(self._published)
        return responses

    def _body(self, query: Clause, **options: Any) -> dict[str, Any]:
        return {"query": query, "track_total_hits": True, "size": 0, **options}

    # Matching

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        if not plans:
            return ()
        spend(sum(map(estimated_work, plans)))
        minimums = self._minimums(plans)
        idf = self._idf(plans)
        queries = [_compile(plan, minimums, idf) for plan in plans]
        bodies = [self._match_body(plan, query) for plan, query in zip(plans, queries, strict=True)]
        scored = [
            _is_ranked(plan, query) and plan.limit > 0
            for plan, query in zip(plans, queries, strict=True)
        ]
        responses = self._search(bodies, scored)
        return tuple(self._matches(*each) for each in zip(plans, queries, responses, strict=True))

    def _minimums(self, plans: Sequence[Plan]) -> Minimums:
        """Return the lowest sum of shares of each MostQuery of the plans; best sums are cached."""
        queries = list(dict.fromkeys(q for plan in plans for q in most_queries(plan.most)))
        best = {query: self._cache.get(("best", query)) for query in queries}
        unknown = [query for query in queries if best[query] is None]
        if unknown:
            bodies = [
                {
                    "query": {"bool": {"must": [compile_shares(query)], "filter": [self._visible]}},
                    "size": 1,
                    "_source": False,
                    "track_total_hits": False,
                }
                for query in unknown
            ]
            for query, response in zip(unknown, self._search(bodies), strict=True):
                top = [round(hit["_score"]) for hit in response["hits"]["hits"]]
                best[query] = max(top, default=0)
                self._cache.put(("best", query), best[query])
        return {query: query.minimum(int(best[query] or 0)) for query in queries}

    def _idf(self, plans: Sequence[Plan]) -> Idf:
        """Return a function for the idf of the terms that the plans score."""
        terms: dict[Column, list[str]] = {}
        for plan in plans:
            if plan.sort == "relevance":
                for column, term in scored_terms(plan.most or plan.query):
                    terms.setdefault(column, []).append(term)
        if not terms:
            return lambda column, term: 1.0
        frequencies = self.column_frequencies(terms)
        counts = self._text_counts()

        def of_term(column: Column, term: str) -> float:
            # Terms that only plans without scores have were not looked up.
            return idf(counts[column.field], frequencies.get(column, {}).get(term, 0))

        return of_term

    def _text_counts(self) -> Mapping[str, int]:
        """Return the number of activities with text in each text field; cached."""

        def compute() -> Mapping[str, int]:
            bodies = [
                self._body(_all_of(self._visible, {"exists": {"field": column.name}}))
                for column in EXACT_COLUMNS.values()
            ]
            totals = (response["hits"]["total"]["value"] for response in self._search(bodies))
            return dict(zip(EXACT_COLUMNS, totals, strict=True))

        counts: Mapping[str, int] = self._cache.get_or_compute("text counts", compute)
        return counts

    def _match_body(self, plan: Plan, query: CompiledQuery) -> dict[str, Any]:
        filters = [(group, compile_filter(filter, {})) for group, filter in plan.filters]
        aggregations: dict[str, Any] = {}
        if plan.most:
            clauses = [compile_filter(plan.query, {}), *(clause for _, clause in filters)]
            aggregations["all words"] = {"filter": {"bool": {"filter": clauses}}}
        for position, names in enumerate(plan.counts):
            ignored_groups = {facet_group(name) for name in names}
            applied = [n for n, (group, _) in enumerate(filters) if group not in ignored_groups]
            # Counts with the same filters share one filter aggregation.
            name = "filtered " + " ".join(map(str, applied))
            clauses = [filters[n][1] for n in applied]
            filtered = {"filter": {"bool": {"filter": clauses}}, "aggs": {}}
            aggregations.setdefault(name, filtered)["aggs"][str(position)] = _value_counts(names)
        options: dict[str, Any] = {"aggs": aggregations} if aggregations else {}
        if filters and aggregations:
            options["post_filter"] = {"bool": {"filter": [clause for _, clause in filters]}}
        if plan.limit:
            options |= {"size": plan.limit, "from": plan.offset, "sort": _sort(plan, query)}
            options["track_scores"] = _is_ranked(plan, query)
        query_filters = [] if aggregations else [clause for _, clause in filters]
        return self._body(query.with_filters(self._visible, *query_filters), **options)

    def _matches(self, plan: Plan, query: CompiledQuery, response: Mapping[str, Any]) -> Matches:
        # OpenSearch before 3.0 multiplies every BM25 score by k1 + 1.
        scale = 1.0 if self._client.server_version >= (3, 0) else 1 / (K1 + 1)
        ranked = _is_ranked(plan, query)
        hits = tuple(
            (_score(hit) * scale if ranked else 0.0, decode_stored(hit["_source"]))
            for hit in response["hits"]["hits"]
        )
        filtered = dict(response.get("aggregations", {}))
        total = response["hits"]["total"]["value"]
        total_all = filtered.pop("all words")["doc_count"] if plan.most else total
        aggregations = {
            position: aggregation
            for each in filtered.values()
            for position, aggregation in each.items()
        }
        counts = [
            self._counts(plan, query, names, aggregations[str(position)])
            for position, names in enumerate(plan.counts)
        ]
        return Matches(total, total_all, hits, tuple(counts))

    def _counts(
        self, plan: Plan, query: CompiledQuery, names: FacetKey, aggregation: Mapping[str, Any]
    ) -> dict[FacetKey, int]:
        """Return the counts in a response; if they are incomplete or inexact, read all pages."""
        if "sum_other_doc_count" in aggregation:
            complete = not aggregation["sum_other_doc_count"]
            if complete and not aggregation.get("doc_count_error_upper_bound"):
                return {(bucket["key"],): bucket["doc_count"] for bucket in aggregation["buckets"]}
            aggregation = {"buckets": [], "after_key": None}
        ignored_groups = {facet_group(name) for name in names}
        filters = [
            compile_filter(filter, {})
            for group, filter in plan.filters
            if group not in ignored_groups
        ]
        return self._all_counts(query.with_filters(self._visible, *filters), names, aggregation)

    def _all_counts(
        self, query: Clause, names: FacetKey, first_page: Mapping[str, Any]
    ) -> dict[FacetKey, int]:
        """Return the counts of all combinations of values of the fields."""
        page = first_page
        counts = dict(_bucket_counts(page["buckets"]))
        while "after_key" in page:
            body = self._body(query, aggs={"0": _composite(names, page["after_key"])})
            page = self._search([body])[0]["aggregations"]["0"]
            counts.update(_bucket_counts(page["buckets"]))
        return counts

    def scan(self, plan: Plan) -> Iterator[Activity]:
        query = _compile(plan, self._minimums([plan]), self._idf([plan]))
        filters = [compile_filter(filter, {}) for _, filter in plan.filters]
        body = {
            "query": query.with_filters(self._visible, *filters),
            "sort": _sort(plan, query),
            "size": ACTIVITIES_PER_PAGE,
        }
        for hit in self._scan_hits(body, _is_ranked(plan, query)):
            yield decode_stored(hit["_source"])

    def _scan_hits(self, body: dict[str, Any], scored: bool = False) -> Iterator[_Hit]:
        """Yield every hit from a point in time, in which scores and documents do not change.

        If the point in time is lost with its node, the scan continues in a new one after the last
        hit. That needs an order without scores, since they differ between points in time.
        """
        after: list[Any] | None = None
        params = {"search_type": "dfs_query_then_fetch"} if scored else {}
        point_in_time = ""
        failures = 0
        try:
            while True:
                try:
                    point_in_time = point_in_time or self._open_point_in_time()
                    page_body = {
                        **body,
                        "pit": {"id": point_in_time, "keep_alive": POINT_IN_TIME_KEEP_ALIVE},
                        "track_total_hits": False,
                        **({"search_after": after} if after else {}),
                    }
                    response = self._client.search_point_in_time(page_body, params)
                except EngineUnavailable:
                    failures += 1
                    cannot_continue = scored and after
                    if (
                        not point_in_time
                        or cannot_continue
                        or failures == MAX_POINT_IN_TIME_FAILURES
                    ):
                        raise
                    point_in_time = ""
                    continue
                failures = 0
                self._check_retained(self._published)
                point_in_time = response.get("pit_id", point_in_time)
                hits = response["hits"]["hits"]
                yield from hits
                if len(hits) < body["size"]:
                    return
                after = hits[-1]["sort"]
        finally:
            if point_in_time:
                self._close_point_in_time(point_in_time)

    def scan_documents(self, query: Clause) -> Iterator[_Hit]:
        """Yield the hits of a query over documents of all generations, without their source."""
        return self._scan_hits(
            {"query": query, "size": IDS_PER_PAGE, "_source": False, "sort": ["id", CREATED_BY]}
        )

    def _open_point_in_time(self) -> str:
        params = {"keep_alive": POINT_IN_TIME_KEEP_ALIVE, "allow_partial_pit_creation": "false"}
        path = f"/{quote(self._published.index)}/_search/point_in_time"
        try:
            return str(self._client.request("POST", path, params=params)["pit_id"])
        except Missing:
            raise missing_index(self._client, self._published.index) from None

    def _close_point_in_time(self, id: str) -> None:
        with suppress(EngineError):  # it expires
            self._client.request(
                "DELETE", "/_search/point_in_time", {"pit_id": [id]}, retry_seconds=0
            )

    def get(self, *ids: str) -> tuple[Activity | None, ...]:
        unique_ids = list(dict.fromkeys(ids))
        bodies = []
        for start in range(0, len(unique_ids), ACTIVITIES_PER_PAGE):
            batch = {"terms": {"id": unique_ids[start : start + ACTIVITIES_PER_PAGE]}}
            bodies.append(self._body(_all_of(self._visible, batch), size=ACTIVITIES_PER_PAGE))
        activities = {}
        for response in self._search(bodies) if bodies else ():
            for hit in response["hits"]["hits"]:
                stored = decode_stored(hit["_source"])
                activities[stored.id] = stored
        return tuple(activities.get(id) for id in ids)

    def ids_by_hash(self, prefixes: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        unique = list(dict.fromkeys(prefixes))
        bodies = []
        for start in range(0, len(unique), PREFIXES_PER_REQUEST):
            batch = unique[start : start + PREFIXES_PER_REQUEST]
            clauses = [{"prefix": {ID_HASH: prefix}} for prefix in batch]
            any_of = {"bool": {"should": clauses}}
            fields = {"_source": False, "docvalue_fields": ["id", ID_HASH]}
            query = _all_of(self._visible, any_of)
            bodies.append(self._body(query, size=IDS_PER_PAGE, sort=["id"], **fields))
        ids: dict[str, list[str]] = {}
        for response in self._search(bodies) if bodies else ():
            for hit in response["hits"]["hits"]:
                (id,), (hash,) = hit["fields"]["id"], hit["fields"][ID_HASH]
                for length in range(MIN_HASH_LENGTH, MAX_HASH_LENGTH + 1):
                    ids.setdefault(hash[:length], []).append(id)
        return {prefix: tuple(ids[prefix]) for prefix in unique if prefix in ids}

    def digests(self) -> dict[str, str]:
        body = {
            "query": _all_of(self._visible),
            "size": IDS_PER_PAGE,
            "_source": False,
            "sort": ["id"],
            "docvalue_fields": ["digest"],
        }
        return {hit["sort"][0]: hit["fields"]["digest"][0] for hit in self._scan_hits(body)}

    # The dictionary

    def terms(
        self, column: Column, start: str = "", limit: int = 1000
    ) -> Sequence[tuple[str, int]]:
        if column == ID_COLUMN:
            return self._ids(start, limit)
        if column.stream == "value":
            pairs = self._keyword_counts(column.field)
            return [pair for pair in pairs if pair[0].startswith(start)][:limit]
        return self._dictionary.terms_with_prefix(column, start, limit)

    def _ids(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        body = {
            "query": _all_of(self._visible, {"prefix": {"id": prefix}}),
            "size": min(limit, IDS_PER_PAGE),
            "sort": ["id"],
            "_source": False,
        }
        pairs = []
        for hit in self._scan_hits(body):
            pairs.append((hit["sort"][0], 1))
            if len(pairs) >= limit:
                break
        return pairs

    def _keyword_counts(self, field: str) -> list[tuple[str, int]]:
        """Return all values of a keyword field with their counts, ascending; cached."""

        def compute() -> list[tuple[str, int]]:
            first_page: dict[str, Any] = {"buckets": [], "after_key": None}
            counts = self._all_counts(_all_of(self._visible), (field,), first_page)
            return sorted((text, count) for (text,), count in counts.items())

        pairs: list[tuple[str, int]] = self._cache.get_or_compute(("values", field), compute)
        return pairs

    def cached(self, key: Hashable, compute: Callable[[], Computed]) -> Computed:
        value: Computed = self._cache.get_or_compute(key, compute)
        return value

    def column_frequencies(
        self, terms: Mapping[Column, Sequence[str]]
    ) -> Mapping[Column, Mapping[str, int]]:
        cached = self._cache.frequencies
        if len(cached) > MAX_CACHED_FREQUENCIES:
            cached = self._cache.frequencies = {}
        pairs = list(dict.fromkeys((column, term) for column in terms for term in terms[column]))
        if unknown := [pair for pair in pairs if pair not in cached]:
            counts = self._dictionary.column_frequencies(
                list({column for column, _ in unknown}), list({term for _, term in unknown})
            )
            cached.update({(column, term): counts[column].get(term, 0) for column, term in unknown})
        frequencies: dict[Column, dict[str, int]] = {column: {} for column in terms}
        for column, term in pairs:
            if count := cached.get((column, term), 0):
                frequencies[column][term] = count
        return frequencies

    def frequencies(self, column: Column, terms: Sequence[str]) -> Mapping[str, int]:
        unique_terms = list(dict.fromkeys(terms))
        if column.stream == "value":
            counts = dict(self._keyword_counts(column.field))
            return {term: counts[term] for term in unique_terms if term in counts}
        return self.column_frequencies({column: unique_terms})[column]

    def stems(self, terms: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        unique_terms = tuple(dict.fromkeys(terms))
        if not unique_terms:
            return {}
        stems: dict[str, tuple[str, ...]] = self._cache.get_or_compute(
            ("stems", unique_terms), lambda: self._dictionary.stems(unique_terms)
        )
        return stems

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column], limit: int) -> Expansion:
        expansion: Expansion = self._cache.get_or_compute(
            (leaf, tuple(columns), limit), lambda: self._dictionary.expand(leaf, columns, limit)
        )
        return expansion

    def similar_terms(
        self, word: str, edits: int, columns: Sequence[Column], limit: int
    ) -> Sequence[SimilarTerm]:
        terms: Sequence[SimilarTerm] = self._cache.get_or_compute(
            (word, edits, tuple(columns), limit),
            lambda: self._dictionary.similar_terms(word, edits, columns, limit),
        )
        return terms

    def _search_words(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._search([body], routing=ROUTING)[0]


def _with_ids(ids: Sequence[str]) -> Clause:
    """Return the clause for the activities with some ids, in lists that a cluster accepts."""
    batches = [ids[start : start + IDS_PER_CLAUSE] for start in range(0, len(ids), IDS_PER_CLAUSE)]
    return {"bool": {"should": [{"terms": {"id": batch}} for batch in batches]}}


def _all_of(*filters: Clause) -> Clause:
    return {"bool": {"filter": list(filters)}}


def _value_counts(names: FacetKey) -> dict[str, Any]:
    """Return the aggregation that counts the values of a field, or combinations of several."""
    if len(names) > 1:
        return _composite(names, None)
    return {"terms": {"field": names[0], "size": BUCKETS_PER_PAGE, "shard_size": BUCKETS_PER_PAGE}}


def _composite(names: FacetKey, after: Any) -> dict[str, Any]:
    """Return the aggregation for the page of value combinations after a key."""
    sources = [{f"{position}": {"terms": {"field": name}}} for position, name in enumerate(names)]
    start = {"after": after} if after else {}
    return {"composite": {"size": BUCKETS_PER_PAGE, "sources": sources, **start}}


def _bucket_counts(buckets: Sequence[Mapping[str, Any]]) -> Iterator[tuple[FacetKey, int]]:
    for bucket in buckets:
        key = tuple(bucket["key"][str(position)] for position in range(len(bucket["key"])))
        yield key, bucket["doc_count"]


def _is_ranked(plan: Plan, query: CompiledQuery) -> bool:
    """True if hits are sorted by score."""
    return plan.sort == "relevance" and query.scores


def _compile(plan: Plan, minimums: Minimums, idf: Idf) -> CompiledQuery:
    """Compile the query of a plan, with a score that puts the groups in their order."""
    if not plan.most:
        return compile_query(plan.query, minimums, idf)
    has_all_words = compile_filter(plan.query, minimums)
    if plan.sort == "relevance":
        matches = compile_query(plan.most, minimums, idf).clause
    else:
        matches = {"constant_score": {"filter": compile_filter(plan.most, minimums)}}
    lower_group = {"filter": _none_of(has_all_words), "weight": LOWER_GROUP_SCALE}
    score = {"query": matches, "functions": [lower_group], "boost_mode": "multiply"}
    return CompiledQuery({"function_score": score}, True)


def _none_of(clause: Clause) -> Clause:
    return {"bool": {"must_not": [clause]}}


def _score(hit: _Hit) -> float:
    """Return the score of a hit, in either group."""
    score = float(hit.get("_score") or 0.0)
    return score if score > MIN_UPPER_SCORE else score / LOWER_GROUP_SCALE


def _sort(plan: Plan, query: CompiledQuery) -> list[Any]:
    """Return the sort clauses. The id is the last one, so that the order is total."""
    if plan.sort == "relevance":
        return [{"_score": "desc"}, {"id": "asc"}] if query.scores else [{"id": "asc"}]
    order, mode = ("desc", "max") if plan.sort == "newest" else ("asc", "min")
    by_group = [{"_score": "desc"}] if plan.most else []
    by_year = {NUMBERS: {"order": order, "mode": mode, "missing": "_last"}}
    return [*by_group, by_year, {"id": "asc"}]
