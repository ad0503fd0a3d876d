"""Rejected requests: a busy or full cluster loses and duplicates nothing."""

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
OVERLOADED = {
    "type": "rejected_execution_exception",
    "reason": "rejected execution of coordinating operation",
}


def overloaded_error() -> TransportError:
    return TransportError(429, "rejected_execution_exception", {"error": OVERLOADED, "status": 429})


def intercept(
    engine: OpenSearchEngine, handle: Callable[[Send, str, str, dict[str, Any]], Any]
) -> None:
    """Call handle(send, method, path, options) for every request of an engine."""
    transport = engine.client.connect()
    send = transport.perform_request

    def perform_request(method: str, path: str, **options: Any) -> Any:
        return handle(send, method, path, options)

    transport.perform_request = perform_request  # type: ignore[method-assign]


def count_versions(opensearch: Cluster, settings: Settings) -> int:
    """Return the number of versions in the cluster, visible or not."""
    prefix = settings.engine.rpartition("/")[2]
    opensearch.request("POST", f"/{prefix}-*-*/_refresh")
    versions = {"query": {"exists": {"field": "made"}}}
    return int(opensearch.request("POST", f"/{prefix}-*-*/_count", versions)["count"])


def ids(engine: OpenSearchEngine) -> list[str]:
    with engine.snapshot() as snapshot:
        return sorted(stored.id for stored in snapshot.scan(Plan()))


def test_only_the_rejected_part_of_a_bulk_request_is_sent_again(
    opensearch: Cluster, cluster_settings: Settings, engine: OpenSearchEngine
) -> None:
    action_counts: list[int] = []

    def reject_half(send: Send, method: str, path: str, options: dict[str, Any]) -> Any:
        if not path.endswith("/_bulk"):
            return send(method, path, **options)
        lines = options["body"].splitlines(keepends=True)
        actions = [b"".join(lines[start : start + 2]) for start in range(0, len(lines), 2)]
        action_counts.append(len(actions))
        middle = (len(actions) + 1) // 2
        accepted, rejected = actions[:middle], actions[middle:]
        response = send(method, path, **{**options, "body": b"".join(accepted)})
        rejected_ids = [json.loads(each.splitlines()[0])["index"]["_id"] for each in rejected]
        items = [{"index": {"_id": id, "status": 429, "error": OVERLOADED}} for id in rejected_ids]
        return {**response, "errors": bool(items), "items": [*response["items"], *items]}

    intercept(engine, reject_half)
    result = sync(engine, cluster_settings.content, "a test", cache=cluster_settings.index)
    assert result.added == 4
    assert action_counts[0] > 4  # activities and their words
    assert action_counts == [action_counts[0] >> attempt for attempt in range(len(action_counts))]
    assert ids(engine) == sorted(ACTIVITIES)
    assert count_versions(opensearch, cluster_settings) == 4


def test_a_permanently_rejected_document_fails_the_run_and_changes_nothing(
    cluster_settings: Settings, engine: OpenSearchEngine
) -> None:
    content, cache = cluster_settings.content, cluster_settings.index
    sync(engine, content, "a test", cache=cache)
    before = ids(engine)
    (content / "another.md").write_text("One more.")
    (content / "kgz-police.md").write_text("Changed.")

    def reject_one(send: Send, method: str, path: str, options: dict[str, Any]) -> Any:
        response = send(method, path, **options)
        if path.endswith("/_bulk"):
            error = {"type": "mapper_parsing_exception", "reason": "failed to parse"}
            response["errors"] = True
            response["items"][-1] = {"index": {"_id": "x", "status": 400, "error": error}}
        return response

    intercept(engine, reject_one)
    message = r"refused a document \(status 400, failed to parse\)"
    with pytest.raises(EngineUnavailable, match=message):
        sync(engine, content, "a test", cache=cache)
    assert ids(engine) == before
    fresh_engine = OpenSearchEngine(cluster_settings.engine)
    assert sync(fresh_engine, content, "a test", cache=cache).added == 1
    assert ids(engine) == sorted([*before, "another"])


def test_requests_to_an_overloaded_cluster_are_retried(
    cluster_settings: Settings, engine: OpenSearchEngine
) -> None:
    rejections: dict[str, int] = {}

    def reject_twice(send: Send, method: str, path: str, options: dict[str, Any]) -> Any:
        if rejections.setdefault(f"{method} {path}", 0) < 2:
            rejections[f"{method} {path}"] += 1
            raise overloaded_error()
        return send(method, path, **options)

    intercept(engine, reject_twice)
    result = sync(engine, cluster_settings.content, "a test", cache=cluster_settings.index)
    assert result.added == 4
    assert ids(engine) == sorted(ACTIVITIES)
    assert set(rejections.values()) == {2}
    assert any(path.endswith("/_bulk") for path in rejections)


def test_a_cluster_that_stays_overloaded_is_reported(
    cluster_settings: Settings, engine: OpenSearchEngine
) -> None:
    sync(engine, cluster_settings.content, "a test", cache=cluster_settings.index)

    def reject(send: Send, method: str, path: str, options: dict[str, Any]) -> Any:
        raise overloaded_error()

    intercept(engine, reject)
    with pytest.raises(EngineUnavailable, match="is overloaded"):
        ids(engine)


@pytest.mark.parametrize("blocked", ["state", "activities", "all"])
def test_a_full_disk_fails_a_run_with_one_line_and_no_search(
    opensearch: Cluster, cluster_settings: Settings, engine: OpenSearchEngine, blocked: str
) -> None:
    """At its flood-stage watermark, a cluster only allows reads and deletions of indices."""
    content = cluster_settings.content
    assert activities(cluster_settings, "index").returncode == 0
    prefix = cluster_settings.engine.rpartition("/")[2]
    patterns = {"state": f"{prefix}-state", "activities": f"{prefix}-*-*", "all": f"{prefix}-*"}
    settings_path = f"/{patterns[blocked]}/_settings"
    (content / "another.md").write_text("One more.")
    (content / "kgz-police.md").write_text("Changed.")
    (content / "global-guide.md").unlink()
    opensearch.request("PUT", settings_path, {"index.blocks.read_only_allow_delete": True})
    process = activities(cluster_settings, "index")
    assert (process.returncode, len(process.stderr.splitlines())) == (3, 1), process.stderr
    assert "free some space" in process.stderr
    assert ids(engine) == sorted(ACTIVITIES)
    opensearch.request("PUT", settings_path, {"index.blocks.read_only_allow_delete": None})
    process = activities(cluster_settings, "index")
    assert process.returncode == 0, process.stderr
    fresh_engine = OpenSearchEngine(cluster_settings.engine)
    assert ids(fresh_engine) == sorted({*ACTIVITIES, "another"} - {"global-guide"})
    # The versions of both kept generations.
    assert count_versions(opensearch, cluster_settings) == 6
