"""Runs on a cluster: one writer across machines, and harmless dead, slow and late writers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from indexer.content.vocabulary import Vocabulary
from indexer.engines.base import EngineError, IndexBusy
from indexer.engines.factory import open_engine
from indexer.engines.opensearch import lease
from indexer.engines.opensearch import writer as writer_module
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.indices import ActivityIndices
from indexer.engines.opensearch.mapping import LAYOUT
from indexer.indexing.sync import sync
from indexer.query.plan import Plan
from indexer.search.request import Filter, SearchRequest
from indexer.search.service import search
from indexer.search.zero_results import FEW_RESULTS
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import ON_A_CLUSTER
from tests.engines.contract.test_engine import activity, ids
from tests.engines.contract.test_engine import write as commit
from tests.indexing.test_watch import Watched
from tests.serving import activities

pytestmark = ON_A_CLUSTER

Connect = Callable[[], OpenSearchEngine]
Raw = Callable[..., Any]
REMOTE_LEASE = {
    "kind": "lease",
    "owner": "activities index by ben@far",
    "host": "far",
    "pid": 7,
    "token": "t",
    "since": "2026-01-01T00:00:00Z",
    "beats": 1,
}


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let leases expire after a second."""
    monkeypatch.setattr(lease, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.2)


def lease_path(engine: OpenSearchEngine) -> str:
    return f"/{engine.prefix}-state/_doc/{lease.document_id()}"


def count_versions(engine: OpenSearchEngine, raw: Raw) -> int:
    """Return the number of versions in the cluster, visible or not."""
    raw("POST", f"/{engine.prefix}-{LAYOUT}-*/_refresh")
    versions = {"query": {"exists": {"field": "made"}}}
    return int(raw("POST", f"/{engine.prefix}-{LAYOUT}-*/_count", versions)["count"])


def body(engine: OpenSearchEngine, id: str, generation: int | None = None) -> str | None:
    """Return the body of an activity; None if it is missing."""
    with engine.snapshot(generation) as snapshot:
        (stored,) = snapshot.get(id)
    return stored.body if stored else None


def test_a_writer_waits_for_a_writer_on_another_machine(
    connect: Connect, raw: Raw, short_lease: None
) -> None:
    engine = connect()
    commit(engine, activity("a"))
    stop = threading.Event()

    def renew() -> None:
        for beat in range(1000):
            raw("PUT", lease_path(engine), {**REMOTE_LEASE, "beats": beat})
            if stop.wait(0.1):
                return

    other = threading.Thread(target=renew)
    other.start()
    holders: list[str] = []
    try:
        while raw("GET", lease_path(engine)) == 404:
            pass
        message = "written by activities index by ben@far on far, pid 7, since 2026"
        with (
            pytest.raises(IndexBusy, match=message),
            engine.writer("ana", 2.5, on_wait=holders.append),
        ):
            pass
    finally:
        stop.set()
        other.join()
    assert holders == ["activities index by ben@far on far, pid 7, since 2026-01-01T00:00:00Z"]
    # Now that it is not renewed, the lease expires.
    with engine.writer("a test", 10) as writer:
        writer.put(activity("b"))
        assert writer.commit().number == 2


def test_a_live_writer_keeps_its_lease(connect: Connect, short_lease: None) -> None:
    with (
        connect().writer("ana", 1),
        pytest.raises(IndexBusy, match="ana"),
        connect().writer("ben", 3),
    ):
        pass


def test_a_dead_holder_on_this_machine_is_not_waited_for(connect: Connect, raw: Raw) -> None:
    engine = connect()
    commit(engine, activity("a"))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert process.pid != os.getpid()
    local_lease = {**REMOTE_LEASE, "host": socket.gethostname(), "pid": process.pid}
    raw("PUT", lease_path(engine), local_lease)
    assert commit(engine, activity("b")) == 2


def test_a_writer_that_lost_its_lease_cannot_commit(connect: Connect, raw: Raw) -> None:
    slow, other = connect(), connect()
    commit(slow, activity("a"), activity("b", "old"))
    with slow.writer("slow", 1) as writer:
        writer.put(activity("b", "from the slow one"))
        raw("DELETE", f"{lease_path(slow)}?refresh=true")  # as if it had expired
        commit(other, activity("c"))
        with pytest.raises(IndexBusy, match="another"):
            writer.commit()
    assert ids(slow) == ["a", "b", "c"]
    assert body(slow, "b") == "old"


def test_late_requests_of_a_slow_writer_are_invisible_and_collected(
    connect: Connect, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other = connect(), connect()
    commit(slow, activity("a", "old"), activity("b", "old"))
    send_bulk = writer_module.send_bulk

    def send_late(*arguments: Any) -> None:
        """Let another run commit before the bulk requests, which skip the check of the lease."""
        monkeypatch.setattr(writer_module, "send_bulk", send_bulk)
        raw("DELETE", f"{lease_path(slow)}?refresh=true")
        commit(other, activity("c"), delete=("b",))
        client, index, lines, _, on_done = arguments
        send_bulk(client, index, lines, lambda: None, on_done)

    with slow.writer("slow", 1) as writer:
        writer.put(activity("a", "from the slow one"))
        writer.put(activity("d", "from the slow one"))
        monkeypatch.setattr(writer_module, "send_bulk", send_late)
        with pytest.raises(EngineError):
            writer.commit()
    for engine in (slow, other, connect()):
        assert ids(engine) == ["a", "c"]
        assert body(engine, "a") == "old"
    assert commit(other, activity("e")) > 3  # a number is never used twice
    assert ids(connect()) == ["a", "c", "e"]


def test_the_remains_of_a_dead_run_are_collected_before_the_next_run_writes(
    connect: Connect, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect()
    commit(engine, activity("a", "old"))
    with monkeypatch.context() as patch:
        # Die after everything is written, and without the cleanup that follows an error.
        patch.setattr(ActivityIndices, "count", lambda *_: 1 / 0)
        patch.setattr("indexer.engines.opensearch.engine.collect_garbage", lambda *_: None)
        with pytest.raises(ZeroDivisionError):
            commit(engine, activity("a", "new"), *(activity(f"b{n}") for n in range(5)))
        with pytest.raises(ZeroDivisionError):
            commit(engine, activity("c"), rebuild=True)
    assert count_versions(engine, raw) == 8
    assert ids(engine) == ["a"]
    with connect().writer("a test", 1):
        assert count_versions(engine, raw) == 1
        assert len(list(engine.indices.find())) == 1
    assert commit(engine, activity("a", "newer")) == 4
    assert body(engine, "a") == "newer"
    assert body(engine, "a", generation=1) == "old"


def test_old_generations_and_then_their_index_are_collected(
    connect: Connect, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect()
    for number in range(6):
        commit(engine, activity("a", f"version {number}"), activity("b"))
    # All versions stay for the grace period.
    assert count_versions(engine, raw) == 12
    monkeypatch.setattr("indexer.engines.opensearch.pointer.GRACE_SECONDS", 0.0)
    commit(engine, activity("a", "version 6"))
    # Of a and of b, in the three kept generations.
    assert count_versions(engine, raw) == 3 + 2
    assert len(engine.generations()) == 3
    for number in range(2):
        commit(engine, activity("a", f"rebuilt {number}"), rebuild=True)
    assert len(list(engine.indices.find())) == 3
    commit(engine, activity("a", "rebuilt again"), rebuild=True)
    assert len(list(engine.indices.find())) == 3
    assert ids(engine) == ["a"]


def record_paths(engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that receives the path of every request of an engine."""
    paths: list[str] = []
    transport = engine.client.connect()
    send = transport.perform_request

    def record(method: str, path: str, **options: Any) -> Any:
        paths.append(path)
        return send(method, path, **options)

    monkeypatch.setattr(transport, "perform_request", record)
    return paths


def test_a_page_with_more_than_a_few_results_takes_one_request(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect()
    commit(
        engine,
        *(activity(f"a{n}", "women", country=("PAK",)) for n in range(FEW_RESULTS + 1)),
        activity("b", "men and women", year=(2019,)),
    )
    paths = record_paths(engine, monkeypatch)
    monkeypatch.setattr("indexer.engines.opensearch.engine.POINTER_CACHE_SECONDS", 3600.0)
    requests = [
        SearchRequest("women"),
        SearchRequest(
            "women -men country:PAK",
            (Filter("country", "PAK"), Filter("year", "none")),
            sort="oldest",
        ),
    ]
    for request in requests:
        search(engine, request, Vocabulary({}))  # fills the cache of the generation
        paths.clear()
        assert search(engine, request, Vocabulary({})).total
        assert paths == ["/_msearch"]


def test_runs_are_incremental_and_logged_and_status_reports_drift(
    cluster_settings: Settings,
) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return activities(cluster_settings, *arguments)

    content = cluster_settings.content
    assert run("index").stdout.startswith("4 added, 0 changed")
    assert run("index").stdout.startswith("0 added, 0 changed, 0 deleted, 4 unchanged")
    (content / "kgz-police.md").write_text("Changed.")
    (content / "global-guide.md").unlink()
    (content / "another.md").write_text("One more.")
    process = run("status", "--json")
    drift = json.loads(process.stdout)["drift"]
    assert process.returncode == 1
    assert {name: drift[name] for name in ("unindexed", "changed", "orphaned")} == {
        "unindexed": ["another"],
        "changed": ["kgz-police"],
        "orphaned": ["global-guide"],
    }
    assert run("index").stdout.startswith("1 added, 1 changed, 1 deleted, 2 unchanged")
    assert run("rollback").stdout.startswith("generation 3 restores generation 1 of 20")
    assert run("index").returncode == 1
    process = run("status")
    assert "held back by a rollback" in process.stdout
    assert process.stdout.count("activities index by") >= 4  # generations and runs
    # The rollback left the deleted activity out.
    assert run("index", "--resume").stdout.startswith("1 added, 1 changed, 0 deleted")
    assert run("status").returncode == 0


def test_a_saved_file_is_indexed_at_once(cluster_settings: Settings) -> None:
    watched = Watched(open_engine(cluster_settings), cluster_settings)
    try:
        (cluster_settings.content / "kgz-police.md").write_text("Saved just now.")
        watched.until(lambda: watched.body("kgz-police") == "Saved just now.")
        (cluster_settings.content / "kgz-police.md").unlink()
        watched.until(lambda: "kgz-police" not in watched.ids())
        assert not watched.problems
    finally:
        watched.stop.set()
        watched.thread.join()


def test_switching_between_engines_misses_no_edit(cluster_settings: Settings) -> None:
    """The scan cache is for one index: both engines may have generations of the same numbers."""
    content = cluster_settings.content
    whoosh_settings = Settings(content=content, index=cluster_settings.index)

    def run(settings: Settings) -> int:
        return sync(open_engine(settings), content, "a test", cache=settings.index).added

    for settings in (whoosh_settings, cluster_settings):
        assert run(settings) == 4
    edits: list[tuple[Settings, str]] = [
        (whoosh_settings, "first"),
        (cluster_settings, "second"),
        (whoosh_settings, "third"),
        (cluster_settings, "fourth"),
    ]
    for settings, word in edits:
        (content / "kgz-police.md").write_text(f"{word} edit")
        (content / f"{word}.md").write_text("One more.")
        run(settings)
        expected = {path.stem for path in content.glob("*.md")}
        assert set(ids(open_engine(settings))) == expected
    for settings in (whoosh_settings, cluster_settings):
        run(settings)
        engine = open_engine(settings)
        assert set(ids(engine)) == expected
        with engine.snapshot() as snapshot:
            (stored,) = snapshot.get("kgz-police")
        assert stored is not None
        assert stored.body == "fourth edit"


def test_more_alternatives_than_opensearch_allows_match_as_with_whoosh(
    connect: Connect, tmp_path: Path
) -> None:
    """OpenSearch allows 1,024 clauses; with more, the words of a column become one clause."""
    words = [f"w{n:02}{end:02}" for n in range(60) for end in range(20)]
    rows = [activity(f"a{n}", " ".join(words[n::40])) for n in range(40)]
    engines = open_engine(Settings(index=tmp_path / "whoosh")), connect()
    for engine in engines:
        commit(engine, *rows)
    request = SearchRequest(" OR ".join(f"w{n:02}*" for n in range(60)) + " -w0003", per_page=100)
    pages = [search(engine, request, Vocabulary({})) for engine in engines]
    assert pages[0].total == pages[1].total == 39
    assert {hit.id for hit in pages[0].hits} == {hit.id for hit in pages[1].hits}
    assert pages[1].hits[0].score > 0


def test_a_scan_continues_after_its_point_in_time_is_lost(
    opensearch: Cluster, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect()
    commit(engine, *(activity(f"a{n:03}", "words", year=(2000 + n % 20,)) for n in range(90)))
    monkeypatch.setattr("indexer.engines.opensearch.snapshot.ACTIVITIES_PER_PAGE", 20)
    with engine.snapshot() as snapshot:
        expected = [stored.id for stored in snapshot.scan(Plan())]
        rows = snapshot.scan(Plan())
        scanned = [next(rows).id for _ in range(30)]
        opensearch.request("DELETE", "/_search/point_in_time/_all")
        commit(connect(), delete=("a000",))
        scanned += [stored.id for stored in rows]
    assert scanned == expected
    assert len(scanned) == 90


def test_no_secret_is_stored_in_the_cluster(
    connect: Connect, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTIVITIES_OPENSEARCH_TOKEN", "correct-horse")
    engine = connect()
    responses: list[Mapping[str, Any]] = []
    with engine.writer("a test", 1) as writer:
        writer.put(activity("a"))
        responses.append(raw("GET", lease_path(engine)))
        writer.commit()
    responses.append(raw("GET", f"/{engine.prefix}-*/_search"))
    assert "horse" not in json.dumps(responses)


def test_the_number_of_requests_does_not_grow_with_the_number_of_retained_indices(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect()
    commit(engine, activity("a"))
    paths = record_paths(engine, monkeypatch)
    counts = []
    for number in range(5):
        paths.clear()
        commit(engine, activity("a", f"version {number}"), rebuild=True)
        counts.append(len(paths))
    assert len(list(engine.indices.find())) == 6
    assert counts[-1] == counts[1]
