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
from indexer.engines.whoosh.segment import Postings, TextColumn
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
from indexer.schema import NONE

SPARSE = 16  # times as long as the other list: then a bisection for each is quicker than a table

_NONE = np.zeros(0, np.intp)


def locate(own: Array, docs: Array, size: int) -> tuple[Array, Array]:
    """The places in own, and those in docs, of the documents that stand in both; below size."""
    if len(docs) * SPARSE < len(own):
        at = np.searchsorted(own, docs)
        at[at == len(own)] = 0
        found = np.flatnonzero(own[at] == docs) if len(own) else _NONE
        return at[found], found
    if len(own) * SPARSE < len(docs):
        found, at = locate(docs, own, size)
        return at, found
    table = np.zeros(size, bool)
    table[docs] = True
    at = np.flatnonzero(table[own])
    table[docs] = False
    table[own] = True
    return at, np.flatnonzero(table[docs])


def member(own: Array, docs: Array, size: int) -> Array:
    """Of each of docs, whether it stands in own."""
    found = np.zeros(len(docs), bool)
    if len(own):
        found[locate(own, docs, size)[1]] = True
    return found


def distinct(docs: Array) -> Array:
    """The documents, ascending, each once; numpy's own unique hashes them first."""
    ordered = np.sort(docs)
    kept = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    found: Array = ordered[kept]
    return found


def union(lists: Sequence[Array], size: int) -> Array:
    """The documents of any of the lists, ascending, each once."""
    if len(lists) == 1:
        return lists[0]
    if sum(map(len, lists)) * SPARSE < size:
        return distinct(np.concatenate(lists)) if lists else _NONE
    table = np.zeros(size, bool)
    for docs in lists:
        table[docs] = True
    return np.flatnonzero(table)


def added(
    pieces: Sequence[tuple[Array, Callable[[Array | None], Array]]], own: Array, places: Array | None, size: int
) -> Array:  # fmt: skip
    """The sums of what scores lists give to documents: of own, at these places (None: all).

    pieces: documents, all of them in own, and the function that scores those at given places.
    """
    if places is None and len(own) * SPARSE >= size:
        table = np.zeros(size, np.float32)
        for docs, score in pieces:
            table[docs] += score(None)
        return table[own]
    wanted = own if places is None else own[places]
    scores = np.zeros(len(wanted), np.float32)
    for docs, score in pieces:
        there, here = locate(docs, wanted, size)
        scores[here] += score(there)
    return scores


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

    def __init__(self, view: View, column: str, chosen: Callable[[str], bool] | str) -> None:
        super().__init__(view)
        self.column = column
        self._sets: list[Array | None] = []
        for part in view.parts:
            known = part.segment.columns[column]
            if isinstance(chosen, str):
                numbers = [known.number[chosen]] if chosen in known.number else []
            else:
                numbers = [number for value, number in known.number.items() if chosen(value)]
            self._sets.append(known.sets_with(numbers) if numbers else None)

    def _match(self, number: int, part: Part) -> Array:
        return np.flatnonzero(self.mask(number, None))

    def mask(self, number: int, docs: Array | None) -> Array:
        part = self.view.parts[number]
        sets, column = self._sets[number], part.segment.columns[self.column]
        if sets is None:
            return np.zeros(part.count if docs is None else len(docs), bool)
        return column.has(sets, column.set if docs is None else column.set[docs])


class _Bundle:
    """A group with some of its forms in a part, or one form alone: postings that share their documents."""

    __slots__ = ("forms", "group", "own", "postings", "text")

    def __init__(self, text: TextColumn, group: int, own: float, forms: list[tuple[int, float]]) -> None:
        self.text, self.group, self.own, self.forms = text, group, own, forms
        self.postings: Postings = text.of_group(group) if group >= 0 else text.of_form(forms[0][0])

    def at(self, norm: Array, places: Array | None) -> Array:
        """The scores at these places of its documents (None: of all)."""
        docs, freqs = self.postings.docs, self.postings.freqs
        freq = (freqs if places is None else freqs[places]).astype(np.float32)
        norms = norm[docs if places is None else docs[places]]
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
        found = [view.find(column, "exact", term) for term in terms]
        frequency = np.array([each.frequency for each in found], np.float64)
        weights = weight * np.log(1 + (view.statistics[column][0] - frequency + 0.5) / (frequency + 0.5))
        self._parts: list[tuple[Array, Array]] = []
        for at in range(len(view.parts)):
            forms = [(form, number) for number, each in enumerate(found) for form in each.numbers[at]]
            numbers = np.array(forms, np.int64).reshape(-1, 2)
            self._parts.append((numbers[:, 0], weights[numbers[:, 1]].astype(np.float32)))
        self._postings: dict[int, tuple[Array, Array, Array]] = {}

    def _match(self, number: int, part: Part) -> Array:
        forms, _ = self._parts[number]
        if not len(forms):
            return _NONE
        text = part.segment.texts[self.column]
        which, places, freqs = text.places_of(forms)
        docs = text.group_docs[places].astype(np.intp)
        self._postings[number] = which, docs, freqs
        if len(docs) * SPARSE < part.count:
            return distinct(docs)
        table = np.zeros(part.count, bool)
        table[docs] = True
        return np.flatnonzero(table)

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
            kept = np.flatnonzero(table[docs])
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
        self._freqs[number] = _NONE
        if not all(forms):
            return _NONE
        text = part.segment.texts[self.column]
        postings = {form: text.of_form(form) for each in forms for form in each}
        sizes = [sum(len(postings[form].docs) for form in each) for each in forms]
        rarest = sizes.index(min(sizes))
        candidates = None
        if min(sizes) * SPARSE < max(sizes):  # the positions of most documents of the others are of no use
            candidates = union([postings[form].docs for form in forms[rarest]], part.count)
            for each in forms:
                candidates = candidates[
                    member(union([postings[form].docs for form in each], part.count), candidates, part.count)
                ]
        # Positions in all texts, one behind the other, each less the place in the phrase: equal for a match.
        order = sorted(range(len(forms)), key=sizes.__getitem__)
        docs, keys = self._keys(text, forms[order[0]], postings, candidates, order[0])
        for at in order[1:]:
            kept = _among(keys, self._keys(text, forms[at], postings, candidates, at)[1])
            docs, keys = docs[kept], keys[kept]
        if not len(keys):
            return _NONE
        first = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
        self._freqs[number] = np.diff(first, append=len(docs))
        return docs[first]

    @staticmethod
    def _keys(
        text: TextColumn, forms: Sequence[int], postings: Mapping[int, Postings], candidates: Array | None, offset: int
    ) -> tuple[Array, Array]:
        """The document and the key of each place where a term stands, ascending."""
        owners, keys = [], []
        for form in forms:
            docs, freqs, chosen = postings[form].docs, postings[form].freqs, None
            if candidates is not None:
                chosen = locate(docs, candidates, len(text.lengths))[0]
                docs, freqs = docs[chosen], freqs[chosen]
            # A text is preceded by as many places as a phrase has terms at most.
            begins = text.begins[docs] + text.begins.dtype.type(MAX_TERMS - offset)
            owners.append(np.repeat(docs, freqs))
            keys.append(np.repeat(begins, freqs) + text.positions_of(form, chosen))
        if len(keys) == 1:
            return owners[0], keys[0]
        key = np.concatenate(keys)
        order = np.argsort(key)
        return np.concatenate(owners)[order], key[order]

    def at(self, number: int, places: Array | None) -> Array:
        own, freqs = self.docs(number), self._freqs[number]
        norm = self.view.norm(self.view.parts[number], self.column)
        freq = (freqs if places is None else freqs[places]).astype(np.float32)
        scores: Array = self._weight * (freq / (freq + norm[own if places is None else own[places]]))
        return scores


def _among(keys: Array, others: Array) -> Array:
    """Which of keys stand among others; both ascend and have each number once."""
    if len(keys) * SPARSE < len(others):
        at = np.searchsorted(others, keys)
        at[at == len(others)] = 0
        return np.flatnonzero(others[at] == keys) if len(others) else _NONE
    # Sorted together, with a last bit that says which list a number is of, equal ones are neighbours.
    both = np.concatenate((keys << 1, (others << 1) | 1))
    both.sort()
    of_keys = (both & 1) == 0
    equal = (both[1:] ^ both[:-1]) == 1  # of neighbours, only 2n and 2n + 1 differ in that bit alone
    found: Array = (np.cumsum(of_keys, dtype=np.int32) - 1)[:-1][equal & of_keys[:-1]]
    return found


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
        order = sorted(range(len(listed)), key=lambda n: len(listed[n]))
        docs = listed[order[0]]
        places: dict[int, Array | None] = {order[0]: None}  # where in each child's documents these stand
        for n in order[1:]:
            own, kept = locate(listed[n], docs, part.count)
            docs = docs[kept]
            places = {m: kept if at is None else at[kept] for m, at in places.items()}
            places[n] = own
        for child in self._asked:
            kept = np.flatnonzero(child.mask(number, docs))
            docs = docs[kept]
            places = {m: kept if at is None else at[kept] for m, at in places.items()}
        self._places[number] = [places[n] for n in range(len(listed))]
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
        return np.flatnonzero(self.mask(number, None))

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
            return Values(view, column, lambda text: text != NONE and (low is None or low <= int(text))
                          and (high is None or int(text) <= high))  # fmt: skip
        case Phrase(terms):
            return Consecutive(view, column.partition(".")[0], terms, weight)
        case AnyTerm(terms):
            return Expanded(view, column.partition(".")[0], terms, weight)
        case Term(text) if "." not in column:
            return Values(view, column, text)
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
