"""Forgetting an activity on a cluster: no document of any generation has a word of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.base import EngineError
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.indexing.forget import forget
from indexer.indexing.sync import sync
from indexer.settings import Settings
from tests.engines.conftest import ON_A_CLUSTER

pytestmark = ON_A_CLUSTER

Raw = Callable[..., Any]
SECRET = "zainabova"


def documents(raw: Raw, prefix: str) -> str:
    """Return all documents of all indices of the prefix as text."""
    raw("POST", f"/{prefix}*/_refresh")
    body = {"query": {"match_all": {}}, "size": 10_000, "docvalue_fields": ["word"]}
    response = raw("POST", f"/{prefix}*/_search?ignore_unavailable=true", body)
    assert response["hits"]["total"]["value"] < 10_000
    return json.dumps(response)


def test_no_document_of_a_forgotten_activity_remains(
    engine: OpenSearchEngine, cluster_settings: Settings, content: Path, raw: Raw
) -> None:
    path = content / "secret.md"
    index = cluster_settings.index
    for version in range(2):
        path.write_text(f"In version {version}, {SECRET} met a judge.\n")
        sync(engine, content, "a test", cache=index)
    before = set(raw("GET", f"/{engine.prefix}-*/_mapping"))
    path.unlink()
    sync(engine, content, "a test", cache=index)
    assert SECRET in documents(raw, engine.prefix)
    with engine.snapshot(1) as open_snapshot:
        result = forget(engine, content, ["secret"], "a test", 1, cache=index)
        with pytest.raises(EngineError):
            open_snapshot.get("secret")
    assert SECRET not in documents(raw, engine.prefix)
    after = set(raw("GET", f"/{engine.prefix}-*/_mapping"))
    # The index is a new one: Lucene keeps deleted documents in the files of an old one.
    assert {name for name in before & after if not name.endswith(("-state", "-changes"))} == set()
    assert [each.number for each in engine.generations()] == [result.generation.number]
    assert engine.change_record().withdrawn_at("secret") is not None
    summary = sync(engine, content, "a test", cache=index)
    assert (summary.added, summary.changed, summary.deleted) == (0, 0, 0)
