"""The record of changes that every engine keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indexer.engines import change_record
from indexer.engines.base import Engine
from indexer.engines.change_record import Change, Commit

OpenEngine = Callable[[], Engine]

BEGIN = Commit(1, "2026-11-28T09:00:00Z", None)
EDIT = Commit(
    2,
    "2026-11-28T10:00:00Z",
    1,
    (
        Change("a", "added", after="0a"),
        Change("b/c", "edited", ("country", "text"), "0b", "0c"),
        Change("d", "withdrawn", before="0d"),
    ),
)


def commits(engine: Engine) -> list[Commit]:
    return list(engine.change_record().commits())


def test_a_new_record_is_empty(open_again: OpenEngine) -> None:
    record = open_again().change_record()
    assert record.newest() is None
    assert list(record.commits()) == []
    assert list(record.facts()) == []
    assert record.withdrawn_at("a") is None
    assert record.withdrawal_times(["a"]) == {}


def test_commits_are_returned_as_they_were_stored(open_again: OpenEngine) -> None:
    for commit in (BEGIN, EDIT):
        open_again().change_record().append(commit)
    assert commits(open_again()) == [BEGIN, EDIT]
    newest = open_again().change_record().newest()
    assert newest is not None
    assert (newest.generation, newest.indexed_at, newest.previous) == (2, EDIT.indexed_at, 1)


def test_a_commit_with_many_changes_is_stored_completely(open_again: OpenEngine) -> None:
    changes = tuple(Change(f"a{n:05}", "added", after=f"{n:x}") for n in range(5_000))
    large = Commit(2, "2026-11-28T10:00:00Z", 1, changes)
    for commit in (BEGIN, large, Commit(3, "2026-11-28T11:00:00Z", 2, EDIT.changes)):
        open_again().change_record().append(commit)
    assert [len(commit.changes) for commit in commits(open_again())] == [0, 5_000, 3]
    assert commits(open_again())[1] == large


def test_facts_are_returned_newest_first_and_commits_from_a_number_on(
    open_again: OpenEngine,
) -> None:
    for commit in (BEGIN, EDIT, Commit(3, "2026-11-28T11:00:00Z", 2)):
        open_again().change_record().append(commit)
    record = open_again().change_record()
    facts = list(record.facts())
    assert [(f.generation, f.indexed_at, f.previous, f.size) for f in facts] == [
        (3, "2026-11-28T11:00:00Z", 2, 0),
        (2, EDIT.indexed_at, 1, 3),
        (1, BEGIN.indexed_at, None, 0),
    ]
    assert [commit.generation for commit in record.commits(facts[1].number)] == [2, 3]
    assert list(record.commits(facts[0].number + 1)) == []


def test_the_time_of_a_withdrawal_is_kept_until_the_activity_is_added_again(
    open_again: OpenEngine,
) -> None:
    record = open_again().change_record()
    record.append(BEGIN)
    record.append(EDIT)
    assert open_again().change_record().withdrawn_at("d") == "2026-11-28T10:00:00Z"
    record.append(Commit(3, "2026-11-28T11:00:00Z", 2, (Change("d", "added", after="0e"),)))
    assert open_again().change_record().withdrawn_at("d") is None


def test_the_oldest_commits_are_removed_and_the_times_of_withdrawals_stay(
    open_again: OpenEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = open_again().change_record()
    monkeypatch.setattr(f"{type(record).__module__}.MAX_CHANGES", 5)
    for number in range(1, 6):
        changes = tuple(Change(f"{number}-{n}", "withdrawn", before="0") for n in range(2))
        record.append(Commit(number, f"2026-11-28T{number:02}:00:00Z", number - 1, changes))
    assert [commit.generation for commit in commits(open_again())] == [4, 5]
    assert open_again().change_record().withdrawn_at("1-0") == "2026-11-28T01:00:00Z"


def test_a_forgotten_activity_keeps_only_its_id_the_kinds_of_its_changes_and_their_times(
    open_again: OpenEngine,
) -> None:
    record = open_again().change_record()
    last = Commit(
        3,
        "2026-11-28T11:00:00Z",
        2,
        (Change("b/c", "withdrawn", before="0c"), Change("e", "added", after="0e")),
    )
    for commit in (BEGIN, EDIT, last):
        record.append(commit)
    open_again().change_record().forget({"b/c", "unknown"})
    first, second, third = commits(open_again())
    assert (first, second.changes[0], second.changes[2]) == (BEGIN, *EDIT.changes[::2])
    assert second.changes[1] == Change("b/c", "edited", (), "-", "-")
    assert third.changes == (Change("b/c", "withdrawn", (), "-", ""), last.changes[1])
    assert open_again().change_record().withdrawn_at("b/c") == "2026-11-28T11:00:00Z"
    times = open_again().change_record().withdrawal_times(["never", "b/c"])
    assert times == {"b/c": "2026-11-28T11:00:00Z"}


def test_an_empty_record_has_nothing_to_forget(open_again: OpenEngine) -> None:
    open_again().change_record().forget({"a"})
    assert commits(open_again()) == []


def test_no_text_is_stored_in_a_change() -> None:
    assert Change._fields == ("id", "kind", "fields", "before", "after")
    assert change_record.TEXT == "text"
