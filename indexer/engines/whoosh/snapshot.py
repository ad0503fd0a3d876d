"""Answers plans from a View: filters, counts, orders; terms and their expansions."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from indexer.arrays import Array
from indexer.engines import Expansion
from indexer.engines.whoosh.match import Everything, Node, compiled
from indexer.engines.whoosh.segment import TextColumn
from indexer.engines.whoosh.view import Part, View
from indexer.plan import Matches, Plan, Stored
from indexer.query import Fuzzy, Prefix, edits
from indexer.schema import group_of

FEW = 100  # documents: counting them one by one is quicker than an array of all values
GROUPS = 64  # lists' maxima that a threshold for the best is taken from, at least


def best(scores: Array, count: int) -> Array:
    """The places of the highest scores, highest first, equal ones in their order; at most count."""
    if len(scores) > 4 * GROUPS * count:
        # The count-th highest of the maxima of some columns is not above the count-th highest score.
        columns = len(scores) // GROUPS
        maxima = scores[: columns * GROUPS].reshape(GROUPS, columns).max(axis=0)
        least = np.partition(maxima, columns - count)[columns - count]
        places = (scores >= least).nonzero()[0]
        scores = scores[places]
    else:
        places = np.arange(len(scores))
    if len(scores) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        kept = (scores >= least).nonzero()[0]
        places, scores = places[kept], scores[kept]
    found: Array = places[(-scores).argsort(kind="stable")[:count]]
    return found


class WhooshSnapshot:
    """Implements Snapshot; holds nothing that a thread could spoil for another."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.generation = view.generation

    # Matching

    def match(self, *plans: Plan) -> tuple[Matches, ...]:
        return tuple(self._match(plan) for plan in plans)

    def _match(self, plan: Plan) -> Matches:
        view = self.view
        root = compiled(view, plan.query)
        filters = [(group, compiled(view, query)) for group, query in plan.filters]
        counts: list[dict[tuple[str, ...], int]] = [{} for _ in plan.counts]
        total = 0
        hits: list[tuple[float, bytes, float, int, int]] = []
        for number, part in enumerate(view.parts):
            docs = None if isinstance(root, Everything) else root.docs(number)
            if docs is not None and not len(docs):
                continue
            answer = _Answer(number, part, root, filters, docs)
            total += answer.total
            for names, found in zip(plan.counts, counts, strict=True):
                answer.count(names, found)
            if plan.limit and answer.total:
                hits += answer.top(plan.sort, plan.offset + plan.limit)
        if len(view.parts) > 1:
            hits.sort()
        wanted = hits[plan.offset : plan.offset + plan.limit]
        return Matches(total, tuple((score, view.parts[number].segment.stored(doc)) for _, _, score, number, doc in wanted),
                       tuple(counts))  # fmt: skip

    def scan(self, plan: Plan) -> Iterator[Stored]:
        root = compiled(self.view, plan.query)
        filters = [(group, compiled(self.view, query)) for group, query in plan.filters]
        lists = []
        for number, part in enumerate(self.view.parts):
            docs = None if isinstance(root, Everything) else root.docs(number)
            lists.append(_Answer(number, part, root, filters, docs).all(plan.sort))
        for _, _, number, doc in heapq.merge(*lists):
            yield self.view.parts[number].segment.stored(doc)

    def get(self, *ids: str) -> tuple[Stored | None, ...]:
        return tuple(self._get(id) for id in ids)

    def _get(self, id: str) -> Stored | None:
        for part in self.view.parts:
            doc = part.segment.doc(id)
            if doc >= 0 and part.alive[doc]:
                return part.segment.stored(doc)
        return None

    # The dictionary

    def terms(self, column: str, start: str = "", limit: int = 1000) -> Sequence[tuple[str, int]]:
        field, _, stream = column.partition(".")
        if field in self.view.values:
            return [pair for pair in self.view.values[field].items() if pair[0].startswith(start)][:limit]
        found: dict[str, int] = {}
        for part in self.view.parts:
            for text, count in self._terms(part, field, stream, start, limit):
                found[text] = found.get(text, 0) + count
        return sorted(found.items())[:limit]

    @staticmethod
    def _terms(part: Part, field: str, stream: str, start: str, limit: int) -> Iterator[tuple[str, int]]:
        """The first live terms of a part."""
        if field == "id":
            low, high = part.segment.ids.prefixed(start.encode())
            for at in (low + part.alive[low:high].nonzero()[0][:limit]).tolist():
                yield part.segment.ids[at].decode(), 1
            return
        text_column = part.segment.texts[field]
        if not text_column.filled:
            return
        strings = text_column.terms if stream == "exact" else text_column.keys
        low, high = strings.prefixed(start.encode())
        if stream == "stem":  # keys of groups that are no stems come first
            low = max(low, strings.lower_bound(b"\x01"))
        exact = stream == "exact"
        counts = (
            _term_counts(text_column, part.form_counts(field), low, high)
            if exact
            else part.group_counts(field)[low:high]
        )
        for at in counts.nonzero()[0][:limit].tolist():
            yield strings[low + at].decode(), int(counts[at])

    def frequencies(self, column: str, terms: Sequence[str]) -> Mapping[str, int]:
        field, _, stream = column.partition(".")
        if stream:
            found = {term: self.view.find(field, stream, term).frequency for term in terms}
        else:
            found = {term: self.view.values[field].get(term, 0) for term in terms}
        return {term: frequency for term, frequency in found.items() if frequency}

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[str], limit: int) -> Expansion:
        """Commonest first; equal ones by their text."""
        lists = [(column.partition(".")[0], part) for column in columns for part in self.view.parts]
        found = [_Terms(part.segment.texts[field], part.form_counts(field), leaf)
                 for field, part in lists if part.segment.texts[field].filled]  # fmt: skip
        if not found:
            return Expansion((), False)
        most = max(found, key=lambda terms: len(terms.counts))
        others: dict[str, int] = {}
        for terms in found:
            for text, count in terms.pairs() if terms is not most else ():
                if not most.add(text, count):
                    others[text] = others.get(text, 0) + count
        ordered = sorted([*most.commonest(limit), *others.items()], key=lambda pair: (-pair[1], pair[0]))
        return Expansion(tuple(ordered[:limit]), bool(np.count_nonzero(most.counts) + len(others) > limit))

    # What a writer asks

    def digests(self) -> dict[str, str]:
        """The digest of every activity, by id."""
        found = {}
        for part in self.view.parts:
            pairs = zip(part.segment.ids, part.segment.digests, part.alive.tolist(), strict=True)
            found.update({id.decode(): digest.decode() for id, digest, alive in pairs if alive})
        return found


def _term_counts(text: TextColumn, form_counts: Array, low: int, high: int) -> Array:
    """In how many documents each exact term from low up to high stands; a document has one language."""
    starts = text.term_forms[low : high + 1].astype(np.int64)
    counts = form_counts[starts[0] : starts[-1]]
    return counts if len(counts) == high - low else np.add.reduceat(counts, starts[:-1] - starts[0])


class _Terms:
    """The terms of a text column that a prefix or fuzzy word stands for: counts has the others' as 0."""

    def __init__(self, text: TextColumn, form_counts: Array, leaf: Prefix | Fuzzy) -> None:
        self._text = text
        if isinstance(leaf, Prefix):
            self._low, high = text.terms.prefixed(leaf.text.encode())
            self.counts = _term_counts(text, form_counts, self._low, high).copy()
            return
        self._low, words, lengths = text.beginning_with(leaf.text[0])
        self.counts = np.zeros(len(words), np.int64)
        most = edits(leaf.text)
        near = (np.abs(lengths - len(leaf.text)) <= most).nonzero()[0]
        if len(near):
            distances = cdist([leaf.text], [words[at] for at in near.tolist()], scorer=OSA.distance, score_cutoff=most)
            near = near[distances[0] <= most]
            self.counts[near] = _term_counts(text, form_counts, self._low, self._low + len(words))[near]

    def pairs(self) -> Iterator[tuple[str, int]]:
        """Every term with its count, but for those without one."""
        for at in self.counts.nonzero()[0].tolist():
            yield self._text.terms[self._low + at].decode(), int(self.counts[at])

    def add(self, text: str, count: int) -> bool:
        """Count a term more; whether it is one of these."""
        at = self._text.terms.find(text.encode()) - self._low
        if not 0 <= at < len(self.counts) or not self.counts[at]:
            return False
        self.counts[at] += count
        return True

    def commonest(self, limit: int) -> list[tuple[str, int]]:
        """The terms of the highest counts, equal ones by their text."""
        order = (-self.counts).argsort(kind="stable")[:limit]
        order = order[self.counts[order] > 0]
        words = self._text.terms.read((self._low + order).tolist())
        return [(word.decode(), count) for word, count in zip(words, self.counts[order].tolist(), strict=True)]


class _Answer:
    """What a plan matches in one part."""

    def __init__(
        self, number: int, part: Part, root: Node, filters: Sequence[tuple[str, Node]], docs: Array | None
    ) -> None:
        """docs: what root matches; None stands for every document, so that no array of them is made."""
        self.number, self.part, self.root, self.docs = number, part, root, docs
        self.gone = part.deleted if docs is None else part.gone(docs)  # places in docs to leave out
        self._masks: dict[str, Array] = {}
        for group, node in filters:
            found = node.mask(number, docs)
            if group in self._masks:
                self._masks[group] = self._masks[group] & found
            else:
                self._masks[group] = found
        self.chosen = self._places(None)
        size = part.count if self.docs is None else len(self.docs)
        self.total = size - len(self.gone) if self.chosen is None else len(self.chosen)

    def _places(self, ignored: str | None) -> Array | None:
        """Where in docs what the filters leave stands, those of one group ignored; None: nothing filters."""
        if self._masks.keys() <= {ignored}:
            return None
        return self._kept(ignored).nonzero()[0]

    def _kept(self, ignored: str | None) -> Array:
        """Of each of docs, whether the filters leave it, those of one group ignored, and it is not deleted."""
        masks = [mask for group, mask in self._masks.items() if group != ignored]
        if not masks:
            return self.part.alive
        kept: Array = masks[0] if len(masks) == 1 else np.logical_and.reduce(masks)
        if len(self.gone) and kept[self.gone].any():
            kept = kept.copy()
            kept[self.gone] = False
        return kept

    def count(self, names: tuple[str, ...], into: dict[tuple[str, ...], int]) -> None:
        """Add the counts of a facet, or of several together, each activity once for each value it has."""
        groups = {group_of(name) for name in names} & self._masks.keys()
        if len(groups) > 1:
            masks = [mask for group, mask in self._masks.items() if group not in groups]
            kept = np.logical_and.reduce([np.ones(len(next(iter(self._masks.values()))), bool), *masks])
            kept[self.gone] = False
            places: Array | None = kept.nonzero()[0]
        else:
            places = self._places(groups.pop()) if groups else self.chosen
        docs = self.docs if places is None else places if self.docs is None else self.docs[places]
        without = self.gone if places is None else places[:0]
        if len(names) == 1:
            column = self.part.segment.columns[names[0]]
            if docs is not None and len(docs) <= FEW:
                for at in column.set[docs if not len(without) else np.delete(docs, without)].tolist():
                    for value in column.members(at):
                        key = column.keys[value]
                        into[key] = into.get(key, 0) + 1
                return
            counts = self.part.totals(names[0]) if docs is None else self.part.counts(column, docs, without)
            there = counts.nonzero()[0]
            here = zip(map(column.keys.__getitem__, there.tolist()), counts[there].tolist(), strict=True)
            if not into:
                into.update(here)
                return
            for key, count in here:
                into[key] = into.get(key, 0) + count
            return
        if docs is None:
            docs = self.part.alive.nonzero()[0]
        elif len(without):
            docs = np.delete(docs, without)
        self._count_together(names, docs, into)

    def _count_together(self, names: tuple[str, ...], docs: Array, into: dict[tuple[str, ...], int]) -> None:
        columns = [self.part.segment.columns[name] for name in names]
        combined = np.zeros(len(docs), np.int64)
        for column in columns:
            combined = combined * column.sets + column.set[docs]
        for key, count in zip(*(found.tolist() for found in np.unique(combined, return_counts=True)), strict=True):
            rows: list[tuple[str, ...]] = [()]
            for column in reversed(columns):
                key, number = divmod(key, column.sets)
                rows = [(column.values[value], *row) for value in column.members(number) for row in rows]
            for row in rows:
                into[row] = into.get(row, 0) + count

    def _scores(self) -> Array:
        """The score of each of the chosen."""
        if self.docs is None:
            size = self.part.live if self.chosen is None else len(self.chosen)
            return np.zeros(size, np.float32)
        return self.root.at(self.number, self.chosen)

    def top(self, sort: str, count: int) -> list[tuple[float, bytes, float, int, int]]:
        """The first documents of an order: what they are ordered by, score, part and document of each."""
        segment = self.part.segment
        if sort == "relevance" and self.docs is not None and self.root.scores:
            scores = self._scores()
            if self.chosen is None:
                scores[self.gone] = -1.0
            places = best(scores, min(count, self.total))
            docs = self.docs[places if self.chosen is None else self.chosen[places]]
            found = scores[places].tolist()
            keys = [-score for score in found]
        else:
            if sort == "relevance":
                docs = self._live()[:count]
                keys = [0.0] * len(docs)
            else:
                docs = self._first(segment.file[f"{sort}.rank"], segment.file[sort], min(count, self.total))
                keys = segment.file[f"{sort}.key"][docs].tolist()
            found = [0.0] * len(docs)
        docs = docs.tolist()
        return [(key, segment.ids[doc], score, self.number, doc)
                for key, score, doc in zip(keys, found, docs, strict=True)]  # fmt: skip

    def _first(self, rank: Array, order: Array, count: int) -> Array:
        """The first of the chosen in an order; there are at least count."""
        if self.docs is None:  # the order itself, as far as it takes if they are spread evenly
            reach = 4 * count * self.part.count // max(self.total, 1) + len(self.gone)
            first = order[:reach].astype(np.intp)
            first = first[self._kept(None).take(first)]
            if len(first) >= count:
                return first[:count]
        docs = self._live()
        return docs[best(-rank.take(docs).astype(np.int64), count)]

    def _live(self) -> Array:
        """The chosen documents."""
        if self.chosen is not None:
            return self.chosen if self.docs is None else self.docs[self.chosen]
        if self.docs is None:
            return self.part.alive.nonzero()[0]
        return np.delete(self.docs, self.gone) if len(self.gone) else self.docs

    def all(self, sort: str) -> Iterator[tuple[float, bytes, int, int]]:
        """Every chosen document in an order: what it is ordered by, part and document of each."""
        segment = self.part.segment
        docs = self._live()
        if sort == "relevance":
            keys = -self.root.score(self.number, docs) if self.root.scores else np.zeros(len(docs), np.float32)
        else:
            keys = segment.file[f"{sort}.key"][docs]
        order = np.argsort(keys, kind="stable")
        for key, doc in zip(keys[order].tolist(), docs[order].tolist(), strict=True):
            yield key, segment.ids[doc], self.number, doc
