"""Document frequencies of words, stored as documents beside the activities.

Lucene's own frequencies include replaced and removed versions, and counting over the activities
would take time proportional to their number. Instead every run writes the change that it makes
to the frequency of each word, and the frequency in a generation is the sum over the runs of its
lineage. All word documents are in one shard, because only within a shard can OpenSearch sort
words by these sums.

A pair of an exact term and the stem that it has because of its accents is a word of STEM_PAIRS:
"policieres fr:polici".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from rapidfuzz.distance import OSA

from indexer.engines.base import Expansion, SimilarTerm
from indexer.engines.opensearch.bulk import Action
from indexer.engines.opensearch.mapping import COUNTED_BY, Streams
from indexer.engines.opensearch.serializer import dumps
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.parser import max_edits
from indexer.query.plan import Column
from indexer.text.analysis import has_stem_of_accents

ROUTING = "words"  # routes every word document to the same shard
# The most terms that Lucene considers for a fuzzy term, nearest first; its limit is 1,024.
MAX_FUZZY_EXPANSIONS = 1_000
PAGE_SIZE = 10_000  # words in one response
TERMS_PER_REQUEST = 10_000
STEM_PAIRS = Column("stems", "value")
PAIRS_PER_REQUEST = 500  # terms whose pairs are read in one request; each is a clause

Search = Callable[[dict[str, Any]], Mapping[str, Any]]


class FrequencyChange:
    """The change that one run makes to the document frequency of each word of each column."""

    def __init__(self) -> None:
        self._counts: defaultdict[Column, Counter[str]] = defaultdict(Counter)

    def add(self, streams: Streams) -> None:
        """Count the words of a new version."""
        for counts, words in self._by_column(streams):
            counts.update(words)

    def subtract(self, streams: Streams) -> None:
        """Uncount the words of a version that is closed, or is not written after all."""
        for counts, words in self._by_column(streams):
            counts.subtract(words)

    def count(self, columns: Iterable[Column], word: str) -> int:
        """Return the change of a word, summed over some columns."""
        return sum(self._counts[column][word] for column in columns if column in self._counts)

    def __len__(self) -> int:
        """Return the number of pairs of a column and a word."""
        return sum(map(len, self._counts.values()))

    def _by_column(self, streams: Streams) -> Iterator[tuple[Counter[str], set[str]]]:
        for field, by_stream in streams.items():
            for stream, words in by_stream.items():
                yield self._counts[Column(field, stream)], set(words)
            pairs = set(zip(by_stream["exact"], by_stream["stem"], strict=True))
            yield (
                self._counts[STEM_PAIRS],
                {f"{term} {stem}" for term, stem in pairs if has_stem_of_accents(term, stem)},
            )

    def actions(self, number: int) -> Iterator[Action]:
        """Yield the word documents of the run with this number."""
        position = 0
        for column, counts in self._counts.items():
            for word, count in counts.items():
                if count:
                    id = f"{number}.{position}"
                    position += 1
                    document = {
                        COUNTED_BY: number,
                        "id": id,
                        "column": column.name,
                        "word": word,
                        "count": count,
                    }
                    yield Action(id, dumps(document), routing=ROUTING)


class Dictionary:
    """The words of one generation with their document frequencies."""

    def __init__(
        self,
        search: Search,
        count_filter: Mapping[str, Any],
        uncounted: Callable[[], FrequencyChange] | None = None,
    ) -> None:
        """Read through search(), which runs a search body on the shard of the words.

        count_filter selects the word documents of the generation's lineage. uncounted returns the
        words of the activities that are left out.
        """
        self._search, self._count_filter = search, count_filter
        self._uncounted = uncounted

    def _counted(
        self, words: Iterable[tuple[str, int]], columns: Sequence[Column]
    ) -> list[tuple[str, int]]:
        """Return words with their counts, without left out activities and words of these alone."""
        if self._uncounted:
            uncounted = self._uncounted()
            words = ((word, count - uncounted.count(columns, word)) for word, count in words)
        return [(word, count) for word, count in words if count > 0]

    def _aggregate(
        self, aggregation: Mapping[str, Any], columns: Sequence[Column], *filters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Run an aggregation of words, with the sum of the counts in each bucket."""
        in_columns = {"terms": {"column": [column.name for column in columns]}}
        query = {"bool": {"filter": [self._count_filter, in_columns, *filters]}}
        words = {**aggregation, "aggs": {"count": {"sum": {"field": "count"}}}}
        response = self._search(
            {"query": query, "size": 0, "track_total_hits": False, "aggs": {"words": words}}
        )
        result: Mapping[str, Any] = response["aggregations"]["words"]
        return result

    def _most_frequent(
        self, size: int, columns: Sequence[Column], *filters: Mapping[str, Any]
    ) -> list[tuple[str, int]]:
        """Return words by descending frequency, then by text. Columns are added up."""
        # Words of activities that are left out may be among the most frequent.
        enough = size + (min(len(self._uncounted()), PAGE_SIZE) if self._uncounted else 0)
        aggregation = {
            "terms": {
                "field": "word",
                "size": enough,
                "execution_hint": "map",  # faster here, since few of all words match
                "order": [{"count": "desc"}, {"_key": "asc"}],
            }
        }
        buckets = self._aggregate(aggregation, columns, *filters)["buckets"]
        pairs = ((bucket["key"], int(bucket["count"]["value"])) for bucket in buckets)
        counted = self._counted(pairs, columns)
        return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:size]

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column], limit: int) -> Expansion:
        """Return the terms of these columns that match a prefix or fuzzy word."""
        if isinstance(leaf, Prefix):
            matches = self._most_frequent(limit + 1, columns, {"prefix": {"word": leaf.text}})
        else:
            edits = max_edits(leaf.text)
            matches = [
                (similar.term, similar.frequency)
                for similar in self._within(leaf.text, edits, columns, fixed_letters=1)
            ]
        return Expansion(tuple(matches[:limit]), len(matches) > limit)

    def similar_terms(
        self, word: str, edits: int, columns: Sequence[Column], limit: int
    ) -> list[SimilarTerm]:
        """Return the terms of these columns within some edits of a word, without the word."""
        similar = [term for term in self._within(word, edits, columns) if term.edits]
        return sorted(similar, key=lambda term: term.sort_key)[:limit]

    def _within(
        self, word: str, edits: int, columns: Sequence[Column], fixed_letters: int = 0
    ) -> Iterator[SimilarTerm]:
        """Yield the terms within some edits of a word that begin alike, most frequent first."""
        fuzzy = {
            "value": word,
            "fuzziness": edits,
            "prefix_length": fixed_letters,
            "max_expansions": MAX_FUZZY_EXPANSIONS,
        }
        for term, count in self._most_frequent(PAGE_SIZE, columns, {"fuzzy": {"word": fuzzy}}):
            # Lucene's distance also allows edits between transposed letters.
            distance = OSA.distance(word, term, score_cutoff=edits)
            if distance <= edits:
                yield SimilarTerm(term, count, distance)

    def stems(self, terms: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Map terms to the stems that they have because of accents, ascending."""
        pairs: list[str] = []
        for start in range(0, len(terms), PAIRS_PER_REQUEST):
            batch = terms[start : start + PAIRS_PER_REQUEST]
            prefixes = [{"prefix": {"word": f"{term} "}} for term in batch]
            matches = self._most_frequent(PAGE_SIZE, [STEM_PAIRS], {"bool": {"should": prefixes}})
            pairs += [pair for pair, _ in matches]
        by_term: defaultdict[str, list[str]] = defaultdict(list)
        for pair in sorted(pairs):
            term, _, stem = pair.partition(" ")
            by_term[term].append(stem)
        return {term: tuple(stems) for term, stems in by_term.items()}

    def column_frequencies(
        self, columns: Sequence[Column], terms: Sequence[str]
    ) -> dict[Column, dict[str, int]]:
        """Map each column to the frequencies of terms. Terms without activities are left out."""
        frequencies: dict[Column, dict[str, int]] = {column: {} for column in columns}
        by_name = {column.name: column for column in columns}
        for start in range(0, len(terms), TERMS_PER_REQUEST):
            batch = terms[start : start + TERMS_PER_REQUEST]
            sources = [{name: {"terms": {"field": name}}} for name in ("column", "word")]
            size = len(batch) * len(columns)
            composite = {"composite": {"size": size, "sources": sources}}
            page = self._aggregate(composite, columns, {"terms": {"word": list(batch)}})
            for bucket in page["buckets"]:
                column, word = by_name[bucket["key"]["column"]], bucket["key"]["word"]
                pair = word, int(bucket["count"]["value"])
                frequencies[column].update(self._counted([pair], [column]))
        return frequencies

    def terms_with_prefix(self, column: Column, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return the first terms of a column with a prefix, ascending, with their frequencies."""
        pairs: list[tuple[str, int]] = []
        after: Mapping[str, Any] = {}
        while len(pairs) < limit:
            sources = [{"word": {"terms": {"field": "word"}}}]
            composite = {"composite": {"size": PAGE_SIZE, "sources": sources, **after}}
            page = self._aggregate(composite, [column], {"prefix": {"word": prefix}})
            words = (
                (bucket["key"]["word"], int(bucket["count"]["value"])) for bucket in page["buckets"]
            )
            pairs += self._counted(words, [column])
            if "after_key" not in page:
                break
            after = {"after": page["after_key"]}
        return pairs[:limit]
