"""Lower a parsed query to an engine plan: the terms, weights and groups that an engine matches.

A word has one inverse document frequency (idf) over all its forms, streams, fields and languages,
so that neither a rare inflected form nor a language with few activities ranks first because it is
rare. Lucene's CombinedFieldsQuery and SynonymQuery do the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

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
from indexer.query.plan import (
    EXACT_COLUMNS,
    STEM_COLUMNS,
    AndQuery,
    Column,
    EngineQuery,
    MatchAllQuery,
    MostQuery,
    MultiTermQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    RangeQuery,
    TermQuery,
)
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS
from indexer.text.analysis import can_stem, stem, stop_word_languages, terms

# The word as typed adds this to the score of its stem, so that it ranks above its other forms.
EXACT_WEIGHT = 0.15
FUZZY_WEIGHT = 0.4
# The lower group has activities whose words carry a part of the idf that the words of the best
# activity carry. The part is smaller for longer texts, because even the best activity shares few
# words with a long text, and others fewer. Chosen on three test collections (docs/decisions.md).
MAX_PERCENT, MIN_PERCENT = 40, 15
SHARE_SCALE = 10  # shares are tenths of an idf, as whole numbers
MAX_WORDS = 128  # of plain text; the words with the highest idf
LANGUAGE_COLUMN = Column("language", "value")


class Statistics(Protocol):
    """What lowering needs to know about the index and the vocabulary."""

    @property
    def languages(self) -> Sequence[str]:
        """The primary subtags of the languages of the activities."""

    @property
    def activities(self) -> int:
        """The number of activities."""

    def language_tags(self, primary: Iterable[str]) -> Sequence[str]:
        """Return the language tags that activities state for primary subtags."""

    def frequencies(self, words: Sequence[str]) -> Mapping[Column, Mapping[str, int]]:
        """Return the document frequencies of terms in every text column."""

    def keys(self, field: str, text: str) -> Sequence[str]:
        """Return the values of a keyword field that have a text as their key or label."""

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column]) -> Mapping[str, int]:
        """Return the terms of columns that match a prefix or fuzzy word, with frequencies."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: its terms in the index, and its document frequency.

    The frequency is the highest one of any field: the sum over the stems of all languages, which no
    two activities share, and at most the number of activities.
    """

    term: Term
    stems: tuple[str, ...]
    frequency: int
    idf: float

    @property
    def share(self) -> int:
        """The idf as a whole number, for MostQuery."""
        return max(1, round(SHARE_SCALE * self.idf))


def idf(activities: int, frequency: int) -> float:
    """Return the inverse document frequency of BM25 as Lucene computes it."""
    return math.log(1 + (activities - frequency + 0.5) / (frequency + 0.5))


def plain_words(query: Query) -> tuple[Term, ...]:
    """Return the words of a query without syntax; () if it has any other node."""
    children = query.children if isinstance(query, And) else (query,)
    words = tuple(child for child in children if isinstance(child, Term))
    return words if len(words) == len(children) else ()


def words_of(query: Query) -> list[Term]:
    """Return the words that a query searches in text fields, phrases included, in order."""
    found: dict[Term, None] = {}

    def visit(node: Query, field: str | None) -> None:
        match node:
            case And(children) | Or(children):
                for child in children:
                    visit(child, field)
            case Not(child):
                visit(child, field)
            case InField(name, child):
                visit(child, name)
            case Term() if field is None or field in TEXT_FIELDS:
                found[node] = None
            case Term(text) if FIELD[field or ""].kind == "integer":
                found.update(dict.fromkeys(map(Term, terms(f"{field} {text}"))))
            case Phrase(words):
                found.update(dict.fromkeys(map(Term, words)))

    visit(query, None)
    return list(found)


class Lowering:
    """Lowers one query."""

    def __init__(self, query: Query, statistics: Statistics) -> None:
        self.query = query
        self._statistics = statistics
        stems = {
            word: tuple(
                dict.fromkeys(stem(word.text, tag) for tag in statistics.languages if can_stem(tag))
            )
            for word in words_of(query)
        }
        lookups = dict.fromkeys(
            term for word, roots in stems.items() for term in (word.text, *roots)
        )
        frequencies = statistics.frequencies(list(lookups)) if lookups else {}
        self._words = {word: self._word(word, roots, frequencies) for word, roots in stems.items()}
        # A word that plain text repeats counts as often as it occurs.
        self._repeats = Counter(plain_words(query))
        # Both groups share these objects, so that an engine matches each word once.
        self._word_queries = {
            term: self._word_query(word, TEXT_FIELDS, self._repeats.get(term, 1))
            for term, word in self._words.items()
        }

    def _word(
        self, term: Term, stems: tuple[str, ...], frequencies: Mapping[Column, Mapping[str, int]]
    ) -> Word:
        present = tuple(
            root for root in stems if any(root in counts for counts in frequencies.values())
        )
        highest = max(
            (
                max(
                    sum(frequencies[STEM_COLUMNS[field]].get(root, 0) for root in present),
                    frequencies[EXACT_COLUMNS[field]].get(term.text, 0),
                )
                for field in TEXT_FIELDS
            ),
            default=0,
        )
        activities = self._statistics.activities
        frequency = min(highest, activities)
        return Word(term, present, frequency, idf(activities, frequency))

    # The group with all words

    def all(self) -> EngineQuery:
        """Return the query that matches what the text asks for exactly."""
        return self._lower(self.query, None)

    def _lower(self, query: Query, field: str | None) -> EngineQuery:
        """Lower a query within a field; None searches all text fields."""
        match query:
            case And(children):
                return self._conjunction(children, field)
            case Or(children):
                return OrQuery(tuple([self._lower(child, field) for child in children]))
            case Not(child):
                return NotQuery(self._lower(child, field))
            case InField(name, child):
                return self._lower(child, name)
            case MatchAll():
                return MatchAllQuery()
        if field is None:
            return self._text(query, TEXT_FIELDS)
        if field in TEXT_FIELDS:
            return self._text(query, {field: TEXT_FIELDS[field]})
        return self._value(query, field)

    def _conjunction(self, children: Sequence[Query], field: str | None) -> EngineQuery:
        """Lower a conjunction. A stop word is optional in activities of its own language."""
        keep_all = field is not None or is_only_stop_words(children)
        queries = []
        for child in dict.fromkeys(children):
            lowered = self._lower(child, field)
            languages = () if keep_all else self._optional_in(child)
            if len(languages) == len(self._statistics.languages):
                continue
            if languages:
                tags = self._statistics.language_tags(languages)
                lowered = OrQuery((lowered, *(TermQuery(LANGUAGE_COLUMN, tag) for tag in tags)))
            queries.append(lowered)
        return queries[0] if len(queries) == 1 else AndQuery(tuple(queries))

    def _optional_in(self, query: Query) -> Sequence[str]:
        """Return the languages of the index in which a query is a stop word."""
        if not isinstance(query, Term):
            return ()
        languages = stop_languages(query)
        return [tag for tag in self._statistics.languages if tag in languages]

    def _value(self, leaf: Query, field: str) -> EngineQuery:
        """Lower a leaf in a keyword or integer field."""
        column = Column(field, "value")
        match leaf:
            case Term(text) if text == NOT_STATED:
                return TermQuery(column, NOT_STATED)
            case Term(text) if FIELD[field].kind == "integer":
                # Not a number: search for the text as typed.
                return self._text(Phrase(tuple(terms(f"{field} {text}"))), TEXT_FIELDS)
            case Term(text):
                keys = self._statistics.keys(field, text)
                return OrQuery(tuple([TermQuery(column, key) for key in keys]))
            case Range(low, high):
                return RangeQuery(column, low, high)
        raise TypeError(f"{leaf!r} in {field}")

    def _text(self, leaf: Query, fields: Mapping[str, float]) -> EngineQuery:
        """Lower a leaf in text fields, given with their weights."""
        parts: list[EngineQuery] = []
        match leaf:
            case Term() if fields is TEXT_FIELDS:
                return self._word_queries[leaf]
            case Term():
                return self._word_query(self._words[leaf], fields)
            case Phrase(words):
                factor = sum(self._words[Term(word)].idf for word in words)
                for name, weight in fields.items():
                    parts.append(PhraseQuery(EXACT_COLUMNS[name], words, weight * factor))
            case Prefix() | Fuzzy():
                factor = FUZZY_WEIGHT if isinstance(leaf, Fuzzy) else 1
                expansion = self._statistics.expand(leaf, [EXACT_COLUMNS[name] for name in fields])
                activities = self._statistics.activities
                factor *= idf(activities, min(activities, sum(expansion.values())))
                for name, weight in fields.items():
                    parts.append(
                        MultiTermQuery(EXACT_COLUMNS[name], tuple(expansion), weight * factor)
                    )
            case _:
                raise TypeError(f"{leaf!r} in a text field")
        return parts[0] if len(parts) == 1 else OrQuery(tuple(parts))

    def _word_query(self, word: Word, fields: Mapping[str, float], repeats: int = 1) -> EngineQuery:
        """Return the query of a word: its exact form and its stems, with one idf."""
        parts: list[EngineQuery] = []
        for name, weight in fields.items():
            weight *= word.idf * repeats
            parts.append(TermQuery(EXACT_COLUMNS[name], word.term.text, weight * EXACT_WEIGHT))
            parts += [TermQuery(STEM_COLUMNS[name], root, weight) for root in word.stems]
        return OrQuery(tuple(parts))

    # The group with most words

    def most(self) -> EngineQuery | None:
        """Return the query that matches activities with most of the words.

        None if the text has explicit syntax, or a single word that occurs. Words that occur nowhere
        do not count, and stop words do not count in activities of their own language.
        """
        plain = plain_words(self.query)
        if is_only_stop_words(plain):
            return None
        words = sorted(
            (self._words[term] for term in dict.fromkeys(plain) if self._words[term].frequency),
            key=lambda word: -word.idf,
        )
        languages_of: dict[tuple[Word, ...], list[str]] = {}  # by the words that count
        for tag in self._statistics.languages:
            counted = tuple(word for word in words if tag not in stop_languages(word.term))
            if counted:
                languages_of.setdefault(counted[:MAX_WORDS], []).append(tag)
        if len(set(plain)) < 2 or not languages_of:
            return None
        groups: list[EngineQuery] = []
        for counted, languages in languages_of.items():
            group: EngineQuery = self._most_of(counted)
            if len(languages_of) > 1:
                tags = self._statistics.language_tags(languages)
                in_language = OrQuery(tuple(TermQuery(LANGUAGE_COLUMN, tag) for tag in tags))
                group = AndQuery((group, in_language))
            groups.append(group)
        return groups[0] if len(groups) == 1 else OrQuery(tuple(groups))

    def _most_of(self, words: Sequence[Word]) -> MostQuery:
        """Return the query of words, in which words with the same stems count as one."""
        queries: dict[object, list[EngineQuery]] = {}
        shares: dict[object, int] = {}
        for word in words:
            key = word.stems or word.term
            queries.setdefault(key, []).append(self._word_queries[word.term])
            shares[key] = shares.get(key, 0) + word.share * self._repeats[word.term]
        children = tuple(q[0] if len(q) == 1 else OrQuery(tuple(q)) for q in queries.values())
        percent = max(MIN_PERCENT, MAX_PERCENT - len(children))
        return MostQuery(children, tuple(shares.values()), percent)


def stop_languages(term: Term) -> frozenset[str]:
    """Return the languages in which a word of a query is a stop word."""
    return stop_word_languages(term.text)


def is_only_stop_words(queries: Iterable[Query]) -> bool:
    """Return whether every part of a conjunction is a stop word or an exclusion."""
    return all(
        isinstance(query, Not) or (isinstance(query, Term) and bool(stop_languages(query)))
        for query in queries
    )


def without_stop_words(query: Query) -> Query:
    """Return a conjunction without its English stop words.

    It is returned unchanged where only negations would be left.
    """
    if not isinstance(query, And):
        return query
    children = tuple(
        child
        for child in query.children
        if not (isinstance(child, Term) and "en" in stop_languages(child))
    )
    if all(isinstance(child, Not) for child in children):
        return query
    return children[0] if len(children) == 1 else And(children)
