"""The changes of a search: what was added and edited in it, and withdrawn from the collection."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.content.rename_activity import rename_activity
from indexer.content.rules import NO_RULES
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.search.changes import SearchChanges, count_changes, search_changes
from indexer.search.request import Filter, SearchRequest
from indexer.settings import Settings
from tests.conftest import ACTIVITIES

NO_LABELS = Vocabulary({})
EVERYTHING = SearchRequest()


class Collection:
    """A content folder and its index, with changes since generation 1."""

    def __init__(self, folder: Path) -> None:
        self.content = folder / "content"
        self.engine = open_engine(Settings(content=self.content, index=folder / "index"))

    def index(self) -> None:
        sync(self.engine, self.content, "a test")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A collection for tests that only read."""
    made = Collection(tmp_path_factory.mktemp("changes"))
    made.content.mkdir()
    for name, text in ACTIVITIES.items():
        (made.content / f"{name}.md").write_text(text, encoding="utf-8")
    made.index()
    (made.content / "new.md").write_text("---\ncountry: PAK\n---\nPolice in Lahore were trained.")
    (made.content / "kgz-police.md").unlink()
    guide = made.content / "global-guide.md"
    guide.write_text(guide.read_text().replace("trafficked women", "trafficked young girls"))
    made.index()
    trafficking = made.content / "pak-trafficking.md"
    trafficking.write_text(trafficking.read_text().replace("year: 2018", "year: 2019"))
    made.index()
    return made


@pytest.fixture(scope="module")
def changed(collection: Collection) -> Engine:
    return collection.engine


@pytest.fixture
def own(collection: Collection, tmp_path: Path) -> Collection:
    """A copy of the collection, for a test that changes it."""
    shutil.copytree(collection.content.parent, tmp_path / "own")
    return Collection(tmp_path / "own")


def changes(
    engine: Engine, request: SearchRequest = EVERYTHING, since: int = 1, order: str = "kind"
) -> SearchChanges:
    return search_changes(engine, request, since, NO_LABELS, order=order)  # type: ignore[arg-type]


def listed(result: SearchChanges) -> list[tuple[str, str]]:
    return [(each.change.kind, each.change.id) for each in result.changes]


def test_a_search_of_all_activities_lists_every_change(changed: Engine) -> None:
    result = changes(changed)
    assert (result.added, result.edited, result.withdrawn, result.total) == (1, 2, 1, 4)
    assert listed(result) == [
        ("added", "new"),
        ("edited", "pak-trafficking"),
        ("edited", "global-guide"),
        ("withdrawn", "kgz-police"),
    ]


def test_changes_can_be_sorted_by_time(changed: Engine) -> None:
    assert [id for _, id in listed(changes(changed, order="time"))] == [
        "pak-trafficking",
        "new",
        "global-guide",
        "kgz-police",
    ]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (SearchRequest("police"), [("added", "new")]),
        (SearchRequest("girls"), [("edited", "global-guide")]),
        (
            SearchRequest("", (Filter("country", "PAK"),)),
            [("added", "new"), ("edited", "pak-trafficking")],
        ),
        (
            SearchRequest("", (Filter("country", "PAK", excluded=True),)),
            [("edited", "global-guide")],
        ),
        (SearchRequest("police OR girls"), [("added", "new"), ("edited", "global-guide")]),
        (SearchRequest("violence"), []),
    ],
)
def test_words_and_filters_limit_the_changes(
    changed: Engine, request_: SearchRequest, expected: list[tuple[str, str]]
) -> None:
    result = changes(changed, request_)
    assert listed(result) == expected
    assert result.added + result.edited == result.total == len(expected)


def test_a_withdrawn_activity_is_only_counted_for_a_search(changed: Engine) -> None:
    """Whether its former text matched is not disclosed."""
    results = [changes(changed, SearchRequest(text)) for text in ("police", "dolphins")]
    assert [result.withdrawn for result in results] == [1, 1]
    assert not any(kind == "withdrawn" for result in results for kind, _ in listed(result))


def test_new_words_are_marked_and_deleted_ones_are_counted(changed: Engine) -> None:
    guide = changes(changed, SearchRequest("girls")).changes[0]
    assert guide.hit is not None
    assert guide.difference is not None
    assert [span.text for span in guide.hit.snippet if span.matched] == ["young girls"]
    assert (guide.difference.new_words, guide.difference.gone_words) == (2, 1)


def test_an_edited_field_is_named_and_marks_nothing(changed: Engine) -> None:
    edited = changes(changed).changes[1]
    assert edited.change.fields == ("year",)
    assert edited.difference is None


def test_without_the_old_generation_only_the_fields_are_known(own: Collection) -> None:
    for number in range(3):
        (own.content / "new.md").write_text(f"Version {number}.")
        own.index()
    assert all(generation.number > 1 for generation in own.engine.generations())
    result = changes(own.engine)
    guide = next(each for each in result.changes if each.change.id == "global-guide")
    assert guide.change.fields == ("text",)
    assert guide.difference is None
    assert guide.hit is not None
    assert not any(span.matched for span in guide.hit.snippet)


@pytest.mark.parametrize("request_", [EVERYTHING, SearchRequest("police OR girls OR Pakistan")])
def test_pages_divide_the_changes(changed: Engine, request_: SearchRequest) -> None:
    everything = changes(changed, request_)
    pages = [
        changes(changed, replace(request_, per_page=1, page=number + 1))
        for number in range(everything.total)
    ]
    assert [listed(page)[0] for page in pages] == listed(everything)
    assert {page.pages for page in pages} == {everything.total}


def test_many_matching_changes_are_read_in_several_steps(
    changed: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = SearchRequest("police OR girls OR Pakistan")
    expected = listed(changes(changed, request))
    monkeypatch.setattr("indexer.search.changes.MATCHES_AT_ONCE", 1)
    assert listed(changes(changed, request)) == expected
    assert len(expected) == 3


def test_a_page_past_the_end_has_a_notice(changed: Engine) -> None:
    result = changes(changed, replace(EVERYTHING, page=9))
    assert result.changes == ()
    assert [notice.code for notice in result.notices] == ["page_past_end"]


def test_without_since_the_changes_of_the_last_days_before_the_newest_commit_are_listed(
    changed: Engine,
) -> None:
    result = search_changes(changed, EVERYTHING, None, NO_LABELS)
    assert result.base is not None
    assert (result.base.generation, result.is_complete, result.total) == (1, False, 4)


def test_a_generation_that_does_not_exist_yet_has_a_notice(changed: Engine) -> None:
    result = changes(changed, since=99)
    assert result.total == 0
    assert [notice.code for notice in result.notices] == ["no_generation_yet"]


def test_more_changes_than_a_request_reads_are_cut(
    changed: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.search.changes.MAX_CHANGES", 3)
    result = changes(changed)
    assert result.base is not None
    assert (result.is_cut, result.base.generation) == (True, 2)
    assert listed(result) == [("edited", "pak-trafficking")]


def test_a_commit_that_is_not_recorded_yet_is_stated(
    own: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changes(own.engine).is_recorded
    monkeypatch.setattr("indexer.indexing.sync.record_changes_or_explain", lambda *_: "")
    (own.content / "new.md").unlink()
    own.index()
    result = changes(own.engine)
    assert not result.is_recorded
    assert ("added", "new") not in listed(result)  # it has no text any more


def test_without_a_record_there_are_no_changes(own: Collection) -> None:
    (own.content.parent / "index" / "changes.sqlite3").unlink()
    for result in (changes(own.engine), count_changes(own.engine, EVERYTHING, 1, NO_LABELS)):
        assert (result.base, result.total, result.is_recorded) == (None, 0, False)


def test_a_renamed_activity_is_edited_and_not_withdrawn(own: Collection) -> None:
    own.index()
    rename_activity(own.content, "pak-mmr-roundtables", "pak/roundtables", NO_RULES)
    own.index()
    result = changes(own.engine, since=3)
    assert [(each.change.id, *each.change[1:3]) for each in result.changes] == [
        ("pak/roundtables", "edited", ("id",))
    ]
    assert (result.added, result.edited, result.withdrawn) == (0, 1, 0)
    assert count_changes(own.engine, SearchRequest("roundtables"), 3, NO_LABELS).edited == 1


def test_changes_are_counted_without_reading_them(changed: Engine) -> None:
    result = count_changes(changed, SearchRequest("police"), 1, NO_LABELS)
    assert (result.added, result.edited, result.withdrawn, result.changes) == (1, 0, 1, ())
