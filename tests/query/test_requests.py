"""The words of a request around the topic of a search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.ast import And, Phrase, Term
from indexer.query.parser import parse
from indexer.query.requests import topic
from indexer.query.words import word_leaves
from indexer.text.request_words import LANGUAGES, words_around_a_topic


def searched(text: str) -> str:
    query = parse(text).query
    leaves = query.children if isinstance(query, And) else (query,)
    return " ".join(
        leaf.text if isinstance(leaf, Term) else "".join(leaf.terms)
        for leaf in leaves
        if isinstance(leaf, Term | Phrase)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what has been done about forced marriage", "forced marriage"),
        ("Do we have anything on bride kidnapping?", "bride kidnapping"),
        ("how many women were killed", "women were killed"),
        ("please send me information on safe transport, thanks", "safe transport"),
        ("I'm looking for anything about prison reform", "prison reform"),
        ("information on trafficking", "trafficking"),
        ("Qu'avons-nous fait contre le mariage forcé ?", "contre le mariage force"),
        ("Y a-t-il des projets sur les prisons ?", "prisons"),
        ("¿Qué hemos hecho en Guatemala?", "guatemala"),
        ("Busco información sobre trata de personas, gracias", "trata de personas"),
        ("O que foi feito sobre o feminicídio?", "feminicidio"),
        ("Есть ли у нас материалы о тюрьмах?", "тюрьмах"),
        ("Что сделано для женщин", "женщин"),
        ("ماذا فعلنا في فلسطين", "فلسطين"),
        ("هل لدينا معلومات عن السجون", "السجون"),
        ("有没有关于贩运人口的资料？", "贩运人口"),
        ("请问我们做了什么关于妇女暴力的工作", "妇女暴力"),
    ],
)
def test_a_request_is_not_searched(text: str, words: str) -> None:
    assert searched(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "information management",
        "need assessment kenya",
        "search and rescue",
        "work in freedom",
        "projet de loi",
        "妇女暴力",
        "help desks",
        "may 2018",
    ],
)
def test_words_of_a_topic_are_searched(text: str) -> None:
    assert searched(text) == text


def test_a_search_of_request_words_only_is_searched_as_typed() -> None:
    assert searched("what is known?") == "what is known"
    assert searched("please") == "please"


def test_an_acronym_is_not_a_request_word() -> None:
    assert searched("WHO is in Kenya") == "who is in kenya"


def test_a_request_is_recognised_in_the_capitals_of_a_sentence() -> None:
    assert searched("What Do We Know About Prisons") == "prisons"


@given(
    st.lists(
        st.sampled_from(
            sorted({word for tag in LANGUAGES for word in words_around_a_topic(tag)} | {"prison"})
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_topic_is_a_run_of_the_words_of_a_search(words: list[str]) -> None:
    leaves = [*word_leaves(" ".join(words))]
    remaining = list(topic(leaves))
    assert remaining
    assert any(leaves[start : start + len(remaining)] == remaining for start in range(len(leaves)))
