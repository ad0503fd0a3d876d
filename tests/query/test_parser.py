"""The query parser, and printing of query trees."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
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
from indexer.query.parser import MAX_QUERY_LENGTH, MAX_SYNTAX_LENGTH, MAX_TERMS, ParsedQuery, parse


def children(query: Query) -> tuple[Query, ...]:
    """The parts of a conjunction."""
    return query.children if isinstance(query, And) else (query,)


def test_a_text_without_words_adds_a_notice() -> None:
    assert [n.code for n in parse("🕊️ - ()").notices][-1:] == ["no_words"]
    assert not parse("  ").notices


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a b OR c -d", And((Term("a"), Or((Term("b"), Term("c"))), Not(Term("d"))))),
        ("gender-based", And((Term("gender"), Term("based")))),
        ("police/prison", And((Term("police"), Term("prison")))),
        ("a-b OR c", Or((And((Term("a"), Term("b"))), Term("c")))),
        ("title:a/b", InField("title", And((Term("a"), Term("b"))))),
        ("-a-b", Not(And((Term("a"), Term("b"))))),
        ("Women’s", And((Term("women", "Women"), Term("s")))),
        ('"the OR of*"', Phrase(("the", "or", "of"))),
        ('"the and of"', Phrase(("the", "and", "of"))),
        ('"Women and not girls"', Phrase(("women", "and", "not", "girls"))),
        ('title:"men but not boys"', InField("title", Phrase(("men", "but", "not", "boys")))),
        (
            '"men and not boys" and not girls',
            And((Phrase(("men", "and", "not", "boys")), Not(Term("girls")))),
        ),
        ('"the of" in', And((Phrase(("the", "of")), Term("in")))),
        ("traf* traficking~", And((Prefix("traf"), Fuzzy("traficking")))),
        ("a OR b OR c", Or((Term("a"), Term("b"), Term("c")))),
        ("OR a", And((Term("or", "OR"), Term("a")))),
        ("a OR", And((Term("a"), Term("or", "OR")))),
        ("(a OR) b", And((Term("a"), Term("or", "OR"), Term("b")))),
        ("(a b) OR c", Or((And((Term("a"), Term("b"))), Term("c")))),
        ("a AND b", And((Term("a"), Term("b")))),
        ("a OR b AND c", And((Or((Term("a"), Term("b"))), Term("c")))),
        ("NOT a b", And((Not(Term("a")), Term("b")))),
        ("a NOT (b c)", And((Term("a"), Not(And((Term("b"), Term("c"))))))),
        ("a NOT", And((Term("a"), Term("not", "NOT")))),
        ("a –b −c", And((Term("a"), Not(Term("b")), Not(Term("c"))))),
        ("a--b", And((Term("a"), Term("b")))),
        ("a OR OR b", And((Term("a"), Or((Term("or", "OR"), Term("b")))))),
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
        ("„a b‟", Phrase(("a", "b"))),
        ("«a b»", Phrase(("a", "b"))),
        ("＂a b＂", Phrase(("a", "b"))),
        ("a（b OR c）", And((Term("a"), Or((Term("b"), Term("c")))))),
        ("title：a", InField("title", Term("a"))),
        ('"a* ~b -c"', Phrase(("a", "b", "c"))),
        ("title:(a bc*) c", And((InField("title", And((Term("a"), Prefix("bc")))), Term("c")))),
        ("country:none", InField("country", Term("none"))),
        (
            'partner:"Ministry of Women, Children"',
            InField(
                "partner",
                Term("ministry of women, children", "Ministry of Women, Children"),
            ),
        ),
        ("year:2018", InField("year", Range(2018, 2018))),
        ("year:2018..", InField("year", Range(2018, None))),
        (r"a\*", Term("a")),
        (r"a \OR b", And((Term("a"), Term("or", "OR"), Term("b")))),
        (r"country\:PAK", And((Term("country"), Term("pak", "PAK")))),
        ("abc~", Term("abc")),
        ('country:"Viet Nam"', InField("country", Term("viet nam", "Viet Nam"))),
        ("country:(PAK OR KGZ)", InField("country", Or((Term("pak", "PAK"), Term("kgz", "KGZ"))))),
        ("year:2018..2020", InField("year", Range(2018, 2020))),
        ("year:..2020", InField("year", Range(None, 2020))),
        ("year:2020..2018", InField("year", Range(2018, 2020))),
        (r"\-a", Term("a")),
        ("a-b -", And((Term("a"), Term("b")))),
        ('- & () ""', MatchAll()),
    ],
)
def test_a_text_parses_to_its_tree(text: str, query: Query) -> None:
    assert parse(text).query == query


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 10_000, "query_too_long"),
        ("aa* " * 100, "too_many_terms"),
        ("(" * 30 + "a OR b", "too_deep"),
        ('"abc', "unbalanced"),
        ("a)", "unbalanced"),
        ("foo:bar", "unknown_field"),
        ("a*", "prefix_too_short"),
        ("gender-b*", "prefix_too_short"),
        ("abc~", "fuzzy_too_short"),
        ("gender-abc~", "fuzzy_too_short"),
        ("year:abc", "not_a_number"),
        ("year:2020..2018", "range_reversed"),
        ("country:pa*", "whole_values"),
    ],
)
def test_a_part_that_is_not_understood_adds_a_notice(text: str, code: str) -> None:
    assert code in [notice.code for notice in parse(text).notices]


@pytest.mark.parametrize("words", [63, 64, 65])
def test_a_query_with_syntax_is_cut_at_its_term_limit(words: int) -> None:
    parsed = parse('"x"' + " a" * (words - 1))
    assert isinstance(parsed.query, And)
    assert len(parsed.query.children) == min(words, MAX_TERMS)
    assert [n.code for n in parsed.notices] == ["too_many_terms"] * (words > MAX_TERMS)


def test_groups_nest_at_most_twenty_deep() -> None:
    deepest = parse("(" * 20 + "a OR b" + ")" * 20)
    assert deepest == ParsedQuery(Or((Term("a"), Term("b"))), plain=False)
    notices = parse("cc* " + "(" * 21 + "a" + ")" * 21).notices
    assert [n.code for n in notices] == ["too_deep", "unbalanced"]


@pytest.mark.parametrize(
    "text",
    [
        "trafficking of women",
        "(police) training",
        "gender-based a/b",
        "10:30",
        "- UNODC supported Kenya",
        "-UNODC supported the government of Kyrgyzstan",
        "–UNODC trained forty police officers",
        "-UNODC supported the police…",
        "• UNODC supported Kenya",
        "UNODC trained police -including women- in Kenya",
        "Le programme a formé la police –surtout les femmes– et les juges",
        "-La UNODC apoyó al gobierno",
        "–Управление помогает в подготовке судей",
        "The project trained judges and prosecutors in Kenya –mostly women",
        "The police were trained in the use of force -twice.",
        "police AND women",
        '5" pipe and 7" pipe',
        'a stray " mark',
        "a OR",
        "x*" * 300,
        "a OR b " * 100,
        "a -b " * 150,
    ],
)
def test_a_text_without_explicit_syntax_is_plain(text: str) -> None:
    parsed = parse(text)
    assert parsed.plain
    assert all(isinstance(leaf, Term) for leaf in children(parsed.query))


@pytest.mark.parametrize(
    "text",
    [
        '"violence against women"',
        "police OR prison",
        "violence -trafficking",
        "violence against women -trafficking",
        "training of police officers in the north of Kenya -women -children",
        "-trafficking",
        "-trafficking -women",
        "country:Kenya",
        "traf*",
        "traficking~",
        "(traf*)",
        "-(a b)",
    ],
)
def test_a_text_with_explicit_syntax_is_not_plain(text: str) -> None:
    assert not parse(text).plain


def test_plain_text_keeps_every_word_up_to_its_length() -> None:
    words = [f"w{number}" for number in range(700)]
    parsed = parse(" ".join(words))
    assert [leaf.text for leaf in children(parsed.query) if isinstance(leaf, Term)] == words
    assert parsed.plain
    assert not parsed.notices
    cut = parse("word " * (MAX_QUERY_LENGTH // 5) + "more")
    assert {n.code for n in cut.notices} == {"query_too_long"}
    assert Term("more") not in children(cut.query)


def test_unspaced_characters_are_one_phrase_in_plain_text() -> None:
    parsed = parse("暴力侵害 UNODC妇女")
    assert parsed.plain
    assert parsed.query == And(
        (
            Phrase(("暴", "力", "侵", "害"), "暴力侵害"),
            Term("unodc", "UNODC"),
            Phrase(("妇", "女"), "妇女"),
        )
    )
    assert not parse('"妇女"').plain


def test_a_printed_query_has_words_as_typed() -> None:
    for text in ("Côte d Ivoire UNODC U.N. 2,500", 'country:"Viet Nam" OR Women', "妇女 police"):
        assert to_text(parse(text).query) == text


WORDS = (
    'police OR AND NOT ( ) -women –men "the rights" traf* polise~ year:2018 2018 -2020 500 2 2,500 '
    "country: Kenya title: year: 2018..2020 the of in and. U.N. e.g. (UNODC) Côte 妇女暴力 \u00ad "
    "a-b -(a b)"
).split(" ")


@given(
    st.one_of(
        st.text(max_size=80),
        st.text(alphabet='ab "()-–:*~\\ORANDTyear.,2019country中文é½', max_size=60),
        st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    )
)
def test_a_printed_query_parses_to_itself(text: str) -> None:
    query = parse(text).query
    printed = to_text(query)
    assume(len(printed) <= MAX_SYNTAX_LENGTH)
    assert parse(printed).query == query


@given(
    st.one_of(
        st.text(max_size=MAX_QUERY_LENGTH + 100),
        st.builds(
            lambda piece, count: (piece * count)[: MAX_QUERY_LENGTH + 100],
            st.text(alphabet='a1 "()-–:*~^+?\\.,ORyear中\xad', min_size=1, max_size=8),
            st.integers(1, MAX_QUERY_LENGTH),
        ),
    )
)
@settings(max_examples=60)
def test_parsing_any_text_is_quick_and_never_fails(text: str) -> None:
    started = time.process_time()
    query = parse(text).query
    parse(to_text(query))
    assert time.process_time() - started < 0.5


WORDS_OF_OPERATORS = ("and", "or", "not", "but", "AND", "OR", "NOT")
SENTENCE_WORDS = st.sampled_from(
    "the police of Kenya trained (UNODC) women and judges, in 2019 gender-based a/b COVID-19 "
    '–including -with prosecutors– - – supported 5" it’s OK not U.N. 40% and/or'.split()
)


@given(
    st.lists(
        st.sampled_from([*WORDS_OF_OPERATORS, "women", "girls", "Police"]), min_size=1, max_size=9
    )
)
def test_a_quoted_text_keeps_all_of_its_words(words: list[str]) -> None:
    terms = tuple(word.lower() for word in words)
    assert parse(f'"{" ".join(words)}"').query == Phrase(terms)


@given(st.lists(SENTENCE_WORDS, min_size=8, max_size=40))
def test_a_sentence_is_plain(words: list[str]) -> None:
    parsed = parse(f"The office {' '.join(words)} courts.")
    assert parsed.plain
    assert all(isinstance(leaf, Term) for leaf in children(parsed.query))


def test_no_sentence_of_the_collection_has_syntax() -> None:
    content = Path(__file__).parents[2] / "content"
    texts = [path.read_text().split("---", 2)[-1] for path in content.rglob("[!_]*.md")]
    sentences = [s for text in texts for s in re.split(r"(?<=[.!?])\s+", text) if '"' not in s]
    plain = [s for s in sentences if not re.search("[“”«»]", s)]
    assert len(plain) > 30
    assert not [s for s in plain if not parse(s).plain]


def test_a_full_stop_after_a_space_also_ends_a_sentence() -> None:
    assert parse("jet interference with supersonic flow -dash experimental papers .").plain
