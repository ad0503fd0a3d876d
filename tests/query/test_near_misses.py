"""Operators in small letters and the syntax of other search engines."""

from __future__ import annotations

import pytest

from indexer.query.ast import And, Fuzzy, InField, Not, Or, Phrase, Prefix, Query, Range, Term
from indexer.query.parser import parse
from webapp.i18n import messages


def codes(text: str) -> list[str]:
    return [notice.code for notice in parse(text).notices]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("NOT x", Not(Term("x"))),
        ("x AND y", And((Term("x"), Term("y")))),
        ("x AND NOT y", And((Term("x"), Not(Term("y"))))),
        ("x OR NOT y", Or((Term("x"), Not(Term("y"))))),
        ("Country:kenya", InField("country", Term("kenya"))),
        ("country: kenya", InField("country", Term("kenya"))),
        ("country : kenya", InField("country", Term("kenya"))),
        ("country：kenya", InField("country", Term("kenya"))),
        ('country: "viet nam" x', And((InField("country", Term("viet nam")), Term("x")))),
        ("（x OR y） z", And((Or((Term("x"), Term("y"))), Term("z")))),
        ("gender-bas*", And((Term("gender"), Prefix("bas")))),
        ("gender-bassed~", And((Term("gender"), Fuzzy("bassed")))),
        ("traf*, x", And((Prefix("traf"), Term("x")))),
    ],
)
def test_a_near_miss_with_a_plain_meaning_needs_no_notice(text: str, query: Query) -> None:
    assert parse(text).query == query
    assert not parse(text).notices


@pytest.mark.parametrize(
    "years",
    [
        *(f"2018{dash}2020" for dash in "-‐‑‒–—−"),
        "2018 – 2020",
        "2018 to 2020",
        "2018 .. 2020",
        "2018…2020",
        "[2018 TO 2020]",
        "{2017 TO 2021}",
        '"2018-2020"',
        "２０１８..２０２０",
    ],
)
def test_a_range_of_years_is_read_in_any_form(years: str) -> None:
    assert parse(f"year:{years}").query == InField("year", Range(2018, 2020))
    assert parse(f"Year: {years} x").query == And((InField("year", Range(2018, 2020)), Term("x")))


@pytest.mark.parametrize(
    ("years", "bounds"),
    [
        ("2018-", Range(2018, None)),
        (">=2018", Range(2018, None)),
        (">2018", Range(2019, None)),
        ("≤2018", Range(None, 2018)),
        ("<2018", Range(None, 2017)),
        ("[2018 TO *]", Range(2018, None)),
        ("[* TO 2018]", Range(None, 2018)),
    ],
)
def test_an_open_range_of_years_is_read_in_any_form(years: str, bounds: Range) -> None:
    assert parse(f"year:{years}").query == InField("year", bounds)


def test_a_dash_with_a_space_before_it_excludes_a_year() -> None:
    assert parse("year:2018 -2019").query == And(
        (InField("year", Range(2018, 2018)), Not(Term("2019")))
    )


@pytest.mark.parametrize(
    "years", ["2018,2019", "2018/2019", "-2020", "[2018 TO", "[* TO *]", "{2018 TO 2019}"]
)
def test_years_without_a_plain_meaning_are_text_with_a_notice(years: str) -> None:
    assert "not_a_number" in codes(f"year:{years}")


@pytest.mark.parametrize(
    ("text", "query", "code", "right_form"),
    [
        ('"a b"~3', Phrase(("a", "b")), "phrase_mark", "without quotation marks"),
        ('"a b"*', Phrase(("a", "b")), "phrase_mark", "without quotation marks"),
        ("wom?n", And((Term("wom"), Term("n"))), "wildcard", "wom*"),
        ("w*men", And((Term("w"), Term("men"))), "wildcard", "wom*"),
        ("*men", Term("men"), "wildcard", "wom*"),
        ("+women", Term("women"), "plus_sign", '"women"'),
        ("women^2", Term("women"), "weight", "women^2"),
        ("(a b)^2", And((Term("a"), Term("b"))), "weight", "^2"),
        ("(a OR b)~2", Or((Term("a"), Term("b"))), "group_mark", "~2"),
        ("traficking~2", Fuzzy("traficking"), "fuzzy_number", "traficking~2"),
        ("police or prison", And((Term("police"), Term("or"), Term("prison"))),
         "or_in_small_letters", "police OR prison"),
        ("police not prison", And((Term("police"), Term("not"), Term("prison"))),
         "not_in_small_letters", "-prison"),
        ("traf* and women", And((Prefix("traf"), Term("and"), Term("women"))),
         "and_in_small_letters", "AND"),
    ],
)  # fmt: skip
def test_other_near_misses_have_a_notice_with_the_right_form(
    text: str, query: Query, code: str, right_form: str
) -> None:
    parsed = parse(text)
    assert parsed.query == query
    assert [notice.code for notice in parsed.notices] == [code]
    assert right_form in messages.notice(parsed.notices[0])


@pytest.mark.parametrize(
    "text",
    [
        "men and women",
        "women and girls in prison",
        "training for judges and prosecutors or their staff",
        "Training of police officers, judges and prosecutors or lawyers",
        "or police",
        "what is trafficking?",
        "10^6",
        "+254 700 000",
        '"wom?n* or ~2 men"',
    ],
)
def test_ordinary_words_and_numbers_have_no_notice(text: str) -> None:
    assert not codes(text)


def test_a_field_in_a_sentence_is_text_with_a_notice() -> None:
    text = "In each region: training took place for the police and the courts"
    assert parse(text).plain
    assert codes(text) == ["field_in_sentence"]


def test_a_dash_in_a_sentence_is_text_with_a_notice() -> None:
    text = "-UNODC supported the government of Kyrgyzstan"
    assert parse(text).plain
    assert codes(text) == ["dash_in_sentence"]


def test_a_long_text_with_syntax_is_text_with_a_notice() -> None:
    assert codes("police OR prison " * 40) == ["syntax_ignored"]
    assert not codes("police, prison (women) - " * 40)


def test_or_in_a_heading_in_capitals_is_a_word() -> None:
    heading = "TRAFFICKING IN PERSONS OR SMUGGLING OF MIGRANTS"
    assert parse(heading).plain
    assert codes(heading) == ["or_in_capitals"]
    assert not parse("UNODC OR UNDP OR UNICEF OR WHO OR IOM OR UN").plain


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("trafficking and not Egypt", "trafficking NOT Egypt"),
        ("police but not prisons", "police NOT prisons"),
        ("trafficking and marriage and not Egypt", "trafficking and marriage NOT Egypt"),
    ],
)
def test_and_not_between_content_words_excludes(text: str, same_as: str) -> None:
    assert parse(text).query == parse(same_as).query
    assert not parse(text).plain


@pytest.mark.parametrize(
    "text",
    [
        "women who were trained and not paid",
        "and not",
        "police and not",
        "police handbooks courts prisons judges and not lawyers",
    ],
)
def test_and_not_in_other_texts_is_text(text: str) -> None:
    assert parse(text).plain


def test_a_long_quotation_in_a_passage_is_text_with_a_notice() -> None:
    quotation = '"The court sits in private when a survivor testifies in the town"'
    parsed = parse(f"{quotation} and mobile courts travel to other towns")
    assert parsed.plain
    assert [notice.code for notice in parsed.notices] == ["quotation_in_text"]
    assert not parse(quotation).plain
    assert not parse(f"{quotation} Juba").plain
    assert not parse('"sits in private" and mobile courts travel to towns').plain
