"""Matches, counts, orders and scores against the model, over random corpora, batches, deletions and merges."""

from __future__ import annotations

import tempfile
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
    EngineQuery,
    MatchAllQuery,
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

WORDS = ["train", "trained", "training", "trains", "police", "the", "femmes", "été", "женщины"]
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


COLUMN = st.sampled_from(["body", "title"])
LEAF: st.SearchStrategy[EngineQuery] = st.one_of(
    st.tuples(COLUMN, st.sampled_from(["train", "trained", "police", "the", "ete", "absent"])).map(
        lambda x: TermQuery(Column(x[0], "exact"), x[1], 2.0)
    ),
    st.tuples(COLUMN, st.sampled_from(["trained", "femmes"]), st.sampled_from(["en", "fr"])).map(
        lambda x: TermQuery(Column(x[0], "stem"), stem(x[1], x[2]))
    ),
    st.sampled_from(["trained", "police", "femmes"]).map(  # a word, as plan.lower makes it
        lambda word: OrQuery(
            (
                TermQuery(Column("title", "exact"), word, 2.0),
                TermQuery(Column("title", "stem"), stem(word, "en"), 1.2),
                TermQuery(Column("body", "exact"), word, 1.0),
                TermQuery(Column("body", "stem"), stem(word, "en"), 0.6),
                TermQuery(Column("body", "stem"), stem(word, "fr"), 0.6),
            )
        )
    ),
    st.lists(st.sampled_from(["train", "trained", "police", "the"]), min_size=2, max_size=3).map(
        lambda words: PhraseQuery(Column("body", "exact"), tuple(words))
    ),
    st.lists(
        st.sampled_from(["train", "trained", "training", "police"]), min_size=1, unique=True
    ).map(lambda words: MultiTermQuery(Column("body", "exact"), tuple(words), 0.4)),
    st.sampled_from(["PAK", "KEN", "none", "XXX"]).map(
        lambda code: TermQuery(Column("country", "value"), code, 0)
    ),
    st.sampled_from([(2018, 2018), (None, 2018), (2019, None)]).map(
        lambda years: RangeQuery(Column("year", "value"), *years)
    ),
    st.just(MatchAllQuery()),
)
QUERY: st.SearchStrategy[EngineQuery] = st.recursive(
    LEAF,
    lambda query: st.one_of(
        st.lists(query, min_size=1, max_size=3).map(lambda c: AndQuery(tuple(c))),
        st.lists(query, min_size=1, max_size=3).map(lambda c: OrQuery(tuple(c))),
        query.map(NotQuery),
    ),
    max_leaves=6,
)
BATCH = st.tuples(
    st.lists(activities(), max_size=8),
    st.sets(st.sampled_from([f"a{n}" for n in range(12)]), max_size=3),
)


@pytest.fixture(params=["one by one", "merged as they come", "more than memory holds"])
def merging(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both a generation of several segments with deletions and one that was merged from them."""
    if request.param == "one by one":
        for name, value in (
            ("MERGE_RATIO", 0),
            ("MAX_SMALL_SEGMENT_DOCS", 0),
            ("MAX_SEGMENTS", 99),
            ("MIN_DOCS_PER_DELETED", 0),
        ):
            monkeypatch.setattr(commit, name, value)
    if request.param == "merged as they come":
        monkeypatch.setattr("indexer.engines.whoosh.segment_reader.MAX_DELETIONS_READ", 0)
    if request.param == "more than memory holds":
        monkeypatch.setattr(commit, "MAX_BUFFERED_DOCS", 2)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(BATCH, min_size=1, max_size=4),
    query=QUERY,
    filters=st.lists(st.tuples(st.sampled_from(["place", "time"]), LEAF), max_size=2),
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
)
def test_answers_are_those_of_the_model(
    merging: None, batches: Any, query: EngineQuery, filters: Any, sort: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
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
        model = Model(live.values())
        plan = Plan(
            query, tuple(filters), (("country",), ("year",), ("country", "year")), sort, 0, 50
        )
        with engine.snapshot() as snapshot:
            found = snapshot.match(plan)[0]
            paged = [
                hit
                for at in range(0, 12, 5)
                for hit in snapshot.match(Plan(query, tuple(filters), (), sort, at, 5))[0].hits
            ]
            scanned = [stored.id for stored in snapshot.scan(plan)]
        matched = {id for id in live if model.holds(id, query)}
        chosen = {id for id in matched if all(model.holds(id, each) for _, each in filters)}
        assert found.total == len(chosen)
        scores = {stored.id: score for score, stored in found.hits}
        assert scores.keys() == chosen
        assert (
            [stored.id for _, stored in paged] == [stored.id for _, stored in found.hits] == scanned
        )
        if sort == "relevance":
            assert scores == pytest.approx(
                {id: model.score(id, query) for id in chosen}, rel=1e-4, abs=1e-5
            )
            assert [s for s, _ in found.hits] == sorted(scores.values(), reverse=True)
        else:
            assert scanned == sorted(chosen, key=lambda name: dated(live[name], sort))
        for names, counts in zip(plan.counts, found.counts, strict=True):
            ignored = {"place" if name == "country" else "time" for name in names}
            base = {
                id
                for id in matched
                if all(model.holds(id, each) for group, each in filters if group not in ignored)
            }
            assert counts == counted(names, [live[id] for id in base])
        for id, put in live.items():
            with engine.snapshot() as snapshot:
                stored = snapshot.get(id)[0]
            assert stored is not None
            assert (stored.body, stored.digest, stored.language, stored.meta) == (
                put.body,
                put.digest,
                put.language,
                put.meta,
            )


def dated(found: Activity, sort: str) -> tuple[bool, int, str]:
    years = [int(year) for year in found.meta.get("year", ())]
    return (not years, (-max(years) if sort == "newest" else min(years)) if years else 0, found.id)


def counted(names: tuple[str, ...], found: list[Activity]) -> dict[tuple[str, ...], int]:
    counts: dict[tuple[str, ...], int] = {}
    for each in found:
        rows: list[tuple[str, ...]] = [()]
        for name in names:
            rows = [
                (*row, str(value)) for row in rows for value in each.meta.get(name, ()) or ("none",)
            ]
        for row in rows:
            counts[row] = counts.get(row, 0) + 1
    return counts


def test_large_and_small_lists_are_matched_alike(engine: WhooshEngine, commit: Any) -> None:
    """Over 2,000 activities every dense, sparse and top-k path is taken."""
    texts = [
        f"{'common ' * (1 + n % 3)}{'half ' * (n % 2)}{'rare ' * (n % 301 == 0)}{'pair of ' * (n % 5 == 0)}w{n}"
        for n in range(2000)
    ]
    made = [
        activity(
            f"a{n:04}", text, country=("PAK",) if n % 97 == 0 else ("KEN",), year=(2000 + n % 20,)
        )
        for n, text in enumerate(texts)
    ]
    commit(made)
    commit([activity("a0007", "changed half", country=("PAK",))], delete=["a0000", "a0014"])
    model = Model(
        [
            *(a for a in made if a.id not in ("a0000", "a0007", "a0014")),
            activity("a0007", "changed half", country=("PAK",)),
        ]
    )
    exact = {
        word: TermQuery(Column("body", "exact"), word)
        for word in ("common", "half", "rare", "changed")
    }
    queries: list[EngineQuery] = [
        *exact.values(),
        AndQuery((exact["common"], exact["rare"])),
        AndQuery((exact["common"], exact["half"])),
        OrQuery((exact["rare"], exact["changed"])),
        OrQuery((exact["common"], exact["half"])),
        AndQuery((exact["common"], NotQuery(exact["half"]))),
        PhraseQuery(Column("body", "exact"), ("pair", "of")),
        PhraseQuery(Column("body", "exact"), ("half", "rare")),
        PhraseQuery(Column("body", "exact"), ("common", "common")),
        MultiTermQuery(Column("body", "exact"), tuple(f"w{n}" for n in range(0, 2000, 9))),
        AndQuery((exact["half"], TermQuery(Column("country", "value"), "PAK"))),
    ]
    for query in queries:
        for filters in ((), (("place", TermQuery(Column("country", "value"), "PAK")),)):
            with engine.snapshot() as snapshot:
                found = snapshot.match(Plan(query, filters, (("country",),), "relevance", 0, 10))[0]
            matched = [id for id in model.activities if model.holds(id, query)]
            chosen = [id for id in matched if all(model.holds(id, each) for _, each in filters)]
            assert found.total == len(chosen)
            assert found.counts[0] == counted(
                ("country",), [model.activities[id] for id in matched]
            )
            assert all(stored.id in chosen for _, stored in found.hits)
    best = sorted(
        (-model.score(id, exact["half"]), id)
        for id in model.activities
        if model.holds(id, exact["half"])
    )[:10]
    with engine.snapshot() as snapshot:
        hits = snapshot.match(Plan(exact["half"], (), (), "relevance", 0, 10))[0].hits
    assert [stored.id for _, stored in hits] == [id for _, id in best]
