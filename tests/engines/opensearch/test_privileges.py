"""What a reader and a writer send is what the table of privileges in docs/cluster.md allows, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from indexer.content.vocabulary import Vocabulary
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.indexing.sync import sync
from indexer.query.plan import ID_COLUMN
from indexer.search.autocomplete import autocomplete
from indexer.search.coverage import coverage
from indexer.search.request import SearchRequest
from indexer.search.service import search, stream_results
from indexer.settings import Settings
from tests.engines.conftest import ON_A_CLUSTER

pytestmark = ON_A_CLUSTER

MANUAL = (Path(__file__).parents[3] / "docs" / "cluster.md").read_text()
# Each request, and the privilege of OpenSearch's security plugin for it; I stands for an index of ours.
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


def sent(there: Settings, work: Callable[[OpenSearchEngine], Any]) -> set[str]:
    """The kinds of requests that an engine sends for some work, its greeting too."""
    engine = OpenSearchEngine(there.engine)
    kinds: set[str] = set()
    ask = engine.cluster._ask

    def asked(transport: Any, method: str, path: str, *more: Any) -> Any:
        kind = re.sub(rf"{engine.prefix}-[^/]+", "I", path)
        kinds.add(
            f"{method} {re.sub('/_doc/.+', '/_doc/D', kind.removeprefix('/') if kind.startswith('/I') else kind)}"
        )
        return ask(transport, method, path, *more)

    engine.cluster._ask = asked  # type: ignore[method-assign]
    work(engine)
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


def test_a_reader_needs_what_the_readme_says_and_no_more(there: Settings) -> None:
    sync(OpenSearchEngine(there.engine), there.content, "a test", cache=there.index)
    found = sent(there, read)
    assert found <= READING.keys()
    assert {"POST /_msearch", "POST I/_search/point_in_time", "GET I/_doc/D"} <= found
    reader = next(line for line in MANUAL.splitlines() if line.startswith("| reader |"))
    assert not [privilege for privilege in READING.values() if privilege not in reader]
    assert "write" not in reader


def test_a_writer_needs_what_the_readme_says_and_no_more(there: Settings) -> None:
    def write(engine: OpenSearchEngine) -> None:
        sync(engine, there.content, "a test", cache=there.index)
        sync(engine, there.content, "a test", cache=there.index, rebuild=True)
        (there.content / "kgz-police.md").write_text("Changed.")
        sync(engine, there.content, "a test", cache=there.index)
        engine.rollback(2, "a test")

    assert sent(there, write) <= WRITING.keys()
    writer = [line for line in MANUAL.splitlines() if line.startswith(("| reader |", "| writer, "))]
    assert not [privilege for privilege in WRITING.values() if privilege not in "".join(writer)]
