"""sync(): indexes only changes, keeps last good versions, and respects rollbacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.content.synonyms import NO_SYNONYMS
from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import Engine, IndexBusy, IndexDamaged, IndexMissing, IndexOutOfDate
from indexer.engines.factory import open_engine
from indexer.indexing import run_log
from indexer.indexing.sync import Summary, SyncOptions, sync
from indexer.query.plan import Plan
from indexer.search.export import export
from indexer.search.request import SearchRequest
from indexer.search.service import stream_results
from indexer.settings import Settings
from tests.engines.conftest import ManualClock
from webapp.search_state import search_source

Index = Callable[..., Summary]


def ids(engine: Engine) -> set[str]:
    with engine.snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


def test_only_changes_are_indexed(engine: Engine, content: Path, index: Index) -> None:
    assert (index().added, index().unchanged) == (4, 4)
    (content / "new.md").write_text("A new one.")
    (content / "kgz-police.md").unlink()
    (content / "global-guide.md").write_text("Changed.")
    summary = index()
    assert (summary.added, summary.changed, summary.deleted, summary.unchanged) == (1, 1, 1, 2)
    assert ids(engine) == {"new", "global-guide", "pak-trafficking", "pak-mmr-roundtables"}


def test_a_run_without_changes_creates_no_generation(index: Index) -> None:
    assert index().generation == index().generation == 1


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_file_with_errors_keeps_its_last_good_version(
    engine: Engine, content: Path, index: Index, rebuild: bool
) -> None:
    index()
    (content / "kgz-police.md").write_text("---\nyear: 20l9\n---\nBroken.")
    summary = index(rebuild=rebuild)
    assert [error.line for error in summary.errors] == [2]
    assert summary.rejected == 1
    with engine.snapshot() as snapshot:
        stored = snapshot.get("kgz-police")[0]
    assert stored is not None
    assert stored.meta["year"] == (2019, 2020)


def test_a_draft_is_not_indexed(engine: Engine, content: Path, index: Index) -> None:
    (content / "draft.md").write_text("---\ndraft: true\n---\nNot yet.")
    assert index().drafts == 1
    assert "draft" not in ids(engine)


def test_without_an_index_the_error_names_the_command_to_run(
    engine: Engine, settings: object
) -> None:
    with pytest.raises(IndexMissing, match="activities index"), engine.snapshot():
        pass


def test_a_second_writer_is_told_who_holds_the_lock(engine: Engine) -> None:
    with engine.writer("ana", 1), pytest.raises(IndexBusy, match="ana"), engine.writer("ben", 0):
        pass


def test_resume_ends_a_rollback_that_restored_the_current_content(
    engine: Engine, index: Index
) -> None:
    index()
    engine.rollback(1, "a test")
    assert index().held == 1
    assert index(resume=True).held is None
    assert engine.generations()[-1].restores is None
    assert index().held is None


def test_a_rollback_lasts_until_resume(engine: Engine, content: Path, index: Index) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    restored = engine.rollback(1, "a test")
    assert (restored.number, restored.restores, len(ids(engine))) == (3, 1, 4)
    assert index().held == 1
    assert index(resume=True).added == 1
    assert len(ids(engine)) == 5


@pytest.mark.parametrize("name", ["\u6587.md", "folder.md/"])
def test_a_file_name_that_cannot_be_an_address_is_reported(
    content: Path, index: Index, name: str
) -> None:
    if name.endswith("/"):
        (content / name).mkdir()
    else:
        (content / name).write_text("Text.")
    summary = index()
    assert summary.added == 4
    assert "rename" in str(summary.errors[0])


def test_a_symbolic_link_is_never_followed(tmp_path: Path, content: Path, index: Index) -> None:
    (tmp_path / "secret.md").write_text("Secret.")
    (content / "link.md").symlink_to(tmp_path / "secret.md")
    assert "symbolic link" in str(index().errors[0])


def test_two_files_with_one_alias_name_each_other(content: Path, index: Index) -> None:
    for name in ("one", "two"):
        (content / f"{name}.md").write_text("---\naliases: [was]\n---\nText.")
    errors = " ".join(map(str, index().errors))
    assert "one.md" in errors
    assert "two.md" in errors


# Whoosh does not close a table of contents that it could not read.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
def test_a_damaged_index_is_reported_and_a_rebuild_repairs_it(
    engine: Engine, settings: object, index: Index, tmp_path: Path
) -> None:
    index()
    toc = next((tmp_path / "index").glob("*/_MAIN_1.toc"))
    toc.write_bytes(b"damaged")
    from indexer.engines.factory import open_engine

    fresh = open_engine(settings)  # type: ignore[arg-type]
    with pytest.raises(IndexDamaged, match="rebuild"), fresh.snapshot():
        pass
    assert index(rebuild=True).added == 4


def test_an_index_of_another_release_is_reported_and_left_in_place(
    index: Index, engine: Engine, tmp_path: Path, content: Path
) -> None:
    index()
    folder = next(p for p in (tmp_path / "index").iterdir() if p.is_dir())
    old = folder.rename(folder.with_name("0123456789ab"))
    with pytest.raises(IndexOutOfDate, match="activities index"), engine.snapshot():
        pass
    (content / "kgz-police.md").write_text("---\nyear: x\n---\nBroken.")
    index()
    assert "kgz-police" in ids(engine)  # its last good version was copied
    assert old.is_dir()


def test_an_index_folder_that_is_a_file_is_a_clear_error(
    engine: Engine, tmp_path: Path, index: Index
) -> None:
    (tmp_path / "index").write_text("not a folder")
    with pytest.raises(IndexDamaged, match="ACTIVITIES_INDEX"):
        index()


def test_a_rebuild_does_not_end_a_rollback(engine: Engine, content: Path, index: Index) -> None:
    index()
    (content / "new.md").write_text("A new one.")
    index()
    engine.rollback(1, "a test")
    assert index(rebuild=True).held == 1
    assert index(rebuild=True, resume=True).added == 5


def test_a_run_reports_its_progress(index: Index) -> None:
    steps: list[tuple[str, int, int]] = []
    index(progress=lambda *step: steps.append(step))
    assert steps[-1] == ("writing", 4, 4)
    assert ("reading", 4, 4) in steps


def test_an_error_in_the_vocabulary_is_reported_but_is_not_a_rejected_file(
    content: Path, settings: Settings, index: Index
) -> None:
    (content / "_vocabulary.yaml").write_text("year:\n  x: A label\n")
    for _ in range(2):
        summary = index()
        assert [error.reason for error in summary.errors] == [
            '"year" has no vocabulary: use theme, partner or agency'
        ]
        assert summary.rejected == 0
    record = run_log.recent(settings.index, 1)[0]
    assert record.counts["rejected"] == 0
    assert len(record.errors) == 1


def test_a_rebuild_announces_only_changed_activities_in_a_feed(
    settings: Settings, content: Path
) -> None:
    clock = ManualClock(1_790_000_000)
    engine = open_engine(settings, clock)

    def feed(**options: bool) -> list[str]:
        sync(engine, content, "a test", SyncOptions(**options), cache=settings.index)
        clock.seconds += 3600
        page, rows = stream_results(engine, SearchRequest(""), Vocabulary({}), NO_SYNONYMS)
        source = search_source(SearchRequest(""), page.total, page.generation, "http://test")
        text = b"".join(export("atom", source, rows, Vocabulary({}))).decode()
        return text.split("<entry>")[1:]

    before = feed()
    assert feed(rebuild=True) == before
    (content / "kgz-police.md").write_text("Changed.")
    after = feed(rebuild=True)
    assert len({*after} - {*before}) == 1
    assert len(after) == 4
