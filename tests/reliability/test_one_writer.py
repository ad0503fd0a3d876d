"""Several processes that write at once: all finish, and nothing is lost."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.engines.factory import open_engine
from indexer.indexing.sync import Summary
from indexer.processes import usable_cpus
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.serving import COMMAND, activities, environment
from tests.waiting import wait_for

Index = Callable[..., Summary]

# A run that pauses after its scan until standard input is closed. It misses later edits.
PAUSING_RUN = """
import sys
from webapp import cli
from indexer.indexing import sync
from tests.waiting import wait_for
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


def test_an_edit_during_a_run_is_indexed_by_the_run_that_waits_for_it(
    settings: Settings, content: Path
) -> None:
    first = start(settings, sys.executable, "-c", PAUSING_RUN)
    assert first.stdout
    assert first.stderr
    assert first.stdout.readline() == "scanned\n"
    (content / "late.md").write_text("Saved while a run scans.")
    second = start(settings, COMMAND, "index")
    assert second.stderr
    message = second.stderr.readline()
    assert re.search(
        rf"waiting for activities index by \S+ on \S+, pid {first.pid}, since 20\S+Z", message
    ), message
    out, error = first.communicate("", timeout=60)
    assert (first.returncode, error) == (0, "")
    out, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert "1 added" in out
    assert "late" in ids(settings)


def test_a_run_that_waits_too_long_names_the_lock_holder(settings: Settings) -> None:
    first = start(settings, sys.executable, "-c", PAUSING_RUN)
    assert first.stdout
    assert first.stdout.readline() == "scanned\n"
    process = activities(settings, "index", "--wait", "0.2")
    assert process.returncode == 3
    assert f"pid {first.pid}" in process.stderr.splitlines()[-1]
    assert "since 20" in process.stderr.splitlines()[-1]
    first.communicate("", timeout=60)


def test_the_lock_of_a_killed_process_is_free(settings: Settings) -> None:
    first = start(settings, sys.executable, "-c", PAUSING_RUN)
    assert first.stdout
    assert first.stdout.readline() == "scanned\n"
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=60)
    assert list(settings.index.glob("*/writer.json"))  # still names the killed process
    process = activities(settings, "index", "--wait", "0")
    assert (process.returncode, process.stderr) == (0, "")
    assert len(ids(settings)) == 4


@pytest.mark.skipif(usable_cpus() < 2, reason="one CPU reads in one process")
def test_the_reading_processes_of_a_killed_run_end_and_hold_no_lock(
    settings: Settings, content: Path
) -> None:
    (content / "many").mkdir()
    for number in range(6000):
        (content / "many" / f"a{number}.md").write_text("Text.")
    pausing = (
        "import indexer.content.files as files_module\n"
        "read_files = files_module.read_files\n"
        "def pause_while_reading(files, rules):\n"
        "    for n, parsed in enumerate(read_files(files, rules)):\n"
        "        if n == 500:\n"
        "            print('reading', flush=True); sys.stdin.read()\n"
        "        yield parsed\n"
        "files_module.read_files = pause_while_reading\n"
    )
    first = start(settings, sys.executable, "-c", f"import sys\n{pausing}{PAUSING_RUN}")
    assert first.stdout
    assert first.stdout.readline() == "reading\n"
    children = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
    assert children
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    process = activities(settings, "index", "--wait", "20")
    first.communicate(timeout=60)
    assert process.returncode == 0, process.stderr
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_concurrent_runs_rebuilds_a_watcher_and_edits_lose_nothing(
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
        outputs = [process.communicate(timeout=120) for process in running]
        assert [process.returncode for process in running] == [0] * 4, outputs
    assert watcher.poll() is None
    watcher.terminate()
    watcher.communicate(timeout=60)
    assert activities(settings, "index").returncode == 0
    assert len(ids(settings)) == 4 + 6 * 40
    assert activities(settings, "status").returncode == 0
