"""A SearchRequest becomes Plans, their answers a SearchPage; the facet rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.content.activity import heading
from indexer.content.vocabulary import Labels
from indexer.engines.base import Engine, Generation, Snapshot
from indexer.query.parser import Fuzzy, InField, Not, Notice, Or, Parsed, Prefix, Query, Range, Term, parse
from indexer.query.plan import Matches, Plan, Stored, lower
from indexer.schema import FACETS, FIELD, NONE, RANGE_FIELD, Value, group_of
from indexer.search.highlight import Markers, Span, snippet
from indexer.search.request import MAX_REACH, SearchRequest
from indexer.search.zero_results import candidates
from indexer.text import places

EXPANSIONS = 200  # terms that a prefix or fuzzy word stands for, the commonest


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    id: str
    heading: str  # the title, or the opening words, cut at a word with "…"
    language: str
    meta: Mapping[str, tuple[Value, ...]]
    score: float
    snippet: tuple[Span, ...]
    stored: Stored  # the activity whole, for what is shown of it on demand


@dataclass(slots=True)  # not frozen, which takes three times as long: a page has hundreds
class FacetValue:
    """One value of a facet; "none" is one like any other."""

    value: str
    label: str
    count: int
    selected: bool = False
    excluded: bool = False
    children: tuple[FacetValue, ...] = ()  # of regions: subregions, then countries (of field `field`)
    field: str = ""  # the field this value belongs to: a region's children may be countries


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """A facet: its values in the order they are shown, those with a tick included even at zero."""

    field: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of nothing found; following request finds total activities, more than none.

    kind: "did_you_mean", "begins_with", "drop_word", "drop_filter" or "match_any"; subject is the corrected query,
    the word begun or dropped, or the "field:value" of the filter dropped.
    """

    kind: str
    subject: str
    request: SearchRequest
    total: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything a person is shown for a SearchRequest, from one generation."""

    request: SearchRequest
    generation: Generation
    total: int
    pages: int  # reachable ones, at least 1
    hits: tuple[Hit, ...]
    facets: tuple[FacetCounts, ...]  # region (with countries as leaves), country (flat), year, theme, …
    notices: tuple[Notice, ...] = ()
    exits: tuple[Exit, ...] = ()


class Asked:
    """A request on its way to a snapshot: its plan, and the notices that arise."""

    def __init__(self, snapshot: Snapshot, labels: Labels, parsed: Parsed) -> None:
        self.snapshot, self.labels, self.parsed = snapshot, labels, parsed
        self.notices = list(parsed.notices)
        self.languages = [tag for tag, _ in snapshot.terms("language") if tag != NONE]

    def note(self, code: str, **values: Value) -> None:
        if (notice := Notice(code, values)) not in self.notices:
            self.notices.append(notice)

    def keys(self, field: str, text: str) -> Sequence[str]:
        found = self.labels.keys(field, text)
        # A country without activities is one all the same; a slug that no activity has is a misspelling.
        places = FIELD[field].values in ("country", "region")
        if not found or not (places or self.snapshot.frequencies(field, found)):
            self.note("unknown_value", field=field, text=text)
        return found

    def expand(self, leaf: Prefix | Fuzzy, columns: Sequence[str]) -> Sequence[str]:
        expansion = self.snapshot.expand(leaf, columns, EXPANSIONS)
        if expansion.cut:
            self.note("expansions_cut", text=leaf.text, limit=EXPANSIONS)
        return [text for text, _ in expansion.terms]

    def plan(self, query: Query, request: SearchRequest) -> Plan:
        """The plan that only counts the matches."""
        return Plan(lower(query, self.languages, self.keys, self.expand), filters(request), sort=request.order)


def filters(request: SearchRequest) -> tuple[tuple[str, Query], ...]:
    """The filters of a request by facet group: alternatives within one, and not what is excluded."""
    ticked: dict[str, list[Query]] = {}
    for field, value in request.effective:
        ticked.setdefault(group_of(field), []).append(InField(field, Term(value)))
    if (bounds := request.range) is not None:
        ticked.setdefault(group_of(RANGE_FIELD), []).append(InField(RANGE_FIELD, Range(*bounds)))
    found: list[tuple[str, Query]] = [(group, Or(tuple(queries))) for group, queries in ticked.items()]
    found += [(group_of(field), Not(InField(field, Term(value)))) for field, value in request.excluded]
    return tuple(found)


def search(engine: Engine, request: SearchRequest, labels: Labels) -> SearchPage:
    """The page for a request. Raises EngineError only."""
    with engine.snapshot() as snapshot:
        return _page(snapshot, request, labels)[0]


def scan(engine: Engine, request: SearchRequest, labels: Labels) -> tuple[SearchPage, Iterator[Stored]]:
    """The page for a request without hits, and exactly the rows it counts, streaming, one generation."""

    def found() -> Iterator[Any]:
        with engine.snapshot() as snapshot:
            page, plan = _page(snapshot, request, labels, hits=False)
            yield page
            yield from snapshot.scan(plan)

    rows = found()
    return next(rows), rows


def _page(snapshot: Snapshot, request: SearchRequest, labels: Labels, hits: bool = True) -> tuple[SearchPage, Plan]:
    parsed = parse(request.text)
    asked = Asked(snapshot, labels, parsed)
    for field, value in request.filters:
        if (field, value) not in request.effective:
            asked.note("narrowed", field=field, value=value, label=labels.label(field, value))
    plan = asked.plan(parsed.query, request)
    if hits:
        offset = (request.page - 1) * request.per_page
        plan = replace(plan, counts=tuple((name,) for name in FACETS), offset=offset, limit=request.per_page)
    matches = snapshot.match(plan)[0]
    pages = max(1, min(-(-matches.total // request.per_page), MAX_REACH // request.per_page))
    if request.page > pages:
        asked.note("page_past_end", page=request.page, last=pages)
    elif request.page == pages and matches.total > pages * request.per_page:
        asked.note("reach", limit=pages * request.per_page)
    markers = Markers(parsed.query)
    page = SearchPage(
        request, snapshot.generation, matches.total, pages,
        tuple(_hit(markers, score, stored) for score, stored in matches.hits),
        _facets(request, matches, labels) if hits else (),
        tuple(asked.notices),
        _exits(asked, request) if hits and not matches.total else (),
    )  # fmt: skip
    return page, plan


def _hit(markers: Markers, score: float, stored: Stored) -> Hit:
    text = stored.text
    title = stored.meta.get("title", ())
    shown = heading(title, text)
    # Without a title the opening words are the heading: the snippet goes on where they end.
    skip = 0 if title or shown == text else text.find(" ", len(shown) - 1) + 1
    return Hit(
        stored.id, shown, stored.language, stored.meta, score, snippet(markers[stored.language], text, skip), stored
    )


def _facets(request: SearchRequest, matches: Matches, labels: Labels) -> tuple[FacetCounts, ...]:
    counts = {
        name: {value[0]: n for value, n in found.items()} for name, found in zip(FACETS, matches.counts, strict=True)
    }
    ticked = set(request.effective)
    excluded = set(request.excluded)

    def values(name: str) -> list[FacetValue]:
        mine = counts[name]
        for field, value in (*request.filters, *request.excluded):
            if field == name:
                mine.setdefault(value, 0)
        found = [
            FacetValue(v, labels.label(name, v), n, (name, v) in ticked, (name, v) in excluded, (), name)
            for v, n in mine.items()
        ]
        if FACETS[name].order == "value":
            return sorted(found, key=lambda f: (f.value == NONE, -int(f.value) if f.value.isdecimal() else 0))
        return sorted(found, key=lambda f: (f.value == NONE, -f.count, f.label))

    flat = {name: values(name) for name in FACETS}
    for name, facet in FACETS.items():
        if facet.parent:
            flat[facet.parent] = _tree(flat[facet.parent], flat[name])
    return tuple(FacetCounts(name, tuple(found)) for name, found in flat.items())


def _tree(parents: list[FacetValue], children: list[FacetValue]) -> list[FacetValue]:
    """Regions with their subregions and countries within; what has no region stands beside them."""
    inside: dict[str | None, list[FacetValue]] = {None: [], **{p.value: [] for p in parents}}
    # Each list of these is in the order in which they come.
    for value in sorted((*parents, *children), key=lambda f: (-f.count, f.label)):
        if value.value != NONE:
            parent = places.parent(value.value)
            inside[parent if parent in inside else None].append(value)
    for region in parents:
        region.children = tuple(inside[region.value])
    return [*inside[None], *(p for p in parents if p.value == NONE)]


def _exits(asked: Asked, request: SearchRequest) -> tuple[Exit, ...]:
    """The ways out of nothing found that lead somewhere, counted in one round trip."""
    found = list(candidates(asked.parsed.query, request, asked.snapshot))
    plans = [asked.plan(parse(other.text).query, other) for _, _, other in found]
    totals = [matches.total for matches in asked.snapshot.match(*plans)]
    return tuple(Exit(*way, total) for way, total in zip(found, totals, strict=True) if total)
