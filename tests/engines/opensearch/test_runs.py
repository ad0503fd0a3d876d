"""The promises of reindexing, on a cluster: one writer across machines, and what dead, slow and late ones cannot do."""

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
from indexer.engines.opensearch.mapping import LAYOUT
from indexer.indexing.sync import sync
from indexer.query.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.service import search
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import ON_A_CLUSTER
from tests.engines.contract.test_engine import activity, ids
from tests.engines.contract.test_engine import write as commit
from tests.indexing.test_watch import Watched
from tests.serving import activities

pytestmark = ON_A_CLUSTER

Opened = Callable[[], OpenSearchEngine]
Ask = Callable[..., Any]
ELSEWHERE = {
    "kind": "lease",
    "owner": "activities index by ben@far",
    "host": "far",
    "pid": 7,
    "token": "t",
    "since": "2026-01-01T00:00:00Z",
    "beats": 1,
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that runs out after a second."""
    monkeypatch.setattr(lease, "TERM", 1.0)
    monkeypatch.setattr(lease, "RENEWED", 0.2)


def lease_path(engine: OpenSearchEngine) -> str:
    return f"/{engine.prefix}-state/_doc/lease-{LAYOUT}"


def documents(engine: OpenSearchEngine, ask: Ask) -> int:
    """How many versions there are, seen or not."""
    ask("POST", f"/{engine.prefix}-{LAYOUT}-*/_refresh")
    versions = {"query": {"exists": {"field": "made"}}}
    return int(ask("POST", f"/{engine.prefix}-{LAYOUT}-*/_count", versions)["count"])


def test_a_writer_on_another_machine_is_waited_for_and_named(
    open_cluster: Opened, ask: Ask, quick: None
) -> None:
    engine = open_cluster()
    commit(engine, activity("a"))
    stop = threading.Event()

    def renew() -> None:  # as it would
        for beat in range(1000):
            ask("PUT", lease_path(engine), {**ELSEWHERE, "beats": beat})
            if stop.wait(0.1):
                return

    other = threading.Thread(target=renew)
    other.start()
    heard: list[str] = []
    try:
        while ask("GET", lease_path(engine)) == 404:
            pass
        who = "written by activities index by ben@far on far, pid 7, since 2026"
        with pytest.raises(IndexBusy, match=who), engine.writer("ana", 2.5, on_wait=heard.append):
            pass
    finally:
        stop.set()
        other.join()
    assert heard == ["activities index by ben@far on far, pid 7, since 2026-01-01T00:00:00Z"]
    # It is dead now, and runs out.
    assert commit_after(engine, 10, activity("b")) == 2


def commit_after(engine: OpenSearchEngine, timeout: float, put: Any) -> int:
    with engine.writer("a test", timeout) as writer:
        writer.put(put)
        return writer.commit().number


def test_a_writer_is_not_taken_for_dead_while_it_lives(open_cluster: Opened, quick: None) -> None:
    with (
        open_cluster().writer("ana", 1),
        pytest.raises(IndexBusy, match="ana"),
        open_cluster().writer("ben", 3),
    ):
        pass


def test_a_holder_on_this_machine_that_is_no_more_is_not_waited_for(
    open_cluster: Opened, ask: Ask
) -> None:
    engine = open_cluster()
    commit(engine, activity("a"))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    here = {**ELSEWHERE, "host": socket.gethostname(), "pid": process.pid}
    assert process.pid != os.getpid()
    ask("PUT", lease_path(engine), here)
    assert commit(engine, activity("b")) == 2


def test_a_writer_that_was_taken_for_dead_can_commit_nothing(
    open_cluster: Opened, ask: Ask
) -> None:
    slow, other = open_cluster(), open_cluster()
    commit(slow, activity("a"), activity("b", "old"))
    with slow.writer("slow", 1) as writer:
        writer.put(activity("b", "from the slow one"))
        ask("DELETE", f"{lease_path(slow)}?refresh=true")  # as if it had run out
        commit(other, activity("c"))
        with pytest.raises(IndexBusy, match="another"):
            writer.commit()
    assert ids(slow) == ["a", "b", "c"]
    with slow.snapshot() as snapshot:
        assert [found.body for found in snapshot.get("b") if found] == ["old"]


def test_what_a_late_writer_still_sends_is_seen_by_nobody_and_removed(
    open_cluster: Opened, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other = open_cluster(), open_cluster()
    commit(slow, activity("a", "old"), activity("b", "old"))
    sent = writer_module.send

    def paused(*arguments: Any) -> None:
        """Holds its breath before the bulk request; another run comes and goes."""
        monkeypatch.setattr(writer_module, "send", sent)
        ask("DELETE", f"{lease_path(slow)}?refresh=true")
        commit(other, activity("c"), delete=("b",))
        sent(
            *arguments[:3], lambda: None, *arguments[4:]
        )  # without a look at the lease: it was on its way already

    with slow.writer("slow", 1) as writer:
        writer.put(activity("a", "from the slow one"))
        writer.put(activity("d", "from the slow one"))
        monkeypatch.setattr(writer_module, "send", paused)
        with pytest.raises(EngineError):
            writer.commit()
    for engine in (slow, other, open_cluster()):
        assert ids(engine) == ["a", "c"]
        with engine.snapshot() as snapshot:
            assert [found.body for found in snapshot.get("a") if found] == ["old"]
    assert commit(other, activity("e")) > 3  # a number is never used twice
    assert ids(open_cluster()) == ["a", "c", "e"]


def test_what_a_dead_run_left_is_removed_before_the_next_one_writes(
    open_cluster: Opened, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_cluster()
    commit(engine, activity("a", "old"))
    with monkeypatch.context() as patch:
        patch.setattr(OpenSearchEngine, "count", lambda *_: 1 / 0)  # after all was written
        patch.setattr("indexer.engines.opensearch.engine.collect", lambda *_: None)  # it is dead
        with pytest.raises(ZeroDivisionError):
            commit(engine, activity("a", "new"), *(activity(f"b{n}") for n in range(5)))
        with pytest.raises(ZeroDivisionError):
            commit(engine, activity("c"), rebuild=True)
    assert documents(engine, ask) == 8
    assert ids(engine) == ["a"]
    with open_cluster().writer("a test", 1):
        assert documents(engine, ask) == 1
        assert len(list(engine.indices())) == 1
    assert commit(engine, activity("a", "newer")) == 4
    with engine.snapshot() as snapshot:
        assert [found.body for found in snapshot.get("a") if found] == ["newer"]
    with engine.snapshot(1) as snapshot:
        assert [found.body for found in snapshot.get("a") if found] == ["old"]


def test_old_generations_are_collected_and_an_index_with_the_last_of_them(
    open_cluster: Opened, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_cluster()
    for number in range(6):
        commit(engine, activity("a", f"version {number}"), activity("b"))
    # For a minute those who still read a generation find it whole.
    assert documents(engine, ask) == 12
    monkeypatch.setattr("indexer.engines.opensearch.pointer.GRACE", 0.0)
    commit(engine, activity("a", "version 6"))
    assert documents(engine, ask) == 3 + 2  # of a and of b, in the three generations that are kept
    assert len(engine.generations()) == 3
    for number in range(2):
        commit(engine, activity("a", f"rebuilt {number}"), rebuild=True)
    assert len(list(engine.indices())) == 3
    commit(engine, activity("a", "rebuilt again"), rebuild=True)
    assert len(list(engine.indices())) == 3
    assert ids(engine) == ["a"]


def test_a_page_is_one_request(open_cluster: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_cluster()
    commit(
        engine,
        activity("a", "women", country=("PAK",)),
        activity("b", "men and women", year=(2019,)),
    )
    asked: list[str] = []
    send = type(engine.cluster._connected()).perform_request

    def noted(self: Any, method: str, path: str, **more: Any) -> Any:
        asked.append(path)
        return send(self, method, path, **more)

    monkeypatch.setattr(type(engine.cluster._connected()), "perform_request", noted)
    monkeypatch.setattr("indexer.engines.opensearch.engine.REUSED", 3600.0)
    requests = [
        SearchRequest("women"),
        SearchRequest(
            "women -men country:PAK", (("country", "PAK"), ("year", "none")), sort="oldest"
        ),
    ]
    search(engine, requests[0], Vocabulary({}))  # learns what there is of this generation
    for request in requests:
        asked.clear()
        assert search(engine, request, Vocabulary({})).total
        assert asked == ["/_msearch"]


def test_runs_are_incremental_logged_and_drift_is_told(there: Settings) -> None:
    assert activities(there, "index").stdout.startswith("4 added, 0 changed")
    assert activities(there, "index").stdout.startswith(
        "0 added, 0 changed, 0 deleted, 4 unchanged"
    )
    (there.content / "kgz-police.md").write_text("Changed.")
    (there.content / "global-guide.md").unlink()
    (there.content / "another.md").write_text("One more.")
    status = activities(there, "status", "--json")
    found = json.loads(status.stdout)
    assert status.returncode == 1
    assert {name: found["drift"][name] for name in ("unindexed", "changed", "orphaned")} == {
        "unindexed": ["another"],
        "changed": ["kgz-police"],
        "orphaned": ["global-guide"],
    }
    assert activities(there, "index").stdout.startswith(
        "1 added, 1 changed, 1 deleted, 2 unchanged"
    )
    assert activities(there, "rollback").stdout.startswith(
        "generation 3 is generation 1 again, held"
    )
    assert activities(there, "index").returncode == 1
    status = activities(there, "status")
    assert "held back by a rollback" in status.stdout
    assert status.stdout.count("activities index by") >= 4  # generations and runs
    assert activities(there, "index", "--resume").stdout.startswith("1 added, 1 changed, 1 deleted")
    assert activities(there, "status").returncode == 0


def test_what_is_saved_is_indexed_at_once_on_a_cluster_too(there: Settings) -> None:
    watched = Watched(open_engine(there), there)
    try:
        (there.content / "kgz-police.md").write_text("Saved just now.")
        watched.until(lambda: watched.body("kgz-police") == "Saved just now.")
        (there.content / "kgz-police.md").unlink()
        watched.until(lambda: "kgz-police" not in watched.ids())
        assert not watched.problems
    finally:
        watched.stop.set()
        watched.thread.join()


def test_an_engine_changed_back_and_forth_misses_no_edit(there: Settings) -> None:
    """What the last scan found is of one index: the other one may have generations of the same numbers."""
    on_disk = Settings(content=there.content, index=there.index)
    for settings in (on_disk, there):
        assert (
            sync(open_engine(settings), settings.content, "a test", cache=settings.index).added == 4
        )
    edits: list[tuple[Settings, str]] = [
        (on_disk, "first"),
        (there, "second"),
        (on_disk, "third"),
        (there, "fourth"),
    ]
    for settings, word in edits:
        (there.content / "kgz-police.md").write_text(f"{word} edit")
        (there.content / f"{word}.md").write_text("One more.")
        sync(open_engine(settings), settings.content, "a test", cache=settings.index)
        expected = {path.stem for path in there.content.glob("*.md")}
        assert set(ids(open_engine(settings))) == expected
    for settings in (on_disk, there):
        sync(open_engine(settings), settings.content, "a test", cache=settings.index)
        assert set(ids(open_engine(settings))) == expected
        with open_engine(settings).snapshot() as snapshot:
            assert [found.body for found in snapshot.get("kgz-police") if found] == ["fourth edit"]


def test_many_alternatives_match_as_few_do(open_cluster: Opened, tmp_path: Path) -> None:
    """OpenSearch refuses more than 1,024 clauses: beyond that the words of a column are asked for together."""
    words = [f"w{n:02}{end:02}" for n in range(60) for end in range(20)]
    rows = [activity(f"a{n}", " ".join(words[n::40])) for n in range(40)]
    both = open_engine(Settings(index=tmp_path / "whoosh")), open_cluster()
    for engine in both:
        commit(engine, *rows)
    text = " OR ".join(f"w{n:02}*" for n in range(60)) + " -w0003"
    pages = [search(engine, SearchRequest(text, per_page=100), Vocabulary({})) for engine in both]
    assert pages[0].total == pages[1].total == 39
    assert {hit.id for hit in pages[0].hits} == {hit.id for hit in pages[1].hits}
    assert pages[1].hits[0].score > 0


def test_a_scan_outlives_its_point_in_time(
    opensearch: Cluster, open_cluster: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_cluster()
    commit(engine, *(activity(f"a{n:03}", "words", year=(2000 + n % 20,)) for n in range(90)))
    monkeypatch.setattr("indexer.engines.opensearch.snapshot.ROWS", 20)
    with engine.snapshot() as snapshot:
        expected = [stored.id for stored in snapshot.scan(Plan())]
        rows = snapshot.scan(Plan())
        found = [next(rows).id for _ in range(30)]
        opensearch.ask("DELETE", "/_search/point_in_time/_all")
        commit(open_cluster(), delete=("a000",))
        found += [stored.id for stored in rows]
    assert found == expected
    assert len(found) == 90


def test_no_secret_is_kept_in_the_cluster(
    open_cluster: Opened, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTIVITIES_OPENSEARCH_TOKEN", "correct-horse")
    engine = open_cluster()
    seen: list[Mapping[str, Any]] = []
    with engine.writer("a test", 1) as writer:
        writer.put(activity("a"))
        seen.append(ask("GET", lease_path(engine)))
        writer.commit()
    seen.append(ask("GET", f"/{engine.prefix}-*/_search"))
    assert "horse" not in json.dumps(seen)


def test_the_requests_of_a_run_do_not_grow_with_the_indices_that_wait_to_be_removed(
    open_cluster: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_cluster()
    commit(engine, activity("a"))
    sent: list[str] = []
    transport = engine.cluster._connected()
    send = transport.perform_request
    monkeypatch.setattr(
        transport, "perform_request", lambda *of, **more: sent.append(of[1]) or send(*of, **more)
    )
    counts = []
    for number in range(5):
        sent.clear()
        commit(engine, activity("a", f"version {number}"), rebuild=True)
        counts.append(len(sent))
    assert len(list(engine.indices())) == 6
    assert counts[-1] == counts[1]
