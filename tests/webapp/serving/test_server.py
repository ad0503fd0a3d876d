"""`activities serve` indexes, listens, logs, follows new generations and stops."""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError

import pytest

from indexer.engines.factory import open_engine
from indexer.indexing.sync import sync
from indexer.settings import Settings
from tests.conftest import ACTIVITIES
from tests.serving import Server, activities, serving
from tests.waiting import wait_for
from webapp import create_app
from webapp.serving.server import warm_up


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve four activities, for tests that only read."""
    folder: Path = tmp_path_factory.mktemp("running")
    settings = Settings(content=folder / "content", index=folder / "index")
    settings.content.mkdir()
    for name, text in ACTIVITIES.items():
        (settings.content / f"{name}.md").write_text(text, encoding="utf-8")
    with serving(settings) as server:
        yield server


def test_serve_builds_a_missing_index_without_the_files_that_have_errors(
    settings: Settings,
) -> None:
    (settings.content / "broken.md").write_text("---\nyear: abc\n---\nText.")
    with serving(settings) as server:
        assert "indexed 4 activities" in "".join(server.messages)
        assert "broken.md:2: year" in "".join(server.messages)
        assert json.loads(server.get("/api/v1/search"))["total"] == 4
        assert "/activities/kgz-police" in server.get("/?q=police")


def test_a_running_server_follows_a_new_generation(settings: Settings) -> None:
    with serving(settings, "--workers", "2") as server:
        before = json.loads(server.get("/api/v1/search"))["generation"]
        (settings.content / "new.md").write_text("A hotline was opened.")
        assert activities(settings, "index").returncode == 0
        pages = [json.loads(server.get("/api/v1/search?q=hotline")) for _ in range(6)]
        assert {(page["total"], page["generation"]) for page in pages} == {(1, before + 1)}


def test_warming_up_loads_the_templates_logs_no_search_and_needs_no_index(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = replace(settings, query_log=tmp_path / "misses.jsonl")
    app = create_app(settings)
    warm_up(app)
    assert not caplog.records
    assert not any("search.html" in str(key) for key in app.jinja_env.cache)  # type: ignore[union-attr]
    assert not sync(open_engine(settings), settings.content, "a test").errors
    warm_up(app)
    assert any("search.html" in str(key) for key in app.jinja_env.cache)  # type: ignore[union-attr]
    assert not (tmp_path / "misses.jsonl").exists()


def test_a_port_in_use_gives_one_message(settings: Settings) -> None:
    assert activities(settings, "index").returncode == 0
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        ran = activities(settings, "serve", "--port", str(port))
    assert ran.returncode == 2
    assert len(ran.stderr.strip().splitlines()) == 1
    assert f"127.0.0.1:{port}" in ran.stderr
    assert "--port" in ran.stderr


def test_an_unknown_engine_gives_one_message(settings: Settings) -> None:
    ran = activities(settings, "serve", "--engine", "sphinx")
    assert (ran.returncode, len(ran.stderr.strip().splitlines())) == (3, 1)


def test_each_request_is_one_json_line_without_its_query(settings: Settings) -> None:
    with serving(settings) as server:
        server.get("/?q=secret")
        with pytest.raises(HTTPError) as missing:
            server.get("/activities/a%0a%22status%22%3a200")
        # Read to the end: a worker that is stopped may not log a client that left early.
        assert missing.value.read()
        missing.value.close()
        server.stop()
        first, last = (line for line in server.access_log() if line["method"] == "GET")
    assert set(first) == {"time", "method", "path", "status", "bytes", "ms", "pid"}
    assert (first["path"], first["status"]) == ("/", 200)
    assert first["bytes"] > 1000
    assert (last["path"], last["status"]) == ("/activities/a%0A%22status%22:200", 404)
    assert "secret" not in "".join(server.log)


def test_an_open_request_is_completed_when_the_server_stops(settings: Settings) -> None:
    with serving(settings) as server:
        host, port = server.url.removeprefix("http://").split(":")
        connection = HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", "/export?format=json")
        stopping = threading.Thread(target=server.terminate)
        stopping.start()
        body = connection.getresponse().read()
        stopping.join()
        connection.close()
        assert len(json.loads(body)["hits"]) == 4
        assert server.process.wait(60) == 0


def test_a_stop_during_the_start_ends_the_workers_that_are_not_ready_yet(
    settings: Settings,
) -> None:
    with serving(settings, "--workers", "4") as server:  # listens as soon as one worker is ready
        assert server.stop() == 0
    assert "Killing worker" not in "".join(server.messages)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc arenas are glibc's")
def test_the_threads_of_a_worker_share_one_malloc_arena(running: Server) -> None:
    with ThreadPoolExecutor(8) as clients:
        list(clients.map(lambda n: running.get(f"/export?format=json&q={n}"), range(32)))
    maps = Path(f"/proc/{running.answering_worker()}/maps").read_text().splitlines()
    # glibc reserves 64 MiB for the arena of a thread, aligned to that size, and uses its beginning.
    arena_size = 64 * 1024 * 1024
    mappings = []
    for line in maps:
        addresses, mode = line.split()[:2]
        start, end = (int(address, 16) for address in addresses.split("-"))
        mappings.append((start, end, mode))
    thread_arenas = [
        (used_start, used_end)
        for (used_start, used_end, used), (rest_start, rest_end, rest) in pairwise(mappings)
        if (used, rest) == ("rw-p", "---p")
        and used_start % arena_size == 0
        and used_end == rest_start
        and rest_end == used_start + arena_size
    ]
    assert not thread_arenas


@pytest.mark.slow
def test_a_stop_under_load_cuts_no_response_and_a_killed_worker_is_replaced(
    settings: Settings,
) -> None:
    for number in range(1500):
        (settings.content / f"filler-{number}.md").write_text(
            f"Filler {number}. " + "Officers were trained. " * 40
        )
    with serving(settings, "--workers", "2") as server:
        host, port = server.url.removeprefix("http://").split(":")
        server.get("/help")
        worker = server.answering_worker()
        assert worker != server.process.pid
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: answers(host, int(port)))
        cut = []

        def export_until_it_stops() -> None:
            while True:
                connection = HTTPConnection(host, int(port), timeout=30)
                try:
                    connection.connect()
                except OSError:  # the server has stopped
                    return
                try:
                    connection.request("GET", "/export?format=csv")
                    response = connection.getresponse()
                except OSError:  # the kernel accepted the connection, the server did not
                    return
                try:
                    rows = response.read().count(b"\r\n")
                    if rows != 1505:
                        cut.append(f"{rows} rows")
                        return
                except (OSError, HTTPException) as error:
                    cut.append(repr(error))
                    return
                finally:
                    connection.close()

        with ThreadPoolExecutor(4) as pool:
            clients = [pool.submit(export_until_it_stops) for _ in range(4)]
            wait_for(lambda: sum('"path": "/export"' in line for line in server.log) > 8)
            server.terminate()
            for client in clients:
                client.result(60)
        assert server.stop() == 0
        exports = [line for line in server.access_log() if line["path"] == "/export"]
    assert len(exports) > 4
    assert not cut
    assert not [line for line in exports if "cut" in line]


def answers(host: str, port: int) -> bool:
    """Return whether a new connection gets a response."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/help")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_the_server_speaks_only_http_1(running: Server) -> None:
    host, _, port = running.url.removeprefix("http://").strip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        # The connection preface and an empty SETTINGS frame (RFC 9113, section 3.4).
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0")
        # An HTTP/2 server answers with a SETTINGS frame, whose type is the fourth byte.
        response = connection.recv(9)
    assert response[3:4] != b"\x04"
