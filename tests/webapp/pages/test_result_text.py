"""The texts of results: their links, their matches, and their length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.query.ast import Term
from indexer.search.highlight import Span, find_passage
from indexer.search.matcher import Matcher
from indexer.search.results import Hit
from webapp.pages.result_text import (
    MAX_CLAUSE_LENGTH,
    MAX_LEAD_ON_PHONE,
    MAX_RESULTS_SIZE,
    first_clause,
    result_text,
    result_texts,
)

LONG = "The commission met again and again in the capital of the country. " * 40


def hit(text: str, title: str = "", id: str = "a") -> Hit:
    meta = {"title": (title,)} if title else {}
    passage = find_passage(Matcher(Term("women"), "en"), text)
    activity = Activity(id, "", text, "en", meta, text)
    return Hit(activity, title or text[:20], 1.0, (), "all", passage)


def text_of(*parts: tuple[Span, ...] | list[Span]) -> str:
    return "".join(span.text for part in parts for span in part)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (
            "In Bolivia, in cooperation with UNDP, UNODC updated the Protocol to Conduct Hearings.",
            "In Bolivia, in cooperation with UNDP",
        ),
        ("Police were trained.", "Police were trained."),
        (
            "The adoption of the optional protocol to the Convention on the Elimination of all "
            "forms of discrimination was historic.",
            "The adoption of the optional protocol to the Convention on the",
        ),
        ("لم تكن الدورة التدريبية الأولى للقضاة، التي نظمها المكتب في القاهرة، كافية للجميع.",
         "لم تكن الدورة التدريبية الأولى للقضاة"),
        ("联合国毒品和犯罪问题办公室为来自各个地区的五十名法官组织了为期两周的培训，" * 3,
         "联合国毒品和犯罪问题办公室为来自各个地区的五十名法官组织了为期两周的培训"),
        ("x" * 200, "x" * MAX_CLAUSE_LENGTH),
    ],
)  # fmt: skip
def test_the_link_of_a_result_is_its_first_clause(text: str, clause: str) -> None:
    assert text[: first_clause(text)] == clause


@given(st.text(st.sampled_from("ab ,.—、women"), max_size=600), st.booleans())
def test_the_parts_of_a_result_are_its_whole_text(text: str, has_title: bool) -> None:
    parts = result_text(hit(text, "A title" if has_title else ""))
    assert text_of(parts.link, parts.gap, parts.rest) == text
    assert len(text_of(parts.link)) <= MAX_CLAUSE_LENGTH
    assert not parts.is_start_cut
    assert not parts.is_end_cut


@pytest.mark.parametrize("before", range(0, 1000, 37))
def test_the_best_match_is_near_the_start_without_the_gap(before: int) -> None:
    parts = result_text(hit(LONG[:before] + " women " + LONG))
    visible = text_of(parts.link, parts.rest)
    assert visible.index("women") <= MAX_CLAUSE_LENGTH + MAX_LEAD_ON_PHONE
    assert any(span.matched for span in (*parts.link, *parts.rest))


@given(st.integers(1, 5000))
def test_a_cut_text_keeps_its_match_and_ends_at_a_word(limit: int) -> None:
    text = LONG + "women " + LONG
    parts = result_text(hit(text), limit)
    assert len(text_of(parts.link, parts.gap, parts.rest)) <= limit + MAX_CLAUSE_LENGTH
    if parts.is_end_cut and limit > 200:
        assert any(span.matched for span in parts.rest)
        assert not text_of(parts.rest).endswith(" ")


def test_twenty_long_paragraphs_are_whole() -> None:
    paragraphs = [hit(LONG, id=str(n)) for n in range(20)]
    assert len(LONG) > 2_500
    assert not any(text.is_end_cut for text in result_texts(paragraphs).values())


def test_the_texts_of_a_page_are_whole_unless_they_are_large() -> None:
    small = [hit(LONG, id=str(n)) for n in range(10)]
    assert not any(text.is_end_cut for text in result_texts(small).values())
    large = [hit(LONG * 3, id=str(n)) for n in range(100)]
    texts = result_texts([*large, hit("A short text.", id="short")]).values()
    size = sum(len(text_of(text.link, text.gap, text.rest)) for text in texts)
    assert size <= MAX_RESULTS_SIZE / 2
    assert [text.is_end_cut for text in texts] == [True] * 100 + [False]
