"""What disks, clocks and permissions do to a run: nothing is lost, and a sentence says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import scan
from indexer.content import scan as look
from indexer.engines import Engine, open_engine
from indexer.plan import Plan
from indexer.scan import Scan
from indexer.settings import Settings
from indexer.sync import Summary, sync
from tests.serving import COMMAND, activities, environment

Index = Callable[..., Summary]
# Root may read and write whatever its permissions: not in these processes.
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


def lacking(what: str) -> None:
    """The real part of a test is not on this machine: named as a skip, in CI a failure."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


def ids(engine: Engine) -> set[str]:
    with engine.snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


@contextmanager
def small_disk(path: Path, size: str = "600k") -> Iterator[Path]:
    """A file system of its own."""
    path.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=False, capture_output=True
    ).returncode:
        lacking("a small file system cannot be mounted: no root")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def run(settings: Settings, *arguments: str, before: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*(before or []), COMMAND, *arguments], env=environment(settings), capture_output=True,
                          text=True, timeout=120, check=False)  # fmt: skip


def test_a_full_disk_leaves_the_old_generation_and_says_to_free_some_space(tmp_path: Path, content: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        settings = Settings(content=content, index=disk / "index")
        assert run(settings, "index").returncode == 0
        for number in range(300):
            (content / f"more-{number}.md").write_text(os.urandom(2000).hex())
        for options in ([], ["--rebuild"]):
            full = run(settings, "index", *options)
            assert (full.returncode, full.stdout) == (3, "")
            assert "No space left on device" in full.stderr
            assert "free some space" in full.stderr
            assert full.stderr.count("\n") == 1
            assert len(ids(open_engine(settings))) == 4
        for path in content.glob("more-*.md"):
            path.unlink()
        (content / "new.md").write_text("A new one.")
        assert run(settings, "index").stdout.startswith("1 added")


def test_a_read_only_file_system_is_said_and_still_searched(tmp_path: Path, content: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        settings = Settings(content=content, index=disk / "index")
        assert run(settings, "index").returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        (content / "new.md").write_text("A new one.")
        refused = run(settings, "index")
        assert refused.returncode == 3
        assert "Read-only file system" in refused.stderr
        assert "make it writable again" in refused.stderr
        assert run(settings, "search", "police").returncode == 0
        assert run(settings, "status").returncode == 1  # and says that new.md is not indexed
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert run(settings, "index").stdout.startswith("1 added")


def test_one_file_that_may_not_be_read_is_named_and_keeps_its_last_good_version(
    settings: Settings, content: Path
) -> None:
    assert run(settings, "index").returncode == 0
    (content / "kgz-police.md").write_text("Changed, and not to be read.")
    (content / "kgz-police.md").chmod(0)
    (content / "new.md").write_text("A new one.")
    for options in ([], ["--rebuild"], ["--verify"]):
        found = run(settings, "index", *options, before=UNPRIVILEGED if os.geteuid() == 0 else [])
        assert found.returncode == 1
        assert "kgz-police.md:1: cannot be read (Permission denied): mend its permissions" in found.stderr
        with open_engine(settings).snapshot() as snapshot:
            assert "domestic violence" in snapshot.get("kgz-police")[0].body  # type: ignore[union-attr]
        assert "new" in ids(open_engine(settings))
    (content / "kgz-police.md").chmod(0o644)
    assert run(settings, "index").stdout.startswith("0 added, 1 changed")


def test_a_file_that_vanishes_between_listing_and_reading_is_as_if_removed(
    content: Path, engine: Engine, index: Index
) -> None:
    index()
    (content / "a-first.md").write_text("Read first.")
    (content / "zz-last.md").write_text("Gone before it is read.")
    rows = look(content, Scan())
    seen = [next(rows)]
    (content / "zz-last.md").unlink()
    seen += rows
    assert seen[0][0].id == "a-first"
    assert not [
        entry for entry, parsed in seen if entry.id == "zz-last" and parsed and (parsed.activity or parsed.errors)
    ]
    (content / "kgz-police.md").unlink()
    found = index()
    assert (found.added, found.deleted, found.errors) == (1, 1, [])


def test_a_clock_that_is_set_back_hides_no_change(
    content: Path, engine: Engine, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = time.time_ns() - 3600 * 10**9
    index()
    monkeypatch.setattr("time.time_ns", lambda: past)
    index()
    for text in ("First text.", "Other text"):  # of one size with the newline, one second, as seen an hour ago
        (content / "kgz-police.md").write_text(text)
        os.utime(content / "kgz-police.md", ns=(past, past))
        assert index().changed == 1
    assert index().generation == 3


def test_other_content_behind_the_same_stamp_is_found_by_verify(
    settings: Settings, content: Path, index: Index
) -> None:
    for path in content.iterdir():
        os.utime(path, ns=(10**18, 10**18))
    index()
    path = content / "kgz-police.md"
    path.write_text(path.read_text().replace("trained", "tRained"))
    os.utime(path, ns=(10**18, 10**18))
    # As a file system without times of change and inodes would have it.
    last, stat = scan.load(settings.index, content), path.stat()
    same = dict(last.stamps) | {"kgz-police": (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)}
    scan.save(settings.index, content, replace(last, stamps=same))
    assert index().changed == 0
    assert index(verify=True).changed == 1


@pytest.mark.parametrize(
    ("name", "cure"),
    [("cafe\u0301.md", "cafe.md"), ("caf\u00e9.md", "cafe.md"), ("KGZ-Police.md", "that name is taken")],
)
def test_names_in_another_form_and_twins_are_named_with_what_to_call_them(
    content: Path, index: Index, name: str, cure: str
) -> None:
    index()
    (content / name).write_text("A twin.")
    found = index()
    assert (found.rejected, found.added, found.deleted) == (1, 0, 0)
    assert cure in str(found.errors[0])


def test_deep_folders_are_read_to_the_length_an_address_may_have(content: Path, engine: Engine, index: Index) -> None:
    deep = content.joinpath(*["d"] * 90)
    deep.mkdir(parents=True)
    (deep / "activity.md").write_text("Deep down.")
    too_deep = content.joinpath(*["e"] * 120)
    too_deep.mkdir(parents=True)
    (too_deep / "activity.md").write_text("Deeper.")
    found = index()
    assert (found.added, found.rejected) == (5, 1)
    assert "d/" * 90 + "activity" in ids(engine)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_hundred_thousand_files_in_one_folder_are_indexed_and_one_change_is_found(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for number in range(100_000):
        (content / f"a-{number}.md").write_text(f"Activity {number} of the police.")
    settings = Settings(content=content, index=tmp_path / "index")
    assert activities_within(settings, 200, "index") == "100000 added, 0 changed"
    (content / "a-5.md").write_text("Changed.")
    (content / "a-6.md").unlink()
    assert activities_within(settings, 60, "index") == "0 added, 1 changed"
    with open_engine(settings).snapshot() as snapshot:
        assert snapshot.generation.activities == 99_999


def activities_within(settings: Settings, seconds: float, *arguments: str) -> str:
    found = subprocess.run(
        [COMMAND, *arguments], env=environment(settings), capture_output=True, text=True, timeout=seconds, check=True
    )
    return ",".join(found.stdout.split(",")[:2])


@pytest.mark.slow
@pytest.mark.parametrize(("call", "error"), [("flock", "ENOLCK"), ("flock", "EOPNOTSUPP"), ("mmap", "ENODEV")])
def test_a_file_system_without_locks_or_maps_is_refused_with_a_clear_word(
    settings: Settings, content: Path, call: str, error: str
) -> None:
    if not shutil.which("strace"):
        lacking("no strace to take locks and maps away with: apt-get install strace")
    assert activities(settings, "index").returncode == 0
    (content / "new.md").write_text("A new one.")
    engine = open_engine(settings)
    files = [str(path) for path in engine.folder.iterdir() if path.suffix == ".arrays" or path.name.endswith("LOCK")]  # type: ignore[attr-defined]
    only = [part for path in files for part in ("-P", path)]
    refused = run(settings, "index", before=["strace", "-f", "-qq", "-o", "/dev/null", *only, "-e", f"trace={call}",
                                             "-e", f"inject={call}:error={error}"])  # fmt: skip
    assert refused.returncode == 3, refused.stderr
    assert "keep the index on a local disk: this file system cannot lock or map files" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert len(ids(open_engine(settings))) == 4
    assert activities(settings, "index").stdout.startswith("1 added")


def test_a_run_of_a_release_that_kept_another_scan_reads_everything(
    settings: Settings, content: Path, index: Index
) -> None:
    index()
    (settings.index / scan.NAME).write_bytes(b"what another release wrote")
    assert index().unchanged == 4
    assert sync(open_engine(settings), content, "a test", cache=settings.index).generation == 1
