"""Searches during runs: each response comes from exactly one generation, a recent one."""

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
MAX_DELAY = 1.0  # seconds from a commit until its generation is served


def write(content: Path, version: int) -> None:
    """Write all files of a version, which its words and facets name. The number of files varies."""
    for number in range(FILES + version % 7):
        (content / f"a{number}.md").write_text(
            f"---\ncountry: [{COUNTRIES[version % 4]}]\nyear: [{1900 + version % 100}]\n---\n"
            f"version{version} police.\n"
        )
    for number in range(FILES + version % 7, FILES + 7):
        (content / f"a{number}.md").unlink(missing_ok=True)


class Client(threading.Thread):
    """Sends requests until stopped, and records wrong responses."""

    def __init__(
        self, url: str, versions: dict[int, int], commits: dict[int, float], stop: threading.Event
    ) -> None:
        super().__init__()
        self.host, self.port = url.removeprefix("http://").split(":")
        self.versions, self.commits, self.stop = versions, commits, stop
        self.responses = 0
        self.errors: list[str] = []

    def run(self) -> None:
        connection = HTTPConnection(self.host, int(self.port), timeout=30)
        while not self.stop.is_set():
            for path in (
                "/api/v1/search?q=police&per_page=100",
                "/export?format=json&q=police",
                "/?q=police",
            ):
                try:
                    sent = time.monotonic()
                    connection.request("GET", path)
                    response = connection.getresponse()
                    body = response.read()
                    self.responses += 1
                    if response.status != 200:
                        self.errors.append(f"{path}: {response.status}")
                    elif not path.startswith("/?"):
                        self._check(path, json.loads(body), sent)
                except (OSError, ValueError) as error:
                    self.errors.append(f"{path}: {error!r}")
                    connection.close()
        connection.close()

    def _check(self, path: str, page: dict, sent: float) -> None:  # type: ignore[type-arg]
        hits = page["hits"]
        facets = {(hit["country"][0], hit["year"][0]) for hit in hits}
        words = {hit["heading"].split()[0] for hit in hits}
        version = int(next(iter(words)).removeprefix("version")) if words else -1
        expected = {(COUNTRIES[version % 4], 1900 + version % 100)}
        if (
            len(words) != 1
            or facets != expected
            or not len(hits) == page["total"] == FILES + version % 7
        ):
            self.errors.append(f"{path}: {words} {facets} {len(hits)} of {page['total']}")
        if "facets" in page:
            counts = {
                (v["value"], v["count"]) for v in page["facets"]["country"]["values"] if v["count"]
            }
            if counts != {(COUNTRIES[version % 4], page["total"])}:
                self.errors.append(f"{path}: {counts} of version {version}")
        # The client may read the number before the test records it.
        if self.versions.get(page["generation"], version) != version:
            self.errors.append(f"{path}: generation {page['generation']} is not version {version}")
        newer = [
            g
            for g, at in list(self.commits.items())
            if at + MAX_DELAY < sent and g > page["generation"]
        ]
        if newer:
            self.errors.append(f"{path}: generation {page['generation']} long after {newer}")


@pytest.mark.parametrize(
    ("runs", "every"),
    [(25, 12), pytest.param(205, 41, marks=[pytest.mark.slow, pytest.mark.timeout(900)])],
)
def test_responses_during_runs_have_no_error_and_mix_no_generations(
    tmp_path: Path, runs: int, every: int
) -> None:
    settings = Settings(content=tmp_path / "content", index=tmp_path / "index")
    settings.content.mkdir()
    versions, commits, stop = {}, {}, threading.Event()
    write(settings.content, 0)
    summary = sync(open_engine(settings), settings.content, "a test", cache=settings.index)
    versions[summary.generation or 0] = 0
    with serving(settings, "--workers", "2") as server:
        clients = [Client(server.url, versions, commits, stop) for _ in range(4)]
        for client in clients:
            client.start()
        try:
            for version in range(1, runs + 1):
                write(settings.content, version)
                summary = sync(
                    open_engine(settings),
                    settings.content,
                    "a test",
                    SyncOptions(rebuild=version % every == 0),
                    cache=settings.index,
                )
                assert summary.generation
                versions[summary.generation], commits[summary.generation] = (
                    version,
                    time.monotonic(),
                )
            before = [client.responses for client in clients]
            wait_for(
                lambda: all(
                    client.responses > count + 6
                    for client, count in zip(clients, before, strict=True)
                )
            )
        finally:
            stop.set()
            for client in clients:
                client.join(60)
        assert [error for client in clients for error in client.errors] == []
        assert min(client.responses for client in clients) > runs / 2
        assert len(versions) == runs + 1
        segments = {path.stem for path in settings.index.rglob("MAIN_*.arrays")}
        assert len(segments) <= 9  # three generations of at most three segments
        workers = {int(line["pid"]) for line in server.access_log()}
        wait_for(lambda: not [pid for pid in workers if deleted_arrays(pid, settings.index)])


def deleted_arrays(pid: int, index: Path) -> bytes:
    """Return the removed files of an index that a process still maps."""
    maps = Path(f"/proc/{pid}/maps").read_bytes().splitlines()
    removed = (line for line in maps if b".arrays" in line and b"(deleted)" in line)
    return b"\n".join(line for line in removed if bytes(index) in line)


def test_idle_workers_close_removed_files_and_free_their_space(
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
        wait_for(lambda: not [pid for pid in workers if deleted_arrays(pid, settings.index)])


def test_an_open_export_keeps_its_generation_until_it_ends(
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
        assert deleted_arrays(os.getpid(), settings.index)
        assert (
            len({first.id, *(row.id for row in rows)}) == 4
        )  # complete, although its files were removed
        assert snapshot.generation.number == 1
    del rows, snapshot
    with engine.snapshot():
        pass
    assert not deleted_arrays(os.getpid(), settings.index)
