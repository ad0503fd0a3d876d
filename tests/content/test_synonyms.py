"""Synonyms.find(): the terms of the file in the words of a query."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import InvalidActivity
from indexer.content.synonym_file import parse_synonyms
from indexer.content.synonyms import Synonyms
from indexer.text.analysis import terms

FILE = """
en:
  - [GBV, gender-based violence]
  - [SGBV, sexual and gender-based violence]
  - [TIP (capitals), human trafficking, trafficking in persons]
  - [shelter, safe house]
  - law enforcement ~ police
  - violence ~ abuse
es:
  - [ONG, organización no gubernamental]
  - [VBG, violencia de género]
fr:
  - [ONG, organisation non gouvernementale]
th:
  - [ตำรวจ, เจ้าหน้าที่]
"""
SHIPPED = Path(__file__).parents[2] / "content"


def synonyms(text: str = FILE) -> Synonyms:
    file, errors = parse_synonyms(text)
    assert not errors
    return Synonyms(file)


def find(query: str, source: Synonyms | None = None) -> list[tuple[str, set[str]]]:
    """The matched words and the alternatives of each match."""
    words = query.split()
    return [
        (" ".join(words[match.start : match.end]), {a.reason for a in match.alternatives})
        for match in (source or synonyms()).find(words)
    ]


def test_a_term_inside_a_longer_query_matches() -> None:
    assert find("victims of human trafficking") == [
        ("human trafficking", {"trafficking in persons"})
    ]


def test_words_match_in_any_inflection_case_and_accent() -> None:
    assert find("Safe HOUSES") == [("Safe HOUSES", {"shelter"})]
    assert find("ORGANIZACIONES no gubernamentales") == [
        ("ORGANIZACIONES no gubernamentales", {"ONG"})
    ]


def test_an_abbreviation_matches_in_any_case_and_not_as_a_stem() -> None:
    assert find("gbv") == [("gbv", {"gender-based violence"})]
    assert find("gbvs") == []


def test_a_term_that_needs_capitals_matches_in_capitals_only() -> None:
    assert find("TIP report") == [("TIP", {"human trafficking", "trafficking in persons"})]
    assert find("tip report") == find("Tip report") == []


def test_the_longest_term_wins() -> None:
    assert find("sexual and gender based violence") == [
        ("sexual and gender based violence", {"SGBV"})
    ]
    assert find("gender based violence") == [("gender based violence", {"GBV"})]
    assert find("violence") == [("violence", {"abuse"})]


def test_matches_do_not_overlap_and_are_from_left_to_right() -> None:
    assert find("police shelters for gender based violence") == [
        ("police", {"law enforcement"}),
        ("shelters", {"safe house"}),
        ("gender based violence", {"GBV"}),
    ]


def test_stop_words_inside_a_term_may_be_others_or_missing() -> None:
    for query in ("trafficking in persons", "trafficking of the persons", "trafficking persons"):
        assert [match for match, _ in find(query)] == [query]


def test_stop_words_are_those_of_the_language_of_the_term() -> None:
    source = synonyms(
        "es:\n  - [VCM, violencia contra la mujer]\nfr:\n  - [TEH, traite des êtres humains]\n"
    )
    for query in ("violencia contra las mujeres", "violencia mujeres", "Traite d’êtres humains"):
        (match,) = source.find(terms(query))
        assert (match.start, match.end) == (0, len(terms(query)))
    assert source.find("violencia the mujeres".split()) == ()


def test_a_negation_is_no_stop_word() -> None:
    assert [match for match, _ in find("organizaciones no gubernamentales")] == [
        "organizaciones no gubernamentales"
    ]
    assert find("organizaciones gubernamentales") == []


@pytest.mark.parametrize(
    ("language", "term", "queries"),
    [
        ("fr", "policière employée", ["policiers employés", "policieres employees"]),
        ("es", "violación de derechos", ["violaciones de derechos", "violacion derecho"]),
        ("ru", "гендерный подход", ["гендерного подхода", "гендерныи подход"]),
    ],
)
def test_words_match_with_and_without_accents(language: str, term: str, queries: list[str]) -> None:
    source = synonyms(f"{language}:\n  - [XX, {term}]\n")
    for query in (term, *queries):
        assert [match for match, _ in find(query, source)] == [query]


def test_no_word_may_come_between_the_words_of_a_term() -> None:
    assert find("human and trafficking") == find("human organ trafficking") == []


def test_a_term_of_two_languages_has_the_alternatives_of_both() -> None:
    assert find("ONG") == [
        ("ONG", {"organización no gubernamental", "organisation non gouvernementale"})
    ]


def test_a_term_in_a_script_without_spaces_matches_its_characters() -> None:
    words = terms("ช่วยตำรวจไทย")
    (match,) = synonyms().find(words)
    assert words[match.start : match.end] == terms("ตำรวจ")


def test_synonyms_rank_before_related_terms() -> None:
    source = synonyms("en:\n  - [DV, domestic violence]\n  - DV ~ abuse\n")
    (match,) = source.find(["dv"])
    assert [a.reason for a in match.alternatives] == ["domestic violence", "abuse"]
    assert match.alternatives[0].weight > match.alternatives[1].weight


def test_without_a_file_nothing_matches(tmp_path: Path) -> None:
    assert Synonyms.load(tmp_path).find(["gbv"]) == ()


def test_loading_raises_the_first_error_of_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "_synonyms.yaml").write_text("en:\n  - [GBV, violence]\n  - [a1]\n  - [b1]\n")
    with pytest.raises(InvalidActivity, match=r"_synonyms\.yaml:3: en: has one term"):
        Synonyms.load(tmp_path)


WORDS = st.sampled_from(
    "gender based violence sexual and GBV TIP persons trafficking in the human house safe".split()
)


@given(st.lists(WORDS, max_size=12))
def test_matches_are_disjoint_ordered_and_have_other_terms_as_alternatives(
    words: list[str],
) -> None:
    end = 0
    for match in synonyms().find(words):
        assert end <= match.start < match.end <= len(words)
        assert match.alternatives
        assert all(alternative.words for alternative in match.alternatives)
        end = match.end


@pytest.mark.parametrize(
    ("query", "alternative"),
    [
        ("GBV", "gender-based violence"),
        ("gender based violence", "GBV"),
        ("human trafficking", "trafficking in persons"),
        ("femicides", "gender-related killing"),
        ("law enforcement", "police"),
        ("traite des personnes", "traite des êtres humains"),
        ("violencia de género", "VBG"),
    ],
)
def test_the_synonyms_of_this_collection_contain_its_common_terms(
    query: str, alternative: str
) -> None:
    ((match, alternatives),) = find(query, Synonyms.load(SHIPPED))
    assert match == query
    assert alternative in alternatives


def test_a_british_term_matches_american_words_and_the_reverse() -> None:
    source = synonyms("en:\n  - [CC, crisis centre]\n  - [OC, organized crime]\n")
    for query in ("crisis center", "crisis centers", "organised crime", "Organized crimes"):
        assert [match for match, _ in find(query, source)] == [query]


def test_a_synonym_with_the_words_of_a_translation_has_no_language() -> None:
    file, _ = parse_synonyms(
        "en:\n  - [femicide, feminicidio]\ntranslations:\n  - {en: femicide, es: feminicidio}\n"
    )
    (match,) = Synonyms(file).find(["femicide"])
    assert [(a.words, a.language) for a in match.alternatives] == [(("feminicidio",), "")]


def test_all_processes_find_the_same_synonyms() -> None:
    """The order of sets differs between processes."""
    code = (
        "import pathlib; from indexer.content.synonyms import Synonyms, load_synonym_file; "
        f"content = pathlib.Path({str(SHIPPED)!r}); synonyms = Synonyms.load(content); "
        "terms = [t for group in load_synonym_file(content).groups for t in group]; "
        "print(*(synonyms.find(term.words) for term in terms), sep='\\n')"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
