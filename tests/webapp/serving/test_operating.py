"""A running server: shared metrics, watching, reindexing on request, waiting for the lock."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from indexer.indexing.sync import Summary
from indexer.settings import Settings
from tests.memory import smaps_rollup
from tests.serving import COMMAND, Server, activities, environment, serving
from tests.waiting import wait_for


def workers_of(server: Server) -> list[int]:
    """Return the process ids of a server's workers."""
    processes = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        int(pid)
        for pid in processes.stdout.split()
        if not re.search(
            "resource_tracker|webapp.serving.watcher", Path(f"/proc/{pid}/cmdline").read_text()
        )
    ]


def test_metrics_cover_all_workers_and_keep_the_counts_of_a_killed_one(settings: Settings) -> None:
    server = Server(settings, "--workers", "2")
    try:
        for _ in range(40):
            server.get("/?q=police")
        before = counted_requests(server)
        assert before >= 40
        first = set(workers_of(server))
        os.kill(min(first), signal.SIGKILL)
        for _ in range(40):
            get_with_retries(server, "/?q=police")
        assert counted_requests(server) >= before + 40
        wait_for(
            lambda: (
                get_with_retries(server, "/help")
                and {line["pid"] for line in server.access_log()} - first
            )
        )  # the replacement
        assert json.loads(get_with_retries(server, "/readyz"))["generation"] == 1
    finally:
        server.stop()


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's /proc")
def test_a_worker_shares_most_memory_of_the_server(settings: Settings) -> None:
    with serving(settings, "--workers", "1") as server:
        (worker,) = workers_of(server)
        for number in range(150):
            server.get(f"/?q=police+{number}")
        shared = smaps_rollup(worker, "Anonymous") - smaps_rollup(worker, "Private_Dirty")
        assert shared > 0.55 * smaps_rollup(server.process.pid, "Anonymous")


def get_with_retries(server: Server, path: str) -> str:
    """Return a response, also while a killed worker is being replaced."""
    for _ in range(200):
        try:
            return server.get(path)
        except OSError:
            time.sleep(0.05)
    raise AssertionError(path)


def counted_requests(server: Server) -> float:
    families = text_string_to_metric_families(get_with_retries(server, "/metrics"))
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "activities_http_requests_total" and sample.labels["route"] == "page"
    )


def watchers_of(pid: int) -> list[int]:
    """Return the process ids of a server's watchers."""
    processes = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [
        int(line.split()[0])
        for line in processes.stdout.splitlines()
        if "webapp.serving.watcher" in line
    ]


def has_ended(pid: int) -> bool:
    return (
        not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    )


def test_a_watching_server_shows_a_saved_file_also_after_its_watcher_was_killed(
    settings: Settings, content: Path
) -> None:
    server = Server(settings, "--workers", "2", "--watch")

    def shows(total: int) -> bool:
        return bool(json.loads(server.get("/api/v1/search"))["total"] == total)

    try:
        assert shows(4)
        (content / "new.md").write_text("A shelter opened.")
        wait_for(lambda: shows(5), lambda: server.messages)
        (watcher,) = watchers_of(server.process.pid)
        os.kill(watcher, signal.SIGKILL)
        (content / "newer.md").write_text("A second shelter opened.")
        wait_for(lambda: shows(6), lambda: server.messages)
        assert "the watcher exited with -9 and is started again" in "".join(server.messages)
        (watcher,) = watchers_of(server.process.pid)
    finally:
        assert server.stop() == 0
    assert has_ended(watcher)


def test_the_workers_and_the_watcher_of_a_killed_server_end_on_their_own(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    server = Server(settings, "--watch", "--workers", "2")
    first = workers_of(server)
    os.kill(first[0], signal.SIGKILL)  # its successor ends too
    wait_for(lambda: answered_by_another(server, first))
    children = [*watchers_of(server.process.pid), *workers_of(server)]
    assert len(children) == 3
    server.process.kill()
    server.process.wait(10)
    try:
        wait_for(lambda: all(map(has_ended, children)))
    finally:
        for child in children:  # only after a failure of this test
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        server.stop()


def answered_by_another(server: Server, workers: list[int]) -> bool:
    """Return whether a process other than these workers has answered a request."""
    get_with_retries(server, "/help")
    return any(line["pid"] not in workers for line in server.access_log())


def test_the_server_keeps_no_file_in_the_temporary_folder_and_survives_its_removal(
    settings: Settings, index: Callable[..., Summary], tmp_path: Path
) -> None:
    index()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    server = Server(settings, env={"TMPDIR": str(temporary)})
    try:
        server.get("/?q=police")
        before = counted_requests(server)
        shutil.rmtree(temporary)
        (first,) = workers_of(server)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: answered_by_another(server, [first]))
        assert counted_requests(server) >= before > 0
    finally:
        assert server.stop() == 0


def test_reindexing_works_across_workers_and_no_log_has_the_token(
    settings: Settings, content: Path
) -> None:
    token = "a-token-of-this-test"
    server = Server(settings, "--workers", "2", env={"ACTIVITIES_TOKEN": token})
    try:
        (content / "new.md").write_text("A shelter opened.")
        (content / "bad.md").write_text("---\nyear: x\n---\nBad.")

        def ask(path: str, method: str = "GET") -> dict[str, object]:
            request = Request(
                server.url + path, method=method, headers={"Authorization": f"Bearer {token}"}
            )
            with urlopen(request, timeout=60) as answer:
                return dict(json.loads(answer.read()))

        where = str(ask("/api/v1/reindex", "POST")["url"])
        wait_for(lambda: ask(where)["state"] not in ("waiting", "running"))
        job = ask(where)
        assert (job["state"], job["generation"]) == ("done", 2)
        with pytest.raises(HTTPError) as refused:
            urlopen(server.url + where, timeout=60)
        assert refused.value.code == 401
        refused.value.close()
    finally:
        server.stop()
    assert token not in "".join([*server.messages, *server.log])
    assert token not in "".join(path.read_text() for path in settings.index.glob("*.json*"))


# One writer


@contextmanager
def another_writer(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Start a process that holds the write lock."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from indexer.engines.factory import open_engine\n"
        "from indexer.settings import Settings\n"
        "with open_engine(Settings(index=Path(sys.argv[1]))).writer('a long run by ana', 5):\n"
        "    print('locked', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, settings.index],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_waiting_run_names_the_lock_holder_and_continues_after_it(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    with (
        another_writer(settings) as other,
        subprocess.Popen(
            [COMMAND, "index"],
            env=environment(settings),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as waiting,
    ):
        assert waiting.stderr
        holder = rf"a long run by ana on \S+, pid {other.pid}, since 20\d\d-\d\d-\d\dT"
        assert re.search(f"waiting for {holder}", waiting.stderr.readline())
        assert other.stdin
        other.stdin.write("\n")
        other.stdin.flush()
        assert waiting.wait(30) == 0


def test_a_run_that_waits_too_long_exits_and_names_the_lock_holder(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    with another_writer(settings) as other:
        refused = activities(settings, "index", "--wait", "0.1")
    assert refused.returncode == 3
    assert f"pid {other.pid}" in refused.stderr
    assert "run again later" in refused.stderr


# Secrets

SECRETS = {
    "ACTIVITIES_TOKEN": "secret-of-reindexing",
    "ACTIVITIES_OPENSEARCH_USER": "secret-user",
    "ACTIVITIES_OPENSEARCH_PASSWORD": "secret-password",
    "ACTIVITIES_OPENSEARCH_TOKEN": "secret-of-the-cluster",
}


def descendants(pid: int) -> list[int]:
    """Return the process ids of all living descendants of a process."""
    listing = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads the /proc of Linux")
def test_no_secret_reaches_the_environment_of_a_child_process(
    settings: Settings, index: Callable[..., Summary]
) -> None:
    index()
    server = Server(settings, "--watch", env=SECRETS)
    try:
        with another_writer(settings):  # the job waits for it
            request = Request(
                f"{server.url}/api/v1/reindex",
                method="POST",
                headers={"Authorization": f"Bearer {SECRETS['ACTIVITIES_TOKEN']}"},
            )
            urlopen(request, timeout=20).close()
            programs = {}
            for pid in descendants(server.process.pid):
                command = Path(f"/proc/{pid}/cmdline").read_text()
                for program in ("webapp.serving.watcher", "webapp.ops.reindex_jobs"):
                    if program in command:
                        programs[program] = Path(f"/proc/{pid}/environ").read_text()
            assert len(programs) == 2
            for environ in programs.values():
                assert "ACTIVITIES_CONTENT=" in environ
                assert not [secret for secret in SECRETS.values() if secret in environ]
    finally:
        server.stop()
    assert not [secret for secret in SECRETS.values() if secret in "".join(server.messages)]


def test_only_the_indexer_of_a_cluster_gets_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    cluster = Settings(engine="opensearch+https://localhost:9200/x").to_environment()
    assert {name for name in SECRETS if name in cluster} == set(SECRETS) - {"ACTIVITIES_TOKEN"}
    assert not set(SECRETS) & set(Settings().to_environment())
