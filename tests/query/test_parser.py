"""The query parser, and printing of query trees."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.query.ast import (
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
    to_text,
)
from indexer.query.parser import MAX_QUERY_LENGTH, ParsedQuery, parse


def test_a_text_without_words_adds_a_notice() -> None:
    assert [n.code for n in parse("🕊️ - ()").notices][-1:] == ["no_words"]
    assert not parse("  ").notices


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a b OR c -d", And((Term("a"), Or((Term("b"), Term("c"))), Not(Term("d"))))),
        ("gender-based", Phrase(("gender", "based"))),
        ("Women’s", Phrase(("women", "s"))),
        ('"the OR of*"', Phrase(("the", "or", "of"))),
        ("traf* traficking~", And((Prefix("traf"), Fuzzy("traficking")))),
        ("a OR b OR c", Or((Term("a"), Term("b"), Term("c")))),
        ("OR a", And((Term("or"), Term("a")))),
        ("a OR", And((Term("a"), Term("or")))),
        ("(a OR) b", And((Term("a"), Term("or"), Term("b")))),
        ("a OR OR b", And((Term("a"), Or((Term("or"), Term("b")))))),
        ("a or b", And((Term("a"), Term("or"), Term("b")))),
        ("a OR\u00a0b", Or((Term("a"), Term("b")))),
        ("a OR -b", Or((Term("a"), Not(Term("b"))))),
        ("-a -b", And((Not(Term("a")), Not(Term("b"))))),
        (
            '-"a b" -(c d) -year:2018',
            And(
                (
                    Not(Phrase(("a", "b"))),
                    Not(And((Term("c"), Term("d")))),
                    Not(InField("year", Range(2018, 2018))),
                )
            ),
        ),
        ("a - b", And((Term("a"), Term("b")))),
        ("“a b”", Phrase(("a", "b"))),
        ('"a* ~b -c"', Phrase(("a", "b", "c"))),
        ("title:(a bc*) c", And((InField("title", And((Term("a"), Prefix("bc")))), Term("c")))),
        ("country:none", InField("country", Term("none"))),
        (
            'partner:"Ministry of Women, Children"',
            InField("partner", Term("ministry of women, children")),
        ),
        ("year:2018", InField("year", Range(2018, 2018))),
        ("year:2018..", InField("year", Range(2018, None))),
        (r"a\*", Term("a")),
        (r"a \OR b", And((Term("a"), Term("or"), Term("b")))),
        (r"country\:PAK", Phrase(("country", "pak"))),
        ("abc~", Term("abc")),
        ('country:"Viet Nam"', InField("country", Term("viet nam"))),
        ("country:(PAK OR KGZ)", InField("country", Or((Term("pak"), Term("kgz"))))),
        ("year:2018..2020", InField("year", Range(2018, 2020))),
        ("year:..2020", InField("year", Range(None, 2020))),
        ("year:2020..2018", InField("year", Range(2018, 2020))),
        (r"\-a", Term("a")),
        ("a-b -", Phrase(("a", "b"))),
        ('- & () ""', MatchAll()),
    ],
)
def test_a_text_parses_to_its_tree(text: str, query: Query) -> None:
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
        ("gender-based*", "prefix_too_short"),
        ("abc~", "fuzzy_too_short"),
        ("gender-based~", "fuzzy_too_short"),
        ("year:abc", "not_a_number"),
        ("year:2020..2018", "range_reversed"),
        ("country:pa*", "whole_values"),
    ],
)
def test_a_part_that_is_not_understood_adds_a_notice(text: str, code: str) -> None:
    assert code in [notice.code for notice in parse(text).notices]


@pytest.mark.parametrize(
    ("text", "term_count"), [("a " * 63 + "b", 64), ("a " * 64 + "b", 64), ("x" * 600, 1)]
)
def test_a_query_is_cut_at_its_length_and_term_limits(text: str, term_count: int) -> None:
    query = parse(text).query
    assert len(query.children if isinstance(query, And) else (query,)) == term_count
    assert (len(parse(text).notices) == 1) == (text != "a " * 63 + "b")


def test_groups_nest_at_most_twenty_deep() -> None:
    assert parse("(" * 20 + "a" + ")" * 20) == ParsedQuery(Term("a"))
    assert [n.code for n in parse("(" * 21 + "a" + ")" * 21).notices] == ["too_deep", "unbalanced"]


@given(
    st.one_of(
        st.text(max_size=80), st.text(alphabet='ab "()-:*~\\ORyear.2019country中é½', max_size=60)
    )
)
def test_a_printed_query_parses_to_itself(text: str) -> None:
    query = parse(text).query
    printed = to_text(query)
    assume(len(printed) <= MAX_QUERY_LENGTH)
    assert parse(printed).query == query
