"""Matches, counts, orders and scores, compared with the model over random batches of changes."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.engines.whoosh import commit
from indexer.engines.whoosh.engine import WhooshEngine
from indexer.query.plan import (
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
    Plan,
    RangeQuery,
    TermQuery,
)
from indexer.text.analysis import stem
from tests.engines.whoosh.conftest import activity
from tests.engines.whoosh.model import Model

WORDS = [
    "train",
    "trained",
    "training",
    "trains",
    "police",
    "the",
    "femmes",
    "été",
    "ete",
    "policières",
    "policieres",
    "женщины",
]
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


@st.composite
def activities(draw: Any) -> Activity:
    meta: dict[str, tuple[str | int, ...]] = {
        "country": tuple(
            draw(st.lists(st.sampled_from(["PAK", "KEN", "FRA"]), unique=True, max_size=3))
        ),
        "year": tuple(draw(st.lists(st.sampled_from([2018, 2019]), unique=True, max_size=2))),
        "title": tuple(draw(st.lists(TEXT, max_size=1))),
    }
    return activity(
        draw(st.sampled_from([f"a{n}" for n in range(12)])),
        draw(TEXT),
        draw(st.sampled_from(["en", "fr", "ru", "zh"])),
        **{name: values for name, values in meta.items() if values},
    )


BODY = Column("body", "exact")
FIELD = st.sampled_from(["body", "title"])
LEAF: st.SearchStrategy[EngineQuery] = st.one_of(
    st.tuples(
        FIELD, st.sampled_from(["train", "trained", "police", "the", "ete", "policieres", "absent"])
    ).map(lambda pair: TermQuery(Column(pair[0], "exact"), pair[1], 2.0)),
    st.tuples(
        FIELD, st.sampled_from(["trained", "femmes", "policières"]), st.sampled_from(["en", "fr"])
    ).map(lambda drawn: TermQuery(Column(drawn[0], "stem"), stem(drawn[1], drawn[2]))),
    st.sampled_from(["trained", "police", "femmes"]).map(  # a lowered word
        lambda word: OrQuery(
            (
                TermQuery(Column("title", "exact"), word, 2.0),
                TermQuery(Column("title", "stem"), stem(word, "en"), 1.2),
                TermQuery(BODY, word, 1.0),
                TermQuery(Column("body", "stem"), stem(word, "en"), 0.6),
                TermQuery(Column("body", "stem"), stem(word, "fr"), 0.6),
            )
        )
    ),
    st.lists(st.sampled_from(["train", "trained", "police", "the"]), min_size=2, max_size=3).map(
        lambda words: PhraseQuery(BODY, tuple(words))
    ),
    st.lists(
        st.sampled_from(["train", "trained", "training", "police"]), min_size=1, unique=True
    ).map(lambda words: MultiTermQuery(BODY, tuple(words), 0.4)),
    st.sampled_from(["PAK", "KEN", "none", "XXX"]).map(
        lambda code: TermQuery(Column("country", "value"), code, 0)
    ),
    st.sampled_from([(2018, 2018), (None, 2018), (2019, None)]).map(
        lambda years: RangeQuery(Column("year", "value"), *years)
    ),
    st.sampled_from(["PAK", "XXX"]).map(
        lambda code: ConstantQuery(TermQuery(Column("country", "value"), code), 0.7)
    ),
    st.just(MatchAllQuery()),
)
QUERY: st.SearchStrategy[EngineQuery] = st.recursive(
    LEAF,
    lambda query: st.one_of(
        st.lists(query, min_size=1, max_size=3).map(lambda c: AndQuery(tuple(c))),
        st.lists(query, min_size=1, max_size=3).map(lambda c: OrQuery(tuple(c))),
        query.map(NotQuery),
        st.lists(
            st.tuples(query, st.integers(1, 5)), min_size=1, max_size=3, unique_by=lambda p: p[0]
        ).map(lambda pairs: most_query(*zip(*pairs, strict=True))),
    ),
    max_leaves=6,
)


def most_query(children: tuple[EngineQuery, ...], shares: tuple[int, ...]) -> MostQuery:
    return MostQuery(children, shares, 35)


WORD_QUERIES = st.lists(LEAF, min_size=2, max_size=3, unique=True).map(tuple)
BATCH = st.tuples(
    st.lists(activities(), max_size=8),
    st.sets(st.sampled_from([f"a{n}" for n in range(12)]), max_size=3),
)


@pytest.fixture(
    params=["never merged", "merged, deletions counted in one pass", "sorted in pieces"]
)
def merging(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with several segments with deletions, and with merged segments."""
    if request.param == "never merged":
        for name, value in (
            ("MERGE_RATIO", 0),
            ("MAX_SMALL_SEGMENT_DOCS", 0),
            ("MAX_SEGMENTS", 99),
            ("MIN_DOCS_PER_DELETED", 0),
        ):
            monkeypatch.setattr(commit, name, value)
    if request.param == "merged, deletions counted in one pass":
        monkeypatch.setattr("indexer.engines.whoosh.segment_reader.MAX_DELETIONS_READ", 0)
    if request.param == "sorted in pieces":
        monkeypatch.setattr(commit, "MAX_BUFFERED_DOCS", 2)


def write_batches(folder: Path, batches: Any) -> tuple[WhooshEngine, dict[str, Activity]]:
    """Commit each batch of changes. Return the engine and the live activities by id."""
    engine = WhooshEngine(folder)
    live: dict[str, Activity] = {}
    for puts, deletes in batches:
        with engine.writer("a test", 1) as writer:
            for put in puts:
                writer.put(put)
            for id in deletes:
                writer.delete(id)
            writer.commit()
        live |= {put.id: put for put in puts}
        live = {id: put for id, put in live.items() if id not in deletes}
    return engine, live


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(BATCH, min_size=1, max_size=4),
    query=QUERY,
    filters=st.lists(st.tuples(st.sampled_from(["place", "time"]), LEAF), max_size=2),
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
)
def test_matches_scores_and_counts_equal_the_model(
    merging: None, batches: Any, query: EngineQuery, filters: Any, sort: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine, live = write_batches(Path(folder), batches)
        model = Model(live.values())
        plan = Plan(
            query, tuple(filters), (("country",), ("year",), ("country", "year")), sort, 0, 50
        )
        with engine.snapshot() as snapshot:
            matches = snapshot.match(plan)[0]
            pages = snapshot.match(
                *(Plan(query, tuple(filters), (), sort, offset, 5) for offset in range(0, 12, 5))
            )
            paged_ids = [stored.id for page in pages for _, stored in page.hits]
            scanned_ids = [stored.id for stored in snapshot.scan(plan)]
            stored = dict(zip(live, snapshot.get(*live), strict=True))
        matching = {id for id in live if model.holds(id, query)}
        filtered = {id for id in matching if all(model.holds(id, f) for _, f in filters)}
        assert matches.total == len(filtered)
        hit_ids = [stored.id for _, stored in matches.hits]
        scores = {stored.id: score for score, stored in matches.hits}
        assert scores.keys() == filtered
        assert paged_ids == hit_ids == scanned_ids
        if sort == "relevance":
            expected_scores = {id: model.score(id, query) for id in filtered}
            assert scores == pytest.approx(expected_scores, rel=1e-4, abs=1e-5)
            assert list(scores.values()) == sorted(scores.values(), reverse=True)
        else:
            assert scanned_ids == sorted(filtered, key=lambda key: year_key(live[key], sort))
        for names, counts in zip(plan.counts, matches.counts, strict=True):
            ignored = {"place" if name == "country" else "time" for name in names}
            applied = [query for group, query in filters if group not in ignored]
            counted = [id for id in matching if all(model.holds(id, f) for f in applied)]
            assert counts == expected_counts(names, [live[id] for id in counted])
        for id, put in live.items():
            row = stored[id]
            assert row is not None
            assert (row.body, row.digest, row.language, row.meta) == (
                put.body,
                put.digest,
                put.language,
                put.meta,
            )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(BATCH, min_size=1, max_size=4),
    children=WORD_QUERIES,
    filters=st.lists(st.tuples(st.sampled_from(["place", "time"]), LEAF), max_size=2),
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
)
def test_activities_with_all_words_come_before_those_with_most_words(
    merging: None, batches: Any, children: tuple[EngineQuery, ...], filters: Any, sort: Any
) -> None:
    query, most = AndQuery(children), MostQuery(children, tuple(range(1, len(children) + 1)), 35)
    with tempfile.TemporaryDirectory() as folder:
        engine, live = write_batches(Path(folder), batches)
        model = Model(live.values())
        plan = Plan(query, tuple(filters), (("country",),), sort, 0, 50, most)
        with engine.snapshot() as snapshot:
            matches = snapshot.match(plan)[0]
            pages = snapshot.match(
                *(replace(plan, offset=offset, limit=5) for offset in range(0, 12, 5))
            )
            scanned_ids = [stored.id for stored in snapshot.scan(plan)]
    filtered = {id for id in live if all(model.holds(id, f) for _, f in filters)}
    first = {id for id in filtered if model.holds(id, query)}
    matching = {id for id in filtered if model.holds(id, most)}
    assert first <= matching
    assert (matches.total, matches.total_all) == (len(matching), len(first))
    hit_ids = [stored.id for _, stored in matches.hits]
    assert hit_ids == scanned_ids == [hit.id for page in pages for _, hit in page.hits]
    assert set(hit_ids[: len(first)]) == first
    assert set(hit_ids) == matching
    groups = [matches.hits[: len(first)], matches.hits[len(first) :]]
    for group in groups:
        if sort == "relevance":
            scores = [score for score, _ in group]
            assert scores == sorted(scores, reverse=True)
            expected = [model.score(hit.id, most) for _, hit in group]
            assert scores == pytest.approx(expected, rel=1e-4, abs=1e-5)
        else:
            keys = [year_key(hit, sort) for _, hit in group]
            assert keys == sorted(keys)


def year_key(activity: Activity, sort: str) -> tuple[bool, int, str]:
    """Return the sort key of an order by year; activities without a year come last."""
    years = [int(year) for year in activity.meta.get("year", ())]
    first = (-max(years) if sort == "newest" else min(years)) if years else 0
    return (not years, first, activity.id)


def expected_counts(
    names: tuple[str, ...], activities: list[Activity]
) -> dict[tuple[str, ...], int]:
    """Count combinations of values, each activity once for each of its combinations."""
    counts: dict[tuple[str, ...], int] = {}
    for each in activities:
        values = [map(str, each.meta.get(name, ()) or ("none",)) for name in names]
        for combination in product(*values):
            counts[combination] = counts.get(combination, 0) + 1
    return counts


def numbered_activity(n: int) -> Activity:
    """Return an activity with a word in all, half, a fifth and few of the activities."""
    text = (
        "common " * (1 + n % 3)
        + "half " * (n % 2)
        + "rare " * (n % 301 == 0)
        + "pair of " * (n % 5 == 0)
        + f"w{n}"
    )
    country = "PAK" if n % 97 == 0 else "KEN"
    return activity(f"a{n:04}", text, country=(country,), year=(2000 + n % 20,))


def test_dense_and_sparse_lists_give_the_same_matches(engine: WhooshEngine, commit: Any) -> None:
    """With 2,000 activities every dense, sparse and top-k code path is taken."""
    puts = [numbered_activity(n) for n in range(2000)]
    commit(puts)
    changed = activity("a0007", "changed half", country=("PAK",))
    commit([changed], delete=["a0000", "a0014"])
    model = Model([*(a for a in puts if a.id not in ("a0000", "a0007", "a0014")), changed])
    words = {word: TermQuery(BODY, word) for word in ("common", "half", "rare", "changed")}
    in_pakistan = TermQuery(Column("country", "value"), "PAK")
    queries: list[EngineQuery] = [
        *words.values(),
        AndQuery((words["common"], words["rare"])),
        AndQuery((words["common"], words["half"])),
        OrQuery((words["rare"], words["changed"])),
        OrQuery((words["common"], words["half"])),
        AndQuery((words["common"], NotQuery(words["half"]))),
        PhraseQuery(BODY, ("pair", "of")),
        PhraseQuery(BODY, ("half", "rare")),
        PhraseQuery(BODY, ("common", "common")),
        MultiTermQuery(BODY, tuple(f"w{n}" for n in range(0, 2000, 9))),
        AndQuery((words["half"], in_pakistan)),
    ]
    for query in queries:
        matching = [id for id in model.activities if model.holds(id, query)]
        for filters in ((), (("place", in_pakistan),)):
            with engine.snapshot() as snapshot:
                plan = Plan(query, filters, (("country",),), "relevance", 0, 10)
                matches = snapshot.match(plan)[0]
            filtered = [id for id in matching if all(model.holds(id, f) for _, f in filters)]
            assert matches.total == len(filtered)
            counted = [model.activities[id] for id in matching]
            assert matches.counts[0] == expected_counts(("country",), counted)
            assert all(stored.id in filtered for _, stored in matches.hits)
    half = words["half"]
    best = sorted((-model.score(id, half), id) for id in model.activities if model.holds(id, half))[
        :10
    ]
    with engine.snapshot() as snapshot:
        hits = snapshot.match(Plan(half, (), (), "relevance", 0, 10))[0].hits
    assert [stored.id for _, stored in hits] == [id for _, id in best]
