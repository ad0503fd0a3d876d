"""Nodes that die, hang and come back: whoever searches does not notice, or is told in words."""

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
from indexer.engines.opensearch.client import PATIENCE, TIMEOUT
from indexer.indexing.sync import sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import ON_A_CLUSTER
from tests.reliability.test_never_stops import FILES, Client, write
from tests.serving import Server, activities, serving

pytestmark = ON_A_CLUSTER

SECONDS = 60  # under load
KILLED, BACK = 10, 30  # seconds after which a node is killed, and started again
HELD = 20  # seconds that a node hangs; the others notice after 30
BOUND = PATIENCE + TIMEOUT  # of an answer, when a node hangs


@contextmanager
def asked_by_four(
    server: Server, versions: dict[int, int], commits: dict[int, float]
) -> Iterator[list[Client]]:
    """Clients that ask as long as the context lasts; nothing they were answered may be wrong."""
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
    assert [wrong for client in clients for wrong in client.wrong] == []


def failure(server: Server, path: str) -> tuple[HTTPError, str]:
    """The answer to a request, which must be an error."""
    with pytest.raises(HTTPError) as failed:
        server.get(path)
    with failed.value as answer:
        return answer, answer.read().decode()


def ids(engine: Engine) -> list[str]:
    with engine.snapshot() as snapshot:
        return [stored.id for stored in snapshot.scan(Plan())]


def test_a_node_killed_while_four_people_search_and_the_index_changes_is_noticed_by_none(
    breakable: Cluster, there: Settings
) -> None:
    for path in there.content.iterdir():
        path.unlink()
    versions: dict[int, int] = {}
    commits: dict[int, float] = {}
    write(there.content, 0)
    versions[
        sync(open_engine(there), there.content, "a test", cache=there.index).generation or 0
    ] = 0
    killed = breakable.manager()  # the worst one: the others have to agree on another first
    prefix = there.engine.rpartition("/")[2]
    named = replace(
        there, engine=f"opensearch+{killed.url}/{prefix}"
    )  # and the only one that the server was told of
    with (
        serving(named, "--workers", "2") as server,
        asked_by_four(server, versions, commits) as clients,
    ):
        began = time.monotonic()
        version, back = 0, False
        while (passed := time.monotonic() - began) < SECONDS or not back:
            if passed > KILLED and not back and killed.process:
                breakable.kill(killed)
                before = [client.answers for client in clients]
            if passed > BACK and not killed.process:
                assert all(client.answers > b for client, b in zip(clients, before, strict=True))
                breakable.begin(killed)
                back = True
            version += 1
            write(there.content, version)
            made = sync(
                open_engine(there),
                there.content,
                "a test",
                cache=there.index,
                rebuild=version % 9 == 0,
            )
            assert made.generation
            versions[made.generation], commits[made.generation] = version, time.monotonic()
        breakable.wait()
    found = ids(open_engine(there))
    assert sorted(found) == sorted(path.stem for path in there.content.iterdir())
    assert len(found) == FILES + version % 7
    assert len(versions) == version + 1  # each run made a generation of its own


def test_with_two_nodes_gone_people_are_told_and_the_next_answer_after_their_return_is_right(
    breakable: Cluster, there: Settings
) -> None:
    sync(open_engine(there), there.content, "a test", cache=there.index)
    prefix = there.engine.rpartition("/")[2]
    with serving(there, "--workers", "2") as server:
        server.get("/?q=police")
        holders = breakable.holders(f"{prefix}-*-*")
        for node in holders:
            breakable.kill(node)
        assert len(holders) == 2
        began = time.monotonic()
        answer, page = failure(
            server, "/?q=women"
        )  # an answer that was given before is still there
        assert time.monotonic() - began < BOUND
        assert answer.code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Nothing you did caused it" in page
        assert "127.0.0.1" not in page
        answer, said = failure(server, "/api/v1/search?q=women")
        assert (answer.code, json.loads(said)["error"]["code"]) == (503, "engine_unavailable")
        answer, said = failure(server, "/readyz")
        why = json.loads(said)
        assert (answer.code, why["ready"], why["code"]) == (503, False, "engine_unavailable")
        assert "look at its nodes" in why["reason"]
        assert server.get("/healthz")  # the process is well: restarting it would help nobody
        ran = activities(there, "search", "police")
        assert (ran.returncode, len(ran.stderr.splitlines())) == (3, 1), ran.stderr
        for node in holders:
            breakable.begin(node)
        breakable.wait("yellow")  # one copy of everything is enough
        assert json.loads(server.get("/api/v1/search?q=police"))["total"] == 1
        assert json.loads(server.get("/readyz"))["ready"]
    assert len(ids(open_engine(there))) == 4


@pytest.mark.parametrize("manager", [False, True])
def test_a_node_that_hangs_keeps_nobody_waiting_for_longer_than_the_bound(
    breakable: Cluster, there: Settings, manager: bool
) -> None:
    sync(open_engine(there), there.content, "a test", cache=there.index)
    prefix = there.engine.rpartition("/")[2]
    held = breakable.manager() if manager else breakable.holders(f"{prefix}-*-*")[0]
    with serving(there, "--workers", "2") as server:
        server.get("/?q=police")
        breakable.pause(held)
        longest, number = 0.0, 0
        began = time.monotonic()
        while time.monotonic() - began < HELD:
            number += 1
            asked = time.monotonic()
            with urlopen(
                f"{server.url}/api/v1/search?q=police+OR+other{number}", timeout=2 * BOUND
            ) as answer:
                assert json.load(answer)["total"] == 1
            longest = max(longest, time.monotonic() - asked)
        assert longest < BOUND
        assert number > HELD / BOUND
        breakable.resume(held)
        breakable.wait()


def test_a_run_that_meets_a_node_that_hangs_ends_as_it_should(
    breakable: Cluster, there: Settings
) -> None:
    sync(open_engine(there), there.content, "a test", cache=there.index)
    prefix = there.engine.rpartition("/")[2]
    (there.content / "kgz-police.md").write_text("Changed while a node hung.")
    breakable.pause(breakable.holders(f"{prefix}-*-*")[-1])
    assert sync(open_engine(there), there.content, "a test", cache=there.index).changed == 1
    breakable.mend()
    with open_engine(there).snapshot() as snapshot:
        assert [found.body for found in snapshot.get("kgz-police") if found] == [
            "Changed while a node hung."
        ]
    assert len(ids(open_engine(there))) == 4
