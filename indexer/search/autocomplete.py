"""What a search box offers while someone types: words that occur, values of the facets by any of their names, titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Snapshot
from indexer.query.ast import Prefix
from indexer.query.parser import parse
from indexer.query.plan import EXACT_COLUMNS, AndQuery, Column, MultiTermQuery, Plan
from indexer.schema import FIELD, NOT_STATED
from indexer.search.planner import QueryPlanner
from indexer.search.request import SearchRequest
from indexer.text import places
from indexer.text.analysis import terms

WORDS, VALUES, TITLES = 5, 3, 3  # of a kind, at most
SHORTEST = 2  # letters, as of a prefix
NAME_WORDS = 4  # the last words typed that can be a name
FIELDS = ("country", "region", "theme", "partner")


@dataclass(frozen=True, slots=True)
class Completion:
    """kind is "word", a facet's field, or "title"; following request finds total activities. A title leads to id."""

    kind: str
    label: str
    total: int
    request: SearchRequest | None = None
    id: str = ""


def autocomplete(
    engine: Engine, request: SearchRequest, vocabulary: Vocabulary
) -> list[Completion]:
    """What the words of a request, the last of them unfinished, may become. Raises EngineError only."""
    typed = terms(request.text)
    if not typed or len(typed[-1]) < SHORTEST or len(request.text) > 200:
        return []
    with engine.snapshot() as snapshot:
        asked = QueryPlanner(snapshot, vocabulary, parse(""))
        offered = [
            *_values(snapshot, request, typed, vocabulary),
            *_words(snapshot, request, typed),
        ]
        plans = [asked.plan(parse(found.text).query, found) for _, _, found in offered]
        totals = [matches.total for matches in snapshot.match(*plans)] if plans else []
        found = [
            Completion(kind, label, total, other)
            for (kind, label, other), total in zip(offered, totals, strict=True)
            if total
        ]
        return found + list(_titles(snapshot, typed))


def _words(
    snapshot: Snapshot, request: SearchRequest, typed: Sequence[str]
) -> Iterator[tuple[str, str, SearchRequest]]:
    last = request.text.split()[-1]
    if last.strip("-\"'(") and (last[-1] in '*~)"' or ":" in last):
        return
    start = request.text[: request.text.rindex(last)]
    sign = last[: len(last) - len(last.lstrip('-("'))]
    columns = tuple(EXACT_COLUMNS.values())
    for word, _ in snapshot.expand(Prefix(typed[-1]), columns, WORDS).terms:
        text = f"{start}{sign}{word}"
        yield "word", text, request.with_text(text)


def _values(
    snapshot: Snapshot, request: SearchRequest, typed: Sequence[str], vocabulary: Vocabulary
) -> Iterator[tuple[str, str, SearchRequest]]:
    pieces = request.text.split()
    for field in FIELDS:
        there = {
            value for value, _ in snapshot.terms(Column(field, "value")) if value != NOT_STATED
        }
        found: dict[str, int] = {}
        for count in range(min(NAME_WORDS, len(pieces)), 0, -1):
            tail = " ".join(terms(" ".join(pieces[-count:])))
            if len(tail) >= SHORTEST:
                for value in matching(field, tail, there, vocabulary):
                    found.setdefault(value, count)
        for value, count in list(found.items())[:VALUES]:
            if (field, value) not in request.filters:
                rest = request.with_text(" ".join(pieces[:-count]))
                yield field, vocabulary.label(field, value), rest.toggled(field, value)


def matching(field: str, start: str, values: set[str], vocabulary: Vocabulary) -> list[str]:
    """The values that have a name, in any language it is known in, or a word in one, that begins so; start is folded."""
    known = _names() if FIELD[field].values in ("country", "region") else {}
    hits = []
    for value in values:
        shown = {_folded(each.label(field, value)) for each in (vocabulary, vocabulary.english)}
        names = shown.union(known.get(value, ()))
        if any(name.startswith(start) or f" {start}" in name for name in names):
            hits.append((not any(name.startswith(start) for name in names), value))
    return [
        value
        for _, value in sorted(hits, key=lambda hit: (hit[0], vocabulary.label(field, hit[1])))
    ]


@lru_cache(10_000)
def _folded(name: str) -> str:
    return " ".join(terms(name))


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Every name of every country and region, folded, and its code."""
    codes = (*places.COUNTRIES, *places.REGIONS)
    return {code: (*map(_folded, places.names(code)), code.lower()) for code in codes}


def _titles(snapshot: Snapshot, typed: Sequence[str]) -> Iterator[Completion]:
    """Activities with a title that has a word for each of those typed."""
    column = EXACT_COLUMNS["title"]
    parts = []
    for word in typed[-6:]:
        words = (
            [text for text, _ in snapshot.expand(Prefix(word), [column], 50).terms]
            if len(word) >= SHORTEST
            else []
        )
        if not words:
            return
        parts.append(MultiTermQuery(column, tuple(words)))
    query = AndQuery(tuple(parts)) if len(parts) > 1 else parts[0]
    for _, stored in snapshot.match(Plan(query, sort="relevance", limit=TITLES))[0].hits:
        yield Completion("title", str(stored.meta["title"][0]), 1, id=stored.id)
