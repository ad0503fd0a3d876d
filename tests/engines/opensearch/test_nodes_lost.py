"""Node failures: searches continue, or fail with a readable message."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from indexer.engines.base import Engine
from indexer.engines.factory import open_engine
from indexer.engines.opensearch.client import READ_RETRY_SECONDS, TIMEOUT_SECONDS
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import ON_A_CLUSTER
from tests.reliability.test_never_stops import FILES, Client, write
from tests.serving import Server, activities, serving

pytestmark = ON_A_CLUSTER

LOAD_SECONDS = 60
KILL_AFTER, RESTART_AFTER = 10, 30  # seconds
PAUSE_SECONDS = 20  # of a hanging node; the cluster notices after 30
MAX_RESPONSE_SECONDS = READ_RETRY_SECONDS + TIMEOUT_SECONDS  # while a node hangs


@contextmanager
def four_clients(
    server: Server, versions: dict[int, int], commits: dict[int, float]
) -> Iterator[list[Client]]:
    """Search with four clients until the context ends, and check all their responses."""
    stop = threading.Event()
    clients = [Client(server.url, versions, commits, stop) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        stop.set()
        for client in clients:
            client.join(60)
    assert [error for client in clients for error in client.errors] == []


def get_error(server: Server, path: str) -> tuple[HTTPError, str]:
    """Send a request that fails, and return the error and its body."""
    with pytest.raises(HTTPError) as error:
        server.get(path)
    with error.value as response:
        return response, response.read().decode()


def ids(engine: Engine) -> list[str]:
    with engine.snapshot() as snapshot:
        return [stored.id for stored in snapshot.scan(Plan())]


def test_a_killed_node_interrupts_neither_searches_nor_commits(
    breakable: Cluster, cluster_settings: Settings
) -> None:
    content = cluster_settings.content
    for path in content.iterdir():
        path.unlink()

    def run(rebuild: bool) -> int | None:
        return sync(
            open_engine(cluster_settings),
            content,
            "a test",
            SyncOptions(rebuild=rebuild),
            cache=cluster_settings.index,
        ).generation

    versions: dict[int, int] = {}
    commits: dict[int, float] = {}
    write(content, 0)
    versions[run(rebuild=False) or 0] = 0
    # The hardest case: the other nodes must first elect another cluster manager.
    killed = breakable.manager()
    prefix = cluster_settings.engine.rpartition("/")[2]
    # The server is configured with no other node.
    server_settings = replace(cluster_settings, engine=f"opensearch+{killed.url}/{prefix}")
    with (
        serving(server_settings, "--workers", "2") as server,
        four_clients(server, versions, commits) as clients,
    ):
        start = time.monotonic()
        version, restarted = 0, False
        while (elapsed := time.monotonic() - start) < LOAD_SECONDS or not restarted:
            if elapsed > KILL_AFTER and not restarted and killed.process:
                breakable.kill(killed)
                before = [client.responses for client in clients]
            if elapsed > RESTART_AFTER and not killed.process:
                assert all(
                    client.responses > count for client, count in zip(clients, before, strict=True)
                )
                breakable.begin(killed)
                restarted = True
            version += 1
            write(content, version)
            generation = run(rebuild=version % 9 == 0)
            assert generation
            versions[generation], commits[generation] = version, time.monotonic()
        breakable.wait()
    indexed = ids(open_engine(cluster_settings))
    assert sorted(indexed) == sorted(path.stem for path in content.iterdir())
    assert len(indexed) == FILES + version % 7
    assert len(versions) == version + 1  # each run published its own generation


def test_with_two_nodes_down_requests_fail_until_they_return(
    breakable: Cluster, cluster_settings: Settings
) -> None:
    engine = open_engine(cluster_settings)
    sync(engine, cluster_settings.content, "a test", cache=cluster_settings.index)
    prefix = cluster_settings.engine.rpartition("/")[2]
    with serving(cluster_settings, "--workers", "2") as server:
        server.get("/?q=police")
        holders = breakable.holders(f"{prefix}-*-*")
        for node in holders:
            breakable.kill(node)
        assert len(holders) == 2
        start = time.monotonic()
        # Another query than before, whose response is cached.
        response, page = get_error(server, "/?q=women")
        assert time.monotonic() - start < MAX_RESPONSE_SECONDS
        assert response.code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert "You did not cause this problem" in page
        assert not any(url in page for url in breakable.urls)
        response, body = get_error(server, "/api/v1/search?q=women")
        assert (response.code, json.loads(body)["error"]["code"]) == (503, "engine_unavailable")
        response, body = get_error(server, "/readyz")
        status = json.loads(body)
        assert (response.code, status["ready"], status["code"]) == (
            503,
            False,
            "engine_unavailable",
        )
        assert "check its nodes" in status["reason"]
        assert server.get("/healthz")  # a restart of the process would not help
        process = activities(cluster_settings, "search", "police")
        assert (process.returncode, len(process.stderr.splitlines())) == (3, 1), process.stderr
        for node in holders:
            breakable.begin(node)
        breakable.wait("yellow")  # one copy of every shard is enough
        assert json.loads(server.get("/api/v1/search?q=police"))["total"] == 1
        assert json.loads(server.get("/readyz"))["ready"]
    assert len(ids(open_engine(cluster_settings))) == 4


@pytest.mark.parametrize("manager", [False, True])
def test_a_hanging_node_delays_responses_by_a_limited_time(
    breakable: Cluster, cluster_settings: Settings, manager: bool
) -> None:
    engine = open_engine(cluster_settings)
    sync(engine, cluster_settings.content, "a test", cache=cluster_settings.index)
    prefix = cluster_settings.engine.rpartition("/")[2]
    hanging = breakable.manager() if manager else breakable.holders(f"{prefix}-*-*")[0]
    with serving(cluster_settings, "--workers", "2") as server:
        server.get("/?q=police")
        breakable.pause(hanging)
        longest, number = 0.0, 0
        start = time.monotonic()
        while time.monotonic() - start < PAUSE_SECONDS:
            number += 1
            sent = time.monotonic()
            url = f"{server.url}/api/v1/search?q=police+OR+other{number}"
            with urlopen(url, timeout=2 * MAX_RESPONSE_SECONDS) as response:
                assert json.load(response)["total"] == 1
            longest = max(longest, time.monotonic() - sent)
        assert longest < MAX_RESPONSE_SECONDS
        assert number > PAUSE_SECONDS / MAX_RESPONSE_SECONDS
        breakable.resume(hanging)
        breakable.wait()


def test_a_run_completes_while_a_node_hangs(breakable: Cluster, cluster_settings: Settings) -> None:
    content, cache = cluster_settings.content, cluster_settings.index
    sync(open_engine(cluster_settings), content, "a test", cache=cache)
    prefix = cluster_settings.engine.rpartition("/")[2]
    (content / "kgz-police.md").write_text("Changed while a node hung.")
    breakable.pause(breakable.holders(f"{prefix}-*-*")[-1])
    assert sync(open_engine(cluster_settings), content, "a test", cache=cache).changed == 1
    breakable.repair()
    with open_engine(cluster_settings).snapshot() as snapshot:
        (stored,) = snapshot.get("kgz-police")
        assert stored is not None
        assert stored.body == "Changed while a node hung."
    assert len(ids(open_engine(cluster_settings))) == 4
