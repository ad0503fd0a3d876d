"""Runs add their changes to the record of changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Engine
from indexer.engines.change_record import Change, Commit, net_changes
from indexer.indexing.record_changes import record_changes
from indexer.indexing.rollback import roll_back
from indexer.indexing.sync import Summary
from indexer.search.change_history import changes_since

Index = Callable[..., Summary]


def recorded(engine: Engine) -> list[list[tuple[str, str, tuple[str, ...]]]]:
    """Return the id, the kind and the fields of each change, by commit."""
    return [
        [(change.id, change.kind, change.fields) for change in commit.changes]
        for commit in engine.change_record().commits()
    ]


def test_each_commit_records_added_edited_and_withdrawn_activities(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    (content / "kgz-police.md").unlink()
    guide = content / "global-guide.md"
    guide.write_text(guide.read_text().replace("year: 2020", "year: 2021"))
    trafficking = content / "pak-trafficking.md"
    trafficking.write_text(trafficking.read_text() + "\nIt was repeated.\n")
    index()
    assert recorded(engine) == [
        [],
        [
            ("global-guide", "edited", ("year",)),
            ("kgz-police", "withdrawn", ()),
            ("new", "added", ()),
            ("pak-trafficking", "edited", ("text",)),
        ],
    ]


def test_a_draft_is_recorded_as_withdrawn_with_the_time(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    guide = content / "global-guide.md"
    guide.write_text(guide.read_text().replace("---\n", "---\ndraft: true\n", 1))
    index()
    assert recorded(engine)[1] == [("global-guide", "withdrawn", ())]
    assert engine.change_record().withdrawn_at("global-guide") is not None
    assert engine.change_record().withdrawn_at("pak-trafficking") is None


def test_regions_are_not_named_beside_countries(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    police = content / "kgz-police.md"
    police.write_text(police.read_text().replace("KGZ", "PER"))
    index()
    assert recorded(engine)[1] == [("kgz-police", "edited", ("country",))]


def test_the_record_survives_a_rebuild_which_records_only_differences(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index(rebuild=True)
    index(rebuild=True)
    assert recorded(engine) == [[], [("new", "added", ())], []]


def test_a_rewritten_file_with_the_same_meaning_is_not_an_edit(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    guide = content / "global-guide.md"
    guide.write_text(guide.read_text().replace("agency: unodc", "agency:  [ unodc ]"))
    assert index().changed == 1
    assert recorded(engine)[1] == []


def test_a_commit_that_was_not_recorded_is_recorded_by_the_next_run(
    engine: Engine, content: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    with monkeypatch.context() as context:
        context.setattr("indexer.indexing.sync.record_changes_or_explain", lambda *_: "")
        (content / "new.md").write_text("A new one.")
        index()
    assert recorded(engine) == [[]]
    (content / "newer.md").write_text("A newer one.")
    index()
    assert recorded(engine)[1:] == [[("new", "added", ())], [("newer", "added", ())]]


def test_the_record_begins_again_after_a_generation_that_is_no_longer_kept(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    engine.change_record().append(Commit(99, "2020-01-01T00:00:00Z", None))
    (content / "new.md").write_text("A new one.")
    index()
    assert [commit.previous for commit in engine.change_record().commits()] == [None, None, None, 1]


def test_a_rollback_is_recorded(engine: Engine, content: Path, index: Index) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    roll_back(engine, content, 1, "a test", 0)
    assert recorded(engine)[2] == [("new", "withdrawn", ())]


def test_a_damaged_record_does_not_stop_a_run_and_is_named(
    engine: Engine, content: Path, index: Index, tmp_path: Path
) -> None:
    index()
    (tmp_path / "index" / "changes.sqlite3").write_bytes(b"not a database, and long enough" * 99)
    (content / "new.md").write_text("A new one.")
    summary = index()
    assert (summary.added, summary.generation) == (1, 2)
    assert "changes.sqlite3 is damaged" in summary.unrecorded


def test_a_rollback_and_a_withdrawal_name_a_damaged_record(
    engine: Engine, content: Path, index: Index, tmp_path: Path
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    (tmp_path / "index" / "changes.sqlite3").write_bytes(b"not a database, and long enough" * 99)
    assert "is damaged" in roll_back(engine, content, 1, "a test", 0).unrecorded
    guide = content / "global-guide.md"
    guide.write_text(guide.read_text().replace("---\n", "---\ndraft: true\n", 1))
    summary = index()
    assert (summary.held, list(summary.withdrawn)) == (1, ["global-guide"])
    assert "is damaged" in summary.unrecorded


def test_recording_twice_adds_nothing(engine: Engine, index: Index) -> None:
    index()
    record_changes(engine)
    record_changes(engine)
    assert len(recorded(engine)) == 1


# Net changes

VERSIONS = st.lists(st.sampled_from(["", "1", "2", "3"]), min_size=2, max_size=6)


def _commits(versions: list[str]) -> list[Commit]:
    """Return a commit for each step from one version of the activity "a" to the next."""
    commits = []
    for number, (before, after) in enumerate(pairwise(versions)):
        changes: tuple[Change, ...] = ()
        if before != after:
            kind = "added" if not before else "edited" if after else "withdrawn"
            fields = ("text",) if kind == "edited" else ()
            changes = (Change("a", kind, fields, before, after),)  # type: ignore[arg-type]
        commits.append(Commit(number + 2, "2026-11-28T09:00:00Z", number + 1, changes))
    return commits


@given(VERSIONS)
def test_net_changes_depend_on_the_first_and_the_last_version_only(versions: list[str]) -> None:
    first, last = versions[0], versions[-1]
    change = net_changes(_commits(versions)).get("a")
    if first == last:
        assert change is None
        return
    assert change is not None
    assert (change.before, change.after) == (first, last)
    assert change.kind == ("added" if not first else "edited" if last else "withdrawn")


def test_changes_since_a_time_start_from_the_generation_of_that_time(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    history = changes_since(engine, 1)
    assert history is not None
    assert (list(history.changes), history.is_complete) == (["new"], True)
    later = changes_since(engine, datetime(2999, 1, 1, tzinfo=UTC))
    assert later is not None
    assert (list(later.changes), later.base.generation) == ([], 2)
    earlier = changes_since(engine, datetime(2000, 1, 1, tzinfo=UTC))
    assert earlier is not None
    assert (list(earlier.changes), earlier.is_complete) == (["new"], False)


def test_changes_before_a_limit_are_cut_at_whole_commits(
    engine: Engine, content: Path, index: Index
) -> None:
    index()
    for names in (("new-1", "new-2"), ("newer",)):
        for name in names:
            (content / f"{name}.md").write_text("A new one.")
        index()
    all_changes = changes_since(engine, 1, max_changes=5)
    assert all_changes is not None
    assert (list(all_changes.changes), all_changes.is_cut) == (["new-1", "new-2", "newer"], False)
    cut = changes_since(engine, 1, max_changes=4)
    assert cut is not None
    assert (list(cut.changes), cut.is_cut, cut.base.generation) == (["newer"], True, 2)


def test_a_duration_is_counted_back_from_the_newest_commit(engine: Engine, index: Index) -> None:
    index()
    record = engine.change_record()
    for day in (10, 20, 30):
        changes = (Change(f"a{day}", "added", after="1"),)
        record.append(Commit(100 + day, f"2030-11-{day}T09:00:00Z", 100 + day - 10, changes))
    history = changes_since(engine, timedelta(days=15))
    assert history is not None
    assert (history.base.generation, list(history.changes)) == (110, ["a20", "a30"])
    assert history.changed_by["a20"].indexed_at == "2030-11-20T09:00:00Z"


def test_without_an_index_nothing_has_changed(engine: Engine) -> None:
    assert changes_since(engine, 1) is None
