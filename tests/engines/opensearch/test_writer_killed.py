"""A run that is killed at any of its requests: readers see all of it or nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import ON_A_CLUSTER

pytestmark = ON_A_CLUSTER

FILES = 12


def write_content(content: Path, version: int) -> dict[str, str]:
    """Write the files of a version, and return their texts by id.

    Compared with the previous version, some files are changed, some unchanged, one is new and one
    is missing.
    """
    for path in content.iterdir():
        path.unlink()
    for number in range(FILES):
        (content / f"steady{number}.md").write_text(f"Steady {number}.")
        (content / f"moving{number}.md").write_text(f"Moving {number}, version {version}.")
    (content / f"only{version}.md").write_text(f"Only in version {version}.")
    return {path.stem: path.read_text() for path in content.iterdir()}


# Each version deletes an activity, and together they are more than half within an hour.
ALLOW_DELETIONS = SyncOptions(allow_deletions=True)


def read_bodies(engine: OpenSearchEngine) -> dict[str, str]:
    """Return the body of each activity by id."""
    with engine.snapshot() as snapshot:
        rows = list(snapshot.scan(Plan()))
        assert len(rows) == snapshot.generation.activities == len({row.id for row in rows})
        assert snapshot.match(Plan())[0].total == len(rows)
    return {row.id: row.body for row in rows}


def run_and_kill(settings: Settings, number: int, rebuild: bool, bulk_file: Path) -> bool:
    """Run in a child process that is killed instead of sending its request of this number.

    Returns False if it completed with fewer requests. If the request is a bulk request, its path
    and body are written to bulk_file.
    """
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            engine = OpenSearchEngine(settings.engine)
            transport = engine.client.connect()
            send = transport.perform_request
            requests = 0

            def kill_or_send(method: str, path: str, **options: Any) -> Any:
                nonlocal requests
                requests += 1
                if requests == number:
                    if path.endswith("/_bulk"):
                        bulk_file.write_bytes(path.encode() + b"\n" + options["body"])
                    os.kill(os.getpid(), signal.SIGKILL)
                return send(method, path, **options)

            transport.perform_request = kill_or_send  # type: ignore[method-assign]
            sync(
                engine,
                settings.content,
                "a test",
                SyncOptions(rebuild, allow_deletions=True),
                cache=settings.index,
            )
            os._exit(0)
        finally:
            os._exit(1)  # skips pytest's cleanup
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_run_killed_before_any_request_leaves_the_old_or_the_new_generation_complete(
    opensearch: Cluster,
    cluster_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rebuild: bool,
) -> None:
    # More than a hundred generations within one grace period need more clauses than a query may
    # have.
    monkeypatch.setattr("indexer.engines.opensearch.pointer.GRACE_SECONDS", 5)
    content, cache = cluster_settings.content, cluster_settings.index

    def new_engine() -> OpenSearchEngine:
        return OpenSearchEngine(cluster_settings.engine)

    expected = write_content(content, 0)
    sync(new_engine(), content, "a test", ALLOW_DELETIONS, cache=cache)
    bulk_file = tmp_path / "bulk"
    prefix = cluster_settings.engine.rpartition("/")[2]
    killed_after_commit, late_requests, number, killed = 0, 0, 0, True
    while killed:
        number += 1
        before, expected = expected, write_content(content, number)
        killed = run_and_kill(cluster_settings, number, rebuild, bulk_file)
        engine = new_engine()
        bodies = read_bodies(engine)
        assert bodies in (before, expected), number
        killed_after_commit += killed and bodies == expected
        sync(engine, content, "a test", ALLOW_DELETIONS, cache=cache)
        assert read_bodies(engine) == expected, number
        if bulk_file.exists():
            # A request of the killed run may arrive after those of the next run.
            path, _, body = bulk_file.read_bytes().partition(b"\n")
            bulk_file.unlink()
            late_requests += not rebuild
            if not rebuild:
                engine.client.request("POST", path.decode(), body)
                opensearch.request("POST", f"/{prefix}-*-*/_refresh")
                time.sleep(0.3)  # longer than POINTER_CACHE_SECONDS
                assert read_bodies(engine) == expected, number
    assert number > 10  # the minimum number of requests of a run
    assert killed_after_commit >= 1
    assert rebuild or late_requests >= 1
    # Collects the garbage of the served index. An older index is deleted as a whole later.
    sync(new_engine(), content, "a test", ALLOW_DELETIONS, cache=cache)
    pointer = new_engine().state.pointer()
    served = pointer.retained[-1].index
    needed = [
        clause
        for published in pointer.retained
        if published.index == served
        for clause in (published.visibility_filter(), published.word_count_filter())
    ]
    opensearch.request("POST", f"/{served}/_refresh")
    query = {"query": {"bool": {"must_not": needed}}}
    assert opensearch.request("POST", f"/{served}/_count", query)["count"] == 0
    sync(new_engine(), content, "a test", SyncOptions(rebuild=True))
    indices = {published.index for published in new_engine().state.pointer().retained}
    assert set(opensearch.request("GET", f"/{prefix}-*-*/_mapping")) == indices
