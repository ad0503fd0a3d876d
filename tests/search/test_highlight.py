"""Snippets and matchers: which part of a text is shown, and which words are marked."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from indexer.query.ast import And, Fuzzy, Phrase, Prefix, Query, Term
from indexer.search.highlight import MAX_SNIPPET_LENGTH, find_passage, make_snippet
from indexer.search.matcher import Matcher
from indexer.text.analysis import stem

SENTENCE = (
    "the Attorney-General’s Office for investigation of cases of violence against women "
    "(and girls) in towns"
)


@pytest.mark.parametrize(
    "word", ["investigation", "cases", "violence", "against", "women", "girls", "towns"]
)
def test_a_snippet_starts_at_the_beginning_of_a_word(word: str) -> None:
    text = "word " * 20 + SENTENCE + " and so on" * 30
    snippet = make_snippet(find_passage(Matcher(Term(word), "en"), text))
    assert snippet[0].text == "… "
    assert snippet[1].text.split()[0] in {"word", *SENTENCE.split()}


WORDS = [
    "die",
    "dying",
    "dies",
    "skies",
    "sky",
    "training",
    "trains",
    "Trained",
    "police",
    "women",
    "woman",
    "people",
    "persons",
    "hoping",
    "hope",
    "tied",
    "enabling",
    "relational",
    "ability",
    "organizations",
    "organised",
    "news",
    "a",
    "UN",
    "1325",
]
LEAF: st.SearchStrategy[Query] = st.one_of(
    st.sampled_from(WORDS).map(lambda word: Term(word.lower())),
    st.sampled_from(["di", "tr", "organi"]).map(Prefix),
    st.sampled_from(["trianing", "polise"]).map(Fuzzy),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(
        lambda words: Phrase(tuple(word.lower() for word in words))
    ),
)


@given(
    st.lists(LEAF, min_size=1, max_size=3).map(lambda leaves: And(tuple(leaves))),
    st.lists(
        st.tuples(
            st.sampled_from([*WORDS, "U.N.", "u.s", "Café", "policée", "Œuvre", "womén"]),
            st.sampled_from([" ", "-", "’", ". ", " – ", "\u00a0", "1", "x", "é "]),
        )
    ),
)
def test_the_ascii_search_and_the_tokenizer_find_the_same_words(
    query: Query, pieces: list[tuple[str, str]]
) -> None:
    text = "".join(f"{word}{gap}" for word, gap in pieces)
    # A character without an ASCII form selects the tokenizer, and changes no other word.
    tokenized = Matcher(query, "en").find(f"{text} 中")
    assert Matcher(query, "en").find(text) == [t for t in tokenized if t.start < len(text)]


@pytest.mark.parametrize("suffix", ["", " 中"])
def test_overlapping_phrases_are_marked_once_and_in_order(suffix: str) -> None:
    matches = Matcher(Phrase(("train", "train")), "en").find(f"train train train{suffix}")
    assert [token.start for token in matches] == [0, 6, 12]


def test_a_snippet_shows_the_window_with_the_most_distinct_matches() -> None:
    text = "one " + "x " * 200 + "two one " + "y " * 200 + "one two three " + "z " * 200
    query = And((Term("one"), Term("two"), Term("three")))
    snippet = make_snippet(find_passage(Matcher(query, "en"), text))
    assert [span.text for span in snippet if span.matched] == ["one", "two", "three"]


@given(
    st.lists(st.sampled_from(["women", "police", "x" * 70, "训练警察"]), max_size=80).map(" ".join),
    st.integers(0, 300),
)
def test_a_snippet_is_a_short_part_of_the_text(text: str, skip: int) -> None:
    spans = make_snippet(find_passage(Matcher(Term("women"), "en"), text), skip)
    shown = "".join(span.text for span in spans).removeprefix("… ").removesuffix(" …")
    assert shown in text
    assert len(shown) <= MAX_SNIPPET_LENGTH
    assert any(span.matched for span in spans) == ("women" in text)


def test_a_stop_word_is_marked_only_where_it_belongs_to_another_language() -> None:
    query = And((Term("un"), Term("police")))
    text = "un agent de police"
    assert [token.text for token in Matcher(query, "fr").find(text)] == ["police"]
    assert [token.text for token in Matcher(query, "en").find("the UN police")] == ["un", "police"]


def test_an_irregular_form_is_marked() -> None:
    tokens = Matcher(Term("person"), "en").find("people and persons, a person")
    assert [token.text for token in tokens] == ["people", "persons", "person"]


SUFFIXES = ["", "y", "e", "s", "es", "ies", "ied", "ing", "ying", "ation", "ational", "ability"]


@given(
    st.text("bdeilnst", min_size=1, max_size=6),
    st.sampled_from(SUFFIXES),
    st.sampled_from(SUFFIXES),
)
@example("d", "ie", "ying")
@example("feas", "ible", "ibility")
@example("cr", "y", "ies")
def test_every_form_with_the_stem_of_the_word_is_marked(root: str, ending: str, other: str) -> None:
    word, form = root + ending, root + other
    assume(stem(word, "en") == stem(form, "en"))
    assert [match.text for match in Matcher(Term(word), "en").find(form)] == [form]
