"""Searching never stops: whatever is reindexed, each answer is of exactly one generation, and a fresh one."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from indexer.engines.factory import open_engine
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.serving import serving
from tests.webapp.serving.test_server import wait_for

FILES = 30
COUNTRIES = ("PAK", "KEN", "KGZ", "COL")
FRESH = 1.0  # seconds after its commit in which a generation may not be served yet


def write(content: Path, version: int) -> None:
    """Every file of a version says so, in its words and its facets; there are more or fewer of them each time."""
    for number in range(FILES + version % 7):
        (content / f"a{number}.md").write_text(
            f"---\ncountry: [{COUNTRIES[version % 4]}]\nyear: [{1900 + version % 100}]\n---\nversion{version} police.\n"
        )
    for number in range(FILES + version % 7, FILES + 7):
        (content / f"a{number}.md").unlink(missing_ok=True)


class Client(threading.Thread):
    """Asks again and again, and keeps what was answered that should not be."""

    def __init__(
        self, url: str, versions: dict[int, int], commits: dict[int, float], stop: threading.Event
    ) -> None:
        super().__init__()
        self.host, self.port = url.removeprefix("http://").split(":")
        self.versions, self.commits, self.stop = versions, commits, stop
        self.answers = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        connection = HTTPConnection(self.host, int(self.port), timeout=30)
        while not self.stop.is_set():
            for path in (
                "/api/v1/search?q=police&per_page=100",
                "/export?format=json&q=police",
                "/?q=police",
            ):
                try:
                    asked = time.monotonic()
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    body = answer.read()
                    self.answers += 1
                    if answer.status != 200:
                        self.wrong.append(f"{path}: {answer.status}")
                    elif not path.startswith("/?"):
                        self._judge(path, json.loads(body), asked)
                except (OSError, ValueError) as error:
                    self.wrong.append(f"{path}: {error!r}")
                    connection.close()
        connection.close()

    def _judge(self, path: str, found: dict, asked: float) -> None:  # type: ignore[type-arg]
        hits = found["hits"]
        said = {(hit["country"][0], hit["year"][0]) for hit in hits}
        words = {hit["heading"].split()[0] for hit in hits}
        version = int(next(iter(words)).removeprefix("version")) if words else -1
        expected = {(COUNTRIES[version % 4], 1900 + version % 100)}
        if (
            len(words) != 1
            or said != expected
            or not len(hits) == found["total"] == FILES + version % 7
        ):
            self.wrong.append(f"{path}: {words} {said} {len(hits)} of {found['total']}")
        if "facets" in found:
            counts = {
                (v["value"], v["count"]) for v in found["facets"]["country"]["values"] if v["count"]
            }
            if counts != {(COUNTRIES[version % 4], found["total"])}:
                self.wrong.append(f"{path}: {counts} of version {version}")
        # The number may be read before the test's own note of it.
        if self.versions.get(found["generation"], version) != version:
            self.wrong.append(f"{path}: generation {found['generation']} is not version {version}")
        newer = [
            g
            for g, at in list(self.commits.items())
            if at + FRESH < asked and g > found["generation"]
        ]
        if newer:
            self.wrong.append(f"{path}: generation {found['generation']} long after {newer}")


@pytest.mark.parametrize(
    ("runs", "every"),
    [(25, 12), pytest.param(205, 41, marks=[pytest.mark.slow, pytest.mark.timeout(900)])],
)
def test_four_clients_meet_no_error_and_no_mixture_while_the_index_changes(
    tmp_path: Path, runs: int, every: int
) -> None:
    settings = Settings(content=tmp_path / "content", index=tmp_path / "index")
    settings.content.mkdir()
    versions, commits, stop = {}, {}, threading.Event()
    write(settings.content, 0)
    made = sync(open_engine(settings), settings.content, "a test", cache=settings.index)
    versions[made.generation or 0] = 0
    with serving(settings, "--workers", "2") as server:
        clients = [Client(server.url, versions, commits, stop) for _ in range(4)]
        for client in clients:
            client.start()
        try:
            for version in range(1, runs + 1):
                write(settings.content, version)
                made = sync(
                    open_engine(settings),
                    settings.content,
                    "a test",
                    SyncOptions(rebuild=version % every == 0),
                    cache=settings.index,
                )
                assert made.generation
                versions[made.generation], commits[made.generation] = version, time.monotonic()
            asked = [client.answers for client in clients]
            wait_for(
                lambda: all(
                    client.answers > before + 6
                    for client, before in zip(clients, asked, strict=True)
                )
            )
        finally:
            stop.set()
            for client in clients:
                client.join(60)
        assert [wrong for client in clients for wrong in client.wrong] == []
        assert min(client.answers for client in clients) > runs / 2
        assert len(versions) == runs + 1
        kept = {path.stem for path in settings.index.rglob("MAIN_*.arrays")}
        assert len(kept) <= 9  # three generations of at most three segments
        workers = {int(line["pid"]) for line in server.answers()}
        wait_for(lambda: not [pid for pid in workers if deleted_arrays(pid)])


def deleted_arrays(pid: int) -> bytes:
    """The removed index files that a process still maps."""
    maps = Path(f"/proc/{pid}/maps").read_bytes().splitlines()
    return b"\n".join(line for line in maps if b".arrays" in line and b"(deleted)" in line)


def test_idle_workers_let_go_of_removed_files_so_that_their_disk_comes_back(
    settings: Settings,
) -> None:
    sync(open_engine(settings), settings.content, "a test", cache=settings.index)
    with serving(settings, "--workers", "2") as server:
        server.get("/?q=police")
        children = subprocess.run(
            ["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True
        )
        workers = [
            pid
            for pid in map(int, children.stdout.split())
            if b".arrays" in Path(f"/proc/{pid}/maps").read_bytes()
        ]
        assert workers
        for _ in range(5):
            sync(
                open_engine(settings),
                settings.content,
                "a test",
                SyncOptions(rebuild=True),
                cache=settings.index,
            )
        wait_for(lambda: not [pid for pid in workers if deleted_arrays(pid)])


def test_an_export_that_is_being_read_keeps_its_generation_and_then_gives_its_disk_back(
    settings: Settings, content: Path
) -> None:
    engine = open_engine(settings)
    sync(engine, content, "a test", cache=settings.index)
    with engine.snapshot() as snapshot:
        rows = snapshot.scan(Plan())
        first = next(rows)
        for version in range(6):
            (content / "kgz-police.md").write_text(f"Changed {version}.")
            sync(engine, content, "a test", SyncOptions(rebuild=True), cache=settings.index)
        assert deleted_arrays(os.getpid())
        assert len({first.id, *(row.id for row in rows)}) == 4  # to its end, whatever was removed
        assert snapshot.generation.number == 1
    del rows, snapshot
    with engine.snapshot():
        pass
    assert not deleted_arrays(os.getpid())
