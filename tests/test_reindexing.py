"""Reindexing while others search and others write, with real processes."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from indexer import runs
from indexer.engines import Engine, open_engine
from indexer.plan import Plan
from indexer.settings import Settings
from indexer.sync import Summary, sync
from tests.serving import COMMAND, Server, activities, environment

GRACE = 1.0  # seconds after a commit in which a worker may still serve the generation before
EXTRA = 7


def write_round(content: Path, number: int) -> int:
    """Give every file the words of a round, and each round another number of files; how many there are."""
    count = 3 + number % EXTRA
    for at in range(3 + EXTRA):
        path = content / f"police-{at}.md"
        if at < count:
            path.write_text(f"---\ncountry: [{'PAK' if at % 2 else 'KEN'}]\n---\nPolice of round{number} were trained.")
        else:
            path.unlink(missing_ok=True)
    return count


class Clients:
    """Clients that search as fast as they can; each answer is looked at."""

    def __init__(self, url: str, rounds: dict[int, tuple[int, int, float]], count: int) -> None:
        """rounds: of each generation its round, its number of activities and when it was committed."""
        self.url, self.rounds = url, rounds
        self.wrong: list[str] = []
        self.answers = 0
        self.seen: set[int] = set()
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def _ask(self, number: int) -> None:
        looks = [self._api, self._page, self._export]
        while not self.stop.is_set():
            number += 1
            started = time.monotonic()
            try:
                looks[number % len(looks)](started)
                self.answers += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what the test looks for
                self.wrong.append(f"{looks[number % len(looks)].__name__}: {error!r}")

    def _get(self, path: str) -> str:
        with urlopen(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def _api(self, started: float) -> None:
        found = json.loads(self._get("/api/v1/search?q=police&per_page=100"))
        self._one_generation(started, found["generation"], found["total"], json.dumps(found["hits"]))
        counts = [value["count"] for value in found["facets"]["country"]["values"] if value["value"] != "none"]
        assert sum(counts) == found["total"] == len(found["hits"]), found

    def _page(self, started: float) -> None:
        text = self._get("/?q=police&per_page=100")
        total = int(re.search(r'class="total">(\d+)', text)[1])  # type: ignore[index]
        rounds = set(re.findall(r"of round(\d+)", text))
        assert len(rounds) == 1, rounds
        assert total == 3 + int(rounds.pop()) % EXTRA
        assert text.rstrip().endswith("</html>")

    def _export(self, started: float) -> None:
        found = json.loads(self._get("/export?format=json&q=police"))
        self._one_generation(started, found["generation"], found["total"], json.dumps(found["hits"]))
        assert len(found["hits"]) == found["total"]

    def _one_generation(self, started: float, generation: int, total: int, text: str) -> None:
        self.seen.add(generation)
        while generation not in self.rounds:  # committed, and not noted by the test yet
            assert time.monotonic() - started < 10, generation
            time.sleep(0.01)
        number, count, _ = self.rounds[generation]
        assert set(re.findall(r"of round(\d+)", text)) == {str(number)}, (generation, number, text)
        assert total == count
        late = [g for g, (_, _, at) in list(self.rounds.items()) if g > generation and at < started - GRACE]
        assert not late, f"generation {generation} where {late} were committed before"

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def workers_of(server: Server) -> list[int]:
    """The processes of a server's workers."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True, check=True
    )
    return [
        int(pid) for pid in found.stdout.split() if "resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_text()
    ]


@pytest.mark.parametrize(
    ("changes", "rebuilds"), [(12, 1), pytest.param(200, 5, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_searching_never_stops_while_the_index_changes(tmp_path: Path, changes: int, rebuilds: int) -> None:
    content = tmp_path / "content"
    content.mkdir()
    settings = Settings(content=content, index=tmp_path / "index")
    engine = open_engine(settings)
    rounds: dict[int, tuple[int, int, float]] = {}

    def run(number: int, rebuild: bool) -> None:
        count = write_round(content, number)
        made = sync(engine, content, "a test", cache=settings.index, rebuild=rebuild)
        assert made.generation is not None
        rounds[made.generation] = (number, count, time.monotonic())

    run(0, rebuild=False)
    server = Server(settings, "--workers", "2")
    try:
        clients = Clients(server.url, rounds, 4)
        for number in range(1, changes + 1):
            run(number, rebuild=number % (changes // rebuilds) == 0)
        time.sleep(GRACE)
        clients.end()
        assert clients.wrong == []
        assert clients.answers > changes
        assert max(rounds) in clients.seen
        # The disk of what is gone comes back: few files are left, and few that are gone are still mapped.
        assert len(list(engine.folder.glob("*.arrays"))) <= 9  # type: ignore[attr-defined]
        for pid in workers_of(server):
            gone = [
                line
                for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
                if line.endswith(".arrays (deleted)")
            ]
            assert len(gone) <= 6, gone
    finally:
        server.stop()


def test_a_download_that_takes_long_is_of_one_generation_and_its_disk_comes_back(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for number in range(300):
        (content / f"a{number}.md").write_text(f"Police of round0 number {number}. " + "Much more is said of it. " * 40)
    settings = Settings(content=content, index=tmp_path / "index")
    engine = open_engine(settings)
    sync(engine, content, "a test", cache=settings.index)
    with engine.snapshot() as snapshot:
        rows = snapshot.scan(Plan())
        first = next(rows)
        for number in range(1, 8):
            for path in content.glob("*.md"):
                path.write_text(f"Police of round{number}.")
            sync(engine, content, "a test", cache=settings.index)
        rest = list(rows)
    assert all("round0" in stored.body for stored in [first, *rest])
    assert len(rest) == 299
    del snapshot, rows
    with engine.snapshot() as now:
        assert "round7" in next(now.scan(Plan())).body
    gc.collect()  # a worker's collector runs by itself
    gone = [line for line in Path("/proc/self/maps").read_text().splitlines()
            if line.endswith(".arrays (deleted)") and str(tmp_path) in line]  # fmt: skip
    assert len(gone) <= 2


def test_metrics_are_of_all_workers_and_a_killed_one_loses_no_count(settings: Settings) -> None:
    server = Server(settings, "--workers", "2")
    try:
        for _ in range(40):
            server.get("/?q=police")
        before = requests(server)
        assert before >= 40
        os.kill(workers_of(server)[0], signal.SIGKILL)
        for _ in range(40):
            retried(server, "/?q=police")
        assert requests(server) >= before + 40
        assert json.loads(retried(server, "/readyz"))["generation"] == 1
    finally:
        server.stop()


def retried(server: Server, path: str) -> str:
    """An answer, also while a killed worker is replaced."""
    for _ in range(200):
        try:
            return server.get(path)
        except OSError:
            time.sleep(0.05)
    raise AssertionError(path)


def requests(server: Server) -> float:
    families = text_string_to_metric_families(retried(server, "/metrics"))
    return sum(sample.value for family in families for sample in family.samples
               if sample.name == "activities_http_requests_total" and sample.labels["route"] == "page")  # fmt: skip


def test_a_server_that_watches_shows_what_is_saved(settings: Settings, content: Path) -> None:
    server = Server(settings, "--workers", "2", "--watch")
    try:
        assert json.loads(server.get("/api/v1/search"))["total"] == 4
        (content / "new.md").write_text("A shelter opened.")
        deadline = time.monotonic() + 20
        while json.loads(server.get("/api/v1/search"))["total"] != 5:
            assert time.monotonic() < deadline, server.said
            time.sleep(0.02)
    finally:
        assert server.stop() == 0


def test_reindexing_on_call_works_across_workers_and_the_token_is_in_no_log(settings: Settings, content: Path) -> None:
    token = "a-token-of-this-test"
    server = Server(settings, "--workers", "2", env={"ACTIVITIES_TOKEN": token})
    try:
        (content / "new.md").write_text("A shelter opened.")
        (content / "bad.md").write_text("---\nyear: x\n---\nBad.")

        def ask(path: str, method: str = "GET") -> dict[str, object]:
            request = Request(server.url + path, method=method, headers={"Authorization": f"Bearer {token}"})
            with urlopen(request, timeout=20) as answer:
                return dict(json.loads(answer.read()))

        where = str(ask("/api/v1/reindex", "POST")["url"])
        deadline = time.monotonic() + 30
        while (job := ask(where))["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert (job["state"], job["generation"]) == ("done", 2)
        with pytest.raises(HTTPError) as refused:
            urlopen(server.url + where, timeout=20)
        assert refused.value.code == 401
        refused.value.close()
    finally:
        server.stop()
    assert token not in "".join([*server.said, *server.log])
    assert token not in "".join(path.read_text() for path in settings.index.glob("*.json*"))


# One writer


@contextmanager
def another_writer(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the writer's lock."""
    program = ("import sys, time; from pathlib import Path; from indexer.engines import open_engine; from indexer.settings import Settings\n"
               "with open_engine(Settings(index=Path(sys.argv[1]))).writer('a long run by ana', 5):\n"
               "    print('held', flush=True); sys.stdin.readline()")  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", program, settings.index], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_who_waits_says_for_whom_and_goes_on_when_that_one_ends(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    with another_writer(settings) as other:
        with subprocess.Popen(
            [COMMAND, "index"], env=environment(settings), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as waiting:
            assert waiting.stderr
            line = waiting.stderr.readline()
            assert re.search(rf"waiting for a long run by ana on \S+, pid {other.pid}, since 20\d\d-\d\d-\d\dT", line)
            assert other.stdin
            other.stdin.write("\n")
            other.stdin.flush()
            assert waiting.wait(30) == 0
        refused = None
    with another_writer(settings) as other:
        refused = activities(settings, "index", "--wait", "0.1")
    assert refused.returncode == 3
    assert f"pid {other.pid}" in refused.stderr
    assert "run again later" in refused.stderr


def test_the_lock_of_a_dead_process_is_no_obstacle(
    settings: Settings, index: Callable[..., Summary], content: Path
) -> None:
    index()
    with another_writer(settings) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        (content / "new.md").write_text("A new one.")
        found = activities(settings, "index", "--wait", "0")
        assert (found.returncode, found.stdout.startswith("1 added")) == (0, True)
        assert "waiting" not in found.stderr


def test_two_runs_a_watcher_and_a_rebuild_at_once_all_end_well_and_lose_nothing(
    settings: Settings, content: Path
) -> None:
    activities(settings, "index")
    with subprocess.Popen([COMMAND, "watch"], env=environment(settings), stderr=subprocess.PIPE, text=True) as watcher:
        try:
            for number in range(4):
                (content / f"new-{number}.md").write_text(f"New {number}.")
                (content / "kgz-police.md").write_text(f"Changed {number}.")
                together = [subprocess.Popen([COMMAND, "index", *options], env=environment(settings), stderr=subprocess.PIPE, text=True,
                                             stdout=subprocess.DEVNULL) for options in ([], [], ["--rebuild"])]  # fmt: skip
                (content / "global-guide.md").write_text(f"Saved while they run, {number}.")
                for process in together:
                    _, said = process.communicate(timeout=60)
                    assert process.returncode == 0, said
            deadline = time.monotonic() + 20
            while activities(settings, "status").returncode:  # until the watcher has seen the last edit
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            watcher.terminate()
            watcher.communicate(timeout=20)
    with open_engine(settings).snapshot() as snapshot:
        bodies = {stored.id: stored.body for stored in snapshot.scan(Plan())}
    assert bodies["kgz-police"] == "Changed 3."
    assert bodies["global-guide"] == "Saved while they run, 3."
    assert {f"new-{number}" for number in range(4)} <= bodies.keys()
    assert {run.outcome for run in runs.recent(settings.index, 100)} == {"done"}


def test_an_edit_saved_while_a_run_scans_is_found_by_the_next(
    settings: Settings, content: Path, engine: Engine
) -> None:
    sync(engine, content, "a test", cache=settings.index)
    before = (content / "global-guide.md").stat()
    edited = False

    def edit(phase: str, done: int, total: int) -> None:
        nonlocal edited
        if phase == "reading" and done == total and not edited:  # every file was looked at
            edited = True
            text = (content / "global-guide.md").read_text()
            (content / "global-guide.md").write_text(text.replace("guide on", "GUIDE on"))
            os.utime(content / "global-guide.md", ns=(before.st_atime_ns, before.st_mtime_ns))

    sync(engine, content, "a test", cache=settings.index, progress=edit)
    assert edited
    assert sync(engine, content, "a test", cache=settings.index).changed == 1
    with engine.snapshot() as snapshot:
        assert "GUIDE" in snapshot.get("global-guide")[0].body  # type: ignore[union-attr]
