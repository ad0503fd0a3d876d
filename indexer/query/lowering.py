"""Lower a parsed query to an engine plan: the terms, weights and groups that an engine matches.

A word has one inverse document frequency (idf) over all its forms, streams, fields and languages,
so that neither a rare inflected form nor a language with few activities ranks first because it is
rare. Lucene's CombinedFieldsQuery and SynonymQuery do the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

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
    ConstantQuery,
    EngineQuery,
    MatchAllQuery,
    MostQuery,
    MultiTermQuery,
    NotQuery,
    OrQuery,
    PhraseQuery,
    RangeQuery,
    Stream,
    TermQuery,
)
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS
from indexer.text.analysis import fold, stem, stop_word_languages, terms

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

FormKind = Literal["spelling", "joined", "synonym", "name", "label", "correction"]


@dataclass(frozen=True, slots=True)
class WordForm:
    """Something that an activity can have in place of a word of a plain query.

    It is one word, which matches in any inflection, or several words, which match as a phrase, or
    values of a field.
    """

    kind: FormKind
    weight: float  # relative to the stem of the word itself
    words: tuple[str, ...] = ()  # as written
    field: str = ""
    values: tuple[str, ...] = ()

    @property
    def is_addition(self) -> bool:
        """Whether the form is searched only in the lower group."""
        return self.kind == "correction"


WordForms = Mapping[str, Sequence[WordForm]]
"""The forms of words, by folded word."""
NO_FORMS: WordForms = {}


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

    def stems(self, words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the stems that folded words have in the index because of accents."""

    def value_frequencies(self, field: str) -> Mapping[str, int]:
        """Return the number of activities with each value of a keyword or integer field."""

    def keys(self, field: str, text: str) -> Sequence[str]:
        """Return the values of a keyword field that have a text as their key or label."""

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column]) -> Mapping[str, int]:
        """Return the terms of columns that match a prefix or fuzzy word, with frequencies."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: its terms in the index, its forms, and its document frequency.

    The frequency is the highest one of any field: the sum over the stems of all languages, which no
    two activities share, and at most the number of activities. A form of the word that is more
    frequent counts instead.
    """

    term: Term
    stems: tuple[str, ...]
    forms: tuple[WordForm, ...]
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

    def __init__(self, query: Query, statistics: Statistics, forms: WordForms = NO_FORMS) -> None:
        """Look up the words of a query. forms: further forms of the words of a plain query."""
        self.query = query
        self._statistics = statistics
        self._forms: WordForms = forms if plain_words(query) else NO_FORMS
        searched = words_of(query)
        texts = dict.fromkeys(word.text for word in searched)
        of_accents = statistics.stems(list(texts)) if texts else {}
        stems = {
            word: (*self._stems(typed(word)), *of_accents.get(word.text, ())) for word in searched
        }
        self._form_stems = {
            form.words[0]: self._stems(form.words[0])
            for word_forms in self._forms.values()
            for form in word_forms
            if len(form.words) == 1
        }
        lookups = dict.fromkeys(
            [
                *texts,
                *(root for roots in stems.values() for root in roots),
                *(root for roots in self._form_stems.values() for root in roots),
                *(
                    fold(part)
                    for word_forms in self._forms.values()
                    for form in word_forms
                    if len(form.words) > 1
                    for part in form.words
                ),
            ]
        )
        self._frequencies = statistics.frequencies(list(lookups)) if lookups else {}
        self._words = {word: self._word(word, roots) for word, roots in stems.items()}
        # A word that plain text repeats counts as often as it occurs.
        self._repeats = Counter(plain_words(query))
        # Both groups share these objects, so that an engine matches each word once.
        self._word_queries = {
            term: self._word_query(word, TEXT_FIELDS, self._repeats.get(term, 1))
            for term, word in self._words.items()
        }

    def _stems(self, word: str) -> tuple[str, ...]:
        """Return the stems of a word, as written, in every language of the index."""
        return tuple(dict.fromkeys(stem(word, tag) for tag in self._statistics.languages))

    def _word(self, term: Term, stems: tuple[str, ...]) -> Word:
        forms = tuple(self._forms.get(term.text, ()))
        frequency = max([self._frequency(stems), *(self._form_frequency(form) for form in forms)])
        activities = self._statistics.activities
        frequency = min(frequency, activities)
        return Word(term, self._present(stems), forms, frequency, idf(activities, frequency))

    def _present(self, stems: Iterable[str]) -> tuple[str, ...]:
        """Return the stems that occur."""
        columns = self._frequencies.values()
        return tuple(
            dict.fromkeys(root for root in stems if any(root in counts for counts in columns))
        )

    def _frequency(self, terms: Iterable[str], stream: Stream = "stem") -> int:
        """Return the highest sum of the frequencies of terms in one field."""
        unique = set(terms)
        return max(
            sum(self._frequencies[Column(field, stream)].get(term, 0) for term in unique)
            for field in TEXT_FIELDS
        )

    def _form_frequency(self, form: WordForm) -> int:
        if form.values:
            counts = self._statistics.value_frequencies(form.field)
            return sum(counts.get(value, 0) for value in form.values)
        if len(form.words) == 1:
            return self._frequency(self._form_stems[form.words[0]])
        # A phrase is at most as frequent as its rarest word.
        return min(self._frequency([fold(word)], "exact") for word in form.words)

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
        """Return the query of a word: its exact form, its stems and its forms, with one idf."""
        parts: list[EngineQuery] = []
        weight = word.idf * repeats
        for name, boost in fields.items():
            parts.append(
                TermQuery(EXACT_COLUMNS[name], word.term.text, weight * boost * EXACT_WEIGHT)
            )
            parts += [TermQuery(STEM_COLUMNS[name], root, weight * boost) for root in word.stems]
        for form in word.forms:
            if not form.is_addition:
                parts += self._form_queries(form, weight)
        return OrQuery(tuple(parts))

    def _form_queries(self, form: WordForm, weight: float) -> Iterator[EngineQuery]:
        """Yield the queries of a form of a word; weight is that of the word's stem."""
        weight *= form.weight
        if form.values:
            column = Column(form.field, "value")
            values = OrQuery(tuple(TermQuery(column, value) for value in form.values))
            yield ConstantQuery(values, weight)
            return
        for name, boost in TEXT_FIELDS.items():
            if len(form.words) == 1:
                for root in self._present(self._form_stems[form.words[0]]):
                    yield TermQuery(STEM_COLUMNS[name], root, weight * boost)
            else:
                phrase = tuple(map(fold, form.words))
                yield PhraseQuery(EXACT_COLUMNS[name], phrase, weight * boost)

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
        additions = any(form.is_addition for word in words for form in word.forms)
        if not languages_of or (len(set(plain)) < 2 and not additions):
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
            queries.setdefault(key, []).append(self._with_additions(word))
            shares[key] = shares.get(key, 0) + word.share * self._repeats[word.term]
        children = tuple(q[0] if len(q) == 1 else OrQuery(tuple(q)) for q in queries.values())
        percent = max(MIN_PERCENT, MAX_PERCENT - len(children))
        return MostQuery(children, tuple(shares.values()), percent)

    def _with_additions(self, word: Word) -> EngineQuery:
        """Return the query of a word with the forms that only the lower group has."""
        query = self._word_queries[word.term]
        additions = [
            part
            for form in word.forms
            if form.is_addition
            for part in self._form_queries(form, word.idf)
        ]
        return OrQuery((query, *additions)) if additions else query


def typed(term: Term) -> str:
    """Return a word as typed, with its accents."""
    return term.text


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
