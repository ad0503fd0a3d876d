"""Terms: folding, stems, offsets and the fast path for Latin letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.text.analysis import MAX_TERM_LENGTH, fold, stem, stems, terms, tokenize

MOSTLY_LATIN = st.characters(max_codepoint=0x250) | st.sampled_from("’‑ﬁ½ß\u00ad\u200b力")


def test_accents_case_width_quotes_and_hyphens_do_not_affect_terms() -> None:
    text = "Women’s CÔTE gender‑based ＡＢＣ traf\u00adficking"
    assert terms(text) == ["women", "s", "cote", "gender", "based", "abc", "trafficking"]


def test_each_character_of_a_script_without_spaces_is_a_term() -> None:
    assert terms("性别暴力") == ["性", "别", "暴", "力"]


def test_a_stem_is_tagged_with_its_language() -> None:
    assert stem("trafficking", "en-GB") == stem("trafficked", "en") == "en:traffick"


@given(st.text())
def test_analysing_a_term_returns_the_term(text: str) -> None:
    for term in terms(text):
        assert terms(term) == [term] or len(term) == MAX_TERM_LENGTH


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_offsets_are_inside_the_text_and_ascend(text: str) -> None:
    last = 0
    for token in tokenize(text):
        assert last <= token.start < token.end <= len(text)
        last = token.start


@given(st.text(MOSTLY_LATIN, max_size=300) | st.text())
def test_the_fast_path_returns_the_same_terms_as_tokenizing(text: str) -> None:
    tokens = [token.text for token in tokenize(text)]
    assert terms(text) == tokens
    assert stems(tokens, "en-GB") == [stem(term, "en") for term in tokens]


def test_the_fast_path_truncates_long_terms() -> None:
    assert terms(f"a {'B' * (MAX_TERM_LENGTH + 1)} é") == ["a", "b" * MAX_TERM_LENGTH, "e"]
