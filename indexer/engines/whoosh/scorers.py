"""A planned query as nodes that match and score the documents of a view by array arithmetic.

A node gives the documents it matches, ascending (deleted ones may be among them: they are taken out
once, at the end); tells of given documents which it matches; and scores those at given places of its own.
Scores are BM25 as Lucene computes it: weight * idf * freq / (freq + norm), with
idf = ln(1 + (N - n + 0.5) / (n + 0.5)); of a phrase, idf is the sum of its terms'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate

import numpy as np

from indexer.engines.whoosh.array_file import Array
from indexer.engines.whoosh.doc_ids import (
    BINARY_SEARCH_RATIO,
    NO_DOCS,
    common_positions,
    concatenate,
    concatenate_with_offsets,
    contains,
    intersect,
    is_contiguous,
    positions_in,
    run_starts,
    select,
    sorted_unique,
    sum_scores,
    union,
)
from indexer.engines.whoosh.index_reader import IndexReader, SegmentPart
from indexer.engines.whoosh.segment_reader import KeywordColumn, Postings, TextColumn
from indexer.query.parser import MAX_TERMS
from indexer.query.plan import (
    AndQuery,
    Column,
    EngineQuery,
    MatchAllQuery,
    MultiTermQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    RangeQuery,
    TermQuery,
    or_leaves,
)


class Scorer:
    """What a query matches. Computed when asked for, once."""

    scores = True  # whether it adds to a score at all

    def __init__(self, view: IndexReader) -> None:
        self.view = view
        self._docs: Array | None = None

    def docs(self) -> Array:
        """The documents that it matches."""
        if (found := self._docs) is None:
            found = self._docs = self._match()
        return found

    def _match(self) -> Array:
        raise NotImplementedError

    def mask(self, docs: Array | None) -> Array:
        """Of each of docs (None: of all documents), whether it is matched."""
        if docs is None:
            table = np.zeros(self.view.count, bool)
            table[self.docs()] = True
            return table
        return contains(self.docs(), docs, self.view.count)

    def at(self, places: Array | None) -> Array:
        """The scores of its own documents at these places (None: of all)."""
        return np.zeros(len(self.docs()) if places is None else len(places), np.float32)


class MatchAllScorer(Scorer):
    """Every document."""

    scores = False

    def _match(self) -> Array:
        return self.view.everything

    def mask(self, docs: Array | None) -> Array:
        return np.ones(self.view.count if docs is None else len(docs), bool)


class KeywordFilter(Scorer):
    """Documents with any of some values of a keyword or integer field."""

    scores = False

    def __init__(
        self, view: IndexReader, field: str, numbers: Callable[[KeywordColumn], Sequence[int]]
    ) -> None:
        """numbers: of a column, those of the values."""
        super().__init__(view)
        self._column = view.column(field)
        chosen = numbers(self._column)
        self._sets = self._column.sets_with(chosen) if chosen else None

    def _match(self) -> Array:
        return NO_DOCS if self._sets is None else self._column.docs(self._sets)

    def mask(self, docs: Array | None) -> Array:
        if self._sets is None:
            return np.zeros(self.view.count if docs is None else len(docs), bool)
        if docs is not None:
            return self._column.has(self._sets, self._column.set.take(docs))
        # Of all documents numbers side by side are told by a comparison, others from their lists.
        return (
            self._column.has(self._sets, self._column.set)
            if is_contiguous(self._sets)
            else super().mask(None)
        )


Piece = tuple[
    int, TextColumn, int
]  # a form in a part: which of a bundle's lists is its stem's, its text, the form


class _Bundle:
    """A stem with some of its exact forms, or a form alone: what is scored along one list of documents."""

    __slots__ = ("_forms", "_lists", "docs", "freqs", "own")

    def __init__(
        self,
        own: float,
        lists: Sequence[tuple[int, Postings]],
        forms: Sequence[tuple[float, Sequence[Piece]]],
    ) -> None:
        """own: the weight of the list itself. lists: of each part that has any, where its documents begin, and
        its postings. forms: the weight of each, and its pieces."""
        self.own, self._lists, self._forms = own, lists, forms
        self.docs = concatenate_with_offsets([(begin, found.docs) for begin, found in lists])
        self.freqs = concatenate([found.freqs for _, found in lists])

    def at(self, norm: Array, places: Array | None) -> Array:
        """The scores at these places of its documents (None: of all)."""
        docs, freqs = self.docs, self.freqs
        freq = (freqs if places is None else freqs.take(places)).astype(np.float32)
        norms = norm.take(docs if places is None else docs.take(places))
        weight = self.own
        separate = []
        for factor, pieces in self._forms:
            where, found = self._where(pieces)
            if where is None:
                weight += factor
            else:
                separate.append((where, found, factor))
        scores = freq + norms
        np.divide(freq, scores, out=scores)
        scores *= np.float32(weight)
        for where, found, factor in separate:
            if places is None:
                freq = np.zeros(len(docs), np.float32)
                freq[where] = found
            else:
                there, here = common_positions(where, places, len(docs))
                freq = np.zeros(len(places), np.float32)
                freq[here] = found.take(there)
            below = freq + norms
            np.divide(freq, below, out=below)
            below *= np.float32(factor)
            scores += below
        return scores

    def _where(self, pieces: Sequence[Piece]) -> tuple[Array | None, Array]:
        """Which of the documents a form stands in (None: it is the stem's only form), and how often in each."""
        found = [text.where(form) for _, text, form in pieces]
        if len(found) == len(self._lists) and all(where is None for where, _ in found):
            return None, self.freqs
        freqs = concatenate([freqs for _, freqs in found])
        begins, sizes = [0], [len(postings.docs) for _, postings in self._lists]
        begins += accumulate(sizes)
        own = [
            (begins[at], np.arange(sizes[at]) if where is None else where)
            for (at, _, _), (where, _) in zip(pieces, found, strict=True)
        ]
        return concatenate_with_offsets(own), freqs


class TermsScorer(Scorer):
    """Documents with any of a few exact terms and stems of one text column, each with a weight."""

    def __init__(self, view: IndexReader, field: str, leaves: Sequence[TermQuery]) -> None:
        """leaves: of columns of the field."""
        super().__init__(view)
        self._norm = view.norm(field)
        weights: dict[tuple[Column, str], float] = {}
        for leaf in leaves:
            key = (leaf.column, leaf.term)
            weights[key] = weights.get(key, 0.0) + leaf.weight
        exact: list[tuple[tuple[Sequence[int], ...], float]] = []
        stems: list[tuple[tuple[Sequence[int], ...], float]] = []
        for (column, term), weight in weights.items():
            numbers, frequency = view.find(column, term)
            (exact if column.stream == "exact" else stems).append(
                (numbers, weight * view.idf(field, frequency))
            )
        lists: list[list[tuple[int, Postings]]] = [[] for _ in stems]
        forms: list[dict[int, list[Piece]]] = [{} for _ in stems]
        alone = []
        for at, part in enumerate(view.parts):
            text = part.segment.texts[field]
            of_group = {}
            for which, (numbers, _) in enumerate(stems):
                for group in numbers[at]:
                    of_group[group] = which
                    lists[which].append((part.begin, text.of_group(group)))
            for number, (numbers, weight) in enumerate(exact):
                for form in numbers[at]:
                    if (owner := of_group.get(int(text.form_group[form]))) is None:
                        alone.append(_Bundle(weight, [(part.begin, text.of_form(form))], ()))
                    else:
                        forms[owner].setdefault(number, []).append(
                            (len(lists[owner]) - 1, text, form)
                        )
        self._bundles = alone + [
            _Bundle(
                weight,
                lists[which],
                [(exact[number][1], pieces) for number, pieces in forms[which].items()],
            )
            for which, (_, weight) in enumerate(stems)
            if lists[which]
        ]

    def _match(self) -> Array:
        return union([bundle.docs for bundle in self._bundles], self.view.count)

    def at(self, places: Array | None) -> Array:
        bundles = self._bundles
        if len(bundles) == 1:
            return bundles[0].at(self._norm, places)
        pieces = [(bundle.docs, partial(bundle.at, self._norm)) for bundle in bundles]
        return sum_scores(pieces, self.docs(), places, self.view.count)


class MultiTermScorer(Scorer):
    """Documents with any of many exact terms of one text column, all with one weight."""

    def __init__(self, view: IndexReader, query: MultiTermQuery) -> None:
        super().__init__(view)
        self._field = field = query.column.field
        terms = query.terms
        encoded = [term.encode() for term in terms]
        found = [(part, *part.segment.texts[field].forms_of(encoded)) for part in view.parts]
        self._found = [(part, of_term, forms) for part, of_term, forms in found if len(forms)]
        frequency = np.zeros(len(terms))
        for part, of_term, forms in self._found:
            frequency += np.bincount(of_term, part.form_counts(field)[forms], len(terms))
        weights = query.weight * np.log(
            1 + (view.statistics[field][0] - frequency + 0.5) / (frequency + 0.5)
        )
        self._weights = concatenate(
            [NO_DOCS, *(weights[of_term] for _, of_term, _ in self._found)]
        ).astype(np.float32)
        self._which = self._all_docs = self._freqs = (
            NO_DOCS  # of each posting; which of the weights
        )

    def _match(self) -> Array:
        which, docs, freqs, before = [], [], [], 0
        for part, _, forms in self._found:
            text = part.segment.texts[self._field]
            of_form, places, found = text.places_of(forms)
            which.append((before, of_form))
            docs.append((part.begin, text.group_docs.take(places)))
            freqs.append(found)
            before += len(forms)
        if not docs:
            return NO_DOCS
        size = self.view.count
        self._which, self._all_docs, self._freqs = (
            concatenate_with_offsets(which),
            concatenate_with_offsets(docs),
            concatenate(freqs),
        )
        if len(self._all_docs) * BINARY_SEARCH_RATIO < size:
            return sorted_unique(self._all_docs)
        table = np.zeros(size, bool)
        table[self._all_docs] = True
        return table.nonzero()[0]

    def at(self, places: Array | None) -> Array:
        own = self.docs()
        if not len(own):
            return np.zeros(0, np.float32)
        wanted = own if places is None else own.take(places)
        which, docs, freqs = self._which, self._all_docs, self._freqs
        if len(wanted) * BINARY_SEARCH_RATIO < len(docs):
            table = np.zeros(self.view.count, bool)
            table[wanted] = True
            kept = table[docs].nonzero()[0]
            which, docs, freqs = which[kept], docs[kept], freqs[kept]
        freq = freqs.astype(np.float32)
        scores = freq + self.view.norm(self._field).take(docs)
        np.divide(freq, scores, out=scores)
        scores *= self._weights.take(which)
        return np.bincount(docs, scores, self.view.count).take(wanted).astype(np.float32)


class PhraseScorer(Scorer):
    """Documents with exact terms at consecutive positions of one text column."""

    def __init__(self, view: IndexReader, query: PhraseQuery) -> None:
        super().__init__(view)
        self._field = query.column.field
        found = {term: view.find(query.column, term) for term in query.terms}
        self._forms = [found[term].numbers for term in query.terms]
        self._weight = np.float32(
            query.weight * sum(view.idf(self._field, found[term].frequency) for term in query.terms)
        )
        self._freqs = NO_DOCS

    def _match(self) -> Array:
        docs, freqs = [], []
        for at, part in enumerate(self.view.parts):
            forms = [numbers[at] for numbers in self._forms]
            owners = self._owners(part, forms) if all(forms) else NO_DOCS
            if len(owners):
                first = run_starts(owners).nonzero()[0]
                ends = np.full(len(first), len(owners))
                ends[:-1] = first[1:]
                docs.append((part.begin, owners[first]))
                freqs.append(ends - first)
        if not docs:
            return NO_DOCS
        self._freqs = concatenate(freqs)
        return concatenate_with_offsets(docs)

    def _owners(self, part: SegmentPart, forms: Sequence[Sequence[int]]) -> Array:
        """The document of each place of a part where the terms stand, ascending; forms: of each term, its own."""
        text = part.segment.texts[self._field]
        postings = {}
        for form in {form for each in forms for form in each}:
            narrow, freqs = text.of_form(form)
            postings[form] = Postings(
                narrow.astype(np.intp), freqs
            )  # they are used to index arrays, several times
        # Only texts with all of the terms are looked into.
        docs, places = intersect(
            [union([postings[form].docs for form in each], part.count) for each in forms],
            part.count,
        )
        # Positions in all texts, one behind the other, each less the place in the phrase: equal for a match.
        owners, keys = NO_DOCS, NO_DOCS
        for at, each in enumerate(forms):
            chosen = (
                [(each[0], places[at])]
                if len(each) == 1
                else [
                    (form, common_positions(postings[form].docs, docs, part.count)[0])
                    for form in each
                ]
            )
            found = self._keys(text, postings, chosen, at)
            if at:
                kept = positions_in(keys, found[1])
                owners, keys = owners[kept], keys[kept]
            else:
                owners, keys = found
            if not len(keys):
                break
        return owners

    @staticmethod
    def _keys(
        text: TextColumn,
        postings: Mapping[int, Postings],
        forms: Sequence[tuple[int, Array | None]],
        offset: int,
    ) -> tuple[Array, Array]:
        """The document and the key of each place where a term stands, ascending; of forms, in these postings (None: all)."""
        owners, keys = [], []
        for form, chosen in forms:
            docs, freqs = postings[form].docs, postings[form].freqs
            positions = text.positions_of(form, freqs, chosen)
            if chosen is not None:
                docs, freqs = docs[chosen], freqs[chosen]
            if len(docs) < len(positions):
                docs = docs.repeat(freqs)
            owners.append(docs)
            # A text is preceded by as many places as a phrase has terms at most.
            keys.append(
                text.begins.take(docs) + text.begins.dtype.type(MAX_TERMS - offset) + positions
            )
        if len(keys) == 1:
            return owners[0], keys[0]
        key = np.concatenate(keys)
        order = key.argsort(kind="stable")  # which merges lists that follow each other
        return np.concatenate(owners)[order], key[order]

    def at(self, places: Array | None) -> Array:
        own = self.docs()
        freq = (self._freqs if places is None else self._freqs[places]).astype(np.float32)
        norm = self.view.norm(self._field)
        scores: Array = self._weight * (
            freq / (freq + norm[own if places is None else own[places]])
        )
        return scores


class Conjunction(Scorer):
    """Documents that all of some nodes match."""

    def __init__(self, view: IndexReader, children: Sequence[Scorer]) -> None:
        super().__init__(view)
        # What is quicker to ask of a few documents than to list goes last.
        self._asked: list[Scorer] = [
            child
            for child in children
            if isinstance(child, KeywordFilter | Negation | MatchAllScorer)
        ]
        self._listed = [child for child in children if child not in self._asked]
        if not self._listed:
            self._listed, self._asked = self._asked[:1], self._asked[1:]
        self.scores = any(child.scores for child in children)
        self._places: list[Array | None] = []

    def _match(self) -> Array:
        docs, places = intersect([child.docs() for child in self._listed], self.view.count)
        for child in self._asked:
            kept = child.mask(docs).nonzero()[0]
            docs = docs[kept]
            places = [select(at, kept) for at in places]
        self._places = places
        return docs

    def at(self, places: Array | None) -> Array:
        own = self.docs()
        scores = np.zeros(len(own) if places is None else len(places), np.float32)
        for child, at in zip(self._listed, self._places, strict=True):
            if child.scores:
                scores += child.at(places if at is None else at if places is None else at[places])
        return scores


class Disjunction(Scorer):
    """Documents that any of some nodes matches."""

    def __init__(self, view: IndexReader, children: Sequence[Scorer]) -> None:
        super().__init__(view)
        self._children = children
        self.scores = any(child.scores for child in children)

    def _match(self) -> Array:
        return union([child.docs() for child in self._children], self.view.count)

    def mask(self, docs: Array | None) -> Array:
        if not self._children:
            return super().mask(docs)
        masks = [child.mask(docs) for child in self._children]
        return masks[0] if len(masks) == 1 else np.logical_or.reduce(masks)

    def at(self, places: Array | None) -> Array:
        pieces = [(child.docs(), child.at) for child in self._children if child.scores]
        return sum_scores(pieces, self.docs(), places, self.view.count)


class Negation(Scorer):
    """Documents that a node does not match."""

    scores = False

    def __init__(self, view: IndexReader, child: Scorer) -> None:
        super().__init__(view)
        self._child = child

    def _match(self) -> Array:
        return self.mask(None).nonzero()[0]

    def mask(self, docs: Array | None) -> Array:
        return ~self._child.mask(docs)


def build_scorer(view: IndexReader, query: EngineQuery) -> Scorer:
    """Return the scorer of an engine query."""
    match query:
        case MatchAllQuery():
            return MatchAllScorer(view)
        case NotQuery(child):
            return Negation(view, build_scorer(view, child))
        case AndQuery(children):
            scorers = [build_scorer(view, child) for child in children]
            if not scorers:
                return MatchAllScorer(view)
            return scorers[0] if len(scorers) == 1 else Conjunction(view, scorers)
        case RangeQuery(column, low, high):
            return KeywordFilter(view, column.field, lambda known: known.between(low, high))
        case PhraseQuery():
            return PhraseScorer(view, query)
        case MultiTermQuery():
            return MultiTermScorer(view, query)
        case TermQuery(column, term) if column.stream == "value":
            return KeywordFilter(view, column.field, lambda known: known.numbers(term))
        case OrQuery() | TermQuery():
            return _build_disjunction(view, query)


def _build_disjunction(view: IndexReader, query: OrQuery | TermQuery) -> Scorer:
    """Return a scorer in which the terms of each text field are scored together."""
    terms: dict[str, list[TermQuery]] = {}
    scorers = []
    for leaf in or_leaves(query):
        if isinstance(leaf, TermQuery | MultiTermQuery | PhraseQuery):
            column = leaf.column
            # A field without text in this generation matches nothing.
            if column.stream != "value" and not view.statistics[column.field][0]:
                continue
            if isinstance(leaf, TermQuery) and column.stream != "value":
                terms.setdefault(column.field, []).append(leaf)
                continue
        scorers.append(build_scorer(view, leaf))
    scorers += [TermsScorer(view, field, leaves) for field, leaves in terms.items()]
    return scorers[0] if len(scorers) == 1 else Disjunction(view, scorers)
