"""The Snapshot of the Whoosh engine: runs plans and reads the term dictionary."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

import numpy as np

from indexer.content.activity import Activity
from indexer.engines.base import Computed, Expansion, Matches, SimilarTerm
from indexer.engines.budget import EXPANDED_TERM_POSTINGS, LOOKUP_POSTINGS, TERM_POSTINGS, spend
from indexer.engines.whoosh.collector import Collector
from indexer.engines.whoosh.index_reader import IndexReader, SegmentPart
from indexer.engines.whoosh.scorers import Scorers, SharedLeaves
from indexer.engines.whoosh.term_expansion import TermExpansion, term_counts
from indexer.query.ast import Fuzzy, Prefix
from indexer.query.plan import EXACT_COLUMNS, ID_COLUMN, STEM_COLUMNS, Column, Plan
from indexer.text.analysis import has_stem_of_accents, stem

MAX_SHARED_LEAVES = 200  # of the matches of one snapshot


class WhooshSnapshot:
    """Implements Snapshot. Threads must not share it."""

    def __init__(self, reader: IndexReader) -> None:
        self.reader = reader
        self.generation = reader.generation
        self._leaves: SharedLeaves = {}

    # Matching

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        if len(self._leaves) > MAX_SHARED_LEAVES:
            self._leaves.clear()
        scorers = Scorers(self._leaves)
        return tuple([self._match(plan, scorers) for plan in plans])

    def _match(self, plan: Plan, scorers: Scorers) -> Matches:
        collector = Collector(self.reader, plan, scorers)
        counts = tuple(collector.count(names) if collector.size else {} for names in plan.counts)
        top = []
        if plan.limit and collector.total:
            top = collector.top(plan.sort, plan.offset + plan.limit)[plan.offset :]
        scored = plan.sort == "relevance"
        # The sort key of relevance is the negative score.
        hits = [(0.0 - key if scored else 0.0, segment.stored(doc)) for key, _, segment, doc in top]
        return Matches(collector.total, collector.total_all, tuple(hits), counts)

    def scan(self, plan: Plan) -> Iterator[Activity]:
        for parts in Collector(self.reader, plan, Scorers({})).all(plan.sort):
            for _, _, segment, doc in heapq.merge(*parts):
                yield segment.stored(doc)

    def get(self, *ids: str) -> tuple[Activity | None, ...]:
        return tuple(self._get(id) for id in ids)

    def _get(self, id: str) -> Activity | None:
        for part in self.reader.parts:
            doc = part.segment.doc(id)
            if doc >= 0 and self.reader.is_live[part.doc_base + doc]:
                return part.segment.stored(doc)
        return None

    def ids_by_hash(self, prefixes: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        ids: dict[str, list[str]] = {}
        for part in self.reader.parts:
            is_live = self.reader.is_live[part.doc_slice]
            for prefix in dict.fromkeys(prefixes):
                docs = [doc for doc in part.segment.id_hashes.docs(prefix) if is_live[doc]]
                if docs:
                    found = [part.segment.ids.text(doc) for doc in docs]
                    ids.setdefault(prefix, []).extend(found)
        return {prefix: tuple(sorted(each)) for prefix, each in ids.items()}

    # The dictionary

    def terms(
        self, column: Column, start: str = "", limit: int = 1000
    ) -> Sequence[tuple[str, int]]:
        if column.stream == "value" and column != ID_COLUMN:
            values = self.reader.value_counts(column.field)
            return [pair for pair in values.items() if pair[0].startswith(start)][:limit]
        totals: dict[str, int] = {}
        for part in self.reader.parts:
            for term, count in self._terms(part, column, start, limit):
                totals[term] = totals.get(term, 0) + count
        return sorted(totals.items())[:limit]

    def _terms(
        self, part: SegmentPart, column: Column, start: str, limit: int
    ) -> Iterator[tuple[str, int]]:
        """Yield the first terms of live documents in a part."""
        if column == ID_COLUMN:
            ids, is_live = part.segment.ids, self.reader.is_live[part.doc_slice]
            low, high = ids.prefix_range(start.encode())
            for at in (low + is_live[low:high].nonzero()[0][:limit]).tolist():
                yield ids.text(at), 1
            return
        field, stream = column
        text = part.segment.texts[field]
        if not text.has_terms:
            return
        strings = text.terms if stream == "exact" else text.keys
        low, high = strings.prefix_range(start.encode())
        if stream == "exact":
            counts = term_counts(text, part.form_counts(field), low, high)
        else:
            counts = part.group_counts(field)[low:high]
        for at in counts.nonzero()[0][:limit].tolist():
            yield strings.text(low + at), int(counts[at])

    def frequencies(self, column: Column, terms: Sequence[str]) -> Mapping[str, int]:
        if column.stream == "value":
            values = self.reader.value_counts(column.field)
            return {term: values[term] for term in terms if term in values}
        return self.column_frequencies({column: terms})[column]

    def stems(self, terms: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        stems: dict[str, set[str]] = {}
        for field in self.reader.text_fields:
            spend(LOOKUP_POSTINGS * len(terms))
            for term in terms:
                if keys := self._stems_of_accents(field, term):
                    stems.setdefault(term, set()).update(keys)
        return {term: tuple(sorted(keys)) for term, keys in stems.items()}

    def _stems_of_accents(self, field: str, term: str) -> list[str]:
        """Return the tagged stems of the forms of a term that have accents and another stem."""
        reader = self.reader
        # Nearly all forms have the stem of the term. Its groups need no comparison of texts.
        of_stems = reader.terms[STEM_COLUMNS[field]]
        own = [of_stems[stem(term, language)].numbers for language in reader.languages]
        keys = []
        for at, forms in enumerate(reader.terms[EXACT_COLUMNS[field]][term].numbers):
            text = reader.parts[at].segment.texts[field]
            own_groups = [group for numbers in own for group in numbers[at]]
            for form in forms:
                group = text.form_group.item(form)
                if group not in own_groups:
                    key = text.keys.text(group)
                    if has_stem_of_accents(term, key):
                        keys.append(key)
        return keys

    def column_frequencies(
        self, terms: Mapping[Column, Sequence[str]]
    ) -> Mapping[Column, Mapping[str, int]]:
        frequencies: dict[Column, Mapping[str, int]] = {}
        for column, of_column in terms.items():
            counts = frequencies[column] = {}
            if column.field in self.reader.text_fields:
                spend(LOOKUP_POSTINGS * len(of_column))
                entries = self.reader.terms[column]
                for term in of_column:
                    if count := entries[term].frequency:
                        counts[term] = count
        return frequencies

    def cached(self, key: Hashable, compute: Callable[[], Computed]) -> Computed:
        value: Computed = self.reader.cache.get_or_compute(key, compute)
        return value

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column], limit: int) -> Expansion:
        """Return the terms by descending frequency; equal frequencies are in term order."""
        expansions = [
            TermExpansion(part.segment.texts[column.field], part.form_counts(column.field), leaf)
            for column in columns
            for part in self.reader.parts
            if part.segment.texts[column.field].has_terms
        ]
        if not expansions:
            return Expansion((), False)
        spend(EXPANDED_TERM_POSTINGS * sum(len(expansion.counts) for expansion in expansions))
        # Merge the other expansions into the largest one.
        largest = max(expansions, key=lambda expansion: len(expansion.counts))
        others: dict[str, int] = {}
        for expansion in expansions:
            for term, count in expansion.pairs() if expansion is not largest else ():
                if not largest.add(term, count):
                    others[term] = others.get(term, 0) + count
        ordered = sorted(
            [*largest.most_frequent(limit), *others.items()], key=lambda pair: (-pair[1], pair[0])
        )
        term_count = np.count_nonzero(largest.counts) + len(others)
        return Expansion(tuple(ordered[:limit]), bool(term_count > limit))

    def similar_terms(
        self, word: str, edits: int, columns: Sequence[Column], limit: int
    ) -> Sequence[SimilarTerm]:
        frequencies: dict[str, int] = {}
        distances: dict[str, int] = {}
        for column in columns:
            for part in self.reader.parts:
                text = part.segment.texts[column.field]
                if not text.has_terms:
                    continue
                form_counts = part.form_counts(column.field)
                spend(TERM_POSTINGS * len(text.terms))
                for number, term, distance in text.term_shapes.within(word, edits):
                    count = sum(int(form_counts[form]) for form in text.forms_of(number))
                    if count and distance:
                        frequencies[term] = frequencies.get(term, 0) + count
                        distances[term] = distance
        similar = [SimilarTerm(term, n, distances[term]) for term, n in frequencies.items()]
        return sorted(similar, key=lambda each: each.sort_key)[:limit]

    def digests(self) -> dict[str, str]:
        digests = {}
        for part in self.reader.parts:
            is_live = self.reader.is_live[part.doc_slice].tolist()
            pairs = zip(part.segment.ids, part.segment.digests, is_live, strict=True)
            digests.update({id.decode(): digest.decode() for id, digest, live in pairs if live})
        return digests
