"""Which piece of a text is shown, and what of it is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.ast import And, Fuzzy, Phrase, Prefix, Query, Term
from indexer.search.highlight import Highlighter, make_snippet

SENTENCE = "the Attorney-General’s Office for investigation of cases of violence against women (and girls) in towns"


@pytest.mark.parametrize(
    "word", ["investigation", "cases", "violence", "against", "women", "girls", "towns"]
)
def test_a_snippet_never_begins_inside_a_word(word: str) -> None:
    shown = make_snippet(Highlighter(Term(word), "en"), "word " * 20 + SENTENCE + " and so on" * 30)
    assert shown[0].text == "… "
    assert shown[1].text.split()[0] in {"word", *SENTENCE.split()}


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
            st.sampled_from(WORDS),
            st.sampled_from([" ", "-", "’", ". ", " – ", "\u00a0", "1", "x", "é "]),
        )
    ),
)
def test_looking_only_where_a_match_can_begin_finds_what_reading_everything_finds(
    query: Query, pieces: list[tuple[str, str]]
) -> None:
    text = "".join(f"{word}{gap}" for word, gap in pieces)
    found = Highlighter(query, "en").find(text)
    # A character that has no ASCII makes it read everything; here it changes no other word.
    assert found == [
        token for token in Highlighter(query, "en").find(f"{text} 中") if token.start < len(text)
    ]


@pytest.mark.parametrize("behind", ["", " 中"])
def test_a_phrase_that_repeats_a_word_is_marked_once_and_in_order(behind: str) -> None:
    found = Highlighter(Phrase(("train", "train")), "en").find(f"train train train{behind}")
    assert [token.start for token in found] == [0, 6, 12]


def test_the_piece_shown_has_as_many_different_words_as_any() -> None:
    text = "one " + "x " * 200 + "two one " + "y " * 200 + "one two three " + "z " * 200
    shown = make_snippet(Highlighter(And((Term("one"), Term("two"), Term("three"))), "en"), text)
    assert [span.text for span in shown if span.matched] == ["one", "two", "three"]
