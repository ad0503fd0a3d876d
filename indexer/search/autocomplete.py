"""Autocomplete: completions of a query while a person types it.

Completions are words of the index, values of facets by any of their names, and titles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import NamedTuple

from indexer.content.synonyms import NO_SYNONYMS, Synonyms
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Snapshot
from indexer.query.ast import Prefix
from indexer.query.parser import MIN_PREFIX_LENGTH, parse
from indexer.query.plan import (
    EXACT_COLUMNS,
    AndQuery,
    Column,
    EngineQuery,
    MultiTermQuery,
    PhraseQuery,
    Plan,
)
from indexer.schema import FIELD, NOT_STATED
from indexer.search.planner import QueryPlanner
from indexer.search.request import Filter, SearchRequest
from indexer.search.word_completion import completed_texts
from indexer.text import places
from indexer.text.analysis import Token, is_unspaced, terms, tokenize
from indexer.text.collation import sort_key

MAX_TEXT_LENGTH = 200  # characters; a longer text is not completed
MAX_VALUES = 3  # per facet
MAX_TITLES = 3
MAX_NAME_WORDS = 8  # trailing words, or letters of Chinese, that can be the name of a value
MAX_TITLE_WORDS = 6  # trailing words that a title must match
MAX_TITLE_EXPANSIONS = 50  # terms per typed word
_APOSTROPHES = ("'", "’", "ʼ", "‘")
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
    is_too_short = len("".join(words)) < MIN_PREFIX_LENGTH
    if is_too_short or len(request.text) > MAX_TEXT_LENGTH:
        return []
    with engine.snapshot() as snapshot:
        planner = QueryPlanner(snapshot, vocabulary, parse(""), synonyms)
        candidates = [
            *_value_candidates(snapshot, request, vocabulary),
            *(
                _Candidate("word", text, request.with_text(text))
                for text in completed_texts(snapshot, request.text)
            ),
        ]
        plans = [planner.plan(parse(c.request.text), c.request) for c in candidates]
        totals = [matches.total for matches in snapshot.match(*plans)] if plans else []
        completions = [
            Completion(candidate.kind, candidate.label, total, candidate.request)
            for candidate, total in zip(candidates, totals, strict=True)
            if total
        ]
        return completions + list(_titles(snapshot, words))


def _value_candidates(
    snapshot: Snapshot, request: SearchRequest, vocabulary: Vocabulary
) -> Iterator[_Candidate]:
    """Yield filters on values whose name begins with the trailing words, without those words."""
    tokens = list(tokenize(request.text))
    included = set(request.included)
    for field in FIELDS:
        stated = snapshot.terms(Column(field, "value"))
        values = {value for value, _ in stated if value != NOT_STATED}
        name_words: dict[str, int] = {}  # the number of trailing words, by value
        for count in range(min(MAX_NAME_WORDS, len(tokens)), 0, -1):
            if request.text[: tokens[-count].start].endswith(_APOSTROPHES):
                continue  # the second half of a word such as "d'Ivoire"
            prefix = " ".join(token.text for token in tokens[-count:])
            if len(prefix) >= MIN_PREFIX_LENGTH:
                for value in values_with_prefix(field, prefix, values, vocabulary):
                    name_words.setdefault(value, count)
        for value, count in list(name_words.items())[:MAX_VALUES]:
            value_filter = Filter(field, value)
            if value_filter not in included:
                rest = request.with_text(_text_before(request.text, tokens[-count]))
                label = vocabulary.label(field, value)
                yield _Candidate(field, label, rest.toggled(value_filter))


def _text_before(text: str, token: Token) -> str:
    """Return the text before a token, without the query syntax that belongs to the token."""
    return text[: token.start].rstrip().rstrip("-\"'(").rstrip()


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
    """Yield the activities whose title has a word that begins with each of the words.

    The letters of a script without spaces must follow each other, and a single letter is left out.
    """
    column = EXACT_COLUMNS["title"]
    queries: list[EngineQuery] = []
    for is_run, group in groupby(words[-MAX_TITLE_WORDS:], key=is_unspaced):
        if is_run:
            queries.append(PhraseQuery(column, tuple(group)))
            continue
        for word in group:
            if len(word) < MIN_PREFIX_LENGTH:
                continue
            expansion = snapshot.expand(Prefix(word), [column], MAX_TITLE_EXPANSIONS)
            if not expansion.terms:
                return
            queries.append(MultiTermQuery(column, tuple(term for term, _ in expansion.terms)))
    if not queries:
        return
    query = AndQuery(tuple(queries)) if len(queries) > 1 else queries[0]
    plan = Plan(query, sort="relevance", limit=MAX_TITLES)
    for _, activity in snapshot.match(plan)[0].hits:
        yield Completion("title", str(activity.meta["title"][0]), 1, id=activity.id)
