"""watch(): saves by editors, Git checkouts and bursts of changes, in a real folder and index."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import watchfiles
from hypothesis import HealthCheck, example, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from indexer.content.activity import Activity
from indexer.engines.base import Engine, EngineUnavailable
from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary, sync
from indexer.indexing.watch import WATCH_OPTIONS, FolderWatcher, Problem, watch
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.serving import COMMAND, environment
from tests.waiting import wait_for


class Watched:
    """A watcher in a thread, with the summaries and problems that it reported."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.runs: list[Summary] = []
        self.problems: list[Problem] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(
            target=watch,
            args=(
                engine,
                settings.content,
                "a test",
                settings.index,
                self.stop,
                self.runs.append,
                self.problems.append,
            ),
        )
        self.thread.start()
        self.until(lambda: self.runs or self.problems)

    def until(self, condition: Callable[[], object]) -> None:
        wait_for(condition, lambda: (self.runs, self.problems))

    def ids(self) -> set[str]:
        with self.engine.snapshot() as snapshot:
            return {stored.id for stored in snapshot.scan(Plan())}

    def body(self, id: str) -> str:
        with self.engine.snapshot() as snapshot:
            activity = snapshot.get(id)[0]
            return activity.body if activity else ""

    def generation(self) -> int:
        with self.engine.snapshot() as snapshot:
            return snapshot.generation.number


@pytest.fixture
def watched(engine: Engine, settings: Settings) -> Iterator[Watched]:
    watched = Watched(engine, settings)
    yield watched
    watched.stop.set()
    watched.thread.join()


def test_a_saved_file_is_indexed_and_a_removed_one_deleted(watched: Watched, content: Path) -> None:
    assert len(watched.ids()) == 4
    (content / "new.md").write_text("A shelter opened.")
    watched.until(lambda: watched.body("new") == "A shelter opened.")
    (content / "new.md").write_text("Two shelters opened.")
    watched.until(lambda: watched.body("new") == "Two shelters opened.")
    (content / "new.md").unlink()
    watched.until(lambda: "new" not in watched.ids())


def test_an_atomic_save_with_temporary_files_is_one_change(watched: Watched, content: Path) -> None:
    before = watched.generation()
    (content / ".kgz-police.md.swp").write_bytes(b"vim")
    (content / "4913").write_bytes(b"")
    (content / "4913").unlink()
    (content / "kgz-police.md~").write_text("old")
    (content / "kgz-police.tmp").write_text("Saved by renaming.")
    os.replace(content / "kgz-police.tmp", content / "kgz-police.md")
    watched.until(lambda: watched.body("kgz-police") == "Saved by renaming.")
    assert watched.generation() == before + 1
    assert len(watched.ids()) == 4
    assert not watched.problems


@pytest.mark.parametrize("name", ["_vocabulary.yaml", "_synonyms.yaml"])
def test_an_error_in_a_file_of_the_editors_is_reported_when_it_is_saved(
    watched: Watched, content: Path, name: str
) -> None:
    (content / name).write_text("- not a mapping\n")
    watched.until(lambda: any(run.errors for run in watched.runs))
    assert name in watched.runs[-1].errors[0].path
    assert len(watched.ids()) == 4


def test_a_file_with_errors_is_reported_and_keeps_its_last_good_version(
    watched: Watched, content: Path
) -> None:
    good = watched.body("kgz-police")
    (content / "kgz-police.md").write_text("---\nyear: 20l9\n---\nBroken.")
    watched.until(lambda: watched.runs[-1].errors)
    assert "kgz-police.md:2: year" in str(watched.runs[-1].errors[0])
    assert watched.runs[-1].rejected == 1
    assert watched.body("kgz-police") == good
    (content / "other.md").write_text("Another file.")
    watched.until(lambda: watched.runs[-1].added == 1)
    assert "other" in watched.ids()
    assert watched.runs[-1].rejected == 1
    (content / "kgz-police.md").write_text("Mended.")
    watched.until(lambda: watched.runs[-1].rejected == 0)
    assert watched.body("kgz-police") == "Mended."


def test_a_draft_is_deleted_and_indexed_again_when_it_is_no_draft(
    watched: Watched, content: Path
) -> None:
    (content / "kgz-police.md").write_text("---\ndraft: true\n---\nNot yet.")
    watched.until(lambda: watched.runs[-1].drafts == 1)
    assert "kgz-police" not in watched.ids()
    (content / "kgz-police.md").write_text("Now.")
    watched.until(lambda: watched.body("kgz-police") == "Now.")


def test_a_moved_folder_is_indexed_and_watched(
    watched: Watched, content: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside" / "asia"
    outside.mkdir(parents=True)
    (outside / "one.md").write_text("One.")
    outside.rename(content / "asia")
    watched.until(lambda: "asia/one" in watched.ids())
    (content / "asia" / "two.md").write_text("Two.")
    watched.until(lambda: "asia/two" in watched.ids())
    (content / "asia").rename(content / "south-asia")
    watched.until(
        lambda: (
            {"south-asia/one", "south-asia/two"} <= watched.ids()
            and "asia/one" not in watched.ids()
        )
    )
    shutil.rmtree(content / "south-asia")
    watched.until(lambda: len(watched.ids()) == 4)


def test_an_alias_that_another_file_makes_invalid_is_rejected_until_it_is_valid(
    watched: Watched, content: Path
) -> None:
    (content / "old-name.md").write_text("This address was the alias of another.")
    watched.until(lambda: watched.runs[-1].errors)
    assert "pak-trafficking" in str(watched.runs[-1].errors[0])
    (content / "pak-trafficking.md").write_text(
        "---\naliases: [old-name]\n---\nEdited while its alias was wrong."
    )
    (content / "old-name.md").unlink()
    watched.until(lambda: watched.body("pak-trafficking") == "Edited while its alias was wrong.")
    watched.until(lambda: watched.runs[-1].rejected == 0)
    (content / "kgz-police.md").write_text("---\naliases: [former]\n---\nWith an alias.")
    watched.until(lambda: watched.body("kgz-police") == "With an alias.")


def test_an_alias_of_one_file_alone_needs_no_full_run(
    watched: Watched, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: list[object] = []
    monkeypatch.setattr(
        "indexer.indexing.watch.sync",
        lambda *arguments, **options: whole.append(arguments) or sync(*arguments, **options),
    )
    for body, aliases in (
        ("Renamed.", "former"),
        ("Edited.", "former"),
        ("Renamed again.", "former, second"),
    ):
        (content / "new.md").write_text(f"---\naliases: [{aliases}]\n---\n{body}")
        watched.until(lambda body=body: watched.body("new") == body)
    (content / "new.md").unlink()
    watched.until(lambda: not watched.body("new"))
    (content / "other.md").write_text("---\naliases: [former]\n---\nIt has it now.")
    watched.until(lambda: watched.body("other"))
    assert not whole
    (content / "third.md").write_text("---\naliases: [former]\n---\nSo would this.")
    watched.until(lambda: watched.runs[-1].rejected == 2)
    assert whole


def test_an_alias_of_two_files_is_valid_again_when_one_gives_it_up(
    watched: Watched, content: Path
) -> None:
    for id in ("one", "two"):
        (content / f"{id}.md").write_text(f"---\naliases: [the-same]\n---\nThis is {id}.")
    watched.until(lambda: watched.runs[-1].rejected == 2)
    assert not {"one", "two"} & watched.ids()
    (content / "two.md").write_text("This is two.")
    watched.until(lambda: {"one", "two"} <= watched.ids())
    watched.until(lambda: watched.runs[-1].rejected == 0)


def test_a_name_that_is_not_unicode_is_reported_and_watching_goes_on(
    watched: Watched, content: Path
) -> None:
    Path(os.fsdecode(os.fsencode(content) + b"/caf\xe9.md")).write_text("Saved by an old program.")
    watched.until(lambda: watched.runs[-1].errors)
    assert "caf\\xe9.md:1" in str(watched.runs[-1].errors[0])
    (content / "one.md").write_text("One.")
    watched.until(lambda: "one" in watched.ids())


def test_a_link_to_the_folder_may_be_replaced(
    engine: Engine, settings: Settings, content: Path, tmp_path: Path
) -> None:
    before, after = content.rename(tmp_path / "release-1"), tmp_path / "release-2"
    shutil.copytree(before, after)
    (after / "new.md").write_text("Of the second release.")
    content.symlink_to(before)
    watched = Watched(engine, settings)
    try:
        (tmp_path / "next").symlink_to(after)
        os.replace(tmp_path / "next", content)
        watched.until(lambda: "new" in watched.ids())
        (content / "later.md").write_text("Later.")
        watched.until(lambda: "later" in watched.ids())
    finally:
        watched.stop.set()
        watched.thread.join()


def test_a_folder_that_cannot_be_watched_is_reported_and_polled(
    engine: Engine, settings: Settings, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        # The error if the kernel has no watches left.
        raise OSError("OS file watch limit reached. about [/content]")

    monkeypatch.setattr("indexer.indexing.watch.RETRY_SECONDS", 0.1)
    monkeypatch.setattr("watchfiles.watch", refuse)
    watched = Watched(engine, settings)
    try:
        (content / "one.md").write_text("One.")
        watched.until(lambda: "one" in watched.ids())
        assert "watch limit reached" in str(watched.problems[0])
        assert "fs.inotify.max_user_watches" in str(watched.problems[0])
    finally:
        watched.stop.set()
        watched.thread.join()


def test_a_folder_whose_event_was_dropped_is_found_by_the_next_check_and_then_watched(
    engine: Engine, settings: Settings, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = watchfiles.watch

    def drop_events(*paths: Path, **options: object) -> Iterator[set[tuple[object, str]]]:
        """Drop the events of the folder late, as an overflow of the kernel's queue does."""
        for changes in real(*paths, **options):  # type: ignore[arg-type]
            yield {change for change in changes if "late" not in change[1]}

    monkeypatch.setattr("indexer.indexing.watch.CHECK_SECONDS", 1.0)
    monkeypatch.setattr("watchfiles.watch", drop_events)
    watched = Watched(engine, settings)
    try:
        (content / "late").mkdir()
        (content / "late" / "one.md").write_text("One.")
        watched.until(lambda: "late/one" in watched.ids())
        # The watch is set up again for each check.
        monkeypatch.setattr("watchfiles.watch", real)
        (content / "late" / "two.md").write_text("Two.")
        watched.until(lambda: "late/two" in watched.ids())
        monkeypatch.setattr("indexer.indexing.watch.CHECK_SECONDS", 600.0)
        runs = len(watched.runs)
        watched.until(lambda: len(watched.runs) > runs)  # the last run that a timer started
        (content / "late" / "three.md").write_text("Three.")
        watched.until(lambda: "late/three" in watched.ids())
    finally:
        watched.stop.set()
        watched.thread.join()


def test_the_watch_command_ends_with_an_interrupt(settings: Settings) -> None:
    # A shell starts background jobs with SIGINT ignored.
    command = ["env", "--default-signal=INT", COMMAND, "watch"]
    with (
        subprocess.Popen(
            command, env=environment(settings), stderr=subprocess.PIPE, text=True
        ) as process,
        ExitStack() as after,
    ):
        after.callback(process.kill)  # a failed assertion must not wait for the process
        assert process.stderr
        assert "watching" in process.stderr.readline()
        assert "4 added" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stderr.read() == ""


def test_a_checkout_of_many_files_makes_few_commits(
    watched: Watched, content: Path, tmp_path: Path
) -> None:
    count = 5_000
    repository = tmp_path / "repository"
    (repository / "many").mkdir(parents=True)

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(repository), *arguments],
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    for number in range(count):
        (repository / "many" / f"a{number}.md").write_text(f"Activity {number}.")
    git("add", ".")
    git("commit", "-qm", "many")
    before = watched.generation()
    git("--work-tree", str(content), "checkout", "HEAD", "--", ".")
    watched.until(lambda: len(watched.ids()) == count + 4)
    assert watched.generation() - before <= 10


def test_a_burst_during_a_commit_is_indexed_after_it(
    watched: Watched, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = watched.engine.writer
    waits = threading.Event()

    def waiting_writer(*arguments: object, **options: object) -> object:
        waits.set()
        return writer(*arguments, **options)  # type: ignore[arg-type]

    with writer("someone else", 0):  # like a commit that takes long
        monkeypatch.setattr(watched.engine, "writer", waiting_writer)
        (content / "first.md").write_text("First.")
        watched.until(waits.is_set)
        for number in range(50):
            (content / f"burst-{number}.md").write_text(f"Burst {number}.")
    watched.until(lambda: len(watched.ids()) == 4 + 1 + 50)
    assert not watched.problems


def test_another_process_may_index_meanwhile(
    watched: Watched, content: Path, index: Callable[..., Summary]
) -> None:
    (content / "one.md").write_text("One.")
    index()
    (content / "two.md").write_text("Two.")
    watched.until(lambda: {"one", "two"} <= watched.ids())


def test_a_rollback_just_before_a_commit_of_the_watcher_holds_the_index(
    engine: Engine, settings: Settings, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Summary] = []
    watcher = FolderWatcher(
        engine, content, "a test", settings.index, threading.Event(), runs.append, pytest.fail
    )
    watcher.root = content
    watcher.index(set(), checked=False)
    (content / "one.md").write_text("One.")
    watcher.index({content / "one.md"}, checked=False)
    writer = engine.writer

    def roll_back_first(*arguments: object, **options: object) -> object:
        """Wait for the lock, as if another process rolled back while it had it."""
        monkeypatch.setattr(engine, "writer", writer)
        open_engine(settings).rollback(1, "ana")
        return writer(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "writer", roll_back_first)
    (content / "two.md").write_text("Two.")
    watcher.index({content / "two.md"}, checked=False)
    assert runs[-1].held == 1
    assert {stored.id for stored in _all(engine)} & {"one", "two"} == set()


def test_a_rollback_lasts_until_resume(
    watched: Watched, content: Path, engine: Engine, index: Callable[..., Summary]
) -> None:
    (content / "one.md").write_text("One.")
    watched.until(lambda: "one" in watched.ids())
    target = engine.generations()[-2].number
    engine.rollback(target, "a test", timeout=10)
    (content / "two.md").write_text("Two.")
    watched.until(lambda: watched.runs[-1].held == target)
    assert len(watched.ids()) == 4
    index(resume=True)
    assert {"one", "two"} <= watched.ids()
    (content / "three.md").write_text("Three.")
    watched.until(lambda: "three" in watched.ids())


def test_a_folder_that_is_moved_away_and_back_is_watched_again(
    watched: Watched, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.indexing.watch.RETRY_SECONDS", 0.1)
    content.rename(content.with_name("away"))
    watched.until(lambda: watched.problems)
    assert "content" in str(watched.problems[0])
    assert len(watched.ids()) == 4
    content.with_name("away").rename(content)
    (content / "back.md").write_text("Back.")
    watched.until(lambda: "back" in watched.ids())
    (content / "later.md").write_text("Later.")
    watched.until(lambda: "later" in watched.ids())


def fill(path: Path) -> None:
    """Write a file until the disk is full."""

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    with pytest.raises(OSError, match="No space"):
        write()


def test_a_full_disk_is_reported_and_changes_are_indexed_when_there_is_space(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(small)],
        check=False,
        capture_output=True,
    ).returncode:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "a small file system cannot be mounted: no root"
        )
    monkeypatch.setattr("indexer.indexing.watch.RETRY_SECONDS", 0.2)
    try:
        settings = Settings(content=content, index=small / "index")
        engine = open_engine(settings)
        watched = Watched(engine, settings)
        try:
            filler = small / "filler"
            fill(filler)
            (content / "new.md").write_text("Saved while the disk was full.")
            watched.until(lambda: watched.problems)
            assert isinstance(watched.problems[0], EngineUnavailable)
            assert "No space left" in str(watched.problems[0])
            assert len(watched.ids()) == 4
            filler.unlink()
            watched.until(lambda: "new" in watched.ids())
        finally:
            watched.stop.set()
            watched.thread.join()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


TEXTS = {
    "good": "A shelter opened.",
    "broken": "---\nyear: x\n---\nBroken.",
    "draft": "---\ndraft: true\n---\nNot yet.",
    "alias": "---\naliases: [a]\n---\nIt was a.",
    "aliases": "---\naliases: [a, s/b]\n---\nIt was both.",
}
FILES = ("a", "s/b", "s/t/c", "u/b")
STEPS = st.one_of(
    st.tuples(st.sampled_from(FILES), st.sampled_from((*TEXTS, "gone", "gone"))),
    st.tuples(st.sampled_from(FILES[1:]), st.sampled_from(("alias", "aliases"))),
    st.tuples(st.just("a"), st.sampled_from(("good", "gone"))),
    st.tuples(st.sampled_from(("s", "u", "s/t")), st.sampled_from(("v", "gone"))),
)


def change(content: Path, step: tuple[str, str]) -> set[Path]:
    """Make one change and return the paths that the kernel reports."""
    name, action = step
    path = content / name
    if name in FILES:
        path = path.with_suffix(".md")
        if action == "gone":
            path.unlink(missing_ok=True)
            return {path}
        new = next((folder for folder in [*path.parents][::-1] if not folder.exists()), path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXTS[action])
        return {new}  # files in a new folder are not reported
    if action == "gone":
        shutil.rmtree(path, ignore_errors=True)
        return {path}
    if path.exists() and not (content / action).exists():
        path.rename(content / action)
    return {path, content / action}


@settings_of(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(  # a refused deletion that is allowed after an activity was added
    [[("a", "broken")], [("s/b", "alias")], [("a", "good"), ("s", "gone")], [("s", "v")]]
)
@given(st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=4, max_size=10))
def test_indexing_changed_paths_equals_indexing_the_whole_folder(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, str]]]
) -> None:
    folder = tmp_path_factory.mktemp("equal")
    content = folder / "content"
    content.mkdir()
    engines = [
        open_engine(Settings(content=content, index=folder / name)) for name in ("watched", "whole")
    ]
    summaries: list[Summary] = []
    watcher = FolderWatcher(
        engines[0],
        content,
        "a test",
        folder / "watched",
        threading.Event(),
        summaries.append,
        pytest.fail,
    )
    watcher.root = content
    watcher.index(set(), checked=False)
    for batch in batches:
        watcher.index(set().union(*(change(content, step) for step in batch)), checked=False)
        whole = sync(engines[1], content, "a test", WATCH_OPTIONS, cache=folder / "whole")
        assert (summaries[-1].rejected, summaries[-1].drafts) == (whole.rejected, whole.drafts)
        by_paths, by_folder = (
            {stored.id: (stored.digest, stored.body) for stored in _all(engine)}
            for engine in engines
        )
        assert by_paths == by_folder


def _all(engine: Engine) -> list[Activity]:
    with engine.snapshot() as snapshot:
        return list(snapshot.scan(Plan()))
