"""Terms: folding, stems, offsets and the fast path for Latin letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text.analysis import (
    MAX_TERM_LENGTH,
    Token,
    ascii_words,
    fold,
    one_spelling,
    stem,
    stems,
    terms,
    tokenize,
    words,
)

MOSTLY_LATIN = st.characters(max_codepoint=0x250) | st.sampled_from("’‑ﬁ½ß\u00ad\u200b力")
# Short texts in which acronyms, digit groups and hyphenated line ends are frequent.
JOINED = st.text(st.sampled_from("aBé力٣2500..,,’   \n\u00ad\u0301\u00a0'\u200d"), max_size=30)


def test_accents_case_width_quotes_and_hyphens_do_not_affect_terms() -> None:
    text = "Women’s CÔTE gender‑based ＡＢＣ traf\u00adficking"
    assert terms(text) == ["women", "s", "cote", "gender", "based", "abc", "trafficking"]


def test_each_character_of_a_script_without_spaces_is_a_term() -> None:
    assert terms("性别暴力") == ["性", "别", "暴", "力"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("traf\u00ad\nficking", "trafficking"),  # a soft hyphen at the end of a line
        ("traf\u00ad ficking", "trafficking"),
        ("zero\u200bwidth", "zero width"),
        ("trafficking² and², ①", "trafficking and"),
        ("CO₂", "co2"),
        ("Qur\u02bcan Qur’an Qur＇an", "qur an qur an qur an"),
        ("U.N. in the U.N., É.U. (U.N.)", "un in the un eu un"),
        ("www.u.n v1.2.3 3.a.b", "www u n v1 2 3 3 a b"),
        ("2,500 women, 2 500 men, 2.500; 1’000’000", "2500 women 2500 men 2500 1000000"),
        ("0.125 1,23 1,234,5 2018 500 2,500km", "0 125 1 23 1 234 5 2018 500 2 500km"),
        ("٢٠٢٠ ๒๕๖๓ ２５", "2020 2563 25"),
        ("COVID-19", "covid 19"),
        ("½ 2½", "1 2 2 1 2"),
        ("ｾﾝﾀｰ セミナーUNODC", "セ ン タ ー セ ミ ナ ー unodc"),
        ("हिन्दी चाँद ज़मीन", "हिंदी चांद जमीन"),
        ("مدرسة على كتــاب کتاب یک", "مدرسه علي كتاب كتاب يك"),
    ],
)
def test_the_terms_of_a_text(text: str, expected: str) -> None:
    assert terms(text) == expected.split()


def test_the_offsets_of_a_joined_term_include_its_punctuation() -> None:
    text = "the U.N. gave 2,500 dollars²"
    words = [text[token.start : token.end] for token in tokenize(text)]
    assert words == ["the", "U.N.", "gave", "2,500", "dollars"]


def test_a_stem_is_tagged_with_its_language() -> None:
    assert stem("trafficking", "en-GB") == stem("trafficked", "en") == "en:traffick"


@given(st.text())
def test_analysing_a_term_returns_the_term(text: str) -> None:
    for term in terms(text):
        assert terms(term) == [term] or len(term) == MAX_TERM_LENGTH


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text() | JOINED)
def test_offsets_are_inside_the_text_and_ascend(text: str) -> None:
    last = 0
    for token in tokenize(text):
        assert last <= token.start < token.end <= len(text)
        last = token.start


@given(st.text(MOSTLY_LATIN, max_size=300) | st.text() | JOINED)
@example("A.A⅐")
@example("U.N中国")
def test_the_fast_path_returns_the_same_terms_as_tokenizing(text: str) -> None:
    tokens = list(tokenize(text))
    assert words(text) == [token.word for token in tokens]
    assert terms(text) == [token.text for token in tokens] == [fold(t.word) for t in tokens]
    assert all(words(word) == [word] for word in words(text))


@given(st.text(st.characters(max_codepoint=0x7F)) | st.text(st.sampled_from("aB5_-.,' \n")))
def test_ascii_text_has_the_same_tokens_before_a_non_ascii_character(text: str) -> None:
    assert [*tokenize(text), Token("e", len(text) + 1, len(text) + 2, "é")] == [
        *tokenize(f"{text}\né")
    ]


@given(st.text(st.sampled_from("aBuU.. 25,’–éœß½力\u00ad\u0301\u200d")), st.booleans())
def test_a_text_written_in_ascii_has_the_same_tokens(text: str, with_digits: bool) -> None:
    written = ascii_words(text, with_digits)
    if written is None:
        return
    ascii, different = written
    tokens = {m.start(): Token(m[0], *m.span(), m[0]) for m in re.finditer("[a-z0-9]+", ascii)}
    for token in different:
        assert tokens[token.start].text == token.text
        tokens[token.start] = token
    expected = [token for token in tokenize(text) if with_digits or not token.text.isdigit()]
    actual = [token for token in tokens.values() if with_digits or not token.text.isdigit()]
    assert len(ascii) == len(text)
    assert actual == expected


@pytest.mark.parametrize(
    ("text", "ascii"), [("U.N.–led", "un   led"), ("Côte d’Ivoire", "cote d ivoire")]
)
def test_acronyms_and_accents_can_be_written_in_ascii(text: str, ascii: str) -> None:
    written = ascii_words(text)
    assert written is not None
    assert written[0] == ascii


@given(st.lists(st.text()), st.sampled_from(["en-GB", "fr", "el", "tr", "th", "zh"]))
def test_a_stem_does_not_depend_on_the_other_words(texts: list[str], language: str) -> None:
    text_words = words(" ".join(texts))
    assert stems(text_words, language) == [stem(word, language) for word in text_words]


def test_a_stem_is_computed_from_the_word_with_its_accents() -> None:
    assert stem("policières", "fr") == stem("Policiers", "fr") != stem("policieres", "fr")


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("U.N.", "un"),
        ("2,500", "2500"),
        ("Cafe\u0301", "café"),
        ("traf\u00ad\nficking", "trafficking"),
    ],
)
def test_a_stem_is_that_of_the_word_as_it_is_found_in_texts(written: str, word: str) -> None:
    assert words(written) == [word]
    assert stem(written, "fr") == stems([word], "fr")[0]


def test_in_a_language_without_a_stemmer_the_stem_is_the_word() -> None:
    assert stems(["Été", "ก"], "th") == ["th:ete", "th:ก"]


@given(st.text(MOSTLY_LATIN) | st.text(st.sampled_from("eéèEÉ ")))
def test_a_text_has_one_spelling_of_each_term(text: str) -> None:
    chosen = one_spelling(words(text))
    assert [fold(word) for word in chosen] == terms(text)
    assert len(set(chosen)) == len(set(terms(text)))


def test_the_spelling_with_accents_is_chosen() -> None:
    assert one_spelling(words("marche Marché marche")) == ["marché"] * 3


def test_the_fast_path_truncates_long_terms() -> None:
    assert terms(f"a {'B' * (MAX_TERM_LENGTH + 1)} é") == ["a", "b" * MAX_TERM_LENGTH, "e"]
