"""A planned query as nodes that match and score the documents of a part by array arithmetic.

A node gives the documents it matches, ascending (deleted ones included: they are taken out once, at
the end); tells of given documents which it matches; and scores those at given places of its own.
Scores are BM25 as Lucene computes it: weight * idf * freq / (freq + norm), with
idf = ln(1 + (N - n + 0.5) / (n + 0.5)); of a phrase, idf is the sum of its terms'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from indexer.arrays import Array
from indexer.engines.whoosh.lists import (
    NONE,
    SPARSE,
    added,
    among,
    differs,
    distinct,
    locate,
    member,
    narrowed,
    shared,
    union,
)
from indexer.engines.whoosh.segment import KeywordColumn, Postings, TextColumn
from indexer.engines.whoosh.view import Part, View
from indexer.plan import alternatives
from indexer.query import (
    MAX_TERMS,
    And,
    AnyTerm,
    Boost,
    InField,
    MatchAll,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    Term,
)


class Node:
    """Part by part, what a query matches. Computed when asked for, once."""

    scores = True  # whether it adds to a score at all

    def __init__(self, view: View) -> None:
        self.view = view
        self._docs: dict[int, Array] = {}

    def docs(self, number: int) -> Array:
        """The documents of a part that it matches."""
        if (found := self._docs.get(number)) is None:
            found = self._docs[number] = self._match(number, self.view.parts[number])
        return found

    def _match(self, number: int, part: Part) -> Array:
        raise NotImplementedError

    def mask(self, number: int, docs: Array | None) -> Array:
        """Of each of docs (None: of all documents), whether it is matched."""
        count = self.view.parts[number].count
        if docs is None:
            table = np.zeros(count, bool)
            table[self.docs(number)] = True
            return table
        return member(self.docs(number), docs, count)

    def at(self, number: int, places: Array | None) -> Array:
        """The scores of its own documents at these places (None: of all)."""
        own = self.docs(number)
        return np.zeros(len(own) if places is None else len(places), np.float32)

    def score(self, number: int, docs: Array) -> Array:
        """The scores of these documents; 0 for one that it does not match."""
        own = self.docs(number)
        if docs is own:
            return self.at(number, None)
        places, found = locate(own, docs, self.view.parts[number].count)
        if len(found) == len(docs):
            return self.at(number, places)
        scores = np.zeros(len(docs), np.float32)
        scores[found] = self.at(number, places)
        return scores


class Everything(Node):
    """Every document."""

    scores = False

    def _match(self, number: int, part: Part) -> Array:
        return part.everything

    def mask(self, number: int, docs: Array | None) -> Array:
        return np.ones(self.view.parts[number].count if docs is None else len(docs), bool)


class Values(Node):
    """Documents with any of some values of a keyword or integer field."""

    scores = False

    def __init__(self, view: View, column: str, numbers: Callable[[KeywordColumn], Sequence[int]]) -> None:
        """numbers: of a part's column, those of the values."""
        super().__init__(view)
        self.column = column
        self._sets: list[Array | None] = []
        for part in view.parts:
            known = part.segment.columns[column]
            chosen = numbers(known)
            self._sets.append(known.sets_with(chosen) if chosen else None)

    def _match(self, number: int, part: Part) -> Array:
        return self.mask(number, None).nonzero()[0]

    def mask(self, number: int, docs: Array | None) -> Array:
        part = self.view.parts[number]
        sets, column = self._sets[number], part.segment.columns[self.column]
        if sets is None:
            return np.zeros(part.count if docs is None else len(docs), bool)
        return column.has(sets, column.set if docs is None else column.set.take(docs))


class _Bundle:
    """A group with some of its forms in a part, or one form alone: postings that share their documents."""

    __slots__ = ("forms", "group", "own", "postings", "text")

    def __init__(self, text: TextColumn, group: int, own: float, forms: list[tuple[int, float]]) -> None:
        self.text, self.group, self.own, self.forms = text, group, own, forms
        self.postings: Postings = text.of_group(group) if group >= 0 else text.of_form(forms[0][0])

    def at(self, norm: Array, places: Array | None) -> Array:
        """The scores at these places of its documents (None: of all)."""
        docs, freqs = self.postings.docs, self.postings.freqs
        freq = (freqs if places is None else freqs.take(places)).astype(np.float32)
        norms = norm.take(docs if places is None else docs.take(places))
        weight = self.own
        separate = []
        for form, factor in self.forms:
            where = self.text.where(form) if self.group >= 0 else (None, freqs)
            if where[0] is None:
                weight += factor
            else:
                separate.append((where[0], where[1], factor))
        scores = freq + norms
        np.divide(freq, scores, out=scores)
        scores *= np.float32(weight)
        for where_at, form_freqs, factor in separate:
            table = np.zeros(len(docs), np.float32)
            table[where_at] = form_freqs
            freq = table if places is None else table[places]
            scores += np.float32(factor) * (freq / (freq + norms))
        return scores


class Words(Node):
    """Documents with any of a few exact terms and stems of one text column, each with a weight."""

    def __init__(self, view: View, column: str, leaves: Sequence[tuple[str, str, float]]) -> None:
        """leaves: ("exact" or "stem", term, weight)."""
        super().__init__(view)
        self.column = column
        found = [view.find(column, stream, term) for stream, term, _ in leaves]
        self._bundles: list[list[_Bundle]] = []
        for at, part in enumerate(view.parts):
            groups: dict[int, float] = {}
            forms: dict[int, float] = {}
            for (stream, _, weight), (numbers, frequency) in zip(leaves, found, strict=True):
                for number in numbers[at]:
                    target = forms if stream == "exact" else groups
                    target[number] = target.get(number, 0.0) + weight * view.idf(column, frequency)
            self._bundles.append(self._bundle(part.segment.texts[column], groups, forms))

    @staticmethod
    def _bundle(text: TextColumn, groups: dict[int, float], forms: dict[int, float]) -> list[_Bundle]:
        within: dict[int, list[tuple[int, float]]] = {}
        alone = []
        for form, weight in forms.items():
            group = int(text.form_group[form])
            if group in groups:
                within.setdefault(group, []).append((form, weight))
            else:
                alone.append(_Bundle(text, -1, 0.0, [(form, weight)]))
        return [
            *(_Bundle(text, group, weight, within.get(group, [])) for group, weight in groups.items()),
            *alone,
        ]

    def _match(self, number: int, part: Part) -> Array:
        return union([bundle.postings.docs for bundle in self._bundles[number]], part.count)

    def at(self, number: int, places: Array | None) -> Array:
        part = self.view.parts[number]
        norm = self.view.norm(part, self.column)
        bundles = self._bundles[number]
        if len(bundles) == 1:
            return bundles[0].at(norm, places)
        pieces = [(bundle.postings.docs, partial(bundle.at, norm)) for bundle in bundles]
        return added(pieces, self.docs(number), places, part.count)


class Expanded(Node):
    """Documents with any of many exact terms of one text column, all with one weight."""

    def __init__(self, view: View, column: str, terms: Sequence[str], weight: float) -> None:
        super().__init__(view)
        self.column = column
        encoded = [term.encode() for term in terms]
        found = [part.segment.texts[column].forms_of(encoded) for part in view.parts]
        frequency = np.zeros(len(terms))
        for part, (of_term, forms) in zip(view.parts, found, strict=True):
            if len(forms):
                frequency += np.bincount(of_term, part.form_counts(column)[forms], len(terms))
        weights = (weight * np.log(1 + (view.statistics[column][0] - frequency + 0.5) / (frequency + 0.5))).astype(
            np.float32
        )
        self._parts = [(forms, weights[of_term]) for of_term, forms in found]
        self._postings: dict[int, tuple[Array, Array, Array]] = {}

    def _match(self, number: int, part: Part) -> Array:
        forms, _ = self._parts[number]
        if not len(forms):
            return NONE
        text = part.segment.texts[self.column]
        which, places, freqs = text.places_of(forms)
        docs = text.group_docs[places].astype(np.intp)
        self._postings[number] = which, docs, freqs
        if len(docs) * SPARSE < part.count:
            return distinct(docs)
        table = np.zeros(part.count, bool)
        table[docs] = True
        return table.nonzero()[0]

    def at(self, number: int, places: Array | None) -> Array:
        own = self.docs(number)
        if not len(own):
            return np.zeros(0, np.float32)
        wanted = own if places is None else own[places]
        part = self.view.parts[number]
        which, docs, freqs = self._postings[number]
        if len(wanted) * SPARSE < len(docs):
            table = np.zeros(part.count, bool)
            table[wanted] = True
            kept = table[docs].nonzero()[0]
            which, docs, freqs = which[kept], docs[kept], freqs[kept]
        freq = freqs.astype(np.float32)
        scores = freq + self.view.norm(part, self.column)[docs]
        np.divide(freq, scores, out=scores)
        scores *= self._parts[number][1][which]
        return np.bincount(docs, scores, part.count)[wanted].astype(np.float32)


class Consecutive(Node):
    """Documents with exact terms at consecutive positions of one text column."""

    def __init__(self, view: View, column: str, terms: Sequence[str], weight: float) -> None:
        super().__init__(view)
        self.column = column
        found = {term: view.find(column, "exact", term) for term in terms}
        self._forms = [found[term].numbers for term in terms]
        self._weight = np.float32(weight * sum(view.idf(column, found[term].frequency) for term in terms))
        self._freqs: dict[int, Array] = {}

    def _match(self, number: int, part: Part) -> Array:
        forms = [of_part[number] for of_part in self._forms]
        self._freqs[number] = NONE
        if not all(forms):
            return NONE
        text = part.segment.texts[self.column]
        postings = {form: text.of_form(form) for each in forms for form in each}
        # Only texts with all of the terms are looked into.
        docs, places = shared([union([postings[form].docs for form in each], part.count) for each in forms], part.count)
        # Positions in all texts, one behind the other, each less the place in the phrase: equal for a match.
        owners, keys = NONE, NONE
        for at, each in enumerate(forms):
            chosen = [(each[0], places[at])] if len(each) == 1 else [
                (form, locate(postings[form].docs, docs, part.count)[0]) for form in each]  # fmt: skip
            found = self._keys(text, postings, chosen, at)
            if at:
                kept = among(keys, found[1])
                owners, keys = owners[kept], keys[kept]
            else:
                owners, keys = found
            if not len(keys):
                return NONE
        first = differs(owners).nonzero()[0]
        ends = np.full(len(first), len(owners))
        ends[:-1] = first[1:]
        self._freqs[number] = ends - first
        return owners[first]

    @staticmethod
    def _keys(
        text: TextColumn, postings: Mapping[int, Postings], forms: Sequence[tuple[int, Array | None]], offset: int
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
            keys.append(text.begins.take(docs) + text.begins.dtype.type(MAX_TERMS - offset) + positions)
        if len(keys) == 1:
            return owners[0], keys[0]
        key = np.concatenate(keys)
        order = key.argsort(kind="stable")  # which merges lists that follow each other
        return np.concatenate(owners)[order], key[order]

    def at(self, number: int, places: Array | None) -> Array:
        own, freqs = self.docs(number), self._freqs[number]
        norm = self.view.norm(self.view.parts[number], self.column)
        freq = (freqs if places is None else freqs[places]).astype(np.float32)
        scores: Array = self._weight * (freq / (freq + norm[own if places is None else own[places]]))
        return scores


class All(Node):
    """Documents that all of some nodes match."""

    def __init__(self, view: View, children: Sequence[Node]) -> None:
        super().__init__(view)
        # What is quicker to ask of a few documents than to list goes last.
        self._asked: list[Node] = [child for child in children if isinstance(child, Values | Inverse | Everything)]
        self._listed = [child for child in children if child not in self._asked]
        if not self._listed:
            self._listed, self._asked = self._asked[:1], self._asked[1:]
        self.scores = any(child.scores for child in children)
        self._places: dict[int, list[Array | None]] = {}

    def _match(self, number: int, part: Part) -> Array:
        listed = [child.docs(number) for child in self._listed]
        docs, places = shared(listed, part.count)
        for child in self._asked:
            kept = child.mask(number, docs).nonzero()[0]
            docs = docs[kept]
            places = [narrowed(at, kept) for at in places]
        self._places[number] = places
        return docs

    def at(self, number: int, places: Array | None) -> Array:
        own = self.docs(number)
        scores = np.zeros(len(own) if places is None else len(places), np.float32)
        for child, at in zip(self._listed, self._places[number], strict=True):
            if child.scores:
                scores += child.at(number, places if at is None else at if places is None else at[places])
        return scores


class Any(Node):
    """Documents that any of some nodes matches."""

    def __init__(self, view: View, children: Sequence[Node]) -> None:
        super().__init__(view)
        self._children = children
        self.scores = any(child.scores for child in children)

    def _match(self, number: int, part: Part) -> Array:
        return union([child.docs(number) for child in self._children], part.count)

    def mask(self, number: int, docs: Array | None) -> Array:
        if not self._children:
            return super().mask(number, docs)
        masks = [child.mask(number, docs) for child in self._children]
        return masks[0] if len(masks) == 1 else np.logical_or.reduce(masks)

    def at(self, number: int, places: Array | None) -> Array:
        pieces = [(child.docs(number), partial(child.at, number)) for child in self._children if child.scores]
        return added(pieces, self.docs(number), places, self.view.parts[number].count)


class Inverse(Node):
    """Documents that a node does not match."""

    scores = False

    def __init__(self, view: View, child: Node) -> None:
        super().__init__(view)
        self._child = child

    def _match(self, number: int, part: Part) -> Array:
        return self.mask(number, None).nonzero()[0]

    def mask(self, number: int, docs: Array | None) -> Array:
        return ~self._child.mask(number, docs)


def compiled(view: View, query: Query, column: str = "", weight: float = 1.0) -> Node:
    """The node for a planned query (plan.Plan says what can stand in one)."""
    match query:
        case MatchAll():
            return Everything(view)
        case InField(name, child):
            return compiled(view, child, name, weight)
        case Boost(child, factor):
            return compiled(view, child, column, weight * factor)
        case Not(child):
            return Inverse(view, compiled(view, child, column))
        case And(children):
            nodes = [compiled(view, child, column, weight) for child in children]
            return All(view, nodes) if len(nodes) > 1 else nodes[0] if nodes else Everything(view)
        case Range(low, high):
            return Values(view, column, lambda known: known.between(low, high))
        case Phrase(terms):
            return Consecutive(view, column.partition(".")[0], terms, weight)
        case AnyTerm(terms):
            return Expanded(view, column.partition(".")[0], terms, weight)
        case Term(text) if "." not in column:
            return Values(view, column, lambda known: known.numbers(text))
        case Or() | Term():
            words: dict[str, list[tuple[str, str, float]]] = {}
            nodes = []
            for name, leaf, factor in alternatives(query, column, weight):
                field, _, stream = name.partition(".")
                if stream and not view.statistics[field][0]:
                    continue  # a column without text in this generation, however the words are spread
                if isinstance(leaf, Term) and stream:
                    words.setdefault(field, []).append((stream, leaf.text, factor))
                else:
                    nodes.append(compiled(view, leaf, name, factor))
            nodes += [Words(view, field, leaves) for field, leaves in words.items()]
            return nodes[0] if len(nodes) == 1 else Any(view, nodes)
    raise TypeError(f"an engine is never asked for {query!r}")
