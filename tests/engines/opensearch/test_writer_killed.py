"""A run killed before each of its requests in turn: readers see all of it or nothing, and the next run completes it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.indexing.sync import sync
from indexer.query.plan import Plan
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import ON_A_CLUSTER

pytestmark = ON_A_CLUSTER

FILES = 12


def write(content: Path, version: int) -> dict[str, str]:
    """Files of a version: some changed, some as they were, one new, one gone. What the index must hold then, by id."""
    for path in content.iterdir():
        path.unlink()
    for number in range(FILES):
        (content / f"steady{number}.md").write_text(f"Steady {number}.")
        (content / f"moving{number}.md").write_text(f"Moving {number}, version {version}.")
    (content / f"only{version}.md").write_text(f"Only in version {version}.")
    return {path.stem: path.read_text() for path in content.iterdir()}


def held(engine: OpenSearchEngine) -> dict[str, str]:
    with engine.snapshot() as snapshot:
        rows = list(snapshot.scan(Plan()))
        assert len(rows) == snapshot.generation.activities == len({row.id for row in rows})
        assert snapshot.match(Plan())[0].total == len(rows)
    return {row.id: row.body for row in rows}


def killed_before(there: Settings, number: int, rebuild: bool, spilled: Path) -> bool:
    """Run in a process that dies in place of its request of this number; whether it did. A bulk request's body is kept."""
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            engine = OpenSearchEngine(there.engine)
            transport = engine.cluster._connected()
            send = transport.perform_request
            sent = 0

            def counting(method: str, path: str, **more: Any) -> Any:
                nonlocal sent
                sent += 1
                if sent == number:
                    if path.endswith("/_bulk"):
                        spilled.write_bytes(path.encode() + b"\n" + more["body"])
                    os.kill(os.getpid(), signal.SIGKILL)
                return send(method, path, **more)

            transport.perform_request = counting  # type: ignore[method-assign]
            sync(engine, there.content, "a test", cache=there.index, rebuild=rebuild)
            os._exit(0)
        finally:
            os._exit(1)  # not through pytest
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("rebuild", [False, True])
def test_killed_before_any_request_of_a_run_nothing_is_lost_mixed_or_doubled(
    opensearch: Cluster, there: Settings, tmp_path: Path, rebuild: bool
) -> None:
    expected = write(there.content, 0)
    sync(OpenSearchEngine(there.engine), there.content, "a test", cache=there.index)
    spilled = tmp_path / "bulk"
    prefix = there.engine.rpartition("/")[2]
    moved, late, number, died = 0, 0, 0, True
    while died:
        number += 1
        before, expected = expected, write(there.content, number)
        died = killed_before(there, number, rebuild, spilled)
        engine = OpenSearchEngine(there.engine)
        seen = held(engine)
        assert seen in (before, expected), number
        moved += died and seen == expected
        sync(engine, there.content, "a test", cache=there.index)
        assert held(engine) == expected, number
        if spilled.exists():
            # What was on its way when the run died may arrive later than what follows.
            path, _, body = spilled.read_bytes().partition(b"\n")
            spilled.unlink()
            late += not rebuild
            if not rebuild:
                engine.cluster.ask("POST", path.decode(), body)
                opensearch.ask("POST", f"/{prefix}-*-*/_refresh")
                time.sleep(0.3)  # longer than a pointer that was read is reused
                assert held(engine) == expected, number
    assert number > 10  # there are at least so many requests to die before
    assert moved >= 1  # some died after the pointer had moved
    assert rebuild or late >= 1
    sync(
        OpenSearchEngine(there.engine), there.content, "a test", rebuild=True
    )  # removes what it finds
    pointer = OpenSearchEngine(there.engine).state.pointer()
    indices = {each.index for each in pointer.held}
    assert set(opensearch.ask("GET", f"/{prefix}-*-*/_mapping")) == indices
    for index in indices:
        seen_by_some = [
            seen
            for each in pointer.held
            if each.index == index
            for seen in (each.seen(), each.counted())
        ]
        left = opensearch.ask(
            "POST", f"/{index}/_count", {"query": {"bool": {"must_not": seen_by_some}}}
        )
        assert left["count"] == 0
