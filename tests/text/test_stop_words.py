"""Stop words: function words of their own language only."""

from __future__ import annotations

import pytest

from indexer.text.analysis import can_stem, fold, terms
from indexer.text.stemming import STEMMERS
from indexer.text.stop_words import is_stop_word, stop_word_languages, stop_words


@pytest.mark.parametrize("language", [*STEMMERS, "ar"])
def test_a_language_with_a_stemmer_has_stop_words_that_are_terms(language: str) -> None:
    assert can_stem(language)
    assert len(stop_words(language)) > 30
    assert all(terms(word) == [word] for word in stop_words(language))


def test_a_stop_word_belongs_to_its_own_languages() -> None:
    assert is_stop_word("the", "en-GB")
    assert not is_stop_word("the", "fr")
    assert "fr" in stop_word_languages("un")
    assert "en" not in stop_word_languages("un")
    assert stop_word_languages("war") == {"de"}
    assert stop_word_languages("die") == {"de", "nl"}
    assert stop_word_languages("absent") == frozenset()


def test_stop_words_are_compared_without_accents() -> None:
    assert is_stop_word(fold("À"), "fr")
    assert is_stop_word(fold("على"), "ar")
    assert is_stop_word(fold("ещё"), "ru")


@pytest.mark.parametrize(
    "words",
    [
        "en women woman state states police new law against violence person people right rights",
        "fr femme femmes état états police nouvelle loi violence droit droits personne",
        "es mujer mujeres estado estados policía nueva ley violencia derecho persona",
        "pt mulher mulheres estado polícia nova lei violência direito pessoa",
        "it donna donne stato stati polizia legge violenza diritto persona",
        "de frau frauen staat polizei gesetz gewalt recht mensch",
        "ru женщина женщины государство полиция закон насилие право человек",
        "ar المرأة الدولة الشرطة القانون العنف حق",
    ],
)
def test_words_with_a_meaning_of_their_own_are_not_stop_words(words: str) -> None:
    language, *content = terms(words)
    assert not [word for word in content if is_stop_word(word, language)]
