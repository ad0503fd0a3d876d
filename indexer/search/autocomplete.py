"""Autocomplete: completions of a query while a person types it.

Completions are words of the index, values of facets by any of their names, and titles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Snapshot
from indexer.query.ast import Prefix
from indexer.query.parser import MIN_PREFIX_LENGTH, parse
from indexer.query.plan import EXACT_COLUMNS, AndQuery, Column, MultiTermQuery, Plan
from indexer.schema import FIELD, NOT_STATED
from indexer.search.planner import QueryPlanner
from indexer.search.request import Filter, SearchRequest
from indexer.text import places
from indexer.text.analysis import terms
from indexer.text.collation import sort_key

MAX_TEXT_LENGTH = 200  # characters; a longer text is not completed
MAX_WORDS = 5
MAX_VALUES = 3  # per facet
MAX_TITLES = 3
MAX_NAME_WORDS = 4  # trailing words that can be the name of a value
MAX_TITLE_WORDS = 6  # trailing words that a title must match
MAX_TITLE_EXPANSIONS = 50  # terms per typed word
FIELDS = ("country", "region", "theme", "partner")  # facets whose values are completed


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion: a search (request) with its number of results, or an activity (id).

    kind is "word", the name of a facet, or "title". Only titles have an id, and no request.
    """

    kind: str
    label: str
    total: int
    request: SearchRequest | None = None
    id: str = ""


class _Candidate(NamedTuple):
    """A completion without its number of results."""

    kind: str
    label: str
    request: SearchRequest


def autocomplete(
    engine: Engine,
    request: SearchRequest,
    vocabulary: Vocabulary,
    synonyms: Synonyms = NO_SYNONYMS,
) -> list[Completion]:
    """Return completions of the query text of a request. Raises EngineError.

    The last word of the text is taken as unfinished. Searches without results are left out.
    """
    words = terms(request.text)
    if not words or len(words[-1]) < MIN_PREFIX_LENGTH or len(request.text) > MAX_TEXT_LENGTH:
        return []
    with engine.snapshot() as snapshot:
        planner = QueryPlanner(snapshot, vocabulary, parse(""), synonyms)
        candidates = [
            *_value_candidates(snapshot, request, words, vocabulary),
            *_word_candidates(snapshot, request, words),
        ]
        plans = [planner.plan(parse(c.request.text), c.request) for c in candidates]
        totals = [matches.total for matches in snapshot.match(*plans)] if plans else []
        completions = [
            Completion(candidate.kind, candidate.label, total, candidate.request)
            for candidate, total in zip(candidates, totals, strict=True)
            if total
        ]
        return completions + list(_titles(snapshot, words))


def _word_candidates(
    snapshot: Snapshot, request: SearchRequest, words: Sequence[str]
) -> Iterator[_Candidate]:
    """Yield the text with its last word completed, unless the word ends in query syntax."""
    last = request.text.split()[-1]
    if last.strip("-\"'(") and (last[-1] in '*~)"' or ":" in last):
        return
    before = request.text[: request.text.rindex(last)]
    syntax = last[: len(last) - len(last.lstrip('-("'))]
    columns = tuple(EXACT_COLUMNS.values())
    for word, _ in snapshot.expand(Prefix(words[-1]), columns, MAX_WORDS).terms:
        text = f"{before}{syntax}{word}"
        yield _Candidate("word", text, request.with_text(text))


def _value_candidates(
    snapshot: Snapshot, request: SearchRequest, words: Sequence[str], vocabulary: Vocabulary
) -> Iterator[_Candidate]:
    """Yield filters on values whose name begins with the trailing words, without those words."""
    pieces = request.text.split()
    included = set(request.included)
    for field in FIELDS:
        stated = snapshot.terms(Column(field, "value"))
        values = {value for value, _ in stated if value != NOT_STATED}
        name_words: dict[str, int] = {}  # the number of trailing words, by value
        for count in range(min(MAX_NAME_WORDS, len(pieces)), 0, -1):
            prefix = " ".join(terms(" ".join(pieces[-count:])))
            if len(prefix) >= MIN_PREFIX_LENGTH:
                for value in values_with_prefix(field, prefix, values, vocabulary):
                    name_words.setdefault(value, count)
        for value, count in list(name_words.items())[:MAX_VALUES]:
            value_filter = Filter(field, value)
            if value_filter not in included:
                rest = request.with_text(" ".join(pieces[:-count]))
                label = vocabulary.label(field, value)
                yield _Candidate(field, label, rest.toggled(value_filter))


def values_with_prefix(
    field: str, prefix: str, values: set[str], vocabulary: Vocabulary
) -> list[str]:
    """Return the values that have a name, or a word in a name, that begins with a prefix.

    The names are the labels and, of places, the names in every known language. The prefix is
    folded. Values whose name itself begins with the prefix come first, then by label.
    """
    place_names = _place_names() if FIELD[field].values in ("country", "region") else {}
    matches = []
    for value in values:
        labels = {_folded(v.label(field, value)) for v in (vocabulary, vocabulary.english)}
        names = labels.union(place_names.get(value, ()))
        at_start = any(name.startswith(prefix) for name in names)
        if at_start or any(f" {prefix}" in name for name in names):
            label = sort_key(vocabulary.label(field, value), vocabulary.locale)
            matches.append((not at_start, label, value))
    return [value for _, _, value in sorted(matches, key=lambda match: match[:2])]


@lru_cache(10_000)
def _folded(name: str) -> str:
    return " ".join(terms(name))


@cache
def _place_names() -> dict[str, tuple[str, ...]]:
    """Return the folded names of every country and region, including its code, by code."""
    codes = (*places.ALL_COUNTRIES, *places.REGIONS)
    return {code: (*map(_folded, places.names(code)), code.lower()) for code in codes}


def _titles(snapshot: Snapshot, words: Sequence[str]) -> Iterator[Completion]:
    """Yield the activities whose title has a word that begins with each of the words."""
    column = EXACT_COLUMNS["title"]
    queries = []
    for word in words[-MAX_TITLE_WORDS:]:
        if len(word) < MIN_PREFIX_LENGTH:
            return
        expansion = snapshot.expand(Prefix(word), [column], MAX_TITLE_EXPANSIONS)
        if not expansion.terms:
            return
        queries.append(MultiTermQuery(column, tuple(term for term, _ in expansion.terms)))
    query = AndQuery(tuple(queries)) if len(queries) > 1 else queries[0]
    plan = Plan(query, sort="relevance", limit=MAX_TITLES)
    for _, activity in snapshot.match(plan)[0].hits:
        yield Completion("title", str(activity.meta["title"][0]), 1, id=activity.id)
