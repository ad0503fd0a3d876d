"""Spelling: the costs of misspellings, their ranking, and corrections of words of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from indexer.engines.base import Engine, SimilarTerm, Snapshot
from indexer.indexing.sync import Summary
from indexer.search.spelling import (
    MAX_MISSPELLED_WORDS,
    corrections,
    rank,
    similar_spellings,
    spelling_cost,
    suggested_spellings,
    word_frequencies,
)

WORDS = st.text("abcehikst", min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("cheap", "dear"),
    [
        ("polcie police", "poluce police"),  # neighbouring letters exchanged, a wrong letter
        ("comittee committee", "comxittee committee"),  # a double letter typed once
        ("traffikking trafficking", "traffibking trafficking"),  # letters that sound alike
        ("seperate separate", "setarate separate"),  # a wrong vowel, a wrong consonant
        ("goverment government", "govedrnment government"),  # omitted, added
        ("polise police", "bolice police"),  # inside, at the start
        ("violenc violence", "violene violence"),  # a silent letter omitted
    ],
)
def test_frequent_kinds_of_misspelling_cost_less(cheap: str, dear: str) -> None:
    assert spelling_cost(*cheap.split()) < spelling_cost(*dear.split())


@given(
    WORDS,
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1), st.text("abcehikst", max_size=1))),
)
def test_a_cost_is_zero_only_for_the_same_word_and_bounded_by_the_number_of_edits(
    word: str, changes: list[tuple[int, int, str]]
) -> None:
    term = word
    for start, removed, inserted in changes[:2]:
        term = term[:start] + inserted + term[start + removed :]
    edits = OSA.distance(word, term)
    assert edits <= 2
    cost = spelling_cost(word, term)
    assert (cost == 0) == (edits == 0)
    assert cost <= 1.6 * edits


@given(st.lists(WORDS, unique=True, min_size=1), WORDS)
def test_a_ranking_has_each_candidate_once_and_does_not_depend_on_their_order(
    terms: list[str], word: str
) -> None:
    candidates = [SimilarTerm(term, 7, 1) for term in terms]
    ranking = rank(word, candidates)
    assert sorted(ranking) == sorted(candidates)
    assert rank(word, candidates[::-1]) == ranking


def test_the_nearest_term_comes_before_a_more_frequent_one() -> None:
    near, frequent = SimilarTerm("trafficker", 3, 1), SimilarTerm("trafficking", 900, 2)
    assert rank("traficker", [frequent, near]) == [near, frequent]


def test_the_most_frequent_of_equally_near_terms_comes_first() -> None:
    rare, frequent = SimilarTerm("nation", 3, 1), SimilarTerm("ration", 900, 1)
    assert rank("xation", [rare, frequent]) == [frequent, rare]


def suggested(words: list[str], snapshot: Snapshot) -> dict[str, str]:
    return dict(suggested_spellings(word_frequencies(words, snapshot), snapshot))


@pytest.fixture
def snapshot(engine: Engine, index: Callable[..., Summary], content: Path) -> Iterator[Snapshot]:
    """A snapshot of 30 activities about government, 1 about "goverment", and others."""
    texts = [f"The government opened office {n}." for n in range(30)]
    texts += ["The goverment of a district.", "Gouvernantes were trained.", "A persom was seen."]
    for n, text in enumerate(texts):
        (content / f"text-{n}.md").write_text(f"---\n---\n{text}\n", encoding="utf-8")
    index()
    with engine.snapshot() as opened:
        yield opened


def test_a_word_that_occurs_nowhere_is_corrected(snapshot: Snapshot) -> None:
    words = ["trafickking", "govermnent", "police"]
    assert corrections(words, snapshot) == {
        "trafickking": "trafficking",
        "govermnent": "government",
    }


def test_an_error_in_the_first_letter_is_corrected(snapshot: Snapshot) -> None:
    assert corrections(["pgovernment", "ogvernment", "overnment"], snapshot) == dict.fromkeys(
        ["pgovernment", "ogvernment", "overnment"], "government"
    )


def test_words_that_occur_in_another_form_are_not_corrected(snapshot: Snapshot) -> None:
    assert corrections(["governments", "trains", "offices"], snapshot) == {}


@pytest.mark.parametrize("word", ["2019", "covid19", "abc", "暴力", "x" * 200, "zzzzzz"])
def test_numbers_short_words_and_unlike_words_have_no_similar_spelling(
    snapshot: Snapshot, word: str
) -> None:
    assert similar_spellings(word, snapshot) == []


def test_a_doubtful_spelling_is_suggested_but_not_corrected(snapshot: Snapshot) -> None:
    # Two of six letters differ.
    assert corrections(["pulise"], snapshot) == {}
    assert suggested(["pulise"], snapshot) == {"pulise": "police"}


def test_a_misspelling_that_was_indexed_gets_the_far_more_frequent_spelling(
    snapshot: Snapshot,
) -> None:
    assert corrections(["goverment"], snapshot) == {}
    assert suggested(["goverment"], snapshot) == {"goverment": "government"}


def test_a_word_that_only_a_misspelled_form_matches_gets_the_frequent_spelling(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    for n in range(20):
        (content / f"a{n}.md").write_text(f"---\n---\nActivities in district {n}.\n")
    (content / "b.md").write_text("---\n---\nAn activite.\n")
    index()
    with engine.snapshot() as opened:
        assert word_frequencies(["activites"], opened) == {"activites": 1}  # by its stem
        assert suggested(["activites"], opened) == {"activites": "activities"}


def test_a_rare_word_without_a_far_more_frequent_similar_one_is_left_alone(
    snapshot: Snapshot,
) -> None:
    assert suggested(["persom", "government", "gouvernantes"], snapshot) == {}


def test_words_of_a_language_that_no_activity_has_are_left_alone(snapshot: Snapshot) -> None:
    words = ["jeder", "mensch", "hat", "polise"]  # German, one of them like "police"
    assert corrections(words, snapshot) == suggested(words, snapshot) == {}
    assert corrections(words[-1:], snapshot) == {"polise": "police"}


def test_words_with_combining_marks_are_corrected(
    engine: Engine, index: Callable[..., Summary], content: Path
) -> None:
    (content / "hi.md").write_text("---\nlanguage: hi\n---\nप्रशिक्षण हुआ।\n", encoding="utf-8")
    index()
    with engine.snapshot() as opened:
        assert corrections(["प्रशिकषण"], opened) == {"प्रशिकषण": "प्रशिक्षण"}


def test_a_text_in_an_unknown_language_has_few_words_corrected(snapshot: Snapshot) -> None:
    words = [f"government{letter}{other}" for letter in "bcdf" for other in "ghjk"]
    assert len(corrections(words, snapshot)) == MAX_MISSPELLED_WORDS
    assert len(suggested(words, snapshot)) == MAX_MISSPELLED_WORDS


def test_no_words_have_no_corrections(snapshot: Snapshot) -> None:
    assert corrections([], snapshot) == suggested([], snapshot) == {}
