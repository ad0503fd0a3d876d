"""Overview of a collection for the home page: its contents, and questions that it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from indexer.content.activity import Activity
from indexer.content.synonyms import NO_SYNONYMS
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, Generation, Snapshot
from indexer.query.parser import parse
from indexer.query.plan import Plan
from indexer.schema import NOT_STATED
from indexer.search.frequent_phrases import frequent_phrases
from indexer.search.planner import QueryPlanner
from indexer.search.request import Filter, SearchRequest
from indexer.search.service import newest_indexed

MAX_QUESTIONS = 5
MAX_OF_KIND = 3  # candidates of a kind of question
MAX_NEWEST = 4
# Activities. The engines sort by year; finding the last indexed ones means reading them all.
MAX_READ = 20_000
MAX_YEARS = 80  # that are counted one by one
DECADE = 10
MAX_SAMPLES = 300  # activities whose texts are read for words to search for
NO_LABELS = Vocabulary({})
_COUNTS = (("country",), ("year",), ("theme", "country"), ("theme",), ("partner",))

QuestionKind = Literal[
    "theme_country",
    "theme_since",
    "theme",
    "partner",
    "country_year",
    "words_place",
    "words_since",
    "words",
]


class Question(NamedTuple):
    """An example search. The values of its filters and its words form a sentence."""

    kind: QuestionKind
    request: SearchRequest
    total: int  # activities that it finds; at least 1


@dataclass(frozen=True, slots=True)
class Overview:
    """The content of a generation."""

    generation: Generation
    countries: Mapping[str, int]  # activities by country
    # (first year, last year, activities): each year mentioned, or each decade of a long time.
    periods: tuple[tuple[int, int, int], ...]
    newest: tuple[Activity, ...]
    is_by_time: bool  # newest are those that were indexed last; otherwise those of the last years
    questions: tuple[Question, ...]


def overview(engine: Engine) -> Overview:
    """Return the overview of the newest generation, computed once. Raises EngineError.

    The questions are filters and quoted phrases, which no vocabulary and no synonyms change.
    """
    with engine.snapshot() as snapshot:
        return snapshot.cached("overview", lambda: _overview(engine, snapshot))


def _overview(engine: Engine, snapshot: Snapshot) -> Overview:
    matches = snapshot.match(Plan(counts=_COUNTS, limit=MAX_SAMPLES))[0]
    countries, years, pairs, themes, partners = (
        {key: n for key, n in counts.items() if NOT_STATED not in key} for counts in matches.counts
    )
    by_country = {code: n for (code,), n in countries.items()}
    by_year = {int(year): n for (year,), n in years.items()}
    samples = [activity for _, activity in matches.hits]
    is_by_time = matches.total <= MAX_READ
    # Not only the first country of the last year.
    newest = list({activity.meta.get("country"): activity for activity in samples[::-1]}.values())
    newest = newest[::-1][:MAX_NEWEST]
    if is_by_time:
        newest = newest_indexed(engine, SearchRequest(per_page=MAX_NEWEST), NO_LABELS)[1]
    planner = QueryPlanner(snapshot, NO_LABELS, parse(""), NO_SYNONYMS)
    candidates = [
        *_value_questions(pairs, themes, partners, by_country, by_year),
        *_word_questions(planner, samples, by_year),
    ]
    return Overview(
        snapshot.generation,
        by_country,
        _periods(planner, by_year),
        tuple(newest),
        is_by_time,
        tuple(_chosen(planner, candidates)),
    )


def _periods(planner: QueryPlanner, years: Mapping[int, int]) -> tuple[tuple[int, int, int], ...]:
    """Return the activities of each year from the first to the last, or of each decade."""
    if not years:
        return ()
    first, last = min(years), max(years)
    if last - first < MAX_YEARS:
        return tuple((year, year, years.get(year, 0)) for year in range(first, last + 1))
    starts = range(first // DECADE * DECADE, last + 1, DECADE)
    bounds = [(max(first, start), min(last, start + DECADE - 1)) for start in starts]
    requests = [SearchRequest(year_from=low, year_to=high) for low, high in bounds]
    plans = [planner.plan(planner.parsed, request) for request in requests]
    totals = [matches.total for matches in planner.snapshot.match(*plans)]
    return tuple((low, high, n) for (low, high), n in zip(bounds, totals, strict=True))


def _best(counts: Mapping[tuple[str, ...], int], used: set[str]) -> tuple[str, ...] | None:
    """Return the most frequent key without a used value; equal counts are in the keys' order."""
    left = {key: n for key, n in counts.items() if not used.intersection(key)}
    return min(left, key=lambda key: (-left[key], key)) if left else None


def _value_questions(
    pairs: Mapping[tuple[str, ...], int],
    themes: Mapping[tuple[str, ...], int],
    partners: Mapping[tuple[str, ...], int],
    countries: Mapping[str, int],
    years: Mapping[int, int],
) -> Iterator[tuple[QuestionKind, SearchRequest]]:
    """Yield questions about frequent values of fields. No value is in two of them."""
    used: set[str] = set()
    middle = sorted(years)[len(years) // 2] if years else None
    for _ in range(MAX_OF_KIND):
        if pair := _best(pairs, used):
            used.update(pair)
            yield "theme_country", _request(Filter("theme", pair[0]), Filter("country", pair[1]))
        if theme := _best(themes, used):
            used.update(theme)
            request = _request(Filter("theme", theme[0]))
            if middle is not None:
                yield "theme_since", replace(request, year_from=middle)
            yield "theme", request
        if partner := _best(partners, used):
            used.update(partner)
            yield "partner", _request(Filter("partner", partner[0]))
    country = _best({(code,): n for code, n in countries.items()}, used)
    if country and years:
        year = max(years, key=lambda year: (years[year], year))
        yield "country_year", _request(Filter("country", country[0]), Filter("year", str(year)))


def _word_questions(
    planner: QueryPlanner, samples: Sequence[Activity], years: Mapping[int, int]
) -> Iterator[tuple[QuestionKind, SearchRequest]]:
    """Yield questions about phrases that recur in the texts of some activities."""
    phrases = frequent_phrases(samples)
    if phrases:
        yield "words", SearchRequest(f'"{phrases[0]}"')
    for phrase in phrases[1:2]:
        request = SearchRequest(f'"{phrase}"')
        plan = replace(planner.plan(parse(request.text), request), counts=(("country",),))
        counts = planner.snapshot.match(plan)[0].counts[0]
        stated = {key: n for key, n in counts.items() if NOT_STATED not in key}
        if best := _best(stated, set()):
            yield "words_place", request.with_filter(Filter("country", best[0]))
    for phrase in phrases[2:3]:
        if years:
            since = sorted(years)[len(years) // 2]
            yield "words_since", SearchRequest(f'"{phrase}"', year_from=since)
    for phrase in phrases[3:]:
        yield "words", SearchRequest(f'"{phrase}"')


def _request(*filters: Filter) -> SearchRequest:
    return SearchRequest("", filters)


def _chosen(
    planner: QueryPlanner, candidates: Sequence[tuple[QuestionKind, SearchRequest]]
) -> Iterator[Question]:
    """Yield the first questions of each kind that find something, then the others."""
    plans = [planner.plan(parse(request.text), request) for _, request in candidates]
    matches = planner.snapshot.match(*plans) if plans else ()
    questions = [
        Question(kind, request, each.total)
        for (kind, request), each in zip(candidates, matches, strict=True)
        if each.total
    ]
    first = list({question.kind: question for question in reversed(questions)}.values())[::-1]
    rest = [question for question in questions if question not in first]
    yield from [*first, *rest][:MAX_QUESTIONS]
