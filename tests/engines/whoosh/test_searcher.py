"""Whoosh's own Searcher reads the index and matches the same activities."""

from __future__ import annotations

from typing import Any

import pytest
from whoosh import query as whoosh
from whoosh.index import open_dir

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
from tests.engines.whoosh.conftest import activity

BODY = Column("body", "exact")
B = BODY.name
PAIRS: list[tuple[EngineQuery, Any]] = [
    (TermQuery(BODY, "police"), whoosh.Term(B, "police")),
    (TermQuery(Column("body", "stem"), "en:train"), whoosh.Term("body.stem", "en:train")),
    (TermQuery(Column("country", "value"), "PAK"), whoosh.Term("country", "PAK")),
    (TermQuery(Column("country", "value"), "none"), whoosh.Term("country", "none")),
    (
        AndQuery((TermQuery(BODY, "police"), TermQuery(BODY, "trained"))),
        whoosh.And([whoosh.Term(B, "police"), whoosh.Term(B, "trained")]),
    ),
    (
        OrQuery((TermQuery(BODY, "police"), TermQuery(BODY, "women"))),
        whoosh.Or([whoosh.Term(B, "police"), whoosh.Term(B, "women")]),
    ),
    (
        AndQuery((TermQuery(BODY, "police"), NotQuery(TermQuery(BODY, "women")))),
        whoosh.AndNot(whoosh.Term(B, "police"), whoosh.Term(B, "women")),
    ),
    (PhraseQuery(BODY, ("police", "trained")), whoosh.Phrase(B, ["police", "trained"])),
    (MultiTermQuery(BODY, ("trained", "training")), whoosh.Prefix(B, "trai")),
    (MultiTermQuery(BODY, ("police",)), whoosh.FuzzyTerm(B, "polise", maxdist=1, prefixlength=1)),
    (MultiTermQuery(BODY, ("trained", "training")), whoosh.Wildcard(B, "tr?in*")),
    (RangeQuery(Column("year", "value"), 2018, 2019), whoosh.TermRange("year", "2018", "2019")),
    (MatchAllQuery(), whoosh.Every()),
]


@pytest.fixture(params=["one segment", "three segments with deletions"])
def index(
    request: pytest.FixtureRequest,
    engine: WhooshEngine,
    commit: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> WhooshEngine:
    puts = [
        activity(f"a{n:02}", text, country=country, year=year)
        for n, (text, country, year) in enumerate(
            [
                ("police trained", ("PAK",), (2018,)),
                ("trained police women", ("PAK", "KEN"), (2019, 2021)),
                ("women in training", (), ()),
                ("police women", ("KEN",), (2020,)),
                ("police officers, police trained", (), (2018,)),
                ("nothing of it", ("FRA",), ()),
            ]
            * 3
        )
    ]
    if request.param == "one segment":
        commit(puts)
    else:
        monkeypatch.setattr("indexer.engines.whoosh.commit.MAX_SMALL_SEGMENT_DOCS", 0)
        monkeypatch.setattr("indexer.engines.whoosh.commit.MERGE_RATIO", 0)
        commit(puts[:10])
        commit(puts[8:14])
        commit([*puts[13:], activity("a03", "police women trained")], delete=["a00", "a09"])
    return engine


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=[str(theirs) for _, theirs in PAIRS])
def test_whoosh_searcher_matches_the_same_activities(
    index: WhooshEngine, ours: EngineQuery, theirs: Any
) -> None:
    with index.snapshot() as snapshot:
        expected = {stored.id for stored in snapshot.scan(Plan(ours))}
    opened = open_dir(str(index.folder))
    with opened.searcher() as searcher:
        results = searcher.search(theirs, limit=None)
        assert {hit["id"] for hit in results} == expected
        assert len(results) == len(expected)
    opened.close()
    assert expected


def test_whoosh_reads_stored_fields_lengths_and_terms(index: WhooshEngine) -> None:
    with open_dir(str(index.folder)).searcher() as searcher:
        assert searcher.document(id="a01")["country"] == ["PAK", "KEN"]
        assert searcher.reader().field_length("body.exact") > 40
        assert list(searcher.reader().expand_prefix("body.exact", "trai")) == [
            b"trained",
            b"training",
        ]
    assert commit.MAX_SEGMENTS == 3
