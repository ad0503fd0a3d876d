"""Readers and writers send only requests that the privileges in docs/cluster.md allow."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import Transport

from indexer.content.vocabulary import Vocabulary
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.indexing.forget import forget
from indexer.indexing.sync import SyncOptions, sync
from indexer.query.plan import ID_COLUMN
from indexer.search.autocomplete import autocomplete
from indexer.search.coverage import coverage
from indexer.search.request import SearchRequest
from indexer.search.service import search, stream_results
from indexer.settings import Settings
from tests.engines.conftest import ON_A_CLUSTER

pytestmark = ON_A_CLUSTER

MANUAL = (Path(__file__).parents[3] / "docs" / "cluster.md").read_text()
# The privilege of OpenSearch's security plugin for each request. I is an index, D a document id.
READING = {
    "GET /": "cluster:monitor/main",
    "GET /_nodes/http": "cluster:monitor/nodes/info",
    "GET I": "indices:admin/get",
    "GET I/_doc/D": "indices:data/read/",
    "GET I/_mapping": "indices:admin/mappings/get",
    "GET I/_stats/store,segments": "indices:monitor/stats",
    "POST /_msearch": "indices:data/read/msearch",
    "POST /_search": "indices:data/read/",
    "POST I/_search": "indices:data/read/",
    "POST I/_search/point_in_time": "indices:data/read/",
    "DELETE /_search/point_in_time": "indices:data/read/",
}
WRITING = READING | {
    "PUT I": "indices:admin/create",
    "DELETE I": "indices:admin/delete",
    "PUT I/_doc/D": "indices:data/write/",
    "DELETE I/_doc/D": "indices:data/write/",
    "POST I/_bulk": "indices:data/write/bulk",
    "POST I/_refresh": "indices:admin/refresh",
    "PUT I/_settings": "indices:admin/settings/update",
    "GET /_cluster/health/I": "cluster:monitor/health",
}


def sent_requests(
    settings: Settings, use: Callable[[OpenSearchEngine], Any], monkeypatch: pytest.MonkeyPatch
) -> set[str]:
    """Return the kinds of requests that a new engine sends, from the first one on."""
    engine = OpenSearchEngine(settings.engine)
    kinds: set[str] = set()
    send = Transport.perform_request

    def record(self: Transport, method: str, path: str, **options: Any) -> Any:
        kind = re.sub(rf"{engine.prefix}-[^/]+", "I", path)
        kind = re.sub("/_doc/.+", "/_doc/D", kind)
        if kind.startswith("/I"):
            kind = kind.removeprefix("/")
        kinds.add(f"{method} {kind}")
        return send(self, method, path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Transport, "perform_request", record)
        use(engine)
    return kinds


def read(engine: OpenSearchEngine) -> None:
    vocabulary = Vocabulary({})
    for text in ("police", "traf* OR polise~", "zzzz", 'theme:nonsense "gender-based violence"'):
        search(engine, SearchRequest(text), vocabulary)
    list(stream_results(engine, SearchRequest("women"), vocabulary)[1])
    coverage(engine, SearchRequest(""), vocabulary)
    autocomplete(engine, SearchRequest("traf"), vocabulary)
    with engine.snapshot() as snapshot:
        snapshot.get("kgz-police")
        snapshot.digests()
        snapshot.terms(ID_COLUMN, "pak")
    engine.generations()
    engine.stats()
    assert engine.identity


def documented_privileges(*roles: str) -> str:
    """Return the rows of these roles in the table of privileges."""
    starts = tuple(f"| {role}" for role in roles)
    rows = [line for line in MANUAL.splitlines() if line.startswith(starts)]
    assert len(rows) == len(roles)
    return "".join(rows)


def test_a_reader_needs_only_the_documented_privileges(
    cluster_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = OpenSearchEngine(cluster_settings.engine)
    sync(engine, cluster_settings.content, "a test", cache=cluster_settings.index)
    requests = sent_requests(cluster_settings, read, monkeypatch)
    assert requests <= READING.keys()
    assert {"POST /_msearch", "POST I/_search/point_in_time", "GET I/_doc/D"} <= requests
    documented = documented_privileges("reader |")
    assert not [privilege for privilege in READING.values() if privilege not in documented]
    assert "write" not in documented


def test_a_writer_needs_only_the_documented_privileges(
    cluster_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, cache = cluster_settings.content, cluster_settings.index

    def write(engine: OpenSearchEngine) -> None:
        sync(engine, content, "a test", cache=cache)
        sync(engine, content, "a test", SyncOptions(rebuild=True), cache=cache)
        (content / "kgz-police.md").write_text("Changed.")
        sync(engine, content, "a test", cache=cache)
        engine.rollback(2, "a test")
        (content / "kgz-police.md").unlink()
        forget(engine, content, ["kgz-police"], "a test", 1, cache=cache)

    assert sent_requests(cluster_settings, write, monkeypatch) <= WRITING.keys()
    documented = documented_privileges("reader |", "writer, ")
    assert not [privilege for privilege in WRITING.values() if privilege not in documented]
