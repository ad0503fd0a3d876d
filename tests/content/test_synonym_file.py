"""content/_synonyms.yaml: its entries, and a line, a problem and a fix for each error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.settings_file import MAX_FILE_SIZE
from indexer.content.synonym_file import (
    MAX_ALTERNATIVES,
    MAX_ENTRIES,
    MAX_TERMS,
    RELATED_WEIGHT,
    SYNONYM_WEIGHT,
    alternatives_of,
    parse_synonyms,
)
from indexer.content.synonym_terms import MAX_TERM_LENGTH, MAX_WORDS
from indexer.content.synonyms import Synonyms, synonym_errors

SHIPPED = Path(__file__).parents[2] / "content"


def errors(text: str) -> list[tuple[int, str]]:
    return [(error.line, error.reason) for error in parse_synonyms(text)[1]]


def alternatives(text: str) -> dict[str, dict[str, float]]:
    """The weights of the alternatives, by term."""
    file, problems = parse_synonyms(text)
    assert not problems
    return {
        term.text: {a.reason: a.weight for a in others} for term, others in alternatives_of(file)
    }


def test_each_term_of_a_group_has_the_others_as_synonyms() -> None:
    assert alternatives("en:\n  - [NGO, NGOs, non-governmental organization]\n") == {
        "NGO": {"NGOs": SYNONYM_WEIGHT, "non-governmental organization": SYNONYM_WEIGHT},
        "NGOs": {"NGO": SYNONYM_WEIGHT, "non-governmental organization": SYNONYM_WEIGHT},
        "non-governmental organization": {"NGO": SYNONYM_WEIGHT, "NGOs": SYNONYM_WEIGHT},
    }


def test_related_terms_are_alternatives_of_each_other_with_a_lower_weight() -> None:
    assert alternatives("en:\n  - law enforcement ~ police\n") == {
        "law enforcement": {"police": RELATED_WEIGHT},
        "police": {"law enforcement": RELATED_WEIGHT},
    }
    assert RELATED_WEIGHT < SYNONYM_WEIGHT < 1


def test_a_broader_term_has_the_narrower_one_as_alternative_and_not_the_reverse() -> None:
    by_term = alternatives("en:\n  - sexual violence > rape\n")
    assert by_term == {"sexual violence": {"rape": RELATED_WEIGHT}}


def test_a_term_of_a_relation_represents_its_group() -> None:
    by_term = alternatives("en:\n  - DV ~ IPV\n  - [DV, domestic violence]\n")
    assert by_term["domestic violence"] == {"DV": SYNONYM_WEIGHT, "IPV": RELATED_WEIGHT}
    assert by_term["IPV"] == {"DV": RELATED_WEIGHT, "domestic violence": RELATED_WEIGHT}


def test_a_term_that_needs_capitals_is_no_alternative() -> None:
    by_term = alternatives("en:\n  - [TIP (capitals), human trafficking]\n")
    assert by_term == {"TIP": {"human trafficking": SYNONYM_WEIGHT}, "human trafficking": {}}


def test_the_words_of_an_alternative_are_as_written() -> None:
    file, _ = parse_synonyms("fr:\n  - [VFF, Violence à l’égard des femmes]\n")
    words = [a.words for _, others in alternatives_of(file) for a in others]
    assert ("VFF",) in words
    assert ("Violence", "à") in [sequence[:2] for sequence in words]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "en:\n", "en: []\nfr: []\n", "---\n"])
def test_an_empty_file_or_language_is_valid(text: str) -> None:
    file, problems = parse_synonyms(text)
    assert (file.groups, file.relations, problems) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("- [a1, b1]\n", 1, "no language"),
        ("text\n", 1, "no language"),
        ("en:\n  - [GBV, violence]\nxx-bad!:\n  - [c1, d1]\n", 3, "not a language"),
        ("\nEN-gb:\n  - [c1, d1]\n", 2, "write en"),
        ("en:\n  - [a1, b1]\nen:\n  - [c1, d1]\n", 3, "twice"),
        ("en: word\n", 1, "not a list"),
        ("en:\n  GBV: violence\n", 2, "not a list"),
        ("en:\n  - []\n", 2, "empty group"),
        ("en:\n  - [GBV]\n", 2, "add a synonym"),
        ("en:\n  - [GBV, ]\n", 2, "add a synonym"),
        ('en:\n  - [GBV, ""]\n', 2, "empty term"),
        ("en:\n  - [GBV, violence,\n     [shelter]]\n", 3, "list in a group"),
        ("en:\n  - - GBV\n    - a: b\n", 3, "colon"),
        ("en:\n  - a: b\n", 2, "colon"),
        ("en:\n  - [GBV, violence, Violences]\n", 2, 'same words as "violence"'),
        ("en:\n  - [GBV, violence]\n  - [harm, gbv, GBV]\n", 3, "group of line 2"),
        ("en:\n  - [the, violence]\n", 2, "only stop words"),
        ("en:\n  - [IT, information technology]\n", 2, 'write "IT (capitals)"'),
        ("en:\n  - [tip (capitals), trafficking]\n", 2, "not one word in capitals"),
        ("en:\n  - [A B (capitals), trafficking]\n", 2, "not one word in capitals"),
        ("en:\n  - [TIP (capital), trafficking]\n", 2, "brackets"),
        ("en:\n  - [survivor(s), victim]\n", 2, "brackets"),
        ("en:\n  - [survivor, '…']\n", 2, "no letters or digits"),
        ("en:\n  - [survivor, victim ~ person]\n", 2, "its own line"),
        ("en:\n  - police\n", 2, "neither a group nor a relation"),
        ("en:\n  - police ~\n", 2, "neither a group nor a relation"),
        ("en:\n  - police ~ law ~ court\n", 2, "neither a group nor a relation"),
        ("en:\n  - police ~ the\n", 2, "only stop words"),
        ("en:\n  - police ~ Police\n", 2, "are synonyms"),
        ("en:\n  - [DV, domestic violence]\n  - DV > domestic violence\n", 3, "are synonyms"),
        ("en:\n  - a1 ~ b1\n  - a1 ~ b1\n", 3, "line 2 too"),
        ("en:\n  - a1 ~ b1\n  - b1 > a1\n", 3, "line 2 too"),
        ("en:\n  - [a1, c1]\n  - a1 > b1\n  - c1 > b1\n", 4, "line 3 too"),
        ("en:\n  - [a1, &x b1]\n", 2, "anchor"),
        ("en:\n  - [a1, !!str b1]\n", 2, "tag"),
        ("en:\n  - [a1, b1\n", 2, "not valid YAML"),
        ("en:\n\t- [a1, b1]\n", 2, "tabs"),
        ("en:\n  - [a1, b1]\n---\nfr:\n  - [a1, b1]\n", 3, "second YAML document"),
        ("en:\n  - [" + ", ".join(f"t{n}" for n in range(MAX_TERMS + 1)) + "]\n", 2, "at most"),
        ("en:\n  - [GBV, " + "word " * (MAX_WORDS + 1) + "]\n", 2, "at most"),
        ("en:\n  - [GBV, " + "w" * (MAX_TERM_LENGTH + 1) + "]\n", 2, "shorten"),
        ("[" * 10_000, 1, ""),
    ],
)
def test_an_error_has_its_line_and_a_reason(text: str, line: int, reason: str) -> None:
    problems = errors(text)
    assert len(problems) == 1
    assert problems[0][0] == line
    assert reason in problems[0][1]


def test_a_term_has_the_groups_of_its_translations_with_their_language() -> None:
    file, problems = parse_synonyms(
        "en:\n  - [FGM, female genital mutilation]\nfr:\n  - [MGF, mutilation génitale]\n"
        "translations:\n  - {en: FGM, fr: MGF, es: ablación}\n"
    )
    assert not problems
    by_term = {
        term.text: {(a.reason, a.language) for a in others}
        for term, others in alternatives_of(file)
    }
    assert by_term["female genital mutilation"] == {
        ("FGM", ""),
        ("MGF", "fr"),
        ("mutilation génitale", "fr"),
        ("ablación", "es"),
    }
    assert ("FGM", "en") in by_term["ablación"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("translations: word\n", 1, "not a list"),
        ("translations:\n  - police\n", 2, "not a translation"),
        ("translations:\n  - {en: police}\n", 2, "has only one language"),
        ("translations:\n  - {en: police, xx-bad!: policía}\n", 2, "not a language"),
        ("translations:\n  - {en: police, en: cop}\n", 2, "occurs twice"),
        ("translations:\n  - {en: police, fr: [police, gendarme]}\n", 2, "has a list"),
        ("translations:\n  - {en: police, fr: ''}\n", 2, "empty term"),
        ("translations:\n  - {en: a1, fr: b1}\n  - {en: a1, es: c1}\n", 3, "line 2 too"),
        ("translations:\n  - {en: a1, fr: b1}\ntranslations:\n  - {en: c1, fr: d1}\n", 3, "twice"),
    ],
)
def test_an_error_in_a_translation_has_its_line_and_a_reason(
    text: str, line: int, reason: str
) -> None:
    problems = errors(text)
    assert [number for number, _ in problems] == [line]
    assert reason in problems[0][1]


@pytest.mark.parametrize("text", ["translations:\n", "translations: []\n"])
def test_a_file_may_have_no_translations(text: str) -> None:
    assert errors(text) == []


def test_a_narrower_term_may_also_be_a_broader_one() -> None:
    assert errors("en:\n  - a1 > b1\n  - b1 > c1\n") == []


def test_the_same_term_may_be_in_groups_of_two_languages() -> None:
    assert errors("fr:\n  - [ONG, organisation]\nes:\n  - [ONG, organización]\n") == []


def test_all_errors_of_a_file_are_reported_and_its_other_entries_kept() -> None:
    file, problems = parse_synonyms("en:\n  - [a1]\n  - [GBV, violence]\n  - police\nxx9: []\n")
    assert [error.line for error in problems] == [2, 4, 5]
    assert [error.language for error in problems] == ["en", "en", ""]
    assert [[term.text for term in group] for group in file.groups] == [["GBV", "violence"]]


def test_a_term_with_too_many_alternatives_is_an_error_at_its_line() -> None:
    lines = "".join(f"  - hub ~ spoke{n}\n" for n in range(MAX_ALTERNATIVES + 1))
    assert [(line, reason[:5]) for line, reason in errors(f"en:\n{lines}")] == [(2, '"hub"')]


def test_too_many_entries_are_one_error() -> None:
    lines = "".join(f"  - [a{n}, b{n}]\n" for n in range(MAX_ENTRIES + 5))
    problems = errors(f"en:\n{lines}")
    assert [line for line, _ in problems] == [MAX_ENTRIES + 2]


def test_a_file_that_is_too_large_or_not_utf_8_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "_synonyms.yaml"
    path.write_bytes(b"#" * (MAX_FILE_SIZE + 1))
    assert "larger" in synonym_errors(tmp_path)[0].reason
    path.write_bytes(b"en:\n  - [f\xe9minicide, femicide]\n")
    assert [(error.line, error.path) for error in synonym_errors(tmp_path)] == [(2, str(path))]
    path.unlink()
    path.mkdir()
    assert "is not a regular file" in synonym_errors(tmp_path)[0].reason


@given(st.text(st.sampled_from("en:fr -~>[],()\n\"'#&!a1é|\t"), max_size=60))
def test_any_text_gives_entries_or_errors_with_a_line(text: str) -> None:
    file, problems = parse_synonyms(f"en:\n  - {text}")
    assert all(error.line >= 1 and error.reason for error in problems)
    Synonyms(file).find(["a1", "en", "fr"])


def test_the_synonyms_of_this_collection_are_valid() -> None:
    assert synonym_errors(SHIPPED) == []
