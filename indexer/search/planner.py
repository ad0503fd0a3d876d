"""QueryPlanner: search requests as engine plans for one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Snapshot
from indexer.engines.bounded_cache import BoundedCache
from indexer.query.ast import Fuzzy, Notice, Prefix
from indexer.query.forms import WordForms
from indexer.query.frequencies import WordCache
from indexer.query.lowering import LANGUAGE_COLUMN, MAX_WORDS, Lowering, plain_leaves
from indexer.query.parser import ParsedQuery
from indexer.query.plan import Column, EngineQuery, IdsQuery, Plan
from indexer.schema import FIELD, NOT_STATED, Value
from indexer.search.facets import filter_queries
from indexer.search.request import SearchRequest
from indexer.search.selection import resolve
from indexer.search.word_forms import forms_of_bare_words, word_forms
from indexer.text.analysis import primary_subtag

MAX_CACHED_LENGTH = 300  # characters of a text whose plan is cached
MAX_CACHED_WORDS = 2_000  # of one generation
MAX_EXPANSIONS = 200  # terms that a prefix or fuzzy word expands to, the most frequent first


class _LoweredQuery(NamedTuple):
    """The parts of a plan that do not depend on filters, page and order."""

    query: EngineQuery
    most: EngineQuery | None
    forms: WordForms
    notices: tuple[Notice, ...]


class _Generation:
    """What planning knows about a generation, from earlier queries too."""

    def __init__(self, snapshot: Snapshot) -> None:
        # The language tags of the activities, by primary subtag.
        self.language_tags: dict[str, list[str]] = {}
        for tag, _ in snapshot.terms(LANGUAGE_COLUMN):
            if tag != NOT_STATED:
                self.language_tags.setdefault(primary_subtag(tag), []).append(tag)
        self.languages = tuple(self.language_tags)
        self.words = BoundedCache(MAX_CACHED_WORDS)
        self.occurrences = BoundedCache(MAX_CACHED_WORDS)


class QueryPlanner:
    """Plans queries for a snapshot, and collects the notices of parsing and planning.

    Implements the Statistics of lowering.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        vocabulary: Vocabulary,
        parsed: ParsedQuery,
        synonyms: Synonyms = NO_SYNONYMS,
    ) -> None:
        self.snapshot = snapshot
        self.vocabulary = vocabulary
        self.synonyms = synonyms
        self.parsed = parsed
        self.notices = list(parsed.notices)
        self._forms: dict[str, WordForms] = {}  # by text
        self._value_frequencies: dict[str, Mapping[str, int]] = {}  # by field
        self.activities = snapshot.generation.activities
        self._generation = snapshot.cached("planning", lambda: _Generation(snapshot))
        self.languages = self._generation.languages
        self.word_cache: WordCache = self._generation.words

    def plan(self, parsed: ParsedQuery, request: SearchRequest) -> Plan:
        """Return a plan that counts the matches of a query with the filters of a request."""
        has_most = request.match != "all"
        if len(parsed.text) > MAX_CACHED_LENGTH:
            lowered = self._lower(parsed, has_most)
        else:
            # A text is searched again with other filters, on other pages and in other orders.
            labels = self.vocabulary.base, self.vocabulary.locale
            key = "plan", parsed.text, has_most, *labels, self.synonyms
            lowered = self.snapshot.cached(key, lambda: self._lower(parsed, has_most))
        self._forms[parsed.text] = lowered.forms
        for notice in lowered.notices:
            self.add_notice(notice.code, **notice.values)
        filters = filter_queries(request)
        if request.selection:
            ids = resolve(self.snapshot, request.selection).ids
            filters = (*filters, ("selection", IdsQuery(ids)))
        return Plan(lowered.query, filters, sort=request.engine_order, most=lowered.most)

    def _lower(self, parsed: ParsedQuery, has_most: bool) -> _LoweredQuery:
        others, self.notices = self.notices, []
        forms = self.forms(parsed)
        lowering = Lowering(parsed, self, forms)
        if lowering.is_truncated:
            self.add_notice("many_words", limit=MAX_WORDS)
        most = lowering.most() if has_most else None
        query = lowering.all()
        notices, self.notices = tuple(self.notices), others
        return _LoweredQuery(query, most, forms, notices)

    def forms(self, parsed: ParsedQuery) -> WordForms:
        """Return the further forms of the words of a query."""
        if (forms := self._forms.get(parsed.text)) is None:
            vocabulary, synonyms = self.vocabulary, self.synonyms
            if plain_leaves(parsed):
                cache = self._generation.occurrences
                forms = word_forms(
                    parsed.text, self.snapshot, vocabulary, synonyms, self.languages, cache
                )
            else:
                forms = forms_of_bare_words(parsed.query, vocabulary, synonyms, self.languages)
            self._forms[parsed.text] = forms
        return forms

    def add_notice(self, code: str, **values: Value) -> None:
        """Add a notice, unless an equal one exists."""
        if (notice := Notice(code, values)) not in self.notices:
            self.notices.append(notice)

    # Statistics

    def language_tags(self, primary: Iterable[str]) -> Sequence[str]:
        """Return the language tags that activities state for primary subtags."""
        return [tag for subtag in primary for tag in self._generation.language_tags[subtag]]

    def frequencies(
        self, terms: Mapping[Column, Sequence[str]]
    ) -> Mapping[Column, Mapping[str, int]]:
        """Return the document frequencies of terms of text columns."""
        return self.snapshot.column_frequencies(terms)

    def stems(self, words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the stems that accented spellings of folded words have in the index."""
        return self.snapshot.stems(words)

    def value_frequencies(self, field: str) -> Mapping[str, int]:
        """Return the number of activities with each value of a keyword or integer field."""
        if field not in self._value_frequencies:
            self._value_frequencies[field] = dict(self.snapshot.terms(Column(field, "value")))
        return self._value_frequencies[field]

    def keys(self, field: str, text: str) -> Sequence[str]:
        """Return the values of a keyword field that have a text as their key or label."""
        values = self.vocabulary.keys(field, text)
        # Every country and region is known, but a slug that no activity has is a misspelling.
        is_place = FIELD[field].values in ("country", "region")
        if not values or not (
            is_place or self.snapshot.frequencies(Column(field, "value"), values)
        ):
            self.add_notice("unknown_value", field=field, text=text)
        return values

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[Column]) -> Mapping[str, int]:
        """Return the terms of columns that match a prefix or fuzzy word, with frequencies."""
        expansion = self.snapshot.expand(leaf, columns, MAX_EXPANSIONS)
        if expansion.truncated:
            self.add_notice("expansions_cut", text=leaf.text, limit=MAX_EXPANSIONS)
        return dict(expansion.terms)
