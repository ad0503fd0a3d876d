"""The processes of a server whose memory is measured."""

from __future__ import annotations

from pathlib import Path

from indexer.settings import Settings
from tests.bench.reindexing import server_processes
from tests.serving import Server, serving
from tests.webapp.serving.test_server import wait_for


def answering_processes(server: Server) -> set[int]:
    """Send a request, and return the ids of the processes that have answered so far."""
    server.get("/help")
    return {line["pid"] for line in server.access_log()}


def test_the_watcher_is_not_counted_as_a_worker(settings: Settings) -> None:
    with serving(settings, "--workers", "2", "--watch") as server:
        wait_for(lambda: len(answering_processes(server)) == 2)
        workers, watchers = server_processes(server.process.pid)
        assert set(workers) == answering_processes(server)
        (watcher,) = watchers
        assert "webapp.serving.watcher" in Path(f"/proc/{watcher}/cmdline").read_text()
