"""The judged set of this domain in tests/relevance/domain is complete and consistent."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from indexer.content.activity import ParsedFile
from indexer.content.files import check_folder
from indexer.content.frontmatter import read_vocabulary

SET = Path(__file__).parent / "domain"
MIN_SEARCHES_PER_CLASS = 8
MAX_SEARCH_LENGTH = 1500  # characters


@pytest.fixture(scope="module")
def activities() -> dict[str, ParsedFile]:
    """Return the parsed content files by id."""
    return {file.id: parsed for file, parsed in check_folder(SET / "content")}


@pytest.fixture(scope="module")
def searches() -> list[dict[str, str]]:
    """Return the searches in the order of the file."""
    return [json.loads(line) for line in (SET / "queries.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def judgements() -> list[tuple[str, str, int]]:
    """Return (search, activity, grade) in the order of the file."""
    lines = (SET / "qrels.tsv").read_text("utf-8").splitlines()
    assert lines[0] == "query-id\tcorpus-id\tscore"
    return [(s, a, int(grade)) for s, a, grade in (line.split("\t") for line in lines[1:])]


def test_every_content_file_passes_the_content_check(activities: dict[str, ParsedFile]) -> None:
    errors = [str(error) for parsed in activities.values() for error in parsed.errors]
    assert not errors


def test_every_theme_partner_and_agency_has_a_label(activities: dict[str, ParsedFile]) -> None:
    vocabulary = read_vocabulary((SET / "content" / "_vocabulary.yaml").read_text("utf-8"))
    used = {
        (field, value)
        for parsed in activities.values()
        if parsed.activity
        for field in ("theme", "partner", "agency")
        for value in parsed.activity.meta.get(field, ())
    }
    assert not {(field, value) for field, value in used if value not in vocabulary[field][1]}


def test_the_collection_is_large_and_in_several_languages(
    activities: dict[str, ParsedFile],
) -> None:
    languages = Counter(
        parsed.activity.language for parsed in activities.values() if parsed.activity
    )
    assert languages.total() >= 60
    assert {"en", "fr", "es", "pt", "ru", "ar"} <= set(languages)
    assert languages["en"] <= 0.8 * languages.total()


def test_every_judgement_is_of_a_search_and_an_activity_of_the_set(
    activities: dict[str, ParsedFile],
    searches: list[dict[str, str]],
    judgements: list[tuple[str, str, int]],
) -> None:
    assert {activity for _, activity, _ in judgements} <= set(activities)
    assert {search for search, _, _ in judgements} <= {row["_id"] for row in searches}


def test_a_search_and_an_activity_are_judged_once(
    judgements: list[tuple[str, str, int]],
) -> None:
    pairs = Counter((search, activity) for search, activity, _ in judgements)
    assert not [pair for pair, count in pairs.items() if count > 1]


def test_only_grades_above_zero_are_written(judgements: list[tuple[str, str, int]]) -> None:
    assert {grade for _, _, grade in judgements} == {1, 2}


def test_every_search_has_an_activity_that_is_exactly_what_is_sought(
    searches: list[dict[str, str]], judgements: list[tuple[str, str, int]]
) -> None:
    answered = {search for search, _, grade in judgements if grade == 2}
    assert {row["_id"] for row in searches} <= answered


def test_ids_and_texts_of_searches_are_unique(searches: list[dict[str, str]]) -> None:
    assert len({row["_id"] for row in searches}) == len(searches)
    assert len({row["text"] for row in searches}) == len(searches)


def test_every_class_of_searches_is_large_enough(searches: list[dict[str, str]]) -> None:
    classes = Counter(row["class"] for row in searches)
    assert len(searches) >= 120
    assert not {name for name, count in classes.items() if count < MIN_SEARCHES_PER_CLASS}


def test_searches_have_an_id_a_class_and_a_text_of_limited_length(
    searches: list[dict[str, str]],
) -> None:
    for row in searches:
        assert list(row) == ["_id", "class", "text"]
        assert re.fullmatch(r"[a-z]\d\d", row["_id"])
        assert 0 < len(row["text"].strip()) <= MAX_SEARCH_LENGTH


def test_judgements_are_sorted_by_search_then_grade_then_activity(
    searches: list[dict[str, str]], judgements: list[tuple[str, str, int]]
) -> None:
    position = {row["_id"]: n for n, row in enumerate(searches)}
    assert judgements == sorted(judgements, key=lambda j: (position[j[0]], -j[2], j[1]))
