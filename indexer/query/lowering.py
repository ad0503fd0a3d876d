"""Lower a parsed query to an engine plan: the terms, weights and groups that an engine matches.

A word has one inverse document frequency (idf) over all its forms, streams, fields and languages,
so that neither a rare inflected form nor a language with few activities ranks first because it is
rare. Lucene's CombinedFieldsQuery and SynonymQuery do the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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
from indexer.query.forms import NO_FORMS, WordForm, WordForms
from indexer.query.frequencies import Statistics, Word, WordTable, idf
from indexer.query.optional_words import is_only_stop_words, stop_languages
from indexer.query.parser import ParsedQuery
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
    TermQuery,
)
from indexer.schema import FIELD, NOT_STATED, TEXT_FIELDS
from indexer.text.analysis import fold, terms, unspaced_bigrams

# The word as typed adds this to the score of its stem, so that it ranks above its other forms.
EXACT_WEIGHT = 0.15
FUZZY_WEIGHT = 0.4
# The minimum idf of an activity in the lower group, as a percentage of the idf of the best
# activity: slightly more than the idf of an average word, within bounds. The values were chosen on
# three test collections (docs/decisions.md).
MAX_PERCENT, MIN_PERCENT = 40, 16
WORD_PERCENT = 102  # percentage of the idf of an average word
PARTS_WEIGHT = 0.5  # of the parts of a synonym, relative to the phrase
SHARE_SCALE = 10  # a share is an idf in tenths, as a whole number
MAX_WORDS = 128  # of plain text; only the words with the highest idf are searched
LANGUAGE_COLUMN = Column("language", "value")

PlainLeaf = Term | Phrase
"""A word of a plain query, or a run of characters of a script without spaces."""


def plain_leaves(parsed: ParsedQuery) -> tuple[PlainLeaf, ...]:
    """Return the words of a query without explicit syntax; () for other queries."""
    if not parsed.plain:
        return ()
    query = parsed.query
    if isinstance(query, Term):
        return (query,)
    children = query.children if isinstance(query, And) else (query,)
    leaves = tuple([child for child in children if isinstance(child, PlainLeaf)])
    return leaves if len(leaves) == len(children) else ()


def words_of(query: Query) -> list[Term]:
    """Return the words that a query searches in text fields, phrases included, in order."""
    words: dict[Term, None] = {}

    def visit(node: Query, field: str | None) -> None:
        match node:
            case Term() if field is None or field in TEXT_FIELDS:
                words[node] = None
            case And(children) | Or(children):
                for child in children:
                    visit(child, field)
            case Not(child):
                visit(child, field)
            case InField(name, child):
                visit(child, name)
            case Term(text) if FIELD[field or ""].kind == "integer":
                words.update(dict.fromkeys(map(Term, terms(f"{field} {text}"))))
            case Phrase(phrase):
                words.update(dict.fromkeys(map(Term, phrase)))

    visit(query, None)
    return list(words)


class Lowering:
    """Lowers one query."""

    def __init__(
        self, parsed: ParsedQuery, statistics: Statistics, forms: WordForms = NO_FORMS
    ) -> None:
        """Look up the words of a query. forms: further forms of its words outside fields."""
        self._statistics = statistics
        self._plain = plain_leaves(parsed)
        self._table = WordTable(words_of(parsed.query), forms, statistics)
        self._words = self._table.words
        # Whether the query has more than MAX_WORDS words, so that some are ignored.
        self.is_truncated = len(set(self._plain)) > MAX_WORDS
        self._query = self._rarest(self._plain) if self.is_truncated else parsed.query
        # The weight of a word is multiplied by its number of occurrences in plain text.
        self._repeats: dict[PlainLeaf, int] = {}
        for leaf in self._plain:
            self._repeats[leaf] = self._repeats.get(leaf, 0) + 1
        self._word_queries: dict[Term, EngineQuery] = {}  # filled by _shared_query()

    def _rarest(self, leaves: Sequence[PlainLeaf]) -> And:
        """Return the MAX_WORDS words with the highest idf, in their order.

        Words that do not occur in the index are dropped first: in a passage they may be typing
        errors.
        """

        def key(leaf: PlainLeaf) -> tuple[bool, float]:
            if isinstance(leaf, Phrase):
                return False, 0.0
            return not self._words[leaf].frequency, -self._words[leaf].idf

        distinct = list(dict.fromkeys(leaves))
        rarest = set(sorted(distinct, key=key)[:MAX_WORDS])
        self._plain = tuple(leaf for leaf in leaves if leaf in rarest)
        return And(self._plain)

    # The group with all words

    def all(self) -> EngineQuery:
        """Return the exact query: all words of plain text, or the explicit syntax."""
        return self._lower(self._query, None)

    def _lower(self, query: Query, field: str | None) -> EngineQuery:
        """Lower a query within a field; None searches all text fields."""
        match query:
            case Term() if field is None:
                return self._shared_query(query)
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
        """Lower a conjunction. A stop word is optional in activities in its language."""
        keep_all = field is not None or is_only_stop_words(children)
        queries = []
        for child in dict.fromkeys(children):
            lowered = self._lower(child, field)
            languages: Sequence[str] = ()
            if isinstance(child, Term) and not keep_all:
                languages = self._optional_in(child)
            if len(languages) == len(self._statistics.languages):
                continue
            if languages:
                tags = self._statistics.language_tags(languages)
                lowered = OrQuery((lowered, *(TermQuery(LANGUAGE_COLUMN, tag) for tag in tags)))
            queries.append(lowered)
        return queries[0] if len(queries) == 1 else AndQuery(tuple(queries))

    def _optional_in(self, term: Term) -> Sequence[str]:
        """Return the languages of the index in which a word is a stop word."""
        if not (languages := stop_languages(term)):
            return ()
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
        """Lower a leaf in text fields. fields maps each field to its weight."""
        parts: list[EngineQuery] = []
        match leaf:
            case Term():
                return self._word_query(self._words[leaf], fields)
            case Phrase(words):
                factor = sum(self._words[Term(word)].idf for word in words)
                return _phrase_query(words, fields, factor)
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

    def _shared_query(self, term: Term) -> EngineQuery:
        """Return the query for a word in all text fields.

        Both groups share the object, so that an engine matches each word once.
        """
        if (query := self._word_queries.get(term)) is None:
            query = self._word_query(self._words[term], TEXT_FIELDS, self._repeats.get(term, 1))
            self._word_queries[term] = query
        return query

    def _word_query(self, word: Word, fields: Mapping[str, float], repeats: int = 1) -> EngineQuery:
        """Return the query for a word: its exact form, its stems and its forms share one idf."""
        parts: list[EngineQuery] = []
        weight = word.idf * repeats
        for name, boost in fields.items():
            parts.append(
                TermQuery(EXACT_COLUMNS[name], word.term.text, weight * boost * EXACT_WEIGHT)
            )
            parts += [TermQuery(STEM_COLUMNS[name], root, weight * boost) for root in word.stems]
        for form in word.forms:
            if not form.is_addition and fields is TEXT_FIELDS:
                parts += self._form_queries(form, weight)
        return OrQuery(tuple(parts))

    def _form_queries(self, form: WordForm, weight: float) -> Iterator[EngineQuery]:
        """Yield the queries for a form of a word. weight is the weight of the word's stem."""
        weight *= form.weight
        if form.values:
            column = Column(form.field, "value")
            values = OrQuery(tuple(TermQuery(column, value) for value in form.values))
            yield ConstantQuery(values, weight)
            return
        if form.kind == "prefix":
            expansion = tuple(self._table.expansion(form.words[0]))
            for name, boost in TEXT_FIELDS.items():
                yield MultiTermQuery(EXACT_COLUMNS[name], expansion, weight * boost)
            return
        if len(form.words) == 1:
            yield from self._part(form.words[0], weight).children
            return
        phrase = tuple(map(fold, form.words))
        for name in self._table.fields_with_all(phrase):
            yield PhraseQuery(EXACT_COLUMNS[name], phrase, weight * TEXT_FIELDS[name])
        if len(form.parts) > 1 and all(map(self._table.stems_of_form, form.parts)):
            part_weight = weight * PARTS_WEIGHT / len(form.parts)
            yield AndQuery(tuple(self._part(part, part_weight) for part in form.parts))

    def _part(self, word: str, weight: float) -> OrQuery:
        """Return the query for a word of a form in any inflection."""
        stems = self._table.stems_of_form(word)
        return OrQuery(
            tuple(
                TermQuery(STEM_COLUMNS[name], root, weight * boost)
                for name, boost in TEXT_FIELDS.items()
                for root in stems
            )
        )

    # The group with most words

    def most(self) -> EngineQuery | None:
        """Return the query that matches activities with most of the words.

        Returns None if the text has explicit syntax or a single word that occurs. Words that occur
        nowhere do not count, and stop words do not count in activities in their language.
        """
        if is_only_stop_words(self._plain):
            return None
        units = self._units()
        languages_of: dict[tuple[_Unit, ...], list[str]] = {}  # keyed by the units that count
        for tag in self._statistics.languages:
            counted = tuple(unit for unit in units if tag not in unit.stop_languages)
            if counted:
                languages_of.setdefault(counted[:MAX_WORDS], []).append(tag)
        if not languages_of or (len(units) < 2 and not self._has_lower_group()):
            return None
        groups: list[EngineQuery] = []
        for counted, languages in languages_of.items():
            group: EngineQuery = _most_of(counted)
            if len(languages_of) > 1:
                tags = self._statistics.language_tags(languages)
                in_language = OrQuery(tuple(TermQuery(LANGUAGE_COLUMN, tag) for tag in tags))
                group = AndQuery((group, in_language))
            groups.append(group)
        return groups[0] if len(groups) == 1 else OrQuery(tuple(groups))

    def _has_lower_group(self) -> bool:
        """Return whether the lower group can match although at most one word occurs."""
        words = [self._words[leaf] for leaf in self._plain if isinstance(leaf, Term)]
        additions = any(form.is_addition for word in words for form in word.forms)
        return additions or len(set(self._plain)) > 1

    def _units(self) -> list[_Unit]:
        """Return a unit for each word that occurs and each pair of unspaced characters.

        Words with the same stems are one unit. Units are sorted by idf, highest first.
        """
        units: dict[object, _Unit] = {}
        for leaf in dict.fromkeys(self._plain):
            if isinstance(leaf, Phrase):
                for pair in unspaced_bigrams(leaf.terms):
                    weight = self._phrase_idf(pair)
                    query = _phrase_query(pair, TEXT_FIELDS, weight)
                    units[pair] = _Unit(query, _share(weight), weight, frozenset())
            elif (word := self._words[leaf]).frequency:
                share = _share(word.idf) * self._repeats[leaf]
                unit = _Unit(self._with_additions(word), share, word.idf, stop_languages(leaf))
                key = word.stems or word.term
                if same := units.get(key):
                    query = OrQuery((same.query, unit.query))
                    unit = unit._replace(query=query, share=same.share + unit.share)
                units[key] = unit
        return sorted(units.values(), key=lambda unit: -unit.idf)

    def _phrase_idf(self, words: Sequence[str]) -> float:
        """Return the idf of the rarest word of a phrase."""
        return max(self._words[Term(word)].idf for word in words)

    def _with_additions(self, word: Word) -> EngineQuery:
        """Return the query for a word, with the forms that only the lower group matches."""
        query = self._shared_query(word.term)
        additions = [
            part
            for form in word.forms
            if form.is_addition
            for part in self._form_queries(form, word.idf)
        ]
        return OrQuery((query, *additions)) if additions else query


class _Unit(NamedTuple):
    """A part of a plain query that counts towards the lower group."""

    query: EngineQuery
    share: int
    idf: float
    stop_languages: frozenset[str]  # the unit does not count in activities in these languages


def _most_of(units: Sequence[_Unit]) -> MostQuery:
    return MostQuery(
        tuple(unit.query for unit in units),
        tuple(unit.share for unit in units),
        min_percent(len(units)),
    )


def min_percent(words: int) -> int:
    """Return the minimum idf of an activity in the lower group, for a number of query words.

    The result is a percentage of the idf of the best activity.
    """
    return min(MAX_PERCENT, max(MIN_PERCENT, -(-WORD_PERCENT // words)))


def _share(idf: float) -> int:
    """Return an idf as a whole number, so that all engines add the same numbers."""
    return max(1, round(SHARE_SCALE * idf))


def _phrase_query(words: Sequence[str], fields: Mapping[str, float], weight: float) -> EngineQuery:
    phrases = [
        PhraseQuery(EXACT_COLUMNS[name], tuple(words), weight * boost)
        for name, boost in fields.items()
    ]
    return phrases[0] if len(phrases) == 1 else OrQuery(tuple(phrases))
