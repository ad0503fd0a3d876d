"""The plan that an engine runs: queries over columns, filters and counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from indexer.schema import TEXT_FIELDS

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


class TermQuery(NamedTuple):
    """Match a term of a column. Only terms of text columns add to the score.

    The score is weight * freq / (freq + norm), with Lucene's norm of BM25. The weight includes the
    inverse document frequency, which all forms of a word share (lowering.py).
    """

    column: Column
    term: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class MultiTermQuery:
    """Match any of several terms of an exact column: the expansion of a Prefix or Fuzzy."""

    column: Column
    terms: tuple[str, ...]
    weight: float = 1.0  # of each term


@dataclass(frozen=True, slots=True)
class PhraseQuery:
    """Match terms at consecutive positions of an exact column."""

    column: Column
    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ConstantQuery:
    """Match the activities of the child, with the same score for each activity."""

    child: EngineQuery
    score: float


@dataclass(frozen=True, slots=True)
class IdsQuery:
    """Match the activities with these ids, without a score. For filters: up to 10,000 ids."""

    ids: tuple[str, ...]


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
    """Match activities that match any child. Without children it matches nothing.

    The score is the sum of the scores of the matching children.
    """

    children: tuple[EngineQuery, ...]


@dataclass(frozen=True, slots=True)
class MostQuery:
    """Match activities whose sum of shares is at least a percentage of the best sum.

    The sum of an activity adds the shares of its matching children. The best sum is the highest sum
    of any activity. The score is the sum of the scores of the matching children. Shares are whole
    numbers, so that all engines add them exactly.
    """

    children: tuple[EngineQuery, ...]
    shares: tuple[int, ...]  # of each child; at least 1
    percent: int  # of the best sum

    def minimum(self, best: int) -> int:
        """Return the lowest sum of shares that matches, given the best sum of any activity."""
        return max(1, -(-best * self.percent // 100))


@dataclass(frozen=True, slots=True)
class NotQuery:
    """Match activities that do not match the child, without a score."""

    child: EngineQuery


EngineQuery = (
    MatchAllQuery
    | TermQuery
    | MultiTermQuery
    | PhraseQuery
    | ConstantQuery
    | IdsQuery
    | RangeQuery
    | AndQuery
    | OrQuery
    | MostQuery
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
    # A count ignores filters in the facet groups of its fields. A filter that no count may ignore,
    # such as an exclusion, has a group of its own.
    counts: tuple[tuple[str, ...], ...] = ()
    sort: Sort = "newest"
    offset: int = 0
    limit: int = 0  # 0: only total and counts
    # A broader query, which matches all matches of query and more activities. If it is set, its
    # matches are counted and scored, and the matches of query rank first.
    most: EngineQuery | None = None


def or_leaves(query: EngineQuery) -> Iterator[EngineQuery]:
    """Yield the children of a disjunction, with nested disjunctions flattened.

    A conjunction or negation is yielded whole.
    """
    if not isinstance(query, OrQuery):
        yield query
        return
    for child in query.children:
        if isinstance(child, OrQuery):
            yield from or_leaves(child)
        else:
            yield child
