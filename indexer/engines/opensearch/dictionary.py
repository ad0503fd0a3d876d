"""The words of an index and in how many activities each stands: documents of their own, beside the activities.

Lucene's own dictionary counts what was replaced and removed; counting among the activities would take a time that grows
with them. So each run writes by how much it changed the count of each word, and a generation's count is the sum over the
runs of its line. They all lie in one shard, which alone can order them by their sums.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rapidfuzz.distance import OSA

from indexer.engines.base import Expansion
from indexer.engines.opensearch.bulk import Action
from indexer.engines.opensearch.mapping import Streams
from indexer.engines.opensearch.serializer import dumps
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.parser import max_edits
from indexer.query.plan import Column

ROUTING = "words"  # to the one shard
NEAR = 1_000  # terms that are looked at for a near spelling, nearest first; Lucene takes no more than 1,024
PAGE = 10_000
AT_ONCE = 10_000  # terms asked for in one request

Search = Callable[[dict[str, Any]], Mapping[str, Any]]


class FrequencyChange:
    """By how much a run changes the count of each word of each column."""

    def __init__(self) -> None:
        self._counts: defaultdict[Column, Counter[str]] = defaultdict(Counter)

    def add(self, analysed: Streams) -> None:
        """Count the words of a version that is made."""
        for counts, words in self._by_column(analysed):
            counts.update(words)

    def subtract(self, analysed: Streams) -> None:
        """Those of one that is closed, or not made after all."""
        for counts, words in self._by_column(analysed):
            counts.subtract(words)

    def _by_column(self, analysed: Streams) -> Iterator[tuple[Counter[str], set[str]]]:
        for field, of in analysed.items():
            for stream, words in of.items():
                yield self._counts[Column(field, stream)], set(words)

    def actions(self, number: int) -> Iterator[Action]:
        """What the run of this number writes of it."""
        at = 0
        for column, counts in self._counts.items():
            for word, count in counts.items():
                if count:
                    id, at = f"{number}.{at}", at + 1
                    found = {
                        "counted": number,
                        "id": id,
                        "column": column.name,
                        "word": word,
                        "count": count,
                    }
                    yield Action(id, dumps(found), routing=ROUTING)


class Dictionary:
    """The words that a generation sees."""

    def __init__(self, search: Search, counted: Mapping[str, Any]) -> None:
        """search answers one search of the shard; counted is the filter for what the runs of a line counted."""
        self._search, self._counted = search, counted

    def _asked(
        self, aggregation: Mapping[str, Any], columns: Sequence[Column], *filters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        query = {
            "bool": {
                "filter": [
                    self._counted,
                    {"terms": {"column": [column.name for column in columns]}},
                    *filters,
                ]
            }
        }
        words = {**aggregation, "aggs": {"count": {"sum": {"field": "count"}}}}
        answer = self._search(
            {"query": query, "size": 0, "track_total_hits": False, "aggs": {"words": words}}
        )
        found: Mapping[str, Any] = answer["aggregations"]["words"]
        return found

    def _commonest(
        self, size: int, columns: Sequence[Column], *filters: Mapping[str, Any]
    ) -> list[tuple[str, int]]:
        """Words with their counts in these columns together, commonest first, equal ones by their text."""
        # map: the words that match are few among all.
        found = self._asked(
            {
                "terms": {
                    "field": "word",
                    "size": size,
                    "execution_hint": "map",
                    "order": [{"count": "desc"}, {"_key": "asc"}],
                }
            },
            columns,
            *filters,
        )
        pairs = ((bucket["key"], int(bucket["count"]["value"])) for bucket in found["buckets"])
        return [(word, count) for word, count in pairs if count > 0]

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column], limit: int) -> Expansion:
        """The terms of these columns that a prefix or fuzzy word stands for."""
        if isinstance(leaf, Prefix):
            found = self._commonest(limit + 1, columns, {"prefix": {"word": leaf.text}})
        else:
            most = max_edits(leaf.text)
            near = {
                "value": leaf.text,
                "fuzziness": most,
                "prefix_length": 1,
                "max_expansions": NEAR,
            }
            found = [
                (word, count)
                for word, count in self._commonest(PAGE, columns, {"fuzzy": {"word": near}})
                if OSA.distance(leaf.text, word, score_cutoff=most) <= most
            ]
        return Expansion(tuple(found[:limit]), len(found) > limit)

    def frequencies(self, column: Column, terms: Sequence[str]) -> dict[str, int]:
        """The counts of these terms; those that stand in no activity are left out."""
        found: dict[str, int] = {}
        for at in range(0, len(terms), AT_ONCE):
            some = terms[at : at + AT_ONCE]
            found.update(self._commonest(len(some), [column], {"terms": {"word": some}}))
        return found

    def beginning(self, column: Column, start: str, limit: int) -> list[tuple[str, int]]:
        """The first terms of a column that begin so, ascending, with their counts."""
        found: list[tuple[str, int]] = []
        after: Mapping[str, Any] = {}
        while len(found) < limit:
            sources = [{"word": {"terms": {"field": "word"}}}]
            page = {"composite": {"size": PAGE, "sources": sources, **after}}
            answer = self._asked(page, [column], {"prefix": {"word": start}})
            pairs = (
                (bucket["key"]["word"], int(bucket["count"]["value"]))
                for bucket in answer["buckets"]
            )
            found += [pair for pair in pairs if pair[1] > 0]
            if "after_key" not in answer:
                break
            after = {"after": answer["after_key"]}
        return found[:limit]
