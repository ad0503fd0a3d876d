"""Our engine on the real cluster, and requests to that cluster past it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from indexer.engines import open_engine
from indexer.engines.opensearch import OpenSearchEngine
from indexer.settings import Settings
from tests.cluster.nodes import Cluster
from tests.engines.conftest import address


@pytest.fixture
def url(opensearch: Cluster) -> str:
    """ACTIVITIES_ENGINE of this test."""
    return address(opensearch)


@pytest.fixture
def open_cluster(url: str, tmp_path: Path) -> Callable[[], OpenSearchEngine]:
    """Opens the engine of this test, as another process would."""

    def opened() -> OpenSearchEngine:
        found = open_engine(Settings(index=tmp_path / "index", engine=url))
        assert isinstance(found, OpenSearchEngine)
        return found

    return opened


@pytest.fixture
def ask(opensearch: Cluster) -> Callable[..., Any]:
    """A request to the cluster: its answer, or the status where that is an error."""

    def asked(method: str, path: str, body: Any = None) -> Any:
        try:
            return opensearch.ask(method, path, body)
        except HTTPError as error:
            with error:
                return error.code

    return asked
