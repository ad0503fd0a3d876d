"""Several processes that write at once: all end well, nothing is lost, and who waits says for whom."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary
from indexer.processes import usable_cpus
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.serving import COMMAND, activities, environment

Index = Callable[..., Summary]

# A run that stops after its scan until its standard input is closed: what is saved meanwhile it has not seen.
SLOW = """
import sys
from webapp import cli
from indexer.indexing import sync
apply_changes = sync.apply_changes
def pause_before_commit(*arguments):
    counts = apply_changes(*arguments)
    print("scanned", flush=True)
    sys.stdin.read()
    return counts
sync.apply_changes = pause_before_commit
sys.argv[1:] = ["index"]
cli.main()
"""


def ids(settings: Settings) -> set[str]:
    with open_engine(settings).snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())}


def start(settings: Settings, *command: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env=environment(settings),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_an_edit_saved_while_a_run_scans_is_found_by_the_run_that_waits_for_it(
    settings: Settings, content: Path
) -> None:
    first = start(settings, sys.executable, "-c", SLOW)
    assert first.stdout
    assert first.stderr
    assert first.stdout.readline() == "scanned\n"
    (content / "late.md").write_text("Saved while a run scans.")
    second = start(settings, COMMAND, "index")
    assert second.stderr
    said = second.stderr.readline()
    assert re.search(
        rf"waiting for activities index by \S+ on \S+, pid {first.pid}, since 20\S+Z", said
    ), said
    out, error = first.communicate("", timeout=60)
    assert (first.returncode, error) == (0, "")
    out, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert "1 added" in out
    assert "late" in ids(settings)


def test_who_waits_too_long_says_for_whom(settings: Settings) -> None:
    first = start(settings, sys.executable, "-c", SLOW)
    assert first.stdout
    assert first.stdout.readline() == "scanned\n"
    ran = activities(settings, "index", "--wait", "0.2")
    assert ran.returncode == 3
    assert f"pid {first.pid}" in ran.stderr.splitlines()[-1]
    assert "since 20" in ran.stderr.splitlines()[-1]
    first.communicate("", timeout=60)


def test_a_lock_left_by_a_dead_process_is_no_obstacle(settings: Settings) -> None:
    first = start(settings, sys.executable, "-c", SLOW)
    assert first.stdout
    assert first.stdout.readline() == "scanned\n"
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=60)
    assert list(settings.index.glob("*/writer.json"))  # it is still said to write
    ran = activities(settings, "index", "--wait", "0")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ids(settings)) == 4


@pytest.mark.skipif(usable_cpus() < 2, reason="one core reads in one process")
def test_a_killed_run_takes_its_helpers_with_it_and_they_hold_no_lock(
    settings: Settings, content: Path
) -> None:
    (content / "many").mkdir()
    for number in range(6000):
        (content / "many" / f"a{number}.md").write_text("Text.")
    reading = (
        "import indexer.content.files as c\nhere = c.read_files\ndef read_files(entries):\n"
        "    for n, found in enumerate(here(entries)):\n        if n == 500:\n            print('reading', flush=True); sys.stdin.read()\n"
        "        yield found\nc.read_files = read_files\n"
    )
    first = start(settings, sys.executable, "-c", f"import sys\n{reading}{SLOW}")
    assert first.stdout
    assert first.stdout.readline() == "reading\n"
    helpers = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
    assert helpers
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    ran = activities(settings, "index", "--wait", "20")
    first.communicate(timeout=60)
    assert ran.returncode == 0, ran.stderr
    end = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in helpers):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_runs_rebuilds_a_watcher_and_edits_at_once_all_end_well_and_lose_nothing(
    settings: Settings, content: Path
) -> None:
    assert activities(settings, "index").returncode == 0
    watcher = start(settings, COMMAND, "watch")
    for batch in range(6):
        running = [
            start(settings, COMMAND, "index", *options)
            for options in ([], ["--rebuild"], [], ["--verify"])
        ]
        for number in range(40):
            (content / f"edit-{batch}-{number}.md").write_text(f"Edit {number}.")
        ended = [process.communicate(timeout=120) for process in running]
        assert [process.returncode for process in running] == [0] * 4, ended
    assert watcher.poll() is None
    watcher.terminate()
    watcher.communicate(timeout=60)
    assert activities(settings, "index").returncode == 0
    assert len(ids(settings)) == 4 + 6 * 40
    assert activities(settings, "status").returncode == 0
