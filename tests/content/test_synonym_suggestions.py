"""Suggestions for content/_synonyms.yaml from the activities."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.content.synonym_file import parse_synonyms
from indexer.content.synonym_suggestions import suggest_synonyms
from indexer.settings import Settings
from webapp.cli import cli


def suggest(*texts: str, file: str = "", language: str = "en") -> list[str]:
    """The entries that are suggested for activities with these texts."""
    activities = [
        Activity(f"a{number}", "", text, language, {}, text) for number, text in enumerate(texts)
    ]
    synonyms, errors = parse_synonyms(file)
    assert not errors
    return [suggestion.entry for suggestion in suggest_synonyms(activities, synonyms)]


def test_the_pairs_of_most_activities_come_first() -> None:
    assert suggest(
        "gender-based violence (GBV)",
        "mutual legal assistance (MLA)",
        "Mutual Legal Assistance (MLA); mutual legal assistance (MLA)",
    ) == ["[MLA, mutual legal assistance]", "[GBV, gender-based violence]"]


def test_singular_and_plural_are_one_suggestion() -> None:
    assert suggest("civil society organizations (CSOs)", "a civil society organisation (CSO)") == [
        "[CSO, CSOs, civil society organizations]"
    ]


@pytest.mark.parametrize(
    "file",
    [
        "en:\n  - [GBV, gender based violence]\n",
        "en:\n  - [GBV (capitals), gender-based violence]\n",
        "en:\n  - GBV ~ gender-based violence\n",
        "en:\n  - GBV > VAW\n  - [VAW, gender-based violence]\n",
    ],
)
def test_pairs_that_the_file_relates_are_left_out(file: str) -> None:
    assert suggest("gender-based violence (GBV)", file=file) == []


def test_a_pair_in_another_language_of_the_file_is_suggested() -> None:
    file = "es:\n  - [ONG, organización no gubernamental]\n"
    assert suggest("organisation non gouvernementale (ONG)", file=file, language="fr") == [
        "[ONG, organisation non gouvernementale]"
    ]


def test_a_term_that_is_in_a_group_is_suggested_as_a_relation() -> None:
    file = "en:\n  - [NAP, national action plan]\n"
    assert suggest("national adaptation plan (NAP)", file=file) == [
        "NAP ~ national adaptation plan"
    ]


def test_an_abbreviation_that_is_a_word_needs_capitals() -> None:
    assert suggest("trafficking in persons (TIP)", "A tip from the public.") == [
        "[TIP (capitals), trafficking in persons]"
    ]
    assert suggest("information technology (IT)") == ["[IT (capitals), information technology]"]


def test_a_term_with_a_comma_is_quoted() -> None:
    assert suggest("women, peace and security (WPS)") == ['[WPS, "women, peace and security"]']


TEXTS = st.lists(
    st.sampled_from(
        [
            "national action plan (NAP) and a nap",
            "national adaptation plans (NAPs)",
            "national action programme (NAP)",
            "women, peace and security (WPS)",
            "World Peace Service (WPS)",
            "Women's Police Station (WPS)",
            "non-governmental organisation (NGO)",
            "non-governmental organizations (NGOs)",
            "new government office (NGO)",
        ]
    ),
    max_size=6,
)


@given(TEXTS, st.booleans())
def test_the_file_with_all_suggestions_has_no_errors_and_suggests_nothing_more(
    texts: list[str], has_file: bool
) -> None:
    file = "en:\n  - [NGO, non-governmental organization]\n" if has_file else "en:\n"
    entries = suggest(*texts, file=file)
    extended = file + "".join(f"  - {entry}\n" for entry in entries)
    assert parse_synonyms(extended)[1] == []
    assert suggest(*texts, file=extended) == []


@pytest.fixture
def run(settings: Settings) -> Callable[..., Result]:
    """Return a function that runs the command on two activities."""
    (settings.content / "one.md").write_text("On gender-based violence (GBV).\n")
    (settings.content / "two.md").write_text(
        "---\nlanguage: fr\n---\nLes violences basées sur le genre (VBG).\n"
    )
    env = {"ACTIVITIES_CONTENT": str(settings.content)}
    return lambda *args: CliRunner().invoke(cli, ["suggest-synonyms", *args], env=env)


def test_the_command_prints_lines_for_the_file(run: Callable[..., Result], content: Path) -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "2 suggestions\n")
    assert result.stdout.splitlines() == [
        "en:",
        "  - [GBV, gender-based violence]  # 1, as in one",
        "fr:",
        "  - [VBG, violences basées sur le genre]  # 1, as in two",
    ]
    (content / "_synonyms.yaml").write_text(result.stdout)
    assert run().stdout == ""


def test_the_command_prints_json(run: Callable[..., Result]) -> None:
    first = json.loads(run("--json").stdout.splitlines()[0])
    assert first == {
        "language": "en",
        "short": ["GBV"],
        "long": "gender-based violence",
        "count": 1,
        "example": "one",
        "entry": "[GBV, gender-based violence]",
    }


def test_broken_synonyms_stop_the_command(run: Callable[..., Result], content: Path) -> None:
    (content / "_synonyms.yaml").write_text("en:\n  - [GBV]\n")
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "_synonyms.yaml:2" in result.stderr
