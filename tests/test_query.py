"""The query language: any text is a query, and a printed query parses to itself."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.query import (
    MAX_QUERY,
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
    parse,
    to_text,
)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a b OR c -d", And((Term("a"), Or((Term("b"), Term("c"))), Not(Term("d"))))),
        ("gender-based", Phrase(("gender", "based"))),
        ("Women’s", Phrase(("women", "s"))),
        ('"the OR of*"', Phrase(("the", "or", "of"))),
        ("traf* traficking~", And((Prefix("traf"), Fuzzy("traficking")))),
        ('country:"Viet Nam"', InField("country", Term("viet nam"))),
        ("country:(PAK OR KGZ)", InField("country", Or((Term("pak"), Term("kgz"))))),
        ("year:2018..2020", InField("year", Range(2018, 2020))),
        ("year:..2020", InField("year", Range(None, 2020))),
        ("year:2020..2018", InField("year", Range(2018, 2020))),
        ("a OR", And((Term("a"), Term("or")))),
        (r"\-a", Term("a")),
        ("a-b -", Phrase(("a", "b"))),
        ("- & () \"\"", MatchAll()),
    ],
)  # fmt: skip
def test_the_grammar(text: str, query: Query) -> None:
    assert parse(text).query == query


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 10_000, "query_too_long"),
        ("a " * 200, "too_many_terms"),
        ("(" * 30 + "a", "too_deep"),
        ('"abc', "unbalanced"),
        ("a)", "unbalanced"),
        ("foo:bar", "unknown_field"),
        ("a*", "prefix_too_short"),
        ("year:abc", "not_a_number"),
        ("year:2020..2018", "range_reversed"),
    ],
)
def test_what_is_not_understood_is_said(text: str, code: str) -> None:
    assert code in [notice.code for notice in parse(text).notices]


@given(st.one_of(st.text(max_size=80), st.text(alphabet='ab "()-:*~\\ORyear.2019country中é½', max_size=60)))
def test_a_printed_query_parses_to_itself(text: str) -> None:
    query = parse(text).query
    printed = to_text(query)
    assume(len(printed) <= MAX_QUERY)
    assert parse(printed).query == query
