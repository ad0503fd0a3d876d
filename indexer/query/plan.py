"""The plan that an engine runs: queries over columns, filters and counts, and query lowering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from indexer.query.ast import (
    And,
    Fuzzy,
    InField,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
)
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS
from indexer.text.analysis import STOP_WORDS, can_stem, stem, terms

STEM_WEIGHT = 0.6  # below 1, so that the word itself ranks above its other forms
FUZZY_WEIGHT = 0.4
K1, B = 1.2, 0.75  # BM25 parameters, Lucene's defaults

Sort = Literal["relevance", "newest", "oldest"]
Stream = Literal["exact", "stem", "value"]


class Column(NamedTuple):
    """A searchable column of an index: one stream of terms of one field.

    A text field has an "exact" stream (words as analysed) and a "stem" stream (tagged stems). A
    keyword or integer field, and the id, has a "value" stream of whole values.
    """

    field: str
    stream: Stream

    @property
    def name(self) -> str:
        """The name of the column in index files and cluster mappings: "body.exact", "country"."""
        return self.field if self.stream == "value" else f"{self.field}.{self.stream}"


EXACT_COLUMNS = {name: Column(name, "exact") for name in TEXT_FIELDS}
STEM_COLUMNS = {name: Column(name, "stem") for name in TEXT_FIELDS}
ID_COLUMN = Column("id", "value")


@dataclass(frozen=True, slots=True)
class MatchAllQuery:
    """Match every activity, without a score."""


@dataclass(frozen=True, slots=True)
class TermQuery:
    """Match a term of a column. Only terms of text columns add to the score."""

    column: Column
    term: str
    weight: float = 1.0  # factor of the BM25 score


@dataclass(frozen=True, slots=True)
class MultiTermQuery:
    """Match any of several terms of an exact column: the expansion of a Prefix or Fuzzy."""

    column: Column
    terms: tuple[str, ...]
    weight: float = 1.0  # factor of the BM25 score of each term


@dataclass(frozen=True, slots=True)
class PhraseQuery:
    """Match terms at consecutive positions of an exact column."""

    column: Column
    terms: tuple[str, ...]
    weight: float = 1.0  # factor of the BM25 score


@dataclass(frozen=True, slots=True)
class RangeQuery:
    """Match any stated whole number from low to high inclusive, without a score; None is open."""

    column: Column
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class AndQuery:
    """Match activities that match every child; the score is the sum of theirs."""

    children: tuple[EngineQuery, ...]


@dataclass(frozen=True, slots=True)
class OrQuery:
    """Match activities that match any child; the score is the sum of the matching ones.

    Without children it matches nothing.
    """

    children: tuple[EngineQuery, ...]


@dataclass(frozen=True, slots=True)
class NotQuery:
    """Match activities that do not match the child, without a score."""

    child: EngineQuery


EngineQuery = (
    MatchAllQuery
    | TermQuery
    | MultiTermQuery
    | PhraseQuery
    | RangeQuery
    | AndQuery
    | OrQuery
    | NotQuery
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A request to an engine: which activities to match, count, sort and return.

    Prefixes and fuzzy words are expanded to a MultiTermQuery before an engine sees them, so that
    all engines expand them alike.
    """

    query: EngineQuery = MatchAllQuery()  # matched and scored
    filters: tuple[tuple[str, EngineQuery], ...] = ()  # (facet group, query) pairs, not scored
    # Fields whose values are counted, one tuple per count; several fields are counted combined.
    # A count ignores filters in the facet groups of its fields.
    counts: tuple[tuple[str, ...], ...] = ()
    sort: Sort = "newest"
    offset: int = 0
    limit: int = 0  # 0: only total and counts


Keys = Callable[[str, str], Sequence[str]]
Expand = Callable[[Prefix | Fuzzy, Sequence[Column]], Sequence[str]]


def lower(query: Query, languages: Iterable[str], keys: Keys, expand: Expand) -> EngineQuery:
    """Lower a parsed query to an engine query.

    A word matches its exact form and its stem in any of the languages. keys(field, text) returns
    the values of a keyword field with this label; expand(leaf, columns) returns the terms of the
    columns that match a prefix or fuzzy word.
    """
    lowering = _Lowering([tag for tag in languages if can_stem(tag)], keys, expand)
    return lowering.lower(without_stop_words(query), None)


@dataclass(frozen=True, slots=True)
class _Lowering:
    """The arguments of lower()."""

    languages: Sequence[str]  # only those with a stemmer
    keys: Keys
    expand: Expand

    def lower(self, query: Query, field: str | None) -> EngineQuery:
        """Lower a query within a field; None searches all text fields."""
        match query:
            case And(children):
                return AndQuery(tuple([self.lower(child, field) for child in children]))
            case Or(children):
                return OrQuery(tuple([self.lower(child, field) for child in children]))
            case Not(child):
                return NotQuery(self.lower(child, field))
            case InField(name, child):
                return self.lower(child, name)
            case MatchAll():
                return MatchAllQuery()
        if field is None:
            return self._words(query, TEXT_FIELDS)
        if field in TEXT_FIELDS:
            return self._words(query, {field: TEXT_FIELDS[field]})
        return self._value(query, field)

    def _value(self, leaf: Query, field: str) -> EngineQuery:
        """Lower a leaf in a keyword or integer field."""
        column = Column(field, "value")
        match leaf:
            case Term(text) if text == NOT_STATED:
                return TermQuery(column, NOT_STATED)
            case Term(text) if FIELD[field].kind == "integer":
                # Not a number: search for the text as typed.
                return self._words(Phrase(tuple(terms(f"{field} {text}"))), TEXT_FIELDS)
            case Term(text):
                return OrQuery(tuple([TermQuery(column, key) for key in self.keys(field, text)]))
            case Range(low, high):
                return RangeQuery(column, low, high)
        raise TypeError(f"{leaf!r} in {field}")

    def _words(self, leaf: Query, fields: Mapping[str, float]) -> EngineQuery:
        """Lower a leaf in text fields, given with their weights."""
        parts: list[EngineQuery] = []
        match leaf:
            case Term(text):
                stems = dict.fromkeys([stem(text, language) for language in self.languages])
                for name, weight in fields.items():
                    parts.append(TermQuery(EXACT_COLUMNS[name], text, weight))
                    column, weight = STEM_COLUMNS[name], weight * STEM_WEIGHT
                    parts += [TermQuery(column, root, weight) for root in stems]
            case Phrase(words):
                for name, weight in fields.items():
                    parts.append(PhraseQuery(EXACT_COLUMNS[name], words, weight))
            case Prefix() | Fuzzy():
                factor = FUZZY_WEIGHT if isinstance(leaf, Fuzzy) else 1
                expansion = tuple(self.expand(leaf, [EXACT_COLUMNS[name] for name in fields]))
                for name, weight in fields.items():
                    parts.append(MultiTermQuery(EXACT_COLUMNS[name], expansion, weight * factor))
            case _:
                raise TypeError(f"{leaf!r} in a text field")
        return parts[0] if len(parts) == 1 else OrQuery(tuple(parts))


def without_stop_words(query: Query) -> Query:
    """Return a conjunction without its stop words.

    It is returned unchanged where only negations would be left.
    """
    if not isinstance(query, And):
        return query
    children = tuple(
        child
        for child in query.children
        if not (isinstance(child, Term) and child.text in STOP_WORDS)
    )
    if all(isinstance(child, Not) for child in children):
        return query
    return children[0] if len(children) == 1 else And(children)


def or_leaves(query: EngineQuery) -> Iterator[EngineQuery]:
    """Yield the children of a disjunction, with nested disjunctions flattened.

    A conjunction or negation is yielded whole.
    """
    stack = [query]
    while stack:
        node = stack.pop()
        if isinstance(node, OrQuery):
            stack.extend(reversed(node.children))
        else:
            yield node
