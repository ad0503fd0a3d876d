"""The same terms for content and queries."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.text.analysis import MAX_TERM, fold, stem, stems, terms, tokenize


def test_accents_case_width_quotes_and_hyphens_never_decide() -> None:
    assert terms("Women’s CÔTE gender‑based ＡＢＣ traf\u00adficking") == [
        "women",
        "s",
        "cote",
        "gender",
        "based",
        "abc",
        "trafficking",
    ]


def test_scripts_without_spaces_are_one_term_a_character() -> None:
    assert terms("性别暴力") == ["性", "别", "暴", "力"]


def test_a_stem_is_tagged_with_its_language() -> None:
    assert stem("trafficking", "en-GB") == stem("trafficked", "en") == "en:traffick"


@given(st.text())
def test_analysing_a_term_gives_the_term(text: str) -> None:
    for term in terms(text):
        assert terms(term) == [term] or len(term) == MAX_TERM


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_offsets_lie_in_the_text_and_ascend(text: str) -> None:
    last = 0
    for token in tokenize(text):
        assert last <= token.start < token.end <= len(text)
        last = token.start


@given(
    st.text(
        st.characters(max_codepoint=0x250) | st.sampled_from("’‑ﬁ½ß\u00ad\u200b力"), max_size=300
    )
    | st.text()
)
def test_the_quick_way_gives_the_terms_of_the_whole_analysis(text: str) -> None:
    whole = [token.text for token in tokenize(text)]
    assert terms(text) == whole
    assert stems(whole, "en-GB") == [stem(term, "en") for term in whole]


def test_the_quick_way_caps_terms_too() -> None:
    assert terms(f"a {'B' * (MAX_TERM + 1)} é") == ["a", "b" * MAX_TERM, "e"]
