"""A cluster that takes a part, has too much to do, or is full: nothing is lost, nothing doubled, and it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from opensearchpy import TransportError

from indexer.engines.base import EngineUnavailable
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.indexing.sync import sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.conftest import ACTIVITIES
from tests.engines.conftest import ON_A_CLUSTER
from tests.serving import activities

pytestmark = ON_A_CLUSTER

Send = Callable[..., Any]
TOO_MUCH = {
    "type": "rejected_execution_exception",
    "reason": "rejected execution of coordinating operation",
}


def intercept(
    engine: OpenSearchEngine, answer: Callable[[Send, str, str, dict[str, Any]], Any]
) -> None:
    """Let answer() stand between an engine and its cluster."""
    transport = engine.cluster._connected()
    send = transport.perform_request
    transport.perform_request = lambda method, path, **more: answer(send, method, path, more)  # type: ignore[method-assign]


def documents(opensearch: Cluster, there: Settings) -> int:
    """All versions that the cluster has, seen or not."""
    prefix = there.engine.rpartition("/")[2]
    opensearch.ask("POST", f"/{prefix}-*-*/_refresh")
    versions = {"query": {"exists": {"field": "made"}}}
    return int(opensearch.ask("POST", f"/{prefix}-*-*/_count", versions)["count"])


def ids(engine: OpenSearchEngine) -> list[str]:
    with engine.snapshot() as snapshot:
        return sorted(stored.id for stored in snapshot.scan(Plan()))


def test_what_of_a_bulk_request_was_refused_for_now_is_sent_again_alone(
    opensearch: Cluster, there: Settings, engine: OpenSearchEngine
) -> None:
    sent: list[int] = []

    def half(send: Send, method: str, path: str, more: dict[str, Any]) -> Any:
        if not path.endswith("/_bulk"):
            return send(method, path, **more)
        lines = more["body"].splitlines(keepends=True)
        pairs = [
            "".join(part.decode() for part in lines[at : at + 2]) for at in range(0, len(lines), 2)
        ]
        sent.append(len(pairs))
        taken = pairs[: (len(pairs) + 1) // 2]
        found = send(method, path, **{**more, "body": "".join(taken).encode()})
        refused = [json.loads(pair.splitlines()[0])["index"]["_id"] for pair in pairs[len(taken) :]]
        items = [{"index": {"_id": id, "status": 429, "error": TOO_MUCH}} for id in refused]
        return {**found, "errors": bool(items), "items": [*found["items"], *items]}

    intercept(engine, half)
    assert sync(engine, there.content, "a test", cache=there.index).added == 4
    assert sent[0] > 4  # activities, and their words
    assert sent == [sent[0] >> times for times in range(len(sent))]
    assert ids(engine) == sorted(ACTIVITIES)
    assert documents(opensearch, there) == 4


def test_a_document_refused_for_good_fails_the_run_and_changes_nothing(
    opensearch: Cluster, there: Settings, engine: OpenSearchEngine
) -> None:
    sync(engine, there.content, "a test", cache=there.index)
    before = ids(engine)
    (there.content / "another.md").write_text("One more.")
    (there.content / "kgz-police.md").write_text("Changed.")

    def refusing(send: Send, method: str, path: str, more: dict[str, Any]) -> Any:
        found = send(method, path, **more)
        if path.endswith("/_bulk"):
            wrong = {"type": "mapper_parsing_exception", "reason": "failed to parse"}
            found["errors"] = True
            found["items"][-1] = {"index": {"_id": "x", "status": 400, "error": wrong}}
        return found

    intercept(engine, refusing)
    with pytest.raises(
        EngineUnavailable, match=r"refused a document \(status 400, failed to parse\)"
    ):
        sync(engine, there.content, "a test", cache=there.index)
    assert ids(engine) == before
    assert (
        sync(OpenSearchEngine(there.engine), there.content, "a test", cache=there.index).added == 1
    )
    assert ids(engine) == sorted([*before, "another"])


def test_a_cluster_with_too_much_to_do_is_asked_again(
    there: Settings, engine: OpenSearchEngine
) -> None:
    refused: dict[str, int] = {}

    def busy(send: Send, method: str, path: str, more: dict[str, Any]) -> Any:
        if refused.setdefault(f"{method} {path}", 0) < 2:
            refused[f"{method} {path}"] += 1
            raise TransportError(
                429, "rejected_execution_exception", {"error": TOO_MUCH, "status": 429}
            )
        return send(method, path, **more)

    intercept(engine, busy)
    assert sync(engine, there.content, "a test", cache=there.index).added == 4
    assert ids(engine) == sorted(ACTIVITIES)
    assert set(refused.values()) == {2}
    assert any(path.endswith("/_bulk") for path in refused)


def test_a_cluster_that_stays_too_busy_is_said(there: Settings, engine: OpenSearchEngine) -> None:
    sync(engine, there.content, "a test", cache=there.index)

    def busy(send: Send, method: str, path: str, more: dict[str, Any]) -> Any:
        raise TransportError(
            429, "rejected_execution_exception", {"error": TOO_MUCH, "status": 429}
        )

    intercept(engine, busy)
    with pytest.raises(EngineUnavailable, match="too much to do"):
        ids(engine)


@pytest.mark.parametrize("which", ["state", "activities", "all"])
def test_a_full_disk_stops_a_run_in_words_and_no_search(
    opensearch: Cluster, there: Settings, engine: OpenSearchEngine, which: str
) -> None:
    """What a cluster does by itself at its flood stage: its indices can be read and deleted, not written."""
    assert activities(there, "index").returncode == 0
    prefix = there.engine.rpartition("/")[2]
    pattern = {"state": f"{prefix}-state", "activities": f"{prefix}-*-*", "all": f"{prefix}-*"}[
        which
    ]
    (there.content / "another.md").write_text("One more.")
    (there.content / "kgz-police.md").write_text("Changed.")
    (there.content / "global-guide.md").unlink()
    opensearch.ask("PUT", f"/{pattern}/_settings", {"index.blocks.read_only_allow_delete": True})
    ran = activities(there, "index")
    assert (ran.returncode, len(ran.stderr.splitlines())) == (3, 1), ran.stderr
    assert "free some space" in ran.stderr
    assert ids(engine) == sorted(ACTIVITIES)
    opensearch.ask("PUT", f"/{pattern}/_settings", {"index.blocks.read_only_allow_delete": None})
    ran = activities(there, "index")
    assert ran.returncode == 0, ran.stderr
    assert ids(OpenSearchEngine(there.engine)) == sorted(
        {*ACTIVITIES, "another"} - {"global-guide"}
    )
    assert documents(opensearch, there) == 6  # of the two generations that are kept
