"""Searches in the generation that an address was cited from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.indexing.rollback import roll_back
from indexer.indexing.sync import Summary
from indexer.search.coverage import coverage
from indexer.search.replay import open_cited
from indexer.search.request import Filter, SearchRequest
from indexer.search.results import SearchPage
from indexer.search.service import search, stream_results

Index = Callable[..., Summary]
VOCABULARY = Vocabulary({})
ALL = ["global-guide", "kgz-police", "pak-mmr-roundtables", "pak-trafficking"]


@pytest.fixture
def first(index: Index) -> int:
    """The number of the first generation, which has all files of the content folder."""
    number = index().generation
    assert number
    return number


def ids(engine: Engine, generation: int | None) -> list[str]:
    page = search(engine, SearchRequest(generation=generation), VOCABULARY)
    return sorted(hit.id for hit in page.hits)


def left_out(engine: Engine, generation: int) -> int | None:
    """Return how many activities a replay leaves out; None if the generation is not replayed."""
    with open_cited(engine, generation) as (_, replay):
        return replay.left_out if replay else None


def counts(page: SearchPage, field: str) -> dict[str, int]:
    (facet,) = (facet for facet in page.facets if facet.field == field)
    return {bucket.value: bucket.count for bucket in facet.buckets}


def hide(path: Path) -> None:
    path.write_text(path.read_text().replace("---\n", "---\ndraft: true\n", 1))


def test_a_cited_generation_answers_with_the_texts_that_it_had(
    engine: Engine, content: Path, index: Index, first: int
) -> None:
    (content / "kgz-police.md").write_text("---\ncountry: KEN\n---\nSomething else.\n")
    (content / "new.md").write_text("A new activity about police.\n")
    index()
    page = search(engine, SearchRequest("police", generation=first), VOCABULARY)
    assert [hit.id for hit in page.hits] == ["kgz-police"]
    assert page.generation.number == first
    assert page.replay
    assert page.replay.newest.number == first + 1
    assert page.request.generation == first
    assert search(engine, SearchRequest("police"), VOCABULARY).hits[0].id == "new"


@pytest.mark.parametrize("withdraw", [Path.unlink, hide], ids=["deleted", "draft"])
def test_withdrawn_activities_are_left_out_of_hits_counts_and_exports(
    engine: Engine, content: Path, index: Index, first: int, withdraw: Callable[[Path], None]
) -> None:
    withdraw(content / "kgz-police.md")
    index()
    request = SearchRequest(generation=first)
    page = search(engine, request, VOCABULARY)
    assert page.total == len(page.hits) == 3
    assert page.generation.activities == 3
    assert page.replay
    assert page.replay.left_out == 1
    assert counts(page, "year") == {"2020": 1, "2018": 1, "none": 1}
    assert [row.id for row in stream_results(engine, request, VOCABULARY)[1]].count(
        "kgz-police"
    ) == 0
    assert "KGZ" not in coverage(engine, request, VOCABULARY).countries


def test_words_of_a_withdrawn_activity_are_neither_found_nor_suggested(
    engine: Engine, content: Path, index: Index
) -> None:
    path = content / "named.md"
    path.write_text("Zainabova was heard by a judge.\n")
    first = index().generation
    path.unlink()
    index()
    for text in ("zainabova", "zainabov", "zainab*", "zaimabova~"):
        page = search(engine, SearchRequest(text, generation=first), VOCABULARY)
        assert page.total == 0
        assert "zainabova" not in str((page.notices, page.suggestions, page.forms)).replace(
            text, ""
        )
    # The number does not depend on the search: it would tell which words the text had.
    for text in ("zainabova", "police"):
        replay = search(engine, SearchRequest(text, generation=first), VOCABULARY).replay
        assert replay
        assert replay.left_out == 1


def test_an_activity_that_comes_back_unchanged_is_shown_again(
    engine: Engine, content: Path, index: Index, first: int
) -> None:
    path = content / "kgz-police.md"
    text = path.read_text()
    path.unlink()
    index()
    assert (ids(engine, first), left_out(engine, first)) == (ALL[:1] + ALL[2:], 1)
    path.write_text(text)
    index()
    assert (ids(engine, first), left_out(engine, first)) == (ALL, 0)


def test_a_former_version_of_an_activity_that_was_withdrawn_is_not_shown_when_it_comes_back(
    engine: Engine, content: Path, index: Index, first: int
) -> None:
    path = content / "kgz-police.md"
    text = path.read_text()
    path.unlink()
    index()
    path.write_text(text.replace("Police officers", "Staff"))
    index()
    assert (ids(engine, first), left_out(engine, first)) == (ALL[:1] + ALL[2:], 1)


@pytest.mark.parametrize("change", ["", "with a judge"], ids=["same text", "other text"])
def test_a_renamed_activity_is_shown_if_its_text_is_the_same(
    engine: Engine, content: Path, index: Index, first: int, change: str
) -> None:
    path = content / "kgz-police.md"
    text = path.read_text().replace("---\n", "---\naliases: [kgz-police]\n", 1)
    (content / "renamed.md").write_text(text + change)
    path.unlink()
    index()
    assert left_out(engine, first) == (1 if change else 0)
    assert ("kgz-police" in ids(engine, first)) == (not change)


def test_withdrawals_that_are_not_recorded_are_left_out(
    engine: Engine, content: Path, index: Index, first: int, settings: object
) -> None:
    (content / "kgz-police.md").unlink()
    index()
    record = next(content.parent.rglob("changes.sqlite3"))
    record.unlink()
    assert ids(engine, first) == ALL[:1] + ALL[2:]


def test_the_newest_generation_and_one_that_is_not_kept_are_not_replayed(
    engine: Engine, content: Path, index: Index, first: int
) -> None:
    (content / "kgz-police.md").unlink()
    index()
    for number in (first + 1, first + 7, 999_999_999):
        page = search(engine, SearchRequest(generation=number), VOCABULARY)
        assert page.replay is None
        assert page.request.generation is None
        assert page.generation.number == first + 1


def test_a_replay_follows_a_rollback(
    engine: Engine, content: Path, index: Index, first: int
) -> None:
    (content / "new.md").write_text("A new activity.\n")
    second = index().generation
    assert second
    roll_back(engine, content, first, "a test", 1, cache=content.parent / "index")
    assert ids(engine, second) == ALL


def test_facets_of_a_replay_are_exact(
    engine: Engine, content: Path, index: Index, first: int
) -> None:
    (content / "kgz-police.md").unlink()
    index()
    request = SearchRequest(filters=(Filter("year", "2020", True),), generation=first)
    page = search(engine, request, VOCABULARY)
    assert page.total == 2
    assert counts(page, "year") == {"2020": 1, "2018": 1, "none": 1}
