"""Fixtures for tests on a real cluster: engines, raw requests, and nodes that can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from indexer.engines.factory import open_engine
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import address


@pytest.fixture
def breakable(opensearch: Cluster) -> Iterator[Cluster]:
    """The cluster, for a test that stops nodes. It is repaired before and after the test."""
    opensearch.repair()
    yield opensearch
    opensearch.repair()


@pytest.fixture
def url(opensearch: Cluster) -> str:
    """ACTIVITIES_ENGINE with an index prefix that no other test uses."""
    return address(opensearch)


@pytest.fixture
def cluster_settings(url: str, tmp_path: Path, content: Path) -> Settings:
    """The content folder and the index of this test in the cluster."""
    return Settings(content=content, index=tmp_path / "index", engine=url)


@pytest.fixture
def connect(url: str) -> Callable[[], OpenSearchEngine]:
    """Return a function that opens the engine of this test, as another process would."""

    def connect() -> OpenSearchEngine:
        engine = open_engine(Settings(engine=url))
        assert isinstance(engine, OpenSearchEngine)
        return engine

    return connect


@pytest.fixture
def engine(connect: Callable[[], OpenSearchEngine]) -> OpenSearchEngine:
    return connect()


@pytest.fixture
def raw(opensearch: Cluster) -> Callable[..., Any]:
    """Return a function that sends a request without our engine.

    It returns the JSON response, or the status of an error.
    """

    def raw(method: str, path: str, body: Any = None) -> Any:
        try:
            return opensearch.request(method, path, body)
        except HTTPError as error:
            with error:
                return error.code

    return raw
