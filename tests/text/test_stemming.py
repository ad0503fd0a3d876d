"""Stems: the forms of a word share one, in each language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.analysis import fold, is_unspaced, stems, terms, unspaced_bigrams, words
from indexer.text.arabic import light_stem
from indexer.text.korean import remove_particles
from indexer.text.stemming import STEMMERS, stem_of_word

FORMS = """
en: woman women Women's | child children | man men | person people | analysis analyses
en: trafficking trafficked traffickers
fr: employée employés employé | policières policier | égal égaux égale | loi lois
es: mujer mujeres | juez jueces | joven jóvenes | orden órdenes | nacional nacionales | luz luces
es: libertad libertades | trabajadora trabajadores | país países | ley leyes
pt: declaração declarações | mulher mulheres | nacional nacionais | policial policiais
pt: contrárias contrários | pessoal pessoais | história histórias
pt: homem homens | cidadão cidadãos | lei leis | responsável responsáveis
ru: гендерный гендерного | новый новая нового | ребёнок детей | человек людей | женщина женщин
ru: кредит кредита кредиты | женщина женщинами
sv: kvinna kvinnor kvinnorna
ar: الجنائية جنائيات | تعسفا التعسف | حقوقهم الحقوق
it: uomo uomini | donna donne | diritto diritti
nl: kind kinderen | vrijheid vrijheden
de: Frau Frauen | Haus Häuser
tr: İstanbul istanbul
hi: महिला महिलाओं महिलाएं महिलाएँ
ar: قانون القانون والقانون القوانين | العنف والعنف للعنف عنف بالعنف | امرأة المرأة النساء
ar: حقوق والحقوق الحق | تعليم التعليم | مدرسة المدارس مدرسه | عَلَّمَ علم
ko: 여성 여성이 여성의 여성에게도 | 민주주의 민주주의를
"""
CASES = [
    (line.partition(":")[0], group.split())
    for line in FORMS.strip().splitlines()
    for group in line.partition(":")[2].split("|")
]


@pytest.mark.parametrize(("language", "forms"), CASES, ids="".join)
def test_the_forms_of_a_word_share_a_stem(language: str, forms: list[str]) -> None:
    first_words = [words(form)[0] for form in forms]
    assert len(set(stems(first_words, language))) == 1


@pytest.mark.parametrize(
    ("language", "pair"),
    [("en", "policy police"), ("es", "paz país"), ("ko", "회의 회"), ("ar", "قانون عنف")],
)
def test_different_words_have_different_stems(language: str, pair: str) -> None:
    assert len(set(stems(pair.split(), language))) == 2


@given(st.text(st.characters(min_codepoint=0x621, max_codepoint=0x64A)))
def test_an_arabic_stem_is_folded_and_never_empty(word: str) -> None:
    assert fold(light_stem(word)) == light_stem(word)
    assert light_stem(word) or not fold(word)


@given(st.text(st.sampled_from("여성은이의에게들회")))
def test_particles_leave_two_syllables_or_the_whole_word(word: str) -> None:
    assert remove_particles(remove_particles(word)) == remove_particles(word)
    assert len(remove_particles(word)) >= min(2, len(word))


def test_simplified_and_traditional_chinese_have_the_same_terms() -> None:
    assert terms("暴力侵害婦女行為") == terms("暴力侵害妇女行为")


def test_joined_words_share_bigrams_with_a_text_that_has_them_apart() -> None:
    query, text = unspaced_bigrams(terms("婦女暴力")), unspaced_bigrams(terms("暴力侵害妇女行为"))
    assert query == [("妇", "女"), ("女", "暴"), ("暴", "力")]
    assert {*query} & {*text} == {("妇", "女"), ("暴", "力")}
    assert unspaced_bigrams(terms("力")) == [("力",)]
    assert unspaced_bigrams([]) == []


def test_only_characters_of_scripts_without_spaces_are_unspaced() -> None:
    assert all(map(is_unspaced, terms("力センターที่")))
    assert not any(map(is_unspaced, terms("word слово 2020 ๒๕ 여성")))


@given(st.text(), st.sampled_from([*STEMMERS, "ar", "ko", "zh", "en-GB"]))
def test_a_word_has_the_same_stem_alone_as_among_others(word: str, language: str) -> None:
    assert stems([word, "children"], language)[0] == stem_of_word(word, language)
