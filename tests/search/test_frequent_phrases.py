"""Phrases that a person would search for, found by the words around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.search.frequent_phrases import MAX_PHRASES, frequent_phrases


def phrases(*texts: str, language: str = "en", title: str = "") -> list[str]:
    """Return the frequent phrases of texts, among others without phrases."""
    meta = {"title": (title,)} if title else {}
    others = [f"Nothing else in report {n}." for n in range(8)]
    return frequent_phrases(
        [Activity(str(n), "", text, language, meta, text) for n, text in enumerate(texts)]
        + [Activity(f"other-{n}", "", text, "en", {}, text) for n, text in enumerate(others)]
    )


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ("They spoke about mental health.", "In prisons, mental health of staff matters."),
            ["mental health"],
        ),
        # Part of "women and girls subject to violence".
        (("Women and girls subject to violence.", "For women and girls subject to laws."), []),
        # Part of "violence against women".
        (("Acts of violence against women.", "On sexual violence against women."), []),
        (("Taken together, they work.", "Taken together, the laws help."), []),
        (("The gender-based killing.", "A gender-based killing of women."), []),
        (("They met in South Africa.", "From South Africa they left."), []),
        (("El trabajo con mujeres rurales.", "Muchas mujeres rurales leyeron."),
         ["mujeres rurales"]),
        (("Des personnes déplacées.", "Les personnes déplacées ont voté."),
         ["personnes déplacées"]),
    ],
)  # fmt: skip
def test_a_phrase_stands_next_to_different_words(
    texts: tuple[str, ...], expected: list[str]
) -> None:
    assert phrases(*texts) == expected


def test_a_phrase_that_begins_and_ends_clauses_is_better_than_a_more_frequent_pair() -> None:
    frequent = [f"We {verb} brought together {who} again." for verb, who in
                (("have", "all"), ("then", "some"), ("soon", "many"))]  # fmt: skip
    assert phrases(*frequent, "Health care matters.", "It is about health care.") == [
        "Health care",
        "brought together",
    ]


def test_phrases_of_titles_count() -> None:
    texts = "We support prison reform.", "Two pages."
    assert phrases(*texts) == []
    assert phrases(*texts, title="Prison reform") == ["Prison reform"]


def test_a_pair_in_most_texts_is_no_phrase() -> None:
    assert phrases(*[f"Word {n}: mental health, and mental health {n}." for n in range(9)]) == []


@given(st.lists(st.text("abcd eé.,-", max_size=80), max_size=6))
def test_no_two_phrases_share_a_word(texts: list[str]) -> None:
    chosen = phrases(*texts)
    words = [word for phrase in chosen for word in phrase.lower().split(" ")]
    assert len(chosen) <= MAX_PHRASES
    assert len(words) == len(set(words)) == 2 * len(chosen)
